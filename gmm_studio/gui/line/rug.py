"""The rug: where the points of one-dimensional data are, in a band below the axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.canvas.viewport import Viewport

__all__ = [
    "RUG_DOT",
    "RUG_HEIGHT",
    "Band",
    "has_legend_room",
    "rug_band",
    "rug_down",
    "rug_heights",
]

RUG_HEIGHT = 28.0
"""Of the band of jittered points, in logical pixels at the usual size of the interface."""

RUG_DOT = 2.0
"""The largest radius of a jittered point, in logical pixels."""

_FLAT_HEIGHT = 12.0
_BELOW_THE_AXIS = 14.0
_LABELS = 43.0
"""The labels of the ticks, and above them the legend."""

_LEAST = 6.0
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Band:
    """A strip across the view: its upper edge and its height, in logical pixels."""

    top: float
    height: float


def rug_heights(values: FloatArray) -> FloatArray | None:
    """How high in the rug each point stands, so that equal points don't hide one another.

    The points are taken in order of their values and climb by the golden section of the band
    each, modulo the band: any run of them, such as the points of one value, is spread evenly.

    Parameters
    ----------
    values : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,), or None
        From 0, at the bottom, to 1; None where no two values are equal, so that none is needed.
    """
    order = np.argsort(values, kind="stable")
    if not (np.diff(values[order]) == 0).any():
        return None
    heights = np.empty(len(values))
    heights[order] = (0.5 + _GOLDEN * np.arange(len(values))) % 1.0
    return heights


def rug_down(heights: FloatArray, size: float, radius: float) -> FloatArray:
    """The middles of dots, from the upper edge of a band of this size, in the units of size.

    Dots stay inside the band.
    """
    radius = min(radius, 0.5 * size)
    return np.asarray(radius + (1 - heights) * (size - 2 * radius))


def rug_band(viewport: Viewport, scale: float = 1.0, *, jittered: bool) -> Band:
    """Where the rug is: below the means on the axis, above legend and labels of the ticks."""
    ground = viewport.to_pixel(viewport.left, 0)[1]
    top = ground + _BELOW_THE_AXIS * scale
    wanted = (RUG_HEIGHT if jittered else _FLAT_HEIGHT) * scale
    room = viewport.height - _LABELS * scale - top
    return Band(top, max(min(wanted, room), _LEAST * scale))


def has_legend_room(viewport: Viewport, scale: float = 1.0) -> bool:
    """Whether there is a line between the thinnest rug and the labels of the ticks."""
    ground = viewport.to_pixel(viewport.left, 0)[1]
    return ground + (_BELOW_THE_AXIS + _LEAST + _LABELS) * scale <= viewport.height + 1
