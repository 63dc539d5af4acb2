"""How long the event loop was blocked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

__all__ = ["blocks"]


@contextmanager
def blocks() -> Iterator[list[float]]:
    """The gaps between two ticks of a timer that are due every millisecond, in milliseconds."""
    gaps: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(1e3 * (now - last))
        last = now

    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(tick)
    timer.start()
    yield gaps
    timer.stop()
