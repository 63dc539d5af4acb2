"""The dialogs and menus that the window opens."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from gmm_studio import __version__
from gmm_studio.core.em import Step
from gmm_studio.document import Seed, free_weight
from gmm_studio.gui.actions import Actions
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.dialogs.export_dialog import ExportDialog, ExportRequest
from gmm_studio.gui.dialogs.seed_dialog import SeedDialog, Share
from gmm_studio.gui.dialogs.shortcuts import ShortcutsDialog
from gmm_studio.gui.dialogs.start_dialog import StartDialog
from gmm_studio.gui.exporting import parameters_job, picture_job
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.session import Session

__all__ = ["Desk"]


class Desk(QObject):
    """Opens each without waiting for it, and does what it was answered."""

    problem = Signal(str)

    def __init__(
        self,
        session: Session,
        view: CloudView,
        actions: Actions,
        settings: QSettings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._view, self._actions = session, view, actions
        self._settings, self._window = settings, window

    def open_numbers(self, j: int) -> None:
        """The exact numbers of seed j (from 0)."""
        seeds = self._session.seeds
        place = seeds[j] if j < len(seeds) else None
        start, document = self._session.start_mixture, self._session.document
        if place is None:
            return
        share = None
        if start is not None and start.k > 1 and j < start.k:
            most = free_weight(start, j, document.configuration.locked)
            share = Share(float(start.weights[j]), most)
        dialog = SeedDialog(j, place, document.cloud.columns, self._window, share)
        dialog.accepted_numbers.connect(self._session.set_numbers)
        dialog.open()

    def open_start(self) -> None:
        """The whole start in a table."""
        start, document = self._session.start_mixture, self._session.document
        if start is None:
            self.problem.emit(self.tr("There is no start to edit yet. Place the seeds first."))
            return
        self._session.playback.pause()
        palette = self._view.style_of_scene.palette
        dialog = StartDialog(
            start, document.configuration, document.cloud.columns, palette, self._window
        )
        dialog.accepted_start.connect(self._session.edit_start)
        dialog.open()

    def open_menu(self, at: QPoint, seed: int | None, place: Seed | None) -> None:
        """What can be done at a place of the cloud view."""
        session = self._session
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if seed is not None:
            remove = menu.addAction(self.tr("Remove seed {j}").format(j=seed + 1))
            remove.triggered.connect(lambda: session.remove_seed(seed))
            numbers = menu.addAction(self.tr("Type its numbers…"))
            numbers.triggered.connect(lambda: self.open_numbers(seed))
            locked = seed in session.document.configuration.locked
            text = self.tr("Unlock component {j}") if locked else self.tr("Lock component {j}")
            lock = menu.addAction(text.format(j=seed + 1))
            lock.triggered.connect(lambda: session.lock_component(seed, not locked))
            menu.addSeparator()
        elif place is not None and session.document.missing_seed is not None:
            put = menu.addAction(self.tr("Place seed here"))
            put.triggered.connect(lambda: session.place_seed(place))
            menu.addSeparator()
        for name in ("start_from_shown", "whole_start", "another", "fit", "equal", "export"):
            menu.addAction(self._actions[name])
        menu.popup(at)

    def open_export(self) -> None:
        """What to save, of the run on show."""
        run, step, view = self._session.shown, self._session.step, self._view
        if run is None or step is None or view.scene is None:
            self.problem.emit(self.tr("There is nothing to export yet. Place the seeds first."))
            return
        self._session.playback.pause()
        size = view.size() * view.devicePixelRatioF()
        last = run.steps[-1].index
        dialog = ExportDialog(self._window, step.index, last, size, self._settings)
        # What the dialog names is saved, whatever is on show by the time a file is chosen.
        export = partial(self._export, run, step, view.scene)
        dialog.export_requested.connect(lambda request: export(request))
        dialog.open()

    def _export(self, run: RunRecord, step: Step, scene: Scene, request: ExportRequest) -> None:
        view, session = self._view, self._session
        if request.kind == "parameters":
            session.export(parameters_job(request, run, step), request.path)
        elif view.viewport is not None:
            ratio = view.devicePixelRatioF()
            job = picture_job(
                request, scene, view.viewport, view.style_of_scene, ratio, session.selection
            )
            session.export(job, request.path)

    def open_shortcuts(self) -> None:
        """All of mouse and keys."""
        ShortcutsDialog(self._actions.all(), self._window).open()

    def open_about(self) -> None:
        """What this is."""
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("About GMM Studio"))
        box.setText(f"<b>GMM Studio {__version__}</b>")
        box.setInformativeText(
            self.tr(
                "See how expectation-maximisation fits a Gaussian mixture to a cloud of points."
            )
        )
        box.open()
