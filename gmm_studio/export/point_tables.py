"""What is known of points, as a table to write something beside: their file, or themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.scaling import scaled
from gmm_studio.export.cells import Cell, number_of_text

__all__ = ["BLOCK", "Block", "Column", "JoinedTable", "OwnTable", "PointTable", "Rows"]

BLOCK = 2**9
"""Rows at a time. Others wait for what is made in one go, and so they do while Python looks for
garbage, which it does as soon as some more things than that are kept."""

Column: TypeAlias = tuple[Sequence[Cell], Sequence[object]]
"""What the cells of a column hold, and how they stand there."""

Block: TypeAlias = tuple[list[Sequence[Any]], npt.NDArray[np.bool_]]
"""Some rows, and which of them are points."""


class Rows(Protocol):
    """The rows of a file, as `gmm_studio.data.file_rows` gives them."""

    @property
    def file(self) -> str:
        """What messages call the file."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns."""
        ...

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which of them hold numbers."""
        ...

    @property
    def coordinates(self) -> tuple[int, ...]:
        """Which of them became the coordinates."""
        ...

    @property
    def rows(self) -> Iterator[Sequence[str]]:
        """All rows, once."""
        ...

    @property
    def missing(self) -> frozenset[str]:
        """The texts that stand for no number."""
        ...

    @property
    def plain(self) -> Callable[[str], str]:
        """A text that spells a number, with a point as decimal mark and no other marks."""
        ...

    @property
    def parse(self) -> Callable[[str], float | None]:
        """The number that a text spells."""
        ...


class OwnTable:
    """The points as they are."""

    def __init__(self, cloud: PointCloud) -> None:
        names, columns = list(cloud.columns), list(cloud.points.T)
        if cloud.labels is not None:
            names.append("label")
            columns.append(cloud.labels)
        if cloud.weights is not None:
            names.append("weight")
            columns.append(cloud.weights)
        self.names, self._columns, self._n = tuple(names), columns, cloud.n

    def blocks(self) -> Iterator[Block]:
        """The rows, and which of them are points: all."""
        for first in range(0, self._n, BLOCK):
            some = [column[first : first + BLOCK].tolist() for column in self._columns]
            rows: list[Sequence[Any]] = list(zip(*some, strict=True))
            yield rows, np.ones(len(rows), bool)

    def columns(self, rows: Sequence[Sequence[Any]], used: npt.NDArray[np.bool_]) -> list[Column]:
        """The cells of some rows, column by column, and the same for texts."""
        return [(cells, cells) for cells in zip(*rows, strict=True)]

    def values(self, row: Sequence[Any]) -> Sequence[Cell]:
        """The cells of a row."""
        return row


class JoinedTable:
    """The rows of the file that the points came from."""

    def __init__(self, cloud: PointCloud, rows: Rows) -> None:
        self.names = rows.names
        self._rows, self._cloud = rows, cloud
        self._width = len(rows.names)
        self._points = scaled(cloud, "none").points

    def blocks(self) -> Iterator[Block]:
        """The rows, and which of them became points."""
        source = self._cloud.source
        kept = source.kept if source is not None else None
        first = point = 0
        while some := list(islice(self._rows.rows, BLOCK)):
            used = np.ones(len(some), bool) if kept is None else kept[first : first + len(some)]
            count = int(np.count_nonzero(used))
            points = self._points[point : point + count]
            if len(used) != len(some) or not self._are_those(some, used, points):
                raise self._changed()
            yield [self._fitted(row) for row in some], used
            first, point = first + len(some), point + count
        if point != self._cloud.n:
            raise self._changed()

    def columns(self, rows: Sequence[Sequence[str]], used: npt.NDArray[np.bool_]) -> list[Column]:
        """The cells of some rows as numbers where they are such, column by column, and as texts.

        What made a row no point is no reason to take its coordinates for texts.
        """
        columns: list[Column] = []
        for index, (texts, numeric) in enumerate(
            zip(zip(*rows, strict=True), self._rows.numeric, strict=True)
        ):
            cells: Sequence[Cell] = list(map(self._value, texts)) if numeric else texts
            if index in self._rows.coordinates:
                kept = zip(cells, used.tolist(), strict=True)
                cells = [None if isinstance(c, str) and not is_used else c for c, is_used in kept]
            columns.append((cells, texts))
        return columns

    def values(self, row: Sequence[str]) -> Sequence[Cell]:
        """The cells of a row, as numbers where they are such."""
        return [
            self._value(cell) if numeric else cell
            for cell, numeric in zip(row, self._rows.numeric, strict=True)
        ]

    def _value(self, cell: str) -> Cell:
        text = cell.strip()
        if text in self._rows.missing:
            return None
        number = number_of_text(self._rows.plain(text))
        return cell if number is None else number

    def _fitted(self, row: Sequence[str]) -> Sequence[str]:
        """A row that was left out may be too short or too long."""
        if len(row) == self._width:
            return row
        return [*row, *[""] * self._width][: self._width]

    def _are_those(
        self, rows: Sequence[Sequence[str]], used: npt.NDArray[np.bool_], points: FloatArray
    ) -> bool:
        kept = [row for row, is_used in zip(rows, used.tolist(), strict=True) if is_used]
        if len(kept) != len(points) or any(len(row) != self._width for row in kept):
            return False
        parse = self._rows.parse
        for axis, index in enumerate(self._rows.coordinates):
            found = [parse(row[index].strip()) for row in kept]
            values = np.array([math.nan if one is None else one for one in found])
            # A text that is no number to us was one to another reader, such as True.
            known = ~np.isnan(values)
            if not np.allclose(values[known], points[known, axis], rtol=1e-12, atol=0):
                return False
        return True

    def _changed(self) -> InputError:
        return InputError(
            "{file} has changed since it was read. Open it again, then export.",
            file=self._rows.file,
        )


PointTable: TypeAlias = OwnTable | JoinedTable
