from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from gmm_studio import Configuration, InputError, PointCloud, seeded_start
from gmm_studio.core.atlas import gather
from gmm_studio.core.basins import map_basins
from gmm_studio.core.optima import Tolerance
from gmm_studio.core.starts import draws
from gmm_studio.core.sweep import sweep
from gmm_studio.export.atlas import (
    atlas_json,
    atlas_report,
    basins_csv,
    basins_report,
    sweep_csv,
    sweep_report,
    write_text,
)
from tests.core import reference

EXACT = Configuration(tolerance=1e-9)


def faithful() -> PointCloud:
    return PointCloud(reference.read("faithful.csv"), name="faithful", columns=("Länge", 'a "b"'))


def test_an_atlas_keeps_every_digit() -> None:
    cloud = faithful()
    atlas = gather(cloud, 3, ["random-points"], 12, EXACT)
    entries = json.loads(atlas_json(cloud, EXACT, 0, atlas))
    assert entries["columns"] == ["Länge", 'a "b"']
    for optimum, written in zip(atlas.optima, entries["optima"], strict=True):
        assert written["log_likelihood"] == optimum.log_likelihood
        assert written["means"] == optimum.mixture.means.tolist()
        assert written["covariances"] == optimum.mixture.covariances.tolist()
        assert written["weights"] == optimum.mixture.weights.tolist()
        assert written["mean_iterations"] == optimum.mean_iterations
        assert written["first"]["random_state"] == min(optimum.members)


def test_a_report_shows_the_first_of_very_many_optima() -> None:
    cloud = faithful()
    exact = Tolerance(0, 0)
    atlas = gather(cloud, 3, ["random-points"], 40, EXACT, tolerance=exact)
    lines = atlas_report(cloud, EXACT, atlas).splitlines()
    assert len(atlas.optima) > 20
    assert f"and {len(atlas.optima) - 20} more optima" in lines
    assert sum(line.split()[:1] == ["20"] for line in lines) == 1


def test_a_sweep_is_a_table_that_csv_reads() -> None:
    cells = list(sweep(PointCloud([1.0, 2.0, 2.0]), [2, 3], ["full"], draws(["k-means"], 1)))
    rows = list(csv.DictReader(io.StringIO("".join(sweep_csv(cells)))))
    assert [row["components"] for row in rows] == ["2", "3"]
    assert rows[1]["note"] == str(cells[1].problem)
    assert float(rows[0]["bic"]) == cells[0].bic[0]
    assert float(rows[0]["icl"]) == cells[0].icl[0]
    assert "No cell of the sweep could be made." in sweep_report(cells[1:])
    assert "spurious" in sweep_report(cells)


@pytest.mark.parametrize("d", [1, 2])
def test_a_map_numbers_its_optima_best_first(d: int) -> None:
    cloud = PointCloud(faithful().points[:, 2 - d :])
    seeds = np.array([[2.0, 60.0], [4.0, 70.0], [4.0, 90.0]])[:, 2 - d :]
    x = np.linspace(1, 6, 6) if d == 2 else np.linspace(40, 100, 9)
    y = np.linspace(40, 100, 5) if d == 2 else np.zeros(1)
    *_, basins = map_basins(cloud, seeded_start(cloud, seeds), 1, x, y, EXACT)
    lines = list(basins_csv(basins, d, 1e-9))
    head = [line for line in lines if line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("".join(lines[len(head) :]))))
    assert len(rows) == basins.optimum.size
    assert head[0] == "# computed on all points\n"
    assert "less than 1e-09 for each point" in head[1]
    assert "at most 0.0001 for each point" in head[2]
    assert len(head) == 3 + len(basins.optima)
    best = {}
    for row, index in zip(rows, basins.optimum.ravel().tolist(), strict=True):
        best[int(row["optimum"])] = basins.optima[index]
    for number, optimum in best.items():
        level = f"# optimum {number}: log-likelihood {optimum.log_likelihood}, "
        count = sum(int(row["optimum"]) == number for row in rows)
        assert head[2 + number].startswith(f"{level}{count} of {len(rows)} cells")
    ranked = [best[number] for number in sorted(best)]
    keys = [(bool(one.spurious), -one.log_likelihood) for one in ranked]
    assert keys == sorted(keys)
    assert [float(row["x"]) for row in rows[: len(x)]] == x.tolist()
    report = basins_report(basins, 1, 1000)
    assert f"{len(x)} x {len(y)} places of seed 2, on all points" in report
    assert f"{best[1].log_likelihood:.4f}" in report


def test_a_map_of_a_sample_and_one_that_was_stopped_say_so() -> None:
    points = np.random.default_rng(0).normal(size=(300, 2))
    cloud = PointCloud(points)
    start = seeded_start(cloud, points[:2])
    x = np.linspace(-2, 2, 16)
    coarse = next(map_basins(cloud, start, 0, x, x, Configuration(), most_points=200))
    head = "".join(line for line in basins_csv(coarse, 2, 1e-7) if line.startswith("#"))
    assert "on a sample of 200 points" in head
    assert "stopped early: 8 x 8 cells share one start" in head


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    write_text(tmp_path / "a.csv", ["ä\n", "b\n"])
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "ä\nb\n"

    def broken() -> object:
        yield "c"
        raise InputError("no")

    with pytest.raises(InputError):
        write_text(tmp_path / "a.csv", broken())  # type: ignore[arg-type]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "ä\nb\n"
