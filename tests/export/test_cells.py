"""The columns of a file come out of an export as they went in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gmm_studio import PointCloud, ReadOptions, fit, read_cloud
from gmm_studio.data.file_rows import use_rows
from gmm_studio.export import point_tables
from gmm_studio.export.assignments import write_assignments
from gmm_studio.export.cells import number_of_text
from gmm_studio.export.parameters import Result

TABLE = """\
x,y,id,zip,code,size,note,price,count
0.5,1.25,9007199254740993,00123,0x10,1e400,"  padded ",5.10,1
1.5,2.75,3,12345,17,1.5,"line1
line2", 4.25 ,
2.5,3.5,-4,99999,18,2.5,"a, \""b\""",.5,3
3.5,1.5,5,10000,19,3.5,"#no comment",1e3,NA
4.5,0.5,6,20000,20,4.5,  bare ,6,5
"""
COLUMNS = TABLE.split("\n")[0].split(",")
NOTES = ["  padded ", "line1\nline2", 'a, "b"', "#no comment", "  bare "]


@pytest.fixture
def cloud(tmp_path: Path) -> PointCloud:
    path = tmp_path / "p.csv"
    path.write_text(TABLE, encoding="utf-8")
    return read_cloud(path, ["x", "y"])


def written(cloud: PointCloud, ending: str) -> Path:
    """Its points with their responsibilities."""
    assert cloud.source is not None
    path = cloud.source.path.with_name(f"out.{ending}")
    run = fit(cloud, 1)
    result = Result.of(cloud, run.configuration, run.steps[-1], run.stop)
    write_assignments(path, cloud, result, use_rows)
    return path


def csv_rows(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode()
    lines = text.split("\n")
    table = "\n".join(lines[sum(line.startswith("# ") for line in lines[:3]) :])
    return list(csv.reader(io.StringIO(table, newline="")))


def points_of(path: Path) -> list[dict[str, Any]]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return list(content["points"])


def test_json_keeps_what_would_be_another_number(cloud: PointCloud) -> None:
    points = points_of(written(cloud, "json"))
    found = {name: [point[name] for point in points] for name in COLUMNS}
    assert found == {
        "x": [0.5, 1.5, 2.5, 3.5, 4.5],
        "y": [1.25, 2.75, 3.5, 1.5, 0.5],
        "id": [9007199254740993, 3, -4, 5, 6],
        "zip": ["00123", 12345, 99999, 10000, 20000],
        "code": ["0x10", 17, 18, 19, 20],
        "size": ["1e400", 1.5, 2.5, 3.5, 4.5],
        "note": NOTES,
        "price": [5.1, 4.25, 0.5, 1000.0, 6],
        "count": [1, None, 3, None, 5],
    }
    assert [type(one) for one in found["id"]] == [int] * 5


@pytest.mark.parametrize("block", [2, 512])
def test_npz_has_the_narrowest_type_that_keeps_a_column(
    cloud: PointCloud, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_tables, "BLOCK", block)
    with np.load(written(cloud, "npz"), allow_pickle=False) as arrays:
        assert arrays["columns"].tolist() == COLUMNS
        found = {name: arrays[f"column_{i}"] for i, name in enumerate(COLUMNS, 1)}
    assert found["id"].dtype == np.int64
    assert found["id"].tolist() == [9007199254740993, 3, -4, 5, 6]
    for name in ("x", "y", "price", "count"):
        assert found[name].dtype == np.float64
    assert found["price"].tolist() == [5.1, 4.25, 0.5, 1000.0, 6]
    assert np.array_equal(found["count"], [1, np.nan, 3, np.nan, 5], equal_nan=True)
    for name in ("zip", "code", "size", "note"):
        assert found[name].dtype.kind == "U"
    assert found["zip"].tolist() == ["00123", "12345", "99999", "10000", "20000"]
    assert found["code"].tolist() == ["0x10", "17", "18", "19", "20"]
    assert found["size"].tolist() == ["1e400", "1.5", "2.5", "3.5", "4.5"]
    assert found["note"].tolist() == NOTES


def test_csv_keeps_cells_as_they_stand(cloud: PointCloud) -> None:
    path = written(cloud, "csv")
    header, *rows = csv_rows(path)
    assert header[:9] == COLUMNS
    assert [row[6] for row in rows] == NOTES
    assert [row[7] for row in rows] == ["5.10", " 4.25 ", ".5", "1e3", "6"]
    assert rows[0][2:6] == ["9007199254740993", "00123", "0x10", "1e400"]
    # In quotation marks, or else readers such as ours would strip them.
    assert '"  padded "' in path.read_text(encoding="utf-8")
    again = read_cloud(path, ["x", "y"])
    assert np.array_equal(again.points, cloud.points)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('x;n\n1,5; "a; b"\n2,5;c\n', [["1,5", "a; b"], ["2,5", "c"]]),
        ('x\tn\n1\t "a\n\n# b"\n\n# no\n2\t\n', [["1", "a\n\n# b"], ["2", ""]]),
        ('x n\n1  "a  b"\n 2\tc \n', [["1", "a  b"], ["2", "c"]]),
        ('x,n\n1,"a\r\nb"\r\n2,5"\n', [["1", "a\nb"], ["2", '5"']]),
    ],
)
def test_rows_of_all_kinds_of_text(tmp_path: Path, text: str, rows: list[list[str]]) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(text.encode())
    cloud = read_cloud(path, ["x"])
    assert [row[:2] for row in csv_rows(written(cloud, "csv"))[1:]] == rows


