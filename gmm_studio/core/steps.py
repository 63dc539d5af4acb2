"""The steps of a run, what happens in them, and why it stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from gmm_studio.core.maximisation import Update
from gmm_studio.core.mixture import Mixture

__all__ = ["FELL", "Event", "EventKind", "Step", "Stop", "StopReason", "events_of"]

StopReason: TypeAlias = Literal["converged", "iteration_limit", "cancelled", "degenerate"]

EventKind: TypeAlias = Literal[
    "floor",
    "emptied",
    "fell",
    "cooled",
    "jittered",
    "merged",
    "split",
    "accepted",
    "taken_back",
]

FELL = 1e-9
"""The log-likelihood fell when it is lower than before by more than this times W."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened when a step's mixture was made.

    Attributes
    ----------
    kind : str
        "floor", "emptied", "fell": a covariance touched the variance floor, a component lost its
        points, the log-likelihood fell. "cooled", "jittered": annealing has lowered the
        temperature, and moved a mean that coincided with another before. "merged", "split",
        "accepted", "taken_back": split-and-merge has made one of two components, with the place
        that it freed split a third, found that its last move has helped, or that it has not.
    component : int or None
        From 0; None where it concerns all.
    """

    kind: EventKind
    component: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The state after `index` M-steps; step 0 is the start.

    Attributes
    ----------
    index : int
    mixture : Mixture
    log_likelihood : float
        Of this mixture.
    events : tuple of Event
    objective : float or None
        What the update rule improves from step to step, where that is not the log-likelihood: the
        classification log-likelihood, which never falls, or the free energy, which never rises
        while the temperature stays.
    state : object or None
        All that the update rule needs beside the mixture to go on from here; frozen.
    """

    index: int
    mixture: Mixture
    log_likelihood: float
    events: tuple[Event, ...] = ()
    objective: float | None = None
    state: object | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the iteration ended; `component` (from 0) says which one was degenerate."""

    reason: StopReason
    component: int | None = None


def events_of(update: Update) -> tuple[Event, ...]:
    """What happened to the components in an M-step."""
    floored = [Event("floor", j) for j, hit in enumerate(update.floored[0].tolist()) if hit]
    emptied = [Event("emptied", j) for j, hit in enumerate(update.emptied[0].tolist()) if hit]
    return (*floored, *emptied)
