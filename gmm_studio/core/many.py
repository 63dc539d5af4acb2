"""EM from many starts at once, on the kernel's axis of runs; only where each ends is kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Step, Stop, iterate
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import (
    CONDITION,
    Moments,
    Parameters,
    StandardCloud,
    accumulate,
    never,
    standardize,
)
from gmm_studio.core.maximisation import COLLAPSED, Update, maximise, project
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.starts import prepare

__all__ = ["End", "end_many"]

DENSITIES = 1_500_000
"""Densities in a pass over a batch: enough tiles of the kernel to share among threads."""

MOST_RUNS = 1024
"""Runs in a batch: more of them would not make a call to NumPy any cheaper for each."""

REFILL = 0.75
"""The share of a batch that is left when it takes in new runs."""

_SURELY_USABLE = 1e60
"""Starts within this of the points, in standard units, need no closer look."""

_Mask: TypeAlias = npt.NDArray[np.bool_]
_Starts: TypeAlias = dict[int, Mixture]


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """Where a run ended.

    Attributes
    ----------
    index : int
        Of its start among those given, from 0.
    mixture : Mixture
        Of its last step.
    log_likelihood : float
        Of that mixture.
    iterations : int
        The index of the last step.
    stop : Stop
        Why it ended.
    start : Mixture
        As it was given.
    configuration : Configuration, optional
        How it was iterated.
    """

    index: int
    mixture: Mixture
    log_likelihood: float
    iterations: int
    stop: Stop
    start: Mixture
    configuration: Configuration | None = None


def end_many(
    cloud: PointCloud,
    starts: Iterable[Mixture],
    configuration: Configuration,
    *,
    cancelled: Callable[[], bool] = never,
) -> Iterator[End]:
    """Run EM from many starts, and yield where each run ends as soon as it does.

    Each end is that of `iterate` from the same start, to the rounding of sums: a run that leaves a
    saddle by nothing but rounding may leave it another way.

    Parameters
    ----------
    cloud : PointCloud
    starts : iterable of Mixture
        Of any numbers of components, those of equal k in a row; taken in as they are needed.
    configuration : Configuration
    cancelled : callable
        Asked before every block of points.

    Yields
    ------
    End
        Not in the order of the starts.

    Raises
    ------
    InputError
        When a start does not fit the cloud, or is degenerate before the first step.
    Cancelled
        As soon as `cancelled` returns true.
    """
    numbered = enumerate(_fitting(cloud, starts, configuration))
    if configuration.rule != "em" or configuration.hard_priors:
        for index, start in numbered:
            yield _end_one(cloud, index, start, configuration, cancelled)
        return
    for k, equal in groupby(numbered, lambda one: one[1].k):
        yield from _end_equal(cloud, k, equal, configuration, cancelled)


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """r runs under way: their numbers (r,), where they stand, and how they came there."""

    indices: IntArray
    parameters: Parameters
    before: FloatArray
    iterations: IntArray

    def __len__(self) -> int:
        return len(self.indices)

    def of(self, chosen: _Mask) -> _Batch:
        """Some of the runs."""
        if chosen.all():
            return self
        return _Batch(
            self.indices[chosen],
            _some(self.parameters, chosen),
            self.before[chosen],
            self.iterations[chosen],
        )

    def joined(self, other: _Batch) -> _Batch:
        """These runs and others."""
        mine, theirs = self.parameters, other.parameters
        return _Batch(
            np.concatenate([self.indices, other.indices]),
            Parameters(
                np.concatenate([mine.weights, theirs.weights]),
                np.concatenate([mine.means, theirs.means]),
                np.concatenate([mine.covariances, theirs.covariances]),
            ),
            np.concatenate([self.before, other.before]),
            np.concatenate([self.iterations, other.iterations]),
        )

    def end(self, run: int, log_likelihood: float, stop: Stop, work: _Work) -> End:
        """One of the runs, ended where it stands."""
        index = int(self.indices[run])
        return End(
            index,
            work.data.mixture(self.parameters, run),
            log_likelihood,
            int(self.iterations[run]),
            stop,
            work.starts.pop(index),
            work.configuration,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What all the runs share, and the starts of those under way."""

    data: StandardCloud
    configuration: Configuration
    cancelled: Callable[[], bool]
    starts: _Starts = field(default_factory=dict)


def _fitting(
    cloud: PointCloud, starts: Iterable[Mixture], configuration: Configuration
) -> Iterator[Mixture]:
    """The starts; what `iterate` says of one that is not for the cloud is raised."""
    most_locked = max(configuration.locked, default=-1)
    for start in starts:
        if start.d != cloud.d or not most_locked < start.k <= cloud.n:
            next(iterate(cloud, start, configuration))
        yield start


