"""The key of the true labels: which colour or which marker is which class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import component_colour
from gmm_studio.gui.style import Style

__all__ = ["ClassMark", "paint_class_key", "paint_shape"]

_MOST = 8
_WIDEST = 160


@dataclass(frozen=True, slots=True)
class ClassMark:
    """How the points of a class are shown.

    Attributes
    ----------
    name : str
    colour : int or None
        The component (from 0) whose colour they wear; None where they wear their own.
    marker : int or None
        The number of their shape; None for discs.
    """

    name: str
    colour: int | None = None
    marker: int | None = None


def paint_class_key(
    painter: QPainter, viewport: Viewport, marks: tuple[ClassMark, ...], style: Style
) -> None:
    """A line for each class, upwards from the lower left corner."""
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    row, radius, pad = metrics.height() + 2, 4.5 * style.scale, 8.0
    shown = marks[:_MOST]
    # Clear of the labels of both axes.
    left = 64 * style.scale
    room = min(_WIDEST * style.scale, viewport.width - left - 4 * radius - 5 * pad)
    texts = [
        metrics.elidedText(mark.name, Qt.TextElideMode.ElideRight, round(room)) for mark in shown
    ]
    if len(marks) > len(shown):
        more = QCoreApplication.translate("ClassKey", "and {n} more")
        texts.append(more.format(n=f"{len(marks) - len(shown):,}"))
    width = max(map(metrics.horizontalAdvance, texts)) + 4 * radius + 2 * pad
    bottom = viewport.height - 2 * metrics.height() - pad
    box = QRectF(left, bottom - len(texts) * row - pad, width, len(texts) * row + pad)
    ground = QColor(style.palette.canvas)
    ground.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 6, 6)
    for i, text in enumerate(texts):
        middle = box.top() + 0.5 * pad + (i + 0.5) * row
        if i < len(shown):
            _paint_mark(painter, QPointF(left + pad + radius, middle), radius, shown[i], style)
        painter.setPen(QColor(style.palette.text))
        at = QPointF(left + pad + 4 * radius, middle + 0.5 * metrics.ascent() - 1)
        painter.drawText(at, text)


def _paint_mark(
    painter: QPainter, at: QPointF, radius: float, mark: ClassMark, style: Style
) -> None:
    palette = style.palette
    colour = palette.muted if mark.colour is None else component_colour(palette, mark.colour)
    painter.setBrush(QColor(colour))
    paint_shape(painter, at, radius, mark.marker or 0)


def paint_shape(painter: QPainter, at: QPointF, radius: float, marker: int) -> None:
    """Paint the shape of a class (from 0) with the painter's brush."""
    painter.setPen(Qt.PenStyle.NoPen)
    _SHAPES[marker % len(_SHAPES)](painter, at, radius)


def _disc(painter: QPainter, at: QPointF, radius: float) -> None:
    painter.drawEllipse(at, radius, radius)


def _polygon(*corners: tuple[float, float]) -> Callable[[QPainter, QPointF, float], None]:
    def paint(painter: QPainter, at: QPointF, radius: float) -> None:
        painter.drawPolygon(
            QPolygonF([QPointF(at.x() + radius * x, at.y() + radius * y) for x, y in corners])
        )

    return paint


def _arms(*ends: tuple[float, float]) -> Callable[[QPainter, QPointF, float], None]:
    def paint(painter: QPainter, at: QPointF, radius: float) -> None:
        painter.setPen(QPen(painter.brush().color(), 0.8 * radius))
        for x, y in ends:
            reach = QPointF(radius * x, radius * y)
            painter.drawLine(at - reach, at + reach)

    return paint


_SHAPES: tuple[Callable[[QPainter, QPointF, float], None], ...] = (
    _disc,
    _polygon((-0.87, -0.87), (0.87, -0.87), (0.87, 0.87), (-0.87, 0.87)),
    _polygon((0, -1.24), (1.07, 0.62), (-1.07, 0.62)),
    _polygon((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    _arms((1.1, 0), (0, 1.1)),
    _arms((0.78, 0.78), (0.78, -0.78)),
)
"""The markers of the raster, in its order."""
