"""Paints the curves and their axes: all that stays while the cursor moves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.colours import on_component
from gmm_studio.gui.curves.axes import linear_ticks, log_ticks, whole_ticks
from gmm_studio.gui.curves.chart import Bundle, Chart
from gmm_studio.gui.curves.geometry import Frame, polylines, spread
from gmm_studio.gui.curves.series import decimated
from gmm_studio.gui.style import Style

__all__ = [
    "MANY",
    "frame_of",
    "heights_at",
    "level_height",
    "line_width",
    "paint_bundle",
    "paint_chart",
    "pen_width",
]

_VERTICES = 24_000
"""About so many in all: more are not told apart and take long."""

MANY = 8
"""From so many curves on lines are thinner."""

_PIECE = 16


def frame_of(
    chart: Chart, width: float, height: float, style: Style, zoomed: tuple[float, float] | None
) -> Frame:
    """Where the curves are in a widget of this size."""
    metrics, scale = QFontMetricsF(style.font), style.scale
    left, right = zoomed or (0.0, float(max(chart.longest, 1)))
    low, high = chart.limits(left, right)
    size = high - low
    room = 0.12 * size or (0.1 if chart.log else 0.1 * abs(high) or 1.0)
    if chart.ticks is not None:
        bottom, top = low - 0.5 * room, high + 0.5 * room
    else:
        bottom, top = (low if chart.with_zero else low - 0.5 * room), high + room
    margin = metrics.horizontalAdvance("\N{MINUS SIGN}000,000.00")
    area = QRectF(0, 0, width, height)
    area.adjust(margin + 20 * scale, 6 * scale, -30 * scale, -metrics.height() - 8 * scale)
    area.setSize(area.size().expandedTo(QSizeF(1, 1)))
    return Frame(area, left, right, bottom, top)


def paint_chart(painter: QPainter, chart: Chart, frame: Frame, style: Style) -> None:
    """Paint all that does not move with the cursor."""
    painter.setFont(style.font)
    if not (chart.front or chart.behind):
        return
    _paint_axes(painter, chart, frame, style)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(frame.area.adjusted(-3, -6, 3, 3))
    if not chart.note:
        _paint_levels(painter, chart, frame, style)
    count = sum(bundle.values.shape[1] for bundle in (*chart.front, *chart.behind))
    columns = max(16, min(round(frame.area.width()), _VERTICES // (2 * max(count, 1))))
    for bundle in (*chart.behind, *reversed(chart.front)):
        width = 1.0 if bundle in chart.behind else line_width(bundle)
        paint_bundle(painter, chart, bundle, frame, pen_width(width, style), columns)
    painter.restore()
    _paint_events(painter, chart, frame, style)
    for bundle in chart.front:
        if bundle.numbered and not bundle.dashed and len(bundle.values) > 1:
            _paint_numbers(painter, chart, bundle, frame, style)


def line_width(bundle: Bundle) -> float:
    """Of the curves of the run on show, in pixels."""
    if not bundle.numbered:
        return 1.6 if bundle.dashed else 2.4
    return 1.0 if bundle.values.shape[1] >= MANY else 2.0


def pen_width(width: float, style: Style) -> float:
    """A width on the screen: lines of one pixel stay so as long as they can, Qt has a fast way."""
    scaled = width * style.scale
    return 1.0 if scaled < 1.5 else scaled


def _paint_axes(painter: QPainter, chart: Chart, frame: Frame, style: Style) -> None:
    metrics, area, scale = QFontMetricsF(style.font), frame.area, style.scale
    painter.setPen(QPen(QColor(style.palette.border), 1))
    base = round(area.bottom()) + 0.5
    painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base))
    painter.setPen(QColor(style.palette.muted))
    line = area.bottom() + 6 * scale
    widest = metrics.horizontalAdvance(f"{frame.right:,.0f}") + 40 * scale
    for at, text in whole_ticks(frame.left, frame.right, int(area.width() / widest)).items():
        across = frame.place(at, frame.bottom).x()
        half = 0.5 * metrics.horizontalAdvance(text) + 1
        across = min(across, area.right() + 28 * scale - half)
        box = QRectF(across - half, line, 2 * half, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    room = area.left() - 16 * scale
    if metrics.horizontalAdvance(f"{frame.left:,.0f}") < 30 * scale:
        title = QRectF(0, line, room, metrics.height())
        painter.drawText(title, right, QCoreApplication.translate("Curves", "Iteration"))
    free = float("inf")
    for height, text in sorted(_ticks(chart, frame, metrics, scale).items()):
        lines = [_fitted(part, room - 4 * scale, metrics) for part in text.split("\n")]
        tall = len(lines) * metrics.height()
        top = min(max(frame.place(0, height).y() - 0.5 * tall, 0.0), line - tall)
        if top + 0.8 * tall > free:
            continue
        free = top
        for i, part in enumerate(lines):
            box = QRectF(0, top + i * metrics.height(), room, metrics.height())
            painter.drawText(box, right, part)


def _fitted(text: str, room: float, metrics: QFontMetricsF) -> str:
    """A number that has room, its name cut where need be; nothing rather than part of it."""
    name, _, value = text.rpartition("\t")
    if name:
        left = room - metrics.horizontalAdvance(" " + value)
        return f"{metrics.elidedText(name, Qt.TextElideMode.ElideRight, left)} {value}"
    return text if metrics.horizontalAdvance(text) <= room else ""


def _ticks(chart: Chart, frame: Frame, metrics: QFontMetricsF, scale: float) -> Mapping[float, str]:
    if chart.note and not chart.behind:
        return {}
    if chart.ticks is not None:
        return chart.ticks
    room = frame.area.height()
    if chart.log:
        return log_ticks(
            frame.bottom, frame.top, max(2, int(room / (metrics.height() + 6 * scale)))
        )
    most = max(2, int(room / (metrics.height() + 20 * scale)))
    return linear_ticks(frame.bottom, frame.top, most)


def _paint_levels(painter: QPainter, chart: Chart, frame: Frame, style: Style) -> None:
    painter.setPen(QPen(QColor(style.palette.border), 1))
    for period in chart.periods[1:]:
        x = round(frame.place(period.first - 0.5, 0).x()) + 0.5
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()))
    painter.setPen(QPen(QColor(style.palette.muted), style.scale, Qt.PenStyle.DashLine))
    for level in chart.levels:
        y = frame.place(0, level_height(chart, level.value)).y()
        painter.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y))
    if chart.mark is not None:
        x = frame.place(chart.mark[0], 0).x()
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()))


def level_height(chart: Chart, value: float) -> float:
    """Where a value is on the axis."""
    return float(np.log10(value)) if chart.log else value


def paint_bundle(
    painter: QPainter, chart: Chart, bundle: Bundle, frame: Frame, width: float, columns: int
) -> None:
    """Paint the curves, with about two points in each of so many columns."""
    first, last = max(int(np.floor(frame.left)), 0), int(np.ceil(frame.right))
    indices, values = decimated(bundle.values, first, last, columns)
    across, down = frame.across(indices), frame.down(chart.drawn(bundle, values))
    for j in reversed(range(down.shape[1])):
        painter.setPen(_pen(bundle, j, width))
        for line in polylines(across, down[:, j]):
            _draw(painter, line)


def _pen(bundle: Bundle, j: int, width: float) -> QPen:
    pen = QPen(QColor(bundle.colours[j]), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if bundle.dashed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([3.5, 2.0] if width > 1.5 else [5.0, 3.0])
    return pen


def _draw(painter: QPainter, line: QPolygonF) -> None:
    """In pieces where it is thick and dense: Qt takes as long as the square of its crossings."""
    pen = painter.pen()
    if line.size() > 4 * _PIECE and pen.widthF() > 1 and pen.style() == Qt.PenStyle.SolidLine:
        for first in range(0, line.size() - 1, _PIECE):
            painter.drawPolyline(line.mid(first, _PIECE + 1))
    elif line.size() > 1:
        painter.drawPolyline(line)
    else:
        painter.drawPoints(line)


def _paint_events(painter: QPainter, chart: Chart, frame: Frame, style: Style) -> None:
    """Triangles where something happened."""
    if not chart.front or not chart.events:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(style.palette.panel), 1))
    painter.setBrush(QColor(style.palette.warning))
    half = 5 * style.scale
    drawn = -np.inf
    for t in chart.events:
        at = frame.place(t, heights_at(chart, chart.front[0], t)[0])
        if not frame.left <= t <= frame.right or at.x() < drawn + 1 or np.isnan(at.y()):
            continue
        drawn = at.x()
        corners = ((-half, -half), (half, -half), (0.0, half))
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))


def _paint_numbers(
    painter: QPainter, chart: Chart, bundle: Bundle, frame: Frame, style: Style
) -> None:
    """Discs with the components' numbers at the right end, where there is room for them."""
    last = min(int(np.floor(frame.right)), len(bundle.values) - 1)
    heights = frame.down(heights_at(chart, bundle, last))
    radius = 8 * style.scale
    shown = [j for j in range(len(heights)) if np.isfinite(heights[j])]
    low, high = frame.area.top() - 6, frame.area.bottom() + radius
    places = spread([float(heights[j]) for j in shown], 2 * radius + 1, low, high)
    if places is None:
        shown, places = _apart(heights, shown, 2 * radius + 1)
    font = QFont(style.font)
    font.setBold(True)
    font.setPixelSize(round(10 * style.scale))
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    x = min(frame.place(last, 0).x(), frame.area.right()) + radius + 5 * style.scale
    for j, y in zip(shown, places, strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(bundle.colours[j]))
        painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(QColor(on_component(style.palette, j)))
        box = QRectF(x - 2 * radius, y - radius, 4 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(j + 1))


def _apart(heights: FloatArray, shown: list[int], size: float) -> tuple[list[int], list[float]]:
    """As many as do not overlap."""
    kept: list[int] = []
    for j in sorted(shown, key=lambda j: float(heights[j])):
        if not kept or heights[j] - heights[kept[-1]] >= size:
            kept.append(j)
    return kept, [float(heights[j]) for j in kept]


def heights_at(chart: Chart, bundle: Bundle, iteration: int) -> FloatArray:
    """Where each curve of a bundle is on the axis at an iteration, shape (m,)."""
    return chart.drawn(bundle, bundle.values[iteration])
