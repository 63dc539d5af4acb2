"""Point clouds: the data that a mixture is fitted to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray, frozen, frozen_int, real_array
from gmm_studio.core.errors import InputError
from gmm_studio.core.grid import Grid
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.readable import readable
from gmm_studio.core.recipe import OUTLIER, Recipe
from gmm_studio.core.scaling import Kind, Scaling
from gmm_studio.core.source import LeftOut, ReadOptions

__all__ = ["LARGEST_COORDINATE", "PointCloud", "Source", "as_cloud"]

LARGEST_COORDINATE = 1e150
"""Beyond it squares of coordinates, and with them covariances, leave the range of doubles."""

_LARGEST_LABEL = 2**53


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a cloud came from, and how it was read.

    Parameters
    ----------
    path : Path
        Where it is.
    columns : tuple of str
        The names of its numeric columns, used or not.
    options : ReadOptions
        How it was read, with all that was understood filled in: read so again, it gives the same.
    left_out : tuple of LeftOut
        The rows that could not be used, by reason.
    kept : array of bool, shape (rows,), optional
        Which of the file's rows became points, in their order; None for all.
    """

    path: Path
    columns: tuple[str, ...]
    options: ReadOptions = field(default=ReadOptions(), compare=False)
    left_out: tuple[LeftOut, ...] = ()
    kept: npt.NDArray[np.bool_] | None = field(default=None, compare=False)

    @property
    def rows_left_out(self) -> int:
        """How many rows could not be used."""
        return sum(one.count for one in self.left_out)


class _Referable:
    """What weak references may point to; Python 3.10 has no `weakref_slot` for dataclasses."""

    __slots__ = ("__weakref__",)


@dataclass(frozen=True, slots=True, eq=False)
class PointCloud(_Referable):
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
        What to call the cloud; "�" takes the place of what is no text in it.
    columns : tuple of str
        The names of the d axes.
    source : Source, optional
        Where the points came from.
    class_names : tuple of str
        What the labels 0, 1, ... stand for, where they stand for something.
    scaling : Scaling, optional
        How points and truth came of the data, where they are not in its own units.
    grid : Grid, optional
        The grid whose cells the points are, where they are such.
    recipe : Recipe, optional
        How the points were made, in the data's own units.

    Attributes
    ----------
    total_weight : float
        W, the sum of the sample weights: the number of points where there are none.
    unscaled : PointCloud or None
        The cloud that `scaled` made this one of; None for others.

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
    scaling: Scaling | None = None
    grid: Grid | None = None
    recipe: Recipe | None = None
    total_weight: float = field(init=False, repr=False)
    # What is made of this cloud by replacing a part of it came of no other cloud.
    unscaled: PointCloud | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        points = _points(self.points)
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "name", readable(self.name))
        if self.weights is not None:
            object.__setattr__(self, "weights", _weights(self.weights, len(points)))
        if self.labels is not None:
            object.__setattr__(self, "labels", _labels(self.labels, len(points)))
        if not self.columns:
            object.__setattr__(self, "columns", ("x", "y")[: self.d])
        if len(self.columns) != self.d:
            raise InputError("There must be {d} column names.", d=self.d)
        if self.grid is not None and len(self.grid.counts) != self.n:
            raise InputError("The cells of a grid stand for many points, and cannot be changed.")
        total = self.n if self.weights is None else self.weights.sum()
        object.__setattr__(self, "total_weight", float(total))

    def class_name(self, label: int) -> str:
        """What a label stands for: its name, else its number."""
        if label == OUTLIER and self.recipe is not None and self.recipe.outliers:
            return "outliers"
        return self.class_names[label] if 0 <= label < len(self.class_names) else str(label)

    @property
    def n(self) -> int:
        """Number of points (rows)."""
        return int(self.points.shape[0])

    @property
    def d(self) -> int:
        """Number of dimensions, 1 or 2."""
        return int(self.points.shape[1])

    @property
    def nbytes(self) -> int:
        """How much memory its arrays take."""
        arrays = (self.points, self.weights, self.labels)
        return sum(array.nbytes for array in arrays if array is not None)

    @property
    def n_points(self) -> int:
        """How many rows the data has: the points, or all that are in the cells of a grid."""
        return self.n if self.grid is None else self.grid.n_points

    @property
    def scaling_kind(self) -> Kind:
        """How the points are scaled."""
        return "none" if self.scaling is None else self.scaling.kind

    def own_mixture(self, mixture: Mixture) -> Mixture:
        """A mixture on this cloud in the data's own units."""
        return mixture if self.scaling is None else self.scaling.own(mixture)

    def scaled_mixture(self, mixture: Mixture) -> Mixture:
        """A mixture of the data's own units in those of this cloud.

        Raises
        ------
        InputError
            When it has not as many dimensions.
        """
        if mixture.d != self.d:
            raise InputError(
                "The start has {start} dimensions, the points have {cloud}.",
                start=mixture.d,
                cloud=self.d,
            )
        return mixture if self.scaling is None else self.scaling.scale(mixture)

    def own_log_likelihood(self, log_likelihood: float) -> float:
        """A log-likelihood on this cloud, of densities in the data's own units."""
        if self.scaling is None:
            return log_likelihood
        return self.scaling.own_log_likelihood(log_likelihood, self.total_weight)

    def subset(self, keep: npt.NDArray[np.bool_]) -> PointCloud:
        """The rows where `keep` (n,) is true, with all that is known of them but their origin."""
        return replace(
            self,
            points=self.points[keep],
            weights=None if self.weights is None else self.weights[keep],
            labels=None if self.labels is None else self.labels[keep],
            grid=None if self.grid is None else self.grid.subset(keep),
            source=None,
            recipe=None,
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
        points = real_array(values)
    except (TypeError, ValueError):
        raise InputError("The points must be a table of real numbers.") from None
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise InputError("The points must have 1 or 2 columns.")
    if len(points) == 0:
        raise InputError("There is no point in it.")
    # Also false for nan.
    if not (points.min() >= -LARGEST_COORDINATE and points.max() <= LARGEST_COORDINATE):
        row = int(np.argmin((np.abs(points) <= LARGEST_COORDINATE).all(axis=1)))
        problem = "is not finite" if not np.isfinite(points[row]).all() else "is too large"
        raise InputError("Point {row} {problem}.", row=row + 1, problem=problem)
    return frozen(points)


def _weights(values: npt.ArrayLike, n: int) -> FloatArray:
    try:
        weights = frozen(values)
    except (TypeError, ValueError):
        raise InputError("The sample weights must be real numbers.") from None
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
        numbers = real_array(values)
    except (TypeError, ValueError):
        raise InputError("The labels must be whole numbers.") from None
    if numbers.shape != (n,):
        raise InputError("There must be one label for each of the {n} points.", n=n)
    if not ((abs(numbers) < _LARGEST_LABEL) & (numbers == np.rint(numbers))).all():
        raise InputError("The labels must be whole numbers.")
    return frozen_int(values)
