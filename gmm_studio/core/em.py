"""Expectation-maximisation for Gaussian mixtures, step by step."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gmm_studio.core.cloud import PointCloud, as_cloud
from gmm_studio.core.configuration import Configuration, Rule
from gmm_studio.core.criteria import aic, bic
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.hard_priors import count_priors
from gmm_studio.core.kernel import (
    Moments,
    Parameters,
    StandardCloud,
    accumulate,
    never,
    standardize,
)
from gmm_studio.core.maximisation import (
    Update,
    degenerate_component,
    hold_mixture,
    maximise_closely,
)
from gmm_studio.core.mixture import ROUNDING, Covariance, Mixture, free_parameters
from gmm_studio.core.rules import iterate_by_rule, rule_of
from gmm_studio.core.starts import Method, draw_start, prepare
from gmm_studio.core.steps import FELL, Event, Step, Stop, StopReason, events_of
from gmm_studio.core.threads import one_blas_thread
from gmm_studio.core.update_rule import Setting

__all__ = [
    "FELL",
    "Configuration",
    "Event",
    "Run",
    "Step",
    "Stop",
    "StopReason",
    "fit",
    "iterate",
]


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
        """Whether it came to an end of its own."""
        return self.stop.reason == "converged"

    @property
    def free_parameters(self) -> int:
        """How many numbers the model was free to choose."""
        locked = len(self.configuration.locked)
        return free_parameters(
            self.mixture.k, self.mixture.d, self.configuration.covariance, locked
        )

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
    resume: Step | None = None,
) -> Generator[Step, None, Stop]:
    """Yield the start and then each step from it, by exact EM or the rule of the configuration.

    Parameters
    ----------
    points : PointCloud or array_like, shape (n, d) or (n,)
    start : Mixture
        It is projected onto the covariance structure and the variance floor.
    configuration : Configuration, optional
    cancelled : callable
        Asked before every block of points; once it returns true the iteration ends.
    resume : Step, optional
        A step of an earlier run from this start, with this configuration. Only what comes after it
        is yielded: by exact EM the steps of that run but for rounding, by other rules to the last
        bit. Whether that run had converged there is not asked again.

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
    start = start if resume is None else resume.mixture
    _check(cloud, start, configuration)
    data = standardize(cloud)
    update = prepare(data.parameters([start]), configuration)
    first = _first_mixture(data, start, update, configuration) if resume is None else start
    if configuration.rule == "em":
        return (yield from _iterate(data, update, configuration, cancelled, first, resume))
    setting, rule = Setting(data, configuration, cancelled), rule_of(configuration.rule, resume)
    return (yield from iterate_by_rule(setting, rule, first, events_of(update), resume))


def _iterate(
    data: StandardCloud,
    update: Update,
    configuration: Configuration,
    cancelled: Callable[[], bool],
    first: Mixture,
    resume: Step | None,
) -> Generator[Step, None, Stop]:
    before = -np.inf
    index = 0 if resume is None else resume.index
    while True:
        try:
            moments = accumulate(data, update.parameters, cancelled)
        except Cancelled:
            return Stop("cancelled")
        log_likelihood = float(moments.log_likelihood[0])
        if resume is None or index > resume.index:
            fell = log_likelihood < before - FELL * data.total_weight
            events = events_of(update) + ((Event("fell"),) if fell else ())
            mixture = data.mixture(update.parameters)
            if configuration.locked:
                mixture = hold_mixture(
                    mixture, first, configuration.locked, configuration.covariance
                )
            yield Step(index, mixture, log_likelihood, events)
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
    update = maximise_closely(
        moments,
        previous,
        configuration.covariance,
        configuration.variance_floor,
        lambda about: accumulate(data, previous, cancelled, about=about),
        configuration.locked,
        previous_means=configuration.previous_means,
    )
    if not configuration.hard_priors:
        return update
    if degenerate_component(update, configuration.variance_floor) is not None:
        return update
    return count_priors(
        data, update, previous, configuration.covariance, configuration.locked, cancelled
    )


def _first_mixture(
    data: StandardCloud, start: Mixture, update: Update, configuration: Configuration
) -> Mixture:
    """Step 0; what is locked is to the last bit as it was given, unless it had to be changed."""
    mixture = data.mixture(update.parameters)
    if not configuration.locked:
        return mixture
    changes = abs(mixture.covariances - start.covariances).max(axis=(1, 2))
    size = start.covariances.trace(axis1=1, axis2=2)
    same = [j for j in configuration.locked if changes[j] <= ROUNDING * size[j]]
    if not same or abs(float(start.weights.sum()) - 1) > ROUNDING:
        return mixture
    return hold_mixture(mixture, start, same, configuration.covariance)


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
    rule: Rule = "em",
    locked: Sequence[int] = (),
    previous_means: bool = False,
    hard_priors: bool = False,
    cancelled: Callable[[], bool] = never,
) -> Run:
    """Fit a mixture of k Gaussians to points by EM or another update rule.

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
    init : str
        How to draw it: one of the methods of `draw_start`.
    random_state : int
        The same number draws the same start, and whatever the rule draws.
    covariance, tolerance, max_iterations, variance_floor, rule, locked, previous_means, hard_priors
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
    configuration = Configuration(
        covariance,
        tolerance,
        max_iterations,
        variance_floor,
        rule,
        random_state,
        tuple(locked),
        previous_means,
        hard_priors,
    )
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


def _check(cloud: PointCloud, start: Mixture, configuration: Configuration) -> None:
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
    if configuration.locked and configuration.locked[-1] >= start.k:
        raise InputError(
            "Component {j} cannot be locked: the start has {k}.",
            j=configuration.locked[-1] + 1,
            k=start.k,
        )
