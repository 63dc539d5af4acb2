"""How a page of a lesson is to be looked at: names and values, without anything that paints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from gmm_studio.core.starts import Method

__all__ = [
    "CURVES",
    "LAYERS",
    "SIDES",
    "SPEEDS",
    "TABS",
    "LayerValue",
    "Side",
    "Tab",
    "Trial",
    "Views",
]

LayerValue: TypeAlias = bool | str | int
Tab: TypeAlias = Literal["curves", "optima", "race", "components"]
Side: TypeAlias = Literal["parameters", "explanation", "runs"]

TABS: tuple[Tab, ...] = get_args(Tab)
SIDES: tuple[Side, ...] = get_args(Side)
SPEEDS: tuple[int, ...] = (1, 2, 5, 10, 20, 60)
"""Steps per second."""

CURVES: tuple[str, ...] = (
    "log_likelihood",
    "classification",
    "free_energy",
    "distance",
    "change",
    "weights",
    "means",
    "eigenvalues",
    "points",
    "temperature",
)

_ON: tuple[LayerValue, ...] = (True, False)
_OFF: tuple[LayerValue, ...] = (False, True)

LAYERS: dict[str, tuple[LayerValue, ...]] = {
    "ellipses": _ON,
    "coverage": _OFF,
    "trails": _ON,
    "ghosts": _OFF,
    "seeds": _ON,
    "lines": _OFF,
    "truth": _OFF,
    "labels": ("none", "colour", "marker"),
    "hard": _OFF,
    "sizes": _OFF,
    "background": ("none", "density", "regions", "uncertainty", "basins", "likelihood"),
    "density": ("filled", "lines", "heat"),
    "uncertainty": ("maximum", "entropy"),
    "grid": _ON,
    "bins": (0,),
}
"""What each layer of the cloud view may be, as it usually is first. The bins of a histogram are any
whole number; 0 leaves their number to the data."""


@dataclass(frozen=True, slots=True)
class Views:
    """What is switched on and where a person looks.

    Attributes
    ----------
    layers : tuple of (name, value)
        Those that are not as usual, in the order of their names.
    half_steps : bool
        Whether E-step and M-step are shown one after the other.
    curve : str
        The kind of curve, one of `CURVES`.
    speed : int
        Steps per second, one of `SPEEDS`.
    tab : {"curves", "optima", "race", "components"}
        What is shown below the cloud.
    side : {"parameters", "explanation", "runs"}
        What is shown beside it.
    """

    layers: tuple[tuple[str, LayerValue], ...] = ()
    half_steps: bool = False
    curve: str = "log_likelihood"
    speed: int = 5
    tab: Tab = "curves"
    side: Side = "parameters"


@dataclass(frozen=True, slots=True)
class Trial:
    """Many starts of several methods, to be tried with one click.

    Attributes
    ----------
    methods : tuple of Method
    runs : int
        Starts of each.
    """

    methods: tuple[Method, ...]
    runs: int
