from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gmm_studio import cli
from gmm_studio.core.basins import map_basins
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import fit
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import COVARIANCES
from gmm_studio.core.starts import METHODS, seeded_start
from gmm_studio.data.text import read_cloud

FAITHFUL = str(Path(__file__).parent / "reference" / "faithful.csv")

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("corner.csv").write_text("x,y,label\n-1,2,0\n-1.5,2.5,0\n3,-4,1\n3.5,-4.5,1\n3,-4.2,1\n")
    Path("ties.csv").write_text("0\n0\n0\n1\n1\n")


def refused(captured: Captured, *arguments: str) -> str:
    """The one line on standard error that the arguments are refused with."""
    assert cli.main(arguments) == 2
    out, err = captured.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    return err


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def atlas_of(captured: Captured, *arguments: str) -> dict[str, Any]:
    assert cli.main(["starts", *arguments]) == 0
    out, err = captured.readouterr()
    assert err == ""
    entries: dict[str, Any] = json.loads(out)
    return entries


# starts


def test_the_atlas_of_old_faithful(capsys: Captured) -> None:
    options = "-k 3 --method random-points --method k-means++ --runs 50"
    entries = atlas_of(capsys, FAITHFUL, *options.split())
    assert (entries["runs"], entries["components"]) == (100, 3)
    optima = entries["optima"]
    found = np.array([one["log_likelihood"] for one in optima if one["spurious"] is None])
    for expected in (-1114.44, -1119.214, -1119.645, -1127.072):
        assert abs(found - expected).min() < 1e-3
    assert entries["best_found"] == optima[0]["log_likelihood"]
    assert sum(one["count"] for one in optima) == 100
    assert sum(one["share"] for one in optima) == pytest.approx(1)
    for one in optima:
        assert sum(one["count_of_methods"].values()) == one["count"]
        assert set(one["count_of_methods"]) <= {"random-points", "k-means++"}
        assert one["spurious"] in (None, "few", "collapsed", "emptied")
        if one["spurious"] is None:
            below = entries["best_found"] - one["log_likelihood"]
            assert one["below_best_found"] == pytest.approx(below, abs=1e-9)
    for method in entries["methods"]:
        reached = optima[0]["count_of_methods"].get(method["method"], 0)
        assert (method["runs"], method["reached_best_found"]) == (50, reached)
        low, high = method["confidence_interval"]
        assert 0 <= low <= method["success_rate"] <= high <= 1
    assert set(entries["optimum_tolerance"]) == {"log_likelihood_per_weight", "parameters"}
    assert entries["columns"] == ["eruptions", "waiting"]
    assert (entries["n_points"], entries["tolerance"]) == (272, 1e-9)


def test_an_optimum_is_what_a_fit_from_its_first_start_gives(capsys: Captured) -> None:
    options = "-k 2 --method normal --runs 5 --covariance tied --random-state 3 --columns 2"
    entries = atlas_of(capsys, FAITHFUL, *options.split())
    assert entries["covariance_type"] == "tied"
    cloud = read_cloud(FAITHFUL, (2,))
    for one in entries["optima"]:
        first = one["first"]
        assert first["random_state"] >= 3
        run = fit(
            cloud,
            2,
            init=first["method"],
            random_state=first["random_state"],
            covariance="tied",
            tolerance=1e-9,
        )
        assert one["log_likelihood"] == pytest.approx(run.log_likelihood, abs=1e-3)
        means = sorted(mean for (mean,) in one["means"])
        assert means == pytest.approx(sorted(run.mixture.means[:, 0]), abs=0.2)
        assert len(one["covariances"]) == len(one["weights"]) == 2


def test_starts_says_below_the_best_found_and_never_global(capsys: Captured) -> None:
    options = ["-k", "3", "--runs", "20", "--method", "ward", "--method", "k-means"]
    assert cli.main(["starts", FAITHFUL, *options, "--output", "atlas.json"]) == 0
    out = capsys.readouterr().out
    written = Path("atlas.json").read_text()
    assert "below the best found" in out
    assert "global" not in (out + written).lower()
    assert "272 points of faithful, 3 components, full covariances, 21 runs" in out
    assert "95 % confidence" in out
    assert "Two ends are one optimum where" in out
    assert json.loads(written)["methods"][0]["runs"] == 1
    assert json.loads(written)["methods"][0]["confidence_interval"] is None


