"""Renders clouds in a worker: what it is asked for, what comes back, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.comparison import Comparison
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.act import Act
from gmm_studio.gui.canvas.class_key import ClassMark
from gmm_studio.gui.canvas.classes import Classes
from gmm_studio.gui.canvas.fields import FieldLook, compute_field
from gmm_studio.gui.canvas.fields import look_of as field_look
from gmm_studio.gui.canvas.raster import MARKED_UP_TO, Image, Raster, rasterize
from gmm_studio.gui.canvas.scene import (
    Dots,
    Field,
    Histogram,
    Layers,
    Points,
    data_box,
    histogram,
    with_curve,
)
from gmm_studio.gui.canvas.shading import Shades, shade
from gmm_studio.gui.canvas.vector_points import HALO, dots_of
from gmm_studio.gui.canvas.viewport import Viewport, fitted
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.line.curves import highest
from gmm_studio.gui.line.rug import rug_heights
from gmm_studio.gui.worker import Post, Task

__all__ = [
    "COARSE",
    "FINE",
    "Look",
    "Picture",
    "PictureRequest",
    "Renderer",
    "Selection",
    "look_of",
]

_MOST_UNEQUAL = 4.0
"""Axes whose ranges differ by more than this factor are not drawn to one scale unasked."""

_FEWEST_COLOURS = 20

_BELOW, _ABOVE = 88.0, 76.0
"""Room below the axis of one-dimensional data and above its highest curve, in logical pixels."""

COARSE, FINE = 8.0, 2.0
"""The size of a background's cells in logical pixels, while something moves and at rest."""

Selection = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The colours of a picture, from 0 to 1: red, green, blue, and an opacity of 1.

    Attributes
    ----------
    components : ndarray, shape (c, 4)
        Of the components and then of classes that no component stands for.
    neutral, selected : ndarray, shape (4,)
        Of points that have no component, and of those that are selected.
    field : FieldLook
        Of the background.
    """

    components: FloatArray
    neutral: FloatArray
    selected: FloatArray
    field: FieldLook


@dataclass(frozen=True, slots=True, eq=False)
class PictureRequest:
    """Everything that a picture depends on.

    Attributes
    ----------
    cloud : PointCloud
    colouring : Mixture or None
        Gives the colours; without it all points have the neutral one.
    look : Look
    width, height : float
        In logical pixels.
    pixel_ratio : float
    mixture : Mixture or None
        What the background is of.
    reference : Mixture or None
        Says which component stands for which class, for the colours of true labels.
    layers : Layers
    cell : float
        The size of the background's cells in logical pixels.
    viewport : Viewport or None
        None fits the cloud.
    equal : bool or None
        Whether a unit is as long on both axes; None chooses by the ranges.
    selection : ndarray of bool, shape (n,), or None
    token : object
        Comes back with the picture.
    scale : float
        Of the interface: how much room there must be for labels.
    act : Act or None
        What is shown in place of a step: it has colours and a background of its own.
    """

    cloud: PointCloud
    colouring: Mixture | None
    look: Look
    width: float
    height: float
    pixel_ratio: float
    mixture: Mixture | None = None
    reference: Mixture | None = None
    layers: Layers = field(default_factory=Layers)
    cell: float = FINE
    viewport: Viewport | None = None
    equal: bool | None = None
    selection: Selection | None = None
    token: object = None
    scale: float = 1.0
    act: Act | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A request done.

    Attributes
    ----------
    request : PictureRequest
    points : Points
    halo : Points or None
    field : Field or None
    raster : Raster
        Finds points by pixel.
    histogram : Histogram or None
        For one-dimensional data.
    equal : bool
        As it was asked for or chosen.
    comparison : Comparison or None
        With the true labels, where they are shown.
    marks : tuple of ClassMark
        How the classes are shown, where they are.
    """

    request: PictureRequest
    points: Points
    halo: Points | None
    field: Field | None
    raster: Raster
    histogram: Histogram | None
    equal: bool
    comparison: Comparison | None
    marks: tuple[ClassMark, ...] = ()


