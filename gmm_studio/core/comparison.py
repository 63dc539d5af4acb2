"""Comparing a fit with the truth: which component stands for which class, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray, frozen, frozen_int

__all__ = [
    "Comparison",
    "adjusted_rand_index",
    "compact",
    "compare",
    "confusion",
    "match",
    "matched_share",
]

_LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """An assignment of points to k components beside their c true classes.

    Attributes
    ----------
    table : ndarray, shape (k, c)
        The weight of the points (their number, where they have no weights) of each component and
        class.
    classes : ndarray of int, shape (c,)
        The labels of the columns, ascending.
    matching : ndarray of int, shape (k,)
        The column that each component stands for, -1 where there is none for it.
    adjusted_rand_index : float
    accuracy : float
        The share of the weight on matched cells, from 0 to 1.
    """

    table: FloatArray
    classes: IntArray
    matching: IntArray
    adjusted_rand_index: float
    accuracy: float


def compact(labels: npt.ArrayLike) -> tuple[IntArray, IntArray]:
    """The distinct labels, and each point's place among them. Sorts: do it once for a cloud.

    Parameters
    ----------
    labels : array_like of int, shape (n,)

    Returns
    -------
    classes : ndarray of int, shape (c,)
        Ascending.
    codes : ndarray of int, shape (n,)
        ``classes[codes]`` are the labels.
    """
    classes, codes = np.unique(np.asarray(labels), return_inverse=True)
    return frozen_int(classes), frozen_int(codes)


def compare(
    assigned: npt.NDArray[np.integer[Any]],
    codes: IntArray,
    classes: IntArray,
    k: int,
    weights: FloatArray | None = None,
) -> Comparison:
    """Compare an assignment with the truth.

    Parameters
    ----------
    assigned : ndarray of int, shape (n,)
        The component of each point, from 0.
    codes, classes : ndarray of int, shapes (n,) and (c,)
        As `compact` gives them.
    k : int
        Number of components.
    weights : ndarray, shape (n,), optional
        Sample weights.
    """
    table = frozen(confusion(assigned, codes, k, len(classes), weights))
    matching = frozen_int(match(table))
    accuracy = matched_share(table, matching)
    return Comparison(table, classes, matching, adjusted_rand_index(table), accuracy)


def confusion(
    assigned: npt.NDArray[np.integer[Any]],
    codes: npt.NDArray[np.integer[Any]],
    k: int,
    c: int,
    weights: FloatArray | None = None,
) -> FloatArray:
    """How much of each class, 0 to c - 1, went to each component, 0 to k - 1.

    Returns
    -------
    ndarray, shape (k, c)
        Sums of the sample weights, or numbers of points.
    """
    cells = np.multiply(assigned, c, dtype=np.int64)
    cells += codes
    return np.bincount(cells, weights, k * c).astype(np.float64, copy=False).reshape(k, c)


def adjusted_rand_index(table: npt.ArrayLike) -> float:
    """Agreement of two partitions, corrected for chance (Hubert and Arabie 1985).

    1 where they are the same, 0 in the mean where they have nothing to do with each other. Whole
    weights act as repeated points. With others there is no number of pairs: they count as shares
    of a cloud without end, and the result does not depend on their unit.

    Parameters
    ----------
    table : array_like, shape (k, c)
        As `confusion` gives it.
    """
    table = np.asarray(table, dtype=np.float64)
    total = float(table.sum())
    if total <= 0:
        return 1.0
    whole = total < _LARGEST_WHOLE and bool((table == np.rint(table)).all())
    if not whole:
        table, total = table / total, 1.0
    both = float((table * table).sum())
    rows, columns = (float((table.sum(axis=axis) ** 2).sum()) for axis in (1, 0))
    only_rows, only_columns = rows - both, columns - both
    neither = total * total - rows - columns + both
    if max(only_rows, only_columns) <= (0.0 if whole else 1e-14):
        return 1.0
    if whole:
        both -= total
    excess = both * neither - only_rows * only_columns
    most = (both + only_rows) * (only_rows + neither)
    most += (both + only_columns) * (only_columns + neither)
    return 2 * excess / most


def match(table: npt.ArrayLike) -> IntArray:
    """The class column that each component stands for, so that most of the weight is matched.

    No two components stand for the same class (Kuhn 1955).

    Parameters
    ----------
    table : array_like, shape (k, c)

    Returns
    -------
    ndarray of int, shape (k,)
        -1 for a component that has nothing of a class left for it.
    """
    table = np.asarray(table, dtype=np.float64)
    matching = _assign(-table)
    matched = matching >= 0
    matching[matched] = np.where(
        table[matched, matching[matched]] > 0, matching[matched], np.int64(-1)
    )
    return matching


def matched_share(table: FloatArray, matching: IntArray) -> float:
    """The share of the weight on matched cells, from 0 to 1: the accuracy."""
    total = float(table.sum())
    rows = np.flatnonzero(matching >= 0)
    return min(1.0, float(table[rows, matching[rows]].sum()) / total) if total > 0 else 0.0


def _assign(costs: FloatArray) -> IntArray:
    """For each row a column of its own at the least sum of costs, -1 where they run out."""
    from scipy.optimize import linear_sum_assignment

    matching = np.full(len(costs), -1, dtype=np.int64)
    rows, columns = linear_sum_assignment(costs)
    matching[rows] = columns
    return matching
