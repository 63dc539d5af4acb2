"""The rows of a file that became a cloud, as the texts that stand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gmm_studio.core.cloud import Source
from gmm_studio.data.array_table import ArrayTable, Values
from gmm_studio.data.files import find_file
from gmm_studio.data.numerals import MISSING
from gmm_studio.data.opening import use_table
from gmm_studio.data.table import Table
from gmm_studio.data.text import selection_of
from gmm_studio.data.text_table import TextTable

__all__ = ["FileRows", "use_rows"]

T = TypeVar("T")

_ROWS = 2**14


@dataclass(frozen=True, slots=True, eq=False)
class FileRows:
    """All columns of a file, whatever became of them.

    Attributes
    ----------
    file : str
        What messages call it.
    names : tuple of str
        Of the columns, from the left.
    numeric : tuple of bool
        Which of them hold numbers.
    coordinates : tuple of int
        Which of them (from 0) became the coordinates of the points.
    rows : iterator of sequence of str
        All rows but the header, in their order, with their cells as they stand there; to be gone
        through once.
    parse : callable
        The number that one of their texts spells, or None.
    missing : frozenset of str
        The texts that stand for no number.
    plain : callable
        A text that spells a number, with a point as decimal mark and no other marks.
    """

    file: str
    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    coordinates: tuple[int, ...]
    rows: Iterator[Sequence[str]]
    parse: Callable[[str], float | None]
    missing: frozenset[str]
    plain: Callable[[str], str]


def use_rows(source: Source, use: Callable[[FileRows], T]) -> T:
    """Do something with the rows of the file that a cloud came from, as long as it is open.

    Raises
    ------
    InputError
        When the file cannot be read any more, and whatever `use` raises.
    """
    file = find_file(source.path)

    def with_table(table: Table) -> T:
        selection = selection_of(table, file.name, source.options)
        columns = selection.layout.columns
        return use(
            FileRows(
                file.name,
                tuple(column.name for column in columns),
                tuple(column.numeric for column in columns),
                tuple(column.index for column in selection.coordinates),
                _rows(table),
                selection.layout.numerals.parse,
                MISSING,
                selection.layout.numerals.plain_text,
            )
        )

    return use_table(file, source.options, with_table)


def _rows(table: Table) -> Iterator[Sequence[str]]:
    if isinstance(table, ArrayTable):
        return _of_arrays(table)
    if isinstance(table, TextTable):
        return table.written_rows()
    return (record.fields for record in table.head())


def _of_arrays(table: ArrayTable) -> Iterator[Sequence[str]]:
    """The whole of what has only its first rows in its head."""
    for start in range(0, table.n, _ROWS):
        some = slice(start, min(start + _ROWS, table.n))
        columns = [_texts(table.fetch(column, some)) for column in table.layout.columns]
        yield from zip(*columns, strict=True)


def _texts(values: Values) -> list[str]:
    items = values.tolist()
    if values.dtype.kind == "S":
        return [item.decode("latin-1") for item in items]
    return ["" if item is None else str(item) for item in items]
