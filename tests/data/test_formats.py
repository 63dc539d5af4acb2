from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.source import NO_COLUMN, ReadOptions
from gmm_studio.data import text_table
from gmm_studio.data.text import read_cloud
from tests.data.mangling import REFERENCE, samples, table

FRAME = table()
XY = FRAME[["x", "y"]].to_numpy()


def refusal(path: Path, options: ReadOptions | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_cloud(path, options=options)
    return str(caught.value)


def saved(tmp_path: Path, name: str, content: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def check(cloud: PointCloud, first: str = "Grün") -> None:
    np.testing.assert_array_equal(cloud.points, XY)
    assert cloud.columns == ("x", "y")
    assert cloud.weights is not None
    np.testing.assert_array_equal(cloud.weights, FRAME["weight"])
    assert cloud.labels is not None
    named = [cloud.class_name(label) for label in cloud.labels.tolist()]
    assert [name == first for name in named] == (FRAME["class"] == "Grün").tolist()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return samples(tmp_path_factory.mktemp("samples"))


FULL = ["csv", "tsv", "semicolon.csv", "utf16.txt", "csv.gz", "parquet", "xlsx"]
FULL += ["records.json", "columns.json"]


@pytest.mark.parametrize("name", FULL)
def test_formats_of_pandas(tmp_path: Path, files: dict[str, bytes], name: str) -> None:
    path = saved(tmp_path, f"points.{name}", files[name])
    cloud = read_cloud(path)
    check(cloud)
    assert cloud.name.startswith("points")
    assert cloud.source is not None
    again = read_cloud(path, options=cloud.source.options)
    check(again)
    assert again.source is not None
    assert again.source.options == cloud.source.options


@pytest.mark.parametrize("name", ["data", "npy", "points.json"])
def test_formats_without_names(tmp_path: Path, files: dict[str, bytes], name: str) -> None:
    cloud = read_cloud(saved(tmp_path, f"points.{name}", files[name]))
    np.testing.assert_array_equal(cloud.points, XY)
    assert cloud.columns == ("column 1", "column 2")


@pytest.mark.parametrize("name", FULL)
def test_the_suffix_is_not_trusted(tmp_path: Path, files: dict[str, bytes], name: str) -> None:
    check(read_cloud(saved(tmp_path, "points.txt", files[name])))


def test_gb18030(tmp_path: Path, files: dict[str, bytes]) -> None:
    cloud = read_cloud(saved(tmp_path, "points.csv", files["gb18030.csv"]))
    check(cloud, "绿色")
    assert cloud.source is not None
    assert cloud.source.options.encoding == "gb18030"


def test_an_encoding_that_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "größe,y\n1,2\n".encode("latin-1"))
    assert read_cloud(path).columns == ("größe", "y")
    assert read_cloud(path, options=ReadOptions(encoding="ISO-8859-1")).columns == ("größe", "y")
    assert "not encoded in UTF-8" in refusal(path, ReadOptions(encoding="utf8"))
    assert "There is no encoding zip" in refusal(path, ReadOptions(encoding="zip"))
    wide = saved(tmp_path, "b.csv", "x,y\n1,2\n3,4\n".encode("utf-16-le"))
    assert read_cloud(wide).n == 2


def test_what_r_writes(tmp_path: Path) -> None:
    # write.table(d, "a.txt"): no title above the names of the rows.
    path = saved(tmp_path, "a.txt", '"x" "y" "class"\n"1" 1.5 2 "a"\n"2" -3 4e3 "b"\n')
    cloud = read_cloud(path)
    assert cloud.points.tolist() == [[1.5, 2], [-3, 4000]]
    assert (cloud.columns, cloud.class_names) == (("x", "y"), ("a", "b"))
    # write.csv2(d, "a.csv")
    path = saved(tmp_path, "a.csv", '"";"x";"y"\n"1";1,5;2\n"2";-3;4000\n')
    assert read_cloud(path).points.tolist() == [[1.5, 2], [-3, 4000]]


def test_what_spreadsheets_write(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "﻿sep=;\r\nx;y\r\n1.234,5;2\r\n-3;4,25\r\n")
    cloud = read_cloud(path)
    assert cloud.points.tolist() == [[1234.5, 2], [-3, 4.25]]
    assert cloud.source is not None
    options = cloud.source.options
    assert (options.delimiter, options.decimal, options.thousands) == (";", ",", ".")
    assert "line 4" in refusal(saved(tmp_path, "b.csv", "sep=;\nx;y\n1;2\n3;oops\n4;5\n"))


@pytest.mark.parametrize(
    ("content", "points"),
    [
        ('x,y\n"1,234.5",2\n"12,345,678",3\n', [[1234.5, 2], [12345678, 3]]),
        ('x,y\n"1,234",2\n7,3\n', [[1234, 2], [7, 3]]),
        ("x;y\n1,234;2\n7;3\n", [[1.234, 2], [7, 3]]),
        ("x;y\n1 234,5;2\n7;3\n", [[1234.5, 2], [7, 3]]),
        ("x\ty\n1'234.5\t2\n7\t3\n", [[1234.5, 2], [7, 3]]),
        ("x;y\n1\u202f234;2\n7;3\n", [[1234, 2], [7, 3]]),
        ('x,y\n"1,5","2,5"\n"3,5",4\n', [[1.5, 2.5], [3.5, 4]]),
        ('x,y\n"12,34,000.5",2\n"7",3\n', [[1234000.5, 2], [7, 3]]),
        ("x;y\n1,23,45,678.25;2\n1,000;3\n", [[12345678.25, 2], [1000, 3]]),
        ("x;y\n1.5e3;2\n-,5;3\n", None),
    ],
)
def test_thousands(tmp_path: Path, content: str, points: list[list[float]] | None) -> None:
    path = saved(tmp_path, "a.csv", content)
    if points is None:
        assert "line 3, column 1 (x): -,5 is not a number" in refusal(path)
    else:
        assert read_cloud(path).points.tolist() == points


def test_marks_that_are_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "x;y\n1,234;2\n7;3\n")
    options = ReadOptions(decimal=".", thousands=",")
    assert read_cloud(path, options=options).points.tolist() == [[1234, 2], [7, 3]]
    path = saved(tmp_path, "b.csv", "1,5\n2,5\n")
    assert read_cloud(path, options=ReadOptions(decimal=",")).points.tolist() == [[1.5], [2.5]]


