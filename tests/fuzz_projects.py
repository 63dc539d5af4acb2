"""Damages projects in all sorts of ways and opens them: `python -m tests.fuzz_projects [COUNT]`.

Each must give a project or an InputError. What does not is kept, and said at the end.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np

from gmm_studio.core.em import iterate
from gmm_studio.core.errors import InputError
from gmm_studio.project import Project, project_bytes, read_project
from tests.project.making import rich_project, same
from tests.project.mangling import mangled_projects

LARGEST = 64 * 2**20


def outcome(content: bytes) -> str:
    """What became of a project: opened, refused, or the name of what went wrong."""
    try:
        project = read_project(content)
    except InputError as error:
        return "refused" if "{" not in str(error) else f"unsaid: {error}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__}: {str(error)[:80]}"
    if not same(project, read_project(project_bytes(project))):
        return "not the same when saved again"
    return _resumed(project)


def _resumed(project: Project) -> str:
    """Whether every run goes on from its middle, or says why not."""
    for run in project.runs:
        step = run.steps[len(run.steps) // 2]
        configuration = run.document.configuration
        try:
            with np.errstate(all="ignore"):
                list(islice(iterate(run.cloud, step.mixture, configuration, resume=step), 2))
        except InputError:
            continue
        except Exception as error:
            return f"resuming: {type(error).__name__}: {str(error)[:80]}"
    return "opened"


def peak() -> int:
    """The largest memory that the process has had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(arguments: list[str]) -> int:
    """Damage and open; 1 if any did not end well."""
    count = int(arguments[0]) if arguments else 10_000
    content = project_bytes(rich_project())
    outcome(content)
    before, began = peak(), time.perf_counter()
    outcomes: Counter[str] = Counter()
    for number, damaged in enumerate(mangled_projects(content, count)):
        result = outcome(damaged)
        if result not in ("opened", "refused") and result not in outcomes:
            Path(tempfile.gettempdir(), f"failed-{number}.gmmstudio").write_bytes(damaged)
        outcomes[result] += 1
    more = peak() - before
    bad = set(outcomes) - {"opened", "refused"} or more > LARGEST
    print(
        f"{count:,} projects  {time.perf_counter() - began:.1f} s  {more / 2**20:.1f} MiB more  "
        f"{dict(outcomes)}{'  FAILED' if bad else ''}"
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
