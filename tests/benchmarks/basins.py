"""The map of basins of attraction, beside the same map by scikit-learn, and fits of many starts."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from gmm_studio import Configuration, Mixture, PointCloud, draw_start, seeded_start
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.basins import BasinMap, map_basins
from gmm_studio.core.many import end_many
from gmm_studio.core.optima import Gathering
from gmm_studio.core.threads import processors
from tests.benchmarks.em import _processor as processor

POINTS = 1000
CELLS = 40
SEPARATIONS = {5: (0.3, 1.5), 3: (0.3, 5.0)}
"""Sigma between the clusters, and the budgets in seconds for the first picture and the last."""

SKLEARN_CELLS = 64
STARTS = 10_000
ROUNDS = 3


def report(print_line: Callable[[str], None]) -> None:
    """Print the times of the maps and the rate of fits."""
    print_line(f"Basin map, {CELLS} x {CELLS} starts, {POINTS:,} points in three clusters, k = 3,")
    print_line(
        "tol 1e-7, at most 300 iterations (seconds, best of three; first: blocks of 8 cells)"
    )
    print_line(f"{processor()}, {processors()} of them")
    print_line(
        f"{'sigma':>6} {'first':>7} {'budget':>7} {'all':>7} {'budget':>7} {'CPU':>7}"
        f" {'optima':>7} {'sklearn':>8} {'ratio':>6}"
    )
    for separation, (first_budget, budget) in SEPARATIONS.items():
        cloud, start = _clusters(separation)
        first, whole, cpu, basins = min(
            (_measure(cloud, start) for _ in range(ROUNDS)), key=lambda one: one[1]
        )
        theirs = _scikit_learn(cloud, start, basins)
        print_line(
            f"{separation:>6} {first:>7.3f} {first_budget:>7.1f} {whole:>7.2f} {budget:>7.1f}"
            f" {cpu:>7.2f} {len(basins.optima):>7} {theirs:>8.1f} {theirs / whole:>6.0f}"
        )
    print_line(f"(scikit-learn: {SKLEARN_CELLS} of the cells, evenly spread, scaled up to all; its")
    print_line("log-likelihoods are averages over the points, so its tol of 1e-7 is the same)")
    print_line("")
    _report_starts(print_line)


def _report_starts(print_line: Callable[[str], None]) -> None:
    cloud, _ = _clusters(3)
    configuration = Configuration()
    starts = [draw_start(cloud, "random-points", 3, i) for i in range(STARTS)]
    begin = time.perf_counter()
    ends = list(end_many(cloud, starts, configuration))
    ran = time.perf_counter() - begin
    gathering = Gathering(cloud)
    begin = time.perf_counter()
    for end in ends:
        gathering.add(end)
    gathered = time.perf_counter() - begin
    iterations = sum(end.iterations for end in ends)
    print_line(f"{STARTS:,} starts from random points, clusters 3 sigma apart, tol 1e-6:")
    print_line(
        f"{ran:.1f} s, {STARTS / ran:,.0f} fits/s, {iterations / ran:,.0f} iterations/s;"
        f" gathered into {len(gathering.optima)} optima in {gathered:.2f} s"
    )


def _clusters(separation: float) -> tuple[PointCloud, Mixture]:
    """Three clusters at the corners of a triangle, and a start from three of their points."""
    rng = np.random.default_rng(0)
    centres = separation * np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])
    points = centres[rng.integers(3, size=POINTS)] + rng.standard_normal((POINTS, 2))
    cloud = PointCloud(points)
    return cloud, seeded_start(cloud, points[:3])


def _places(cloud: PointCloud) -> tuple[FloatArray, FloatArray]:
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    return np.linspace(low[0], high[0], CELLS), np.linspace(low[1], high[1], CELLS)


def _measure(cloud: PointCloud, start: Mixture) -> tuple[float, float, float, BasinMap]:
    """Seconds to the first picture and to the last, of processor time, and the map."""
    begin, cpu = time.perf_counter(), time.process_time()
    maps = map_basins(cloud, start, 0, *_places(cloud), Configuration("full", 1e-7, 300))
    last = next(maps)
    first = time.perf_counter() - begin
    for last in maps:  # noqa: B007
        pass
    return first, time.perf_counter() - begin, time.process_time() - cpu, last


def _scikit_learn(cloud: PointCloud, start: Mixture, basins: BasinMap) -> float:
    """Seconds for the whole map, from some of its cells, on one thread."""
    step = CELLS * CELLS // SKLEARN_CELLS
    cells = range(step // 2, CELLS * CELLS, step)
    seconds = 0.0
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        for cell in cells:
            row, column = divmod(cell, CELLS)
            means = start.means.copy()
            means[0] = basins.x[column], basins.y[row]
            model = GaussianMixture(
                start.k,
                tol=1e-7,
                reg_covar=0,
                max_iter=300,
                init_params="random",
                weights_init=start.weights,
                means_init=means,
                precisions_init=np.linalg.inv(start.covariances),
            )
            begin = time.perf_counter()
            model.fit(cloud.points)
            seconds += time.perf_counter() - begin
    return seconds * CELLS * CELLS / len(cells)


if __name__ == "__main__":
    report(print)