def test_header_and_delimiter_that_are_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "2019,2020\n1,2\n3,4\n")
    assert read_cloud(path).n == 3
    cloud = read_cloud(path, options=ReadOptions(header=True))
    assert (cloud.n, cloud.columns) == (2, ("2019", "2020"))
    path = saved(tmp_path, "b.csv", "x,y\n1,2.5\n3,4.5\n")
    assert "line 1, column 1: x is not a number" in refusal(path, ReadOptions(header=False))
    assert "no column of numbers" in refusal(path, ReadOptions(delimiter="\t"))


def test_labels_and_weights_that_are_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "kind,x,y,n,weight\na,1,2,5,7\nb,3,4,6,8\n")
    cloud = read_cloud(path, options=ReadOptions(label="kind", weight="n"))
    assert cloud.class_names == ("a", "b")
    assert cloud.weights is not None
    assert cloud.weights.tolist() == [5, 6]
    assert read_cloud(path, options=ReadOptions(weight=NO_COLUMN)).weights is None
    assert "asked for twice" in refusal(path, ReadOptions(columns=("x", "n"), weight="n"))
    assert "has no column z" in refusal(path, ReadOptions(label="z"))


def test_npy(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    for values in (
        XY,
        np.asfortranarray(XY),
        XY.astype(">f8"),
        XY.astype("f4"),
        (100 * XY).astype("i8"),
    ):
        np.save(path, values)
        np.testing.assert_array_equal(read_cloud(path).points, values.astype(float))
    np.save(path, XY[:, 0])
    assert read_cloud(path).d == 1
    fields = np.array([(1.5, 2, b"a", "u"), (3, 4, b"b", "v")], "f4,i8,S3,U2")
    fields.dtype.names = ("x", "y", "class", "note")
    np.save(path, fields)
    cloud = read_cloud(path)
    assert cloud.points.tolist() == [[1.5, 2], [3, 4]]
    assert cloud.class_names == ("a", "b")


def test_npy_that_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.array([{}, 1], object))
    assert "Python objects, which are never loaded" in refusal(path)
    for values in (np.zeros((2, 2, 2)), np.array(3.0), np.zeros(3, complex), np.array(["a"])):
        np.save(path, values)
        assert "no table of numbers" in refusal(path)
    np.save(path, np.zeros((0, 2)))
    assert "no rows" in refusal(path)
    np.save(path, np.zeros((2, 20_000)))
    assert "20000 columns" in refusal(path)
    np.save(path, np.array([[1, 2], [np.nan, 3]]))
    assert refusal(path) == "a.npy, row 2, column 1: the value is missing."


