"""Clouds as images: a million points recoloured in a few milliseconds.

Which pixels a point covers changes only with the view. It is kept as a sparse matrix from points
to pixels; a frame is the product of that matrix with the points' colours, block by block of pixels
that stay in the cache until they are bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.core.threads import in_threads
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.line.rug import RUG_DOT, RUG_HEIGHT, rug_down

__all__ = [
    "MARKED_UP_TO",
    "SMALLEST_MARKER",
    "Colours",
    "Image",
    "Raster",
    "dot_opacity",
    "dot_radius",
    "rasterize",
]

Colours: TypeAlias = npt.NDArray[np.float32]
Image: TypeAlias = npt.NDArray[np.uint8]

_MOST_NEAR = 200
_CHUNK = 2**17
_ONE_PIXEL = 0.75
_BLOCK = 2**15
"""Covered pixels that are painted at once."""

SMALLEST_MARKER = 2.6
"""The radius of a point whose shape is told, in logical pixels."""

MARKED_UP_TO = 20_000
"""Points that can be told apart by their shapes; more are too small."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Where the points of a cloud fall in a viewport.

    Attributes
    ----------
    shape : tuple of int
        Height and width in device pixels.
    pixels : ndarray of int, shape (p,)
        The covered pixels, flat.
    opacity : ndarray, shape (p,)
        From 0 to 255.
    shares : sparse matrix, shape (p, n)
        The share of each point in the opacity of each pixel; rows sum to that.
    """

    shape: tuple[int, int]
    pixels: npt.NDArray[np.int64]
    opacity: Colours
    shares: Any

    def paint(self, colours: Colours) -> Image:
        """Premultiplied RGBA (height, width, 4) of points in opaque colours (n, 4) from 0 to 1.

        No colour comes out above its opacity, which would overflow where Qt blends: it is the same
        sum of numbers that are no greater, and rounding keeps their order.
        """
        return self._image(lambda first, last: _rows(self.shares, first, last) @ colours)

    def shade(self, colour: npt.ArrayLike, strengths: Colours) -> Image:
        """The same in one colour (4,), each point as strong as it says (n,): at 0 it is not seen.

        Where points lie over each other they add up in how much light they hold back.
        """
        held_back = np.log1p(-np.minimum(self.opacity, 254) / 255) / self.opacity
        opacity = -255 * np.expm1(held_back * (self.shares @ strengths))[:, None]
        shaded = opacity * np.asarray(colour, dtype=np.float32)
        return self._image(lambda first, last: shaded[first:last])

    def _image(self, premultiplied: Callable[[int, int], Colours]) -> Image:
        """The covered pixels, one block after the other."""
        image = np.zeros(self.shape[0] * self.shape[1], dtype=np.uint32)

        def paint(first: int) -> None:
            pixels = self.pixels[first : first + _BLOCK]
            block = premultiplied(first, first + len(pixels))
            block += np.float32(0.5)
            image[pixels] = block.astype(np.uint8).view(np.uint32)[:, 0]

        in_threads(paint, range(0, len(self.pixels), _BLOCK))
        return image.view(np.uint8).reshape(*self.shape, 4)

    def near(self, column: int, row: int, reach: int) -> npt.NDArray[np.int32]:
        """Some of the points that cover pixels within reach of one; at most a few thousand."""
        height, width = self.shape
        left, right = max(column - reach, 0), min(column + reach + 1, width)
        found = [np.empty(0, dtype=np.int32)]
        for line in range(max(row - reach, 0), min(row + reach + 1, height)):
            ends = [line * width + left, line * width + max(right, left)]
            first, last = np.searchsorted(self.pixels, ends)
            start, stop = self.shares.indptr[first], self.shares.indptr[last]
            found.append(self.shares.indices[start : min(stop, start + _MOST_NEAR)])
        return np.unique(np.concatenate(found))


def dot_radius(n: int) -> float:
    """The radius of a dot in logical pixels: smaller where there are many."""
    return float(np.clip(3.4 * (1000 / max(n, 1)) ** 0.3, 0.5, 3.4))


def dot_opacity(n: int) -> float:
    """The opacity of a dot: less where there are many."""
    return float(np.clip(0.8 * (2000 / max(n, 1)) ** 0.2, 0.2, 0.8))


def rasterize(
    cloud: PointCloud,
    viewport: Viewport,
    pixel_ratio: float,
    cancelled: Callable[[], bool] = never,
    *,
    enlarged: float = 1.0,
    markers: IntArray | None = None,
    heights: FloatArray | None = None,
) -> Raster:
    """Find the pixels that each point covers.

    Parameters
    ----------
    cloud : PointCloud
        One-dimensional points give a single row of pixels. A cell of a grid is painted as so many
        points at one place.
    viewport : Viewport
    pixel_ratio : float
        Device pixels per logical pixel.
    cancelled : callable
        Asked now and then.
    enlarged : float
        What the radius of the dots is multiplied by.
    markers : ndarray of int, shape (n,), optional
        The number of each point's class: it has that class's shape instead of a disc, up to
        `MARKED_UP_TO` points; more are too small for shapes.
    heights : ndarray, shape (n,), optional
        From 0 to 1: how far up in the rug one-dimensional points are, which then is
        `RUG_HEIGHT` logical pixels high.

    Raises
    ------
    Cancelled
        When `cancelled` returned true.
    """
    width = max(1, round(viewport.width * pixel_ratio))
    radius = enlarged * dot_radius(cloud.n_points) * pixel_ratio
    if markers is not None and cloud.n <= MARKED_UP_TO:
        radius = max(radius, SMALLEST_MARKER * pixel_ratio)
    height = 1
    if cloud.d == 2:
        height = max(1, round(viewport.height * pixel_ratio))
    elif heights is None:
        radius = 0.0
    else:
        height = round(RUG_HEIGHT * pixel_ratio)
        radius = min(radius, RUG_DOT * pixel_ratio)
    covers = []
    for first in range(0, cloud.n, _CHUNK):
        rows = slice(first, first + _CHUNK)
        across, down = _in_pixels(cloud.points[rows], viewport, width, height)
        if heights is not None:
            down = rug_down(heights[rows], height, radius)
        visible = np.flatnonzero(
            (across >= -radius)
            & (across < width + radius)
            & (down >= -radius)
            & (down < height + radius)
        )
        across, down = across[visible], down[visible]
        points = (first + visible).astype(np.int32)
        if radius <= _ONE_PIXEL:
            covers.append(_single_pixels(across, down, points, width, height))
        elif markers is None or cloud.n > MARKED_UP_TO:
            covers.append(_dots(across, down, points, (height, width), radius, cancelled))
        else:
            shapes = markers[points] % len(_SHAPES)
            for number, shape in enumerate(_SHAPES):
                own = shapes == number
                size = (height, width)
                covers.append(
                    _dots(across[own], down[own], points[own], size, radius, cancelled, shape)
                )
    return _assemble(*_joined(covers), (height, width), cloud)


def _in_pixels(
    places: FloatArray, viewport: Viewport, width: int, height: int
) -> tuple[FloatArray, FloatArray]:
    """One-dimensional places are in the first row."""
    across = (places[:, 0] - viewport.left) * (width / (viewport.right - viewport.left))
    if places.shape[1] == 1:
        return across, np.zeros(len(across))
    return across, (viewport.top - places[:, 1]) * (height / (viewport.top - viewport.bottom))


def _disc(x: Colours, y: Colours) -> Colours:
    return np.asarray(np.hypot(x, y))


def _square(x: Colours, y: Colours) -> Colours:
    return np.asarray(np.float32(1.15) * np.maximum(abs(x), abs(y)))


def _triangle(x: Colours, y: Colours) -> Colours:
    side = np.float32(0.866) * abs(x) - np.float32(0.5) * y
    return np.asarray(np.maximum(y, side) / np.float32(0.62))


def _diamond(x: Colours, y: Colours) -> Colours:
    return np.asarray(np.float32(0.8) * (abs(x) + abs(y)))


def _plus(x: Colours, y: Colours) -> Colours:
    short, long = np.minimum(abs(x), abs(y)), np.maximum(abs(x), abs(y))
    return np.asarray(np.maximum(np.float32(2.4) * short, np.float32(0.85) * long))


def _cross(x: Colours, y: Colours) -> Colours:
    half = np.float32(np.sqrt(0.5))
    return _plus(half * (x + y), half * (x - y))


_SHAPES: tuple[Callable[[Colours, Colours], Colours], ...] = (
    _disc,
    _square,
    _triangle,
    _diamond,
    _plus,
    _cross,
)
"""How far out a place is, seen from the middle of a marker whose rim is at its radius."""

_Cover: TypeAlias = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Colours]


def _single_pixels(
    across: FloatArray, down: FloatArray, points: npt.NDArray[np.int32], width: int, height: int
) -> _Cover:
    column, row = np.floor(across).astype(np.int32), np.floor(down).astype(np.int32)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    pixels = (row * width + column)[inside]
    return pixels, points[inside], np.ones(len(pixels), dtype=np.float32)


def _dots(
    across: FloatArray,
    down: FloatArray,
    points: npt.NDArray[np.int32],
    size: tuple[int, int],
    radius: float,
    cancelled: Callable[[], bool],
    shape: Callable[[Colours, Colours], Colours] = _disc,
) -> _Cover:
    """Antialiased: a pixel is covered by how far its middle is inside the rim."""
    height, width = size
    column, row = np.floor(across).astype(np.int32), np.floor(down).astype(np.int32)
    x = (across - column - 0.5).astype(np.float32)
    y = (down - row - 0.5).astype(np.float32)
    reach = int(np.ceil(radius if shape is _disc else 1.3 * radius))
    parts: list[_Cover] = []
    for dy in range(-reach, reach + 1):
        if cancelled():
            raise Cancelled
        in_height = (row + dy >= 0) & (row + dy < height)
        for dx in range(-reach, reach + 1):
            coverage = np.float32(radius + 0.5) - shape(dx - x, dy - y)
            shown = (coverage > 0) & in_height & (column + dx >= 0) & (column + dx < width)
            parts.append(
                (
                    ((row[shown] + dy) * width + column[shown] + dx),
                    points[shown],
                    np.minimum(coverage[shown], 1),
                )
            )
    return _joined(parts)


def _joined(covers: list[_Cover]) -> _Cover:
    pixels, points, coverage = zip(*covers, strict=True)
    return np.concatenate(pixels), np.concatenate(points), np.concatenate(coverage)


def _assemble(
    pixels: npt.NDArray[np.int32],
    points: npt.NDArray[np.int32],
    coverage: Colours,
    shape: tuple[int, int],
    cloud: PointCloud,
) -> Raster:
    """Sort by pixel, and blend as if every point were painted over the others at once."""
    from scipy.sparse import coo_matrix, csr_matrix

    n = cloud.n
    unsorted = coo_matrix((coverage, (pixels, points)), shape=(shape[0] * shape[1], n))
    unsorted.has_canonical_format = True
    by_pixel = unsorted.tocsr()
    covered = np.flatnonzero(np.diff(by_pixel.indptr))
    ends = np.concatenate([[0], by_pixel.indptr[1:][covered]]).astype(np.int32)
    sizes = np.diff(ends)
    indices, coverage = by_pixel.indices, by_pixel.data
    if len(covered):
        transparency = np.log1p(-np.float32(dot_opacity(cloud.n_points)) * coverage)
        if cloud.grid is not None:
            counts = cloud.grid.counts[indices].astype(np.float32)
            transparency, coverage = transparency * counts, coverage * counts
        opacity = -255 * np.expm1(np.add.reduceat(transparency, ends[:-1]))
        coverage = coverage * np.repeat(opacity / np.add.reduceat(coverage, ends[:-1]), sizes)
    else:
        opacity = np.empty(0, dtype=np.float32)
    shares = csr_matrix((coverage, indices, ends), shape=(len(covered), n))
    return Raster(shape, covered, opacity, shares)


def _rows(matrix: Any, first: int, last: int) -> Any:
    """Some rows of a sparse matrix, without a copy of what is in them."""
    from scipy.sparse import csr_matrix

    start, stop = matrix.indptr[first], matrix.indptr[last]
    ends = matrix.indptr[first : last + 1] - start
    held = matrix.data[start:stop], matrix.indices[start:stop], ends
    return csr_matrix(held, shape=(last - first, matrix.shape[1]))
