"""What of a scene is under the pointer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF

from gmm_studio.document import Seed
from gmm_studio.gui.raster import Raster
from gmm_studio.gui.scene import Scene
from gmm_studio.gui.viewport import Viewport

__all__ = ["nearest_place", "nearest_point", "pixel_of"]

_NEAR = 8
_RUG = 30.0


def pixel_of(viewport: Viewport, place: Seed) -> QPointF:
    """Where a place in data units is; one-dimensional places are on the axis."""
    return QPointF(*viewport.to_pixel(place[0], place[1] if len(place) > 1 else 0.0))


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


def nearest_point(viewport: Viewport, scene: Scene, raster: Raster, at: QPointF) -> int | None:
    """The point (from 0) nearest to a pixel, within 8 pixels; None while the view is moving."""
    if scene.points is None or scene.points.viewport != viewport:
        return None
    flat = scene.cloud.d == 2
    ratio = raster.shape[1] / viewport.width
    row = int(at.y() * ratio) if flat else 0
    near = raster.near(int(at.x() * ratio), row, int(_NEAR * ratio))
    near = near[near < scene.cloud.n]
    if len(near) == 0:
        return None
    places = scene.cloud.points[near]
    across = (places[:, 0] - viewport.left) * viewport.x_scale - at.x()
    if flat:
        distance = np.hypot(across, (viewport.top - places[:, 1]) * viewport.y_scale - at.y())
    else:
        below = at.y() - viewport.to_pixel(0, 0)[1]
        distance = np.abs(across) + (0.0 if 0 < below < _RUG else np.inf)
    nearest = int(distance.argmin())
    return int(near[nearest]) if distance[nearest] <= _NEAR else None
