"""The log-likelihood over the place of one mean as a background, and the way EM takes over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.canvas.mixture_painting import badge_radius
from gmm_studio.gui.canvas.scene import Contour, Density, Field
from gmm_studio.gui.canvas.viewport import Viewport, nice_ticks
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.line.curves import across_of, dashes, small_label
from gmm_studio.gui.numbers import log_likelihood
from gmm_studio.gui.style import Style

__all__ = [
    "AREAS",
    "Surface",
    "likelihood_field",
    "likelihood_levels",
    "paint_likelihood_caption",
    "paint_likelihood_curve",
    "paint_path",
    "surface_places",
]

AREAS = (0.005, 0.02, 0.05, 0.1, 0.17, 0.26, 0.36, 0.47, 0.59, 0.72, 0.86)
"""Share of the view within each contour, from the innermost.

Equal steps down from the maximum would crowd on the slopes far away, where the log-likelihood falls
by thousands, and leave the hill itself bare.
"""

_FLAT = 1e-12
_OPACITY_DARK, _OPACITY_LIGHT = 0.5, 0.42
_SUMMIT = 84.0


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The log-likelihood over the places of one mean, everything else held.

    Attributes
    ----------
    x : ndarray, shape (nx,)
        From the left to the right edge of the viewport, in the units of the data.
    y : ndarray, shape (ny,)
        From the lower to the upper edge; [0] in one dimension.
    values : ndarray, shape (ny, nx)
    here : float
        Where the mean is now.
    j : int
        The component, from 0.
    viewport : Viewport
    """

    x: FloatArray
    y: FloatArray
    values: FloatArray
    here: float
    j: int
    viewport: Viewport


def surface_places(viewport: Viewport, d: int, cell: float) -> tuple[FloatArray, FloatArray]:
    """Where to compute a surface: x (nx,) and y (ny,), edges included, about a cell apart.

    Parameters
    ----------
    viewport : Viewport
    d : int
        Of the data.
    cell : float
        In logical pixels.
    """
    across = max(2, round(viewport.width / cell) + 1)
    up = max(2, round(viewport.height / cell) + 1)
    x = np.linspace(viewport.left, viewport.right, across)
    return x, np.linspace(viewport.bottom, viewport.top, up) if d == 2 else np.zeros(1)


def likelihood_levels(values: FloatArray) -> FloatArray:
    """Levels whose contours hold fixed shares of the view, ascending; none where it is flat."""
    if np.ptp(values) <= _FLAT * np.abs(values).max():
        return np.empty(0)
    return np.unique(np.quantile(values, 1 - np.array(AREAS)))


def likelihood_field(surface: Surface, palette: Palette, density: Density = "filled") -> Field:
    """The background that shows a surface.

    Parameters
    ----------
    surface : Surface
    palette : Palette
    density : {"filled", "lines", "heat"}
        Shading and contours, only contours, or only shading.

    Returns
    -------
    Field
        One row of cells in one dimension.
    """
    levels = likelihood_levels(surface.values)
    contours = _contours(surface, levels) if density != "heat" else ()
    viewport = _around(surface)
    if density == "lines" or len(levels) == 0:
        return Field(None, viewport, contours)
    pixels = _shaded(surface.values, levels, palette)
    rows, columns = surface.values.shape
    image = QImage(
        pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888_Premultiplied
    )
    return Field(image, viewport, contours, memory=pixels)


def _shaded(values: FloatArray, levels: FloatArray, palette: Palette) -> np.ndarray:
    """Premultiplied pixels (rows from the top, columns, 4) that grow by equal parts."""
    knots = np.concatenate([[values.min()], levels, [values.max()]])
    shades = np.interp(values[::-1], knots, np.linspace(0, 1, len(knots)))
    opacity = shades * (_OPACITY_DARK if palette.dark else _OPACITY_LIGHT)
    colour = QColor(palette.accent)
    channels = np.array([colour.red(), colour.green(), colour.blue(), 255])
    return np.asarray(opacity[..., None] * channels + 0.5, dtype=np.uint8)


def _contours(surface: Surface, levels: FloatArray) -> tuple[Contour, ...]:
    if len(surface.y) == 1 or len(levels) == 0:
        return ()
    # Imported here: the program starts without it.
    from contourpy import contour_generator

    generator = contour_generator(surface.x, surface.y, surface.values, name="serial")
    return tuple(
        Contour(np.asarray(line), level)
        for level in levels.tolist()
        for line in generator.lines(level)
    )


def _around(surface: Surface) -> Viewport:
    """The surface's places are the middles of its pixels: those at the edges reach beyond."""
    view = surface.viewport
    dx = 0.5 * (view.right - view.left) / max(len(surface.x) - 1, 1)
    dy = 0.5 * (view.top - view.bottom) / (len(surface.y) - 1) if len(surface.y) > 1 else 0.0
    return Viewport(
        view.left - dx, view.right + dx, view.bottom - dy, view.top + dy, view.width, view.height
    )


