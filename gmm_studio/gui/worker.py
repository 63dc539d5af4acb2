"""A thread that works for the window: the newest task wins, and results come by mailbox."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.errors import Cancelled

__all__ = ["Failed", "Finished", "Post", "Task", "Worker"]

_NICENESS = 10

Post: TypeAlias = Callable[[object], None]
Task: TypeAlias = Callable[[Post, Callable[[], bool]], None]
"""Does the work; posts what comes of it; asks often whether it was cancelled."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The last message of a task that came to its end."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The last message of a task that raised."""

    error: Exception


class Worker(QObject):
    """One thread with one waiting place.

    A task that is submitted takes the waiting place from whoever is in it; `interrupt` also
    cancels the one that is running, whose messages are then dropped. Messages wait in a mailbox
    and `arrived` is emitted at most once until they are taken, however many come: a signal for
    each would flood the event loop.
    """

    arrived = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._waiting: tuple[int, Task] | None = None
        self._number = 0
        self._oldest_wanted = 0
        self._running: int | None = None
        self._closing = False
        self._mail: deque[tuple[int, Any]] = deque()
        self._woken = False
        self._thread = threading.Thread(target=self._work, name=f"gmm-{name}")
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a task runs or waits whose results are still wanted, or they wait to be taken."""
        with self._changed:
            running = self._running is not None and self._running >= self._oldest_wanted
            return running or self._waiting is not None or bool(self._mail)

    def submit(self, task: Task, *, interrupt: bool = True) -> int:
        """Hand over a task; returns its number, which its messages carry."""
        with self._changed:
            self._number += 1
            self._waiting = (self._number, task)
            if interrupt:
                self._oldest_wanted = self._number
                self._mail.clear()
            self._changed.notify()
            return self._number

    def cancel(self) -> None:
        """Give up what runs and what waits, and what has come of it."""
        with self._changed:
            self._waiting = None
            self._oldest_wanted = self._number + 1
            self._mail.clear()

    def take(self) -> list[tuple[int, Any]]:
        """All messages that have come, oldest first, with the numbers of their tasks."""
        with self._changed:
            self._woken = False
            messages = list(self._mail)
            self._mail.clear()
            return messages

    def close(self) -> None:
        """Cancel and wait for the thread to end."""
        with self._changed:
            self._closing = True
            self._waiting = None
            self._oldest_wanted = self._number + 1
            self._changed.notify()
        self._thread.join()
        # A wake-up may be under way still: it finds nothing.
        self._mail.clear()

    def _work(self) -> None:
        _give_way()
        while True:
            with self._changed:
                self._running = None
                self._changed.wait_for(lambda: self._waiting is not None or self._closing)
                if self._closing or self._waiting is None:
                    return
                number, task = self._waiting
                self._waiting = None
                self._running = number
            self._do(number, task)
            del task

    def _do(self, number: int, task: Task) -> None:
        def post(message: object) -> None:
            self._post(number, message)

        def cancelled() -> bool:
            return number < self._oldest_wanted

        try:
            task(post, cancelled)
        except Cancelled:
            return
        except Exception as error:
            post(Failed(error))
        else:
            post(Finished())

    def _post(self, number: int, message: object) -> None:
        with self._changed:
            if number < self._oldest_wanted or self._closing:
                return
            if isinstance(message, Finished | Failed):
                self._running = None
            self._mail.append((number, message))
            wake, self._woken = not self._woken, True
        if wake:
            self.arrived.emit()


def _give_way() -> None:
    """Let the thread that draws go first; threads that this one starts inherit it (Linux)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
