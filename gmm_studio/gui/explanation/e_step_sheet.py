"""The E-step on the page of the Explanation tab: how a point's responsibilities come about."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainterPath

from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.colours import component_colour
from gmm_studio.gui.explanation import equations
from gmm_studio.gui.explanation.equations import disc, number_box
from gmm_studio.gui.explanation.explaining import (
    Explanation,
    Figure,
    Terms,
    decimals_for,
    figure,
    figure_of_log,
    in_prose,
    spread,
    terms,
)
from gmm_studio.gui.explanation.formula import Box, Rule, Shape, Typesetter
from gmm_studio.gui.explanation.rule_sheet import write_temperature
from gmm_studio.gui.explanation.sheet import ROW, SIZES, TEXT, Writer

__all__ = ["write_e_step"]

_MOST_ROWS = 8
_LARGEST = 6
_GAP = 8
_WIDEST: Figure = ("8.8", -88)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanation", text)


def write_e_step(page: Writer, explanation: Explanation) -> None:
    """Write the equation of the responsibilities, and those of the point if there is one."""
    d, colouring = explanation.after.d, explanation.colouring
    page.faded = explanation.moment.half == "M" or colouring is None
    page.heading(_tr("E-step"), _tr("done") if page.faded and colouring is not None else "")
    beta = explanation.facts.beta
    formula = page.formula(
        ("responsibility", d, beta < 1),
        lambda t: equations.responsibility(t, d, tempered=beta < 1),
    )
    page.say(formula.text)
    page.below(formula)
    page.skip(10)
    if explanation.facts.rule == "annealing":
        write_temperature(page, explanation)
    if colouring is None:
        text = _tr("The E-step of iteration {t} comes next.")
        page.paragraph(text.format(t=f"{explanation.moment.iteration + 1:,}"), muted=True)
    elif explanation.point is None:
        page.paragraph(_tr("Hover or click a point to see its responsibilities."), muted=True)
    else:
        page.paragraph(_place(explanation, colouring))
        values = terms(colouring, explanation.point, beta)
        shown = _shown(values)
        _write_table(page, explanation, colouring, values, shown)
        _write_bars(page, values, shown)
    page.faded = False


def _place(explanation: Explanation, mixture: Mixture) -> str:
    """Which point it is and where."""
    assert explanation.point is not None
    decimals = decimals_for(spread(mixture), 3)
    values = [in_prose(figure(v, decimals, small=False)) for v in explanation.point.tolist()]
    pairs = zip(explanation.columns, values, strict=True)
    place = ", ".join(f"{name}\N{NO-BREAK SPACE}{value}" for name, value in pairs)
    if explanation.row is None:
        return _tr("The point at {place}").format(place=place)
    return _tr("Point {row} at {place}").format(row=f"{explanation.row + 1:,}", place=place)


def _shown(values: Terms) -> list[int]:
    """The components that have a row: all, or those with the largest responsibilities."""
    k = len(values.shares)
    if k <= _MOST_ROWS:
        return list(range(k))
    return sorted(np.argsort(-values.log_products, kind="stable")[:_LARGEST].tolist())


def _others(values: Terms, shown: list[int]) -> tuple[int, float, float]:
    """How many have no row, and the sums of their products (as a logarithm) and shares."""
    rest = np.delete(np.arange(len(values.shares)), shown)
    if not len(rest):
        return 0, -math.inf, 0.0
    logs = values.log_products[rest]
    largest = float(logs.max())
    total = largest
    if math.isfinite(largest):
        total += math.log(float(np.exp(logs - largest).sum()))
    return len(rest), total, float(values.shares[rest].sum())


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells of the table at the size at which it fits.

    Attributes
    ----------
    setter : Typesetter
    titles : tuple of Box
    rows : tuple of tuple of Box
    last : float
        Width of the last column.
    ends : tuple of float
        Where each column ends.
    """

    setter: Typesetter
    titles: tuple[Box, ...]
    rows: tuple[tuple[Box, ...], ...]
    last: float
    ends: tuple[float, ...]


def _table(
    page: Writer, mixture: Mixture, values: Terms, shown: list[int], *, tempered: bool
) -> _Table:
    """Density, weight and product of each component, `tempered` to the power of beta."""
    heads = (_tr("density"), _tr("weight"), _tr("product"))
    figures = [
        (
            figure_of_log(float(values.log_densities[j])),
            figure(float(mixture.weights[j]), 3),
            figure_of_log(float(values.log_products[j])),
        )
        for j in shown
    ]
    for size in SIZES:
        t = page.setters.at(size * TEXT)
        names = [t.plain(head) for head in heads]
        if tempered:
            names[-1] = t.scripts(names[-1], above=t.script.italic("β"))
        titles = tuple(name.coloured(page.palette.muted) for name in names)
        rows = tuple(tuple(number_box(t, value) for value in line) for line in figures)
        # Room for a power of ten is kept, so that the columns stay where they are.
        usual = number_box(t, _WIDEST).width
        columns = zip((usual, 0.0, usual), titles, *rows, strict=True)
        widths = [max(least, *(box.width for box in boxes)) for least, *boxes in columns]
        slack = page.width - 1.7 * page.text.size - sum(widths)
        if slack >= 3 * _GAP * page.style.scale:
            break
    gap = max(slack, 0.0) / 3
    second = page.width - widths[2] - gap
    return _Table(t, titles, rows, widths[2], (second - widths[1] - gap, second, page.width))


