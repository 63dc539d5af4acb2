"""Starts: the complete mixture at iteration 0, from clicked seeds or drawn by a method."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from gmm_studio.core import start_methods
from gmm_studio.core.arrays import FloatArray, frozen
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import (
    Parameters,
    StandardCloud,
    never,
    one_blas_thread,
    standardize,
)
from gmm_studio.core.maximisation import Update, degenerate_component, project
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.small_em import SHORT_RUNS, best_of_short_runs
from gmm_studio.core.ward import ward_clusters

__all__ = [
    "DETERMINISTIC",
    "METHODS",
    "Draw",
    "Method",
    "Pick",
    "draw_start",
    "draws",
    "equal_pair",
    "k_means_plus_plus_picks",
    "prepare",
    "seeded_start",
]

Method: TypeAlias = Literal[
    "k-means++",
    "k-means",
    "random-points",
    "random-responsibilities",
    "uniform",
    "uniform-identity",
    "normal",
    "small-em",
    "ward",
]
METHODS: tuple[Method, ...] = get_args(Method)

DETERMINISTIC: frozenset[Method] = frozenset({"ward"})
"""The methods that draw the same start whatever the random state."""

_LARGEST = 1e70
"""The largest mean or deviation of a start in standard units: its powers stay within doubles."""


class Draw(NamedTuple):
    """How a start is drawn."""

    method: Method
    random_state: int


def draws(methods: Iterable[Method], runs: int, random_state: int = 0) -> tuple[Draw, ...]:
    """`runs` draws of each method with random states that count up, one of those that never vary.

    Parameters
    ----------
    methods : iterable of Method
    runs : int
    random_state : int
        The first one.
    """
    return tuple(
        Draw(method, random_state + i)
        for method in dict.fromkeys(methods)
        for i in range(min(runs, 1) if method in DETERMINISTIC else runs)
    )


def seeded_start(
    cloud: PointCloud, seeds: npt.ArrayLike, configuration: Configuration | None = None
) -> Mixture:
    """The start whose means are the seeds: equal weights, and the total covariance for each.

    Parameters
    ----------
    cloud : PointCloud
    seeds : array_like, shape (k, d)
    configuration : Configuration, optional
        Gives the structure and the floor of the covariances.

    Raises
    ------
    InputError
        When two seeds are at one place, a seed is not finite, or there are more than points.
    """
    try:
        means = np.asarray(seeds, dtype=np.float64)
    except (TypeError, ValueError):
        means = np.empty(0)
    if means.ndim != 2 or means.shape[1] != cloud.d or len(means) == 0:
        raise InputError("Give the seeds as a list of places with {d} numbers each.", d=cloud.d)
    if not np.isfinite(means).all():
        raise InputError("A seed is not finite.")
    _check_k(cloud, len(means))
    first, second = equal_pair(means)
    if second:
        raise InputError(
            "Seeds {first} and {second} are at the same place and would stay together for ever. "
            "Move one of them.",
            first=first + 1,
            second=second + 1,
        )
    data = standardize(cloud)
    with np.errstate(over="ignore"):
        means = (means - data.centre) / data.scale
    with one_blas_thread:
        return _start(data, means, configuration or Configuration())


def draw_start(
    cloud: PointCloud,
    method: Method,
    k: int,
    random_state: int = 0,
    configuration: Configuration | None = None,
    cancelled: Callable[[], bool] = never,
) -> Mixture:
    """Draw a start by a method. The same `random_state` draws the same one.

    Where a method chooses means alone, the weights are equal and each covariance is that of all
    points.

    Parameters
    ----------
    cloud : PointCloud
    method : Method
        k-means++
            Means at points drawn far from each other (Arthur and Vassilvitskii 2007).
        k-means
            The clusters that Lloyd's algorithm finds from there.
        random-points
            Means at different points, drawn by weight.
        random-responsibilities
            An M-step on responsibilities drawn at random.
        uniform
            Means drawn with equal chances from the box around the points.
        uniform-identity
            The same means with identity covariances in the units of the data.
        normal
            Means drawn from the normal with the mean and the covariance of the points.
        small-em
            The best of twenty short runs from random points (Biernacki, Celeux and Govaert 2003).
        ward
            The clusters of hierarchical clustering (Ward 1963). It takes no notice of the random
            state. Of more than a thousand different points it takes a thousand, always the same,
            with their weights; the moments are those of the points taken.
    k : int
    random_state : int
    configuration : Configuration, optional
        Gives the structure and the floor of the covariances.
    cancelled : callable
        Asked between passes over the points.

    Raises
    ------
    InputError
        When the cloud has fewer than k different points of some weight, or a component of the start
        has no spread and there is no floor.
    Cancelled
        When `cancelled` returned true.
    """
    if method not in METHODS:
        raise InputError(
            "The method must be one of {choices}, not {method}.",
            choices=", ".join(METHODS),
            method=method,
        )
    _check_k(cloud, k)
    start_methods.stop_if(cancelled)
    data = standardize(cloud)
    start_methods.check_different(cloud, k)
    drawing = _Drawing(cloud, data, k, np.random.default_rng(random_state), cancelled)
    configuration = configuration or Configuration()
    with one_blas_thread:
        if method == "small-em":
            parameters = drawing.small_em(configuration)
        else:
            parameters = drawing.parameters(method)
        return data.mixture(prepare(parameters, configuration).parameters)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    """What a method draws from; its results are in standard units."""

    cloud: PointCloud
    data: StandardCloud
    k: int
    rng: np.random.Generator
    cancelled: Callable[[], bool]

    def parameters(self, method: Method) -> Parameters:
        """One mixture by a method."""
        data, k, rng, cancelled = self.data, self.k, self.rng, self.cancelled
        if method == "random-responsibilities":
            sums = start_methods.random_responsibilities(data, k, rng, cancelled)
            return start_methods.m_step(sums, np.zeros((k, data.d)))
        if method == "ward":
            return start_methods.m_step(ward_clusters(data, k, cancelled), np.zeros((k, data.d)))
        if method == "k-means":
            return start_methods.m_step(*start_methods.k_means(data, self.far_apart(), cancelled))
        covariance = start_methods.total_covariance(data)
        if method == "normal":
            means = start_methods.normal(covariance, k, rng)
        elif method == "random-points":
            means = start_methods.random_points(self.cloud, data, k, rng)
        elif method == "k-means++":
            means = self.far_apart()
        else:
            means = start_methods.uniform(data, k, rng)
        if method == "uniform-identity":
            covariance = np.eye(data.d) / data.scale / data.scale
        return _equal(means[None], covariance)

    def far_apart(self) -> FloatArray:
        """The points that k-means++ picks."""
        picks = start_methods.k_means_plus_plus(self.data, self.k, self.rng, self.cancelled)
        return np.array([place for _, place in picks])

    def small_em(self, configuration: Configuration) -> Parameters:
        """The end of the best short run from random points."""
        means = [
            start_methods.random_points(self.cloud, self.data, self.k, self.rng)
            for _ in range(SHORT_RUNS)
        ]
        start = _equal(np.array(means), start_methods.total_covariance(self.data))
        prepare(_equal(means[0][None], start.covariances[0, 0]), configuration)
        return best_of_short_runs(self.data, start, configuration, self.cancelled)


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """A point that k-means++ picked, and those before it.

    Attributes
    ----------
    row : int
        Of the point in its cloud.
    places : ndarray, shape (j, d)
        Where the points picked so far are, in the units of the data; this one is the last.
    """

    row: int
    places: FloatArray

    @property
    def place(self) -> FloatArray:
        """Where the point is, shape (d,)."""
        return np.asarray(self.places[-1])

    def squared_distances(self, places: npt.ArrayLike) -> FloatArray:
        """D², the squared distance to the nearest point picked so far, at places (..., d).

        The next point is picked with chances proportional to D² times its sample weight.
        """
        at = np.asarray(places, dtype=np.float64)
        nearest = np.full(at.shape[:-1], np.inf)
        for place in self.places:
            np.minimum(nearest, ((at - place) ** 2).sum(axis=-1), out=nearest)
        return nearest


def k_means_plus_plus_picks(
    cloud: PointCloud, k: int, random_state: int = 0, cancelled: Callable[[], bool] = never
) -> tuple[Pick, ...]:
    """The points that k-means++ picks one by one: the means of `draw_start` in the same order.

    Raises
    ------
    InputError
        When the cloud has fewer than k different points of some weight.
    Cancelled
        When `cancelled` returned true.
    """
    _check_k(cloud, k)
    data = standardize(cloud)
    start_methods.check_different(cloud, k)
    rng = np.random.default_rng(random_state)
    with one_blas_thread:
        picked = list(start_methods.k_means_plus_plus(data, k, rng, cancelled))
    places = frozen(data.centre + data.scale * np.array([place for _, place in picked]))
    return tuple(Pick(row, places[: j + 1]) for j, (row, _) in enumerate(picked))


def prepare(parameters: Parameters, configuration: Configuration) -> Update:
    """A start in standard units, brought to the structure and over the floor.

    Raises
    ------
    InputError
        When a component has no spread and there is no floor to give it one, or it is so far from
        the points or so wide that its numbers cannot be worked with.
    """
    sizes = abs(parameters.means).max(axis=2), abs(parameters.covariances).max(axis=(2, 3)) ** 0.5
    boundless = np.maximum(*sizes)[0] > _LARGEST
    if boundless.any():
        raise InputError(
            "Component {j} of the start is out of all proportion to the points.",
            j=int(boundless.argmax()) + 1,
        )
    update = project(parameters, configuration.covariance, configuration.variance_floor)
    component = degenerate_component(update, configuration.variance_floor)
    if component is not None:
        raise InputError(
            "Component {j} of the start has no spread. Use another start, or a variance floor "
            "above 0.",
            j=component + 1,
        )
    return update


def equal_pair(means: FloatArray) -> tuple[int, int]:
    """The first two rows (from 0) that are equal, or (0, 0)."""
    seen: dict[tuple[float, ...], int] = {}
    for j, mean in enumerate(map(tuple, means.tolist())):
        if mean in seen:
            return seen[mean], j
        seen[mean] = j
    return 0, 0


def _check_k(cloud: PointCloud, k: int) -> None:
    if k < 1:
        raise InputError("There must be at least 1 component.")
    if k > cloud.n:
        raise InputError("{k} components need at least {k} points; there are {n}.", k=k, n=cloud.n)


def _start(data: StandardCloud, means: FloatArray, configuration: Configuration) -> Mixture:
    """Equal weights and the total covariance for each of the means, in standard units."""
    start = _equal(means[None], start_methods.total_covariance(data))
    return data.mixture(prepare(start, configuration).parameters)


def _equal(means: FloatArray, covariance: FloatArray) -> Parameters:
    """Mixtures with these means (r, k, d), equal weights and one covariance (d, d) for all."""
    r, k = means.shape[:2]
    return Parameters(np.full((r, k), 1 / k), means, np.tile(covariance, (r, k, 1, 1)))
