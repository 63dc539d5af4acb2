"""The cursor over the steps of a run, and its walk."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from gmm_studio.gui.moment import Moment

__all__ = ["SPEEDS", "Playback"]

SPEEDS: tuple[int, ...] = (1, 2, 5, 10, 20, 60)
"""Steps per second, or half-steps."""

_FRAME_MS = 16


class Playback(QObject):
    """Walks over steps that exist; it waits at the last one while more are computed.

    With half-steps each iteration has two places to stop at, its E-step and its M-step.
    """

    moved = Signal(int)
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = 0
        self._last = 0
        self._per_iteration = 1
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
        """The iteration on show."""
        return -(-self._place // self._per_iteration)

    @property
    def last(self) -> int:
        """The last iteration that exists."""
        return self._last

    @property
    def place(self) -> int:
        """Where the cursor stands, counted in the steps that it walks in."""
        return self._place

    @property
    def last_place(self) -> int:
        """The last place there is."""
        return self._last * self._per_iteration

    @property
    def moment(self) -> Moment:
        """What is on show."""
        if not self.has_halves:
            return Moment(self._place)
        return Moment(self.cursor, "E" if self._place % 2 else "M")

    @property
    def has_halves(self) -> bool:
        """Whether the E-step and the M-step are shown one after the other."""
        return self._per_iteration == 2

    @property
    def is_playing(self) -> bool:
        """Whether the cursor walks."""
        return self._timer.isActive()

    @property
    def is_at_end(self) -> bool:
        """Whether there is no step after this one and none will come."""
        return self._ended and self._place == self.last_place

    def set_halves(self, halves: bool) -> None:
        """Walk in half-steps, or in whole ones; the iteration on show stays."""
        if halves != self.has_halves:
            cursor = self.cursor
            self._per_iteration = 2 if halves else 1
            self._place = -1
            self._go(cursor * self._per_iteration)

    def load(self, last: int, cursor: int, *, ended: bool) -> None:
        """Another run: its last iteration, the one to show, and whether more are to come."""
        self._last, self._ended = last, ended
        self._place = -1
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
        """Show an iteration, its M-step where there are halves, or the nearest that exists."""
        self.move_to_place(cursor * self._per_iteration)

    def move_to_place(self, place: int) -> None:
        """Show what is at a place, or the nearest that exists."""
        self._following = False
        self._go(place)

    def show(self, moment: Moment) -> None:
        """Show a moment, or its whole iteration where there are no halves."""
        back = 1 if moment.half == "E" and self.has_halves else 0
        self.move_to_place(moment.iteration * self._per_iteration - back)

    def step(self, by: int) -> None:
        """Pause, and go on or back by so many steps."""
        self.pause()
        self.move_to_place(self._place + by)

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
            self.move_to_place(self._place + whole)
        if self.is_at_end:
            self.pause()

    def _go(self, place: int) -> None:
        place = min(max(place, 0), self.last_place)
        if place != self._place:
            self._place = place
            self.moved.emit(self.cursor)
