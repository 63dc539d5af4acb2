"""The whole trace, read back by the usual readers of each format."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gmm_studio import Configuration, PointCloud, Run, fit, generate, scaled
from gmm_studio.core.em import Event, Step
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.export.trace import trace_json, trace_of, write_trace


def written(path: Path, run: Run, *, in_scaled_units: bool = False) -> None:
    whole = trace_of(
        run.cloud, run.configuration, run.steps, run.stop, in_scaled_units=in_scaled_units
    )
    write_trace(path, *whole)


@pytest.mark.parametrize("name", ["overlapping", "peaks"])
def test_json_and_npz_hold_every_step(tmp_path: Path, name: str) -> None:
    run = fit(generate(name, 200), 3)
    for suffix in ("json", "npz"):
        written(tmp_path / f"t.{suffix}", run)
    content = json.loads((tmp_path / "t.json").read_text())
    assert content["stop_reason"] == "converged"
    assert content["iterations"] == run.iterations
    assert content["bic"] == run.bic
    assert [step["iteration"] for step in content["steps"]] == list(range(run.iterations + 1))
    with np.load(tmp_path / "t.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == [
            "covariances",
            "iteration",
            "log_likelihood",
            "means",
            "metadata",
            "weights",
        ]
        metadata = json.loads(arrays["metadata"].item())
        assert metadata == {key: content[key] for key in content if key != "steps"}
        for t, step in enumerate(run.steps):
            entry = content["steps"][t]
            assert arrays["iteration"][t] == step.index
            assert arrays["log_likelihood"][t] == entry["log_likelihood"] == step.log_likelihood
            for part in ("weights", "means", "covariances"):
                exact = getattr(step.mixture, part)
                assert np.array_equal(arrays[part][t], exact)
                assert entry[part] == exact.tolist()


def test_events_and_objective_are_told() -> None:
    run = fit(generate("overlapping", 200), 3, rule="classification")
    result, _ = trace_of(run.cloud, run.configuration, run.steps, run.stop)
    last = run.steps[-1]
    steps = [*run.steps, Step(99, last.mixture, -1.0, (Event("floor", 2), Event("fell")))]
    content = json.loads("".join(trace_json(result, steps)))
    assert content["steps"][0]["objective"] == run.steps[0].objective
    assert content["steps"][-1]["events"] == [{"kind": "floor", "component": 3}, {"kind": "fell"}]
    assert "objective" not in content["steps"][-1]


def test_an_objective_is_an_array(tmp_path: Path) -> None:
    run = fit(generate("overlapping", 200), 3, rule="annealing")
    written(tmp_path / "t.npz", run)
    with np.load(tmp_path / "t.npz") as arrays:
        expected = [np.nan if s.objective is None else s.objective for s in run.steps]
        assert np.array_equal(arrays["objective"], expected, equal_nan=True)


def test_of_a_scaled_cloud_in_the_units_that_are_asked_for(tmp_path: Path) -> None:
    own = generate("overlapping", 200)
    run = fit(scaled(own, "min-max"), 3)
    for name, in_scaled_units, units in (("o.npz", False, "own"), ("s.npz", True, "scaled")):
        written(tmp_path / name, run, in_scaled_units=in_scaled_units)
        with np.load(tmp_path / name) as arrays:
            metadata = json.loads(arrays["metadata"].item())
            assert metadata["units"] == units
            assert metadata["log_likelihood"] == arrays["log_likelihood"][-1]
            expected = run.mixture if in_scaled_units else run.cloud.own_mixture(run.mixture)
            assert np.array_equal(arrays["means"][-1], expected.means)


def test_another_ending_is_refused_and_cancelling_leaves_the_older_file(tmp_path: Path) -> None:
    run = fit(PointCloud([0, 1, 5, 6]), 1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"a trace is saved as \.csv or \.json or \.npz, not"):
        written(tmp_path / "t.txt", run)
    (tmp_path / "t.npz").write_text("mine")
    result, steps = trace_of(run.cloud, Configuration(), run.steps, run.stop)
    with pytest.raises(Cancelled):
        write_trace(tmp_path / "t.npz", result, steps, lambda: True)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
