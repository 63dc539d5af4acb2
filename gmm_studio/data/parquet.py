"""Tables in Parquet files, through DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.array_table import ArrayTable, Values, table_of
from gmm_studio.data.extras import damages, duckdb_for, pattern_of
from gmm_studio.data.files import File, most_unpacked
from gmm_studio.data.layout import Column

__all__ = ["read_parquet"]

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_FEW = 2**12


def read_parquet(file: File) -> ArrayTable:
    """The table in a Parquet file.

    Raises
    ------
    InputError
        When it is damaged, or DuckDB is not installed.
    """
    name = [pattern_of(file.path)]
    with damages(file.name):
        connection = duckdb_for(file.path)
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", name).fetchall()
        [n] = connection.execute("SELECT count(*) FROM read_parquet(?)", name).fetchone()
    titles = [row[0] for row in described]
    numeric = [row[1].removeprefix("U").startswith(_NUMBERS) for row in described]
    numeric = [one and "[" not in row[1] for one, row in zip(numeric, described, strict=True)]
    if n * 8 > most_unpacked(file.size):
        raise InputError(
            "{file} is too large unpacked. If it is as it should be, unpack it first.",
            file=file.name,
        )
    return table_of(
        file.name, titles, numeric, n, _fetching(connection, file, titles, n), ReadOptions()
    )


def _fetching(
    connection: Any, file: File, titles: list[str], n: int
) -> Callable[[Column, slice], Values]:
    """A function that gives pieces of columns. Beyond the first rows a column is read whole."""
    columns: dict[int, Values] = {}

    def fetch(column: Column, rows: slice) -> Values:
        if rows.stop < min(n, _FEW):
            return _column(connection, file, titles[column.index], column, rows.stop)[rows]
        if column.index not in columns:
            columns[column.index] = _column(connection, file, titles[column.index], column, n)
        return columns[column.index][rows]

    return fetch


def _column(connection: Any, file: File, title: str, column: Column, n: int) -> Values:
    quoted = '"' + title.replace('"', '""') + '"'
    kind = "DOUBLE" if column.numeric else "VARCHAR"
    with damages(file.name):
        found = connection.execute(
            f"SELECT CAST({quoted} AS {kind}) AS v FROM read_parquet(?) LIMIT {n}",
            [pattern_of(file.path)],
        ).fetchnumpy()
    values = found["v"]
    if len(values) != n:
        raise InputError("{file} is damaged.", file=file.name)
    filled: Values = np.ma.filled(values, np.nan if column.numeric else None)
    return filled
