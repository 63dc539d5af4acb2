"""Files whose points are gathered in a grid of cells, for there are too many of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.kernel import never
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.cells import CELLS, check_cells, to_cells
from gmm_studio.data.cells_sql import read_cells
from gmm_studio.data.files import LARGEST_FILE, find_file
from gmm_studio.data.parquet import count_rows
from gmm_studio.data.text import read_cloud

__all__ = ["MOST_POINTS", "read_any", "read_gathered"]

MOST_POINTS = 5_000_000
"""What a window can draw and fit point by point; larger clouds are gathered of their own accord."""

LARGE_FILE = 256 * 2**20
"""In bytes: from here on a grid is made without holding the points in memory."""


def read_gathered(
    path: str | Path,
    options: ReadOptions | None = None,
    cells: int = CELLS,
    cancelled: Callable[[], bool] = never,
    progress: Callable[[float], None] | None = None,
) -> PointCloud:
    """Read a file into a grid of so many cells on each axis.

    Raises
    ------
    InputError
        When there is no cloud in it.
    Cancelled
        When `cancelled` said so.
    """
    check_cells(cells)
    file = find_file(Path(path), any_size=True)
    # How large a Parquet file is says nothing of how many rows it holds.
    if file.kind == "parquet" or file.size > LARGE_FILE:
        return read_cells(path, options, cells, cancelled, progress)
    return to_cells(read_cloud(path, None, cancelled, options=options, progress=progress), cells)


def read_any(
    path: str | Path,
    options: ReadOptions | None = None,
    cancelled: Callable[[], bool] = never,
    progress: Callable[[float], None] | None = None,
) -> PointCloud:
    """Read a file as points, or into a grid if they are too many or the file is too large.

    Raises
    ------
    InputError
        When there is no cloud in it.
    Cancelled
        When `cancelled` said so.
    """
    file = find_file(Path(path), any_size=True)
    is_long = file.kind == "parquet" and count_rows(file) > MOST_POINTS
    if is_long or file.size > LARGEST_FILE:
        return read_cells(path, options, CELLS, cancelled, progress)
    cloud = read_cloud(path, None, cancelled, options=options, progress=progress)
    return to_cells(cloud) if cloud.n > MOST_POINTS else cloud
