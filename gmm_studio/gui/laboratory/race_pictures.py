"""Small pictures of clouds with their mixtures, painted in a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, QRectF, QSizeF, Signal
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import Step
from gmm_studio.gui.canvas.mixture_painting import paint_means, paint_mixtures
from gmm_studio.gui.canvas.rendering import Picture, PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.line.painting import paint_densities
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["LanePictures", "Shot"]

_MOST_TRAIL = 64
_SMALLEST, _LARGEST = 0.42, 1.0
_FULL_HEIGHT = 360.0
"""A picture of so many pixels is drawn as in the large view; in smaller ones all is smaller."""

_MARGINS = 0.22
"""The share of the usual margin around the points."""

_EDGE = 90.0

_LAYERS = Layers(grid=False, seeds=False)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What one picture shows.

    Attributes
    ----------
    key : object
        Comes back with it.
    cloud : PointCloud
    steps : tuple of Step
        Of the trail, oldest first; the last one is on show.
    size : QSizeF
        In logical pixels.
    """

    key: object
    cloud: PointCloud
    steps: tuple[Step, ...]
    size: QSizeF


@dataclass(frozen=True, slots=True, eq=False)
class _Painted:
    key: object
    image: QImage


class LanePictures(QObject):
    """Paints what it is asked for, the newest request next; one under way is finished and shown.

    Signals
    -------
    painted(key, image)
    failed(error)
    """

    painted = Signal(object, object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._renderer = Renderer()
        self._wanted: dict[object, tuple[Shot, Style, float]] = {}
        self._guard = threading.Lock()
        self._worker = Worker("race-pictures", self)
        self._worker.arrived.connect(self._on_arrived)

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for is there."""
        return not self._worker.busy

    def ask(self, shots: Sequence[Shot], style: Style, pixel_ratio: float) -> None:
        """Paint these; of each key only the newest that waits is painted."""
        with self._guard:
            self._wanted |= {shot.key: (shot, style, pixel_ratio) for shot in shots}
        self._worker.submit(self._work, interrupt=False)

    def close(self) -> None:
        """Wait for the thread."""
        self._worker.close()

    def _work(self, post: Post, cancelled: Callable[[], bool]) -> None:
        while not cancelled() and (wanted := self._next()) is not None:
            shot = wanted[0]
            post(_Painted(shot.key, _paint(self._renderer, *wanted, cancelled)))

    def _next(self) -> tuple[Shot, Style, float] | None:
        with self._guard:
            return self._wanted.pop(next(iter(self._wanted))) if self._wanted else None

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, _Painted):
                self.painted.emit(message.key, message.image)
            elif isinstance(message, Failed):
                self.failed.emit(message.error)


def trail(steps: Sequence[Step], cursor: int) -> tuple[Step, ...]:
    """The steps up to a cursor, fewer where they are many; the last one is at the cursor."""
    index = min(cursor, len(steps) - 1)
    stride = 1 << (index // _MOST_TRAIL).bit_length()
    return (*steps[0:index:stride], steps[index])


def _paint(
    renderer: Renderer,
    shot: Shot,
    style: Style,
    pixel_ratio: float,
    cancelled: Callable[[], bool],
) -> QImage:
    """Everything is drawn larger and shown smaller: dots, lines and numbers alike."""
    share = shot.size.height() / (_FULL_HEIGHT * style.scale)
    share = min(max(share, _SMALLEST), _LARGEST)
    mixture = shot.steps[-1].mixture
    request = PictureRequest(
        shot.cloud,
        mixture,
        look_of(style.palette, mixture.k),
        shot.size.width() / share,
        shot.size.height() / share,
        pixel_ratio * share,
        layers=_LAYERS,
        scale=_MARGINS * style.scale,
    )
    picture = renderer.render(request, cancelled)
    image = QImage(
        max(1, round(shot.size.width() * pixel_ratio)),
        max(1, round(shot.size.height() * pixel_ratio)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(QColor(style.palette.canvas))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixel_ratio * share, pixel_ratio * share)
    _paint_scene(painter, picture, _scene(shot, picture), style)
    painter.end()
    image.setDevicePixelRatio(pixel_ratio)
    return image


def _scene(shot: Shot, picture: Picture) -> Scene:
    step = shot.steps[-1]
    return Scene(
        shot.cloud,
        mixture=step.mixture,
        colouring=step.mixture,
        reference=step.mixture,
        iteration=step.index,
        trails=np.array([one.mixture.means for one in shot.steps]),
        points=picture.points,
        histogram=picture.histogram,
        layers=_LAYERS,
    )


def _paint_scene(painter: QPainter, picture: Picture, scene: Scene, style: Style) -> None:
    """As the large view does, without its axes, grid and legend, which have no room."""
    viewport: Viewport = picture.points.viewport
    size = 1.25 * style.scale
    font = QFont(style.font)
    larger = replace(style, font=font, scale=size)
    painter.setFont(font)
    if scene.cloud.d == 1:
        # What is written along the left edge has no room: it is outside of the picture.
        edge = _EDGE * size
        left = viewport.left - edge / viewport.x_scale
        viewport = replace(viewport, left=left, width=viewport.width + edge)
        painter.translate(-edge, 0)
        paint_densities(painter, viewport, scene, style.palette, size)
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        area = QRectF(0, 0, viewport.width, viewport.height)
        painter.drawImage(area, picture.points.image)
        paint_mixtures(painter, viewport, scene, larger)
    paint_means(painter, viewport, scene, larger)
