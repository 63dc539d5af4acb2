"""What a mixture makes of each point: its colour, how uncertain it is, whose it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.kernel import each_responsibility_block, never, standardize
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.raster import Colours
from gmm_studio.gui.canvas.scene import Uncertainty

__all__ = ["Shades", "shade", "uncertainty_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """One value for each point.

    Attributes
    ----------
    colours : ndarray of float32, shape (n, c)
        From 0 to 1, as the palette has them.
    uncertainty : ndarray of float32, shape (n,), or None
        From 0 to 1.
    assigned : ndarray of int, shape (n,), or None
        The most responsible component, from 0; of equals the first.
    """

    colours: Colours
    uncertainty: Colours | None = None
    assigned: IntArray | None = None


def shade(
    cloud: PointCloud,
    mixture: Mixture,
    palette: npt.ArrayLike,
    *,
    hard: bool = False,
    uncertainty: Uncertainty | None = None,
    assign: bool = False,
    paint: bool = True,
    cancelled: Callable[[], bool] = never,
) -> Shades:
    """Mix the colours of the components by the responsibilities of each point.

    Parameters
    ----------
    cloud : PointCloud
    mixture : Mixture
    palette : array_like, shape (k, c)
        From 0 to 1: red, green, blue, and whatever there is besides.
    hard : bool
        Each point wears the colour of its most responsible component alone.
    uncertainty : {"maximum", "entropy"}, optional
        Which measure of it is wanted.
    assign : bool
        Whether the most responsible components are wanted.
    paint : bool
        Whether the colours are; without it they are not filled in.
    cancelled : callable
        Asked before every block of points.
    """
    rows = np.asarray(palette, dtype=np.float32)
    columns = np.asarray(palette, dtype=np.float64).T
    colours = np.empty((cloud.n, rows.shape[1]), dtype=np.float32)
    uncertain = np.empty(cloud.n, dtype=np.float32) if uncertainty else None
    assigned = np.empty(cloud.n, dtype=np.int64) if assign else None

    def visit(block: slice, responsibilities: FloatArray) -> None:
        if hard or assigned is not None:
            largest = responsibilities.argmax(axis=0)
            if assigned is not None:
                assigned[block] = largest
        if paint:
            colours[block] = rows.take(largest, axis=0) if hard else (columns @ responsibilities).T
        if uncertain is not None and uncertainty is not None:
            uncertain[block] = uncertainty_of(responsibilities, uncertainty)

    each_responsibility_block(standardize(cloud), mixture, visit, cancelled)
    return Shades(colours, uncertain, assigned)


def uncertainty_of(responsibilities: FloatArray, measure: Uncertainty) -> FloatArray:
    """How uncertain an assignment is, shape (k, ...) to (...).

    Parameters
    ----------
    responsibilities : ndarray, shape (k, ...)
        They sum to 1 along the first axis.
    measure : {"maximum", "entropy"}
        1 - the largest of them; or their entropy over log k, which is 1 where all are equal.
    """
    k = len(responsibilities)
    if k == 1:
        return np.zeros(responsibilities.shape[1:])
    if measure == "maximum":
        return np.asarray(1 - responsibilities.max(axis=0))
    logs = np.log(np.maximum(responsibilities, 1e-300))
    return np.asarray(np.maximum(-(responsibilities * logs).sum(axis=0) / np.log(k), 0))
