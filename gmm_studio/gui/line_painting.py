"""Paints one-dimensional data: histogram, weighted component densities and their sum, rug."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.scene import Histogram, Scene
from gmm_studio.gui.viewport import Viewport

__all__ = ["paint_densities"]

_RUG = 12.0
_SAMPLES = 3


def paint_densities(
    painter: QPainter, viewport: Viewport, scene: Scene, palette: Palette, scale: float
) -> None:
    """Paint the data along the axis, and over it the mixture's densities.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        y is density.
    scene : Scene
        Of one-dimensional data.
    palette : Palette
    scale : float
        Of the lines.
    """
    if scene.histogram is not None:
        _paint_histogram(painter, viewport, scene.histogram, palette)
    ground = viewport.to_pixel(0, 0)[1]
    if scene.points is not None:
        made_for = scene.points.viewport
        left, right = (viewport.to_pixel(x, 0)[0] for x in (made_for.left, made_for.right))
        rug = QRectF(left, ground + 14 * scale, right - left, _RUG * scale)
        painter.drawImage(rug, scene.points.image)
    if scene.ghost is not None:
        _paint_sum(painter, viewport, scene.ghost, QPen(QColor(palette.ghost), 1.5 * scale))
    if scene.layers.truth and scene.cloud.truth is not None:
        pen = QPen(QColor(palette.text), 1.5 * scale, Qt.PenStyle.DashLine)
        _paint_sum(painter, viewport, scene.cloud.truth, pen)
    if scene.mixture is not None and scene.layers.ellipses:
        _paint_components(painter, viewport, scene.mixture, palette, scale)
        _paint_sum(painter, viewport, scene.mixture, QPen(QColor(palette.text), 1.5 * scale))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.drawLine(QPointF(0, ground), QPointF(viewport.width, ground))


def _paint_histogram(
    painter: QPainter, viewport: Viewport, histogram: Histogram, palette: Palette
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    colour = QColor(palette.muted)
    colour.setAlpha(60)
    painter.setBrush(colour)
    ground = viewport.to_pixel(0, 0)[1]
    edges = [viewport.to_pixel(x, 0)[0] for x in histogram.edges.tolist()]
    for left, right, density in zip(edges, edges[1:], histogram.densities.tolist(), strict=False):
        top = viewport.to_pixel(0, density)[1]
        gap = 1.0 if right - left > 4 else 0.0
        painter.drawRect(QRectF(left, top, right - left - gap, ground - top))


def _joint_densities(viewport: Viewport, mixture: Mixture) -> tuple[FloatArray, FloatArray]:
    """Places across the view, each mean among them, and the weighted densities (n, k) there."""
    places = np.linspace(viewport.left, viewport.right, max(2, int(viewport.width / _SAMPLES)))
    near = np.linspace(-5, 5, 81)
    own = mixture.means[:, 0, None] + near * np.sqrt(mixture.covariances[:, 0, 0, None])
    shown = own[(own > viewport.left) & (own < viewport.right)]
    places = np.union1d(places, shown)
    return places, np.exp(mixture.component_log_densities(places))


def _paint_components(
    painter: QPainter, viewport: Viewport, mixture: Mixture, palette: Palette, scale: float
) -> None:
    places, densities = _joint_densities(viewport, mixture)
    for j in range(mixture.k):
        colour = QColor(component_colour(palette, j))
        painter.setPen(QPen(colour, 2.2 * scale))
        curve = _curve(viewport, places, densities[:, j])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        colour.setAlpha(36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        ground = viewport.to_pixel(0, 0)[1]
        corners = [QPointF(curve.last().x(), ground), QPointF(curve.first().x(), ground)]
        painter.drawPolygon(QPolygonF([*curve.toList(), *corners]))


def _paint_sum(painter: QPainter, viewport: Viewport, mixture: Mixture, pen: QPen) -> None:
    places, densities = _joint_densities(viewport, mixture)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(_curve(viewport, places, densities.sum(axis=1)))


def _curve(viewport: Viewport, places: FloatArray, heights: FloatArray) -> QPolygonF:
    across = (places - viewport.left) * viewport.x_scale
    down = np.maximum((viewport.top - heights) * viewport.y_scale, -1e5)
    return QPolygonF([QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)])
