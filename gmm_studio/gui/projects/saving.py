"""Projects written one after the other in a thread of their own: none is given up for another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.errors import InputError
from gmm_studio.export.atomic import remove_abandoned
from gmm_studio.gui.projects.fingerprint import UNKNOWN, fingerprint_of
from gmm_studio.gui.projects.pictures import Pictures
from gmm_studio.gui.projects.snapshot import Snapshot
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["Save", "Saver", "Then"]

Then: TypeAlias = Callable[[], object] | None
"""What a person wanted to do once it is saved."""


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
    is_agreed : bool
        Whether a person has said that what is there may be replaced, whatever it is.
    """

    path: Path
    snapshot: Snapshot
    style: Style
    is_copy: bool = False
    then: Then = None
    is_agreed: bool = False
    done: threading.Event = field(default_factory=threading.Event)


class _ConflictError(Exception):
    """Somebody else has written the file since it was opened or saved."""


class Saver(QObject):
    """Writes what it is given, in that order, but nothing over what somebody else has written.

    Signals
    -------
    saved(save)
    failed(save, error)
        It could not be written; what was there before is there still.
    refused(save)
        It was not written: the file is another one than was opened or saved last.
    crashed(error)
        A picture could not be painted.
    """

    saved = Signal(object)
    failed = Signal(object, object)
    refused = Signal(object)
    crashed = Signal(object)

    def __init__(self, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._saves: deque[Save] = deque()
        self._number = 0
        self._known: dict[Path, str] = {}
        self._worker = Worker("projects", self)
        self._worker.arrived.connect(self._on_arrived)

    @property
    def last(self) -> Save | None:
        """The last one that is not done yet."""
        return self._saves[-1] if self._saves else None

    def fingerprint(self, path: Path) -> str:
        """Of a file as it was opened or saved last."""
        return self._known.get(path.absolute(), UNKNOWN)

    def know(self, path: Path, fingerprint: str) -> None:
        """A file was opened: nothing else is replaced unless a person agrees."""
        self._known[path.absolute()] = fingerprint

    def submit(self, save: Save) -> None:
        """Write this once all before it is written."""
        self._saves.append(save)
        if len(self._saves) == 1:
            self._begin()

    def paint(self, path: Path, snapshot: Snapshot, style: Style) -> None:
        """Paint the picture of a project that was opened, if nothing is to be written.

        What a save that was killed has left beside the project is removed.
        """
        pictures = self._pictures

        def work(_: Post, __: Callable[[], bool]) -> None:
            remove_abandoned(path)
            pictures.paint(path, snapshot, style)

        if not self._saves:
            self._worker.submit(work)

    def close(self) -> None:
        """Wait until all is written."""
        if self._saves:
            self._saves.popleft().done.wait()
        for save in self._saves:
            with suppress(InputError, _ConflictError):
                self._write(save)
        self._saves.clear()
        self._worker.close()

    def _begin(self) -> None:
        save, pictures = self._saves[0], self._pictures

        def work(post: Post, _: Callable[[], bool]) -> None:
            try:
                self._write(save)
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
                self._give_up(message.error)
            elif isinstance(message, Failed):
                self.crashed.emit(message.error)

    def _end(self) -> Save:
        """The first is done: begin the next."""
        save = self._saves.popleft()
        if self._saves:
            self._begin()
        return save

    def _give_up(self, error: Exception) -> None:
        save = self._end()
        if isinstance(error, _ConflictError):
            self.refused.emit(save)
        else:
            self.failed.emit(save, error)

    def _write(self, save: Save) -> None:
        from gmm_studio.project import write_project

        path, project = save.path.absolute(), save.snapshot.project()
        known = None if save.is_agreed else self._known.get(path)
        # What is gone is nobody's work.
        if known is not None and fingerprint_of(path) not in (known, None):
            raise _ConflictError
        write_project(project, path)
        self._known[path] = fingerprint_of(path) or UNKNOWN
