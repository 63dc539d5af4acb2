"""To which component each point belongs, block by block, beside what was known of it before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import scaled
from gmm_studio.export.point_tables import JoinedTable, OwnTable, PointTable, Rows
from gmm_studio.export.result import Result

__all__ = ["Assigned", "AssignedTable", "UseRows", "use_assigned"]

T = TypeVar("T")


class UseRows(Protocol):
    """What `gmm_studio.data.file_rows.use_rows` is."""

    def __call__(self, source: Source, use: Callable[[Rows], T], /) -> T:
        """Do something with the rows of a file as long as it is open."""
        ...


class Assigned(NamedTuple):
    """Of some points: shares (n, k), the number of the largest (from 1), log-densities."""

    responsibilities: FloatArray
    component: IntArray
    log_density: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class AssignedTable:
    """The rows that points came from, and which component each of them belongs to.

    Attributes
    ----------
    table : OwnTable or JoinedTable
    cloud : PointCloud
        The points, in the units of the result.
    result : Result
    cancelled : callable
        Asked before every block of points.
    """

    table: PointTable
    cloud: PointCloud
    result: Result
    cancelled: Callable[[], bool] = never

    @property
    def names(self) -> tuple[str, ...]:
        """Of our columns, none of them that of a column of the table."""
        k = self.result.step.mixture.k
        wanted = [*(f"responsibility_{j}" for j in range(1, k + 1)), "component", "log_density"]
        return tuple(_free(name, self.table.names) for name in wanted)

    def blocks(self) -> Iterator[tuple[list[Sequence[Any]], npt.NDArray[np.bool_], Assigned]]:
        """Some rows, which of them are points, and what is known of these.

        Raises
        ------
        InputError
            When the file has changed since.
        Cancelled
            When `cancelled` said so.
        """
        mixture, point = self.result.step.mixture, 0
        for rows, used in self.table.blocks():
            if self.cancelled():
                raise Cancelled
            count = int(np.count_nonzero(used))
            yield rows, used, _assign(mixture, self.cloud.points[point : point + count])
            point += count

    def rows(self) -> Iterator[tuple[Sequence[Any], list[Any] | None]]:
        """Each row, and what stands in our columns; None where it was left out."""
        for rows, used, assigned in self.blocks():
            shares = assigned.responsibilities.tolist()
            ours = zip(
                shares, assigned.component.tolist(), assigned.log_density.tolist(), strict=True
            )
            for row, is_used in zip(rows, used.tolist(), strict=True):
                if is_used:
                    share, component, log_density = next(ours)
                    yield row, [*share, component, log_density]
                else:
                    yield row, None


def use_assigned(
    cloud: PointCloud,
    result: Result,
    use_rows: UseRows,
    use: Callable[[AssignedTable], T],
    cancelled: Callable[[], bool] = never,
) -> T:
    """Do something with the points of a cloud and what a result says of each.

    Parameters
    ----------
    cloud : PointCloud
    result : Result
        Of a step on this cloud.
    use_rows : callable
        That of `gmm_studio.data.file_rows`. It is not called where the cloud came from no file, or
        its points are the cells of a grid.
    use : callable
        What to do. It is called again if the file turns out to have another encoding.
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    InputError
        When the file that the cloud came from is not there any more, or has changed.
    Cancelled
        When `cancelled` said so.
    """
    points = cloud if result.in_scaled_units else scaled(cloud, "none")
    if cloud.source is None or cloud.grid is not None:
        return use(AssignedTable(OwnTable(points), points, result, cancelled))
    return use_rows(
        cloud.source,
        lambda rows: use(AssignedTable(JoinedTable(points, rows), points, result, cancelled)),
    )


def _assign(mixture: Mixture, points: FloatArray) -> Assigned:
    if not len(points):
        return Assigned(np.empty((0, mixture.k)), np.empty(0, np.int64), np.empty(0))
    joint = mixture.component_log_densities(points)
    component = joint.argmax(axis=1)
    largest = joint.max(axis=1, keepdims=True)
    np.exp(joint - largest, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    joint /= total
    return Assigned(joint, component + 1, (largest + np.log(total))[:, 0])


def _free(name: str, taken: Sequence[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
