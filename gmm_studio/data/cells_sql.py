"""Grids of cells made by DuckDB from files of any size, which are never held in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import LARGEST_COORDINATE, PointCloud, Source
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.source import LeftOut, ReadOptions
from gmm_studio.data.cells import CELLS, Tally, check_cells
from gmm_studio.data.extras import damages, duckdb_for, pattern_of
from gmm_studio.data.files import unreadable
from gmm_studio.data.layout import Column, Layout, role_of
from gmm_studio.data.numerals import MISSING, Numerals
from gmm_studio.data.selection import Selection, select, shown

__all__ = ["read_cells"]

MOST_CLASSES = 10_000
LARGEST_LABEL = 2**53

_PATIENCE = 0.05
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def read_cells(
    path: str | Path,
    options: ReadOptions | None = None,
    cells: int = CELLS,
    cancelled: Callable[[], bool] = never,
) -> PointCloud:
    """Read the points of a CSV or Parquet file into a grid of cells, through DuckDB.

    Columns are chosen as by `read_cloud`, but texts that are labels are numbered in their
    alphabetical order.

    Parameters
    ----------
    path : str or Path
    options : ReadOptions, optional
        What is to be read and how; encoding and digit groups are those that DuckDB understands.
    cells : int
        On each axis.
    cancelled : callable
        Asked now and then whether to give up.

    Returns
    -------
    PointCloud
        As `to_cells` makes it.

    Raises
    ------
    InputError
        When DuckDB is not installed, or there is no cloud in the file.
    Cancelled
        When `cancelled` said so.
    """
    check_cells(cells)
    path = Path(path)
    options = options or ReadOptions()
    try:
        with path.open("rb") as handle:
            is_parquet = handle.read(4) == b"PAR1"
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    with damages(shown(path.name)), duckdb_for(path) as connection:
        table = _Table(connection, _source(path, options, is_parquet=is_parquet), cancelled)
        return _grid(table, path, options, cells, is_parquet=is_parquet)


def _source(path: Path, options: ReadOptions, *, is_parquet: bool) -> str:
    """What stands after FROM."""
    name = _literal(pattern_of(path))
    if is_parquet:
        return f"read_parquet({name})"
    settings = {
        "delim": options.delimiter and _literal(options.delimiter),
        "decimal_separator": options.decimal and _literal(options.decimal),
        "header": None if options.header is None else str(options.header),
    }
    said = "".join(f", {name} = {value}" for name, value in settings.items() if value)
    missing = ", ".join(map(_literal, sorted(MISSING)))
    return f"read_csv({name}, nullstr = [{missing}]{said})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class _Table:
    """A file as a table that can be asked; `source` is what stands after FROM."""

    def __init__(self, connection: Any, source: str, cancelled: Callable[[], bool]) -> None:
        self._connection, self.source, self._cancelled = connection, source, cancelled
        self.names: list[str] = []

    def ask(self, sql: str, values: Mapping[str, float] | None = None) -> Any:
        """What the table answers, as a cursor."""
        with ThreadPoolExecutor(1, "gmm-table") as pool:
            answer = pool.submit(self._connection.execute, sql, values)
            given_up = False
            try:
                while not wait([answer], _PATIENCE).done:
                    if self._cancelled():
                        given_up = True
                        self._connection.interrupt()
            except BaseException:
                # After Ctrl+C too, nothing goes on.
                self._connection.interrupt()
                raise
            if given_up and answer.exception() is not None:
                raise Cancelled
            return self._result(answer)

    @staticmethod
    def _result(answer: Future[Any]) -> Any:
        try:
            return answer.result()
        except Exception as error:
            if type(error).__name__ == "OutOfMemoryException":
                raise InputError(
                    "There is not enough memory for so many cells. Take fewer."
                ) from None
            raise

    def columns(self, *, has_header: bool) -> tuple[Column, ...]:
        """All that there are; numeric are those that hold one number in each row."""
        rows = self.ask(f"DESCRIBE SELECT * FROM {self.source}").fetchall()
        self.names = [row[0] for row in rows]
        return tuple(
            Column(
                index,
                name if has_header else f"column {index + 1}",
                kind.removeprefix("U").startswith(_NUMBERS) and "[" not in kind,
                role_of(name, has_header),
            )
            for index, (name, kind, *_) in enumerate(rows)
        )

    def has_header(self, path: Path) -> bool:
        """Whether the first line of a text file names its columns."""
        name = _literal(pattern_of(path))
        return bool(self.ask(f"SELECT HasHeader FROM sniff_csv({name})").fetchone()[0])

    def number(self, column: Column) -> str:
        """A column as an expression of doubles."""
        return f"CAST({self.quoted(column)} AS DOUBLE)"

    def quoted(self, column: Column) -> str:
        """A column's name in SQL."""
        return '"' + self.names[column.index].replace('"', '""') + '"'


