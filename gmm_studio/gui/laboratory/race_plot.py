"""The log-likelihoods of a race in one plot: a curve for each entry, its letter at the cursor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.curves.chart import Bundle, Chart
from gmm_studio.gui.curves.geometry import Frame, spread
from gmm_studio.gui.curves.overlay import Cursor, Hovered, paint_emphasis, paint_tip
from gmm_studio.gui.curves.plot import CurvePlot
from gmm_studio.gui.laboratory.race_lanes import Lane, Standing
from gmm_studio.gui.numbers import log_likelihood
from gmm_studio.gui.style import Style

__all__ = [
    "RaceChart",
    "RacePlot",
    "lane_colour",
    "letter",
    "on_lane",
    "paint_letter",
    "race_chart",
]

_RADIUS = 8.0
_BELOW = 3.0
"""Below the ends of the curves so many times their differences are shown, not the whole climb."""


@dataclass(frozen=True, slots=True, eq=False)
class RaceChart(Chart):
    """Curves of entries, cut below where they differ at their ends.

    Attributes
    ----------
    letters : tuple of str
        Of each curve.
    lanes : tuple of int
        The number of the entry of each curve.
    ends : tuple of int
        The last iteration of each.
    colours : tuple of str
        Of the text on a curve's letter.
    floor : float
        The lowest value that has to be seen.
    """

    letters: tuple[str, ...] = ()
    lanes: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    colours: tuple[str, ...] = ()
    floor: float = -math.inf

    def limits(self, left: float, right: float) -> tuple[float, float]:
        """The lowest and the highest place that has to be seen between two iterations."""
        low, high = Chart.limits(self, left, right)
        return (max(low, self.floor), high) if self.floor < high else (low, high)


def letter(i: int) -> str:
    """What entry i (from 0) is called in pictures and curves."""
    return chr(ord("A") + i)


def lane_colour(palette: Palette, standing: Standing | None) -> str:
    """The colours on the screen belong to components: here they say who got stuck."""
    if standing is None:
        return palette.muted
    return palette.warning if standing.stuck else palette.accent


def on_lane(palette: Palette, standing: Standing | None) -> str:
    """The colour of text upon that."""
    return palette.on_accent if standing is not None and standing.is_best else palette.panel


def race_chart(
    lanes: Sequence[Lane],
    standings: Sequence[Standing | None],
    names: Sequence[str],
    palette: Palette,
) -> RaceChart:
    """The curves of all entries that have a step, the best in front.

    Parameters
    ----------
    lanes : sequence of Lane
    standings : sequence of (Standing or None)
    names : sequence of str
        What people read for each.
    palette : Palette
    """
    started = [i for i, lane in enumerate(lanes) if lane.steps]
    started.sort(key=lambda i: _rank(standings[i], lanes[i]))
    longest = max((lanes[i].last for i in started), default=0)
    front = []
    for i in started:
        values = np.full((longest + 1, 1), np.nan)
        values[: lanes[i].last + 1, 0] = lanes[i].history.log_likelihoods
        told = f"{letter(i)}  {names[i]}".replace("{", "{{").replace("}", "}}")
        told = QCoreApplication.translate("Race", "{name}: {value} at iteration {t}").replace(
            "{name}", told
        )
        front.append(Bundle(values, (lane_colour(palette, standings[i]),), (told,)))
    return RaceChart(
        "log_likelihood",
        tuple(front),
        (),
        longest,
        log_likelihood,
        letters=tuple(letter(i) for i in started),
        lanes=tuple(started),
        ends=tuple(lanes[i].last for i in started),
        colours=tuple(on_lane(palette, standings[i]) for i in started),
        floor=_floor([lanes[i] for i in started]),
    )


def _rank(standing: Standing | None, lane: Lane) -> tuple[bool, float, int]:
    if standing is None:
        return (True, -lane.steps[-1].log_likelihood, lane.last)
    return (standing.stuck, standing.below, lane.last)


def _floor(lanes: Sequence[Lane]) -> float:
    ends = [lane.level(lane.steps[-1]) for lane in lanes]
    best, worst = max(ends, default=0.0), min(ends, default=0.0)
    weight = lanes[0].document.cloud.total_weight if lanes else 1.0
    if best - worst < 1e-4 * weight:
        return -math.inf
    return worst - _BELOW * (best - worst)


class RacePlot(CurvePlot):
    """Emits the iteration that a person clicks or drags to."""

    def __init__(self, style: Style, parent: None = None) -> None:
        super().__init__(style, race_chart((), (), (), style.palette), parent)
        self._lane: int | None = None

    def emphasise(self, lane: int | None) -> None:
        """Paint the curve of an entry stronger than the others."""
        if lane != self._lane:
            self._lane = lane
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The kept picture, and what moves over it."""
        if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():
            self._still = self._paint_still()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        chart, frame, style, hovered = self._chart, self.frame, self._style, self.hovered()
        if isinstance(chart, RaceChart) and chart.front:
            strong = hovered or self._of_lane(chart)
            if strong is not None:
                paint_emphasis(painter, chart, frame, style, strong)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_ends(painter, chart, frame, style)
            _paint_racers(painter, chart, frame, style, self._cursor)
            if hovered is not None:
                paint_tip(painter, chart, frame, style, hovered)
        painter.end()

    def _of_lane(self, chart: RaceChart) -> Hovered | None:
        if self._lane not in chart.lanes:
            return None
        bundle = chart.front[chart.lanes.index(self._lane)]
        return Hovered(bundle, 0, QPointF(), self.size().toSizeF())


