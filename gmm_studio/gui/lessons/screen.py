"""The views of the window, taken and set as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtWidgets import QTabWidget, QWidget

from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.curves.curve_view import CurveView
from gmm_studio.gui.curves.series import CurveKind
from gmm_studio.gui.lessons.layer_values import layers_of, values_of
from gmm_studio.gui.playback import Playback
from gmm_studio.lessons.views import SIDES, TABS, Views

__all__ = ["Screen"]


class Screen:
    """What can be seen, and how to have it otherwise.

    Parameters
    ----------
    stage : Stage
    playback : Playback
    curves : CurveView
    tabs, sides : QTabWidget
        What is below the cloud and beside it.
    pages, panels : sequence of QWidget
        In the order of `TABS` and `SIDES`.
    set_layers, set_halves, set_speed : callable
        How the window takes others.
    """

    def __init__(
        self,
        stage: Stage,
        playback: Playback,
        curves: CurveView,
        tabs: tuple[QTabWidget, tuple[QWidget, ...]],
        sides: tuple[QTabWidget, tuple[QWidget, ...]],
        set_layers: Callable[[Layers], None],
        set_halves: Callable[[bool], None],
        set_speed: Callable[[int], None],
    ) -> None:
        self._stage, self._playback, self._curves = stage, playback, curves
        self._tabs, self._sides = tabs, sides
        self._set_layers, self._set_halves, self._set_speed = set_layers, set_halves, set_speed

    @property
    def views(self) -> Views:
        """As it is now."""
        tabs, pages = self._tabs
        sides, panels = self._sides
        return Views(
            values_of(self._stage.layers),
            self._playback.has_halves,
            self._curves.kind,
            self._playback.speed,
            TABS[max(0, _index(pages, tabs.currentWidget()))],
            SIDES[max(0, _index(panels, sides.currentWidget()))],
        )

    def show(self, views: Views) -> None:
        """Have it so."""
        self._set_layers(layers_of(views.layers))
        if views.half_steps != self._playback.has_halves:
            self._set_halves(views.half_steps)
        if views.speed != self._playback.speed:
            self._set_speed(views.speed)
        self._curves.show_kind(cast("CurveKind", views.curve))
        tabs, pages = self._tabs
        sides, panels = self._sides
        tabs.setCurrentWidget(pages[TABS.index(views.tab)])
        sides.setCurrentWidget(panels[SIDES.index(views.side)])


def _index(widgets: tuple[QWidget, ...], current: QWidget) -> int:
    return widgets.index(current) if current in widgets else -1
