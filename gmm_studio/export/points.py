"""Point clouds written as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.scaling import scaled
from gmm_studio.export.atomic import atomic_write

__all__ = ["write_cloud"]

BLOCK = 50_000
"""Rows that are turned into text at a time."""


def write_cloud(cloud: PointCloud, path: str | Path) -> None:
    """Write the points as CSV, with their labels and sample weights if they have such.

    They are in the data's own units, also those of a scaled cloud. The columns are x, y (in two
    dimensions), label and weight. Every number is written with as many digits as it takes to read
    the same one back.

    Parameters
    ----------
    cloud : PointCloud
        What to write.
    path : str or Path
        Where; a file that is there is replaced once the new one is complete.

    Raises
    ------
    InputError
        When the file cannot be written, with the reason.
    """
    names = ["x", "y"][: cloud.d]
    if cloud.labels is not None:
        names.append("label")
    if cloud.weights is not None:
        names.append("weight")
    cloud = scaled(cloud, "none")
    with atomic_write(path) as handle:
        handle.write((",".join(names) + "\n").encode())
        for first in range(0, cloud.n, BLOCK):
            rows = zip(*_columns(cloud, slice(first, first + BLOCK)), strict=True)
            handle.write("".join(f"{','.join(map(repr, row))}\n" for row in rows).encode())


def _columns(cloud: PointCloud, rows: slice) -> Iterator[list[float] | list[int]]:
    for axis in range(cloud.d):
        yield cloud.points[rows, axis].tolist()
    if cloud.labels is not None:
        yield cloud.labels[rows].tolist()
    if cloud.weights is not None:
        yield cloud.weights[rows].tolist()
