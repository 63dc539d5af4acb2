"""How the window is looked at, as a project keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Any

from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.lessons.screen import Screen
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.playback import Playback
from gmm_studio.gui.projects.saved_view import SavedView
from gmm_studio.lessons.views import Views

if TYPE_CHECKING:
    from gmm_studio.project.model import Json

__all__ = ["Viewing"]


class Viewing:
    """Takes the views of the window as what JSON can hold, and sets them.

    What it is given may be anything: what cannot be used is as usual.
    """

    def __init__(
        self,
        screen: Screen,
        stage: Stage,
        view: CloudView,
        playback: Playback,
        set_glide: Callable[[bool], None],
    ) -> None:
        self._screen, self._stage, self._view = screen, stage, view
        self._playback, self._set_glide = playback, set_glide

    def take(self) -> dict[str, Json]:
        """As it is now."""
        views, viewport = self._screen.views, self._view.viewport
        moved = viewport is not None and not self._stage.is_fitted
        return {
            "layers": dict(views.layers),
            "half_steps": views.half_steps,
            "curve": views.curve,
            "speed": views.speed,
            "tab": views.tab,
            "side": views.side,
            "glide": self._stage.glides,
            "equal": self._stage.equal,
            "viewport": list(astuple(viewport)) if viewport is not None and moved else None,
            "half": self._playback.moment.half,
        }

    def show(self, state: Mapping[str, Any]) -> None:
        """Have all of it so that does not depend on the cloud."""
        saved = SavedView.of(state, replace(Views(), speed=self._screen.views.speed))
        self._screen.show(saved.views)
        if saved.glide is not None:
            self._set_glide(saved.glide)

    def show_place(self, state: Mapping[str, Any], d: int) -> None:
        """Look where it was looked, at a cloud of d dimensions that is on show now."""
        saved = SavedView.of(state)
        if saved.half == "E" and self._playback.has_halves:
            self._playback.show(Moment(self._playback.cursor, "E"))
        if saved.equal is not None:
            self._stage.set_equal(saved.equal)
        viewport = saved.viewport
        if viewport is not None:
            from gmm_studio.gui.figures.layout import framed

            size = self._view.width(), self._view.height()
            if size != (viewport.width, viewport.height):
                viewport = framed(viewport, *size, d)
            self._stage.show_viewport(viewport)
