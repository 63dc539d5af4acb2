"""Expectation-maximisation for Gaussian mixtures, step by step."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.core.cloud import PointCloud, as_cloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.criteria import aic, bic
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import (
    CONDITION,
    Moments,
    Parameters,
    StandardCloud,
    accumulate,
    never,
    one_blas_thread,
    standardize,
)
from gmm_studio.core.maximisation import Update, degenerate_component, maximise
from gmm_studio.core.mixture import Covariance, Mixture, free_parameters
from gmm_studio.core.starts import Method, draw_start, prepare

__all__ = ["Configuration", "Event", "Run", "Step", "Stop", "StopReason", "fit", "iterate"]

StopReason: TypeAlias = Literal["converged", "iteration_limit", "cancelled", "degenerate"]

FELL = 1e-9
"""The log-likelihood fell when it is lower than before by more than this times W."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened when a step's mixture was made.

    Attributes
    ----------
    kind : {"floor", "emptied", "fell"}
        A covariance touched the variance floor, a component lost its points, or the log-likelihood
        fell.
    component : int or None
        From 0; None where it concerns all.
    """

    kind: Literal["floor", "emptied", "fell"]
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
    """

    index: int
    mixture: Mixture
    log_likelihood: float
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the iteration ended; `component` (from 0) says which one was degenerate."""

    reason: StopReason
    component: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A cloud, a start, a configuration, and the steps that came of them."""

    cloud: PointCloud
    configuration: Configuration
    steps: tuple[Step, ...]
    stop: Stop

    @property
    def start(self) -> Mixture:
        """The mixture at iteration 0."""
        return self.steps[0].mixture

    @property
    def mixture(self) -> Mixture:
        """The mixture of the last step."""
        return self.steps[-1].mixture

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood of the last step."""
        return self.steps[-1].log_likelihood

    @property
    def iterations(self) -> int:
        """The index of the last step."""
        return self.steps[-1].index

    @property
    def converged(self) -> bool:
        """Whether the tolerance was reached."""
        return self.stop.reason == "converged"

    @property
    def free_parameters(self) -> int:
        """How many numbers the model was free to choose."""
        return free_parameters(self.mixture.k, self.mixture.d, self.configuration.covariance)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; lower is better."""
        return aic(self.log_likelihood, self.free_parameters)

    @property
    def bic(self) -> float:
        """The Bayesian information criterion; lower is better."""
        return bic(self.log_likelihood, self.free_parameters, self.cloud.total_weight)


def iterate(
    points: PointCloud | npt.ArrayLike,
    start: Mixture,
    configuration: Configuration | None = None,
    *,
    cancelled: Callable[[], bool] = never,
) -> Generator[Step, None, Stop]:
    """Yield the start and then each step of EM from it.

    Parameters
    ----------
    points : PointCloud or array_like, shape (n, d) or (n,)
    start : Mixture
        It is projected onto the covariance structure and the variance floor.
    configuration : Configuration, optional
    cancelled : callable
        Asked before every block of points; once it returns true the iteration ends.

    Yields
    ------
    Step
        Step 0 is the start.

    Returns
    -------
    Stop
        Why it ended (the value of the generator).

    Raises
    ------
    InputError
        When the start does not fit the cloud, or is degenerate before the first step.
    """
    cloud = as_cloud(points)
    configuration = configuration or Configuration()
    _check(cloud, start)
    data = standardize(cloud)
    update = prepare(data.parameters([start]), configuration)
    return (yield from _iterate(data, update, configuration, cancelled))


def _iterate(
    data: StandardCloud,
    update: Update,
    configuration: Configuration,
    cancelled: Callable[[], bool],
) -> Generator[Step, None, Stop]:
    before = -np.inf
    index = 0
    while True:
        try:
            moments = accumulate(data, update.parameters, cancelled)
        except Cancelled:
            return Stop("cancelled")
        log_likelihood = float(moments.log_likelihood[0])
        fell = log_likelihood < before - FELL * data.total_weight
        events = _events(update) + ((Event("fell"),) if fell else ())
        yield Step(index, data.mixture(update.parameters), log_likelihood, events)
        change = abs(log_likelihood - before) / data.total_weight
        if change < configuration.tolerance:
            return Stop("converged")
        if index >= configuration.max_iterations:
            return Stop("iteration_limit")
        try:
            update = _m_step(data, moments, update.parameters, configuration, cancelled)
        except Cancelled:
            return Stop("cancelled")
        component = degenerate_component(update, configuration.variance_floor)
        if component is not None:
            return Stop("degenerate", component)
        before = log_likelihood
        index += 1


