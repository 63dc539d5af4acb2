"""Densities over the axis as lines in pixels, and what all painters of them need."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPaintEngine, QPainter, QPolygonF, QTransform

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette

__all__ = [
    "PILL_BOTTOM",
    "SMALL_TEXT",
    "STRIP",
    "across_of",
    "blended",
    "component_curve",
    "dashes",
    "down_of",
    "grounded",
    "highest",
    "paint_row",
    "polygon",
    "set_text_size",
    "small_label",
    "stroke",
    "sum_curve",
    "sum_places",
]

STRIP = 8.0
"""The height of the strip along the axis, in pixels."""

PILL_BOTTOM = 60.0
"""What is higher up, in logical pixels, may be below the pill."""

SMALL_TEXT = 13
_REACH = 4.8
_LEAST = 0.1
_TALL = 2000.0
_EDGE = 50.0
_FAR = 1e4
_OFF = 0.12
"""So far, in pixels, a line may pass by a vertex that is left out."""
_FEW = 100
_STEP = 2.5
_SUM_STEP = 3.0


def across_of(viewport: Viewport, places: FloatArray) -> FloatArray:
    """Pixels from the left of places (n,)."""
    return np.asarray((places - viewport.left) * viewport.x_scale)


def down_of(viewport: Viewport, heights: FloatArray) -> FloatArray:
    """Pixels from the top of densities (n,)."""
    return np.asarray((viewport.top - heights) * viewport.y_scale)


def polygon(across: FloatArray, down: FloatArray) -> QPolygonF:
    """Vertices in pixels, without those that a straight line passes by: each costs time."""
    pixels = np.clip(np.column_stack([across, down]), -_FAR, _FAR)
    while len(pixels) > _FEW:
        inner = pixels[1:-1:2]
        before, after = pixels[: 2 * len(inner) : 2], pixels[2 : 2 * len(inner) + 1 : 2]
        kept = np.ones(len(pixels), dtype=bool)
        kept[1:-1:2] = _away(inner, before, after) > _OFF
        if kept.all():
            break
        pixels = pixels[kept]
    return QPolygonF([QPointF(x, y) for x, y in pixels.tolist()])


def _away(places: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """How far each place is from the straight line between its neighbours, shape (n,)."""
    along = after - before
    length = np.square(along).sum(axis=1)
    share = ((places - before) * along).sum(axis=1) / np.where(length > 0, length, 1)
    foot = before + np.clip(share, 0, 1)[:, None] * along
    return np.asarray(np.sqrt(np.square(places - foot).sum(axis=1)))


def grounded(curve: QPolygonF, ground: float) -> QPolygonF:
    """The area between a curve and the axis."""
    corners = [QPointF(curve.last().x(), ground), QPointF(curve.first().x(), ground)]
    return QPolygonF([*curve.toList(), *corners])


def stroke(painter: QPainter, curve: QPolygonF) -> None:
    """Draw a curve in the painter's opaque pen, in a fifth of the time of a polyline on screen."""
    if painter.paintEngine().type() != QPaintEngine.Type.Raster or painter.pen().widthF() <= 1:
        painter.drawPolyline(curve)
        return
    vertices = curve.toList()
    painter.drawLines([QLineF(*ends) for ends in pairwise(vertices)])


