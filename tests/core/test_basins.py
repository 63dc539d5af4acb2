"""The map of basins of attraction, cell by cell against single fits."""

from __future__ import annotations

import numpy as np
import pytest

from gmm_studio import Configuration, Mixture, PointCloud, draw_start, fit, seeded_start
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.basins import BasinMap, map_basins, sample_of
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.mixture import COVARIANCES, Covariance
from tests.core.reference import read


def faithful() -> PointCloud:
    return PointCloud(read("faithful.csv"))


def grid_of(cloud: PointCloud, nx: int, ny: int) -> tuple[FloatArray, FloatArray]:
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    y = np.linspace(low[1], high[1], ny) if cloud.d == 2 else np.zeros(1)
    return np.linspace(low[0], high[0], nx), y


def moved(start: Mixture, j: int, place: list[float]) -> Mixture:
    means = start.means.copy()
    means[j] = place[: start.d]
    return Mixture(start.weights, means, start.covariances)


def assert_cells(
    cloud: PointCloud,
    start: Mixture,
    j: int,
    configuration: Configuration,
    basins: BasinMap,
    rows: range,
    columns: range,
) -> None:
    for row in rows:
        for column in columns:
            place = [float(basins.x[column]), float(basins.y[row])]
            run = fit(
                cloud,
                start=moved(start, j, place),
                covariance=configuration.covariance,
                tolerance=configuration.tolerance,
                max_iterations=configuration.max_iterations,
                variance_floor=configuration.variance_floor,
                locked=configuration.locked,
            )
            assert basins.iterations[row, column] == run.iterations
            height = basins.log_likelihood[row, column]
            assert height == pytest.approx(run.log_likelihood, rel=1e-9)
            optimum = basins.optima[basins.optimum[row, column]]
            assert row * len(basins.x) + column in optimum.members
            assert optimum.log_likelihood >= height


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_cells_are_single_fits(covariance: Covariance) -> None:
    cloud = faithful()
    configuration = Configuration(covariance, 1e-7, 300)
    start = draw_start(cloud, "k-means++", 3, 1, configuration)
    *_, last = map_basins(cloud, start, 2, *grid_of(cloud, 19, 14), configuration)
    assert_cells(cloud, start, 2, configuration, last, range(0, 14, 5), range(1, 19, 5))


def test_weights_and_locked_components_count() -> None:
    points = read("faithful.csv")
    weights = np.random.default_rng(0).integers(0, 3, size=len(points))
    cloud = PointCloud(points, weights)
    configuration = Configuration(tolerance=1e-7, max_iterations=200, locked=(0,))
    start = draw_start(cloud, "k-means++", 3, 1, configuration)
    *_, last = map_basins(cloud, start, 2, *grid_of(cloud, 9, 9), configuration)
    assert_cells(cloud, start, 2, configuration, last, range(0, 9, 4), range(1, 9, 4))


def test_in_one_dimension_it_is_a_strip() -> None:
    cloud = PointCloud(read("faithful.csv")[:, 0])
    configuration = Configuration(tolerance=1e-7, max_iterations=300)
    start = seeded_start(cloud, [[2.0], [4.0], [4.5]], configuration)
    maps = list(map_basins(cloud, start, 1, *grid_of(cloud, 41, 1), configuration))
    assert [one.cell for one in maps] == [8, 4, 2, 1]
    assert {one.optimum.shape for one in maps} == {(1, 41)}
    assert_cells(cloud, start, 1, configuration, maps[-1], range(1), range(0, 41, 7))


def test_old_faithful_shows_its_optima() -> None:
    cloud = faithful()
    configuration = Configuration(tolerance=1e-7, max_iterations=300)
    start = draw_start(cloud, "random-points", 3, 6, configuration)
    *_, last = map_basins(cloud, start, 0, *grid_of(cloud, 24, 24), configuration)
    found = [optimum.log_likelihood for optimum in last.optima]
    for height in (-1114.44, -1119.214, -1119.645, -1127.072):
        assert min(abs(height - one) for one in found) < 0.01
    for optimum in last.optima:
        rest = fit(cloud, start=optimum.mixture, tolerance=1e-12, max_iterations=5000)
        assert rest.log_likelihood - optimum.log_likelihood < 0.01
    reached = [optimum for optimum in last.optima if not optimum.spurious]
    assert max(reached, key=lambda optimum: len(optimum.members)).log_likelihood == (
        pytest.approx(-1119.214, abs=0.001)
    )


def test_it_refines_and_optima_keep_their_numbers() -> None:
    cloud = faithful()
    configuration = Configuration(tolerance=1e-7, max_iterations=300)
    start = draw_start(cloud, "k-means++", 4, 1, configuration)
    maps = list(map_basins(cloud, start, 2, *grid_of(cloud, 30, 21), configuration))
    assert [one.cell for one in maps] == [8, 4, 2, 1]
    counts = [sum(len(optimum.members) for optimum in one.optima) for one in maps]
    assert counts == sorted(set(counts))
    assert counts[-1] == 30 * 21
    fine = maps[-1]
    for coarse in maps:
        assert coarse.optimum.min() >= 0
        assert coarse.optimum.max() < len(coarse.optima)
        for old, new in zip(coarse.optima, fine.optima, strict=False):
            assert (old.number, old.members) == (new.number, new.members[: len(old.members)])
        own = np.array([index for optimum in coarse.optima for index in optimum.members])
        np.testing.assert_array_equal(coarse.optimum.flat[own], fine.optimum.flat[own])
        np.testing.assert_array_equal(coarse.iterations.flat[own], fine.iterations.flat[own])
    assert [optimum.number for optimum in fine.optima] == list(range(len(fine.optima)))


