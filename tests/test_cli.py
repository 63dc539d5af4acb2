from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gmm_studio
from gmm_studio import __main__, cli, cli_fitting, cli_results
from gmm_studio.core.em import fit
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import COVARIANCES, Mixture
from gmm_studio.core.overlap import misclassification_rate
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.starts import METHODS
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.data.making import make
from gmm_studio.data.text import read_cloud
from gmm_studio.export.parameters import read_start
from gmm_studio.gui import startup

FAITHFUL = str(Path(__file__).parent / "reference" / "faithful.csv")
SERIES = str(Path(__file__).parent / "reference" / "series_50.csv")
START = {
    "weights": [0.5, 0.5],
    "means": [[2.0, 55.0], [2.0, 55.0]],
    "covariances": [[[1.0, 0.0], [0.0, 100.0]]] * 2,
}

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("start.json").write_text(json.dumps(START))
    Path("corner.csv").write_text("x,y,label\n-1,2,0\n-1.5,2.5,0\n3,-4,1\n3.5,-4.5,1\n3,-4.2,1\n")


def refused(captured: Captured, *arguments: str) -> str:
    """The one line on standard error that the arguments are refused with."""
    assert cli.main(arguments) == 2
    out, err = captured.readouterr()
    assert out == ""
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1
    return err


def rows_of(path: str) -> list[dict[str, float]]:
    with open(path, newline="") as handle:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(handle)]


def means_of_row(row: dict[str, float], k: int) -> list[list[float]]:
    return [[row[f"mean_{j}_1"], row[f"mean_{j}_2"]] for j in range(1, k + 1)]


def python(code: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, **options
    )


# fit: what it prints and writes


