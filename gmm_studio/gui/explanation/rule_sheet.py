"""What update rules have beside E-step and M-step, on the page: temperature, labels, moves."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gmm_studio.gui.explanation import equations
from gmm_studio.gui.explanation.equations import disc
from gmm_studio.gui.explanation.explaining import Explanation
from gmm_studio.gui.explanation.formula import Box, Typesetter, row
from gmm_studio.gui.explanation.move_equations import move_line
from gmm_studio.gui.explanation.rule_facts import Move
from gmm_studio.gui.explanation.sheet import MATHS, Writer
from gmm_studio.gui.explanation.symbols import label
from gmm_studio.gui.numbers import log_likelihood, number

__all__ = ["write_labels", "write_moves", "write_temperature"]

_ARROW = "\N{RIGHTWARDS ARROW}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanation", text)


def write_temperature(page: Writer, explanation: Explanation) -> None:
    """The power that annealing takes the weighted densities to."""
    beta = explanation.facts.beta

    def make(t: Typesetter) -> Box:
        heat = row(t.plain(_tr("temperature")), t.space(0.3), t.plain(number(1 / beta, 3)))
        name = row(t.italic("β"), t.relation("="), t.plain(f"{beta:.3f}"))
        return row(name, t.space(0.5), t.upright("="), t.space(0.5), t.plain("1 / "), heat)

    line = page.fitted(make)
    page.say(line.text)
    page.below(line)
    page.skip(8)
    if beta == 1:
        text = _tr("At temperature 1 it is exact EM.")
    else:
        text = _tr(
            "The hotter, the more alike the responsibilities. The points keep the colours of "
            "temperature 1."
        )
    page.paragraph(text, muted=True)


def write_labels(page: Writer, explanation: Explanation) -> None:
    """The step between E-step and M-step that gives each point to one component."""
    facts = explanation.facts
    page.faded = explanation.moment.half == "M" or explanation.colouring is None
    if facts.rule == "classification":
        page.heading(_tr("C-step"), "")
        key, make = "labelling", equations.labelling
        text = _tr("Each point counts for its most responsible component alone.")
        told = _tr("Point {row} goes to component {j}.")
    else:
        page.heading(_tr("S-step"), "")
        key, make = "drawing", equations.drawing
        text = _tr("Each point is given to one component, drawn by its responsibilities.")
        told = _tr("Point {row} is drawn to component {j}.")
    formula = page.formula((key,), make)
    answer = None
    if facts.label is not None:
        t = page.setters.at(MATHS)
        answer = row(label(t), t.relation("="), disc(page.text, page.palette, facts.label))
    page.say(formula.text)
    page.place(formula, 0, formula.ascent)
    if answer is not None:
        page.place(answer, page.width - answer.width, formula.ascent)
    page.skip((formula.height + 10) / page.style.scale)
    if facts.label is not None and explanation.row is not None:
        page.say(told.format(row=f"{explanation.row + 1:,}", j=facts.label + 1))
    page.paragraph(text, muted=True)
    page.faded = False


def write_moves(page: Writer, explanation: Explanation) -> None:
    """The moves of split-and-merge EM: who becomes whom, and what the log-likelihood says."""
    for move in explanation.facts.moves:
        _write_move(page, move)


def _write_move(page: Writer, move: Move) -> None:
    names = {
        "next": _tr("comes next"),
        "made": _tr("made in this step"),
        "tried": _tr("on trial"),
        "failed": _tr("has not helped"),
        "accepted": _tr("accepted"),
        "taken_back": _tr("taken back"),
    }
    status = names[move.status]
    page.heading(_tr("Move"), status)
    line = page.fitted(lambda t: move_line(t, page.palette, move.candidate))
    page.say(f"{status}: {line.text}")
    page.below(line)
    page.skip(8)
    if move.before is None:
        return
    text = f"{_tr('log-likelihood')} {log_likelihood(move.before)}"
    if move.after is not None:
        text += f" {_ARROW} {log_likelihood(move.after)}"
    page.say(text)
    page.below(page.fitted(lambda t: t.plain(text)))
    page.skip(8)
    if move.status == "taken_back" and move.after is None:
        page.paragraph(_tr("A component would have collapsed."), muted=True)
    page.line()
