"""Where all of a legend of a map of basins is, and what it says there."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from gmm_studio.gui.canvas.viewport import Viewport, nice_ticks
from gmm_studio.gui.laboratory.basin_legend import BasinLegend, LegendEntry, LegendPlace
from gmm_studio.gui.numbers import log_likelihood, number
from gmm_studio.gui.style import Style

__all__ = [
    "PICTURE",
    "USUAL",
    "LegendLayout",
    "LegendRow",
    "corner_of",
    "lay_out",
    "legend_box",
    "legend_texts",
]

USUAL = LegendPlace()
"""Open, and where nothing else is."""

PICTURE = 44.0, 28.0
"""Of an optimum, width and height."""

_MOST_ENTRIES, _FEWEST_ENTRIES = 6, 2
_LEAST_SHARE = 0.01
"""Of the cells: smaller basins are only counted."""

_LARGEST_SHARE = 0.62
"""Of the view's height; fewer optima are named where there is no room."""

_PAD, _GAP, _ROW_GAP = 10.0, 10.0, 4.0
_CHEVRON = 18.0


@dataclass(frozen=True, slots=True)
class LegendRow:
    """An entry as it is written, and where."""

    entry: LegendEntry
    level: str
    share: str
    box: QRectF


@dataclass(frozen=True, slots=True)
class LegendLayout:
    """Where all of a legend is, in logical pixels.

    Attributes
    ----------
    box : QRectF
    title : QRectF
        What a click folds and unfolds.
    chevron : float
        The room for a chevron before the title.
    rows : tuple of LegendRow
    more : str
        How many optima are not named; empty where all are.
    notes : tuple of str
    top : float
        Of the text below the rows.
    pad, gap, line : float
    """

    box: QRectF
    title: QRectF
    chevron: float
    rows: tuple[LegendRow, ...]
    more: str
    notes: tuple[str, ...]
    top: float
    pad: float
    gap: float
    line: float

    def entry_at(self, at: QPointF) -> LegendEntry | None:
        """Whose row is there."""
        return next((row.entry for row in self.rows if row.box.contains(at)), None)


def legend_box(
    viewport: Viewport, legend: BasinLegend, style: Style, place: LegendPlace = USUAL
) -> QRectF:
    """Where the legend is painted, always inside the view.

    Where nobody has moved it that is beside the labels of the axes, at the lower left;
    one-dimensional data leave room at the upper left only.
    """
    return lay_out(viewport, legend, style, place).box


def legend_texts(viewport: Viewport, legend: BasinLegend, style: Style) -> tuple[str, ...]:
    """What the legend says, line by line."""
    layout = lay_out(viewport, legend, style)
    rows = [text for row in layout.rows for text in (row.level, row.share)]
    more = [layout.more] if layout.more else []
    return title_of(legend), *rows, *more, *layout.notes


def corner_of(viewport: Viewport, box: QRectF) -> tuple[float, float]:
    """The corner of a `LegendPlace` whose legend is in a box, or as near to it as is inside."""
    room = viewport.width - box.width(), viewport.height - box.height()
    return _share_of(box.left(), room[0]), _share_of(box.top(), room[1])


def _share_of(start: float, room: float) -> float:
    return min(max(start / room, 0.0), 1.0) if room > 0 else 0.0


def title_of(legend: BasinLegend) -> str:
    """Its first line."""
    text = QCoreApplication.translate("BasinLegend", "Where seed {j} leads")
    return text.format(j=legend.j + 1)


def lay_out(
    viewport: Viewport, legend: BasinLegend, style: Style, place: LegendPlace = USUAL
) -> LegendLayout:
    """Lay a legend out.

    Parameters
    ----------
    viewport : Viewport
        In which the scene is painted, from the origin.
    legend : BasinLegend
    style : Style
    place : LegendPlace
    """
    metrics = QFontMetricsF(style.font)
    scale, line = style.scale, metrics.height()
    pad, gap, chevron = _PAD * scale, _GAP * scale, _CHEVRON * scale
    texts, more, notes = ([], "", ()) if place.folded else _content(viewport, legend, style)
    advance = metrics.horizontalAdvance
    inner = max(chevron + advance(title_of(legend)), *map(advance, (more, *notes)))
    if texts:
        beside = max(advance(level) for _, level, _ in texts)
        beside += max(advance(share) for _, _, share in texts)
        inner = max(inner, PICTURE[0] * scale + 2 * gap + beside)
    step = _step(line, scale)
    rows_height = gap + len(texts) * step + (line if more else 0) if texts else 0.0
    height = line + 2 * pad + rows_height + (gap + len(notes) * line if notes else 0.0)
    left, top = _corner(viewport, legend, style, place, inner + 2 * pad, height)
    box = QRectF(left, top, inner + 2 * pad, height)
    title = QRectF(left, top, box.width(), line + 2 * pad - (0.5 * gap if texts else 0))
    first = top + pad + line + gap
    rows = tuple(
        LegendRow(*text, QRectF(left + pad, first + i * step, inner, step - _ROW_GAP * scale))
        for i, text in enumerate(texts)
    )
    below = first + len(rows) * step
    return LegendLayout(box, title, chevron, rows, more, notes, below, pad, gap, line)


