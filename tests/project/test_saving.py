from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.data.generators import generate
from gmm_studio.document import Document
from gmm_studio.project import Project, archive, project_bytes, read_project, write_project
from tests.kill_while_saving import kill_while_saving
from tests.project.making import rich_project, same


@pytest.fixture
def small() -> Project:
    return Project(Document(generate("moons", 10), 1))


class After:
    """Cancels after so many questions."""

    def __init__(self, count: int) -> None:
        self.left = count

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_cancelled_save_leaves_the_older_file(small: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.gmmstudio"
    write_project(small, path)
    for count in (0, 3, 20, 40):
        with pytest.raises(Cancelled):
            write_project(rich_project(), path, After(count))
    assert same(read_project(path), small)
    assert os.listdir(tmp_path) == [path.name]


def test_opening_can_be_cancelled() -> None:
    content = project_bytes(rich_project())
    for count in (0, 5, 100):
        with pytest.raises(Cancelled):
            read_project(content, After(count))


def test_a_full_disk_leaves_the_older_file(
    small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gmmstudio"
    write_project(small, path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"a\.gmmstudio cannot be written: the disk is full"):
        write_project(rich_project(), path)
    assert same(read_project(path), small)
    assert os.listdir(tmp_path) == [path.name]


def test_what_could_not_be_read_again_is_not_written(
    small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gmmstudio"
    write_project(small, path)
    for limit, value in (("LARGEST_CONTENT", 100), ("MOST_MEMBERS", 5), ("LARGEST_FILE", 3000)):
        with monkeypatch.context() as patch:
            patch.setattr(archive, limit, value)
            with pytest.raises(InputError, match="Remove some runs"):
                write_project(rich_project(), path)
    assert same(read_project(path), small)


@pytest.mark.parametrize(
    "name", ["ä ö.gmmstudio", "名前", "a\udc80b" if os.name == "posix" else "a"]
)
def test_a_name_may_have_any_characters(small: Project, tmp_path: Path, name: str) -> None:
    if sys.platform == "darwin" and not name.isprintable():
        pytest.skip("macOS has no such names")
    write_project(small, tmp_path / name)
    assert same(read_project(tmp_path / name), small)


def test_ten_kills_while_saving_leave_ten_projects(tmp_path: Path) -> None:
    assert len(list(kill_while_saving(tmp_path, 10))) == 10
    assert os.listdir(tmp_path) == ["killed.gmmstudio"], "the next save took away what they left"
