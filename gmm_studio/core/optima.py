"""Ends of runs gathered into distinct optima, up to the order of their components."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.kernel import never, standardize
from gmm_studio.core.limit import limit
from gmm_studio.core.many import End
from gmm_studio.core.mixture import Mixture, smallest_eigenvalues

__all__ = ["Gathering", "Optimum", "Spurious", "Tolerance", "wilson"]

Spurious: TypeAlias = Literal["", "few", "collapsed", "emptied"]

_AT_THE_FLOOR = 1 + 1e-6
"""A covariance whose smallest eigenvalue is within this of the floor rests on it."""

_BOUNDLESS = 1e300
"""The height of a place where a component collapses, whatever the step before it had come to."""

_BEYOND = 1.5
"""A component on fewer points than d and so many more makes an optimum of single points."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far apart two places may be and still be one optimum; both must hold.

    The defaults come of 900 runs from random points: Old Faithful in two dimensions with k = 3 and
    4 and in one with 3, three clusters 3 and 5 sigma apart with 3, and with 5. Ends at EM's usual
    tolerance of 1e-6 are a hundredth to a quarter of the cloud's scale away from where EM would
    come to rest, so that no tolerance is right for them: 1e-2 made 24 optima of 4, 1e-1 still 8,
    and merged others. Hence an end that is near no optimum known so far is first iterated on to
    rest. Then the defaults told apart just those optima that iterating to 1e-13 tells apart, but
    for the five components in three clusters, whose runs crawl: 24 of 16.

    Attributes
    ----------
    log_likelihood : float
        Per unit of W.
    parameters : float
        The largest difference of a weight, of a mean in units of the cloud's scale (the root of the
        mean variance of its axes), or of a covariance in units of that squared.
    """

    log_likelihood: float = 1e-4
    parameters: float = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """A local optimum as far as the runs that reached it tell.

    Attributes
    ----------
    mixture : Mixture
        Of its best member.
    log_likelihood : float
        Of that mixture.
    members : tuple of int
        `End.index` of all that reached it, in the order in which they came.
    mean_iterations : float
    spurious : {"", "few", "collapsed", "emptied"}
        Why it says more of single points than of the cloud: a component stands on about d + 1
        points or fewer, a covariance rests on the variance floor (or collapsed without one), or a
        component has lost all its points.
    number : int
        From 0 in the order in which the optima were first reached; it keeps it.
    """

    mixture: Mixture
    log_likelihood: float
    members: tuple[int, ...]
    mean_iterations: float
    spurious: Spurious
    number: int = 0


@dataclass(slots=True, eq=False)
class _Group:
    """An optimum that still grows."""

    best: End
    spurious: Spurious
    members: list[int] = field(default_factory=list)
    iterations: int = 0


class _Place(NamedTuple):
    """A place in the space of parameters: its log-likelihood, and a row for each component."""

    height: float
    components: FloatArray


class Gathering:
    """Gathers ends into optima as they come.

    Parameters
    ----------
    cloud : PointCloud
        What the runs were fitted to.
    tolerance : Tolerance
    variance_floor : float
        Of the runs: a covariance that rests on it makes an optimum spurious.
    """

    def __init__(
        self,
        cloud: PointCloud,
        tolerance: Tolerance = Tolerance(),
        variance_floor: float = 1e-6,
    ) -> None:
        data = standardize(cloud)
        self.tolerance = tolerance
        self._cloud = cloud
        self._centre, self._scale = data.centre, data.scale
        self._floor = variance_floor * data.scale**2
        self._groups: list[_Group] = []
        self._places: list[tuple[int, FloatArray]] = []
        self._heights = np.empty(0)

    def add(self, end: End, cancelled: Callable[[], bool] = never) -> int:
        """Find the optimum that a run has reached.

        An end that is near none is iterated on, much faster than EM does, to see whether it belongs
        to one all the same. (Ends of other rules than exact EM, and those without a configuration,
        are taken as they are.)

        Parameters
        ----------
        end : End
        cancelled : callable
            Asked before every block of points.

        Returns
        -------
        int
            The number of the optimum, from 0, which it keeps.

        Raises
        ------
        Cancelled
            As soon as `cancelled` returns true; the end has not been added then.
        """
        place = self._place(end)
        number = self._find(place)
        if number is None:
            number = self._new_place(end, place, cancelled)
        group = self._groups[number]
        group.members.append(end.index)
        group.iterations += end.iterations
        if end.log_likelihood > group.best.log_likelihood:
            group.best = end
        return number

    @property
    def numbered(self) -> tuple[Optimum, ...]:
        """The optima in the order of their numbers."""
        return tuple(_optimum(number, group) for number, group in enumerate(self._groups))

    @property
    def optima(self) -> tuple[Optimum, ...]:
        """Best log-likelihood first, spurious ones after the others."""
        return tuple(
            sorted(self.numbered, key=lambda one: (bool(one.spurious), -one.log_likelihood))
        )

    def _new_place(self, end: End, place: _Place, cancelled: Callable[[], bool]) -> int:
        """The number of an end that is near nothing known, which is known from now on."""
        mixture, rest = end.mixture, place
        configuration = end.configuration
        rests = configuration and configuration.rule == "em" and not configuration.hard_priors
        if configuration and rests and end.stop.reason != "degenerate":
            mixture, height = limit(self._cloud, mixture, configuration, cancelled=cancelled)
            rest = _Place(height, self._features(mixture))
        number = self._find(rest)
        if number is None:
            number = len(self._groups)
            self._groups.append(_Group(end, self._spurious(mixture, end)))
            self._remember(number, rest)
        self._remember(number, place)
        return number

    def _remember(self, number: int, place: _Place) -> None:
        self._places.append((number, place.components))
        self._heights = np.append(self._heights, place.height)

    def _find(self, place: _Place) -> int | None:
        """The optimum of the first known place that is as high and has the same components."""
        reach = self.tolerance.log_likelihood * self._cloud.total_weight
        for level in np.flatnonzero(abs(self._heights - place.height) <= reach):
            number, components = self._places[level]
            if _are_one(components, place.components, self.tolerance.parameters):
                return number
        return None

    def _place(self, end: End) -> _Place:
        if end.stop.component is None:
            return _Place(end.log_likelihood, self._features(end.mixture))
        # How far a run came before it collapsed says nothing; what it collapses onto does.
        share = end.mixture.responsibilities(self._cloud.points)[:, end.stop.component]
        if self._cloud.weights is not None:
            share *= self._cloud.weights
        onto = share @ (self._cloud.points - self._centre) / share.sum()
        return _Place(_BOUNDLESS, onto[None] / self._scale)

    def _features(self, mixture: Mixture) -> FloatArray:
        """A row of comparable numbers for each component; of one without weight nothing counts."""
        upper = np.triu_indices(mixture.d)
        covariances = mixture.covariances[:, upper[0], upper[1]] / self._scale**2
        means = (mixture.means - self._centre) / self._scale
        result = np.column_stack([mixture.weights, means, covariances])
        result[mixture.weights == 0] = 0
        return result

    def _spurious(self, mixture: Mixture, end: End) -> Spurious:
        if (mixture.weights == 0).any():
            return "emptied"
        smallest = smallest_eigenvalues(mixture.covariances)
        if end.stop.reason == "degenerate" or (smallest <= self._floor * _AT_THE_FLOOR).any():
            return "collapsed"
        if mixture.weights.min() * self._points < mixture.d + _BEYOND:
            return "few"
        return ""

    @property
    def _points(self) -> int:
        """How many points have weight."""
        weights = self._cloud.weights
        return self._cloud.n if weights is None else int(np.count_nonzero(weights))


def _optimum(number: int, group: _Group) -> Optimum:
    return Optimum(
        group.best.mixture,
        group.best.log_likelihood,
        tuple(group.members),
        group.iterations / len(group.members),
        group.spurious,
        number,
    )


def _are_one(first: FloatArray, second: FloatArray, tolerance: float) -> bool:
    """Whether the rows of one are those of the other in some order, within a tolerance."""
    if first.shape != second.shape:
        return False
    near = abs(first[:, None] - second[None]).max(axis=2) <= tolerance
    if not near.any(axis=1).all() or not near.any(axis=0).all():
        return False
    if near.sum() == len(near):
        return True
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(~near)
    return bool(near[rows, columns].all())


class Interval(NamedTuple):
    """From where to where a rate may lie."""

    low: float
    high: float


def wilson(successes: int, runs: int, confidence: float = 0.95) -> Interval:
    """The confidence interval of a rate (Wilson 1927).

    Parameters
    ----------
    successes, runs : int
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        Low and high, within [0, 1]; all of it without a run.
    """
    if runs == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf(0.5 + 0.5 * confidence)
    rate, spread = successes / runs, z * z / runs
    middle = rate + 0.5 * spread
    reach = z * math.sqrt(rate * (1 - rate) / runs + 0.25 * spread / runs)
    low = 0.0 if successes == 0 else (middle - reach) / (1 + spread)
    high = 1.0 if successes == runs else (middle + reach) / (1 + spread)
    return Interval(low, high)
