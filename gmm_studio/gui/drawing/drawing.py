"""Painting data with the mouse: between the cloud view and the session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent

from gmm_studio.core.arrays import FloatArray
from gmm_studio.data.changes import adding, erasing
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.hits import pixels_of
from gmm_studio.gui.drawing.brush import LARGEST, Brush, Way
from gmm_studio.gui.drawing.brush_bar import BrushBar
from gmm_studio.gui.drawing.brush_layer import BrushLayer
from gmm_studio.gui.hands import Hands
from gmm_studio.gui.session import Session
from gmm_studio.gui.style import Style

__all__ = ["Drawing"]

_SPRAY_MS = 40
_MOST_SHOWN = 2000
"""Selected points that are seen to move."""


class Drawing(QObject):
    """Takes the mouse from the cloud view while the Draw tool is chosen or a selection is moved."""

    blank_changed = Signal()

    def __init__(self, session: Session, view: CloudView, hands: Hands, style: Style) -> None:
        super().__init__(view)
        self._session, self._view, self._hands = session, view, hands
        self._style = style
        self._bar: BrushBar | None = None
        self.layer = BrushLayer(style, view)
        self.brush = Brush()
        self._wants_no_class = False
        self._rng = np.random.default_rng()
        self._way: Way | None = None
        self._taken: tuple[QPointF, FloatArray] | None = None
        self._spray = QTimer(self)
        self._spray.setInterval(_SPRAY_MS)
        self._spray.timeout.connect(self._on_spray)
        hands.tool_changed.connect(self._on_tool)
        session.document_changed.connect(self._on_document_changed)
        view.installEventFilter(self)
        self._suit_cloud()

    @property
    def bar(self) -> BrushBar:
        """Made when somebody first draws: the window opens the sooner."""
        if self._bar is None:
            self._bar = BrushBar(self._style, self._view)
            self._bar.brush_requested.connect(self._on_brush)
            self._bar.blank_requested.connect(self._on_blank)
            self._suit_cloud()
        return self._bar

    @property
    def is_blank(self) -> bool:
        """Whether the next stroke begins a new cloud."""
        return self.layer.is_blank

    def set_style(self, style: Style) -> None:
        """Use other colours and text."""
        self._style = style
        if self._bar is not None:
            self._bar.set_style(style)
        self.layer.set_style(style)

    def resize_brush(self, factor: float) -> None:
        """A wider or narrower brush."""
        low, high = self.bar.size_.minimum(), LARGEST
        size = round(min(max(self.brush.size * factor, low), high))
        self._on_brush(replace(self.brush, size=size))
        self.bar.show_brush(self.brush)

    def escape(self) -> bool:
        """Give up the stroke, what is being moved, the empty canvas; whether there was any."""
        had = self._way is not None or self._taken is not None or self.is_blank
        self._end_stroke()
        self._end_move()
        self._show_blank(False)
        return had

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Decide about what the mouse does in the view."""
        kind = event.type()
        if kind == QEvent.Type.Leave and watched is self._view:
            self.layer.show_brush(self.brush, None)
        if watched is not self._view or not isinstance(event, QMouseEvent):
            return False
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(event)
        if kind == QEvent.Type.MouseMove:
            return self._move(event)
        if kind == QEvent.Type.MouseButtonRelease:
            return self._release(event)
        return kind == QEvent.Type.MouseButtonDblClick and self._draws and self._press(event)

    @property
    def _draws(self) -> bool:
        return self._hands.tool == "draw"

    def _press(self, event: QMouseEvent) -> bool:
        plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.button() != Qt.MouseButton.LeftButton or not plain:
            return False
        at = event.position()
        if not self._draws:
            return self._take_selection(at)
        if self._view.viewport is not None:
            self._way = Way(self.brush, self._rng)
            self._way.go(at.x(), at.y())
            if self.brush.kind == "spray":
                self._spray.start()
            self.layer.show_way(self._way)
        return True

    def _move(self, event: QMouseEvent) -> bool:
        at = event.position()
        if self._taken is not None:
            self.layer.show_moved(self._taken[1], at - self._taken[0])
            return True
        if not self._draws:
            return False
        if self._way is not None and not event.buttons() & Qt.MouseButton.LeftButton:
            # The button went up where nobody told.
            self._end_stroke()
        if self._way is not None:
            self._way.go(at.x(), at.y())
            self.layer.show_way(self._way)
        self.layer.show_brush(self.brush, at)
        return not event.modifiers() & Qt.KeyboardModifier.ShiftModifier

    def _release(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if self._taken is not None:
            self._drop_selection(event.position())
            return True
        if self._way is None:
            return False
        way, viewport = self._way, self._view.viewport
        self._end_stroke()
        if viewport is not None:
            self._paint(way)
        return True

    def _paint(self, way: Way) -> None:
        viewport, d = self._view.viewport, self._session.document.cloud.d
        if viewport is None:
            return
        if way.brush.kind == "erase":
            stroke = erasing(way.middles(viewport, d), way.reach(viewport, d))
            self._session.paint(stroke, self.tr("Erase points"))
            return
        points = way.points(viewport, d)
        if self.is_blank:
            self._show_blank(False)
            self._session.begin_drawing(points, way.brush.label)
        else:
            self._session.paint(adding(points, way.brush.label), self.tr("Paint points"))

    def _end_stroke(self) -> None:
        self._way = None
        self._spray.stop()
        self.layer.show_way(None)

    def _on_spray(self) -> None:
        if self._way is not None:
            self._way.stay()
            self.layer.show_way(self._way)

    # A selection that is moved

    def _take_selection(self, at: QPointF) -> bool:
        selection, cloud = self._session.selection, self._session.document.cloud
        viewport, point = self._view.viewport, self._view.point_at(at)
        if selection is None or viewport is None or point is None or not selection[point]:
            return False
        rows = np.flatnonzero(selection)[:: max(1, self._session.selected_count // _MOST_SHOWN)]
        self._taken = (at, pixels_of(viewport, cloud.points[rows]))
        self.layer.show()
        self.layer.show_moved(self._taken[1])
        return True

    def _drop_selection(self, at: QPointF) -> None:
        taken, viewport = self._taken, self._view.viewport
        self._end_move()
        if taken is None or viewport is None:
            return
        shift = at - taken[0]
        if shift.manhattanLength() > 0:
            along = (shift.x() / viewport.x_scale, -shift.y() / viewport.y_scale)
            self._session.move_selection(along[: self._session.document.cloud.d])

    def _end_move(self) -> None:
        self._taken = None
        self.layer.show_moved(None)
        self.layer.setVisible(self._draws)

    # The bar

    def _on_brush(self, brush: Brush) -> None:
        if brush.label != self.brush.label:
            self._wants_no_class = False
        self.brush = brush
        self.layer.show_brush(brush, None)

    def _suit_cloud(self) -> None:
        """Give the brush a class where every point has one, and only there."""
        cloud = self._session.document.cloud
        needed = cloud.labels is not None and not self.is_blank
        if needed and self.brush.label is None:
            self._on_brush(replace(self.brush, label=0))
            self._wants_no_class = True
        elif not needed and self._wants_no_class:
            self._on_brush(replace(self.brush, label=None))
        if self._bar is not None:
            self._bar.need_class(needed)
            self._bar.show_brush(self.brush)

    def _on_blank(self) -> None:
        self._show_blank(not self.is_blank)

    def _show_blank(self, blank: bool) -> None:
        if blank != self.is_blank:
            self.layer.show_blank(blank)
            self._suit_cloud()
            self.blank_changed.emit()

    def _on_tool(self, tool: str) -> None:
        draws = tool == "draw"
        self.escape()
        if draws or self._bar is not None:
            self.bar.setVisible(draws)
        self.layer.setVisible(draws)
        self.layer.show_brush(self.brush, None)

    def _on_document_changed(self) -> None:
        self._end_move()
        self._suit_cloud()
