"""Layers of the cloud view as the values that files hold, and back."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.lessons.views import LAYERS, LayerValue

__all__ = ["layers_of", "values_of"]


def layers_of(values: tuple[tuple[str, LayerValue], ...]) -> Layers:
    """The layers with these values, the others as usual."""
    changes: dict[str, Any] = dict(values)
    if "bins" in changes:
        changes["bins"] = changes["bins"] or None
    return replace(Layers(), **changes)


def values_of(layers: Layers) -> tuple[tuple[str, LayerValue], ...]:
    """The values of the layers that are not as usual."""
    found = {field.name: getattr(layers, field.name) for field in fields(Layers)}
    found["bins"] = found["bins"] or 0
    return tuple(sorted((name, value) for name, value in found.items() if value != LAYERS[name][0]))