def test_old_faithful(capsys: Captured) -> None:
    assert cli.main(["fit", FAITHFUL, "-k", "2", "--output", "p.json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "272 points of faithful, 2 components, full covariances" in out
    assert "-1130.264" in out
    assert "2322.192" in out
    assert "mean (eruptions, waiting)" in out
    entries = json.loads(Path("p.json").read_text())
    assert f"Converged after {entries['iterations']} iterations." in out
    assert entries["log_likelihood"] == pytest.approx(-1130.2640, abs=1e-4)
    assert entries["bic"] == pytest.approx(2322.192, abs=1e-3)
    assert entries["columns"] == ["eruptions", "waiting"]
    assert (entries["n_points"], entries["stop_reason"]) == (272, "converged")
    assert entries["covariance_type"] == "full"


def test_it_is_the_same_fit_as_from_python() -> None:
    run = fit(
        read_cloud(FAITHFUL, ("waiting", "eruptions")),
        3,
        init="k-means",
        random_state=4,
        covariance="diagonal",
        tolerance=1e-3,
        max_iterations=20,
        variance_floor=0.01,
    )
    options = "-k 3 --columns waiting,eruptions --init k-means --random-state 4 --output p.json"
    others = "--covariance diagonal --tol 1e-3 --max-iter 20 --variance-floor 0.01"
    assert cli.main(["fit", FAITHFUL, *options.split(), *others.split()]) == 0
    entries = json.loads(Path("p.json").read_text())
    assert entries["means"] == run.mixture.means.tolist()
    assert entries["covariances"] == run.mixture.covariances.tolist()
    assert entries["weights"] == run.mixture.weights.tolist()
    assert entries["log_likelihood"] == run.log_likelihood
    assert (entries["bic"], entries["aic"]) == (run.bic, run.aic)
    assert entries["iterations"] == run.iterations


def test_log_likelihood_is_that_of_the_parameters_written() -> None:
    assert cli.main(["fit", FAITHFUL, "-k", "3", "--output", "p.json", "--tol", "1e-3"]) == 0
    entries = json.loads(Path("p.json").read_text())
    points = np.loadtxt(FAITHFUL, delimiter=",", skiprows=1)
    density = np.zeros(len(points))
    for weight, mean, covariance in zip(
        entries["weights"], entries["means"], entries["covariances"], strict=True
    ):
        z = points - mean
        square = (z @ np.linalg.inv(covariance) * z).sum(axis=1)
        norm = 2 * np.pi * np.sqrt(np.linalg.det(covariance))
        density += weight * np.exp(-square / 2) / norm
    log_likelihood = np.log(density).sum()
    assert entries["log_likelihood"] == pytest.approx(log_likelihood, rel=1e-11)
    assert entries["aic"] == pytest.approx(-2 * log_likelihood + 2 * 17, rel=1e-11)
    assert entries["bic"] == pytest.approx(-2 * log_likelihood + 17 * np.log(272), rel=1e-11)


def test_the_trace_begins_with_the_start_and_ends_with_the_result() -> None:
    options = ["--seeds", "2,50 4,80", "--trace", "t.csv", "--output", "p.json"]
    assert cli.main(["fit", FAITHFUL, *options]) == 0
    rows = rows_of("t.csv")
    entries = json.loads(Path("p.json").read_text())
    assert [row["iteration"] for row in rows] == list(range(entries["iterations"] + 1))
    assert np.diff([row["log_likelihood"] for row in rows]).min() > 0
    points = np.loadtxt(FAITHFUL, delimiter=",", skiprows=1)
    total = np.cov(points.T, bias=True)
    for j, mean in ((1, (2, 50)), (2, (4, 80))):
        assert rows[0][f"weight_{j}"] == 0.5
        assert means_of_row(rows[0], 2)[j - 1] == pytest.approx(mean, rel=1e-13)
        names = [f"covariance_{j}_{place}" for place in ("11", "12", "22")]
        found = [rows[0][name] for name in names]
        assert found == pytest.approx(total[[0, 0, 1], [0, 1, 1]], rel=1e-12)
    assert rows[-1]["log_likelihood"] == entries["log_likelihood"]
    assert means_of_row(rows[-1], 2) == entries["means"]


def test_a_fit_goes_on_from_its_output() -> None:
    assert cli.main(["fit", FAITHFUL, "-k", "3", "--max-iter", "5", "--output", "p.json"]) == 0
    first = json.loads(Path("p.json").read_text())
    assert (first["iterations"], first["stop_reason"]) == (5, "iteration_limit")
    options = ["--start", "p.json", "--trace", "t.csv", "--max-iter", "3"]
    assert cli.main(["fit", FAITHFUL, "-k", "3", *options]) == 0
    rows = rows_of("t.csv")
    assert rows[0]["log_likelihood"] == pytest.approx(first["log_likelihood"], rel=1e-12)
    assert np.allclose(means_of_row(rows[0], 3), first["means"], rtol=1e-12, atol=0)
    assert rows[1]["log_likelihood"] > rows[0]["log_likelihood"]


def test_one_dimension(capsys: Captured) -> None:
    options = ["--columns", "2", "-k", "2", "--output", "p.csv", "--trace", "t.csv"]
    assert cli.main(["fit", FAITHFUL, *options]) == 0
    assert "mean (waiting)  variance" in capsys.readouterr().out
    assert list(rows_of("p.csv")[0]) == ["component", "weight", "mean_1", "covariance_11"]
    assert sorted(row["mean_1"] for row in rows_of("p.csv")) == pytest.approx([54.6, 80.1], abs=0.1)
    assert list(rows_of("t.csv")[0])[:5] == [
        *("iteration", "log_likelihood", "weight_1", "mean_1_1", "covariance_1_11")
    ]


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("method", METHODS)
def test_every_start_and_structure(covariance: str, method: str) -> None:
    options = ["--covariance", covariance, "--init", method, "--output", "p.json"]
    assert cli.main(["fit", FAITHFUL, "-k", "2", *options]) == 0
    entries = json.loads(Path("p.json").read_text())
    assert entries["covariance_type"] == covariance
    first, second = np.array(entries["covariances"])
    assert (first == second).all() == (covariance == "tied")
    assert (first[0, 1] == 0) == (covariance in ("diagonal", "spherical"))
    assert (first[0, 0] == first[1, 1]) == (covariance == "spherical")


@pytest.mark.parametrize(
    ("given", "means"),
    [
        (["--seeds", "-1,2 3,-4"], [[-1, 2], [3, -4]]),
        (["--seeds=-1,2 3,-4"], [[-1, 2], [3, -4]]),
        (["--seeds", "-1,2"], [[-1, 2]]),
        (["--seeds", "-1e-3,2"], [[-1e-3, 2]]),
        (["--seeds", "-.5e+0,-2.5E-1"], [[-0.5, -0.25]]),
        (["--seeds=-1e-3,-2"], [[-1e-3, -2]]),
        (["--seeds", " -1 , 2   3,-4\n"], [[-1, 2], [3, -4]]),
        (["-k", "2", "--seeds", "3,-4 -1,2"], [[3, -4], [-1, 2]]),
    ],
)
def test_negative_numbers(given: list[str], means: list[list[float]]) -> None:
    options = ["--trace", "t.csv", "--max-iter", "0"]
    assert cli.main(["fit", *given, "corner.csv", *options]) == 0
    (row,) = rows_of("t.csv")
    assert np.allclose(means_of_row(row, len(means)), means, rtol=1e-12, atol=1e-15)


def test_a_start_file_may_hold_equal_means(capsys: Captured) -> None:
    assert cli.main(["fit", FAITHFUL, "--start", "start.json", "--output", "p.json"]) == 0
    first, second = json.loads(Path("p.json").read_text())["means"]
    assert first == second


def test_a_collapse_is_a_result(capsys: Captured) -> None:
    Path("ties.csv").write_text("1\n1\n1\n5\n6\n9\n")
    options = ["--seeds", "1 7", "--variance-floor", "0", "--output", "p.json"]
    assert cli.main(["fit", "ties.csv", *options]) == 0
    entries = json.loads(Path("p.json").read_text())
    assert (entries["stop_reason"], entries["degenerate_component"]) == ("degenerate", 1)
    assert entries["covariances"][0][0][0] > 0
    out = capsys.readouterr().out
    assert f"after {entries['iterations']} iterations: component 1 collapsed" in out


def test_events_are_told(capsys: Captured) -> None:
    Path("ties.csv").write_text("1\n1\n1\n5\n6\n9\n")
    options = ["--seeds", "1 7", "--output", "p.json", "--max-iter", "30", "--tol", "0"]
    assert cli.main(["fit", "ties.csv", *options]) == 0
    out = capsys.readouterr().out
    assert "Component 1 touched the variance floor at iteration " in out
    assert "Ended after 30 iterations, as many as were asked for." in out
    assert cli.main(["fit", "ties.csv", "--seeds", "1 7", "--max-iter", "2"]) == 0
    assert "Stopped at the limit of 2 iterations, not converged." in capsys.readouterr().out


def test_a_mean_far_from_the_origin_is_told_apart(capsys: Captured) -> None:
    Path("far.csv").write_text("1000001\n1000002\n1000003\n")
    assert cli.main(["fit", "far.csv", "-k", "1"]) == 0
    out = capsys.readouterr().out
    assert "1000002" in out
    assert "1 component, " in out


# fit: bad input


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("corner.csv", "Say how many components"),
        ("-k 2", "FILE"),
        ("none.csv -k 2", "none.csv"),
        (". -k 2", "folder"),
        ("corner.csv -k 0", "at least 1 component"),
        ("corner.csv -k -3", "at least 1 component"),
        ("corner.csv -k 6", "6 components"),
        ("corner.csv -k 1.5", "'1.5' is not a whole number"),
        ("corner.csv -k " + "9" * 5000, "999"),
        ("corner.csv -k 2 --columns nope", "nope"),
        ("corner.csv -k 2 --columns 9", "9"),
        ("corner.csv -k 2 --columns -1,2", "corner.csv"),
        ("corner.csv -k 2 --columns 1,2,3", "not 3"),
        ("corner.csv -k 2 --columns=", "olumn"),
        ("corner.csv -k 2 --covariance round", "round"),
        ("corner.csv -k 2 --init magic", "magic"),
        ("corner.csv -k 2 --tol -1", "tolerance"),
        ("corner.csv -k 2 --tol -1e-3", "tolerance"),
        ("corner.csv -k 2 --tol nan", "tolerance"),
        ("corner.csv -k 2 --tol small", "'small' is not a number"),
        ("corner.csv -k 2 --max-iter -1", "iterations"),
        ("corner.csv -k 2 --variance-floor 2", "variance floor"),
        ("corner.csv -k 2 --variance-floor -1", "variance floor"),
        ("corner.csv -k 2 --random-state -1", "from 0 up"),
        ("corner.csv -k 2 --seeds -1,2", "-k says 2, but --seeds gives 1"),
        ("corner.csv --seeds 1,2,3", "Seed 1 has 3 coordinates, the points have 2"),
        ("corner.csv --seeds 1,x", "'x' is not a number"),
        ("corner.csv --seeds nan,1", "not finite"),
        ("corner.csv --seeds 1e300,1", "out of all proportion"),
        ("corner.csv --seeds=", "no seed"),
        ("corner.csv --seeds", "expected one argument"),
        ("corner.csv -k 3 --start start.json", "has 2 components, not 3"),
        ("corner.csv --columns 1 --start start.json", "2 dimensions"),
        ("corner.csv --start none.json", "none.json cannot be read"),
        ("corner.csv --start corner.csv", "not valid JSON"),
        ("corner.csv --seeds 1,2 --start start.json", "not allowed with"),
        ("corner.csv --seeds 1,2 --init k-means", "not allowed with"),
        ("corner.csv --start start.json --init k-means", "not allowed with"),
        ("corner.csv -k 2 --what", "--what"),
        ("corner.csv -k 2 --rand 1", "--rand"),
        ("corner.csv more.csv -k 2", "more.csv"),
        ("corner.csv -k 2 --output p.txt", ".txt"),
        ("corner.csv -k 2 --output p", "without a suffix"),
        ("corner.csv -k 2 --output none/p.json", "no such folder"),
        ("corner.csv -k 2 --trace none/t.csv", "no such folder"),
        ("corner.csv -k 2 --trace .", "folder"),
        ("corner.csv -k 2 --trace t.csv --output ./t.csv", "asked for twice"),
        ("corner.csv -k 2 --output ./corner.csv", "asked for twice"),
    ],
)
def test_bad_input_is_refused_in_one_line(capsys: Captured, arguments: str, said: str) -> None:
    before = sorted(Path().iterdir())
    message = refused(capsys, "fit", *arguments.split(" "))
    assert message.startswith("gmm-studio fit: ")
    assert said in message
    assert sorted(Path().iterdir()) == before


