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

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Seed
from gmm_studio.gui.canvas.hits import nearest_place, nearest_point, pixel_of, pixel_of_point
from gmm_studio.gui.canvas.mixture_painting import (
    badge_radius,
    paint_means,
    paint_responsibility_lines,
)
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.point_card import paint_point_card
from gmm_studio.gui.canvas.raster import Raster
from gmm_studio.gui.canvas.rendering import Picture
from gmm_studio.gui.canvas.scene import Overlay, Scene
from gmm_studio.gui.canvas.scenes import on_the_way
from gmm_studio.gui.canvas.seed_handles import (
    Grip,
    Handles,
    cursor_of,
    handles_of,
    paint_handles,
)
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.style import Style

__all__ = ["CloudView", "Pin", "Tool"]

Tool: TypeAlias = Literal["pick", "seed", "draw"]

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
    handles: Handles | None = None
    grip: Grip | None = None

    def covariance(self, at: QPointF) -> FloatArray | None:
        """What the ellipse becomes if its handle is dragged to here."""
        if self.handles is None or self.grip is None:
            return None
        return self.handles.dragged(self.grip, self.at, at)


class CloudView(QWidget):
    """Shows points, ellipses, means and seeds. Emits what is asked for; changes nothing itself."""

    seed_requested = Signal(tuple)
    seed_dragged = Signal(int, tuple)
    seed_dropped = Signal(int, tuple)
    shape_dragged = Signal(int, object)
    shape_dropped = Signal(int, object)
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
    painted = Signal()

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
        self._last_hovered: int | None = None
        self._on_the_way: Mixture | None = None
        self._overlay: Overlay | None = None
        self._pin: Pin | None = None
        self._crosshair: QPointF | None = None
        self._configuration = Configuration()
        self._towards: FloatArray | None = None

    @property
    def viewport(self) -> Viewport | None:
        """What is shown, None before the first picture."""
        return self._viewport

    @property
    def scene(self) -> Scene | None:
        """What is on show."""
        if self._scene is None or self._overlay is None:
            return self._scene
        return replace(self._scene, overlay=self._overlay)

    @property
    def overlay(self) -> Overlay | None:
        """What is painted besides."""
        return self._overlay

    def set_overlay(self, overlay: Overlay | None) -> None:
        """Paint something besides, or no longer."""
        self._overlay = overlay
        self.update()

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
    def explained_point(self) -> int | None:
        """The point that is shown, else the last one that was hovered."""
        shown = self.shown_point
        return self._last_hovered if shown is None else shown

    @property
    def crosshair(self) -> QPointF | None:
        """Where Enter places a seed, in pixels; None before an arrow key was used."""
        return self._crosshair

    @property
    def handles(self) -> Handles | None:
        """Of the selected seed's ellipse, while the start is on show."""
        scene, viewport, pin = self._scene, self._viewport, self._pin
        if scene is None or viewport is None or pin is None or pin.kind != "seed":
            return None
        mixture, layers = scene.mixture, scene.layers
        if mixture is None or scene.iteration > 0 or self._tool != "pick":
            return None
        if not layers.ellipses or not layers.seeds or pin.index >= mixture.k:
            return None
        if mixture.weights[pin.index] == 0:
            return None
        return handles_of(
            viewport,
            mixture,
            pin.index,
            self._configuration.covariance,
            self._style,
            coverage=layers.coverage,
            towards=self._towards,
        )

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
        self._towards = None
        self.update()

    def show_configuration(self, configuration: Configuration) -> None:
        """Say what structure covariances have."""
        self._configuration = configuration
        self.update()

    def show_scene(self, scene: Scene, picture: Picture | None = None) -> None:
        """Show a scene; with a picture, its points, and its viewport if there is none yet."""
        if picture is not None:
            self._raster = picture.raster
            if self._viewport is None or picture.request.viewport is None:
                self._viewport = self._sized(picture.points.viewport, equal=picture.equal)
        if self._scene is None or scene.cloud is not self._scene.cloud:
            self._hovered = self._last_hovered = None
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
        if press.seed is not None or press.grip is not None:
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
        scene = on_the_way(self.scene or self._scene, self._on_the_way)
        paint_scene(painter, self._viewport, scene, self._style)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_marks(painter, palette)
        painter.end()
        self.painted.emit()

    def _paint_marks(self, painter: QPainter, palette: Palette) -> None:
        scene, viewport = self._scene, self._viewport
        if scene is None or viewport is None:
            return
        scene = on_the_way(scene, self._on_the_way)
        handles, press = self.handles, self._press
        if handles is not None:
            paint_handles(painter, handles, self._style, press.grip if press else None)
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
        if press is not None and press.shift and press.moved:
            box = QRectF(press.at, press.to).normalized()
            tint = QColor(palette.accent)
            tint.setAlpha(40)
            painter.setBrush(tint)
            painter.drawRect(box)
        shown = self.shown_point
        if shown is not None and not self.is_dragging:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawEllipse(pixel_of_point(viewport, scene, shown, self._style.scale), 6, 6)
            if scene.layers.lines and scene.cloud.d == 2:
                paint_responsibility_lines(painter, viewport, scene, shown, self._style)
                paint_means(painter, viewport, scene, self._style)
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
        handles = self.handles
        if handles is not None and (grip := handles.grip_at(at)) is not None:
            self._press = _Press(at, None, None, False, at, handles=handles, grip=grip)
            self._towards = _turning_from(handles)
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
        self._drag(press, at)

    def _drag(self, press: _Press, at: QPointF) -> None:
        if press.handles is not None:
            self._drag_handle(press, at)
        elif press.seed is not None:
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

    def _drag_handle(self, press: _Press, at: QPointF) -> None:
        covariance = press.covariance(at)
        if press.handles is None or press.grip is None or covariance is None:
            return
        if press.grip.kind == "turn":
            away = np.array([at.x(), at.y()]) - press.handles.middle
            self._towards = away / max(float(np.hypot(*away)), 1.0)
        self.shape_dragged.emit(press.handles.j, covariance)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a click or a drag."""
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        press, self._press = self._press, None
        at = event.position()
        self._show_cursor(at)
        if press.handles is not None:
            if press.moved and (covariance := press.covariance(at)) is not None:
                self.shape_dropped.emit(press.handles.j, covariance)
        elif not press.moved:
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
        point = self.point_at(at)
        return None if point is None else Pin("point", point)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open a seed's numbers, or fit the view; nothing where the first click was for a seed."""
        if event.button() != Qt.MouseButton.LeftButton or self._tool == "seed" or self._has_placed:
            return
        seed = self._seed_at(event.position())
        if self._pin is not None and self._grip_at(event.position()) is not None:
            seed = self._pin.index
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

    def _grip_at(self, at: QPointF) -> Grip | None:
        handles = self.handles
        return None if handles is None else handles.grip_at(at)

    def _hovered_at(self, at: QPointF) -> Pin | None:
        if self._grip_at(at) is not None:
            return None
        mean = self._mean_at(at)
        if mean is not None:
            return Pin("mean", mean)
        if self._tool == "seed" or self._seed_at(at) is not None:
            return None
        point = self.point_at(at)
        return None if point is None else Pin("point", point)

    def _nearest_badge(self, at: QPointF, places: tuple[Seed | None, ...]) -> int | None:
        if self._viewport is None:
            return None
        return nearest_place(self._viewport, places, at, badge_radius(self._style) + _GRASP)

    def point_at(self, at: QPointF) -> int | None:
        """The point (from 0) nearest to a pixel, within 8 pixels."""
        if self._scene is None or self._viewport is None or self._raster is None:
            return None
        return nearest_point(self._viewport, self._scene, self._raster, at, self._style.scale)

    def _hover(self, pin: Pin | None) -> None:
        if pin != self._hovered:
            self._hovered = pin
            if pin is not None and pin.kind == "point":
                self._last_hovered = pin.index
            self.hovered.emit(pin)
            self.update()

    def _show_cursor(self, at: QPointF | None = None) -> None:
        grip = self._grip_at(at) if at is not None else None
        if grip is not None:
            self.setCursor(cursor_of(grip, self._style.palette))
        elif at is not None and self._seed_at(at) is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._tool != "pick":
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.ArrowCursor)


def _turning_from(handles: Handles) -> FloatArray | None:
    """Where the handle for turning is, so that it stays there while the ellipse changes."""
    return next((grip.direction for grip in handles.grips if grip.kind == "turn"), None)
