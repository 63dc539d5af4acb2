"""The plot of the curves, as a widget: zooms, is dragged over, tells what is hovered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from gmm_studio.gui.curves.chart import Chart
from gmm_studio.gui.curves.geometry import Frame, nearest_curve
from gmm_studio.gui.curves.overlay import Cursor, Hovered, paint_cursor, paint_emphasis, paint_tip
from gmm_studio.gui.curves.painting import frame_of, paint_chart
from gmm_studio.gui.style import Style

__all__ = ["CurvePlot"]

_FEWEST = 2.0
"""Iterations that are always shown."""

_REACH = 6.0
"""Pixels from the pointer to a curve that is hovered."""


class CurvePlot(QWidget):
    """Emits the iteration that a person clicks or drags to.

    What does not move with the cursor is kept as a picture: a step costs the cursor alone.
    """

    cursor_requested = Signal(int)

    def __init__(self, style: Style, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curve_plot")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self._style, self._chart = style, chart
        self._cursor = Cursor(0)
        self._zoomed: tuple[float, float] | None = None
        self._pointer: QPointF | None = None
        self._frame: Frame | None = None
        self._still: QPixmap | None = None

    @property
    def frame(self) -> Frame:
        """What part of the plane is where."""
        if self._frame is None:
            self._frame = frame_of(
                self._chart, self.width(), self.height(), self._style, self._zoomed
            )
        return self._frame

    @property
    def shown_cursor(self) -> Cursor:
        """The iteration on show."""
        return self._cursor

    @property
    def zoomed(self) -> tuple[float, float] | None:
        """The first and the last iteration in sight; None where that is all of them."""
        return self._zoomed

    @property
    def chart(self) -> Chart:
        """What is shown."""
        return self._chart

    def set_style(self, style: Style) -> None:
        """Use other fonts and lines, and the colours of the ground and the axes."""
        self._style = style
        self._renew()

    def show_chart(self, chart: Chart) -> None:
        """Show other curves, or more of the same ones."""
        self._chart = chart
        self._renew()

    def show_cursor(self, cursor: Cursor) -> None:
        """Show another iteration of them."""
        if cursor != self._cursor:
            self._cursor = cursor
            self.update()

    def show_all(self) -> None:
        """Show all iterations."""
        self._zoomed = None
        self._renew()

    def hovered(self) -> Hovered | None:
        """The curve under the pointer."""
        if self._pointer is None:
            return None
        found = nearest_curve(self._chart, self.frame, self._pointer, _REACH * self._style.scale)
        return found and Hovered(*found, self._pointer, QSizeF(self.size()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The kept picture, and what moves over it."""
        if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():
            self._still = self._paint_still()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        chart, frame, style, hovered = self._chart, self.frame, self._style, self.hovered()
        if hovered is not None:
            paint_emphasis(painter, chart, frame, style, hovered)
        paint_cursor(painter, chart, frame, style, self._cursor)
        if hovered is not None:
            paint_tip(painter, chart, frame, style, hovered)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Everything is elsewhere."""
        self._renew()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Put the cursor under the pointer."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self._point(None)
            self._ask(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag the cursor, or see which curve this is."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event.position())
        else:
            self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Nothing is dragged any more."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show all iterations."""
        event.accept()
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is hovered."""
        self._point(None)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom along the iterations."""
        event.accept()
        last = float(self._chart.longest)
        if not self._chart.front or last < _FEWEST:
            return
        frame = self.frame
        size = (frame.right - frame.left) * 1.2 ** (-event.angleDelta().y() / 120)
        size = max(size, _FEWEST)
        at = frame.iteration(event.position().x())
        left = at - (at - frame.left) * size / (frame.right - frame.left)
        left = max(min(left, last - size), 0.0)
        self._zoomed = None if size >= last else (left, left + size)
        self._renew()

    def _renew(self) -> None:
        self._frame = self._still = None
        self.update()

    def _point(self, at: QPointF | None) -> None:
        was, self._pointer = self.hovered(), None
        self._pointer = at
        if was is not None or self.hovered() is not None:
            self.update()

    def _ask(self, at: QPointF) -> None:
        if self._chart.front:
            last = len(self._chart.front[0].values) - 1
            index = min(max(round(self.frame.iteration(at.x())), 0), last)
            self.cursor_requested.emit(index)

    def _paint_still(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        still = QPixmap(self.size() * ratio)
        still.setDevicePixelRatio(ratio)
        still.fill(QColor(self._style.palette.panel))
        painter = QPainter(still)
        paint_chart(painter, self._chart, self.frame, self._style)
        painter.end()
        return still
