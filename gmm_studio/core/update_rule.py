"""What an update rule is: how a step makes the next one, in place of exact EM.

A rule is a function of a cloud, a mixture and a small frozen state, and of nothing else. It works
on the mixture as the step holds it, so that whoever has a step can go on from it, and comes to the
same steps to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.kernel import Assign, Moments, Parameters, StandardCloud, accumulate
from gmm_studio.core.maximisation import Update, maximise_closely
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.steps import Event

__all__ = ["Moved", "Seen", "Setting", "UpdateRule", "Verdict"]

State = TypeVar("State")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one look at the points tells of a mixture.

    Attributes
    ----------
    log_likelihood : float
    objective : float or None
        What the rule improves, where that is not the log-likelihood.
    moments : Moments
        What the M-step works on.
    digest : str
        Two hard labellings of the points with equal digests are the same.
    """

    log_likelihood: float
    objective: float | None
    moments: Moments
    digest: str = ""


class Verdict(NamedTuple):
    """What a rule makes of a step: its state, what it says about it, and whether it is the last."""

    state: object
    converged: bool = False
    events: tuple[Event, ...] = ()


class Moved(NamedTuple):
    """The next mixture: an update, or a mixture there was before; its state and its events."""

    mixture: Update | Mixture
    state: object
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What stays the same in a run."""

    data: StandardCloud
    configuration: Configuration
    cancelled: Callable[[], bool]

    def parameters(self, mixture: Mixture) -> Parameters:
        """The mixture in standard units."""
        return self.data.parameters([mixture])

    def moments(
        self,
        parameters: Parameters,
        *,
        beta: float = 1.0,
        assign: Assign | None = None,
        about: FloatArray | None = None,
    ) -> Moments:
        """A pass over the points; see `accumulate`."""
        return accumulate(self.data, parameters, self.cancelled, about, beta=beta, assign=assign)

    def maximise(
        self,
        parameters: Parameters,
        moments: Moments,
        *,
        beta: float = 1.0,
        assign: Assign | None = None,
        locked: tuple[int, ...] | None = None,
    ) -> Update:
        """The M-step on moments that `beta` and `assign` made; `locked` if not the usual ones."""
        configuration = self.configuration
        return maximise_closely(
            moments,
            parameters,
            configuration.covariance,
            configuration.variance_floor,
            lambda about: self.moments(parameters, beta=beta, assign=assign, about=about),
            configuration.locked if locked is None else locked,
        )

    def is_small(self, change: float, tolerance: float | None = None) -> bool:
        """Whether a change of the objective is below the tolerance times W."""
        limit = self.configuration.tolerance if tolerance is None else tolerance
        return abs(change) / self.data.total_weight < limit


class UpdateRule(Protocol[State]):
    """A way from step to step: look at a step's mixture, judge it, move on to the next."""

    def begin(self, setting: Setting, mixture: Mixture) -> State:
        """The state of the start.

        Raises
        ------
        InputError
            When this start cannot be iterated by the rule.
        """

    def look(self, setting: Setting, mixture: Mixture, state: State) -> Seen:
        """One look at the points; the same before and after the step was judged."""

    def judge(self, setting: Setting, mixture: Mixture, state: State, seen: Seen) -> Verdict:
        """What the state of the step is, now that its objective is known."""

    def move(
        self, setting: Setting, index: int, mixture: Mixture, state: State, seen: Seen
    ) -> Moved:
        """The mixture of the step after that of this index."""
