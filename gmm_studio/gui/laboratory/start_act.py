"""A moment of a start's story as the cloud view shows it: colours, background and marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage, QPainter

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.start_methods import stop_if
from gmm_studio.core.start_story import StoryMoment, each_share, squared_distances
from gmm_studio.gui.canvas.raster import Colours
from gmm_studio.gui.canvas.scene import Field
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.laboratory.start_painting import paint_distances, paint_moment
from gmm_studio.gui.style import Style

if TYPE_CHECKING:
    from gmm_studio.gui.canvas.rendering import Look

__all__ = ["OPACITY", "StartAct", "stage_moment"]

OPACITY = 0.44
"""Of the background where a point is the likeliest to be picked next."""

_CELL = 4.0
_CHUNK = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class StartAct:
    """A moment and what belongs to it.

    Attributes
    ----------
    cloud : PointCloud
    moment : StoryMoment
    words : str
        What the pill says of it.
    farthest : float
        The largest D² of all points of some weight, for k-means++.
    """

    cloud: PointCloud
    moment: StoryMoment
    words: str
    farthest: float = 0.0

    @property
    def mixture(self) -> Mixture | None:
        """The start, in the last moment."""
        return self.moment.mixture

    def colours(
        self, cloud: PointCloud, look: Look, cancelled: Callable[[], bool]
    ) -> Colours | None:
        """Of the points, by the components that share them or by their chance to be picked."""
        if self.moment.is_shared:
            return self._shared(look, cancelled)
        return self._chances(look, cancelled) if self.farthest > 0 else None

    def _shared(self, look: Look, cancelled: Callable[[], bool]) -> Colours:
        colours = np.empty((self.cloud.n, 4), dtype=np.float32)

        def visit(block: slice, shares: FloatArray) -> None:
            k = len(shares)
            colours[block] = (look.components[:k].T @ shares).T

        each_share(self.cloud, self.moment, visit, cancelled)
        return colours

    def _chances(self, look: Look, cancelled: Callable[[], bool]) -> Colours:
        """The likelier a point is picked next, by its weight times D², the stronger it is."""
        chances = np.empty(self.cloud.n)
        for block, distances in _distances(self.cloud, self.moment, cancelled):
            chances[block] = distances
        if self.cloud.weights is not None:
            chances *= self.cloud.weights
        strength = (chances / (chances.max() or 1))[:, None]
        colours = look.neutral + strength * (look.selected - look.neutral)
        return np.asarray(colours, dtype=np.float32)

    def field(self, cloud: PointCloud, viewport: Viewport, look: Look) -> Field | None:
        """D² as a shading of the plane, in proportion to it."""
        means = self.moment.means
        if cloud.d == 1 or self.farthest == 0 or means is None:
            return None
        columns = max(1, round(viewport.width / _CELL))
        rows = max(1, round(viewport.height / _CELL))
        across = (np.arange(columns) + 0.5) / columns
        down = (np.arange(rows) + 0.5) / rows
        x = viewport.left + across * (viewport.right - viewport.left)
        y = viewport.top + down * (viewport.bottom - viewport.top)
        places = np.stack(np.meshgrid(x, y), axis=-1)
        shades = np.minimum(squared_distances(means, places) / self.farthest, 1)
        channels = np.append(look.field.density, 1.0) * 255
        pixels = np.asarray(OPACITY * shades[..., None] * channels + 0.5, dtype=np.uint8)
        image = QImage(
            pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888_Premultiplied
        )
        return Field(image, viewport, memory=pixels)

    def paint_below(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint D² along the axis of one-dimensional data."""
        if self.cloud.d == 1 and self.farthest > 0 and self.moment.means is not None:
            means, farthest = self.moment.means, self.farthest
            paint_distances(painter, viewport, means, farthest, style, OPACITY)

    def paint_above(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint what is drawn so far."""
        paint_moment(painter, viewport, self.cloud, self.moment, style)


def stage_moment(
    cloud: PointCloud, moment: StoryMoment, words: str, cancelled: Callable[[], bool] = never
) -> StartAct:
    """Make the act of a moment: it takes a pass over the points where they may be picked.

    Raises
    ------
    Cancelled
        When `cancelled` returned true.
    """
    farthest = 0.0
    if moment.kind == "far-pick":
        for block, distances in _distances(cloud, moment, cancelled):
            if cloud.weights is not None:
                distances = distances[cloud.weights[block] > 0]
            farthest = max(farthest, float(distances.max(initial=0.0)))
    return StartAct(cloud, moment, words, farthest)


def _distances(
    cloud: PointCloud, moment: StoryMoment, cancelled: Callable[[], bool]
) -> Iterator[tuple[slice, FloatArray]]:
    """D² of the points, block by block."""
    means = np.empty((0, cloud.d)) if moment.means is None else moment.means
    for first in range(0, cloud.n, _CHUNK):
        stop_if(cancelled)
        block = slice(first, first + _CHUNK)
        yield block, squared_distances(means, cloud.points[block])
