"""Ellipses on their way from one step to the next."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QElapsedTimer, QObject, Qt, QTimer, Signal

from gmm_studio.core.interpolation import interpolate
from gmm_studio.core.mixture import Mixture

__all__ = ["Glide"]

_FRAME_MS = 16


class Glide(QObject):
    """Emits the mixtures between two others, at the pace of frames, then None.

    A way is begun anew from wherever the last one has come to.
    """

    moved = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: Mixture | None = None
        self._after: Mixture | None = None
        self._now: Mixture | None = None
        self._duration = 0
        self._easing = QEasingCurve(QEasingCurve.Type.InOutCubic)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def is_active(self) -> bool:
        """Whether something is on its way."""
        return self._timer.isActive()

    def start(self, before: Mixture, after: Mixture, duration: int) -> None:
        """Go from one mixture to another, in so many milliseconds."""
        self._before = self._now or before
        self._after = after
        self._duration = max(duration, 1)
        self._clock.start()
        self._timer.start()
        self._tick()

    def stop(self) -> None:
        """Be at the end at once."""
        if self.is_active:
            self._timer.stop()
            self._before = self._after = self._now = None
            self.moved.emit(None)

    def _tick(self) -> None:
        share = self._clock.elapsed() / self._duration
        if share >= 1 or self._before is None or self._after is None:
            self.stop()
            return
        self._now = interpolate(self._before, self._after, self._easing.valueForProgress(share))
        self.moved.emit(self._now)
