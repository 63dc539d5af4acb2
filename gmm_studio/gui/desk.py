"""The dialogs and menus that the window opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from gmm_studio import __version__
from gmm_studio.document import Seed, free_weight
from gmm_studio.gui.actions import Actions
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.dialogs.seed_dialog import SeedDialog, Share
from gmm_studio.gui.dialogs.shortcuts import ShortcutsDialog
from gmm_studio.gui.session import Session
from gmm_studio.gui.units import axis_names

if TYPE_CHECKING:
    from gmm_studio.gui.dialogs.make_dialog import MakeDialog

__all__ = ["Desk"]


class Desk(QObject):
    """Opens each without waiting for it, and does what it was answered."""

    problem = Signal(str)
    failed = Signal(object)

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
        self._making: MakeDialog | None = None

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
        dialog = SeedDialog(j, place, axis_names(document.cloud), self._window, share)
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
        from gmm_studio.gui.dialogs.start_dialog import StartDialog

        dialog = StartDialog(
            start, document.configuration, axis_names(document.cloud), palette, self._window
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

    def open_make(self) -> None:
        """A cloud to make."""
        self._open_make(None)

    def open_sample(self) -> None:
        """A cloud to draw from the fit on show."""
        if self._session.step is None:
            self.problem.emit(self.tr("There is no fit to sample from yet. Place the seeds first."))
        else:
            self._open_make(self._session.document.cloud.n_points)

    def _open_make(self, n: int | None) -> None:
        session, step = self._session, self._session.step
        session.playback.pause()
        fit = None if step is None else session.document.cloud.own_mixture(step.mixture)
        style = self._view.style_of_scene
        from gmm_studio.gui.dialogs.make_dialog import MakeDialog

        dialog = MakeDialog(self._settings, style, self._window, fit, n)
        dialog.accepted_recipe.connect(session.make)
        dialog.failed.connect(self.failed)
        dialog.finished.connect(self._on_made)
        self._making = dialog
        dialog.open()

    def _on_made(self) -> None:
        self._making = None

    def close(self) -> None:
        """Close what computes."""
        if self._making is not None:
            self._making.reject()

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
