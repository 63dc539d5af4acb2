"""The brush: what it leaves at a place, and the way it has gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.gui.canvas.viewport import Viewport

__all__ = ["LARGEST", "MOST_AT_ONCE", "MOST_IN_STROKE", "Brush", "Kind", "Way"]

Kind: TypeAlias = Literal["brush", "spray", "erase"]

LARGEST = 200
"""Width in pixels."""

MOST_AT_ONCE = 100
MOST_IN_STROKE = 100_000

_NARROW = 5
"""So many standard deviations are as wide as a spray."""


@dataclass(frozen=True, slots=True)
class Brush:
    """What a stroke does.

    Attributes
    ----------
    kind : {"brush", "spray", "erase"}
        Points evenly over a disc, points of a normal distribution, or points taken away.
    size : int
        Width in pixels.
    density : int
        Points at each place.
    label : int or None
        The true class of new points.
    """

    kind: Kind = "brush"
    size: int = 60
    density: int = 8
    label: int | None = None

    def drop(self, rng: np.random.Generator) -> FloatArray:
        """New points about a place, in pixels (density, 2)."""
        if self.kind == "spray":
            return rng.normal(0.0, self.size / _NARROW, (self.density, 2))
        angle = rng.uniform(0, 2 * np.pi, self.density)
        radius = 0.5 * self.size * np.sqrt(rng.uniform(0, 1, self.density))
        places: FloatArray = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        return places

    @property
    def spacing(self) -> float:
        """How far apart, in pixels, the places are at which points are left."""
        return max(3.0, 0.2 * self.size)


@dataclass(slots=True)
class Way:
    """A stroke as it grows: the places of its middle and the points left there, in pixels."""

    brush: Brush
    rng: np.random.Generator
    places: list[tuple[float, float]] = field(default_factory=list)
    left: list[FloatArray] = field(default_factory=list)
    count: int = 0

    def go(self, x: float, y: float) -> None:
        """On to a place, leaving points all along."""
        if not self.places:
            self._put(x, y)
            return
        from_x, from_y = self.places[-1]
        steps = int(np.hypot(x - from_x, y - from_y) / self.brush.spacing)
        for i in range(1, steps + 1):
            self._put(from_x + (x - from_x) * i / steps, from_y + (y - from_y) * i / steps)

    def stay(self) -> None:
        """Leave more points where it is."""
        if self.places:
            self._drop(*self.places[-1])

    def points(self, viewport: Viewport, d: int) -> FloatArray:
        """What was left, in data units, (m, d)."""
        if not self.left:
            return np.empty((0, d))
        pixels = np.concatenate(self.left)
        x = viewport.left + pixels[:, 0] / viewport.x_scale
        y = viewport.top - pixels[:, 1] / viewport.y_scale
        return np.column_stack([x, y])[:, :d]

    def middles(self, viewport: Viewport, d: int) -> FloatArray:
        """The places of its middle in data units, (m, d)."""
        return np.array([viewport.to_data(*place)[:d] for place in self.places])

    def reach(self, viewport: Viewport, d: int) -> FloatArray:
        """Half its width along each axis, in data units (d,)."""
        half = 0.5 * self.brush.size
        return np.array([half / viewport.x_scale, half / viewport.y_scale][:d])

    def _put(self, x: float, y: float) -> None:
        self.places.append((x, y))
        self._drop(x, y)

    def _drop(self, x: float, y: float) -> None:
        if self.brush.kind != "erase" and self.count < MOST_IN_STROKE:
            self.left.append(np.array([x, y]) + self.brush.drop(self.rng))
            self.count += self.brush.density
