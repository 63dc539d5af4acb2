"""Renders clouds in a worker: what it is asked for, what comes back, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.raster import Colours, Raster, rasterize, soft_colours
from gmm_studio.gui.scene import Histogram, Points, data_box, histogram
from gmm_studio.gui.viewport import Viewport, fitted
from gmm_studio.gui.worker import Post, Task

__all__ = ["Picture", "PictureRequest", "Renderer", "Selection"]

_MOST_UNEQUAL = 4.0
"""Axes whose ranges differ by more than this factor are not drawn to one scale unasked."""

Selection = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PictureRequest:
    """Everything that a picture depends on.

    Attributes
    ----------
    cloud : PointCloud
    mixture : Mixture or None
        Gives the colours; without it all points have the neutral one.
    colours : ndarray, shape (k, 3)
        Of the components, from 0 to 1.
    neutral, selected : ndarray, shape (3,)
        Of points that have no component, and of those that are selected.
    width, height : float
        In logical pixels.
    pixel_ratio : float
    viewport : Viewport or None
        None fits the cloud.
    equal : bool or None
        Whether a unit is as long on both axes; None chooses by the ranges.
    selection : ndarray of bool, shape (n,), or None
    token : object
        Comes back with the picture.
    """

    cloud: PointCloud
    mixture: Mixture | None
    colours: FloatArray
    neutral: FloatArray
    selected: FloatArray
    width: float
    height: float
    pixel_ratio: float
    viewport: Viewport | None = None
    equal: bool | None = None
    selection: Selection | None = None
    token: object = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A request done.

    Attributes
    ----------
    request : PictureRequest
    points : Points
    raster : Raster
        Finds points by pixel.
    histogram : Histogram or None
        For one-dimensional data.
    equal : bool
        As it was asked for or chosen.
    """

    request: PictureRequest
    points: Points
    raster: Raster
    histogram: Histogram | None
    equal: bool


class Renderer:
    """Makes pictures and remembers what the next one can use again. Belongs to one thread."""

    def __init__(self) -> None:
        self._cloud: PointCloud | None = None
        self._histogram: Histogram | None = None
        self._box: tuple[FloatArray, FloatArray] = (np.zeros(2), np.ones(2))
        self._raster_key: tuple[Viewport, float] | None = None
        self._raster: Raster | None = None

    def task(self, request: PictureRequest) -> Task:
        """The work of a request, for a worker."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            post(self.render(request, cancelled))

        return work

    def render(self, request: PictureRequest, cancelled: Callable[[], bool]) -> Picture:
        """Make the picture."""
        self._look_at(request.cloud)
        equal = self._is_equal(request)
        viewport = request.viewport
        if viewport is None:
            viewport = fitted(*self._box, request.width, request.height, equal=equal)
            if request.cloud.d == 1:
                viewport = _with_rug(viewport, float(self._box[1][1]))
        raster = self._rasterize(request.cloud, viewport, request.pixel_ratio, cancelled)
        pixels = raster.paint(self._colours(request, cancelled))
        height, width = raster.shape
        image = QImage(
            pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied
        )
        return Picture(request, Points(image, viewport, pixels), raster, self._histogram, equal)

    def _look_at(self, cloud: PointCloud) -> None:
        if cloud is self._cloud:
            return
        self._cloud = cloud
        self._raster_key = None
        self._histogram = histogram(cloud) if cloud.d == 1 else None
        self._box = data_box(cloud, self._histogram)

    def _is_equal(self, request: PictureRequest) -> bool:
        if request.cloud.d == 1:
            return False
        if request.equal is not None:
            return request.equal
        width, height = (self._box[1] - self._box[0]).tolist()
        return bool(max(width, height) <= _MOST_UNEQUAL * min(width, height))

    def _rasterize(
        self,
        cloud: PointCloud,
        viewport: Viewport,
        pixel_ratio: float,
        cancelled: Callable[[], bool],
    ) -> Raster:
        key = (viewport, pixel_ratio)
        if self._raster is None or key != self._raster_key:
            self._raster = None
            self._raster = rasterize(cloud, viewport, pixel_ratio, cancelled)
            self._raster_key = key
        return self._raster

    def _colours(self, request: PictureRequest, cancelled: Callable[[], bool]) -> Colours:
        if request.mixture is None:
            colours = np.empty((request.cloud.n, 3), dtype=np.float32)
            colours[:] = request.neutral
        else:
            colours = soft_colours(request.cloud, request.mixture, request.colours, cancelled)
        if request.selection is not None:
            colours[request.selection] = request.selected
        return colours


def _with_rug(viewport: Viewport, top: float) -> Viewport:
    """Room below the axis for the rug and the labels, whatever the height."""
    room = min(72.0, 0.3 * viewport.height)
    unit = top / max(viewport.height - room - 40, 1)
    return Viewport(
        viewport.left,
        viewport.right,
        -room * unit,
        (viewport.height - room) * unit,
        viewport.width,
        viewport.height,
    )
