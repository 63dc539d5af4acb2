"""Points as shapes, for figures that have no pixels: what the raster shows, drawn one by one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.gui.canvas.class_key import paint_shape
from gmm_studio.gui.canvas.raster import SMALLEST_MARKER, dot_opacity, dot_radius
from gmm_studio.gui.canvas.scene import Dots
from gmm_studio.gui.canvas.shading import Shades
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.line.rug import RUG_DOT, rug_band, rug_down

__all__ = ["HALO", "MOST_SHAPES", "dots_of", "is_vector", "paint_dots", "paint_rug_dots"]

HALO = 2.6
"""How much larger a point is whose assignment could not be less certain."""

MOST_SHAPES = 5_000
"""Points that are drawn as shapes; of more an image is smaller, and opens faster."""


def is_vector(painter: QPainter) -> bool:
    """Whether what is painted on has no pixels."""
    return painter.paintEngine().type() in (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


def dots_of(
    cloud: PointCloud,
    shades: Shades,
    halo: FloatArray,
    markers: IntArray | None = None,
    heights: FloatArray | None = None,
) -> Dots:
    """The points of a cloud as the raster paints them.

    Parameters
    ----------
    cloud : PointCloud
        A cell of a grid is as opaque as so many points at one place.
    shades : Shades
    halo : ndarray, shape (4,)
        The colour below points of uncertain assignment, from 0 to 1.
    markers : ndarray of int, shape (n,), optional
        The number of each point's shape.
    heights : ndarray, shape (n,), optional
        How high in the rug one-dimensional points stand.
    """
    radius = dot_radius(cloud.n_points)
    held_back = np.full(cloud.n, np.log1p(-dot_opacity(cloud.n_points)))
    if cloud.grid is not None:
        held_back *= cloud.grid.counts
    halos = None
    if shades.uncertainty is not None and cloud.d == 2:
        halos = -np.expm1(held_back * shades.uncertainty)
    if cloud.d == 1:
        radius = min(radius, RUG_DOT)
    return Dots(
        np.asarray(shades.colours[:, :3], dtype=np.float64),
        -np.expm1(held_back),
        radius if markers is None else max(radius, SMALLEST_MARKER),
        markers if cloud.d == 2 else None,
        halos,
        (float(halo[0]), float(halo[1]), float(halo[2])),
        HALO * radius,
        heights,
    )


def paint_dots(painter: QPainter, viewport: Viewport, cloud: PointCloud, dots: Dots) -> None:
    """Paint the points of a cloud in the plane that are in sight, halos first."""
    across = (cloud.points[:, 0] - viewport.left) * viewport.x_scale
    down = (viewport.top - cloud.points[:, 1]) * viewport.y_scale
    reach = 1.3 * max(dots.radius, dots.halo_radius)
    seen = np.flatnonzero(
        (abs(across - 0.5 * viewport.width) < 0.5 * viewport.width + reach)
        & (abs(down - 0.5 * viewport.height) < 0.5 * viewport.height + reach)
    ).tolist()
    places = {i: QPointF(across[i], down[i]) for i in seen}
    painter.setPen(Qt.PenStyle.NoPen)
    if dots.halos is not None:
        for i, at in places.items():
            painter.setBrush(_rgba(*dots.halo, float(dots.halos[i])))
            painter.drawEllipse(at, dots.halo_radius, dots.halo_radius)
    for i, at in places.items():
        painter.setBrush(_colour(dots, i))
        paint_shape(painter, at, dots.radius, 0 if dots.markers is None else int(dots.markers[i]))


def paint_rug_dots(
    painter: QPainter, viewport: Viewport, cloud: PointCloud, dots: Dots, scale: float
) -> None:
    """Paint one-dimensional points in the rug: as ticks, or as dots where some are equal."""
    band = rug_band(viewport, scale, jittered=dots.heights is not None)
    across = (cloud.points[:, 0] - viewport.left) * viewport.x_scale
    down = None
    if dots.heights is not None:
        down = band.top + rug_down(dots.heights, band.height, dots.radius)
    painter.setPen(Qt.PenStyle.NoPen)
    for i in np.flatnonzero((across >= 0) & (across < viewport.width)).tolist():
        painter.setBrush(_colour(dots, i))
        if down is None:
            painter.drawRect(QRectF(across[i] - 0.5, band.top, 1.0, band.height))
        else:
            painter.drawEllipse(QPointF(across[i], down[i]), dots.radius, dots.radius)


def _colour(dots: Dots, i: int) -> QColor:
    red, green, blue = np.clip(dots.colours[i], 0, 1).tolist()
    return _rgba(red, green, blue, float(dots.opacities[i]))


def _rgba(red: float, green: float, blue: float, opacity: float) -> QColor:
    return QColor.fromRgbF(red, green, blue, opacity)
