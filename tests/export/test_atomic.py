"""Files that take their place at once, whoever else writes to the same place or is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gmm_studio.core.errors import InputError
from gmm_studio.export.atomic import atomic_write, remove_abandoned

BEGINS = """
import sys, time
from gmm_studio.export.atomic import atomic_write

with atomic_write(sys.argv[1]) as handle:
    handle.write(b"half")
    handle.flush()
    print("begun", flush=True)
    time.sleep(600)
"""

WRITES = """
import sys
from gmm_studio.export.atomic import atomic_write

print("begun", flush=True)
for i in range(300):
    with atomic_write(sys.argv[1]) as handle:
        handle.write(sys.argv[2].encode() * 1000)
        handle.flush()
        handle.write(sys.argv[2].encode() * 9000)
"""

posix = pytest.mark.skipif(os.name != "posix", reason="there what is left behind must rest first")


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def killed_while_writing(path: Path) -> None:
    with started(BEGINS, str(path)) as process:
        process.kill()


@posix
@pytest.mark.parametrize("name", ["a.gmmstudio", "[a-z]*? ü%.svg", "x" * 250])
def test_the_next_one_removes_what_a_killed_one_left(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")
    killed_while_writing(path)
    assert len(list(tmp_path.iterdir())) == 2
    assert path.read_bytes() == b"old"
    with atomic_write(path) as handle:
        handle.write(b"new")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"new"


@posix
def test_what_was_left_of_another_file_stays_for_that_one(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    killed_while_writing(other)
    (tmp_path / ".mine.tmp").write_bytes(b"of a person")
    with atomic_write(path) as handle:
        handle.write(b"new")
    assert len(list(tmp_path.iterdir())) == 3
    remove_abandoned(other)
    assert {one.name for one in tmp_path.iterdir()} == {"a", ".mine.tmp"}


def test_what_another_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with started(BEGINS, str(path)) as process:
        with atomic_write(path) as handle:
            handle.write(b"ours")
        assert path.read_bytes() == b"ours"
        assert len(list(tmp_path.iterdir())) == 2, "it can go on"
        process.kill()


def test_of_several_at_once_each_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with atomic_write(path) as handle:
        handle.write(b"0" * 10_000)
    processes = [started(WRITES, str(path), letter) for letter in "12"]
    while any(process.poll() is None for process in processes):
        content = path.read_bytes()
        assert len(content) == 10_000
        assert len(set(content)) == 1
    for process in processes:
        assert process.communicate()[0] == ""
        assert process.returncode == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_open_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        # As Windows says it.
        raise PermissionError(13, "The process cannot access the file")

    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", refuse)
    said = "open in another program, or protected. Close it there, or choose another name"
    with pytest.raises(InputError, match=said), atomic_write(path) as handle:
        handle.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
