"""What happened in a step, as facts that a sentence can be made of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from gmm_studio.core.annealing import Temperature
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import FELL, Step
from gmm_studio.core.mixture import ROUNDING, Mixture, smallest_eigenvalues

__all__ = [
    "Converged",
    "Emptied",
    "Fell",
    "FellBecause",
    "Fighting",
    "Floored",
    "Gained",
    "Moved",
    "NearlyStopped",
    "Observation",
    "Rose",
    "Shrinking",
    "Started",
    "observe",
    "overlaps",
    "scikit_learn_stop",
]

FellBecause: TypeAlias = Literal[
    "emptied",
    "floor",
    "rounding",
    "hard_priors",
    "classification",
    "stochastic",
    "hot",
    "cooled",
    "moved",
    "taken_back",
]
"""What can make the log-likelihood fall. The first three are all there is by exact EM; the others
are weights by counting, the hard or drawn labels of a rule that is not about
the log-likelihood, annealing while it is hot or at its last cooling, and split-and-merge making a
move or taking it back."""

_MOST_GAINED = 0.1
"""A gain above this share of W is told before the rise of the log-likelihood."""

_LARGE_MOVE = 0.1
"""In sigma: below it, what the components do to each other says more than how far they move."""

_OVERLAP = 0.8
"""A Bhattacharyya coefficient from which two Gaussians lie over the same points: their means are
less than 1.34 sigma apart where they are of one shape."""

_EQUAL = 1 - 1e-12
"""An overlap of Gaussians that are the same to about a millionth of a sigma."""

_TINY_WEIGHT = 0.2
"""Times 1 / k: a component of less weight fights with nobody."""

_SLOW = 10.0
"""A change below this times the tolerance has nearly stopped."""

_SLOW_AT_LEAST, _SLOW_AT_MOST = 1e-6, 1e-3
"""Whatever the tolerance, in log-likelihood per point."""

_NOISE = 1e-12
"""A change below this times the log-likelihood cannot be told from rounding."""

_WINDOW = 5
"""How many steps back to look for what a component was."""

_FEW = 10.0
_NARROW, _NARROW_ON_MANY = 1e-2, 1e-5
"""The smallest eigenvalue of a component that collapses is below this times the cloud's mean
variance: of one on few points, of one on many."""

_BESIDE_OTHERS = 0.05
"""And below this times what it is among the components."""


@dataclass(frozen=True, slots=True)
class Started:
    """Nothing has happened yet. Components are `alike` if only their means differ."""

    k: int
    alike: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The mean that moved farthest.

    Attributes
    ----------
    component : int
        From 0.
    sigmas : float
        The Mahalanobis distance under the component's covariance before the step.
    distance : float
        In the units of the data.
    displacement : tuple of float
        One for each axis, in the units of the data.
    """

    component: int
    sigmas: float
    distance: float
    displacement: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Gained:
    """The component whose weight grew most, and the one whose weight fell most.

    Attributes
    ----------
    component, loser : int
        From 0.
    points, lost : float
        The changes of their weights times W, both positive.
    """

    component: int
    points: float
    loser: int
    lost: float


@dataclass(frozen=True, slots=True)
class Rose:
    """The log-likelihood rose.

    Attributes
    ----------
    amount, per_point : float
        Per point: divided by W.
    share : float
        Of the whole rise since the start.
    """

    amount: float
    per_point: float
    share: float


@dataclass(frozen=True, slots=True)
class NearlyStopped:
    """The log-likelihood hardly changes any more.

    Attributes
    ----------
    amount, per_point : float
        Its change.
    rate : float or None
        This change over the one before, where both are rises beyond rounding: below 1 the rate of
        linear convergence, from 1 up a plateau that is being left.
    remaining : int or None
        How many iterations more, at this rate, to a change below the tolerance; None where that
        is not to be expected within the limit.
    """

    amount: float
    per_point: float
    rate: float | None
    remaining: int | None


@dataclass(frozen=True, slots=True)
class Converged:
    """The log-likelihood changed by less than the tolerance times W."""

    amount: float
    per_point: float


@dataclass(frozen=True, slots=True)
class Fighting:
    """Two components lie over the same points; the two that do so most.

    Attributes
    ----------
    first, second : int
        From 0, the lower number first.
    overlap : float
        Their Bhattacharyya coefficient, from 0 to 1.
    identical : bool
        Whether mean and covariance are the same but for rounding: both then get the same step.
    """

    first: int
    second: int
    overlap: float
    identical: bool


