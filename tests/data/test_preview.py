from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import NO_COLUMN, Place, ReadOptions
from gmm_studio.data.preview import Row, preview
from gmm_studio.data.text import read_cloud
from tests.data.mangling import REFERENCE, samples


def test_what_was_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("﻿Größe;y;class\n# note\n1,5;2;a\n3;x;b\n4;5\n6;7;a\n8;9;b\n".encode())
    seen = preview(path, rows=4)
    assert seen.options == ReadOptions(
        "utf-8", ";", ",", "", True, ("Größe", "y"), "class", NO_COLUMN
    )
    assert [(column.name, column.numeric) for column in seen.columns] == [
        ("Größe", True),
        ("y", True),
        ("class", False),
    ]
    assert seen.rows[:2] == (Row(3, ("1,5", "2", "a")), Row(4, ("3", "x", "b")))
    assert [(one.place, one.reason) for one in seen.problems] == [
        (Place(4, 2), "not a number"),
        (Place(5), "wrong number of columns"),
    ]
    assert not seen.complete
    assert preview(path).complete
    with pytest.raises(InputError) as caught:
        read_cloud(path)
    assert str(caught.value) == str(seen.problems[0].error)


def test_options_that_do_not_fit_still_show_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\nc;d\n")
    seen = preview(path)
    assert seen.error is not None
    assert "no column of numbers" in str(seen.error)
    assert seen.rows
    seen = preview(path, ReadOptions(columns=("z",)))
    assert "has no column z" in str(seen.error)
    assert seen.options.columns == ("z",)


def test_it_reads_but_the_head(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "1,2\n" * 10_000 + "oops\n")
    seen = preview(path)
    assert (len(seen.rows), seen.problems, seen.complete) == (20, (), False)


def test_every_format_has_one(tmp_path: Path) -> None:
    for name, content in samples(tmp_path).items():
        path = tmp_path / f"points.{name}"
        path.write_bytes(content)
        seen, cloud = preview(path, rows=3), read_cloud(path)
        assert cloud.source is not None
        assert seen.options == cloud.source.options
        assert (len(seen.rows), seen.problems, seen.error) == (3, (), None)
        names = [column.name for column in seen.columns]
        for j, column in enumerate(cloud.columns):
            cell = seen.rows[0].cells[names.index(column)]
            assert float(cell.replace(",", ".")) == cloud.points[0, j]


def test_tables_to_choose_from(tmp_path: Path) -> None:
    assert preview(REFERENCE / "points.ods").tables == ("points",)
    np.savez(tmp_path / "a.npz", one=np.zeros((3, 2)), two=np.ones(5))
    seen = preview(tmp_path / "a.npz")
    assert seen.tables == ("one", "two")
    assert seen.options.table == "one"
    assert seen.unit == "row"


def test_of_a_text() -> None:
    seen = preview("x\ty\n1\t2\n3\tNA\n")
    assert [row.cells for row in seen.rows] == [("1", "2"), ("3", "NA")]
    assert [one.place for one in seen.problems] == [Place(3, 2)]
    assert preview("1, 2, 3").rows[2].cells == ("3",)
