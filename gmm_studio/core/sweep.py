"""How many components, and of which structure: several starts for each, held against criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from gmm_studio.core.arrays import FloatArray, frozen
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.criteria import aic, bic, icl
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.many import End, end_many
from gmm_studio.core.mixture import Covariance, Mixture, free_parameters
from gmm_studio.core.optima import Gathering, Spurious
from gmm_studio.core.starts import Draw, draw_start

__all__ = ["CRITERIA", "Best", "Cell", "Criterion", "DrawnStarts", "best_of", "sweep"]

Criterion: TypeAlias = Literal["bic", "aic", "icl"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """What came of s starts for one number of components and one structure.

    Attributes
    ----------
    k : int
    configuration : Configuration
        With the structure of this cell.
    free_parameters : int
    draws : tuple of Draw
        How the s starts were drawn.
    ends : tuple of End
        Where their runs ended, in the same order.
    spurious : tuple of {"", "few", "collapsed", "emptied"}
        Why an end says more of single points than of the cloud; see `Optimum`.
    bic, aic, icl : ndarray, shape (s,)
        Of each end; lower is better.
    problem : InputError or None
        Why the first of the starts that are missing could not be drawn.
    """

    k: int
    configuration: Configuration
    free_parameters: int
    draws: tuple[Draw, ...]
    ends: tuple[End, ...]
    spurious: tuple[Spurious, ...]
    bic: FloatArray
    aic: FloatArray
    icl: FloatArray
    problem: InputError | None = None

    @property
    def covariance(self) -> Covariance:
        """The structure of the covariances."""
        return self.configuration.covariance

    @property
    def log_likelihood(self) -> FloatArray:
        """Of each end, shape (s,)."""
        return np.array([end.log_likelihood for end in self.ends])

    def values(self, criterion: Criterion) -> FloatArray:
        """A criterion of each end, shape (s,)."""
        return {"bic": self.bic, "aic": self.aic, "icl": self.icl}[criterion]

    def best(self, criterion: Criterion) -> int | None:
        """Which end is lowest, a spurious one only where all are; None where there is no end."""
        if not self.ends:
            return None
        values = self.values(criterion)
        return min(range(len(values)), key=lambda i: (bool(self.spurious[i]), values[i]))


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best end of a sweep by one criterion.

    Attributes
    ----------
    cell : Cell
    index : int
        Of the end in its cell.
    value : float
    at_edge : {"", "fewest", "most"}
        Whether its k is the smallest above 1, or the largest, of the sweep: a better one may lie
        beyond.
    """

    cell: Cell
    index: int
    value: float
    at_edge: Literal["", "fewest", "most"]

    @property
    def end(self) -> End:
        """Where the run ended."""
        return self.cell.ends[self.index]

    @property
    def draw(self) -> Draw:
        """How its start was drawn."""
        return self.cell.draws[self.index]


class DrawnStarts:
    """Starts that are drawn as they are asked for, without those that cannot be.

    Attributes
    ----------
    made : list of Draw
        Those that gave a start, in the order of the starts.
    problems : dict
        Why the first one that gave none did not, for each method.
    """

    def __init__(
        self,
        cloud: PointCloud,
        k: int,
        draws: Iterable[Draw],
        configuration: Configuration,
        cancelled: Callable[[], bool] = never,
    ) -> None:
        self.made: list[Draw] = []
        self.problems: dict[str, InputError] = {}
        self._draws = draws
        self._cloud, self._k = cloud, k
        self._configuration, self._cancelled = configuration, cancelled

    def __iter__(self) -> Iterator[Mixture]:
        for draw in self._draws:
            start = self._start(draw)
            if start is not None:
                self.made.append(draw)
                yield start

    def _start(self, draw: Draw) -> Mixture | None:
        try:
            return draw_start(
                self._cloud,
                draw.method,
                self._k,
                draw.random_state,
                self._configuration,
                self._cancelled,
            )
        except InputError as error:
            self.problems.setdefault(draw.method, error)
            return None


def sweep(
    cloud: PointCloud,
    ks: Iterable[int],
    covariances: Sequence[Covariance],
    draws: Sequence[Draw],
    configuration: Configuration | None = None,
    *,
    cancelled: Callable[[], bool] = never,
) -> Iterator[Cell]:
    """Run EM for all numbers of components and structures, and yield each cell as it is done.

    Parameters
    ----------
    cloud : PointCloud
    ks : iterable of int
        Numbers of components.
    covariances : sequence of Covariance
        Structures; all of them are taken for one k before the next.
    draws : sequence of Draw
        How the starts of every cell are drawn; see `draws` of the starts.
    configuration : Configuration, optional
        All but the structure.
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    configuration = configuration or Configuration()
    for k in dict.fromkeys(ks):
        for covariance in dict.fromkeys(covariances):
            yield _cell(cloud, k, draws, replace(configuration, covariance=covariance), cancelled)


def _cell(
    cloud: PointCloud,
    k: int,
    draws: Sequence[Draw],
    configuration: Configuration,
    cancelled: Callable[[], bool],
) -> Cell:
    starts = DrawnStarts(cloud, k, draws, configuration, cancelled)
    ends = sorted(
        end_many(cloud, starts, configuration, cancelled=cancelled), key=lambda end: end.index
    )
    p = free_parameters(k, cloud.d, configuration.covariance)
    bics = [bic(end.log_likelihood, p, cloud.total_weight) for end in ends]
    pairs = zip(ends, bics, strict=True)
    return Cell(
        k,
        configuration,
        p,
        tuple(starts.made),
        tuple(ends),
        _spurious(cloud, ends, configuration, cancelled),
        frozen(bics),
        frozen([aic(end.log_likelihood, p) for end in ends]),
        frozen([icl(cloud, end.mixture, value, cancelled) for end, value in pairs]),
        next(iter(starts.problems.values()), None),
    )


def _spurious(
    cloud: PointCloud,
    ends: Sequence[End],
    configuration: Configuration,
    cancelled: Callable[[], bool],
) -> tuple[Spurious, ...]:
    if not ends:
        return ()
    gathering = Gathering(cloud, variance_floor=configuration.variance_floor)
    for end in ends:
        gathering.add(end, cancelled)
    found = {index: optimum.spurious for optimum in gathering.optima for index in optimum.members}
    return tuple(found[end.index] for end in ends)


def best_of(cells: Sequence[Cell], criterion: Criterion) -> Best | None:
    """The best end by a criterion, a spurious one only where all are; None where there is none.

    Parameters
    ----------
    cells : sequence of Cell
        Of one sweep, or of a part of it.
    criterion : {"bic", "aic", "icl"}
    """
    found = [
        (bool(cell.spurious[i]), float(cell.values(criterion)[i]), number)
        for number, cell in enumerate(cells)
        if (i := cell.best(criterion)) is not None
    ]
    if not found:
        return None
    _, value, number = min(found)
    cell = cells[number]
    index = cell.best(criterion)
    assert index is not None
    return Best(cell, index, value, _edge(cell.k, [each.k for each in cells]))


def _edge(k: int, ks: Sequence[int]) -> Literal["", "fewest", "most"]:
    if k == max(ks):
        return "most"
    return "fewest" if k == min(ks) > 1 else ""
