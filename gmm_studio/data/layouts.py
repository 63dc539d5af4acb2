"""The mixtures behind the generated clouds: how k components are arranged in the plane.

Each function gives the same mixture for the same k. The arrangements are wider than high, as the
view is, and centred on the origin.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture

__all__ = ["elongated", "grid", "nested", "overlapping", "separated", "unequal"]

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
