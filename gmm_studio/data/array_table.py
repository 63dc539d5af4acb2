"""Tables that are columns of numbers already: NumPy's files, lists in JSON, Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions, Unit
from gmm_studio.data.layout import Column, Layout, Record, distinct_names, role_of
from gmm_studio.data.ledger import Ledger, bad_label, bad_number
from gmm_studio.data.numerals import MISSING
from gmm_studio.data.rows import Block
from gmm_studio.data.selection import Selection

__all__ = ["LARGEST_WIDTH", "ArrayTable", "Values", "table_of"]

LARGEST_WIDTH = 10_000
"""How many columns a table may have."""

_ROWS = 2**16
_SHOWN = 1000

Values: TypeAlias = npt.NDArray[Any]


@dataclass(slots=True)
class ArrayTable:
    """Columns of equal length that can be taken in pieces.

    Parameters
    ----------
    layout : Layout
        Their names and kinds.
    options : ReadOptions
        How they are read.
    n : int
        Number of rows.
    fetch : callable
        The values of a column in a slice of the rows: numbers, or else texts.
    tables : tuple of str
        Those that the file has.
    """

    layout: Layout
    options: ReadOptions
    n: int
    fetch: Callable[[Column, slice], Values]
    tables: tuple[str, ...] = ()
    share: float = 0.0
    unit: Unit = "row"

    def head(self) -> Iterator[Record]:
        """The first rows as texts."""
        some = slice(0, min(self.n, _SHOWN))
        columns = [_texts(self.fetch(column, some)) for column in self.layout.columns]
        for row, fields in enumerate(zip(*columns, strict=True), 1):
            yield Record(row, row, list(fields))

    def blocks(self, selection: Selection, ledger: Ledger) -> Iterator[Block]:
        """The rows, read."""
        for start in range(0, self.n, _ROWS):
            self.share = start / self.n
            yield self._block(slice(start, min(start + _ROWS, self.n)), selection, ledger)

    def _block(self, rows: slice, selection: Selection, ledger: Ledger) -> Block:
        values = [self.fetch(column, rows) for column in selection.numbers]
        numbers = np.column_stack([_numbers(column) for column in values])
        labels: list[str] = []
        if selection.label is not None:
            labels = _texts(self.fetch(selection.label, rows))
        within = (numbers >= selection.least) & (numbers <= LARGEST_COORDINATE)
        kept = np.asarray(within.all(axis=1))
        if not MISSING.isdisjoint(labels):
            kept &= [label not in MISSING for label in labels]
        if kept.all():
            return Block(numbers, labels)
        for i in np.flatnonzero(~kept).tolist():
            self._take_down(rows.start + i + 1, i, within[i], values, selection, ledger)
        labels = [label for label, used in zip(labels, kept.tolist(), strict=False) if used]
        return Block(numbers[kept], labels, kept=kept)

    def _take_down(
        self,
        row: int,
        i: int,
        within: npt.NDArray[np.bool_],
        values: Sequence[Values],
        selection: Selection,
        ledger: Ledger,
    ) -> None:
        wrong = np.flatnonzero(~within)
        if len(wrong):
            value = values[wrong[0]][i : i + 1]
            number = float(_numbers(value)[0]) if _is_number(value) else None
            column = selection.numbers[wrong[0]]
            ledger.add(bad_number(selection, row, column, _texts(value)[0], number))
        elif selection.label is not None:
            ledger.add(bad_label(selection, row, selection.label))


def table_of(
    file: str,
    titles: Sequence[str] | None,
    numeric: Sequence[bool],
    n: int,
    fetch: Callable[[Column, slice], Values],
    options: ReadOptions | None = None,
    tables: tuple[str, ...] = (),
) -> ArrayTable:
    """A table of some columns.

    Parameters
    ----------
    file : str
        What messages call the file.
    titles : sequence of str, optional
        Their names, if they have some.
    numeric : sequence of bool
        Which of them hold numbers.
    n : int
        Number of rows.
    fetch : callable
        As of `ArrayTable`.
    options : ReadOptions, optional
        How they are read.
    tables : tuple of str
        Those that the file has.

    Raises
    ------
    InputError
        When there are no rows, or too many columns.
    """
    if n == 0 or not numeric:
        raise InputError("{file} holds no rows.", file=file)
    if len(numeric) > LARGEST_WIDTH:
        raise InputError(
            "{file} has {count} columns, and at most {most} can be read. Points are rows: it may "
            "have to be transposed.",
            file=file,
            count=len(numeric),
            most=LARGEST_WIDTH,
        )
    named = [""] * len(numeric) if titles is None else list(titles)
    names = distinct_names(named)
    columns = tuple(
        Column(j, names[j], numeric[j], role_of(named[j], titles is not None))
        for j in range(len(numeric))
    )
    layout = Layout("\t", 0, columns, has_rows=True, has_header=titles is not None)
    return ArrayTable(layout, options or ReadOptions(), n, fetch, tables)


def _is_number(values: Values) -> bool:
    return values.dtype.kind in "fiub"


def _numbers(values: Values) -> FloatArray:
    """As doubles; what is no number, or not there, as nan."""
    if not _is_number(values):
        return np.full(len(values), np.nan)
    # What is beyond the range of doubles becomes infinite, and is said to be.
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(np.float64)


def _texts(values: Values) -> list[str]:
    items = values.tolist()
    if values.dtype.kind == "S":
        return [item.decode("latin-1").strip() for item in items]
    return ["" if item is None else str(item).strip() for item in items]
