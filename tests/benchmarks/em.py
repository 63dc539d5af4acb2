"""EM iterations against scikit-learn's, from the same start, measured in turns in one run."""

from __future__ import annotations

import platform
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from gmm_studio import Configuration, Mixture, PointCloud, draw_start, iterate
from gmm_studio.core import threads as core_threads

SIZES = (10**3, 10**4, 10**5, 10**6)
COMPONENTS = (3, 10)
ROUNDS = 5
SECONDS_A_ROUND = 0.2
BUDGETS = {1: 30, 2: 45}
"""By the number of processors: how many times faster at 10^6 points with k = 10."""


@dataclass(frozen=True)
class Row:
    """Milliseconds per iteration of one size, on one thread or on all."""

    n: int
    k: int
    threads: int
    ours: float
    scikit_learn: float

    @property
    def ratio(self) -> float:
        return self.scikit_learn / self.ours

    @property
    def nanoseconds(self) -> float:
        """Ours, per point and component."""
        return self.ours * 1e6 / (self.n * self.k)

    @property
    def budget(self) -> int | None:
        is_budgeted = (self.n, self.k) == (SIZES[-1], COMPONENTS[-1])
        return BUDGETS.get(self.threads) if is_budgeted else None


def rows() -> Iterator[Row]:
    """Each size on one thread and on all of them."""
    for n in SIZES:
        for k in COMPONENTS:
            yield from _measure(n, k)


def report(print_line: Callable[[str], None]) -> None:
    """Print the table."""
    print_line("One EM iteration, 2-D, full covariances, beside scikit-learn's (ms, and the ratio)")
    print_line(f"{_processor()}, {core_threads.processors()} of them")
    print_line(
        f"{'points':>10} {'k':>3} {'threads':>8} {'ours':>10} {'ns/point/k':>11}"
        f" {'sklearn':>10} {'ratio':>8} {'budget':>8}"
    )
    for row in rows():
        budget = "" if row.budget is None else f">= {row.budget}"
        print_line(
            f"{row.n:>10,} {row.k:>3} {row.threads:>8} {row.ours:>10.3f} {row.nanoseconds:>11.2f}"
            f" {row.scikit_learn:>10.3f} {row.ratio:>8.1f} {budget:>8}"
        )


def main() -> None:
    """Print the table."""
    report(print)


def _measure(n: int, k: int) -> list[Row]:
    cloud = _cloud(n, k)
    start = draw_start(cloud, "k-means++", k)
    iteration = iterate(cloud, start, Configuration(tolerance=0, max_iterations=10**9))
    next(iteration)
    model = _scikit_learn(cloud, start)

    def ours() -> None:
        next(iteration)

    def theirs() -> None:
        _, log_responsibilities = model._e_step(cloud.points)
        model._m_step(cloud.points, log_responsibilities)

    all_threads = core_threads.processors()
    best: dict[tuple[int, str], float] = {}
    for _ in range(ROUNDS):
        for threads in sorted({1, all_threads}):
            limit = threadpool_limits(1) if threads == 1 else nullcontext()
            with limit, _our_threads(threads):
                for name, work in (("ours", ours), ("theirs", theirs)):
                    seconds = _seconds(work)
                    best[threads, name] = min(seconds, best.get((threads, name), seconds))
    return [
        Row(n, k, threads, 1e3 * best[threads, "ours"], 1e3 * best[threads, "theirs"])
        for threads in sorted({1, all_threads})
    ]


def _cloud(n: int, k: int) -> PointCloud:
    rng = np.random.default_rng(n + k)
    centres = 5 * rng.standard_normal((k, 2))
    return PointCloud(centres[rng.integers(k, size=n)] + rng.standard_normal((n, 2)))


def _scikit_learn(cloud: PointCloud, start: Mixture) -> GaussianMixture:
    """After one iteration from the start; its E-step and M-step are then called by themselves."""
    model = GaussianMixture(
        start.k,
        tol=0,
        reg_covar=0,
        max_iter=1,
        init_params="random",
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(cloud.points)


def _seconds(work: Callable[[], None]) -> float:
    """The mean time of as many calls as fit into a fraction of a second, one at least."""
    begin = time.perf_counter()
    calls = 0
    while True:
        work()
        calls += 1
        elapsed = time.perf_counter() - begin
        if elapsed > SECONDS_A_ROUND:
            return elapsed / calls


@contextmanager
def _our_threads(threads: int) -> Iterator[None]:
    before = core_threads.processors
    core_threads.processors = lambda: threads
    try:
        yield
    finally:
        core_threads.processors = before


def _processor() -> str:
    """The name of the processor, and whether it has AVX-512, without which exp is slower."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    name = fields.get("model name") or platform.processor() or platform.machine()
    if "flags" not in fields:
        return name
    return f"{name}, {'with' if 'avx512f' in fields['flags'].split() else 'without'} AVX-512"


if __name__ == "__main__":
    main()
