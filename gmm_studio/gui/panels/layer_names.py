"""What layers and their values are called wherever a person chooses them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import QCoreApplication

__all__ = ["LayerChoice", "choice_names", "switch_names"]

LayerChoice: TypeAlias = Literal["background", "density", "uncertainty", "labels"]


def switch_names(*, is_flat: bool = True) -> dict[str, str]:
    """The names of the layers that are on or off.

    Parameters
    ----------
    is_flat : bool
        Whether the points are in the plane; on a line components have bars and densities.
    """
    return {
        "hard": _tr("Hard colours"),
        "sizes": _tr("Uncertain points larger"),
        "lines": _tr("Lines to the means"),
        "ellipses": _tr("Ellipses") if is_flat else _tr("Sigma bars"),
        "coverage": _tr("By coverage (50, 90, 95 %)"),
        "ghosts": _tr("Earlier ellipses") if is_flat else _tr("Earlier densities"),
        "trails": _tr("Trails of the means"),
        "seeds": _tr("Seeds"),
        "truth": _tr("True mixture"),
        "grid": _tr("Grid"),
    }


def choice_names(choice: LayerChoice) -> dict[str, str]:
    """The values of a layer that has several, each under its name."""
    names: dict[LayerChoice, dict[str, str]] = {
        "background": {
            _tr("No background"): "none",
            _tr("Density"): "density",
            _tr("Regions"): "regions",
            _tr("Uncertainty"): "uncertainty",
            _tr("Basins of the seed"): "basins",
            _tr("Likelihood of the seed"): "likelihood",
        },
        "density": {
            _tr("Filled contours"): "filled",
            _tr("Contour lines"): "lines",
            _tr("Heat map"): "heat",
        },
        "uncertainty": {
            _tr("1 \N{MINUS SIGN} the largest"): "maximum",
            _tr("Entropy"): "entropy",
        },
        "labels": {
            _tr("True labels hidden"): "none",
            _tr("True labels as colours"): "colour",
            _tr("True labels as markers"): "marker",
        },
    }
    return names[choice]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Layers", text)
