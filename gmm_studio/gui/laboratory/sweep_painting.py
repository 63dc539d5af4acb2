"""Paints a criterion over the number of components: a curve for each structure, all its starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gmm_studio.core.mixture import Covariance
from gmm_studio.core.sweep import Best, Cell, Criterion, best_of
from gmm_studio.gui.curves.axes import linear_ticks
from gmm_studio.gui.curves.geometry import spread
from gmm_studio.gui.style import Style

__all__ = ["Spot", "SweepChart", "SweepFrame", "frame_of", "is_spurious", "paint_sweep", "spots"]

_CUT = 8.0
"""Cells that are so many times further from the best than half of them are cut off."""

_DASHES: dict[Covariance, list[float]] = {
    "full": [],
    "tied": [5.0, 2.5],
    "diagonal": [1.5, 2.5],
    "spherical": [6.0, 2.5, 1.5, 2.5],
}


@dataclass(frozen=True, slots=True, eq=False)
class SweepChart:
    """What one plot shows.

    Attributes
    ----------
    criterion : Criterion
    title : str
    cells : tuple of Cell
        Those that are there so far.
    first, last : int
        The numbers of components there is room for.
    names : dict of Covariance to str
        What the curves are called; none where there is only one.
    """

    criterion: Criterion
    title: str
    cells: tuple[Cell, ...]
    first: int
    last: int
    names: dict[Covariance, str]

    @property
    def best(self) -> Best | None:
        """The lowest."""
        return best_of(self.cells, self.criterion)

    def curve(self, covariance: Covariance) -> list[tuple[int, float, Cell]]:
        """The lowest of each number of components, by that."""
        found = []
        for cell in sorted(self.cells, key=lambda cell: cell.k):
            index = cell.best(self.criterion)
            if cell.covariance == covariance and index is not None:
                found.append((cell.k, float(cell.values(self.criterion)[index]), cell))
        return found


@dataclass(frozen=True, slots=True)
class SweepFrame:
    """What part of the plane is in which rectangle."""

    area: QRectF
    left: float
    right: float
    bottom: float
    top: float

    def place(self, k: float, value: float) -> QPointF:
        """Where a value is, in pixels; at most a little outside."""
        x = self.area.left() + (k - self.left) / (self.right - self.left) * self.area.width()
        share = (self.top - value) / (self.top - self.bottom)
        y = self.area.top() + min(max(share, -10.0), 10.0) * self.area.height()
        return QPointF(x, y)


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A run in the plot: its cell, which of its ends, and where it is painted."""

    cell: Cell
    index: int | None
    at: QPointF


def frame_of(chart: SweepChart, width: float, height: float, style: Style) -> SweepFrame:
    """Where the curves are in a widget of this size."""
    metrics, scale = QFontMetricsF(style.font), style.scale
    low, high = _limits(chart)
    labels = [metrics.horizontalAdvance(name) for name in chart.names.values()]
    ticks = linear_ticks(low, high, 3).values()
    left = max((metrics.horizontalAdvance(text) for text in ticks), default=0) + 14 * scale
    right = max(labels, default=0.0) + 12 * scale
    top = metrics.height() + 14 * scale
    bottom = metrics.height() + 6 * scale
    area = QRectF(left, top, max(width - left - right, 1), max(height - top - bottom, 1))
    return SweepFrame(area, chart.first - 0.4, chart.last + 0.4, low, high)


