"""The numbers behind the curves, against plain loops over the steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import Event, Run, Step, fit
from gmm_studio.core.mixture import Covariance, Mixture
from gmm_studio.gui.curves.series import History, changes, decimated, distances

ONE = Mixture([1.0], [[0.0]], [[[1.0]]])


def a_run(**options: object) -> Run:
    rng = np.random.default_rng(2)
    points = np.concatenate([rng.normal(0, 1, (150, 2)), rng.normal(3, 1, (50, 2))])
    weights = rng.integers(1, 4, 200)
    cloud = PointCloud(points, weights)
    return fit(cloud, 3, init="random-points", **options)  # type: ignore[arg-type]


def test_a_history_holds_what_the_steps_hold_however_they_come() -> None:
    run = a_run()
    steps: list[Step] = []
    history = History(steps)
    sizes = [1, 1, 3, 70, 1000]
    taken = 0
    for size in sizes:
        steps += run.steps[taken : taken + size]
        taken += size
        assert len(history) == len(steps)
        assert history.log_likelihoods.tolist() == [step.log_likelihood for step in steps]
        assert history.weights.tolist() == [step.mixture.weights.tolist() for step in steps]
        assert history.means.tolist() == [step.mixture.means.tolist() for step in steps]
        expected = [
            [float(np.linalg.eigvalsh(matrix)[0]) for matrix in step.mixture.covariances]
            for step in steps
        ]
        assert history.smallest == pytest.approx(np.array(expected), rel=1e-9)
        low, high = history.means_box
        every = np.concatenate([step.mixture.means for step in steps])
        assert low.tolist() == every.min(axis=0).tolist()
        assert high.tolist() == every.max(axis=0).tolist()


def test_what_is_not_finite_is_absent() -> None:
    values = [-np.inf, -3.0, np.nan, np.inf, -2.0]
    history = History([Step(t, ONE, value) for t, value in enumerate(values)])
    assert history.log_likelihoods == pytest.approx([np.nan, -3, np.nan, np.nan, -2], nan_ok=True)


def test_news_are_events_that_the_step_before_did_not_have() -> None:
    floor, fell = Event("floor", 0), Event("fell")
    events: list[tuple[Event, ...]] = [(), (floor,), (floor,), (), (floor,), (floor, fell)]
    steps = [Step(t, ONE, float(t), those) for t, those in enumerate(events)]
    history = History(steps[:3])
    assert history.news == [1]
    history = History(steps)
    assert history.news == [1, 4, 5]
    assert history.news == [1, 4, 5], "asked again"


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("values", "stop"),
    [
        ([-10.0, -9.0, -8.0], None),
        ([-10.0, -9.0, -8.9995, -8.0], 3),
        ([-10.0, -9.9999], 2),
        ([-10.0, -10.5, -1.0], 2),
        ([-10.0], None),
        ([-10.0, -9.0, -8.0, -7.0, -6.9999], 5),
    ],
)
def test_where_scikit_learn_would_stop(
    values: list[float], stop: int | None, at_once: bool
) -> None:
    steps: list[Step] = []
    history = History(steps)
    for t, value in enumerate(values):
        steps.append(Step(t, ONE, value))
        if not at_once:
            history.scikit_learn_stop(1.0)
    assert history.scikit_learn_stop(1.0) == stop
    pairs = [t for t in range(2, len(values) + 1) if values[t - 1] - values[t - 2] < 1e-3]
    assert (pairs[0] if pairs else None) == stop


@pytest.mark.parametrize("unit", [1e-140, 1e140])
def test_eigenvalues_in_any_unit(unit: float) -> None:
    run = a_run()
    mixtures = [step.mixture for step in run.steps]
    grown = [Mixture(m.weights, unit * m.means, unit**2 * m.covariances) for m in mixtures]
    history = History([Step(t, mixture, 0.0) for t, mixture in enumerate(grown)])
    expected = np.linalg.eigvalsh([m.covariances for m in mixtures])[..., 0]
    assert history.smallest / unit**2 == pytest.approx(expected, rel=1e-9)


def test_distances_leave_out_the_end_and_what_is_above_it() -> None:
    values = np.array([-10.0, -4.0, -2.0, -2.5, -3.0, -3.0])
    assert distances(values, ended=True) == pytest.approx([7, 1] + [np.nan] * 4, nan_ok=True)
    best = [8, 2, np.nan, 0.5, 1, 1]
    assert distances(values, ended=False) == pytest.approx(best, nan_ok=True)


def test_changes_are_per_point_and_absent_where_there_are_none() -> None:
    values = np.array([-10.0, -4.0, -4.0, -5.0])
    assert changes(values, 2.0) == pytest.approx([np.nan, 3, np.nan, 0.5], nan_ok=True)
    assert np.isnan(changes(values[:1], 2.0)).all()


@pytest.mark.parametrize("covariance", ["full", "tied", "diagonal", "spherical"])
def test_the_floor_is_known_without_the_points(covariance: Covariance) -> None:
    run = a_run(covariance=covariance)
    points, weights = run.cloud.points, run.cloud.weights
    mean = np.average(points, axis=0, weights=weights)
    variance = np.average((points - mean) ** 2, axis=0, weights=weights).mean()
    level = History(run.steps).floor_level(1e-3)
    assert level == pytest.approx(1e-3 * variance, rel=1e-9)


def test_a_floor_that_is_touched_at_once_is_what_was_touched() -> None:
    points = np.concatenate([np.zeros((30, 2)), np.random.default_rng(0).normal(9, 1, (60, 2))])
    run = fit(points, 2, variance_floor=0.2)
    assert any(step.events for step in run.steps[:2])
    level = History(run.steps).floor_level(0.2)
    assert level == pytest.approx(0.2 * points.var(axis=0).mean(), rel=1e-9)


def test_without_a_floor_or_a_step_there_is_no_level() -> None:
    run = a_run()
    assert History(run.steps).floor_level(0.0) is None
    assert History(run.steps[:1]).floor_level(1e-6) is None
    assert History([]).floor_level(1e-6) is None


@given(
    st.integers(1, 3000), st.integers(1, 3), st.integers(1, 40), st.floats(0, 1), st.floats(0, 1)
)
def test_decimated_curves_reach_as_high_and_as_low(
    n: int, m: int, columns: int, begin: float, end: float
) -> None:
    values = np.random.default_rng(n).normal(size=(n, m))
    first = int(begin * (n - 1))
    last = first + int(end * (n - 1 - first))
    indices, points = decimated(values, first, last, columns)
    assert indices.shape == (len(points),)
    assert points.shape[1] == m
    assert (np.diff(indices) >= 0).all()
    assert (indices[0], indices[-1]) == (first, last)
    inside = values[first : last + 1]
    assert points.min(axis=0).tolist() == inside.min(axis=0).tolist()
    assert points.max(axis=0).tolist() == inside.max(axis=0).tolist()
    assert len(points) <= max(4 * columns + 4, 8)


def test_few_steps_are_taken_as_they_are_and_absent_ones_stay_absent() -> None:
    values = np.array([[1.0], [np.nan], [3.0]])
    indices, points = decimated(values, 0, 10, 20)
    assert indices.tolist() == [0, 1, 2]
    assert points == pytest.approx(values, nan_ok=True)
    gap = np.full((1000, 1), np.nan)
    gap[:100] = 1.0
    _, points = decimated(gap, 0, 999, 10)
    assert np.isfinite(points[0, 0])
    assert np.isnan(points[-1, 0])
    assert len(decimated(values, 5, 9, 20)[0]) == 0