def paint_path(
    painter: QPainter, viewport: Viewport, places: FloatArray, style: Style, j: int = 0
) -> None:
    """Emphasise the way of a mean: a bold line with a dot for each step.

    It leaves room for the badges of the seed and of the mean, over which it may be painted.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
    places : ndarray, shape (steps, 2)
        From the start; one-dimensional data have their trails below the axis instead.
    style : Style
    j : int
        The component, from 0, whose colour it has.
    """
    if places.shape[1] != 2 or len(places) < 2:
        return
    way = _way(viewport, places)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(_without_badges(viewport, way, style), Qt.ClipOperation.IntersectClip)
    colour, scale = QColor(component_colour(style.palette, j)), style.scale
    joint, cap = Qt.PenJoinStyle.RoundJoin, Qt.PenCapStyle.RoundCap
    for line, width in ((QColor(style.palette.canvas), 7.0), (colour, 3.4)):
        painter.setPen(QPen(line, width * scale, Qt.PenStyle.SolidLine, cap, joint))
        painter.drawPolyline(way)
    for dot, size in ((colour, 9.0), (QColor(style.palette.canvas), 4.0)):
        painter.setPen(QPen(dot, size * scale, Qt.PenStyle.SolidLine, cap))
        painter.drawPoints(way)
    painter.restore()


def _way(viewport: Viewport, places: FloatArray) -> QPolygonF:
    """In pixels, without the steps that are too small to be told apart."""
    across = across_of(viewport, places[:, 0])
    down = (viewport.top - places[:, 1]) * viewport.y_scale
    pixels = np.clip(np.column_stack([across, down]), -1e5, 1e5)
    kept = [pixels[0]]
    for pixel in pixels[1:-1]:
        if np.hypot(*(pixel - kept[-1])) >= 7:
            kept.append(pixel)
    return QPolygonF([QPointF(*pixel.tolist()) for pixel in [*kept, pixels[-1]]])


def _without_badges(viewport: Viewport, way: QPolygonF, style: Style) -> QPainterPath:
    area = QPainterPath()
    area.addRect(QRectF(0, 0, viewport.width, viewport.height))
    for at, share in ((way.first(), 0.8), (way.last(), 1.0)):
        badge = QPainterPath()
        radius = share * badge_radius(style) + 1
        badge.addEllipse(at, radius, radius)
        area = area.subtracted(badge)
    return area


def paint_likelihood_caption(
    painter: QPainter, viewport: Viewport, surface: Surface, style: Style
) -> None:
    """What the background is, and how high it is, at the lower left beside the axes' labels."""
    translate = QCoreApplication.translate
    title = translate("LikelihoodLayer", "Log-likelihood over the place of mean {j}, the rest held")
    heights = translate("LikelihoodLayer", "here {here}, at the best place {best}")
    painter.save()
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    line = metrics.height() + 2
    most = int(viewport.height / (52 * style.scale))
    labels = nice_ticks(viewport.bottom, viewport.top, most).values()
    widest = max((metrics.horizontalAdvance(text) for text in labels), default=0)
    left = 6 + widest + 12 * style.scale
    is_line = len(surface.y) == 1
    # Below the pill, or above the line that says what ellipses mean.
    top = 3.2 * line if is_line else viewport.height - 4.6 * line - 8
    best = max(float(surface.values.max()), surface.here)
    texts = (
        title.format(j=surface.j + 1),
        heights.format(here=log_likelihood(surface.here), best=log_likelihood(best)),
    )
    for row, text in enumerate(texts):
        small_label(painter, QPointF(left, top + row * line), text, style.palette)
    painter.restore()


def paint_likelihood_curve(
    painter: QPainter, viewport: Viewport, surface: Surface, style: Style
) -> None:
    """For one-dimensional data: the surface as a dashed curve above the axis, to its own scale."""
    values = surface.values[0]
    low, high = float(values.min()), float(values.max())
    if len(likelihood_levels(values)) == 0:
        return
    ground = viewport.to_pixel(viewport.left, 0)[1]
    top = max(_SUMMIT * style.scale, 0.2 * ground)
    down = ground - (values - low) / (high - low) * (ground - top)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(style.palette.accent), 2.2 * style.scale)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLines(dashes(across_of(viewport, surface.x), down, 5 * style.scale))
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    for value, at in ((high, top), (low, ground)):
        text = log_likelihood(value)
        left = viewport.width - metrics.horizontalAdvance(text) - 8
        small_label(painter, QPointF(left, at - metrics.height() - 4), text, style.palette)
    painter.restore()
