"""The mixtures behind the generated clouds: how k components are arranged in the plane.

Each function gives the same mixture for the same k. The arrangements are wider than high, as the
view is, and centred on the origin. The last ones are arranged on a line instead.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture

__all__ = [
    "claw",
    "comb",
    "elongated",
    "grid",
    "hills",
    "nested",
    "overlapping",
    "peaks",
    "same_mean",
    "separated",
    "spike",
    "unequal",
]

GOLDEN_ANGLE = float(np.pi * (3 - np.sqrt(5)))
"""Turning by it again and again never repeats a direction."""


def separated(k: int) -> Mixture:
    """Clusters of several shapes and directions, clear of one another."""
    turns = 0.5 + GOLDEN_ANGLE * np.arange(k)
    means = _bricks(k, 5.0, 3.9)
    return Mixture(_equal(k), means, _covariances((1.0, 0.55), turns))


def overlapping(k: int) -> Mixture:
    """The same arrangement pushed together until the clusters run into one another."""
    turns = 0.5 + GOLDEN_ANGLE * np.arange(k)
    means = _bricks(k, 2.6, 2.1)
    return Mixture(_equal(k), means, _covariances((1.0, 0.7), turns))


def elongated(k: int) -> Mixture:
    """Long, thin, slanting clusters side by side, which no round cluster describes."""
    turns = 0.95 + np.where(np.arange(k) % 2, 0.16, -0.16)
    means = _centred_rows(_even(k, -(-k // 8)), 2.1, 6.5)
    return Mixture(_equal(k), means, _covariances((1.6, 0.26), turns))


def unequal(k: int) -> Mixture:
    """One large cluster and ever fewer points in the others."""
    shares = np.arange(1, k + 1) ** -1.5
    scales = np.sqrt(np.maximum(shares, 0.1))
    turns = 0.5 + GOLDEN_ANGLE * np.arange(k)
    covariances = _covariances((1.4, 0.9), turns) * scales[:, None, None]
    return Mixture(shares / shares.sum(), _bricks(k, 4.5, 3.6), covariances)


def nested(k: int) -> Mixture:
    """Small, dense clusters inside a wide one."""
    inner = k - 1
    shrink = max(inner, 1) ** -0.5
    means = np.vstack([(0.0, 0.0), _bricks(inner, 5.0, 3.6) * shrink + (0.9, 0.3)])
    small = _covariances((0.45 * shrink, 0.3 * shrink), np.full(inner, -0.4))
    wide = _covariances((2.6, 1.7), np.array([0.25]))
    weights = np.r_[0.6, np.full(inner, 0.4 / max(inner, 1))]
    return Mixture(weights / weights.sum(), means, np.concatenate([wide, small]))


def grid(k: int) -> Mixture:
    """Equal round clusters in rows and columns: a field with many local optima."""
    columns = int(np.ceil(np.sqrt(k)))
    rows = np.full(-(-k // columns), columns)
    rows[-1] = k - columns * (len(rows) - 1)
    return Mixture(
        _equal(k), _centred_rows(rows, 3.0, 2.4), _covariances((0.45, 0.45), np.zeros(k))
    )


def _equal(k: int) -> FloatArray:
    return np.full(k, 1 / k)


def _bricks(k: int, across: float, down: float) -> FloatArray:
    """Places in rows of nearly equal length, like bricks where the lengths differ by one."""
    return _centred_rows(_even(k, max(1, round((k / 1.2) ** 0.5))), across, down)


def _even(k: int, n_rows: int) -> npt.NDArray[np.int_]:
    return np.diff(np.arange(n_rows + 1) * k // n_rows)


def _centred_rows(rows: npt.NDArray[np.int_], across: float, down: float) -> FloatArray:
    """Places in rows of the given lengths, from the top left on, centred on the origin."""
    row = np.repeat(np.arange(len(rows)), rows)
    column = np.arange(len(row)) - np.repeat(np.cumsum(rows) - rows, rows)
    x = across * (column - (rows[row] - 1) / 2)
    y = down * ((len(rows) - 1) / 2 - row)
    return np.column_stack([x, y])


def _covariances(axes: tuple[float, float], turns: npt.NDArray[np.floating]) -> FloatArray:
    """Covariances with these standard deviations along axes turned by each angle."""
    cos, sin = np.cos(turns), np.sin(turns)
    rotations = np.moveaxis(np.array([[cos, -sin], [sin, cos]]), -1, 0)
    return np.asarray(rotations * np.square(axes) @ rotations.swapaxes(1, 2))


def hills(k: int) -> Mixture:
    """On the line: equal normals so near to one another that neighbours run together."""
    return _on_line(_equal(k), 2.6 * (np.arange(k) - (k - 1) / 2), np.ones(k))


def peaks(k: int) -> Mixture:
    """On the line: clear of one another, of several widths, and ever fewer points in each."""
    shares = 1 / np.arange(1, k + 1)
    weights = shares / shares.sum()
    places = 5.0 * np.arange(k)
    widths = np.array([1.0, 0.7, 0.85])[np.arange(k) % 3]
    return _on_line(weights, places - weights @ places, widths)


def spike() -> Mixture:
    """On the line: a narrow normal inside a wide one."""
    return _on_line((0.7, 0.3), (0.0, 1.2), (2.0, 0.2))


def same_mean() -> Mixture:
    """On the line: two normals about one mean, which their widths alone tell apart."""
    return _on_line((0.5, 0.5), (0.0, 0.0), (0.6, 2.4))


def claw() -> Mixture:
    """On the line: five narrow normals on a wide one.

    Density 10 of J. S. Marron and M. P. Wand (1992), Exact mean integrated squared error,
    The Annals of Statistics 20, 712-736, table 1.
    """
    weights = np.r_[0.5, np.full(5, 0.1)]
    return _on_line(weights, np.r_[0.0, np.arange(5) / 2 - 1], np.r_[1.0, np.full(5, 0.1)])


def comb() -> Mixture:
    """On the line: six normals, each half as heavy and half as wide as the one before.

    Density 14 of Marron and Wand (1992), the smooth comb.
    """
    halves = 0.5 ** np.arange(6)
    return _on_line(32 / 63 * halves, (65 - 96 * halves) / 21, 32 / 63 * halves)


def _on_line(weights: npt.ArrayLike, means: npt.ArrayLike, deviations: npt.ArrayLike) -> Mixture:
    variances = np.square(np.asarray(deviations, np.float64))
    return Mixture(
        np.asarray(weights, np.float64),
        np.asarray(means, np.float64)[:, None],
        variances[:, None, None],
    )
