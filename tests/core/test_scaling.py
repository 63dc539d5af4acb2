from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gmm_studio import InputError, Mixture, PointCloud, bic, fit, free_parameters, generate
from gmm_studio.core.grid import Grid
from gmm_studio.core.scaling import Scaling, scaled

POINTS = np.array([[1.0, 50.0], [3.0, 90.0], [2.0, 100.0]])
MIXTURE = Mixture([0.3, 0.7], [[1.0, 60.0], [2.5, 90.0]], [[[1, 2], [2, 90]], [[0.5, 0], [0, 40]]])


def test_min_max_brings_each_axis_to_the_unit_interval() -> None:
    cloud = scaled(PointCloud(POINTS), "min-max")
    assert cloud.points.tolist() == [[0, 0], [1, 0.8], [0.5, 1]]
    assert cloud.scaling is not None
    assert cloud.scaling.offset.tolist() == [1, 50]
    assert cloud.scaling.factor.tolist() == [2, 50]
    assert cloud.scaling_kind == "min-max"


def test_z_scores_have_mean_0_and_standard_deviation_1_by_weight() -> None:
    weights = np.array([1.0, 0.0, 3.0])
    cloud = scaled(PointCloud(POINTS, weights=weights), "z-score")
    mean = np.average(cloud.points, axis=0, weights=weights)
    variance = np.average(cloud.points**2, axis=0, weights=weights)
    np.testing.assert_allclose(mean, 0, atol=1e-15)
    np.testing.assert_allclose(variance, 1, rtol=1e-14)


@pytest.mark.parametrize("kind", ["min-max", "z-score"])
@pytest.mark.parametrize("value", [0.1, -3e7, 1e150])
def test_a_constant_column_is_moved_to_0_and_not_stretched(kind: str, value: float) -> None:
    cloud = scaled(PointCloud(np.column_stack([[1.0, 2, 3], [value] * 3])), kind)
    assert cloud.points[:, 1].tolist() == [0, 0, 0]
    assert cloud.scaling is not None
    assert cloud.scaling.factor[1] == 1
    assert scaled(replace(cloud), "none").points[:, 1].tolist() == [value] * 3


@pytest.mark.parametrize("kind", ["min-max", "z-score"])
def test_extreme_columns_stay_within_numbers(kind: str) -> None:
    points = np.column_stack([[-1e150, 1e150, 0], [0, 5e-324, 1e-323], [1e-200, 2e-200, 9e-200]])
    for columns in (points[:, :2], points[:, 1:]):
        cloud = scaled(PointCloud(columns), kind)
        assert np.isfinite(cloud.points).all()
        assert abs(cloud.points).max() <= 2


def test_none_gives_back_the_very_cloud() -> None:
    cloud = PointCloud(POINTS)
    one = scaled(cloud, "min-max")
    other = scaled(one, "z-score")
    assert scaled(one, "min-max") is one
    assert scaled(cloud, "none") is cloud
    assert scaled(one, "none") is cloud
    assert scaled(other, "none") is cloud
    assert other.points.tolist() == scaled(cloud, "z-score").points.tolist()


def test_a_changed_cloud_is_scaled_back_by_its_numbers() -> None:
    cloud = scaled(PointCloud(POINTS, columns=("a", "b")), "min-max")
    moved = cloud.points.copy()
    moved[0] = 0.5, 0.5
    own = scaled(replace(cloud, points=moved), "none")
    assert own.points.tolist() == [[2, 75], [3, 90], [2, 100]]
    assert own.scaling is None
    assert own.columns == ("a", "b")
    kept = scaled(cloud.subset(np.array([True, False, True])), "none")
    assert kept.points.tolist() == [[1, 50], [2, 100]]


def test_truth_and_grid_go_with_the_points() -> None:
    grid = Grid(10, [0.2, 5.0], [2, 1, 1], [[0.01, 0.0], [0.0, 1.0]])
    cloud = PointCloud(POINTS, weights=[2, 1, 1], truth=MIXTURE, grid=grid)
    made = scaled(cloud, "min-max")
    assert made.truth is not None
    assert made.grid is not None
    np.testing.assert_allclose(made.truth.means, (MIXTURE.means - [1, 50]) / [2, 50])
    np.testing.assert_allclose(made.truth.covariances[0], [[0.25, 0.02], [0.02, 0.036]])
    np.testing.assert_allclose(made.grid.size, [0.1, 0.1])
    np.testing.assert_allclose(made.grid.within, [[0.0025, 0], [0, 0.0004]])
    assert made.n_points == 4
    effects = [grid.effect(MIXTURE.covariances), made.grid.effect(made.truth.covariances)]
    assert effects[0] == pytest.approx(effects[1])


@given(
    arrays(np.float64, 2, elements=st.floats(-1e6, 1e6)),
    arrays(np.float64, 2, elements=st.floats(1e-3, 1e6)),
)
def test_mixtures_go_there_and_back(offset: np.ndarray, factor: np.ndarray) -> None:
    scaling = Scaling("z-score", offset, factor)
    back = scaling.own(scaling.scale(MIXTURE))
    size = 1 + abs(offset).max()
    np.testing.assert_allclose(back.means, MIXTURE.means, rtol=1e-14, atol=1e-14 * size)
    np.testing.assert_allclose(back.covariances, MIXTURE.covariances, rtol=1e-14)


@pytest.mark.parametrize("kind", ["min-max", "z-score"])
@pytest.mark.parametrize("weighted", [False, True])
def test_log_likelihood_in_own_units_is_that_of_the_own_mixture(kind: str, weighted: bool) -> None:
    weights = np.array([0.5, 2.0, 1.0]) if weighted else None
    own = PointCloud(POINTS, weights=weights)
    cloud = scaled(own, kind)
    mixture = cloud.scaled_mixture(MIXTURE)
    ones = np.ones(3) if weights is None else weights
    inside = float(mixture.log_density(cloud.points) @ ones)
    outside = float(MIXTURE.log_density(POINTS) @ ones)
    assert cloud.own_log_likelihood(inside) == pytest.approx(outside, rel=1e-13)
    assert own.own_log_likelihood(inside) == inside
    np.testing.assert_allclose(cloud.own_mixture(mixture).means, MIXTURE.means)


def test_full_covariances_reach_the_same_in_any_units() -> None:
    own = generate("separated", 500)
    plain = fit(own, 3)
    start = plain.steps[0].mixture
    for kind in ("min-max", "z-score"):
        cloud = scaled(own, kind)
        run = fit(cloud, 3, start=cloud.scaled_mixture(start))
        mixture = cloud.own_mixture(run.mixture)
        level = cloud.own_log_likelihood(run.log_likelihood)
        np.testing.assert_allclose(mixture.means, plain.mixture.means, rtol=1e-6, atol=1e-6)
        assert level == pytest.approx(plain.log_likelihood, rel=1e-9)
        p = free_parameters(3, 2, "full")
        assert bic(level, p, cloud.total_weight) == pytest.approx(
            bic(plain.log_likelihood, p, own.total_weight), rel=1e-9
        )


def test_a_start_of_another_dimension_is_refused() -> None:
    cloud = scaled(PointCloud([1.0, 2.0]), "min-max")
    with pytest.raises(InputError, match="2 dimensions, the points have 1"):
        cloud.scaled_mixture(MIXTURE)
