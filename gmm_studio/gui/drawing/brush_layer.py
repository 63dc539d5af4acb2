"""What is seen of a stroke before it is done: its points, what it erases, where the brush is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.colours import component_colour
from gmm_studio.gui.drawing.brush import Brush, Way
from gmm_studio.gui.style import Style

__all__ = ["BrushLayer"]

_DOT = 5.0


class BrushLayer(QWidget):
    """Lies over the cloud view and lets every event through."""

    def __init__(self, style: Style, view: QWidget) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._style = style
        self._brush = Brush()
        self._way: Way | None = None
        self._at: QPointF | None = None
        self._moved: QPolygonF | None = None
        self._shift = QPointF()
        self._dots = QPolygonF()
        self._known = 0
        self.is_blank = False
        self.lower()
        self.resize(view.size())
        view.installEventFilter(self)
        self.hide()

    def set_style(self, style: Style) -> None:
        """Use other colours."""
        self._style = style
        self.update()

    def show_brush(self, brush: Brush, at: QPointF | None) -> None:
        """Show where the brush is."""
        self._brush, self._at = brush, at
        self.update()

    def show_way(self, way: Way | None) -> None:
        """Show a stroke as it grows."""
        if way is not self._way:
            self._dots, self._known = QPolygonF(), 0
        self._way = way
        if way is not None:
            for drop in way.left[self._known :]:
                for x, y in drop.tolist():
                    self._dots.append(QPointF(x, y))
            self._known = len(way.left)
        self.update()

    def show_blank(self, blank: bool) -> None:
        """Hide all points: the next stroke begins a new cloud."""
        self.is_blank = blank
        self.update()

    def show_moved(self, pixels: FloatArray | None, shift: QPointF | None = None) -> None:
        """Show points (m, 2), in pixels, on their way elsewhere."""
        if pixels is None:
            self._moved = None
        elif self._moved is None or len(pixels) != self._moved.size():
            self._moved = QPolygonF([QPointF(x, y) for x, y in pixels.tolist()])
        self._shift = shift or QPointF()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Be as large as the view."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.resize(watched.size())
        return False

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.is_blank:
            painter.fillRect(self.rect(), QColor(self._style.palette.canvas))
        if self._way is not None and self._brush.kind == "erase":
            self._paint_erased(painter, self._way)
        self._paint_dots(painter, self._dots, self._colour())
        if self._moved is not None:
            painter.translate(self._shift)
            self._paint_dots(painter, self._moved, self._style.palette.accent)
            painter.resetTransform()
        if self._at is not None:
            painter.setPen(QPen(QColor(self._style.palette.accent), 1.5))
            half = 0.5 * self._brush.size
            painter.drawEllipse(self._at, half, half)
        painter.end()

    def _colour(self) -> str:
        label, palette = self._brush.label, self._style.palette
        return palette.muted if label is None else component_colour(palette, label)

    def _paint_dots(self, painter: QPainter, dots: QPolygonF, colour: str) -> None:
        if not dots.isEmpty():
            pen = QPen(QColor(colour), _DOT * self._style.scale)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(dots)

    def _paint_erased(self, painter: QPainter, way: Way) -> None:
        """What is under the stroke is as good as gone."""
        ground = QColor(self._style.palette.canvas)
        ground.setAlpha(200)
        pen = QPen(ground, way.brush.size)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        places = [QPointF(x, y) for x, y in way.places]
        painter.drawPolyline(QPolygonF([*places, places[-1]]))