def test_equal_seeds_are_refused(capsys: Captured) -> None:
    assert "Seeds 1 and 3" in refused(capsys, "fit", "corner.csv", "--seeds", "1,2 3,4 1.0,2e0")


def test_the_usage_is_pointed_at(capsys: Captured) -> None:
    assert "(see gmm-studio fit --help)" in refused(capsys, "fit")


def test_a_name_with_a_line_break_stays_in_one_line(capsys: Captured) -> None:
    refused(capsys, "fit", "a\nb.csv", "-k", "2")
    refused(capsys, "fit", "corner.csv", "-k", "2\n3")
    refused(capsys, "fit", "corner.csv", "-k", "2", "--columns", "x\ny\r")


def test_a_file_without_a_usable_cloud_is_refused(capsys: Captured) -> None:
    Path("bad.csv").write_text("x,y\n1,2\n3,oops\n")
    assert "line 3" in refused(capsys, "fit", "bad.csv", "-k", "1")
    Path("same.csv").write_text("x,y\n1,2\n1,2\n")
    assert "same place" in refused(capsys, "fit", "same.csv", "-k", "1")


def test_nothing_is_computed_for_a_file_that_cannot_be_written(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_fitting, "cloud_of", lambda *_: pytest.fail("too late"))
    refused(capsys, "fit", "corner.csv", "-k", "2", "--output", "none/p.json")


