"""Sigma bars and trails of one-dimensional components: what lies along the axis, above it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.line.curves import polygon, stroke

__all__ = [
    "COVERAGE_REACHES",
    "SIGMA_REACHES",
    "bar_down",
    "paint_bars",
    "paint_trails",
    "trail_down",
]

SIGMA_REACHES = (1.0, 2.0, 3.0)
COVERAGE_REACHES = (0.6744897501960817, 1.6448536269514722, 1.959963984540054)
"""Standard deviations to either side that hold 50, 90 and 95 % of a normal distribution."""

_ABOVE_MEANS = 20.0
_ABOVE_MANY_MEANS = 15.0
_LANE = 9.0
_ROOMY = 8.0
_ROOMY_UP_TO = 6
_LANES_SHARE = 0.3
_MANY_SHARE = 0.2
"""Of the plot: what all bars together may take, up to so many of them and beyond."""

_PER_STEP = 8.0
_TRAIL_SHARE = 0.45
_FAR = 1e4
_EDGE = 20.0
_FEW = 8
_DOT, _LEAST_DOT = 4.5, 2.0
_DOTS_APART = 1.5
"""Of the diameter of the dots."""


def bar_down(viewport: Viewport, k: int, j: int, scale: float) -> float:
    """How far down the bar of component j (from 0) of k is: each has a lane of its own.

    Lanes go by number, so that no bar jumps while its component moves.
    """
    ground = viewport.to_pixel(viewport.left, 0)[1]
    return ground - _first(k, scale) - j * _lane(ground, k, scale)


def _first(k: int, scale: float) -> float:
    return (_ABOVE_MEANS if k <= _ROOMY_UP_TO else _ABOVE_MANY_MEANS) * scale


def _lane(ground: float, k: int, scale: float) -> float:
    """How far lanes are apart: beyond a few, so little that they leave the curves their room."""
    share = _LANES_SHARE if k <= _ROOMY_UP_TO else _MANY_SHARE
    room = max(share * ground - _first(k, scale), 0.02 * max(ground, 0))
    return min(_LANE * scale, room / max(k - 1, 1))


def paint_bars(
    painter: QPainter,
    viewport: Viewport,
    mixture: Mixture,
    palette: Palette,
    scale: float,
    *,
    coverage: bool,
) -> None:
    """Bars about each mean: thick to 1 sigma, thin to 2, dashed to 3; or 50, 90 and 95 %."""
    reaches = COVERAGE_REACHES if coverage else SIGMA_REACHES
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lane = _lane(viewport.to_pixel(viewport.left, 0)[1], mixture.k, scale)
    for j in np.flatnonzero(mixture.weights).tolist():
        middle = viewport.to_pixel(float(mixture.means[j, 0]), 0)[0]
        deviation = float(mixture.covariances[j, 0, 0]) ** 0.5 * viewport.x_scale
        ends = [reach * deviation for reach in reaches]
        if middle + ends[2] < 0 or middle - ends[2] > viewport.width:
            continue
        at = QPointF(middle, bar_down(viewport, mixture.k, j, scale))
        colour = QColor(component_colour(palette, j))
        if lane >= _ROOMY * scale and mixture.k <= _FEW:
            _paint_halo(painter, at, ends[1], palette, scale)
        size = min(scale if mixture.k <= _FEW else 0.7 * scale, lane / _ROOMY)
        _paint_bar(painter, at, ends, colour, size)


def _paint_halo(
    painter: QPainter, at: QPointF, reach: float, palette: Palette, scale: float
) -> None:
    painter.setPen(_flat(QColor(palette.canvas), 4 * scale))
    painter.drawLine(_at(at.x() - reach, at.y()), _at(at.x() + reach, at.y()))


def _paint_bar(
    painter: QPainter, at: QPointF, ends: list[float], colour: QColor, scale: float
) -> None:
    first, second, third = ends
    x, y, tick = at.x(), at.y(), 3.0 * scale
    painter.setPen(_flat(colour, max(4 * scale, 1.8)))
    painter.drawLine(_at(x - first, y), _at(x + first, y))
    for begin, end, pen in (
        (first, second, _flat(colour, max(1.6 * scale, 1.0))),
        (second, third, _flat(colour, 1.2 * scale, Qt.PenStyle.DashLine)),
    ):
        painter.setPen(pen)
        for side in (-1, 1):
            painter.drawLine(_at(x + side * begin, y), _at(x + side * end, y))
    painter.setPen(QPen(colour, 1.4 * scale))
    for end in (-second, 0.0, second):
        painter.drawLine(_at(x + end, y - tick), _at(x + end, y + tick))


def _flat(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    return QPen(colour, width, style, Qt.PenCapStyle.FlatCap)


def trail_down(viewport: Viewport, steps: int, scale: float) -> FloatArray:
    """How far down each of the steps of a trail is, shape (steps,): time goes up from the axis."""
    ground = viewport.to_pixel(viewport.left, 0)[1]
    each = min(_PER_STEP * scale, _TRAIL_SHARE * max(ground, 0) / max(steps - 1, 1))
    return np.asarray(ground - each * np.arange(steps))


def paint_trails(
    painter: QPainter, viewport: Viewport, trails: FloatArray, palette: Palette, scale: float
) -> None:
    """The means' way from the start on the axis upwards to now, a dot for each iteration.

    Where dots would touch they get smaller, and where they still would there are fewer.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
    trails : ndarray, shape (steps, k, 1)
    palette : Palette
    scale : float
    """
    steps = len(trails)
    if steps < 2:
        return
    down = trail_down(viewport, steps, scale)
    apart = float(down[0] - down[1])
    least, most = _LEAST_DOT * scale, _DOT * scale
    dot_size = min(max(apart / _DOTS_APART, least), most)
    every = max(1, int(np.ceil(_DOTS_APART * least / max(apart, 1e-9) - 1e-6)))
    size = scale if trails.shape[1] <= _FEW else 0.6 * scale
    for j in range(trails.shape[1]):
        across = (trails[:, j, 0] - viewport.left) * viewport.x_scale
        if across.max() < -_EDGE or across.min() > viewport.width + _EDGE:
            continue
        colour = QColor(component_colour(palette, j))
        now = _at(float(across[-1]), float(down[-1]))
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
        painter.drawLine(now, _at(now.x(), float(down[0])))
        painter.setPen(QPen(colour, scale))
        stroke(painter, polygon(across, down))
        dots = zip(across[:-1:every].tolist(), down[:-1:every].tolist(), strict=True)
        painter.setPen(_round(colour, dot_size if size == scale else least))
        painter.drawPoints(QPolygonF([_at(*dot) for dot in dots]))
        for dot, width in ((QColor(palette.canvas), 11.0), (colour, 9.0)):
            painter.setPen(_round(dot, width * size))
            painter.drawPoint(now)


def _round(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, c=Qt.PenCapStyle.RoundCap)


def _at(across: float, down: float) -> QPointF:
    return QPointF(min(max(across, -_FAR), _FAR), min(max(down, -_FAR), _FAR))
