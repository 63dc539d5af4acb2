"""The card beside a point: where it is, and its responsibilities as bars."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import component_colour
from gmm_studio.gui.line.stem import paint_stem
from gmm_studio.gui.numbers import places
from gmm_studio.gui.style import Style
from gmm_studio.gui.units import axis_names

__all__ = ["paint_point_card"]

_MOST_BARS = 6


def paint_point_card(
    painter: QPainter, viewport: Viewport, scene: Scene, index: int, style: Style
) -> None:
    """Paint the card of a point (from 0) beside it, inside the viewport."""
    place = scene.cloud.points[index]
    names = axis_names(scene.cloud)
    across, down = viewport.to_pixel(place[0], place[1] if scene.cloud.d == 2 else 0.0)
    if scene.cloud.d == 1:
        paint_stem(painter, viewport, scene, float(place[0]), style.palette, style.scale)
    title = QCoreApplication.translate("PointCard", "Point {row}").format(row=f"{index + 1:,}")
    line = ", ".join(
        f"{name} {text}" for name, text in zip(names, _coordinates(viewport, place), strict=True)
    )
    colouring = scene.colouring or scene.mixture
    shares = None if colouring is None else colouring.responsibilities(place)[0]
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    row = metrics.height() + 4
    rows = 2 + (0 if shares is None else min(len(shares), _MOST_BARS + 1))
    width = max(180 * style.scale, metrics.horizontalAdvance(line) + 24)
    box = QRectF(across + 14, down + 14, width, rows * row + 16)
    if box.right() > viewport.width - 8:
        box.moveRight(across - 14)
    if scene.cloud.d == 1:
        # Beside the densities, clear of the badges on the axis and of the rug.
        box.moveBottom(max(down - 24 * style.scale, box.height() + 8))
    elif box.bottom() > viewport.height - 8:
        box.moveBottom(down - 14)
    painter.setPen(QPen(QColor(style.palette.border), 1))
    painter.setBrush(QColor(style.palette.panel))
    painter.drawRoundedRect(box, 8, 8)
    base = box.top() + 8 + metrics.ascent()
    painter.setPen(QColor(style.palette.text))
    painter.drawText(QPointF(box.left() + 12, base), title)
    painter.setPen(QColor(style.palette.muted))
    painter.drawText(QPointF(box.left() + 12, base + row), line)
    if shares is not None:
        bars = QRectF(box.left() + 12, base + 2 * row - metrics.ascent(), width - 24, row)
        _paint_bars(painter, bars, shares, style)


def _coordinates(viewport: Viewport, place: FloatArray) -> list[str]:
    """As fine as the view can show."""
    scales = (viewport.x_scale, viewport.y_scale)
    return [
        places([value], 100 / scale)[0]
        for value, scale in zip(place.tolist(), scales, strict=False)
    ]


def _paint_bars(painter: QPainter, first: QRectF, shares: FloatArray, style: Style) -> None:
    """The largest responsibilities, in the order of their components."""
    # One more bar where it takes no more room than to say that there is one more.
    most = _MOST_BARS + 1 if len(shares) == _MOST_BARS + 1 else _MOST_BARS
    shown = sorted(shares.argsort()[::-1][:most].tolist())
    label = 22 * style.scale
    figure = painter.fontMetrics().horizontalAdvance("0.000")
    for i, j in enumerate(shown):
        row = first.translated(0, i * first.height())
        painter.setPen(QColor(style.palette.text))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, str(j + 1))
        painter.drawText(
            row,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            f"{shares[j]:.3f}",
        )
        room = row.width() - label - figure - 10
        bar = QRectF(row.left() + label, row.center().y() - 3, room, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.palette.border))
        painter.drawRoundedRect(bar, 3, 3)
        bar.setWidth(max(room * float(shares[j]), 2 if shares[j] > 0.0005 else 0))
        painter.setBrush(QColor(component_colour(style.palette, j)))
        painter.drawRoundedRect(bar, 3, 3)
    if len(shares) > len(shown):
        others = QCoreApplication.translate("PointCard", "{n} others")
        row = first.translated(0, len(shown) * first.height())
        painter.setPen(QColor(style.palette.muted))
        count = len(shares) - len(shown)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, others.format(n=count))
        rest = 1 - float(shares[shown].sum())
        painter.drawText(
            row,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            f"{max(rest, 0.0):.3f}",
        )
