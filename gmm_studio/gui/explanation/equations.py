"""The update equations of EM, and the numbers that stand in them, as boxes."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPainterPath

from gmm_studio.core.mixture import Covariance
from gmm_studio.gui.colours import Palette, component_colour, on_component
from gmm_studio.gui.explanation.explaining import (
    Explanation,
    Figure,
    decimals_for,
    figure,
    spread,
    terms,
)
from gmm_studio.gui.explanation.formula import Box, Glyphs, Shape, Typesetter, paint_box, row, stack
from gmm_studio.gui.numbers import MINUS
from gmm_studio.gui.style import Style

__all__ = [
    "broken",
    "counts",
    "covariance",
    "disc",
    "equation_size",
    "mean",
    "number_box",
    "paint_equation",
    "responsibility",
    "value_box",
    "weight",
]

_PRESENTED = 26


def number_box(t: Typesetter, value: Figure, *, strong: bool = False) -> Box:
    """A number with its power of ten as a superscript."""
    digits, power = value
    box = t.plain(digits, strong=strong)
    if power is None:
        return box
    ten = t.plain("\N{MULTIPLICATION SIGN}10", strong=strong)
    above = t.script.plain(f"{power}".replace("-", MINUS), strong=strong)
    thin = t.space(0.08)
    raised = above.moved(box.width + ten.width + 2 * thin.width, -0.36 * t.size)
    whole = row(box, thin, ten, thin)
    text = f"{digits} \N{MULTIPLICATION SIGN} 10^{above.text}"
    return replace(whole, width=whole.width + above.width, marks=(*whole.marks, *raised), text=text)


def value_box(t: Typesetter, values: list[Figure], d: int, *, least: float = 0) -> Box:
    """A number, a column vector (d values) or a matrix (d * d), its cells of a least width."""
    boxes = [number_box(t, value).wide(least, 1.0) for value in values]
    if len(boxes) == 1:
        return boxes[0]
    if len(boxes) == d:
        return t.column(boxes)
    return t.matrix([boxes[i * d : (i + 1) * d] for i in range(d)])


# Formulas


def responsibility(t: Typesetter, d: int) -> Box:
    """r_nk = pi_k N(x_n | mu_k, Sigma_k) over the sum of the same over all components."""
    above = row(_pi(t, "k"), t.space(0.1), _density(t, d, "k"))
    below = row(t.total(t.script.italic("j")), _pi(t, "j"), t.space(0.1), _density(t, d, "j"))
    return row(_share(t, "k"), t.relation("="), t.fraction(above, below))


def counts(t: Typesetter, *, weighted: bool = False) -> Box:
    """N_k = sum_n r_nk."""
    return row(_count(t), t.relation("="), _sum_of_shares(t, "k", weighted))


def weight(t: Typesetter) -> Box:
    """pi_k = N_k / N."""
    return row(_pi(t, "k"), t.relation("="), t.fraction(_count(t), t.italic("N")))


def mean(t: Typesetter, d: int, *, weighted: bool = False) -> Box:
    """mu_k = 1 / N_k sum_n r_nk x_n."""
    return row(
        _mu(t, d, "k"),
        t.relation("="),
        t.fraction(t.upright("1"), _count(t)),
        t.space(0.16),
        _sum_of_shares(t, "k", weighted),
        t.space(0.12),
        _point(t, d),
    )


def covariance(
    t: Typesetter, d: int, structure: Covariance, *, weighted: bool = False
) -> tuple[Box, Box]:
    """The covariance's equation in two pieces that may be broken between."""
    if structure == "tied":
        return _tied(t, d, weighted)
    if d == 1:
        return _variance(t, "k", weighted)
    shares = row(
        t.fraction(t.upright("1"), _count(t)), t.space(0.16), _sum_of_shares(t, "k", weighted)
    )
    matrix = _sub(t, t.bold("Σ"), "k")
    if structure == "diagonal":
        diagonal = t.fenced(row(_sigma(t, "k1"), _comma(t), _sigma(t, "k2")))
        name = row(matrix, t.relation("="), t.upright("diag"), diagonal, _comma(t))
        return name, row(
            _sigma(t, "ki"), t.relation("="), shares, t.space(0.12), _deviation(t, 1, "k", "i")
        )
    if structure == "spherical":
        name = row(matrix, t.relation("="), _sigma(t, "k"), t.space(0.1), t.bold("I"), _comma(t))
        half = t.fraction(t.upright("1"), row(t.upright("2"), t.space(0.1), _count(t)))
        square = t.scripts(t.fenced(_difference(t, d, "k"), "|"), above=t.script.upright("2"))
        total = _sum_of_shares(t, "k", weighted)
        return name, row(
            _sigma(t, "k"), t.relation("="), half, t.space(0.16), total, t.space(0.12), square
        )
    return row(matrix, t.relation("="), shares), row(t.space(0.12), _deviation(t, d, "k"))