def dashes(across: FloatArray, down: FloatArray, length: float) -> list[QLineF]:
    """A line in pixels cut into dashes of this length, and gaps of the same."""
    ways = np.r_[0.0, np.cumsum(np.hypot(np.diff(across), np.diff(down)))]
    cuts = np.arange(0.0, ways[-1], length)
    cuts = cuts[: len(cuts) // 2 * 2]
    ends = np.column_stack([np.interp(cuts, ways, across), np.interp(cuts, ways, down)])
    return [QLineF(*line) for line in ends.reshape(-1, 4).tolist()]


def _bell() -> QPolygonF:
    """exp(-u^2 / 2) over u, denser where it bends."""
    u = np.linspace(-_REACH, _REACH, 4001)
    bend = np.sqrt(np.abs(u * u - 1) * np.exp(-0.5 * u * u)) + 0.12
    ways = np.cumsum(bend)
    half = np.interp(np.linspace(ways[2000], ways[-1], 49), ways, u)[1:]
    vertices = np.concatenate([-half[::-1], [0.0], half])
    return QPolygonF([QPointF(v, float(np.exp(-0.5 * v * v))) for v in vertices.tolist()])


_BELL = _bell()


def component_curve(viewport: Viewport, mixture: Mixture, j: int) -> QPolygonF | None:
    """The weighted density of component j (from 0) where it can be told from 0; None if nowhere.

    Its ends are on the axis.
    """
    middle, ground = viewport.to_pixel(float(mixture.means[j, 0]), 0)
    deviation = float(mixture.covariances[j, 0, 0]) ** 0.5
    peak = float(mixture.weights[j]) / (deviation * (2 * np.pi) ** 0.5) * viewport.y_scale
    across = deviation * viewport.x_scale
    reach = _REACH * across
    if not peak > _LEAST or middle + reach < 0 or middle - reach > viewport.width:
        return None
    if peak < _TALL and reach < _FAR:
        # Qt maps the vertices much faster than Python makes them.
        return QTransform(across, 0, 0, -peak, middle, ground).map(_BELL)
    left, right = max(middle - reach, -_EDGE), min(middle + reach, viewport.width + _EDGE)
    pixels = np.linspace(left, right, int(np.clip((right - left) / _STEP, 64, 1000)))
    if left < middle < right:
        pixels = np.insert(pixels, pixels.searchsorted(middle), middle)
    heights = peak * np.exp(-0.5 * ((pixels - middle) / across) ** 2)
    # Where it is cut off, beyond the view, it goes down to the axis.
    return polygon(np.r_[left, pixels, right], ground - np.r_[0.0, heights, 0.0])


def sum_places(viewport: Viewport, mixture: Mixture) -> FloatArray:
    """Places across the view, dense around each mean, that no peak falls between."""
    places = np.linspace(viewport.left, viewport.right, max(2, int(viewport.width / _SUM_STEP)))
    near = np.linspace(-5, 5, 61)
    deviations = np.sqrt(mixture.covariances[:, 0])
    narrow = deviations[:, 0] * viewport.x_scale < 6 * _SUM_STEP
    own = (mixture.means[narrow] + near * deviations[narrow]).ravel()
    places = np.concatenate([places, mixture.means[:, 0], own])
    return np.unique(places[(places >= viewport.left) & (places <= viewport.right)])


def sum_curve(viewport: Viewport, mixture: Mixture) -> QPolygonF:
    """The mixture's density across the view."""
    places = sum_places(viewport, mixture)
    heights = np.exp(mixture.component_log_densities(places)).sum(axis=1)
    return polygon(across_of(viewport, places), down_of(viewport, heights))


def highest(mixture: Mixture) -> float:
    """The density at the highest of the means: very nearly its largest."""
    return float(np.exp(mixture.log_density(mixture.means).max()))


def blended(colour: str, ground: str, share: float) -> QColor:
    """A colour as it looks over a ground at an opacity: opaque lines are painted much faster."""
    over, under = QColor(colour), QColor(ground)
    return QColor(
        *(
            round(share * a + (1 - share) * b)
            for a, b in zip(over.getRgb()[:3], under.getRgb()[:3], strict=True)  # type: ignore[index]
        )
    )


def paint_row(painter: QPainter, box: QRectF, colour: str, opacity: FloatArray) -> None:
    """Paint a colour over a box in opacities (w,) from 0 to 1, from left to right."""
    named = QColor(colour)
    channels = np.array([named.blue(), named.green(), named.red(), 255])
    row = np.ascontiguousarray(np.round(opacity[:, None] * channels), dtype=np.uint8)
    image_format = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(row.data, len(row), 1, 4 * len(row), image_format)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(box, image)


def set_text_size(painter: QPainter, scale: float) -> None:
    """Small text, as large as the interface."""
    font = QFont(painter.font())
    font.setPixelSize(round(SMALL_TEXT * scale))
    painter.setFont(font)


def small_label(painter: QPainter, at: QPointF, text: str, palette: Palette) -> None:
    """Small text, its upper left corner at a place, that stays readable on what is below."""
    metrics = painter.fontMetrics()
    ground = QColor(palette.canvas)
    ground.setAlpha(200)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    box = QRectF(at.x() - 3, at.y(), metrics.horizontalAdvance(text) + 6, metrics.height())
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(palette.muted))
    painter.drawText(QPointF(at.x(), at.y() + metrics.ascent()), text)
