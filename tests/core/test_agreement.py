"""The fast EM against a plain one, and against scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from gmm_studio import Configuration, Mixture, PointCloud, Run, draw_start, fit, iterate
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import COVARIANCES, Covariance
from tests.core import reference
from tests.core.reference import assert_agree, assert_mixtures_agree

Scenario = Callable[[np.random.Generator, int], FloatArray]


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def clusters(rng: np.random.Generator, d: int) -> FloatArray:
    centres = 5 * rng.standard_normal((4, d))
    return centres[rng.integers(4, size=60)] + rng.standard_normal((60, d))


def ties(rng: np.random.Generator, d: int) -> FloatArray:
    points = clusters(rng, d)
    points[:7], points[7:15] = points[0], points[7]
    return points


def outliers(rng: np.random.Generator, d: int) -> FloatArray:
    points = clusters(rng, d)
    points[:2] = [[1e3] * d, [-2e4] * d]
    return points


def tiny(sigma: float) -> Scenario:
    def points(rng: np.random.Generator, d: int) -> FloatArray:
        result = clusters(rng, d)
        spread = float(np.sqrt(reference.mean_variance(result, np.ones(60))))
        result[:15] = result[0] + sigma * spread * rng.standard_normal((15, d))
        return result

    return points


SCENARIOS: dict[str, Scenario] = {
    "clusters": clusters,
    "ties": ties,
    "outliers": outliers,
    "sigma 1e-2": tiny(1e-2),
    "sigma 1e-3": tiny(1e-3),
    "sigma 1e-4": tiny(1e-4),
    "sigma 1e-5": tiny(1e-5),
    "sigma 3e-6": tiny(3e-6),
}


def assert_every_step_follows(
    points: FloatArray,
    weights: FloatArray | None,
    start: Mixture,
    configuration: Configuration,
) -> Run:
    """Each log-likelihood is its mixture's, and each mixture the plain M-step of the one before."""
    cloud = PointCloud(points, weights)
    run = fit(
        cloud,
        start=start,
        covariance=configuration.covariance,
        tolerance=0,
        max_iterations=configuration.max_iterations,
        variance_floor=configuration.variance_floor,
    )
    plain_weights = np.ones(len(points)) if weights is None else weights
    share = previous = None
    slack = reference.AGREEMENT
    for step in run.steps:
        if share is not None and previous is not None:
            expected = reference.m_step(
                points,
                plain_weights,
                share,
                previous,
                configuration.covariance,
                configuration.variance_floor,
            )
            assert_mixtures_agree(step.mixture, expected, 10 * slack)
        slack = max(slack, reference.slack(step.mixture))
        log_likelihood, share = reference.e_step(points, plain_weights, step.mixture)
        assert_agree(step.log_likelihood, log_likelihood, cloud.total_weight, slack)
        previous = step.mixture
    return run


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_steps_are_those_of_plain_em(
    scenario: str, d: int, covariance: Covariance, weighted: bool
) -> None:
    rng = np.random.default_rng(7)
    points = SCENARIOS[scenario](rng, d)
    weights = rng.integers(0, 4, size=len(points)).astype(float) if weighted else None
    if weights is not None:
        weights[0] = 1
    for k, floor in ((4, 0.0), (3, 1e-6), (2, 1e-2)):
        configuration = Configuration(covariance, 0, 14, floor)
        start = draw_start(PointCloud(points, weights), "random-points", k, k, configuration)
        assert_every_step_follows(points, weights, start, configuration)


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("sigma", [1e-2, 1e-3, 1e-4, 1e-5, 3e-6])
def test_starts_with_narrow_components(sigma: float, d: int, covariance: Covariance) -> None:
    rng = np.random.default_rng(3)
    points = tiny(sigma)(rng, d)
    spread = reference.mean_variance(points, np.ones(60))
    means = points[[0, 30, 45]] + sigma * np.sqrt(spread)
    covariances = spread * np.array([sigma**2, 1.0, 0.5])[:, None, None] * np.eye(d)
    start = Mixture([0.2, 0.5, 0.3], means, covariances)
    assert_every_step_follows(points, None, start, Configuration(covariance, 0, 8, 0))


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
def test_a_component_that_shrinks_in_one_step_keeps_its_digits(
    d: int, covariance: Covariance
) -> None:
    rng = np.random.default_rng(2)
    points = 3e-6 * rng.standard_normal((40, d))
    points[:20, 0] += 1
    points[20:, 0] -= 1
    start = Mixture([0.5, 0.5], [[1.1] + [0.0] * (d - 1), [-1.0] * d], [0.03 * np.eye(d)] * 2)
    run = assert_every_step_follows(points, None, start, Configuration(covariance, 0, 1, 0))
    assert run.mixture.covariances.max() < 1e-10


