"""An animation as work in the background that says how far it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gmm_studio.gui.animation.frames import FramePainter, Take, plan_of
from gmm_studio.gui.animation.making import Progress, estimated_bytes, save_animation
from gmm_studio.gui.animation.options import Animation
from gmm_studio.gui.animation.plan import Plan

__all__ = ["AnimationJob", "Estimate", "estimate"]

_ENOUGH = 600_000
"""Pixels of the frames that are painted to know how large the file will be."""


def _silent(done: int, count: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class AnimationJob:
    """Writes an animation of a run; gives up when its argument returns true."""

    path: Path
    take: Take
    animation: Animation
    progress: Progress = _silent

    def reporting(self, progress: Progress) -> AnimationJob:
        """The same, telling how many frames are done."""
        return replace(self, progress=progress)

    def __call__(self, cancelled: Callable[[], bool]) -> None:
        """Do it; see `save_animation`."""
        plan = plan_of(self.take, self.animation)
        painter = FramePainter(self.take, plan, cancelled)
        save_animation(
            self.path, plan, painter, painter.exact, progress=self.progress, cancelled=cancelled
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an animation will be: its frames, how long it takes, the last iteration, its size."""

    frames: int
    seconds: float
    last: int
    bytes: int


def estimate(take: Take, animation: Animation, cancelled: Callable[[], bool]) -> Estimate:
    """Say what an animation of a run will be.

    Raises
    ------
    InputError
        When it cannot be made.
    Cancelled
        When `cancelled` returned true.
    """
    plan = plan_of(take, animation)
    size = _estimated(take, plan, cancelled)
    return Estimate(len(plan), plan.seconds, plan.moments[-1].iteration, size)


def _estimated(take: Take, plan: Plan, cancelled: Callable[[], bool]) -> int:
    """Bytes of the file; of large frames by how the file grows with smaller ones."""

    def at(scale: float) -> int:
        painter = FramePainter(take, plan, cancelled, scale=scale)
        return estimated_bytes(plan, painter, painter.exact, cancelled=cancelled)

    width, height = plan.animation.size
    scale = math.sqrt(_ENOUGH / (width * height))
    if scale >= 1:
        return at(1.0)
    large, small = at(scale), at(0.5 * scale)
    # What is drawn grows as the sides, what is shaded as the area.
    growth = min(max(math.log2(large / small), 1.0), 2.0)
    return round(large * math.pow(scale, -growth))
