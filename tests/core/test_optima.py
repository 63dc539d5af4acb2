"""Ends of runs are gathered into the optima that they reach."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import binomtest

from gmm_studio import Configuration, Mixture, PointCloud, draw_start, iterate, seeded_start
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.em import Stop
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.many import End, end_many
from gmm_studio.core.optima import Gathering, Optimum, Tolerance, wilson
from tests.core.reference import read


def gathered(
    cloud: PointCloud, k: int, runs: int, configuration: Configuration
) -> tuple[Gathering, list[End], list[int]]:
    starts = [
        draw_start(cloud, "random-points", k, i, configuration=configuration) for i in range(runs)
    ]
    gathering = Gathering(cloud, variance_floor=configuration.variance_floor)
    ends = list(end_many(cloud, starts, configuration))
    return gathering, ends, [gathering.add(end) for end in ends]


def heights(optima: tuple[Optimum, ...]) -> list[float]:
    return [optimum.log_likelihood for optimum in optima]


@pytest.mark.parametrize("tolerance", [1e-6, 1e-9])
def test_old_faithful_with_three_components_has_several(tolerance: float) -> None:
    cloud = PointCloud(read("faithful.csv"))
    gathering, ends, numbers = gathered(cloud, 3, 150, Configuration(tolerance=tolerance))
    optima = gathering.optima
    assert heights(optima) == pytest.approx([-1114.44, -1119.21, -1119.645, -1127.07], abs=0.01)
    assert [optimum.spurious for optimum in optima] == [""] * 4
    assert len(optima[1].members) > 0.75 * 150
    assert sorted(i for optimum in optima for i in optimum.members) == list(range(150))
    for optimum in optima:
        own = [end for end in ends if end.index in optimum.members]
        assert optimum.log_likelihood == max(end.log_likelihood for end in own)
        assert optimum.mean_iterations == pytest.approx(np.mean([end.iterations for end in own]))
        assert {numbers[ends.index(end)] for end in own} == {optimum.number}


def test_every_optimum_is_one_that_iterating_on_tells_apart() -> None:
    cloud = PointCloud(read("faithful.csv"))
    gathering, ends, numbers = gathered(cloud, 4, 100, Configuration())
    on = Configuration(tolerance=1e-13, max_iterations=20_000)
    exact = Gathering(cloud, Tolerance(1e-7, 3e-3))
    final = sorted(end_many(cloud, [end.mixture for end in ends], on), key=lambda end: end.index)
    truth = [exact.add(replace(end, configuration=None)) for end in final]
    assert len(gathering.optima) == len(exact.optima) == len(set(zip(truth, numbers, strict=True)))


def end_at(mixture: Mixture, log_likelihood: float = -1.0, stop: Stop | None = None) -> End:
    return End(0, mixture, log_likelihood, 5, stop or Stop("converged"), mixture)


def plain(means: FloatArray, weights: FloatArray | None = None) -> Mixture:
    k, d = means.shape
    return Mixture(np.full(k, 1 / k) if weights is None else weights, means, [np.eye(d)] * k)


@pytest.mark.parametrize("d", [1, 2])
def test_the_order_of_components_counts_for_nothing(d: int) -> None:
    rng = np.random.default_rng(0)
    cloud = PointCloud(rng.standard_normal((100, d)))
    means, weights = rng.standard_normal((4, d)), np.array([0.1, 0.2, 0.3, 0.4])
    gathering = Gathering(cloud)
    for order in permutations(range(4)):
        places = means[list(order)] + 1e-4 * rng.standard_normal((4, d))
        assert gathering.add(end_at(plain(places, weights[list(order)]))) == 0
    swapped = weights[[1, 0, 2, 3]]
    assert gathering.add(end_at(plain(means, swapped))) == 1


def test_components_that_coincide_are_matched_one_to_one() -> None:
    cloud = PointCloud(np.random.default_rng(0).standard_normal((100, 1)))
    gathering = Gathering(cloud)
    assert gathering.add(end_at(plain(np.array([[0.0], [0.008], [0.016]])))) == 0
    assert gathering.add(end_at(plain(np.array([[0.008], [0.0], [0.008]])))) == 0
    assert gathering.add(end_at(plain(np.array([[0.0], [0.0], [0.0]])))) == 1


def test_both_tolerances_must_hold() -> None:
    points = 7 * np.random.default_rng(0).standard_normal((100, 2))
    cloud = PointCloud(points)
    scale = np.sqrt(points.var(axis=0).mean())
    means = np.array([[0.0, 0.0], [9.0, 9.0]])
    gathering = Gathering(cloud, Tolerance(1e-3, 1e-2))
    assert gathering.add(end_at(plain(means), -500)) == 0
    assert gathering.add(end_at(plain(means), -500.09)) == 0
    assert gathering.add(end_at(plain(means), -500.11)) == 1
    assert gathering.add(end_at(plain(means + np.array([[0.009 * scale, 0], [0, 0]])), -500)) == 0
    assert gathering.add(end_at(plain(means + np.array([[0, 0.011 * scale], [0, 0]])), -500)) == 2
    assert gathering.add(end_at(plain(means[:1], np.ones(1)), -500)) == 3


def test_numbers_stay_while_the_order_by_likelihood_changes() -> None:
    cloud = PointCloud(np.random.default_rng(0).standard_normal((100, 1)))
    gathering = Gathering(cloud)
    for number, height in enumerate([-30.0, -10.0, -20.0]):
        assert gathering.add(end_at(plain(np.zeros((1, 1))), height)) == number
    assert [optimum.number for optimum in gathering.optima] == [1, 2, 0]
    assert heights(gathering.numbered) == [-30, -10, -20]


def test_a_component_on_a_few_points_is_spurious() -> None:
    rng = np.random.default_rng(4)
    points = rng.standard_normal((80, 2))
    points[:3] = [[8, 8], [8.2, 8.1], [8.1, 8.4]]
    cloud = PointCloud(points)
    configuration = Configuration(tolerance=1e-10)
    start = seeded_start(cloud, [[8, 8], [0, 0]], configuration)
    (end,) = end_many(cloud, [start], configuration)
    assert end.mixture.weights[0] * 80 == pytest.approx(3, abs=0.01)
    gathering = Gathering(cloud)
    gathering.add(end)
    ordinary = end_at(plain(np.zeros((2, 2))), end.log_likelihood - 100)
    gathering.add(ordinary)
    assert [optimum.spurious for optimum in gathering.optima] == ["", "few"]


def test_a_covariance_at_the_floor_or_collapsed_is_spurious() -> None:
    points = np.random.default_rng(4).standard_normal((80, 2))
    points[:12] = [5, 5]
    cloud = PointCloud(points)
    for floor, reason in ((1e-6, "converged"), (0.0, "degenerate")):
        configuration = Configuration(tolerance=1e-9, variance_floor=floor)
        starts = [seeded_start(cloud, [[x, 5], [0, 0]], configuration) for x in (4.0, 5.0, 6.0)]
        gathering = Gathering(cloud, variance_floor=floor)
        for end in end_many(cloud, starts, configuration):
            assert end.stop.reason == reason
            assert gathering.add(end) == 0
        assert [optimum.spurious for optimum in gathering.optima] == ["collapsed"]


def test_an_emptied_component_is_spurious_wherever_it_was_left() -> None:
    cloud = PointCloud(np.random.default_rng(4).standard_normal((80, 2)))
    configuration = Configuration(tolerance=1e-9)
    starts = [Mixture([0.7, 0.3], [[0, 0], [x, x]], [np.eye(2), np.eye(2)]) for x in (500.0, 900.0)]
    gathering = Gathering(cloud)
    assert {gathering.add(end) for end in end_many(cloud, starts, configuration)} == {0}
    assert [optimum.spurious for optimum in gathering.optima] == ["emptied"]


@pytest.mark.parametrize("seed", range(5))
def test_two_seeds_in_one_of_three_clusters_far_apart_stay_stuck(seed: int) -> None:
    """Jin et al. 2016, Local maxima in the likelihood of Gaussian mixture models."""
    rng = np.random.default_rng(seed)
    centres = 20 * np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])
    cloud = PointCloud(np.repeat(centres, 200, axis=0) + rng.standard_normal((600, 2)))
    between = (centres[1] + centres[2]) / 2
    stuck = np.array([centres[0] + [-1, 0], centres[0] + [1, 0], between])
    tight = Mixture(np.full(3, 1 / 3), stuck, [np.eye(2), np.eye(2), 100 * np.eye(2)])
    good = Mixture(np.full(3, 1 / 3), centres, [np.eye(2)] * 3)
    configuration = Configuration(tolerance=1e-8, max_iterations=5000)
    gathering = Gathering(cloud)
    ends = sorted(end_many(cloud, [good, tight], configuration), key=lambda end: end.index)
    numbers = [gathering.add(end) for end in ends]
    assert numbers[0] != numbers[1]
    best, bad = gathering.optima
    assert best.members == (0,)
    assert best.log_likelihood > bad.log_likelihood + 500
    from_centre = np.linalg.norm(bad.mixture.means - centres[0], axis=1)
    assert (from_centre < 4).sum() == 2


def test_ends_of_other_rules_are_taken_as_they_are() -> None:
    cloud = PointCloud(read("faithful.csv"))
    start = draw_start(cloud, "random-points", 3, 0)
    *_, last = iterate(cloud, start, Configuration(max_iterations=3))
    (rest,) = end_many(cloud, [start], Configuration(tolerance=1e-12, max_iterations=9000))
    early = End(1, last.mixture, last.log_likelihood, 3, Stop("iteration_limit"), start)
    for configuration, count in ((Configuration(), 1), (Configuration(rule="classification"), 2)):
        gathering = Gathering(cloud)
        gathering.add(rest)
        gathering.add(replace(early, configuration=configuration))
        assert len(gathering.optima) == count
        assert gathering.optima[0].mixture is rest.mixture


def test_cancelling_raises_and_leaves_the_end_out() -> None:
    cloud = PointCloud(read("faithful.csv"))
    (end,) = end_many(cloud, [draw_start(cloud, "random-points", 3, 0)], Configuration())
    gathering = Gathering(cloud)
    with pytest.raises(Cancelled):
        gathering.add(end, lambda: True)
    assert gathering.optima == ()
    gathering.add(end)
    assert gathering.optima[0].members == (0,)


@pytest.mark.parametrize(("successes", "runs"), [(0, 10), (1, 10), (42, 100), (100, 100), (3, 3)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_the_interval_of_a_rate_is_wilsons(successes: int, runs: int, confidence: float) -> None:
    expected = binomtest(successes, runs).proportion_ci(confidence, method="wilson")
    assert wilson(successes, runs, confidence) == pytest.approx((expected.low, expected.high))


def test_nothing_is_known_without_a_run() -> None:
    assert wilson(0, 0) == (0, 1)
