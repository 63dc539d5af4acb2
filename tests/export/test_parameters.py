from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Event, Run, Step, Stop, fit, iterate
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.steps import EventKind
from gmm_studio.export import parameters
from gmm_studio.export.parameters import (
    Result,
    check_format,
    mixture_json,
    parameters_csv,
    parameters_json,
    read_start,
    write_mixture,
    write_parameters,
)
from gmm_studio.export.report import report
from gmm_studio.export.trace import trace_csv, write_trace

GOOD: dict[str, Any] = {
    "weights": [0.25, 0.75],
    "means": [[-1.5, 2], [3, 1e-7]],
    "covariances": [[[1, 0.5], [0.5, 2]], [[3, 0], [0, 0.25]]],
}


def run_on(d: int, **options: Any) -> Run:
    rng = np.random.default_rng(5)
    points = np.concatenate([rng.normal(0, 1, (40, d)), rng.normal(5, 2, (60, d))])
    weights = rng.uniform(0.5, 2, 100)
    return fit(PointCloud(points, weights, columns=("größe", "b")[:d]), 2, **options)


def last(run: Run) -> Result:
    return Result.of(run.cloud, run.configuration, run.steps[-1], run.stop)


@st.composite
def mixtures(draw: st.DrawFn) -> Mixture:
    k, d = draw(st.integers(1, 4)), draw(st.sampled_from((1, 2)))
    scale = 10.0 ** draw(st.integers(-100, 70))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    weights = rng.uniform(size=k)
    half = rng.normal(size=(k, d, d + 2))
    covariances = half @ half.swapaxes(1, 2)
    covariances = (covariances + covariances.swapaxes(1, 2)) / 2
    return Mixture(weights / weights.sum(), scale * rng.normal(size=(k, d)), scale**2 * covariances)


def test_json_holds_everything() -> None:
    run = run_on(2, covariance="tied", tolerance=1e-4, max_iterations=70, variance_floor=1e-3)
    entries = json.loads(parameters_json(last(run)))
    assert list(entries) == [
        *("weights", "means", "covariances", "covariance_type", "log_likelihood", "iterations"),
        *("stop_reason", "bic", "aic", "free_parameters", "n_points", "total_weight", "columns"),
        *("tolerance", "max_iterations", "variance_floor"),
    ]
    assert entries["weights"] == run.mixture.weights.tolist()
    assert entries["means"] == run.mixture.means.tolist()
    assert entries["covariances"] == run.mixture.covariances.tolist()
    assert entries["covariances"][0] == entries["covariances"][1]
    assert entries["covariance_type"] == "tied"
    assert entries["log_likelihood"] == run.log_likelihood
    assert entries["iterations"] == run.iterations
    assert entries["stop_reason"] == "converged"
    assert entries["bic"] == -2 * run.log_likelihood + 8 * np.log(run.cloud.total_weight)
    assert entries["aic"] == -2 * run.log_likelihood + 16
    assert (entries["free_parameters"], entries["n_points"]) == (8, 100)
    assert entries["total_weight"] == run.cloud.total_weight != 100
    assert entries["columns"] == ["größe", "b"]
    assert [entries[name] for name in ("tolerance", "max_iterations")] == [1e-4, 70]
    assert entries["variance_floor"] == 1e-3


def test_a_step_before_the_last_has_its_own_figures_and_no_reason() -> None:
    run = run_on(1)
    step = run.steps[1]
    entries = json.loads(parameters_json(Result.of(run.cloud, run.configuration, step)))
    assert entries["stop_reason"] is None
    assert entries["iterations"] == 1
    assert entries["log_likelihood"] == step.log_likelihood < run.log_likelihood
    assert entries["bic"] > run.bic
    assert entries["means"] == step.mixture.means.tolist()


def test_json_names_the_degenerate_component() -> None:
    run = run_on(2)
    stop = Stop("degenerate", 1)
    result = Result.of(run.cloud, run.configuration, run.steps[-1], stop)
    entries = json.loads(parameters_json(result))
    assert (entries["stop_reason"], entries["degenerate_component"]) == ("degenerate", 2)


def test_json_names_the_rule_and_what_is_locked() -> None:
    points = np.random.default_rng(0).standard_normal((40, 2))
    configuration = Configuration(
        rule="classification", random_state=4, locked=(0, 2), max_iterations=2
    )
    run = fit(points, 3, rule="classification", random_state=4, locked=(0, 2), max_iterations=2)
    result = Result.of(run.cloud, configuration, run.steps[-1], run.stop)
    assert result.free_parameters == run.free_parameters == 5
    written = json.loads(parameters_json(result))
    assert (written["rule"], written["random_state"]) == ("classification", 4)
    assert written["objective"] == run.steps[-1].objective
    assert written["locked"] == [1, 3]
    assert written["free_parameters"] == 5
    plain = fit(points, 3, max_iterations=2)
    written = json.loads(
        parameters_json(Result.of(plain.cloud, plain.configuration, plain.steps[0]))
    )
    assert not {"rule", "random_state", "objective", "locked"} & written.keys()


