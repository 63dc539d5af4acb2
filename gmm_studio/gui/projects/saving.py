"""Projects written one after the other in a thread of their own: none is given up for another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.errors import InputError
from gmm_studio.gui.projects.pictures import Pictures
from gmm_studio.gui.projects.snapshot import Snapshot
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["Save", "Saver"]


@dataclass(slots=True, eq=False)
class Save:
    """What is to be written, and where.

    Attributes
    ----------
    path : Path
    snapshot : Snapshot
    style : Style
        In which its picture is painted.
    is_copy : bool
        Whether what is open stays what it is.
    then : callable or None
        What a person wanted to do once it is saved.
    """

    path: Path
    snapshot: Snapshot
    style: Style
    is_copy: bool = False
    then: Callable[[], object] | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Saver(QObject):
    """Writes what it is given, in that order.

    Signals
    -------
    saved(save)
    failed(save, error)
        It could not be written; what was there before is there still.
    crashed(error)
        A picture could not be painted.
    """

    saved = Signal(object)
    failed = Signal(object, object)
    crashed = Signal(object)

    def __init__(self, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._saves: deque[Save] = deque()
        self._number = 0
        self._worker = Worker("projects", self)
        self._worker.arrived.connect(self._on_arrived)

    @property
    def last(self) -> Save | None:
        """The last one that is not done yet."""
        return self._saves[-1] if self._saves else None

    def submit(self, save: Save) -> None:
        """Write this once all before it is written."""
        self._saves.append(save)
        if len(self._saves) == 1:
            self._begin()

    def paint(self, path: Path, snapshot: Snapshot, style: Style) -> None:
        """Paint the picture of a project that was opened, if nothing is to be written."""
        if not self._saves:
            pictures = self._pictures
            self._worker.submit(lambda _, __: pictures.paint(path, snapshot, style))

    def close(self) -> None:
        """Wait until all is written."""
        if self._saves:
            self._saves.popleft().done.wait()
        for save in self._saves:
            with suppress(InputError):
                _write(save)
        self._saves.clear()
        self._worker.close()

    def _begin(self) -> None:
        save, pictures = self._saves[0], self._pictures

        def work(post: Post, _: Callable[[], bool]) -> None:
            try:
                _write(save)
            finally:
                save.done.set()
            post(save)
            pictures.paint(save.path, save.snapshot, save.style)

        self._number = self._worker.submit(work, interrupt=False)

    def _on_arrived(self) -> None:
        for number, message in self._worker.take():
            if isinstance(message, Save):
                self._end()
                self.saved.emit(message)
            elif isinstance(message, Failed) and number == self._number and self._saves:
                self.failed.emit(self._end(), message.error)
            elif isinstance(message, Failed):
                self.crashed.emit(message.error)

    def _end(self) -> Save:
        """The first is done: begin the next."""
        save = self._saves.popleft()
        if self._saves:
            self._begin()
        return save


def _write(save: Save) -> None:
    from gmm_studio.project import write_project

    write_project(save.snapshot.project(), save.path)