def _grid(
    table: _Table, path: Path, options: ReadOptions, cells: int, *, is_parquet: bool
) -> PointCloud:
    has_header = is_parquet or options.header
    if has_header is None:
        has_header = table.has_header(path)
    columns = table.columns(has_header=has_header)
    layout = Layout(
        delimiter=",",
        numerals=Numerals(),
        has_header=has_header,
        header_lines=0,
        columns=columns,
        has_rows=table.ask(f"SELECT 1 FROM {table.source} LIMIT 1").fetchone() is not None,
    )
    selection = select(
        shown(path.name), layout, options.columns, options.label, options.weight, "row"
    )
    low, high, left_out = _bounds(table, selection, drop_invalid=options.drop_invalid)
    tally = Tally(low, high, cells)
    placed = _Placed(table, selection, tally)
    placed.sum_up(tally)
    names = placed.add_labels(tally)
    gathered = tally.gathered()
    return PointCloud(
        gathered.points,
        weights=gathered.weights,
        labels=gathered.labels,
        grid=gathered.grid,
        name=path.stem,
        columns=tuple(column.name for column in selection.coordinates),
        source=Source(
            path,
            tuple(column.name for column in columns if column.numeric),
            options,
            left_out,
        ),
        class_names=names,
    )


def _valid(table: _Table, selection: Selection) -> str:
    """Whether a row can be used, in SQL: NaN is above all numbers there."""
    conditions = [
        f"{table.number(column)} BETWEEN {least!r} AND {LARGEST_COORDINATE!r}"
        for column, least in zip(selection.numbers, selection.least, strict=True)
    ]
    return "coalesce(" + " AND ".join(conditions) + ", FALSE)"


def _bounds(
    table: _Table, selection: Selection, *, drop_invalid: bool
) -> tuple[FloatArray, FloatArray, tuple[LeftOut, ...]]:
    """The lowest and highest of the coordinates that can be used, and what cannot be used."""
    numbers = [table.number(column) for column in selection.coordinates]
    bounds = ", ".join(f"min({one}) FILTER (valid), max({one}) FILTER (valid)" for one in numbers)
    missing = " OR ".join(f"{table.number(one)} IS NULL" for one in selection.numbers)
    total, usable, empty, *found = table.ask(
        f"SELECT count(*), count(*) FILTER (valid), count(*) FILTER ({missing}), {bounds} "
        f"FROM (SELECT *, {_valid(table, selection)} AS valid FROM {table.source})"
    ).fetchone()
    if usable < total and not drop_invalid:
        raise InputError(
            "{file}: {count} of {total} rows have no number that can be used in {columns}.",
            file=selection.file,
            count=f"{total - usable:,}",
            total=f"{total:,}",
            columns=" or ".join(shown(column.name) for column in selection.numbers),
        )
    if usable == 0:
        raise InputError("{file} holds no rows.", file=selection.file)
    wrong = total - usable - empty
    left_out: list[LeftOut] = [LeftOut("missing", empty, (), "row")] if empty else []
    left_out += [LeftOut("out of range", wrong, (), "row")] if wrong else []
    return np.array(found[::2], np.float64), np.array(found[1::2], np.float64), tuple(left_out)


