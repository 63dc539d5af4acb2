"""What a plot of curves shows: lines, levels, marks and words, apart from how it is painted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.curves.series import CurveKind

__all__ = ["Bundle", "Chart", "Level", "Period"]


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """Curves that belong together.

    Attributes
    ----------
    values : ndarray, shape (t, m)
        Of each curve at each iteration; NaN where there is nothing.
    colours : tuple of str
        Of each curve.
    told : tuple of str
        What hovering says of each, with {value} and {t} in it.
    numbered : bool
        Whether the curves are components, numbered at their end.
    dashed : bool
    offset, size : float
        A value is drawn at (value - offset) / size.
    """

    values: FloatArray
    colours: tuple[str, ...]
    told: tuple[str, ...]
    numbered: bool = False
    dashed: bool = False
    offset: float = 0.0
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Level:
    """A dashed line at a value, and what it is."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Period:
    """Iterations from one on until the next period begins: what they are called, and in short."""

    first: int
    text: str
    short: str


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """One kind of curves of a run, earlier runs behind them.

    Attributes
    ----------
    kind : CurveKind
    front, behind : tuple of Bundle
    longest : int
        The last iteration there is room for.
    written : callable
        A value in words.
    log : bool
        Whether values are drawn by their logarithm.
    levels : tuple of Level
    mark : tuple of int and str, optional
        An iteration and what is said of it.
    periods : tuple of Period
        Parts of the run between which curves jump.
    events : tuple of int
        Iterations in which something happened.
    with_zero : bool
        Whether 0 is always in the picture.
    ends_only : bool
        Whether of curves that are behind others only the last values have to be in the picture.
    ticks : dict of float to str, optional
        Instead of round numbers: by the place where they are drawn. A tab parts a name, which
        may be cut short, from its number; there may be several lines.
    caption : str
        A few words beside the name.
    note : str
        Why there is no curve.
    """

    kind: CurveKind
    front: tuple[Bundle, ...]
    behind: tuple[Bundle, ...]
    longest: int
    written: Callable[[float], str]
    log: bool = False
    levels: tuple[Level, ...] = ()
    mark: tuple[int, str] | None = None
    periods: tuple[Period, ...] = ()
    events: tuple[int, ...] = ()
    with_zero: bool = False
    ends_only: bool = False
    ticks: Mapping[float, str] | None = None
    caption: str = ""
    note: str = ""

    def drawn(self, bundle: Bundle, values: FloatArray) -> FloatArray:
        """Values on the scale of the axis; NaN where they are not on it."""
        if not self.log:
            return (values - bundle.offset) / bundle.size
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(values)
        return np.where(np.isfinite(logs), logs, np.nan)

    def limits(self, left: float, right: float) -> tuple[float, float]:
        """The lowest and the highest place that has to be seen between two iterations."""
        if self.ticks is not None:
            return min(self.ticks), max(self.ticks)
        found = [_extent(bundle, left, right) for bundle in self.front]
        if self.ends_only and self.front:
            found += [_ends(bundle) for bundle in self.behind]
        else:
            found += [_extent(bundle, left, right) for bundle in self.behind]
        found += [(level.value, level.value) for level in self.levels]
        found += [(0.0, 0.0)] if self.with_zero else []
        finite = np.array([pair for pair in found if np.isfinite(pair).all()])
        if not finite.size:
            return 0.0, 1.0
        low, high = float(finite[:, 0].min()), float(finite[:, 1].max())
        return (float(np.log10(low)), float(np.log10(high))) if self.log else (low, high)


def _extent(bundle: Bundle, left: float, right: float) -> tuple[float, float]:
    first, last = max(int(np.floor(left)), 0), int(np.ceil(right))
    inside = bundle.values[first : last + 1]
    low = float(np.fmin.reduce(inside, axis=None, initial=np.inf))
    high = float(np.fmax.reduce(inside, axis=None, initial=-np.inf))
    return (low - bundle.offset) / bundle.size, (high - bundle.offset) / bundle.size


def _ends(bundle: Bundle) -> tuple[float, float]:
    last = (float(bundle.values[-1, 0]) - bundle.offset) / bundle.size
    return last, last
