"""Paints the legend of a map of basins: each optimum with its ellipses, its level and its share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.mixture_painting import ellipse
from gmm_studio.gui.canvas.viewport import Viewport, nice_ticks
from gmm_studio.gui.colours import component_colour, contrast, mixed
from gmm_studio.gui.laboratory.basin_layer import tint
from gmm_studio.gui.laboratory.basin_legend import BasinLegend, LegendEntry
from gmm_studio.gui.numbers import log_likelihood, number
from gmm_studio.gui.style import Style

__all__ = ["LegendPainter", "legend_box", "legend_texts", "paint_basin_legend"]

_MOST_ENTRIES, _FEWEST_ENTRIES = 6, 2
_LEAST_SHARE = 0.01
"""Of the cells: smaller basins are only counted."""

_LARGEST_SHARE = 0.62
"""Of the view's height; fewer optima are named where there is no room."""

_SIGMA = 1.5
_VERTICES = 48
_PICTURE_WIDTH, _PICTURE_HEIGHT = 44.0, 28.0
_PAD, _GAP, _ROW_GAP = 10.0, 10.0, 4.0


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as it is written."""

    entry: LegendEntry
    level: str
    share: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where all of a legend is, in logical pixels."""

    box: QRectF
    rows: tuple[_Row, ...]
    more: str
    notes: tuple[str, ...]
    line: float


def legend_box(viewport: Viewport, legend: BasinLegend, style: Style) -> QRectF:
    """Where the legend is painted: beside the labels of the axes, at the lower left.

    One-dimensional data leave room at the upper left only.
    """
    return _lay_out(viewport, legend, style).box


def legend_texts(viewport: Viewport, legend: BasinLegend, style: Style) -> tuple[str, ...]:
    """What the legend says, line by line."""
    layout = _lay_out(viewport, legend, style)
    rows = [text for row in layout.rows for text in (row.level, row.share)]
    more = [layout.more] if layout.more else []
    return _title(legend), *rows, *more, *layout.notes


def paint_basin_legend(
    painter: QPainter, viewport: Viewport, legend: BasinLegend, style: Style
) -> None:
    """Paint the legend of a map over a scene.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        In which the scene was painted, from the origin.
    legend : BasinLegend
    style : Style
    """
    _paint_layout(painter, _lay_out(viewport, legend, style), legend, style)


