"""Changes of some points of a cloud: each keeps what it changes, not the cloud, and can go back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray, frozen, frozen_int
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError

__all__ = [
    "Added",
    "Change",
    "Moved",
    "Removed",
    "Stroke",
    "adding",
    "erasing",
    "moving",
    "removing",
]

_UNKNOWN: dict[str, Any] = {"truth": None, "source": None, "recipe": None}
"""What points came from that a person has put there."""

_Number = TypeVar("_Number", np.float64, np.int64)

BLOCK = 2**16
"""So many points at a time are compared with the places of an eraser."""


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """Points after the last one of a cloud. What they were drawn from nobody knows.

    Parameters
    ----------
    facts : PointCloud
        What was known of the cloud before, with one of its points.
    points : ndarray, shape (m, d)
    label : int or None
        Their true class. A cloud without classes gets them: its other points are of class 0.
    had_labels : bool
        Whether the cloud had classes.
    """

    facts: PointCloud
    points: FloatArray
    label: int | None
    had_labels: bool

    @property
    def nbytes(self) -> int:
        """How much memory it holds."""
        return int(self.points.nbytes)

    def apply(self, cloud: PointCloud) -> PointCloud:
        """The cloud with them."""
        m = len(self.points)
        weights, labels = cloud.weights, cloud.labels
        if weights is not None:
            weights = np.concatenate([weights, np.ones(m)])
        if labels is not None or self.label is not None:
            old = np.zeros(cloud.n, np.int64) if labels is None else labels
            labels = np.concatenate([old, np.full(m, self.label or 0)])
        points = np.concatenate([cloud.points, self.points])
        return replace(cloud, points=points, weights=weights, labels=labels, **_UNKNOWN)

    def revert(self, cloud: PointCloud) -> PointCloud:
        """The cloud without them."""
        n = cloud.n - len(self.points)
        weights = None if cloud.weights is None else cloud.weights[:n]
        labels = cloud.labels[:n] if self.had_labels and cloud.labels is not None else None
        return replace(self.facts, points=cloud.points[:n], weights=weights, labels=labels)


@dataclass(frozen=True, slots=True, eq=False)
class Removed:
    """Points that are gone.

    Parameters
    ----------
    facts : PointCloud
        What was known of the cloud before, with one of its points.
    rows : ndarray of int, shape (m,)
        Where they were, ascending.
    points : ndarray, shape (m, d)
    weights : ndarray, shape (m,), or None
    labels : ndarray of int, shape (m,), or None
    """

    facts: PointCloud
    rows: IntArray
    points: FloatArray
    weights: FloatArray | None
    labels: IntArray | None

    @property
    def nbytes(self) -> int:
        """How much memory it holds."""
        arrays = (self.rows, self.points, self.weights, self.labels)
        return sum(array.nbytes for array in arrays if array is not None)

    def apply(self, cloud: PointCloud) -> PointCloud:
        """The cloud without them."""
        kept = np.ones(cloud.n, np.bool_)
        kept[self.rows] = False
        return cloud.subset(kept)

    def revert(self, cloud: PointCloud) -> PointCloud:
        """The cloud with them where they were."""
        old = np.zeros(cloud.n + len(self.rows), np.bool_)
        old[self.rows] = True
        weights, labels = cloud.weights, cloud.labels
        if weights is not None and self.weights is not None:
            weights = _merged(old, self.weights, weights)
        if labels is not None and self.labels is not None:
            labels = _merged(old, self.labels, labels)
        return replace(
            self.facts,
            points=_merged(old, self.points, cloud.points),
            weights=weights,
            labels=labels,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Points that are elsewhere. What they were drawn from nobody knows.

    Parameters
    ----------
    facts : PointCloud
        What was known of the cloud before, with one of its points.
    rows : ndarray of int, shape (m,)
    before : ndarray, shape (m, d)
        Where they were.
    shift : ndarray, shape (d,)
    """

    facts: PointCloud
    rows: IntArray
    before: FloatArray
    shift: FloatArray

    @property
    def nbytes(self) -> int:
        """How much memory it holds."""
        return int(self.rows.nbytes + self.before.nbytes)

    def apply(self, cloud: PointCloud) -> PointCloud:
        """The cloud with them where they are now."""
        points = cloud.points.copy()
        points[self.rows] = self.before + self.shift
        return replace(cloud, points=points, **_UNKNOWN)

    def revert(self, cloud: PointCloud) -> PointCloud:
        """The cloud with them where they were."""
        points = cloud.points.copy()
        points[self.rows] = self.before
        return replace(self.facts, points=points, weights=cloud.weights, labels=cloud.labels)