def _limits(chart: SweepChart) -> tuple[float, float]:
    """All that is lowest in its cell, but for what is spurious or far above the others."""
    found = [(v, cell) for name in _DASHES for _, v, cell in chart.curve(name)]
    sound = [v for v, cell in found if not is_spurious(chart, cell)]
    values = np.array(sound or [v for v, _ in found])
    if not values.size:
        return 0.0, 1.0
    above = np.sort(values - values.min())
    half = float(above[(len(above) - 1) // 2])
    reach = float(above[-1])
    if len(above) >= 4 and half > 0:
        reach = min(reach, _CUT * half)
    size = reach or max(1.0, 1e-3 * abs(float(values.min())))
    return float(values.min()) - 0.12 * size, float(values.min()) + 1.12 * size


def is_spurious(chart: SweepChart, cell: Cell) -> bool:
    """Whether all runs of a cell rest on single points."""
    index = cell.best(chart.criterion)
    return index is not None and bool(cell.spurious[index])


def spots(chart: SweepChart, frame: SweepFrame) -> list[Spot]:
    """Where each run is painted; cells without any are on the axis."""
    found = []
    area = frame.area
    for cell in chart.cells:
        for i, value in enumerate(cell.values(chart.criterion).tolist()):
            at = frame.place(cell.k, value)
            at.setY(min(max(at.y(), area.top()), area.bottom()))
            found.append(Spot(cell, i, at))
        if not cell.ends:
            found.append(Spot(cell, None, QPointF(frame.place(cell.k, 0).x(), area.bottom())))
    return found


def paint_sweep(painter: QPainter, chart: SweepChart, frame: SweepFrame, style: Style) -> None:
    """Paint axes, curves, all starts, and the best."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(style.font)
    best = chart.best
    _paint_axes(painter, chart, frame, style)
    if best is not None:
        _paint_guide(painter, best, frame, style)
    kinds = sorted(_DASHES, key=lambda name: best is not None and name == best.cell.covariance)
    for name in kinds:
        leads = best is not None and name == best.cell.covariance
        _paint_curve(painter, chart, name, frame, style, leads=leads)
    _paint_names(painter, chart, frame, style, best)
    _paint_missing(painter, chart, frame, style)
    if best is not None:
        _paint_best(painter, best, frame, style)
    _paint_title(painter, chart, frame, style, best)


def _paint_title(
    painter: QPainter, chart: SweepChart, frame: SweepFrame, style: Style, best: Best | None
) -> None:
    metrics, area = QFontMetricsF(style.font), frame.area
    font = QFont(style.font)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(style.palette.text))
    box = QRectF(area.left(), 2 * style.scale, area.width(), metrics.height())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft, chart.title)
    if best is None:
        return
    left = QFontMetricsF(font).horizontalAdvance(chart.title) + 8 * style.scale
    text = QCoreApplication.translate("Sweep", "lowest at k = {k}").format(k=best.cell.k)
    if chart.names:
        text += f", {chart.names[best.cell.covariance].lower()}"
    painter.setFont(style.font)
    painter.setPen(QColor(style.palette.accent))
    labels = [metrics.horizontalAdvance(name) for name in chart.names.values()]
    room = box.adjusted(left, 0, max(labels, default=0.0) + 10 * style.scale, 0)
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft, cut)


def _paint_axes(painter: QPainter, chart: SweepChart, frame: SweepFrame, style: Style) -> None:
    metrics, area, scale = QFontMetricsF(style.font), frame.area, style.scale
    most = max(2, int(area.height() / (metrics.height() + 20 * scale)))
    for value, text in linear_ticks(frame.bottom, frame.top, most).items():
        y = round(frame.place(0, value).y()) + 0.5
        if y > area.bottom() - 0.3 * metrics.height():
            continue
        painter.setPen(QPen(QColor(style.palette.grid), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(style.palette.muted))
        box = QRectF(0, y - 0.5 * metrics.height(), area.left() - 6 * scale, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setPen(QPen(QColor(style.palette.border), 1))
    base = round(area.bottom()) + 0.5
    painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base))
    painter.setPen(QColor(style.palette.muted))
    for k in _shown_ks(chart, frame, metrics):
        x = frame.place(k, 0).x()
        half = metrics.horizontalAdvance(str(k))
        box = QRectF(x - half, area.bottom() + 4 * scale, 2 * half, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(k))
    name = QRectF(0, area.bottom() + 4 * scale, area.left() - 6 * scale, metrics.height())
    painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "k")


def _shown_ks(chart: SweepChart, frame: SweepFrame, metrics: QFontMetricsF) -> range:
    unit = frame.area.width() / (frame.right - frame.left)
    widest = 1.6 * metrics.horizontalAdvance(str(chart.last))
    step = next((s for s in (1, 2, 5, 10, 20, 50) if s * unit >= widest), 100)
    first = chart.first if step == 1 else -(-chart.first // step) * step
    return range(first, chart.last + 1, step)


def _paint_guide(painter: QPainter, best: Best, frame: SweepFrame, style: Style) -> None:
    x = frame.place(best.cell.k, 0).x()
    colour = QColor(style.palette.accent)
    colour.setAlpha(26)
    half = 0.32 * frame.area.width() / (frame.right - frame.left)
    half = min(half, 14 * style.scale)
    box = QRectF(x - half, frame.area.top() - 4 * style.scale, 2 * half, 0)
    box.setBottom(frame.area.bottom())
    painter.fillRect(box, colour)


def _paint_curve(
    painter: QPainter,
    chart: SweepChart,
    name: Covariance,
    frame: SweepFrame,
    style: Style,
    *,
    leads: bool,
) -> None:
    """The lowest of each cell as a line, and all of its starts as dots on a bar."""
    curve = chart.curve(name)
    colour = QColor(style.palette.accent if leads else style.palette.muted)
    faint = QColor(colour)
    faint.setAlpha(110)
    painter.save()
    painter.setClipRect(frame.area.adjusted(-8, -5, 8, 2))
    for k, value, cell in curve:
        ends = [frame.place(k, v) for v in cell.values(chart.criterion).tolist()]
        highest = min(ends, key=lambda at: at.y())
        painter.setPen(QPen(faint, 1.2 * style.scale))
        painter.drawLine(frame.place(k, value), highest)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint)
        for at in ends:
            painter.drawEllipse(at, 2.2 * style.scale, 2.2 * style.scale)
    pen = QPen(colour, (2.2 if leads else 1.5) * style.scale)
    if _DASHES[name]:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(_DASHES[name])
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF([frame.place(k, value) for k, value, _ in curve]))
    for k, value, cell in curve:
        hollow = is_spurious(chart, cell)
        painter.setPen(QPen(colour if hollow else QColor(style.palette.panel), style.scale))
        painter.setBrush(QColor(style.palette.panel) if hollow else colour)
        painter.drawEllipse(frame.place(k, value), 3.4 * style.scale, 3.4 * style.scale)
    painter.restore()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for k, value, _ in curve:
        if value > frame.top:
            _paint_arrow(painter, frame.place(k, 0).x(), frame.area.top(), style, 1)
        elif value < frame.bottom:
            _paint_arrow(painter, frame.place(k, 0).x(), frame.area.bottom(), style, -1)


def _paint_arrow(painter: QPainter, x: float, y: float, style: Style, sign: int) -> None:
    """Further up, or down, than there is room for."""
    half = 4 * style.scale
    corners = ((-half, sign * half), (half, sign * half), (0.0, -0.6 * sign * half))
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))


def _paint_names(
    painter: QPainter, chart: SweepChart, frame: SweepFrame, style: Style, best: Best | None
) -> None:
    metrics, area = QFontMetricsF(style.font), frame.area
    ends = {name: chart.curve(name) for name in chart.names}
    drawn = [(name, curve[-1]) for name, curve in ends.items() if curve]
    heights = [frame.place(k, value).y() for _, (k, value, _) in drawn]
    places = spread(heights, metrics.height() - 1, area.top() - 8, area.bottom() + 6)
    if places is None:
        return
    for (name, (k, _, _)), y in zip(drawn, places, strict=True):
        leads = best is not None and name == best.cell.covariance
        painter.setPen(QColor(style.palette.accent if leads else style.palette.muted))
        x = min(frame.place(k, 0).x() + 8 * style.scale, area.right() + 2 * style.scale)
        box = QRectF(x, y - 0.5 * metrics.height(), 400, metrics.height())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, flags, chart.names[name])


def _paint_missing(painter: QPainter, chart: SweepChart, frame: SweepFrame, style: Style) -> None:
    """Crosses on the axis where there is no run."""
    half = 3.5 * style.scale
    painter.setPen(QPen(QColor(style.palette.warning), 1.8 * style.scale))
    for cell in chart.cells:
        if not cell.ends:
            at = QPointF(frame.place(cell.k, 0).x(), frame.area.bottom() - 2 * half)
            for sign in (1, -1):
                across = QPointF(half, sign * half)
                painter.drawLine(at - across, at + across)


def _paint_best(painter: QPainter, best: Best, frame: SweepFrame, style: Style) -> None:
    at, scale = frame.place(best.cell.k, best.value), style.scale
    painter.setPen(QPen(QColor(style.palette.accent), 2 * scale))
    painter.setBrush(QColor(style.palette.panel))
    painter.drawEllipse(at, 6.5 * scale, 6.5 * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.accent))
    painter.drawEllipse(at, 3.4 * scale, 3.4 * scale)
