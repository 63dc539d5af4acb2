"""Starts: the complete mixture at iteration 0, from clicked seeds or drawn by a method."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import (
    Moments,
    Parameters,
    StandardCloud,
    never,
    one_blas_thread,
    standardize,
)
from gmm_studio.core.maximisation import Update, degenerate_component, maximise, project
from gmm_studio.core.mixture import Mixture

__all__ = ["METHODS", "Method", "draw_start", "equal_pair", "prepare", "seeded_start"]

Method: TypeAlias = Literal["k-means++", "k-means", "random-points", "random-responsibilities"]
METHODS: tuple[Method, ...] = get_args(Method)

_LARGEST = 1e70
"""The largest mean or deviation of a start in standard units: its powers stay within doubles."""

_KMEANS_ITERATIONS = 300
_KMEANS_TOLERANCE = 1e-8
_PATIENCE = 100


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

    Parameters
    ----------
    cloud : PointCloud
    method : {"k-means++", "k-means", "random-points", "random-responsibilities"}
        Points drawn far from each other (Arthur and Vassilvitskii 2007); clusters found by
        Lloyd's algorithm from there; points drawn with equal chances; or an M-step on
        responsibilities drawn at random.
    k : int
    random_state : int
    configuration : Configuration, optional
        Gives the structure and the floor of the covariances.
    cancelled : callable
        Asked between passes over the points.

    Raises
    ------
    InputError
        When the cloud has fewer than k different points.
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
    data = standardize(cloud)
    rng = np.random.default_rng(random_state)
    configuration = configuration or Configuration()
    with one_blas_thread:
        if method == "random-responsibilities":
            sums = _random_responsibilities(data, k, rng, cancelled)
            return _one_m_step(data, sums, np.zeros((k, data.d)), configuration)
        if method == "random-points":
            return _start(data, _random_points(cloud, data, k, rng), configuration)
        means = _kmeans_plus_plus(data, k, rng, cancelled)
        if method == "k-means":
            sums, centres = _kmeans(data, means, cancelled)
            return _one_m_step(data, sums, centres, configuration)
        return _start(data, means, configuration)


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


def _too_few(found: int, k: int) -> InputError:
    return InputError(
        "{k} components need {k} different points; there are {found}.", k=k, found=found
    )


def _start(data: StandardCloud, means: FloatArray, configuration: Configuration) -> Mixture:
    """Equal weights and the total covariance for each of the means, in standard units."""
    k = len(means)
    ones = [np.ones((1, block.shape[1])) for block in data.blocks]
    total = _m_step(_weighted_sums(data, ones), np.zeros((1, data.d)))
    start = Parameters(np.full((1, k), 1 / k), means[None], np.repeat(total.covariances, k, axis=1))
    return data.mixture(prepare(start, configuration).parameters)


def _one_m_step(
    data: StandardCloud, sums: FloatArray, centres: FloatArray, configuration: Configuration
) -> Mixture:
    return data.mixture(prepare(_m_step(sums, centres), configuration).parameters)


def _m_step(sums: FloatArray, centres: FloatArray) -> Parameters:
    """The unconstrained M-step on sums (k, m); who got no points stays at its centre."""
    k, d = centres.shape
    previous = Parameters(np.ones((1, k)), centres[None], np.tile(np.eye(d), (1, k, 1, 1)))
    moments = Moments(np.zeros(1), sums[None], np.zeros((1, k, d)))
    return maximise(moments, previous, "full", 0).parameters


def _weighted_sums(data: StandardCloud, responsibilities: Iterable[FloatArray]) -> FloatArray:
    """Sums (k, m) of the monomials over the blocks, given responsibilities (k, b) for each."""
    sums: FloatArray | float = 0.0
    for block, weights, share in zip(data.blocks, data.weights, responsibilities, strict=True):
        sums = sums + (share if weights is None else share * weights) @ block.T
    return np.asarray(sums)


def _random_responsibilities(
    data: StandardCloud, k: int, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> FloatArray:
    def draw() -> Iterator[FloatArray]:
        for block in data.blocks:
            _stop_if(cancelled)
            share = rng.random((k, block.shape[1]))
            yield share / share.sum(axis=0)

    return _weighted_sums(data, draw())


def _random_points(
    cloud: PointCloud, data: StandardCloud, k: int, rng: np.random.Generator
) -> FloatArray:
    """Different points, drawn one after the other by weight from those that are left."""
    shares = None if cloud.weights is None else cloud.weights / data.total_weight
    chosen: dict[tuple[float, ...], None] = {}
    for _ in range(_PATIENCE):
        rows = rng.choice(cloud.n, size=2 * k, p=shares)
        chosen |= dict.fromkeys(map(tuple, cloud.points[rows].tolist()))
        if len(chosen) >= k:
            break
    else:
        allowed = slice(None) if cloud.weights is None else cloud.weights > 0
        rest = np.unique(cloud.points[allowed], axis=0)
        if len(rest) < k:
            raise _too_few(len(rest), k)
        chosen |= dict.fromkeys(map(tuple, rng.permutation(rest).tolist()))
    return np.asarray((np.array(list(chosen)[:k]) - data.centre) / data.scale)


def _kmeans_plus_plus(
    data: StandardCloud, k: int, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> FloatArray:
    """Each next point is drawn with chances proportional to the squared distance to the nearest."""
    chances = [
        np.ones(block.shape[1]) if weights is None else weights.copy()
        for block, weights in zip(data.blocks, data.weights, strict=True)
    ]
    means = np.empty((k, data.d))
    for j in range(k):
        totals = np.array([chance.sum() for chance in chances])
        if not totals.any():
            raise _too_few(j, k)
        i = _draw(totals, rng)
        means[j] = data.blocks[i][1 : 1 + data.d, _draw(chances[i], rng)]
        for block, weights, chance in zip(data.blocks, data.weights, chances, strict=True):
            _stop_if(cancelled)
            distance = ((block[1 : 1 + data.d] - means[j, :, None]) ** 2).sum(axis=0)
            if weights is not None:
                distance *= weights
            chance[:] = distance if j == 0 else np.minimum(chance, distance)
    return means


def _draw(chances: FloatArray, rng: np.random.Generator) -> int:
    """A number drawn with these chances; never one whose chance is 0."""
    sums = np.cumsum(chances)
    target = min(rng.random() * sums[-1], np.nextafter(sums[-1], 0))
    return int(np.searchsorted(sums, target, side="right"))


def _kmeans(
    data: StandardCloud, means: FloatArray, cancelled: Callable[[], bool]
) -> tuple[FloatArray, FloatArray]:
    """Lloyd's algorithm; the sums (k, m) of the clusters it ends with, and their centres.

    A cluster that empties keeps its centre.
    """
    d = data.d
    for _ in range(_KMEANS_ITERATIONS):
        sums = _weighted_sums(data, _clusters(data, means, cancelled))
        counts = sums[:, [0]]
        moved = np.divide(sums[:, 1 : 1 + d], counts, where=counts > 0, out=means.copy())
        change = float(((moved - means) ** 2).sum())
        means = moved
        if change < _KMEANS_TOLERANCE:
            break
    return _weighted_sums(data, _clusters(data, means, cancelled)), means


def _clusters(
    data: StandardCloud, means: FloatArray, cancelled: Callable[[], bool]
) -> Iterator[FloatArray]:
    for block in data.blocks:
        _stop_if(cancelled)
        yield _nearest(block, means)


def _nearest(block: FloatArray, means: FloatArray) -> FloatArray:
    """One-hot rows (k, b) of the mean nearest to each point."""
    d = means.shape[1]
    linear = np.column_stack([-0.5 * (means**2).sum(axis=1), means])
    nearest = (linear @ block[: 1 + d]).argmax(axis=0)
    return np.asarray(nearest == np.arange(len(means))[:, None], dtype=np.float64)


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled
