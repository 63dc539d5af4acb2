"""What a run does step by step: how it ends, what happens in it, and how it is cancelled."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from itertools import pairwise

import numpy as np
import pytest

from gmm_studio import (
    Cancelled,
    Configuration,
    Event,
    InputError,
    Mixture,
    PointCloud,
    Step,
    Stop,
    draw_start,
    fit,
    iterate,
)
from gmm_studio.core import kernel, threads
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import COVARIANCES, Covariance
from tests.core import reference


def collect(iteration: Generator[Step, None, Stop]) -> tuple[list[Step], Stop]:
    stops = []

    def drain() -> Iterator[Step]:
        stops.append((yield from iteration))

    return list(drain()), stops[0]


def pair(distance: float = 6.0, n: int = 200, d: int = 2) -> FloatArray:
    rng = np.random.default_rng(4)
    points = rng.standard_normal((n, d))
    points[: n // 2, 0] += distance
    return points


def kinds(step: Step) -> set[str]:
    return {event.kind for event in step.events}


class Countdown:
    """A `cancelled` that turns true after it was asked so often."""

    def __init__(self, patience: int) -> None:
        self.left = patience

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


# How a run ends


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6, 1e-9])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_converges_at_the_first_small_change(tolerance: float, weighted: bool) -> None:
    points = pair(3)
    weights = np.linspace(0, 3, len(points)) if weighted else None
    run = fit(points, 2, weights=weights, tolerance=tolerance)
    total = len(points) if weights is None else weights.sum()
    levels = [step.log_likelihood for step in run.steps]
    changes = [abs(after - before) / total for before, after in pairwise(levels)]
    assert run.stop == Stop("converged")
    assert run.converged
    assert changes[-1] < tolerance
    assert all(change >= tolerance for change in changes[:-1])
    assert run.iterations == len(run.steps) - 1 >= 1
    assert [step.index for step in run.steps] == list(range(len(run.steps)))


def test_a_start_that_is_the_end_takes_one_step() -> None:
    run = fit(pair(), 2, tolerance=1e-12)
    again = fit(pair(), start=run.mixture, tolerance=1e-6)
    assert again.iterations == 1
    assert again.stop == Stop("converged")


def test_one_component_takes_two_steps_to_be_seen_to_have_converged() -> None:
    start = Mixture([1.0], [[50.0, 0.0]], [np.eye(2)])
    run = fit(pair(), start=start)
    assert run.iterations == 2
    assert run.steps[1].log_likelihood == pytest.approx(run.steps[2].log_likelihood, rel=1e-14)


def test_tolerance_0_runs_to_the_limit() -> None:
    run = fit(pair(), 1, tolerance=0, max_iterations=30)
    assert run.iterations == 30
    assert run.stop == Stop("iteration_limit")


def test_no_iterations_leave_the_start() -> None:
    cloud = PointCloud(pair())
    start = draw_start(cloud, "k-means++", 2)
    run = fit(cloud, start=start, max_iterations=0)
    assert run.iterations == 0
    assert run.stop == Stop("iteration_limit")
    assert run.start is run.mixture
    reference.assert_mixtures_agree(run.start, start, 1e-13)


def test_convergence_at_the_limit_counts_as_convergence() -> None:
    run = fit(pair(), 2)
    assert fit(pair(), 2, max_iterations=run.iterations).stop == Stop("converged")
    assert fit(pair(), 2, max_iterations=run.iterations - 1).stop == Stop("iteration_limit")


def test_a_run_resumes_from_any_of_its_steps() -> None:
    run = fit(pair(2), 3, tolerance=0, max_iterations=12)
    rest = fit(pair(2), start=run.steps[5].mixture, tolerance=0, max_iterations=7)
    reference.assert_mixtures_agree(rest.mixture, run.mixture, 1e-10)


def test_rounded_weights_of_a_start_do_not_make_it_fall() -> None:
    run = fit(pair(), 2, tolerance=1e-12)
    weights = run.mixture.weights * (1 + 5e-7)
    again = fit(pair(), start=Mixture(weights, run.mixture.means, run.mixture.covariances))
    assert again.start.weights.sum() == pytest.approx(1, abs=1e-15)
    assert not any(step.events for step in again.steps)


# Collapse, the floor, empty components


def test_without_a_floor_ties_collapse() -> None:
    points = reference.read("series_50.csv")
    collapsed = 0
    for seed in range(20):
        run = fit(points, 5, init="random-points", random_state=seed, variance_floor=0)
        if run.stop.reason != "degenerate":
            assert run.stop.component is None
            continue
        collapsed += 1
        assert run.stop.component is not None
        mixture = run.mixture
        assert mixture.covariances.argmin() == run.stop.component
        assert mixture.covariances.min() >= 1e-12 * points.var()
        for values in (mixture.weights, mixture.means, mixture.covariances):
            assert np.isfinite(values).all()
        assert all(math.isfinite(step.log_likelihood) for step in run.steps)
    assert collapsed > 3


def test_the_floor_is_an_event_and_the_run_goes_on() -> None:
    points = reference.read("series_50.csv")
    floored = 0
    for seed in range(20):
        run = fit(points, 4, init="random-points", random_state=seed, tolerance=1e-12)
        assert run.converged
        for step in run.steps:
            variances = step.mixture.covariances[:, 0, 0] / points.var()
            assert (variances >= 1e-6 * (1 - 1e-9)).all()
            at_floor = np.flatnonzero(variances <= 1e-6 * (1 + 1e-9))
            assert step.events == tuple(Event("floor", int(j)) for j in at_floor)
            floored += bool(step.events)
        levels = [step.log_likelihood for step in run.steps]
        assert all(after >= before - 1e-9 * 50 for before, after in pairwise(levels))
    assert floored > 20


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_a_fit_off_the_floor_does_not_know_of_it(covariance: Covariance) -> None:
    with_floor = fit(pair(), 2, covariance=covariance)
    without = fit(pair(), 2, covariance=covariance, variance_floor=0)
    assert [step.log_likelihood for step in with_floor.steps] == [
        step.log_likelihood for step in without.steps
    ]


def test_a_floor_of_everything_fits_circles_of_the_mean_variance() -> None:
    points = pair() * [1, 3]
    run = fit(points, 3, variance_floor=1)
    values = np.linalg.eigvalsh(run.mixture.covariances)
    assert values.min() == pytest.approx(points.var(axis=0).mean())
    assert kinds(run.steps[-1]) == {"floor"}


@pytest.mark.parametrize("d", [1, 2])
def test_an_emptied_component_keeps_its_place(d: int) -> None:
    points = pair(d=d)
    means = [[6.0] + [0.0] * (d - 1), [0.0] * d, [500.0] * d]
    covariances = np.array([1.0, 1.0, 0.25])[:, None, None] * np.eye(d)
    start = Mixture([0.5, 0.5 - 1e-3, 1e-3], means, covariances)
    run = fit(points, start=start)
    assert run.converged
    assert run.steps[1].events == (Event("emptied", 2),)
    assert all(not step.events for step in run.steps[2:])
    for step in run.steps[1:]:
        assert step.mixture.weights[2] == 0
        assert step.mixture.means[2] == pytest.approx([500.0] * d)
        assert step.mixture.covariances[2] == pytest.approx(0.25 * np.eye(d))
    rest = fit(points, start=Mixture([0.5, 0.5], means[:2], covariances[:2]))
    assert run.log_likelihood == pytest.approx(rest.log_likelihood, rel=1e-9)


def test_an_emptied_component_touches_the_floor_once() -> None:
    means = [[6.0, 0.0], [0.0, 0.0], [500.0, 0.0]]
    covariances = np.array([1.0, 1.0, 1e-12])[:, None, None] * np.eye(2)
    run = fit(pair(), start=Mixture([0.5, 0.4, 0.1], means, covariances))
    assert run.steps[0].events == (Event("floor", 2),)
    assert run.steps[1].events == (Event("emptied", 2),)
    assert not any(step.events for step in run.steps[2:])


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_an_emptied_component_beside_a_far_outlier(covariance: Covariance) -> None:
    """The outlier underflows for all of the others, and still does not wake the empty one."""
    points = np.concatenate([pair(), [[4000.0, 0.0]]])
    means = [[6.0, 0.0], [0.0, 0.0], [4000.0, 10.0]]
    start = Mixture([0.5, 0.5, 0.0], means, [np.eye(2)] * 3)
    run = fit(points, start=start, covariance=covariance, max_iterations=20)
    assert run.mixture.weights[2] == 0
    assert not any(kinds(step) & {"emptied", "fell"} for step in run.steps)


def test_a_collapse_on_two_points_names_the_component() -> None:
    points = np.concatenate([pair(), [[40.0, 0.0], [40.0, 0.0]]])
    means = [[0.0, 0.0], [40.0, 0.01], [6.0, 0.0]]
    run = fit(points, start=Mixture([1 / 3] * 3, means, [np.eye(2)] * 3), variance_floor=0)
    assert run.stop == Stop("degenerate", 1)
    assert run.iterations == 0
    floored = fit(points, start=Mixture([1 / 3] * 3, means, [np.eye(2)] * 3))
    assert floored.converged
    assert Event("floor", 1) in floored.steps[1].events


def test_points_on_a_line_collapse_in_two_dimensions() -> None:
    line = np.column_stack([np.arange(20.0), np.arange(20.0)])
    start = Mixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    run = fit(line, start=start, variance_floor=0)
    assert run.stop == Stop("degenerate", 0)
    assert run.iterations == 0
    floored = fit(line, start=start)
    assert floored.converged
    assert Event("floor", 0) in floored.steps[-1].events


def test_huge_points_on_a_line() -> None:
    """A component far wider than the unit whose thin side is lost in rounding."""
    rng = np.random.default_rng(0)
    points = 1e-3 * rng.standard_normal((2000, 2))
    points[:3] = [[1.0, 1.0], [-3.0, -3.0], [7.0, 7.0]]
    means = [[0.0, 0.0], [2.0, 2.0]]
    start = Mixture([0.5, 0.5], means, [1e-6 * np.eye(2), 9 * np.eye(2)])
    for floor in (0.0, 1e-12, 1e-6):
        run = fit(points, start=start, variance_floor=floor)
        assert math.isfinite(run.log_likelihood)
        assert not any("fell" in kinds(step) for step in run.steps)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_a_constant_column(covariance: Covariance) -> None:
    points = np.column_stack([np.arange(30.0) ** 1.2, np.full(30, 7.0)])
    run = fit(points, 2, covariance=covariance)
    assert run.converged
    assert np.isfinite(run.log_likelihood)
    assert run.mixture.means[:, 1] == pytest.approx([7, 7])
    if covariance == "spherical":
        assert fit(points, 2, covariance=covariance, variance_floor=0).converged
    else:
        assert kinds(run.steps[1]) == {"floor"}
        with pytest.raises(InputError, match="Component 1 of the start has no spread"):
            fit(points, 2, covariance=covariance, variance_floor=0)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("k", [1, 2])
def test_two_points(d: int, k: int) -> None:
    run = fit([[0.0] * d, [1.0] * d], k)
    assert run.converged
    assert math.isfinite(run.log_likelihood)
    if k == 2:
        assert sorted(run.mixture.means[:, 0]) == pytest.approx([0, 1], abs=1e-6)


@pytest.mark.parametrize("points", [[3.0], [[1.0, 2.0]], [2.0] * 9, [[1.0, 2.0]] * 4, [1e140] * 3])
def test_all_points_at_one_place(points: list[float]) -> None:
    with pytest.raises(InputError, match="All points are at the same place"):
        fit(points, 1)


def test_all_points_of_any_weight_at_one_place() -> None:
    with pytest.raises(InputError, match="All points are at the same place"):
        fit([0.86, 0.86, 0.86, 1.0, 0.0], 1, weights=[0.6, 0.4, 0.5, 0, 0])


# Numbers at the ends of the range


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("size", [1e-140, 1e-100, 1e100, 1e149])
def test_numbers_of_any_size(size: float, covariance: Covariance) -> None:
    points = pair() / abs(pair()).max()
    plain = fit(points, 2, covariance=covariance)
    run = fit(points * size, 2, covariance=covariance)
    shift = -len(points) * 2 * math.log(size)
    assert run.iterations == plain.iterations
    assert run.log_likelihood == pytest.approx(plain.log_likelihood + shift, rel=1e-9)
    assert run.mixture.means == pytest.approx(plain.mixture.means * size, rel=1e-6)
    assert np.isfinite(run.mixture.log_density(points * size)).all()


def test_points_closer_together_than_numbers_can_tell() -> None:
    with pytest.raises(InputError, match="closer together"):
        fit([0.0, 1e-160, 3e-160], 1)


def test_one_huge_point_among_small_ones() -> None:
    points = np.append(np.linspace(-1, 1, 30), 1e150)
    run = fit(points, 2)
    assert math.isfinite(run.log_likelihood)


@pytest.mark.parametrize("wide", [1e145, 1e200, 1e300])
def test_starts_out_of_all_proportion(wide: float) -> None:
    far = Mixture([0.5, 0.5], [[0.0, 0.0], [0.0, wide]], [np.eye(2)] * 2)
    broad = Mixture([0.5, 0.5], [[0.0, 0.0], [0.0, 1.0]], [np.eye(2), wide * np.eye(2)])
    tiny = Mixture([0.5, 0.5], [[0.0, 0.0], [0.0, 1.0]], [np.eye(2), np.eye(2) / wide])
    for start in (far, broad):
        with pytest.raises(InputError, match="Component 2 of the start is out of all proportion"):
            fit(pair(), start=start)
    assert fit(pair(), start=tiny).steps[0].events == (Event("floor", 1),)
    with pytest.raises(InputError, match="Component 2 of the start has no spread"):
        fit(pair(), start=tiny, variance_floor=0)


@pytest.mark.parametrize("far", [1e3, 1e10, 1e60])
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_a_start_far_away_comes_back(far: float, covariance: Covariance) -> None:
    start = Mixture([0.5, 0.5], [[far, 0.0], [far, far]], [np.eye(2)] * 2)
    run = fit(pair(), start=start, covariance=covariance)
    assert np.isfinite(run.log_likelihood)
    assert abs(run.mixture.means[run.mixture.weights > 0]).max() < 10


def test_points_without_weight_may_be_far_away() -> None:
    points = np.concatenate([pair(), [[1e7, 0.0], [0.0, -1e7]]])
    weights = np.append(np.ones(200), [0, 0])
    run = fit(points, start=draw_start(PointCloud(pair()), "k-means++", 2), weights=weights)
    plain = fit(pair(), start=draw_start(PointCloud(pair()), "k-means++", 2))
    assert run.iterations == plain.iterations
    assert run.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)


@pytest.mark.parametrize("size", [1e-280, 1e-9, 1e9, 1e149])
def test_sample_weights_of_any_size(size: float) -> None:
    rng = np.random.default_rng(1)
    points = np.concatenate([pair(), [[100.0, 100.0]]])
    weights = rng.uniform(size=201)
    start = draw_start(PointCloud(points), "k-means++", 2)
    narrow = Mixture(start.weights, start.means, 0.01 * start.covariances)
    plain = fit(points, start=narrow, weights=weights)
    run = fit(points, start=narrow, weights=weights * size)
    assert run.iterations == plain.iterations
    assert run.log_likelihood / size == pytest.approx(plain.log_likelihood, rel=1e-9)


# Cancelling


def test_a_run_that_is_cancelled_ends_there() -> None:
    steps, stop = collect(iterate(pair(), draw_start(PointCloud(pair()), "k-means++", 2)))
    assert stop == Stop("converged")
    short, stop = collect(iterate(pair(), steps[0].mixture, cancelled=Countdown(4)))
    assert stop == Stop("cancelled")
    assert [step.log_likelihood for step in short] == pytest.approx(
        [step.log_likelihood for step in steps[:4]], rel=1e-12
    )


def test_fit_gives_what_there_was_before_it_was_cancelled() -> None:
    start = draw_start(PointCloud(pair()), "k-means++", 2)
    run = fit(pair(), start=start, cancelled=Countdown(3))
    assert run.stop == Stop("cancelled")
    assert len(run.steps) == 3
    with pytest.raises(Cancelled):
        fit(pair(), start=start, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        fit(pair(), 2, cancelled=lambda: True)


def test_the_second_look_at_a_component_that_shrinks_can_be_cancelled() -> None:
    points = np.repeat([0.0, 1.0], 20) + 1e-5 * np.random.default_rng(0).standard_normal(40)
    start = Mixture([0.5, 0.5], [[0.1], [1.0]], [[[0.01]], [[0.01]]])
    asked = Countdown(1)
    steps, stop = collect(iterate(points, start, Configuration(variance_floor=0), cancelled=asked))
    assert (len(steps), stop, asked.left) == (1, Stop("cancelled"), -1)
    steps, _ = collect(iterate(points, start, Configuration("full", 0, 1, 0)))
    assert steps[1].mixture.covariances.max() < 1e-8


def test_it_is_asked_before_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = PointCloud(pair(n=4 * kernel.BLOCK))
    start = Mixture([0.5, 0.5], [[0.0, 0.0], [6.0, 0.0]], [np.eye(2)] * 2)
    asked = Countdown(10**6)
    fit(cloud, start=start, max_iterations=2, cancelled=asked)
    assert 10**6 - asked.left == 3 * 4
    monkeypatch.setattr(threads, "processors", lambda: 1)
    middle_of_the_second_pass = Countdown(6)
    steps, stop = collect(iterate(cloud, start, cancelled=middle_of_the_second_pass))
    assert len(steps) == 1
    assert stop == Stop("cancelled")
    assert middle_of_the_second_pass.left == -1


# What cannot be begun


def test_starts_that_do_not_fit_the_cloud() -> None:
    line = Mixture([1.0], [[0.0]], [[[1.0]]])
    with pytest.raises(InputError, match="1 dimensions, the points have 2"):
        fit(pair(), start=line)
    many = Mixture([0.25] * 4, [[0.0], [1.0], [2.0], [3.0]], [[[1.0]]] * 4)
    with pytest.raises(InputError, match="4 components need at least 4 points; there are 3"):
        fit([1.0, 2.0, 4.0], start=many)
    with pytest.raises(InputError, match="1 components, not 2"):
        fit([1.0, 2.0], 2, start=line)
    with pytest.raises(InputError, match="give k, or a start"):
        fit([1.0, 2.0])


@pytest.mark.parametrize(
    "values",
    [
        {"covariance": "round"},
        {"tolerance": -1.0},
        {"tolerance": math.nan},
        {"tolerance": math.inf},
        {"max_iterations": -1},
        {"variance_floor": 1e-13},
        {"variance_floor": 2.0},
        {"variance_floor": math.nan},
    ],
)
def test_configurations_out_of_range(values: dict[str, object]) -> None:
    with pytest.raises(InputError):
        fit(pair(), 2, **values)


def test_equal_seeds_stay_together() -> None:
    start = Mixture([0.4, 0.6], [[1.0, 0.0]] * 2, [np.eye(2)] * 2)
    for step in iterate(pair(), start, Configuration(tolerance=0, max_iterations=20)):
        assert step.mixture.means[0] == pytest.approx(step.mixture.means[1])
        assert step.mixture.weights == pytest.approx([0.4, 0.6])
