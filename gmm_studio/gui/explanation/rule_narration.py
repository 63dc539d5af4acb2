"""Sentences about what update rules do beside E-step and M-step."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gmm_studio.gui.explanation.rule_facts import Move, RuleFacts
from gmm_studio.gui.numbers import log_likelihood, number

__all__ = ["narrate_cooling", "narrate_move"]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Narration", text)


def narrate_move(move: Move) -> str:
    """The sentence of a move of split-and-merge EM."""
    (first, second), third = move.candidate
    texts = {
        "next": _tr("EM rests here: next, components {i} and {j} are merged and {l} is split."),
        "made": _tr(
            "Components {i} and {j} are merged and {l} is split: EM goes on from there to see "
            "whether it helps."
        ),
        "tried": _tr("Components {i} and {j} were merged and {l} was split: EM goes on."),
        "failed": _tr(
            "Merging {i} and {j} and splitting {l} has not helped: the log-likelihood is {after}, "
            "and was {before}."
        ),
        "accepted": _tr(
            "Merging {i} and {j} and splitting {l} has helped: the log-likelihood is {after}, and "
            "was {before}. The move is accepted."
        ),
        "taken_back": _tr(
            "Merging {i} and {j} and splitting {l} did not help: the move is taken back."
        ),
    }
    before, after = (
        "\N{EN DASH}" if value is None else log_likelihood(value)
        for value in (move.before, move.after)
    )
    return texts[move.status].format(
        i=first + 1, j=second + 1, l=third + 1, before=before, after=after
    )


def narrate_cooling(facts: RuleFacts) -> str:
    """The sentence of a step in which annealing has lowered the temperature."""
    if facts.beta == 1:
        text = _tr("It has cooled to temperature 1: from here on this is exact EM.")
    else:
        text = _tr("It has cooled: from here on the temperature is {value}.")
    if facts.moved_apart:
        text += " " + _tr("Means that had come together were moved apart.")
    return text.format(value=number(1 / facts.beta, 3))
