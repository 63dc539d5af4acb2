"""The parameters of the mixture on show as a table in a figure."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.colours import component_colour, on_component
from gmm_studio.gui.numbers import log_likelihood, number, numbers
from gmm_studio.gui.style import Style

__all__ = ["paint_table", "table_height"]

_ROW = 22.0
_PAD = 14.0
_NUMBER = 30.0
_DISC = 8.5


def table_height(scene: Scene) -> float:
    """Of the whole table, in logical pixels: a row each for head, components and likelihood."""
    return 2 * _PAD + _ROW * (2 + (scene.mixture.k if scene.mixture is not None else 0))


def paint_table(
    painter: QPainter, area: QRectF, scene: Scene, likelihood: float | None, style: Style
) -> None:
    """Paint weight, mean and covariance of each component, in the data's own units.

    Parameters
    ----------
    painter : QPainter
    area : QRectF
        As high as `table_height`; in a lower one the last components are left out.
    scene : Scene
    likelihood : float or None
        The log-likelihood of the mixture, in the data's own units.
    style : Style
    """
    if scene.mixture is None:
        return
    mixture = scene.cloud.own_mixture(scene.mixture)
    rows = int((area.height() - 2 * _PAD) / _ROW) - 2
    shown = mixture.k if rows >= mixture.k else max(rows - 1, 0)
    head, columns = _columns(mixture)
    metrics = QFontMetricsF(style.font)
    room = area.width() - 2 * _PAD - _NUMBER
    widths = [
        max(map(metrics.horizontalAdvance, (title, *cells)))
        for title, cells in zip(head, columns, strict=True)
    ]
    gap = max((room - sum(widths)) / len(widths), 6.0)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setFont(style.font)
    left = area.left() + _PAD + _NUMBER
    for title, cells, width in zip(head, columns, widths, strict=True):
        texts = [title, *cells[:shown]]
        for i, text in enumerate(texts):
            painter.setPen(QColor(style.palette.text if i else style.palette.muted))
            painter.drawText(QPointF(left, _base(area, i, metrics)), text)
        left += width + gap
    for j in range(shown):
        _paint_number(painter, area, j, style)
    line = area.top() + _PAD + _ROW
    painter.setPen(QPen(QColor(style.palette.border), 1))
    painter.drawLine(QPointF(area.left() + _PAD, line), QPointF(area.right() - _PAD, line))
    painter.setPen(QColor(style.palette.muted))
    below = QPointF(area.left() + _PAD + _NUMBER, _base(area, shown + 1, metrics))
    painter.drawText(below, _last_line(mixture.k - shown, likelihood))
    painter.restore()


def _base(area: QRectF, row: int, metrics: QFontMetricsF) -> float:
    middle = area.top() + _PAD + (row + 0.5) * _ROW
    return middle + 0.5 * (metrics.ascent() - metrics.descent())


def _columns(mixture: Mixture) -> tuple[list[str], list[list[str]]]:
    """Titles, and the cells of each column."""
    head = [_tr("Weight"), _tr("Mean")]
    cells = [
        numbers(mixture.weights.tolist()),
        _joined([numbers(axis) for axis in mixture.means.T.tolist()]),
    ]
    variances = [
        [number(value, 3) for value in mixture.covariances[:, axis, axis].tolist()]
        for axis in range(mixture.d)
    ]
    head.append(_tr("Variance") if mixture.d == 1 else _tr("Variances"))
    cells.append(_joined(variances))
    if mixture.d == 2:
        head.append(_tr("Covariance"))
        cells.append([number(value, 3) for value in mixture.covariances[:, 0, 1].tolist()])
    return head, cells


def _joined(axes: list[list[str]]) -> list[str]:
    return [", ".join(parts) for parts in zip(*axes, strict=True)]


def _paint_number(painter: QPainter, area: QRectF, j: int, style: Style) -> None:
    at = QPointF(area.left() + _PAD + _DISC, area.top() + _PAD + (j + 1.5) * _ROW)
    font = QFont(style.font)
    font.setBold(True)
    font.setPixelSize(11 if j < 9 else 9)
    painter.save()
    painter.setFont(font)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(component_colour(style.palette, j)))
    painter.drawEllipse(at, _DISC, _DISC)
    painter.setPen(QColor(on_component(style.palette, j)))
    box = QRectF(at.x() - 20, at.y() - 20, 40, 40)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(j + 1))
    painter.restore()


def _last_line(left_out: int, likelihood: float | None) -> str:
    parts = []
    if left_out:
        parts.append(_tr("and {n} more").format(n=f"{left_out:,}"))
    if likelihood is not None:
        parts.append(_tr("Log-likelihood {value}").format(value=log_likelihood(likelihood)))
    return "   ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("FigureTable", text)
