"""The equations of a move of split-and-merge EM: two components made one, a third split in two."""

from __future__ import annotations

from dataclasses import replace

from gmm_studio.core.split_and_merge import OFFSET, Candidate
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.explanation.equations import disc
from gmm_studio.gui.explanation.formula import Box, Typesetter, row
from gmm_studio.gui.explanation.symbols import matrix, mu, pi, sub
from gmm_studio.gui.numbers import MINUS

__all__ = ["merged", "move_line", "split"]

_ARROW = "\N{RIGHTWARDS ARROW}"


def merged(t: Typesetter, d: int, pair: tuple[int, int]) -> dict[str, tuple[Box, ...]]:
    """Weight, mean and covariance of the one that two components (from 0) become, in pieces."""
    first, second = (str(j + 1) for j in pair)
    parts = [row(pi(t, j, "old"), t.space(0.1), mu(t, d, j, above="old")) for j in (first, second)]
    members = t.script.upright(f"{{{first}, {second}}}")
    index = row(t.script.italic("j"), t.script.upright(" \N{ELEMENT OF} "), members)
    way = row(mu(t, d, "j", above="old"), t.relation(MINUS), mu(t, d, first))
    inner = t.fenced(way)
    two = t.script.upright("2")
    square = t.scripts(inner, above=two) if d == 1 else _outer(t, inner)
    share = t.fraction(pi(t, "j", "old"), pi(t, first))
    spread = row(matrix(t, d, "j", "old"), t.relation("+"), square)
    return {
        "weight": (
            row(pi(t, first), t.relation("="), _plus(t, pi(t, first, "old"), pi(t, second, "old"))),
        ),
        "mean": (
            row(mu(t, d, first), t.relation("="), t.fraction(_plus(t, *parts), pi(t, first))),
        ),
        "covariance": (
            row(matrix(t, d, first), t.relation("="), t.total(index), share),
            t.fenced(spread),
        ),
    }


def split(t: Typesetter, d: int, candidate: Candidate, j: int) -> dict[str, tuple[Box, ...]]:
    """Weight, mean and covariance of one half `j` of what is split, both from 0, in pieces.

    S is the covariance of the points of the component, lambda its largest eigenvalue and u the
    eigenvector to it.
    """
    name, old = str(j + 1), str(candidate.split + 1)
    sign = "+" if j == candidate.split else MINUS
    number = t.upright(f"{OFFSET:g}")
    if d == 1:
        step = row(number, t.space(0.12), sub(t, t.italic("s"), old))
        whole = sub(t, t.italic("s"), old, "2")
        taken = row(t.upright(f"{OFFSET**2:g}"), t.space(0.12), whole)
    else:
        root = t.scripts(t.italic("λ"), above=t.script.upright("1/2"))
        step = row(number, t.space(0.12), root, t.space(0.12), t.bold("u"))
        whole = sub(t, t.bold("S"), old)
        factor = row(t.upright(f"{OFFSET**2:g}"), t.space(0.12), t.italic("λ"), t.space(0.12))
        taken = row(factor, _outer(t, t.bold("u")))
    half = t.fraction(t.upright("1"), t.upright("2"))
    return {
        "weight": (row(pi(t, name), t.relation("="), half, t.space(0.16), pi(t, old, "old")),),
        "mean": (
            row(
                mu(t, d, name), t.relation("="), mu(t, d, old, above="old"), t.relation(sign), step
            ),
        ),
        "covariance": (row(matrix(t, d, name), t.relation("="), whole, t.relation(MINUS), taken),),
    }


def move_line(t: Typesetter, palette: Palette, candidate: Candidate) -> Box:
    """Which components become which, by their discs."""
    (first, second), third = candidate
    one, two, three = (disc(t, palette, j) for j in (first, second, third))
    plus, arrow = t.relation("+"), replace(t.relation(_ARROW), text=f" {_ARROW} ")
    merge = row(one, plus, two, arrow, one)
    return row(merge, replace(t.space(1.6), text=", "), three, arrow, two, plus, three)


def _plus(t: Typesetter, first: Box, second: Box) -> Box:
    return row(first, t.relation("+"), second)


def _outer(t: Typesetter, vector: Box) -> Box:
    return row(vector, t.scripts(vector, above=t.script.upright("T")))
