"""Paints one-dimensional data: histogram, weighted component densities and their sum, rug."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.scene import Histogram, Points, Scene
from gmm_studio.gui.canvas.vector_points import paint_rug_dots
from gmm_studio.gui.canvas.viewport import Viewport, nice_ticks
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.line.background import paint_field, paint_levels, paint_uncertainty
from gmm_studio.gui.line.bars import paint_bars, paint_trails
from gmm_studio.gui.line.curves import (
    PILL_BOTTOM,
    across_of,
    blended,
    component_curve,
    dashes,
    down_of,
    grounded,
    polygon,
    set_text_size,
    small_label,
    stroke,
    sum_curve,
    sum_places,
)
from gmm_studio.gui.line.marks import paint_peaks, paint_trail_ends
from gmm_studio.gui.line.rug import rug_band

__all__ = ["paint_densities"]

_MOST_GHOSTS = 8
_BESIDE_THE_PILL = 510.0
"""Views that are narrower than this, in logical pixels, have no room beside the pill."""

_APART = 4.0
"""Bars of the histogram that are narrower than this, in pixels, have no gaps."""


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
        Of lines and text.
    """
    painter.save()
    ground = viewport.to_pixel(viewport.left, 0)[1]
    paint_field(painter, viewport, scene, palette, scale)
    if scene.histogram is not None:
        _paint_histogram(painter, viewport, scene.histogram, palette)
    paint_levels(painter, viewport, scene, palette, scale)
    if scene.dots is not None:
        paint_rug_dots(painter, viewport, scene.cloud, scene.dots, scale)
    elif scene.points is not None:
        _paint_rug(painter, viewport, scene.points, scale)
    _paint_others(painter, viewport, scene, palette, scale)
    if scene.mixture is not None:
        _paint_components(painter, viewport, scene.mixture, palette, scale)
        painter.setPen(QPen(QColor(palette.text), 1.8 * scale))
        stroke(painter, sum_curve(viewport, scene.mixture))
    paint_uncertainty(painter, viewport, scene, palette, scale)
    if scene.layers.trails and scene.trails is not None:
        paint_trails(painter, viewport, scene.trails, palette, scale)
    if scene.mixture is not None and scene.layers.ellipses:
        coverage = scene.layers.coverage
        paint_bars(painter, viewport, scene.mixture, palette, scale, coverage=coverage)
    ends = []
    if scene.layers.trails and scene.layers.grid:
        ends = paint_trail_ends(painter, viewport, scene, palette, scale)
    paint_peaks(painter, viewport, scene, palette, scale, ends)
    painter.setPen(QPen(QColor(palette.border_strong), 1))
    painter.drawLine(QPointF(0, ground), QPointF(viewport.width, ground))
    _paint_scale(painter, viewport, palette, scale)
    painter.restore()


def _paint_histogram(
    painter: QPainter, viewport: Viewport, histogram: Histogram, palette: Palette
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    colour = QColor(palette.muted)
    colour.setAlpha(60)
    painter.setBrush(colour)
    ground = viewport.to_pixel(viewport.left, 0)[1]
    edges = np.clip(across_of(viewport, histogram.edges), -10.0, viewport.width + 10)
    tops = down_of(viewport, histogram.densities)
    if viewport.x_scale * (histogram.edges[1] - histogram.edges[0]) <= _APART:
        outline = polygon(np.repeat(edges, 2)[1:-1], np.repeat(tops, 2))
        if not outline.isEmpty():
            painter.drawPolygon(grounded(outline, ground))
        return
    # On whole pixels: no seams, and much faster than smoothed edges.
    sides = np.round(edges).tolist()
    heights = np.round(np.maximum(tops, -10)).tolist()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawRects(
        [
            QRectF(left, top, right - left - 1, round(ground) - top)
            for left, right, top in zip(sides, sides[1:], heights, strict=False)
            if right > left and top < ground
        ]
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_rug(painter: QPainter, viewport: Viewport, points: Points, scale: float) -> None:
    """Points in their colours: ticks, or where the image is higher, jittered dots."""
    made_for = points.viewport
    left, right = (viewport.to_pixel(x, 0)[0] for x in (made_for.left, made_for.right))
    band = rug_band(viewport, scale, jittered=points.image.height() > 1)
    rug = QRectF(left, band.top, right - left, band.height)
    exact = points.image.height() == 1 or (made_for == viewport and scale == 1)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not exact)
    painter.drawImage(rug, points.image)


def _paint_others(
    painter: QPainter, viewport: Viewport, scene: Scene, palette: Palette, scale: float
) -> None:
    """Mixtures beside the one on show: earlier ones, the end of the old run, the truth."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if scene.layers.ghosts:
        shown = scene.past[-_MOST_GHOSTS:]
        for age, past in enumerate(shown):
            share = 0.15 + 0.4 * (age + 1) / len(shown)
            for j in range(past.k):
                pen = QPen(blended(component_colour(palette, j), palette.canvas, share), 1)
                _paint_curve(painter, viewport, past, j, pen)
    if scene.ghost is not None:
        painter.setPen(QPen(QColor(palette.ghost), 1.5 * scale))
        stroke(painter, sum_curve(viewport, scene.ghost))
    if scene.layers.truth and scene.cloud.truth is not None:
        truth = scene.cloud.truth
        thin = QPen(blended(palette.text, palette.canvas, 0.6), 1, Qt.PenStyle.DashLine)
        for j in range(truth.k if truth.k > 1 else 0):
            _paint_curve(painter, viewport, truth, j, thin)
        painter.setPen(QPen(QColor(palette.text), 1.5 * scale, c=Qt.PenCapStyle.FlatCap))
        places = sum_places(viewport, truth)
        down = down_of(viewport, np.exp(truth.log_density(places)))
        painter.drawLines(dashes(across_of(viewport, places), np.maximum(down, -50), 6 * scale))


def _paint_curve(
    painter: QPainter, viewport: Viewport, mixture: Mixture, j: int, pen: QPen
) -> None:
    curve = component_curve(viewport, mixture, j)
    if curve is not None:
        painter.setPen(pen)
        painter.drawPolyline(curve)


def _paint_components(
    painter: QPainter, viewport: Viewport, mixture: Mixture, palette: Palette, scale: float
) -> None:
    for j in range(mixture.k):
        curve = component_curve(viewport, mixture, j)
        if curve is None:
            continue
        colour = QColor(component_colour(palette, j))
        tint = QColor(colour)
        tint.setAlpha(32)
        # The line covers the edge: smoothing that too would take most of the time.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(curve)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.2 * scale))
        stroke(painter, curve)


def _paint_scale(painter: QPainter, viewport: Viewport, palette: Palette, scale: float) -> None:
    """A few numbers of the density along the left edge, where the lines of the grid are."""
    set_text_size(painter, scale)
    height, pad = painter.fontMetrics().height(), 6.0
    ground = viewport.to_pixel(viewport.left, 0)[1]
    top = (
        pad if viewport.width >= _BESIDE_THE_PILL * scale else min(PILL_BOTTOM * scale, ground / 2)
    )
    most = int(viewport.height / (52 * scale))
    for density, text in nice_ticks(viewport.bottom, viewport.top, most).items():
        down = viewport.to_pixel(viewport.left, density)[1]
        if top + 1.6 * height < down < ground - height:
            small_label(painter, QPointF(pad, down - 0.5 * height), text, palette)
    name = QCoreApplication.translate("LinePainting", "density")
    small_label(painter, QPointF(pad, top), name, palette)
