"""Many runs at once end as each of them does alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from gmm_studio import (
    Configuration,
    InputError,
    Mixture,
    PointCloud,
    Step,
    Stop,
    draw_start,
    iterate,
)
from gmm_studio.core import many
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.many import End, end_many
from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.core.starts import METHODS
from tests.core import reference

AGREEMENT = 1e-9


def alone(cloud: PointCloud, start: Mixture, configuration: Configuration) -> End:
    """What the plain iteration gives, as an end."""
    stop = Stop("cancelled")

    def steps() -> Iterator[Step]:
        nonlocal stop
        stop = yield from iterate(cloud, start, configuration)

    *_, last = steps()
    return End(0, last.mixture, last.log_likelihood, last.index, stop, start)


def assert_as_alone(
    cloud: PointCloud, starts: list[Mixture], configuration: Configuration
) -> list[End]:
    ends = sorted(end_many(cloud, starts, configuration), key=lambda end: end.index)
    assert [end.index for end in ends] == list(range(len(starts)))
    for end, start in zip(ends, starts, strict=True):
        single = alone(cloud, start, configuration)
        assert end.start is start
        assert end.configuration is configuration
        assert (end.iterations, end.stop) == (single.iterations, single.stop)
        size = max(abs(single.log_likelihood), cloud.total_weight)
        assert abs(end.log_likelihood - single.log_likelihood) <= AGREEMENT * size
        scale = np.sqrt(reference.mean_variance(cloud.points, weights_of(cloud)))
        for name, unit in (("weights", 1), ("means", scale), ("covariances", scale**2)):
            difference = getattr(end.mixture, name) - getattr(single.mixture, name)
            assert abs(difference).max() <= AGREEMENT * unit, name
    return ends


def weights_of(cloud: PointCloud) -> FloatArray:
    return np.ones(cloud.n) if cloud.weights is None else cloud.weights


def clusters(d: int, n: int = 150, seed: int = 3) -> FloatArray:
    rng = np.random.default_rng(seed)
    centres = 4 * rng.standard_normal((4, d))
    return centres[rng.integers(4, size=n)] + rng.standard_normal((n, d))


def starts_of(
    cloud: PointCloud, k: int, configuration: Configuration, count: int = 12
) -> list[Mixture]:
    return [
        draw_start(cloud, METHODS[i % 4], k, random_state=i, configuration=configuration)
        for i in range(count)
    ]


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("k", [1, 3, 9])
def test_each_run_ends_as_it_does_alone(
    k: int, d: int, covariance: Covariance, weighted: bool
) -> None:
    weights = np.random.default_rng(5).integers(0, 4, size=150) if weighted else None
    cloud = PointCloud(100 + 7 * clusters(d), weights)
    configuration = Configuration(covariance, 1e-7, 120, 1e-4)
    ends = assert_as_alone(cloud, starts_of(cloud, k, configuration), configuration)
    if k == 3:
        assert len({end.iterations for end in ends}) > 3


def test_runs_leave_at_their_own_iteration_and_others_come_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = PointCloud(clusters(2))
    monkeypatch.setattr(many, "DENSITIES", 5 * cloud.n * 3)
    configuration = Configuration(tolerance=1e-5, max_iterations=40)
    starts = starts_of(cloud, 3, configuration, 23)
    taken = 0

    def one_by_one() -> Iterator[Mixture]:
        nonlocal taken
        for start in starts:
            taken += 1
            yield start

    ends = []
    for end in end_many(cloud, one_by_one(), configuration):
        ends.append(end)
        assert taken <= len(ends) + 5
    assert taken == len(ends) == 23
    assert {end.stop.reason for end in ends} == {"converged", "iteration_limit"}
    assert_as_alone(cloud, starts, configuration)


def test_a_collapse_without_a_floor_ends_a_run_before_it() -> None:
    points = clusters(2, 40)
    points[:6] = points[0]
    cloud = PointCloud(points)
    configuration = Configuration(tolerance=1e-8, max_iterations=300, variance_floor=0)
    starts = [draw_start(cloud, "random-points", 6, i) for i in range(40)]
    ends = assert_as_alone(cloud, starts, configuration)
    reasons = [end.stop.reason for end in ends]
    assert reasons.count("degenerate") > 3
    assert reasons.count("converged") > 3


def test_runs_that_touch_the_floor_or_empty_end_as_they_do_alone() -> None:
    points = clusters(2, 60)
    points[:20] = points[0]
    cloud = PointCloud(points)
    configuration = Configuration(tolerance=1e-9, max_iterations=200)
    ends = assert_as_alone(cloud, starts_of(cloud, 5, configuration, 30), configuration)
    smallest = np.array([np.linalg.eigvalsh(end.mixture.covariances).min() for end in ends])
    assert (smallest < 1.001e-6 * reference.mean_variance(points, np.ones(60))).any()
    far = Mixture([0.4, 0.4, 0.2], [[0, 0], [3, 3], [900, 900]], np.tile(np.eye(2), (3, 1, 1)))
    (lonely,) = assert_as_alone(cloud, [far], configuration)
    assert lonely.mixture.weights[2] == 0


def test_narrow_components_keep_their_digits() -> None:
    rng = np.random.default_rng(2)
    points = clusters(2, 90)
    points[:30] = points[0] + 1e-5 * rng.standard_normal((30, 2))
    cloud = PointCloud(points)
    configuration = Configuration(tolerance=1e-7, max_iterations=150, variance_floor=1e-11)
    with threadpool_limits(1):
        assert_as_alone(cloud, starts_of(cloud, 3, configuration, 20), configuration)


def test_locked_components_and_other_rules_end_as_they_do_alone() -> None:
    cloud = PointCloud(clusters(2))
    locked = Configuration(max_iterations=60, locked=(0, 2))
    for end in assert_as_alone(cloud, starts_of(cloud, 4, locked, 6), locked):
        np.testing.assert_allclose(end.mixture.means[2], end.start.means[2], rtol=1e-12)
    hard = Configuration(rule="classification")
    for end in assert_as_alone(cloud, starts_of(cloud, 3, hard, 6), hard):
        assert end.configuration is hard


def test_clouds_of_several_blocks() -> None:
    cloud = PointCloud(clusters(2, 70_000))
    configuration = Configuration(max_iterations=6)
    assert_as_alone(cloud, starts_of(cloud, 3, configuration, 5), configuration)


def test_no_iterations_end_at_the_start() -> None:
    cloud = PointCloud(clusters(1))
    configuration = Configuration(max_iterations=0)
    ends = assert_as_alone(cloud, starts_of(cloud, 2, configuration, 3), configuration)
    assert {end.iterations for end in ends} == {0}
    assert list(end_many(cloud, [], configuration)) == []


def test_numbers_of_components_may_differ() -> None:
    cloud = PointCloud(clusters(2))
    starts = [draw_start(cloud, "k-means++", k, k) for k in (2, 2, 4, 1, 1, 3)]
    assert_as_alone(cloud, starts, Configuration())


def test_an_unusable_start_is_refused_as_it_is_alone() -> None:
    cloud = PointCloud(clusters(2))
    good = draw_start(cloud, "k-means++", 2)
    flat = Mixture([0.5, 0.5], [[0, 0], [1, 1]], [np.eye(2), 1e-30 * np.eye(2)])
    far = Mixture([0.5, 0.5], [[0, 0], [1e90, 1]], [np.eye(2), np.eye(2)])
    configuration = Configuration(variance_floor=0)
    for bad in (flat, far, draw_start(PointCloud(clusters(1)), "k-means++", 2)):
        with pytest.raises(InputError) as batched:
            list(end_many(cloud, [good, bad], configuration))
        with pytest.raises(InputError) as single:
            list(iterate(cloud, bad, configuration))
        assert str(batched.value) == str(single.value)


def after(asked: int) -> Callable[[], bool]:
    remaining = iter(range(asked))
    return lambda: next(remaining, None) is None


@pytest.mark.parametrize("asked", [0, 1, 7])
def test_cancelling_raises(asked: int) -> None:
    cloud = PointCloud(clusters(2))
    starts = starts_of(cloud, 3, Configuration(), 4)
    with pytest.raises(Cancelled):
        list(end_many(cloud, starts, Configuration(tolerance=0), cancelled=after(asked)))
