"""A small picture of the cloud that a recipe makes, computed in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.overlap import misclassification_rate
from gmm_studio.core.recipe import Recipe
from gmm_studio.data.making import make
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.style import Style
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Post, Task, Worker

__all__ = ["MOST_SHOWN", "Preview", "Shown"]

MOST_SHOWN = 3000
"""So many points are drawn at once, and show what more of them would."""

_LAYERS = Layers(trails=False, seeds=False, labels="colour")
_RADIUS = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the preview shows.

    Attributes
    ----------
    recipe : Recipe
        As it was asked for.
    cloud : PointCloud
        Of at most 3,000 points.
    rate : float or None
        The misclassification rate of the true mixture, where there is one.
    """

    recipe: Recipe
    cloud: PointCloud
    rate: float | None
    scene: Scene
    viewport: Viewport


class Preview(QWidget):
    """Shows the newest recipe it was given; older ones are given up.

    Signals
    -------
    shown(shown)
    refused(text)
        There is no such cloud; what was shown before stays, paler.
    failed(error)
    """

    shown = Signal(object)
    refused = Signal(str)
    failed = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Preview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 280)
        self._style = style
        self._recipe: Recipe | None = None
        self._shown: Shown | None = None
        self._is_refused = False
        self._worker = Worker("preview", self)
        self._worker.arrived.connect(self._on_arrived)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.timeout.connect(self._ask)

    @property
    def is_idle(self) -> bool:
        """Whether it shows what it was asked for."""
        return not self._frame.isActive() and not self._worker.busy

    @property
    def picture(self) -> Shown | None:
        """What it shows."""
        return self._shown

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as high clouds and wide ones need."""
        return QSize(480, 400)

    def show_recipe(self, recipe: Recipe) -> None:
        """Show another cloud, as soon as it is there."""
        self._recipe = recipe
        self._frame.start()

    def finish(self) -> None:
        """Show nothing more, and wait for the thread."""
        self._frame.stop()
        self._worker.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show the same in another size."""
        super().resizeEvent(event)
        self._frame.start()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the cloud in a rounded frame."""
        palette, box = self._style.palette, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(box, _RADIUS, _RADIUS)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), QColor(palette.canvas))
        if self._shown is not None:
            painter.setOpacity(0.35 if self._is_refused else 1.0)
            paint_scene(painter, self._shown.viewport, self._shown.scene, self._style)
            painter.setOpacity(1.0)
        painter.setClipping(False)
        painter.setPen(QPen(QColor(palette.border), 1))
        painter.drawPath(outline)
        painter.end()

    def _ask(self) -> None:
        if self._recipe is not None:
            size = float(self.width()), float(self.height())
            self._worker.submit(_task(self._recipe, self._style, size, self.devicePixelRatioF()))

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, Shown):
                self._shown, self._is_refused = message, False
                self.shown.emit(message)
            elif isinstance(message, Failed) and isinstance(message.error, InputError):
                self._is_refused = True
                self.refused.emit(message_of(message.error))
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
        self.update()


def _task(recipe: Recipe, style: Style, size: tuple[float, float], pixel_ratio: float) -> Task:
    def work(post: Post, cancelled: Callable[[], bool]) -> None:
        cloud = make(replace(recipe, n=min(recipe.n, MOST_SHOWN)), cancelled)
        truth = cloud.truth
        request = PictureRequest(
            cloud,
            None,
            look_of(style.palette, truth.k if truth else 1),
            *size,
            pixel_ratio,
            reference=truth,
            layers=_LAYERS,
            scale=style.scale,
        )
        picture = Renderer().render(request, cancelled)
        scene = Scene(
            cloud,
            mixture=truth,
            reference=truth,
            iteration=1,
            points=picture.points,
            histogram=picture.histogram,
            layers=_LAYERS,
        )
        rate = misclassification_rate(truth, cancelled) if truth is not None else None
        post(Shown(recipe, cloud, rate, scene, picture.points.viewport))

    return work
