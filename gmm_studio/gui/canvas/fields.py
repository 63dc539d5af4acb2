"""Backgrounds of the plane computed on a grid: density, decision regions, uncertainty.

Made in a worker, for the mixture on show; `field_painting` puts them on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import LOG_2PI, Mixture
from gmm_studio.gui.canvas.scene import Contour, Density, Field, Layers, Uncertainty
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette, component_colour

if TYPE_CHECKING:
    from contourpy import ContourGenerator

__all__ = ["MASSES", "FieldLook", "compute_field", "density_levels", "look_of", "uncertainty"]

MASSES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
"""Share of the mixture within each contour of its density, from the innermost."""

_SAMPLES = 256
_SHADES = 64
_GOLDEN_ANGLE = float(np.pi * (3 - np.sqrt(5)))
_STRIP = 2**20
"""Numbers that are worked on at once."""
_FARTHEST = 1e130
"""In standard deviations; squares beyond would overflow."""

_FLATTEST = 1e-12
"""Per cell; less is lost in rounding."""
_SAGITTA = 0.05
"""In cells: how far a vertex may be from a line that passes it by."""
_TRIALS = (0, 1, 0, 1, 0)
"""Which of every two vertices is tried each time."""

Bytes: TypeAlias = npt.NDArray[np.uint8]
_Line: TypeAlias = tuple[FloatArray, float]
"""Vertices (v, 2) in columns and rows, and the value along them."""


@dataclass(frozen=True, slots=True, eq=False)
class FieldLook:
    """The colours of a background; those of a theme come from `look_of`.

    Attributes
    ----------
    components : ndarray, shape (k, 3)
        From 0 to 1, as all colours here.
    density, uncertainty : ndarray, shape (3,)
        What shading leads to, from the canvas.
    density_opacity, uncertainty_opacity, region_opacity : float
        Of the strongest shade, and of a region's tint, from 0 to 1.
    """

    components: FloatArray
    density: FloatArray
    uncertainty: FloatArray
    density_opacity: float
    uncertainty_opacity: float
    region_opacity: float


def look_of(palette: Palette, k: int) -> FieldLook:
    """The colours of a theme for k components."""
    return FieldLook(
        components=np.array([_rgb(component_colour(palette, j)) for j in range(k)]).reshape(-1, 3),
        density=np.array(_rgb(palette.accent)),
        uncertainty=np.array(_rgb(palette.text)),
        density_opacity=0.36 if palette.dark else 0.31,
        uncertainty_opacity=0.34 if palette.dark else 0.3,
        region_opacity=0.2 if palette.dark else 0.16,
    )


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def compute_field(
    mixture: Mixture,
    viewport: Viewport,
    layers: Layers,
    look: FieldLook,
    cell: float,
    cancelled: Callable[[], bool] = never,
) -> Field | None:
    """The background that the layers ask for.

    Parameters
    ----------
    mixture : Mixture
    viewport : Viewport
    layers : Layers
        Their background, density and uncertainty say which.
    look : FieldLook
        With at least as many components as the mixture.
    cell : float
        Size of a cell of the grid in logical pixels.
    cancelled : callable
        Asked now and then.

    Returns
    -------
    Field or None
        None without a background, and in one dimension.

    Raises
    ------
    Cancelled
        When `cancelled` returned true.
    """
    if layers.background == "none" or mixture.d != 2:
        return None
    grid = _Grid.over(viewport, cell)
    if layers.background == "regions":
        return _region_field(mixture, grid, look, cancelled)
    members = np.flatnonzero(mixture.weights > 0)
    if layers.background == "density":
        log_density = _over_grid(mixture, members, grid, _log_sum, cancelled)
        return _density_field(mixture, log_density, grid, layers.density, look)
    if mixture.k == 1:
        return Field(None, viewport)

    def measured(joint: FloatArray) -> FloatArray:
        return uncertainty(joint, layers.uncertainty, mixture.k)

    # The square lets a pair's boundary (1/2) stand out beside places where more than two meet.
    values = grid.inner(_over_grid(mixture, members, grid, measured, cancelled))
    shades = 1 - (1 - values) ** 2 if layers.uncertainty == "maximum" else values
    return grid.field(_shaded(shades, look.uncertainty, look.uncertainty_opacity))


@dataclass(frozen=True, slots=True)
class _Grid:
    """A viewport in cells, with one more cell on every side so that lines reach the edge."""

    viewport: Viewport
    columns: int
    rows: int

    @classmethod
    def over(cls, viewport: Viewport, cell: float) -> _Grid:
        columns, rows = (max(1, round(size / cell)) for size in (viewport.width, viewport.height))
        return cls(viewport, columns, rows)

    @property
    def cell_width(self) -> float:
        return (self.viewport.right - self.viewport.left) / self.columns

    @property
    def cell_height(self) -> float:
        return (self.viewport.top - self.viewport.bottom) / self.rows

    def offsets(self, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
        """From a mean to the middles of the cells: across (c,) and, from the top, up (r, 1).

        The mean goes first from the limits: far from the origin that loses nothing.
        """
        x, y = mean.tolist()
        across = (self.viewport.left - x) + (np.arange(self.columns + 2) - 0.5) * self.cell_width
        up = (self.viewport.top - y) - (np.arange(self.rows + 2) - 0.5) * self.cell_height
        return across, up[:, None]

    def inner(self, values: FloatArray) -> FloatArray:
        """Values (..., r, c) without the cells outside the viewport."""
        return values[..., 1:-1, 1:-1]

    def places(self, indices: FloatArray) -> FloatArray:
        """Data units of fractional columns and rows (v, 2)."""
        return np.column_stack(
            [
                self.viewport.left + (indices[:, 0] - 0.5) * self.cell_width,
                self.viewport.top - (indices[:, 1] - 0.5) * self.cell_height,
            ]
        )

    def contours(self, lines: list[_Line]) -> tuple[Contour, ...]:
        """Without the vertices that nobody would miss."""
        if not lines:
            return ()
        vertices, ends = _thinned([line for line, _ in lines])
        parts = np.split(self.places(vertices), ends)
        return tuple(Contour(part, level) for part, (_, level) in zip(parts, lines, strict=True))

    def field(self, pixels: Bytes, contours: tuple[Contour, ...] = ()) -> Field:
        """A field with premultiplied pixels (rows, columns, 4)."""
        image = QImage(
            pixels.data,
            self.columns,
            self.rows,
            4 * self.columns,
            QImage.Format.Format_RGBA8888_Premultiplied,
        )
        return Field(image, self.viewport, contours, memory=pixels)


def _over_grid(
    mixture: Mixture,
    members: IntArray,
    grid: _Grid,
    reduce: Callable[[FloatArray], FloatArray],
    cancelled: Callable[[], bool],
) -> FloatArray:
    """What is made of `_joint`'s values (members, ...) at each place, over the grid (r, c).

    A few rows of the grid at a time: of all of them, many components would take a gigabyte.
    """
    result = np.empty((grid.rows + 2, grid.columns + 2))
    offsets = [grid.offsets(mixture.means[j]) for j in members.tolist()]
    size = max(1, _STRIP // (len(members) * result.shape[1]))
    for first in range(0, len(result), size):
        if cancelled():
            raise Cancelled
        strip = result[first : first + size]
        joint = np.empty((len(members), *strip.shape))
        for row, (j, (across, up)) in enumerate(zip(members.tolist(), offsets, strict=True)):
            _log_joint(mixture, j, across, up[first : first + size], out=joint[row])
        strip[:] = reduce(joint)
    return result


def _joint(
    mixture: Mixture, members: IntArray, grid: _Grid, cancelled: Callable[[], bool]
) -> FloatArray:
    """log(weight_j N(x; mean_j, covariance_j)) of members over the grid, (members, r, c)."""
    joint = np.empty((len(members), grid.rows + 2, grid.columns + 2))
    for row, j in enumerate(members.tolist()):
        if cancelled():
            raise Cancelled
        _log_joint(mixture, j, *grid.offsets(mixture.means[j]), out=joint[row])
    return joint


def _log_joint(
    mixture: Mixture, j: int, across: FloatArray, up: FloatArray, out: FloatArray
) -> None:
    """The same at offsets from the component's mean, which are broadcast."""
    (a, _), (b, c) = np.linalg.cholesky(mixture.covariances[j]).tolist()
    first = np.clip(across / a, -_FARTHEST, _FARTHEST)
    second = np.clip(up / c, -_FARTHEST, _FARTHEST)
    constant = np.log(mixture.weights[j]) - LOG_2PI - np.log(a) - np.log(c)
    # Factors of 1/2 and the sum over the axes are taken where arrays are still small.
    np.subtract(second * np.sqrt(0.5), first * (b / c * np.sqrt(0.5)), out=out)
    np.multiply(out, out, out=out)
    np.subtract(constant - 0.5 * first * first, out, out=out)


