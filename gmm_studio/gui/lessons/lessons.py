"""Lessons in the window: who opens, tells and saves them, and the gallery they are chosen from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gmm_studio.gui.files import Files
from gmm_studio.gui.lessons.bar import LessonBar
from gmm_studio.gui.lessons.coach import Coach
from gmm_studio.gui.lessons.items import Item
from gmm_studio.gui.lessons.pictures import GalleryPictures
from gmm_studio.gui.lessons.screen import Screen
from gmm_studio.gui.session import Session
from gmm_studio.gui.style import Style
from gmm_studio.lessons.collection import collection
from gmm_studio.lessons.lesson import Show, lesson_of
from gmm_studio.lessons.writing import write_lesson

__all__ = ["Lessons"]

_POINTS = 1000


class Lessons(QObject):
    """Wires gallery, coach and bar.

    Signals
    -------
    problem(text)
    failed(error)
    trial_offered(trial), trial_requested(trial)
    """

    problem = Signal(str)
    failed = Signal(object)
    trial_offered = Signal(object)
    trial_requested = Signal(object)

    def __init__(
        self,
        session: Session,
        screen: Screen,
        files: Files,
        settings: QSettings,
        style: Style,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._screen, self._files = session, screen, files
        self._settings, self._style, self._window = settings, style, window
        self.coach = Coach(session, screen, self)
        self.bar = LessonBar(style)
        self.pictures = GalleryPictures(self)
        self.coach.changed.connect(self._show_page)
        self.coach.problem.connect(self.problem)
        self.coach.failed.connect(self.failed)
        self.coach.trial_offered.connect(self.trial_offered)
        self.coach.trial_requested.connect(self.trial_requested)
        self.pictures.failed.connect(self.failed)
        self.bar.turned.connect(self.coach.turn)
        self.bar.again.connect(self.coach.again)
        self.bar.trial.connect(self.coach.try_starts)
        self.bar.closed.connect(self.coach.close)
        files.lesson_found.connect(self.coach.open_file)

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        self.bar.set_style(style)

    def open_gallery(self) -> None:
        """Let a person choose."""
        self._session.playback.pause()
        from gmm_studio.gui.lessons.gallery import Gallery

        gallery = Gallery(self.pictures, self._style, self._window)
        gallery.chosen.connect(self._on_chosen)
        gallery.open()

    def save(self) -> None:
        """Ask what the lesson is called and where it is to be, and write it."""
        self._session.playback.pause()
        from gmm_studio.gui.lessons.save_dialog import SaveLessonDialog

        dialog = SaveLessonDialog(self._session.document.cloud.name, self._window)
        dialog.accepted_words.connect(self._on_words)
        dialog.open()

    def close(self) -> None:
        """End the lesson and wait for the threads."""
        self.coach.close()
        self.coach.close_threads()
        self.pictures.close()

    def _show_page(self) -> None:
        coach = self.coach
        self.bar.show_page(coach.lesson, coach.index, is_altered=coach.is_altered)

    def _on_chosen(self, item: Item) -> None:
        if item.kind in ("lesson", "published"):
            self.coach.open(collection()[item.name])
            return
        self.coach.close()
        if item.kind == "generator":
            self._files.generate(item.name, _POINTS)
        else:
            self.coach.bring_example(item.name)

    def _on_words(self, title: str, text: str) -> None:
        folder = str(self._settings.value("folder", ""))
        dialog = QFileDialog(self._window, self.tr("Save as lesson"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.setNameFilters([self.tr("Lessons (*.json)")])
        dialog.fileSelected.connect(lambda name: self.write(Path(name), title, text))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, path: Path, title: str, text: str) -> None:
        """Write the document as a lesson, in the background."""
        document, views = self._session.document, self._screen.views
        playback = self._session.playback
        show: Show = playback.cursor or "play"
        if playback.is_at_end:
            show = "end"
        lesson = lesson_of(document, title, text, show=show, views=views)
        self._session.export(lambda _: write_lesson(lesson, path), path)