def test_every_event_can_be_printed() -> None:
    mixture = Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[1.0]]])
    events = tuple(Event(kind, 1) for kind in ("floor", "emptied", "jittered", "merged", "split"))
    events += tuple(Event(kind) for kind in ("fell", "cooled", "accepted", "taken_back"))
    assert {event.kind for event in events} == {*get_args(EventKind)}
    cloud = PointCloud(np.arange(9.0))
    run = Run(cloud, Configuration(), (Step(0, mixture, -1.0, events),), Stop("converged"))
    printed = report(run, Result.of(cloud, run.configuration, run.steps[0], run.stop))
    assert "Component 2 was merged at iteration 0.\n" in printed
    assert "\nA move was taken back at iteration 0.\n" in printed
    assert "\nThe log-likelihood fell at iteration 0.\n" in printed


def test_a_name_that_utf_8_cannot_say_is_escaped(tmp_path: Path) -> None:
    mixture = Mixture([1], [[0]], [[[1]]])  # type: ignore[arg-type]
    write_mixture(tmp_path / "m.json", mixture, ["\udc80"])
    assert json.loads((tmp_path / "m.json").read_bytes())["columns"] == ["\udc80"]


@pytest.mark.parametrize("d", [1, 2])
def test_csv_has_a_row_for_each_component(tmp_path: Path, d: int) -> None:
    run = run_on(d)
    write_parameters(tmp_path / "p.CSV", last(run))
    text = (tmp_path / "p.CSV").read_bytes().decode()
    assert text == parameters_csv(run.mixture)
    header, *rows = csv.reader(text.splitlines())
    upper = {1: "covariance_11", 2: "covariance_11,covariance_12,covariance_22"}[d]
    means = {1: "mean_1", 2: "mean_1,mean_2"}[d]
    assert ",".join(header) == f"component,weight,{means},{upper}"
    for j, row in enumerate(rows):
        matrix = run.mixture.covariances[j]
        expected = [j + 1, run.mixture.weights[j], *run.mixture.means[j]]
        assert [float(cell) for cell in row] == [*expected, *matrix[np.triu_indices(d)]]
    assert len(rows) == 2
    assert row[0] == "2"


@pytest.mark.parametrize("d", [1, 2])
def test_trace_has_a_row_for_each_step(tmp_path: Path, d: int) -> None:
    run = run_on(d)
    write_trace(tmp_path / "t.csv", last(run), iter(run.steps))
    text = (tmp_path / "t.csv").read_text()
    assert text == "".join(trace_csv(run.steps))
    header, *rows = csv.reader(text.splitlines())
    one = {
        1: "weight_{j},mean_{j}_1,covariance_{j}_11",
        2: "weight_{j},mean_{j}_1,mean_{j}_2,covariance_{j}_11,covariance_{j}_12,covariance_{j}_22",
    }[d]
    names = "iteration,log_likelihood," + ",".join(one.format(j=j) for j in (1, 2))
    assert ",".join(header) == names
    assert [row[0] for row in rows] == [str(t) for t in range(run.iterations + 1)]
    for row, step in zip(rows, run.steps, strict=True):
        expected = [float(step.index), step.log_likelihood]
        for j in range(2):
            expected += [step.mixture.weights[j], *step.mixture.means[j]]
            expected += [*step.mixture.covariances[j][np.triu_indices(d)]]
        assert [float(cell) for cell in row] == expected


