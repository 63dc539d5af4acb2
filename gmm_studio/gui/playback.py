"""The cursor over the steps of a run, and its walk."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

__all__ = ["SPEEDS", "Playback"]

SPEEDS: tuple[int, ...] = (1, 2, 5, 10, 20, 60)
"""Steps per second."""

_FRAME_MS = 16


class Playback(QObject):
    """Walks over steps that exist; it waits at the last one while more are computed."""

    moved = Signal(int)
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cursor = 0
        self._last = 0
        self._ended = False
        self._following = False
        self._due = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self.speed = 5

    @property
    def cursor(self) -> int:
        """The step on show."""
        return self._cursor

    @property
    def last(self) -> int:
        """The last step that exists."""
        return self._last

    @property
    def is_playing(self) -> bool:
        """Whether the cursor walks."""
        return self._timer.isActive()

    @property
    def is_at_end(self) -> bool:
        """Whether there is no step after this one and none will come."""
        return self._ended and self._cursor == self._last

    def load(self, last: int, cursor: int, *, ended: bool) -> None:
        """Another run: its last step, the step to show, and whether more are to come."""
        self._last, self._ended = last, ended
        self._cursor = -1
        self.move_to(cursor)

    def extend(self, last: int, *, ended: bool) -> None:
        """More steps of the same run exist."""
        self._last, self._ended = last, ended
        if self._following:
            self.follow()

    def follow(self) -> None:
        """Show the last step, and each one that comes after it."""
        self.pause()
        self.move_to(self._last)
        self._following = True

    def move_to(self, cursor: int) -> None:
        """Show a step, or the nearest that exists."""
        self._following = False
        cursor = min(max(cursor, 0), self._last)
        if cursor != self._cursor:
            self._cursor = cursor
            self.moved.emit(cursor)

    def step(self, by: int) -> None:
        """Pause, and go on or back by so many steps."""
        self.pause()
        self.move_to(self._cursor + by)

    def play(self) -> None:
        """Walk on; from the start if this is the end."""
        self._following = False
        if self.is_at_end:
            self.move_to(0)
        if not self._timer.isActive():
            self._due = 0.0
            self._clock.start()
            self._timer.start()
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stand still."""
        if self._timer.isActive():
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def _tick(self) -> None:
        self._due += self._clock.restart() * self.speed / 1000
        whole = int(self._due)
        self._due -= whole
        if whole:
            self.move_to(self._cursor + whole)
        if self.is_at_end:
            self.pause()
