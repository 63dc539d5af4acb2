"""Which tables are plain, and what is asked of the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.preview import preview
from gmm_studio.gui.importing.reading import Ask, Question, ReadRequest, read
from gmm_studio.gui.importing.roles import can_have, roles_of, with_role

PLAIN = {
    "two columns": "x,y\n1,2\n3,4\n",
    "no header": "1 2\n3 4\n5 6.5\n",
    "one column": "time\n1.5\n2.5\n",
    "labels and weights": "x,y,class,weight\n1,2,a,1\n3,4,b,2\n",
    "numbers of rows": ",x,y\n1,1,2\n2,3,4\n",
    "a bare list": "1.5, 2.5, 3.5, 4",
    "a wrapped list": "1, 2, 3,\n4, 5",
}

UNCLEAR = {
    "three columns": "x,y,z\n1,2,3\n4,5,6\n",
    "texts beside": "x,y,kind\n1,2,a\n4,5,b\n",
    "decimal comma": "x;y\n1,5;2\n3,5;4\n",
    "thousands": "x;y\n1,500,000.5;2\n2,500,000.5;4\n",
    "a row without a value": "x,y\n1,2\n3,\n",
    "a text among numbers": "x,y\n1,2\n3,4\nfour,5\n",
    "a row too long": "x,y\n1,2\n3,4,5\n",
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_texts_are_read_at_once(name: str) -> None:
    assert isinstance(read(ReadRequest(PLAIN[name])), PointCloud)
    assert isinstance(read(ReadRequest(PLAIN[name], ask="always")), Question)


@pytest.mark.parametrize("name", [name for name in PLAIN if "list" not in name])
def test_plain_files_are_read_at_once(name: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(PLAIN[name])
    assert isinstance(read(ReadRequest(path)), PointCloud)
    assert isinstance(read(ReadRequest(path, ask="always")), Question)


@pytest.mark.parametrize("name", UNCLEAR)
@pytest.mark.parametrize("is_file", [True, False])
def test_of_others_somebody_is_asked(name: str, is_file: bool, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(UNCLEAR[name])
    question = read(ReadRequest(path if is_file else UNCLEAR[name]))
    assert isinstance(question, Question)
    assert question.error is None
    assert bool(question.preview.problems) == (
        " row " in name or "text among" in name or "too long" in name
    )


def test_numbers_in_equal_lines_may_be_rows() -> None:
    text = "1 2 3\n4 5 6\n"
    question = read(ReadRequest(text))
    assert isinstance(question, Question)
    assert len(question.preview.columns) == 1, "understood as a run of numbers"
    answered = question.request.answered(ReadOptions(delimiter=" "))
    cloud = read(answered)
    assert isinstance(cloud, PointCloud)
    np.testing.assert_array_equal(cloud.points, [[1, 2], [4, 5]])


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a;b;c\n1,5;2;3\n2,5;4;1\n")
    options = ReadOptions(columns=("c", "a"))
    cloud = read(ReadRequest(path, options))
    assert isinstance(cloud, PointCloud)
    np.testing.assert_array_equal(cloud.points, [[3, 1.5], [1, 2.5]])
    path.write_text("a;b\n1,5;2\n2,5;4\n")
    question = read(ReadRequest(path, options))
    assert isinstance(question, Question)
    assert question.preview.error is not None, "the column that was chosen is gone"


@pytest.mark.parametrize("text", ["", "hello", "there is,nothing\nto,read\n"])
def test_without_numbers_nothing_is_asked(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no numbers in the text"):
        read(ReadRequest(text))
    path = tmp_path / "words.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"words\.csv"):
        read(ReadRequest(path))


@pytest.mark.parametrize(("ask", "asks"), [("never", False), ("rows", True), ("unclear", True)])
def test_a_bad_row_that_was_not_looked_at_is_asked_about(
    ask: Ask, asks: bool, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n3,4\n" * 2000 + "5,six\n" + "1,2\n" * 10)
    if not asks:
        with pytest.raises(InputError, match="six is not a number"):
            read(ReadRequest(path, ask=ask))
        return
    question = read(ReadRequest(path, ask=ask))
    assert isinstance(question, Question)
    assert "line 4002" in str(question.error)
    assert [one.place.line for one in question.preview.problems] == [4002], "it can be shown"
    cloud = read(question.request.answered(ReadOptions(drop_invalid=True)))
    assert isinstance(cloud, PointCloud)
    assert cloud.n == 4010


def test_after_the_dialog_every_error_comes_back_to_it(tmp_path: Path) -> None:
    path = tmp_path / "zeros.csv"
    path.write_text("x,y,weight\n1,2,0\n3,4,0\n")
    with pytest.raises(InputError, match="all weights"):
        read(ReadRequest(path))
    question = read(ReadRequest(path).answered(ReadOptions()))
    assert isinstance(question, Question)
    assert "all weights" in str(question.error)


def test_what_is_no_file_stays_an_error(tmp_path: Path) -> None:
    for ask in ("unclear", "always", "errors", "rows"):
        with pytest.raises(InputError, match="There is no file"):
            read(ReadRequest(tmp_path / "absent.csv", ask=ask))


def test_progress_goes_up(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("x,y,name\n" + '1.5,2.5,"a"\n' * 300_000)
    shares: list[float] = []
    read(ReadRequest(path, ReadOptions(columns=("x", "y"))), progress=shares.append)
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


# Roles

FLOWERS = "area,length,width,species\n1,2,3,a\n2,4,5,b\n"


def roles_after(*changes: tuple[str, str], text: str = FLOWERS) -> dict[str, str]:
    options = ReadOptions()
    for name, role in changes:
        options = with_role(options, preview(text, options), name, role)  # type: ignore[arg-type]
    return dict(roles_of(preview(text, options)))


def test_what_is_understood_of_the_columns() -> None:
    assert roles_after() == {"area": "x", "length": "y"}
    weighed = "x,y,weight,class\n1,2,3,a\n4,5,6,b\n"
    expected = {"x": "x", "y": "y", "weight": "weight", "class": "label"}
    assert roles_after(text=weighed) == expected
    assert roles_after(("weight", ""), text=weighed) == {"x": "x", "y": "y", "class": "label"}


def test_a_role_goes_to_the_new_column() -> None:
    assert roles_after(("width", "x")) == {"width": "x", "length": "y"}
    assert roles_after(("species", "label")) == {"area": "x", "length": "y", "species": "label"}
    assert roles_after(("species", "label"), ("area", "label")) == {"length": "x", "area": "label"}


def test_x_and_y_change_places() -> None:
    assert roles_after(("length", "x")) == {"length": "x", "area": "y"}
    assert roles_after(("area", "y")) == {"length": "x", "area": "y"}


def test_without_y_there_is_one_dimension() -> None:
    assert roles_after(("length", "")) == {"area": "x"}
    assert roles_after(("area", "")) == {"length": "x"}


def test_x_cannot_be_missing() -> None:
    seen = preview(FLOWERS, ReadOptions(columns=("width",)))
    assert not any(can_have(seen, "width", role) for role in ("y", "label", "weight", ""))  # type: ignore[arg-type]
    assert can_have(seen, "width", "x")
    assert can_have(seen, "area", "y")
