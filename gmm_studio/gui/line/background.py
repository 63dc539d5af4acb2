"""Backgrounds of one-dimensional data: regions, uncertainty and density along the axis."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.scene import Scene, Uncertainty
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.line.curves import (
    STRIP,
    across_of,
    blended,
    dashes,
    grounded,
    highest,
    paint_row,
    set_text_size,
    small_label,
    sum_curve,
    sum_places,
)
from gmm_studio.gui.line.regions import find_regions

__all__ = [
    "chords",
    "paint_field",
    "paint_levels",
    "paint_uncertainty",
    "uncertainty_down",
    "unit_scale_room",
]

_LEVELS = 8
_BAND_OPACITY = 30
_HAZE = 0.3
_SUMMIT = 82.0
"""Below the pill and, in one line more, what the scale is of."""


def paint_field(
    painter: QPainter, viewport: Viewport, scene: Scene, palette: Palette, scale: float
) -> None:
    """What lies below the histogram: bands up the plot, and the same in full along the axis."""
    mixture = scene.mixture
    if mixture is None:
        return
    if scene.layers.background == "regions":
        _paint_regions(painter, viewport, mixture, palette, scale)
    elif scene.layers.background == "uncertainty":
        values = _uncertainties(mixture, _columns(viewport), scene.layers.uncertainty)
        _paint_haze(painter, viewport, values, palette, scale)
    elif scene.layers.background == "density" and scene.layers.density == "heat":
        values = np.exp(mixture.log_density(_columns(viewport)))
        _paint_haze(painter, viewport, np.minimum(values / highest(mixture), 1), palette, scale)


def paint_levels(
    painter: QPainter, viewport: Viewport, scene: Scene, palette: Palette, scale: float
) -> None:
    """What lies upon the histogram: the area below the density, or its levels."""
    if scene.mixture is None or scene.layers.background != "density":
        return
    if scene.layers.density == "filled":
        tint = QColor(palette.text)
        tint.setAlpha(38)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        curve = sum_curve(viewport, scene.mixture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPolygon(grounded(curve, viewport.to_pixel(viewport.left, 0)[1]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    elif scene.layers.density == "lines":
        painter.setPen(QPen(blended(palette.text, palette.canvas, 0.55), 1.2 * scale))
        for level in highest(scene.mixture) * np.arange(1, _LEVELS) / _LEVELS:
            painter.drawLines(
                [
                    QLineF(left, down, right, down)
                    for left, right in chords(viewport, scene.mixture, float(level)).tolist()
                    for down in (viewport.to_pixel(viewport.left, float(level))[1],)
                ]
            )


def chords(viewport: Viewport, mixture: Mixture, level: float) -> FloatArray:
    """Where the density is at least at a level: the ends of each interval, in pixels (m, 2)."""
    places = sum_places(viewport, mixture)
    above = np.exp(mixture.log_density(places)) - level
    across = across_of(viewport, places)
    turns = np.flatnonzero((above[1:] >= 0) != (above[:-1] >= 0))
    share = above[turns] / (above[turns] - above[turns + 1])
    ends = across[turns] + share * (across[turns + 1] - across[turns])
    if above[0] >= 0:
        ends = np.r_[0.0, ends]
    if above[-1] >= 0:
        ends = np.r_[ends, viewport.width]
    return np.asarray(ends.reshape(-1, 2))


def uncertainty_down(viewport: Viewport, value: float, scale: float = 1.0) -> float:
    """How far down a value from 0 to 1 is on the scale of the uncertainty."""
    ground = viewport.to_pixel(viewport.left, 0)[1]
    summit = min(max(_SUMMIT * scale, 0.2 * ground), 0.62 * ground)
    return ground - value * max(ground - summit, 1.0)


def unit_scale_room(painter: QPainter, scale: float) -> float:
    """How wide the scale of the uncertainty is, with the numbers beside it."""
    return painter.fontMetrics().horizontalAdvance("0.5") + 16 * scale


def paint_uncertainty(
    painter: QPainter, viewport: Viewport, scene: Scene, palette: Palette, scale: float
) -> None:
    """The uncertainty of the assignment as a curve with a scale of its own, on the right."""
    if scene.mixture is None or scene.layers.background != "uncertainty":
        return
    kind = scene.layers.uncertainty
    places = np.union1d(_columns(viewport)[::2], find_regions(scene.mixture).boundaries)
    places = places[(places >= viewport.left) & (places <= viewport.right)]
    values = _uncertainties(scene.mixture, places, kind)
    zero, one = (uncertainty_down(viewport, value, scale) for value in (0.0, 1.0))
    painter.setPen(QPen(QColor(palette.muted), 2.0 * scale, c=Qt.PenCapStyle.FlatCap))
    down = zero + values * (one - zero)
    painter.drawLines(dashes(across_of(viewport, places), down, 3.5 * scale))
    _paint_unit_scale(painter, viewport, kind, palette, scale)


def _paint_unit_scale(
    painter: QPainter, viewport: Viewport, kind: Uncertainty, palette: Palette, scale: float
) -> None:
    """From 0 to 1 along the right edge, and what that is."""
    edge, tick = viewport.width - 7 * scale, 3 * scale
    set_text_size(painter, scale)
    metrics = painter.fontMetrics()
    downs = [uncertainty_down(viewport, value, scale) for value in (0.0, 0.5, 1.0)]
    painter.setPen(QPen(QColor(palette.muted), 1))
    painter.drawLine(QPointF(edge, downs[0]), QPointF(edge, downs[2]))
    for down, text, lift in zip(downs, ("0", "0.5", "1"), (1.0, 0.5, 0.5), strict=True):
        painter.setPen(QPen(QColor(palette.muted), 1))
        painter.drawLine(QPointF(edge - tick, down), QPointF(edge + tick, down))
        left = edge - 7 * scale - metrics.horizontalAdvance(text)
        small_label(painter, QPointF(left, down - lift * metrics.height()), text, palette)
    translate = QCoreApplication.translate
    if kind == "maximum":
        title = translate("LinePainting", "1 − largest responsibility")
    else:
        title = translate("LinePainting", "entropy of the responsibilities / log k")
    left = edge + tick - metrics.horizontalAdvance(title)
    small_label(painter, QPointF(left, downs[2] - 1.6 * metrics.height() - 2), title, palette)


def _paint_regions(
    painter: QPainter, viewport: Viewport, mixture: Mixture, palette: Palette, scale: float
) -> None:
    regions = find_regions(mixture)
    ground = viewport.to_pixel(viewport.left, 0)[1]
    cuts = np.clip(across_of(viewport, regions.boundaries), -1, viewport.width + 1)
    edges = [-1.0, *cuts.tolist(), viewport.width + 1]
    painter.setPen(Qt.PenStyle.NoPen)
    # The boundaries cover the edges.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for left, right, j in zip(edges, edges[1:], regions.owners.tolist(), strict=False):
        if right <= left:
            continue
        colour = QColor(component_colour(palette, j))
        painter.setBrush(colour)
        painter.drawRect(QRectF(left, ground, right - left, STRIP * scale))
        colour.setAlpha(_BAND_OPACITY)
        painter.setBrush(colour)
        painter.drawRect(QRectF(left, 0, right - left, ground))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.muted), 1.2 * scale))
    for across in cuts[(cuts >= 0) & (cuts <= viewport.width)].tolist():
        painter.drawLine(QPointF(across, 0), QPointF(across, ground + STRIP * scale))


def _paint_haze(
    painter: QPainter, viewport: Viewport, values: FloatArray, palette: Palette, scale: float
) -> None:
    ground = viewport.to_pixel(viewport.left, 0)[1]
    paint_row(painter, QRectF(0, 0, viewport.width, ground), palette.text, _HAZE * values)
    strip = QRectF(0, ground, viewport.width, STRIP * scale)
    paint_row(painter, strip, palette.text, values)


def _columns(viewport: Viewport) -> FloatArray:
    """The middle of each column of pixels."""
    count = max(1, round(viewport.width))
    unit = (viewport.right - viewport.left) / count
    return np.asarray(viewport.left + (np.arange(count) + 0.5) * unit, np.float64)


def _uncertainties(mixture: Mixture, places: FloatArray, kind: Uncertainty) -> FloatArray:
    shares = mixture.responsibilities(places)
    if mixture.k == 1:
        return np.zeros(len(shares))
    if kind == "maximum":
        return np.asarray(1 - shares.max(axis=1))
    logs = np.log(shares, where=shares > 0, out=np.zeros_like(shares))
    return np.asarray(-(shares * logs).sum(axis=1) / np.log(mixture.k))
