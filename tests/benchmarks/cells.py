"""EM on points against EM on the cells of a grid, and what it takes to make the grid."""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gmm_studio import Configuration, Mixture, PointCloud, draw_start, generate, iterate
from gmm_studio.data.cells import CELLS, to_cells
from gmm_studio.data.cells_sql import read_cells
from gmm_studio.export.points import write_cloud

POINTS = 10**6
COMPONENTS = (3, 10)
GRIDS = (256, CELLS)
ITERATIONS = 10
ROUNDS = 3


def report(print_line: Callable[[str], None]) -> None:
    """Print times of an iteration, and of making grids of an array and of files."""
    cloud = generate("overlapping", POINTS)
    grids = {cells: to_cells(cloud, cells) for cells in GRIDS}
    print_line(f"One EM iteration, 2-D, full covariances, {POINTS:,} points (ms)")
    print_line(f"{'k':>3} {'points':>8} " + " ".join(f"{_title(g):>24}" for g in grids.values()))
    for k in COMPONENTS:
        start = draw_start(cloud, "k-means++", k)
        points = _iteration(cloud, start)
        others = [_iteration(grid, start) for grid in grids.values()]
        print_line(
            f"{k:>3} {points:>8.1f} "
            + " ".join(f"{ms:>16.1f} ({points / ms:>4.1f} x)" for ms in others)
        )
    print_line("")
    print_line("Making a grid (ms)")
    for cells in GRIDS:
        print_line(
            f"{'of an array':>14} {cells:>6} {_least(lambda n=cells: to_cells(cloud, n)):>8.0f}"
        )
    if importlib.util.find_spec("duckdb") is None:
        print_line("Of files: DuckDB is not installed.")
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in _files(cloud, Path(folder)):
            ms = _least(lambda path=path: read_cells(path))
            print_line(f"{'of ' + path.name:>14} {CELLS:>6} {ms:>8.0f}")


def _title(grid: PointCloud) -> str:
    assert grid.grid is not None
    return f"{grid.grid.cells}² ({grid.n:,} cells)"


def _iteration(cloud: PointCloud, start: Mixture) -> float:
    configuration = Configuration(tolerance=0, max_iterations=ITERATIONS)

    def run() -> None:
        for _ in iterate(cloud, start, configuration):
            pass

    run()
    return _least(run) / ITERATIONS


def _least(work: Callable[[], object]) -> float:
    """Milliseconds of the quickest round."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1000 * min(times)


def _files(cloud: PointCloud, folder: Path) -> tuple[Path, Path]:
    import duckdb

    csv, parquet = folder / "cloud.csv", folder / "cloud.parquet"
    write_cloud(cloud, csv)
    with duckdb.connect() as connection:
        connection.read_csv(str(csv)).write_parquet(str(parquet))
    return csv, parquet
