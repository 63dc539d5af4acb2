"""What all readers of grids share: the numbers of classes, and the cloud that is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.source import LeftOut, ReadOptions
from gmm_studio.data.cells import Tally
from gmm_studio.data.files import File
from gmm_studio.data.numerals import parse_number
from gmm_studio.data.rows import LARGEST_LABEL
from gmm_studio.data.selection import Selection

__all__ = ["MOST_CLASSES", "Classes", "grid_cloud", "number_classes"]

MOST_CLASSES = 10_000
"""How many labels may differ; beyond it they are not read."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The whole number for each label, and the names of 0, 1, 2, … if labels are texts."""

    codes: Mapping[str, int]
    names: tuple[str, ...]


def number_classes(found: Iterable[str]) -> Classes | None:
    """Whole numbers as they are, texts in alphabetical order.

    Measurements are no labels, and neither are too many; there is None then.
    """
    labels = sorted(set(found))
    if len(labels) > MOST_CLASSES:
        return None
    codes: dict[str, int] = {}
    for label in labels:
        number = parse_number(label)
        if number is None:
            return Classes({label: code for code, label in enumerate(labels)}, tuple(labels))
        if abs(number) < LARGEST_LABEL and number == round(number):
            codes[label] = int(number)
    return Classes(codes, ()) if len(codes) == len(labels) else None


def grid_cloud(
    file: File,
    selection: Selection,
    tally: Tally,
    names: tuple[str, ...],
    options: ReadOptions,
    left_out: tuple[LeftOut, ...],
) -> PointCloud:
    """The cloud of the cells of a file.

    Parameters
    ----------
    file : File
        The file.
    selection : Selection
        What was read of it.
    tally : Tally
        The cells.
    names : tuple of str
        Of the classes.
    options : ReadOptions
        With all that was understood.
    left_out : tuple of LeftOut
        The rows that could not be used.
    """
    gathered = tally.gathered()
    numeric = tuple(column.name for column in selection.layout.columns if column.numeric)
    return PointCloud(
        gathered.points,
        weights=gathered.weights,
        labels=gathered.labels,
        grid=gathered.grid,
        name=file.title,
        columns=tuple(column.name for column in selection.coordinates),
        source=Source(file.path, numeric, options, left_out),
        class_names=names,
    )
