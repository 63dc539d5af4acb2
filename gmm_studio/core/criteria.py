"""Information criteria; of all, lower is better."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.kernel import each_responsibility_block, never, standardize
from gmm_studio.core.mixture import Mixture

__all__ = ["aic", "bic", "icl"]


def aic(log_likelihood: float, free_parameters: int) -> float:
    """Akaike's criterion, -2 L + 2 p (Akaike 1974)."""
    return -2 * log_likelihood + 2 * free_parameters


def bic(log_likelihood: float, free_parameters: int, total_weight: float) -> float:
    """The Bayesian criterion, -2 L + p ln W (Schwarz 1978)."""
    return -2 * log_likelihood + free_parameters * math.log(total_weight)


def icl(
    cloud: PointCloud,
    mixture: Mixture,
    bic: float,
    cancelled: Callable[[], bool] = never,
) -> float:
    """The integrated completed likelihood, BIC - 2 Σ w log max r (Biernacki, Celeux, Govaert 2000).

    Each point is given to the component of its largest responsibility r, so that a mixture whose
    components overlap pays for it.

    Parameters
    ----------
    cloud : PointCloud
    mixture : Mixture
    bic : float
        Of this mixture on this cloud.
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    parts: dict[int, float] = {}

    def visit(rows: slice, responsibilities: FloatArray) -> None:
        largest = np.log(responsibilities.max(axis=0))
        parts[rows.start] = float(
            largest.sum() if cloud.weights is None else largest @ cloud.weights[rows]
        )

    each_responsibility_block(standardize(cloud), mixture, visit, cancelled)
    return bic - 2 * math.fsum(parts.values())
