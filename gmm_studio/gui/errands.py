"""Work on clouds and files in the background: reading, drawing, selecting, saving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.data.generators import generate
from gmm_studio.data.text import read_cloud
from gmm_studio.document import Seed
from gmm_studio.gui.canvas.rendering import Selection
from gmm_studio.gui.exporting import Job
from gmm_studio.gui.worker import Failed, Post, Task, Worker

__all__ = ["Errands"]


@dataclass(frozen=True, slots=True)
class _Reduced:
    cloud: PointCloud


class Errands(QObject):
    """One errand at a time; a new one replaces the one that is under way.

    Signals
    -------
    brought(cloud)
        A cloud was read or drawn.
    reduced(cloud)
        Points were deleted.
    selected(cloud, selection)
        Which points of a cloud are in a box; None for none.
    saved(path)
    failed(error)
    changed()
        An errand began or ended.
    """

    brought = Signal(object)
    reduced = Signal(object)
    selected = Signal(object, object)
    saved = Signal(object)
    failed = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""
        self._worker, self._saver = Worker("errands", self), Worker("save", self)
        for worker in (self._worker, self._saver):
            worker.arrived.connect(self._on_arrived)

    @property
    def text(self) -> str:
        """What is under way, in words; empty when nothing is."""
        return self._text

    def read(self, path: Path, columns: tuple[str | int, ...] | None = None) -> None:
        """Read a file."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            post(read_cloud(path, columns, cancelled))

        self._go(work, self.tr("Reading {name}").format(name=path.name))

    def draw(self, name: str, n: int, k: int | None, random_state: int) -> None:
        """Draw a cloud by a generator."""

        def work(post: Post, _: Callable[[], bool]) -> None:
            post(generate(name, n, k, random_state))

        self._go(work, self.tr("Drawing {n} points").format(n=f"{n:,}"))

    def save(self, job: Job, path: Path) -> None:
        """Write a file."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            job(cancelled)
            post(path)

        self._go(work, self.tr("Saving {name}").format(name=path.name), self._saver)

    def select(self, cloud: PointCloud, low: Seed, high: Seed) -> None:
        """Find the points in a box."""

        def work(post: Post, _: Callable[[], bool]) -> None:
            inside = (cloud.points >= low).all(axis=1) & (cloud.points <= high).all(axis=1)
            post((cloud, inside if inside.any() else None))

        self._go(work, self.tr("Selecting points"))

    def cut(self, cloud: PointCloud, selection: Selection) -> None:
        """Make a cloud without the selected points."""

        def work(post: Post, _: Callable[[], bool]) -> None:
            if selection.all():
                raise InputError("That would leave no point. Select fewer.")
            post(_Reduced(cloud.subset(~selection)))

        self._go(work, self.tr("Deleting points"))

    def cancel(self) -> bool:
        """Give up what is under way; whether there was anything."""
        had = bool(self._text)
        self._worker.cancel()
        self._saver.cancel()
        self._end()
        return had

    def close(self) -> None:
        """Wait for the threads."""
        self._worker.close()
        self._saver.close()

    def _go(self, task: Task, text: str, worker: Worker | None = None) -> None:
        self._text = text
        # What is being saved is finished, whatever else is to be saved.
        (worker or self._worker).submit(task, interrupt=worker is None)
        self.changed.emit()

    def _end(self) -> None:
        if self._text:
            self._text = ""
            self.changed.emit()

    def _on_arrived(self) -> None:
        for _, message in (*self._worker.take(), *self._saver.take()):
            if isinstance(message, PointCloud):
                self.brought.emit(message)
            elif isinstance(message, _Reduced):
                self.reduced.emit(message.cloud)
            elif isinstance(message, Path):
                self.saved.emit(message)
            elif isinstance(message, tuple):
                self.selected.emit(*message)
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
        if not (self._worker.busy or self._saver.busy):
            self._end()
