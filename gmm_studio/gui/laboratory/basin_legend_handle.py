"""What the mouse does to the legend of a map of basins: drag, fold, point at, click."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.laboratory.basin_legend import BasinLegend, LegendEntry, LegendPlace
from gmm_studio.gui.laboratory.basin_legend_layout import LegendLayout, corner_of, lay_out
from gmm_studio.gui.style import Style

__all__ = ["LegendHandle"]


class LegendHandle(QWidget):
    """Lies over a legend that its parent paints, so that clicks there are not the parent's.

    Signals
    -------
    changed()
        `place` or `pointed` is another.
    moved()
        A person has dragged, folded or unfolded it; `place` says where it is now.
    entry_clicked(entry)
    """

    changed = Signal()
    moved = Signal()
    entry_clicked = Signal(object)

    def __init__(self, parent: QWidget, place: LegendPlace) -> None:
        super().__init__(parent)
        self.setObjectName("basin_legend")
        self.setAccessibleName(self.tr("Legend of the basin map"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self._place = place
        self._legend: BasinLegend | None = None
        self._viewport: Viewport | None = None
        self._style: Style | None = None
        self._layout: LegendLayout | None = None
        self._at: QPointF | None = None
        self._pressed: QPointF | None = None
        self._is_dragging = False
        self.hide()
        # The pill and what else is on the canvas stay above it.
        self.lower()

    @property
    def place(self) -> LegendPlace:
        """Where the legend is."""
        return self._place

    @property
    def pointed(self) -> LegendEntry | None:
        """The entry under the pointer."""
        if self._layout is None or self._at is None or self._is_dragging:
            return None
        return self._layout.entry_at(self._at + QPointF(self.pos()))

    def show_legend(self, legend: BasinLegend, viewport: Viewport, style: Style) -> None:
        """Lie over a legend that is painted in a viewport."""
        self._legend, self._viewport, self._style = legend, viewport, style
        self._lie()
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a click or a drag; no button does anything to what lies below."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._at = event.position(), event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag the legend, or say which entry is under the pointer."""
        at = event.position()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._forget_press()
        if self._pressed is None:
            self._point(at)
            return
        way = at - self._pressed
        if self._is_dragging or way.manhattanLength() >= QApplication.startDragDistance() // 2:
            self._is_dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._drag(way)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a click or a drag."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        was_dragging, layout = self._is_dragging, self._layout
        self._forget_press()
        at = event.position() + QPointF(self.pos())
        if was_dragging:
            self.moved.emit()
        elif layout is not None and layout.title.contains(at):
            self._put(replace(self._place, folded=not self._place.folded))
            self.moved.emit()
        elif layout is not None and (entry := layout.entry_at(at)) is not None:
            self.entry_clicked.emit(entry)
        self._point(self._at if self._at is not None else event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The second of two clicks is one like the first."""
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """The menu of the cloud is about what lies below."""
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the pointer any more."""
        self._point(None)
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """What was begun is over."""
        self._forget_press()
        self._at = None
        super().hideEvent(event)

    def _forget_press(self) -> None:
        self._pressed, self._is_dragging = None, False

    def _drag(self, way: QPointF) -> None:
        if self._layout is None or self._viewport is None:
            return
        box = self._layout.box.translated(way)
        self._put(replace(self._place, corner=corner_of(self._viewport, box)))

    def _put(self, place: LegendPlace) -> None:
        self._place = place
        self._lie()
        self.changed.emit()

    def _lie(self) -> None:
        if self._legend is None or self._viewport is None or self._style is None:
            return
        before = self.pos()
        self._layout = lay_out(self._viewport, self._legend, self._style, self._place)
        self.setGeometry(self._layout.box.toAlignedRect())
        if self._at is not None and not self._is_dragging:
            # It moves under a pointer that rests.
            self._at += QPointF(before - self.pos())

    def _point(self, at: QPointF | None) -> None:
        before = self.pointed
        self._at = at
        pointed = self.pointed
        self._show_cursor()
        if pointed is not before:
            self.changed.emit()

    def _show_cursor(self) -> None:
        layout, at = self._layout, self._at
        is_title = (
            layout is not None
            and at is not None
            and layout.title.contains(at + QPointF(self.pos()))
        )
        can_click = is_title or self.pointed is not None
        hand = Qt.CursorShape.PointingHandCursor if can_click else Qt.CursorShape.OpenHandCursor
        self.setCursor(hand)
        title_tip = self.tr("Click to fold or unfold, drag to move")
        entry_tip = self.tr("Click to see a run that leads there") if self.pointed else ""
        self.setToolTip(title_tip if is_title else entry_tip)
