"""How a project was looked at, read from what anyone may have written there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.gui.canvas.scene import MOST_BINS
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.moment import Half, Moment
from gmm_studio.lessons.views import CURVES, LAYERS, SIDES, SPEEDS, TABS, LayerValue, Views

__all__ = ["SavedView"]

_HALVES: tuple[Half, ...] = ("whole", "E", "M")
_USUAL = Views()


@dataclass(frozen=True, slots=True)
class SavedView:
    """The view of a project.

    Attributes
    ----------
    views : Views
    glide : bool or None
        Whether ellipses glide; None if that is not known, as for the others.
    equal : bool or None
        Whether a unit was asked to be as long on both axes.
    viewport : Viewport or None
        None if all points were in sight.
    half : {"whole", "E", "M"}
        What of the iteration was on show.
    """

    views: Views = _USUAL
    glide: bool | None = None
    equal: bool | None = None
    viewport: Viewport | None = None
    half: Half = "whole"

    @classmethod
    def of(cls, state: Mapping[str, Any], usual: Views = _USUAL) -> SavedView:
        """What a state says, whatever it is: what cannot be used is as usual."""
        return cls(
            _views(state, usual),
            _choice(state.get("glide"), (True, False), None),
            _choice(state.get("equal"), (True, False), None),
            _viewport(state.get("viewport")),
            _choice(state.get("half"), _HALVES, "whole"),
        )

    def moment(self, cursor: int) -> Moment:
        """What was on show of a run whose cursor stood at an iteration."""
        if not self.views.half_steps:
            return Moment(cursor)
        return Moment(cursor, "M" if cursor == 0 else self.half)


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
    if not all(type(one) in (int, float) for one in value):
        return None
    try:
        viewport = Viewport(*map(float, value))
    except OverflowError:
        return None
    if not all(map(math.isfinite, astuple(viewport))):
        return None
    limits = viewport.left, viewport.right, viewport.bottom, viewport.top
    is_upright = viewport.left < viewport.right and viewport.bottom < viewport.top
    has_size = min(viewport.width, viewport.height) >= 1
    is_near = max(map(abs, limits)) <= LARGEST_COORDINATE
    return viewport if is_upright and has_size and is_near and viewport.is_usable() else None
