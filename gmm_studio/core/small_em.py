"""Small EM: of many short runs the best goes on (Biernacki, Celeux and Govaert 2003)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.kernel import Parameters, StandardCloud, accumulate
from gmm_studio.core.maximisation import COLLAPSED, maximise, project

__all__ = ["LONGEST", "SHORT_RUNS", "ShortRuns", "short_runs"]

SHORT_RUNS = 20
LONGEST = 20
"""Iterations after which a short run is over in any case."""

SLOW = 1e-2
"""A short run is over when an iteration gains less than this share of all that it has gained."""


class ShortRuns(NamedTuple):
    """Where r short runs are.

    Attributes
    ----------
    parameters : Parameters
        Shapes (r, k, ...), in standard units.
    log_likelihoods : ndarray, shape (r,)
        In the units of the data.
    best : int
        The run (from 0) of the highest one. Runs whose component collapsed where no floor holds it
        end at the step before, and are the best only if all did.
    """

    parameters: Parameters
    log_likelihoods: FloatArray
    best: int

    @property
    def chosen(self) -> Parameters:
        """The best alone, shapes (1, k, ...)."""
        return _rows(self.parameters, np.array([self.best]))


def short_runs(
    data: StandardCloud,
    start: Parameters,
    configuration: Configuration,
    cancelled: Callable[[], bool],
) -> Iterator[ShortRuns]:
    """Short runs side by side after 0, 1, ... iterations; those that are over stay as they are.

    Parameters
    ----------
    data : StandardCloud
    start : Parameters
        Of r runs, in standard units.
    configuration : Configuration
        Gives the structure and the floor of the covariances.
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    Cancelled
        When `cancelled` returned true.
    """
    structure, floor = configuration.covariance, configuration.variance_floor
    parameters = project(start, structure, floor).parameters
    r = len(parameters.weights)
    ends = _rows(parameters, np.arange(r))
    first, last = np.full((2, r), -np.inf)
    collapsed = np.zeros(r, dtype=bool)
    going = np.arange(r)
    for iteration in range(LONGEST + 1):
        moments = accumulate(data, parameters, cancelled)
        now = moments.log_likelihood
        if iteration == 0:
            first = now
        slow = now - last[going] <= SLOW * (now - first[going])
        last[going] = now
        for whole, part in zip(_arrays(ends), _arrays(parameters), strict=True):
            whole[going] = part
        update = maximise(moments, parameters, structure, floor)
        fallen = (update.smallest < COLLAPSED).any(axis=1) & (floor == 0)
        collapsed[going] = fallen & ~slow
        best = int(np.lexsort([last, ~collapsed])[-1])
        yield ShortRuns(_rows(ends, np.arange(r)), last.copy(), best)
        left = np.flatnonzero(~(slow | fallen))
        if len(left) == 0:
            break
        going, parameters = going[left], _rows(update.parameters, left)


def _arrays(parameters: Parameters) -> tuple[FloatArray, FloatArray, FloatArray]:
    return parameters.weights, parameters.means, parameters.covariances


def _rows(parameters: Parameters, rows: IntArray) -> Parameters:
    """Copies of the mixtures of some runs."""
    return Parameters(*(array[rows] for array in _arrays(parameters)))
