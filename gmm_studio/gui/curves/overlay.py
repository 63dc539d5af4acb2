"""Paints what moves over the curves: the cursor with its values, notes, what is hovered."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gmm_studio.gui.curves.chart import Bundle, Chart
from gmm_studio.gui.curves.geometry import Frame, spread
from gmm_studio.gui.curves.painting import (
    MANY,
    heights_at,
    level_height,
    line_width,
    paint_bundle,
    pen_width,
)
from gmm_studio.gui.style import Style

__all__ = ["Cursor", "Hovered", "paint_cursor", "paint_emphasis", "paint_tip", "told"]

_MOST_COVERED = 0.75
"""The share of the height that values at the cursor may take."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The iteration on show, and a word about how the run ended."""

    iteration: int
    ending: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Hovered:
    """The curve under the pointer, where that is, and the size of the widget."""

    bundle: Bundle
    curve: int
    at: QPointF
    room: QSizeF


def paint_cursor(
    painter: QPainter, chart: Chart, frame: Frame, style: Style, cursor: Cursor
) -> None:
    """Paint the line at the iteration on show, what the curves are there, and other words."""
    labels = _Labels(painter, chart, frame, style)
    if chart.front and frame.left <= cursor.iteration <= frame.right:
        _paint_line(painter, chart, frame, style, cursor.iteration)
        _paint_values(labels, chart, frame, style, cursor.iteration)
    if chart.note:
        middle = frame.area.center()
        labels.note(chart.note, [(middle.x(), middle.y(), 0.5, 0.5)])
    elif chart.front:
        _paint_words(labels, chart, frame, style, cursor)


def _paint_line(
    painter: QPainter, chart: Chart, frame: Frame, style: Style, iteration: int
) -> None:
    painter.setPen(QPen(QColor(style.palette.muted), 1))
    x = round(frame.place(iteration, 0).x() - 0.5) + 0.5
    painter.drawLine(QPointF(x, frame.area.top() - 6), QPointF(x, frame.area.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(style.palette.panel), 1.5 * style.scale))
    for bundle in reversed(chart.front):
        few = bundle.values.shape[1] < MANY
        radius = (5.5 if not bundle.numbered else 4.5 if few else 3.0) * style.scale
        if bundle.dashed and not bundle.numbered:
            radius *= 0.6
        heights = frame.down(heights_at(chart, bundle, iteration)).tolist()
        for j, y in enumerate(heights):
            if np.isfinite(y):
                painter.setBrush(QColor(bundle.colours[j]))
                painter.drawEllipse(QPointF(x, y), radius, radius)


def _paint_values(
    labels: _Labels, chart: Chart, frame: Frame, style: Style, iteration: int
) -> None:
    found = [
        (chart.written(value), bundle.colours[j], frame.place(iteration, height))
        for bundle in chart.front
        for j, (value, height) in enumerate(
            zip(
                bundle.values[iteration].tolist(),
                heights_at(chart, bundle, iteration).tolist(),
                strict=True,
            )
        )
        if np.isfinite(height)
    ]
    if not found:
        return
    if not chart.front[0].numbered:
        text, _, at = found[0]
        labels.value(text, at)
    else:
        labels.values(found)


def _paint_words(labels: _Labels, chart: Chart, frame: Frame, style: Style, cursor: Cursor) -> None:
    area, gap = frame.area, 6 * style.scale
    for level in chart.levels:
        y = frame.place(0, level_height(chart, level.value)).y()
        labels.note(level.text, [(area.left() + gap, y, 0, 1), (area.right(), y, 1, 1)])
    if chart.mark is not None and frame.left <= chart.mark[0] <= frame.right:
        x = frame.place(chart.mark[0], 0).x()
        bottom, middle = area.bottom(), area.center().y()
        beside, before = (x + gap, 0.0), (x - gap, 1.0)
        rows = ((area.top(), 0.0), (middle, 0.5), (bottom, 1.0))
        labels.note(
            chart.mark[1],
            [(x, y, share, above) for y, above in rows for x, share in (beside, before)],
        )
    _paint_periods(labels, chart, frame, gap)
    bundle = chart.front[0]
    last = len(bundle.values) - 1
    if chart.kind == "log_likelihood" and cursor.ending and last <= frame.right:
        y = frame.place(0, heights_at(chart, bundle, last)[0]).y()
        labels.note(cursor.ending, [(area.right(), y + gap, 1, 0)])