def npy_header(shape: str) -> bytes:
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def test_declared_sizes_are_checked(tmp_path: Path) -> None:
    bomb = npy_header("(134217728, 2)") + bytes(1900)
    assert "declares 2147483776 bytes and has" in refusal(saved(tmp_path, "a.npy", bomb))
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bomb)
    assert "declares 2147483776 bytes and has" in refusal(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", npy_header("(12500000,)") + bytes(100_000_000))
    assert "too large unpacked" in refusal(path)


def test_a_bomb_of_gzip(tmp_path: Path) -> None:
    bomb = gzip.compress(b"1,2\n" * 25_000_000, 9)
    assert "too large unpacked" in refusal(saved(tmp_path, "a.csv.gz", bomb))
    whole = gzip.compress(b"x,y\n" + b"1.25,2.5\n" * 5000)
    assert read_cloud(saved(tmp_path, "b.csv.gz", whole)).name == "b"
    assert "cannot be unpacked" in refusal(saved(tmp_path, "c.csv.gz", whole[:-30]))


def test_npz(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, notes=np.array(["a"]), points=XY, other=XY[:5])
    cloud = read_cloud(path)
    np.testing.assert_array_equal(cloud.points, XY)
    assert cloud.source is not None
    assert cloud.source.options.table == "points"
    assert read_cloud(path, options=ReadOptions(table="other")).n == 5
    assert "has no array x. It has: notes, points, other" in refusal(path, ReadOptions(table="x"))
    np.savez_compressed(path, x=XY[:, 0], y=XY[:, 1], label=np.arange(60) % 2)
    cloud = read_cloud(path)
    np.testing.assert_array_equal(cloud.points, XY)
    assert cloud.columns == ("x", "y")
    assert cloud.labels is not None


@pytest.mark.parametrize(
    ("content", "points"),
    [
        ("[[1, 2.5], [3, 4]]", [[1, 2.5], [3, 4]]),
        ("[1, 2.5, -3e2]", [[1], [2.5], [-300]]),
        ('[{"x": 1, "y": 2}, {"y": 4, "x": 3}]', [[1, 2], [3, 4]]),
        ('{"x": [1, 3], "y": [2, 4]}', [[1, 2], [3, 4]]),
        ('{"columns": ["x", "y"], "index": [0], "data": [[1, 2]]}', [[1, 2]]),
        ('﻿ \n[["1", "2"], ["3", "4"]]', [[1, 2], [3, 4]]),
    ],
)
def test_json(tmp_path: Path, content: str, points: list[list[float]]) -> None:
    assert read_cloud(saved(tmp_path, "a.json", content)).points.tolist() == points


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[1, 2], [3", "line 1: this is not valid JSON"),
        ("[[1, 2], [3]]", "row 2: the number of columns is 1"),
        ("[[1, 2], [3, null]]", "row 2, column 2: the value is missing."),
        ("[[1, 2], [3, NaN]]", "row 2, column 2: the value is missing."),
        ("[[1, 2], [3, 1e999]]", "row 2, column 2: inf is not a finite number."),
        ('[{"x": 1}, {"x": "a"}, {"x": 2}]', "row 2, column 1 (x): a is not a number."),
        ('{"x": [1, 2], "y": [1]}', "holds no table"),
        ('{"k": 3}', "holds no table"),
        ("[]", "holds no rows"),
        ("[" * 100_000, "holds no table"),
        ("[[[1, 2]], 3]", "holds no table"),
        ("[" + "9" * 5000 + "]", "not a finite number"),
    ],
)
def test_json_that_is_no_table(tmp_path: Path, content: str, message: str) -> None:
    assert message in refusal(saved(tmp_path, "a.json", content))


