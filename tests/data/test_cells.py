from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio import InputError, Mixture, PointCloud, fit, generate
from gmm_studio.core.scaling import scaled
from gmm_studio.data import cells as cells_module
from gmm_studio.data.cells import LARGEST_CELLS, Tally, to_cells

Array = npt.NDArray[np.float64]


def covariance(cloud: PointCloud) -> Array:
    return np.atleast_2d(np.cov(cloud.points.T, aweights=cloud.weights, bias=True))


def mean(cloud: PointCloud) -> Array:
    return np.average(cloud.points, axis=0, weights=cloud.weights)


def test_a_cell_is_at_the_mean_of_its_points() -> None:
    points = [[0, 0], [0.4, 0.2], [0.2, 0.4], [1.1, 3.9], [2, 4]]
    cloud = PointCloud(points, labels=[1, 1, 0, 7, 3], columns=("a", "b"), name="five")
    grid = to_cells(cloud, 2)
    np.testing.assert_allclose(grid.points, [[0.2, 0.2], [1.55, 3.95]])
    assert grid.weights is not None
    assert grid.weights.tolist() == [3, 2]
    assert grid.labels is not None
    assert grid.labels.tolist() == [1, 3]
    assert (grid.n, grid.n_points, grid.total_weight) == (2, 5, 5.0)
    assert (grid.name, grid.columns) == ("five", ("a", "b"))
    assert grid.grid is not None
    assert grid.grid.cells == 2
    assert grid.grid.size.tolist() == [1, 2]


def test_sample_weights_weigh_and_rows_count() -> None:
    cloud = PointCloud([0.0, 1, 2, 10], weights=[1, 3, 0, 0.5], labels=[5, 4, 5, 5])
    grid = to_cells(cloud, 2)
    np.testing.assert_allclose(grid.points, [[0.75], [10.0]])
    assert grid.weights is not None
    assert grid.weights.tolist() == [4, 0.5]
    assert grid.labels is not None
    assert grid.labels.tolist() == [4, 5]
    assert (grid.n_points, grid.total_weight) == (4, 4.5)


def test_a_cell_whose_points_weigh_nothing_is_in_its_middle() -> None:
    grid = to_cells(PointCloud([0.0, 8.0, 7.5], weights=[1, 0, 0]), 2)
    assert grid.points.tolist() == [[0], [6]]
    assert grid.n_points == 3


@pytest.mark.parametrize("cells", [-1, 0, 1, LARGEST_CELLS + 1])
def test_so_many_cells_cannot_be(cells: int) -> None:
    with pytest.raises(InputError, match="from 2 to 4096"):
        to_cells(PointCloud([0.0, 1.0]), cells)


def test_one_place_is_one_cell() -> None:
    grid = to_cells(PointCloud([[1e9, 2.0]] * 7), 100)
    assert grid.points.tolist() == [[1e9, 2.0]]
    assert grid.n_points == 7


def test_a_constant_column_stays_where_it_is() -> None:
    grid = to_cells(PointCloud(np.column_stack([np.arange(100), np.full(100, 0.1)])), 10)
    assert grid.points[:, 1].tolist() == [0.1] * 10
    assert grid.grid is not None
    assert grid.grid.size.tolist() == [9.9, 0]


def test_blocks_count_like_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = generate("overlapping", 5000)
    whole = to_cells(cloud, 16)
    monkeypatch.setattr(cells_module, "BLOCK", 700)
    monkeypatch.setattr(cells_module, "_MOST_WAITING", 900)
    parts = to_cells(cloud, 16)
    np.testing.assert_allclose(parts.points, whole.points, rtol=1e-13)
    assert parts.labels is not None
    assert whole.labels is not None
    assert parts.labels.tolist() == whole.labels.tolist()
    majority = [np.bincount(cloud.labels[rows]).argmax() for rows in rows_of(cloud, 16)]
    assert whole.labels.tolist() == majority


def rows_of(cloud: PointCloud, cells: int) -> list[Array]:
    """The rows of each cell that has some, in the order of the cells."""
    low, size = cloud.points.min(axis=0), np.ptp(cloud.points, axis=0) / cells
    places = np.minimum(((cloud.points - low) / size).astype(int), cells - 1)
    cell = places @ [cells, 1]
    return [np.flatnonzero(cell == one) for one in np.unique(cell)]


