"""Paints a scene: the one function for the screen, for pictures and for animations."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gmm_studio.gui.canvas.class_key import paint_class_key
from gmm_studio.gui.canvas.field_painting import paint_field
from gmm_studio.gui.canvas.mixture_painting import paint_legend, paint_means, paint_mixtures
from gmm_studio.gui.canvas.scene import Points, Scene
from gmm_studio.gui.canvas.vector_points import is_vector, paint_dots
from gmm_studio.gui.canvas.viewport import Viewport, nice_ticks
from gmm_studio.gui.line.painting import paint_densities
from gmm_studio.gui.style import Style
from gmm_studio.gui.units import axis_names

__all__ = ["paint_scene"]

_EXACT = 1e-3
"""Pixels that an image may be beside those of the device and still be painted as it is."""


def paint_scene(
    painter: QPainter,
    viewport: Viewport,
    scene: Scene,
    style: Style,
    *,
    ground: bool = True,
    legend: bool = True,
) -> None:
    """Paint a cloud and its mixture into the viewport's rectangle, from the origin.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        What part of the plane, and the size to paint it in.
    scene : Scene
    style : Style
    ground : bool
        Whether the canvas is filled with its colour; without it, it is as it was.
    legend : bool
        Whether it is said what lines and points mean.
    """
    area = QRectF(0, 0, viewport.width, viewport.height)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    if ground:
        painter.fillRect(area, QColor(style.palette.canvas))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if scene.layers.grid:
        _paint_grid(painter, viewport, scene, style)
    if scene.overlay is not None:
        scene.overlay.paint_below(painter, viewport, style)
    if scene.cloud.d == 1:
        paint_densities(painter, viewport, scene, style.palette, style.scale)
    else:
        _paint_plane(painter, viewport, scene, style)
    if legend:
        paint_legend(painter, viewport, scene, style)
    if legend and scene.marks:
        paint_class_key(painter, viewport, scene.marks, style)
    paint_means(painter, viewport, scene, style)
    _paint_axes(painter, viewport, scene, style)
    if scene.overlay is not None:
        scene.overlay.paint_above(painter, viewport, style)
    painter.restore()


def _paint_plane(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Background, points and mixture of two-dimensional data."""
    if scene.field is not None:
        paint_field(painter, viewport, scene.field, style)
    if scene.halo is not None:
        _paint_points(painter, viewport, scene.halo, smooth=True)
    if scene.dots is not None:
        paint_dots(painter, viewport, scene.cloud, scene.dots)
    elif scene.points is not None:
        _paint_points(painter, viewport, scene.points, smooth=False)
    paint_mixtures(painter, viewport, scene, style)


def _paint_grid(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Densities end at 0: so does their grid."""
    bottom = viewport.height if scene.cloud.d == 2 else viewport.to_pixel(0, 0)[1]
    painter.setPen(QPen(QColor(style.palette.grid), 1))
    for x in _x_ticks(viewport, style):
        across = _crisp(painter, viewport.to_pixel(x, 0)[0])
        painter.drawLine(QPointF(across, 0), QPointF(across, bottom))
    for y in _y_ticks(viewport, style):
        down = viewport.to_pixel(0, y)[1]
        if down <= bottom:
            down = _crisp(painter, down)
            painter.drawLine(QPointF(0, down), QPointF(viewport.width, down))


def _crisp(painter: QPainter, at: float) -> float:
    """Where a line of one pixel is sharp; what has no pixels takes it as it is."""
    return at if is_vector(painter) else round(at) + 0.5


def _x_ticks(viewport: Viewport, style: Style) -> Mapping[float, str]:
    return nice_ticks(viewport.left, viewport.right, int(viewport.width / (96 * style.scale)))


def _y_ticks(viewport: Viewport, style: Style) -> Mapping[float, str]:
    return nice_ticks(viewport.bottom, viewport.top, int(viewport.height / (52 * style.scale)))


def _paint_axes(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Tick labels and column names along the lower and the left edge."""
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    height, pad = metrics.height(), 6.0
    names = axis_names(scene.cloud)
    name_left = viewport.width - metrics.horizontalAdvance(names[0]) - 2 * pad
    base = viewport.height - height - pad
    for x, text in _x_ticks(viewport, style).items():
        half = 0.5 * metrics.horizontalAdvance(text)
        across = viewport.to_pixel(x, 0)[0]
        if half + 40 * style.scale < across < name_left - half - pad:
            _label(painter, QPointF(across - half, base), text, style)
    _label(painter, QPointF(name_left, base), names[0], style)
    if scene.cloud.d == 1:
        return
    for y, text in _y_ticks(viewport, style).items():
        down = viewport.to_pixel(0, y)[1]
        if 2.4 * height + pad < down < base - height:
            _label(painter, QPointF(pad, down - 0.5 * height), text, style)
    _label(painter, QPointF(pad, pad), names[1], style)


def _label(painter: QPainter, at: QPointF, text: str, style: Style) -> None:
    """Small text that stays readable on the cloud."""
    metrics = painter.fontMetrics()
    ground = QColor(style.palette.canvas)
    ground.setAlpha(200)
    box = QRectF(at.x() - 3, at.y(), metrics.horizontalAdvance(text) + 6, metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(style.palette.muted))
    painter.drawText(QPointF(at.x(), at.y() + metrics.ascent()), text)


def _paint_points(painter: QPainter, viewport: Viewport, points: Points, *, smooth: bool) -> None:
    """Pixel by pixel where their pixels fall on those of the device; stretched where not."""
    made_for = points.viewport
    left, top = viewport.to_pixel(made_for.left, made_for.top)
    right, bottom = viewport.to_pixel(made_for.right, made_for.bottom)
    target = QRectF(left, top, right - left, bottom - top)
    exact = made_for == viewport or _is_exact(painter, target, points.image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth or not exact)
    painter.drawImage(target, points.image)


def _is_exact(painter: QPainter, target: QRectF, image: QImage) -> bool:
    on_device = painter.deviceTransform().mapRect(target)
    away = (
        on_device.left() - round(on_device.left()),
        on_device.top() - round(on_device.top()),
        on_device.width() - image.width(),
        on_device.height() - image.height(),
    )
    return max(map(abs, away)) < _EXACT
