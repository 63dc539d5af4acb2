"""Damages files of all formats and reads them: `python -m tests.fuzz_readers [COUNT [FORMAT ...]]`.

Each must give a cloud or an InputError. What does not is kept, and said at the end.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.preview import preview
from gmm_studio.data.text import read_cloud
from tests.data.mangling import mangled, samples

LARGEST = 64 * 2**20


def outcome(path: Path, number: int) -> str:
    """What became of a file: cloud, refused, or the name of what went wrong."""
    options = ReadOptions(drop_invalid=bool(number % 2))
    try:
        if number % 4 < 2:
            preview(path, options)
        cloud = read_cloud(path, options=options)
    except InputError:
        return "refused"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__}: {str(error)[:80]}"
    sound = isinstance(cloud, PointCloud) and bool(np.isfinite(cloud.points).all())
    return "cloud" if sound else "unsound cloud"


def peak() -> int:
    """The largest memory that the process has had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(arguments: list[str]) -> int:
    """Damage and read; the number of formats that failed."""
    count = int(arguments[0]) if arguments else 10_000
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        originals = samples(Path(folder))
        for name in arguments[1:] or originals:
            path = Path(folder, f"mangled.{name}")
            path.write_bytes(originals[name])
            outcome(path, 0)
            before, began = peak(), time.perf_counter()
            outcomes: Counter[str] = Counter()
            for number, content in enumerate(mangled(originals[name], count)):
                path.write_bytes(content)
                result = outcome(path, number)
                if result not in ("cloud", "refused") and result not in outcomes:
                    Path(tempfile.gettempdir(), f"failed-{number}.{name}").write_bytes(content)
                outcomes[result] += 1
            more = peak() - before
            bad = set(outcomes) - {"cloud", "refused"} or more > LARGEST
            failed += bool(bad)
            print(
                f"{name:>14}  {time.perf_counter() - began:6.1f} s  {more / 2**20:6.1f} MiB more  "
                f"{dict(outcomes)}{'  FAILED' if bad else ''}",
                flush=True,
            )
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
