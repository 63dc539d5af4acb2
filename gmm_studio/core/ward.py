"""Hierarchical clustering by Ward's criterion, of few points that have weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.kernel import StandardCloud, never
from gmm_studio.core.start_methods import stop_if

__all__ = ["SAMPLE", "different_points", "ward_clusters", "ward_labels"]

SAMPLE = 1000
"""The most different points that are clustered: 10⁶ distances, a tenth of a second."""


def ward_clusters(data: StandardCloud, k: int, cancelled: Callable[[], bool] = never) -> FloatArray:
    """The sums (k, m) of the monomials over k clusters, in the order of their leftmost points.

    Points at one place count as one of their weights together. Where there are more than `SAMPLE`
    different ones, as many of them are drawn with equal chances, always the same, and the rest is
    left out, of the sums too. The order of the points does not matter, and a point of weight 2 is
    a point given twice.

    Parameters
    ----------
    data : StandardCloud
        With at least k different points.
    k : int
    cancelled : callable
        Asked between merges.

    Raises
    ------
    Cancelled
        When `cancelled` returned true.
    """
    places, weights = different_points(data)
    most = max(SAMPLE, k)
    if len(places) > most:
        rows = np.sort(np.random.default_rng(0).choice(len(places), most, replace=False))
        places, weights = places[rows], weights[rows]
    labels = ward_labels(places, weights, k, cancelled)
    share = (labels == np.arange(k)[:, None]) * weights
    columns = [np.ones(len(places)), *places.T]
    columns += [places[:, 0] * column for column in places.T]
    columns += [places[:, 1] ** 2] if data.d == 2 else []
    return np.asarray(share @ np.column_stack(columns))


def different_points(data: StandardCloud) -> tuple[FloatArray, FloatArray]:
    """The different places (m, d) of points of some weight from left to right, and weights (m,)."""
    places = np.concatenate([block[1 : 1 + data.d] for block in data.blocks], axis=1)
    parts = [
        np.ones(block.shape[1]) if weights is None else weights
        for block, weights in zip(data.blocks, data.weights, strict=True)
    ]
    weights = np.concatenate(parts)
    order = np.lexsort(places[::-1])
    order = order[weights[order] > 0]
    places, weights = places[:, order].T, weights[order]
    new = np.concatenate([[True], (places[1:] != places[:-1]).any(axis=1)])
    first = np.flatnonzero(new)
    return np.ascontiguousarray(places[first]), np.add.reduceat(weights, first)


def ward_labels(
    places: FloatArray, weights: FloatArray, k: int, cancelled: Callable[[], bool] = never
) -> IntArray:
    """Numbers of k clusters (m,), from 0 in the order of the first of their points.

    Again and again the two clusters are merged by which the sum of squares grows least (Ward 1963).

    Parameters
    ----------
    places : ndarray, shape (m, d)
    weights : ndarray, shape (m,)
        Above 0.
    k : int
        At most m.
    cancelled : callable
        Asked between merges.
    """
    heights, pairs = _merges(places, weights, cancelled)
    owner = np.arange(len(places))
    for i in np.argsort(heights, kind="stable")[: len(places) - k]:
        first, second = owner[pairs[i]]
        owner[owner == second] = first
    _, firsts, labels = np.unique(owner, return_index=True, return_inverse=True)
    return np.asarray(firsts.argsort().argsort()[labels])


def _merges(
    places: FloatArray, weights: FloatArray, cancelled: Callable[[], bool]
) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """All merges in the order of a chain of nearest neighbours (Murtagh 1983), of O(m²) time.

    How much the sum of squares grows (m - 1,), and a point of each of the two (m - 1, 2).
    """
    m = len(places)
    means, masses, gone = places.copy(), weights.copy(), np.zeros(m)
    heights, pairs = np.empty(m - 1), np.empty((m - 1, 2), dtype=np.intp)
    chain: list[int] = []
    for i in range(m - 1):
        stop_if(cancelled)
        chain = chain or [int(gone.argmin())]
        while True:
            last = chain[-1]
            growth = masses * masses[last] / (masses + masses[last])
            growth *= ((means - means[last]) ** 2).sum(axis=1)
            growth += gone
            growth[last] = np.inf
            nearest = int(growth.argmin())
            if len(chain) > 1 and growth[chain[-2]] <= growth[nearest]:
                break
            chain.append(nearest)
        kept, merged = sorted(chain[-2:])
        heights[i], pairs[i] = growth[chain[-2]], (kept, merged)
        share = masses[merged] / (masses[kept] + masses[merged])
        means[kept] += share * (means[merged] - means[kept])
        masses[kept] += masses[merged]
        gone[merged] = np.inf
        del chain[-2:]
    return heights, pairs
