"""The update equations of EM and of the rules beside it, and the numbers in them, as boxes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QPainterPath

from gmm_studio.core.mixture import Covariance
from gmm_studio.gui.colours import Palette, component_colour, on_component
from gmm_studio.gui.explanation.explaining import Figure
from gmm_studio.gui.explanation.formula import Box, Glyphs, Shape, Typesetter, row, stack
from gmm_studio.gui.explanation.symbols import (
    PLAIN,
    Notation,
    comma,
    count,
    density,
    deviation,
    difference,
    label,
    matrix,
    mu,
    pi,
    point,
    share,
    sigma,
    sub,
    sum_of_shares,
)
from gmm_studio.gui.numbers import MINUS

__all__ = [
    "broken",
    "counted",
    "counts",
    "covariance",
    "densest",
    "disc",
    "drawing",
    "labelling",
    "mean",
    "names",
    "number_box",
    "responsibility",
    "value_box",
    "weight",
]


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


def responsibility(t: Typesetter, d: int, *, tempered: bool = False, chance: bool = False) -> Box:
    """r_nk = pi_k N(x_n | mu_k, Sigma_k) over the sum of the same over all components.

    Parameters
    ----------
    t : Typesetter
    d : int
    tempered : bool
        To the power of beta, as annealing has it.
    chance : bool
        As what it is to stochastic EM: the chance that the point is given to k.
    """

    def term(index: str) -> Box:
        product = row(pi(t, index), t.space(0.1), density(t, d, index))
        if not tempered:
            return product
        return t.scripts(t.fenced(product), above=t.script.italic("β"))

    name = share(t, "k")
    if chance:
        name = row(t.italic("P"), t.fenced(row(label(t), t.relation("="), t.italic("k"))))
    below = row(t.total(t.script.italic("j")), term("j"))
    return row(name, t.relation("="), t.fraction(term("k"), below))


def labelling(t: Typesetter) -> Box:
    """z_n = argmax_k r_nk."""
    return row(label(t), t.relation("="), _argmax(t, "k"), share(t, "k"))


def densest(t: Typesetter, d: int) -> Box:
    """z_n = argmax_k pi_k N(x_n | mu_k, Sigma_k)."""
    product = row(pi(t, "k"), t.space(0.1), density(t, d, "k"))
    return row(label(t), t.relation("="), _argmax(t, "k"), product)


def drawing(t: Typesetter) -> Box:
    """P(z_n = k) = r_nk."""
    given = t.fenced(row(label(t), t.relation("="), t.italic("k")))
    return row(t.italic("P"), given, t.relation("="), share(t, "k"))


def counts(t: Typesetter, notation: Notation = PLAIN) -> Box:
    """N_k = sum_n r_nk."""
    return row(count(t), t.relation("="), sum_of_shares(t, "k", notation, alone=True))


def counted(t: Typesetter, d: int, *, weighted: bool = False) -> tuple[Box, Box]:
    """C_k = sum_n [k = argmax_j N(x_n | mu_j, Sigma_j)], in two pieces."""
    total = t.total(t.script.italic("n"))
    if weighted:
        total = row(total, sub(t, t.italic("w"), "n"), t.space(0.1))
    inside = row(t.italic("k"), t.relation("="), _argmax(t, "j"), density(t, d, "j"))
    first = row(count(t, letter="C"), t.relation("="), total)
    return first, t.fenced(inside, "[")


def weight(t: Typesetter, *, letter: str = "N", held: str = "") -> Box:
    """pi_k = N_k / N; what the `held` components (in a word) leave, in proportion to N_k."""
    number = count(t, letter=letter)
    if not held:
        return row(pi(t, "k"), t.relation("="), t.fraction(number, t.italic("N")))
    free = row(t.total(t.script.plain(_tr("free"))), count(t, "j", letter))
    taken = row(t.total(t.script.plain(held)), pi(t, "j"))
    rest = t.fenced(row(t.upright("1"), t.relation(MINUS), taken))
    return row(pi(t, "k"), t.relation("="), t.fraction(number, free), t.space(0.16), rest)


def mean(t: Typesetter, d: int, notation: Notation = PLAIN) -> Box:
    """mu_k = 1 / N_k sum_n r_nk x_n."""
    return row(
        mu(t, d, "k"),
        t.relation("="),
        t.fraction(t.upright("1"), count(t)),
        t.space(0.16),
        sum_of_shares(t, "k", notation),
        t.space(0.12),
        point(t, d),
    )


def covariance(
    t: Typesetter, d: int, structure: Covariance, notation: Notation = PLAIN
) -> tuple[Box, Box]:
    """The covariance's equation in two pieces that may be broken between."""
    if structure == "tied":
        return _tied(t, d, notation)
    shares = row(
        t.fraction(t.upright("1"), count(t)), t.space(0.16), sum_of_shares(t, "k", notation)
    )
    name = matrix(t, d, "k")
    if d == 1:
        square = deviation(t, 1, "k", notation=notation)
        return row(name, t.relation("="), shares), row(t.space(0.12), square)
    if structure == "diagonal":
        diagonal = t.fenced(row(sigma(t, "k1"), comma(t), sigma(t, "k2")))
        square = deviation(t, 1, "k", "i", notation=notation)
        return (
            row(name, t.relation("="), t.upright("diag"), diagonal, comma(t)),
            row(sigma(t, "ki"), t.relation("="), shares, t.space(0.12), square),
        )
    if structure == "spherical":
        half = t.fraction(t.upright("1"), row(t.upright("2"), t.space(0.1), count(t)))
        way = difference(t, d, "k", notation=notation)
        square = t.scripts(t.fenced(way, "|"), above=t.script.upright("2"))
        total = row(half, t.space(0.16), sum_of_shares(t, "k", notation), t.space(0.12), square)
        return (
            row(name, t.relation("="), sigma(t, "k"), t.space(0.1), t.bold("I"), comma(t)),
            row(sigma(t, "k"), t.relation("="), total),
        )
    square = deviation(t, d, "k", notation=notation)
    return row(name, t.relation("="), shares), row(t.space(0.12), square)


def names(t: Typesetter, d: int) -> dict[str, Box]:
    """What weight, mean and covariance are called, where there is no equation to them."""
    return {"weight": pi(t, "k"), "mean": mu(t, d, "k"), "covariance": matrix(t, d, "k")}


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


def _tied(t: Typesetter, d: int, notation: Notation) -> tuple[Box, Box]:
    name = t.bold("Σ") if d == 2 else t.scripts(t.italic("σ"), above=t.script.upright("2"))
    return row(
        name,
        t.relation("="),
        t.fraction(t.upright("1"), t.italic("N")),
        t.space(0.16),
        t.total(t.script.italic("j")),
        sum_of_shares(t, "j", notation),
    ), row(t.space(0.12), deviation(t, d, "j", notation=notation))


def _argmax(t: Typesetter, index: str) -> Box:
    """Its index below it."""
    word, below = t.upright("argmax"), t.script.italic(index)
    drop = 0.12 * t.size + below.ascent
    marks = (*word.marks, *below.moved((word.width - below.width) / 2, drop))
    box = Box(word.width, word.ascent, drop + below.descent, marks, f"argmax_{index}")
    return row(box, t.space(0.2))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanation", text)