def _paint_periods(labels: _Labels, chart: Chart, frame: Frame, gap: float) -> None:
    """What each part of the run is called, in full or in short, where it has room for that."""
    ends = [period.first - 0.5 for period in chart.periods[1:]] + [float(chart.longest)]
    for period, end in zip(chart.periods, ends, strict=False):
        left, right = (
            frame.place(min(max(at, frame.left), frame.right), 0).x()
            for at in (max(period.first - 0.5, 0.0), end)
        )
        for text in (period.text, period.short):
            if labels.width(text) + 2 * gap <= right - left:
                middle = 0.5 * (left + right)
                area = frame.area
                labels.note(text, [(middle, area.top(), 0.5, 0), (middle, area.bottom(), 0.5, 1)])
                break


class _Labels:
    """Small texts on the curves that keep clear of each other."""

    def __init__(self, painter: QPainter, chart: Chart, frame: Frame, style: Style) -> None:
        self._painter, self._area, self._style = painter, frame.area, style
        self._chart, self._frame = chart, frame
        self._taken: list[QRectF] = []
        self._bold = QFont(style.font)
        self._bold.setBold(True)

    def value(self, text: str, at: QPointF) -> None:
        """What the one curve is at the cursor: beside its dot, on the side that is freer."""
        metrics, gap = QFontMetricsF(self._bold), 10 * self._style.scale
        width, height = metrics.horizontalAdvance(text), metrics.height()
        area = self._area
        left = at.x() + gap
        if at.x() > area.left() + 0.75 * area.width() or left + width > area.right():
            left = at.x() - gap - width
        below = at.y() < area.top() + 0.6 * area.height()
        top = at.y() + 0.3 * gap if below else at.y() - 0.3 * gap - height
        top = min(max(top, area.top() - gap), area.bottom() - height)
        box = QRectF(max(left, area.left() + 2), top, width, height)
        self._write(text, box, self._bold, self._style.palette.text)

    def width(self, text: str) -> float:
        """Of a note, in pixels."""
        return QFontMetricsF(self._style.font).horizontalAdvance(text)

    def values(self, found: list[tuple[str, str, QPointF]]) -> None:
        """What each of several curves is at the cursor, where all of them have room."""
        font, area, scale = self._style.font, self._area, self._style.scale
        metrics = QFontMetricsF(font)
        height, gap = metrics.height(), 9 * scale
        low, high = area.top() - 6 * scale, area.bottom() + 2 * scale
        places = spread([at.y() for _, _, at in found], height, low, high)
        if places is None or len(places) * height > _MOST_COVERED * area.height():
            return
        width = max(metrics.horizontalAdvance(text) for text, _, _ in found) + 7 * scale
        x = found[0][2].x()
        left = x + gap if x + gap + width < area.right() else x - gap - width
        for (text, colour, _), y in zip(found, places, strict=True):
            box = QRectF(left, y - 0.5 * height, width, height)
            self._write(text, box, font, self._style.palette.text, bar=colour)

    def note(self, text: str, places: list[tuple[float, float, float, float]]) -> None:
        """A muted text in the first of some places (x, y, and the share of it before these).

        Where no curve is, if there is such a place; where no other text is, or not at all.
        """
        metrics = QFontMetricsF(self._style.font)
        width, height = metrics.horizontalAdvance(text), metrics.height()
        boxes = [QRectF(x - a * width, y - b * height, width, height) for x, y, a, b in places]
        free = [box for box in boxes if self._is_free(box)]
        clear = (box for box in free if not self._has_curve(box))
        box = next(clear, free[0] if free else None)
        if box is not None:
            self._write(text, box, self._style.font, self._style.palette.muted)

    def _is_free(self, box: QRectF) -> bool:
        area = self._area
        inside = area.left() <= box.left() and box.right() <= area.right() + 1
        return inside and not any(box.intersects(other) for other in self._taken)

    def _has_curve(self, box: QRectF) -> bool:
        """Whether a step of the run on show is behind it."""
        first = max(math.floor(self._frame.iteration(box.left())), 0)
        end = math.ceil(self._frame.iteration(box.right())) + 1
        for bundle in self._chart.front:
            down = self._frame.down(self._chart.drawn(bundle, bundle.values[first:end]))
            if ((down > box.top()) & (down < box.bottom())).any():
                return True
        return False

    def _write(self, text: str, box: QRectF, font: QFont, colour: str, bar: str = "") -> None:
        painter, scale = self._painter, self._style.scale
        ground = QColor(self._style.palette.panel)
        ground.setAlpha(215)
        padded = box.adjusted(-3 * scale, 0, 3 * scale, 0)
        painter.fillRect(padded, ground)
        self._taken.append(padded.adjusted(-2, 2, 2, -2))
        if bar:
            painter.fillRect(
                QRectF(box.left(), box.top() + 2 * scale, 3 * scale, box.height() - 4 * scale),
                QColor(bar),
            )
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def paint_emphasis(
    painter: QPainter, chart: Chart, frame: Frame, style: Style, hovered: Hovered
) -> None:
    """Paint the curve under the pointer stronger than the others."""
    bundle, j = hovered.bundle, hovered.curve
    is_behind = bundle in chart.behind
    single = replace(
        bundle,
        values=bundle.values[:, j : j + 1],
        colours=(style.palette.text if is_behind else bundle.colours[j],),
        told=(bundle.told[j],),
    )
    width = 2.0 if is_behind else line_width(bundle) + 1.4
    painter.save()
    painter.setClipRect(frame.area.adjusted(-3, -6, 3, 3))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    columns = round(frame.area.width())
    paint_bundle(painter, chart, single, frame, pen_width(width, style), columns)
    painter.restore()