def test_an_existing_file_stays_if_the_fit_fails(capsys: Captured) -> None:
    Path("p.json").write_text("mine")
    refused(capsys, "fit", "corner.csv", "-k", "6", "--output", "p.json")
    assert Path("p.json").read_text() == "mine"


def test_the_table_is_printed_even_if_a_file_fails(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise InputError("The disk is full.")

    monkeypatch.setattr(cli_results, "write_parameters", full)
    assert cli.main(["fit", FAITHFUL, "-k", "2", "--output", "p.json"]) == 2
    out, err = capsys.readouterr()
    assert "-1130.264" in out
    assert err == "gmm-studio fit: The disk is full.\n"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    option=st.sampled_from(["--seeds", "--columns", "--tol", "--random-state", "--start", "-k"]),
    value=st.text(max_size=12) | st.text("0123456789-+.,e \n\"'", max_size=12),
    joined=st.booleans(),
)
def test_no_value_breaks_it(capsys: Captured, option: str, value: str, joined: bool) -> None:
    given = [f"{option}={value}"] if joined else [option, value]
    status = cli.main(["fit", "corner.csv", *given, "--max-iter", "1"])
    out, err = capsys.readouterr()
    assert status in (0, 2)
    assert bool(out) == (status == 0)
    assert len(err.splitlines()) == (status == 2)


