"""To which component each point belongs, beside what stands in the file that it came from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import scaled
from gmm_studio.export.atomic import atomic_write
from gmm_studio.export.code import heading
from gmm_studio.export.npz import Pieces, write_npz
from gmm_studio.export.parameters import entries_of
from gmm_studio.export.point_tables import JoinedTable, OwnTable, PointTable, Rows
from gmm_studio.export.result import Result

__all__ = ["ASSIGNMENT_FORMATS", "check_assignments", "write_assignments"]

ASSIGNMENT_FORMATS = ("csv", "npz")
"""What a file of assignments may end in."""


class _Assigned(NamedTuple):
    """Of some points: shares (n, k), the number of the largest (from 1), log-densities."""

    responsibilities: FloatArray
    component: IntArray
    log_density: FloatArray


def check_assignments(path: str | Path) -> str:
    """The format that a name of a file of assignments asks for, "csv" or "npz".

    Raises
    ------
    InputError
        When it asks for another.
    """
    suffix = Path(path).suffix
    if suffix.lower()[1:] not in ASSIGNMENT_FORMATS:
        raise InputError(
            "{path} cannot be written: points with their responsibilities are saved as .csv or "
            ".npz, not as {suffix}.",
            path=path,
            suffix=suffix or "a file without a suffix",
        )
    return suffix[1:].lower()


def write_assignments(
    path: str | Path,
    cloud: PointCloud,
    result: Result,
    use_rows: Callable[[Source, Callable[[Rows], None]], None],
    cancelled: Callable[[], bool] = never,
) -> None:
    """Write the points with their responsibilities, as CSV or NPZ.

    A CSV has a row for each row of the file: its columns as they stand there, then
    responsibility_1 to responsibility_k, component (from 1; of several with the same share the
    first) and log_density, which are empty where a row was left out. Lines that begin with # say
    of which step. Without a file the first columns are those of the points, in the units of the
    result, and their labels and weights.

    An NPZ holds the same as the arrays `responsibilities` (rows, k), `component` (rows,) and
    `log_density` (rows,), with NaN and component 0 where a row was left out; the columns as
    `column_1`, `column_2`, ..., numbers where the column holds such, NaN where a cell is none;
    their names as `columns`; and in `metadata` what JSON has beside the parameters.

    Parameters
    ----------
    path : str or Path
    cloud : PointCloud
    result : Result
        Of a step on this cloud.
    use_rows : callable
        That of `gmm_studio.data.file_rows`. It is not called where the cloud came from no file, or
        its points are the cells of a grid.
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
    check_assignments(path)
    if not result.in_scaled_units:
        cloud = scaled(cloud, "none")
    if cloud.source is None or cloud.grid is not None:
        _write(path, OwnTable(cloud), cloud, result, cancelled)
    else:
        use_rows(
            cloud.source,
            lambda rows: _write(path, JoinedTable(cloud, rows), cloud, result, cancelled),
        )


def _write(
    path: str | Path,
    table: PointTable,
    cloud: PointCloud,
    result: Result,
    cancelled: Callable[[], bool],
) -> None:
    blocks = _blocks(table, cloud, result.step.mixture, cancelled)
    with atomic_write(path) as handle:
        if check_assignments(path) == "csv":
            _write_csv(handle, table.names, blocks, result, cloud.name)
        else:
            _write_npz(handle, table, blocks, result)


def _blocks(
    table: PointTable, cloud: PointCloud, mixture: Mixture, cancelled: Callable[[], bool]
) -> Iterator[tuple[list[Sequence[Any]], npt.NDArray[np.bool_], _Assigned]]:
    point = 0
    for rows, used in table.blocks():
        if cancelled():
            raise Cancelled
        count = int(np.count_nonzero(used))
        yield rows, used, _assign(mixture, cloud.points[point : point + count])
        point += count


def _assign(mixture: Mixture, points: FloatArray) -> _Assigned:
    if not len(points):
        return _Assigned(np.empty((0, mixture.k)), np.empty(0, np.int64), np.empty(0))
    joint = mixture.component_log_densities(points)
    component = joint.argmax(axis=1)
    largest = joint.max(axis=1, keepdims=True)
    np.exp(joint - largest, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    joint /= total
    return _Assigned(joint, component + 1, (largest + np.log(total))[:, 0])


def _write_csv(
    handle: BinaryIO,
    names: Sequence[str],
    blocks: Iterable[tuple[list[Sequence[Any]], npt.NDArray[np.bool_], _Assigned]],
    result: Result,
    name: str,
) -> None:
    k = result.step.mixture.k
    added = [f"responsibility_{j}" for j in range(1, k + 1)] + ["component", "log_density"]
    lines = [*heading(result, name), ""]
    handle.write("\n".join(lines).encode(errors="backslashreplace"))
    handle.write(_lines([[*names, *_others(added, names)]]))
    empty = [""] * len(added)
    for rows, used, assigned in blocks:
        columns = (*assigned.responsibilities.T.tolist(), assigned.component.tolist())
        ours = zip(*columns, assigned.log_density.tolist(), strict=True)
        beside = (next(ours) if is_used else empty for is_used in used.tolist())
        handle.write(_lines([*row, *own] for row, own in zip(rows, beside, strict=True)))


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(errors="backslashreplace")


def _others(wanted: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Names for our columns that the file has not."""
    names = []
    for name in wanted:
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        names.append(free)
    return names


def _write_npz(
    handle: BinaryIO,
    table: PointTable,
    blocks: Iterable[tuple[list[Sequence[Any]], npt.NDArray[np.bool_], _Assigned]],
    result: Result,
) -> None:
    columns: list[list[npt.NDArray[Any]]] = [[] for _ in table.names]
    shares: list[FloatArray] = []
    components: list[IntArray] = []
    densities: list[FloatArray] = []
    for rows, used, assigned in blocks:
        for column, is_number, cells in zip(
            columns, table.numeric, zip(*rows, strict=True), strict=True
        ):
            values = [table.number(cell) for cell in cells] if is_number else cells
            column.append(np.array(values))
        shares.append(_spread(assigned.responsibilities, used, np.nan))
        components.append(_spread(assigned.component, used, 0))
        densities.append(_spread(assigned.log_density, used, np.nan))
    n = sum(map(len, components))
    arrays: dict[str, npt.NDArray[Any] | Pieces] = {
        "responsibilities": _pieces(n, shares),
        "component": _pieces(n, components),
        "log_density": _pieces(n, densities),
        "columns": np.array(table.names),
    }
    arrays |= {f"column_{i}": _pieces(n, column) for i, column in enumerate(columns, 1)}
    write_npz(handle, arrays, entries_of(result))


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
