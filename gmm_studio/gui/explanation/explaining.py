"""What the Explanation tab explains, and its numbers as they are written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Covariance, Mixture, trusted_mixture
from gmm_studio.gui.explanation.rule_facts import RuleFacts
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.numbers import MINUS, number

__all__ = [
    "Explanation",
    "Figure",
    "Terms",
    "covariance_figures",
    "decimals_for",
    "figure",
    "figure_of_log",
    "in_prose",
    "spread",
    "terms",
]

_LOG_10 = math.log(10)
_FEWEST, _MOST = -3, 7
_HELD = 15
_PART = 4
_LONG = 1e7

Figure: TypeAlias = tuple[str, int | None]
"""A number as it is set: its digits, and the power of ten where it has one."""


_EXACT = RuleFacts()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is explained: a step of a run, for a component and perhaps for a point.

    Attributes
    ----------
    moment : Moment
        What of the run is on show.
    before, after : Mixture
        Of step t - 1 (None at the start) and of step t.
    colouring : Mixture or None
        Whose responsibilities are on show; None before the first E-step.
    component : int
        The one to explain, from 0.
    total_weight : float
        W, the number of points where they have no weights.
    columns : tuple of str
        Names of the coordinates.
    point : ndarray, shape (d,), or None
        In the units of the data.
    row : int or None
        The point's number, from 0.
    sentences : tuple of str
        About this very step.
    covariance : {"full", "tied", "diagonal", "spherical"}
        The structure of the covariances.
    weighted : bool
        Whether the points have sample weights: then w_n stands in the sums.
    facts : RuleFacts
        How the update rule makes the step.
    """

    moment: Moment
    before: Mixture | None
    after: Mixture
    colouring: Mixture | None
    component: int
    total_weight: float
    columns: tuple[str, ...]
    point: FloatArray | None = None
    row: int | None = None
    sentences: tuple[str, ...] = ()
    covariance: Covariance = "full"
    weighted: bool = False
    facts: RuleFacts = _EXACT


@dataclass(frozen=True, slots=True)
class Terms:
    """What makes the responsibilities of one point, a number for each component.

    Attributes
    ----------
    log_densities : ndarray, shape (k,)
        log N(x; mean, covariance).
    log_products : ndarray, shape (k,)
        The same plus the logarithm of the weight, times beta; minus infinity where that is 0.
    log_sum : float
        Logarithm of the sum of the products.
    shares : ndarray, shape (k,)
        The responsibilities; zeros where even the logarithms are too small for a number.
    """

    log_densities: FloatArray
    log_products: FloatArray
    log_sum: float
    shares: FloatArray


def terms(mixture: Mixture, point: FloatArray, beta: float = 1.0) -> Terms:
    """The terms of Bayes' rule for a point, shape (d,); annealing takes them to a power beta."""
    even = np.full(mixture.k, 1 / mixture.k)
    plain = trusted_mixture(even, mixture.means, mixture.covariances)
    with np.errstate(all="ignore"):
        densities = plain.component_log_densities(point)[0] + math.log(mixture.k)
        products = beta * (densities + np.log(mixture.weights))
        largest = float(products.max())
        if not math.isfinite(largest):
            return Terms(densities, products, -math.inf, np.zeros(mixture.k))
        log_sum = largest + math.log(float(np.exp(products - largest).sum()))
        return Terms(densities, products, log_sum, np.exp(products - log_sum))


def spread(mixture: Mixture) -> float:
    """Standard deviation of the whole mixture along its widest axis.

    It hardly changes from step to step, and so neither does the number of decimals.
    """
    centred = mixture.means - mixture.means[0]
    between = (centred - mixture.weights @ centred) ** 2
    within = np.diagonal(mixture.covariances, axis1=1, axis2=2)
    return math.sqrt(float((mixture.weights @ (between + within)).max()))


def decimals_for(scale: float, digits: int) -> int:
    """Decimal places that show so many digits of a number of this size; negative for large ones."""
    if not 0 < scale < math.inf:
        return digits - 1
    return digits - 1 - math.floor(math.log10(scale))


def figure(value: float, decimals: int, *, small: bool = True) -> Figure:
    """A number to so many decimals, or to what a float can hold.

    With a power of ten where that would be too long, or (if `small`) would leave nothing of it.
    """
    if not math.isfinite(value):
        return "\N{EN DASH}", None
    size = math.floor(math.log10(abs(value))) if value else 0
    if small and value and abs(value) < 0.95 * 10.0**-decimals:
        return _scientific(value, 2)
    decimals = min(decimals, _HELD - size)
    if value and not _FEWEST <= decimals <= _MOST:
        return _scientific(value, min(max(size + 1 + decimals, 4), 12))
    text = f"{value:,.{min(max(decimals, 0), _MOST)}f}".replace("-", MINUS)
    return (text.removeprefix(MINUS) if not text.strip(f"{MINUS}0.") else text), None


def figure_of_log(logarithm: float) -> Figure:
    """A positive number of any size whose natural logarithm is given."""
    if logarithm == -math.inf:
        return "0", None
    if not math.isfinite(logarithm):
        return "\N{EN DASH}", None
    if -3 <= logarithm / _LOG_10 < 5:
        value = math.exp(logarithm)
        return (f"{value:.4f}" if value < 10 else number(value)), None
    power = math.floor(logarithm / _LOG_10)
    text = f"{10 ** (logarithm / _LOG_10 - power):.1f}"
    return ("1.0", power + 1) if text == "10.0" else (text, power)


def covariance_figures(matrices: tuple[FloatArray, ...], scale: float) -> list[list[Figure]]:
    """The entries of covariances (d, d) that stand together, row by row; `scale` as `spread`."""
    variances = np.concatenate([np.diagonal(matrix) for matrix in matrices])
    if variances.max() >= _LONG:
        return [[_in_long(value) for value in matrix.ravel().tolist()] for matrix in matrices]
    # The variance of a component is a part of that of the whole.
    usual = decimals_for(scale**2 / _PART, 4)
    decimals = max(usual, decimals_for(float(variances.min()), 2))
    if decimals > 6:
        decimals = usual
    result = []
    for matrix in matrices:
        d = len(matrix)
        entries = enumerate(matrix.ravel().tolist())
        # Beside a variance that needs a power of ten, so does what is off the diagonal.
        tiny = float(np.diagonal(matrix).min()) < 10.0**-decimals
        result.append([figure(v, decimals, small=tiny or i % (d + 1) == 0) for i, v in entries])
    return result


def in_prose(value: Figure) -> str:
    """The number within a sentence, where nothing can be raised but by other characters."""
    digits, power = value
    if power is None:
        return digits
    raised = f"{power}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}\N{NO-BREAK SPACE}10{raised}"


def _in_long(value: float) -> Figure:
    return _scientific(value, 4) if value else ("0", None)


def _scientific(value: float, digits: int) -> Figure:
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    return mantissa.replace("-", MINUS), int(power)
