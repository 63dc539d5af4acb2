"""Points gathered into the cells of a grid, so that the cost of EM no longer depends on n.

A cell keeps the number and the mean of its points. What EM makes of the cells differs from what it
makes of the points by terms of the second order in a cell's size: with m the mean of a cell, the
sum over its points of any smooth f is n f(m) + Σ (x - m)ᵀ f''(·) (x - m) / 2, where the term of
first order has vanished. For the sums of an M-step, over a box in which no point is farther than R
from a place c, and with P the precision matrices of the mixture,

    |N_j - N_j'|   ≤ H T / 2
    |S_j - S_j'|   ≤ (H R + G / 2) T / 2      of r_j (x - c)
    ‖Q_j - Q_j'‖   ≤ (H R² + G R + 2) T / 2   of r_j (x - c) (x - c)ᵀ

where T = W tr(within) is what the cells hide, G = max |P_i (x - μ_i) - P_j (x - μ_j)| over the box
bounds the gradients of log-odds, so that |∇r_j| ≤ G / 4, and H = 5 G² / 4 + max ‖P_i - P_j‖ bounds
the second derivatives of r_j.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.grid import Grid

__all__ = ["CELLS", "LARGEST_CELLS", "Gathered", "Tally", "check_cells", "to_cells"]

CELLS = 1024
"""On each axis, where nobody says how many."""

LARGEST_CELLS = 4096

BLOCK = 2**17
"""Points that are sorted into cells at a time."""

_MOST_WAITING = 2**21
"""Pairs of cell and label that wait to be counted together."""


def to_cells(cloud: PointCloud, cells: int = CELLS) -> PointCloud:
    """Gather the points of a cloud into the cells of a grid over it.

    Parameters
    ----------
    cloud : PointCloud
        In the data's own units or scaled; of points, not of cells.
    cells : int
        On each axis, from 2 to LARGEST_CELLS.

    Returns
    -------
    PointCloud
        A point for each cell that is not empty, with the weight of its points, and as label that
        of the largest part of them.

    Raises
    ------
    InputError
        When there cannot be so many cells.
    """
    tally = Tally(cloud.points.min(axis=0), cloud.points.max(axis=0), cells)
    for first in range(0, cloud.n, BLOCK):
        rows = slice(first, first + BLOCK)
        tally.add(
            cloud.points[rows],
            None if cloud.weights is None else cloud.weights[rows],
            None if cloud.labels is None else cloud.labels[rows],
        )
    gathered = tally.gathered()
    return replace(
        cloud,
        points=gathered.points,
        weights=gathered.weights,
        labels=gathered.labels,
        grid=gathered.grid,
    )


def check_cells(cells: int) -> int:
    """The number of cells on each axis, if there can be so many.

    Raises
    ------
    InputError
        When there cannot.
    """
    if not 2 <= cells <= LARGEST_CELLS:
        raise InputError(
            "The number of cells on each axis must be from 2 to {most}.", most=LARGEST_CELLS
        )
    return cells


class Gathered(NamedTuple):
    """What a cloud of m cells is made of: (m, d), (m,), (m,) or None, and the grid."""

    points: FloatArray
    weights: FloatArray
    labels: IntArray | None
    grid: Grid


class Tally:
    """Counts points by cell, block by block, in memory that does not grow with their number.

    Parameters
    ----------
    low, high : array_like, shape (d,)
        Bounds of all points.
    cells : int
        On each axis.

    Attributes
    ----------
    divisor : ndarray, shape (d,)
        The size of a cell; 1 on an axis where all points are at one place.
    """

    def __init__(self, low: npt.ArrayLike, high: npt.ArrayLike, cells: int = CELLS) -> None:
        self.cells = check_cells(cells)
        self.low = np.asarray(low, dtype=np.float64)
        self._size = np.asarray(high, dtype=np.float64) / cells - self.low / cells
        self.divisor = np.where(self._size > 0, self._size, 1.0)
        d, total = len(self.low), self.cells ** len(self.low)
        self._counts = np.zeros(total)
        self._weights: FloatArray | None = None
        # Places are kept within the cell, from -1/2 to 1/2: nothing is lost far from the origin.
        self._sums = np.zeros((d, total))
        self._squares = np.zeros((d, d))
        self._labels = _Majority()

    def add(
        self, points: FloatArray, weights: FloatArray | None = None, labels: IntArray | None = None
    ) -> None:
        """Count some points (m, d), all of them with weights or labels (m,) or none."""
        places = (points - self.low) / self.divisor
        columns = np.minimum(places.astype(np.int64), self.cells - 1)
        within = places - columns - 0.5
        cell = columns[:, 0] if len(self.low) == 1 else columns @ [self.cells, 1]
        total = len(self._counts)
        self._counts += np.bincount(cell, minlength=total)
        weighted = within
        if weights is not None:
            weighted = within * weights[:, None]
            if self._weights is None:
                self._weights = np.zeros(total)
            self._weights += np.bincount(cell, weights, total)
        for axis, sums in enumerate(self._sums):
            sums += np.bincount(cell, weighted[:, axis], total)
        self._squares += weighted.T @ within
        if labels is not None:
            self._labels.add(cell, labels, weights)

    def add_sums(
        self,
        cell: IntArray,
        counts: FloatArray,
        weights: FloatArray | None,
        sums: FloatArray,
        squares: FloatArray,
    ) -> None:
        """Count cells that were summed up elsewhere, each of them once.

        Parameters
        ----------
        cell : ndarray of int, shape (m,)
            Its column, or in two dimensions column * cells + row.
        counts : ndarray, shape (m,)
            Of points.
        weights : ndarray, shape (m,), or None
            Of all of them together.
        sums : ndarray, shape (m, d)
            Of weight times place within the cell, from -1/2 to 1/2 of its size.
        squares : ndarray, shape (d, d)
            Of weight times place times place, over all points.
        """
        self._counts[cell] += counts
        if weights is not None:
            self._weights = np.zeros(len(self._counts))
            self._weights[cell] = weights
        self._sums[:, cell] += sums.T
        self._squares += squares

    def add_labels(self, cell: IntArray, labels: IntArray, weights: FloatArray) -> None:
        """Count labels (m,) of cells (m,) whose points weigh so much (m,) together."""
        self._labels.add(cell, labels, weights)

    def gathered(self) -> Gathered:
        """The cells that are not empty.

        Raises
        ------
        InputError
            When all are.
        """
        weights = self._counts if self._weights is None else self._weights
        total = float(weights.sum())
        if total == 0:
            raise InputError("There is no point in it.")
        # A cell whose points weigh nothing is where its middle is.
        filled = np.flatnonzero(self._counts)
        of_filled = weights[filled]
        means = self._sums[:, filled] / np.where(of_filled > 0, of_filled, 1.0)
        means = np.clip(means, -0.5, 0.5)
        d = len(self.low)
        columns = np.array([filled] if d == 1 else np.divmod(filled, self.cells))
        points = self.low + (columns + means + 0.5).T * self._size
        hidden = (self._squares - (means * of_filled) @ means.T) / total
        grid = Grid(
            self.cells,
            self._size,
            self._counts[filled].astype(np.int64),
            hidden * np.outer(self._size, self._size),
        )
        return Gathered(points, of_filled, self._labels.of(filled), grid)


class _Majority:
    """Counts labels by cell, as pairs: nobody knows beforehand how many labels there are."""

    def __init__(self) -> None:
        self._waiting: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._count, self._limit = 0, _MOST_WAITING

    def add(self, cell: IntArray, labels: IntArray, weights: FloatArray | None) -> None:
        ones = np.ones(len(cell)) if weights is None else weights
        self._waiting.append((cell, labels, ones))
        self._count += len(cell)
        if self._count > self._limit:
            self._limit = max(_MOST_WAITING, 2 * len(self._gather()[0]))

    def of(self, cells: IntArray) -> IntArray | None:
        """The label that weighs most in each cell (ascending), of equal ones the lowest."""
        if not self._waiting:
            return None
        cell, labels, weights = self._gather()
        order = np.lexsort((labels, -weights, cell))
        first = np.unique(cell[order], return_index=True)[1]
        return labels[order][first][np.searchsorted(cell[order][first], cells)]

    def _gather(self) -> tuple[IntArray, IntArray, FloatArray]:
        cell, labels, weights = map(np.concatenate, zip(*self._waiting, strict=True))
        order = np.lexsort((labels, cell))
        cell, labels = cell[order], labels[order]
        new = np.ones(len(cell), np.bool_)
        new[1:] = (cell[1:] != cell[:-1]) | (labels[1:] != labels[:-1])
        starts = np.flatnonzero(new)
        gathered = cell[starts], labels[starts], np.add.reduceat(weights[order], starts)
        self._waiting, self._count = [gathered], len(starts)
        return gathered
