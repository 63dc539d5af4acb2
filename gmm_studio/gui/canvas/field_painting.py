"""Paints the backgrounds of the plane: shading, contours, borders of regions."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gmm_studio.gui.canvas.ellipses import FAR
from gmm_studio.gui.canvas.scene import Contour, Field
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import mixed
from gmm_studio.gui.style import Style

__all__ = ["paint_field"]


def paint_field(painter: QPainter, viewport: Viewport, field: Field, style: Style) -> None:
    """Paint a background where it belongs, also in a viewport that it was not made for.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        What part of the plane, painted from the origin.
    field : Field
    style : Style
    """
    painter.save()
    if field.image is not None:
        _paint_image(painter, viewport, field, field.image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_pen(field, style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for polyline in _polylines(viewport, field.contours):
        painter.drawPolyline(polyline)
    painter.restore()


def _pen(field: Field, style: Style) -> QPen:
    """Opaque, since such lines of one pixel take Qt's fast way; paler where bands show as well."""
    border = bool(field.contours) and field.contours[0].level == 0
    share = 0.7 if border else 0.5 if field.image is None else 0.35
    colour = mixed(style.palette.text, style.palette.canvas, share)
    return QPen(QColor(colour), (1.5 if border else 1.0) * style.scale)


def _paint_image(painter: QPainter, viewport: Viewport, field: Field, image: QImage) -> None:
    """Only the cells in view, and those around them: zoomed far in, all would be too large."""
    made_for = field.viewport
    left, top = viewport.to_pixel(made_for.left, made_for.top)
    right, bottom = viewport.to_pixel(made_for.right, made_for.bottom)
    width, height = (right - left) / image.width(), (bottom - top) / image.height()
    first, last = _visible(left, width, viewport.width, image.width())
    upper, lower = _visible(top, height, viewport.height, image.height())
    if first >= last or upper >= lower:
        return
    columns, rows = last - first, lower - upper
    target = QRectF(left + first * width, top + upper * height, columns * width, rows * height)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, field.smooth)
    painter.drawImage(target, image, QRectF(first, upper, columns, rows))


def _visible(start: float, cell: float, size: float, count: int) -> tuple[int, int]:
    """The first cell to paint, and the one after the last."""
    first = min(max(math.floor(-start / cell) - 1, 0), count)
    last = min(max(math.ceil((size - start) / cell) + 1, 0), count)
    return first, last


def _polylines(viewport: Viewport, contours: tuple[Contour, ...]) -> list[QPolygonF]:
    """In pixels; one product for all the lines, since many are short."""
    if not contours:
        return []
    places = np.concatenate([contour.places for contour in contours])
    across = (places[:, 0] - viewport.left) * viewport.x_scale
    down = (viewport.top - places[:, 1]) * viewport.y_scale
    pixels = np.clip(np.column_stack([across, down]), -FAR, FAR).tolist()
    ends = np.cumsum([len(contour.places) for contour in contours]).tolist()
    starts = [0, *ends[:-1]]
    return [
        QPolygonF([QPointF(x, y) for x, y in pixels[start:end]])
        for start, end in zip(starts, ends, strict=True)
    ]