@pytest.mark.parametrize("method", METHODS)
def test_starts_by_every_method(capsys: Captured, method: str) -> None:
    entries = atlas_of(capsys, FAITHFUL, "-k", "2", "--method", method, "--runs", "3")
    assert entries["best_found"] == pytest.approx(-1130.264, abs=1e-2)


def test_one_optimum_only(capsys: Captured) -> None:
    entries = atlas_of(capsys, FAITHFUL, "-k", "1", "--runs", "10")
    (one,) = entries["optima"]
    assert (one["count"], one["share"], one["below_best_found"]) == (10, 1, 0)
    assert entries["methods"][0]["success_rate"] == 1


def test_all_starts_degenerate(capsys: Captured) -> None:
    options = ["ties.csv", "-k", "2", "--method", "random-points", "--variance-floor", "0"]
    entries = atlas_of(capsys, *options, "--runs", "12")
    assert entries["best_found"] is None
    assert {one["spurious"] for one in entries["optima"]} == {"collapsed"}
    assert {one["below_best_found"] for one in entries["optima"]} == {None}
    assert entries["methods"][0]["reached_best_found"] == 0
    assert cli.main(["starts", *options, "--runs", "12", "--output", "a.json"]) == 0
    assert "All optima found are spurious" in capsys.readouterr().out
    assert "no spread" in refused(
        capsys, "starts", "ties.csv", "-k", "2", "--method", "ward", "--variance-floor", "0"
    )


def test_a_method_that_draws_nothing_beside_one_that_does(capsys: Captured) -> None:
    Path("three.csv").write_text("0\n1\n5\n")
    options = "three.csv -k 3 --method ward --method normal --runs 4 --variance-floor 0"
    entries = atlas_of(capsys, *options.split())
    first, second = entries["methods"]
    assert (first["runs"], first["success_rate"]) == (0, None)
    assert "no spread" in first["problem"]
    assert second["runs"] == 4
    assert "problem" not in second


def test_the_limit_of_iterations_is_told(capsys: Captured) -> None:
    options = ["-k", "3", "--runs", "5", "--max-iter", "2", "--output", "a.json"]
    assert cli.main(["starts", FAITHFUL, *options]) == 0
    out = capsys.readouterr().out
    assert "5 of 5 (100.0 %) runs stopped at the limit of 2 iterations" in out
    assert json.loads(Path("a.json").read_text())["unconverged"] == 5


# sweep


