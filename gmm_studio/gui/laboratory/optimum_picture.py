"""Small pictures of mixtures on their cloud, painted in a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QFont, QImage, QPainter

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Failed, Post, Task, Worker

__all__ = ["Artist", "Frame", "OptimumPictures", "thinned"]

_SMALLER = 2.2
"""How much smaller than in the cloud view points are."""

_BOLDER = 1.3
"""And how much larger than the points, in proportion, lines and numbers."""

_MARGIN = 0.34
"""Around the points, as a share of that of the cloud view."""

_EDGE = 24.0
_LINE_EDGE = 90.0
"""What lies so near to the edge of a scene is for the large view: axes and legend."""

_HIGHEST = 1.6
"""Densities above this times the height of the histogram are cut off."""

_MOST_POINTS = 20_000
"""More would take long and can't be told apart at this size."""

_PLAIN = Layers(trails=False, seeds=False, grid=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a picture in logical pixels, the pixel ratio, and how it is painted."""

    width: float
    height: float
    pixel_ratio: float
    style: Style


class Artist:
    """Paints mixtures on a cloud and remembers what the next one needs. Belongs to one thread."""

    def __init__(self) -> None:
        self._renderer = Renderer()
        self._cloud: PointCloud | None = None
        self._sample: PointCloud | None = None
        self._fitted: tuple[tuple[float, float, float], Viewport] | None = None

    def task(
        self, cloud: PointCloud, mixtures: Iterable[tuple[int, Mixture]], frame: Frame
    ) -> Task:
        """The work of painting some, for a worker: posts each with its number."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            for number, mixture in mixtures:
                if cancelled():
                    raise Cancelled
                post((number, self.paint(cloud, mixture, frame, cancelled)))

        return work

    def paint(
        self,
        cloud: PointCloud,
        mixture: Mixture,
        frame: Frame,
        cancelled: Callable[[], bool] = never,
    ) -> QImage:
        """The mixture's ellipses on the points that they colour."""
        if self._cloud is not cloud or self._sample is None:
            self._cloud, self._sample, self._fitted = cloud, thinned(cloud, _MOST_POINTS), None
        layers = replace(_PLAIN, ellipses=cloud.d == 2)
        smaller = frame.style.scale / _SMALLER
        width, height = frame.width / smaller, frame.height / smaller
        request = PictureRequest(
            self._sample,
            mixture,
            look_of(frame.style.palette, mixture.k),
            width,
            height,
            frame.pixel_ratio * smaller,
            mixture=mixture,
            layers=layers,
            scale=_MARGIN,
        )
        inner = self._viewport(request, cancelled)
        outer = _widened(inner, _EDGE)
        if cloud.d == 1:
            outer = _widened(_heightened(inner, mixture), _LINE_EDGE)
        picture = self._renderer.render(
            replace(request, viewport=outer, width=outer.width, height=outer.height), cancelled
        )
        scene = Scene(
            self._sample,
            mixture=mixture,
            colouring=mixture,
            iteration=1,
            points=picture.points,
            histogram=picture.histogram,
            layers=layers,
        )
        return _painted(scene, outer, frame)

    def _viewport(self, request: PictureRequest, cancelled: Callable[[], bool]) -> Viewport:
        """As the renderer fits the cloud."""
        key = (request.width, request.height, request.scale)
        if self._fitted is None or self._fitted[0] != key:
            picture = self._renderer.render(request, cancelled)
            self._fitted = (key, picture.points.viewport)
        return self._fitted[1]


def _painted(scene: Scene, outer: Viewport, frame: Frame) -> QImage:
    size = QSize(
        max(1, round(frame.width * frame.pixel_ratio)),
        max(1, round(frame.height * frame.pixel_ratio)),
    )
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    smaller = frame.style.scale / _SMALLER
    painter.scale(frame.pixel_ratio * smaller, frame.pixel_ratio * smaller)
    edge = 0.5 * (outer.width - frame.width / smaller)
    painter.translate(-edge, -edge)
    # The smallest of all fonts keeps what is written along the edges outside of the picture.
    font = QFont(frame.style.font)
    font.setPixelSize(1)
    paint_scene(painter, outer, scene, Style(frame.style.palette, font, _BOLDER))
    painter.end()
    image.setDevicePixelRatio(frame.pixel_ratio)
    return image


def _widened(viewport: Viewport, edge: float) -> Viewport:
    """More on every side, by so many pixels."""
    x, y = edge / viewport.x_scale, edge / viewport.y_scale
    return Viewport(
        viewport.left - x,
        viewport.right + x,
        viewport.bottom - y,
        viewport.top + y,
        viewport.width + 2 * edge,
        viewport.height + 2 * edge,
    )


def _heightened(viewport: Viewport, mixture: Mixture) -> Viewport:
    """As high as the densities of one-dimensional data, within reason."""
    highest = float(np.exp(mixture.log_density(mixture.means)).max())
    grown = min(max(1.1 * highest / viewport.top, 1.0), _HIGHEST)
    return replace(viewport, bottom=viewport.bottom * grown, top=viewport.top * grown)


def thinned(cloud: PointCloud, most: int) -> PointCloud:
    """A cloud of evenly chosen points and the outermost ones, where there are more than so many."""
    if cloud.n <= most:
        return cloud
    keep: npt.NDArray[np.bool_] = np.zeros(cloud.n, dtype=bool)
    keep[np.linspace(0, cloud.n - 1, most).astype(int)] = True
    keep[cloud.points.argmin(axis=0)] = keep[cloud.points.argmax(axis=0)] = True
    if cloud.weights is not None and not cloud.weights[keep].any():
        keep[int(cloud.weights.argmax())] = True
    return cloud.subset(keep)


class OptimumPictures(QObject):
    """Has pictures painted in a thread of its own.

    Signals
    -------
    painted(number, image)
    failed(error)
    """

    painted = Signal(int, QImage)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._artist = Artist()
        self._worker = Worker("optimum-pictures", self)
        self._worker.arrived.connect(self._on_arrived)

    @property
    def is_busy(self) -> bool:
        """Whether there are pictures to come."""
        return self._worker.busy

    def order(
        self, cloud: PointCloud, mixtures: Iterable[tuple[int, Mixture]], frame: Frame
    ) -> None:
        """Paint these instead of what was ordered before and is not done."""
        self._worker.submit(self._artist.task(cloud, tuple(mixtures), frame))

    def cancel(self) -> None:
        """Paint no more."""
        self._worker.cancel()

    def close(self) -> None:
        """Wait for the thread."""
        self._worker.close()

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, Failed):
                self.failed.emit(message.error)
            elif isinstance(message, tuple):
                self.painted.emit(*message)
