"""The symbols that the equations are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gmm_studio.gui.explanation.formula import Box, Typesetter, row
from gmm_studio.gui.numbers import MINUS

__all__ = [
    "PLAIN",
    "Notation",
    "comma",
    "count",
    "density",
    "deviation",
    "difference",
    "label",
    "matrix",
    "mu",
    "pi",
    "point",
    "share",
    "sigma",
    "sub",
    "sum_of_shares",
]


@dataclass(frozen=True, slots=True)
class Notation:
    """How sums over the points are written.

    Attributes
    ----------
    weighted : bool
        Points have sample weights: then w_n stands in the sums.
    labelled : bool
        Each point counts for the component alone that it is given to.
    previous_means : bool
        Deviations are from the means before the step.
    """

    weighted: bool = False
    labelled: bool = False
    previous_means: bool = False


PLAIN = Notation()


def deviation(
    t: Typesetter, d: int, index: str, axis: str = "", *, notation: Notation = PLAIN
) -> Box:
    """The outer product of x_n - mu with itself; a square for scalars."""
    inner = t.fenced(difference(t, d, index, axis, notation=notation))
    if d == 1:
        return t.scripts(inner, above=t.script.upright("2"))
    return row(inner, t.scripts(inner, above=t.script.upright("T")))


def difference(
    t: Typesetter, d: int, index: str, axis: str = "", *, notation: Notation = PLAIN
) -> Box:
    """x_n - mu_k, or minus the mean before the step."""
    old = "old" if notation.previous_means else ""
    return row(point(t, d, axis), t.relation(MINUS), mu(t, d, index, axis, above=old))


def density(t: Typesetter, d: int, index: str) -> Box:
    """N(x_n | mu_k, Sigma_k)."""
    inside = row(point(t, d), t.bar(), mu(t, d, index), comma(t), matrix(t, d, index))
    return row(t.gaussian(), t.fenced(inside))


def sum_of_shares(t: Typesetter, index: str, notation: Notation, *, alone: bool = False) -> Box:
    """sum_n r_nk, or the sum over the points that are given to k; `alone` if nothing follows."""
    weight = sub(t, t.italic("w"), "n")
    if notation.labelled:
        given = row(label(t.script), t.script.relation("="), t.script.italic(index))
        total = t.total(given)
        if notation.weighted:
            return row(total, weight)
        return row(total, t.upright("1")) if alone else row(Box(0.12 * t.size, 0, 0), total)
    total = t.total(t.script.italic("n"))
    if not notation.weighted:
        return row(total, share(t, index))
    return row(total, weight, t.space(0.1), share(t, index))


def sub(t: Typesetter, base: Box, index: str, above: str = "") -> Box:
    """A letter with an index, and with a word above it."""
    letters = (t.script.upright(s) if s.isdigit() else t.script.italic(s) for s in index)
    below = row(*letters, gap=0.05 * t.size)
    return t.scripts(base, below, t.script.upright(above) if above else None)


def share(t: Typesetter, index: str) -> Box:
    """r_nk."""
    return sub(t, t.italic("r"), f"n{index}")


def label(t: Typesetter) -> Box:
    """z_n, the component that a point is given to."""
    return sub(t, t.italic("z"), "n")


def pi(t: Typesetter, index: str, above: str = "") -> Box:
    """A weight."""
    return sub(t, t.italic("π"), index, above)


def count(t: Typesetter, index: str = "k", letter: str = "N") -> Box:
    """N_k."""
    return sub(t, t.italic(letter), index)


def mu(t: Typesetter, d: int, index: str, axis: str = "", above: str = "") -> Box:
    """A mean, or one coordinate of it."""
    return sub(t, t.bold("μ") if d == 2 else t.italic("μ"), index + axis, above)


def matrix(t: Typesetter, d: int, index: str, above: str = "") -> Box:
    """A covariance; a variance for scalars."""
    if d == 2:
        return sub(t, t.bold("Σ"), index, above)
    return sub(t, t.italic("σ"), index, f"2 {above}".strip())


def point(t: Typesetter, d: int, axis: str = "") -> Box:
    """x_n, or one coordinate of it."""
    return sub(t, t.bold("x") if d == 2 else t.italic("x"), f"n{axis}")


def sigma(t: Typesetter, index: str) -> Box:
    """A variance."""
    return sub(t, t.italic("σ"), index, "2")


def comma(t: Typesetter) -> Box:
    """A comma and a space."""
    return replace(row(t.upright(","), t.space(0.25)), text=", ")
