"""How a start is iterated."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from gmm_studio.core.errors import InputError
from gmm_studio.core.maximisation import COLLAPSED
from gmm_studio.core.mixture import COVARIANCES, Covariance

__all__ = ["RULES", "Configuration", "Rule"]

Rule: TypeAlias = Literal["em", "classification", "stochastic", "annealing", "split-and-merge"]
RULES: tuple[Rule, ...] = get_args(Rule)


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
    rule : {"em", "classification", "stochastic", "annealing", "split-and-merge"}
        How a step makes the next mixture: by exact EM, or one of the ways beside it, of which each
        module says what it guarantees.
    random_state : int
        From 0. What a rule draws is drawn from it: the labels of stochastic EM, and where annealing
        moves means that coincide.
    locked : tuple of int
        Components, from 0, whose weight, mean and covariance stay as they are in the start. The
        others share the weight that is left. A tied covariance is that of all components: where one
        of them is locked, it stays for all. Any order, kept sorted.
    previous_means : bool
        Exact EM with covariances about the means before the M-step, each larger by the square of
        its mean's way. The covariances are then the best for the old means and the means the best
        for any covariances (ECM, Meng and Rubin 1993): the log-likelihood never falls, and it rests
        where exact EM does.
    hard_priors : bool
        Exact EM with weights by counting: the weighted share of the points whose unweighted density
        under the new mean and covariance is highest, ties to the lowest number. The log-likelihood
        may fall, and where it rests need not be an optimum.

    Raises
    ------
    InputError
        When a value is out of its range, or the last two are asked of another rule than exact EM.
    """

    covariance: Covariance = "full"
    tolerance: float = 1e-6
    max_iterations: int = 1000
    variance_floor: float = 1e-6
    rule: Rule = "em"
    random_state: int = 0
    locked: tuple[int, ...] = ()
    previous_means: bool = False
    hard_priors: bool = False

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
        if self.rule not in RULES:
            raise InputError(
                "The update rule must be one of {choices}, not {value}.",
                choices=", ".join(RULES),
                value=self.rule,
            )
        if _whole(self.random_state) is None:
            raise InputError("The random state must be a whole number from 0 up.")
        if self.rule != "em" and (self.previous_means or self.hard_priors):
            raise InputError(
                "Previous means and hard priors change a step of exact EM: choose the update rule "
                "em, not {rule}.",
                rule=self.rule,
            )
        object.__setattr__(self, "locked", _components(self.locked))


def _components(values: object) -> tuple[int, ...]:
    """Different components in their order."""
    numbers = [_whole(value) for value in values] if isinstance(values, Iterable) else [None]
    found = {number for number in numbers if number is not None}
    if None in numbers or len(found) < len(numbers):
        raise InputError("The locked components must be different whole numbers from 0 up.")
    return tuple(sorted(found))


def _whole(value: object) -> int | None:
    """A whole number from 0 up, or None."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None
    return number if number >= 0 else None
