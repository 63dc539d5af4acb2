"""What the cloud view shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from PySide6.QtGui import QImage, QPainter

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.split_and_merge import Candidate
from gmm_studio.document import Seed
from gmm_studio.gui.canvas.class_key import ClassMark
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.line.curves import highest
from gmm_studio.gui.line.values import densest, spacing_of
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.style import Style

__all__ = [
    "MOST_BINS",
    "Background",
    "Contour",
    "Density",
    "Dots",
    "Field",
    "Histogram",
    "Labels",
    "Layers",
    "Overlay",
    "Points",
    "Recoloured",
    "Scene",
    "Uncertainty",
    "data_box",
    "histogram",
    "with_curve",
]

Background: TypeAlias = Literal["none", "density", "regions", "uncertainty", "basins", "likelihood"]
Density: TypeAlias = Literal["filled", "lines", "heat"]
Uncertainty: TypeAlias = Literal["maximum", "entropy"]
Labels: TypeAlias = Literal["none", "colour", "marker"]

MOST_BINS = 1000
"""Of a histogram."""

_SPIKE = 3.0


_BEGINNING = Moment()


@dataclass(frozen=True, slots=True)
class Layers:
    """What is shown of a mixture; each is a switch of the View section.

    Attributes
    ----------
    ellipses, trails, seeds, grid : bool
    coverage : bool
        Ellipses hold 50, 90 and 95 % of their component instead of 1, 2 and 3 sigma.
    ghosts : bool
        Ellipses of earlier iterations.
    lines : bool
        From a point that is hovered or pinned to the means, as wide as its responsibilities.
    truth : bool
        The mixture that the points were drawn from.
    labels : {"none", "colour", "marker"}
        How points show their true labels.
    hard : bool
        Points wear the colour of their most responsible component alone.
    sizes : bool
        Points of uncertain assignment are larger.
    background : {"none", "density", "regions", "uncertainty", "basins", "likelihood"}
        The last two are of a seed: where EM leads from each place of it, and the log-likelihood.
    density : {"filled", "lines", "heat"}
    uncertainty : {"maximum", "entropy"}
        1 - the largest responsibility, or the entropy of the responsibilities over log k.
    bins : int or None
        Of the histogram of one-dimensional data; None chooses by Freedman and Diaconis.
    """

    ellipses: bool = True
    coverage: bool = False
    trails: bool = True
    ghosts: bool = False
    seeds: bool = True
    lines: bool = False
    truth: bool = False
    labels: Labels = "none"
    hard: bool = False
    sizes: bool = False
    background: Background = "none"
    density: Density = "filled"
    uncertainty: Uncertainty = "maximum"
    grid: bool = True
    bins: int | None = None

    @property
    def compares(self) -> bool:
        """Whether the mixture is compared with the truth."""
        return self.truth or self.labels != "none"

    @property
    def has_field(self) -> bool:
        """Whether the background is one of the mixture on show."""
        return self.background in ("density", "regions", "uncertainty")

    def is_on(self, switch: str) -> bool:
        """Whether a switch is on: "ellipses", or "background_density" for one value of a choice."""
        name, _, value = switch.partition("_")
        shown = getattr(self, name)
        return bool(shown == value if value else shown)

    def switched(self, switch: str, on: bool) -> Layers:
        """The same with a switch on or off; a choice that is switched off is "none"."""
        name, _, value = switch.partition("_")
        changed: dict[str, Any] = {name: (value if on else "none") if value else on}
        return replace(self, **changed)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points of a cloud, painted for a viewport.

    Attributes
    ----------
    image : QImage
    viewport : Viewport
    memory : object
        What the image's pixels are in, where the image itself does not hold them.
    heights : ndarray, shape (n,), or None
        From 0 to 1: how high in the rug one-dimensional points stand, where some are equal.
    """

    image: QImage
    viewport: Viewport
    memory: object = None
    heights: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """The points of a cloud as shapes, wherever they are painted.

    Attributes
    ----------
    colours : ndarray, shape (n, 3)
        From 0 to 1.
    opacities : ndarray, shape (n,)
        From 0 to 1.
    radius : float
        In logical pixels.
    markers : ndarray of int, shape (n,), or None
        The number of each point's shape; None for discs.
    halos : ndarray, shape (n,), or None
        The opacity of the disc below each point: how uncertain it is.
    halo : tuple of float, length 3
        The colour of these discs.
    halo_radius : float
        In logical pixels.
    heights : ndarray, shape (n,), or None
        From 0 to 1: how high in the rug one-dimensional points stand, where some are equal.
    """

    colours: FloatArray
    opacities: FloatArray
    radius: float
    markers: IntArray | None = None
    halos: FloatArray | None = None
    halo: tuple[float, float, float] = (0.0, 0.0, 0.0)
    halo_radius: float = 0.0
    heights: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Densities (b,) of one-dimensional data over b bins of equal width between edges (b + 1,)."""

    densities: FloatArray
    edges: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """A line over the plane.

    Attributes
    ----------
    places : ndarray, shape (v, 2)
        In the units of the data; a closed line ends where it begins.
    level : float
        The value along it: of the density, say; 0 along the boundary of two regions.
    """

    places: FloatArray
    level: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A background: something that has a value everywhere in a viewport.

    Attributes
    ----------
    image : QImage or None
        The shading, premultiplied, a pixel for each cell of the grid; to be stretched over the
        viewport.
    viewport : Viewport
        What it was computed for.
    contours : tuple of Contour
    smooth : bool
        Whether the image may be interpolated when it is stretched.
    memory : object
        What the image's pixels are in, where the image itself does not hold them.
    """

    image: QImage | None
    viewport: Viewport
    contours: tuple[Contour, ...] = ()
    smooth: bool = True
    memory: object = None


