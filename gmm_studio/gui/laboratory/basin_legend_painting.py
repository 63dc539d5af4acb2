"""Paints the legend of a map of basins: each optimum with its ellipses, its level and its share."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.ellipses import ellipse
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import component_colour, contrast, mixed
from gmm_studio.gui.laboratory.basin_layer import tint
from gmm_studio.gui.laboratory.basin_legend import BasinLegend, LegendEntry, LegendPlace
from gmm_studio.gui.laboratory.basin_legend_layout import (
    PICTURE,
    USUAL,
    LegendLayout,
    lay_out,
    title_of,
)
from gmm_studio.gui.line.curves import component_curve
from gmm_studio.gui.style import Style

__all__ = ["LegendPainter", "paint_basin_legend", "paint_optimum"]

_SIGMA = 1.5
_VERTICES = 48
_LIT = 0.1
"""How much of the accent is in the ground of the entry under the pointer."""


def paint_basin_legend(
    painter: QPainter,
    viewport: Viewport,
    legend: BasinLegend,
    style: Style,
    place: LegendPlace = USUAL,
    lit: LegendEntry | None = None,
) -> None:
    """Paint the legend of a map over a scene.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        In which the scene was painted, from the origin.
    legend : BasinLegend
    style : Style
    place : LegendPlace
    lit : LegendEntry, optional
        The one under the pointer.
    """
    _paint_layout(painter, lay_out(viewport, legend, style, place), legend, style, lit)


class LegendPainter:
    """Paints legends on the screen: the same again is an image, since text takes milliseconds."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._image = QImage()

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        legend: BasinLegend,
        style: Style,
        place: LegendPlace = USUAL,
        lit: LegendEntry | None = None,
    ) -> None:
        """See `paint_basin_legend`."""
        layout = lay_out(viewport, legend, style, place)
        ratio = painter.device().devicePixelRatio()
        key = (legend, style, ratio, layout.box.size(), lit)
        corner = layout.box.topLeft() - QPointF(1, 1)
        if key != self._key:
            self._key, self._image = key, _image(layout, corner, legend, style, ratio, lit)
        painter.drawImage(corner, self._image)


def _image(
    layout: LegendLayout,
    corner: QPointF,
    legend: BasinLegend,
    style: Style,
    ratio: float,
    lit: LegendEntry | None,
) -> QImage:
    """The legend with a pixel around it."""
    size = QSizeF(layout.box.width() + 3, layout.box.height() + 3) * ratio
    image = QImage(size.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.translate(-corner)
    _paint_layout(painter, layout, legend, style, lit)
    painter.end()
    return image


def _paint_layout(
    painter: QPainter,
    layout: LegendLayout,
    legend: BasinLegend,
    style: Style,
    lit: LegendEntry | None,
) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(style.font)
    ground = QColor(style.palette.canvas)
    ground.setAlpha(238)
    painter.setPen(QPen(QColor(style.palette.border), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(layout.box, 8, 8)
    _paint_title(painter, layout, legend, style)
    _paint_rows(painter, layout, legend, style, lit)
    _paint_notes(painter, layout, style)
    painter.restore()


def _paint_title(
    painter: QPainter, layout: LegendLayout, legend: BasinLegend, style: Style
) -> None:
    """With a chevron before it that says whether there is more."""
    left, top = layout.box.left() + layout.pad, layout.box.top() + layout.pad
    words = QRectF(left + layout.chevron, top, layout.box.width(), layout.line)
    _write(painter, words, title_of(legend), QColor(style.palette.text))
    half = 0.13 * layout.chevron
    points = [QPointF(-2 * half, -half), QPointF(0, half), QPointF(2 * half, -half)]
    painter.save()
    painter.translate(left + 2 * half + 2, top + 0.5 * layout.line)
    painter.rotate(0 if layout.rows else -90)
    painter.setPen(QPen(QColor(style.palette.muted), 1.6 * style.scale))
    painter.drawPolyline(QPolygonF(points))
    painter.restore()


def _paint_rows(
    painter: QPainter,
    layout: LegendLayout,
    legend: BasinLegend,
    style: Style,
    lit: LegendEntry | None,
) -> None:
    text, width = QColor(style.palette.text), PICTURE[0] * style.scale
    picture = QRectF(0, 0, width, PICTURE[1] * style.scale)
    for row in layout.rows:
        if row.entry is lit:
            around = 0.4 * layout.gap
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mixed(style.palette.accent, style.palette.canvas, _LIT)))
            painter.drawRoundedRect(row.box.adjusted(-around, -2, around, 2), 5, 5)
        middle = 0.5 * (row.box.height() - picture.height())
        picture.moveTopLeft(row.box.topLeft() + QPointF(0, middle))
        _paint_picture(painter, picture, row.entry, legend, style)
        _write(painter, row.box.adjusted(width + layout.gap, 0, 0, 0), row.level, text)
        _write(painter, row.box, row.share, text, Qt.AlignmentFlag.AlignRight)


def _paint_notes(painter: QPainter, layout: LegendLayout, style: Style) -> None:
    muted, top = QColor(style.palette.muted), layout.top
    left, width = layout.box.left() + layout.pad, layout.box.width() - 2 * layout.pad
    if layout.more:
        beside = PICTURE[0] * style.scale + layout.gap
        at = QRectF(left + beside, top, width - beside, layout.line)
        _write(painter, at, layout.more, muted)
        top += layout.line
    for number, note in enumerate(layout.notes):
        at = QRectF(left, top + layout.gap + number * layout.line, width, layout.line)
        _write(painter, at, note, muted)


def _write(
    painter: QPainter,
    box: QRectF,
    text: str,
    colour: QColor,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setPen(colour)
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)


# On the cloud


def paint_optimum(painter: QPainter, viewport: Viewport, mixture: Mixture, style: Style) -> None:
    """The ellipses at 1 sigma of an optimum, or its densities, over whatever is on the cloud.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        In which the scene was painted, from the origin.
    mixture : Mixture
    style : Style
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    palette = style.palette
    if mixture.d == 1:
        ground = viewport.to_pixel(viewport.left, 0)[1]
        above = QRectF(0, 0, viewport.width, ground - 1)
        painter.setClipRect(above, Qt.ClipOperation.IntersectClip)
    for j in np.flatnonzero(mixture.weights > 0).tolist():
        curve = _on_the_cloud(viewport, mixture, j)
        if curve is None:
            continue
        for colour, width in (
            (palette.canvas, 8.0),
            (palette.text, 5.0),
            (component_colour(palette, j), 2.4),
        ):
            painter.setPen(QPen(QColor(colour), width * style.scale))
            painter.drawPolyline(curve)
    painter.restore()


def _on_the_cloud(viewport: Viewport, mixture: Mixture, j: int) -> QPolygonF | None:
    if mixture.d == 1:
        return component_curve(viewport, mixture, j)
    places = ellipse(mixture.means[j], mixture.covariances[j], 1.0, 2 * _VERTICES)
    across = (places[:, 0] - viewport.left) * viewport.x_scale
    return _closed(across, (viewport.top - places[:, 1]) * viewport.y_scale)


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
