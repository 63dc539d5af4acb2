"""What lies between two mixtures: covariances stay covariances on the way."""

from __future__ import annotations

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import ROUNDING, Mixture, trusted_mixture

__all__ = ["interpolate"]

_LARGEST_CORRELATION = 1 - 0.75 * ROUNDING
"""Nearer to 1, a matrix could not be told from a singular one."""

_TINY = float(np.finfo(np.float64).tiny)


def interpolate(before: Mixture, after: Mixture, share: float) -> Mixture:
    """The mixture at a share of the way from one to another.

    Weights and means go straight. Covariances go the log-Euclidean way,
    exp((1 - s) log A + s log B) (Arsigny, Fillard, Pennec and Ayache 2006): they stay positive
    definite, their determinant goes geometrically from end to end, and their eigenvalues stay
    within the range of both ends', so that an ellipse that turns does not swell on the way.

    Parameters
    ----------
    before, after : Mixture
        Where they differ in the number of components or dimensions nothing lies between them.
    share : float
        From 0 (`before` itself) to 1 (`after` itself).

    Returns
    -------
    Mixture
    """
    if before.means.shape != after.means.shape or share >= 1:
        return after
    if share <= 0:
        return before
    rest = 1 - share
    return trusted_mixture(
        rest * before.weights + share * after.weights,
        rest * before.means + share * after.means,
        _between(before.covariances, after.covariances, share),
    )


def _between(before: FloatArray, after: FloatArray, share: float) -> FloatArray:
    if before.shape[-1] == 1:
        logarithms = (1 - share) * np.log(before) + share * np.log(after)
        return np.asarray(np.exp(logarithms))
    return _exponentials((1 - share) * _logarithms(before) + share * _logarithms(after))


def _logarithms(matrices: FloatArray) -> FloatArray:
    """Logarithms of symmetric matrices (k, 2, 2) as (3, k): m, p, q of [[m + p, q], [q, m - p]].

    The smaller eigenvalue comes of the determinant, where the matrix has its last digits.
    """
    first, last = matrices[:, 0, 0], matrices[:, 1, 1]
    size = np.maximum(first, last)
    a, b, c = first / size, matrices[:, 0, 1] / size, last / size
    half = 0.5 * (a - c)
    radius = np.hypot(half, b)
    largest = 0.5 * (a + c) + radius
    smallest = np.maximum(a * c - b * b, _TINY) / largest
    high, low = np.log(largest), np.log(smallest)
    stretch = 0.5 * (high - low) / np.where(radius > 0, radius, 1.0)
    return np.stack((0.5 * (high + low) + np.log(size), stretch * half, stretch * b))


def _exponentials(logarithms: FloatArray) -> FloatArray:
    """The inverse of `_logarithms`, kept from rounding to a singular matrix."""
    m, p, q = logarithms
    h = np.hypot(p, q)
    # Smaller ones have lost the digits of their direction, and turn nothing.
    round_ = h < 1e-150
    divisor = np.where(round_, 1.0, h)
    cosine, sine = np.where(round_, 1.0, p / divisor), q / divisor
    # Squares of the cosine and sine of the half angle, the smaller one without cancellation.
    near = 0.5 * (1 + abs(cosine))
    far = 0.25 * sine * sine / near
    upright = cosine < 0
    along, across = np.where(upright, far, near), np.where(upright, near, far)
    largest, smallest = np.exp(m + h), np.exp(m - h)
    a = np.maximum(largest * along + smallest * across, _TINY)
    c = np.maximum(largest * across + smallest * along, _TINY)
    bound = _LARGEST_CORRELATION * np.sqrt(a) * np.sqrt(c)
    b = np.minimum(np.maximum(0.5 * (largest - smallest) * sine, -bound), bound)
    result = np.empty((len(m), 2, 2))
    result[:, 0, 0], result[:, 1, 1] = a, c
    result[:, 0, 1] = result[:, 1, 0] = b
    return result