Change: TypeAlias = Added | Removed | Moved

Stroke: TypeAlias = Callable[[PointCloud], Change | None]
"""What a person does with a brush, to whatever cloud is there by then; None changes nothing."""


def adding(points: npt.ArrayLike, label: int | None = None) -> Stroke:
    """Put points (m, d) into a cloud, of a true class or of none."""
    new = frozen(points)

    def stroke(cloud: PointCloud) -> Change | None:
        if len(new) == 0:
            return None
        # Where there are classes every point has one.
        kind = 0 if label is None and cloud.labels is not None else label
        return Added(_facts(cloud), new, kind, cloud.labels is not None)

    return stroke


def removing(rows: npt.NDArray[np.bool_]) -> Stroke:
    """Take the points where `rows` (n,) is true out of a cloud."""

    def stroke(cloud: PointCloud) -> Change | None:
        taken = frozen_int(np.flatnonzero(rows))
        if len(taken) == 0:
            return None
        if len(taken) == cloud.n:
            raise InputError("That would leave no point. Select fewer.")
        return Removed(
            _facts(cloud),
            taken,
            frozen(cloud.points[taken]),
            None if cloud.weights is None else frozen(cloud.weights[taken]),
            None if cloud.labels is None else frozen_int(cloud.labels[taken]),
        )

    return stroke


def erasing(places: npt.ArrayLike, reach: npt.ArrayLike) -> Stroke:
    """Take the points out of a cloud over which an eraser went.

    Parameters
    ----------
    places : array_like, shape (m, d)
        Where its middle was; between two that follow each other it went straight.
    reach : array_like, shape (d,)
        Half its width along each axis, above 0: in the plane it is an ellipse.
    """
    way = frozen(places) / frozen(reach)
    starts, ends = (way, way) if len(way) == 1 else (way[:-1], way[1:])

    def stroke(cloud: PointCloud) -> Change | None:
        rows = np.zeros(cloud.n, np.bool_)
        for first in range(0, cloud.n, BLOCK):
            points = cloud.points[first : first + BLOCK] / frozen(reach)
            near = np.flatnonzero(_is_near(points, way.min(axis=0), way.max(axis=0)))
            points = points[near]
            for start, end in zip(starts, ends, strict=True):
                close = np.flatnonzero(
                    _is_near(points, np.minimum(start, end), np.maximum(start, end))
                )
                hit = _squared_distances(points[close], start, end) <= 1
                rows[first + near[close[hit]]] = True
        return removing(rows)(cloud)

    return stroke


def moving(rows: npt.NDArray[np.bool_], shift: npt.ArrayLike) -> Stroke:
    """Move the points where `rows` (n,) is true by `shift` (d,)."""

    def stroke(cloud: PointCloud) -> Change | None:
        taken = frozen_int(np.flatnonzero(rows))
        if len(taken) == 0:
            return None
        return Moved(_facts(cloud), taken, frozen(cloud.points[taken]), frozen(shift))

    return stroke


def _facts(cloud: PointCloud) -> PointCloud:
    return replace(cloud, points=cloud.points[:1].copy(), weights=None, labels=None)


def _merged(
    old: npt.NDArray[np.bool_], taken: npt.NDArray[_Number], kept: npt.NDArray[_Number]
) -> npt.NDArray[_Number]:
    """What was taken (m, ...) where `old` (n,) is true, what was kept elsewhere."""
    merged = np.empty((len(old), *taken.shape[1:]), taken.dtype)
    merged[old], merged[~old] = taken, kept
    return merged


def _is_near(points: FloatArray, low: FloatArray, high: FloatArray) -> npt.NDArray[np.bool_]:
    """Which points (n, d) are at most 1 away from a box along each axis, (n,)."""
    return np.asarray(((points >= low - 1) & (points <= high + 1)).all(axis=1))


def _squared_distances(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """From points (n, d) to the straight way between two places (d,)."""
    way = end - start
    length = way @ way
    along = np.clip((points - start) @ way / length, 0, 1) if length > 0 else np.zeros(len(points))
    away = points - start - along[:, None] * way
    squares: FloatArray = np.einsum("nd,nd->n", away, away)
    return squares