@dataclass(frozen=True, slots=True)
class Shrinking:
    """A component collapses: the singularity of a mixture's likelihood (Bishop 2006, 9.2.1).

    Attributes
    ----------
    component : int
        From 0.
    points : float
        Its weight times W.
    few : bool
        Whether those are few points; if not, they lie on a line or in one place.
    shrunk : float
        Its smallest standard deviation as a share of what it was at most five steps ago.
    bounded : bool
        Whether a variance floor ends it.
    """

    component: int
    points: float
    few: bool
    shrunk: float
    bounded: bool


@dataclass(frozen=True, slots=True)
class Floored:
    """Components (from 0) whose covariance touched the variance floor; `new` if one just did."""

    components: tuple[int, ...]
    new: bool


@dataclass(frozen=True, slots=True)
class Emptied:
    """Components (from 0) that lost their last points."""

    components: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fell:
    """The log-likelihood fell, by a positive amount, and what may have made it fall."""

    amount: float
    per_point: float
    because: FellBecause


Observation: TypeAlias = (
    Started
    | Moved
    | Gained
    | Rose
    | NearlyStopped
    | Converged
    | Fighting
    | Shrinking
    | Floored
    | Emptied
    | Fell
)


def observe(
    steps: Sequence[Step],
    t: int,
    total_weight: float,
    configuration: Configuration,
    n_points: int | None = None,
) -> tuple[Observation, ...]:
    """What happened in step t of a run, the most telling first.

    The cost does not depend on the cloud.

    Parameters
    ----------
    steps : sequence of Step
        From the start on; what comes after step t is not looked at.
    t : int
        From 0.
    total_weight : float
        W.
    configuration : Configuration
    n_points : int, optional
        The number of rows, where sample weights make it another than W.

    Returns
    -------
    tuple of Observation
    """
    step, mixture = steps[t], steps[t].mixture
    if t == 0:
        # Equal covariances overlap: at the start that tells nothing.
        equal = (fact for fact in _fighting(mixture) if fact.identical)
        return (_started(mixture), *equal, *_floored(steps, 0))
    before = steps[t - 1].mixture
    likelihood = list(_likelihood(steps, t, total_weight, configuration))
    floored = list(_floored(steps, t))
    rows = total_weight if n_points is None else n_points
    rare: list[Observation] = [fact for fact in likelihood if isinstance(fact, Fell)]
    rare += _emptied(step)
    rare += [fact for fact in likelihood if isinstance(fact, Converged)]
    rare += [fact for fact in floored if fact.new]
    rare += _shrinking(steps, t, total_weight, rows, configuration)
    rare += [fact for fact in likelihood if isinstance(fact, NearlyStopped)]
    rose = [fact for fact in likelihood if isinstance(fact, Rose)]
    moved, gained = list(_moved(before, mixture)), list(_gained(before, mixture, total_weight))
    usual = _usual(moved, gained, rose, list(_fighting(mixture)), total_weight)
    return (*rare, *usual, *(fact for fact in floored if not fact.new))


def scikit_learn_stop(log_likelihoods: Sequence[float], total_weight: float) -> int | None:
    """Where scikit-learn's GaussianMixture would have stopped by its default tolerance.

    The first t >= 2 with L_(t-1) - L_(t-2) < 1e-3 W. It looks at the log-likelihood of the mixture
    that an iteration begins with, so it notices one iteration late.

    Parameters
    ----------
    log_likelihoods : sequence of float
        L_0, L_1, ...
    total_weight : float
        W.

    Returns
    -------
    int or None
        scikit-learn's ``n_iter_``, which is the index of the step that it returns; that may be one
        after the last step given. None where none of them is it.
    """
    for t in range(2, len(log_likelihoods) + 1):
        if log_likelihoods[t - 1] - log_likelihoods[t - 2] < 1e-3 * total_weight:
            return t
    return None


def overlaps(mixture: Mixture) -> FloatArray:
    """The Bhattacharyya coefficient of every two components, shape (k, k) (Bhattacharyya 1943).

    The integral of the root of the product of two densities: 1 where they are the same, 0 where
    they have nothing in common. Weights play no part.
    """
    covariances = mixture.covariances
    middle = 0.5 * (covariances[:, None] + covariances[None])
    steps = mixture.means[:, None] - mixture.means[None]
    own = _log_determinants(covariances)
    with np.errstate(over="ignore"):
        exponent = 0.125 * _mahalanobis(steps, middle) ** 2
    exponent += 0.5 * _log_determinants(middle) - 0.25 * (own[:, None] + own[None])
    return np.asarray(np.exp(-np.maximum(exponent, 0.0)))