class _Placed:
    """The points with their cells and their places within them."""

    def __init__(self, table: _Table, selection: Selection, tally: Tally) -> None:
        self._table, self._selection = table, selection
        self._axes = range(len(selection.coordinates))
        self._values = {"last": float(tally.cells - 1)}
        for axis in self._axes:
            self._values |= {f"low{axis}": tally.low[axis], f"size{axis}": tally.divisor[axis]}
        self._sql = self._write()

    def _write(self) -> str:
        """A query for cell, weight w, label, and for each axis the place u0, u1 within the cell."""
        table, selection = self._table, self._selection
        weight = "1::DOUBLE" if selection.weight is None else table.number(selection.weight)
        label = "NULL" if selection.label is None else table.quoted(selection.label)
        places = (
            f"({table.number(column)} - $low{axis}) / $size{axis} AS p{axis}"
            for axis, column in enumerate(selection.coordinates)
        )
        columns = (f"least(floor(p{axis}), $last) AS c{axis}" for axis in self._axes)
        within = (f"p{axis} - c{axis} - 0.5::DOUBLE AS u{axis}" for axis in self._axes)
        cell = "c0" if len(self._axes) == 1 else "c0 * ($last + 1) + c1"
        return (
            f"SELECT CAST({cell} AS BIGINT) AS cell, w, label, {', '.join(within)} FROM ("
            f"SELECT *, {', '.join(columns)} FROM ("
            f"SELECT {weight} AS w, {label} AS label, {', '.join(places)} FROM {table.source} "
            f"WHERE {_valid(table, selection)}))"
        )

    def sum_up(self, tally: Tally) -> None:
        """Count the points of each cell."""
        products = [(i, j) for i in self._axes for j in self._axes if i <= j]
        sums = [f"sum(w * u{i})" for i in self._axes]
        sums += [f"sum(w * u{i} * u{j})" for i, j in products]
        answer = self._table.ask(
            f"SELECT cell, count(*), sum(w), {', '.join(sums)} FROM ({self._sql}) GROUP BY cell",
            self._values,
        )
        cell, counts, weights, *totals = answer.fetchnumpy().values()
        d = len(self._axes)
        squares = np.zeros((d, d))
        for (i, j), values in zip(products, totals[d:], strict=True):
            squares[i, j] = squares[j, i] = np.sum(values)
        tally.add_sums(
            cell,
            counts,
            None if self._selection.weight is None else weights,
            np.array(totals[:d]).T,
            squares,
        )

    def add_labels(self, tally: Tally) -> tuple[str, ...]:
        """Count the labels in each cell; what their numbers stand for, if they are texts."""
        column = self._selection.label
        if column is None:
            return ()
        found = self._table.ask(
            f"SELECT DISTINCT label FROM ({self._sql}) ORDER BY label LIMIT {MOST_CLASSES + 1}",
            self._values,
        ).fetchall()
        classes = [row[0] for row in found]
        names = () if _are_whole(classes) else tuple(map(_name, classes))
        if len(classes) > MOST_CLASSES or (column.numeric and names):
            return ()
        cell, label, weight = (
            self._table.ask(
                f"SELECT cell, label, sum(w) AS w FROM ({self._sql}) GROUP BY cell, label",
                self._values,
            )
            .fetchnumpy()
            .values()
        )
        if names:
            codes = {name: code for code, name in enumerate(classes)}
            filled = np.ma.filled(label.astype(object), None)
            label = np.fromiter((codes[one] for one in filled), np.int64, len(filled))
        tally.add_labels(cell, np.asarray(label, np.int64), weight)
        return names


def _are_whole(classes: Sequence[object]) -> bool:
    return all(
        isinstance(one, int | float) and abs(one) < LARGEST_LABEL and one == round(one)
        for one in classes
    )


def _name(value: object) -> str:
    return "" if value is None else str(value)