def test_other_formats_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    result = last(run_on(1))
    for name, said in (("p.txt", ".txt"), ("p", "without a suffix"), (".json", "without")):
        with pytest.raises(InputError, match=said):
            write_parameters(tmp_path / name, result)
    assert list(tmp_path.iterdir()) == []
    assert [check_format(name) for name in ("a.json", "a.b.Csv")] == ["json", "csv"]


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        write_parameters(tmp_path / "none" / "p.json", last(run_on(1)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mixture=mixtures())
def test_a_mixture_survives_the_round_trip(tmp_path: Path, mixture: Mixture) -> None:
    write_mixture(tmp_path / "m.json", mixture, ("x", "y")[: mixture.d])
    back = read_start(tmp_path / "m.json")
    for name in ("weights", "means", "covariances"):
        assert np.array_equal(getattr(back, name), getattr(mixture, name))


def test_a_run_goes_on_from_its_file(tmp_path: Path) -> None:
    run = run_on(2, max_iterations=4)
    write_parameters(tmp_path / "p.json", last(run))
    start = read_start(str(tmp_path / "p.json"))
    step = next(iterate(run.cloud, start, Configuration()))
    assert step.log_likelihood == pytest.approx(run.log_likelihood, rel=1e-12)


def test_equal_means_may_be_in_a_file(tmp_path: Path) -> None:
    content = GOOD | {"means": [[1, 1], [1, 1]]}
    (tmp_path / "s.json").write_text(json.dumps(content))
    assert read_start(tmp_path / "s.json").means.tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(mixture_json(Mixture(**GOOD), ("x", "y")), encoding=encoding)
    assert read_start(path).k == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not valid JSON"),
        (b"{", "line 1, column 2"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"\x80{}", "not a text file"),
        (b"[]", "object with weights"),
        (b"null", "object with weights"),
        (b"{}", '"weights" is missing'),
        (b'{"weights": [1e999]}', '"means" is missing'),
        (b'{"weights": [NaN]}', "NaN is not a number"),
        (b'{"weights": [-Infinity]}', "-Infinity is not"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"weights": ' * 100_000, "nested too deep"),
        (b" " * (parameters.LARGEST_START_FILE + 1), "too large"),
    ],
)
def test_what_is_no_start_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_start(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weights": 1}, "weights must be a list, not a number"),
        ({"weights": []}, "weights is empty"),
        ({"weights": [1]}, "means must be a list of 1, not of 2"),
        ({"weights": [0.25, "0.75"]}, "weights, number 2 must be a number, not a text"),
        ({"weights": [True, 0]}, "weights, number 1 must be a number, not true or false"),
        ({"weights": [-0.25, 1.25]}, "must not be negative"),
        ({"weights": [0.25, 0.5]}, "sum to 1"),
        ({"weights": [10**400, 0]}, "weights, number 1 is too large"),
        ({"means": None}, "means must be a list, not null"),
        ({"means": {}}, "means must be a list, not an object"),
        ({"means": [[1, 2], [3]]}, "mean 2 must be a list of 2, not of 1"),
        ({"means": [[1, 2], [[3], 4]]}, "mean 2, number 1 must be a number, not a list"),
        ({"means": [1, 2]}, "mean 1 must be a list, not a number"),
        ({"means": [[], []]}, "mean 1 is empty"),
        ({"means": [[1, 2, 3], [4, 5, 6]]}, "mean 1 must be a list of 1 or 2 numbers"),
        ({"means": [[1, 1e200], [4, 5]]}, "mean 1, number 2 is too large"),
        ({"means": [[1, 10**4000], [4, 5]]}, "mean 1, number 2 is too large"),
        ({"covariances": [1, 2]}, "covariance 1 must be a list, not a number"),
        ({"covariances": [[[1, 0], [0, 1]]]}, "covariances must be a list of 2, not of 1"),
        ({"covariances": [[[1, 0], [0, 1]], [[1, 0], [0]]]}, "covariance 2, row 2"),
        ({"covariances": [[[1, 0], [0, 1]], [[1, 0], [None, 1]]]}, "row 2, number 1"),
        ({"covariances": [[[1, 0], [0, 1]], [[1, 0.5], [0, 1]]]}, "Covariance 2 is not symmetric"),
        ({"covariances": [[[1, 2], [2, 1]], [[1, 0], [0, 1]]]}, "Covariance 1 is not positive"),
        ({"covariances": [[[1, 0], [0, 1]], [[0, 0], [0, 0]]]}, "Covariance 2 is not positive"),
    ],
)
def test_a_start_with_a_fault_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps(GOOD | change))
    with pytest.raises(InputError) as caught:
        read_start(path)
    assert said in str(caught.value)


def test_a_number_of_too_many_digits_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps(GOOD).replace("0.25", "9" * 5_000))
    with pytest.raises(InputError, match=r"too many digits|too large"):
        read_start(path)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path, "a\0b"):
        with pytest.raises(InputError, match="cannot be read"):
            read_start(path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_json_is_a_mixture_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = json.loads(json.dumps(GOOD))
    place: Any = content
    key: Any = data.draw(st.sampled_from(sorted(content)))
    while isinstance(place[key], list) and data.draw(st.booleans()):
        place, key = place[key], data.draw(st.sampled_from(range(len(place[key]))))
    place[key] = data.draw(VALUES)
    (tmp_path / "s.json").write_text(json.dumps(content))
    with contextlib.suppress(InputError):
        assert read_start(tmp_path / "s.json").k == 2
