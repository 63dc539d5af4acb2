"""Which layers a figure shows: those of the screen, or others for this figure alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCursor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.gui.animation.frames import Take
from gmm_studio.gui.canvas.raster import MARKED_UP_TO
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.canvas.scenes import effective_layers
from gmm_studio.gui.panels.controls import Choice
from gmm_studio.gui.panels.layer_names import LayerChoice, choice_names, switch_names

__all__ = ["OverlayChoice", "overlays_of"]

_MAPS = ("basins", "likelihood")
"""Backgrounds that are of a seed and not of a mixture: there are those of the screen alone."""

_SWITCHES = (
    ("ellipses", "coverage", "ghosts", "trails", "seeds", "truth"),
    ("hard", "sizes", "grid"),
)
_CHOICES: tuple[LayerChoice, ...] = ("background", "labels")


class OverlayChoice(Choice):
    """Opens a menu of the layers that make sense; at first they are as on the screen.

    Parameters
    ----------
    cloud : PointCloud
    layers : Layers
        On the screen.
    without : collection of str
        Layers that would change nothing.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(
        self,
        cloud: PointCloud,
        layers: Layers,
        without: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__({"": None}, self.tr("What is shown of the mixture and the points"), parent)
        self._screen = self._layers = layers
        self._actions: dict[str, QAction] = {}
        self.menu = _StayingMenu(self)
        self.menu.aboutToHide.connect(self._on_closing)
        self._reset = self.menu.addAction(self.tr("As the screen"))
        self._reset.triggered.connect(self.reset)
        left_out = {*without, *_senseless(cloud)}
        self._add_switches(left_out, is_flat=cloud.d == 2)
        self._add_choices(left_out)
        self._show()

    @property
    def layers(self) -> Layers:
        """Of the figure."""
        return self._layers

    def reset(self) -> None:
        """Show what the screen shows."""
        self._take(self._screen)

    def showPopup(self) -> None:  # noqa: N802
        """Open the menu in place of a list."""
        self.menu.setMinimumWidth(self.width())
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _on_closing(self) -> None:
        """The pointer may be elsewhere by now, of which only the menu was told."""
        at = self.mapFromGlobal(QCursor.pos())
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, self.rect().contains(at))
        self.update()

    def _add_switches(self, left_out: Collection[str], *, is_flat: bool) -> None:
        names = switch_names(is_flat=is_flat)
        for part in _SWITCHES:
            self.menu.addSeparator()
            for name in part:
                if name not in left_out:
                    self._add(name, names[name])

    def _add_choices(self, left_out: Collection[str]) -> None:
        for choice in _CHOICES:
            if choice in left_out:
                continue
            self.menu.addSeparator()
            group = QActionGroup(self)
            shown = getattr(self._screen, choice)
            for text, value in choice_names(choice).items():
                name = f"{choice}_{value}"
                if value == shown or not (value in _MAPS or name in left_out):
                    group.addAction(self._add(name, text))

    def _add(self, name: str, text: str) -> QAction:
        action = self.menu.addAction(text)
        action.setCheckable(True)
        action.triggered.connect(lambda on: self._take(self._layers.switched(name, on)))
        self._actions[name] = action
        return action

    def _take(self, layers: Layers) -> None:
        is_other = layers != self._layers
        self._layers = layers
        self._show()
        if is_other:
            self.changed.emit()

    def _show(self) -> None:
        for name, action in self._actions.items():
            action.setChecked(self._layers.is_on(name))
        is_screen = self._layers == self._screen
        self._reset.setEnabled(not is_screen)
        self.setItemText(0, self.tr("As the screen") if is_screen else self.tr("Changed"))


def overlays_of(take: Take) -> OverlayChoice:
    """The layers of figures of any step of a run."""
    soft = replace(take.layers, hard=False)
    is_hard = effective_layers(soft, take.run.document.configuration).hard
    return OverlayChoice(take.run.cloud, take.layers, {"hard"} if is_hard else ())


class _StayingMenu(QMenu):
    """Stays open while what it holds is switched on and off."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_pressed = False

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Remember it: what opened the menu may be released over it."""
        self._is_pressed = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Switch what is clicked."""
        pressed, self._is_pressed = self._is_pressed, False
        if not (pressed and self._switch(self.actionAt(event.position().toPoint()))):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Switch what is chosen with the arrows."""
        keys = Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter
        if not (event.key() in keys and self._switch(self.activeAction())):
            super().keyPressEvent(event)

    def _switch(self, action: QAction | None) -> bool:
        if action is None or not action.isCheckable():
            return False
        action.trigger()
        return True


def _senseless(cloud: PointCloud) -> set[str]:
    """Layers and values that show nothing of a cloud."""
    found = set()
    if cloud.truth is None:
        found.add("truth")
    if cloud.labels is None:
        found.add("labels")
    if cloud.d == 1:
        found.add("sizes")
    if cloud.d == 1 or cloud.n > MARKED_UP_TO:
        found.add("labels_marker")
    return found