class Renderer:
    """Makes pictures and remembers what the next one can use again. Belongs to one thread."""

    def __init__(self) -> None:
        self._cloud: PointCloud | None = None
        self._bins: int | None = None
        self._histogram: Histogram | None = None
        self._heights: FloatArray | None = None
        self._box: tuple[FloatArray, FloatArray] = (np.zeros(2), np.ones(2))
        self._classes: Classes | None = None
        self._rasters: dict[str, tuple[object, Raster]] = {}

    def task(self, request: PictureRequest) -> Task:
        """The work of a request, for a worker."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            post(self.render(request, cancelled))

        return work

    def render(self, request: PictureRequest, cancelled: Callable[[], bool]) -> Picture:
        """Make the picture."""
        viewport = self.viewport(request)
        # Before there are colours, which would add to what it needs at its height.
        raster = self._rasterize(request, viewport, cancelled)
        shades = self._shades(request, cancelled)
        return Picture(
            request,
            replace(_image(raster.paint(shades.colours), viewport), heights=self._heights),
            self._halo(request, viewport, shades, cancelled),
            self.field(request, viewport, cancelled),
            raster,
            self._histogram,
            self._is_equal(request),
            self._compare(request, shades),
            self.marks(request),
        )

    def viewport(self, request: PictureRequest) -> Viewport:
        """What a request shows: its own viewport, or one that all points are in."""
        self._look_at(request.cloud, request.layers.bins)
        if request.viewport is not None:
            return request.viewport
        equal, size = self._is_equal(request), (request.width, request.height)
        viewport = fitted(*self._box, *size, equal=equal, scale=request.scale)
        if request.cloud.d == 1:
            return _with_rug(viewport, self._top(request.reference), request.scale)
        return viewport

    def shades(self, request: PictureRequest, cancelled: Callable[[], bool]) -> Shades:
        """What each point of a request looks like, wherever it is painted."""
        self._look_at(request.cloud, request.layers.bins)
        return self._shades(request, cancelled)

    def points(
        self,
        request: PictureRequest,
        viewport: Viewport,
        shades: Shades,
        cancelled: Callable[[], bool],
    ) -> tuple[Points, Points | None]:
        """The points in a viewport and their halos, of a request whose shades are known."""
        raster = self._rasterize(request, viewport, cancelled)
        points = replace(_image(raster.paint(shades.colours), viewport), heights=self._heights)
        return points, self._halo(request, viewport, shades, cancelled)

    def dots(self, request: PictureRequest, shades: Shades) -> Dots:
        """The points of a request as shapes, for what has no pixels."""
        cloud, layers = request.cloud, request.layers
        codes = self._classes.codes if self._classes and layers.labels == "marker" else None
        return dots_of(cloud, shades, request.look.neutral, codes, self._heights)

    def histogram(self, request: PictureRequest) -> Histogram | None:
        """Of one-dimensional data."""
        self._look_at(request.cloud, request.layers.bins)
        return self._histogram

    def field(
        self, request: PictureRequest, viewport: Viewport, cancelled: Callable[[], bool]
    ) -> Field | None:
        """The background of a request in a viewport."""
        if request.act is not None:
            return request.act.field(request.cloud, viewport, request.look)
        if request.mixture is None or not request.layers.has_field:
            return None
        return compute_field(
            request.mixture, viewport, request.layers, request.look.field, request.cell, cancelled
        )

    def marks(self, request: PictureRequest) -> tuple[ClassMark, ...]:
        """How the classes are shown, where they are, in a request whose shades are known."""
        labels = request.layers.labels
        if self._classes is None or labels == "none":
            return ()
        if labels == "marker" and (request.cloud.n > MARKED_UP_TO or request.cloud.d == 1):
            return ()
        return self._classes.marks(labels, len(request.look.components))

    def _look_at(self, cloud: PointCloud, bins: int | None) -> None:
        if cloud is self._cloud and bins == self._bins:
            return
        if cloud is not self._cloud:
            self._classes = None if cloud.labels is None else Classes(cloud)
            self._heights = rug_heights(cloud.points[:, 0]) if cloud.d == 1 else None
            self._rasters.clear()
        self._cloud, self._bins = cloud, bins
        self._histogram = histogram(cloud, bins) if cloud.d == 1 else None
        self._box = data_box(cloud, self._histogram)

    def _top(self, reference: Mixture | None) -> float:
        """Of a fitted view of one-dimensional data: what they can be expected to need, and a fit.

        The last mixture of the run says the height for all of them, so that nothing jumps while
        it plays; earlier ones that are higher are marked where they leave the view.
        """
        top = float(self._box[1][1])
        if reference is None or self._histogram is None:
            return top
        return max(top, with_curve(self._histogram, highest(reference)))

    def _is_equal(self, request: PictureRequest) -> bool:
        if request.cloud.d == 1:
            return False
        if request.equal is not None:
            return request.equal
        width, height = (self._box[1] - self._box[0]).tolist()
        return bool(max(width, height) <= _MOST_UNEQUAL * min(width, height))

    def _rasterize(
        self,
        request: PictureRequest,
        viewport: Viewport,
        cancelled: Callable[[], bool],
        kind: str = "points",
        enlarged: float = 1.0,
    ) -> Raster:
        """The last one of its kind, where nothing has changed that it depends on."""
        marked = request.layers.labels == "marker" and self._classes is not None
        key = (viewport, request.pixel_ratio, marked)
        known = self._rasters.pop(kind, None)
        if known is None or known[0] != key:
            # Gone before the next is made: both are large.
            known = None
            markers = self._classes.codes if self._classes is not None and marked else None
            raster = rasterize(
                request.cloud,
                viewport,
                request.pixel_ratio,
                cancelled,
                enlarged=enlarged,
                markers=markers,
                heights=self._heights,
            )
            known = (key, raster)
        self._rasters[kind] = known
        return known[1]

    def _shades(self, request: PictureRequest, cancelled: Callable[[], bool]) -> Shades:
        layers, mixture = request.layers, request.colouring
        own = request.act.colours(request.cloud, request.look, cancelled) if request.act else None
        if own is not None:
            shades = Shades(own)
        elif mixture is None:
            colours = np.empty((request.cloud.n, 4), dtype=np.float32)
            colours[:] = request.look.neutral
            shades = Shades(colours)
        else:
            shades = shade(
                request.cloud,
                mixture,
                request.look.components[: mixture.k],
                hard=layers.hard,
                uncertainty=layers.uncertainty if layers.sizes else None,
                assign=self._classes is not None and layers.compares,
                paint=layers.labels != "colour" or self._classes is None,
                cancelled=cancelled,
            )
        if layers.labels == "colour" and self._classes is not None:
            shades.colours[:] = self._classes.colours(
                request.reference, request.look.components, cancelled
            )
        if request.selection is not None:
            shades.colours[request.selection] = request.look.selected
        return shades

    def _halo(
        self,
        request: PictureRequest,
        viewport: Viewport,
        shades: Shades,
        cancelled: Callable[[], bool],
    ) -> Points | None:
        if shades.uncertainty is None or request.cloud.d == 1:
            return None
        # Soft as they are, halos of small dots need no more than every other pixel.
        ratio = request.pixel_ratio * (0.5 if request.cloud.n > MARKED_UP_TO else 1.0)
        halved = replace(request, pixel_ratio=ratio)
        raster = self._rasterize(halved, viewport, cancelled, "halo", HALO)
        return _image(raster.shade(request.look.neutral, shades.uncertainty), viewport)

    def _compare(self, request: PictureRequest, shades: Shades) -> Comparison | None:
        if self._classes is None or request.colouring is None or shades.assigned is None:
            return None
        return self._classes.compare(shades.assigned, request.colouring.k)


def look_of(palette: Palette, k: int) -> Look:
    """The colours of a theme, for k components."""
    components = [component_colour(palette, j) for j in range(max(k, _FEWEST_COLOURS))]
    return Look(
        np.array([_rgba(colour) for colour in components]),
        _rgba(palette.muted),
        _rgba(palette.text),
        field_look(palette, k),
    )


def _rgba(colour: str) -> FloatArray:
    return np.array([*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)), 1.0])


def _image(pixels: Image, viewport: Viewport) -> Points:
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return Points(image, viewport, pixels)


def _with_rug(viewport: Viewport, top: float, scale: float) -> Viewport:
    """Room below the axis for rug, legend and labels, and above the curves for the pill."""
    room = min(_BELOW * scale, 0.32 * viewport.height)
    above = min(_ABOVE * scale, 0.3 * viewport.height)
    unit = top / max(viewport.height - room - above, 1)
    return Viewport(
        viewport.left,
        viewport.right,
        -room * unit,
        (viewport.height - room) * unit,
        viewport.width,
        viewport.height,
    )