def _content(
    viewport: Viewport, legend: BasinLegend, style: Style
) -> tuple[list[tuple[LegendEntry, str, str]], str, tuple[str, ...]]:
    """The entries that are named, how many are not, and the notes: what there is room for."""
    line = QFontMetricsF(style.font).height()
    gap, step = _GAP * style.scale, _step(line, style.scale)
    free = _LARGEST_SHARE * viewport.height - 2 * line - 2 * _PAD * style.scale - gap
    # Where there is little room, two optima are more than all they rest on; the last says how near
    # to each other two must be to be one, without which no number of them means anything.
    fitting = int((free - gap - _FEWEST_ENTRIES * step) / line)
    notes = legend.notes[-max(1, fitting) :]
    room = int((free - gap - len(notes) * line) / step)
    shown = _shown(legend.entries, max(1, min(_MOST_ENTRIES, room)))
    texts = [
        (entry, _level(entry, is_best=entry is legend.entries[0]), _share(entry.share))
        for entry in shown
    ]
    left_out = len(legend.entries) - len(shown)
    more = QCoreApplication.translate("BasinLegend", "and {n} more").format(n=left_out)
    return texts, more if left_out else "", notes


def _step(line: float, scale: float) -> float:
    return max(PICTURE[1] * scale, line) + _ROW_GAP * scale


def _shown(entries: tuple[LegendEntry, ...], most: int) -> list[LegendEntry]:
    """The best, and those with the largest basins; in their order."""
    by_share = sorted(entries[1:], key=lambda entry: -entry.share)
    large = [entry for entry in by_share if entry.share >= _LEAST_SHARE]
    kept = {id(entry) for entry in (entries[0], *large[: most - 1])}
    return [entry for entry in entries if id(entry) in kept]


def _corner(
    viewport: Viewport,
    legend: BasinLegend,
    style: Style,
    place: LegendPlace,
    width: float,
    height: float,
) -> tuple[int, int]:
    """The upper left corner, on whole pixels: as an image it stays as sharp."""
    room = max(viewport.width - width, 0.0), max(viewport.height - height, 0.0)
    if place.corner is not None:
        left, top = (share * free for share, free in zip(place.corner, room, strict=True))
    else:
        left, top = _usual_corner(viewport, legend, style, height)
    return int(min(max(left, 0.0), room[0])), int(min(max(top, 0.0), room[1]))


def _usual_corner(
    viewport: Viewport, legend: BasinLegend, style: Style, height: float
) -> tuple[float, float]:
    """Where no label of an axis is."""
    metrics = QFontMetricsF(style.font)
    most = int(viewport.height / (52 * style.scale))
    labels = nice_ticks(viewport.bottom, viewport.top, most).values()
    widest = max((metrics.horizontalAdvance(text) for text in labels), default=0.0)
    left = 6 + widest + 12 * style.scale
    if len(legend.low) == 1:
        return left, 6.0 + 2 * metrics.height()
    return left, viewport.height - height - metrics.height() - 6 - 10 * style.scale


def _level(entry: LegendEntry, *, is_best: bool) -> str:
    translate = QCoreApplication.translate
    if is_best:
        level, text = (
            log_likelihood(entry.log_likelihood),
            translate("BasinLegend", "{level}, the best found"),
        )
    else:
        level = number(abs(entry.below), 3)
        above = translate("BasinLegend", "{level} above")
        text = above if entry.below < 0 else translate("BasinLegend", "{level} below")
    words = text.format(level=level)
    return f"{words}, {_remark(entry)}" if entry.spurious else words


def _remark(entry: LegendEntry) -> str:
    translate = QCoreApplication.translate
    remarks = {
        "few": translate("BasinLegend", "on a few points"),
        "collapsed": translate("BasinLegend", "collapsed"),
        "emptied": translate("BasinLegend", "one emptied"),
    }
    return remarks[entry.spurious]


def _share(share: float) -> str:
    text = "<1" if share < 0.01 else ">99" if 0.99 < share < 1 else f"{100 * share:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"
