"""What the cloud view shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Seed
from gmm_studio.gui.viewport import Viewport

__all__ = ["Histogram", "Layers", "Points", "Scene", "data_box", "histogram"]


@dataclass(frozen=True, slots=True)
class Layers:
    """What is shown of a mixture; each is a switch of the View section."""

    ellipses: bool = True
    trails: bool = True
    seeds: bool = True
    truth: bool = False
    grid: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points of a cloud, painted for a viewport.

    Attributes
    ----------
    image : QImage
    viewport : Viewport
    memory : object
        What the image's pixels are in, where the image itself does not hold them.
    """

    image: QImage
    viewport: Viewport
    memory: object = None


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Densities (b,) of one-dimensional data over b bins of equal width between edges (b + 1,)."""

    densities: FloatArray
    edges: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that one picture of a cloud needs.

    Attributes
    ----------
    cloud : PointCloud
    mixture : Mixture or None
        On show; None while there is no start.
    seeds : tuple of (Seed or None)
        The means of the start; those that are missing are None.
    iteration : int
        Of the mixture; 0 is the start, whose means are the seeds.
    trails : ndarray, shape (steps, k, d)
        The means from the start to the step on show.
    ghost : Mixture or None
        The end of the run that is being replaced.
    points : Points or None
    histogram : Histogram or None
        For one-dimensional data.
    layers : Layers
    """

    cloud: PointCloud
    mixture: Mixture | None = None
    seeds: tuple[Seed | None, ...] = ()
    iteration: int = 0
    trails: FloatArray | None = None
    ghost: Mixture | None = None
    points: Points | None = None
    histogram: Histogram | None = None
    layers: Layers = Layers()


def histogram(cloud: PointCloud) -> Histogram:
    """The weighted histogram of one-dimensional data, bins by Freedman and Diaconis (1981)."""
    values = cloud.points[:, 0]
    low, high = float(values.min()), float(values.max())
    if low == high:
        half = abs(low) * 1e-3 or 0.5
        low, high = low - half, high + half
    quarter, three_quarters = np.quantile(values, [0.25, 0.75])
    width = 2 * (three_quarters - quarter) / cloud.n ** (1 / 3)
    bins = int(np.clip((high - low) / width if width > 0 else 30, 5, 200))
    # Narrower bins than doubles can tell apart are refused by NumPy.
    bins = max(1, min(bins, int((high - low) / np.spacing(max(abs(low), abs(high))))))
    densities, edges = np.histogram(
        values, bins=bins, range=(low, high), weights=cloud.weights, density=True
    )
    return Histogram(densities, edges)


def data_box(cloud: PointCloud, heights: Histogram | None) -> tuple[FloatArray, FloatArray]:
    """Lower left and upper right corner of what there is to see, each of shape (2,)."""
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    if cloud.d == 2:
        return low, high
    top = float(heights.densities.max()) if heights is not None else 1.0
    return np.array([low[0], 0.0]), np.array([high[0], 1.2 * top])
