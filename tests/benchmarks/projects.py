"""Saving and opening projects against `numpy.savez` and `numpy.load` of the same arrays."""

from __future__ import annotations

import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gmm_studio.core.configuration import RULES, Configuration
from gmm_studio.core.em import fit
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn
from gmm_studio.project import Project, SavedRun, project_bytes, read_project, write_project

SIZES = (10**5, 10**6)
ROUNDS = 7
RUNS = 10
BUDGET = 0.3
"""In seconds, for saving 10^5 points."""


def report(print_line: Callable[[str], None]) -> None:
    """Print how long both take, as a multiple of what NumPy takes in the same run."""
    print_line(f"Saving and opening a project with {RUNS} runs of five rules")
    print_line(
        f"{'points':>10} {'MiB':>6} {'save':>10} {'savez':>10} {'ratio':>6} {'budget':>8} "
        f"{'open':>10} {'load':>10} {'ratio':>6}"
    )
    for n in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            print_line(_compare(n, Path(folder)))


def _project(n: int) -> Project:
    cloud, runs = generate("overlapping", n, 4), []
    for number in range(RUNS):
        rule, limit = RULES[number % len(RULES)], 100 if n < 10**6 else 10
        configuration = Configuration(rule=rule, max_iterations=limit)
        run = fit(cloud, 4, random_state=number, rule=rule, max_iterations=limit)
        document = Document(cloud, 4, Drawn(random_state=number), configuration)
        runs.append(SavedRun(number + 1, document, run.steps, run.stop))
    return Project(runs[0].document, tuple(runs))


def _compare(n: int, folder: Path) -> str:
    project = _project(n)
    path, npz = folder / "a.gmmstudio", folder / "a.npz"
    with np.load(io.BytesIO(project_bytes(project))) as archive:
        arrays = {name: archive[name] for name in archive.files if name != "project.json"}

    def savez() -> None:
        with npz.open("wb") as handle:
            np.savez(handle, **arrays)
            os.fsync(handle.fileno())

    def load() -> None:
        with np.load(npz) as archive:
            for name in archive.files:
                archive[name]

    save, reference, opening, loading = _best(
        lambda: write_project(project, path), savez, lambda: read_project(path), load
    )
    budget = f"{BUDGET * 1e3:.0f} ms" if n == SIZES[0] else ""
    return (
        f"{n:>10,} {path.stat().st_size / 2**20:>6.1f} {_ms(save)} {_ms(reference)} "
        f"{save / reference:>6.2f} {budget:>8} {_ms(opening)} {_ms(loading)} "
        f"{opening / loading:>6.2f}"
    )


def _best(*works: Callable[[], object]) -> list[float]:
    """The shortest time of each; they take turns, so that a busy moment hits all."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, taken in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            taken.append(time.perf_counter() - began)
    return [min(taken) for taken in times]


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:>7.1f} ms"