def test_an_old_workbook_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    assert refusal(path) == "a.xls is an old workbook. Save it as .xlsx or CSV."


def test_a_workbook_of_another_office() -> None:
    cloud = read_cloud(REFERENCE / "points.ods")
    assert cloud.points.tolist() == [[1.5 + i, 2 - 0.25 * i] for i in range(12)]
    assert cloud.class_names == ("a", "b")
    assert cloud.source is not None
    assert cloud.source.options.table == "points"


def test_sheets_and_places_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame().to_excel(writer, sheet_name="empty")
        frame = pd.DataFrame({"x": [1, 2, None], "y": [4.5, 5, 6]})
        frame.to_excel(writer, sheet_name="one", index=False, startrow=3, startcol=2)
        FRAME.to_excel(writer, sheet_name="two", index=False)
    assert refusal(path) == "a.xlsx, row 7, column 1 (x): the value is missing."
    check(read_cloud(path, options=ReadOptions(table="two")))
    assert "has no sheet three" in refusal(path, ReadOptions(table="three"))


def test_a_workbook_made_to_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    frame = pd.DataFrame({"x": [1, 2]})
    with pd.ExcelWriter(path) as writer:
        frame.to_excel(writer)
        frame.to_excel(writer, startrow=1_000_000, startcol=16_000)
    assert "too large for a workbook" in refusal(path)


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "it's [1]*.parquet"
    plain = tmp_path / "plain.parquet"
    duckdb.sql(
        "SELECT i::DECIMAL(9, 1) x, i::UTINYINT y, [i] l, i = 2 b, 'a' AS \"class\""
        " FROM range(4) t(i)"
    ).write_parquet(str(plain))
    plain.rename(path)
    cloud = read_cloud(path)
    assert cloud.points.tolist() == [[i, i] for i in range(4)]
    assert cloud.source is not None
    assert cloud.source.columns == ("x", "y")
    duckdb.sql("SELECT 1 x, 2 y UNION ALL SELECT NULL, 3").write_parquet(str(plain))
    assert "row 2, column 1 (x): the value is missing" in refusal(plain)
    duckdb.sql("SELECT 0.5 x FROM range(20000000)").write_parquet(str(plain))
    assert "20,000,000 rows, too many to be read one by one" in refusal(plain)


@pytest.mark.parametrize(("name", "module"), [("parquet", "duckdb"), ("xlsx", "python_calamine")])
def test_without_the_extra(
    tmp_path: Path,
    files: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    module: str,
) -> None:
    path = saved(tmp_path, f"a.{name}", files[name])
    monkeypatch.setitem(sys.modules, module, None)
    assert 'pip install "gmm-studio[tables]"' in refusal(path)


def large(tmp_path: Path, tail: str = "") -> Path:
    numbers = np.random.default_rng(1).normal(size=(80_000, 3)) * 10.0 ** np.array([-3, 0, 9])
    stream = io.StringIO()
    csv.writer(stream).writerows([["x", "y", "z"], *numbers.tolist()])
    return saved(tmp_path, "large [1].csv", stream.getvalue() + tail)


