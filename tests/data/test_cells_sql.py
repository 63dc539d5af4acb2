from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from gmm_studio import Cancelled, InputError, PointCloud, generate, read_cloud
from gmm_studio.core.source import ReadOptions
from gmm_studio.data import big
from gmm_studio.data.big import read_any, read_gathered
from gmm_studio.data.cells import to_cells
from gmm_studio.data.cells_sql import read_cells
from gmm_studio.data.preview import preview
from gmm_studio.export.points import write_cloud

duckdb = pytest.importorskip("duckdb")

NAMES = ["plain.csv", "a[1].csv", "st*r?.csv", "quo'te.csv", "{b},c.csv", "ünï cödé.csv", "noend"]


def written(cloud: PointCloud, path: Path) -> Path:
    write_cloud(cloud, path)
    return path


def parquet(source: Path, path: Path) -> Path:
    with duckdb.connect() as connection:
        table = connection.read_csv(str(source))
        table.write_parquet(str(path))
    return path


def same(one: PointCloud, other: PointCloud) -> None:
    np.testing.assert_allclose(one.points, other.points, rtol=1e-13)
    for first, second in ((one.weights, other.weights), (one.labels, other.labels)):
        assert (first is None) == (second is None)
        if first is not None and second is not None:
            np.testing.assert_allclose(first, second, rtol=1e-12)
    assert one.grid is not None
    assert other.grid is not None
    assert one.grid.counts.tolist() == other.grid.counts.tolist()
    np.testing.assert_allclose(one.grid.size, other.grid.size, rtol=1e-14)
    np.testing.assert_allclose(one.grid.within, other.grid.within, rtol=1e-9, atol=1e-18)


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_gives_the_grid_of_its_points(tmp_path: Path, name: str) -> None:
    cloud = generate("overlapping", 3000)
    path = written(cloud, tmp_path / name)
    (tmp_path / "a1.csv").write_text("x,y\n1,1\n2,2\n")
    grid = read_cells(path, cells=50)
    same(grid, to_cells(cloud, 50))
    assert grid.columns == ("x", "y")
    assert grid.name == path.stem
    assert grid.source is not None
    assert grid.source.columns == ("x", "y", "label")


def test_parquet_and_weights_and_one_dimension(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    cloud = PointCloud(rng.normal(size=500), weights=rng.random(500).round(3))
    table = parquet(written(cloud, tmp_path / "w.csv"), tmp_path / "w.parquet")
    same(read_cells(table, cells=30), to_cells(cloud, 30))
    assert read_cells(table, ReadOptions(columns=("weight", "x"))).columns == ("weight", "x")


def test_texts_are_labels_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("u,v,class\n1,1,wolf\n1,1,ape\n1,1,ape\n9,9,wolf\n")
    grid = read_cells(path, cells=4)
    assert grid.class_names == ("ape", "wolf")
    assert grid.labels is not None
    assert grid.labels.tolist() == [0, 1]
    assert read_cells(path, ReadOptions(label="")).labels is None


def test_without_a_header_columns_have_numbers(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text("1;2,5;3\n4;5,5;6\n")
    options = ReadOptions(delimiter=";", decimal=",", header=False, columns=(2, 3))
    grid = read_cells(path, options, cells=4)
    assert grid.points.tolist() == [[2.5, 3], [5.5, 6]]
    assert grid.columns == ("column 2", "column 3")


@pytest.mark.parametrize("bad", ["", "NA", "nan", "inf", "1e200"])
def test_rows_without_numbers_are_refused_or_left_out(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(f"x,y\n1,2\n{bad},3\n5,6\n")
    with pytest.raises(InputError, match=r"bad.csv, line 3, column 1 \(x\): "):
        read_cells(path)
    grid = read_cells(path, ReadOptions(drop_invalid=True))
    assert grid.points.tolist() == [[1, 2], [5, 6]]
    assert grid.source is not None
    assert grid.source.rows_left_out == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x,y\n", "no rows"),
        (b"x,y\na,b\nc,d\n", "no column of numbers"),
        (b"PAR1\0and nothing", "damaged"),
        (b"x,y\n" + b"1,2\n" * 30000 + b"one,two\n", "line 30002, column 1"),
        (b"x,y\n1,NA\nNA,2\n", "line 2, column 2"),
    ],
)
def test_what_holds_no_grid_says_so(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_cells(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="no file"):
        read_cells(tmp_path / "none.csv")


def test_it_can_be_given_up(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"x,y\n" + b"1.25,2.75\n3.5,4.5\n" * 400_000)
    with pytest.raises(Cancelled):
        read_cells(path, cancelled=lambda: True)


def test_without_duckdb_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(generate("separated", 10), tmp_path / "a.csv")
    table = parquet(path, tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    for read in (read_cells, read_any, read_gathered):
        with pytest.raises(InputError, match=r'pip install "gmm-studio\[tables\]"$'):
            read(table)
    assert read_cells(path).n_points == 10


def test_too_many_points_become_a_grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(generate("separated", 2000), tmp_path / "a.csv")
    assert read_any(path).grid is None
    monkeypatch.setattr(big, "MOST_POINTS", 1999)
    gathered = read_any(path)
    same(gathered, to_cells(read_cloud(path)))
    assert gathered.n_points == 2000


def test_a_parquet_of_many_rows_is_never_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT 0.5 x, 2 y FROM range(20_000_000)").write_parquet(str(path))
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"20,000,000 rows, too many .* --cells 1024"):
        read_cloud(path)
    assert preview(path).columns[0].name == "x"
    monkeypatch.setattr(big, "read_cloud", None)
    for grid in (read_gathered(path, cells=8), read_any(path)):
        assert grid.n_points == 20_000_000
        assert grid.points.tolist() == [[0.5, 2]]


def test_a_file_beyond_reading_is_never_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(generate("separated", 2000), tmp_path / "a.csv")
    expected = to_cells(read_cloud(path), 32)
    monkeypatch.setattr(big, "LARGEST_FILE", 100)
    monkeypatch.setattr(big, "LARGE_FILE", 100)
    monkeypatch.setattr(big, "read_cloud", None)
    same(read_gathered(path, cells=32), expected)
    assert read_any(path).n_points == 2000


def test_a_small_file_needs_no_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(big, "read_cells", None)
    path = written(generate("separated", 100), tmp_path / "a.csv")
    assert read_gathered(path, cells=8).n_points == 100
    with pytest.raises(InputError, match="no file"):
        read_gathered(tmp_path / "none.csv")
