"""Saves a map of basins as a PNG, without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter, QPen

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.basins import BasinMap
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.export.atomic import atomic_write
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene, data_box, histogram
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.laboratory.basin_layer import (
    basin_field,
    follow_tints,
    order,
    paint_basin_strip,
    tint,
)
from gmm_studio.gui.style import Style

__all__ = ["paint_basin_picture", "save_basin_picture"]

WIDTH, HEIGHT, STRIP_HEIGHT = 900.0, 675.0, 360.0
RATIO = 2.0
_MOST_ENTRIES = 8
_STRIP_BELOW = 0.1


def save_basin_picture(
    path: str | Path, cloud: PointCloud, basins: BasinMap, start: Mixture, moved: int
) -> None:
    """Write a map, the points over it and the seeds as a PNG; Qt is begun if it was not.

    Parameters
    ----------
    path : str or Path
    cloud : PointCloud
    basins : BasinMap
    start : Mixture
        Whose means the seeds are.
    moved : int
        The seed (from 0) that the map moves; it is not drawn.

    Raises
    ------
    InputError
        When the file cannot be written, with the reason.
    """
    application = QCoreApplication.instance() or QGuiApplication(
        ["gmm-studio", "-platform", "offscreen"]
    )
    content = _png(paint_basin_picture(cloud, basins, start, moved))
    with atomic_write(path) as file:
        file.write(content)
    del application


def paint_basin_picture(cloud: PointCloud, basins: BasinMap, start: Mixture, moved: int) -> QImage:
    """Paint what `save_basin_picture` writes."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(13)
    style = Style(LIGHT, font)
    viewport = _viewport(cloud, basins)
    slots = follow_tints(basins.optima, basins.tolerance, cloud.total_weight)
    field = basin_field(basins, viewport, LIGHT, slots)
    means = [tuple(mean) for mean in start.means.tolist()]
    scene = Scene(
        cloud,
        seeds=tuple(None if j == moved else mean for j, mean in enumerate(means)),
        field=field if cloud.d == 2 else None,
        layers=Layers(grid=False, ellipses=False),
    )
    scene = _with_points(scene, viewport)
    width, height = round(RATIO * viewport.width), round(RATIO * viewport.height)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(RATIO, RATIO)
        paint_scene(painter, viewport, scene, style)
        if cloud.d == 1:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            paint_basin_strip(painter, viewport, field, style)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        _paint_legend(painter, viewport, basins, slots, style)
    return image


def _with_points(scene: Scene, viewport: Viewport) -> Scene:
    request = PictureRequest(
        scene.cloud,
        None,
        look_of(LIGHT, 1),
        viewport.width,
        viewport.height,
        RATIO,
        layers=scene.layers,
        viewport=viewport,
    )
    picture = Renderer().render(request, never)
    return replace(scene, points=picture.points, histogram=picture.histogram)


def _viewport(cloud: PointCloud, basins: BasinMap) -> Viewport:
    """The cells fill it; in one dimension from side to side."""
    (left, right), (bottom, top) = (_ends(centres) for centres in (basins.x, basins.y))
    if cloud.d == 2:
        return Viewport(left, right, bottom, top, WIDTH, HEIGHT)
    height = float(data_box(cloud, histogram(cloud))[1][1])
    return Viewport(left, right, -_STRIP_BELOW * height, height, WIDTH, STRIP_HEIGHT)


def _ends(centres: FloatArray) -> tuple[float, float]:
    """Where cells of one width begin and end; of a single one, half a unit from it."""
    first, last = float(centres[0]), float(centres[-1])
    half = 0.5 * (last - first) / (len(centres) - 1) if len(centres) > 1 else 0.5
    return first - half, last + half


def _paint_legend(
    painter: QPainter, viewport: Viewport, basins: BasinMap, slots: tuple[int, ...], style: Style
) -> None:
    """Colour, number and log-likelihood of the best optima of the map, in the upper right."""
    metrics = QFontMetricsF(style.font)
    size, pad = metrics.height(), 8.0
    ranked = order(basins.optima)[:_MOST_ENTRIES]
    texts = [f"{i}   {basins.optima[j].log_likelihood:.2f}" for i, j in enumerate(ranked, 1)]
    if more := len(basins.optima) - len(ranked):
        texts.append(QCoreApplication.translate("BasinPicture", "and {n} more").format(n=more))
    width = size + 3 * pad + max(map(metrics.horizontalAdvance, texts))
    box = QRectF(viewport.width - width - pad, pad, width, len(texts) * (size + 4) + 2 * pad - 4)
    ground = QColor(style.palette.canvas)
    ground.setAlpha(225)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(style.font)
    for i, text in enumerate(texts):
        top = box.top() + pad + i * (size + 4)
        if i < len(ranked):
            painter.setPen(QPen(QColor(style.palette.muted), 0.8))
            painter.setBrush(QColor(tint(style.palette, slots[ranked[i]])))
            painter.drawRect(QRectF(box.left() + pad, top + 2, size - 4, size - 4))
        painter.setPen(QColor(style.palette.text))
        at = QRectF(box.left() + size + 2 * pad - 4, top, width, size)
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, text)


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise InputError("The picture is too large.")
    return bytes(content.data())