def test_the_sweep_of_old_faithful(capsys: Captured) -> None:
    options = ["--components", "1-4", "--covariance", "full,tied"]
    assert cli.main(["sweep", FAITHFUL, *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    rows = rows_of(out)
    assert [(row["components"], row["covariance"]) for row in rows] == [
        (str(k), covariance) for k in range(1, 5) for covariance in ("full", "tied")
    ]
    by = {(row["components"], row["covariance"]): row for row in rows}
    assert float(by["3", "tied"]["bic"]) == pytest.approx(2314.30, abs=0.01)
    assert "bic" in by["3", "tied"]["best"].split()
    assert "icl" in by["2", "full"]["best"].split()
    assert float(by["2", "full"]["bic"]) == pytest.approx(2322.192, abs=1e-3)
    assert float(by["2", "full"]["aic"]) == pytest.approx(2282.528, abs=1e-3)
    assert float(by["2", "full"]["log_likelihood"]) == pytest.approx(-1130.264, abs=1e-3)
    for row in rows:
        assert row["starts"] == "10"
        assert float(row["bic"]) <= float(row["bic_highest"])
        assert float(row["log_likelihood"]) >= float(row["log_likelihood_lowest"])
        if row["components"] == "1":
            assert float(row["icl"]) == pytest.approx(float(row["bic"]))
        else:
            assert float(row["icl"]) > float(row["bic"])


def test_a_sweep_says_when_the_best_is_at_its_edge(capsys: Captured) -> None:
    options = ["--components", "1,2", "--runs", "2", "--output", "s.csv"]
    assert cli.main(["sweep", FAITHFUL, *options]) == 0
    out = capsys.readouterr().out
    assert "Best by BIC: 2 components, full (2322.192). That is the most of the sweep" in out
    last = rows_of(Path("s.csv").read_text())[1]
    assert (last["best"], last["note"]) == ("bic aic icl", "at the edge of the sweep")
    options = ["--components", "2-3", "--runs", "2", "--output", "s.csv"]
    assert cli.main(["sweep", FAITHFUL, *options]) == 0
    assert "That is the fewest of the sweep: fewer may be better." in capsys.readouterr().out


def test_cells_of_a_sweep_that_cannot_be_made_say_why(capsys: Captured) -> None:
    assert cli.main(["sweep", "ties.csv", "--components", "1-6", "--runs", "2"]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert [row["starts"] for row in rows] == ["2", "2", "0", "0", "0", "0"]
    assert rows[2]["bic"] == rows[2]["log_likelihood"] == ""
    assert rows[2]["note"] == "3 components need 3 different points; there are 2."
    assert "6 components need at least 6 points" in rows[5]["note"]
    assert rows[1]["note"] == "all spurious"


def test_a_sweep_of_all_structures_and_methods(capsys: Captured) -> None:
    methods = [text for method in ("k-means", "ward") for text in ("--method", method)]
    options = ["--components", "2", "--covariance", ",".join(COVARIANCES), "--runs", "2"]
    assert cli.main(["sweep", FAITHFUL, *options, *methods]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert [row["covariance"] for row in rows] == list(COVARIANCES)
    assert {row["starts"] for row in rows} == {"3"}


# basins


def test_the_map_is_that_of_the_core(capsys: Captured) -> None:
    options = ["--seeds", "2,60 4,70 4,90", "--move", "2", "--grid", "9x7"]
    assert cli.main(["basins", FAITHFUL, *options]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert len(rows) == 63
    x = np.unique([float(row["x"]) for row in rows])
    y = np.unique([float(row["y"]) for row in rows])
    assert (len(x), len(y)) == (9, 7)
    cloud = read_cloud(FAITHFUL)
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    assert x[0] < low[0] < x[1]
    assert x[-2] < high[0] < x[-1]
    seeds = [[2.0, 60.0], [4.0, 70.0], [4.0, 90.0]]
    configuration = Configuration(tolerance=1e-9)
    start = seeded_start(cloud, seeds, configuration)
    *_, finest = map_basins(cloud, start, 1, x, y, configuration)
    for row, likelihood, iterations in zip(
        rows, finest.log_likelihood.ravel(), finest.iterations.ravel(), strict=True
    ):
        assert float(row["log_likelihood"]) == pytest.approx(likelihood, rel=1e-9)
        assert abs(int(row["iterations"]) - int(iterations)) <= 1
    ranked = {}
    for row in rows:
        ranked.setdefault(int(row["optimum"]), float(row["log_likelihood"]))
    assert sorted(ranked) == list(range(1, len(ranked) + 1))
    row = rows[31]
    seeds[1] = [float(row["x"]), float(row["y"])]
    run = fit(cloud, start=seeded_start(cloud, seeds), tolerance=1e-9)
    assert run.log_likelihood == pytest.approx(float(row["log_likelihood"]), rel=1e-9)


def test_the_map_of_one_dimension(capsys: Captured) -> None:
    options = ["--columns", "waiting", "--seeds", "55 80", "--grid", "12", "--output", "m.csv"]
    assert cli.main(["basins", FAITHFUL, *options]) == 0
    out = capsys.readouterr().out
    assert "12 x 1 places of seed 1, on all points" in out
    assert "Two ends are one optimum where" in out
    rows = rows_of(Path("m.csv").read_text())
    assert len(rows) == 12
    assert list(rows[0]) == ["x", "optimum", "log_likelihood", "iterations"]


def test_a_map_from_a_start_file(capsys: Captured) -> None:
    assert cli.main(["fit", FAITHFUL, "-k", "2", "--max-iter", "0", "--output", "p.json"]) == 0
    options = ["--start", "p.json", "--move", "2", "--grid", "4x4", "--output", "m.csv"]
    assert cli.main(["basins", FAITHFUL, *options]) == 0
    assert len(rows_of(Path("m.csv").read_text())) == 16


def test_a_sample_is_said(capsys: Captured) -> None:
    assert cli.main(["generate", "overlapping", "-n", "3000", "--output", "c.csv"]) == 0
    options = ["--seeds", "0,0 1,1", "--grid", "3x3", "--output", "m.csv", "--max-iter", "5"]
    assert cli.main(["basins", "c.csv", *options]) == 0
    assert "on a sample of 2000 points" in capsys.readouterr().out


# bad input


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("starts corner.csv", "-k"),
        ("starts corner.csv -k 0", "at least 1 component"),
        ("starts corner.csv -k 6", "6 components need at least 6 points"),
        ("starts ties.csv -k 3", "3 components need 3 different points; there are 2"),
        ("starts ties.csv -k 3 --method ward --method normal", "3 different points"),
        ("starts corner.csv -k 2 --method magic", "magic"),
        ("starts corner.csv -k 2 --runs 0", "from 1 to 10000"),
        ("starts corner.csv -k 2 --runs -5", "from 1 to 10000"),
        ("starts corner.csv -k 2 --runs 10001", "from 1 to 10000"),
        ("starts corner.csv -k 2 --runs many", "'many' is not a whole number"),
        ("starts corner.csv -k 2 --tol -1", "tolerance"),
        ("starts corner.csv -k 2 --output a.csv", "saved as .json, not as .csv"),
        ("starts corner.csv -k 2 --output none/a.json", "no such folder"),
        ("starts none.csv -k 2", "none.csv"),
        ("starts", "FILE"),
        ("sweep corner.csv --components 0-3", "of numbers from 1 to 100"),
        ("sweep corner.csv --components 3-1", "'3-1' is not a list"),
        ("sweep corner.csv --components 1-1000", "of numbers from 1 to 100"),
        ("sweep corner.csv --components -2", "'-2' is not a list"),
        ("sweep corner.csv --components two", "'two' is not a list"),
        ("sweep corner.csv --components 1,,2", "is not a list"),
        ("sweep corner.csv --components=", "is not a list"),
        ("sweep corner.csv --components 6-8", "6 components need at least 6 points"),
        ("sweep corner.csv --covariance full,round", "'round' is not one of full"),
        ("sweep corner.csv --covariance=", "is not one of full"),
        ("sweep corner.csv --runs 0", "from 1 to 10000"),
        ("sweep corner.csv --method magic", "magic"),
        ("sweep corner.csv --variance-floor 3", "variance floor"),
        ("sweep corner.csv --output s.json", "saved as .csv"),
        ("sweep corner.csv --output corner.csv", "asked for twice"),
        ("basins corner.csv", "--seeds"),
        ("basins corner.csv --seeds 1,2 --start p.json", "not allowed with"),
        ("basins corner.csv --seeds 1,2 --move 2", "--move must be from 1 to 1"),
        ("basins corner.csv --seeds 1,2 --move -1", "--move must be from 1 to 1"),
        ("basins corner.csv --seeds 1,2 --move 0", "--move must be from 1 to 1"),
        ("basins corner.csv --seeds 1,2 -k 2", "-k says 2, but --seeds gives 1"),
        ("basins corner.csv --seeds 1,2,3", "Seed 1 has 3 coordinates"),
        ("basins corner.csv --seeds 1,2 --grid 0x4", "'0x4' is not a size"),
        ("basins corner.csv --seeds 1,2 --grid 4x4x4", "'4x4x4' is not a size"),
        ("basins corner.csv --seeds 1,2 --grid 1001x2", "sides from 1 to 1000"),
        ("basins corner.csv --seeds 1,2 --grid -4x4", "'-4x4' is not a size"),
        ("basins ties.csv --seeds 1 --grid 4x4", "In one dimension --grid is one number"),
        ("basins corner.csv --seeds 1,2 --output m.txt", "saved as .csv or .png, not as .txt"),
        ("basins corner.csv --seeds 1,2 --output none/m.csv", "no such folder"),
        ("basins corner.csv --start none.json", "none.json cannot be read"),
    ],
)
def test_bad_input_is_refused_in_one_line(capsys: Captured, arguments: str, said: str) -> None:
    before = sorted(Path().iterdir())
    words = arguments.split(" ")
    message = refused(capsys, *words)
    assert message.startswith(f"gmm-studio {words[0]}: ")
    assert said in message
    assert sorted(Path().iterdir()) == before


def test_equal_seeds_are_refused(capsys: Captured) -> None:
    assert "Seeds 1 and 2" in refused(capsys, "basins", "corner.csv", "--seeds", "1,2 1,2")


def test_a_start_that_does_not_fit_is_refused(capsys: Captured) -> None:
    assert cli.main(["fit", FAITHFUL, "-k", "2", "--output", "p.json"]) == 0
    capsys.readouterr()
    options = ["basins", "corner.csv", "--start", "p.json"]
    assert "has 2 components, not 3" in refused(capsys, *options, "-k", "3")
    assert "2 dimensions" in refused(capsys, *options, "--columns", "1")


@pytest.mark.parametrize("command", ["starts", "sweep", "basins"])
def test_help(capsys: Captured, command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: gmm-studio {command}" in capsys.readouterr().out


def test_the_summary_is_printed_even_if_the_file_fails(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise InputError("The disk is full.")

    monkeypatch.setattr("gmm_studio.cli_laboratory.write_text", full)
    options = ["-k", "2", "--runs", "2", "--output", "a.json"]
    assert cli.main(["starts", FAITHFUL, *options]) == 2
    out, err = capsys.readouterr()
    assert "-1130.264" in out
    assert err == "gmm-studio starts: The disk is full.\n"


# without Qt, and with it


WITHOUT_QT = """
import sys
for name in ("PySide6", "shiboken6", "contourpy"):
    sys.modules[name] = None
from gmm_studio.__main__ import main
for sys.argv in (
    ["", "starts", "corner.csv", "-k", "2", "--runs", "3", "--output", "a.json"],
    ["", "sweep", "corner.csv", "--components", "1-2", "--output", "s.csv"],
    ["", "basins", "corner.csv", "--seeds", "0,0 1,1", "--grid", "3x3", "--output", "m.csv"],
):
    assert main() == 0
assert not any(name.startswith("gmm_studio.gui") for name in sys.modules)
sys.argv = ["", "basins", "corner.csv", "--seeds", "0,0 1,1", "--output", "m.png"]
sys.exit(main())
"""


def test_numbers_need_no_qt_and_a_picture_says_so() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_QT], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("gmm-studio basins: A picture needs Python packages")
    assert len(done.stderr.splitlines()) == 1
    assert {"a.json", "s.csv", "m.csv"} <= {path.name for path in Path().iterdir()}
    assert not Path("m.png").exists()


def test_a_picture_is_painted_without_a_screen() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment.pop("DISPLAY", None)
    environment.pop("WAYLAND_DISPLAY", None)
    options = ["--seeds", "2,60 4,80", "--move", "2", "--grid", "6x6", "--output", "m.png"]
    done = subprocess.run(
        [sys.executable, "-m", "gmm_studio", "basins", FAITHFUL, *options],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 x 6 places of seed 2" in done.stdout
    assert Path("m.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent as a POSIX signal")
@pytest.mark.parametrize(
    "arguments",
    [
        "starts c.csv -k 8 --runs 10000 --method random-points --tol 0",
        "sweep c.csv --components 5-60 --runs 100 --tol 0",
        "basins c.csv --seeds 0,0;5,5;9,9 --grid 400x400 --tol 0 --max-iter 100000",
    ],
)
def test_ctrl_c_ends_it(arguments: str) -> None:
    assert cli.main(["generate", "grid", "-n", "5000", "--output", "c.csv"]) == 0
    words = [word.replace(";", " ") for word in arguments.split()]
    suffix = "json" if words[0] == "starts" else "csv"
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from gmm_studio.__main__ import main\n"
        "print('ready', flush=True); sys.exit(main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words, "--output", f"out.{suffix}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, err) == (130, "")
    assert not Path(f"out.{suffix}").exists()
