"""Clouds as images: a million points recoloured in a few milliseconds.

Which pixels a point covers changes only with the view. It is kept as sparse matrices from points to
blocks of pixels; a frame is their products with the points' colours. These are put in the order of
the pixels before, and what comes out is made bytes at once: all of it happens in the cache.
"""

from __future__ import annotations

import itertools
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
Image: TypeAlias = npt.NDArray[np.uint32]
"""Premultiplied pixels (height, width), each 0xAARRGGBB: what Qt paints fastest."""

_MOST_NEAR = 200
_CHUNK = 2**17
_ONE_PIXEL = 0.75
_BLOCK = 2**15
"""About how many times points cover pixels that are painted at once."""

SMALLEST_MARKER = 2.6
"""The radius of a point whose shape is told, in logical pixels."""

MARKED_UP_TO = 20_000
"""Points that can be told apart by their shapes; more are too small."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some covered pixels, and the points that cover them.

    Attributes
    ----------
    pixels : ndarray of int, shape (p,)
        Flat, ascending.
    points : ndarray of int, shape (m,)
        Which points these are, about in the order of the pixels.
    shares : sparse matrix, shape (p, m)
        The share of each point in the opacity of each pixel; rows sum to that, from 0 to 255.
    held_back : ndarray, shape (p,)
        The logarithm of the light that a pixel lets through, over its opacity.
    """

    pixels: npt.NDArray[np.int64]
    points: npt.NDArray[np.int32]
    shares: Any
    held_back: Colours


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Where the points of a cloud fall in a viewport.

    Attributes
    ----------
    shape : tuple of int
        Height and width in device pixels.
    blocks : tuple of Block
        By ascending pixels.
    """

    shape: tuple[int, int]
    blocks: tuple[Block, ...]

    def paint(self, colours: Colours) -> Image:
        """Points in opaque colours (n, 4): red, green, blue from 0 to 1, and 1.

        No colour comes out above its opacity, which would overflow where Qt blends: it is the same
        sum of numbers that are no greater, and rounding keeps their order.
        """

        def premultiplied(block: Block) -> Colours:
            return np.asarray(block.shares @ colours.take(block.points, axis=0))

        return self._image(premultiplied)

    def shade(self, colour: npt.ArrayLike, strengths: Colours) -> Image:
        """The same in one colour (4,), each point as strong as it says (n,): at 0 it is not seen.

        Where points lie over each other they add up in how much light they hold back.
        """
        opaque = np.asarray(colour, dtype=np.float32)

        def premultiplied(block: Block) -> Colours:
            covered = block.shares @ strengths.take(block.points)
            return np.asarray(-255 * np.expm1(block.held_back * covered)[:, None] * opaque)

        return self._image(premultiplied)

    def _image(self, premultiplied: Callable[[Block], Colours]) -> Image:
        image = np.zeros(self.shape[0] * self.shape[1], dtype=np.uint32)

        def paint(block: Block) -> None:
            colours = premultiplied(block)
            colours += np.float32(0.5)
            pixels = colours.astype(np.uint8).view("<u4")[:, 0]
            red_and_blue = pixels & np.uint32(0x00FF00FF)
            pixels ^= red_and_blue
            pixels |= red_and_blue << np.uint32(16)
            pixels |= red_and_blue >> np.uint32(16)
            image[block.pixels] = pixels

        in_threads(paint, self.blocks)
        return image.reshape(self.shape)

    def near(self, column: int, row: int, reach: int) -> npt.NDArray[np.int32]:
        """Some of the points that cover pixels within reach of one; at most a few thousand."""
        height, width = self.shape
        left, right = max(column - reach, 0), min(column + reach + 1, width)
        found = [np.empty(0, dtype=np.int32)]
        for line in range(max(row - reach, 0), min(row + reach + 1, height)):
            ends = [line * width + left, line * width + max(right, left)]
            for block in self.blocks:
                first, last = np.searchsorted(block.pixels, ends)
                start, stop = block.shares.indptr[first], block.shares.indptr[last]
                here = block.shares.indices[start : min(stop, start + _MOST_NEAR)]
                found.append(block.points[here])
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
    cover = _joined(covers)
    # What was joined is not kept a second time while memory is at its height.
    covers.clear()
    return _assemble(*cover, (height, width), cloud)


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

    unsorted = coo_matrix((coverage, (pixels, points)), shape=(shape[0] * shape[1], cloud.n))
    unsorted.has_canonical_format = True
    by_pixel = unsorted.tocsr()
    covered = np.flatnonzero(np.diff(by_pixel.indptr))
    if not len(covered):
        return Raster(shape, ())
    ends = np.concatenate([[0], by_pixel.indptr[1:][covered]]).astype(np.int32)
    indices, coverage = by_pixel.indices, by_pixel.data
    transparency = np.log1p(-np.float32(dot_opacity(cloud.n_points)) * coverage)
    if cloud.grid is not None:
        counts = cloud.grid.counts[indices].astype(np.float32)
        transparency, coverage = transparency * counts, coverage * counts
    opacity = -255 * np.expm1(np.add.reduceat(transparency, ends[:-1]))
    coverage = coverage * np.repeat(opacity / np.add.reduceat(coverage, ends[:-1]), np.diff(ends))
    held_back = np.log1p(-np.minimum(opacity, 254) / 255) / opacity
    blocks = []
    cuts = np.unique(np.append(np.searchsorted(ends, range(0, ends[-1], _BLOCK)), len(covered)))
    for first, last in itertools.pairwise(cuts.tolist()):
        rows = slice(first, last)
        inner = ends[first : last + 1]
        entries = slice(inner[0], inner[-1])
        order, columns = _by_appearance(indices[entries], cloud.n)
        shares = csr_matrix(
            (coverage[entries], columns, inner - inner[0]), shape=(len(inner) - 1, len(order))
        )
        blocks.append(Block(covered[rows], order, shares, held_back[rows]))
    return Raster(shape, tuple(blocks))


def _by_appearance(
    indices: npt.NDArray[np.int32], n: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The different ones of some indices below n, as they appear, and each one's place in these."""
    places = np.arange(len(indices), dtype=np.int32)
    first = np.empty(n, dtype=np.int32)
    # Where an index is assigned to again and again, the last one stays.
    first[indices[::-1]] = places[::-1]
    order = indices[first[indices] == places]
    first[order] = places[: len(order)]
    return order, first[indices]
