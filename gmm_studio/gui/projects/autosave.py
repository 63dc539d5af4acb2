"""Keeps what a person does safe while nobody saves it, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.gui.projects.shelf import Left, Shelf, abandoned
from gmm_studio.gui.projects.snapshot import Snapshot
from gmm_studio.gui.worker import Failed, Finished, Post, Worker

__all__ = ["Autosave"]

_PAUSE_MS = 2000
"""After a change: a few more may follow at once."""

_LARGEST_SHARE = 0.1
"""Of the time that is spent with writing."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was written, which took so long in seconds."""

    seconds: float


class Autosave(QObject):
    """Writes a while after each change, and what is there at the end as the last session.

    Signals
    -------
    found(lefts)
        What windows of programs that are gone have left behind.
    failed(error)
        It could not be written; said once until it can be again.
    """

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, data: Path, take: Callable[[], Snapshot], parent: QObject) -> None:
        super().__init__(parent)
        self._data, self._take = data, take
        self._shelf = Shelf(data)
        self._worker = Worker("autosave", self)
        self._worker.arrived.connect(self._on_arrived)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)
        self._is_due = self._is_writing = self._has_failed = False
        self._rest = 0.0
        self._replaced: list[Left] = []

    @property
    def last(self) -> Path:
        """Where the last session is, if there was one."""
        return self._shelf.last

    @property
    def is_idle(self) -> bool:
        """Whether all that has changed is written."""
        return not (self._is_due or self._is_writing)

    def look(self) -> None:
        """Look for what was left behind; `found` brings it."""
        data = self._data

        def work(post: Post, _: Callable[[], bool]) -> None:
            # What opens and writes projects is there once it is wanted.
            import gmm_studio.project  # noqa: F401

            post(abandoned(data))

        self._worker.submit(work, interrupt=False)

    def touch(self) -> None:
        """Something has changed: write it before long."""
        self._is_due = True
        if not self._is_writing and not self._timer.isActive():
            self._timer.start(max(_PAUSE_MS, round(1000 * self._rest)))

    def replace(self, left: Left) -> None:
        """Remove what was brought back from there, once it is written here."""
        self._replaced.append(left)
        self.touch()

    def retire(self, snapshot: Snapshot) -> None:
        """What there was is the last session now."""
        shelf = self._shelf
        self._timer.stop()
        self._is_due = False
        self._is_writing = True
        self._worker.submit(lambda _, __: shelf.retire(snapshot), interrupt=False)

    def close(self, final: Snapshot | None) -> None:
        """Write what there is as the last session, unless it is nothing, and wait for that."""
        self._timer.stop()
        shelf, done, kept = self._shelf, threading.Event(), threading.Event()

        def work(_: Post, __: Callable[[], bool]) -> None:
            try:
                # Where it cannot be written, what was kept before stays for the next start.
                with suppress(InputError):
                    if final is None:
                        shelf.clear()
                    else:
                        shelf.retire(final)
                        kept.set()
            finally:
                done.set()

        self._worker.submit(work)
        done.wait()
        self._worker.close()
        for left in self._replaced:
            if kept.is_set():
                left.remove()
            else:
                left.release()
        self._replaced.clear()

    def _write(self) -> None:
        shelf, snapshot = self._shelf, self._take()

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            begin = time.perf_counter()
            with suppress(Cancelled):
                shelf.keep(snapshot, cancelled)
                post(_Kept(time.perf_counter() - begin))

        self._is_due, self._is_writing = False, True
        self._worker.submit(work, interrupt=False)

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, list):
                self.found.emit(message)
            elif isinstance(message, _Kept):
                self._rest = message.seconds * (1 / _LARGEST_SHARE - 1)
                self._has_failed = False
                for left in self._replaced:
                    left.remove()
                self._replaced.clear()
            elif isinstance(message, Failed):
                self._fail(message.error)
            if isinstance(message, Finished | Failed):
                self._is_writing = False
                if self._is_due:
                    self.touch()

    def _fail(self, error: Exception) -> None:
        if not self._has_failed:
            self.failed.emit(error)
        self._has_failed = True
