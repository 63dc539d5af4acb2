"""Small pictures of the generated clouds, for a list of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.gui.colours import Palette, component_colour

__all__ = ["ICON", "cloud_icon"]

ICON = QSize(44, 30)
"""In logical pixels."""

_MARGIN = 3.0
_BARS = 22


def cloud_icon(cloud: PointCloud, palette: Palette, pixel_ratio: float) -> QIcon:
    """The points of a small cloud as dots, or its histogram, in the colours of its labels."""
    pixmap = QPixmap(ICON * pixel_ratio)
    pixmap.setDevicePixelRatio(pixel_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, ICON.width(), ICON.height())
    room = area.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    if cloud.d == 1:
        _paint_bars(painter, cloud.points[:, 0], room, QColor(palette.muted))
    else:
        _paint_dots(painter, cloud, room, palette)
    painter.end()
    icon = QIcon()
    # The selected row of a list would tint it.
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(pixmap, mode)
    return icon


def _paint_dots(painter: QPainter, cloud: PointCloud, room: QRectF, palette: Palette) -> None:
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    size = np.maximum(high - low, 1e-9)
    scale = min(room.width() / size[0], room.height() / size[1])
    middle = np.array([room.center().x(), room.center().y()])
    places = middle + (cloud.points - 0.5 * (low + high)) * [scale, -scale]
    codes = np.full(cloud.n, -1) if cloud.labels is None else cloud.labels
    for code in np.unique(codes).tolist():
        colour = palette.muted if code < 0 else component_colour(palette, code)
        painter.setPen(QPen(QColor(colour), 1.7, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints([QPointF(x, y) for x, y in places[codes == code].tolist()])


def _paint_bars(painter: QPainter, values: FloatArray, room: QRectF, colour: QColor) -> None:
    counts, _ = np.histogram(values, bins=_BARS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    width = room.width() / _BARS
    for i, height in enumerate((room.height() * counts / counts.max()).tolist()):
        painter.drawRect(QRectF(room.left() + i * width, room.bottom() - height, width, height))