def test_coarse_cells_are_spread_from_the_middle_of_their_blocks() -> None:
    cloud = faithful()
    configuration = Configuration(max_iterations=5, tolerance=0)
    start = draw_start(cloud, "k-means++", 2)
    first = next(map_basins(cloud, start, 0, *grid_of(cloud, 16, 24), configuration))
    blocks = first.log_likelihood.reshape(3, 8, 2, 8)
    assert (blocks == blocks[:, :1, :, :1]).all()
    assert len(np.unique(blocks)) == 6
    assert sorted(i for one in first.optima for i in one.members) == [
        row * 16 + column for row in (4, 12, 20) for column in (4, 12)
    ]


@pytest.mark.parametrize(("nx", "ny"), [(1, 1), (2, 5), (3, 1), (9, 8)])
def test_maps_of_any_size(nx: int, ny: int) -> None:
    cloud = faithful()
    start = draw_start(cloud, "k-means++", 2)
    maps = list(map_basins(cloud, start, 0, *grid_of(cloud, nx, ny), Configuration()))
    assert len(maps) == 4
    assert sum(len(optimum.members) for optimum in maps[-1].optima) == nx * ny


def test_a_large_cloud_is_represented_by_a_sample_of_stated_size() -> None:
    rng = np.random.default_rng(0)
    weights = rng.integers(0, 2, size=5000)
    cloud = PointCloud(rng.standard_normal((5000, 2)), weights)
    start = draw_start(cloud, "k-means++", 2)
    x, y = grid_of(cloud, 3, 3)
    *_, last = map_basins(cloud, start, 0, x, y, Configuration(), most_points=700)
    assert last.sample == 700
    sample = sample_of(cloud, 700)
    assert (sample.n, sample.total_weight) == (700, 700)
    assert sample_of(PointCloud(cloud.points, cloud.weights), 700).points.tolist() == (
        sample.points.tolist()
    )
    assert_cells(sample, start, 0, Configuration(), last, range(3), range(3))
    *_, all_points = map_basins(cloud, start, 0, x, y, Configuration(), most_points=5000)
    assert all_points.sample is None


def test_cancelling_raises() -> None:
    cloud = faithful()
    start = draw_start(cloud, "k-means++", 2)
    cancelled = False
    maps = map_basins(
        cloud, start, 0, *grid_of(cloud, 9, 9), Configuration(), cancelled=lambda: cancelled
    )
    assert next(maps).cell == 8
    cancelled = True
    with pytest.raises(Cancelled):
        next(maps)


def test_the_nearest_cell_of_each_basin() -> None:
    cloud = faithful()
    configuration = Configuration(tolerance=1e-7, max_iterations=300)
    start = draw_start(cloud, "random-points", 3, 6, configuration)
    x, y = grid_of(cloud, 21, 13)
    here = np.array([3.1, 71.0])
    maps = list(map_basins(cloud, start, 0, x, y, configuration))
    sides = np.array([x[1] - x[0], y[1] - y[0]])
    places = np.stack(np.meshgrid(x, y), axis=-1)
    apart = (((places - here) / sides) ** 2).sum(axis=-1)
    for number in np.unique(maps[-1].optimum).tolist():
        found = maps[-1].nearest(number, *here.tolist())
        own = np.where(maps[-1].optimum == number, apart, np.inf)
        assert found == tuple(places[np.unravel_index(own.argmin(), own.shape)])
    coarse = maps[1]
    for number in np.unique(coarse.optimum).tolist():
        column, row = coarse.nearest(number, *here.tolist())
        index = y.tolist().index(row) * len(x) + x.tolist().index(column)
        assert index in coarse.optima[number].members, "one that was computed"
    with pytest.raises(ValueError, match="No cell"):
        coarse.nearest(99, 0.0, 0.0)


def test_the_first_map_does_not_wait_for_the_slowest_runs() -> None:
    cloud = faithful()
    configuration = Configuration(tolerance=1e-7, max_iterations=300)
    start = draw_start(cloud, "k-means++", 3, 1, configuration)
    first, second, *_ = map_basins(cloud, start, 2, *grid_of(cloud, 56, 48), configuration)
    done = np.sort([index for optimum in first.optima for index in optimum.members])
    middles = [row * 56 + column for row in range(4, 48, 8) for column in range(4, 56, 8)]
    assert set(done) < set(middles)
    assert len(done) == 38, "nine tenths of 42"
    slow = sorted(set(middles) - set(done.tolist()))
    assert second.iterations.flat[slow].min() >= np.median(second.iterations.flat[done])
    for index in slow:
        row, column = divmod(index, 56)
        near = first.log_likelihood[max(row - 24, 0) : row + 25, max(column - 24, 0) : column + 25]
        assert (near == first.log_likelihood[row, column]).sum() > 64