def _paint_ends(painter: QPainter, chart: RaceChart, frame: Frame, style: Style) -> None:
    """How each ended, carried on to its letter at the right."""
    area, radius = frame.area, _RADIUS * style.scale
    heights = [_height(chart, bundle, end, frame) for bundle, end in _ended(chart)]
    low, high = area.top() - 6 * style.scale, area.bottom() + radius
    places = spread(heights, 2 * radius + 1, low, high)
    x = area.right() + radius + 6 * style.scale
    for i in reversed(range(len(heights))):
        bundle = chart.front[i]
        colour = QColor(bundle.colours[0])
        pen = QPen(colour, 1.0, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        end = frame.place(chart.ends[i], 0).x()
        y = heights[i]
        if area.left() <= end < area.right() and area.top() - 8 < y < area.bottom() + 4:
            painter.drawLine(QPointF(end, y), QPointF(area.right(), y))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            dot = 3.0 * style.scale
            painter.drawEllipse(QPointF(end, y), dot, dot)
        if places is not None:
            painter.setPen(QPen(colour, 1.0))
            painter.drawLine(QPointF(area.right(), y), QPointF(x, places[i]))
    if places is not None:
        for i, y in enumerate(places):
            at = QPointF(x, y)
            _letter(painter, at, radius, chart, i, style)


def _ended(chart: RaceChart) -> list[tuple[Bundle, int]]:
    return list(zip(chart.front, chart.ends, strict=True))


def _height(chart: RaceChart, bundle: Bundle, t: int, frame: Frame) -> float:
    value: FloatArray = bundle.values[t : t + 1, 0]
    return float(np.nan_to_num(frame.down(value)[0], nan=frame.area.bottom()))


def _paint_racers(
    painter: QPainter, chart: RaceChart, frame: Frame, style: Style, cursor: Cursor
) -> None:
    """The line at the iteration on show, and where each entry is there, with its letter."""
    area, t = frame.area, min(cursor.iteration, chart.longest)
    if not frame.left <= t <= frame.right:
        return
    painter.setPen(QPen(QColor(style.palette.muted), 1))
    x = round(frame.place(t, 0).x() - 0.5) + 0.5
    painter.drawLine(QPointF(x, area.top() - 6), QPointF(x, area.bottom()))
    if t == chart.longest:
        return
    radius = _RADIUS * style.scale
    for i, (bundle, end) in reversed(list(enumerate(_ended(chart)))):
        y = _height(chart, bundle, min(t, end), frame)
        if t < end and y <= area.bottom():
            _letter(painter, QPointF(x, y), radius, chart, i, style)


def _letter(
    painter: QPainter, at: QPointF, radius: float, chart: RaceChart, i: int, style: Style
) -> None:
    ground = chart.front[i].colours[0]
    paint_letter(painter, at, radius, chart.letters[i], (ground, chart.colours[i]), style)


def paint_letter(
    painter: QPainter,
    at: QPointF,
    radius: float,
    text: str,
    colours: tuple[str, str],
    style: Style,
    *,
    hollow: bool = False,
) -> None:
    """A disc with a letter on it; `colours` of the disc and of the letter."""
    ground, ink = colours
    painter.setPen(QPen(QColor(ground if hollow else style.palette.panel), 1.2 * style.scale))
    painter.setBrush(QColor(style.palette.panel if hollow else ground))
    painter.drawEllipse(at, radius, radius)
    font = QFont(style.font)
    font.setBold(True)
    font.setPixelSize(max(round(1.3 * radius), 1))
    painter.setFont(font)
    painter.setPen(QColor(ground if hollow else ink))
    height = QFontMetricsF(font).height()
    box = QRectF(at.x() - 2 * radius, at.y() - 0.5 * height, 4 * radius, height)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
