"""Paints a scene: the one function for the screen, for pictures and for animations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QTransform

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.colours import Palette, component_colour, on_component
from gmm_studio.gui.line_painting import paint_densities
from gmm_studio.gui.scene import Points, Scene
from gmm_studio.gui.viewport import Viewport, nice_ticks

__all__ = ["Style", "badge_radius", "ellipse", "half_axes", "paint_scene"]

SIGMAS: tuple[tuple[int, float, Qt.PenStyle], ...] = (
    (1, 2.4, Qt.PenStyle.SolidLine),
    (2, 1.0, Qt.PenStyle.SolidLine),
    (3, 1.0, Qt.PenStyle.DashLine),
)
"""Multiple, width and style of the lines at 1, 2 and 3 sigma.

Opaque lines of one pixel take Qt's fast way: others cost up to a millisecond each.
"""

_FAR = 1e5
_DENSE = 20_000
"""From so many points on thin lines are lost in the cloud without a halo."""

_VERTICES = 96


@dataclass(frozen=True, slots=True)
class Style:
    """How things are painted: the theme's colours, the size of text, the thickness of lines."""

    palette: Palette
    font: QFont
    scale: float = 1.0


def badge_radius(style: Style) -> float:
    """Of the numbered disc of a mean, in pixels."""
    return 9.5 * style.scale


def paint_scene(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Paint a cloud and its mixture into the viewport's rectangle, from the origin.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        What part of the plane, and the size to paint it in.
    scene : Scene
    style : Style
    """
    area = QRectF(0, 0, viewport.width, viewport.height)
    painter.save()
    painter.setClipRect(area)
    painter.fillRect(area, QColor(style.palette.canvas))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if scene.layers.grid:
        _paint_grid(painter, viewport, style)
    if scene.cloud.d == 1:
        paint_densities(painter, viewport, scene, style.palette, style.scale)
    elif scene.points is not None:
        _paint_points(painter, viewport, scene.points)
    if scene.cloud.d == 2:
        _paint_mixtures(painter, viewport, scene, style)
    _paint_means(painter, viewport, scene, style)
    _paint_axes(painter, viewport, scene, style)
    painter.restore()


def half_axes(covariance: FloatArray) -> FloatArray:
    """The half axes of the ellipse at 1 sigma, as columns (2, 2).

    Their lengths are the roots of the covariance's eigenvalues.
    """
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def ellipse(mean: FloatArray, covariance: FloatArray, sigma: float, vertices: int) -> FloatArray:
    """Vertices (v, 2) of the curve at a Mahalanobis distance of sigma from the mean."""
    return np.asarray(mean + sigma * _circle(vertices) @ half_axes(covariance).T)


def _circle(vertices: int) -> FloatArray:
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    return np.column_stack([np.cos(angles), np.sin(angles)])


_ROUND = QPolygonF([QPointF(x, y) for x, y in _circle(_VERTICES).tolist()])


def _ellipse(viewport: Viewport, mean: FloatArray, axes: FloatArray) -> QPolygonF:
    """The ellipse with these half axes, in pixels."""
    x, y = viewport.x_scale, -viewport.y_scale
    (xx, xy), (yx, yy) = axes.tolist()
    across, down = viewport.to_pixel(*mean.tolist())
    if max(abs(across), abs(down), *(abs(axes) * [[x], [-y]]).ravel()) > _FAR:
        return _polygon(viewport, mean + _circle(_VERTICES) @ axes.T)
    # Qt maps the vertices much faster than Python makes them.
    return QTransform(x * xx, y * yx, x * xy, y * yy, across, down).map(_ROUND)


def _paint_grid(painter: QPainter, viewport: Viewport, style: Style) -> None:
    painter.setPen(QPen(QColor(style.palette.grid), 1))
    for x in _x_ticks(viewport, style):
        across = round(viewport.to_pixel(x, 0)[0]) + 0.5
        painter.drawLine(QPointF(across, 0), QPointF(across, viewport.height))
    for y in _y_ticks(viewport, style):
        down = round(viewport.to_pixel(0, y)[1]) + 0.5
        painter.drawLine(QPointF(0, down), QPointF(viewport.width, down))


def _x_ticks(viewport: Viewport, style: Style) -> dict[float, str]:
    return nice_ticks(viewport.left, viewport.right, int(viewport.width / (96 * style.scale)))


def _y_ticks(viewport: Viewport, style: Style) -> dict[float, str]:
    return nice_ticks(viewport.bottom, viewport.top, int(viewport.height / (52 * style.scale)))


def _paint_axes(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Tick labels and column names along the lower and the left edge."""
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    height, pad = metrics.height(), 6.0
    names = scene.cloud.columns
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


def _paint_points(painter: QPainter, viewport: Viewport, points: Points) -> None:
    made_for = points.viewport
    left, top = viewport.to_pixel(made_for.left, made_for.top)
    right, bottom = viewport.to_pixel(made_for.right, made_for.bottom)
    exact = made_for == viewport
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not exact)
    painter.drawImage(QRectF(left, top, right - left, bottom - top), points.image)


