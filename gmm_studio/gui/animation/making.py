"""Writes an animation frame by frame, and says before how large it will be."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.export.atomic import atomic_write
from gmm_studio.gui.animation.apng import ApngWriter
from gmm_studio.gui.animation.colour_table import ColourTable
from gmm_studio.gui.animation.gif import GifWriter
from gmm_studio.gui.animation.mp4 import Mp4Writer, check_video
from gmm_studio.gui.animation.plan import Frame, Plan
from gmm_studio.gui.animation.webp import WebpWriter
from gmm_studio.gui.animation.writing import Pixels, Sink, Writer

__all__ = ["Colour", "Paint", "Progress", "estimated_bytes", "save_animation"]

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, from 0 to 255."""

Paint: TypeAlias = Callable[[Frame], Pixels]
Progress: TypeAlias = Callable[[int, int], None]
"""Hears how many frames are done, and how many there are."""

_TABLE_SAMPLES = 8
_FEW = 24
"""So many frames are encoded to know how large they are; of more, some."""

_PARTS = (0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
"""Where the parts of an animation begin whose frames are taken to be alike: EM slows down."""

_GROUP = 3
_KEY_FRAMES = 250
"""From one whole frame to the next of a video."""


def save_animation(
    path: str | Path,
    plan: Plan,
    paint: Paint,
    exact: Sequence[Colour],
    *,
    progress: Progress = lambda done, count: None,
    cancelled: Callable[[], bool] = never,
) -> None:
    """Paint the frames of a plan one by one and write them; from any thread.

    Parameters
    ----------
    path : str or Path
    plan : Plan
    paint : callable
        Gives the pixels of a frame.
    exact : sequence of Colour
        What a GIF must have in its table of colours.
    progress : callable
    cancelled : callable
        Asked before each frame.

    Raises
    ------
    InputError
        When the file cannot be written, with the reason. What was at the path is then still there.
    Cancelled
        When `cancelled` returned true.
    """
    count = len(plan)
    if plan.animation.format == "mp4":
        check_video()
    try:
        table = _table(plan, paint, exact, cancelled)
        with atomic_write(path) as file:
            writer = _writer(plan, file, table, plan.animation.size)
            for i in range(count):
                _stop_if(cancelled)
                progress(i, count)
                frame = plan[i]
                writer.add(paint(frame), frame.seconds)
            _stop_if(cancelled)
            writer.close()
            progress(count, count)
    except MemoryError:
        raise _too_large(plan) from None


def estimated_bytes(
    plan: Plan,
    paint: Paint,
    exact: Sequence[Colour],
    *,
    cancelled: Callable[[], bool] = never,
) -> int:
    """About how large the file will be: some frames are encoded, the others are taken to be alike.

    Frames may be smaller than those of the plan; then it is said how large a file of such is.

    Raises
    ------
    InputError
        When there is no memory for a frame, or nothing that writes videos.
    Cancelled
        When `cancelled` returned true.
    """
    count = len(plan)
    if count <= _FEW:
        groups = [range(count)]
    else:
        middles = (0.5 * (begin + end) for begin, end in pairwise(_PARTS))
        starts = (round(middle * (count - _GROUP)) for middle in middles)
        groups = [range(first, first + _GROUP) for first in starts]
    pictures: dict[int, Pixels] = {}
    try:
        for index in (i for group in groups for i in group):
            _stop_if(cancelled)
            pictures[index] = paint(plan[index])
        table = _table_of(plan, list(pictures.values()), exact)
        if count <= _FEW:
            return _encoded(plan, table, pictures, groups[0])
        wholes = [_encoded(plan, table, pictures, group[:1]) for group in groups]
        _stop_if(cancelled)
        parts = [_encoded(plan, table, pictures, group) for group in groups]
    except MemoryError:
        raise _too_large(plan) from None
    whole = float(np.mean(wholes))
    changes = np.subtract(parts, wholes) / (_GROUP - 1)
    each = float(np.diff(_PARTS) @ changes)
    keys = count / _KEY_FRAMES if plan.animation.format == "mp4" else 0.0
    return round(whole * (1 + keys) + (count - 1) * each)


def _table(
    plan: Plan, paint: Paint, exact: Sequence[Colour], cancelled: Callable[[], bool]
) -> ColourTable | None:
    """The colours of a GIF, from some frames all over it; they are painted twice."""
    count = len(plan)
    chosen = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _TABLE_SAMPLES))})

    def samples() -> Iterator[Pixels]:
        for i in chosen:
            _stop_if(cancelled)
            yield paint(plan[i])

    return _table_of(plan, samples(), exact)


def _table_of(plan: Plan, samples: Iterable[Pixels], exact: Sequence[Colour]) -> ColourTable | None:
    return ColourTable(samples, exact) if plan.animation.format == "gif" else None


def _encoded(
    plan: Plan, table: ColourTable | None, pictures: dict[int, Pixels], frames: Iterable[int]
) -> int:
    """How many bytes an animation of these frames alone takes."""
    frames = list(frames)
    height, width = pictures[frames[0]].shape[:2]
    sink = io.BytesIO()
    writer = _writer(plan, sink, table, (width, height))
    for i in frames:
        writer.add(pictures[i], plan[i].seconds)
    writer.close()
    return len(sink.getvalue())


def _writer(plan: Plan, sink: Sink, table: ColourTable | None, size: tuple[int, int]) -> Writer:
    animation, (width, height) = plan.animation, size
    if table is not None:
        return GifWriter(sink, width, height, table, loop=animation.loop)
    if animation.format == "apng":
        return ApngWriter(sink, width, height, len(plan), loop=animation.loop)
    if animation.format == "webp":
        return WebpWriter(sink, width, height, loop=animation.loop)
    return Mp4Writer(sink, width, height, animation.rate)


def _too_large(plan: Plan) -> InputError:
    width, height = plan.animation.size
    return InputError(
        "Frames of {width} by {height} pixels are too large. Choose a smaller size.",
        width=width,
        height=height,
    )


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled
