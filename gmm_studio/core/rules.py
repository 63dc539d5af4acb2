"""The update rules beside exact EM, and how they are iterated."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np

from gmm_studio.core.annealing import Annealing, Temperature
from gmm_studio.core.classification import Classification, Labelling
from gmm_studio.core.configuration import Rule
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.maximisation import Update, degenerate_component, hold_mixture
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.split_and_merge import Search, SplitAndMerge
from gmm_studio.core.steps import FELL, Event, Step, Stop, events_of
from gmm_studio.core.stochastic import Drawing, Stochastic
from gmm_studio.core.update_rule import Seen, Setting, UpdateRule, Verdict

__all__ = [
    "Drawing",
    "Labelling",
    "Search",
    "Temperature",
    "iterate_by_rule",
    "rule_of",
]

_RULES: dict[str, tuple[UpdateRule[Any], type[object]]] = {
    "classification": (Classification(), Labelling),
    "stochastic": (Stochastic(), Drawing),
    "annealing": (Annealing(), Temperature),
    "split-and-merge": (SplitAndMerge(), Search),
}


def rule_of(name: Rule, resume: Step | None = None) -> UpdateRule[Any]:
    """The rule of this name, which is not "em".

    Raises
    ------
    InputError
        When the step to resume from was made by another.
    """
    rule, state = _RULES[name]
    if resume is not None and not isinstance(resume.state, state):
        raise InputError("The step to go on from was made by another update rule.")
    return rule


def iterate_by_rule(
    setting: Setting,
    rule: UpdateRule[Any],
    first: Mixture,
    events: tuple[Event, ...],
    resume: Step | None,
) -> Generator[Step, None, Stop]:
    """Yield the start and then each step from it, or only the steps after one of them.

    Parameters
    ----------
    setting : Setting
    rule : UpdateRule
    first : Mixture
        That of the start, or of the step to resume from.
    events : tuple of Event
        Those of the start.
    resume : Step or None
    """
    try:
        return (yield from _iterate(setting, rule, first, events, resume))
    except Cancelled:
        return Stop("cancelled")


def _iterate(
    setting: Setting,
    rule: UpdateRule[Any],
    mixture: Mixture,
    events: tuple[Event, ...],
    resume: Step | None,
) -> Generator[Step, None, Stop]:
    configuration = setting.configuration
    state: object = rule.begin(setting, mixture) if resume is None else resume.state
    index = 0 if resume is None else resume.index
    before = -np.inf
    while True:
        seen = rule.look(setting, mixture, state)
        if resume is None or index > resume.index:
            verdict = rule.judge(setting, mixture, state, seen)
            state = verdict.state
            if seen.log_likelihood < before - FELL * setting.data.total_weight:
                events += (Event("fell"),)
            yield _step(index, mixture, seen, verdict, events)
            if verdict.converged:
                return Stop("converged")
        if index >= configuration.max_iterations:
            return Stop("iteration_limit")
        following, state, events = rule.move(setting, index, mixture, state, seen)
        if isinstance(following, Update):
            component = degenerate_component(following, configuration.variance_floor)
            if component is not None:
                return Stop("degenerate", component)
            events = events_of(following) + events
            mixture = _mixture(setting, following, mixture)
        else:
            mixture = following
        before = seen.log_likelihood
        index += 1


def _step(
    index: int, mixture: Mixture, seen: Seen, verdict: Verdict, events: tuple[Event, ...]
) -> Step:
    return Step(
        index,
        mixture,
        seen.log_likelihood,
        events + verdict.events,
        seen.objective,
        verdict.state,
    )


def _mixture(setting: Setting, update: Update, before: Mixture) -> Mixture:
    """In the units of the data; what is locked as before, to the last bit."""
    mixture = setting.data.mixture(update.parameters)
    configuration = setting.configuration
    if not configuration.locked:
        return mixture
    return hold_mixture(mixture, before, configuration.locked, configuration.covariance)
