"""Split-and-merge EM (Ueda, Nakano, Ghahramani and Hinton 2000): out of a local optimum by a move.

When EM has converged, two components that lie over the same points become one, and the component
that fits its points worst is split in two, so that their number stays. EM goes on with these three
alone, then with all. If the log-likelihood is then higher than before the move, it is accepted, and
the next move starts from there; else it is taken back, and the next candidate is tried. The
log-likelihood never falls from one accepted optimum to the next; while a move is tried it may. It
ends when no candidate helps.

A split follows the longest axis of the component's points, at both ends of it, in place of the
small random steps of the paper, so nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import Parameters, Piece
from gmm_studio.core.maximisation import Update, degenerate_component, hold, maximise, project
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.steps import Event
from gmm_studio.core.update_rule import Moved, Seen, Setting, Verdict

__all__ = ["MOST_CANDIDATES", "Candidate", "Phase", "Search", "SplitAndMerge"]

MOST_CANDIDATES = 10
"""Moves that are tried from one optimum; the paper found that 5 are enough."""

MOST_PARTIAL = 20
"""Steps after which EM goes on with all components in any case."""

SETTLED = 1e-9
"""The least change, times W, that counts, however small the tolerance."""

OFFSET = 0.8
"""How far the halves of a split are from its middle, in standard deviations along the axis."""

Phase: TypeAlias = Literal["settling", "chosen", "partial", "full", "failed", "done"]


class Candidate(NamedTuple):
    """A move: the two components (from 0) that become one, and the one that is split.

    The first of the pair gets what was merged, the second one half of the split.
    """

    merge: tuple[int, int]
    split: int


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Where the search for a better optimum stands.

    Attributes
    ----------
    phase : str
        "settling": EM goes on, no move is under way. "chosen": it has converged, and the next step
        makes the move. "partial", "full": the move was made, and EM goes on with the three
        components, or with all. "failed": the move has not helped, and the next step takes it back.
        "done": no candidate is left.
    candidate : Candidate or None
        The move that is chosen or under way.
    rest : tuple of Candidate
        Those to be tried after it.
    best : Mixture or None
        The optimum before the move.
    best_log_likelihood : float or None
        Of that one.
    steps : int
        How many steps there were before in this phase.
    before : float or None
        The log-likelihood of the step before.
    """

    phase: Phase = "settling"
    candidate: Candidate | None = None
    rest: tuple[Candidate, ...] = ()
    best: Mixture | None = None
    best_log_likelihood: float | None = None
    steps: int = 0
    before: float | None = None

    def next_candidate(self) -> Search:
        """The first of the rest is chosen, or there is none."""
        if not self.rest:
            return replace(self, phase="done", candidate=None, steps=0)
        return replace(
            self, phase="chosen", candidate=self.rest[0], rest=self.rest[1:], steps=0, before=None
        )


class SplitAndMerge:
    """The rule of split-and-merge EM."""

    def begin(self, setting: Setting, mixture: Mixture) -> Search:
        """EM first.

        Raises
        ------
        InputError
            When there are no three components to move.
        """
        if mixture.k - len(setting.configuration.locked) < 3:
            raise InputError(
                "Split-and-merge needs at least 3 components that are not locked: two to merge "
                "and one to split."
            )
        return Search()

    def look(self, setting: Setting, mixture: Mixture, state: Search) -> Seen:
        """The log-likelihood."""
        moments = setting.moments(setting.parameters(mixture))
        return Seen(float(moments.log_likelihood[0]), None, moments)

    def judge(self, setting: Setting, mixture: Mixture, state: Search, seen: Seen) -> Verdict:
        """Whether EM has converged in its phase, and what comes next."""
        value = seen.log_likelihood
        threshold = max(setting.configuration.tolerance, SETTLED)
        settled = state.before is not None and setting.is_small(value - state.before, threshold)
        events: tuple[Event, ...] = ()
        if state.phase == "partial" and (settled or state.steps >= MOST_PARTIAL):
            state = replace(state, phase="full", steps=0)
        elif state.phase == "full" and settled:
            assert state.best_log_likelihood is not None
            if value - state.best_log_likelihood > threshold * setting.data.total_weight:
                state, events = _optimum(setting, mixture, value), (Event("accepted"),)
            else:
                state = replace(state, phase="failed")
        elif state.phase == "settling" and settled:
            state = _optimum(setting, mixture, value)
        converged = state.phase == "done" and setting.configuration.tolerance > 0
        return Verdict(state, converged, events)

    def move(
        self, setting: Setting, index: int, mixture: Mixture, state: Search, seen: Seen
    ) -> Moved:
        """A step of EM, a move, or a move taken back."""
        last = index + 1 >= setting.configuration.max_iterations
        trying = state.phase in ("partial", "full")
        if state.phase == "failed" or (last and trying and _is_worse(state, seen)):
            return _taken_back(state)
        parameters = setting.parameters(mixture)
        if state.phase == "chosen" and not last:
            return _moved(setting, parameters, state, seen)
        locked = setting.configuration.locked
        if state.phase == "partial" and state.candidate is not None:
            three = {*state.candidate.merge, state.candidate.split}
            locked = tuple(j for j in range(mixture.k) if j not in three)
        update = setting.maximise(parameters, seen.moments, locked=locked)
        if trying and _collapsed(setting, update):
            return _taken_back(state)
        return Moved(update, replace(state, steps=state.steps + 1, before=seen.log_likelihood))