def test_the_coordinates_of_rows_left_out_leave_a_column_of_numbers(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("x,y\n1,2\n?,3\n2,4\n")
    cloud = read_cloud(path, options=ReadOptions(drop_invalid=True))
    assert [point["x"] for point in points_of(written(cloud, "json"))] == [1, "?", 2]
    with np.load(written(cloud, "npz")) as arrays:
        assert np.array_equal(arrays["column_1"], [1, np.nan, 2], equal_nan=True)
        assert arrays["column_2"].tolist() == [2, 3, 4]
        assert arrays["column_2"].dtype == np.int64


@pytest.mark.parametrize(
    ("ids", "dtype"),
    [
        (["9223372036854775807", "-1"], "int64"),
        (["9223372036854775808", "1"], "<U19"),
        (["9007199254740993", "1.5"], "<U16"),
        (["9007199254740993", ""], "<U16"),
        (["9007199254740992", "1.5"], "float64"),
        (["1.10", "x"], "<U4"),
    ],
)
@pytest.mark.parametrize("block", [1, 512])
def test_types_of_columns(
    tmp_path: Path, ids: list[str], dtype: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_tables, "BLOCK", block)
    path = tmp_path / "p.csv"
    rows = [*zip(("1", "2"), ids, strict=True), ("3", "5"), ("4", "6")]
    path.write_text("x,id\n" + "".join(f"{x},{one}\n" for x, one in rows))
    with np.load(written(read_cloud(path, ["x"]), "npz")) as arrays:
        assert arrays["column_2"].dtype == np.dtype(dtype)
        assert (
            arrays["column_2"].astype(str).tolist()[:1]
            == np.array(ids[:1], dtype if dtype[0] == "<" else float if dtype == "float64" else int)
            .astype(str)
            .tolist()
        )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-17", -17),
        ("-0", -0.0),
        ("9" * 30, int("9" * 30)),
        ("0.1", 0.1),
        ("5.100", 5.1),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("+2.5", 2.5),
        ("1e-5", 1e-5),
        ("0.10000000000000001", 0.1),
        (f"{0.1:.18e}", 0.1),
        (f"{np.pi:.18e}", np.pi),
        ("0.0", 0.0),
    ],
)
def test_texts_that_are_numbers(text: str, number: float) -> None:
    found = number_of_text(text)
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize(
    "text",
    [
        *("", "00", "007", "-01", "00.5", "+49", "1_000", "0x10", "1e400", "1e-400", "inf", "nan"),
        *("9007199254740993.0", "٣", ".", "e5", "-", "1e", "0.1234567890123456789", "9" * 5000),
    ],
)
def test_texts_that_no_number_prints_as(text: str) -> None:
    assert number_of_text(text) is None


def test_random_doubles_come_back(tmp_path: Path) -> None:
    bits = np.random.default_rng(5).integers(0, 2**64, 2000, np.uint64, endpoint=False)
    values = bits.view(np.float64)
    for value in values[np.isfinite(values)].tolist():
        for text in (repr(value), f"{value:.17g}", f"{value:.18e}"):
            if "." in text:
                assert number_of_text(text) == value


def test_marks_of_numbers_in_other_countries_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("x;y;n\n1,50;1.234,5;1.234\n-2,5;2.000,0;2.345\n3,5;7;0012\n", "utf-8")
    points = points_of(written(read_cloud(path, ["x", "y"]), "json"))
    assert [point["x"] for point in points] == [1.5, -2.5, 3.5]
    assert [point["y"] for point in points] == [1234.5, 2000.0, 7]
    assert [point["n"] for point in points] == [1234, 2345, "0012"]
