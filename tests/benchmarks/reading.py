"""Reading a million rows against `numpy.loadtxt`, and the memory that it takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gmm_studio.data.text import read_cloud

ROWS = 10**6
ROUNDS = 7
BUDGET = 0.5
MEMORY_BUDGET = 200.0

SCRIPT = """
import sys
from pathlib import Path
from gmm_studio.data.text import read_cloud
def peak():
    fields = Path("/proc/self/status").read_text().split()
    return int(fields[fields.index("VmHWM:") + 1])
before = peak()
read_cloud(sys.argv[1])
print(peak() - before)
"""


def report(print_line: Callable[[str], None]) -> None:
    """Print how long reading takes, as a share of what NumPy takes in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "points.csv")
        numbers = np.random.default_rng(0).normal(size=(ROWS, 2)).tolist()
        kinds: dict[str, tuple[str, Iterator[str]]] = {
            "two columns": ("x,y", (f"{x!r},{y!r}\n" for x, y in numbers)),
            "six digits": ("x,y", (f"{x:.6f},{y:.6f}\n" for x, y in numbers)),
            "as numpy.savetxt writes them": ("x,y", (f"{x:.18e},{y:.18e}\n" for x, y in numbers)),
            "two columns and a label": (
                "x,y,label",
                (f"{x!r},{y!r},{i % 3}\n" for i, (x, y) in enumerate(numbers)),
            ),
        }
        for kind, (header, lines) in kinds.items():
            with path.open("w") as handle:
                handle.write(header + "\n")
                handle.writelines(lines)
            size = path.stat().st_size / 2**20
            print_line(f"Reading {ROWS:,} rows of CSV: {kind} ({size:.0f} MiB)")
            print_line(f"{'':>16} {'seconds':>8} {'ratio':>8} {'budget':>8} {'bytes a row':>12}")
            _compare(path, print_line)


def _compare(path: Path, print_line: Callable[[str], None]) -> None:
    readers = {"numpy.loadtxt": _loadtxt, "gmm-studio": read_cloud}
    times: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(ROUNDS):
        for name, read in readers.items():
            times[name].append(_time(read, path))
    reference, own = (min(found) for found in times.values())
    print_line(f"{'numpy.loadtxt':>16} {reference:>8.2f}")
    print_line(
        f"{'gmm-studio':>16} {own:>8.2f} {own / reference:>8.2f} {BUDGET:>8.2f} "
        f"{_bytes_a_row(path):>6.0f} ({MEMORY_BUDGET:.0f})"
    )


def _time(read: Callable[[Path], object], path: Path) -> float:
    began = time.perf_counter()
    read(path)
    return time.perf_counter() - began


def _loadtxt(path: Path) -> object:
    with path.open() as handle:
        return np.loadtxt(handle, delimiter=",", skiprows=1)


def _bytes_a_row(path: Path) -> float:
    if not sys.platform.startswith("linux"):
        return float("nan")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], check=True, capture_output=True, text=True
    )
    return 1024 * int(done.stdout) / ROWS