def _usual(
    moved: list[Moved],
    gained: list[Gained],
    rose: list[Rose],
    fighting: list[Fighting],
    total_weight: float,
) -> list[Observation]:
    """What happens in most steps, in the order of what there is to see."""
    if moved and moved[0].sigmas >= _LARGE_MOVE:
        if gained and gained[0].points > _MOST_GAINED * total_weight:
            return [*moved, *gained, *rose, *fighting]
        return [*moved, *rose, *fighting, *gained]
    return [*fighting, *rose, *moved, *gained]


def _started(mixture: Mixture) -> Started:
    weights, covariances = mixture.weights, mixture.covariances
    alike = np.ptp(weights) <= 1e-9 and np.allclose(covariances, covariances[0], rtol=1e-9, atol=0)
    return Started(mixture.k, bool(alike))


def _likelihood(
    steps: Sequence[Step], t: int, total_weight: float, configuration: Configuration
) -> Iterator[Fell | Converged | NearlyStopped | Rose]:
    values = [step.log_likelihood for step in steps[max(0, t - 2) : t + 1]]
    amount = values[-1] - values[-2]
    if not math.isfinite(amount):
        return
    per_point = amount / total_weight
    if per_point < -FELL:
        yield Fell(-amount, -per_point, _fell_because(steps[t], configuration))
    if not _is_em(steps[t], configuration):
        pass
    elif abs(per_point) < configuration.tolerance:
        yield Converged(amount, per_point)
    elif abs(per_point) < min(max(_SLOW * configuration.tolerance, _SLOW_AT_LEAST), _SLOW_AT_MOST):
        rate = _rate(values, total_weight)
        remaining = _remaining(per_point, rate, configuration, t)
        yield NearlyStopped(amount, per_point, rate, remaining)
    if amount > 0:
        whole = values[-1] - steps[0].log_likelihood
        share = amount / whole if math.isfinite(whole) and whole > 0 else 1.0
        yield Rose(amount, per_point, min(1.0, share))


def _is_em(step: Step, configuration: Configuration) -> bool:
    """Whether a small change of the log-likelihood means that the run is near its end."""
    if isinstance(step.state, Temperature):
        return step.state.beta == 1
    return configuration.rule == "em"


def _fell_because(step: Step, configuration: Configuration) -> FellBecause:
    kinds = {event.kind for event in step.events}
    if configuration.rule == "classification" or configuration.rule == "stochastic":
        return configuration.rule
    if "cooled" in kinds or (isinstance(step.state, Temperature) and step.state.beta < 1):
        return "cooled" if "cooled" in kinds else "hot"
    if "split" in kinds:
        return "moved"
    if "taken_back" in kinds:
        return "taken_back"
    if configuration.hard_priors:
        return "hard_priors"
    if "emptied" in kinds:
        return "emptied"
    return "floor" if "floor" in kinds else "rounding"


def _rate(values: Sequence[float], total_weight: float) -> float | None:
    if len(values) < 3:
        return None
    now, last = values[2] - values[1], values[1] - values[0]
    noise = _NOISE * max(abs(values[2]), total_weight)
    return now / last if min(now, last) > noise and math.isfinite(last) else None


def _remaining(
    per_point: float, rate: float | None, configuration: Configuration, t: int
) -> int | None:
    """How often the change must shrink at this rate to fall below the tolerance."""
    tolerance = configuration.tolerance
    if rate is None or rate >= 1 or tolerance == 0:
        return None
    # A last change equal to the tolerance does not end it yet.
    needed = max(1.0, math.log(tolerance / per_point) / math.log(rate))
    return math.ceil(needed) if needed <= configuration.max_iterations - t else None


def _moved(before: Mixture, after: Mixture) -> Iterator[Moved]:
    if before.means.shape != after.means.shape:
        return
    steps = after.means - before.means
    sigmas = _mahalanobis(steps, before.covariances)
    sigmas = np.where((before.weights > 0) & (after.weights > 0), sigmas, 0.0)
    j = int(sigmas.argmax())
    if sigmas[j] > 0:
        displacement = tuple(steps[j].tolist())
        yield Moved(j, float(sigmas[j]), math.hypot(*displacement), displacement)


