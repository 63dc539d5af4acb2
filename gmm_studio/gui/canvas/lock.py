"""The mark of a locked component."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer

from gmm_studio.gui.icons import tinted
from gmm_studio.gui.style import Style

__all__ = ["paint_locks"]

_SIZE = 15.0


def paint_locks(painter: QPainter, places: Sequence[QPointF], radius: float, style: Style) -> None:
    """Paint a lock at the upper right of each badge of this radius, from any thread."""
    if not places:
        return
    # Not the icon: its pixmaps belong to the screen's thread, and pictures stay vector.
    drawing = QSvgRenderer(QByteArray(tinted("lock", style.palette.text).encode()))
    size = _SIZE * style.scale
    away = 0.72 * (radius + 0.5 * size)
    box = QRectF(0, 0, size, size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.canvas))
    for place in places:
        box.moveCenter(place + QPointF(away, -away))
        painter.drawEllipse(box.center(), 0.62 * size, 0.62 * size)
        drawing.render(painter, box)
