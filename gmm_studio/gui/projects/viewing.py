"""How the window is looked at, as a project keeps it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Any

from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.scene import MOST_BINS
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.lessons.screen import Screen
from gmm_studio.gui.moment import Half, Moment
from gmm_studio.gui.playback import Playback
from gmm_studio.lessons.views import CURVES, LAYERS, SIDES, SPEEDS, TABS, LayerValue, Views

if TYPE_CHECKING:
    from gmm_studio.project.model import Json

__all__ = ["Viewing"]

_HALVES: tuple[Half, ...] = ("whole", "E", "M")


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
        usual = replace(Views(), speed=self._screen.views.speed)
        self._screen.show(_views(state, usual))
        if isinstance(glide := state.get("glide"), bool):
            self._set_glide(glide)

    def show_place(self, state: Mapping[str, Any], d: int) -> None:
        """Look where it was looked, at a cloud of d dimensions that is on show now."""
        half = _choice(state.get("half"), _HALVES, "whole")
        if half == "E" and self._playback.has_halves:
            self._playback.show(Moment(self._playback.cursor, "E"))
        equal = state.get("equal")
        if isinstance(equal, bool):
            self._stage.set_equal(equal)
        viewport = _viewport(state.get("viewport"))
        if viewport is not None:
            from gmm_studio.gui.figures.layout import framed

            size = self._view.width(), self._view.height()
            if size != (viewport.width, viewport.height):
                viewport = framed(viewport, *size, d)
            self._stage.show_viewport(viewport)


def _views(state: Mapping[str, Any], usual: Views) -> Views:
    layers = state.get("layers")
    known = layers.items() if isinstance(layers, dict) else ()
    return Views(
        tuple(sorted((name, value) for name, value in known if _is_layer(name, value))),
        state.get("half_steps") is True,
        _choice(state.get("curve"), CURVES, usual.curve),
        _choice(state.get("speed"), SPEEDS, usual.speed),
        _choice(state.get("tab"), TABS, usual.tab),
        _choice(state.get("side"), SIDES, usual.side),
    )


def _is_layer(name: str, value: LayerValue) -> bool:
    if name == "bins":
        return type(value) is int and 0 <= value <= MOST_BINS
    return any(type(one) is type(value) and one == value for one in LAYERS.get(name, ()))


def _choice(value: Any, known: tuple[Any, ...], usual: Any) -> Any:
    return next((one for one in known if type(one) is type(value) and one == value), usual)


def _viewport(value: Any) -> Viewport | None:
    """Six numbers as the part of the plane that they name, if they do."""
    if not isinstance(value, list) or len(value) != 6:
        return None
    if not all(type(one) in (int, float) and math.isfinite(one) for one in value):
        return None
    try:
        viewport = Viewport(*map(float, value))
    except OverflowError:
        return None
    is_upright = viewport.left < viewport.right and viewport.bottom < viewport.top
    has_size = min(viewport.width, viewport.height) >= 1
    return viewport if is_upright and has_size and viewport.is_usable() else None
