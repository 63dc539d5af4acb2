"""The plot of one criterion, as a widget: runs are hovered, clicked, and walked over by keys."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from gmm_studio.core.mixture import COVARIANCES
from gmm_studio.core.sweep import Cell
from gmm_studio.gui.laboratory.sweep_painting import (
    Spot,
    SweepChart,
    SweepFrame,
    frame_of,
    paint_sweep,
    spots,
)
from gmm_studio.gui.numbers import log_likelihood
from gmm_studio.gui.style import Style
from gmm_studio.gui.translation import message_of

__all__ = ["SweepPlot", "told"]

_REACH = 24.0
"""Pixels from the pointer to a run that it means."""

_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}

translate = QCoreApplication.translate


class SweepPlot(QWidget):
    """Emits the cell, and which of its runs, that a person wants to see."""

    cell_requested = Signal(object, int)

    def __init__(self, style: Style, chart: SweepChart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_plot")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self._style, self._chart = style, chart
        self._pointed: Spot | None = None
        self._at: tuple[int, str] | None = None

    @property
    def chart(self) -> SweepChart:
        """What is shown."""
        return self._chart

    @property
    def frame(self) -> SweepFrame:
        """What part of the plane is where."""
        return frame_of(self._chart, self.width(), self.height(), self._style)

    @property
    def spot(self) -> Spot | None:
        """The run under the pointer, or else the one that keys have come to."""
        return self._pointed or self._walked()

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        self.update()

    def show_chart(self, chart: SweepChart) -> None:
        """Show other cells."""
        self._chart, self._pointed = chart, None
        self.update()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Enough to see a curve."""
        line = self.fontMetrics().height()
        return QSize(8 * line, 5 * line)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the curves, and what is meant by pointer or keys."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._style.palette.panel))
        paint_sweep(painter, self._chart, self.frame, self._style)
        spot, scale = self.spot, self._style.scale
        if spot is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._style.palette.text), 1.6 * scale))
            painter.drawEllipse(spot.at, 7.5 * scale, 7.5 * scale)
            self._paint_tip(painter, spot)
        elif self.hasFocus():
            painter.setPen(QPen(QColor(self._style.palette.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _paint_tip(self, painter: QPainter, spot: Spot) -> None:
        style, text = self._style, told(self._chart, spot)
        metrics, scale = QFontMetricsF(style.font), style.scale
        lines = text.split("\n")
        width = max(metrics.horizontalAdvance(line) for line in lines) + 16 * scale
        height = len(lines) * metrics.height() + 6 * scale
        left = min(max(spot.at.x() - 0.5 * width, 2), max(self.width() - width - 2, 2))
        top = spot.at.y() - height - 12 * scale
        if top < 0:
            top = min(spot.at.y() + 14 * scale, self.height() - height)
        box = QRectF(left, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.palette.text))
        painter.drawRoundedRect(box, 4 * scale, 4 * scale)
        painter.setFont(style.font)
        painter.setPen(QColor(style.palette.panel))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """See which run this is."""
        self._point(self._nearest(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open the run under the pointer."""
        event.accept()
        spot = self._nearest(event.position())
        if event.button() == Qt.MouseButton.LeftButton and spot is not None:
            self._open(spot)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is pointed at."""
        self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Keys begin at the best."""
        best = self._chart.best
        if self._walked() is None and best is not None:
            self._at = (best.cell.k, best.cell.covariance)
        self._say()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Keys are elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep arrows and Enter from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() in _MOVES or event.key() in _OPENING)
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Walk from cell to cell, and open the best run of one."""
        spot = self._walked()
        if event.key() in _MOVES:
            self._walk(*_MOVES[Qt.Key(event.key())])
        elif event.key() in _OPENING and spot is not None:
            self._open(spot)
        else:
            super().keyPressEvent(event)

    def _point(self, spot: Spot | None) -> None:
        before, self._pointed = self._pointed, spot
        if before is not None or spot is not None:
            self.setCursor(
                Qt.CursorShape.PointingHandCursor
                if spot is not None and spot.index is not None
                else Qt.CursorShape.ArrowCursor
            )
            self.update()

    def _nearest(self, at: QPointF) -> Spot | None:
        found = spots(self._chart, self.frame)
        near = [(math.hypot(s.at.x() - at.x(), s.at.y() - at.y()), i) for i, s in enumerate(found)]
        if not near or min(near)[0] > _REACH * self._style.scale:
            return None
        return found[min(near)[1]]

    def _open(self, spot: Spot) -> None:
        if spot.index is not None:
            self.cell_requested.emit(spot.cell, spot.index)

    def _walked(self) -> Spot | None:
        """The best run of the cell that keys have come to."""
        if not self.hasFocus() or self._at is None:
            return None
        for spot in spots(self._chart, self.frame):
            cell, here = spot.cell, (spot.cell.k, spot.cell.covariance)
            if here == self._at and spot.index == cell.best(self._chart.criterion):
                return spot
        return None

    def _walk(self, across: int, down: int) -> None:
        cells = {(cell.k, cell.covariance): cell for cell in self._chart.cells}
        if not cells:
            return
        k, covariance = self._at if self._at in cells else next(iter(cells))
        names = [name for name in COVARIANCES if (k, name) in cells]
        ks = sorted({number for number, name in cells if name == covariance})
        if across:
            i = min(max(ks.index(k) + across, 0), len(ks) - 1)
            self._at = (ks[i], covariance)
        else:
            order = sorted(names, key=lambda name: -self._value(cells[k, name]))
            i = min(max(order.index(covariance) + down, 0), len(order) - 1)
            self._at = (k, order[i])
        self._say()

    def _value(self, cell: Cell) -> float:
        index = cell.best(self._chart.criterion)
        return math.inf if index is None else float(cell.values(self._chart.criterion)[index])

    def _say(self) -> None:
        spot = self._walked()
        text = told(self._chart, spot).replace("\n", ", ") if spot is not None else ""
        self.setAccessibleDescription(text)
        self.update()


def told(chart: SweepChart, spot: Spot) -> str:
    """What is said of a run, or of a cell that has none."""
    cell = spot.cell
    head = f"k = {cell.k}, {cell.covariance}"
    if spot.index is None:
        return f"{head}\n{message_of(cell.problem)}" if cell.problem else head
    value = log_likelihood(float(cell.values(chart.criterion)[spot.index]))
    draw = cell.draws[spot.index]
    lines = [f"{head}: {chart.title} {value}", f"{draw.method} {draw.random_state}"]
    if cell.spurious[spot.index]:
        lines[1] += " \N{MIDDLE DOT} " + translate("Sweep", "rests on single points")
    elif spot.index == cell.best(chart.criterion) and len(cell.ends) > 1:
        lines[1] += " \N{MIDDLE DOT} " + translate("Sweep", "best of {n}").format(n=len(cell.ends))
    return "\n".join(lines)
