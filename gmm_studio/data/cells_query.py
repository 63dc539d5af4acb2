"""Grids of cells as queries that DuckDB answers without ever holding all rows in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.source import LeftOut, Place, Reason
from gmm_studio.data.cells import Tally
from gmm_studio.data.cells_cloud import MOST_CLASSES, number_classes
from gmm_studio.data.extras import literal
from gmm_studio.data.ledger import MOST_PLACES
from gmm_studio.data.numerals import MISSING
from gmm_studio.data.rows import check_weights
from gmm_studio.data.selection import Selection

__all__ = ["Expressions", "Query", "Survey"]

_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What `str.strip` takes off a text."""

_REASONS: tuple[Reason, ...] = ("missing", "not finite", "negative weight", "out of range")
_MOST_PARTS = 64

_PATIENCE = 0.05


_MISSING = ", ".join(map(literal, sorted(MISSING)))


@dataclass(frozen=True, slots=True)
class Expressions:
    """What is read of each row, in SQL.

    Parameters
    ----------
    source : str
        What stands after FROM.
    numbers : tuple of str
        The numbers of a selection as doubles; NULL where there is none.
    label : str or None
        The label as a text.
    row : str
        The number of the row, from 0.
    """

    source: str
    numbers: tuple[str, ...]
    label: str | None
    row: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What is found out about all rows before they are counted by cells.

    Parameters
    ----------
    usable : int
        How many rows can be used.
    low, high : ndarray, shape (d,)
        Bounds of their coordinates.
    weighted : bool
        Whether any of them has a weight, or there are no weights at all.
    left_out : tuple of LeftOut
        The others, the commonest reason first.
    """

    usable: int
    low: FloatArray
    high: FloatArray
    weighted: bool
    left_out: tuple[LeftOut, ...]

    @property
    def first_problem(self) -> Place | None:
        """Where the first row is that cannot be used."""
        places = [place for one in self.left_out for place in one.places]
        return min(places, key=lambda place: place.line, default=None)


class Query:
    """The rows of a file as a table that can be asked.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        As `duckdb_for` makes it.
    selection : Selection
        What is read of each row.
    expressions : Expressions
        The same in SQL.
    cancelled : callable
        Asked now and then whether to give up.
    """

    def __init__(
        self,
        connection: Any,
        selection: Selection,
        expressions: Expressions,
        cancelled: Callable[[], bool],
    ) -> None:
        self._connection, self._selection, self._cancelled = connection, selection, cancelled
        self._axes = range(len(selection.coordinates))
        self._expressions = self._without_blanks(expressions)
        self._usable = f"({_rows(self._expressions)})"

    def survey(self) -> Survey:
        """Look at all rows, and keep to those that can be used."""
        d, count = len(self._axes), len(self._selection.numbers)
        valid = _valid(self._selection)
        columns = ", ".join(
            f"min(v{i}) FILTER (valid), max(v{i}) FILTER (valid)" for i in range(count)
        )
        total, usable, *bounds = self._ask(
            f"SELECT count(*), count(*) FILTER (valid), {columns} "
            f"FROM (SELECT *, {valid} AS valid FROM {self._usable})"
        ).fetchone()
        left_out: tuple[LeftOut, ...] = ()
        if usable < total:
            left_out = self._find_problems()
            self._usable = f"(SELECT * FROM {self._usable} WHERE {valid})"
        found = np.array(bounds, np.float64)
        weighted = count == d or bool(found[-1] > 0)
        return Survey(usable, found[: 2 * d : 2], found[1 : 2 * d : 2], weighted, left_out)

    def count(self, survey: Survey, cells: int) -> tuple[Tally, tuple[str, ...]]:
        """The cells of the rows that can be used, and the names of their classes."""
        check_weights(self._selection, survey.usable, survey.weighted)
        tally = Tally(survey.low, survey.high, cells)
        values = {"last": float(cells - 1)}
        for axis in self._axes:
            values |= {f"low{axis}": tally.low[axis], f"size{axis}": tally.divisor[axis]}
        placed = self._placed()
        self._sum_up(placed, values, tally)
        return tally, self._add_labels(placed, values, tally)

    def values_at(self, row: int) -> tuple[Any, ...]:
        """The numbers and the label of a row, from 0; None where there are none."""
        columns = ", ".join(f"v{i}" for i in range(len(self._selection.numbers)))
        rows = _rows(self._expressions, with_row=True)
        answer = self._ask(f"SELECT {columns}, label FROM ({rows}) WHERE row = {row}")
        return tuple(answer.fetchone())

    def _without_blanks(self, expressions: Expressions) -> Expressions:
        """The same with labels as texts without blanks around them; that is slow if need be."""
        label = expressions.label
        if label is None:
            return expressions
        found = self._ask(
            f"SELECT DISTINCT {label} FROM {expressions.source} LIMIT {MOST_CLASSES + 1}"
        ).fetchall()
        labels = [row[0] for row in found if row[0] is not None]
        if len(found) <= MOST_CLASSES and all(one == one.strip() for one in labels):
            return expressions
        return replace(expressions, label=f"trim({label}, {literal(_BLANKS)})")

    def _find_problems(self) -> tuple[LeftOut, ...]:
        rows = _rows(self._expressions, with_row=True)
        found = self._ask(
            f"SELECT problem, count(*), min(row, {MOST_PLACES}) "
            f"FROM (SELECT *, {_problem(self._selection)} AS problem FROM ({rows})) "
            "WHERE problem IS NOT NULL GROUP BY problem"
        ).fetchall()
        return _together([self._left_out(*row) for row in found])

    def _left_out(self, problem: int, count: int, rows: list[int]) -> LeftOut:
        index, reason = divmod(problem, len(_REASONS))
        numbers = self._selection.numbers
        column = numbers[index] if index < len(numbers) else self._selection.label
        number = None if column is None else column.index + 1
        places = tuple(Place(row + 1, number) for row in rows)
        return LeftOut(_REASONS[reason], count, places, self._selection.unit)

    def _placed(self) -> str:
        """A query for cell, weight w, label, and for each axis the place u0, u1 within the cell."""
        d = len(self._axes)
        weight = "1::DOUBLE" if self._selection.weight is None else f"v{d}"
        label = "NULL" if self._selection.label is None else "label"
        places = (f"(v{axis} - $low{axis}) / $size{axis} AS p{axis}" for axis in self._axes)
        columns = (f"least(floor(p{axis}), $last) AS c{axis}" for axis in self._axes)
        within = (f"p{axis} - c{axis} - 0.5::DOUBLE AS u{axis}" for axis in self._axes)
        cell = "c0" if d == 1 else "c0 * ($last + 1) + c1"
        return (
            f"SELECT CAST({cell} AS BIGINT) AS cell, w, label, {', '.join(within)} FROM ("
            f"SELECT *, {', '.join(columns)} FROM ("
            f"SELECT {weight} AS w, {label} AS label, {', '.join(places)} FROM {self._usable}))"
        )

    def _sum_up(self, placed: str, values: Mapping[str, float], tally: Tally) -> None:
        products = [(i, j) for i in self._axes for j in self._axes if i <= j]
        sums = [f"sum(w * u{i})" for i in self._axes]
        sums += [f"sum(w * u{i} * u{j})" for i, j in products]
        answer = self._ask(
            f"SELECT cell, count(*), sum(w), {', '.join(sums)} FROM ({placed}) GROUP BY cell",
            values,
        )
        cell, counts, weights, *totals = answer.fetchnumpy().values()
        d = len(self._axes)
        squares = np.zeros((d, d))
        for (i, j), one in zip(products, totals[d:], strict=True):
            squares[i, j] = squares[j, i] = np.sum(one)
        tally.add_sums(
            cell,
            counts,
            None if self._selection.weight is None else weights,
            np.array(totals[:d]).T,
            squares,
        )

    def _add_labels(
        self, placed: str, values: Mapping[str, float], tally: Tally
    ) -> tuple[str, ...]:
        if self._selection.label is None:
            return ()
        found = self._ask(
            f"SELECT DISTINCT label FROM {self._usable} LIMIT {MOST_CLASSES + 1}"
        ).fetchall()
        classes = number_classes(row[0] for row in found)
        if classes is None:
            return ()
        for cell, label, weight in self._sum_by_label(placed, values):
            codes = np.fromiter((classes.codes[one] for one in label), np.int64, len(label))
            tally.add_labels(cell, codes, weight)
        return classes.names

    def _sum_by_label(self, placed: str, values: Mapping[str, float]) -> list[list[Any]]:
        """Cells, labels and weights; in several goes where there is no room for all at once."""
        parts = 1
        while True:
            sums = (
                f"SELECT cell, label, sum(w) FROM ({placed}) WHERE cell % {parts} = {part} "
                "GROUP BY cell, label"
                for part in range(parts)
            )
            try:
                return [list(self._ask(sql, values).fetchnumpy().values()) for sql in sums]
            except InputError:
                parts *= 4
                if parts > _MOST_PARTS:
                    raise

    def _ask(self, sql: str, values: Mapping[str, float] | None = None) -> Any:
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
            return _result(answer)


def _result(answer: Future[Any]) -> Any:
    try:
        return answer.result()
    except Exception as error:
        if type(error).__name__ == "OutOfMemoryException":
            raise InputError("There is not enough memory for so many cells. Take fewer.") from None
        raise


def _rows(expressions: Expressions, *, with_row: bool = False) -> str:
    """A query for numbers v0, v1, …, label, and row."""
    named = [f"{number} AS v{i}" for i, number in enumerate(expressions.numbers)]
    named.append(f"{expressions.label or 'NULL'} AS label")
    if with_row:
        named.append(f"{expressions.row} AS row")
    return f"SELECT {', '.join(named)} FROM {expressions.source}"


def _valid(selection: Selection) -> str:
    """Whether a row can be used: NaN is above all numbers."""
    conditions = [
        f"v{i} BETWEEN {least!r} AND {LARGEST_COORDINATE!r}"
        for i, least in enumerate(selection.least)
    ]
    if selection.label is not None:
        conditions.append(f"label NOT IN ({_MISSING})")
    return f"coalesce({' AND '.join(conditions)}, FALSE)"


def _problem(selection: Selection) -> str:
    """Which column is at fault, and for which reason; NULL where none is."""
    problems = []
    for i, least in enumerate(selection.least):
        one, first = f"v{i}", i * len(_REASONS)
        negative = f"WHEN {one} BETWEEN {-LARGEST_COORDINATE!r} AND 0 THEN {first + 2} "
        problems.append(
            f"CASE WHEN {one} BETWEEN {least!r} AND {LARGEST_COORDINATE!r} THEN NULL "
            f"WHEN {one} IS NULL OR isnan({one}) THEN {first} "
            f"WHEN isinf({one}) THEN {first + 1} "
            f"{negative if least == 0 else ''}ELSE {first + 3} END"
        )
    if selection.label is not None:
        first = len(selection.least) * len(_REASONS)
        problems.append(f"CASE WHEN coalesce(label IN ({_MISSING}), TRUE) THEN {first} END")
    return f"coalesce({', '.join(problems)}, NULL)"


def _together(found: list[LeftOut]) -> tuple[LeftOut, ...]:
    """One for each reason, whichever columns it befell, the commonest first."""
    joined: list[LeftOut] = []
    for reason in _REASONS:
        same = [one for one in found if one.reason == reason]
        if same:
            places = sorted((place for one in same for place in one.places), key=_line)[
                :MOST_PLACES
            ]
            total = sum(one.count for one in same)
            joined.append(LeftOut(reason, total, tuple(places), same[0].unit))
    return tuple(sorted(joined, key=lambda one: (-one.count, one.places[0].line)))


def _line(place: Place) -> int:
    return place.line