class LegendPainter:
    """Paints legends on the screen: the same again is an image, since text takes milliseconds."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._image = QImage()

    def paint(
        self, painter: QPainter, viewport: Viewport, legend: BasinLegend, style: Style
    ) -> None:
        """See `paint_basin_legend`."""
        layout = _lay_out(viewport, legend, style)
        ratio = painter.device().devicePixelRatio()
        key = (legend, style, ratio, layout.box.size())
        corner = layout.box.topLeft() - QPointF(1, 1)
        if key != self._key:
            self._key, self._image = key, _image(layout, corner, legend, style, ratio)
        painter.drawImage(corner, self._image)


def _image(
    layout: _Layout, corner: QPointF, legend: BasinLegend, style: Style, ratio: float
) -> QImage:
    """The legend with a pixel around it."""
    size = QSizeF(layout.box.width() + 3, layout.box.height() + 3) * ratio
    image = QImage(size.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.translate(-corner)
    _paint_layout(painter, layout, legend, style)
    painter.end()
    return image


def _paint_layout(painter: QPainter, layout: _Layout, legend: BasinLegend, style: Style) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(style.font)
    ground = QColor(style.palette.canvas)
    ground.setAlpha(238)
    painter.setPen(QPen(QColor(style.palette.border), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(layout.box, 8, 8)
    _paint_rows(painter, layout, legend, style)
    painter.restore()


def _lay_out(viewport: Viewport, legend: BasinLegend, style: Style) -> _Layout:
    metrics = QFontMetricsF(style.font)
    scale, line = style.scale, metrics.height()
    pad, gap = _PAD * scale, _GAP * scale
    step = _step(line, scale)
    fixed = line + 2 * pad + gap
    below = len(legend.notes) * line + gap
    rows_below = (_LARGEST_SHARE * viewport.height - fixed - below - line) / step
    # Where there is little room, the optima are more than what they rest on.
    notes = legend.notes if rows_below >= _FEWEST_ENTRIES else ()
    below = below if notes else 0.0
    room = int((_LARGEST_SHARE * viewport.height - fixed - below - line) / step)
    rows, more = _rows(legend, max(1, min(_MOST_ENTRIES, room)))
    advance = metrics.horizontalAdvance
    beside = max(advance(row.level) for row in rows) + max(advance(row.share) for row in rows)
    inner = max(
        _PICTURE_WIDTH * scale + 2 * gap + beside,
        *(advance(text) for text in (_title(legend), more, *notes)),
    )
    height = fixed + below + len(rows) * step + (line if more else 0)
    left, top = _corner(viewport, legend, style, height)
    # On whole pixels: as an image it stays as sharp.
    left, top = round(left), round(top)
    return _Layout(QRectF(left, top, inner + 2 * pad, height), rows, more, notes, line)


def _rows(legend: BasinLegend, most: int) -> tuple[tuple[_Row, ...], str]:
    """The entries that are named, and how many are not."""
    shown = _shown(legend.entries, most)
    rows = tuple(
        _Row(entry, _level(entry, is_best=entry is legend.entries[0]), _share(entry.share))
        for entry in shown
    )
    left_out = len(legend.entries) - len(rows)
    more = QCoreApplication.translate("BasinLegend", "and {n} more").format(n=left_out)
    return rows, more if left_out else ""


def _step(line: float, scale: float) -> float:
    return max(_PICTURE_HEIGHT * scale, line) + _ROW_GAP * scale


def _shown(entries: tuple[LegendEntry, ...], most: int) -> list[LegendEntry]:
    """The best, and those with the largest basins; in their order."""
    by_share = sorted(entries[1:], key=lambda entry: -entry.share)
    large = [entry for entry in by_share if entry.share >= _LEAST_SHARE]
    kept = {id(entry) for entry in (entries[0], *large[: most - 1])}
    return [entry for entry in entries if id(entry) in kept]


def _corner(
    viewport: Viewport, legend: BasinLegend, style: Style, height: float
) -> tuple[float, float]:
    """The upper left corner, where no label of an axis is."""
    metrics = QFontMetricsF(style.font)
    most = int(viewport.height / (52 * style.scale))
    labels = nice_ticks(viewport.bottom, viewport.top, most).values()
    widest = max((metrics.horizontalAdvance(text) for text in labels), default=0.0)
    left = 6 + widest + 12 * style.scale
    if len(legend.low) == 1:
        return left, 6.0 + 2 * metrics.height()
    return left, viewport.height - height - metrics.height() - 6 - 10 * style.scale


def _paint_rows(painter: QPainter, layout: _Layout, legend: BasinLegend, style: Style) -> None:
    box, line, scale = layout.box, layout.line, style.scale
    pad, gap = _PAD * scale, _GAP * scale
    text, muted = QColor(style.palette.text), QColor(style.palette.muted)
    left, top = box.left() + pad, box.top() + pad
    width = box.width() - 2 * pad
    _write(painter, QRectF(left, top, width, line), _title(legend), text)
    top += line + gap
    picture = QRectF(0, 0, _PICTURE_WIDTH * scale, _PICTURE_HEIGHT * scale)
    beside = picture.width() + gap
    step = _step(line, scale)
    for row in layout.rows:
        height = step - _ROW_GAP * scale
        picture.moveTopLeft(QPointF(left, top + 0.5 * (height - picture.height())))
        _paint_picture(painter, picture, row.entry, legend, style)
        words = QRectF(left + beside, top, width - beside, height)
        _write(painter, words, row.level, text)
        right = QRectF(left, top, width, height)
        _write(painter, right, row.share, text, Qt.AlignmentFlag.AlignRight)
        top += step
    if layout.more:
        _write(painter, QRectF(left + beside, top, width - beside, line), layout.more, muted)
        top += line
    top += gap
    for note in layout.notes:
        _write(painter, QRectF(left, top, width, line), note, muted)
        top += line


def _write(
    painter: QPainter,
    box: QRectF,
    text: str,
    colour: QColor,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setPen(colour)
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)


def _title(legend: BasinLegend) -> str:
    text = QCoreApplication.translate("BasinLegend", "Where seed {j} leads")
    return text.format(j=legend.j + 1)


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


# Small pictures


def _paint_picture(
    painter: QPainter, box: QRectF, entry: LegendEntry, legend: BasinLegend, style: Style
) -> None:
    """The ellipses of an optimum on its colour, in the box of the cloud."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tint(style.palette, entry.slot)))
    painter.drawRoundedRect(box, 4, 4)
    painter.setClipRect(box.adjusted(1, 1, -1, -1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    mixture = entry.mixture
    curves = _bells if mixture.d == 1 else _ellipses
    for j, curve in zip(*curves(mixture, box, legend), strict=True):
        painter.setPen(QPen(_on_tint(style, entry.slot, j), 1.6 * style.scale))
        painter.drawPolyline(curve)
    painter.restore()


def _on_tint(style: Style, slot: int, j: int) -> QColor:
    """The colour of a component, nearer to that of text where it would be lost on a tint."""
    palette = style.palette
    colour, ground = component_colour(palette, j), tint(palette, slot)
    shades = (mixed(colour, palette.text, share) for share in (1.0, 0.8, 0.6, 0.4))
    return QColor(next((one for one in shades if contrast(one, ground) >= 3), palette.text))


def _ellipses(
    mixture: Mixture, box: QRectF, legend: BasinLegend
) -> tuple[list[int], list[QPolygonF]]:
    """Of the components with a weight; the box of the cloud fills the picture."""
    middle = 0.5 * legend.low + 0.5 * legend.high
    size = np.maximum(legend.high - legend.low, 1e-300)
    room = np.array([0.88 * box.width(), 0.88 * box.height()])
    per_unit = room / size
    members = np.flatnonzero(mixture.weights > 0).tolist()
    curves = []
    for j in members:
        places = ellipse(mixture.means[j], mixture.covariances[j], _SIGMA, _VERTICES)
        across = box.center().x() + (places[:, 0] - middle[0]) * per_unit[0]
        down = box.center().y() - (places[:, 1] - middle[1]) * per_unit[1]
        curves.append(_closed(across, down))
    return members, curves


def _closed(across: FloatArray, down: FloatArray) -> QPolygonF:
    pixels = np.clip(np.column_stack([across, down]), -1e5, 1e5).tolist()
    return QPolygonF([QPointF(x, y) for x, y in [*pixels, pixels[0]]])


def _bells(mixture: Mixture, box: QRectF, legend: BasinLegend) -> tuple[list[int], list[QPolygonF]]:
    """The weighted densities of the components with a weight, the highest as high as the box."""
    members = np.flatnonzero(mixture.weights > 0).tolist()
    low, high = float(legend.low[0]), float(legend.high[0])
    deviations = np.sqrt(mixture.covariances[:, 0, 0])
    x = np.linspace(low, high, 2 * _VERTICES)
    heights = mixture.weights / deviations
    heights = heights / heights.max()
    across = box.left() + box.width() * np.linspace(0, 1, len(x))
    curves = []
    for j in members:
        bell = heights[j] * np.exp(-0.5 * ((x - mixture.means[j, 0]) / deviations[j]) ** 2)
        down = box.bottom() - 2 - (box.height() - 6) * bell
        curves.append(QPolygonF([QPointF(a, b) for a, b in zip(across, down, strict=True)]))
    return members, curves
