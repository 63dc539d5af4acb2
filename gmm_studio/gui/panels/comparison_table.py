"""How a fit agrees with the true classes: two numbers and the confusion table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from gmm_studio.core.comparison import Comparison
from gmm_studio.gui.colours import component_colour, on_component
from gmm_studio.gui.numbers import number
from gmm_studio.gui.style import Style

__all__ = ["comparison_height", "comparison_lines", "paint_comparison"]

_ROW = 22
_LABEL = 30
_NARROWEST = 30


def comparison_lines(comparison: Comparison) -> list[tuple[str, str]]:
    """What is said in words: a name and a value each."""
    return [
        (_tr("adjusted Rand index"), f"{comparison.adjusted_rand_index:.3f}"),
        (_tr("in their own class"), f"{comparison.accuracy:.1%}"),
    ]


def comparison_height(comparison: Comparison, style: Style) -> float:
    """In pixels."""
    k = len(comparison.matching)
    return (2 + 0.4 + 1 + k + 0.5) * _ROW * style.scale


def paint_comparison(
    painter: QPainter, box: QRectF, comparison: Comparison, names: Sequence[str], style: Style
) -> None:
    """Paint a row for each component and a column for each class; matched cells stand out."""
    row = _ROW * style.scale
    palette = style.palette
    line = QRectF(box.left(), box.top(), box.width(), row)
    for name, value in comparison_lines(comparison):
        painter.setFont(style.font)
        painter.setPen(QColor(palette.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QColor(palette.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value)
        line.translate(0, row)
    label = _LABEL * style.scale
    columns = len(comparison.classes)
    width = (box.width() - label) / columns
    line.translate(0, 0.4 * row)
    painter.setPen(QColor(palette.muted))
    if width < _NARROWEST * style.scale:
        text = _tr("{c} classes: too many for a table").format(c=columns)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
        return
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.drawLine(line.bottomLeft(), line.bottomRight())
    painter.setPen(QColor(palette.muted))
    for i, name in enumerate(names):
        cell = QRectF(line.left() + label + i * width, line.top(), width - 6, row)
        _right(painter, cell, name)
    for j in range(len(comparison.matching)):
        line.translate(0, row)
        _paint_row(painter, line, comparison, j, width, style)


def _paint_row(
    painter: QPainter, line: QRectF, comparison: Comparison, j: int, width: float, style: Style
) -> None:
    palette, row = style.palette, line.height()
    label = _LABEL * style.scale
    colour = QColor(component_colour(palette, j))
    middle = QPointF(line.left() + 0.3 * label, line.center().y())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(middle, 0.36 * row, 0.36 * row)
    small = QFont(style.font)
    small.setPixelSize(round(10 * style.scale))
    small.setBold(True)
    painter.setFont(small)
    painter.setPen(QColor(on_component(palette, j)))
    disc = QRectF(middle.x() - row, line.top(), 2 * row, row)
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(j + 1))
    painter.setFont(style.font)
    for i, count in enumerate(comparison.table[j].tolist()):
        cell = QRectF(line.left() + label + i * width, line.top(), width, row)
        if comparison.matching[j] == i:
            tint = QColor(colour)
            tint.setAlpha(46)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(cell.adjusted(2, 1, 0, -1), 4, 4)
        painter.setPen(QColor(palette.text if count else palette.muted))
        text = f"{count:,.0f}" if count == round(count) else number(count, 3)
        _right(painter, cell.adjusted(0, 0, -6, 0), text)


def _right(painter: QPainter, cell: QRectF, text: str) -> None:
    """Text at the right of a cell, its end cut where there is no room."""
    elided = painter.fontMetrics().elidedText(
        text, Qt.TextElideMode.ElideRight, round(cell.width())
    )
    painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, elided)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Comparison", text)
