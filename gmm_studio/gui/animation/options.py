"""What a person can choose about an animation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from gmm_studio.core.errors import InputError
from gmm_studio.gui.figures.figure import TEXT, CurvePlace, Sheet, Theme

__all__ = ["FORMATS", "SUFFIXES", "Animation", "Format", "format_of", "text_size"]

Format: TypeAlias = Literal["gif", "apng", "webp", "mp4"]
FORMATS: tuple[Format, ...] = get_args(Format)

SUFFIXES: dict[Format, tuple[str, ...]] = {
    "gif": (".gif",),
    "apng": (".png", ".apng"),
    "webp": (".webp",),
    "mp4": (".mp4",),
}
"""What files of each format end in; the first is usual."""

_NAMES: dict[Format, str] = {"gif": "GIF", "apng": "animated PNG", "webp": "WebP", "mp4": "MP4"}

_LARGEST: dict[Format, int] = {"gif": 32_767, "apng": 32_767, "webp": 16_383, "mp4": 8_192}
"""Pixels along a side: what the format holds, Qt paints, or players show."""

_MOST_PIXELS: dict[Format, int] = {
    "gif": 50_000_000,
    "apng": 50_000_000,
    "webp": 50_000_000,
    "mp4": 8_192 * 4_320,
}
"""Of a frame: what can be written in less than two gigabytes, and of an MP4 the largest level."""

_SMALLEST = 64
_USUAL = 900, 600
"""Pixels of a frame that has text of the usual size."""

_FASTEST: dict[Format, float] = {"gif": 50.0, "apng": 120.0, "webp": 120.0, "mp4": 120.0}
"""Frames per second. Browsers slow down GIFs whose frames stay less than two hundredths."""

_SLOWEST = 0.1
_LONGEST_HOLD = 60.0


@dataclass(frozen=True, slots=True)
class Animation:
    """How a run is made into an animation.

    Attributes
    ----------
    format : {"gif", "apng", "webp", "mp4"}
    width, height : int
        In pixels. An MP4 has even sides: an odd one is one pixel longer.
    speed : float
        Iterations per second, or half-steps.
    frames_per_second : float
        While ellipses glide, and of an MP4; otherwise every step is one frame.
    halves : bool
        Whether E-step and M-step follow one another.
    glide : bool
        Whether ellipses glide from step to step.
    theme : {"screen", "light", "dark", "paper"}
    font_family : str
        Of all text; that of the screen where it is empty, or where there is no such font.
    curve : {"none", "below", "beside"}
        Where the curve over the iterations is.
    hold : float
        Seconds that the last frame stays longer than the others.
    loop : bool
        Whether it begins again, for ever; an MP4 does as its player says.
    trim : bool
        Whether it ends where the ellipses no longer visibly move.
    first : int
        The iteration to begin with.
    last : int or None
        The iteration to end with; None for the end of the run.

    Raises
    ------
    InputError
        When something cannot be so.
    """

    format: Format = "gif"
    width: int = 900
    height: int = 600
    speed: float = 5.0
    frames_per_second: float = 25.0
    halves: bool = False
    glide: bool = False
    theme: Theme = "screen"
    curve: CurvePlace = "none"
    hold: float = 2.0
    loop: bool = True
    trim: bool = True
    first: int = 0
    last: int | None = None
    font_family: str = ""

    def __post_init__(self) -> None:
        name = _NAMES[self.format]
        _check_size(self.format, *self.size)
        fastest = _FASTEST[self.format]
        rates = (
            ("The speed", self.speed),
            ("The number of frames per second", self.frames_per_second),
        )
        for what, value in rates:
            if not (math.isfinite(value) and _SLOWEST <= value <= fastest):
                raise InputError(
                    "{what} of this {name} must be from {least} to {most}.",
                    what=what,
                    name=name,
                    least=_SLOWEST,
                    most=f"{fastest:g}",
                )
        if not 0 <= self.hold <= _LONGEST_HOLD:
            raise InputError(
                "The last frame can stay for 0 to {most} seconds.", most=f"{_LONGEST_HOLD:g}"
            )
        if self.first < 0 or (self.last is not None and self.last < self.first):
            raise InputError("The range of iterations must go upwards from 0 or more.")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the frames in pixels."""
        odd = 1 if self.format == "mp4" else 0
        return self.width + (self.width & odd), self.height + (self.height & odd)

    def scaled_size(self, scale: float) -> tuple[int, int]:
        """Width and height of smaller frames of these proportions in pixels."""
        if scale >= 1:
            return self.size
        # Even, as a video wants them.
        width, height = (max(2, 2 * round(0.5 * scale * side)) for side in self.size)
        return width, height

    @property
    def sheet(self) -> Sheet:
        """How each frame is made."""
        width, height = self.size
        return Sheet(
            width,
            height,
            font_size=text_size(width, height),
            font_family=self.font_family,
            theme=self.theme,
            curve=self.curve,
            title=True,
        )

    @property
    def per_step(self) -> int:
        """Frames from one step to the next."""
        return round(self.rate / self.speed) if self.glide else 1

    @property
    def rate(self) -> float:
        """Frames per second of what has a constant rate: a whole number of them for each step."""
        return self.speed * max(1, int(self.frames_per_second / self.speed + 1e-9))


def text_size(width: float, height: float) -> float:
    """Pixels of text: in larger pictures everything is larger."""
    return TEXT * max(1.0, min(width / _USUAL[0], height / _USUAL[1]))


def format_of(path: Path) -> Format:
    """The format that a file's name asks for.

    Raises
    ------
    InputError
        When it asks for none of these.
    """
    for kind, suffixes in SUFFIXES.items():
        if path.suffix.lower() in suffixes:
            return kind
    raise InputError(
        "{path} cannot be written: an animation is saved as {choices}.",
        path=path,
        choices=".gif, .png, .webp or .mp4",
    )


def _check_size(kind: Format, width: int, height: int) -> None:
    largest, most = _LARGEST[kind], _MOST_PIXELS[kind]
    if min(width, height) < _SMALLEST:
        raise InputError("The sides must have at least {least} pixels.", least=_SMALLEST)
    if max(width, height) > largest:
        raise InputError(
            "{width} by {height} pixels are too many: the sides of this {name} can have at most "
            "{most}. Choose a smaller size.",
            width=width,
            height=height,
            name=_NAMES[kind],
            most=f"{largest:,}",
        )
    if width * height > most:
        fits = math.sqrt(most / (width * height))
        raise InputError(
            "{width} by {height} pixels are too many: the largest frames of this shape have "
            "{most_width} by {most_height}. Choose a smaller size.",
            width=f"{width:,}",
            height=f"{height:,}",
            most_width=f"{_even(fits * width):,}",
            most_height=f"{_even(fits * height):,}",
        )


def _even(length: float) -> int:
    """The next even number below: an odd side of a video would be one longer."""
    return 2 * int(0.5 * length)
