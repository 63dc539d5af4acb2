"""A step in one or two plain sentences, for somebody who has never met EM."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.em import Step
from gmm_studio.core.observations import (
    Converged,
    Emptied,
    Fell,
    Fighting,
    Floored,
    Gained,
    Moved,
    NearlyStopped,
    Observation,
    Rose,
    Shrinking,
    Started,
)
from gmm_studio.gui.explanation.rule_facts import RuleFacts
from gmm_studio.gui.numbers import log_likelihood, number

__all__ = ["narrate", "narrate_collapse", "narrate_e_step"]

_MOST = 2
_LEAST_SIGMAS, _LEAST_POINTS = 0.01, 0.1
"""A smaller move or change is not worth a sentence."""

_ROUNDING = 1e-12
"""A smaller rise of the log-likelihood per point is none."""


_EXACT = RuleFacts()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Narration", text)


def narrate(
    observations: Sequence[Observation], *, weighted: bool = False, aspect: float = 1.0
) -> tuple[str, ...]:
    """At most two sentences about a step.

    Parameters
    ----------
    observations : sequence of Observation
        The most telling first, as `observe` gives them.
    weighted : bool
        The points have sample weights, so that amounts are no numbers of points.
    aspect : float
        How long the view shows a unit of y beside a unit of x: directions are those on the screen.
    """
    told: list[Observation] = []
    for observation in observations:
        if len(told) < _MOST and _matters(observation, told):
            told.append(observation)
    view = _View(weighted, aspect)
    return tuple(_sentence(observation, view) for observation in told)


def narrate_collapse(component: int) -> str:
    """The sentence of a run that ended because a component (from 0) was about to collapse."""
    text = _tr(
        "Component {j} would collapse onto single points in the next step, and its likelihood "
        "grow without bound: the run ends here."
    )
    return text.format(j=component + 1)


def narrate_e_step(
    steps: Sequence[Step],
    t: int,
    total_weight: float,
    *,
    weighted: bool = False,
    facts: RuleFacts = _EXACT,
) -> str:
    """One sentence about the E-step of iteration t, from 1: colours change, nothing moves.

    Parameters
    ----------
    steps : sequence of Step
        From the start on. Once step t is among them its weights tell what the responsibilities of
        each component add up to.
    t : int
    total_weight : float
        W.
    weighted : bool
        As `narrate` takes it.
    facts : RuleFacts
        How the update rule makes the step.
    """
    if steps[0].mixture.k == 1:
        return _tr("There is only one component: all points are its own, and nothing moves.")
    if t >= len(steps) or not facts.weights_are_shares:
        return _tr(
            "Each point takes the colours of the components in proportion to their "
            "responsibilities; nothing moves."
        )
    counts = total_weight * steps[t].mixture.weights
    changes = counts - total_weight * steps[t - 1].mixture.weights
    j = int(abs(changes).argmax())
    points = _points(float(counts[j]), weighted)
    change = float(changes[j])
    first, more, less = _labelled_texts() if facts.labels else _shared_texts()
    text = more if change > 0 else less
    if t == 1 or abs(change) < _LEAST_POINTS:
        text = first
    return text.format(j=j + 1, points=points, change=_count(abs(change)))


def _shared_texts() -> tuple[str, str, str]:
    return (
        _tr("The points take new colours; the shares of component {j} add up to {points}."),
        _tr(
            "The points take new colours; the shares of component {j} add up to {points}, "
            "{change} more than before."
        ),
        _tr(
            "The points take new colours; the shares of component {j} add up to {points}, "
            "{change} less than before."
        ),
    )


def _labelled_texts() -> tuple[str, str, str]:
    return (
        _tr("Each point is given to one component; component {j} gets {points}."),
        _tr(
            "Each point is given to one component; component {j} gets {points}, {change} more than "
            "before."
        ),
        _tr(
            "Each point is given to one component; component {j} gets {points}, {change} less than "
            "before."
        ),
    )


@dataclass(frozen=True, slots=True)
class _View:
    weighted: bool
    aspect: float


def _matters(observation: Observation, told: Sequence[Observation]) -> bool:
    """Whether an observation can be seen and says something beside those that are told already."""
    if isinstance(observation, Moved):
        return observation.sigmas >= _LEAST_SIGMAS
    if isinstance(observation, Gained):
        return observation.points >= _LEAST_POINTS
    if isinstance(observation, Rose):
        return not any(isinstance(other, NearlyStopped | Converged) for other in told)
    if isinstance(observation, Shrinking):
        held = (other.components for other in told if isinstance(other, Floored))
        return not any(observation.component in components for components in held)
    return True


@singledispatch
def _sentence(observation: Observation, view: _View) -> str:
    """The sentence of an observation; every kind has its own."""
    raise TypeError(type(observation).__name__)


@_sentence.register
def _(observation: Started, view: _View) -> str:
    if observation.k == 1:
        return _tr("The start: one component.")
    if observation.alike:
        return _tr("The start: {k} components that differ only in their means.").format(
            k=observation.k
        )
    return _tr("The start: {k} components.").format(k=observation.k)


@_sentence.register
def _(observation: Moved, view: _View) -> str:
    text = _tr("Component {j} moves most: {sigmas} sigma {direction}.")
    return text.format(
        j=observation.component + 1,
        sigmas=number(observation.sigmas, 1 if observation.sigmas < 1 else 2),
        direction=_direction(observation.displacement, view.aspect),
    )


@_sentence.register
def _(observation: Gained, view: _View) -> str:
    if math.isclose(observation.points, observation.lost, rel_tol=1e-6):
        text = _tr("Component {j} takes {points} from component {i}.")
    else:
        text = _tr("Component {j} gains most, {points}; component {i} loses most, {lost}.")
    return text.format(
        j=observation.component + 1,
        i=observation.loser + 1,
        points=_points(observation.points, view.weighted),
        lost=_count(observation.lost),
    )


@_sentence.register
def _(observation: Rose, view: _View) -> str:
    if 0.5 < observation.share < 1:
        text = _tr("The log-likelihood rises by {amount}, more than in all steps before together.")
    else:
        text = _tr("The log-likelihood rises by {amount}.")
    return text.format(amount=_change(observation.amount))


@_sentence.register
def _(observation: NearlyStopped, view: _View) -> str:
    amount, rate, remaining = observation.amount, observation.rate, observation.remaining
    if observation.per_point < _ROUNDING:
        return _tr("The fit has stopped: the log-likelihood rises no more.")
    if rate is None:
        text = _tr("The fit has nearly stopped: the log-likelihood rises by only {amount}.")
    elif rate >= 1:
        text = _tr("The fit is slow but gathers speed: each rise is larger than the last one.")
    elif remaining is None:
        text = _tr("The fit has nearly stopped: each rise is {rate} the last one.")
    elif remaining == 1:
        text = _tr(
            "The fit has nearly stopped: each rise is {rate} the last one, about 1 more iteration "
            "to go."
        )
    else:
        text = _tr(
            "The fit has nearly stopped: each rise is {rate} the last one, about {remaining} more "
            "iterations to go."
        )
    rest = "" if remaining is None else f"{remaining:,}"
    return text.format(amount=_change(amount), rate=_multiple(rate), remaining=rest)


@_sentence.register
def _(observation: Converged, view: _View) -> str:
    return _tr("The fit has converged: the log-likelihood changed by less than the tolerance.")


@_sentence.register
def _(observation: Fighting, view: _View) -> str:
    if observation.identical:
        text = _tr("Components {i} and {j} are equal: EM treats them alike.")
    else:
        text = _tr("Components {i} and {j} fight over the same points.")
    return text.format(i=observation.first + 1, j=observation.second + 1)


@_sentence.register
def _(observation: Shrinking, view: _View) -> str:
    points = _about(observation.points, view.weighted)
    if not observation.few:
        text = _tr(
            "Component {j} becomes a thin line or a single place: there the likelihood has no "
            "bound (a singularity)."
        )
    elif observation.bounded:
        text = _tr(
            "Component {j} shrinks onto {points}: but for the variance floor the likelihood could "
            "grow without bound (a singularity)."
        )
    else:
        text = _tr(
            "Component {j} shrinks onto {points}: on a single one the likelihood would grow "
            "without bound (a singularity)."
        )
    return text.format(j=observation.component + 1, points=points)


@_sentence.register
def _(observation: Floored, view: _View) -> str:
    components = observation.components
    if len(components) > 1:
        text = _tr("{n} components are as narrow as the variance floor lets them be.")
    elif observation.new:
        text = _tr("Component {j} has become so narrow that the variance floor holds it.")
    else:
        text = _tr("The variance floor still holds component {j}.")
    return text.format(n=len(components), j=components[0] + 1)


@_sentence.register
def _(observation: Emptied, view: _View) -> str:
    if len(observation.components) > 1:
        text = _tr("{n} components have lost their last points: their weights are now 0.")
    else:
        text = _tr("Component {j} has lost its last points: its weight is now 0.")
    return text.format(n=len(observation.components), j=observation.components[0] + 1)


@_sentence.register
def _(observation: Fell, view: _View) -> str:
    text = {
        "emptied": _tr(
            "The log-likelihood falls by {amount}: a component was emptied, which is no part of EM."
        ),
        "floor": _tr(
            "The log-likelihood falls by {amount}: EM alone never lowers it, but the variance "
            "floor acted in this step."
        ),
        "rounding": _tr(
            "The log-likelihood falls by {amount}: EM never lowers it, so this is rounding."
        ),
        "hard_priors": _tr(
            "The log-likelihood falls by {amount}: weights that count the points are not those "
            "that maximise it."
        ),
        "classification": _tr(
            "The log-likelihood falls by {amount}: classification EM raises the classification "
            "likelihood instead."
        ),
        "stochastic": _tr(
            "The log-likelihood falls by {amount}: the points' components were drawn at random."
        ),
        "hot": _tr(
            "The log-likelihood falls by {amount}: while it is hot, annealing lowers the free "
            "energy instead."
        ),
        "cooled": _tr(
            "The log-likelihood falls by {amount}: the temperature has changed, and with it what "
            "annealing improves."
        ),
        "moved": _tr(
            "The log-likelihood falls by {amount}: two components were merged and one was split; "
            "EM goes on from there."
        ),
        "taken_back": _tr(
            "The log-likelihood falls by {amount}: the gain was too small, so the move is taken "
            "back."
        ),
    }[observation.because]
    return text.format(amount=_change(observation.amount))


def _direction(displacement: Sequence[float], aspect: float) -> str:
    """Which way on the screen, to the nearest of eight directions (of two in one dimension)."""
    across, up = displacement[0], aspect * displacement[1] if len(displacement) == 2 else 0.0
    ways = (
        _tr("to the right"),
        _tr("towards the upper right"),
        _tr("upwards"),
        _tr("towards the upper left"),
        _tr("to the left"),
        _tr("towards the lower left"),
        _tr("downwards"),
        _tr("towards the lower right"),
    )
    return ways[round(math.atan2(up, across) / (math.pi / 4)) % 8]


def _change(amount: float) -> str:
    """A difference of log-likelihoods."""
    return log_likelihood(amount) if abs(amount) >= 0.995 else number(amount, 2)


def _count(value: float) -> str:
    """How many, of what can be shared: a decimal below 10, none from there on."""
    if 0.1 <= value < 9.95:
        return f"{value:.1f}"
    return f"{value:,.0f}" if 9.95 <= value < 1e9 else number(value, 2)


def _points(value: float, weighted: bool) -> str:
    count = _count(value)
    return (_tr("{count} of the sample weight") if weighted else _tr("{count} points")).format(
        count=count
    )


def _about(value: float, weighted: bool) -> str:
    """A number of points, where a component has closed in on them."""
    if weighted:
        return _tr("a few points")
    whole = max(1, round(value))
    return _tr("about 1 point") if whole == 1 else _tr("about {n} points").format(n=whole)


def _multiple(rate: float | None) -> str:
    if rate is None:
        return ""
    if rate >= 0.995:
        return _tr("nearly as large as")
    return _tr("{rate} times").format(rate=number(rate, 2))
