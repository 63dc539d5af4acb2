"""The equation of the half on show, large, for a room."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication, QRectF, QSizeF
from PySide6.QtGui import QPainter

from gmm_studio.core.split_and_merge import Candidate
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.explanation import equations
from gmm_studio.gui.explanation.equations import disc, value_box
from gmm_studio.gui.explanation.explaining import (
    Explanation,
    covariance_figures,
    decimals_for,
    figure,
    spread,
    terms,
)
from gmm_studio.gui.explanation.formula import Box, Typesetter, paint_box, row, stack
from gmm_studio.gui.explanation.move_equations import move_line
from gmm_studio.gui.explanation.symbols import Notation, comma
from gmm_studio.gui.numbers import log_likelihood
from gmm_studio.gui.style import Style

__all__ = ["equation_size", "paint_equation"]

_PRESENTED = 26


_Pieces: TypeAlias = tuple[Box, ...]


def equation_size(explanation: Explanation, style: Style) -> QSizeF:
    """The size of the equation as `paint_equation` would like to paint it."""
    t = Typesetter(_PRESENTED * style.scale, style.font)
    box = _on_one_line(_equation(t, explanation, style.palette))
    return QSizeF(box.width, box.height)


def paint_equation(painter: QPainter, box: QRectF, explanation: Explanation, style: Style) -> None:
    """Paint the equation of the half on show in the middle of a box.

    The E-step's ends with the responsibility of the component for the point, if there is one, the
    M-step's with the component's new mean, and where the update rule does otherwise than exact EM,
    with that. Where the box is too narrow for one line, its end goes below; where that is too much
    as well, it is smaller.

    Parameters
    ----------
    painter : QPainter
    box : QRectF
        Where to.
    explanation : Explanation
    style : Style
    """
    size = _PRESENTED * style.scale
    arrange = _on_one_line
    for attempt in range(4):
        pieces = _equation(Typesetter(size, style.font), explanation, style.palette)
        if attempt == 0:
            arrange = max((_on_one_line, _on_two_lines), key=lambda way: _share(way(pieces), box))
        equation = arrange(pieces)
        share = _share(equation, box)
        if share >= 1:
            break
        # Fonts come in whole pixels.
        size = max(1.0, math.floor(size * share))
    x = box.center().x() - equation.width / 2
    y = box.center().y() - equation.height / 2 + equation.ascent
    paint_box(painter, equation, x, y, style.palette.text)


def _share(equation: Box, box: QRectF) -> float:
    """By how much it must be smaller; 1 where it fits."""
    return min(1.0, box.width() / equation.width, box.height() / equation.height)


def _on_one_line(pieces: _Pieces) -> Box:
    return row(*pieces)


def _on_two_lines(pieces: _Pieces) -> Box:
    return stack(pieces, 0.12 * pieces[0].height, align=0.5)


def _equation(t: Typesetter, explanation: Explanation, palette: Palette) -> _Pieces:
    """The equation, and its end where that may go below."""
    facts, j = explanation.facts, explanation.component
    badge = row(replace(disc(t, palette, j), text=""), t.space(0.6))
    is_m_step = explanation.moment.half != "E" and explanation.before is not None
    if is_m_step and facts.act == "move" and facts.candidate is not None:
        return _moved(t, explanation, facts.candidate, palette)
    # What is other than in exact EM is on show: of annealing, that is its E-step.
    if is_m_step and (facts.beta == 1 or explanation.moment.half == "M"):
        first, *rest = _updated(t, explanation)
        return row(badge, first), *rest
    return _assigned(t, explanation, palette, badge)


def _moved(
    t: Typesetter, explanation: Explanation, candidate: Candidate, palette: Palette
) -> _Pieces:
    """Who becomes whom, and what that does to the log-likelihood."""
    line = move_line(t, palette, candidate)
    made = next((move for move in explanation.facts.moves if move.status == "made"), None)
    if made is None or made.before is None or made.after is None:
        return (line,)
    before, after = (t.plain(log_likelihood(value)) for value in (made.before, made.after))
    return line, row(t.space(1.2), before, t.relation("\N{RIGHTWARDS ARROW}"), after)


def _updated(t: Typesetter, explanation: Explanation) -> _Pieces:
    """The new mean, by what equation; or that it stays."""
    facts, d, j = explanation.facts, explanation.after.d, explanation.component
    decimals = decimals_for(spread(explanation.after), 4)
    values = [figure(v, decimals, small=False) for v in explanation.after.means[j].tolist()]
    value = row(t.relation("="), value_box(t, values, d))
    name = equations.names(t, d)["mean"]
    if j in facts.locked:
        return (row(name, value, t.space(0.6), t.plain(_tr("locked"))),)
    if j in facts.resting:
        return (row(name, value, t.space(0.6), t.plain(_tr("resting"))),)
    if facts.act != "step":
        return (row(name, value),)
    if facts.previous_means:
        pieces = equations.covariance(t, d, explanation.covariance, _notation(explanation))
        after = explanation.after
        (entries,) = covariance_figures((after.covariances[j],), spread(after))
        return row(*pieces), row(t.relation("="), value_box(t, entries, d))
    if facts.hard_priors:
        share = t.plain(f"{float(explanation.after.weights[j]):.3f}")
        held = _tr("locked") if facts.locked else ""
        pieces = equations.counted(t, d, weighted=explanation.weighted)
        weight = equations.weight(t, letter="C", held=held)
        return row(weight, t.relation("="), share, comma(t)), row(*pieces)
    return (row(equations.mean(t, d, _notation(explanation)), value),)


def _assigned(t: Typesetter, explanation: Explanation, palette: Palette, badge: Box) -> _Pieces:
    """The responsibility of the component for the point, or what the point is given to."""
    facts, d, j = explanation.facts, explanation.after.d, explanation.component
    if facts.rule == "classification":
        left = equations.densest(t, d)
        if facts.label is None:
            return (left,)
        return (row(left, t.relation("="), disc(t, palette, facts.label)),)
    left = equations.responsibility(
        t, d, tempered=facts.beta < 1, chance=facts.rule == "stochastic"
    )
    heat: _Pieces = ()
    if facts.beta < 1:
        heat = (row(t.space(0.9), t.italic("β"), t.relation("="), t.plain(f"{facts.beta:.2f}")),)
    if explanation.point is None or explanation.colouring is None:
        return left, *heat
    shares = terms(explanation.colouring, explanation.point, facts.beta).shares
    share = row(t.relation("="), t.plain(f"{float(shares[j]):.3f}"))
    return row(badge, left), row(share, *heat)


def _notation(explanation: Explanation) -> Notation:
    facts = explanation.facts
    return Notation(explanation.weighted, facts.labels, facts.previous_means)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanation", text)
