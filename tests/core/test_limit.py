"""The accelerated way to rest, against EM that is left to run."""

from __future__ import annotations

import numpy as np
import pytest

from gmm_studio import Configuration, Mixture, PointCloud, draw_start, fit
from gmm_studio.core import kernel
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.limit import limit
from gmm_studio.core.mixture import COVARIANCES, Covariance
from tests.core.reference import read


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
def test_it_is_where_em_comes_to_rest(covariance: Covariance, d: int) -> None:
    cloud = PointCloud(read("faithful.csv")[:, :d])
    scale = kernel.standardize(cloud).scale
    for seed in (0, 2, 3):
        start = draw_start(cloud, "random-points", 3, seed)
        early = fit(cloud, start=start, covariance=covariance)
        rest = fit(
            cloud, start=start, covariance=covariance, tolerance=1e-11, max_iterations=20_000
        )
        mixture, log_likelihood = limit(cloud, early.mixture, Configuration(covariance))
        assert log_likelihood == pytest.approx(rest.log_likelihood, abs=1e-6 * cloud.n)
        assert abs(mixture.weights - rest.mixture.weights).max() < 1e-3
        assert abs(mixture.means - rest.mixture.means).max() < 3e-3 * scale
        assert abs(mixture.covariances - rest.mixture.covariances).max() < 3e-3 * scale**2


def test_it_may_rest_on_a_saddle_where_em_lingers() -> None:
    cloud = PointCloud(read("faithful.csv"))
    start = draw_start(cloud, "random-points", 3, 1)
    early = fit(cloud, start=start, covariance="tied")
    mixture, log_likelihood = limit(cloud, early.mixture, Configuration("tied"))
    assert log_likelihood == pytest.approx(early.log_likelihood, abs=0.1)
    next_step = fit(cloud, start=mixture, covariance="tied", tolerance=0, max_iterations=1)
    assert (
        abs(next_step.mixture.means - mixture.means).max() < 1e-3 * kernel.standardize(cloud).scale
    )


def test_it_takes_far_fewer_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = PointCloud(read("faithful.csv")[:, 0])
    start = draw_start(cloud, "random-points", 3, 0)
    passes = 0

    def counted(*arguments: object) -> kernel.Moments:
        nonlocal passes
        passes += 1
        return kernel.accumulate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("gmm_studio.core.limit.accumulate", counted)
    limit(cloud, start, Configuration())
    assert 3 * passes < fit(cloud, start=start, tolerance=1e-12).iterations


def test_it_never_ends_lower_and_keeps_over_the_floor() -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((60, 2))
    points[:20] = points[0]
    cloud = PointCloud(points, rng.integers(0, 3, size=60))
    unit = kernel.standardize(cloud).scale ** 2
    for seed in range(12):
        start = draw_start(cloud, "random-points", 4, seed)
        mixture, log_likelihood = limit(cloud, start, Configuration(variance_floor=1e-3))
        assert log_likelihood >= fit(cloud, start=start, variance_floor=1e-3).log_likelihood - 1
        assert np.linalg.eigvalsh(mixture.covariances).min() > 0.999e-3 * unit
        Mixture(mixture.weights, mixture.means, mixture.covariances)


def test_without_a_floor_it_stops_before_a_collapse() -> None:
    points = np.random.default_rng(1).standard_normal((30, 2))
    points[:6] = points[0]
    cloud = PointCloud(points)
    for seed in range(12):
        start = draw_start(cloud, "random-points", 4, seed)
        mixture, _ = limit(cloud, start, Configuration(variance_floor=0))
        Mixture(mixture.weights, mixture.means, mixture.covariances)


def test_locked_components_stay() -> None:
    cloud = PointCloud(read("faithful.csv"))
    start = draw_start(cloud, "random-points", 3, 0)
    mixture, _ = limit(cloud, start, Configuration(locked=(1,)))
    np.testing.assert_allclose(mixture.means[1], start.means[1], rtol=1e-9)
    np.testing.assert_allclose(mixture.covariances[1], start.covariances[1], rtol=1e-9)
    assert abs(mixture.means[0] - start.means[0]).max() > 0.1


def test_cancelling_raises() -> None:
    cloud = PointCloud(read("faithful.csv"))
    start = draw_start(cloud, "random-points", 3, 0)
    with pytest.raises(Cancelled):
        limit(cloud, start, Configuration(), cancelled=lambda: True)
