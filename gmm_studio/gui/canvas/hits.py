"""What of a scene is under the pointer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.document import Seed
from gmm_studio.gui.canvas.raster import Raster, dot_radius
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.line.rug import RUG_DOT, rug_band, rug_down

__all__ = ["nearest_place", "nearest_point", "pixel_of", "pixel_of_point", "pixels_of"]

_NEAR = 8
_AROUND = 5.0
"""The rug is touched from so near above and below it."""


def pixel_of_point(viewport: Viewport, scene: Scene, index: int, scale: float) -> QPointF:
    """Where a point (from 0) is; one-dimensional ones are in the rug."""
    place = scene.cloud.points[index]
    at = pixel_of(viewport, tuple(place.tolist()))
    if scene.cloud.d == 2 or scene.points is None:
        return at
    heights = scene.points.heights
    band = rug_band(viewport, scale, jittered=heights is not None)
    if heights is None:
        return QPointF(at.x(), band.top + 0.5 * band.height)
    radius = min(dot_radius(scene.cloud.n), RUG_DOT)
    down = rug_down(heights[[index]], band.height, radius)
    return QPointF(at.x(), band.top + float(down[0]))


def pixel_of(viewport: Viewport, place: Seed) -> QPointF:
    """Where a place in data units is; one-dimensional places are on the axis."""
    return QPointF(*viewport.to_pixel(place[0], place[1] if len(place) > 1 else 0.0))


def pixels_of(viewport: Viewport, points: FloatArray) -> FloatArray:
    """Where points (n, d) are, (n, 2); one-dimensional ones are on the axis."""
    across = (points[:, 0] - viewport.left) * viewport.x_scale
    heights = points[:, 1] if points.shape[1] > 1 else np.zeros(len(points))
    return np.column_stack([across, (viewport.top - heights) * viewport.y_scale])


def nearest_place(
    viewport: Viewport, places: tuple[Seed | None, ...], at: QPointF, reach: float
) -> int | None:
    """The place (from 0) nearest to a pixel, within reach; of equals the last, which is on top."""
    best, found = reach, None
    for j, place in enumerate(places):
        if place is not None:
            away = pixel_of(viewport, place) - at
            distance = float(np.hypot(away.x(), away.y()))
            if distance <= best:
                best, found = distance, j
    return found


def nearest_point(
    viewport: Viewport,
    scene: Scene,
    raster: Raster,
    at: QPointF,
    scale: float = 1.0,
) -> int | None:
    """The point (from 0) nearest to a pixel, within 8 pixels; None while the view is moving.

    Parameters
    ----------
    viewport : Viewport
    scene : Scene
    raster : Raster
    at : QPointF
    scale : float
        Of the interface.
    """
    if scene.points is None or scene.points.viewport != viewport:
        return None
    if scene.cloud.d == 1:
        return _nearest_in_rug(viewport, scene, raster, at, scene.points.heights, scale)
    ratio = raster.shape[1] / viewport.width
    near = raster.near(int(at.x() * ratio), int(at.y() * ratio), int(_NEAR * ratio))
    near = near[near < scene.cloud.n]
    if len(near) == 0:
        return None
    places = scene.cloud.points[near]
    across = (places[:, 0] - viewport.left) * viewport.x_scale - at.x()
    down = (viewport.top - places[:, 1]) * viewport.y_scale - at.y()
    return _closest(near, np.hypot(across, down))


def _nearest_in_rug(
    viewport: Viewport,
    scene: Scene,
    raster: Raster,
    at: QPointF,
    heights: FloatArray | None,
    scale: float,
) -> int | None:
    band = rug_band(viewport, scale, jittered=heights is not None)
    if not band.top - _AROUND * scale < at.y() < band.top + band.height + _AROUND * scale:
        return None
    n_rows, n_columns = raster.shape
    ratio = n_columns / viewport.width
    row = int((at.y() - band.top) / band.height * n_rows)
    near = raster.near(int(at.x() * ratio), row if heights is not None else 0, int(_NEAR * ratio))
    near = near[near < scene.cloud.n]
    if len(near) == 0:
        return None
    across = np.abs((scene.cloud.points[near, 0] - viewport.left) * viewport.x_scale - at.x())
    if heights is None:
        return _closest(near, across)
    radius = min(dot_radius(scene.cloud.n), RUG_DOT)
    down = band.top + rug_down(heights[near], band.height, radius) - at.y()
    return _closest(near, np.hypot(across, down))


def _closest(points: npt.NDArray[np.int32], distances: FloatArray) -> int | None:
    nearest = int(distances.argmin())
    return int(points[nearest]) if distances[nearest] <= _NEAR else None
