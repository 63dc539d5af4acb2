"""Tables in JSON: lists of points, lists of objects, an object of columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.array_table import LARGEST_WIDTH, ArrayTable, table_of
from gmm_studio.data.layout import Record
from gmm_studio.data.table import CellTable

__all__ = ["LARGEST_JSON", "read_json"]

LARGEST_JSON = 2**27
"""In bytes. All of it is in memory at once, as objects of Python."""

_LARGEST_GAPS = 100_000


def read_json(file: str, text: str, options: ReadOptions) -> ArrayTable | CellTable:
    """The table in a JSON text.

    Raises
    ------
    InputError
        When it is no JSON, or holds no table.
    """
    try:
        content = json.loads(text, parse_int=float)
    except json.JSONDecodeError as error:
        raise InputError(
            "{file}, line {line}: this is not valid JSON: {reason}.",
            file=file,
            line=error.lineno,
            reason=error.msg,
        ) from None
    except (ValueError, RecursionError):
        raise _no_table(file) from None
    titles, rows = _rows(file, content)
    if not rows:
        raise InputError("{file} holds no rows.", file=file)
    table = _array(file, titles, rows, options)
    if table is not None:
        return table
    width = max(map(len, rows), default=0)
    if width > LARGEST_WIDTH:
        raise _no_table(file)
    records = [Record(i, i, [_text(file, v) for v in row]) for i, row in enumerate(rows, 1)]
    if titles is not None:
        records.insert(0, Record(0, 0, list(titles)))
    return CellTable(
        records,
        ReadOptions(
            header=titles is not None,
            decimal=options.decimal,
            thousands=options.thousands,
            encoding=options.encoding,
        ),
    )


def _rows(file: str, content: Any) -> tuple[list[str] | None, list[Sequence[Any]]]:
    """The names of the columns, if they have some, and the rows."""
    if isinstance(content, dict):
        if isinstance(content.get("data"), list) and isinstance(content.get("columns"), list):
            titles, rows = list(map(str, content["columns"])), content["data"]
            if all(isinstance(row, list) for row in rows):
                return titles, rows
        return _of_columns(file, content)
    if not isinstance(content, list):
        raise _no_table(file)
    if content and all(isinstance(row, dict) for row in content):
        names = list(dict.fromkeys(name for row in content for name in row))
        # Objects that have little in common would make a table far larger than the text.
        if len(names) * len(content) > 10 * sum(map(len, content)) + _LARGEST_GAPS:
            raise _no_table(file)
        return names, [[row.get(name) for name in names] for row in content]
    if all(isinstance(row, list) for row in content):
        return None, content
    if not any(isinstance(row, list | dict) for row in content):
        return None, [[value] for value in content]
    raise _no_table(file)


def _of_columns(file: str, content: dict[str, Any]) -> tuple[list[str], list[Sequence[Any]]]:
    """Of an object that holds a list, or (as pandas writes it) an object, for each column."""
    columns: list[Iterable[Any]] = []
    for values in content.values():
        if isinstance(values, dict):
            values = list(values.values())
        if not isinstance(values, list):
            raise _no_table(file)
        columns.append(values)
    if len({len(list(values)) for values in columns}) != 1:
        raise _no_table(file)
    return list(content), list(zip(*columns, strict=True))


def _array(
    file: str, titles: Sequence[str] | None, rows: list[Sequence[Any]], options: ReadOptions
) -> ArrayTable | None:
    """The rows as an array, if all are numbers and as many in each."""
    width = len(rows[0] if titles is None else titles)
    if not all(len(row) == width and all(type(v) is float for v in row) for row in rows):
        return None
    values = np.array(rows, np.float64).reshape(len(rows), -1)
    understood = ReadOptions(encoding=options.encoding)
    numeric = [True] * width
    return table_of(
        file, titles, numeric, len(rows), lambda c, some: values[some, c.index], understood
    )


def _text(file: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        raise _no_table(file)
    return str(value)


def _no_table(file: str) -> InputError:
    return InputError(
        "{file} holds no table. A list of points is read, such as [[1, 2], [3, 4]], a list of "
        "objects, or an object of columns.",
        file=file,
    )
