"""How much the components of a mixture overlap: the rate at which the best classifier errs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture

__all__ = ["misclassification_rate", "scaled", "with_overlap"]

_NODES = 8192
_FEWEST_NODES = 1024
_ALL_NODES = 65_536

_WIDER = 2.0
"""The nodes lie so much wider than the component: overlaps are decided in its tails."""

_GOLDEN_ANGLE = float(np.pi * (3 - np.sqrt(5)))
_LEAST = 1e-6
"""An overlap that is asked to be 0 is brought down to this."""

_FURTHEST = 2.0**20
_PRECISION = 1e-6


def misclassification_rate(mixture: Mixture, cancelled: Callable[[], bool] = never) -> float:
    """The share of its points that the best classifier puts into a wrong component.

    That is the Bayes rate: 1 - E[max_j r_j(x)], where r are the responsibilities and x is drawn
    from the mixture. The expectation over each component is a quadrature with fixed nodes:
    quantiles of a normal in one dimension, in two a sunflower, whose n points lie evenly over a
    normal. Twice as wide as the component and weighted accordingly, 8,192 of them find the rate of
    two equal spherical components to within a thousandth of it, down to rates of 1 in 1,000.
    Mixtures of more than eight components take fewer nodes for each.

    Parameters
    ----------
    mixture : Mixture
    cancelled : callable
        Asked once for each component.

    Returns
    -------
    float
        From 0 to 1 - 1 / k.

    Raises
    ------
    Cancelled
        When `cancelled` returned true.
    """
    nodes, shares = _quadrature(max(_FEWEST_NODES, min(_NODES, _ALL_NODES // mixture.k)), mixture.d)
    factors = np.linalg.cholesky(mixture.covariances)
    rate = 0.0
    for weight, mean, factor in zip(mixture.weights, mixture.means, factors, strict=True):
        if cancelled():
            raise Cancelled
        if weight > 0:
            largest = mixture.responsibilities(mean + nodes @ factor.T).max(axis=1)
            rate += float(weight * (shares @ (1 - largest)))
    return max(rate, 0.0)


@lru_cache(maxsize=8)
def _quadrature(n: int, d: int) -> tuple[FloatArray, FloatArray]:
    """Nodes (n, d) and their shares (n,) of a standard normal."""
    from scipy.special import ndtri

    ranks = np.arange(n) + 0.5
    if d == 1:
        nodes = np.asarray(ndtri(ranks / n))[:, None]
    else:
        radii, turns = np.sqrt(-2 * np.log1p(-ranks / n)), _GOLDEN_ANGLE * ranks
        nodes = np.column_stack([radii * np.cos(turns), radii * np.sin(turns)])
    nodes = _WIDER * nodes
    shares = np.exp(-0.5 * (1 - _WIDER**-2) * np.square(nodes).sum(axis=1))
    return nodes, shares / shares.sum()


def scaled(mixture: Mixture, factor: float) -> Mixture:
    """The mixture with all standard deviations times a factor; the means stay."""
    return Mixture(mixture.weights, mixture.means, mixture.covariances * factor**2)


def with_overlap(
    family: Callable[[float], Mixture], rate: float, cancelled: Callable[[], bool] = never
) -> Mixture:
    """The member of a family of mixtures whose misclassification rate is the one wanted.

    Parameters
    ----------
    family : callable
        Gives a mixture for every scale above 0, such as ``partial(scaled, mixture)``. The larger
        the scale, the more its components overlap.
    rate : float
        From 0 to 0.5. 0 is taken for one in a million.
    cancelled : callable

    Returns
    -------
    Mixture
        The rate of this very mixture is `rate`, to within 1e-5 of the scale. Where several scales
        have that rate, it is one near 1.

    Raises
    ------
    InputError
        When no scale has such a rate; the message says which rates there are.
    Cancelled
        When `cancelled` returned true.
    """
    from scipy.optimize import brentq

    wanted = max(rate, _LEAST)

    def above(logarithm: float) -> float:
        return misclassification_rate(family(float(np.exp(logarithm))), cancelled) - wanted

    step = float(np.log(2)) if above(0.0) < 0 else -float(np.log(2))
    near = 0.0
    while abs(near) < np.log(_FURTHEST):
        far = near + step
        if above(far) * step >= 0:
            return family(float(np.exp(brentq(above, near, far, xtol=_PRECISION))))
        near = far
    low, high = (misclassification_rate(family(s), cancelled) for s in (1 / _FURTHEST, _FURTHEST))
    raise InputError(
        "Clusters of these shapes and weights cannot overlap by {rate:.3g} %, only by {low:g} to "
        "{high:g} %.",
        rate=100 * rate,
        low=math.ceil(1000 * min(low, high)) / 10,
        high=math.floor(1000 * max(low, high)) / 10,
    )
