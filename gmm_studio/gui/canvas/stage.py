"""Brings the step on show onto the cloud view: scene and picture, at most one frame at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.comparison import Comparison
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Placed, Seed, moved_mean, seeds_of
from gmm_studio.gui.canvas.act import Act, acted, bare
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.glide import Glide
from gmm_studio.gui.canvas.rendering import COARSE, FINE, Picture, PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.scenes import effective_layers, scene_of
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.session import Session
from gmm_studio.gui.worker import Failed, Worker

__all__ = ["Stage"]

_REST_MS = 150
_SLOW = 3
"""Steps per second up to which there is time for a fine background between two."""

_GLIDE_MS = 240
_EQUAL = 1e-6
"""How near to 1 the ratio of two equal scales is."""

_UNSEEN_MS = 100
"""How long a picture is waited for to be painted: what is covered or minimised never is."""

_FASTEST_GLIDE = 20
"""Steps per second from which ellipses jump: there is no time to see them glide."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    """What a picture was asked for."""

    scene: Scene
    run: RunRecord | None
    is_truth: bool = False
    is_dragged: bool = False


class Stage(QObject):
    """Asks for pictures in a worker and shows each with the scene that it belongs to.

    A picture that is being made is finished and shown before a newer one is begun: a cloud that
    takes longer than a frame would never be seen while it plays. And it is painted before, since
    both share one interpreter, and one after the other takes less time than both at once.
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
        self._is_due = False
        self._painting = QTimer(self)
        self._painting.setSingleShot(True)
        self._painting.setInterval(_UNSEEN_MS)
        self._painting.timeout.connect(self._go_on)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._refine)
        self._glide = Glide(self)
        self._glide.moved.connect(view.show_on_the_way)
        self._glides = True
        self._layers = Layers()
        self._comparison: Comparison | None = None
        self._last: _Shot | None = None
        self._equal: bool | None = None
        self._is_fitting = True
        self._is_fitted = True
        self._measured: PointCloud | None = None
        self._asked = self._done = 0
        self._drag: tuple[int, Seed] | Mixture | None = None
        self._shows_truth = False
        self._ghost: Mixture | None = None
        self._act: Act | None = None
        session.shown_changed.connect(self._on_shown_changed)
        session.selection_changed.connect(self.refresh)
        session.playback.playing_changed.connect(self.refresh)
        session.document_changed.connect(self._on_document_changed)
        view.viewport_changed.connect(self._on_viewport_changed)
        view.resized.connect(self._on_resized)
        view.fit_requested.connect(self.fit)
        view.painted.connect(self._on_painted)

    @property
    def layers(self) -> Layers:
        """What is drawn."""
        return self._layers

    @property
    def is_fitted(self) -> bool:
        """Whether all points are shown, also in a larger view: nobody has moved it."""
        return self._is_fitted

    @property
    def equal(self) -> bool | None:
        """Whether a unit was asked to be as long on both axes; None leaves it to the cloud."""
        return self._equal

    @property
    def glides(self) -> bool:
        """Whether ellipses glide from step to step."""
        return self._glides

    @property
    def comparison(self) -> Comparison | None:
        """Of the picture on show with the truth, where that is shown."""
        return self._comparison

    @property
    def is_dragging(self) -> bool:
        """Whether a seed is shown elsewhere than the document has it."""
        return self._drag is not None

    @property
    def dragged(self) -> Mixture | None:
        """The start that is shown while a seed is dragged, where that is a whole one."""
        if self._drag is None or self._shows_truth or self._last is None:
            return None
        return self._last.scene.mixture if self._last.is_dragged else None

    @property
    def act(self) -> Act | None:
        """What is shown in place of the step on show."""
        return self._act

    def set_act(self, act: Act | None) -> None:
        """Show something in place of the step on show, or that again."""
        if act is not self._act:
            self._act = act
            self.refresh()

    @property
    def is_awaited(self) -> bool:
        """Whether a picture is being made, or is about to be."""
        return self._frame.isActive() or self._is_due or self._done != self._asked

    @property
    def is_idle(self) -> bool:
        """Whether what is on the screen is what should be there."""
        return not (self.is_awaited or self._rest.isActive() or self._glide.is_active)

    def set_layers(self, layers: Layers) -> None:
        """Draw other layers."""
        # Narrower bins are higher.
        other = layers.bins != self._layers.bins
        self._is_fitting = self._is_fitting or (self._is_fitted and other)
        self._layers = layers
        self.refresh()

    def set_gliding(self, glides: bool) -> None:
        """Whether ellipses glide from step to step."""
        self._glides = glides
        if not glides:
            self._glide.stop()

    def set_palette(self, palette: Palette) -> None:
        """Use other colours."""
        self._palette = palette
        self.refresh()

    def set_equal(self, equal: bool) -> None:
        """Make a unit as long on both axes, or not; shows all points."""
        self._equal = equal
        self.fit()

    def show_viewport(self, viewport: Viewport) -> None:
        """Show this part of the plane from the next picture on."""
        self._is_fitting = self._is_fitted = False
        self._view.set_viewport(viewport)
        ratio = viewport.x_scale / viewport.y_scale
        self.equal_changed.emit(abs(ratio - 1) < _EQUAL)

    def fit(self) -> None:
        """Show all points."""
        self._is_fitting = self._is_fitted = True
        self.refresh()

    def _on_shown_changed(self) -> None:
        """How high densities are is known once the first run on a cloud has ended."""
        run = self._session.shown
        is_known = run is not None and run.cloud.d == 1 and run.stop is not None
        if is_known and run is not None and run.cloud is not self._measured:
            self._measured = run.cloud
            self._is_fitting = self._is_fitting or self._is_fitted
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
        self._show_drag((j, place))

    def drag_start(self, mixture: Mixture) -> None:
        """Show another start, the run on show as a ghost."""
        self._show_drag(mixture)

    def _show_drag(self, drag: tuple[int, Seed] | Mixture) -> None:
        if self._drag is None and self._session.shown is not None and not self._shows_truth:
            self._ghost = self._session.shown.steps[-1].mixture
        self._drag = drag
        self.refresh()

    @property
    def is_truth_seen(self) -> bool:
        """Whether the picture on the screen is of the truth."""
        return self._last is not None and self._last.is_truth

    def show_truth(self, on: bool) -> None:
        """Show the true mixture in the place of the run, as a start is shown, or no longer."""
        self._shows_truth = on
        self.refresh()

    def end_drag(self) -> None:
        """Show the document's seeds again."""
        self._drag = self._ghost = None
        self.refresh()

    def refresh(self) -> None:
        """Show what is on show now, in the next frame."""
        if not self._frame.isActive():
            self._is_due = True
            self._go_on()

    def _go_on(self) -> None:
        """Begin the next frame, if it is time."""
        if self._is_due and self._done == self._asked and not self._painting.isActive():
            self._is_due = False
            self._frame.start()

    def _on_painted(self) -> None:
        self._painting.stop()
        self._go_on()

    def close(self) -> None:
        """Wait for the thread."""
        self._frame.stop()
        self._is_due = False
        self._painting.stop()
        self._rest.stop()
        self._glide.stop()
        self._worker.close()

    def _on_document_changed(self, old: object, new: object) -> None:
        self._drag = self._ghost = None
        if getattr(old, "cloud", None) is not getattr(new, "cloud", None):
            if self._session.store.is_stroke:
                # The brush stays where it is; in one dimension the histogram grows.
                self._is_fitting = self._is_fitted and self._session.document.cloud.d == 1
            else:
                self._equal = None
                self._is_fitting = self._is_fitted = True
        self.refresh()

    def scene(self) -> Scene:
        """What should be on show, without its points."""
        session = self._session
        cloud = session.document.cloud
        run = session.shown if session.shown and session.shown.cloud is cloud else None
        layers = self._effective_layers()
        if self._shows_truth and cloud.truth is not None:
            dragged = self._drag if isinstance(self._drag, Mixture) else None
            return _of_truth(cloud, dragged or cloud.truth, layers)
        locked = session.document.configuration.locked
        scene = Scene(cloud, seeds=session.seeds, layers=layers, ghost=self._ghost, locked=locked)
        if self._act is not None:
            reference = run.steps[-1].mixture if run and run.steps else None
            return replace(acted(scene, self._act), reference=reference)
        if self._drag is not None:
            return self._dragged(scene, run.steps[0].mixture if run else None)
        if run is None or not run.steps:
            return scene
        placed = isinstance(session.document.start, Placed) and run.document != session.document
        return scene_of(
            run,
            session.playback.moment,
            layers,
            ghost=self._ghost,
            seeds=session.seeds if placed else None,
        )

    def _dragged(self, scene: Scene, start: Mixture | None) -> Scene:
        if self._drag is None:
            return scene
        if isinstance(self._drag, Mixture):
            seeds = seeds_of(self._drag)
            return replace(scene, mixture=self._drag, colouring=self._drag, seeds=seeds)
        j, place = self._drag
        seeds = (*scene.seeds[:j], place, *scene.seeds[j + 1 :])
        if start is None or j >= start.k or None in seeds:
            return replace(scene, seeds=seeds)
        mixture = moved_mean(start, j, place)
        return replace(scene, mixture=mixture, colouring=mixture, seeds=seeds)

    def _render(self) -> None:
        """Ask for a picture; a background is coarse at first, and fine once nothing moves."""
        has_field = self._layers.has_field and self._session.document.cloud.d == 2
        playback = self._session.playback
        if has_field and not (playback.is_playing and playback.speed > _SLOW):
            self._rest.start()
        self._ask(fine=not has_field)

    def _refine(self) -> None:
        if self._done == self._asked:
            self._ask(fine=True)
        else:
            self._rest.start()

    def _ask(self, *, fine: bool) -> None:
        view = self._view
        if view.width() < 2 or view.height() < 2:
            return
        scene = self.scene()
        k = scene.mixture.k if scene.mixture else 1
        request = PictureRequest(
            scene.cloud,
            scene.colouring,
            look_of(self._palette, k),
            float(view.width()),
            float(view.height()),
            view.devicePixelRatioF(),
            mixture=scene.mixture,
            reference=scene.reference,
            layers=self._effective_layers(),
            cell=FINE if fine else COARSE,
            viewport=None if self._is_fitting else view.viewport,
            equal=self._equal,
            selection=self._session.selection,
            token=_Shot(
                scene, self._session.shown, self._shows_truth, is_dragged=self._drag is not None
            ),
            act=self._act,
            scale=view.style_of_scene.scale,
        )
        self._asked = self._worker.submit(self._renderer.task(request), interrupt=False)

    def _effective_layers(self) -> Layers:
        """Points that count for one component alone wear its colour alone."""
        if self._act is not None:
            return bare(self._layers)
        return effective_layers(self._layers, self._session.document.configuration)

    def _on_pictures(self) -> None:
        pictures = []
        for number, message in self._worker.take():
            if isinstance(message, Picture):
                pictures.append(message)
            else:
                self._done = number
            if isinstance(message, Failed):
                self.failed.emit(message.error)
        if pictures:
            self._present(pictures[-1])
        self._go_on()

    def _present(self, picture: Picture) -> None:
        shot = picture.request.token
        if not isinstance(shot, _Shot) or shot.scene.cloud is not self._session.document.cloud:
            return
        if picture.request.viewport is None:
            self._is_fitting = False
            self.equal_changed.emit(picture.equal)
        self._comparison = None if self._shows_truth else picture.comparison
        self._view.show_scene(
            replace(
                shot.scene,
                points=picture.points,
                halo=picture.halo,
                field=picture.field,
                histogram=picture.histogram,
                marks=picture.marks,
            ),
            picture,
        )
        if self._view.isVisible():
            self._painting.start()
        self._glide_to(shot)
        self.presented.emit()

    def _glide_to(self, shot: _Shot) -> None:
        """Let the ellipses glide there if that is the next or the last step of the same run."""
        last, self._last = self._last, shot
        before, after = last.scene.mixture if last else None, shot.scene.mixture
        if last is None or before is None or after is None or self._drag is not None:
            self._glide.stop()
        elif before is not after:
            playback = self._session.playback
            of_run = last.run is shot.run and not (last.is_truth or shot.is_truth)
            near = of_run and abs(last.scene.iteration - shot.scene.iteration) == 1
            slow = not playback.is_playing or playback.speed < _FASTEST_GLIDE
            if near and slow and self._glides:
                pause = 1000 / playback.speed if playback.is_playing else _GLIDE_MS
                self._glide.start(before, after, round(min(_GLIDE_MS, 0.9 * pause)))
            else:
                self._glide.stop()


def _of_truth(cloud: PointCloud, truth: Mixture, layers: Layers) -> Scene:
    """The true mixture with all that its handles need."""
    shown = replace(layers, truth=False, ellipses=True, seeds=True, trails=False, ghosts=False)
    # While it is dragged points keep the colours of what drew them.
    return Scene(
        cloud, truth, colouring=cloud.truth, reference=truth, seeds=seeds_of(truth), layers=shown
    )
