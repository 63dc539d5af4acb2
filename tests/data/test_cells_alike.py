"""Grids read from files hold what `read_cloud` reads, whichever way they are made."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gmm_studio import InputError, PointCloud, read_cloud
from gmm_studio.core.source import LeftOut, Place, ReadOptions
from gmm_studio.data import cells_csv, cells_rows, files
from gmm_studio.data.cells import to_cells
from gmm_studio.data.cells_sql import read_cells
from tests.data.mangling import mangled, samples

duckdb = pytest.importorskip("duckdb")

CELLS = 40
DROP = ReadOptions(drop_invalid=True)


@pytest.fixture(params=["by DuckDB where it is plain", "block by block"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Small files are given to DuckDB too, or none are."""
    by_duckdb = request.param.startswith("by DuckDB")
    monkeypatch.setattr(cells_csv, "_SMALLEST", 0 if by_duckdb else 2**60)
    return str(request.param)


@pytest.fixture
def never_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what DuckDB does is let pass."""
    monkeypatch.setattr(cells_csv, "_SMALLEST", 0)
    monkeypatch.setattr(cells_rows, "_bounds", lambda *_: pytest.fail("read block by block"))


def saved(tmp_path: Path, content: bytes | str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def class_counts(cloud: PointCloud) -> list[str] | None:
    if cloud.labels is None:
        return None
    return [cloud.class_name(label) for label in cloud.labels.tolist()]


def alike(path: Path, options: ReadOptions | None = None, *, labels: bool = True) -> PointCloud:
    """The grid, when it is that of the points."""
    grid = read_cells(path, options, CELLS)
    cloud = to_cells(read_cloud(path, options=options), CELLS)
    np.testing.assert_allclose(grid.points, cloud.points, rtol=1e-12, atol=1e-12)
    assert (grid.weights is None) == (cloud.weights is None)
    if grid.weights is not None and cloud.weights is not None:
        np.testing.assert_allclose(grid.weights, cloud.weights, rtol=1e-12)
    assert grid.grid is not None
    assert cloud.grid is not None
    assert grid.grid.counts.tolist() == cloud.grid.counts.tolist()
    if labels:
        assert class_counts(grid) == class_counts(cloud)
    assert sorted(grid.class_names) == sorted(cloud.class_names)
    assert (grid.name, grid.columns) == (cloud.name, cloud.columns)
    assert grid.source is not None
    assert cloud.source is not None
    assert grid.source.options == cloud.source.options
    assert grid.source.columns == cloud.source.columns
    assert grid.source.left_out == cloud.source.left_out
    return grid


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return samples(tmp_path_factory.mktemp("samples"))


FORMATS = ["csv", "tsv", "semicolon.csv", "data", "utf16.txt", "gb18030.csv", "csv.gz", "npy"]
FORMATS += ["records.npy", "npz", "packed.npz", "points.json", "records.json", "columns.json"]
FORMATS += ["parquet", "xlsx", "ods"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", FORMATS)
def test_every_format(tmp_path: Path, sampled: dict[str, bytes], name: str) -> None:
    assert set(FORMATS) == set(sampled)
    alike(saved(tmp_path, sampled[name], f"points.{name}"))


FRAME = pd.DataFrame({"x": [1.5, -2.25, 3e-7], "y": [4.0, 1e6, 0.125], "class": ["b", "a", "b"]})

TEXTS = {
    "decimal commas": "x;y\n1,5;2\n3,25;-4,5\n",
    "decimal commas said by one row": "x;y\n1;2\n3,25;-4e2\n",
    "an index without a name": FRAME.to_csv(),
    "tabs": FRAME.to_csv(sep="\t", index=False),
    "R": '"x" "y" "class"\n"1" 1.5 2 "a"\n"2" -3 4e3 "b"\n',
    "R with semicolons": '"";"x";"y"\n"1";1,5;2\n"2";-3;4000\n',
    "groups by commas": 'x,y\n"1,234.5",2\n"12,345,678",3\n',
    "groups by points": "x;y\n1.234,5;2\n-3;4,25\n",
    "groups by blanks": "x;y\n1 234,5;2\n7;3\n",
    "quoted commas": 'x,y\n"1,5","2,5"\n"3,5",4\n',
    "a line for spreadsheets": "\ufeffsep=;\r\nx;y\r\n1,5;2\r\n-3;4,25\r\n",
    "a mark at the beginning": "\ufeff1,2\n3,4\n",
    "Windows": "x,y\r\n1,2\r\n3,4\r\n",
    "old Macs": "x,y\r1,2\r3,4\r",
    "all three": "x,y\r\n1,2\r3,4\n5,6\n",
    "no end": "1,2\n3,4",
    "blank lines": "\n\nx,y\n\n1,2\n  \n3,4\n,\n\n",
    "comments": "# by hand\nx,y,z\n1,2,3\n#4,5,6\n  # none\n7,8,9\n",
    "blanks around": "x, y\n1, 2\n 3 ,4 \n",
    "one column": "x\n1\n2.5\n\n4\n",
    "one column without an end": "1\n2.5\n4",
    "aligned": "   1.5    2\n  10.25  3\n",
    "signs": "x,y\n+1.,.5\n-1E-3,2e+5\n",
    "weights and numbers as labels": "x,y,weight,label\n1,2,0.5,3\n2,3,2,-1\n1,2,1.5,3.0\n",
    "measurements as labels": "x,y,label\n1,2,0.5\n2,3,2\n",
    "labels with blanks around": "x,y,label\n1,2, a\n2,3,a\xa0\n3,4,b_c\n",
    "quoted labels": 'x,y,label\n1,2,"a, b"\n2,3,"a ""b"""\n',
    "a column of notes": "x,note,y\n1,it's,2\n2,x_y,3\n",
    "names twice": "x,x,c0\n1,2,3\n3,4,5\n",
    "a header in two lines": 'x,"y\nz"\n1,2\n3,4\n',
}


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", TEXTS)
def test_every_text(tmp_path: Path, name: str) -> None:
    alike(saved(tmp_path, TEXTS[name]))


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "gb18030", "utf-32"])
def test_every_encoding(tmp_path: Path, encoding: str) -> None:
    word = "绿色" if encoding == "gb18030" else "grün"
    text = "x,y,class\n" + f"1,2,{word}\n3,4,b\n" * 20
    grid = alike(saved(tmp_path, text.encode(encoding)))
    assert grid.class_names == tuple(sorted((word, "b")))
    alike(saved(tmp_path, text.encode(encoding)), ReadOptions(encoding=encoding))


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    "options",
    [
        ReadOptions(delimiter=";", decimal=",", header=False, columns=(2, 3)),
        ReadOptions(header=True, columns=("2,5",)),
        ReadOptions(label=1, columns=(3,)),
        ReadOptions(weight=3),
        ReadOptions(columns=(1, 3), weight=2),
    ],
)
def test_what_is_said(tmp_path: Path, options: ReadOptions) -> None:
    alike(saved(tmp_path, "1;2,5;3\n4;5,5;6\n4;5,5;7\n"), options)


