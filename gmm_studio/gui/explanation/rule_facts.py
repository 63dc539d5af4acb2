"""What there is to explain of an update rule: labels, temperatures, moves, what is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from gmm_studio.core.annealing import Temperature
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import Configuration, Rule
from gmm_studio.core.split_and_merge import Candidate, Search
from gmm_studio.core.steps import EventKind, Step
from gmm_studio.core.stochastic import Drawing
from gmm_studio.gui.moment import Moment

__all__ = ["Act", "Move", "MoveStatus", "RuleFacts", "facts_of", "label_of"]

Act: TypeAlias = Literal["step", "move", "taken_back"]
MoveStatus: TypeAlias = Literal["next", "made", "tried", "failed", "accepted", "taken_back"]


@dataclass(frozen=True, slots=True)
class Move:
    """A move of split-and-merge EM.

    Attributes
    ----------
    candidate : Candidate
    status : {"next", "made", "tried", "failed", "accepted", "taken_back"}
    before : float or None
        The log-likelihood of the optimum that it is made from.
    after : float or None
        What it has led to so far; None before it is made, and where a component would collapse.
    """

    candidate: Candidate
    status: MoveStatus
    before: float | None
    after: float | None = None


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """How the update rule makes a step.

    Attributes
    ----------
    rule : Rule
    beta : float
        Of annealing: the inverse temperature, 1 for exact EM.
    label : int or None
        The component, from 0, that the point is given to by classification or stochastic EM.
    locked : tuple of int
        Components that keep their numbers throughout.
    resting : tuple of int
        Others that keep them in this step, while split-and-merge tries a move.
    act : {"step", "move", "taken_back"}
        Whether this is a step of EM or one of split-and-merge's own.
    candidate : Candidate or None
        The move that is made, or tried, in this step.
    moves : tuple of Move
        What there is to say about moves at this moment, in the order of time.
    cooled : bool
        Whether annealing has lowered the temperature for this step.
    moved_apart : tuple of int
        Components whose means coincided, so that annealing has moved them before this step.
    previous_means, hard_priors : bool
    """

    rule: Rule = "em"
    beta: float = 1.0
    label: int | None = None
    locked: tuple[int, ...] = ()
    resting: tuple[int, ...] = ()
    act: Act = "step"
    candidate: Candidate | None = None
    moves: tuple[Move, ...] = ()
    cooled: bool = False
    moved_apart: tuple[int, ...] = ()
    previous_means: bool = False
    hard_priors: bool = False

    @property
    def labels(self) -> bool:
        """Whether each point counts for one component alone."""
        return self.rule in ("classification", "stochastic")

    @property
    def weights_are_shares(self) -> bool:
        """Whether a weight times W is what the responsibilities of its component add up to."""
        held = self.locked or self.resting or self.act != "step"
        return not held and not self.hard_priors


def facts_of(
    steps: list[Step], moment: Moment, configuration: Configuration, label: int | None = None
) -> RuleFacts:
    """How the step of a moment is made.

    Parameters
    ----------
    steps : list of Step
        From the start to the moment's step at least.
    moment : Moment
    configuration : Configuration
    label : int or None
        As `label_of` gives it.
    """
    t = moment.iteration
    step, last = steps[t], steps[t - 1] if t else None
    state = step.state
    search = last.state if last is not None and isinstance(last.state, Search) else None
    candidate = search.candidate if search is not None else None
    act: Act = "step"
    if _has(step, "split"):
        act = "move"
    elif _has(step, "taken_back"):
        act = "taken_back"
    resting: tuple[int, ...] = ()
    if act == "step" and search is not None and search.phase == "partial" and candidate is not None:
        three = {*candidate.merge, candidate.split}
        others = (j for j in range(step.mixture.k) if j not in three)
        resting = tuple(j for j in others if j not in configuration.locked)
    apart = (event.component for event in step.events if event.kind == "jittered")
    return RuleFacts(
        configuration.rule,
        state.beta if isinstance(state, Temperature) else 1.0,
        label,
        tuple(j for j in configuration.locked if j < step.mixture.k),
        resting,
        act,
        candidate,
        _moves(steps, moment.shape),
        _has(step, "cooled"),
        tuple(j for j in apart if j is not None),
        configuration.previous_means,
        configuration.hard_priors,
    )


def label_of(rule: Rule, step: Step, shares: FloatArray, row: int | None) -> int | None:
    """The component, from 0, that a rule of hard labels gives a point to.

    Parameters
    ----------
    rule : Rule
    step : Step
        Whose mixture the responsibilities are of.
    shares : ndarray, shape (k,)
        The responsibilities for the point.
    row : int or None
        The point's number, from 0, which says what is drawn for it.
    """
    if rule == "classification":
        return int(shares.argmax())
    if row is None or not isinstance(step.state, Drawing):
        return None
    # The number of this row among those that the rule draws for all of them.
    bits = np.random.PCG64([step.state.random_state, step.state.drawn])
    bits.advance(row)
    sums = np.cumsum(shares)
    return int((sums <= np.random.Generator(bits).random() * sums[-1]).sum())


def _moves(steps: list[Step], t: int) -> tuple[Move, ...]:
    step = steps[t]
    if not isinstance(step.state, Search):
        return ()
    ended = _ended(steps, t)
    state = step.state
    if state.candidate is None:
        return ended
    best, now = state.best_log_likelihood, step.log_likelihood
    if state.phase == "chosen":
        return (*ended, Move(state.candidate, "next", best))
    if state.phase == "failed":
        return (*ended, Move(state.candidate, "failed", best, now))
    made = _has(step, "split")
    return (*ended, Move(state.candidate, "made" if made else "tried", best, now))


def _ended(steps: list[Step], t: int) -> tuple[Move, ...]:
    """The move that was accepted or taken back in step t."""
    before = steps[t - 1].state if t else None
    if not isinstance(before, Search) or before.candidate is None:
        return ()
    if _has(steps[t], "accepted"):
        value = steps[t].log_likelihood
        return (Move(before.candidate, "accepted", before.best_log_likelihood, value),)
    if _has(steps[t], "taken_back"):
        made = before.phase != "chosen"
        value_then = steps[t - 1].log_likelihood if made else None
        return (Move(before.candidate, "taken_back", before.best_log_likelihood, value_then),)
    return ()


def _has(step: Step, kind: EventKind) -> bool:
    return any(event.kind == kind for event in step.events)