# generate


@pytest.mark.parametrize("name", GENERATORS)
def test_a_generated_cloud_is_written(capsys: Captured, name: str) -> None:
    options = ["-n", "30", "--random-state", "3"]
    assert cli.main(["generate", name, *options, "--output", "c.csv"]) == 0
    assert capsys.readouterr() == ("", "")
    cloud = generate(name, 30, random_state=3)
    back = read_cloud("c.csv")
    assert np.array_equal(back.points, cloud.points)
    assert (back.labels is None) == (cloud.labels is None)
    if cloud.labels is not None:
        assert np.array_equal(back.labels, cloud.labels)
    header = Path("c.csv").read_text().split("\n")[0]
    columns = [*cloud.columns, *([] if cloud.labels is None else ["label"])]
    assert header == ",".join(columns)


def test_standard_output_is_the_default(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["generate", "grid", "-n", "20", "-k", "4"]) == 0
    printed = capsysbinary.readouterr().out
    assert cli.main(["generate", "grid", "-n", "20", "-k", "4", "--output", "c.csv"]) == 0
    assert Path("c.csv").read_bytes() == printed
    assert set(np.unique(read_cloud("c.csv").labels)) <= set(range(4))


def test_the_truth_is_a_start() -> None:
    options = ["-n", "500", "--truth", "t.json", "--output", "c.csv"]
    assert cli.main(["generate", "unequal", *options]) == 0
    truth = generate("unequal", 5).truth
    assert isinstance(truth, Mixture)
    back = read_start("t.json")
    assert np.array_equal(back.means, truth.means)
    assert np.array_equal(back.covariances, truth.covariances)
    assert np.array_equal(back.weights, truth.weights)
    assert cli.main(["fit", "c.csv", "--start", "t.json"]) == 0


def test_outliers_noise_weights_and_overlap_are_in_what_is_written() -> None:
    options = "-n 2000 -k 2 --random-state 4 --outliers 0.1 --noise .2 --unequal 3 --overlap 0.15"
    outputs = ["--truth", "t.json", "--output", "c.csv"]
    assert cli.main(["generate", "separated", *options.split(), *outputs]) == 0
    recipe = Recipe("separated", 2000, 2, 4, outliers=0.1, noise=0.2, unequal=3.0, overlap=0.15)
    made, back = make(recipe), read_cloud("c.csv")
    assert np.array_equal(back.points, made.points)
    assert back.labels is not None
    assert (back.labels == -1).sum() == 200
    truth = read_start("t.json")
    assert np.allclose(truth.weights, [0.75, 0.25])
    assert misclassification_rate(truth) == pytest.approx(0.15, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "NAME"),
        ("grid --outliers 2", "share of outliers must be from 0 to 0.9"),
        ("grid --noise -1", "noise must be from 0"),
        ("grid --unequal 0", "ratio of the weights must be from 1"),
        ("grid --overlap much", "'much' is not a number"),
        ("nested --overlap 0.4", "cannot overlap by 40 %"),
        ("ring --overlap 0.1", "Ring has no true mixture"),
        ("spiral", ", ".join(GENERATORS)),
        ("ring -k 3", "no number of clusters"),
        ("ring --truth t.json", "ring has no true mixture"),
        ("ring -n 0", "from 1 to"),
        ("ring -n -5", "from 1 to"),
        ("ring -n 1e3", "'1e3' is not a whole number"),
        ("grid -k 1000", "from 1 to 100"),
        ("grid --random-state " + "9" * 30, "random state"),
        ("grid --output none/c.csv", "no such folder"),
        ("grid --truth none/t.json", "no such folder"),
        ("grid --truth t.csv", "saved as .json"),
        ("grid --truth t.json --output t.json", "asked for twice"),
    ],
)
def test_bad_input_to_generate(capsys: Captured, arguments: str, said: str) -> None:
    message = refused(capsys, "generate", *arguments.split())
    assert message.startswith("gmm-studio generate: ")
    assert said in message
    assert not Path("t.json").exists()
    assert not Path("t.csv").exists()


