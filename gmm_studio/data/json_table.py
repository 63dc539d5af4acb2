"""Tables in JSON: lists of points, lists of objects, an object of columns.

Where it takes less memory, what is all numbers is kept as these; all else as the text that it was,
and decoded again when it is read. So a table never takes much more than its text did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, islice
from typing import Any, Literal, TypeAlias

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.source import ReadOptions, Unit
from gmm_studio.data.array_table import LARGEST_WIDTH
from gmm_studio.data.json_stream import Bracket, Chunk, JsonStream, decoded, no_table
from gmm_studio.data.layout import SAMPLE, Record, layout_of
from gmm_studio.data.ledger import Ledger
from gmm_studio.data.numerals import MISSING
from gmm_studio.data.rows import Block, all_usable, read_records
from gmm_studio.data.selection import Selection

__all__ = ["LARGEST_JSON", "JsonTable", "read_json"]

LARGEST_JSON = 2**27
"""In characters. All of it is kept in memory."""

_LARGEST_GAPS = 100_000
_ROWS = 2**14

Cells: TypeAlias = Sequence[Any]
Rows: TypeAlias = FloatArray | Iterable[Cells]
"""Some rows: as an array (rows, columns), or one by one as JSON has them."""


def read_json(
    file: str,
    pieces: Iterator[str],
    options: ReadOptions,
    cancelled: Callable[[], bool] = never,
) -> JsonTable:
    """The table in a JSON text.

    Parameters
    ----------
    file : str
        What messages call it.
    pieces : iterator of str
        The text.
    options : ReadOptions
        What is known of the table already.
    cancelled : callable
        Asked now and then whether to give up.

    Raises
    ------
    InputError
        When it is no JSON, or holds no table.
    Cancelled
        When `cancelled` said so.
    """
    stream = JsonStream(file, pieces, cancelled)
    if stream.next() == "[":
        pile = _read_pile(file, stream, "[")
        stream.end()
        titles = list(pile.names) if pile.kind == "object" else None
        return JsonTable(file, titles, pile.n, pile.pieces, options)
    if stream.next() == "{":
        return _read_object(file, stream, options)
    raise no_table(file)


@dataclass(slots=True)
class _Pile:
    """The elements of a list: rows, objects or single values.

    Parameters
    ----------
    file : str
        What messages call the file.
    kind : str
        What the elements are; nothing as long as there are none.
    n : int
        How many there are.
    cells : int
        How many values are in them.
    names : dict
        Of the members of objects, in their order.
    chunks : list
        Some elements each: how many, and their numbers or else their text.
    """

    file: str
    kind: Literal["", "row", "object", "value"] = ""
    n: int = 0
    cells: int = 0
    names: dict[str, None] = field(default_factory=dict)
    chunks: list[tuple[int, FloatArray | str]] = field(default_factory=list)

    def add(self, chunk: Chunk) -> None:
        """Add some elements, which must be of the kind of the others."""
        values = chunk.values
        types = set(map(type, values))
        kind: Literal["row", "object", "value"] = "value"
        if types & {list, dict}:
            kind = "row" if list in types else "object"
            if len(types) > 1:
                raise no_table(self.file)
        # A table whose first row is empty has no columns.
        if self.kind not in ("", kind) or (not self.kind and values[0] == []):
            raise no_table(self.file)
        self.kind = kind
        self.n += len(values)
        widths = {1} if kind == "value" else set(map(len, values))
        if kind == "object":
            self.names.update(dict.fromkeys(chain.from_iterable(values)))
            self.cells += sum(map(len, values))
            # Objects that have little in common would make a table far larger than the text.
            if len(self.names) * self.n > 10 * self.cells + _LARGEST_GAPS:
                raise no_table(self.file)
        if max(*widths, len(self.names)) > LARGEST_WIDTH:
            raise no_table(self.file)
        numbers = self._numbers(values)
        takes_less = numbers is not None and numbers.nbytes <= len(chunk.text)
        content = numbers if numbers is not None and takes_less else chunk.text
        self.chunks.append((len(values), content))

    def _numbers(self, values: list[Any]) -> FloatArray | None:
        """Elements of the same width as numbers, if that is what they all are."""
        flat = values
        if self.kind != "value" and len(set(map(len, values))) != 1:
            return None
        if self.kind == "row":
            flat = list(chain.from_iterable(values))
        elif self.kind == "object":
            if len(values[0]) != len(self.names):
                return None
            flat = [row[name] for row in values for name in self.names]
        if set(map(type, flat)) != {float}:
            return None
        return np.array(flat, np.float64).reshape(len(values), -1)

    @property
    def is_numbers(self) -> bool:
        """Whether all of it is."""
        return not any(isinstance(content, str) for _, content in self.chunks)

    def pieces(self) -> Iterator[tuple[int, Rows]]:
        """The elements as rows of a table, and how many each time."""
        for n, content in self.chunks:
            if isinstance(content, str):
                values = decoded(content)
                numbers = self._numbers(values)
                yield n, self._rows(values) if numbers is None else numbers
            elif self.kind == "object" and content.shape[1] < len(self.names):
                more = np.full((n, len(self.names) - content.shape[1]), np.nan)
                yield n, np.hstack([content, more])
            else:
                yield n, content

    def _rows(self, values: list[Any]) -> Iterable[Cells]:
        if self.kind == "row":
            return values
        if self.kind == "value":
            return ([value] for value in values)
        return ([row.get(name) for name in self.names] for row in values)

    def each(self) -> Iterator[Any]:
        """Single values, one by one."""
        for _, rows in self.pieces():
            for row in rows.tolist() if isinstance(rows, np.ndarray) else rows:
                yield row[0]


def _read_pile(file: str, stream: JsonStream, bracket: Bracket) -> _Pile:
    pile = _Pile(file)
    for chunk in stream.chunks(bracket):
        pile.add(chunk)
    return pile


def _read_object(file: str, stream: JsonStream, options: ReadOptions) -> JsonTable:
    """Of an object of columns, or (as pandas splits a table) of titles and rows."""
    piles: dict[str, _Pile | None] = {}
    stream.expect("{")
    while not stream.take("}"):
        if piles:
            stream.expect(",")
        if len(piles) == LARGEST_WIDTH:
            raise no_table(file)
        name = stream.key()
        piles[name] = _member(file, stream)
    stream.end()
    titles, rows = piles.get("columns"), piles.get("data")
    if titles is not None and rows is not None and rows.kind in ("", "row"):
        names = [str(title) for _, some in titles.pieces() for title in _titles(titles, some)]
        return JsonTable(file, names, rows.n, rows.pieces, options)
    columns = [pile for pile in piles.values() if pile is not None and pile.kind in ("", "value")]
    if len(columns) < len(piles) or len({pile.n for pile in columns}) != 1:
        raise no_table(file)
    return JsonTable(file, list(piles), columns[0].n, _across(columns), options)


def _member(file: str, stream: JsonStream) -> _Pile | None:
    """A column, a list of titles or rows; None of anything else."""
    sign = stream.next()
    if sign == "[":
        return _read_pile(file, stream, "[")
    if sign == "{":
        return _read_pile(file, stream, "{")
    stream.value()
    return None


def _titles(pile: _Pile, rows: Rows) -> Iterable[Any]:
    return rows if pile.kind == "row" else (row[0] for row in rows)


def _across(columns: Sequence[_Pile]) -> Callable[[], Iterator[tuple[int, Rows]]]:
    """The rows that columns of equal length make."""
    n = columns[0].n
    if all(column.is_numbers for column in columns) and n:
        arrays = [np.concatenate([a for _, a in column.chunks]) for column in columns]

        def of_numbers() -> Iterator[tuple[int, Rows]]:
            for start in range(0, n, _ROWS):
                some = np.hstack([array[start : start + _ROWS] for array in arrays])
                yield len(some), some

        return of_numbers

    def of_values() -> Iterator[tuple[int, Rows]]:
        rows = zip(*(column.each() for column in columns), strict=True)
        while some := list(islice(rows, _ROWS)):
            yield len(some), some

    return of_values


class JsonTable:
    """A table of a JSON text.

    Parameters
    ----------
    file : str
        What messages call it.
    titles : list of str, optional
        The names of the columns, if they have some.
    n : int
        Number of rows.
    pieces : callable
        Goes through the rows, some at a time, with their number.
    options : ReadOptions
        What is known of it already.

    Raises
    ------
    InputError
        When it holds no rows.
    """

    unit: Unit = "row"
    tables: tuple[str, ...] = ()

    def __init__(
        self,
        file: str,
        titles: list[str] | None,
        n: int,
        pieces: Callable[[], Iterator[tuple[int, Rows]]],
        options: ReadOptions,
    ) -> None:
        if not n:
            raise InputError("{file} holds no rows.", file=file)
        if titles == []:
            raise no_table(file)
        self._file, self._n, self._pieces = file, n, pieces
        self.share = 0.0
        sample = list(islice(self.head(), SAMPLE))
        if titles is not None:
            sample.insert(0, Record(0, 0, titles))
        header = titles is not None
        said = ReadOptions(header=header, decimal=options.decimal, thousands=options.thousands)
        self.layout = layout_of(sample, "\t", said)
        numerals = self.layout.numerals
        self.options = ReadOptions(
            encoding=options.encoding,
            decimal=numerals.decimal,
            thousands=numerals.thousands,
            header=header,
        )

    def head(self) -> Iterator[Record]:
        """The rows as texts."""
        row = 1
        for n, rows in self._pieces():
            yield from self._records(row, rows)
            row += n

    def blocks(self, selection: Selection, ledger: Ledger) -> Iterator[Block]:
        """The rows, read."""
        row = 1
        for n, rows in self._pieces():
            self.share = (row - 1) / self._n
            if not isinstance(rows, np.ndarray) and n * len(self.layout.columns) < _LARGEST_GAPS:
                rows = list(rows)
            block = _plain(rows, selection)
            yield block or read_records(self._records(row, rows), selection, ledger)
            row += n

    def _records(self, first: int, rows: Rows) -> Iterator[Record]:
        values: Iterable[Cells] = rows.tolist() if isinstance(rows, np.ndarray) else rows
        for number, cells in zip(count(first), values, strict=False):
            yield Record(number, number, [self._text(cell) for cell in cells])

    def _text(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, list | dict):
            raise no_table(self._file)
        return str(value)


def _plain(rows: Rows, selection: Selection) -> Block | None:
    """The block of an array or list of rows, if all can be used as they are."""
    width = len(selection.layout.columns)
    indices = [column.index for column in selection.numbers]
    labels: list[Any] = []
    if isinstance(rows, np.ndarray):
        if rows.shape[1] != width:
            return None
        numbers = rows if indices == list(range(width)) else rows[:, indices]
        if selection.label is not None:
            labels = rows[:, selection.label.index].tolist()
    elif isinstance(rows, list) and set(map(len, rows)) == {width}:
        columns = [[row[j] for row in rows] for j in indices]
        if set(map(type, chain.from_iterable(columns))) != {float}:
            return None
        numbers = np.array(columns, np.float64).T
        if selection.label is not None:
            labels = [row[selection.label.index] for row in rows]
            if not set(map(type, labels)) <= {str, float}:
                return None
    else:
        return None
    names = list(map(str, labels))
    fits = all_usable(numbers.T, selection) and MISSING.isdisjoint(names)
    return Block(numbers, names) if fits else None
