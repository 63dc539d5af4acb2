"""Deterministic annealing EM (Ueda and Nakano 1998): from a blurred likelihood to the sharp one.

The responsibilities are those of the weighted densities taken to a power beta, the inverse
temperature, which rises from a start value to 1, where the rule is exact EM. At a fixed temperature
the free energy

    F = -1/beta sum_i w_i log sum_j (weight_j N(x_i; j))^beta

never rises; at beta = 1 it is minus the log-likelihood. Once it has settled at a temperature, that
is lowered. When hot, components attract each other until their means are the same, and what is the
same would stay so for ever: below beta = 1 components with free covariances never part by
themselves. So such means are moved apart whenever it cools, each to a place drawn from its
component, whose covariance shrinks by as much: together they cover what they covered. Which optimum
is found depends on that, and so on the random state, and on the start less than with exact EM; it
is not sure to be a better one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.kernel import Parameters
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.steps import Event
from gmm_studio.core.update_rule import Moved, Seen, Setting, Verdict

__all__ = ["HOTTEST", "Annealing", "Temperature"]

HOTTEST = 0.6
"""The beta that it begins with. Hotter, most clouds melt to one place, and the start is lost."""

RATE = 1.1
"""By what beta is multiplied at each cooling."""

LEVELS = math.ceil(math.log(1 / HOTTEST) / math.log(RATE))
"""How often it cools."""

SETTLED = 1e-5
"""While hot, the free energy has settled when it changes by less than this times W."""

PATIENCE = 30
"""Steps after which a temperature above the last is left in any case."""

TOGETHER = 0.1
"""In sigma: means that are closer coincide."""

LEFT = 0.25
"""The share of the covariance that is left to components whose means are moved apart; the rest is
the covariance of the places they are moved to."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """The temperature of a step.

    Attributes
    ----------
    level : int
        How often it has cooled.
    steps : int
        How many steps there were before at this temperature.
    before : float or None
        The free energy of the step before; None for the first at this temperature.
    settled : bool
        Whether the free energy has settled, so that it cools next, or ends.
    """

    level: int = 0
    steps: int = 0
    before: float | None = None
    settled: bool = False

    @property
    def beta(self) -> float:
        """The inverse temperature, up to 1."""
        return 1.0 if self.level >= LEVELS else HOTTEST * RATE**self.level


class Annealing:
    """The rule of deterministic annealing EM."""

    def begin(self, setting: Setting, mixture: Mixture) -> Temperature:
        """As hot as it gets."""
        return Temperature()

    def look(self, setting: Setting, mixture: Mixture, state: Temperature) -> Seen:
        """The free energy at the temperature of the state; the log-likelihood is always at 1."""
        parameters, beta = setting.parameters(mixture), state.beta
        moments = setting.moments(parameters, beta=beta)
        power = float(moments.log_likelihood[0])
        if beta == 1:
            return Seen(power, -power, moments)
        plain = setting.moments(parameters)
        return Seen(float(plain.log_likelihood[0]), -power / beta, moments)

    def judge(self, setting: Setting, mixture: Mixture, state: Temperature, seen: Seen) -> Verdict:
        """Converged when the free energy has settled at the last temperature."""
        assert seen.objective is not None
        last, tolerance = state.beta == 1, setting.configuration.tolerance
        limit = tolerance if last else max(tolerance, SETTLED)
        settled = state.before is not None and setting.is_small(
            seen.objective - state.before, limit
        )
        settled |= not last and state.steps >= PATIENCE
        return Verdict(replace(state, settled=settled), last and settled)

    def move(
        self, setting: Setting, index: int, mixture: Mixture, state: Temperature, seen: Seen
    ) -> Moved:
        """The M-step at this temperature, or at the next."""
        parameters = setting.parameters(mixture)
        if not state.settled or state.beta == 1:
            update = setting.maximise(parameters, seen.moments, beta=state.beta)
            return Moved(update, Temperature(state.level, state.steps + 1, seen.objective))
        cooler = Temperature(state.level + 1)
        parameters, moved = _apart(setting, parameters, cooler.level)
        moments = setting.moments(parameters, beta=cooler.beta)
        update = setting.maximise(parameters, moments, beta=cooler.beta)
        events = Event("cooled"), *(Event("jittered", j) for j in moved)
        return Moved(update, cooler, events)


def _apart(setting: Setting, parameters: Parameters, level: int) -> tuple[Parameters, list[int]]:
    """Means that coincide, moved apart; and whose they were."""
    configuration = setting.configuration
    means, covariances = parameters.means[0], parameters.covariances[0]
    together = _distances(means, covariances) < TOGETHER
    alive = parameters.weights[0] > 0
    together &= alive[:, None] & alive
    np.fill_diagonal(together, False)
    together[list(configuration.locked)] = False
    moved = np.flatnonzero(together.any(axis=1))
    if len(moved) == 0:
        return parameters, []
    noise = np.random.default_rng([configuration.random_state, level]).standard_normal(means.shape)
    steps = (np.linalg.cholesky(covariances) @ noise[:, :, None])[:, :, 0]
    means, covariances = means.copy(), covariances.copy()
    means[moved] += math.sqrt(1 - LEFT) * steps[moved]
    if not (configuration.locked and configuration.covariance == "tied"):
        covariances[moved] *= LEFT
    return Parameters(parameters.weights, means[None], covariances[None]), moved.tolist()


def _distances(means: FloatArray, covariances: FloatArray) -> FloatArray:
    """Row j: the distances (k, k) to all means in sigmas of component j."""
    whiteners = np.linalg.inv(np.linalg.cholesky(covariances))
    steps = means[None] - means[:, None]
    z = np.einsum("jab,jib->jia", whiteners, steps)
    return np.asarray(np.sqrt((z * z).sum(axis=2)))