def _is_worse(state: Search, seen: Seen) -> bool:
    return state.best_log_likelihood is not None and seen.log_likelihood < state.best_log_likelihood


def _collapsed(setting: Setting, update: Update) -> bool:
    return degenerate_component(update, setting.configuration.variance_floor) is not None


def _taken_back(state: Search) -> Moved:
    """The optimum before the move, and the next candidate."""
    assert state.best is not None
    return Moved(state.best, state.next_candidate(), (Event("taken_back"),))


def _optimum(setting: Setting, mixture: Mixture, log_likelihood: float) -> Search:
    """A new optimum to make moves from."""
    rest = tuple(islice(_candidates(setting, mixture), MOST_CANDIDATES))
    return Search(rest=rest, best=mixture, best_log_likelihood=log_likelihood).next_candidate()


def _candidates(setting: Setting, mixture: Mixture) -> Iterator[Candidate]:
    """All moves, by the criterion of the merge and then by that of the split."""
    overlap, misfit = _criteria(setting, mixture)
    free = [j for j in range(mixture.k) if j not in setting.configuration.locked]
    pairs = sorted(combinations(free, 2), key=lambda pair: -overlap[pair])
    splits = sorted((j for j in free if misfit[j] > -np.inf), key=lambda j: -misfit[j])
    for pair in pairs:
        yield from (Candidate(pair, j) for j in splits if j not in pair)


def _criteria(setting: Setting, mixture: Mixture) -> tuple[FloatArray, FloatArray]:
    """How much each two components share (k, k), and how badly each fits its points (k,).

    The first is the inner product of their responsibilities. The second is the Kullback-Leibler
    divergence between the points, weighted by their responsibilities, and the component's density.
    In it the responsibilities themselves cancel: what is left is minus their mean of log p(x), up
    to a constant; minus infinity where a component has no points.
    """

    def assign(
        piece: Piece, densities: FloatArray, total: FloatArray, log_total: FloatArray
    ) -> FloatArray:
        shares = densities / total
        weighted = shares if piece.weights is None else shares * piece.weights
        return np.column_stack([weighted @ shares.T, weighted @ log_total, weighted.sum(axis=1)])

    moments = setting.moments(setting.parameters(mixture), assign=assign)
    assert moments.assigned is not None
    overlap, logs, counts = np.split(moments.assigned, [mixture.k, mixture.k + 1], axis=1)
    fitted = np.flatnonzero((counts[:, 0] > 0) & (mixture.weights > 0))
    misfit = np.full(mixture.k, -np.inf)
    misfit[fitted] = (
        np.log(mixture.weights[fitted] / counts[fitted, 0]) - logs[fitted, 0] / counts[fitted, 0]
    )
    return overlap, misfit


def _moved(setting: Setting, parameters: Parameters, state: Search, seen: Seen) -> Moved:
    """Two components made one, the third split."""
    assert state.candidate is not None
    (i, j), k = state.candidate
    weights, means, covariances = (
        array[0].copy() for array in (parameters.weights, parameters.means, parameters.covariances)
    )
    both = [i, j]
    total = weights[both].sum()
    shares = weights[both] / total if total > 0 else np.array([1.0, 0.0])
    centre = shares @ means[both]
    shift = means[both] - centre
    merged = covariances[both] + shift[:, :, None] * shift[:, None, :]
    means[i], covariances[i] = centre, (shares[:, None, None] * merged).sum(axis=0)
    scatter = maximise(seen.moments, parameters, "full", 0).parameters.covariances[0, k]
    values, vectors = np.linalg.eigh(scatter)
    step = OFFSET * np.sqrt(max(values[-1], 0.0)) * vectors[:, -1]
    means[j], means[k] = means[k] - step, means[k] + step
    covariances[j] = covariances[k] = scatter - step[:, None] * step
    weights[i], weights[j], weights[k] = total, weights[k] / 2, weights[k] / 2
    configuration = setting.configuration
    update = project(
        Parameters(weights[None], means[None], covariances[None]),
        configuration.covariance,
        configuration.variance_floor,
    )
    if configuration.locked:
        update = hold(update, parameters, configuration.locked, configuration.covariance)
    if _collapsed(setting, update):
        return _taken_back(state)
    events = Event("merged", i), Event("merged", j), Event("split", k)
    return Moved(update, replace(state, phase="partial", steps=0, before=None), events)