def _write_table(
    page: Writer, explanation: Explanation, mixture: Mixture, values: Terms, shown: list[int]
) -> None:
    """The terms of each component, and their sum."""
    tempered = explanation.facts.beta < 1
    table = _table(page, mixture, values, shown, tempered=tempered)
    told = _tr("Component {j}: density {density}, weight {weight}, product {product}")
    if tempered:
        told = _tr(
            "Component {j}: density {density}, weight {weight}, product to the power of beta "
            "{product}"
        )
    _write_row(page, table, table.titles)
    for j, cells in zip(shown, table.rows, strict=True):
        if j == explanation.component and mixture.k > 1:
            page.place(_tint(page), 0, page.base)
        page.place(disc(page.text, page.palette, j), 0, page.base)
        page.hit(0, 0, page.width, page.row, j)
        density, weight, product = (cell.text for cell in cells)
        page.say(told.format(j=j + 1, density=density, weight=weight, product=product))
        _write_row(page, table, cells)
    count, rest, _ = _others(values, shown)
    if count:
        name = _tr("{count} others").format(count=f"{count:,}")
        _write_total(page, table, name, number_box(table.setter, figure_of_log(rest)))
    rule = Rule(QRectF(0, 0, table.last, 1), page.palette.border_strong)
    page.place(Box(table.last, 0, 1, (rule,)), page.width - table.last, 0)
    total = number_box(table.setter, figure_of_log(values.log_sum), strong=True)
    _write_total(page, table, _tr("sum"), total)
    page.skip(8)


def _write_row(page: Writer, table: _Table, cells: tuple[Box, ...]) -> None:
    """Cells that end where the last columns do."""
    for box, end in zip(cells, table.ends[-len(cells) :], strict=True):
        page.place(box, end - box.width, page.base)
    page.skip(ROW)


def _write_total(page: Writer, table: _Table, name: str, value: Box) -> None:
    page.say(f"{name}: {value.text}")
    page.place(page.text.plain(name).coloured(page.palette.muted), 0, page.base)
    _write_row(page, table, (value,))


def _tint(page: Writer) -> Box:
    """The ground of the row of the component that is explained, around its baseline."""
    rise = page.base
    path = QPainterPath()
    path.addRoundedRect(QRectF(-6, -rise, page.width + 12, page.row), 6, 6)
    colour = f"#1c{page.palette.accent[1:]}"
    return Box(page.width, rise, page.row - rise, (Shape(path, colour),))


def _write_bars(page: Writer, values: Terms, shown: list[int]) -> None:
    """The responsibilities as bars; a full bar is 1."""
    palette, gap = page.palette, _GAP * page.style.scale
    badges = [disc(page.text, palette, j) for j in shown]
    shares = [float(values.shares[j]) for j in shown]
    colours = [component_colour(palette, j) for j in shown]
    names = [_tr("Responsibility of component {j}").format(j=j + 1) for j in shown]
    count, _, rest = _others(values, shown)
    if count:
        badges.append(page.text.plain(f"+{count}").coloured(palette.muted))
        shares.append(rest)
        colours.append(palette.border_strong)
        names.append(_tr("{count} others").format(count=f"{count:,}"))
    end = page.width - page.text.plain("0.000").width - gap
    start = math.ceil(max(badge.width for badge in badges) + gap)
    for i, (badge, share) in enumerate(zip(badges, shares, strict=True)):
        # Where even the logarithms are too small there is no share to speak of.
        value = page.text.plain("\N{EN DASH}" if values.log_sum == -math.inf else f"{share:.3f}")
        page.say(f"{names[i]}: {value.text}")
        page.place(badge, 0, page.base)
        page.place(_bar(page, math.floor(end - start), share, colours[i]), start, page.base)
        page.place(value, page.width - value.width, page.base)
        if i < len(shown):
            page.hit(0, 0, page.width, page.row, shown[i])
        page.skip(ROW)


def _bar(page: Writer, length: float, share: float, colour: str) -> Box:
    """A bar of a share of its length, upon its track."""
    high = round(8 * page.style.scale)
    top = round(-0.36 * page.text.size - high / 2)
    track = QPainterPath()
    track.addRoundedRect(QRectF(0, top, length, high), 2, 2)
    part = QPainterPath()
    part.addRect(QRectF(0, top, length * share, high))
    marks = (Shape(track, page.palette.border), Shape(track.intersected(part), colour))
    return Box(length, -top, top + high, marks)
