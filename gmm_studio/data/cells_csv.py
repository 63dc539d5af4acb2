"""Plain CSV files counted by cells through DuckDB, which is told exactly how to read them.

Only what both would read alike is left to it: UTF-8 without quotation marks, comments and groups
of thousands, where each row has all columns and can be used. For all others there is None, and
they are read block by block with care.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.data.cells import Tally
from gmm_studio.data.cells_query import Expressions, Query
from gmm_studio.data.extras import damages, duckdb_for, literal, pattern_of
from gmm_studio.data.files import File
from gmm_studio.data.layout import Layout
from gmm_studio.data.selection import Selection
from gmm_studio.data.text_table import LONGEST_LINE

__all__ = ["count_csv"]

_SMALLEST = 2**21
"""In bytes: below it, DuckDB takes longer to begin than reading takes."""

_WIDEST = 1000
_PIECE = 2**22
_ODD = (b'"', b"#", b"\0")


def count_csv(
    file: File, encoding: str, selection: Selection, cells: int, cancelled: Callable[[], bool]
) -> tuple[Tally, tuple[str, ...]] | None:
    """The cells of a text file and the names of its classes, if it is plain from end to end.

    Raises
    ------
    Cancelled
        When `cancelled` said so.
    """
    if not _may_be_plain(file, encoding, selection.layout) or find_spec("duckdb") is None:
        return None
    rows = _count_rows(file, selection.layout, cancelled)
    if rows is None:
        return None
    try:
        with damages(file.name), closing(duckdb_for(file.path)) as connection:
            query = Query(connection, selection, _expressions(file, selection), cancelled)
            survey = query.survey()
            # No row is shorter, or DuckDB would have refused it; so none is longer.
            if survey.left_out or survey.usable != rows:
                return None
            return query.count(survey, cells)
    except InputError:
        return None


def _may_be_plain(file: File, encoding: str, layout: Layout) -> bool:
    return (
        not file.packed
        and encoding == "utf-8"
        and file.size >= _SMALLEST
        and layout.delimiter not in (" ", layout.numerals.decimal)
        and not layout.numerals.thousands
        and len(layout.columns) <= _WIDEST
    )


def _count_rows(file: File, layout: Layout, cancelled: Callable[[], bool]) -> int | None:
    """How many rows there are if all are of one length and nothing in the file is odd."""
    delimiter, gaps = layout.delimiter.encode(), len(layout.columns) - 1
    delimiters = lines = 0
    last = b"\n"
    with file.path.open("rb") as handle:
        for _ in range(layout.header_lines):
            handle.readline(LONGEST_LINE)
        while piece := handle.read(_PIECE):
            if cancelled():
                raise Cancelled
            piece += handle.readline(LONGEST_LINE)
            odd = any(sign in piece for sign in _ODD)
            if odd or (b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n")):
                return None
            delimiters += piece.count(delimiter)
            if not gaps:
                lines += piece.count(b"\n")
            last = piece[-1:]
    if not gaps:
        return lines + (last != b"\n")
    return None if delimiters % gaps else delimiters // gaps


def _expressions(file: File, selection: Selection) -> Expressions:
    layout = selection.layout
    types = ", ".join(f"'c{column.index}': 'VARCHAR'" for column in layout.columns)
    source = (
        f"read_csv({literal(pattern_of(file.path))}, delim = {literal(layout.delimiter)}, "
        f"skip = {layout.header_lines}, header = false, columns = {{{types}}}, "
        "auto_detect = false, quote = '', escape = '', comment = '')"
    )
    label = None
    if selection.label is not None:
        label = f"c{selection.label.index}"
    numbers = (_number(f"c{one.index}", layout.numerals.decimal) for one in selection.numbers)
    return Expressions(source, tuple(numbers), label, "0::BIGINT")


def _number(text: str, decimal: str) -> str:
    """The number that a text spells, where Python reads the same; else NULL."""
    odd = f"contains({text}, '_')"
    if decimal == ",":
        odd += f" OR contains({text}, '.')"
    spelled = f"replace({text}, ',', '.')" if decimal == "," else text
    return f"CASE WHEN NOT ({odd}) THEN TRY_CAST({spelled} AS DOUBLE) END"
