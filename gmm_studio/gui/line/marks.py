"""Words on the curves of one-dimensional data: where a peak leaves the view, what trails mean."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.line.background import uncertainty_down, unit_scale_room
from gmm_studio.gui.line.bars import bar_down, trail_down
from gmm_studio.gui.line.curves import (
    PILL_BOTTOM,
    across_of,
    highest,
    set_text_size,
    small_label,
    sum_places,
)
from gmm_studio.gui.numbers import number

__all__ = ["paint_peaks", "paint_trail_ends", "peaks_above"]

_NARROWEST = 300.0
_MOST_PEAKS = 4
_ARROW = 5.0
_CLEAR = 7.0


def peaks_above(viewport: Viewport, mixture: Mixture) -> FloatArray:
    """Where the density has a summit above the view, and how high it is, highest first (m, 2)."""
    if highest(mixture) <= viewport.top:
        return np.empty((0, 2))
    places = sum_places(viewport, mixture)
    heights = np.exp(mixture.log_density(places))
    above = np.r_[False, heights > viewport.top, False]
    first, end = (np.flatnonzero(above[1:] & ~above[:-1]), np.flatnonzero(above[:-1] & ~above[1:]))
    tops = [a + int(heights[a:b].argmax()) for a, b in zip(first, end, strict=True)]
    found = np.column_stack([places[tops], heights[tops]])
    return np.asarray(found[np.argsort(-found[:, 1], kind="stable")])


def paint_peaks(
    painter: QPainter,
    viewport: Viewport,
    scene: Scene,
    palette: Palette,
    scale: float,
    taken: Iterable[QRectF] = (),
) -> None:
    """An arrow beside each peak that leaves the view, with its height, below the pill.

    They keep clear of one another and of what is `taken`; where there is no room left the lower
    peaks have none.
    """
    if scene.mixture is None or viewport.width < _NARROWEST * scale:
        return
    set_text_size(painter, scale)
    metrics = painter.fontMetrics()
    top = min(PILL_BOTTOM * scale, 0.3 * viewport.to_pixel(viewport.left, 0)[1])
    right = viewport.width - 4
    if scene.layers.background == "uncertainty":
        top = uncertainty_down(viewport, 1, scale) - 0.4 * metrics.height()
        right -= unit_scale_room(painter, scale) + 7 * scale
    room = 2 * _ARROW * scale + 6
    boxes = list(taken)
    ground = viewport.to_pixel(viewport.left, 0)[1]
    for place, height in peaks_above(viewport, scene.mixture)[:_MOST_PEAKS].tolist():
        text = QCoreApplication.translate("LinePainting", "peak {height}")
        text = text.format(height=number(height, 3))
        across = float(across_of(viewport, np.array([place]))[0])
        left = across + 8 * scale
        width = room + metrics.horizontalAdvance(text)
        if left + width > right:
            left = across - 8 * scale - width
        box = QRectF(left, top, width, metrics.height())
        while any(box.intersects(other) for other in boxes):
            box.translate(0, 0.5 * metrics.height())
        if box.bottom() > ground:
            continue
        boxes.append(box)
        small_label(painter, QPointF(left + room, box.top()), text, palette)
        _paint_arrow(painter, QPointF(left + _ARROW * scale, box.center().y()), palette, scale)


def _paint_arrow(painter: QPainter, at: QPointF, palette: Palette, scale: float) -> None:
    half = _ARROW * scale
    corners = [(-half, half), (half, half), (0.0, -half)]
    painter.setPen(QPen(QColor(palette.canvas), 2 * scale))
    painter.setBrush(QColor(palette.text))
    painter.drawPolygon(QPolygonF([at + QPointF(x, 0.9 * y) for x, y in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_trail_ends(
    painter: QPainter, viewport: Viewport, scene: Scene, palette: Palette, scale: float
) -> list[QRectF]:
    """Which iterations are at the lower and the upper end of the trails, at the right edge.

    Nothing before they have grown past their words and past the sigma bars.

    Returns where the text is.
    """
    if scene.trails is None or len(scene.trails) < 2 or viewport.width < _NARROWEST * scale:
        return []
    set_text_size(painter, scale)
    height = painter.fontMetrics().height()
    down = trail_down(viewport, len(scene.trails), scale)
    grown = float(down[0] - down[-1])
    if grown < max(_CLEAR * scale + height, _reach_of_bars(viewport, scene, scale)):
        return []
    edge, highest_text = viewport.width - 7 * scale, 0.0
    if scene.layers.background == "uncertainty":
        edge -= unit_scale_room(painter, scale)
        highest_text = uncertainty_down(viewport, 1, scale) - 0.5 * height
    painter.setPen(QPen(QColor(palette.muted), 1))
    painter.drawLine(QPointF(edge, float(down[0])), QPointF(edge, float(down[-1])))
    # Above the last dots, and beside the means: neither is hidden.
    top = float(down[-1]) - _CLEAR * scale - height
    texts = [
        (_iteration(scene.iteration), max(top, highest_text)),
        ("0", float(down[0]) - height - 1),
    ]
    boxes = []
    for text, top in texts:
        width = painter.fontMetrics().horizontalAdvance(text)
        boxes.append(QRectF(edge - 7 * scale - width, top, width, height))
        small_label(painter, boxes[-1].topLeft(), text, palette)
    painter.setPen(QPen(QColor(palette.muted), 1))
    for end in (float(down[0]), float(down[-1])):
        painter.drawLine(QPointF(edge - 3 * scale, end), QPointF(edge, end))
    return boxes


def _reach_of_bars(viewport: Viewport, scene: Scene, scale: float) -> float:
    """How far above the axis the highest sigma bar is, in pixels; 0 where there are none."""
    if scene.mixture is None or not scene.layers.ellipses:
        return 0.0
    k = scene.mixture.k
    return viewport.to_pixel(viewport.left, 0)[1] - bar_down(viewport, k, k - 1, scale)


def _iteration(number: int) -> str:
    text = QCoreApplication.translate("LinePainting", "iteration {number}")
    return text.format(number=f"{number:,}")
