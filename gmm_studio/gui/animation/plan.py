"""Which frames an animation has, and how long each of them stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gmm_studio.gui.animation.options import Animation
from gmm_studio.gui.moment import Moment

__all__ = ["Frame", "Plan", "moments_of"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of an animation.

    Attributes
    ----------
    before, after : Moment
        It lies between these moments of a run.
    share : float
        Of the way from one to the other; 1 is `after` itself.
    seconds : float
        How long it stays.
    """

    before: Moment
    after: Moment
    share: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The frames of an animation; they are made when they are asked for.

    Parameters
    ----------
    animation : Animation
    moments : tuple of Moment
        In their order, at least one.
    """

    animation: Animation
    moments: tuple[Moment, ...]

    def __len__(self) -> int:
        return 1 + (len(self.moments) - 1) * self.animation.per_step

    def __getitem__(self, index: int) -> Frame:
        if not 0 <= index < len(self):
            raise IndexError(index)
        number = self.animation.per_step
        step, part = divmod(index - 1, number)
        before = self.moments[max(step, 0)]
        after = self.moments[step + 1]
        share = 1.0 if index == 0 else (part + 1) / number
        seconds = 1.0 / self.animation.speed
        if index:
            seconds /= number
        if index == len(self) - 1:
            seconds += self.animation.hold
        return Frame(before, after, share, seconds)

    @property
    def seconds(self) -> float:
        """How long all of it takes."""
        return len(self.moments) / self.animation.speed + self.animation.hold


def moments_of(first: int, last: int, *, halves: bool) -> tuple[Moment, ...]:
    """The moments from one iteration to another."""
    return tuple(_moments(first, last, halves=halves))


def _moments(first: int, last: int, *, halves: bool) -> Iterator[Moment]:
    if not halves:
        yield from map(Moment, range(first, last + 1))
        return
    yield Moment(first, "M")
    for t in range(first + 1, last + 1):
        yield Moment(t, "E")
        yield Moment(t, "M")
