"""The page of the Explanation tab: what is written where."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QPainterPath

from gmm_studio.gui.explanation import equations
from gmm_studio.gui.explanation.e_step_sheet import write_e_step
from gmm_studio.gui.explanation.equations import disc, value_box
from gmm_studio.gui.explanation.explaining import (
    Explanation,
    Figure,
    covariance_figures,
    decimals_for,
    figure,
    in_prose,
    spread,
)
from gmm_studio.gui.explanation.formula import Box, Shape, Typesetter, row, stack
from gmm_studio.gui.explanation.sheet import ROW, Setters, Sheet, Writer
from gmm_studio.gui.numbers import MINUS
from gmm_studio.gui.style import Style

__all__ = ["NARROWEST", "compose"]

NARROWEST = 240
_ARROW = "\N{RIGHTWARDS ARROW}"


def compose(explanation: Explanation | None, width: float, style: Style, setters: Setters) -> Sheet:
    """Write the page of an explanation.

    Parameters
    ----------
    explanation : Explanation or None
        None before there is a start.
    width : float
        Of the page, in pixels.
    style : Style
    setters : Setters
        Of the same style.
    """
    page = Writer(width, style, setters)
    if explanation is None:
        page.paragraph(_tr("The equations appear here once there is a start."), muted=True)
    else:
        for sentence in explanation.sentences:
            page.paragraph(sentence)
        if explanation.sentences:
            page.line()
        write_e_step(page, explanation)
        page.line()
        _write_m_step(page, explanation)
    return page.sheet()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanation", text)


# The M-step


def _write_m_step(page: Writer, explanation: Explanation) -> None:
    k, j = explanation.after.k, explanation.component
    page.faded = explanation.moment.half == "E" or explanation.before is None
    coming = page.faded and explanation.before is not None
    page.heading(
        _tr("M-step"), _tr("comes next") if coming else "", disc(page.text, page.palette, j)
    )
    page.say(_tr("Component {j}").format(j=j + 1))
    if k > 1:
        _write_choice(page, k, j)
    if explanation.before is None:
        text = _tr("The M-step of iteration {t} comes next.")
        page.paragraph(text.format(t=f"{explanation.moment.iteration + 1:,}"), muted=True)
    is_empty = explanation.before is not None and explanation.after.weights[j] == 0
    for name, make in _formulas(page, explanation).items():
        if not (is_empty and name in ("mean", "covariance")):
            _write_update(page, explanation, name, make)
    if is_empty:
        text = _tr("Component {j} has no points: its mean and covariance stay as they are.")
        page.paragraph(text.format(j=j + 1), muted=False)
    total = figure(explanation.total_weight, 0 if explanation.total_weight % 1 == 0 else 3)
    text = _tr("N = {total}, the sum of the weights") if explanation.weighted else "N = {total}"
    page.paragraph(text.format(total=in_prose(total)), muted=True)
    page.faded = False


def _write_choice(page: Writer, k: int, chosen: int) -> None:
    """The discs of the components, those around the chosen one where there are many."""
    one = disc(page.text, page.palette, 0)
    gap = 8 * page.style.scale
    most = int((page.width - 8 + gap) / (one.width + gap))
    first = min(max(0, chosen - most // 2), max(0, k - most))
    x = 4.0
    for j in range(first, min(k, first + most)):
        badge = disc(page.text, page.palette, j)
        if j == chosen:
            page.place(_ring(page, badge), x, page.base)
        page.place(badge, x, page.base)
        page.hit(x - gap / 2, 0, badge.width + gap, page.row, j)
        x += badge.width + gap
    page.skip(ROW + 12)


def _ring(page: Writer, badge: Box) -> Box:
    radius = badge.width / 2
    middle = QPointF(radius, radius - badge.ascent)
    path = QPainterPath()
    for more in (1.7, 3.6):
        path.addEllipse(middle, radius + more, radius + more)
    return replace(badge, marks=(Shape(path, page.palette.text),), text="")


def _formulas(page: Writer, explanation: Explanation) -> dict[str, Callable[[Typesetter], Box]]:
    d, structure, weighted = (
        explanation.after.d,
        explanation.covariance,
        explanation.weighted,
    )

    def covariance(t: Typesetter) -> Box:
        pieces = equations.covariance(t, d, structure, weighted=weighted)
        return equations.broken(t, pieces, page.width)

    return {
        "counts": lambda t: equations.counts(t, weighted=weighted),
        "weight": equations.weight,
        "mean": lambda t: equations.mean(t, d, weighted=weighted),
        "covariance": covariance,
    }


def _write_update(
    page: Writer, explanation: Explanation, name: str, make: Callable[[Typesetter], Box]
) -> None:
    """A formula, and its value before and after: beside it, or below where there is no room."""
    after = explanation.after
    key = (name, after.d, explanation.covariance, explanation.weighted)
    formula = page.formula(key, make)
    if explanation.before is None:
        page.say(formula.text)
        page.below(formula)
        page.skip(12)
        return
    values = page.fitted(lambda t: _change(page, t, explanation, name))
    page.say(f"{formula.text}: {values.text}")
    if formula.width + 16 * page.style.scale + values.width <= page.width:
        ascent = max(formula.ascent, values.ascent)
        page.place(formula, 0, ascent)
        page.place(values, page.width - values.width, ascent)
        page.skip(math.ceil(ascent + max(formula.descent, values.descent)) / page.style.scale)
    else:
        page.below(formula)
        page.skip(5)
        page.below(values, align=1.0)
    page.skip(11)


def _change(page: Writer, t: Typesetter, explanation: Explanation, name: str) -> Box:
    """A value before and after, side by side or under each other."""
    d = explanation.after.d
    pattern = "00.0" if name == "counts" else "0.000"
    if d > 1 and name in ("mean", "covariance"):
        pattern = f"{MINUS}0.000"
    least = t.plain(pattern).width
    before, after = (value_box(t, values, d, least=least) for values in _values(explanation, name))
    before = before.coloured(page.palette.muted)
    arrow = t.plain(_ARROW).coloured(page.palette.muted)
    space = t.space(0.5)
    text = f"{before.text} {_ARROW} {after.text}"
    if before.width + after.width + arrow.width + 2 * space.width <= page.width:
        return replace(row(before, space, arrow, space, after), text=text)
    return replace(stack((before, row(arrow, space, after)), 0.4 * t.size, align=1.0), text=text)


def _values(explanation: Explanation, name: str) -> list[list[Figure]]:
    """The numbers of the chosen component in both mixtures, written alike."""
    assert explanation.before is not None
    mixtures, j = (explanation.before, explanation.after), explanation.component
    weights = [float(mixture.weights[j]) for mixture in mixtures]
    scale = spread(explanation.after)
    if name == "counts":
        total = explanation.total_weight
        decimals = min(3, max(1, decimals_for(total, 5))) if total < 1e6 else 0
        return [[figure(total * weight, decimals)] for weight in weights]
    if name == "weight":
        return [[figure(weight, 3)] for weight in weights]
    if name == "mean":
        decimals = decimals_for(scale, 4)
        means = (mixture.means[j].tolist() for mixture in mixtures)
        return [[figure(value, decimals, small=False) for value in mean] for mean in means]
    first, second = (mixture.covariances[j] for mixture in mixtures)
    return covariance_figures((first, second), scale)