def broken(t: Typesetter, pieces: tuple[Box, ...], width: float) -> Box:
    """Pieces of a formula on one line, or each on its own where that is too wide."""
    whole = row(*pieces, gap=0.2 * t.size)
    text = " ".join(piece.text.strip() for piece in pieces)
    if whole.width <= width:
        return replace(whole, text=text)
    indented = (pieces[0], *(row(t.space(1.0), piece) for piece in pieces[1:]))
    return replace(stack(indented, 0.3 * t.size), text=text)


def disc(t: Typesetter, palette: Palette, j: int) -> Box:
    """The numbered disc of component `j`, from 0, around the middle of a line of text."""
    name = str(j + 1)
    radius = 0.7 * t.size
    letters = Typesetter({1: 0.85, 2: 0.72}.get(len(name), 0.58) * t.size, t.font)
    label = letters.plain(name, strong=True)
    font = label.marks[0]
    assert isinstance(font, Glyphs)
    middle = -0.36 * t.size
    path = QPainterPath()
    path.addEllipse(QPointF(radius, middle), radius, radius)
    ink = on_component(palette, j)
    base = middle + 0.36 * letters.size
    marks = (
        Shape(path, component_colour(palette, j)),
        Glyphs(radius - label.width / 2, base, name, font.font, ink),
    )
    return Box(2 * radius, radius - middle, radius + middle, marks, name)


def _tied(t: Typesetter, d: int, weighted: bool) -> tuple[Box, Box]:
    name = t.bold("Σ") if d == 2 else t.scripts(t.italic("σ"), above=t.script.upright("2"))
    return row(
        name,
        t.relation("="),
        t.fraction(t.upright("1"), t.italic("N")),
        t.space(0.16),
        t.total(t.script.italic("j")),
        _sum_of_shares(t, "j", weighted),
    ), row(t.space(0.12), _deviation(t, d, "j"))


def _variance(t: Typesetter, index: str, weighted: bool) -> tuple[Box, Box]:
    return row(
        _sigma(t, index),
        t.relation("="),
        t.fraction(t.upright("1"), _count(t)),
        t.space(0.16),
        _sum_of_shares(t, index, weighted),
    ), row(t.space(0.12), _deviation(t, 1, index))


def _deviation(t: Typesetter, d: int, index: str, axis: str = "") -> Box:
    """The outer product of x_n - mu with itself; a square for scalars."""
    inner = t.fenced(_difference(t, d, index, axis))
    if d == 1:
        return t.scripts(inner, above=t.script.upright("2"))
    return row(inner, t.scripts(inner, above=t.script.upright("T")))


def _difference(t: Typesetter, d: int, index: str, axis: str = "") -> Box:
    return row(_point(t, d, axis), t.relation(MINUS), _mu(t, d, index, axis))


