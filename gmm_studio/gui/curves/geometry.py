"""Where curves are on the screen: places, polylines, the curve under the pointer, free room."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream, QPointF, QRectF
from PySide6.QtGui import QPolygonF

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.gui.curves.chart import Bundle, Chart

__all__ = ["Frame", "nearest_curve", "polylines", "spread"]

_FAR = 1e5
_PASSES = 3
_FEW = 64
_UNSEEN = 0.1
"""Pixels that a vertex may be beside a straight line, in each pass."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the plane is in which rectangle; heights are on the scale of the axis."""

    area: QRectF
    left: float
    right: float
    bottom: float
    top: float

    def across(self, iterations: FloatArray | IntArray) -> FloatArray:
        """Pixels from the left edge of the widget."""
        scale = self.area.width() / (self.right - self.left)
        return np.asarray(self.area.left() + (iterations - self.left) * scale)

    def down(self, heights: FloatArray) -> FloatArray:
        """Pixels from the upper edge of the widget, at most far outside."""
        share = (self.top - heights) / (self.top - self.bottom)
        return np.clip(self.area.top() + share * self.area.height(), -_FAR, _FAR)

    def place(self, iteration: float, height: float) -> QPointF:
        """A place in pixels of the widget."""
        x = self.area.left() + (iteration - self.left) * self.area.width() / (
            self.right - self.left
        )
        y = self.area.top() + (self.top - height) * self.area.height() / (self.top - self.bottom)
        return QPointF(x, min(max(y, -_FAR), _FAR))

    def iteration(self, across: float) -> float:
        """The iteration at a pixel."""
        share = (across - self.area.left()) / self.area.width()
        return self.left + share * (self.right - self.left)


def polylines(across: FloatArray, down: FloatArray) -> Iterator[QPolygonF]:
    """The parts of a curve between its gaps, shapes (p,) and (p,) with NaN in the gaps."""
    present = np.isfinite(down)
    if present.all():
        yield _polygon(across, down)
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[False], present, [False]])))
    for first, end in edges.reshape(-1, 2).tolist():
        yield _polygon(across[first:end], down[first:end])


def _straightened(across: FloatArray, down: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A curve without the vertices that nobody sees: painting takes longer the more there are."""
    for _ in range(_PASSES):
        if len(down) < _FEW:
            break
        x, before, after = across[1:-1:2], slice(0, -2, 2), slice(2, None, 2)
        share = (x - across[before]) / (across[after] - across[before])
        straight = down[before] + share * (down[after] - down[before])
        kept = np.ones(len(down), dtype=bool)
        kept[1:-1:2] = abs(down[1:-1:2] - straight) > _UNSEEN
        across, down = across[kept], down[kept]
    return across, down


def _polygon(across: FloatArray, down: FloatArray) -> QPolygonF:
    """By way of a stream: Python makes points one by one a hundred times slower."""
    across, down = _straightened(across, down)
    pairs = np.column_stack([across, down]).astype(">f8")
    polygon = QPolygonF()
    stream = QDataStream(QByteArray(struct.pack(">i", len(pairs)) + pairs.tobytes()))
    stream >> polygon
    return polygon


def nearest_curve(
    chart: Chart, frame: Frame, at: QPointF, reach: float
) -> tuple[Bundle, int] | None:
    """The curve that passes nearest to a place, in front before behind, within so many pixels."""
    for bundles in (chart.front, chart.behind):
        best: tuple[float, Bundle, int] | None = None
        for bundle in bundles:
            away = _distances(chart, bundle, frame, at, reach)
            if away.size and (best is None or away.min() < best[0]):
                j = int(away.argmin())
                best = (float(away[j]), bundle, j)
        if best is not None and best[0] <= reach:
            return best[1], best[2]
    return None


def _distances(chart: Chart, bundle: Bundle, frame: Frame, at: QPointF, reach: float) -> FloatArray:
    """How far each curve of a bundle is from a place in pixels, shape (m,)."""
    first = max(int(np.floor(frame.iteration(at.x() - reach))), 0)
    end = int(np.ceil(frame.iteration(at.x() + reach))) + 1
    rows = bundle.values[first:end]
    if len(rows) == 0:
        return np.empty(0)
    across = frame.across(np.arange(first, first + len(rows)))[:, None] - at.x()
    down = frame.down(chart.drawn(bundle, rows)) - at.y()
    away = np.hypot(across, down)
    if len(rows) > 1:
        along, rise = np.diff(across, axis=0), np.diff(down, axis=0)
        length = along * along + rise * rise
        share = np.clip(-(across[:-1] * along + down[:-1] * rise) / length, 0, 1)
        beside = np.hypot(across[:-1] + share * along, down[:-1] + share * rise)
        away = np.concatenate([away, beside])
    return np.asarray(np.fmin.reduce(np.where(np.isnan(away), np.inf, away), axis=0))


def spread(centres: Sequence[float], size: float, low: float, high: float) -> list[float] | None:
    """Move places apart until each has its room, in their order and near where they were.

    Parameters
    ----------
    centres : sequence of float
        Where things of this size would be.
    size : float
        What each takes.
    low, high : float
        The room for all.

    Returns
    -------
    list of float or None
        Where they are; None where they have no room.
    """
    if not centres:
        return []
    if len(centres) * size > high - low:
        return None
    order = np.argsort(centres, kind="stable")
    wanted, steps = np.asarray(centres, dtype=np.float64)[order], size * np.arange(len(centres))
    room = low + 0.5 * size, high - 0.5 * size - steps[-1]
    # Moved up only, and down only: in the middle of both each keeps its room.
    loose = wanted - steps
    down = np.clip(np.maximum.accumulate(loose), *room)
    up = np.clip(np.minimum.accumulate(loose[::-1])[::-1], *room)
    places = np.empty(len(centres))
    places[order] = 0.5 * (down + up) + steps
    return [float(place) for place in places]
