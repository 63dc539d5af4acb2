"""The M-step on the page of the Explanation tab, or what an update rule has in its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QPainterPath

from gmm_studio.gui.explanation import equations
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
from gmm_studio.gui.explanation.move_equations import merged, split
from gmm_studio.gui.explanation.sheet import ROW, Writer
from gmm_studio.gui.explanation.symbols import Notation
from gmm_studio.gui.numbers import MINUS

__all__ = ["write_m_step"]

_ARROW = "\N{RIGHTWARDS ARROW}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanation", text)


@dataclass(frozen=True, slots=True)
class _Line:
    """An equation in pieces, its key, and which of its values are known: none, one, or both."""

    name: str
    key: Hashable
    make: Callable[[Typesetter], tuple[Box, ...]]
    values: int = 2


def write_m_step(page: Writer, explanation: Explanation) -> None:
    """Write the equations of the chosen component with their numbers."""
    facts = explanation.facts
    k, j = explanation.after.k, explanation.component
    page.faded = explanation.moment.half == "E" or explanation.before is None
    coming = page.faded and explanation.before is not None
    title = {"step": _tr("M-step"), "move": _tr("The move"), "taken_back": _tr("Taken back")}
    page.heading(
        title[facts.act], _tr("comes next") if coming else "", disc(page.text, page.palette, j)
    )
    page.say(_tr("Component {j}").format(j=j + 1))
    if k > 1:
        _write_choice(page, k, j)
    if explanation.before is None:
        text = _tr("The M-step of iteration {t} comes next.")
        page.paragraph(text.format(t=f"{explanation.moment.iteration + 1:,}"), muted=True)
    text = _note(explanation)
    if text:
        page.paragraph(text)
    for line in _lines(explanation):
        _write_line(page, explanation, line)
    if _is_empty(explanation):
        text = _tr("Component {j} has no points: its mean and covariance stay as they are.")
        page.paragraph(text.format(j=j + 1), muted=False)
    total = figure(explanation.total_weight, 0 if explanation.total_weight % 1 == 0 else 3)
    text = _tr("N = {total}, the sum of the weights") if explanation.weighted else "N = {total}"
    page.paragraph(text.format(total=in_prose(total)), muted=True)
    page.faded = False


def _is_empty(explanation: Explanation) -> bool:
    """Whether the chosen component had no points in this step, so that it has not changed."""
    before, after, j = explanation.before, explanation.after, explanation.component
    if before is None or after.weights[j] > 0 or explanation.facts.act != "step":
        return False
    return bool(np.array_equal(before.means[j], after.means[j]))


def _note(explanation: Explanation) -> str:
    """What is to be known before the equations can be read."""
    facts, j, after = explanation.facts, explanation.component, explanation.after
    names = {"j": j + 1, "others": _list(facts.moved_apart)}
    if j in facts.locked:
        text = _tr("Component {j} is locked: it keeps its weight, mean and covariance.")
    elif facts.act == "taken_back":
        text = _tr("The mixture from before the move is back.")
    elif facts.act == "move" and facts.candidate is not None:
        if j in (*facts.candidate.merge, facts.candidate.split):
            text = _note_on_half(explanation)
        else:
            text = _tr("Component {j} has no part in the move: it stays as it is.")
    elif j in facts.resting:
        text = _tr("Component {j} rests: at first only those of the move are fitted.")
    elif facts.resting:
        text = _tr(
            "The others rest: only those of the move are fitted, and share {rest} of the weight."
        )
        held = float(after.weights[[*facts.resting, *facts.locked]].sum())
        return text.format(rest=f"{1 - held:.3f}")
    elif facts.locked:
        text = _tr("The locked components hold {held} of the weight; the others share {rest}.")
        held = float(after.weights[list(facts.locked)].sum())
        return text.format(held=f"{held:.3f}", rest=f"{1 - held:.3f}")
    elif facts.moved_apart:
        text = _tr("The means of {others} had come together: they were moved apart first.")
    else:
        return ""
    return text.format(**names)


def _note_on_half(explanation: Explanation) -> str:
    candidate, d = explanation.facts.candidate, explanation.after.d
    assert candidate is not None
    if explanation.component == candidate.merge[0]:
        return _tr("Components {i} and {j} become one.").format(
            i=candidate.merge[0] + 1, j=candidate.merge[1] + 1
        )
    if d == 1:
        text = _tr("Component {l} is split in two. s is the standard deviation of its points.")
    else:
        text = _tr(
            "Component {l} is split in two along its longest axis. S is the covariance of its "
            "points, λ its largest eigenvalue, u the eigenvector."
        )
    return text.format(l=candidate.split + 1)


def _list(components: tuple[int, ...]) -> str:
    return ", ".join(str(j + 1) for j in components)


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


def _lines(explanation: Explanation) -> list[_Line]:
    """The equations of the chosen component, from the top."""
    facts, j = explanation.facts, explanation.component
    candidate = facts.candidate
    is_held = j in facts.locked or j in facts.resting
    if is_held or facts.act == "taken_back":
        return _named(explanation, 1 if is_held else 2)
    if facts.act == "step" or candidate is None:
        return _updates(explanation)
    if j == candidate.merge[0]:
        return _parts(explanation, lambda t: merged(t, explanation.after.d, candidate.merge))
    if j in (candidate.merge[1], candidate.split):
        return _parts(explanation, lambda t: split(t, explanation.after.d, candidate, j))
    return _named(explanation, 1)


def _named(explanation: Explanation, values: int) -> list[_Line]:
    """Weight, mean and covariance without equations."""
    d = explanation.after.d

    def line(name: str) -> _Line:
        return _Line(name, ("named", name, d), lambda t: (equations.names(t, d)[name],), values)

    return [line(name) for name in ("weight", "mean", "covariance")]


def _parts(
    explanation: Explanation, make: Callable[[Typesetter], dict[str, tuple[Box, ...]]]
) -> list[_Line]:
    """The equations of a move."""
    key = (explanation.facts.candidate, explanation.component, explanation.after.d)

    def line(name: str) -> _Line:
        return _Line(name, ("move", name, key), lambda t: make(t)[name])

    return [line(name) for name in ("weight", "mean", "covariance")]


def _updates(explanation: Explanation) -> list[_Line]:
    """The equations of an M-step."""
    facts, d, structure = explanation.facts, explanation.after.d, explanation.covariance
    weighted = explanation.weighted
    notation = Notation(weighted, facts.labels, facts.previous_means)
    letter = "C" if facts.hard_priors else "N"
    held = _tr("resting") if facts.resting else _tr("locked") if facts.locked else ""
    counts = _Line(
        "counts",
        ("counts", notation),
        lambda t: (equations.counts(t, notation),),
        2 if facts.weights_are_shares else 0,
    )
    weight = _Line(
        "weight",
        ("weight", letter, held),
        lambda t: (equations.weight(t, letter=letter, held=held),),
    )
    mean = _Line("mean", ("mean", d, notation), lambda t: (equations.mean(t, d, notation),))
    covariance = _Line(
        "covariance",
        ("covariance", d, structure, notation),
        lambda t: equations.covariance(t, d, structure, notation),
    )
    if structure == "tied" and facts.locked:
        covariance = _named(explanation, 1)[2]
    shape = [] if _is_empty(explanation) else [mean, covariance]
    if not facts.hard_priors:
        return [counts, weight, *shape]
    counted = _Line(
        "counted",
        ("counted", d, weighted),
        lambda t: equations.counted(t, d, weighted=weighted),
        0 if held else 2,
    )
    return [counts, *shape, counted, weight]


def _write_line(page: Writer, explanation: Explanation, line: _Line) -> None:
    """A formula, and its value before and after: beside it, or below where there is no room."""

    def make(t: Typesetter) -> Box:
        return equations.broken(t, line.make(t), page.width)

    formula = page.formula(line.key, make)
    if explanation.before is None or not line.values:
        page.say(formula.text)
        page.below(formula)
        page.skip(12)
        return
    values = page.fitted(lambda t: _change(page, t, explanation, line))
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


def _change(page: Writer, t: Typesetter, explanation: Explanation, line: _Line) -> Box:
    """A value before and after, side by side or under each other; one where it is the same."""
    d, name = explanation.after.d, line.name
    pattern = "00.0" if name in ("counts", "counted") else "0.000"
    if d > 1 and name in ("mean", "covariance"):
        pattern = f"{MINUS}0.000"
    least = t.plain(pattern).width
    before, after = (value_box(t, values, d, least=least) for values in _values(explanation, name))
    if line.values == 1:
        return after
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
    if name in ("counts", "counted"):
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
