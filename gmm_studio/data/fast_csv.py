"""Large plain CSV files read as a whole: by DuckDB, where it is installed, else by NumPy.

Where any row is odd, nothing is taken from either, and the file is read with care.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from importlib.util import find_spec

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import InputError
from gmm_studio.data.extras import damages, duckdb_for, pattern_of
from gmm_studio.data.files import File
from gmm_studio.data.layout import Layout
from gmm_studio.data.rows import LARGEST_LABEL, Block, WholeLabels, all_usable
from gmm_studio.data.selection import Selection
from gmm_studio.data.text_table import FastReader

__all__ = ["fast_reader"]

_SMALLEST = 2**21
_LARGEST = 2**28
_LARGEST_FOR_NUMPY = 2**26
"""In bytes. Neither can be given up while it reads, and that should take less than a second."""

_PIECE = 2**22
_WIDEST = 100
_WIDEST_FOR_NUMPY = 8
"""In columns: all of them are read, so that rows of another length are noticed."""

_PLAIN = b"0123456789+-.eE\n\r"


def fast_reader(file: File, encoding: str) -> FastReader | None:
    """A reader of a text file, if it may be one to read as a whole."""
    if file.packed or encoding != "utf-8" or file.size < _SMALLEST:
        return None
    if file.size <= _LARGEST and find_spec("duckdb") is not None:
        return partial(_read_by_duckdb, file)
    # NumPy would unpack a file that is named so.
    is_named_packed = file.path.suffix in (".gz", ".bz2", ".xz", ".lzma")
    return (
        None if file.size > _LARGEST_FOR_NUMPY or is_named_packed else partial(_read_by_numpy, file)
    )


def _read_by_numpy(file: File, layout: Layout, selection: Selection) -> Block | None:
    """NumPy takes a tenth less time for a file that it opens itself."""
    if not _is_plain(layout) or len(layout.columns) > _WIDEST_FOR_NUMPY:
        return None
    try:
        numbers = np.loadtxt(
            # An absolute path is no address of the web.
            str(file.path.absolute()),
            delimiter=layout.delimiter,
            comments=None,
            skiprows=layout.header_lines,
            ndmin=2,
            encoding="utf-8",
        )
    except (ValueError, OSError):
        return None
    return _block(numbers, selection) if numbers.shape[1] == len(layout.columns) else None


def _read_by_duckdb(file: File, layout: Layout, selection: Selection) -> Block | None:
    """DuckDB is given only what it reads as a person would.

    That is a file of nothing but digits, signs, points, delimiters and ends of lines.
    """
    if not _is_plain(layout) or len(layout.columns) > _WIDEST:
        return None
    delimiters = _count_delimiters(file, layout)
    if delimiters is None:
        return None
    types = ", ".join(f"'c{column.index}': 'DOUBLE'" for column in layout.columns)
    used = [*selection.numbers, *([selection.label] if selection.label else [])]
    wanted = [f"c{column.index}" for column in used]
    try:
        with damages(file.name), closing(duckdb_for(file.path)) as connection:
            found = connection.execute(
                f"SELECT {', '.join(wanted)} FROM read_csv(?, delim = ?, skip = ?, header = false, "
                f"columns = {{{types}}}, auto_detect = false, quote = '', escape = '', "
                "comment = '')",
                [pattern_of(file.path), layout.delimiter, layout.header_lines],
            ).fetchnumpy()
    except InputError:
        return None
    columns = [found.pop(name) for name in wanted]
    if any(np.ma.is_masked(column) for column in columns):
        return None
    # No row is shorter, or DuckDB would have refused it; so none is longer.
    n = len(columns[0])
    if n * (len(layout.columns) - 1) != delimiters or not n:
        return None
    label = _whole(columns.pop()) if selection.label else ()
    numbers = np.empty((n, len(columns)))
    for j, column in enumerate(columns):
        numbers[:, j] = column
    return Block(numbers, label) if label is not None and all_usable(numbers, selection) else None


def _is_plain(layout: Layout) -> bool:
    return layout.delimiter != " " and layout.numerals.plain


def _block(table: FloatArray, selection: Selection) -> Block | None:
    """What is asked for of all columns (rows, columns), if all of it can be used."""
    indices = [column.index for column in selection.numbers]
    label = _whole(table[:, selection.label.index]) if selection.label else ()
    numbers = table if indices == list(range(table.shape[1])) else table[:, indices]
    return Block(numbers, label) if label is not None and all_usable(numbers, selection) else None


def _whole(column: FloatArray) -> WholeLabels | None:
    """Labels (rows,), if they are whole numbers."""
    within = column.min() > -LARGEST_LABEL and column.max() < LARGEST_LABEL
    if not (within and (column == np.rint(column)).all()):
        return None
    return WholeLabels(column.astype(np.int64))


def _count_delimiters(file: File, layout: Layout) -> int | None:
    """How many there are after the header, if the file holds nothing else but plain numbers."""
    delimiter = layout.delimiter.encode()
    plain, count = _PLAIN + delimiter, 0
    with file.path.open("rb") as handle:
        for _ in range(layout.header_lines):
            handle.readline()
        while piece := handle.read(_PIECE):
            if piece.translate(None, plain):
                return None
            count += piece.count(delimiter)
    return count