def _end_equal(
    cloud: PointCloud,
    k: int,
    numbered: Iterator[tuple[int, Mixture]],
    configuration: Configuration,
    cancelled: Callable[[], bool],
) -> Iterator[End]:
    """The ends of starts of k components; as runs leave the batch, others come in."""
    work = _Work(standardize(cloud), configuration, cancelled)
    capacity = min(MOST_RUNS, max(1, DENSITIES // (cloud.n * k)))
    batch: _Batch | None = None
    while True:
        if batch is None or len(batch) <= REFILL * capacity:
            new = dict(islice(numbered, capacity - (len(batch) if batch else 0)))
            if new:
                fresh = _admitted(new, work)
                batch = batch.joined(fresh) if batch else fresh
        if not batch:
            return
        batch, ends = _advance(batch, work)
        yield from ends


def _admitted(starts: _Starts, work: _Work) -> _Batch:
    """A batch of runs at their starts."""
    configuration = work.configuration
    parameters = work.data.parameters(list(starts.values()))
    size = np.maximum(abs(parameters.means).max(axis=2), parameters.covariances.max(axis=(2, 3)))
    _refuse(parameters, size >= _SURELY_USABLE, configuration)
    update = project(parameters, configuration.covariance, configuration.variance_floor)
    _refuse(parameters, update.smallest < COLLAPSED, configuration)
    work.starts.update(starts)
    r = len(starts)
    return _Batch(
        np.array(list(starts)), update.parameters, np.full(r, -np.inf), np.zeros(r, np.int64)
    )


def _refuse(parameters: Parameters, doubtful: _Mask, configuration: Configuration) -> None:
    """Raise what the first of some doubtful starts (r, k) deserves, if any does."""
    for run in np.flatnonzero(doubtful.any(axis=1)).tolist():
        prepare(_some(parameters, np.arange(len(doubtful)) == run), configuration)


def _advance(batch: _Batch, work: _Work) -> tuple[_Batch, list[End]]:
    """One iteration of every run: those that go on, and the ends of the others."""
    configuration = work.configuration
    moments = accumulate(work.data, batch.parameters, work.cancelled)
    change = abs(moments.log_likelihood - batch.before) / work.data.total_weight
    converged = change < configuration.tolerance
    over = np.logical_or(converged, batch.iterations >= configuration.max_iterations)
    ends = []
    for run in np.flatnonzero(over).tolist():
        stop = Stop("converged" if converged[run] else "iteration_limit")
        ends.append(batch.end(run, float(moments.log_likelihood[run]), stop, work))
    if ends:
        batch, moments = batch.of(~over), _some_moments(moments, ~over)
    if not batch:
        return batch, ends
    update = _m_step(moments, batch.parameters, work)
    following = _Batch(
        batch.indices, update.parameters, moments.log_likelihood, batch.iterations + 1
    )
    if configuration.variance_floor > 0:
        return following, ends
    collapsed = update.smallest < COLLAPSED
    degenerate = np.asarray(collapsed.any(axis=1))
    for run in np.flatnonzero(degenerate).tolist():
        stop = Stop("degenerate", int(collapsed[run].argmax()))
        ends.append(batch.end(run, float(moments.log_likelihood[run]), stop, work))
    return following.of(~degenerate), ends


def _m_step(moments: Moments, previous: Parameters, work: _Work) -> Update:
    """The M-step of every run; of those where digits are lost, on sums about the new means."""
    configuration = work.configuration
    rules = configuration.covariance, configuration.variance_floor, configuration.locked
    previous_means = configuration.previous_means
    update = maximise(moments, previous, *rules, previous_means=previous_means)
    shift = update.parameters.means - moments.about
    lost = ((shift * shift).sum(axis=-1) > CONDITION * update.smallest).any(axis=1)
    if not lost.any():
        return update
    before = _some(previous, lost)
    exact = accumulate(work.data, before, work.cancelled, about=update.parameters.means[lost])
    again = maximise(exact, before, *rules, previous_means=previous_means)
    return _replaced(update, lost, again)


def _replaced(update: Update, runs: _Mask, by: Update) -> Update:
    def merged(old: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
        result = np.array(old)
        result[runs] = new
        return result

    return Update(
        Parameters(
            merged(update.parameters.weights, by.parameters.weights),
            merged(update.parameters.means, by.parameters.means),
            merged(update.parameters.covariances, by.parameters.covariances),
        ),
        merged(update.smallest, by.smallest),
        merged(update.floored, by.floored),
        merged(update.emptied, by.emptied),
    )


def _some(parameters: Parameters, chosen: _Mask) -> Parameters:
    return Parameters(
        parameters.weights[chosen], parameters.means[chosen], parameters.covariances[chosen]
    )


def _some_moments(moments: Moments, chosen: _Mask) -> Moments:
    return Moments(moments.log_likelihood[chosen], moments.sums[chosen], moments.about[chosen])


def _end_one(
    cloud: PointCloud,
    index: int,
    start: Mixture,
    configuration: Configuration,
    cancelled: Callable[[], bool],
) -> End:
    """The end of one run, by `iterate`."""
    stop = Stop("cancelled")

    def steps() -> Iterator[Step]:
        nonlocal stop
        stop = yield from iterate(cloud, start, configuration, cancelled=cancelled)

    last = deque(steps(), maxlen=1)
    if not last or stop.reason == "cancelled":
        raise Cancelled
    step = last.pop()
    return End(index, step.mixture, step.log_likelihood, step.index, stop, start, configuration)