class Overlay(Protocol):
    """Something that is painted over and under the points, whatever they are."""

    def paint_below(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint between the grid and the points."""

    def paint_above(self, painter: QPainter, viewport: Viewport, style: Style) -> None:
        """Paint over everything."""


@runtime_checkable
class Recoloured(Protocol):
    """An overlay that holds colours of a theme."""

    def in_palette(self, palette: Palette) -> Overlay:
        """The same in the colours of another."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that one picture of a cloud needs.

    Attributes
    ----------
    cloud : PointCloud
    mixture : Mixture or None
        On show; None while there is no start.
    colouring : Mixture or None
        Whose responsibilities colour the points; None leaves them without colour.
    reference : Mixture or None
        The last one of the run: it says which component stands for which class.
    past : tuple of Mixture
        Earlier ones of the run, oldest first, where their ellipses are shown.
    seeds : tuple of (Seed or None)
        The means of the start; those that are missing are None.
    iteration : int
        Of the mixture; 0 is the start, whose means are the seeds.
    trails : ndarray, shape (steps, k, d)
        The means from the start to the step on show.
    ghost : Mixture or None
        The end of the run that is being replaced.
    points : Points or None
    dots : Dots or None
        The points as shapes, where they are not to be an image.
    halo : Points or None
        Painted below the points: how uncertain each of them is.
    field : Field or None
        The background, for the mixture on show.
    histogram : Histogram or None
        For one-dimensional data.
    layers : Layers
    marks : tuple of ClassMark
        How the true classes are shown, where they are.
    moment : Moment
        What of the run this is.
    overlay : Overlay or None
    candidate : Candidate or None
        The move of split-and-merge EM that comes next.
    locked : tuple of int
        Components, from 0, that bear the mark of a lock.
    """

    cloud: PointCloud
    mixture: Mixture | None = None
    colouring: Mixture | None = None
    reference: Mixture | None = None
    past: tuple[Mixture, ...] = ()
    seeds: tuple[Seed | None, ...] = ()
    iteration: int = 0
    trails: FloatArray | None = None
    ghost: Mixture | None = None
    points: Points | None = None
    dots: Dots | None = None
    halo: Points | None = None
    field: Field | None = None
    histogram: Histogram | None = None
    layers: Layers = Layers()
    marks: tuple[ClassMark, ...] = ()
    moment: Moment = _BEGINNING
    overlay: Overlay | None = None
    candidate: Candidate | None = None
    locked: tuple[int, ...] = ()


def histogram(cloud: PointCloud, bins: int | None = None) -> Histogram:
    """The weighted histogram of one-dimensional data.

    Rounded data, that is values that repeat and are all multiples of one spacing, have bins that
    are a whole number of spacings wide and centred on the values they hold.

    Parameters
    ----------
    cloud : PointCloud
    bins : int, optional
        How many, from 1 to 1,000; chosen by Freedman and Diaconis (1981) if not given. Fewer
        where doubles can't tell more of them apart; about as many for rounded data.
    """
    values = cloud.points[:, 0]
    low, high = float(values.min()), float(values.max())
    if low == high:
        half = abs(low) * 1e-3 or 0.5
        low, high = low - half, high + half
    count = _usual_bins(values, high - low) if bins is None else min(max(bins, 1), MOST_BINS)
    spacing = _rounded_to(cloud)
    if spacing is not None:
        low, high, count = _centred(low, high, spacing, count)
    # Narrower bins than doubles can tell apart are refused by NumPy.
    count = max(1, min(count, int((high - low) / np.spacing(max(abs(low), abs(high))))))
    densities, edges = np.histogram(
        values, bins=count, range=(low, high), weights=cloud.weights, density=True
    )
    return Histogram(densities, edges)


def _rounded_to(cloud: PointCloud) -> float | None:
    """The spacing of rounded data; None where values are no multiples, or stand each alone."""
    values = cloud.points[:, 0]
    spacing = spacing_of(values)
    # Any two or three numbers are multiples of something.
    if spacing is None or (cloud.weights is None and len(np.unique(values)) == len(values)):
        return None
    return spacing


def _centred(low: float, high: float, spacing: float, count: int) -> tuple[float, float, int]:
    """Limits and number of about so many bins, of whole spacings, about the values they hold."""
    cells = round((high - low) / spacing) + 1
    each = max(1, round(cells / count), -(-cells // MOST_BINS))
    count = -(-cells // each)
    left = low - (0.5 + (count * each - cells) // 2) * spacing
    return left, left + count * each * spacing, count


def _usual_bins(values: FloatArray, size: float) -> int:
    quarter, three_quarters = np.quantile(values, [0.25, 0.75])
    width = 2 * (three_quarters - quarter) / len(values) ** (1 / 3)
    # Odd: a single value stands in the middle of a bin.
    return int(np.clip(size / width if width > 0 else 31, 5, 200))


def data_box(cloud: PointCloud, heights: Histogram | None) -> tuple[FloatArray, FloatArray]:
    """Lower left and upper right corner of what there is to see, each of shape (2,).

    In one dimension the box is as high as the histogram and as the curves that these data can be
    expected to have: the truth's, where it is known, and the density where points are closest
    together. That depends on the data alone: a view is fitted before there is a run, and must
    neither jump while one plays nor differ from start to start.
    """
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    if cloud.d == 2:
        return low, high
    if heights is None:
        return np.array([low[0], 0.0]), np.array([high[0], 1.0])
    expected = densest(cloud.points[:, 0], cloud.weights)
    if cloud.truth is not None:
        expected = max(expected, highest(cloud.truth))
    left, right = min(low[0], heights.edges[0]), max(high[0], heights.edges[-1])
    return np.array([left, 0.0]), np.array([right, with_curve(heights, expected)])


def with_curve(heights: Histogram, peak: float) -> float:
    """How high a view must be for a histogram and a curve.

    Of a spike that is much higher only so much that the histogram stays readable: the painter
    marks where it goes on.
    """
    top = float(heights.densities.max())
    return max(1.05 * top, 1.02 * min(peak, _SPIKE * top))