BAD = [
    "oops,3,a,1",
    "3",
    "1,2,a",
    "1,2,a,1,",
    "1,2,a,1,5",
    "NA,3,a,1",
    ",3,a,1",
    "1,nan,a,1",
    "1,inf,a,1",
    "1,1e400,a,1",
    "1,-1e200,a,1",
    "1_0,2,a,1",
    "1,2,,1",
    "1,2,NA,1",
    "1,2,a,-1",
    '1,2,"a,1',
    "１,2,a,1",
    "0x10,2,a,1",
    '"1,5",2,a,1',
]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("bad", BAD)
def test_rows_that_cannot_be_used(tmp_path: Path, bad: str) -> None:
    path = saved(tmp_path, "x,y,label,weight\n" + "1,2,a,1\n3,4,b,2\n" * 30 + f"{bad}\n5,6,a,1\n")
    with pytest.raises(InputError, match="line 62") as expected:
        read_cloud(path)
    with pytest.raises(InputError) as caught:
        read_cells(path)
    assert str(caught.value) == str(expected.value)
    if not bad.startswith('1,2,"'):
        grid = alike(path, DROP)
        assert grid.source is not None
        assert grid.source.rows_left_out == 1


@pytest.mark.parametrize("bad", ["oops,3", "3", "3,", "1_0,3"])
def test_far_down_a_large_file(tmp_path: Path, bad: str) -> None:
    path = saved(tmp_path, "x,y\n" + "1.25,2.5\n3,4\n" * 25_000 + f"{bad}\n" + "5,6\n" * 9_999)
    with pytest.raises(InputError, match="line 50002"):
        read_cells(path)
    grid = read_cells(path, DROP, CELLS)
    assert grid.n_points == 59_999
    assert grid.source is not None
    [left_out] = grid.source.left_out
    assert left_out.count == 1
    assert left_out.places[0].line == 50_002


PLAIN = ["decimal commas", "tabs", "Windows", "one column", "signs", "a column of notes"]
PLAIN += ["weights and numbers as labels", "an index without a name", "names twice"]


@pytest.mark.usefixtures("never_by_blocks")
@pytest.mark.parametrize("name", PLAIN)
def test_what_is_plain_is_left_to_duckdb(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, TEXTS[name].replace("\n\n", "\n"), "it's [1]*.csv")
    alike(path)


