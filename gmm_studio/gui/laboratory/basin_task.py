"""The work behind maps of basins and likelihood surfaces: what is asked, and how it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.basins import BasinMap, map_basins
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.optima import Tolerance
from gmm_studio.core.profile import seed_profile
from gmm_studio.core.threads import one_blas_thread
from gmm_studio.export.atlas import basins_csv, write_text
from gmm_studio.export.own_units import own_levels
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.laboratory.likelihood_layer import Surface, surface_places
from gmm_studio.gui.worker import Post, Task

__all__ = [
    "BLOCK",
    "GAIN",
    "TOLERANCE",
    "Kind",
    "Made",
    "MapRequest",
    "cell_centres",
    "map_configuration",
    "map_task",
    "write_map_csv",
]

_CELL = 8.0
"""The size of a map's cells in logical pixels."""

BLOCK = 8
"""The cells along a side of a coarse block: the number of cells is a multiple of it."""

_STRIP_CELL = 2.0

GAIN = 1e-7
"""EM's tolerance in maps: with a looser one it stops on slow ground and so invents optima."""

TOLERANCE = Tolerance(log_likelihood=3e-4, parameters=0.2)
"""What makes two ends one optimum in maps, about as far apart as runs that stop at `GAIN` end.

Over 2,240 starts on Old Faithful (k = 3) it finds the same 15 basins of at least 1 % at EM
tolerances of 1e-7 and 1e-8; `Tolerance()` finds 36 optima at the one and 29 at the other.
"""

_SURFACE_CELL = 6.0
_COARSE_WORK, _FINE_WORK = 1e7, 1e9
"""Points times places of a surface: what takes about a tenth of a second, and a few seconds."""

Kind: TypeAlias = Literal["basins", "likelihood"]


@dataclass(frozen=True, slots=True, eq=False)
class MapRequest:
    """What a map or a surface is asked of.

    Attributes
    ----------
    kind : {"basins", "likelihood"}
    cloud : PointCloud
    mixture : Mixture
        The start, or for a surface the mixture on show.
    j : int
        The component that is moved, from 0.
    viewport : Viewport
        Over which it is moved.
    configuration : Configuration
    """

    kind: Kind
    cloud: PointCloud
    mixture: Mixture
    j: int
    viewport: Viewport
    configuration: Configuration

    def is_same(self, other: MapRequest) -> bool:
        """Whether both come to the same: for basins the place of mean j itself says nothing."""
        return self.viewport == other.viewport and self.is_same_but_viewport(other)

    def is_same_but_viewport(self, other: MapRequest) -> bool:
        """The same, wherever one looks."""
        if not self.is_akin(other) or self.j != other.j:
            return False
        one, two = self.mixture, other.mixture
        moved = one.means != two.means
        if self.kind == "basins":
            moved[self.j] = False
        return not (
            moved.any()
            or (one.weights != two.weights).any()
            or (one.covariances != two.covariances).any()
        )

    def is_akin(self, other: MapRequest) -> bool:
        """Whether a picture of the one is better than none until there is that of the other."""
        return (
            self.kind == other.kind
            and self.cloud is other.cloud
            and self.configuration == other.configuration
            and self.mixture.k == other.mixture.k
        )


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What came of a request, so far."""

    request: MapRequest
    outcome: BasinMap | Surface
    slots: tuple[int, ...] = ()


def map_configuration(configuration: Configuration) -> Configuration:
    """A configuration with a tolerance tight enough for maps."""
    tolerance = min(configuration.tolerance or GAIN, GAIN)
    return replace(configuration, tolerance=tolerance)


def cell_centres(viewport: Viewport, d: int) -> tuple[FloatArray, FloatArray]:
    """The middles of a map's cells: x (nx,) and y (ny,) in the units of the data, ascending."""
    if d == 1:
        return _middles(viewport.left, viewport.right, viewport.width / _STRIP_CELL), np.zeros(1)
    x = _middles(viewport.left, viewport.right, viewport.width / _CELL)
    return x, _middles(viewport.bottom, viewport.top, viewport.height / _CELL)


def _middles(low: float, high: float, wanted: float) -> FloatArray:
    count = BLOCK * max(1, round(wanted / BLOCK))
    return np.asarray(low + (np.arange(count) + 0.5) * ((high - low) / count))


def map_task(request: MapRequest, *, fine: bool, coarsest: int = BLOCK) -> Task:
    """The work of a request; `coarsest` is the side of the largest blocks worth showing."""
    work = _basins_task if request.kind == "basins" else _surface_task

    def run(post: Post, cancelled: Callable[[], bool]) -> None:
        with one_blas_thread:
            work(request, fine, coarsest, post, cancelled)

    return run


def _basins_task(
    request: MapRequest, fine: bool, coarsest: int, post: Post, cancelled: Callable[[], bool]
) -> None:
    cloud, j = request.cloud, request.j
    x, y = cell_centres(request.viewport, cloud.d)
    maps = map_basins(
        cloud,
        request.mixture,
        j,
        x,
        y,
        request.configuration,
        tolerance=TOLERANCE,
        cancelled=cancelled,
    )
    for basins in maps:
        if basins.cell <= coarsest and not (fine and basins.cell == BLOCK):
            post(Made(request, own_levels(cloud, basins)))
        if not fine:
            return


def _surface_task(
    request: MapRequest, fine: bool, coarsest: int, post: Post, cancelled: Callable[[], bool]
) -> None:
    cloud, mixture, j, view = request.cloud, request.mixture, request.j, request.viewport
    cell = _surface_cell(request, _FINE_WORK if fine else _COARSE_WORK)
    x, y = surface_places(view, cloud.d, cell)
    shift = cloud.own_log_likelihood(0.0)
    values = seed_profile(cloud, mixture, j, x, y, cancelled) + shift
    own = mixture.means[j]
    place = own[:1], own[1:] if cloud.d == 2 else np.zeros(1)
    here = float(seed_profile(cloud, mixture, j, *place, cancelled)[0, 0]) + shift
    post(Made(request, Surface(x, y, values, here, j, view)))


def _surface_cell(request: MapRequest, work: float) -> float:
    """The size of a surface's cells that so much work affords, in logical pixels."""
    places = max(work / request.cloud.n, 64.0)
    view = request.viewport
    size = (
        view.width / places if request.cloud.d == 1 else (view.width * view.height / places) ** 0.5
    )
    smallest = _STRIP_CELL if request.cloud.d == 1 else _SURFACE_CELL
    return max(smallest, float(size))


def write_map_csv(path: str | Path, basins: BasinMap, d: int, tolerance: float) -> None:
    """Write a map as numbers, a row for each cell.

    Parameters
    ----------
    path : str or Path
    basins : BasinMap
    d : int
        Of the data.
    tolerance : float
        Of the runs.

    Raises
    ------
    InputError
        When the file cannot be written, with the reason.
    """
    write_text(path, basins_csv(basins, d, tolerance))
