from __future__ import annotations

from pathlib import Path

import pytest

from gmm_studio.cli import main

COMMANDS = [
    ("fit", "-k", "2"),
    ("starts", "-k", "2", "--runs", "3"),
    ("sweep", "--components", "1-2", "--runs", "2"),
    ("basins", "--seeds", "1,2 5,6", "--move", "2", "--grid", "4"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    rows = "".join(f"{i % 7},{i % 5}\n" for i in range(40))
    path.write_text(f"x,y\n1,2\n3,NA\n4,foo\n5,6\n7,8,9\n{rows}")
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_rows_are_left_out_if_one_says_so(
    path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    name, *options = command
    assert main([name, str(path), *options]) == 2
    assert "points.csv, line 3, column 2 (y): the value is missing." in capsys.readouterr().err
    assert main([name, str(path), *options, "--drop-invalid"]) == 0
    assert capsys.readouterr().err.splitlines()[0] == (
        "points.csv: 3 rows left out (1 missing, 1 not a number, 1 wrong number of columns; the "
        "first is line 3, column 2)"
    )


def test_nothing_is_said_of_a_file_that_is_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,2\n3,4\n5,7\n")
    assert main(["fit", str(path), "-k", "1", "--drop-invalid"]) == 0
    assert capsys.readouterr().err == ""