def _log_sum(joint: FloatArray) -> FloatArray:
    """Logarithm of the sum of exponentials over the first axis."""
    largest = joint.max(axis=0)
    parts = joint - largest
    np.exp(parts, out=parts)
    return np.asarray(largest + np.log(parts.sum(axis=0)))


# Density


@dataclass(frozen=True, slots=True, eq=False)
class _Masses:
    """Which share of a mixture lies where its density is lower; both ascend."""

    log_densities: FloatArray
    log_shares: FloatArray

    def log_densities_at(self, shares: npt.ArrayLike) -> FloatArray:
        """The density that so much of the mixture falls short of."""
        return np.interp(np.log(shares), self.log_shares, self.log_densities)


def density_levels(mixture: Mixture, masses: npt.ArrayLike = MASSES) -> FloatArray:
    """Logarithms of the densities whose contours hold these shares of the mixture.

    They bound the highest-density regions of Hyndman (1996), and so depend neither on what part of
    the plane is seen nor on how high the highest peak is: a collapsed component leaves the lines
    of the others where they are.

    Parameters
    ----------
    mixture : Mixture
        In two dimensions.
    masses : array_like, shape (m,)
        Greater than 0, less than 1.

    Returns
    -------
    ndarray, shape (m,)
    """
    return _masses(mixture).log_densities_at(1 - np.asarray(masses, dtype=np.float64))


