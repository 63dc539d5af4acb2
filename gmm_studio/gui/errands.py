"""Work on clouds and files in the background: reading, drawing, selecting, saving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.scaling import Kind, scaled
from gmm_studio.data.making import make
from gmm_studio.document import Seed
from gmm_studio.gui.exporting import Job, Reporting
from gmm_studio.gui.importing.reading import Question, ReadRequest, read
from gmm_studio.gui.worker import Failed, Post, Task, Worker

if TYPE_CHECKING:
    from gmm_studio.project import Project

__all__ = ["Errands", "Opened"]


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A project that was read, where it was, and the fingerprint of that file."""

    path: Path
    project: Project
    fingerprint: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Scaled:
    before: PointCloud
    after: PointCloud


@dataclass(frozen=True, slots=True, eq=False)
class _Composed:
    what: object


@dataclass(frozen=True, slots=True)
class _Progress:
    percent: int
    text: str = ""


class Errands(QObject):
    """One errand at a time; a new one replaces the one that is under way.

    Signals
    -------
    brought(cloud)
        A cloud was read or drawn.
    asked(question)
        Somebody should look at a table before it is read.
    scaled(before, after)
        A cloud was scaled.
    opened(opened)
        A project was read.
    selected(cloud, selection)
        Which points of a cloud are in a box; None for none.
    saved(path)
    composed(what)
        Something that was asked for was made.
    failed(error)
    changed()
        An errand began, got on, or ended.
    """

    brought = Signal(object)
    asked = Signal(object)
    scaled = Signal(object, object)
    selected = Signal(object, object)
    opened = Signal(object)
    saved = Signal(object)
    composed = Signal(object)
    failed = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text, self._percent = "", 0
        self._worker, self._saver = Worker("errands", self), Worker("save", self)
        self._composer = Worker("compose", self)
        self._workers = (self._worker, self._saver, self._composer)
        for worker in self._workers:
            worker.arrived.connect(self._on_arrived)

    @property
    def text(self) -> str:
        """What is under way, in words; empty when nothing is."""
        return self._text

    @property
    def percent(self) -> int:
        """How much of it is done; 0 where nobody knows."""
        return self._percent

    def read(self, request: ReadRequest) -> None:
        """Read a table, into a grid of cells if it holds too many points, and scale it."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            post(read(request, cancelled, _by_percents(post)))

        if isinstance(request.source, Path):
            text = self.tr("Reading {name}").format(name=request.source.name)
        else:
            text = self.tr("Reading what was pasted")
        self._go(work, text)

    def open(self, path: Path) -> None:
        """Read a project."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            from gmm_studio.gui.projects.fingerprint import fingerprint_of
            from gmm_studio.project import read_project

            # First: what is written in between is not what was read.
            fingerprint = fingerprint_of(path)
            post(Opened(path, read_project(path, cancelled), fingerprint))

        self._go(work, self.tr("Opening {name}").format(name=path.name))

    def draw(self, recipe: Recipe, scaling: Kind = "none") -> None:
        """Make a cloud by its recipe, and scale it."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            post(scaled(make(recipe, cancelled), scaling))

        self._go(work, self.tr("Drawing {n} points").format(n=f"{recipe.n:,}"))

    def scale(self, cloud: PointCloud, kind: Kind) -> None:
        """Scale the axes of a cloud."""

        def work(post: Post, _: Callable[[], bool]) -> None:
            post(_Scaled(cloud, scaled(cloud, kind)))

        self._go(work, self.tr("Scaling the axes"))

    def save(self, job: Job, path: Path) -> None:
        """Write a file."""
        text = self.tr("Saving {name}").format(name=path.name)
        counted = self.tr("{text}: frame {i} of {n}")

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            def progress(done: int, count: int) -> None:
                i, n = f"{done:,}", f"{count:,}"
                post(_Progress(100 * done // count, counted.format(text=text, i=i, n=n)))

            (job.reporting(progress) if isinstance(job, Reporting) else job)(cancelled)
            post(path)

        self._go(work, text, self._saver)

    def compose(self, job: Callable[[Callable[[], bool]], object], text: str) -> None:
        """Make something to be copied; a newer one is made instead of it."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            post(_Composed(job(cancelled)))

        self._composer.cancel()
        self._go(work, text, self._composer)

    def stop_composing(self) -> None:
        """Give up what is made to be copied."""
        self._composer.cancel()
        self._end_if_idle()

    def select(self, cloud: PointCloud, low: Seed, high: Seed) -> None:
        """Find the points in a box."""

        def work(post: Post, _: Callable[[], bool]) -> None:
            inside = (cloud.points >= low).all(axis=1) & (cloud.points <= high).all(axis=1)
            post((cloud, inside if inside.any() else None))

        self._go(work, self.tr("Selecting points"))

    def cancel(self) -> bool:
        """Give up what is under way; whether there was anything."""
        had = bool(self._text)
        for worker in self._workers:
            worker.cancel()
        self._end()
        return had

    def close(self) -> None:
        """Wait for the threads."""
        for worker in self._workers:
            worker.close()

    def _go(self, task: Task, text: str, worker: Worker | None = None) -> None:
        self._text, self._percent = text, 0
        # What is being saved is finished, whatever else is to be saved.
        (worker or self._worker).submit(task, interrupt=worker is None)
        self.changed.emit()

    def _end_if_idle(self) -> None:
        if not any(worker.busy for worker in self._workers):
            self._end()

    def _end(self) -> None:
        if self._text:
            self._text = ""
            self.changed.emit()

    def _on_arrived(self) -> None:
        for _, message in [one for worker in self._workers for one in worker.take()]:
            if isinstance(message, _Progress):
                self._percent = message.percent
                self._text = message.text or self._text
                self.changed.emit()
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
            else:
                self._hand_over(message)
        self._end_if_idle()

    def _hand_over(self, message: object) -> None:
        """Give what was brought to who waits for it."""
        if isinstance(message, PointCloud):
            self.brought.emit(message)
        elif isinstance(message, Opened):
            self.opened.emit(message)
        elif isinstance(message, Question):
            self.asked.emit(message)
        elif isinstance(message, _Scaled):
            self.scaled.emit(message.before, message.after)
        elif isinstance(message, Path):
            self.saved.emit(message)
        elif isinstance(message, _Composed):
            self.composed.emit(message.what)
        elif isinstance(message, tuple):
            self.selected.emit(*message)


def _by_percents(post: Post) -> Callable[[float], None]:
    """Tells of progress by whole per cents: a hundred messages at most."""
    last = 0

    def progress(share: float) -> None:
        nonlocal last
        percent = int(100 * share)
        if percent > last:
            last = percent
            post(_Progress(percent))

    return progress
