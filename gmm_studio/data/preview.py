"""What would be read from a file or text, from its first rows."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.source import ReadOptions, Unit
from gmm_studio.data.files import find_file
from gmm_studio.data.layout import Column
from gmm_studio.data.ledger import Problem
from gmm_studio.data.opening import use_table
from gmm_studio.data.pasted import PASTED, find_run
from gmm_studio.data.rows import check_row
from gmm_studio.data.table import Table
from gmm_studio.data.text import selection_of, understood
from gmm_studio.data.text_table import TextTable

__all__ = ["Preview", "Row", "preview"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as texts, and its line or row in the file, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a table, and how it is understood.

    Parameters
    ----------
    options : ReadOptions
        As asked for, with all that was understood filled in.
    columns : tuple of Column
        All of them: names, and whether they hold numbers.
    rows : tuple of Row
        The first rows, without the header.
    problems : tuple of Problem
        Why some of these cannot be used, in their order: at most one for each row.
    complete : bool
        Whether the table has no more rows.
    tables : tuple of str
        The arrays or sheets that one can choose from.
    unit : Unit
        What places are counted in.
    error : InputError or None
        Why nothing can be read with these options, although there is a table.
    """

    options: ReadOptions
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    complete: bool
    tables: tuple[str, ...] = ()
    unit: Unit = "line"
    error: InputError | None = None


def preview(
    source: Path | str,
    options: ReadOptions | None = None,
    rows: int = 20,
    cancelled: Callable[[], bool] = never,
) -> Preview:
    """Look at the first rows of a file or text.

    Parameters
    ----------
    source : Path or str
        A file if it is a Path; otherwise the text itself, as for `read_text`.
    options : ReadOptions, optional
        How to read it; otherwise that is understood from the beginning.
    rows : int
        How many rows to look at.
    cancelled : callable
        Asked now and then whether to give up.

    Raises
    ------
    InputError
        When there is no table in it at all.
    Cancelled
        When `cancelled` said so.
    """
    options = options or ReadOptions()
    if isinstance(source, Path):
        file = find_file(source)
        return use_table(
            file, options, lambda table: _look(table, file.name, options, rows), cancelled
        )
    table = find_run(source, options) or TextTable(
        io.StringIO(source, newline=None), PASTED, options
    )
    return _look(table, PASTED, options, rows)


def _look(table: Table, file: str, options: ReadOptions, rows: int) -> Preview:
    found = list(islice(table.head(), rows + 1))
    seen = found[:rows]
    result = Preview(
        replace(
            table.options,
            columns=options.columns,
            label=options.label,
            weight=options.weight,
            drop_invalid=options.drop_invalid,
        ),
        table.layout.columns,
        tuple(Row(record.first, tuple(record.fields)) for record in seen),
        (),
        len(found) <= rows,
        table.tables,
        table.unit,
    )
    try:
        selection = selection_of(table, file, options)
    except InputError as error:
        return replace(result, error=error)
    checked = (check_row(record, selection) for record in seen)
    problems = tuple(one for one in checked if isinstance(one, Problem))
    return replace(result, options=understood(table, selection, options), problems=problems)