# the window, and the program as a whole


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path | None]]:
    paths: list[Path | None] = []
    module = types.ModuleType("gmm_studio.gui.app")
    monkeypatch.setattr(module, "run_window", lambda path: paths.append(path) or 7, raising=False)
    monkeypatch.setitem(sys.modules, "gmm_studio.gui.app", module)
    monkeypatch.setattr(startup, "diagnose", lambda: None)
    return paths  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ([], None),
        (["a.csv"], Path("a.csv")),
        (["./fit"], Path("fit")),
        (["--", "-1.csv"], Path("-1.csv")),
    ],
)
def test_without_a_command_the_window_opens(
    opened: list[Path | None], arguments: list[str], path: Path | None
) -> None:
    assert cli.main(arguments) == 7
    assert opened == [path]


def test_two_files_for_the_window_are_refused(capsys: Captured, opened: list[Path | None]) -> None:
    assert refused(capsys, "a.csv", "b.csv").startswith("gmm-studio: ")
    assert opened == []


def test_a_window_that_cannot_open(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "diagnose", lambda: "There is no screen.\nGet one.")
    assert refused(capsys, "a.csv") == "gmm-studio: There is no screen. Get one.\n"


def test_a_window_that_cannot_be_imported(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(types.ModuleType):
        def __getattr__(self, name: str) -> object:
            raise ImportError("libodd.so: cannot open shared object file")

    monkeypatch.setattr(startup, "diagnose", lambda: None)
    monkeypatch.setitem(sys.modules, "gmm_studio.gui.app", Broken("app"))
    message = refused(capsys)
    assert "libodd.so" in message
    assert "pip install" in message


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["fit", "-h"], ["generate", "-h"]]
)
def test_version_and_help(capsys: Captured, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert gmm_studio.__version__ in out if "--version" in arguments else "usage: " in out


def test_the_arguments_of_the_process_are_the_default(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["gmm-studio", "generate", "nothing"])
    assert __main__.main() == 2
    assert "There is no cloud called nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "lines"), [(KeyboardInterrupt, 130, 0), (MemoryError, 2, 1)]
)
def test_what_ends_the_work(
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
    status: int,
    lines: int,
) -> None:
    def work(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli_fitting, "fit", work)
    assert cli.main(["fit", "corner.csv", "-k", "1"]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == lines


WITHOUT_QT = """
import sys
for name in ("PySide6", "shiboken6", "contourpy"):
    sys.modules[name] = None
from gmm_studio.__main__ import main
arguments = sys.argv[1:]
for sys.argv in (
    ["", "generate", "overlapping", "-n", "200", "--output", "c.csv"],
    ["", "fit", "c.csv", "-k", "3", "--output", "p.json", "--trace", "t.csv"],
):
    assert main() == 0
known = set(sys.modules)
assert not any(name.startswith("gmm_studio.gui") for name in known), "the window was imported"
assert not known & {"scipy.stats", "gmm_studio.document"}, "imported more than needed"
sys.argv = [""]
sys.exit(main())
"""


def test_it_works_without_qt() -> None:
    done = python(WITHOUT_QT)
    assert "Converged after" in done.stdout
    assert done.returncode == 2
    assert done.stderr.startswith("gmm-studio: The window needs ")
    assert "-m pip install PySide6-Essentials contourpy" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert Path("p.json").exists()


IN_THREADS = """
import signal, sys
from gmm_studio.__main__ import main
from gmm_studio.core import kernel
in_threads = kernel.in_threads
def announced(*arguments):
    print("computing", flush=True)
    return in_threads(*arguments)
kernel.in_threads = announced
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent as a POSIX signal")
def test_ctrl_c_ends_a_long_fit() -> None:
    assert cli.main(["generate", "grid", "-n", "60000", "--output", "c.csv"]) == 0
    options = "-k 5 --tol 0 --max-iter 1000000000 --trace t.csv"
    process = subprocess.Popen(
        [sys.executable, "-c", IN_THREADS, "fit", "c.csv", *options.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "computing\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert err == ""
    assert not Path("t.csv").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_a_closed_pipe_ends_it_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "gmm_studio", "generate", "ring", "-n", "20000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"x,y\n"
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_standard_output_is_said() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gmm_studio", "fit", FAITHFUL, "-k", "2"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Standard output cannot be written: No space" in done.stderr