def test_bounds_that_are_known_need_one_pass() -> None:
    rng = np.random.default_rng(0)
    tally = Tally([0, 0], [1, 1], 8)
    blocks = [rng.random((100, 2)) for _ in range(5)]
    for block in blocks:
        tally.add(block)
    gathered = tally.gathered()
    assert gathered.weights.sum() == 500
    np.testing.assert_allclose(
        gathered.weights @ gathered.points / 500, np.concatenate(blocks).mean(axis=0)
    )


def test_nothing_is_no_cloud() -> None:
    with pytest.raises(InputError, match="no point"):
        Tally([0], [1], 8).gathered()


@st.composite
def clouds(draw: st.DrawFn, least: int = 2) -> PointCloud:
    """A cloud of up to 300 points, far from the origin or not, with or without weights."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, d = draw(st.integers(least, 300)), draw(st.integers(1, 2))
    points = rng.normal(size=(n, d)) + draw(st.sampled_from([0.0, 1e5]))
    points[: n // 2] += 4
    points *= draw(st.sampled_from([1e-3, 1.0, 1e4]))
    weights = rng.random(n) if draw(st.booleans()) else None
    return PointCloud(points, weights=weights)


@given(clouds(), st.integers(2, 100))
def test_mean_and_covariance_of_a_grid_are_known_exactly(cloud: PointCloud, cells: int) -> None:
    grid = to_cells(cloud, cells)
    assert grid.grid is not None
    assert grid.n_points == cloud.n
    assert grid.total_weight == pytest.approx(cloud.total_weight, rel=1e-12)
    spread = np.ptp(cloud.points, axis=0)
    unit = 1e-9 * spread + 1e-14 * abs(cloud.points).max()
    assert (abs(mean(grid) - mean(cloud)) <= unit).all()
    within = grid.grid.within
    lost = covariance(cloud) - covariance(grid)
    assert (abs(lost - within) <= np.outer(spread, unit) + np.outer(unit, spread)).all()
    assert (np.diag(within) <= grid.grid.size**2 / 4 * (1 + 1e-9)).all()
    assert np.linalg.eigvalsh(within).min() >= -1e-9 * grid.grid.size.max() ** 2


@given(clouds(), st.integers(2, 100))
def test_one_component_loses_what_the_grid_says(cloud: PointCloud, cells: int) -> None:
    """With one component responsibilities are all 1: the fit is exact but for what cells hide."""
    grid = to_cells(cloud, cells)
    if len(np.unique(grid.points, axis=0)) < 4:
        return
    one, other = (fit(each, 1, variance_floor=0, max_iterations=2) for each in (cloud, grid))
    assert grid.grid is not None
    hidden = one.mixture.covariances[0] - other.mixture.covariances[0]
    share = np.linalg.eigvals(np.linalg.solve(other.mixture.covariances[0], hidden)).max()
    assert -1e-6 <= share <= grid.grid.effect(other.mixture.covariances) + 1e-6


def sums(cloud: PointCloud, mixture: Mixture, centre: Array) -> tuple[Array, Array, Array]:
    """N (k,), S (k, d) and Q (k, d, d) of an E-step, about a centre."""
    weights = np.ones(cloud.n) if cloud.weights is None else cloud.weights
    shares = mixture.responsibilities(cloud.points) * weights[:, None]
    away = cloud.points - centre
    return (
        shares.sum(axis=0),
        shares.T @ away,
        np.einsum("nk,ni,nj->kij", shares, away, away),
    )


@given(clouds(), st.integers(4, 200), st.integers(2, 4), st.integers(0, 10))
def test_the_sums_of_a_step_agree_within_the_stated_bounds(
    cloud: PointCloud, cells: int, k: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    spread, d = np.sqrt(np.diag(covariance(cloud))), cloud.d
    turned = rng.normal(size=(k, d, d)) * 0.3 + np.eye(d)
    shapes = (turned @ turned.transpose(0, 2, 1)) * np.outer(spread, spread)
    mixture = Mixture(
        np.full(k, 1 / k), low + (high - low) * rng.random((k, d)), shapes + shapes[0]
    )
    grid = to_cells(cloud, cells)
    assert grid.grid is not None
    precisions = np.linalg.inv(mixture.covariances)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(d, -1).T
    gradients = np.einsum("kij,ckj->cki", precisions, corners[:, None] - mixture.means)
    g = np.linalg.norm(gradients[:, :, None] - gradients[:, None], axis=-1).max()
    h = 1.25 * g**2 + np.linalg.norm(precisions[:, None] - precisions, 2, axis=(-2, -1)).max()
    centre = (low + high) / 2
    r = np.linalg.norm((high - low) / 2)
    t = cloud.total_weight * np.trace(grid.grid.within)
    bounds = h * t / 2, (h * r + g / 2) * t / 2, (h * r**2 + g * r + 2) * t / 2
    whole = cloud.total_weight * np.array([1, r, r**2])
    found = zip(
        sums(cloud, mixture, centre), sums(grid, mixture, centre), bounds, whole, strict=True
    )
    for points, gathered, bound, size in found:
        difference = points - gathered
        norms = abs(difference) if difference.ndim == 1 else np.sqrt((difference**2).sum(axis=1))
        if difference.ndim == 3:
            norms = np.linalg.norm(difference, 2, axis=(1, 2))
        assert norms.max() <= bound * (1 + 1e-9) + 1e-9 * size


@pytest.mark.parametrize("name", ["separated", "overlapping"])
@pytest.mark.parametrize("cells", [128, 256, 512])
def test_fits_agree_to_the_share_that_a_cell_can_hide(name: str, cells: int) -> None:
    """In units of sigma and of the weights: the fixed points are as near as one step is."""
    cloud = generate(name, 40_000)
    k = cloud.truth.k if cloud.truth else 3
    grid = to_cells(cloud, cells)
    start = fit(cloud, k, max_iterations=1, tolerance=0).steps[0].mixture
    one, other = (fit(each, k, start=start, tolerance=1e-12).mixture for each in (cloud, grid))
    assert grid.grid is not None
    bound = grid.grid.effect(other.covariances)
    factors = np.linalg.cholesky(one.covariances)
    moved = np.linalg.solve(factors, (other.means - one.means)[:, :, None])
    whitened = np.linalg.solve(factors, one.covariances - other.covariances)
    whitened = np.linalg.solve(factors, whitened.transpose(0, 2, 1))
    assert abs(one.weights - other.weights).max() < bound
    assert np.linalg.norm(moved[:, :, 0], axis=1).max() < bound
    assert np.linalg.norm(whitened, 2, axis=(1, 2)).max() < bound


def test_log_likelihood_and_criteria_count_points_not_cells() -> None:
    cloud = generate("separated", 20_000)
    grid = to_cells(cloud, 1024)
    one = fit(cloud, 3)
    other = fit(grid, 3, start=one.steps[0].mixture)
    assert grid.total_weight == cloud.n
    assert grid.n < cloud.n
    assert grid.grid is not None
    bound = grid.grid.effect(other.mixture.covariances)
    assert abs(one.log_likelihood - other.log_likelihood) / cloud.n < bound


def test_a_scaled_cloud_can_be_gathered_and_a_grid_scaled() -> None:
    cloud = generate("separated", 3000)
    first, second = to_cells(scaled(cloud, "min-max"), 64), scaled(to_cells(cloud, 64), "min-max")
    assert first.scaling is not None
    assert first.grid is not None
    assert second.grid is not None
    np.testing.assert_allclose(first.grid.size, 1 / 64)
    np.testing.assert_allclose(first.grid.size, second.grid.size, rtol=1e-2)


def test_cells_cannot_be_painted_but_can_be_selected() -> None:
    from dataclasses import replace

    grid = to_cells(generate("separated", 1000), 32)
    keep = np.zeros(grid.n, np.bool_)
    keep[:10] = True
    part = grid.subset(keep)
    assert part.n_points == part.total_weight == math.fsum(grid.weights[:10])
    with pytest.raises(InputError, match="cannot be changed"):
        replace(grid, points=grid.points[:1], weights=None, labels=None)