def with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are read one by one from now on."""
    monkeypatch.setattr(text_table, "read_plain", lambda *_: None)


def not_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_table, "read_block", lambda *_: pytest.fail("not the fast way"))


def test_the_fast_way_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = large(tmp_path, "1.,.5,+3\r\n-1E-3,2e5, 7\r\n\r\n")
    chosen: tuple[tuple[str, ...] | None, ...] = (None, ("z", "x"), ("y",))
    with monkeypatch.context() as patch:
        not_with_care(patch)
        fast = [read_cloud(path, columns).points for columns in chosen]
    with_care(monkeypatch)
    for columns, points in zip(chosen, fast, strict=True):
        assert points.tobytes() == read_cloud(path, columns).points.tobytes()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (ReadOptions(), "x;y\n1,5;2\n-0,25;1e3\n"),
        (ReadOptions(), "x;y\n1.234,5;2,5\n-0,25;1.000.000\n"),
        (ReadOptions(), "x y\n 1.5\t 2\n\n  -3   4e0 \n"),
        (ReadOptions(), "x|y|name\n1.5|2|ö\n3|4|\u0394 \n"),
        (ReadOptions(label="c"), "x, y,  c\n 1.5,  2 , a b\n3, -4,c\n"),
        (ReadOptions(label="c"), "x\ty\tc\n1.5\t2\t01\n3\t\u22124\t1\n"),
    ],
)
def test_the_fast_way_reads_all_ways_of_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: ReadOptions, text: str
) -> None:
    path = saved(tmp_path, "a.csv", text)
    with monkeypatch.context() as patch:
        if "\n\n" not in text:
            not_with_care(patch)
        fast = read_cloud(path, options=options)
    with_care(monkeypatch)
    careful = read_cloud(path, options=options)
    assert fast.points.tobytes() == careful.points.tobytes()
    assert fast.class_names == careful.class_names
    if careful.labels is not None:
        np.testing.assert_array_equal(fast.labels, careful.labels)


@pytest.mark.parametrize(
    "tail",
    [
        "1,2",
        "1,2,3,",
        "1,2,3,4",
        "1,,3",
        "1_0,2,3",
        "nan,2,3",
        "1e400,2,3",
        "a,2,3",
        "1e,2,3",
        "--1,2,3",
        "1e200,2,3",
        '"1",,',
        "# no\n1,2",
        ",,\n1,2",
    ],
)
def test_the_fast_way_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tail: str
) -> None:
    path = large(tmp_path, tail + "\n")
    said = refusal(path)
    with_care(monkeypatch)
    assert said == refusal(path)
    assert "line 8000" in said


def test_progress(tmp_path: Path) -> None:
    shares: list[float] = []
    read_cloud(large(tmp_path), progress=shares.append)
    assert len(shares) > 5
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.2
    assert shares[-1] == 1


def test_own_points_in_json_stay_themselves(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.json", json.dumps(XY.tolist()))
    np.testing.assert_array_equal(read_cloud(path).points, XY)


@pytest.mark.parametrize(
    "labels",
    [
        ["0", "2", "-1"],
        ["3.0", "1e1", "7"],
        ["0.5", "1", "2"],
        ["9007199254740993", "1", "2"],
        ["a", "b", "c"],
        ["01", "1", "a"],
    ],
)
def test_labels_in_the_fast_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labels: list[str]
) -> None:
    numbers = np.random.default_rng(1).normal(size=(30_000, 2)).tolist()
    lines = (f"{labels[i % 3]},{x!r},{y!r}\n" for i, (x, y) in enumerate(numbers))
    path = saved(tmp_path, "a.csv", "label,x,y\n" + "".join(lines))
    with monkeypatch.context() as patch:
        not_with_care(patch)
        fast = read_cloud(path)
    with_care(monkeypatch)
    careful = read_cloud(path)
    assert fast.points.tobytes() == careful.points.tobytes()
    np.testing.assert_array_equal(fast.labels, careful.labels)
    assert fast.class_names == careful.class_names


def test_labels_of_which_only_some_are_texts(tmp_path: Path) -> None:
    lines = ["label,x,y\n", *("7,1.5,2.5\n" * 60_000), "a,1,2\n", "3,1,2\n"]
    cloud = read_cloud(saved(tmp_path, "a.csv", "".join(lines)))
    assert cloud.class_names == ("7", "a", "3")
    assert cloud.labels is not None
    assert cloud.labels[[0, 59_999, 60_000, 60_001]].tolist() == [0, 0, 1, 2]
