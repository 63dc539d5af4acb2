"""The part of the plane that a view shows, and where that is in pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

import numpy as np

from gmm_studio.core.arrays import FloatArray

__all__ = ["Viewport", "fitted", "format_tick", "nice_ticks"]

_LARGEST_ZOOM = 1e12
_SIDE_MARGIN = 48.0
_TOP_MARGIN = 72.0
_BOTTOM_MARGIN = 40.0
_ABOVE = (_TOP_MARGIN - _BOTTOM_MARGIN) / (_TOP_MARGIN + _BOTTOM_MARGIN)


@dataclass(frozen=True, slots=True)
class Viewport:
    """Limits in data units and size in logical pixels; y points up in the data, down in pixels."""

    left: float
    right: float
    bottom: float
    top: float
    width: float
    height: float

    @property
    def x_scale(self) -> float:
        """Pixels per unit of x."""
        return self.width / (self.right - self.left)

    @property
    def y_scale(self) -> float:
        """Pixels per unit of y."""
        return self.height / (self.top - self.bottom)

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        """Pixels from the upper left corner."""
        return (x - self.left) * self.x_scale, (self.top - y) * self.y_scale

    def to_data(self, across: float, down: float) -> tuple[float, float]:
        """Data units."""
        return self.left + across / self.x_scale, self.top - down / self.y_scale

    def panned(self, across: float, down: float) -> Viewport:
        """What was under the pointer stays there while it moves by so many pixels."""
        dx, dy = across / self.x_scale, down / self.y_scale
        return replace(
            self,
            left=self.left - dx,
            right=self.right - dx,
            bottom=self.bottom + dy,
            top=self.top + dy,
        )

    def zoomed(self, factor: float, across: float, down: float) -> Viewport:
        """Larger by a factor about a pixel; as it is where numbers can't tell the limits apart."""
        x, y = self.to_data(across, down)
        new = replace(
            self,
            left=x + (self.left - x) / factor,
            right=x + (self.right - x) / factor,
            bottom=y + (self.bottom - y) / factor,
            top=y + (self.top - y) / factor,
        )
        return new if new.is_usable() else self

    def resized(self, width: float, height: float, *, equal: bool) -> Viewport:
        """The same centre in another size; at equal aspect the scale stays."""
        if not equal:
            return replace(self, width=width, height=height)
        x, y = 0.5 * (self.left + self.right), 0.5 * (self.bottom + self.top)
        scale = min(self.x_scale, self.y_scale)
        dx, dy = 0.5 * width / scale, 0.5 * height / scale
        return Viewport(x - dx, x + dx, y - dy, y + dy, width, height)

    def is_usable(self) -> bool:
        """Whether doubles can tell the limits well apart."""
        for low, high in ((self.left, self.right), (self.bottom, self.top)):
            size = high - low
            largest = max(abs(low), abs(high))
            if not (1e-300 < size < 1e300 and size * _LARGEST_ZOOM > largest):
                return False
        return True


def fitted(
    low: FloatArray,
    high: FloatArray,
    width: float,
    height: float,
    *,
    equal: bool,
    scale: float = 1.0,
) -> Viewport:
    """A viewport that shows a box with a margin.

    Parameters
    ----------
    low, high : ndarray, shape (2,)
        Corners of the box.
    width, height : float
        In pixels.
    equal : bool
        Whether a unit is as long on both axes.
    scale : float
        Of the interface, and with it of the margins.
    """
    middle, half = 0.5 * low + 0.5 * high, 0.5 * high - 0.5 * low
    lost = half <= 0
    half[lost] = np.where(middle[lost] == 0, 1.0, np.maximum(np.abs(middle[lost]) * 1e-3, 1e-100))
    across = max(width - 2 * scale * _SIDE_MARGIN, 0.5 * width)
    down = max(height - scale * (_TOP_MARGIN + _BOTTOM_MARGIN), 0.5 * height)
    units = half / (0.5 * across, 0.5 * down)
    if equal:
        units[:] = units.max()
    (x, y), (unit_x, unit_y) = middle.tolist(), units.tolist()
    top = y + unit_y * (0.5 * height + 0.5 * (height - down) * _ABOVE)
    left = x - unit_x * 0.5 * width
    return Viewport(left, left + unit_x * width, top - unit_y * height, top, width, height)


@lru_cache(maxsize=64)
def nice_ticks(low: float, high: float, most: int) -> Mapping[float, str]:
    """Round numbers between two limits, at most about so many, and how each is written.

    They are 1, 2 or 5 times 10^i apart.
    """
    raw = (high - low) / max(most, 1)
    if not (math.isfinite(raw) and raw > 0):
        return {}
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    count = math.floor((high - first * step) / step + 1e-9) + 1
    values = [(first + i) * step for i in range(min(max(count, 0), 1000))]
    largest = max(map(abs, values), default=0.0)
    return {value: format_tick(value, step, largest) for value in values}


def format_tick(value: float, step: float, largest: float = 0.0) -> str:
    """A tick's number with as many decimals as its step needs, and a true minus sign.

    Where powers of ten are written it is the one of the largest tick.
    """
    if value == 0 or abs(value) < 1e-9 * step:
        return "0"
    size = max(abs(value), step, largest)
    if size >= 1e7 or step < 1e-5:
        exponent = math.floor(math.log10(size))
        digits = max(0, min(15, exponent - math.floor(math.log10(step) + 1e-9)))
        # By way of text: dividing by the power would round.
        shifted = Decimal(value).scaleb(-exponent)
        text = f"{shifted:.{digits}f}e{exponent}"
    else:
        text = f"{value:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
    return text.replace("-", "\N{MINUS SIGN}")