def test_parquet_names_the_row(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    values = [(1, 2, "a"), (None, 3, "a"), (4, np.inf, "a"), (1e300, 1, "b"), (1, 1, " NA ")]
    values += [(np.nan, 1, "b"), (5, 6, "b")]
    frame = pd.DataFrame(values, columns=["valid", "problem", "label"])
    frame["weight"] = [1, 1, 1, 1, 1, 1, -2.0]
    frame.loc[len(frame)] = [7, 8, "b", 3]
    duckdb.sql("SELECT * FROM frame").write_parquet(str(path))
    grid = alike(path, DROP)
    assert grid.n_points == 2
    assert grid.source is not None
    assert LeftOut("missing", 3, (Place(2, 1), Place(5, 3), Place(6, 1)), "row") in (
        grid.source.left_out
    )
    for row in range(1, 7):
        duckdb.sql(f"SELECT * FROM frame OFFSET {row}").write_parquet(str(path))
        with pytest.raises(InputError, match=r"a\.parquet, row 1, column") as expected:
            read_cloud(path)
        with pytest.raises(InputError) as caught:
            read_cells(path)
        assert str(caught.value) == str(expected.value)


@pytest.mark.parametrize(
    "table",
    [
        "SELECT i::DECIMAL(9, 1) x, i::UTINYINT y, [i] l, i = 2 AS label FROM range(4) t(i)",
        "SELECT i file_row_number, i * i AS y FROM range(50) t(i)",
        "SELECT i c0, i + 1 c1, 1.5 + i AS v0, i % 2 AS label FROM range(50) t(i)",
        "SELECT i v1, i + 1 p0, i / 3 AS label FROM range(50) t(i)",
        "SELECT i index, i x, i + 0.5 AS weight FROM range(50) t(i)",
        "SELECT i::HUGEINT x, 3::FLOAT y, i::VARCHAR AS label FROM range(50) t(i)",
    ],
)
def test_columns_of_parquet(tmp_path: Path, table: str) -> None:
    path = tmp_path / "a.parquet"
    duckdb.sql(table).write_parquet(str(path))
    alike(path)
    duckdb.sql(f"({table}) UNION ALL BY NAME (SELECT 9 AS later)").write_parquet(str(path))
    alike(path, ReadOptions(columns=(1,), drop_invalid=True))


def test_texts_in_parquet_are_no_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    duckdb.sql("SELECT '1.5' x, 2 y").write_parquet(str(path))
    for options in (
        ReadOptions(columns=("x", "y")),
        ReadOptions(columns=("x", "y"), drop_invalid=True),
    ):
        with pytest.raises(InputError) as expected:
            read_cloud(path, options=options)
        with pytest.raises(InputError) as caught:
            read_cells(path, options)
        assert str(caught.value) == str(expected.value)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("x,y\n", None),
        ("x,y\na,b\nc,d\n", None),
        ("x,y\n1,NA\nNA,2\n", DROP),
        ("x,y,weight\n1,2,0\n3,4,0\n", None),
        ("x,y\n1,2\n", ReadOptions(columns=("z",))),
        (b"PAR1 and nothing", None),
        (b"PAR1\0 and nothing", None),
        (b"", None),
        (b"\x89PNG\0", None),
        (json.dumps({"k": 3}), None),
        (gzip.compress(b"x,y\n1,2\n" * 500)[:-9], None),
        (gzip.compress(b"1,2\n" * 25_000_000), None),
    ],
)
def test_what_holds_no_cloud_says_the_same(
    tmp_path: Path, content: bytes | str, options: ReadOptions | None
) -> None:
    path = saved(tmp_path, content)
    with pytest.raises(InputError) as expected:
        read_cloud(path, options=options)
    with pytest.raises(InputError) as caught:
        read_cells(path, options)
    assert str(caught.value) == str(expected.value)


def outcome(read: Callable[[], PointCloud]) -> tuple[object, ...]:
    try:
        cloud = read()
    except InputError as error:
        return (error.template, error.values)
    assert cloud.grid is not None
    assert cloud.source is not None
    total = None if cloud.weights is None else float(cloud.weights.sum().round(6))
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    bounds = tuple(np.round(np.r_[low, high], 6).tolist())
    counts = tuple(cloud.grid.counts.tolist())
    return (cloud.columns, counts, bounds, total, cloud.source.left_out, cloud.source.options)


@pytest.mark.parametrize("options", [None, DROP])
@pytest.mark.parametrize("name", ["csv", "tsv", "semicolon.csv"])
def test_mangled_files_are_read_alike(
    tmp_path: Path,
    sampled: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: ReadOptions | None,
) -> None:
    monkeypatch.setattr(cells_csv, "_SMALLEST", 0)
    for content in islice(mangled(sampled[name], 60, seed=11), 60):
        path = saved(tmp_path, content)
        grid = outcome(lambda path=path: read_cells(path, options, CELLS))
        cloud = outcome(lambda path=path: to_cells(read_cloud(path, options=options), CELLS))
        assert grid == cloud, content


def test_a_file_too_large_for_points_names_the_grid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 10)
    path = saved(tmp_path, "x,y\n1,2\n3,4\n5,6\n")
    with pytest.raises(InputError, match=r"too large to be read point by point.*--cells 1024"):
        read_cloud(path)
    assert read_cells(path).n_points == 3
    with pytest.raises(InputError, match=r"too large: it has .* can be read\.$"):
        read_cells(saved(tmp_path, '[{"x": 1}, {"x": 2}]', "a.json"))
