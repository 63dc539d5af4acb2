"""The update rules as a person chooses them: a list of names, each with a sentence."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.configuration import RULES, Configuration

__all__ = ["changes_for", "choice_of", "rule_names", "rule_promises"]

_PREVIOUS_MEANS = "previous-means"
_HARD_PRIORS = "hard-priors"
_BOTH = f"{_PREVIOUS_MEANS}+{_HARD_PRIORS}"


def choice_of(configuration: Configuration) -> str:
    """Which of the choices a configuration is."""
    switched = (
        (_PREVIOUS_MEANS, configuration.previous_means),
        (_HARD_PRIORS, configuration.hard_priors),
    )
    return "+".join(name for name, on in switched if on) or configuration.rule


def changes_for(choice: str) -> dict[str, Any]:
    """The fields of a configuration that make it one of the choices."""
    return {
        "rule": choice if choice in RULES else "em",
        "previous_means": choice in (_PREVIOUS_MEANS, _BOTH),
        "hard_priors": choice in (_HARD_PRIORS, _BOTH),
    }


def rule_names() -> dict[str, str]:
    """What people read for each choice."""
    return {
        "em": _tr("Exact EM"),
        _PREVIOUS_MEANS: _tr("Previous means"),
        _HARD_PRIORS: _tr("Hard priors"),
        _BOTH: _tr("Means + hard priors"),
        "classification": _tr("Classification EM"),
        "stochastic": _tr("Stochastic EM"),
        "annealing": _tr("Annealing EM"),
        "split-and-merge": _tr("Split and merge"),
    }


def rule_promises() -> dict[str, str]:
    """What each choice does and guarantees, in a sentence or two."""
    return {
        "em": _tr(
            "Each point counts for every component by its responsibilities. "
            "The log-likelihood never falls."
        ),
        _PREVIOUS_MEANS: _tr(
            "As exact EM, but each covariance is taken about the mean before the step, and so "
            "comes a step late. The log-likelihood never falls, and the end is that of exact EM."
        ),
        _HARD_PRIORS: _tr(
            "As exact EM, but a weight is the share of the points where that component's density "
            "is the highest. The log-likelihood may fall, and the end need not be an optimum."
        ),
        _BOTH: _tr(
            "As exact EM, but covariances are taken about the means before the step, and weights "
            "count the points where each density is the highest. The log-likelihood may fall."
        ),
        "classification": _tr(
            "Each point counts for its most responsible component alone. The classification "
            "likelihood never falls; the log-likelihood may."
        ),
        "stochastic": _tr(
            "Each point is given to a component drawn by its responsibilities. Guarantees "
            "nothing, never settles, and leaves bad places."
        ),
        "annealing": _tr(
            "Begins hot, with blurred responsibilities, and cools. At a fixed temperature the "
            "free energy never rises; means that merge are moved apart when it cools."
        ),
        "split-and-merge": _tr(
            "Once EM rests, merges two components and splits a third. A move that does not help "
            "is taken back: over accepted moves the log-likelihood never falls."
        ),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("UpdateRules", text)