def _gained(before: Mixture, after: Mixture, total_weight: float) -> Iterator[Gained]:
    if before.k != after.k:
        return
    points = total_weight * (after.weights - before.weights)
    most, least = int(points.argmax()), int(points.argmin())
    if points[most] > 0 > points[least]:
        yield Gained(most, float(points[most]), least, -float(points[least]))


def _fighting(mixture: Mixture) -> Iterator[Fighting]:
    weighty = mixture.weights > _TINY_WEIGHT / mixture.k
    coefficients = np.triu(overlaps(mixture), 1) * (weighty[:, None] & weighty[None])
    first, second = divmod(int(coefficients.argmax()), mixture.k)
    overlap = float(coefficients[first, second])
    if overlap > _OVERLAP:
        yield Fighting(first, second, overlap, overlap > _EQUAL)


def _shrinking(
    steps: Sequence[Step], t: int, total_weight: float, rows: float, configuration: Configuration
) -> Iterator[Shrinking]:
    """The component that collapses, the narrowest where several do."""
    past = [steps[i].mixture for i in (max(0, t - _WINDOW), t - 1, t)]
    mixture = past[-1]
    alive = mixture.weights > 0
    if configuration.covariance == "tied" or len({other.k for other in past}) > 1:
        return
    unit = _mean_variance(mixture)
    then, last, now = (smallest_eigenvalues(other.covariances / unit) for other in past)
    falls = (now < 0.9 * last) & ((now < 0.5 * last) | (now < 0.1 * then)) & alive
    if not falls.any():
        return
    few = mixture.weights * rows < _FEW
    narrow = now < np.where(few, _NARROW, _NARROW_ON_MANY)
    if alive.sum() > 1:
        narrow &= now < _BESIDE_OTHERS * np.median(now[alive])
    collapsing = np.flatnonzero(falls & narrow)
    if len(collapsing):
        j = int(collapsing[now[collapsing].argmin()])
        points = total_weight * float(mixture.weights[j])
        shrunk = math.sqrt(now[j] / then[j]) if then[j] > 0 else 1.0
        bounded = configuration.variance_floor > 0
        yield Shrinking(j, points, bool(few[j]), shrunk, bounded)


def _floored(steps: Sequence[Step], t: int) -> Iterator[Floored]:
    now = _components(steps[t], "floor")
    if now:
        last = _components(steps[t - 1], "floor") if t else ()
        yield Floored(now, not set(now) <= set(last))


def _emptied(step: Step) -> Iterator[Emptied]:
    components = _components(step, "emptied")
    if components:
        yield Emptied(components)


def _components(step: Step, kind: str) -> tuple[int, ...]:
    return tuple(
        event.component
        for event in step.events
        if event.kind == kind and event.component is not None
    )


def _mean_variance(mixture: Mixture) -> float:
    """Of the axes of the whole mixture: that of the cloud, once EM has made a step."""
    weights = mixture.weights[:, None]
    centred = mixture.means - (weights * mixture.means).sum(axis=0)
    variances = np.diagonal(mixture.covariances, axis1=1, axis2=2) + centred * centred
    return float((weights * variances).sum(axis=0).mean())


def _mahalanobis(steps: FloatArray, covariances: FloatArray) -> FloatArray:
    """Lengths of steps (..., d) under covariances (..., d, d)."""
    first = steps[..., 0] / np.sqrt(covariances[..., 0, 0])
    if steps.shape[-1] == 1:
        return np.asarray(abs(first))
    slope, variance = _given_first(covariances)
    return np.asarray(np.hypot(first, (steps[..., 1] - slope * steps[..., 0]) / np.sqrt(variance)))


def _log_determinants(covariances: FloatArray) -> FloatArray:
    first = np.log(covariances[..., 0, 0])
    if covariances.shape[-1] == 1:
        return np.asarray(first)
    return np.asarray(first + np.log(_given_first(covariances)[1]))


def _given_first(covariances: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slope and variance of the second axis given the first."""
    a, b, c = covariances[..., 0, 0], covariances[..., 0, 1], covariances[..., 1, 1]
    slope = b / a
    return slope, np.maximum(c - slope * b, ROUNDING * c)
