"""Hierarchical clustering by Ward's criterion, of few points that have weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.kernel import StandardCloud, never
from gmm_studio.core.start_methods import stop_if

__all__ = ["SAMPLE", "Tree", "different_points", "ward_tree"]

SAMPLE = 1000
"""The most different points that are clustered: 10⁶ distances, a tenth of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """All merges of a hierarchical clustering, for as many clusters as one likes.

    Again and again the two clusters are merged by which the sum of squares grows least (Ward 1963).

    Attributes
    ----------
    places : ndarray, shape (m, d)
        The points that are clustered, from left to right.
    weights : ndarray, shape (m,)
        Above 0.
    pairs : ndarray of int, shape (m - 1, 2)
        A point of each of the two clusters that merge, merge by merge.
    """

    places: FloatArray
    weights: FloatArray
    pairs: IntArray

    def levels(self, k: int, most: int) -> Iterator[tuple[IntArray, tuple[int, int] | None]]:
        """The clusters on the way from `most` to k of them, and which two merge next.

        Each level has the numbers of the points' clusters (m,). The last k are numbered from 0 in
        the order of the first of their points. Of two that merge the lower number stays, and the
        higher is the highest there is, so that the others keep theirs.
        """
        m = len(self.places)
        owner = np.arange(m)
        merges = []
        for i, pair in enumerate(self.pairs[: m - k]):
            first, second = owner[pair]
            joins = owner == second
            if m - i <= most:
                merges.append((joins, first == owner))
            owner[joins] = first
        _, firsts, labels = np.unique(owner, return_index=True, return_inverse=True)
        labels = firsts.argsort().argsort()[labels]
        levels: list[tuple[IntArray, tuple[int, int] | None]] = [(labels, None)]
        for number, (joins, stays) in enumerate(reversed(merges), k):
            labels = np.where(joins, number, labels)
            levels.append((labels, (int(labels[stays][0]), number)))
        yield from reversed(levels)

    def labels(self, k: int) -> IntArray:
        """Numbers of k clusters (m,), from 0 in the order of the first of their points."""
        return next(self.levels(k, k))[0]

    def sums(self, labels: IntArray) -> FloatArray:
        """The sums (k, m) of the monomials over clusters."""
        share = (labels == np.arange(int(labels.max()) + 1)[:, None]) * self.weights
        columns = [np.ones(len(self.places)), *self.places.T]
        columns += [self.places[:, 0] * column for column in self.places.T]
        columns += [self.places[:, 1] ** 2] if self.places.shape[1] == 2 else []
        return np.asarray(share @ np.column_stack(columns))

    def means(self, labels: IntArray) -> FloatArray:
        """The means (k, d) of clusters."""
        sums = self.sums(labels)
        return np.asarray(sums[:, 1 : 1 + self.places.shape[1]] / sums[:, :1])


def ward_tree(data: StandardCloud, k: int, cancelled: Callable[[], bool] = never) -> Tree:
    """Cluster a cloud hierarchically, to k clusters or fewer.

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
    heights, pairs = _merges(places, weights, cancelled)
    return Tree(places, weights, pairs[np.argsort(heights, kind="stable")])


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
