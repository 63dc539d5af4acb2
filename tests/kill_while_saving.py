"""Kills a process that saves a project over and over: `python -m tests.kill_while_saving [N]`.

After each of the N times the file must be a project that is whole, and after one more save that
nobody disturbs it must be the only file in its folder.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn
from gmm_studio.project import Project, read_project, write_project
from tests.project.making import run_of

LONGEST = 0.25
"""In seconds: saves of some milliseconds each are hit at any moment."""


def save_for_ever(path: Path) -> None:
    """Save over the same file, each time one run more up to 20; says once that it is about to."""
    cloud = generate("overlapping", 20_000, 4)
    run = run_of(generate("overlapping", 300, 4), "annealing")
    print("saving", flush=True)
    count = 0
    while True:
        count += 1
        runs = (run,) * (count % 20)
        write_project(Project(Document(cloud, 4, Drawn(random_state=count)), runs), path)


def kill_while_saving(folder: Path, count: int, seed: int = 0) -> Iterator[tuple[Project, bool]]:
    """The project that is there after each kill, and whether that left another file begun.

    Damaged ones raise `InputError`. After the last one something is saved without a kill.
    """
    path, rng = folder / "killed.gmmstudio", random.Random(seed)
    project = Project(Document(generate("moons", 10), 1))
    write_project(project, path)
    before: set[Path] = {path}
    for _ in range(count):
        command = [sys.executable, "-m", __spec__.name, "save", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as saving:
            assert saving.stdout is not None
            assert saving.stdout.readline() == "saving\n"
            time.sleep(rng.uniform(0, LONGEST))
            saving.kill()
        after = set(folder.iterdir())
        assert len(after) <= 2, "what an earlier kill left is still there"
        yield read_project(path), not after <= before
        before = after
    write_project(project, path)


def main(arguments: list[str]) -> int:
    """Kill and read, or save for ever; 0 if all could be read and nothing else is left."""
    if arguments[:1] == ["save"]:
        save_for_ever(Path(arguments[1]))
    count = int(arguments[0]) if arguments else 100
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = list(kill_while_saving(folder, count))
        left = len(list(folder.iterdir())) - 1
    saved = {project.document.start for project, _ in found}
    begun = sum(is_begun for _, is_begun in found)
    print(
        f"{len(found)} projects after as many kills, {len(saved)} different; {begun} kills were in "
        f"the middle of writing; {left} files left after the next save"
    )
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
