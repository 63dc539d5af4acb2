"""Starts: the complete mixture at iteration 0, from clicked seeds or drawn by a method."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from gmm_studio.core import start_methods
from gmm_studio.core.arrays import FloatArray, real_array
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import StandardCloud, never, standardize
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.start_drawing import Drawing, equal_components, prepare
from gmm_studio.core.start_story import StoryMoment
from gmm_studio.core.threads import one_blas_thread

__all__ = [
    "DETERMINISTIC",
    "METHODS",
    "Draw",
    "Method",
    "draw_start",
    "draws",
    "equal_pair",
    "prepare",
    "seeded_start",
    "tell_start",
]

Method: TypeAlias = Literal[
    "k-means++",
    "k-means",
    "random-points",
    "random-responsibilities",
    "uniform",
    "uniform-identity",
    "normal",
    "normal-deviations",
    "small-em",
    "ward",
]
METHODS: tuple[Method, ...] = get_args(Method)

DETERMINISTIC: frozenset[Method] = frozenset({"ward"})
"""The methods that draw the same start whatever the random state."""


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
        means = real_array(seeds)
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
        normal-deviations
            Means drawn from normals with the mean and the standard deviation of each axis;
            covariances diagonal, with the standard deviations in the units of the data standing
            where variances belong, as in some published programs.
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
    return _draw(cloud, method, k, random_state, configuration, cancelled, None)


def tell_start(
    cloud: PointCloud,
    method: Method,
    k: int,
    random_state: int = 0,
    configuration: Configuration | None = None,
    cancelled: Callable[[], bool] = never,
) -> tuple[StoryMoment, ...]:
    """How `draw_start` comes to what it draws: the last moment's mixture is that start itself.

    Parameters and errors are those of `draw_start`.
    """
    moments: list[StoryMoment] = []
    _draw(cloud, method, k, random_state, configuration, cancelled, moments.append)
    return tuple(moments)


def _draw(
    cloud: PointCloud,
    method: Method,
    k: int,
    random_state: int,
    configuration: Configuration | None,
    cancelled: Callable[[], bool],
    tell: Callable[[StoryMoment], None] | None,
) -> Mixture:
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
    configuration = configuration or Configuration()
    drawing = Drawing(cloud, data, method, k, random_state, configuration, cancelled, tell)
    with one_blas_thread:
        return drawing.mixture()


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
    start = equal_components(means[None], start_methods.total_covariance(data))
    return data.mixture(prepare(start, configuration).parameters)
