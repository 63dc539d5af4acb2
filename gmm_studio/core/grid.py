"""What is known of a cloud whose points are the cells of a grid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray, frozen, frozen_int

__all__ = ["Grid"]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The grid whose cells stand for the points of a cloud.

    Each cell that is not empty is at the weighted mean of its points and has their weight. Where
    responsibilities are the same all over a cell, the weights and means of an M-step are exactly
    those of the points, and a covariance is smaller by the mean covariance within the cells.

    Parameters
    ----------
    cells : int
        On each axis.
    size : array_like, shape (d,)
        Of a cell, in the units of the points; 0 on an axis where all points are at one place.
    counts : array_like of int, shape (n,)
        How many points each cell holds.
    within : array_like, shape (d, d)
        The mean covariance within the cells, by weight: what the covariance of all points loses.
    """

    cells: int
    size: FloatArray
    counts: IntArray
    within: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", frozen(self.size))
        object.__setattr__(self, "counts", frozen_int(self.counts))
        object.__setattr__(self, "within", frozen(self.within))

    @property
    def n_points(self) -> int:
        """How many points there are in all cells."""
        return int(self.counts.sum())

    def effect(self, covariances: FloatArray) -> float:
        """The largest share of a component's variance, in any direction, that cells can hide.

        Along a unit vector u a cell reaches over Σ |u_i| size_i, so that the variance within it is
        at most a quarter of that squared (Popoviciu 1935), and by Cauchy and Schwarz at most
        d uᵀ diag(size²) u / 4.

        Parameters
        ----------
        covariances : ndarray, shape (k, d, d)
        """
        hidden = np.diag(len(self.size) * self.size**2 / 4)
        return float(np.abs(np.linalg.eigvals(np.linalg.solve(covariances, hidden))).max())

    def subset(self, keep: npt.NDArray[np.bool_]) -> Grid:
        """The grid of the cells where `keep` (n,) is true; what is within them is not known apart.

        The covariance within all of them stays as an estimate.
        """
        return replace(self, counts=self.counts[keep])

    def stretched(self, factor: FloatArray) -> Grid:
        """The grid in units of which `factor` (d,) old ones make one."""
        shape = np.outer(factor, factor)
        return replace(self, size=self.size / factor, within=self.within / shape)
