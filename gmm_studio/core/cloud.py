"""Point clouds: the data that a mixture is fitted to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray, frozen, frozen_int
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture

__all__ = ["LARGEST_COORDINATE", "PointCloud", "Source", "as_cloud"]

LARGEST_COORDINATE = 1e150
"""Beyond it squares of coordinates, and with them covariances, leave the range of doubles."""

_LARGEST_LABEL = 2**53


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a cloud came from, and its numeric columns, used or not."""

    path: Path
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PointCloud:
    """Points with what is known of them. Two clouds are equal only if they are the same object.

    Parameters
    ----------
    points : array_like, shape (n, d) or (n,)
        Finite coordinates, d = 1 or 2, n at least 1.
    weights : array_like, shape (n,), optional
        Sample weights: not negative, not all 0. A weight of 2 acts as a point given twice.
    labels : array_like of int, shape (n,), optional
        The true class of each point.
    truth : Mixture, optional
        The mixture that the points were drawn from.
    name : str
        What to call the cloud.
    columns : tuple of str
        The names of the d axes.
    source : Source, optional
        Where the points came from.
    class_names : tuple of str
        What the labels 0, 1, ... stand for, where they stand for something.

    Attributes
    ----------
    total_weight : float
        W, the sum of the sample weights: the number of points where there are none.

    Raises
    ------
    InputError
        When the arrays are not such a cloud; the message says what and in which row.
    """

    points: FloatArray
    weights: FloatArray | None = None
    labels: IntArray | None = None
    truth: Mixture | None = None
    name: str = ""
    columns: tuple[str, ...] = ()
    source: Source | None = None
    class_names: tuple[str, ...] = ()
    total_weight: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        points = _points(self.points)
        object.__setattr__(self, "points", points)
        if self.weights is not None:
            object.__setattr__(self, "weights", _weights(self.weights, len(points)))
        if self.labels is not None:
            object.__setattr__(self, "labels", _labels(self.labels, len(points)))
        if not self.columns:
            object.__setattr__(self, "columns", ("x", "y")[: self.d])
        if len(self.columns) != self.d:
            raise InputError("There must be {d} column names.", d=self.d)
        total = self.n if self.weights is None else self.weights.sum()
        object.__setattr__(self, "total_weight", float(total))

    def class_name(self, label: int) -> str:
        """What a label stands for: its name, else its number."""
        return self.class_names[label] if 0 <= label < len(self.class_names) else str(label)

    @property
    def n(self) -> int:
        """Number of points (rows)."""
        return int(self.points.shape[0])

    @property
    def d(self) -> int:
        """Number of dimensions, 1 or 2."""
        return int(self.points.shape[1])

    def subset(self, keep: npt.NDArray[np.bool_]) -> PointCloud:
        """The rows where `keep` (n,) is true, with all that is known of them but their file."""
        return replace(
            self,
            points=self.points[keep],
            weights=None if self.weights is None else self.weights[keep],
            labels=None if self.labels is None else self.labels[keep],
            source=None,
        )


def as_cloud(data: PointCloud | npt.ArrayLike, weights: npt.ArrayLike | None = None) -> PointCloud:
    """A cloud as it is, or one of the points and weights given as arrays."""
    if isinstance(data, PointCloud):
        if weights is not None:
            raise InputError("The cloud brings its weights with it: give them there.")
        return data
    return PointCloud(data, weights)  # type: ignore[arg-type]


def _points(values: npt.ArrayLike) -> FloatArray:
    try:
        points = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("The points must be a table of numbers.") from None
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise InputError("The points must have 1 or 2 columns.")
    if len(points) == 0:
        raise InputError("There is no point in it.")
    with np.errstate(invalid="ignore"):
        usable = (np.abs(points) <= LARGEST_COORDINATE).all(axis=1)
    if not usable.all():
        row = int(np.argmin(usable))
        problem = "is not finite" if not np.isfinite(points[row]).all() else "is too large"
        raise InputError("Point {row} {problem}.", row=row + 1, problem=problem)
    return frozen(points)


def _weights(values: npt.ArrayLike, n: int) -> FloatArray:
    try:
        weights = frozen(values)
    except (TypeError, ValueError):
        raise InputError("The sample weights must be numbers.") from None
    if weights.shape != (n,):
        raise InputError("There must be one sample weight for each of the {n} points.", n=n)
    usable = (weights >= 0) & (weights <= LARGEST_COORDINATE)
    if not usable.all():
        row = int(np.argmin(usable)) + 1
        raise InputError("The sample weight of point {row} must be a number from 0 up.", row=row)
    if not weights.any():
        raise InputError("All sample weights are 0.")
    return weights


def _labels(values: npt.ArrayLike, n: int) -> IntArray:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("The labels must be whole numbers.") from None
    if numbers.shape != (n,):
        raise InputError("There must be one label for each of the {n} points.", n=n)
    if not ((abs(numbers) < _LARGEST_LABEL) & (numbers == np.rint(numbers))).all():
        raise InputError("The labels must be whole numbers.")
    return frozen_int(values)
