"""Jobs: what a request to save something takes, gathered on the GUI thread, done in a worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, runtime_checkable

__all__ = ["Job", "Reporting"]

Job: TypeAlias = Callable[[Callable[[], bool]], None]
"""Writes a file; gives up when its argument returns true."""


@runtime_checkable
class Reporting(Protocol):
    """A job that can tell how far it is: so many frames are done, of so many."""

    def reporting(self, progress: Callable[[int, int], None]) -> Job:
        """The job that tells."""
