"""The cloud view: shows a scene and says what a person asks for with mouse and keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Seed
from gmm_studio.gui.canvas.hits import nearest_place, nearest_point, pixel_of, pixel_of_point
from gmm_studio.gui.canvas.mixture_painting import badge_radius, paint_responsibility_lines
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.point_card import paint_point_card
from gmm_studio.gui.canvas.raster import Raster
from gmm_studio.gui.canvas.rendering import Picture
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.style import Style

__all__ = ["CloudView", "Pin", "Tool"]

Tool: TypeAlias = Literal["pick", "seed"]

_GRASP = 4
_ZOOM = 1.2


@dataclass(frozen=True, slots=True)
class Pin:
    """What a person clicked: a seed, a mean or a point, by its number from 0."""

    kind: Literal["seed", "mean", "point"]
    index: int


@dataclass(slots=True)
class _Press:
    """A mouse button that is down."""

    at: QPointF
    seed: int | None
    mean: int | None
    shift: bool
    to: QPointF
    moved: bool = False
    viewport: Viewport | None = None


class CloudView(QWidget):
    """Shows points, ellipses, means and seeds. Emits what is asked for; changes nothing itself."""

    seed_requested = Signal(tuple)
    seed_dragged = Signal(int, tuple)
    seed_dropped = Signal(int, tuple)
    drag_cancelled = Signal()
    mean_dragged = Signal(int)
    numbers_requested = Signal(int)
    pinned = Signal(object)
    hovered = Signal(object)
    selection_requested = Signal(object)
    menu_requested = Signal(object, object, object)
    viewport_changed = Signal(object)
    fit_requested = Signal()
    resized = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cloud_view")
        self.setAccessibleName(self.tr("Cloud"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self._style = style
        self._scene: Scene | None = None
        self._raster: Raster | None = None
        self._viewport: Viewport | None = None
        self._tool: Tool = "pick"
        self._press: _Press | None = None
        self._has_placed = False
        self._hovered: Pin | None = None
        self._on_the_way: Mixture | None = None
        self._pin: Pin | None = None
        self._crosshair: QPointF | None = None

    @property
    def viewport(self) -> Viewport | None:
        """What is shown, None before the first picture."""
        return self._viewport

    @property
    def scene(self) -> Scene | None:
        """What is on show."""
        return self._scene

    @property
    def tool(self) -> Tool:
        """What a click does."""
        return self._tool

    @property
    def pin(self) -> Pin | None:
        """What is pinned."""
        return self._pin

    @property
    def hovered_pin(self) -> Pin | None:
        """What is under the pointer: a mean or a point."""
        return self._hovered

    @property
    def shown_point(self) -> int | None:
        """The point (from 0) that is hovered, else the one that is pinned."""
        for pin in (self._hovered, self._pin):
            if pin is not None and pin.kind == "point" and self._scene is not None:
                return pin.index if pin.index < self._scene.cloud.n else None
        return None

    @property
    def crosshair(self) -> QPointF | None:
        """Where Enter places a seed, in pixels; None before an arrow key was used."""
        return self._crosshair

    @property
    def is_dragging(self) -> bool:
        """Whether a mouse button is down."""
        return self._press is not None

    @property
    def style_of_scene(self) -> Style:
        """The colours, fonts and lines in use."""
        return self._style

    def sizeHint(self) -> QSize:  # noqa: N802
        """Large."""
        return QSize(900, 600)

    def set_style(self, style: Style) -> None:
        """Use other colours, fonts and lines."""
        self._style = style
        self.update()

    def set_tool(self, tool: Tool) -> None:
        """Choose what a click does."""
        self._tool = tool
        self._crosshair = None
        self._show_cursor()
        self.update()

    def set_pin(self, pin: Pin | None) -> None:
        """Mark what is pinned."""
        self._pin = pin
        self.update()

    def show_scene(self, scene: Scene, picture: Picture | None = None) -> None:
        """Show a scene; with a picture, its points, and its viewport if there is none yet."""
        if picture is not None:
            self._raster = picture.raster
            if self._viewport is None or picture.request.viewport is None:
                self._viewport = self._sized(picture.points.viewport, equal=picture.equal)
        if self._scene is None or scene.cloud is not self._scene.cloud:
            self._hovered = None
        self._scene = scene
        self.update()

    def show_on_the_way(self, mixture: Mixture | None) -> None:
        """Paint another mixture than the scene's, which is where it is going; None: it is there."""
        self._on_the_way = mixture
        self.update()

    def set_viewport(self, viewport: Viewport) -> None:
        """Show another part of the plane."""
        self._viewport = viewport
        self.viewport_changed.emit(viewport)
        self.update()

    def move_crosshair(self, across: int, down: int) -> None:
        """Move the place where Enter puts a seed, by pixels; it begins in the middle."""
        at = self._crosshair or QPointF(0.5 * self.width(), 0.5 * self.height())
        moved = QPointF(at.x() + across, at.y() + down)
        self._crosshair = QPointF(
            min(max(moved.x(), 0), self.width() - 1), min(max(moved.y(), 0), self.height() - 1)
        )
        self.update()

    def request_seed_at_crosshair(self) -> None:
        """Ask for a seed where the crosshair is."""
        place = self._place(self._crosshair) if self._crosshair else None
        if place is not None:
            self.seed_requested.emit(place)

    def cancel_drag(self) -> bool:
        """Give up what the mouse is doing; whether it was doing something."""
        press, self._press = self._press, None
        if press is None or not press.moved:
            return press is not None
        if press.seed is not None:
            self.drag_cancelled.emit()
        elif press.viewport is not None:
            self.set_viewport(press.viewport)
        self._show_cursor()
        self.update()
        return True

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the scene and what belongs to the mouse."""
        painter = QPainter(self)
        palette = self._style.palette
        if self._scene is None or self._viewport is None:
            painter.fillRect(self.rect(), QColor(palette.canvas))
            painter.end()
            return
        scene = _with_mixture(self._scene, self._on_the_way)
        paint_scene(painter, self._viewport, scene, self._style)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_marks(painter, palette)
        painter.end()

    def _paint_marks(self, painter: QPainter, palette: Palette) -> None:
        scene, viewport = self._scene, self._viewport
        if scene is None or viewport is None:
            return
        scene = _with_mixture(scene, self._on_the_way)
        pen = QPen(QColor(palette.accent), 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        if self._pin is not None and (at := self._position(self._pin)) is not None:
            radius = 7 if self._pin.kind == "point" else badge_radius(self._style) + 4
            painter.drawEllipse(at, radius, radius)
        if self._crosshair is not None:
            at = self._crosshair
            painter.drawLine(QPointF(at.x() - 14, at.y()), QPointF(at.x() + 14, at.y()))
            painter.drawLine(QPointF(at.x(), at.y() - 14), QPointF(at.x(), at.y() + 14))
        press = self._press
        if press is not None and press.shift and press.moved:
            box = QRectF(press.at, press.to).normalized()
            tint = QColor(palette.accent)
            tint.setAlpha(40)
            painter.setBrush(tint)
            painter.drawRect(box)
        shown = self.shown_point
        if shown is not None and not self.is_dragging:
            if scene.layers.lines and scene.cloud.d == 2:
                paint_responsibility_lines(painter, viewport, scene, shown, self._style)
            paint_point_card(painter, viewport, scene, shown, self._style)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the middle in the middle."""
        if self._viewport is not None:
            equal = abs(self._viewport.x_scale / self._viewport.y_scale - 1) < 1e-9
            self._viewport = self._sized(self._viewport, equal=equal)
        super().resizeEvent(event)
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a click or a drag."""
        if event.button() != Qt.MouseButton.LeftButton or self._scene is None:
            return
        at = event.position()
        seed = self._seed_at(at)
        mean = self._mean_at(at) if seed is None else None
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._press = _Press(at, seed, mean, shift and seed is None, at, viewport=self._viewport)
        self._has_placed = False
        self._hover(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag what was pressed, or say what is under the pointer."""
        at = event.position()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            # The button went up where nobody told: over a menu, in another window.
            self.cancel_drag()
        press = self._press
        if press is None:
            self._hover(self._hovered_at(at))
            self._show_cursor(at)
            return
        if not press.moved:
            distance = (at - press.at).manhattanLength()
            if distance < QApplication.startDragDistance() // 2:
                return
            press.moved = True
        if press.seed is not None:
            if (place := self._place(at)) is not None:
                self.seed_dragged.emit(press.seed, place)
        elif press.mean is not None and self._tool == "pick":
            self.mean_dragged.emit(press.mean)
        elif press.shift:
            press.to = at
            self.update()
        elif press.viewport is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            across, down = at.x() - press.at.x(), at.y() - press.at.y()
            self.set_viewport(self._held(press.viewport.panned(across, down)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a click or a drag."""
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        press, self._press = self._press, None
        at = event.position()
        self._show_cursor(at)
        if not press.moved:
            self._click(at, press)
        elif press.seed is not None:
            if (place := self._place(at)) is not None:
                self.seed_dropped.emit(press.seed, place)
        elif press.shift:
            first, second = self._place(press.at), self._place(at)
            if first is not None and second is not None:
                self.selection_requested.emit((first, second))
        self.update()

    def _click(self, at: QPointF, press: _Press) -> None:
        if self._tool == "seed" and press.seed is None:
            self._has_placed = True
            if (place := self._place(at)) is not None:
                self.seed_requested.emit(place)
            return
        self.pinned.emit(self._pin_at(at, press))

    def _pin_at(self, at: QPointF, press: _Press) -> Pin | None:
        if press.seed is not None:
            return Pin("seed", press.seed)
        if press.mean is not None:
            return Pin("mean", press.mean)
        point = self._point_at(at)
        return None if point is None else Pin("point", point)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open a seed's numbers, or fit the view; nothing where the first click was for a seed."""
        if event.button() != Qt.MouseButton.LeftButton or self._tool == "seed" or self._has_placed:
            return
        seed = self._seed_at(event.position())
        if seed is not None:
            self.numbers_requested.emit(seed)
        elif self._mean_at(event.position()) is None:
            self.fit_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the pointer."""
        if self._viewport is None or self.is_dragging:
            return
        turns = event.angleDelta().y() / 120
        at = event.position()
        self.set_viewport(self._held(self._viewport.zoomed(_ZOOM**turns, at.x(), at.y())))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Ask for the menu of what is under the pointer."""
        if self.is_dragging:
            return
        at = QPointF(event.pos())
        self.menu_requested.emit(event.globalPos(), self._seed_at(at), self._place(at))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the pointer any more."""
        self._hover(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave all keys to the window."""
        event.ignore()

    def _sized(self, viewport: Viewport, *, equal: bool) -> Viewport:
        if (viewport.width, viewport.height) == (self.width(), self.height()):
            return viewport
        return viewport.resized(self.width(), self.height(), equal=equal)

    def _held(self, viewport: Viewport) -> Viewport:
        """One-dimensional data keeps its heights."""
        if self._viewport is None or self._scene is None or self._scene.cloud.d == 2:
            return viewport
        return replace(viewport, bottom=self._viewport.bottom, top=self._viewport.top)

    def _place(self, at: QPointF) -> Seed | None:
        if self._viewport is None or self._scene is None:
            return None
        return self._viewport.to_data(at.x(), at.y())[: self._scene.cloud.d]

    def _position(self, pin: Pin) -> QPointF | None:
        scene = self._scene
        if scene is None:
            return None
        place: Seed | None = None
        if pin.kind == "seed" and pin.index < len(scene.seeds):
            place = scene.seeds[pin.index]
        elif pin.kind == "mean" and scene.mixture is not None and pin.index < scene.mixture.k:
            place = tuple(scene.mixture.means[pin.index].tolist())
        elif pin.kind == "point" and pin.index < scene.cloud.n and self._viewport is not None:
            return pixel_of_point(self._viewport, scene, pin.index, self._style.scale)
        if place is None or self._viewport is None:
            return None
        return pixel_of(self._viewport, place)

    def _seed_at(self, at: QPointF) -> int | None:
        if self._scene is None or not self._scene.layers.seeds:
            return None
        return self._nearest_badge(at, self._scene.seeds)

    def _mean_at(self, at: QPointF) -> int | None:
        mixture: Mixture | None = self._scene.mixture if self._scene is not None else None
        if mixture is None:
            return None
        return self._nearest_badge(at, tuple(tuple(mean) for mean in mixture.means.tolist()))

    def _hovered_at(self, at: QPointF) -> Pin | None:
        mean = self._mean_at(at)
        if mean is not None:
            return Pin("mean", mean)
        if self._tool == "seed" or self._seed_at(at) is not None:
            return None
        point = self._point_at(at)
        return None if point is None else Pin("point", point)

    def _nearest_badge(self, at: QPointF, places: tuple[Seed | None, ...]) -> int | None:
        if self._viewport is None:
            return None
        return nearest_place(self._viewport, places, at, badge_radius(self._style) + _GRASP)

    def _point_at(self, at: QPointF) -> int | None:
        if self._scene is None or self._viewport is None or self._raster is None:
            return None
        return nearest_point(self._viewport, self._scene, self._raster, at, self._style.scale)

    def _hover(self, pin: Pin | None) -> None:
        if pin != self._hovered:
            self._hovered = pin
            self.hovered.emit(pin)
            self.update()

    def _show_cursor(self, at: QPointF | None = None) -> None:
        if at is not None and self._seed_at(at) is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._tool == "seed":
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.ArrowCursor)


def _with_mixture(scene: Scene, mixture: Mixture | None) -> Scene:
    """The scene with its ellipses on their way, each mean at the end of its trail."""
    if mixture is None or scene.mixture is None or mixture.k != scene.mixture.k:
        return scene
    trails = scene.trails
    if trails is not None and len(trails) > 1:
        trails = np.concatenate([trails[:-1], mixture.means[None]])
    return replace(scene, mixture=mixture, trails=trails)