def _masses(mixture: Mixture) -> _Masses:
    """By the density at places that share out the mass of each component evenly.

    They lie on a sunflower's spiral (Vogel 1979), so that nothing is left to chance.
    """
    members = np.flatnonzero(mixture.weights > 0)
    outside = 1 - (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    angles = _GOLDEN_ANGLE * np.arange(_SAMPLES)
    unit = np.sqrt(-2 * np.log(outside)) * np.array([np.cos(angles), np.sin(angles)])
    unit = np.column_stack([np.zeros(2), unit])
    factors = np.linalg.cholesky(mixture.covariances[members])
    offsets = factors @ unit
    joint = np.empty((len(members), len(members), _SAMPLES + 1))
    for row, j in enumerate(members.tolist()):
        moved = offsets + (mixture.means[members] - mixture.means[j])[:, :, None]
        _log_joint(mixture, j, moved[:, 0], moved[:, 1], out=joint[row])
    log_densities = _log_sum(joint)
    order = np.argsort(log_densities[:, 1:], axis=None)
    weights = np.repeat(mixture.weights[members] / _SAMPLES, _SAMPLES)[order]
    ascending = log_densities[:, 1:].ravel()[order]
    log_shares = np.log(np.cumsum(weights) - 0.5 * weights)
    # Beyond the last sample the share falls with the density, as in a single Gaussian.
    far = 80.0
    return _Masses(
        np.concatenate([[ascending[0] - far], ascending, [log_densities.max()]]),
        np.concatenate([[log_shares[0] - far], log_shares, [0.0]]),
    )


def _density_field(
    mixture: Mixture, log_density: FloatArray, grid: _Grid, density: Density, look: FieldLook
) -> Field:
    masses = _masses(mixture)
    if density == "heat":
        shades = _heat(grid.inner(log_density), masses)
        return grid.field(_shaded(shades, look.density, look.density_opacity))
    levels = masses.log_densities_at(1 - np.array(MASSES))
    generator = _generator(log_density)
    contours = grid.contours(
        [
            (line, float(np.exp(level)))
            for level in levels.tolist()
            for line in _lines(generator, level)
        ]
    )
    if density == "lines":
        return Field(None, grid.viewport, contours)
    shades = grid.inner(_bands(log_density, levels))
    return grid.field(_shaded(shades, look.density, look.density_opacity), contours)


def _heat(log_density: FloatArray, masses: _Masses) -> FloatArray:
    """Shades from 0 to 1: the root of the share of the mixture where the density is lower.

    For one component this is the root of the density over its peak. The share, unlike the density,
    lets a wide component be seen beside one that has collapsed.
    """
    shades = np.arange(1, _SHADES + 1) / _SHADES
    knots = masses.log_densities_at(shades**2)
    knots, shades = np.append(knots[0] - 4, knots), np.append(0.0, shades)
    return np.asarray(np.interp(log_density, knots, shades))


def _bands(log_density: FloatArray, levels: FloatArray) -> FloatArray:
    """Shades that grow by equal parts from level to level; a cell on a line has a part of both."""
    steepness = _steepness(log_density)
    shades = np.zeros(log_density.shape)
    for level in levels.tolist():
        shades += _coverage(log_density - level, steepness)
    shades /= len(levels)
    return shades


def _steepness(values: FloatArray) -> FloatArray:
    """Length of the gradient, per cell."""
    down, across = np.gradient(values)
    return np.asarray(np.maximum(np.hypot(down, across), _FLATTEST))


def _coverage(values: FloatArray, steepness: FloatArray) -> FloatArray:
    """About the part of each cell in which the values are above 0; the values are used up."""
    values /= steepness
    values += 0.5
    return np.asarray(np.clip(values, 0, 1, out=values))


# Regions


def _region_field(
    mixture: Mixture, grid: _Grid, look: FieldLook, cancelled: Callable[[], bool]
) -> Field:
    """Tints of the most responsible components, ties to the lowest number, and their borders."""
    members = _contenders(mixture)
    tints = np.column_stack([look.components[members], np.ones(len(members))]) * (
        255 * look.region_opacity
    )
    if len(members) == 1:
        flat = np.broadcast_to(tints[0] + 0.5, (grid.rows, grid.columns, 4))
        return grid.field(flat.astype(np.uint8, order="C"))
    joint = _joint(mixture, members, grid, cancelled)
    labels = joint.argmax(axis=0)
    best, second = _two_best(joint)
    coverage = np.zeros((len(members), grid.rows, grid.columns))
    borders: list[_Line] = []
    for row in range(len(members)):
        if cancelled():
            raise Cancelled
        won = labels == row
        if not won.any():
            continue
        margin = joint[row] - np.where(won, second, best)
        lines = _lines(_generator(margin), 0.0)
        borders += [(line, 0.0) for line in _first_seen(lines, labels, row)]
        coverage[row] = grid.inner(_coverage(margin, _steepness(margin)))
    coverage /= coverage.sum(axis=0)
    pixels = np.tensordot(coverage, tints, axes=(0, 0)) + 0.5
    return grid.field(pixels.astype(np.uint8), grid.contours(borders))


def _contenders(mixture: Mixture) -> IntArray:
    """Components that can be the most responsible one somewhere.

    Of several that agree in mean and covariance only the heaviest, or the first of equals, can.
    """
    chosen: dict[bytes, int] = {}
    for j in np.flatnonzero(mixture.weights > 0).tolist():
        key = mixture.means[j].tobytes() + mixture.covariances[j].tobytes()
        if key not in chosen or mixture.weights[j] > mixture.weights[chosen[key]]:
            chosen[key] = j
    return np.array(sorted(chosen.values()), dtype=np.int64)


def _two_best(joint: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The largest and the second largest over the first axis, of at least two."""
    best, second = np.maximum(joint[0], joint[1]), np.minimum(joint[0], joint[1])
    for other in joint[2:]:
        np.maximum(second, np.minimum(best, other), out=second)
        np.maximum(best, other, out=best)
    return best, second


def _first_seen(lines: list[FloatArray], labels: IntArray, row: int) -> list[FloatArray]:
    """The parts of a region's outline that it does not share with a region of a lower number."""
    parts: list[FloatArray] = []
    for line in lines:
        near = np.rint(line)
        exact = np.where(np.abs(line - near) < 1e-9, near, line)
        low, high = np.floor(exact).astype(int), np.ceil(exact).astype(int)
        lowest = np.minimum(labels[low[:, 1], low[:, 0]], labels[high[:, 1], high[:, 0]])
        new = lowest >= row
        segments = np.concatenate([[False], new[:-1] | new[1:], [False]])
        starts, ends = np.flatnonzero(np.diff(segments)).reshape(-1, 2).T.tolist()
        parts += [line[start : end + 1] for start, end in zip(starts, ends, strict=True)]
    return parts


# Uncertainty


def uncertainty(joint: FloatArray, measure: Uncertainty, k: int) -> FloatArray:
    """How little is known about which component a place belongs to, from 0 to at most 1.

    Parameters
    ----------
    joint : ndarray, shape (m, ...)
        log(weight_j N(x; mean_j, covariance_j)) of the components with a weight.
    measure : {"maximum", "entropy"}
    k : int
        Of the mixture, at least 2: the entropy is divided by log k.

    Returns
    -------
    ndarray, shape (...)
        1 - the largest responsibility, which reaches 1 - 1/k, or the entropy, which reaches 1.
    """
    below = joint - joint.max(axis=0)
    ratios = np.exp(below)
    total = ratios.sum(axis=0)
    if measure == "maximum":
        return np.asarray(1 - 1 / total)
    below *= ratios
    entropy = np.log(total) - below.sum(axis=0) / total
    return np.asarray(entropy / np.log(k))


# Pixels and lines


def _shaded(shades: FloatArray, colour: FloatArray, opacity: float) -> Bytes:
    """Premultiplied RGBA (r, c, 4) of one colour, as opaque as the shades (r, c) from 0 to 1."""
    table = np.arange(256)[:, None] * opacity * np.append(colour, 1.0)
    packed = (table + 0.5).astype(np.uint8).view(np.uint32)[:, 0]
    pixels = packed[(np.clip(shades, 0, 1) * 255 + 0.5).astype(np.uint8)]
    return np.asarray(pixels.view(np.uint8).reshape(*shades.shape, 4))


def _generator(values: FloatArray) -> ContourGenerator:
    # Imported here: the program starts without it.
    from contourpy import contour_generator

    return contour_generator(z=values, name="serial")


def _lines(generator: ContourGenerator, level: float) -> list[FloatArray]:
    """Lines (v, 2) in columns and rows."""
    lines: list[FloatArray] = generator.lines(level)  # type: ignore[assignment]
    return lines


def _thinned(lines: list[FloatArray]) -> tuple[FloatArray, IntArray]:
    """All lines' vertices without those that lie on the straight between their neighbours.

    Every second one is tried, again and again, so that all lines are done at once.

    Parameters
    ----------
    lines : list of ndarray, shape (v, 2)
        In columns and rows: cells are nearly square on the screen.

    Returns
    -------
    vertices : ndarray, shape (v, 2)
    ends : ndarray of int
        Where the lines after the first begin.
    """
    vertices = np.concatenate(lines)
    line = np.repeat(np.arange(len(lines)), [len(part) for part in lines])
    for offset in _TRIALS:
        middle = np.arange(1 + offset, len(vertices) - 1, 2)
        inside = line[middle - 1] == line[middle + 1]
        middle = middle[inside]
        to_end = vertices[middle + 1] - vertices[middle - 1]
        to_middle = vertices[middle] - vertices[middle - 1]
        area = np.abs(to_end[:, 0] * to_middle[:, 1] - to_end[:, 1] * to_middle[:, 0])
        length = np.hypot(to_end[:, 0], to_end[:, 1])
        kept = np.ones(len(vertices), dtype=bool)
        kept[middle[(area <= _SAGITTA * length) & (length > 0)]] = False
        vertices, line = vertices[kept], line[kept]
    return vertices, np.flatnonzero(np.diff(line)) + 1
