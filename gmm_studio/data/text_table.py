"""Tables in text files: read by lines, a piece at a time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TextIO

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions, Unit
from gmm_studio.data.layout import Layout, QuotationError, Record, find_layout, records
from gmm_studio.data.ledger import Ledger
from gmm_studio.data.plain_rows import read_plain
from gmm_studio.data.rows import Block, quotation_problem, read_block
from gmm_studio.data.selection import Selection
from gmm_studio.data.written_rows import written_rows

__all__ = ["TextTable"]

CHUNK = 2**19
LONGEST_LINE = 2**20


class TextTable:
    """The table in a text.

    Parameters
    ----------
    handle : TextIO
        The text, from its beginning.
    file : str
        What messages call it.
    options : ReadOptions
        What is known of it already; with the encoding.
    share : callable
        Tells how much of it was read.

    Raises
    ------
    InputError
        When it holds no rows.
    """

    unit: Unit = "line"
    tables: tuple[str, ...] = ()

    def __init__(
        self,
        handle: TextIO,
        file: str,
        options: ReadOptions,
        share: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._handle, self._file, self._share = handle, file, share
        self.layout, self._text, self._line = self._begin(options)
        numerals = self.layout.numerals
        self.options = ReadOptions(
            encoding=options.encoding,
            delimiter=self.layout.delimiter,
            decimal=numerals.decimal,
            thousands=numerals.thousands,
            header=self.layout.has_header,
        )

    @property
    def share(self) -> float:
        """How much of it was read, from 0 to 1."""
        return self._share()

    def head(self) -> Iterator[Record]:
        """The first rows, as far as quotation marks match."""
        lines: Iterable[str] = self._text.removesuffix("\n").split("\n")
        try:
            for record in records(chain(lines, self._more()), self.layout.delimiter, strict=False):
                first, last = (line + self._line - 1 for line in (record.first, record.last))
                yield Record(first, last, record.fields)
        except QuotationError:
            return

    def written_rows(self) -> Iterator[list[str]]:
        """All rows with their cells as they stand there. After it nothing more can be read."""
        lines = chain(io.StringIO(self._text), self._more())
        return written_rows(lines, self.layout.delimiter)

    def blocks(self, selection: Selection, ledger: Ledger) -> Iterator[Block]:
        """The rows, read."""
        text, line = self._text, self._line
        self._text = ""
        more = self._more()
        while text:
            # The one is fast, the other says what is wrong.
            block = read_plain(text, selection) or read_block(text, more, line, selection, ledger)
            yield block
            line += block.lines
            text = self._next_lines(line)

    def _more(self) -> Iterator[str]:
        return iter(partial(self._handle.readline, LONGEST_LINE), "")

    def _begin(self, options: ReadOptions) -> tuple[Layout, str, int]:
        """The layout, the lines of the first rows, and the number of the first of them."""
        line = 1
        while text := self._next_lines(line):
            try:
                layout = find_layout(text.split("\n"), options)
            except QuotationError as error:
                raise quotation_problem(self._file, line + error.line - 1) from None
            if layout is not None:
                rest = text.split("\n", layout.header_lines)[-1]
                return layout, rest, line + layout.header_lines
            line += text.count("\n")
        raise InputError("{file} holds no rows.", file=self._file)

    def _next_lines(self, line: int) -> str:
        """Some more whole lines, of which the first has this number; nothing at the end."""
        text = self._handle.read(CHUNK)
        rest = self._handle.readline(LONGEST_LINE)
        if len(rest) == LONGEST_LINE:
            raise InputError(
                "{file}, after line {line}: a line is too long to belong to a table.",
                file=self._file,
                line=line,
            )
        if "\0" in text or "\0" in rest:
            raise InputError("{file} is not a text file. Save the table as CSV.", file=self._file)
        return text + rest
