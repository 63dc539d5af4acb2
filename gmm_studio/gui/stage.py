"""Brings the step on show onto the cloud view: scene and picture, at most one frame at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Placed, Seed, moved_mean
from gmm_studio.gui.cloud_view import CloudView
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.rendering import Picture, PictureRequest, Renderer
from gmm_studio.gui.scene import Layers, Scene
from gmm_studio.gui.session import Session
from gmm_studio.gui.worker import Failed, Worker

__all__ = ["Stage"]

_MOST_TRAIL = 128


class Stage(QObject):
    """Asks for pictures in a worker and shows each with the scene that it belongs to.

    A picture that is being made is finished and shown even if a newer one is asked for already:
    a cloud that takes longer than a frame would never be seen while it plays.
    """

    failed = Signal(object)
    equal_changed = Signal(bool)
    presented = Signal()

    def __init__(
        self, session: Session, view: CloudView, palette: Palette, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._palette = palette
        self._renderer = Renderer()
        self._worker = Worker("render", self)
        self._worker.arrived.connect(self._on_pictures)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.timeout.connect(self._render)
        self._layers = Layers()
        self._equal: bool | None = None
        self._is_fitting = True
        self._is_fitted = True
        self._asked = self._done = 0
        self._drag: tuple[int, Seed] | None = None
        self._ghost: Mixture | None = None
        session.shown_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.document_changed.connect(self._on_document_changed)
        view.viewport_changed.connect(self._on_viewport_changed)
        view.resized.connect(self._on_resized)
        view.fit_requested.connect(self.fit)

    @property
    def layers(self) -> Layers:
        """What is drawn."""
        return self._layers

    @property
    def is_idle(self) -> bool:
        """Whether what is on the screen is what should be there."""
        return not self._frame.isActive() and self._done == self._asked

    def set_layers(self, layers: Layers) -> None:
        """Draw other layers."""
        self._layers = layers
        self.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Use other colours."""
        self._palette = palette
        self.refresh()

    def set_equal(self, equal: bool) -> None:
        """Make a unit as long on both axes, or not; shows all points."""
        self._equal = equal
        self.fit()

    def fit(self) -> None:
        """Show all points."""
        self._is_fitting = self._is_fitted = True
        self.refresh()

    def _on_viewport_changed(self) -> None:
        self._is_fitted = False
        self.refresh()

    def _on_resized(self) -> None:
        """A view that nobody has moved goes on showing all points."""
        self._is_fitting = self._is_fitting or self._is_fitted
        self.refresh()

    def drag_seed(self, j: int, place: Seed) -> None:
        """Show seed j (from 0) elsewhere, the run on show as a ghost."""
        if self._drag is None and self._session.shown is not None:
            self._ghost = self._session.shown.steps[-1].mixture
        self._drag = (j, place)
        self.refresh()

    def end_drag(self) -> None:
        """Show the document's seeds again."""
        self._drag = self._ghost = None
        self.refresh()

    def refresh(self) -> None:
        """Show what is on show now, in the next frame."""
        if not self._frame.isActive():
            self._frame.start()

    def close(self) -> None:
        """Wait for the thread."""
        self._frame.stop()
        self._worker.close()

    def _on_document_changed(self, old: object, new: object) -> None:
        self._drag = self._ghost = None
        if getattr(old, "cloud", None) is not getattr(new, "cloud", None):
            self._equal = None
            self._is_fitting = self._is_fitted = True
        self.refresh()

    def scene(self) -> Scene:
        """What should be on show, without its points."""
        session = self._session
        cloud = session.document.cloud
        run = session.shown if session.shown and session.shown.cloud is cloud else None
        scene = Scene(cloud, seeds=session.seeds, layers=self._layers, ghost=self._ghost)
        step = session.step
        if self._drag is not None:
            return self._dragged(scene, run.steps[0].mixture if run else None)
        if run is None or step is None:
            return scene
        # Twice as far apart each time that there would be too many: the shown ones stay.
        stride = 1 << (step.index // _MOST_TRAIL).bit_length()
        past = [*run.steps[0 : step.index : stride], step]
        trails = np.array([one.mixture.means for one in past])
        seeds: tuple[Seed | None, ...] = tuple(map(tuple, trails[0].tolist()))
        if isinstance(session.document.start, Placed) and run.document != session.document:
            seeds = session.seeds
        return replace(
            scene,
            mixture=step.mixture,
            iteration=step.index,
            trails=trails,
            seeds=seeds,
        )

    def _dragged(self, scene: Scene, start: Mixture | None) -> Scene:
        if self._drag is None:
            return scene
        j, place = self._drag
        seeds = (*scene.seeds[:j], place, *scene.seeds[j + 1 :])
        if start is None or j >= start.k or None in seeds:
            return replace(scene, seeds=seeds)
        return replace(scene, mixture=moved_mean(start, j, place), seeds=seeds)

    def _render(self) -> None:
        view = self._view
        scene = self.scene()
        known = None if self._is_fitting else view.viewport
        if view.width() < 2 or view.height() < 2:
            return
        k = scene.mixture.k if scene.mixture else 1
        request = PictureRequest(
            scene.cloud,
            scene.mixture,
            np.array([_rgb(component_colour(self._palette, j)) for j in range(k)]),
            _rgb(self._palette.muted),
            _rgb(self._palette.text),
            float(view.width()),
            float(view.height()),
            view.devicePixelRatioF(),
            viewport=known,
            equal=self._equal,
            selection=self._session.selection,
            token=scene,
        )
        self._asked = self._worker.submit(self._renderer.task(request), interrupt=False)

    def _on_pictures(self) -> None:
        pictures = []
        for number, message in self._worker.take():
            if isinstance(message, Picture):
                pictures.append(message)
            else:
                self._done = number
            if isinstance(message, Failed):
                self.failed.emit(message.error)
        if not pictures:
            return
        picture: Picture = pictures[-1]
        scene = picture.request.token
        if not isinstance(scene, Scene) or scene.cloud is not self._session.document.cloud:
            return
        if picture.request.viewport is None:
            self._is_fitting = False
            self.equal_changed.emit(picture.equal)
        self._view.show_scene(
            replace(scene, points=picture.points, histogram=picture.histogram), picture
        )
        self.presented.emit()


def _rgb(colour: str) -> FloatArray:
    named = QColor(colour)
    return np.array([named.redF(), named.greenF(), named.blueF()])
