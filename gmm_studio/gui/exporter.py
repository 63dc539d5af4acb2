"""Takes away what is on show: the export dialog, and pictures to the clipboard."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from gmm_studio.core.errors import InputError
from gmm_studio.gui.animation.frames import Take
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.scenes import scene_of
from gmm_studio.gui.curves.curve_view import CurveView
from gmm_studio.gui.dialogs.export_animation import AnimationPage
from gmm_studio.gui.dialogs.export_dialog import ExportDialog
from gmm_studio.gui.dialogs.export_numbers import parameters_page, points_page, trace_page
from gmm_studio.gui.dialogs.export_page import ExportPage
from gmm_studio.gui.dialogs.export_picture import PicturePage
from gmm_studio.gui.dialogs.export_strip import StripPage
from gmm_studio.gui.figures.clipboard import Copier
from gmm_studio.gui.figures.figure import Curve, Figure, Sheet, Shot
from gmm_studio.gui.figures.presets import kept, screen_sheet
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.session import Session
from gmm_studio.gui.translation import message_of

__all__ = ["Exporter"]


class Exporter(QObject):
    """What the dialog names is saved, whatever is on show by the time a file is chosen.

    Signals
    -------
    problem(text)
        There is nothing to take away yet.
    copied()
        A picture is on the clipboard.
    failed(error)
    """

    problem = Signal(str)
    copied = Signal()
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        view: CloudView,
        curves: CurveView,
        settings: QSettings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._view, self._curves = session, view, curves
        self._settings, self._window = settings, window
        self._dialog: ExportDialog | None = None
        self._copier = Copier(self)
        self._copier.copied.connect(self.copied)
        self._copier.failed.connect(self._on_failed)

    def open(self) -> None:
        """Ask what to save."""
        shot = self.shot()
        if shot is None or self._session.step is None:
            self.problem.emit(self.tr("There is nothing to export yet. Place the seeds first."))
            return
        self._session.playback.pause()
        scale = self._view.style_of_scene.scale
        pages = self._pages(self._with_past(shot))
        dialog = ExportDialog(pages, self._settings, self._window, scale)
        dialog.save_requested.connect(self._session.export)
        dialog.failed.connect(self.failed)
        dialog.finished.connect(self._on_finished)
        self._dialog = dialog
        dialog.open()

    def copy_picture(self) -> None:
        """Put the cloud view as it is on the clipboard."""
        shot = self.shot()
        if shot is None:
            self.problem.emit(self.tr("There is nothing to copy yet. Open or make a cloud first."))
            return
        sheet = kept(self._settings, "screen", self._screen()).sheet
        self._copier.copy(Figure(shot, sheet))

    def close(self) -> None:
        """Close what computes, and wait for it."""
        if self._dialog is not None:
            self._dialog.reject()
        self._copier.close()

    def shot(self) -> Shot | None:
        """What is on show; None while nothing is."""
        view, session = self._view, self._session
        scene, viewport = view.scene, view.viewport
        if scene is None or viewport is None:
            return None
        style, step = view.style_of_scene, session.step
        likelihood = None
        if step is not None and step.mixture is scene.mixture:
            likelihood = scene.cloud.own_log_likelihood(step.log_likelihood)
        return Shot(
            scene,
            viewport,
            style.palette,
            style.font,
            session.selection,
            self._curve(),
            likelihood,
        )

    def _with_past(self, shot: Shot) -> Shot:
        """With the earlier mixtures too: the figure may show them where the screen does not."""
        run, scene = self._session.shown, shot.scene
        if run is None or not run.steps:
            return shot
        whole = scene_of(run, scene.moment, replace(scene.layers, ghosts=True))
        if whole.mixture is not scene.mixture:
            return shot
        return replace(shot, scene=replace(scene, past=whole.past))

    def _curve(self) -> Curve | None:
        curves = self._curves
        if curves.run is None or not curves.run.steps:
            return None
        plot = curves.plot
        return Curve.of(curves.kind, curves.run, curves.ghosts, plot.shown_cursor, plot.zoomed)

    def _screen(self) -> Sheet:
        view = self._view
        scale = view.style_of_scene.scale
        return screen_sheet(view.width(), view.height(), scale, view.devicePixelRatioF())

    def _pages(self, shot: Shot) -> list[ExportPage]:
        """All kinds of things there are, in the order of the list."""
        run, step = self._session.shown, self._session.step
        scale = self._view.style_of_scene.scale
        picture = PicturePage(shot, self._screen(), self._settings, scale)
        picture.copy_requested.connect(self._copier.copy)
        pages: list[ExportPage] = [picture]
        if run is not None and step is not None:
            take = self._take(run, shot)
            pages.append(AnimationPage(take, step.index, self._settings, scale))
            pages.append(StripPage(take, self._settings, scale))
            pages += [
                page(run, step, self._settings)
                for page in (parameters_page, trace_page, points_page)
            ]
        return pages

    def _take(self, run: RunRecord, shot: Shot) -> Take:
        """The run on show, looked at as it is on the screen."""
        scene = shot.scene
        return Take(
            run,
            scene.layers,
            shot.viewport,
            shot.palette,
            shot.font,
            shot.selection,
            self._curves.kind,
        )

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self.problem.emit(message_of(error))
        else:
            self.failed.emit(error)

    def _on_finished(self) -> None:
        self._dialog = None
