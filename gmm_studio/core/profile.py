"""The log-likelihood as a function of the place of one mean, everything else held."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import BLOCK, TILE, never
from gmm_studio.core.mixture import LOG_2PI, Mixture

__all__ = ["seed_profile"]

_PLACES = 64
"""Places in a tile: enough of them that what is done for each point once costs little."""


def seed_profile(
    cloud: PointCloud,
    mixture: Mixture,
    j: int,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    cancelled: Callable[[], bool] = never,
) -> FloatArray:
    """The log-likelihood with mean j at each place of a grid, everything else held.

    The densities of the other components are computed once; a place costs one density of each
    point.

    Parameters
    ----------
    cloud : PointCloud
    mixture : Mixture
    j : int
        The component whose mean is moved, from 0.
    x : array_like, shape (nx,)
        Where to place it, in the units of the data.
    y : array_like, shape (ny,)
        The same; one number in one dimension, which counts for nothing.
    cancelled : callable
        Asked before every tile of places and points.

    Returns
    -------
    ndarray, shape (ny, nx)

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    x, y = np.atleast_1d(x), np.atleast_1d(y)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)[:, : cloud.d]
    whitener = np.linalg.inv(np.linalg.cholesky(mixture.covariances[j]))
    # About the mean, so that a cloud far from the origin keeps its digits.
    moved = (places - mixture.means[j]) @ whitener.T
    result = np.zeros(len(places))
    step = max(1, min(BLOCK, TILE // _PLACES))
    for first in range(0, cloud.n, step):
        rows = slice(first, first + step)
        points = cloud.points[rows]
        weights = None if cloud.weights is None else cloud.weights[rows]
        others = _log_density_of_others(mixture, j, points)
        own = whitener @ (points - mixture.means[j]).T
        for some in range(0, len(places), _PLACES):
            if cancelled():
                raise Cancelled
            part = slice(some, some + _PLACES)
            logs = _log_sums(moved[part], own, _constant(mixture, j), others)
            result[part] += logs.sum(axis=1) if weights is None else (logs * weights).sum(axis=1)
    return result.reshape(len(y), len(x))


def _constant(mixture: Mixture, j: int) -> float:
    """Logarithm of a component's weight and of its density at its mean; -inf without weight."""
    if mixture.weights[j] == 0:
        return -np.inf
    log_determinant = float(np.linalg.slogdet(mixture.covariances[j])[1])
    return float(np.log(mixture.weights[j])) - 0.5 * (mixture.d * LOG_2PI + log_determinant)


def _log_density_of_others(mixture: Mixture, j: int, points: FloatArray) -> FloatArray | None:
    """Of all components but one (n,); None where they have no weight."""
    if not np.delete(mixture.weights, j).any():
        return None
    joint = np.delete(mixture.component_log_densities(points), j, axis=1)
    largest = joint.max(axis=1)
    return np.asarray(largest + np.log(np.exp(joint - largest[:, None]).sum(axis=1)))


def _log_sums(
    places: FloatArray, points: FloatArray, constant: float, others: FloatArray | None
) -> FloatArray:
    """log(density of the others + that of the one) for whitened places (g, d) and points (d, n)."""
    squares = np.zeros((len(places), points.shape[1]))
    for axis, coordinates in enumerate(points):
        difference = coordinates - places[:, axis, None]
        difference *= difference
        squares += difference
    squares *= -0.5
    squares += constant
    if others is None:
        return squares
    # log(a + b) = log a + log(1 + b / a) in the form that never overflows.
    squares -= others
    result = np.maximum(squares, 0.0)
    np.abs(squares, out=squares)
    np.negative(squares, out=squares)
    np.exp(squares, out=squares)
    result += np.log1p(squares, out=squares)
    result += others
    return result
