"""Carries a lesson out: page by page its data, start and model, its views, and the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.document import Document, choose_k, new_cloud
from gmm_studio.gui.lessons.screen import Screen
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.session import Session
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Post, Worker
from gmm_studio.lessons.data import Data, make_cloud
from gmm_studio.lessons.examples import EXAMPLES, read_example
from gmm_studio.lessons.lesson import Lesson, Page
from gmm_studio.lessons.reading import read_lesson
from gmm_studio.lessons.views import Trial, Views

__all__ = ["Coach"]


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A cloud of a lesson, for one of its pages."""

    lesson: Lesson
    index: int
    cloud: PointCloud


@dataclass(frozen=True, slots=True, eq=False)
class _Brought:
    """A data set, and how many components are usually fitted to it."""

    k: int
    cloud: PointCloud


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """Where the cursor is to stand once the run is there."""

    document: Document
    page: Page


class Coach(QObject):
    """Holds the lesson that is open.

    Signals
    -------
    changed()
        Another page, another lesson, or none.
    problem(text)
        A lesson cannot be opened, or a page of it not be shown.
    failed(error)
        Something went wrong that no input explains.
    trial_offered(trial), trial_requested(trial)
        A page offers to try many starts; they are to be tried.
    brought()
        A data set of the program is on show.
    """

    changed = Signal()
    problem = Signal(str)
    failed = Signal(object)
    trial_offered = Signal(object)
    trial_requested = Signal(object)
    brought = Signal()

    def __init__(self, session: Session, screen: Screen, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._screen = session, screen
        self._lesson: Lesson | None = None
        self._index = 0
        self._clouds: list[tuple[Data, PointCloud]] = []
        self._own: Views | None = None
        self._shown: Views | None = None
        self._wish: _Wish | None = None
        self._document: Document | None = None
        self._worker = Worker("lessons", self)
        self._worker.arrived.connect(self._on_arrived)
        session.shown_changed.connect(self._fulfil)
        session.document_changed.connect(self._on_document_changed)

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that is open."""
        return self._lesson

    @property
    def index(self) -> int:
        """The page on show, from 0."""
        return self._index

    @property
    def page(self) -> Page | None:
        """The page on show."""
        return None if self._lesson is None else self._lesson.pages[self._index]

    @property
    def is_altered(self) -> bool:
        """Whether somebody has changed what the page shows."""
        return self._lesson is not None and self._session.document != self._document

    @property
    def is_busy(self) -> bool:
        """Whether a page is not yet on the screen as it says."""
        return self._worker.busy or self._wish is not None

    def open_file(self, path: Path) -> None:
        """Read a lesson and show its first page."""

        def work(post: Post, _: Callable[[], bool]) -> None:
            lesson = read_lesson(path)
            post(_made(lesson, 0))

        self._worker.submit(work)

    def open(self, lesson: Lesson) -> None:
        """Show the first page of a lesson."""
        self._make(lesson, 0)

    def bring_example(self, name: str) -> None:
        """Show a data set that comes with the program."""
        self._worker.submit(lambda post, _: post(_Brought(EXAMPLES[name].k, read_example(name))))

    def turn(self, by: int) -> None:
        """Go on or back by so many pages, as far as there are any."""
        if self._lesson is not None and 0 <= self._index + by < len(self._lesson.pages):
            self._go(self._index + by)

    def again(self) -> None:
        """Show the page as it is meant once more."""
        if self._lesson is not None:
            self._shown = None
            self._go(self._index)

    def try_starts(self) -> None:
        """Try the starts that the page offers."""
        if self.page is not None and self.page.trial is not None:
            trial: Trial = self.page.trial
            self.trial_requested.emit(trial)

    def close(self) -> bool:
        """End the lesson and bring back the views of before; whether one was open."""
        self._worker.cancel()
        if self._lesson is None:
            return False
        self._lesson = self._wish = self._shown = None
        self._document = None
        self._clouds.clear()
        own, self._own = self._own, None
        if own is not None:
            self._screen.show(own)
        self.changed.emit()
        return True

    def close_threads(self) -> None:
        """Wait for the thread."""
        self._wish = None
        self._worker.close()

    def _go(self, index: int) -> None:
        lesson = self._lesson
        if lesson is None:
            return
        data = lesson.pages[index].data
        cloud = next((cloud for known, cloud in self._clouds if known == data), None)
        if cloud is None:
            self._make(lesson, index)
        else:
            self._show(index, cloud)

    def _make(self, lesson: Lesson, index: int) -> None:
        self._worker.submit(lambda post, _: post(_made(lesson, index)))

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, _Made):
                self._take(message)
            elif isinstance(message, _Brought):
                document = new_cloud(self._session.document, message.cloud)
                document = choose_k(document, message.k)
                self._session.store.edit(document, self.tr("New cloud"))
                self.brought.emit()
            elif isinstance(message, Failed) and isinstance(message.error, InputError):
                self.problem.emit(message_of(message.error))
            elif isinstance(message, Failed):
                self.failed.emit(message.error)

    def _take(self, made: _Made) -> None:
        if made.lesson is not self._lesson:
            if self._lesson is None:
                self._own = self._screen.views
            self._lesson, self._shown = made.lesson, None
            self._clouds.clear()
        self._clouds.append((made.lesson.pages[made.index].data, made.cloud))
        self._show(made.index, made.cloud)

    def _show(self, index: int, cloud: PointCloud) -> None:
        """Bring a page onto the screen: an edit that can be undone, then the cursor."""
        lesson = self._lesson
        if lesson is None:
            return
        page = lesson.pages[index]
        try:
            document = page.setting.document(cloud)
        except InputError as error:
            self.problem.emit(message_of(error))
            return
        self._index = index
        if page.views != self._shown:
            self._shown = page.views
            self._screen.show(page.views)
        self._wish, self._document = None, document
        self._session.playback.pause()
        text = self.tr("Page {n} of the lesson").format(n=index + 1)
        self._session.store.edit(document, text)
        self._wish = _Wish(document, page)
        if page.trial is not None:
            self.trial_offered.emit(page.trial)
        self.changed.emit()
        self._fulfil()

    def _on_document_changed(self, *_: object) -> None:
        self._fulfil()
        if self._lesson is not None:
            self.changed.emit()

    def _fulfil(self) -> None:
        """Move the cursor to where the page has it, once that exists."""
        wish, session = self._wish, self._session
        if wish is None:
            return
        run, playback = session.shown, session.playback
        if session.document != wish.document or session.document.missing_seed is not None:
            self._wish = None
        elif run is not None and run.document == wish.document and run.steps:
            show = wish.page.show
            if show == "play":
                self._wish = None
                playback.move_to(0)
                playback.play()
            elif show == "end":
                self._wish = None
                playback.follow()
            elif playback.last >= show or run.stop is not None:
                self._wish = None
                playback.show(Moment(show, wish.page.half))
        elif session.trouble:
            self._wish = None


def _made(lesson: Lesson, index: int) -> _Made:
    """The cloud of a page; fails where start or number of components do not fit it."""
    page = lesson.pages[index]
    cloud = make_cloud(page.data)
    page.setting.document(cloud)
    return _Made(lesson, index, cloud)