def _m_step(
    data: StandardCloud,
    moments: Moments,
    previous: Parameters,
    configuration: Configuration,
    cancelled: Callable[[], bool],
) -> Update:
    """The M-step; where a component has shrunk so fast that digits are lost, on sums about it."""
    structure, floor = configuration.covariance, configuration.variance_floor
    update = maximise(moments, previous, structure, floor)
    shift = update.parameters.means - moments.about
    if not ((shift * shift).sum(axis=-1) > CONDITION * update.smallest).any():
        return update
    moments = accumulate(data, previous, cancelled, about=update.parameters.means)
    return maximise(moments, previous, structure, floor)


def fit(
    points: PointCloud | npt.ArrayLike,
    k: int | None = None,
    *,
    weights: npt.ArrayLike | None = None,
    start: Mixture | None = None,
    init: Method = "k-means++",
    random_state: int = 0,
    covariance: Covariance = "full",
    tolerance: float = 1e-6,
    max_iterations: int = 1000,
    variance_floor: float = 1e-6,
    cancelled: Callable[[], bool] = never,
) -> Run:
    """Fit a mixture of k Gaussians to points by EM.

    Parameters
    ----------
    points : PointCloud or array_like, shape (n, d) or (n,)
        d = 1 or 2.
    k : int, optional
        Number of components. Not needed when a start is given.
    weights : array_like, shape (n,), optional
        Sample weights.
    start : Mixture, optional
        The mixture at iteration 0. Without it one is drawn.
    init : {"k-means++", "k-means", "random-points", "random-responsibilities"}
        How to draw it.
    random_state : int
        The same number draws the same start.
    covariance, tolerance, max_iterations, variance_floor
        See `Configuration`.
    cancelled : callable
        Asked before every block of points.

    Returns
    -------
    Run
        All steps, and why it stopped.

    Raises
    ------
    InputError
        When the input cannot be used; the message says why.
    Cancelled
        When it was cancelled before the first step.
    """
    cloud = as_cloud(points, weights)
    configuration = Configuration(covariance, tolerance, max_iterations, variance_floor)
    with one_blas_thread:
        if start is None:
            if k is None:
                raise InputError("Say how many components: give k, or a start.")
            start = draw_start(cloud, init, k, random_state, configuration, cancelled)
        elif k is not None and k != start.k:
            raise InputError("The start has {k} components, not {asked}.", k=start.k, asked=k)
        ended = _Exhausted(iterate(cloud, start, configuration, cancelled=cancelled))
    if not ended.steps:
        raise Cancelled
    return Run(cloud, configuration, ended.steps, ended.stop)


class _Exhausted:
    """All that a generator yields, and what it returned."""

    def __init__(self, iteration: Generator[Step, None, Stop]) -> None:
        self.steps = tuple(self._collect(iteration))

    def _collect(self, iteration: Generator[Step, None, Stop]) -> Iterator[Step]:
        self.stop = yield from iteration


def _check(cloud: PointCloud, start: Mixture) -> None:
    if start.d != cloud.d:
        raise InputError(
            "The start has {start} dimensions, the points have {cloud}.",
            start=start.d,
            cloud=cloud.d,
        )
    if start.k > cloud.n:
        raise InputError(
            "{k} components need at least {k} points; there are {n}.", k=start.k, n=cloud.n
        )


def _events(update: Update) -> tuple[Event, ...]:
    floored = [Event("floor", j) for j, hit in enumerate(update.floored[0].tolist()) if hit]
    emptied = [Event("emptied", j) for j, hit in enumerate(update.emptied[0].tolist()) if hit]
    return (*floored, *emptied)
