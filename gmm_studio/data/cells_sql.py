"""Grids of cells from files of any size, which are never held in memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.source import Place, ReadOptions
from gmm_studio.data.cells import CELLS, check_cells, to_cells
from gmm_studio.data.cells_cloud import grid_cloud
from gmm_studio.data.cells_query import Expressions, Query
from gmm_studio.data.cells_rows import cells_of_rows
from gmm_studio.data.extras import damages, literal, pattern_of
from gmm_studio.data.files import File, find_file, unreadable
from gmm_studio.data.layout import Column
from gmm_studio.data.ledger import Ledger, bad_label, bad_number
from gmm_studio.data.parquet import Parquet, open_parquet
from gmm_studio.data.selection import Selection
from gmm_studio.data.text import read_cloud, selection_of, understood

__all__ = ["read_cells"]

_ROW = "file_row_number"


def read_cells(
    path: str | Path,
    options: ReadOptions | None = None,
    cells: int = CELLS,
    cancelled: Callable[[], bool] = never,
    progress: Callable[[float], None] | None = None,
) -> PointCloud:
    """Read the points of a file into a grid of cells.

    The file is understood as by `read_cloud`, and the same rows are refused or left out, but texts
    that are labels are numbered in their alphabetical order, and more than 10,000 different labels
    are not read. Parquet and plain CSV are counted by DuckDB, other texts and .npy block by block,
    and what else there is is small enough to be read first.

    Parameters
    ----------
    path : str or Path
    options : ReadOptions, optional
        What is to be read and how; otherwise that is understood from the file.
    cells : int
        On each axis.
    cancelled : callable
        Asked now and then whether to give up.
    progress : callable, optional
        Told now and then which share of the work is done, from 0 to 1.

    Returns
    -------
    PointCloud
        As `to_cells` makes it.

    Raises
    ------
    InputError
        When there is no cloud in the file, or DuckDB is needed and not installed.
    Cancelled
        When `cancelled` said so.
    """
    check_cells(cells)
    options = options or ReadOptions()
    file = find_file(Path(path), any_size=True)
    if file.kind == "parquet":
        try:
            return _cells_of_parquet(file, options, cells, cancelled)
        except OSError as error:
            raise unreadable(file.path, error) from None
    if file.kind in ("text", "npy"):
        return cells_of_rows(file, options, cells, cancelled, progress)
    return to_cells(read_cloud(path, None, cancelled, options=options, progress=progress), cells)


def _cells_of_parquet(
    file: File, options: ReadOptions, cells: int, cancelled: Callable[[], bool]
) -> PointCloud:
    parquet = open_parquet(file)
    with closing(parquet.connection), damages(file.name):
        table = parquet.table
        selection = selection_of(table, file.name, options)
        if not all(column.numeric for column in selection.numbers):
            raise _no_numbers(parquet, selection, drop=options.drop_invalid)
        query = Query(
            parquet.connection, selection, _expressions(file, parquet, selection), cancelled
        )
        survey = query.survey()
        place = survey.first_problem
        if place is not None and not options.drop_invalid:
            raise _problem(query, selection, place)
        tally, names = query.count(survey, cells)
        said = understood(table, selection, options)
        return grid_cloud(file, selection, tally, names, said, survey.left_out)


def _expressions(file: File, parquet: Parquet, selection: Selection) -> Expressions:
    label = None
    if selection.label is not None:
        label = f"CAST({_value(parquet, selection.label)} AS VARCHAR)"
    # A column of that name would stand in its place.
    is_named_so = any(title.lower() == _ROW for title in parquet.titles)
    return Expressions(
        f"read_parquet({literal(pattern_of(file.path))})",
        tuple(_value(parquet, column) for column in selection.numbers),
        label,
        "row_number() OVER () - 1" if is_named_so else _ROW,
    )


def _value(parquet: Parquet, column: Column) -> str:
    quoted = parquet.quoted(column)
    return f"CAST({quoted} AS DOUBLE)" if column.numeric else quoted


def _no_numbers(parquet: Parquet, selection: Selection, *, drop: bool) -> InputError:
    """What `read_cloud` says of the first row where a column of texts is to be a coordinate."""
    if not drop:
        first = replace(parquet.table, n=1)
        for _ in first.blocks(selection, Ledger(selection, drop=False)):
            pass
    return InputError("{file} has no row that can be used.", file=selection.file)


def _problem(query: Query, selection: Selection, place: Place) -> InputError:
    """Why the row at a place cannot be used."""
    row = place.line
    *numbers, _ = query.values_at(row - 1)
    for column, number in zip(selection.numbers, numbers, strict=True):
        if column.index + 1 == place.column:
            is_missing = number is None or math.isnan(number)
            text = "" if is_missing else str(number)
            return bad_number(selection, row, column, text, number).error
    assert selection.label is not None
    return bad_label(selection, row, selection.label).error
