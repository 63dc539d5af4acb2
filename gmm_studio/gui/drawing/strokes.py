"""Strokes of a brush on the cloud, one after the other and in the background."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.data.changes import Change, Stroke
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["Stroked", "Strokes"]


@dataclass(frozen=True, slots=True, eq=False)
class Stroked:
    """What a stroke made of a cloud, and what to call it."""

    before: PointCloud
    after: PointCloud
    change: Change
    text: str


class Strokes(QObject):
    """None is lost, however quickly they follow each other.

    Signals
    -------
    done(stroked)
    failed(error)
    changed()
        Work began or ended.
    """

    done = Signal(object)
    failed = Signal(object)
    changed = Signal()

    def __init__(self, cloud: Callable[[], PointCloud], parent: QObject) -> None:
        super().__init__(parent)
        self._cloud = cloud
        self._waiting: deque[tuple[Stroke, str]] = deque()
        self._worker = Worker("strokes", self)
        self._worker.arrived.connect(self._on_arrived)
        self.text = ""

    def submit(self, stroke: Stroke, text: str) -> None:
        """Do a stroke on the cloud as it is when its turn comes."""
        self._waiting.append((stroke, text))
        if not self.text:
            self._begin_next()

    def forget(self) -> bool:
        """Give up those that are not done yet; whether there were any."""
        had = bool(self.text)
        self._waiting.clear()
        self._worker.cancel()
        self._end()
        return had

    def close(self) -> None:
        """Wait for the thread."""
        self._waiting.clear()
        self._worker.close()

    def _begin_next(self) -> None:
        stroke, text = self._waiting.popleft()
        before = self._cloud()

        def work(post: Post, _: Callable[[], bool]) -> None:
            change = stroke(before)
            if change is not None:
                post(Stroked(before, change.apply(before), change, text))

        self.text = text
        self._worker.submit(work)
        self.changed.emit()

    def _end(self) -> None:
        if self.text:
            self.text = ""
            self.changed.emit()

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, Stroked):
                self.done.emit(message)
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
        if self._worker.busy:
            return
        if self._waiting:
            self._begin_next()
        else:
            self._end()
