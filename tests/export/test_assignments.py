"""Points with their responsibilities, joined to the file that they came from."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from gmm_studio import Mixture, PointCloud, ReadOptions, fit, generate, read_cloud, scaled, to_cells
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Covariance
from gmm_studio.data.file_rows import use_rows
from gmm_studio.export import point_tables
from gmm_studio.export.assigned import use_assigned
from gmm_studio.export.assignments import assignments_cells, assignments_csv, write_assignments
from gmm_studio.export.parameters import Result

TABLE = """id;species;Länge, mm;breite
1;setosa;5,1;3,5
2;"versi; color";4,9;3
3;setosa;;3,1
# a comment

4;setosa;6,2;2,9
5;setosa;5,9
6;virginica;7,7;2,6
7;setosa;5;x
"""
LEFT_OUT = [False, False, True, False, True, False, True]


def result_of(cloud: PointCloud, k: int = 2, **options: Any) -> Result:
    run = fit(cloud, k, **options)
    return Result.of(cloud, run.configuration, run.steps[-1], run.stop)


def reference(mixture: Mixture, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """log(weight_j N(x_i; ...)) by SciPy."""
    parts = [
        np.log(weight) + multivariate_normal(mean, covariance).logpdf(points)
        for weight, mean, covariance in zip(
            mixture.weights, mixture.means, mixture.covariances, strict=True
        )
    ]
    return np.column_stack(parts)


def rows_of(path: Path) -> tuple[list[str], list[str], list[list[str]]]:
    """Comments, header, rows."""
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    header, *rows = csv.reader(lines[len(comments) :])
    return comments, header, rows


@pytest.fixture
def table(tmp_path: Path) -> PointCloud:
    path = tmp_path / "flowers.csv"
    path.write_text(TABLE, encoding="latin-1")
    options = ReadOptions(columns=("Länge, mm", "breite"), drop_invalid=True)
    return read_cloud(path, options=options)


def test_csv_has_the_rows_of_the_file_and_ours_beside_them(
    tmp_path: Path, table: PointCloud
) -> None:
    result = result_of(table, 2, variance_floor=0.01)
    write_assignments(tmp_path / "a.csv", table, result, use_rows)
    comments, header, rows = rows_of(tmp_path / "a.csv")
    assert '"flowers" (4 points, full covariances):' in comments[0]
    assert comments[1].startswith(f"# iteration {result.step.index}, converged, log-likelihood ")
    ours = ["responsibility_1", "responsibility_2", "component", "log_density"]
    assert header == ["id", "species", "Länge, mm", "breite", *ours]
    assert [row[:2] for row in rows] == [
        ["1", "setosa"],
        ["2", "versi; color"],
        ["3", "setosa"],
        ["4", "setosa"],
        ["5", "setosa"],
        ["6", "virginica"],
        ["7", "setosa"],
    ]
    assert [row[2:4] for row in rows][2:5] == [["", "3,1"], ["6,2", "2,9"], ["5,9", ""]]
    assert [row[4:] == [""] * 4 for row in rows] == LEFT_OUT
    joint = reference(result.step.mixture, table.points)
    density = logsumexp(joint, axis=1)
    used = [row[4:] for row in rows if row[4]]
    for row, logs, total in zip(used, joint, density, strict=True):
        assert [float(cell) for cell in row[:2]] == pytest.approx(np.exp(logs - total), abs=1e-9)
        assert int(row[2]) == logs.argmax() + 1
        assert float(row[3]) == pytest.approx(total, abs=1e-9)


def test_npz_has_the_same(tmp_path: Path, table: PointCloud) -> None:
    result = result_of(table, 2, variance_floor=0.01)
    write_assignments(tmp_path / "a.csv", table, result, use_rows)
    write_assignments(tmp_path / "a.npz", table, result, use_rows)
    frame = pd.read_csv(tmp_path / "a.csv", comment="#")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["columns"].tolist() == ["id", "species", "Länge, mm", "breite"]
        shares = frame[["responsibility_1", "responsibility_2"]].to_numpy()
        assert np.array_equal(arrays["responsibilities"], shares, equal_nan=True)
        assert np.array_equal(arrays["log_density"], frame["log_density"], equal_nan=True)
        assert arrays["component"].tolist() == frame["component"].fillna(0).tolist()
        assert arrays["column_1"].tolist() == [1, 2, 3, 4, 5, 6, 7]
        assert arrays["column_2"].tolist() == frame["species"].tolist()
        expected = [5.1, 4.9, np.nan, 6.2, 5.9, 7.7, 5.0]
        assert np.array_equal(arrays["column_3"], expected, equal_nan=True)
        metadata = json.loads(arrays["metadata"].item())
        assert metadata["iterations"] == result.step.index
        assert metadata["stop_reason"] == "converged"


def test_json_has_the_same(tmp_path: Path, table: PointCloud) -> None:
    result = result_of(table, 2, variance_floor=0.01)
    write_assignments(tmp_path / "a.csv", table, result, use_rows)
    write_assignments(tmp_path / "a.json", table, result, use_rows)
    frame = pd.read_csv(tmp_path / "a.csv", comment="#")
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert content["iterations"] == result.step.index
    points = content["points"]
    assert list(points[0]) == frame.columns.tolist()
    assert [point["Länge, mm"] for point in points] == [5.1, 4.9, None, 6.2, 5.9, 7.7, 5.0]
    assert [point["species"] for point in points] == frame["species"].tolist()
    assert [point["component"] is None for point in points] == LEFT_OUT
    for name in ("responsibility_1", "responsibility_2", "component", "log_density"):
        found = np.array([point[name] for point in points], float)
        assert np.array_equal(found, frame[name], equal_nan=True)


def test_cells_are_the_csv_with_tabs_from_the_names_on(table: PointCloud) -> None:
    result = result_of(table, 2, variance_floor=0.01)
    cells, lines = (
        use_assigned(table, result, use_rows, lambda one, made=make: "".join(made(one)))
        for make in (assignments_cells, assignments_csv)
    )
    comments = [line for line in lines.splitlines() if line.startswith("#")]
    header, *rows = csv.reader(cells.splitlines(), delimiter="\t")
    assert [header, *rows] == list(csv.reader(lines.splitlines()[len(comments) :]))


@pytest.mark.parametrize("name", ["own", "file"])
def test_many_blocks_agree_with_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(point_tables, "BLOCK", 64)
    cloud = generate("overlapping", 500)
    if name == "file":
        holes = cloud.points.astype(object)
        holes[10:75, 0] = "?"
        frame = pd.DataFrame(holes, columns=["a", "b"])
        frame.to_csv(tmp_path / "p.csv", index=False)
        cloud = read_cloud(tmp_path / "p.csv", options=ReadOptions(drop_invalid=True))
        assert cloud.n == 435
    result = result_of(cloud, 3)
    write_assignments(tmp_path / "a.npz", cloud, result, use_rows)
    joint = reference(result.step.mixture, cloud.points)
    density = logsumexp(joint, axis=1)
    with np.load(tmp_path / "a.npz") as arrays:
        used = arrays["component"] > 0
        assert used.sum() == cloud.n
        expected = np.exp(joint - density[:, None])
        assert arrays["responsibilities"][used] == pytest.approx(expected, abs=1e-9)
        assert arrays["component"][used].tolist() == (joint.argmax(axis=1) + 1).tolist()
        assert arrays["log_density"][used] == pytest.approx(density, abs=1e-9)


def test_without_a_file_the_columns_are_those_of_the_points(tmp_path: Path) -> None:
    cloud = PointCloud(
        [[0, 1], [2, 3], [4, 8], [5, 9]],  # type: ignore[arg-type]
        weights=[1, 2, 1, 0.5],  # type: ignore[arg-type]
        labels=[7, 7, -1, 0],  # type: ignore[arg-type]
        columns=("u", "component"),
    )
    write_assignments(tmp_path / "a.csv", cloud, result_of(cloud, 1), use_rows)
    _, header, rows = rows_of(tmp_path / "a.csv")
    names = ["u", "component", "label", "weight"]
    assert header == [*names, "responsibility_1", "component (2)", "log_density"]
    assert [row[:6] for row in rows][:2] == [
        ["0.0", "1.0", "7", "1.0", "1.0", "1"],
        ["2.0", "3.0", "7", "2.0", "1.0", "1"],
    ]


def test_a_scaled_cloud_is_written_in_its_own_units(tmp_path: Path, faithful: Path) -> None:
    own = read_cloud(faithful)
    cloud = scaled(own, "z-score")
    run = fit(cloud, 2)
    for name, in_scaled_units in (("own.npz", False), ("scaled.npz", True)):
        result = Result.of(
            cloud, run.configuration, run.steps[-1], run.stop, in_scaled_units=in_scaled_units
        )
        write_assignments(tmp_path / name, cloud, result, use_rows)
        points = cloud.points if in_scaled_units else own.points
        with np.load(tmp_path / name) as arrays:
            expected = result.step.mixture.log_density(points)
            assert arrays["log_density"] == pytest.approx(expected, abs=1e-9)
            total = result.step.log_likelihood
            assert arrays["log_density"].sum() == pytest.approx(total, rel=1e-9)
            assert np.array_equal(arrays["column_1"], own.points[:, 0])
            assert json.loads(arrays["metadata"].item())["units"] == name.removesuffix(".npz")


@pytest.mark.parametrize("covariance", ["tied", "spherical"])
def test_one_dimension_and_a_step_that_is_not_the_last(
    tmp_path: Path, faithful: Path, covariance: Covariance
) -> None:
    cloud = read_cloud(faithful, "waiting")
    run = fit(cloud, 2, covariance=covariance)
    step = run.steps[1]
    result = Result.of(cloud, Configuration(covariance=covariance), step)
    write_assignments(tmp_path / "a.csv", cloud, result, use_rows)
    comments, header, rows = rows_of(tmp_path / "a.csv")
    assert comments[1].startswith("# iteration 1, log-likelihood ")
    assert header[:3] == ["eruptions", "waiting", "responsibility_1"]
    found = np.array([row[2:4] for row in rows], float)
    assert found == pytest.approx(step.mixture.responsibilities(cloud.points), abs=1e-12)


def test_of_cells_the_rows_are_the_cells(tmp_path: Path, faithful: Path) -> None:
    cloud = to_cells(read_cloud(faithful), 8)
    assert cloud.source is not None
    result = result_of(cloud, 2)
    write_assignments(tmp_path / "a.csv", cloud, result, use_rows)
    comments, header, rows = rows_of(tmp_path / "a.csv")
    assert header[:3] == ["eruptions", "waiting", "weight"]
    assert len(rows) == cloud.n < 272
    assert "(272 points" in comments[0]


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,2\n3,4\n5,7\n",  # a row less
        "x,y\n1,2\n3,4\n5,7\n8,9\n1,1\n",  # a row more
        "x,y\n1,2\n3,4\n5,7\n8,9.5\n",  # another number
    ],
)
def test_a_file_that_has_changed_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text("x,y\n1,2\n3,4\n5,7\n8,9\n")
    cloud = read_cloud(path)
    path.write_text(text)
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(InputError, match=r"p\.csv has changed since it was read"):
        write_assignments(tmp_path / "a.csv", cloud, result_of(cloud, 1), use_rows)
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("x,y\n1,2\n3,4\n5,7\n8,9\n")
    cloud = read_cloud(path)
    path.unlink()
    with pytest.raises(InputError, match=r"p\.csv"):
        write_assignments(tmp_path / "a.csv", cloud, result_of(cloud, 1), use_rows)
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faithful: Path
) -> None:
    monkeypatch.setattr(point_tables, "BLOCK", 64)
    cloud = read_cloud(faithful)
    asked: list[None] = []

    def cancelled() -> bool:
        asked.append(None)
        return len(asked) > 2

    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(Cancelled):
        write_assignments(tmp_path / "a.csv", cloud, result_of(cloud), use_rows, cancelled)
    assert len(asked) == 3
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_another_ending_is_refused(tmp_path: Path, faithful: Path) -> None:
    cloud = read_cloud(faithful)
    with pytest.raises(InputError, match=r"saved as \.csv or \.json or \.npz, not as \.xlsx"):
        write_assignments(tmp_path / "a.xlsx", cloud, result_of(cloud), use_rows)
