"""The window from a script, from IPython and from Jupyter."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from gmm_studio.core.arrays import FloatArray, real_array
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Run
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Covariance, Mixture
from gmm_studio.core.scikit_learn import TYPES
from gmm_studio.data.cells import to_cells
from gmm_studio.data.layout import role_of

__all__ = ["Exploration", "explore"]


class Exploration(ABC):
    """What a window that `explore` opened holds just now, also once it is closed.

    All numbers are in the data's own units, also where its axes were scaled.
    """

    @property
    @abstractmethod
    def cloud(self) -> PointCloud:
        """The points on show."""

    @property
    @abstractmethod
    def mixture(self) -> Mixture | None:
        """That of the step on show; None while there is no run."""

    @property
    @abstractmethod
    def runs(self) -> tuple[Run, ...]:
        """All runs on these points that have ended, the oldest first."""

    @property
    @abstractmethod
    def seeds(self) -> tuple[tuple[float, ...] | None, ...]:
        """The means of the start; of seeds that are being placed, None for each still missing."""

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether the window is there."""

    @abstractmethod
    def close(self) -> None:
        """Close the window."""


def explore(X: Any, labels: Any = None, mixture: Any = None) -> Exploration:  # noqa: N803
    """Open the window on points.

    In a script it stays open, and the script waits, until a person closes it. Where Qt's event loop
    runs already, and in IPython and Jupyter, with or without ``%gui qt``, it opens beside the
    prompt.

    Parameters
    ----------
    X : array_like, data frame, series or PointCloud
        One or two columns of numbers. Of a data frame of pandas or polars the first two that hold
        numbers are taken, with their names; columns named label, class or weight are what they say.
    labels : array_like, optional
        The true class of each point, shape (n,): whole numbers, or texts, which become the names of
        the classes.
    mixture : Mixture or GaussianMixture, optional
        The start of the run: ours, or a fitted model of scikit-learn.

    Returns
    -------
    Exploration

    Raises
    ------
    InputError
        When the points, labels or mixture are no such, or no window can be opened here.
    """
    from gmm_studio.data.big import MOST_POINTS
    from gmm_studio.gui.startup import diagnose

    cloud = _cloud(X, labels)
    cloud = cloud if cloud.n <= MOST_POINTS else to_cells(cloud)
    start = None if mixture is None else _start(cloud, mixture)
    if not _has_application() and (problem := diagnose()):
        raise InputError("{problem}", problem=problem)
    from gmm_studio.gui.exploring import open_window

    return open_window(cloud, start, Configuration(covariance=_structure(mixture)))


def _has_application() -> bool:
    """Whether Qt has found its screen already."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets is not None and widgets.QApplication.instance() is not None


def _start(cloud: PointCloud, mixture: Any) -> Mixture:
    """A mixture in the data's own units, in those of the cloud."""
    ours = mixture if isinstance(mixture, Mixture) else Mixture.from_sklearn(mixture)
    return cloud.scaled_mixture(ours)


def _structure(mixture: Any) -> Covariance:
    """The structure of a model of scikit-learn; our mixtures have none of their own."""
    named = getattr(mixture, "covariance_type", "full")
    return next((ours for ours, theirs in TYPES.items() if theirs == named), "full")


def _cloud(points: Any, labels: Any) -> PointCloud:
    if isinstance(points, PointCloud):
        if labels is not None:
            raise InputError("The cloud brings its labels with it: give them there.")
        return points
    if hasattr(points, "columns") and hasattr(points, "__getitem__"):
        return _cloud_of_frame(points, labels)
    name = getattr(points, "name", None)
    if hasattr(points, "to_numpy"):
        points = _numbers(points, str(name or "x"))
    codes, class_names = _classes(labels)
    cloud = PointCloud(points, labels=codes, class_names=class_names)
    if cloud.d == 1 and isinstance(name, str) and name:
        return PointCloud(cloud.points, labels=codes, class_names=class_names, columns=(name,))
    return cloud


def _cloud_of_frame(frame: Any, labels: Any) -> PointCloud:
    """The columns of a data frame, chosen as those of a file are."""
    columns: dict[str, Any] = {str(name): frame[name] for name in frame.columns}
    if any(getattr(column, "ndim", 1) != 1 for column in columns.values()):
        raise InputError("The data frame has two columns of the same name.")
    roles = {name: role_of(name, has_header=True) for name in columns}
    numeric = [name for name, column in columns.items() if _is_numeric(column)]
    chosen = [name for name in numeric if roles[name] == "coordinate"][:2]
    if not chosen:
        raise InputError("The data frame has no column of numbers to take as coordinates.")
    if labels is None:
        labels = next((columns[name] for name in columns if roles[name] == "label"), None)
    weight = next((name for name in numeric if roles[name] == "weight"), None)
    codes, class_names = _classes(labels)
    return PointCloud(
        np.column_stack([_numbers(columns[name], name) for name in chosen]),
        weights=None if weight is None else _numbers(columns[weight], weight),
        labels=codes,
        columns=tuple(chosen),
        class_names=class_names,
    )


def _is_numeric(column: Any) -> bool:
    dtype: Any = getattr(column, "dtype", None)
    if hasattr(dtype, "is_numeric"):  # of polars
        return bool(dtype.is_numeric())
    kind = getattr(dtype, "kind", None) or np.asarray(column).dtype.kind
    return kind in "fiu"


def _numbers(column: Any, name: str) -> FloatArray:
    try:
        return real_array(column)
    except (TypeError, ValueError):
        raise InputError(
            "The column {name} holds values that are missing or are no real numbers.", name=name
        ) from None


def _classes(labels: Any) -> tuple[Any, tuple[str, ...]]:
    """Labels as numbers, and what these stand for where they were texts."""
    if labels is None:
        return None, ()
    try:
        values = np.asarray(labels)
    except ValueError:
        values = np.empty((0, 0))
    if values.ndim != 1:
        raise InputError("The labels must be a list with one for each point.")
    if values.dtype.kind in "fiu":
        return values, ()
    items = values.tolist()
    # NaN and what pandas has for it are not equal to themselves.
    missing = (i for i, item in enumerate(items, 1) if item is None or _is_unknown(item))
    if row := next(missing, 0):
        raise InputError("The label of point {row} is missing.", row=row)
    if all(isinstance(item, int) and not isinstance(item, bool) for item in items):
        return np.array(items), ()
    return _coded([str(item) for item in items])


def _is_unknown(item: object) -> bool:
    try:
        return bool(item != item)
    except TypeError:
        return True


def _coded(texts: Sequence[str]) -> tuple[Any, tuple[str, ...]]:
    """Texts numbered in order of appearance."""
    classes: dict[str, int] = {}
    codes = [classes.setdefault(text, len(classes)) for text in texts]
    return np.array(codes), tuple(classes)
