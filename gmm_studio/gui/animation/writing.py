"""What the writers of animations share: what a frame is, how long it stays, what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Box", "Canvas", "Clock", "Pixels", "Sink", "Writer", "blocks", "box_around"]

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""A frame: red, green and blue of each pixel, shape (height, width, 3); or with alpha, 4."""

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; the last two are just outside."""


_BLOCK = 2**20
"""Pixels that are worked on at once: what that takes does not grow with the frame."""

_INVISIBLE = 2
"""Of 255: colours that differ by no more are not told apart, and need not be written again."""


class Sink(Protocol):
    """What is written to: a file, or something that only counts."""

    def write(self, content: bytes, /) -> int:
        """Take the next bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to another place."""

    def tell(self) -> int:
        """Where it is."""


class Writer(Protocol):
    """Writes frames as they come, and keeps none but the last."""

    def add(self, pixels: Pixels, seconds: float) -> None:
        """Write the next frame, which stays for so long."""

    def close(self) -> None:
        """Write what belongs behind the frames."""


class Clock:
    """Durations in whole ticks, rounded so that the errors do not add up.

    Parameters
    ----------
    rate : float
        Ticks per second.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._seconds = 0.0
        self._ticks = 0

    def ticks(self, seconds: float) -> int:
        """How many ticks the next frame takes; at least one."""
        self._seconds += seconds
        # What a sum of many durations loses must not tip a half.
        end = round(round(self._seconds * self._rate, 6))
        count = max(1, end - self._ticks)
        self._ticks += count
        return count


class Canvas:
    """What a player shows, so that only what changes of it has to be written."""

    def __init__(self) -> None:
        self._shown: Pixels | None = None

    def changes(self, pixels: Pixels, *, even: bool = False) -> tuple[Box, Pixels]:
        """Where and how the next frame differs from what is shown.

        Parameters
        ----------
        pixels : ndarray, shape (height, width, 3)
        even : bool
            Whether left and top must be even numbers.

        Returns
        -------
        Box
            Around all changes; of one pixel where there is none.
        ndarray, shape (height, width, 4)
            What is inside: opaque where it has changed, transparent elsewhere.
        """
        shown = self._shown
        if shown is None:
            shown = pixels.copy()
            changed: npt.NDArray[np.bool_] = np.ones(pixels.shape[:2], dtype=np.bool_)
        else:
            changed = np.empty(pixels.shape[:2], dtype=np.bool_)
            for rows in blocks(pixels):
                new, old = pixels[rows], shown[rows]
                away = np.maximum(new, old) - np.minimum(new, old)
                changed[rows] = np.any(away > _INVISIBLE, axis=2)
                np.copyto(old, new, where=changed[rows][..., None])
        self._shown = shown
        box = box_around(changed, even=even)
        left, top, right, bottom = box
        inside = changed[top:bottom, left:right]
        part = np.zeros((*inside.shape, 4), dtype=np.uint8)
        np.copyto(part[..., :3], pixels[top:bottom, left:right], where=inside[..., None])
        part[..., 3][inside] = 255
        return box, part


def blocks(pixels: Pixels) -> Iterator[slice]:
    """The rows of a frame, some at a time."""
    height, width = pixels.shape[:2]
    count = max(1, _BLOCK // max(width, 1))
    for top in range(0, height, count):
        yield slice(top, min(top + count, height))


def box_around(changed: npt.NDArray[np.bool_], *, even: bool = False) -> Box:
    """The smallest box around all pixels that have changed; one pixel where none has.

    Parameters
    ----------
    changed : ndarray, shape (height, width)
    even : bool
        Whether left and top must be even numbers.
    """
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    left, top = int(columns[0]), int(rows[0])
    if even:
        left, top = left - left % 2, top - top % 2
    return left, top, int(columns[-1]) + 1, int(rows[-1]) + 1
