"""What all readers make of a file: a table that can be looked at, and read block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from gmm_studio.core.source import ReadOptions, Unit
from gmm_studio.data.layout import SAMPLE, Layout, Record, layout_of
from gmm_studio.data.ledger import Ledger
from gmm_studio.data.rows import Block, read_records
from gmm_studio.data.selection import Selection

__all__ = ["CellTable", "Table"]

_ROWS = 2**14


class Table(Protocol):
    """A table of a file."""

    @property
    def unit(self) -> Unit:
        """What its places are counted in."""
        ...

    @property
    def layout(self) -> Layout:
        """Its columns."""
        ...

    @property
    def options(self) -> ReadOptions:
        """How it is read, as far as that goes for its kind; nothing of its columns."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """Those that the file has, if one can choose."""
        ...

    @property
    def share(self) -> float:
        """How much of it was read, from 0 to 1."""
        ...

    def head(self) -> Iterator[Record]:
        """The first rows as texts. After it the table cannot be read any more."""
        ...

    def blocks(self, selection: Selection, ledger: Ledger) -> Iterator[Block]:
        """All rows."""
        ...


class CellTable:
    """A table whose cells are in memory as texts; at least one row.

    Parameters
    ----------
    rows : list of Record
        The header among them, if there is one.
    options : ReadOptions
        What is known of it already.
    tables : tuple of str
        Those that the file has.
    """

    unit: Unit = "row"

    def __init__(
        self, rows: list[Record], options: ReadOptions, tables: tuple[str, ...] = ()
    ) -> None:
        self.layout = layout_of(rows[:SAMPLE], "\t", options)
        numerals = self.layout.numerals
        self.options = ReadOptions(
            decimal=numerals.decimal,
            thousands=numerals.thousands,
            header=self.layout.has_header,
            table=options.table,
        )
        self.tables = tables
        self._rows = rows[self.layout.has_header :]
        self.share = 0.0

    def head(self) -> Iterator[Record]:
        """The rows."""
        return iter(self._rows)

    def blocks(self, selection: Selection, ledger: Ledger) -> Iterator[Block]:
        """The rows, read."""
        for start in range(0, len(self._rows), _ROWS):
            self.share = start / len(self._rows)
            some: Iterable[Record] = self._rows[start : start + _ROWS]
            yield read_records(some, selection, ledger)