def paint_tip(
    painter: QPainter, chart: Chart, frame: Frame, style: Style, hovered: Hovered
) -> None:
    """Say by the pointer which curve is there, and what it is at this iteration."""
    text = told(chart, frame, hovered)
    if text:
        _paint_tip(painter, text, hovered.at, hovered.room, style)


def told(chart: Chart, frame: Frame, hovered: Hovered) -> str:
    """What is said of the curve under the pointer; nothing where it has no value."""
    bundle, j = hovered.bundle, hovered.curve
    iteration = min(max(round(frame.iteration(hovered.at.x())), 0), len(bundle.values) - 1)
    value = float(bundle.values[iteration, j])
    if not math.isfinite(value):
        return ""
    return bundle.told[j].format(value=chart.written(value), t=f"{iteration:,}")


def _paint_tip(painter: QPainter, text: str, at: QPointF, room: QSizeF, style: Style) -> None:
    metrics, scale = QFontMetricsF(style.font), style.scale
    width = metrics.horizontalAdvance(text) + 16 * scale
    height = metrics.height() + 6 * scale
    left = min(max(at.x() + 10 * scale, 2), room.width() - width - 2)
    top = at.y() - height - 8 * scale
    if top < 0:
        top = min(at.y() + 18 * scale, room.height() - height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.text))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawRoundedRect(QRectF(left, top, width, height), 4 * scale, 4 * scale)
    painter.setFont(style.font)
    painter.setPen(QColor(style.palette.panel))
    painter.drawText(QRectF(left, top, width, height), Qt.AlignmentFlag.AlignCenter, text)
