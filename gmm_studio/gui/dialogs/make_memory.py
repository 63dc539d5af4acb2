"""What was made last, kept in the settings."""

from __future__ import annotations

import math

from PySide6.QtCore import QSettings

from gmm_studio.core.recipe import Recipe
from gmm_studio.data.generators import GENERATORS

__all__ = ["remember", "remembered"]

_FIRST = "separated"
_NONE = -1.0


def remember(settings: QSettings, recipe: Recipe) -> None:
    """Keep the recipe of a generated cloud."""
    values = {
        "source": recipe.source,
        "n": recipe.n,
        "k": _NONE if recipe.k is None else recipe.k,
        "random_state": recipe.random_state,
        "outliers": recipe.outliers,
        "noise": recipe.noise,
        "unequal": _NONE if recipe.unequal is None else recipe.unequal,
        "overlap": _NONE if recipe.overlap is None else recipe.overlap,
    }
    for name, value in values.items():
        settings.setValue(f"make/{name}", value)


def remembered(settings: QSettings) -> Recipe:
    """The recipe that was kept, the plain first cloud where there is none."""
    source = str(settings.value("make/source", _FIRST))
    source = source if source in GENERATORS else _FIRST
    own = GENERATORS[source].default_k
    unequal, overlap = _number(settings, "unequal", _NONE), _number(settings, "overlap", _NONE)
    k = int(_number(settings, "k", _NONE))
    return Recipe(
        source,
        int(_number(settings, "n", 1000)),
        k if own is not None and k >= 1 else own,
        int(_number(settings, "random_state", 0)),
        outliers=_number(settings, "outliers", 0.0),
        noise=_number(settings, "noise", 0.0),
        unequal=unequal if unequal >= 1 else None,
        overlap=overlap if 0 <= overlap <= 0.5 else None,
    )


def _number(settings: QSettings, name: str, default: float) -> float:
    try:
        value = float(str(settings.value(f"make/{name}", default)))
    except ValueError:
        return default
    return value if math.isfinite(value) and abs(value) < 2**31 else default
