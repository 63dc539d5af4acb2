"""A small picture of the cloud that a recipe makes, computed in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.overlap import misclassification_rate
from gmm_studio.core.recipe import Recipe
from gmm_studio.data.making import make
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.dialogs.newest_preview import NewestPreview
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Post, Task

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


class Preview(NewestPreview):
    """Shows the cloud of a recipe.

    Signals
    -------
    shown(shown)
    """

    shown = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("preview", parent)
        self.setMinimumSize(320, 280)
        self._style = style
        self._recipe: Recipe | None = None
        self._shown: Shown | None = None

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
        self.ask()

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
            painter.setOpacity(self.opacity)
            paint_scene(painter, self._shown.viewport, self._shown.scene, self._style)
            painter.setOpacity(1.0)
        painter.setClipping(False)
        painter.setPen(QPen(QColor(palette.border), 1))
        painter.drawPath(outline)
        painter.end()

    def task(self) -> Task | None:
        """Make the cloud, and a scene of it in the size there is."""
        if self._recipe is None:
            return None
        size = float(self.width()), float(self.height())
        return _task(self._recipe, self._style, size, self.devicePixelRatioF())

    def take(self, message: object) -> bool:
        """Show a cloud."""
        if not isinstance(message, Shown):
            return False
        self._shown = message
        self.shown.emit(message)
        return True


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
