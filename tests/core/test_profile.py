"""The log-likelihood over the place of one mean, against the whole mixture moved there."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gmm_studio import Mixture, PointCloud, draw_start, fit
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.profile import seed_profile
from tests.core.reference import read


def plainly(
    cloud: PointCloud, mixture: Mixture, j: int, x: FloatArray, y: FloatArray
) -> FloatArray:
    weights = np.ones(cloud.n) if cloud.weights is None else cloud.weights
    result = np.empty((len(y), len(x)))
    for row, column in np.ndindex(result.shape):
        means = mixture.means.copy()
        means[j] = (x[column], y[row])[: cloud.d]
        moved = Mixture(mixture.weights, means, mixture.covariances)
        result[row, column] = weights @ moved.log_density(cloud.points)
    return result


def assert_profile(cloud: PointCloud, mixture: Mixture, j: int) -> None:
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    x = np.linspace(low[0] - 1, high[0] + 1, 11)
    y = np.linspace(low[1] - 9, high[1] + 9, 13) if cloud.d == 2 else np.zeros(1)
    ours = seed_profile(cloud, mixture, j, x, y)
    expected = plainly(cloud, mixture, j, x, y)
    assert ours.shape == (len(y), len(x))
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_it_is_the_sum_of_log_densities(k: int, d: int, weighted: bool) -> None:
    points = read("faithful.csv")[:, :d]
    weights = np.random.default_rng(0).integers(0, 3, size=len(points)) if weighted else None
    cloud = PointCloud(points, weights)
    mixture = fit(cloud, k, init="random-points", random_state=3, max_iterations=20).mixture
    for j in range(k):
        assert_profile(cloud, mixture, j)


def test_it_is_highest_at_the_mean_of_an_optimum() -> None:
    cloud = PointCloud(read("faithful.csv"))
    run = fit(cloud, 2, tolerance=1e-12)
    x = run.mixture.means[1, 0] + np.linspace(-0.5, 0.5, 21)
    y = run.mixture.means[1, 1] + np.linspace(-5, 5, 21)
    profile = seed_profile(cloud, run.mixture, 1, x, y)
    assert np.unravel_index(profile.argmax(), profile.shape) == (10, 10)
    assert profile[10, 10] == pytest.approx(run.log_likelihood, rel=1e-12)


def test_components_without_weight() -> None:
    cloud = PointCloud(read("faithful.csv"))
    total = np.cov(cloud.points.T)
    mixture = Mixture([1, 0], [[3, 70], [4, 80]], [total, total])
    assert_profile(cloud, mixture, 0)
    assert_profile(cloud, mixture, 1)


def test_narrow_components_far_from_the_origin_and_places_out_of_reach() -> None:
    rng = np.random.default_rng(1)
    cloud = PointCloud(1e6 + rng.standard_normal((3000, 2)))
    start = draw_start(cloud, "k-means++", 3)
    narrow = Mixture(start.weights, start.means, [np.eye(2), 1e-8 * np.eye(2), np.eye(2)])
    assert_profile(cloud, narrow, 1)
    far = seed_profile(cloud, narrow, 0, np.array([1e12]), np.array([1e6]))
    np.testing.assert_allclose(
        far, plainly(cloud, narrow, 0, np.array([1e12]), np.array([1e6])), rtol=1e-9
    )


def test_cancelling_raises() -> None:
    cloud = PointCloud(read("faithful.csv"))
    with pytest.raises(Cancelled):
        seed_profile(cloud, draw_start(cloud, "k-means", 2), 0, [1], [1], cancelled=lambda: True)


def test_a_place_costs_little_more_than_one_density_a_point() -> None:
    cloud = PointCloud(np.random.default_rng(0).standard_normal((2000, 2)))
    mixture = draw_start(cloud, "k-means", 8)
    grid = np.linspace(-2, 2, 20)
    seed_profile(cloud, mixture, 0, grid, grid)
    begin = time.thread_time()
    seed_profile(cloud, mixture, 0, grid, grid)
    ours = time.thread_time() - begin
    begin = time.thread_time()
    plainly(cloud, mixture, 0, grid[:5], grid[:4])
    assert ours < 0.5 * 20 * (time.thread_time() - begin)
