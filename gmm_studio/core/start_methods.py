"""How means and clusters of a start are chosen, in the standard units of a cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import Moments, Parameters, StandardCloud
from gmm_studio.core.maximisation import maximise

__all__ = [
    "box",
    "check_different",
    "k_means",
    "k_means_plus_plus",
    "m_step",
    "nearest_shares",
    "normal",
    "random_points",
    "random_responsibilities",
    "random_shares",
    "stop_if",
    "total_covariance",
    "uniform",
    "weighted_sums",
]

_KMEANS_ITERATIONS = 300
_KMEANS_TOLERANCE = 1e-8
_PATIENCE = 100
_FIRST_ROWS = 1000


def stop_if(cancelled: Callable[[], bool]) -> None:
    """Raise `Cancelled` where it says so."""
    if cancelled():
        raise Cancelled


def check_different(cloud: PointCloud, k: int) -> None:
    """See to it that k points of some weight are at different places.

    Raises
    ------
    InputError
        When there are fewer.
    """
    points = cloud.points if cloud.weights is None else cloud.points[cloud.weights > 0]
    if len(np.unique(points[: _FIRST_ROWS + k], axis=0)) < k:
        found = len(np.unique(points, axis=0))
        if found < k:
            raise _too_few(found, k)


def _too_few(found: int, k: int) -> InputError:
    return InputError(
        "{k} components need {k} different points; there are {found}.", k=k, found=found
    )


def total_covariance(data: StandardCloud) -> FloatArray:
    """The covariance of all points (divisor W), shape (d, d)."""
    ones = [np.ones((1, block.shape[1])) for block in data.blocks]
    total = m_step(weighted_sums(data, ones), np.zeros((1, data.d)))
    return np.asarray(total.covariances[0, 0])


def m_step(sums: FloatArray, centres: FloatArray) -> Parameters:
    """The unconstrained M-step on sums (k, m); who got no points stays at its centre (k, d)."""
    k, d = centres.shape
    previous = Parameters(np.ones((1, k)), centres[None], np.tile(np.eye(d), (1, k, 1, 1)))
    moments = Moments(np.zeros(1), sums[None], np.zeros((1, k, d)))
    return maximise(moments, previous, "full", 0).parameters


def weighted_sums(data: StandardCloud, responsibilities: Iterable[FloatArray]) -> FloatArray:
    """Sums (k, m) of the monomials over the blocks, given responsibilities (k, b) for each."""
    sums: FloatArray | float = 0.0
    for block, weights, share in zip(data.blocks, data.weights, responsibilities, strict=True):
        sums = sums + (share if weights is None else share * weights) @ block.T
    return np.asarray(sums)


def random_responsibilities(
    data: StandardCloud, k: int, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> FloatArray:
    """The sums (k, m) of responsibilities drawn at random."""
    return weighted_sums(data, random_shares(data, k, rng, cancelled))


def random_shares(
    data: StandardCloud, k: int, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> Iterator[FloatArray]:
    """Responsibilities (k, b) drawn at random, block by block."""
    for block in data.blocks:
        stop_if(cancelled)
        share = rng.random((k, block.shape[1]))
        yield share / share.sum(axis=0)


def uniform(data: StandardCloud, k: int, rng: np.random.Generator) -> FloatArray:
    """Places (k, d) drawn with equal chances from the box around the points of some weight."""
    low, high = box(data)
    return np.asarray(low + (high - low) * rng.random((k, data.d)))


def box(data: StandardCloud) -> FloatArray:
    """The lower left and the upper right corner (2, d) around the points of some weight."""
    places = [
        block[1 : 1 + data.d] if weights is None else block[1 : 1 + data.d, weights > 0]
        for block, weights in zip(data.blocks, data.weights, strict=True)
    ]
    low = np.min([part.min(axis=1) for part in places if part.size], axis=0)
    high = np.max([part.max(axis=1) for part in places if part.size], axis=0)
    return np.array([low, high])


def normal(covariance: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    """Places (k, d) drawn from the normal around 0 with a covariance that may be singular."""
    d = len(covariance)
    factor = np.zeros((d, d))
    factor[0, 0] = np.sqrt(covariance[0, 0])
    if d == 2:
        factor[1, 0] = covariance[0, 1] / factor[0, 0] if factor[0, 0] > 0 else 0.0
        factor[1, 1] = np.sqrt(max(covariance[1, 1] - factor[1, 0] ** 2, 0.0))
    return np.asarray(rng.standard_normal((k, d)) @ factor.T)


def random_points(
    cloud: PointCloud, data: StandardCloud, k: int, rng: np.random.Generator
) -> FloatArray:
    """Different points (k, d), drawn one after the other by weight from those that are left."""
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
        chosen |= dict.fromkeys(map(tuple, rng.permutation(rest).tolist()))
    return np.asarray((np.array(list(chosen)[:k]) - data.centre) / data.scale)


def k_means_plus_plus(
    data: StandardCloud, k: int, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, FloatArray]]:
    """Rows and places (d,) of points drawn far from each other (Arthur and Vassilvitskii 2007).

    Each next one is drawn with chances proportional to weight times D², the squared distance to
    the nearest of those before it.
    """
    chances = [
        np.ones(block.shape[1]) if weights is None else weights.copy()
        for block, weights in zip(data.blocks, data.weights, strict=True)
    ]
    for j in range(k):
        totals = np.array([chance.sum() for chance in chances])
        if not totals.any():
            raise _too_few(j, k)
        i = _draw(totals, rng)
        row = _draw(chances[i], rng)
        mean = data.blocks[i][1 : 1 + data.d, row]
        yield sum(block.shape[1] for block in data.blocks[:i]) + row, mean
        for block, weights, chance in zip(data.blocks, data.weights, chances, strict=True):
            stop_if(cancelled)
            distance = ((block[1 : 1 + data.d] - mean[:, None]) ** 2).sum(axis=0)
            if weights is not None:
                distance *= weights
            chance[:] = distance if j == 0 else np.minimum(chance, distance)


def _draw(chances: FloatArray, rng: np.random.Generator) -> int:
    """A number drawn with these chances; never one whose chance is 0."""
    sums = np.cumsum(chances)
    target = min(rng.random() * sums[-1], np.nextafter(sums[-1], 0))
    return int(np.searchsorted(sums, target, side="right"))


def k_means(
    data: StandardCloud,
    means: FloatArray,
    cancelled: Callable[[], bool],
    moved_to: Callable[[FloatArray], None] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Lloyd's algorithm; the sums (k, m) of the clusters it ends with, and their centres.

    A cluster that empties keeps its centre. `moved_to` hears the centres after each iteration.
    """
    d = data.d
    for _ in range(_KMEANS_ITERATIONS):
        sums = weighted_sums(data, nearest_shares(data, means, cancelled))
        counts = sums[:, [0]]
        moved = np.divide(sums[:, 1 : 1 + d], counts, where=counts > 0, out=means.copy())
        change = float(((moved - means) ** 2).sum())
        means = moved
        if moved_to is not None:
            moved_to(means)
        if change < _KMEANS_TOLERANCE:
            break
    return weighted_sums(data, nearest_shares(data, means, cancelled)), means


def nearest_shares(
    data: StandardCloud, means: FloatArray, cancelled: Callable[[], bool]
) -> Iterator[FloatArray]:
    """One-hot columns (k, b) of the mean nearest to each point, block by block."""
    for block in data.blocks:
        stop_if(cancelled)
        yield _nearest(block, means)


def _nearest(block: FloatArray, means: FloatArray) -> FloatArray:
    """One-hot rows (k, b) of the mean nearest to each point."""
    d = means.shape[1]
    linear = np.column_stack([-0.5 * (means**2).sum(axis=1), means])
    nearest = (linear @ block[: 1 + d]).argmax(axis=0)
    return np.asarray(nearest == np.arange(len(means))[:, None], dtype=np.float64)
