"""Hard priors: weights by counting who is densest where, in place of summing responsibilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.kernel import Parameters, Piece, StandardCloud, accumulate
from gmm_studio.core.maximisation import Update, hold
from gmm_studio.core.mixture import Covariance

__all__ = ["count_priors"]

_TIE = 1 - 1e-9
"""Densities that differ by no larger factor are the same but for rounding."""


def count_priors(
    data: StandardCloud,
    update: Update,
    previous: Parameters,
    covariance: Covariance,
    locked: tuple[int, ...],
    cancelled: Callable[[], bool],
) -> Update:
    """An M-step's update with its weights counted anew, by another pass over the points.

    The weight of a component is the weighted share of the points whose density under it, weights
    left aside, is highest; ties go to the lowest number. A component without points takes no part:
    its weight stays 0. What locked components don't hold, the others share by their counts.

    Parameters
    ----------
    data : StandardCloud
    update : Update
        Of one mixture; no covariance of it has collapsed.
    previous : Parameters
        The mixture before the M-step.
    covariance : {"full", "tied", "diagonal", "spherical"}
    locked : tuple of int
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    new = update.parameters
    taking_part = (new.weights > 0).astype(np.float64)
    unweighted = Parameters(taking_part, new.means, new.covariances)
    counts = accumulate(data, unweighted, cancelled, assign=_densest).sums[:, :, 0]
    weights = counts / counts.sum(axis=1, keepdims=True)
    emptied = update.emptied | ((weights == 0) & (new.weights > 0) & (previous.weights > 0))
    counted = replace(
        update, parameters=Parameters(weights, new.means, new.covariances), emptied=emptied
    )
    return hold(counted, previous, locked, covariance) if locked else counted


def _densest(piece: Piece, densities: FloatArray, total: FloatArray, _: FloatArray) -> FloatArray:
    """Each point to the component that is densest there, ties to the lowest number."""
    best = (densities >= _TIE * densities.max(axis=0)).argmax(axis=0)
    np.equal(best, np.arange(len(densities))[:, None], out=densities, casting="unsafe")
    total[:] = 1
    return np.zeros(())
