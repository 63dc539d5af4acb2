"""The files of a fit, from the command line."""

from __future__ import annotations

import csv
import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from gmm_studio import cli, fit, read_cloud
from gmm_studio.export.parameters import parameters_csv, parameters_json
from gmm_studio.export.result import Result

FAITHFUL = str(Path(__file__).parent / "reference" / "faithful.csv")

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("corner.csv").write_text("x,y,town\n-1,2,a\n?,1,b\n3,-4,c\n3.5,-4.5,d\n3,-4.2,e\n")


def test_every_file_holds_the_same_fit(capsys: Captured) -> None:
    outputs = ["p.json", "p.csv", "p.npz", "p.md", "p.tex"]
    options = [word for name in outputs for word in ("--parameters", name)]
    options += ["--trace", "t.json", "--assignments", "a.npz", "--code", "s.py"]
    assert cli.main(["fit", FAITHFUL, "-k", "2", *options]) == 0
    assert "-1130.264" in capsys.readouterr().out
    run = fit(read_cloud(FAITHFUL), 2)
    result = Result.of(run.cloud, run.configuration, run.steps[-1], run.stop)
    assert Path("p.json").read_text() == parameters_json(result)
    assert Path("p.csv").read_text() == parameters_csv(run.mixture)
    with np.load("p.npz", allow_pickle=False) as arrays:
        for name in ("weights", "means", "covariances"):
            assert np.array_equal(arrays[name], getattr(run.mixture, name))
        entries = json.loads(arrays["metadata"].item())
        assert entries["bic"] == run.bic
        assert entries["stop_reason"] == "converged"
    assert f"iteration {run.iterations}, log-likelihood -1130.264" in Path("p.md").read_text()
    assert "points of faithful" in Path("p.tex").read_text()
    steps = json.loads(Path("t.json").read_text())["steps"]
    assert [step["log_likelihood"] for step in steps] == [s.log_likelihood for s in run.steps]
    with np.load("a.npz") as arrays:
        expected = run.mixture.responsibilities(run.cloud.points)
        assert arrays["responsibilities"] == pytest.approx(expected, abs=1e-12)
        assert np.array_equal(arrays["column_2"], run.cloud.points[:, 1])
    model = runpy.run_path("s.py")["model"]
    assert model.means_.tolist() == run.mixture.means.tolist()


def test_rows_that_were_left_out_stay_in_the_table(capsys: Captured) -> None:
    options = ["-k", "1", "--drop-invalid", "--assignments", "a.csv"]
    assert cli.main(["fit", "corner.csv", *options]) == 0
    lines = Path("a.csv").read_text().splitlines()
    assert lines[0] == '# A Gaussian mixture fitted to "corner" (4 points, full covariances):'
    assert lines[2] == "x,y,town,responsibility_1,component,log_density"
    rows = list(csv.reader(lines[3:]))
    assert rows[0][:5] == ["-1", "2", "a", "1.0", "1"]
    assert rows[1] == ["?", "1", "b", "", "", ""]


def test_the_units_of_a_scaled_fit() -> None:
    options = ["-k", "2", "--scale", "z-score", "--trace", "t.npz", "--output", "p.json"]
    for switch, units in ([], "own"), (["--scaled-units"], "scaled"):
        assert cli.main(["fit", FAITHFUL, *options, "--assignments", "a.npz", *switch]) == 0
        means = json.loads(Path("p.json").read_text())["means"]
        with np.load("t.npz") as trace, np.load("a.npz") as points:
            assert np.array_equal(trace["means"][-1], means)
            entries = json.loads(points["metadata"].item())
            assert entries["units"] == json.loads(trace["metadata"].item())["units"] == units
            total = trace["log_likelihood"][-1]
            assert points["log_density"].sum() == pytest.approx(total, rel=1e-9)


def test_a_script_that_needs_no_scikit_learn(capsys: Captured) -> None:
    options = ["-k", "2", "--code", "s.py", "--code-for", "numpy"]
    assert cli.main(["fit", FAITHFUL, *options]) == 0
    names = runpy.run_path("s.py")
    cloud = read_cloud(FAITHFUL)
    joint = names["joint_log_densities"](cloud.points)
    assert np.logaddexp.reduce(joint, axis=1).sum() == pytest.approx(-1130.264, abs=1e-3)
    assert "sklearn" not in Path("s.py").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--parameters p.xml", "not as .xml"),
        ("--trace t.md", "saved as .csv or .json or .npz, not as .md"),
        ("--assignments a.txt", "saved as .csv or .json or .npz, not as .txt"),
        ("--code s.txt", "saved as .py, not as .txt"),
        ("--code s.py --code-for R", "invalid choice"),
        ("--assignments corner.csv", "asked for twice"),
        ("--output p.csv --parameters p.csv", "asked for twice"),
        ("--code none/s.py", "no such folder"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(
    capsys: Captured, options: str, said: str
) -> None:
    before = sorted(Path().iterdir())
    assert cli.main(["fit", "corner.csv", "-k", "1", "--drop-invalid", *options.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert said in err
    assert sorted(Path().iterdir()) == before