@pytest.mark.parametrize("d", [1, 2])
def test_points_far_below_the_smallest_density(d: int) -> None:
    rng = np.random.default_rng(5)
    points = clusters(rng, d)
    points[:3] = [[600.0] * d, [601.0] * d, [-900.0] * d]
    start = Mixture([0.5, 0.5], [[1.0] * d, [-1.0] * d], [0.01 * np.eye(d)] * 2)
    _, share = reference.e_step(points, np.ones(60), start)
    assert np.isfinite(share).all()
    run = assert_every_step_follows(points, None, start, Configuration(variance_floor=0))
    assert run.iterations > 1


def test_a_collapse_is_followed_to_its_last_step() -> None:
    points = reference.read("series_50.csv")
    ended = 0
    for seed in range(8):
        start = draw_start(PointCloud(points), "random-points", 5, seed)
        configuration = Configuration(max_iterations=60, variance_floor=0)
        run = assert_every_step_follows(points, None, start, configuration)
        ended += run.stop.reason == "degenerate"
    assert ended > 0


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
def test_a_whole_run_is_that_of_plain_em(d: int, covariance: Covariance) -> None:
    points = clusters(np.random.default_rng(11), d)
    configuration = Configuration(covariance, 0, 60)
    start = draw_start(PointCloud(points), "k-means++", 3, 1, configuration)
    mixture = start
    for step in iterate(points, start, configuration):
        log_likelihood, share = reference.e_step(points, np.ones(60), mixture)
        assert_agree(step.log_likelihood, log_likelihood, 60)
        assert_mixtures_agree(step.mixture, mixture, 1e-7)
        mixture = reference.m_step(points, np.ones(60), share, mixture, covariance, 1e-6)


SKLEARN = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}


def sklearn_fit(
    points: FloatArray, start: Mixture, covariance: Covariance, n: int
) -> GaussianMixture:
    precisions = np.linalg.inv(start.covariances)
    model = GaussianMixture(
        start.k,
        covariance_type=SKLEARN[covariance],
        tol=0,
        reg_covar=0,
        max_iter=n,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init={
            "full": precisions,
            "tied": precisions[0],
            "diagonal": np.diagonal(precisions, axis1=1, axis2=2),
            "spherical": precisions[:, 0, 0],
        }[covariance],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(points)


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize(("d", "k"), [(1, 2), (1, 3), (2, 2), (2, 3), (2, 6), (2, 10)])
def test_scikit_learn(d: int, k: int, covariance: Covariance) -> None:
    rng = np.random.default_rng(100 * d + k)
    centres = 4 * rng.standard_normal((k, d))
    points = centres[rng.integers(k, size=500)] + rng.standard_normal((500, d))
    configuration = Configuration(covariance, 0, 20, 0)
    start = draw_start(PointCloud(points), "k-means++", k, 0, configuration)
    ours = list(islice(iterate(points, start, configuration), 21))[-1]
    model = sklearn_fit(points, start, covariance, 20)
    assert_agree(ours.log_likelihood, model.score(points) * len(points), len(points))
    assert abs(ours.mixture.weights - model.weights_).max() < 1e-8
    assert abs(ours.mixture.means - model.means_).max() < 1e-7
