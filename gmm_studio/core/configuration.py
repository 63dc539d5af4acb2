"""How a start is iterated."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gmm_studio.core.errors import InputError
from gmm_studio.core.maximisation import COLLAPSED
from gmm_studio.core.mixture import COVARIANCES, Covariance

__all__ = ["Configuration"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a start is iterated.

    Parameters
    ----------
    covariance : {"full", "tied", "diagonal", "spherical"}
        The structure of the covariances.
    tolerance : float
        Converged when the log-likelihood changes by less than this times W. 0 always runs to the
        limit.
    max_iterations : int
        The limit.
    variance_floor : float
        Bounds the eigenvalues of every covariance from below by this times the mean variance of
        the cloud's axes. 0 switches it off.

    Raises
    ------
    InputError
        When a value is out of its range.
    """

    covariance: Covariance = "full"
    tolerance: float = 1e-6
    max_iterations: int = 1000
    variance_floor: float = 1e-6

    def __post_init__(self) -> None:
        if self.covariance not in COVARIANCES:
            raise InputError(
                "The covariance must be one of {choices}, not {value}.",
                choices=", ".join(COVARIANCES),
                value=self.covariance,
            )
        if not 0 <= self.tolerance < math.inf:
            raise InputError("The tolerance must be a number from 0 up.")
        if self.max_iterations < 0:
            raise InputError("The number of iterations must be 0 or more.")
        if self.variance_floor != 0 and not COLLAPSED <= self.variance_floor <= 1:
            raise InputError("The variance floor must be 0 (off) or from 1e-12 to 1.")
