"""Basins of attraction: for every place of one seed, the optimum that EM reaches."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray, frozen, frozen_int
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.kernel import never
from gmm_studio.core.many import end_many
from gmm_studio.core.mixture import Mixture, trusted_mixture
from gmm_studio.core.optima import Gathering, Optimum, Tolerance

__all__ = ["BasinMap", "map_basins", "sample_of"]

CELLS = (8, 4, 2, 1)
"""Sides of the blocks of cells that share one start, from coarse to fine."""

_ENOUGH = 0.9
"""The share of runs that the coarsest map waits for: the slowest take several times as long."""

_SAMPLE = 0
"""The random state that a sample is drawn with: the same points every time."""


@dataclass(frozen=True, slots=True, eq=False)
class BasinMap:
    """What EM reaches from every place of one seed, the rest of the start as it is.

    Attributes
    ----------
    x : ndarray, shape (nx,)
        Centres of the cells, in the units of the data.
    y : ndarray, shape (ny,)
        The same; [0] in one dimension.
    optimum : ndarray of int, shape (ny, nx)
        Which of `optima` is reached.
    log_likelihood : ndarray, shape (ny, nx)
        At the end; of the sample, where there is one.
    iterations : ndarray of int, shape (ny, nx)
    optima : tuple of Optimum
        In the order in which they were found: one keeps its place while the map refines.
    cell : int
        Side of the blocks of cells that share one computed start: 8, 4, 2, 1. At 8, blocks whose
        runs take longest look like the nearest block that is known.
    sample : int or None
        How many points of the cloud were used; None for all of them.
    tolerance : Tolerance
        What made two ends one optimum.
    """

    x: FloatArray
    y: FloatArray
    optimum: IntArray
    log_likelihood: FloatArray
    iterations: IntArray
    optima: tuple[Optimum, ...]
    cell: int
    sample: int | None
    tolerance: Tolerance

    def nearest(self, number: int, x: float, y: float) -> tuple[float, float]:
        """The place nearest to (x, y), in cells, that leads to one of the optima.

        Parameters
        ----------
        number : int
            Of the optimum.
        x, y : float
            In the units of the data; y counts for nothing in one dimension.

        Returns
        -------
        tuple of float
            The centre of a cell, one with a start of its own where there is any.

        Raises
        ------
        ValueError
            When no cell leads there.
        """
        rows, columns = np.nonzero(self.optimum == number)
        if not len(rows):
            raise ValueError(f"No cell leads to optimum {number}.")
        is_start = np.isin(rows, _grid(len(self.y), self.cell))
        is_start &= np.isin(columns, _grid(len(self.x), self.cell))
        if is_start.any():
            rows, columns = rows[is_start], columns[is_start]
        across = (self.x[columns] - x) / _side(self.x)
        up = (self.y[rows] - y) / _side(self.y)
        best = int(np.argmin(across * across + up * up))
        return float(self.x[columns[best]]), float(self.y[rows[best]])


def map_basins(
    cloud: PointCloud,
    start: Mixture,
    j: int,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    configuration: Configuration,
    *,
    most_points: int = 2000,
    tolerance: Tolerance | None = None,
    cancelled: Callable[[], bool] = never,
) -> Iterator[BasinMap]:
    """Map the basins of attraction of one seed, coarse first, then finer.

    Parameters
    ----------
    cloud : PointCloud
    start : Mixture
        All but the place of seed j is used as it is.
    j : int
        The seed to move, from 0.
    x : array_like, shape (nx,)
        Where to place it, in the units of the data.
    y : array_like, shape (ny,)
        The same; one number in one dimension, which counts for nothing.
    configuration : Configuration
    most_points : int
        A larger cloud is represented by as many points, drawn with equal chances, always the same.
    tolerance : Tolerance, optional
        What makes two ends one optimum.
    cancelled : callable
        Asked before every block of points.

    Yields
    ------
    BasinMap
        With `cell` 8, 4, 2 and 1; the last has a start of its own in every cell. The first does not
        wait for the slowest tenth of its runs, which the second does.

    Raises
    ------
    InputError
        When the start does not fit the cloud.
    Cancelled
        As soon as `cancelled` returns true.
    """
    used = sample_of(cloud, most_points)
    growing = _Growing(used, start, j, _row(x), _row(y), configuration, tolerance or Tolerance())
    for cell in CELLS:
        growing.compute(cell, cancelled)
        yield growing.map(cell, None if used is cloud else used.n)


@lru_cache(maxsize=1)
def sample_of(cloud: PointCloud, most_points: int) -> PointCloud:
    """The cloud itself, or a sample of its rows (those of weight 0 left out) that is not larger."""
    if cloud.n <= most_points:
        return cloud
    rows = np.arange(cloud.n) if cloud.weights is None else np.flatnonzero(cloud.weights)
    if len(rows) > most_points:
        rows = np.random.default_rng(_SAMPLE).choice(rows, most_points, replace=False)
    keep = np.zeros(cloud.n, dtype=bool)
    keep[rows] = True
    return cloud.subset(keep)


class _Growing:
    """A map under way."""

    def __init__(
        self,
        cloud: PointCloud,
        start: Mixture,
        j: int,
        x: FloatArray,
        y: FloatArray,
        configuration: Configuration,
        tolerance: Tolerance,
    ) -> None:
        self._cloud, self._start, self._j = cloud, start, j
        self._x, self._y = x, y
        self._configuration = configuration
        self._gathering = Gathering(cloud, tolerance, configuration.variance_floor)
        shape = len(y), len(x)
        self._optimum = np.full(shape, -1, dtype=np.int64)
        self._log_likelihood = np.zeros(shape)
        self._iterations = np.zeros(shape, dtype=np.int64)

    def compute(self, cell: int, cancelled: Callable[[], bool]) -> None:
        """Fit from the cells of a grid that have not been fitted yet."""
        grid = np.ix_(_grid(len(self._y), cell), _grid(len(self._x), cell))
        cells = np.arange(self._optimum.size).reshape(self._optimum.shape)[grid]
        missing = cells[self._optimum[grid] < 0]
        starts = (self._moved(index) for index in missing.tolist())
        enough = math.ceil(_ENOUGH * len(missing)) if cell == CELLS[0] else len(missing)
        ends = end_many(self._cloud, starts, self._configuration, cancelled=cancelled)
        for end in islice(ends, enough):
            index = int(missing[end.index])
            self._optimum.flat[index] = self._gathering.add(replace(end, index=index), cancelled)
            self._log_likelihood.flat[index] = end.log_likelihood
            self._iterations.flat[index] = end.iterations

    def map(self, cell: int, sample: int | None) -> BasinMap:
        """What is known, spread from the grid over the cells about it."""
        grid = np.ix_(_grid(len(self._y), cell), _grid(len(self._x), cell))
        known = _known(self._optimum[grid] >= 0)
        shown = np.ix_(_nearest(len(self._y), cell), _nearest(len(self._x), cell))
        return BasinMap(
            self._x,
            self._y,
            frozen_int(self._optimum[grid][known][shown]),
            frozen(self._log_likelihood[grid][known][shown]),
            frozen_int(self._iterations[grid][known][shown]),
            self._gathering.numbered,
            cell,
            sample,
            self._gathering.tolerance,
        )

    def _moved(self, index: int) -> Mixture:
        row, column = divmod(index, len(self._x))
        means = self._start.means.copy()
        means[self._j] = (self._x[column], self._y[row])[: self._start.d]
        return trusted_mixture(self._start.weights, means, self._start.covariances)


def _grid(cells: int, cell: int) -> IntArray:
    """The computed ones of a row of cells: the coarsest stand in the middle of their blocks."""
    first = cell // 2 if cell == CELLS[0] else 0
    return np.arange(min(first, (cells - 1) // 2), cells, cell)


def _nearest(cells: int, cell: int) -> IntArray:
    """The place among the computed ones of the one that each of a row of cells is shown with."""
    before = 0 if cell == CELLS[0] else cell // 2
    last = len(_grid(cells, cell)) - 1
    return np.asarray(np.minimum((np.arange(cells) + before) // cell, last))


def _known(known: npt.NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    """Row and column of each cell that is known, and of the nearest such for one that is not."""
    places = np.indices(known.shape)
    there = np.argwhere(known)
    for row, column in np.argwhere(~known).tolist():
        apart = ((there - (row, column)) ** 2).sum(axis=1)
        places[:, row, column] = there[apart.argmin()]
    return places[0], places[1]


def _side(places: FloatArray) -> float:
    """Between two centres."""
    return float(places[1] - places[0]) if len(places) > 1 else 1.0


def _row(places: npt.ArrayLike) -> FloatArray:
    return frozen(np.atleast_1d(np.asarray(places, dtype=np.float64)))
