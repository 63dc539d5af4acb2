"""Scaling of the axes: to the interval from 0 to 1, or to mean 0 and standard deviation 1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from gmm_studio.core.arrays import FloatArray, frozen
from gmm_studio.core.mixture import Mixture

if TYPE_CHECKING:
    from gmm_studio.core.cloud import PointCloud

__all__ = ["KINDS", "Kind", "Scaling", "scaled"]

Kind: TypeAlias = Literal["none", "min-max", "z-score"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """How the points of a cloud came of the data: (x - offset) / factor, each axis for itself.

    The data's own units are those of x; what became of them are the scaled units.

    Parameters
    ----------
    kind : {"none", "min-max", "z-score"}
    offset : array_like, shape (d,)
        In the data's own units.
    factor : array_like, shape (d,)
        Above 0, in the data's own units.
    """

    kind: Kind
    offset: FloatArray
    factor: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "offset", frozen(self.offset))
        object.__setattr__(self, "factor", frozen(self.factor))

    def scale_points(self, points: FloatArray) -> FloatArray:
        """Points (n, d) in scaled units, from the data's own."""
        return np.asarray((points - self.offset) / self.factor)

    def own_points(self, points: FloatArray) -> FloatArray:
        """Points (n, d) in the data's own units, from scaled ones."""
        return np.asarray(points * self.factor + self.offset)

    def scale(self, mixture: Mixture) -> Mixture:
        """A mixture in scaled units, from the data's own."""
        shape = np.outer(self.factor, self.factor)
        return Mixture(
            mixture.weights, self.scale_points(mixture.means), mixture.covariances / shape
        )

    def own(self, mixture: Mixture) -> Mixture:
        """A mixture in the data's own units, from scaled ones."""
        shape = np.outer(self.factor, self.factor)
        return Mixture(mixture.weights, self.own_points(mixture.means), mixture.covariances * shape)

    def own_log_likelihood(self, log_likelihood: float, total_weight: float) -> float:
        """A log-likelihood of densities in the data's own units, L - W Σ log factor."""
        return log_likelihood - total_weight * float(np.log(self.factor).sum())


def scaled(cloud: PointCloud, kind: Kind) -> PointCloud:
    """The cloud with its axes scaled anew, whatever they were.

    Truth and grid go with the points. A cloud that is scaled so already is given back, and so is
    the one that a scaled cloud was made of.

    Parameters
    ----------
    cloud : PointCloud
    kind : {"none", "min-max", "z-score"}
        "min-max" brings each axis to [0, 1], "z-score" to mean 0 and standard deviation 1. An axis
        on which all points are at one place is moved to 0 and not stretched.
    """
    if kind == cloud.scaling_kind:
        return cloud
    own = _own(cloud)
    if kind == "none":
        return own
    scaling = _find_scaling(kind, own.points, own.weights)
    result = replace(
        own,
        points=scaling.scale_points(own.points),
        truth=own.truth and scaling.scale(own.truth),
        grid=own.grid and own.grid.stretched(scaling.factor),
        scaling=scaling,
    )
    object.__setattr__(result, "unscaled", own)
    return result


def _own(cloud: PointCloud) -> PointCloud:
    """The cloud in the data's own units."""
    scaling = cloud.scaling
    if scaling is None or cloud.unscaled is not None:
        return cloud.unscaled or cloud
    return replace(
        cloud,
        points=scaling.own_points(cloud.points),
        truth=cloud.truth and scaling.own(cloud.truth),
        grid=cloud.grid and cloud.grid.stretched(1 / scaling.factor),
        scaling=None,
    )


def _find_scaling(kind: Kind, points: FloatArray, weights: FloatArray | None) -> Scaling:
    """The scaling of a kind for points (n, d); sample weights count for "z-score" alone."""
    low, high = points.min(axis=0), points.max(axis=0)
    if kind == "none":
        return Scaling(kind, np.zeros_like(low), np.ones_like(low))
    # A range too small to divide by is none.
    extent = high - low
    extent = np.where(extent >= np.finfo(np.float64).tiny, extent, 0.0)
    reach = np.where(extent > 0, extent, 1.0)
    if kind == "min-max":
        return Scaling(kind, low, reach)
    offset, deviation = low.copy(), reach.copy()
    for axis in np.flatnonzero(extent).tolist():
        # Within [0, 1] squares neither overflow nor vanish.
        shares = (points[:, axis] - low[axis]) / reach[axis]
        mean = float(np.average(shares, weights=weights))
        shares -= mean
        variance = float(np.average(np.square(shares, out=shares), weights=weights))
        if variance > 0:
            offset[axis] += mean * reach[axis]
            deviation[axis] *= variance**0.5
    return Scaling(kind, offset, deviation)
