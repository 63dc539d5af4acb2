"""Scaling and grids on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gmm_studio.cli import main
from gmm_studio.export.parameters import read_start

SEEDS = "2,55 4,80"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    status = main([str(argument) for argument in arguments])
    found = capsys.readouterr()
    assert status == 0, found.err
    return found.out


def fitted(
    capsys: pytest.CaptureFixture[str], file: Path, folder: Path, *more: object
) -> dict[str, Any]:
    path = folder / "result.json"
    run(capsys, "fit", file, "--seeds", SEEDS, "--output", path, *more)
    return dict(json.loads(path.read_text()))


@pytest.mark.parametrize("kind", ["min-max", "z-score"])
def test_results_are_in_the_data_s_own_units(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path, kind: str
) -> None:
    plain = fitted(capsys, faithful, tmp_path, "--tol", "1e-10")
    found = fitted(capsys, faithful, tmp_path, "--tol", "1e-10", "--scale", kind)
    assert "units" not in plain
    assert found["units"] == "own"
    assert found["scaling"]["kind"] == kind
    for name in ("weights", "means", "covariances"):
        np.testing.assert_allclose(found[name], plain[name], rtol=1e-5)
    for name in ("log_likelihood", "bic", "aic"):
        assert found[name] == pytest.approx(plain[name], rel=1e-9)


def test_results_are_in_scaled_units_on_request(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path
) -> None:
    own = fitted(capsys, faithful, tmp_path, "--scale", "min-max")
    found = fitted(capsys, faithful, tmp_path, "--scale", "min-max", "--scaled-units")
    offset, factor = (np.array(found["scaling"][name]) for name in ("offset", "factor"))
    assert found["units"] == "scaled"
    np.testing.assert_allclose(np.array(found["means"]) * factor + offset, own["means"])
    shift = 272 * np.log(factor).sum()
    assert found["log_likelihood"] - own["log_likelihood"] == pytest.approx(shift)
    assert found["bic"] - own["bic"] == pytest.approx(-2 * shift)
    np.testing.assert_allclose(read_start(tmp_path / "result.json").covariances, own["covariances"])
    text = run(capsys, "fit", faithful, "--seeds", SEEDS, "--scale", "min-max", "--scaled-units")
    assert "all numbers are in scaled units" in text


def test_a_trace_is_in_the_units_of_the_result(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path
) -> None:
    path = tmp_path / "trace.csv"
    run(capsys, "fit", faithful, "--seeds", SEEDS, "--scale", "min-max", "--trace", path)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert float(rows[0]["mean_1_1"]) == pytest.approx(2)
    assert float(rows[0]["mean_2_2"]) == pytest.approx(80)
    run(
        capsys, "fit", faithful, "--seeds", SEEDS, "--scale", "min-max", "--scaled-units",
        "--trace", path,
    )  # fmt: skip
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert 0 < float(rows[0]["mean_2_2"]) < 1


def test_a_start_file_is_in_own_units(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path
) -> None:
    plain = fitted(capsys, faithful, tmp_path, "--max-iter", "2")
    start = tmp_path / "start.json"
    (tmp_path / "result.json").rename(start)
    text = run(
        capsys, "fit", faithful, "--start", start, "--scale", "z-score", "--max-iter", "1",
        "--output", tmp_path / "again.json",
    )  # fmt: skip
    assert "to z-scores of each axis" in text
    again = json.loads((tmp_path / "again.json").read_text())
    assert again["iterations"] == 1
    assert again["log_likelihood"] >= plain["log_likelihood"]


@pytest.mark.parametrize(
    "scaling", [{}, {"offset": [0, 0]}, {"offset": [0, 0], "factor": [1, 0]}, None, []]
)
def test_a_start_in_units_that_nobody_knows_is_refused(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path, scaling: object
) -> None:
    entries = fitted(capsys, faithful, tmp_path) | {"units": "scaled", "scaling": scaling}
    start = tmp_path / "start.json"
    start.write_text(json.dumps(entries))
    assert main(["fit", str(faithful), "--start", str(start)]) == 2
    assert "scal" in capsys.readouterr().err


def test_the_laboratory_reports_in_own_units(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path
) -> None:
    common = ("--scale", "min-max", "--random-state", "0")
    plain = json.loads(run(capsys, "starts", faithful, "-k", 2, "--runs", 3))
    found = json.loads(run(capsys, "starts", faithful, "-k", 2, "--runs", 3, *common))
    assert found["best_found"] == pytest.approx(plain["best_found"], rel=1e-6)
    assert found["scaling"]["kind"] == "min-max"
    means = sorted(found["optima"][0]["means"])
    np.testing.assert_allclose(means, sorted(plain["optima"][0]["means"]), rtol=1e-4)
    one, other = (
        list(
            csv.DictReader(run(capsys, "sweep", faithful, "--components", "2", *more).splitlines())
        )
        for more in ((), common)
    )
    for name in ("bic", "aic", "icl", "log_likelihood"):
        assert float(other[0][name]) == pytest.approx(float(one[0][name]), rel=1e-6)
    one, other = (
        basins_of(run(capsys, "basins", faithful, "--seeds", SEEDS, "--grid", "4x4", *more))
        for more in ((), ("--scale", "min-max"))
    )
    for name in ("x", "y"):
        np.testing.assert_allclose(
            [float(row[name]) for row in other], [float(row[name]) for row in one], rtol=1e-9
        )
    # The variance floor, at which spurious optima end, is another in other units.
    best = [float(row["log_likelihood"]) for row in one if row["optimum"] == "1"]
    levels = [float(row["log_likelihood"]) for row in other if row["optimum"] == "1"]
    np.testing.assert_allclose(levels, best, rtol=1e-8)


def basins_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def test_a_map_says_how_the_axes_were_scaled(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path
) -> None:
    path = tmp_path / "map.csv"
    text = run(
        capsys, "basins", faithful, "--seeds", SEEDS, "--grid", "3x3", "--scale", "min-max",
        "--output", path,
    )  # fmt: skip
    assert text.startswith("Fitted with each axis scaled to 0-1; all numbers are in the data's own")


def test_a_grid_of_cells_says_what_it_is(
    capsys: pytest.CaptureFixture[str], faithful: Path, tmp_path: Path
) -> None:
    plain = fitted(capsys, faithful, tmp_path)
    path = tmp_path / "grid.json"
    text = run(
        capsys, "fit", faithful, "--seeds", SEEDS, "--cells", 200, "--scale", "min-max",
        "--output", path,
    )  # fmt: skip
    found = json.loads(path.read_text())
    assert found["n_points"] == found["total_weight"] == 272
    assert found["grid"]["cells"] == 200
    np.testing.assert_allclose(found["grid"]["cell_size"], [3.5 / 200, 53 / 200])
    bound = found["grid"]["hidden_variance"]
    assert 0 < bound < 0.01
    np.testing.assert_allclose(found["covariances"], plain["covariances"], rtol=bound)
    assert text.startswith("272 points of faithful, 2 components, full covariances\n")
    assert "cells with points of a grid of 200 x 200." in text
    assert f"A cell of 0.0175 x 0.265 hides at most {100 * bound:.2g} %" in text


@pytest.mark.parametrize("command", ["fit", "starts", "sweep", "basins"])
def test_bad_numbers_of_cells_are_refused(
    capsys: pytest.CaptureFixture[str], faithful: Path, command: str
) -> None:
    needed = {"fit": ["-k", "2"], "starts": ["-k", "2"], "basins": ["--seeds", SEEDS]}
    arguments = [command, str(faithful), *needed.get(command, []), "--cells", "-5"]
    assert main(arguments) == 2
    assert "from 2 to 4096" in capsys.readouterr().err