def _paint_mixtures(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    palette = style.palette
    if scene.ghost is not None:
        _paint_ellipses(painter, viewport, scene.ghost, style, [palette.ghost], SIGMAS[:1], fill=0)
    if scene.layers.truth and scene.cloud.truth is not None:
        line = ((1, 1.6, Qt.PenStyle.DashDotLine), (2, 1.0, Qt.PenStyle.DashDotLine))
        _paint_ellipses(painter, viewport, scene.cloud.truth, style, [palette.text], line, fill=0)
    if scene.mixture is not None and scene.layers.ellipses:
        colours = [component_colour(palette, j) for j in range(scene.mixture.k)]
        dense = scene.cloud.n >= _DENSE
        _paint_ellipses(
            painter, viewport, scene.mixture, style, colours, SIGMAS, fill=26, halo=dense
        )
    if scene.layers.trails and scene.trails is not None:
        _paint_trails(painter, viewport, scene.trails, style)


def _paint_ellipses(
    painter: QPainter,
    viewport: Viewport,
    mixture: Mixture,
    style: Style,
    colours: list[str],
    lines: Iterable[tuple[int, float, Qt.PenStyle]],
    *,
    fill: int,
    halo: bool = False,
) -> None:
    for j in range(mixture.k):
        if mixture.weights[j] == 0:
            continue
        colour = QColor(colours[j % len(colours)])
        mean, axes = mixture.means[j], half_axes(mixture.covariances[j])
        for sigma, width, pen_style in lines:
            polygon = _ellipse(viewport, mean, sigma * axes)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if halo or (sigma == 1 and fill):
                if sigma == 1 and fill:
                    tint = QColor(colour)
                    tint.setAlpha(fill)
                    painter.setBrush(tint)
                painter.setPen(QPen(QColor(style.palette.canvas), (width + 2) * style.scale))
                painter.drawPolygon(polygon)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, width * style.scale, pen_style))
            painter.drawPolygon(polygon)


def _paint_trails(painter: QPainter, viewport: Viewport, trails: FloatArray, style: Style) -> None:
    for j in range(trails.shape[1]):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (
            (QColor(style.palette.canvas), 4.0),
            (QColor(component_colour(style.palette, j)), 1.8),
        ):
            painter.setPen(QPen(colour, width * style.scale))
            painter.drawPolyline(_polygon(viewport, trails[:, j]))


def _polygon(viewport: Viewport, places: FloatArray) -> QPolygonF:
    """Places in pixels, without the steps that are too small to be seen: each costs time."""
    across = (places[:, 0] - viewport.left) * viewport.x_scale
    down = (viewport.top - places[:, 1]) * viewport.y_scale
    pixels = np.clip(np.column_stack([across, down]), -_FAR, _FAR)
    kept = np.ones(len(pixels), dtype=bool)
    kept[1:-1] = np.diff(np.round(2 * pixels[:-1]), axis=0).any(axis=1)
    return QPolygonF([QPointF(x, y) for x, y in pixels[kept].tolist()])


def _paint_means(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Seeds as numbered rings, means as numbered discs over them."""
    if scene.layers.seeds:
        for j, seed in enumerate(scene.seeds):
            if seed is not None:
                size = 1.0 if scene.iteration == 0 else 0.8
                _badge(painter, _at(viewport, seed), j, style, ring=True, size=size)
    if scene.mixture is not None and (scene.iteration > 0 or not scene.layers.seeds):
        for j in range(scene.mixture.k):
            place = tuple(scene.mixture.means[j].tolist())
            _badge(painter, _at(viewport, place), j, style, ring=False)


def _at(viewport: Viewport, place: tuple[float, ...]) -> QPointF:
    across, down = viewport.to_pixel(place[0], place[1] if len(place) > 1 else 0.0)
    return QPointF(min(max(across, -_FAR), _FAR), min(max(down, -_FAR), _FAR))


def _badge(
    painter: QPainter, at: QPointF, j: int, style: Style, *, ring: bool, size: float = 1.0
) -> None:
    colour = QColor(component_colour(style.palette, j))
    canvas = QColor(style.palette.canvas)
    radius = size * badge_radius(style)
    painter.setPen(QPen(canvas, 2.5 * style.scale))
    painter.setBrush(canvas if ring else colour)
    painter.drawEllipse(at, radius + 1, radius + 1)
    if ring:
        painter.setPen(QPen(colour, 2.2 * style.scale))
        painter.drawEllipse(at, radius - 0.5, radius - 0.5)
    font = QFont(style.font)
    font.setPixelSize(round(size * (12 if j < 9 else 10) * style.scale))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(colour if ring else QColor(on_component(style.palette, j)))
    box = QRectF(at.x() - 20, at.y() - 20, 40, 40)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(j + 1))
