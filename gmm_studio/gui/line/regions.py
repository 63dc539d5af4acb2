"""Who owns which part of the axis: exact boundaries between one-dimensional components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.mixture import Mixture

__all__ = ["Regions", "find_regions"]

_TOUCHING = 8 * float(np.finfo(np.float64).eps)

_FARTHEST = 1e6
"""Times as far out as means and deviations reach: beyond, densities are lost in rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """The axis cut where the most responsible component changes.

    Attributes
    ----------
    boundaries : ndarray, shape (m,)
        Ascending, in the units of the data.
    owners : ndarray of int, shape (m + 1,)
        The most responsible component (from 0) before, between and after the boundaries. A
        component may own several intervals, or none.
    """

    boundaries: FloatArray
    owners: IntArray


def find_regions(mixture: Mixture) -> Regions:
    """Cut the axis where two components' weighted densities are equal and above all others.

    The difference of two log-densities is a quadratic; its roots are taken in closed form, about
    the mean of the narrower one.

    Parameters
    ----------
    mixture : Mixture
        In one dimension.
    """
    cuts = np.unique(_crossings(mixture))
    owners = mixture.component_log_densities(_between(cuts, mixture)).argmax(axis=1)
    # Where three meet, rounding leaves an interval without length.
    width = np.diff(cuts, prepend=-np.inf, append=np.inf)
    size = np.abs(cuts)
    real = width > _TOUCHING * np.maximum(np.r_[size, 0.0], np.r_[0.0, size])
    real[[0, -1]] = True
    cuts, owners = cuts[real[1:]], owners[real]
    changes = owners[1:] != owners[:-1]
    return Regions(cuts[changes], owners[np.r_[True, changes]].astype(np.int64))


def _crossings(mixture: Mixture) -> FloatArray:
    """Every place where two components' weighted densities are equal."""
    present = np.flatnonzero(mixture.weights)
    means, variances = mixture.means[:, 0], mixture.covariances[:, 0, 0]
    # About the narrower of the two little is lost in the differences.
    present = present[variances[present].argsort(kind="stable")]
    i, j = (present[index] for index in np.triu_indices(len(present), 1))
    heights = np.zeros(mixture.k)
    heights[present] = np.log(mixture.weights[present]) - 0.5 * np.log(variances[present])
    # With u from the mean of i, in its standard deviations: a u^2 + b u + c = 0.
    deviation = np.sqrt(variances[i])
    apart = (means[j] - means[i]) / deviation
    ratio = variances[i] / variances[j]
    a, b = 0.5 * (ratio - 1), -ratio * apart
    c = 0.5 * ratio * apart**2 + heights[i] - heights[j]
    found = np.concatenate([means[i] + u * deviation for u in _roots(a, b, c)])
    low, high = means[present].min(), means[present].max()
    reach = high - low + np.sqrt(variances[present].max())
    # Also false for nan.
    return np.asarray(found[np.abs(found - low) <= _FARTHEST * reach])


def _roots(a: FloatArray, b: FloatArray, c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Both roots without cancellation; NaN or infinite where there is none."""
    with np.errstate(all="ignore"):
        q = -0.5 * (b + np.copysign(np.sqrt(b * b - 4 * a * c), b))
        return np.asarray(q / a), np.asarray(c / q)


def _between(cuts: FloatArray, mixture: Mixture) -> FloatArray:
    """A place in each interval between cuts, the two outer ones included."""
    step = float(np.sqrt(mixture.covariances[:, 0, 0].max()))
    if len(cuts) == 0:
        return np.array([mixture.means[:, 0].mean()])
    outer = max(step, abs(cuts[0]) * 1e-9, abs(cuts[-1]) * 1e-9)
    middles = 0.5 * cuts[1:] + 0.5 * cuts[:-1]
    return np.concatenate([[cuts[0] - outer], middles, [cuts[-1] + outer]])
