"""What the colours of a map of basins mean: an entry for each optimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.basins import BasinMap
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.optima import Optimum, Spurious
from gmm_studio.gui.laboratory.basin_layer import Brightness, order

__all__ = ["BasinLegend", "LegendEntry", "LegendPlace", "make_legend"]


@dataclass(frozen=True, slots=True, eq=False)
class LegendEntry:
    """One optimum of a map.

    Attributes
    ----------
    number : int
        Of the optimum in the map.
    slot : int
        Of its tint.
    mixture : Mixture
    log_likelihood : float
    below : float
        How far that is below the best found that is not spurious.
    share : float
        Of the map's cells that lead there.
    spurious : {"", "few", "collapsed", "emptied"}
    """

    number: int
    slot: int
    mixture: Mixture
    log_likelihood: float
    below: float
    share: float
    spurious: Spurious


@dataclass(frozen=True, slots=True)
class LegendPlace:
    """Where a person has put a legend, and whether only its title is left.

    Attributes
    ----------
    corner : tuple of float or None
        How much of the room that it leaves is at its left and above it, from 0 to 1; None where
        nobody has moved it. In a view of another size it is inside as well.
    folded : bool
    """

    corner: tuple[float, float] | None = None
    folded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class BasinLegend:
    """All that the legend of a map says.

    Attributes
    ----------
    j : int
        The seed that is moved, from 0.
    low, high : ndarray, shape (d,)
        The box of the cloud.
    entries : tuple of LegendEntry
        The best first, spurious ones last.
    notes : tuple of str
        What the map rests on.
    """

    j: int
    low: FloatArray
    high: FloatArray
    entries: tuple[LegendEntry, ...]
    notes: tuple[str, ...]


def make_legend(
    basins: BasinMap,
    cloud: PointCloud,
    j: int,
    slots: Sequence[int],
    gain: float,
    brightness: Brightness = "log_likelihood",
    *,
    is_partial: bool = False,
) -> BasinLegend:
    """The legend of a map.

    Parameters
    ----------
    basins : BasinMap
    cloud : PointCloud
    j : int
        The seed that is moved, from 0.
    slots : sequence of int
        Of the tints of the map's optima.
    gain : float
        The tolerance of EM: too loose a one invents optima.
    brightness : {"log_likelihood", "iterations"}
        What the shades of the map say.
    is_partial : bool
        Whether the map was given up before it was fine.
    """
    counts = np.bincount(basins.optimum.ravel(), minlength=len(basins.optima))
    ranked = [i for i in order(basins.optima) if counts[i]]
    best = basins.optima[ranked[0]].log_likelihood
    entries = [
        _entry(i, basins.optima[i], slots[i], best, counts[i] / basins.optimum.size) for i in ranked
    ]
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    return BasinLegend(
        j, low, high, tuple(entries), _notes(basins, gain, brightness, is_partial=is_partial)
    )


def _entry(number: int, optimum: Optimum, slot: int, best: float, share: float) -> LegendEntry:
    level, below = optimum.log_likelihood, best - optimum.log_likelihood
    return LegendEntry(number, slot, optimum.mixture, level, below, float(share), optimum.spurious)


def _notes(
    basins: BasinMap, gain: float, brightness: Brightness, *, is_partial: bool
) -> tuple[str, ...]:
    translate = QCoreApplication.translate
    notes = []
    if is_partial:
        text = translate("BasinLegend", "stopped early: coarse, {cell} × {cell} cells in one")
        notes.append(text.format(cell=basins.cell))
    if basins.sample is not None:
        text = translate("BasinLegend", "on a sample of {n} points")
        notes.append(text.format(n=f"{basins.sample:,}"))
    shades = {
        "log_likelihood": translate("BasinLegend", "darker: lower log-likelihood"),
        "iterations": translate("BasinLegend", "darker: more iterations"),
    }
    notes.append(shades[brightness])
    text = translate("BasinLegend", "EM stops below {gain} per point")
    notes.append(text.format(gain=f"{gain:g}".replace("e-0", "e-")))
    text = translate("BasinLegend", "one optimum: within {level} per point")
    notes.append(text.format(level=f"{basins.tolerance.log_likelihood:g}"))
    return tuple(notes)
