"""Tables in Parquet files, through DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.array_table import ArrayTable, Values, table_of
from gmm_studio.data.extras import damages, duckdb_for, pattern_of
from gmm_studio.data.files import File, most_unpacked
from gmm_studio.data.layout import Column

__all__ = ["Parquet", "count_rows", "open_parquet", "read_parquet"]

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_FEW = 2**12


@dataclass(frozen=True, slots=True)
class Parquet:
    """A Parquet file that is open.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where it can be asked.
    titles : tuple of str
        What its columns are called there.
    table : ArrayTable
        What is in it.
    """

    connection: Any
    titles: tuple[str, ...]
    table: ArrayTable

    def quoted(self, column: Column) -> str:
        """A column in SQL."""
        return _quoted(self.titles[column.index])


def read_parquet(file: File) -> ArrayTable:
    """The table in a Parquet file.

    Raises
    ------
    InputError
        When it is damaged, or DuckDB is not installed.
    """
    return open_parquet(file).table


def count_rows(file: File) -> int:
    """How many rows a Parquet file declares.

    Raises
    ------
    InputError
        When it is damaged, or DuckDB is not installed.
    """
    with damages(file.name), closing(duckdb_for(file.path)) as connection:
        return _count(connection, file)


def open_parquet(file: File) -> Parquet:
    """Look at a Parquet file; its columns are read when they are fetched.

    Raises
    ------
    InputError
        When it is damaged, or DuckDB is not installed.
    """
    with damages(file.name):
        connection = duckdb_for(file.path)
        described = connection.execute(
            "DESCRIBE SELECT * FROM read_parquet(?)", [pattern_of(file.path)]
        ).fetchall()
        n = _count(connection, file)
    titles = tuple(row[0] for row in described)
    numeric = [row[1].removeprefix("U").startswith(_NUMBERS) for row in described]
    numeric = [one and "[" not in row[1] for one, row in zip(numeric, described, strict=True)]
    fetch = _fetching(connection, file, titles, n)
    table = table_of(file.name, titles, numeric, n, fetch, ReadOptions())
    return Parquet(connection, titles, table)


def _count(connection: Any, file: File) -> int:
    name = [pattern_of(file.path)]
    [n] = connection.execute("SELECT count(*) FROM read_parquet(?)", name).fetchone()
    return int(n)


def _fetching(
    connection: Any, file: File, titles: Sequence[str], n: int
) -> Callable[[Column, slice], Values]:
    """A function that gives pieces of columns. Beyond the first rows a column is read whole."""
    columns: dict[int, Values] = {}

    def fetch(column: Column, rows: slice) -> Values:
        title = titles[column.index]
        if rows.stop < min(n, _FEW):
            return _column(connection, file, title, column, rows.stop)[rows]
        if column.index not in columns:
            if n * 8 > most_unpacked(file.size):
                raise InputError(
                    "{file} holds {count} rows, too many to be read one by one. Gather them in a "
                    "grid: --cells 1024.",
                    file=file.name,
                    count=f"{n:,}",
                )
            columns[column.index] = _column(connection, file, title, column, n)
        return columns[column.index][rows]

    return fetch


def _column(connection: Any, file: File, title: str, column: Column, n: int) -> Values:
    kind = "DOUBLE" if column.numeric else "VARCHAR"
    with damages(file.name):
        found = connection.execute(
            f"SELECT CAST({_quoted(title)} AS {kind}) AS v FROM read_parquet(?) LIMIT {n}",
            [pattern_of(file.path)],
        ).fetchnumpy()
    values = found["v"]
    if len(values) != n:
        raise InputError("{file} is damaged.", file=file.name)
    filled: Values = np.ma.filled(values, np.nan if column.numeric else None)
    return filled


def _quoted(title: str) -> str:
    return '"' + title.replace('"', '""') + '"'
