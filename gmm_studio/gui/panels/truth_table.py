"""The estimates beside the true values, where the true mixture is known."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from gmm_studio.core.comparison import Comparison
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.colours import component_colour, on_component
from gmm_studio.gui.numbers import numbers
from gmm_studio.gui.style import Style

__all__ = ["paint_truth", "truth_height", "truth_lines"]

_ROW = 20
_LABEL = 30
_GAP = 0.35
"""Between components, in rows."""


def truth_lines(
    mixture: Mixture, truth: Mixture, comparison: Comparison
) -> list[tuple[int, list[tuple[str, str, str]]]]:
    """For each component that has a true one: name, estimate and true value of each parameter.

    Parameters
    ----------
    mixture, truth : Mixture
        In the same units.
    comparison : Comparison
        Says which class each component stands for.

    Returns
    -------
    list of (component from 0, list of (name, estimate, true value))
    """
    lines = []
    for j, column in enumerate(comparison.matching.tolist()):
        true = int(comparison.classes[column]) if column >= 0 else -1
        if 0 <= true < truth.k:
            pairs = zip(_values(mixture, j), _values(truth, true), strict=True)
            lines.append((j, [_line(name, one, other) for (name, one), (_, other) in pairs]))
    return lines


def _line(name: str, estimate: float, true: float) -> tuple[str, str, str]:
    first, second = numbers((estimate, true))
    return name, first, second


def truth_height(lines: list[tuple[int, list[tuple[str, str, str]]]], style: Style) -> float:
    """In pixels."""
    rows = sum(len(parameters) + _GAP for _, parameters in lines)
    return (1.2 + rows) * _ROW * style.scale


def paint_truth(
    painter: QPainter,
    box: QRectF,
    lines: list[tuple[int, list[tuple[str, str, str]]]],
    style: Style,
) -> None:
    """Paint a row for each parameter."""
    palette, row, label = style.palette, _ROW * style.scale, _LABEL * style.scale
    line = QRectF(box.left(), box.top(), box.width(), row)
    painter.setFont(style.font)
    muted = QColor(palette.muted)
    painter.setPen(muted)
    _row(painter, line, "", _tr("estimate"), _tr("true"), label, muted)
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.drawLine(line.bottomLeft(), line.bottomRight())
    line.translate(0, 1.2 * row)
    for j, parameters in lines:
        _badge(painter, QPointF(line.left() + 0.3 * label, line.center().y()), j, style)
        painter.setFont(style.font)
        painter.setPen(muted)
        for name, estimate, true in parameters:
            _row(painter, line, name, estimate, true, label, QColor(palette.text))
            line.translate(0, row)
        line.translate(0, _GAP * row)


def _row(
    painter: QPainter,
    line: QRectF,
    name: str,
    first: str,
    second: str,
    label: float,
    ink: QColor,
) -> None:
    """The first of the values in a colour of its own."""
    width = 0.32 * line.width()
    align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(line.adjusted(label, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
    painter.drawText(line, align, second)
    muted = painter.pen()
    painter.setPen(ink)
    painter.drawText(line.adjusted(0, 0, -width, 0), align, first)
    painter.setPen(muted)


def _badge(painter: QPainter, at: QPointF, j: int, style: Style) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(component_colour(style.palette, j)))
    radius = 0.4 * _ROW * style.scale
    painter.drawEllipse(at, radius, radius)
    small = QFont(style.font)
    small.setPixelSize(round(10 * style.scale))
    small.setBold(True)
    painter.setFont(small)
    painter.setPen(QColor(on_component(style.palette, j)))
    disc = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(j + 1))


def _values(mixture: Mixture, j: int) -> list[tuple[str, float]]:
    weight, mean = float(mixture.weights[j]), mixture.means[j].tolist()
    covariance = mixture.covariances[j].tolist()
    if mixture.d == 1:
        return [
            (_tr("weight"), weight),
            (_tr("mean"), mean[0]),
            (_tr("variance"), covariance[0][0]),
        ]
    return [
        (_tr("weight"), weight),
        (_tr("mean x"), mean[0]),
        (_tr("mean y"), mean[1]),
        (_tr("variance x"), covariance[0][0]),
        (_tr("covariance"), covariance[0][1]),
        (_tr("variance y"), covariance[1][1]),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Comparison", text)