def _density(t: Typesetter, d: int, index: str) -> Box:
    spread_ = _sub(t, t.bold("Σ"), index) if d == 2 else _sigma(t, index)
    inside = row(_point(t, d), t.bar(), _mu(t, d, index), _comma(t), spread_)
    return row(t.gaussian(), t.fenced(inside))


def _sum_of_shares(t: Typesetter, index: str, weighted: bool) -> Box:
    total = t.total(t.script.italic("n"))
    if not weighted:
        return row(total, _share(t, index))
    return row(total, _sub(t, t.italic("w"), "n"), t.space(0.1), _share(t, index))


def _sub(t: Typesetter, base: Box, index: str) -> Box:
    letters = (t.script.upright(s) if s.isdigit() else t.script.italic(s) for s in index)
    return t.scripts(base, row(*letters, gap=0.05 * t.size))


def _share(t: Typesetter, index: str) -> Box:
    return _sub(t, t.italic("r"), f"n{index}")


def _pi(t: Typesetter, index: str) -> Box:
    return _sub(t, t.italic("π"), index)


def _count(t: Typesetter) -> Box:
    return _sub(t, t.italic("N"), "k")


def _mu(t: Typesetter, d: int, index: str, axis: str = "") -> Box:
    return _sub(t, t.bold("μ") if d == 2 else t.italic("μ"), index + axis)


def _point(t: Typesetter, d: int, axis: str = "") -> Box:
    return _sub(t, t.bold("x") if d == 2 else t.italic("x"), f"n{axis}")


def _sigma(t: Typesetter, index: str) -> Box:
    letters = (t.script.upright(s) if s.isdigit() else t.script.italic(s) for s in index)
    below = row(*letters, gap=0.05 * t.size)
    return t.scripts(t.italic("σ"), below, t.script.upright("2"))


def _comma(t: Typesetter) -> Box:
    return replace(row(t.upright(","), t.space(0.25)), text=", ")


# The equation of the half on show, large


def equation_size(explanation: Explanation, style: Style) -> QSizeF:
    """The size of the equation as `paint_equation` would like to paint it."""
    box = _equation(Typesetter(_PRESENTED * style.scale, style.font), explanation, style.palette)
    return QSizeF(box.width, box.height)


def paint_equation(painter: QPainter, box: QRectF, explanation: Explanation, style: Style) -> None:
    """Paint the equation of the half on show on one line, in the middle of a box.

    The E-step's ends with the responsibility of the component for the point, if there is one, the
    M-step's with the component's new mean. It is smaller where the box is.

    Parameters
    ----------
    painter : QPainter
    box : QRectF
        Where to.
    explanation : Explanation
    style : Style
    """
    size = _PRESENTED * style.scale
    for _ in range(3):
        equation = _equation(Typesetter(size, style.font), explanation, style.palette)
        share = min(box.width() / equation.width, box.height() / equation.height)
        if share >= 1:
            break
        # Fonts come in whole pixels.
        size = max(1.0, math.floor(size * share))
    x = box.center().x() - equation.width / 2
    y = box.center().y() - equation.height / 2 + equation.ascent
    paint_box(painter, equation, x, y, style.palette.text)


def _equation(t: Typesetter, explanation: Explanation, palette: Palette) -> Box:
    d, j = explanation.after.d, explanation.component
    badge = row(replace(disc(t, palette, j), text=""), t.space(0.6))
    if explanation.moment.half != "E" and explanation.before is not None:
        decimals = decimals_for(spread(explanation.after), 4)
        values = [figure(v, decimals, small=False) for v in explanation.after.means[j].tolist()]
        left = mean(t, d, weighted=explanation.weighted)
        return row(badge, left, t.relation("="), value_box(t, values, d))
    left = responsibility(t, d)
    if explanation.point is None or explanation.colouring is None:
        return left
    share = float(terms(explanation.colouring, explanation.point).shares[j])
    return row(badge, left, t.relation("="), t.plain(f"{share:.3f}"))
