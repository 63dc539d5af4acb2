"""Where EM would come to rest, found in far fewer iterations than it takes itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.kernel import (
    Moments,
    Parameters,
    StandardCloud,
    accumulate,
    never,
    standardize,
)
from gmm_studio.core.maximisation import COLLAPSED, Update, maximise, project
from gmm_studio.core.mixture import Mixture, smallest_eigenvalues
from gmm_studio.core.threads import one_blas_thread

__all__ = ["limit"]

_REST = 1e-6
"""An iteration that moves no parameter by more, in standard units, has come to rest."""

_PASSES = 600
"""Passes over the points after which it is left where it is."""

_FIRST_STRIDE = 4.0
_NO_BEND = 1e-150
_ROUNDED = 1 - 1e-9


def limit(
    cloud: PointCloud,
    mixture: Mixture,
    configuration: Configuration,
    *,
    cancelled: Callable[[], bool] = never,
) -> tuple[Mixture, float]:
    """Where EM from a mixture comes to rest, and the log-likelihood there.

    Two iterations of EM tell where it is heading; it strides on along that curve (SQUAREM,
    Varadhan and Roland 2008, scheme S3) as far as the log-likelihood rises by it, else by the
    plain iterations alone. It may end elsewhere than EM does, but never lower than it began.

    Parameters
    ----------
    cloud : PointCloud
    mixture : Mixture
        The end of a run, say.
    configuration : Configuration
        Its tolerance, its limit and its update rule are left aside.
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    data = standardize(cloud)
    start = project(
        data.parameters([mixture]), configuration.covariance, configuration.variance_floor
    )
    with one_blas_thread:
        parameters, log_likelihood = _Strides(data, configuration, cancelled).rest(start.parameters)
    return data.mixture(parameters), log_likelihood


class _Strides:
    """SQUAREM on one cloud."""

    def __init__(
        self,
        data: StandardCloud,
        configuration: Configuration,
        cancelled: Callable[[], bool],
    ) -> None:
        self._data = data
        self._configuration = configuration
        self._cancelled = cancelled
        self._left = _PASSES
        self._longest = _FIRST_STRIDE

    def rest(self, at: Parameters) -> tuple[Parameters, float]:
        moments = self._moments(at)
        while self._left > 0:
            first = self._step(moments, at)
            if first is None:
                break
            between = self._moments(first)
            second = self._step(between, first)
            if second is None or _distance(at, first) < _REST:
                return first, float(between.log_likelihood[0])
            at, moments = self._stride(at, first, second, float(between.log_likelihood[0]))
        return at, float(moments.log_likelihood[0])

    def _stride(
        self, at: Parameters, first: Parameters, second: Parameters, least: float
    ) -> tuple[Parameters, Moments]:
        """The farthest place tried that isn't lower than the plain iterations."""
        speed = _flat(first) - _flat(at)
        bend = _flat(second) - _flat(first) - speed
        length = float(np.linalg.norm(speed)) / max(float(np.linalg.norm(bend)), _NO_BEND)
        stride = min(max(length, 1.0), self._longest)
        while stride > 1:
            place = _on_the_curve(stride, at, first, second)
            if self._is_usable(place):
                moments = self._moments(place)
                if moments.log_likelihood[0] >= least:
                    if stride == self._longest:
                        self._longest *= _FIRST_STRIDE
                    return place, moments
            self._longest = max(_FIRST_STRIDE, 0.5 * self._longest)
            stride = 0.5 * (stride + 1) if stride > 1.5 else 1.0
        return second, self._moments(second)

    def _moments(self, at: Parameters) -> Moments:
        self._left -= 1
        return accumulate(self._data, at, self._cancelled)

    def _step(self, moments: Moments, at: Parameters) -> Parameters | None:
        """An iteration of EM; None where a component collapses."""
        configuration = self._configuration
        update: Update = maximise(
            moments,
            at,
            configuration.covariance,
            configuration.variance_floor,
            configuration.locked,
        )
        return None if (update.smallest < COLLAPSED).any() else update.parameters

    def _is_usable(self, place: Parameters) -> bool:
        least = max(_ROUNDED * self._configuration.variance_floor, COLLAPSED)
        smallest = smallest_eigenvalues(place.covariances)
        return bool((place.weights >= 0).all() and (smallest >= least).all())


def _on_the_curve(
    stride: float, at: Parameters, first: Parameters, second: Parameters
) -> Parameters:
    """The parabola through three iterates: 1 is the last of them."""
    shares = (1 - stride) ** 2, 2 * stride * (1 - stride), stride**2
    places = at, first, second

    def mixed(name: str) -> FloatArray:
        parts = (share * getattr(one, name) for share, one in zip(shares, places, strict=True))
        return np.asarray(sum(parts))

    return Parameters(mixed("weights"), mixed("means"), mixed("covariances"))


def _flat(parameters: Parameters) -> FloatArray:
    return np.concatenate(
        [parameters.weights.ravel(), parameters.means.ravel(), parameters.covariances.ravel()]
    )


def _distance(first: Parameters, second: Parameters) -> float:
    return float(abs(_flat(second) - _flat(first)).max())
