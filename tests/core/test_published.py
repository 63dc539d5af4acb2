"""Figures that others have published."""

from __future__ import annotations

import numpy as np
import pytest

from gmm_studio import Mixture, Run, fit
from gmm_studio.core.mixture import Covariance
from gmm_studio.core.starts import Method
from tests.core import reference


def best_of(
    k: int, covariance: Covariance, init: Method = "k-means++", starts: int = 10
) -> list[Run]:
    """Runs on Old Faithful, the best first."""
    points = reference.read("faithful.csv")
    runs = [
        fit(points, k, init=init, random_state=seed, covariance=covariance, tolerance=1e-10)
        for seed in range(starts)
    ]
    return sorted(runs, key=lambda run: -run.log_likelihood)


def test_old_faithful_tied() -> None:
    run = best_of(3, "tied")[0]
    assert run.log_likelihood == pytest.approx(-1126.3159, abs=5e-5)
    assert run.free_parameters == 11


def test_old_faithful_full() -> None:
    for run in best_of(2, "full"):
        assert run.log_likelihood == pytest.approx(-1130.2640, abs=5e-5)
        assert run.bic == pytest.approx(2322.192, abs=5e-4)
        assert run.free_parameters == 11


def test_old_faithful_has_several_optima_with_three_full_components() -> None:
    runs = best_of(3, "full", "random-points", 20) + best_of(3, "full", "k-means", 5)
    optima = {round(run.log_likelihood, 2) for run in runs if run.converged}
    assert optima >= {-1119.21, -1119.64, -1114.44}


def test_two_normals() -> None:
    rng = np.random.default_rng(0)
    points = rng.permutation(np.concatenate([rng.normal(0, 1, 3000), rng.normal(5, 2, 7000)]))
    start = Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[1.0]]])
    run = fit(points, start=start, tolerance=0, max_iterations=100)
    for row in reference.read("two_normals_trace.csv"):
        mixture = run.steps[1 + int(row[0])].mixture
        assert mixture.weights == pytest.approx(row[1:3], abs=0.03)
        assert mixture.means[:, 0] == pytest.approx(row[[3, 5]], abs=0.15)
        assert mixture.covariances[:, 0, 0] == pytest.approx(row[[4, 6]], abs=0.25)
    assert run.mixture.weights == pytest.approx([0.3, 0.7], abs=0.03)
    assert run.mixture.means[:, 0] == pytest.approx([0, 5], abs=0.15)
    assert run.mixture.covariances[:, 0, 0] == pytest.approx([1, 4], abs=0.25)


@pytest.mark.parametrize("init", ["k-means", "k-means++", "random-points"])
def test_a_series_with_ties(init: Method) -> None:
    """K-means starts give one result nearly every time; starts at random points do not."""
    points = reference.read("series_50.csv")
    runs = [fit(points, 3, init=init, random_state=seed) for seed in range(20)]
    optima = {round(run.log_likelihood, 3) for run in runs}
    assert len(optima) <= 2 if init == "k-means" else len(optima) >= 2
