"""Points with their responsibilities as CSV, JSON and NPZ, and as cells of a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.export.assigned import AssignedTable, UseRows, use_assigned
from gmm_studio.export.atomic import atomic_write
from gmm_studio.export.cells import ColumnOfCells, quoted
from gmm_studio.export.code import heading
from gmm_studio.export.npz import Pieces, write_npz
from gmm_studio.export.parameters import entries_of, json_with_list, write_texts
from gmm_studio.export.result import Result

__all__ = [
    "ASSIGNMENT_FORMATS",
    "assignments_cells",
    "assignments_csv",
    "assignments_json",
    "check_assignments",
    "write_assignments",
]

ASSIGNMENT_FORMATS = ("csv", "json", "npz")
"""What a file of assignments may end in."""


def assignments_csv(assigned: AssignedTable) -> Iterator[str]:
    """The lines of a CSV with a row for each row of the table.

    It has the columns of the table, then responsibility_1 to responsibility_k, component (from 1;
    of several with the same share the first) and log_density, which are empty where a row was left
    out. Lines that begin with # say of which step.
    """
    for line in heading(assigned.result, assigned.cloud.name):
        yield f"{line}\n"
    yield from _lines(assigned, ",")


def assignments_cells(assigned: AssignedTable) -> Iterator[str]:
    """The same without the lines above the names, with tabs: a spreadsheet makes cells of it."""
    return _lines(assigned, "\t")


def assignments_json(assigned: AssignedTable) -> Iterator[str]:
    """The parts of a JSON object: what `parameters_json` says beside the parameters, and `points`.

    Each of them is an object with the columns of the CSV. In a column of numbers a cell is a number
    where it prints as it was, so that 00123 stays a text, and null where it is empty. Our columns
    are null where a row was left out.
    """
    return json_with_list(entries_of(assigned.result), "points", _objects(assigned))


def check_assignments(path: str | Path) -> str:
    """The format that a name of a file of assignments asks for, one of `ASSIGNMENT_FORMATS`.

    Raises
    ------
    InputError
        When it asks for another.
    """
    suffix = Path(path).suffix
    if suffix.lower()[1:] not in ASSIGNMENT_FORMATS:
        raise InputError(
            "{path} cannot be written: points with their responsibilities are saved as {choices}, "
            "not as {suffix}.",
            path=path,
            choices=" or ".join(f".{one}" for one in ASSIGNMENT_FORMATS),
            suffix=suffix or "a file without a suffix",
        )
    return suffix[1:].lower()


def write_assignments(
    path: str | Path,
    cloud: PointCloud,
    result: Result,
    use_rows: UseRows,
    cancelled: Callable[[], bool] = never,
) -> None:
    """Write the points with their responsibilities, as CSV, JSON or NPZ.

    A CSV has a row for each row of the file: its columns as they stand there, then those of
    `assignments_csv`. Without a file the first columns are those of the points, in the units of the
    result, and their labels and weights. `assignments_json` says what a JSON holds.

    An NPZ holds the same as the arrays `responsibilities` (rows, k), `component` (rows,) and
    `log_density` (rows,), with NaN and component 0 where a row was left out; the columns as
    `column_1`, `column_2`, ...: int64 where all of a column are whole numbers, float64 where all
    are numbers, NaN for those that are empty, and otherwise texts, also where a number would print
    another way;
    their names as `columns`; and in `metadata` what JSON has beside the points.

    Parameters
    ----------
    path : str or Path
    cloud : PointCloud
    result : Result
        Of a step on this cloud.
    use_rows : callable
        As of `use_assigned`.
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    InputError
        When the file has another suffix or cannot be written, or the file that the cloud came
        from is not there any more, or has changed.
    Cancelled
        When `cancelled` said so.
    """
    kind = check_assignments(path)

    def write(assigned: AssignedTable) -> None:
        if kind == "npz":
            with atomic_write(path) as handle:
                _write_npz(handle, assigned)
        else:
            parts = assignments_csv if kind == "csv" else assignments_json
            write_texts(path, parts(assigned))

    use_assigned(cloud, result, use_rows, write, cancelled)


def _lines(assigned: AssignedTable, delimiter: str) -> Iterator[str]:
    names = assigned.names
    empty = [""] * len(names)

    def written(cells: Iterable[object]) -> str:
        return delimiter.join([quoted(cell, delimiter) for cell in cells]) + "\n"

    yield written([*assigned.table.names, *names])
    for row, own in assigned.rows():
        yield written([*row, *(empty if own is None else own)])


def _objects(assigned: AssignedTable) -> Iterator[dict[str, object]]:
    names = (*assigned.table.names, *assigned.names)
    empty = [None] * len(assigned.names)
    for row, own in assigned.rows():
        known = assigned.table.values(row)
        yield dict(zip(names, (*known, *(empty if own is None else own)), strict=True))


def _write_npz(handle: BinaryIO, assigned: AssignedTable) -> None:
    table = assigned.table
    columns = [ColumnOfCells() for _ in table.names]
    shares: list[FloatArray] = []
    components: list[IntArray] = []
    densities: list[FloatArray] = []
    for rows, used, found in assigned.blocks():
        for column, (values, texts) in zip(columns, table.columns(rows, used), strict=True):
            column.add(values, texts)
        shares.append(_spread(found.responsibilities, used, np.nan))
        components.append(_spread(found.component, used, 0))
        densities.append(_spread(found.log_density, used, np.nan))
    n = sum(map(len, components))
    arrays: dict[str, npt.NDArray[Any] | Pieces] = {
        "responsibilities": _pieces(n, shares),
        "component": _pieces(n, components),
        "log_density": _pieces(n, densities),
        "columns": np.array(table.names),
    }
    arrays |= {f"column_{i}": column.pieces(n) for i, column in enumerate(columns, 1)}
    write_npz(handle, arrays, entries_of(assigned.result))


def _spread(values: npt.NDArray[Any], used: npt.NDArray[np.bool_], fill: float) -> Any:
    """Values (points, ...) at the rows of their points."""
    if len(values) == len(used):
        return values
    spread = np.full((len(used), *values.shape[1:]), fill, values.dtype)
    spread[used] = values
    return spread


def _pieces(n: int, blocks: Sequence[npt.NDArray[Any]]) -> Pieces:
    dtype = np.result_type(*{block.dtype for block in blocks})
    return Pieces((n, *blocks[0].shape[1:]), dtype, blocks)
