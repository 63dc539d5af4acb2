from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from gmm_studio import (
    Cancelled,
    Configuration,
    InputError,
    Mixture,
    PointCloud,
    draw_start,
    fit,
    seeded_start,
)
from gmm_studio.core import kernel, start_methods
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import COVARIANCES, Covariance, project_covariances
from gmm_studio.core.starts import (
    DETERMINISTIC,
    METHODS,
    Draw,
    Method,
    draws,
    equal_pair,
)
from tests.core import reference


def blobs(d: int = 2, n: int = 300, k: int = 4, distance: float = 20.0) -> PointCloud:
    rng = np.random.default_rng(0)
    labels = np.arange(n) % k
    points = rng.standard_normal((n, d))
    points[:, 0] += distance * labels
    return PointCloud(points, labels=labels)


def series() -> PointCloud:
    return PointCloud(reference.read("series_50.csv"))


def total_covariance(cloud: PointCloud) -> FloatArray:
    weights = np.ones(cloud.n) if cloud.weights is None else cloud.weights
    return np.atleast_2d(np.cov(cloud.points.T, ddof=0, aweights=weights))


def places(mixture: Mixture) -> set[tuple[float, ...]]:
    return {tuple(mean) for mean in mixture.means.round(9).tolist()}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("d", [1, 2])
def test_a_method_repeats_by_its_seed(method: Method, d: int) -> None:
    cloud, twin = blobs(d), blobs(d)
    for seed in range(3):
        first, second = (draw_start(each, method, 3, seed) for each in (cloud, twin))
        assert (first.weights == second.weights).all()
        assert (first.means == second.means).all()
        assert (first.covariances == second.covariances).all()
    drawn = {frozenset(places(draw_start(cloud, method, 3, seed))) for seed in range(10)}
    assert (len(drawn) > 1) == (method not in DETERMINISTIC)
    default = draw_start(cloud, method, 3)
    assert (default.means == draw_start(cloud, method, 3, 0).means).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("weighted", [False, True])
def test_several_blocks(method: Method, weighted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.tile([1.0, 0.0, 2.0], 100) if weighted else None
    monkeypatch.setattr(kernel, "BLOCK", 64)
    for seed in range(5):
        cloud = PointCloud(blobs().points, weights)
        start = draw_start(cloud, method, 4, seed)
        assert len(kernel.standardize(cloud).blocks) == 5
        assert start.weights.sum() == pytest.approx(1)
        if method == "k-means":
            assert sorted(start.means[:, 0] / 20) == pytest.approx([0, 1, 2, 3], abs=0.05)
        if method in {"k-means++", "random-points"}:
            allowed = cloud.points if weights is None else cloud.points[weights > 0]
            assert places(start) <= {tuple(point) for point in allowed.round(9).tolist()}


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("method", ["k-means++", "random-points", "uniform", "normal", "seeds"])
@pytest.mark.parametrize("weighted", [False, True])
def test_weights_are_equal_and_covariances_total(
    method: str, covariance: Covariance, weighted: bool
) -> None:
    weights = np.linspace(0, 2, 300) if weighted else None
    cloud = PointCloud(blobs().points @ [[1.0, 0.4], [0.0, 2.0]], weights)
    configuration = Configuration(covariance)
    if method == "seeds":
        start = seeded_start(cloud, [[0.0, 1.0], [5.0, 5.0], [40.0, -3.0]], configuration)
        assert start.means == pytest.approx(np.array([[0, 1], [5, 5], [40, -3]]))
    else:
        start = draw_start(cloud, method, 3, 1, configuration)
    assert start.weights == pytest.approx([1 / 3] * 3, abs=1e-15)
    expected = project_covariances(total_covariance(cloud)[None], np.ones(1), covariance)[0]
    for matrix in start.covariances:
        assert matrix == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("method", ["k-means++", "random-points"])
def test_means_are_different_points_of_the_cloud(method: Method) -> None:
    cloud = series()
    known = {round(float(value), 9) for value in cloud.points[:, 0]}
    for seed in range(30):
        start = draw_start(cloud, method, 8, seed)
        drawn = places(start)
        assert len(drawn) == 8
        assert {mean[0] for mean in drawn} <= known


@pytest.mark.parametrize("method", ["k-means++", "random-points", "k-means"])
def test_as_many_components_as_different_points(method: Method) -> None:
    cloud = series()
    different = len(np.unique(cloud.points))
    start = draw_start(cloud, method, different)
    assert sorted(start.means[:, 0]) == pytest.approx(np.unique(cloud.points))
    with pytest.raises(InputError, match=f"different points; there are {different}"):
        draw_start(cloud, method, different + 1)


def test_random_points_among_very_many_ties() -> None:
    points = np.zeros(5000)
    points[:3] = [1, 2, 3]
    for seed in range(5):
        start = draw_start(PointCloud(points), "random-points", 4, seed)
        assert sorted(start.means[:, 0]) == pytest.approx([0, 1, 2, 3])


def test_random_points_are_drawn_by_weight() -> None:
    cloud = PointCloud([0.0, 1.0, 5.0], [1, 2, 7])
    first = [draw_start(cloud, "random-points", 1, seed).means[0, 0] for seed in range(2000)]
    shares = [np.mean(np.isclose(first, value)) for value in (0, 1, 5)]
    assert shares == pytest.approx([0.1, 0.2, 0.7], abs=0.04)


def test_kmeans_plus_plus_is_drawn_by_squared_distance() -> None:
    cloud = PointCloud([0.0, 1.0, 3.0], [1, 1, 2])
    means = [draw_start(cloud, "k-means++", 2, seed).means[:, 0].round(9) for seed in range(4000)]
    seconds = [second for first, second in means if first == 0]
    assert len(seconds) / 4000 == pytest.approx(1 / 4, abs=0.03)
    assert np.mean(np.array(seconds) == 3) == pytest.approx(18 / 19, abs=0.03)


@pytest.mark.parametrize("method", METHODS)
def test_points_of_no_weight_are_never_drawn(method: Method) -> None:
    points = np.concatenate([blobs(n=40).points, 1000 + blobs(n=40).points])
    cloud = PointCloud(points, np.repeat([1.0, 0.0], 40))
    for seed in range(20):
        assert draw_start(cloud, method, 4, seed).means.max() < 200
    few = PointCloud([0.0, 1.0, 2.0, 3.0, 3.0], [0, 1, 0, 1, 1])
    with pytest.raises(InputError, match="need 3 different points; there are 2"):
        draw_start(few, method, 3)


@pytest.mark.parametrize("d", [1, 2])
def test_kmeans_finds_clusters_far_apart(d: int) -> None:
    cloud = blobs(d)
    assert cloud.labels is not None
    for seed in range(10):
        start = draw_start(cloud, "k-means", 4, seed)
        order = start.means[:, 0].argsort()
        for label, j in enumerate(order):
            own = cloud.points[cloud.labels == label]
            assert start.weights[j] == pytest.approx(1 / 4)
            assert start.means[j] == pytest.approx(own.mean(axis=0))
            assert start.covariances[j] == pytest.approx(np.atleast_2d(np.cov(own.T, ddof=0)))


def test_kmeans_heeds_weights_as_repetition() -> None:
    cloud = blobs(n=60, distance=2)
    times = np.arange(60) % 3
    weighted = PointCloud(cloud.points, times)
    repeated = PointCloud(np.repeat(cloud.points, times, axis=0))
    means = np.asarray(cloud.points[[1, 2, 4]])
    results = []
    for each in (weighted, repeated):
        data = kernel.standardize(each)
        standard = (means - data.centre) / data.scale
        sums, _ = start_methods.k_means(data, standard, lambda: False)
        results.append(sums)
    assert results[0] == pytest.approx(results[1], abs=1e-9)


def test_a_cluster_that_empties_keeps_its_centre() -> None:
    cloud = PointCloud([0.0, 1.0, 2.0, 3.0])
    data = kernel.standardize(cloud)
    means = (np.array([[1.0], [2.0], [500.0]]) - data.centre) / data.scale
    sums, centres = start_methods.k_means(data, means, lambda: False)
    start = data.mixture(start_methods.m_step(sums, centres))
    assert start.weights.tolist() == [0.5, 0.5, 0]
    assert start.means[:, 0] == pytest.approx([0.5, 2.5, 500])


@pytest.mark.parametrize("weighted", [False, True])
def test_random_responsibilities_are_an_m_step(weighted: bool) -> None:
    rng = np.random.default_rng(0)
    cloud = blobs()
    if weighted:
        cloud = PointCloud(cloud.points, rng.uniform(size=300))
    start = draw_start(cloud, "random-responsibilities", 3, 5)
    weights = np.ones(300) if cloud.weights is None else cloud.weights
    assert start.weights.sum() == pytest.approx(1)
    mean = np.average(cloud.points, axis=0, weights=weights)
    assert start.weights @ start.means == pytest.approx(mean)
    centred = start.means - mean
    between = np.einsum("k,ka,kb->ab", start.weights, centred, centred)
    within = np.einsum("k,kab->ab", start.weights, start.covariances)
    assert between + within == pytest.approx(total_covariance(cloud))
    assert (start.weights > 0.25).all()


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("method", METHODS)
def test_every_start_has_the_structure(method: Method, covariance: Covariance) -> None:
    start = draw_start(blobs(), method, 3, 1, Configuration(covariance))
    projected = project_covariances(start.covariances, start.weights, covariance)
    assert start.covariances == pytest.approx(projected, rel=1e-12)


def test_a_given_start_is_projected() -> None:
    matrices = np.array([[[2.0, 1.0], [1.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]])
    start = Mixture([0.25, 0.75], [[0.0, 0.0], [9.0, 0.0]], matrices)
    for covariance in COVARIANCES:
        run = fit(blobs(), start=start, covariance=covariance, max_iterations=0)
        expected = project_covariances(matrices, start.weights, covariance)
        assert run.mixture.covariances == pytest.approx(expected)


def test_equal_seeds_are_refused() -> None:
    with pytest.raises(InputError, match="Seeds 1 and 3 are at the same place"):
        seeded_start(blobs(), [[0.0, 1.0], [2.0, 0.0], [0.0, 1.0]])
    assert equal_pair(np.array([[0.0], [1.0], [-0.0]])) == (0, 2)
    assert equal_pair(np.array([[0.0], [1.0]])) == (0, 0)


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ([], "list of places with 2 numbers"),
        ([1.0, 2.0], "list of places with 2 numbers"),
        ([[1.0], [2.0]], "list of places with 2 numbers"),
        ([[np.nan, 1.0]], "not finite"),
        ([[1e300, 1.0]], "out of all proportion"),
        ([[1.0, 2.0], [3.0]], "list of places with 2 numbers"),
        ([["a", "b"]], "list of places with 2 numbers"),
    ],
)
def test_seeds_that_cannot_be(seeds: list[list[float]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        seeded_start(blobs(), seeds)


def test_a_seed_may_be_far_from_the_points() -> None:
    start = seeded_start(blobs(), [[0.0, 0.0], [1e6, 1e6]])
    assert start.means[1] == pytest.approx([1e6, 1e6])
    assert fit(blobs(), start=start).converged


@pytest.mark.parametrize("method", METHODS)
def test_how_many_components(method: Method) -> None:
    with pytest.raises(InputError, match="at least 1 component"):
        draw_start(blobs(), method, 0)
    with pytest.raises(InputError, match="4 components need at least 4 points; there are 3"):
        draw_start(PointCloud([1.0, 2.0, 4.0]), method, 4)
    assert draw_start(PointCloud([1.0, 2.0, 4.0]), method, 3).k == 3


def test_unknown_methods_are_refused() -> None:
    with pytest.raises(InputError, match="method must be one of k-means\\+\\+"):
        draw_start(blobs(), "magic", 2)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_column_is_held_by_the_floor(method: Method) -> None:
    cloud = PointCloud(np.column_stack([np.arange(40.0), np.full(40, 3.0)]))
    start = draw_start(cloud, method, 3)
    unit = cloud.points.var(axis=0).mean()
    if method == "uniform-identity":
        assert start.covariances == pytest.approx(np.array([np.eye(2)] * 3))
        return
    assert start.covariances[:, 1, 1] == pytest.approx([1e-6 * unit] * 3)
    with pytest.raises(InputError, match="has no spread"):
        draw_start(cloud, method, 3, configuration=Configuration(variance_floor=0))


@pytest.mark.parametrize("method", METHODS)
def test_drawing_can_be_cancelled(method: Method) -> None:
    with pytest.raises(Cancelled):
        draw_start(blobs(), method, 3, cancelled=lambda: True)


def test_cancelling_later_too() -> None:
    for method in ("k-means++", "k-means", "random-responsibilities", "small-em", "ward"):
        asked = iter(range(10))
        with pytest.raises(Cancelled):
            draw_start(blobs(), method, 3, cancelled=lambda asked=asked: next(asked) == 1)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("method", ["uniform", "uniform-identity"])
def test_uniform_means_fill_the_box(method: Method, d: int) -> None:
    cloud = blobs(d)
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    means = np.concatenate([draw_start(cloud, method, 10, seed).means for seed in range(400)])
    share = (means - low) / (high - low)
    assert share.min() > -1e-12
    assert share.max() < 1 + 1e-12
    for axis in range(d):
        counts = np.histogram(share[:, axis], 10, (0, 1))[0]
        assert counts == pytest.approx([400] * 10, abs=5 * np.sqrt(400 * 0.9))


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
def test_identity_covariances_are_in_the_units_of_the_data(d: int, covariance: Covariance) -> None:
    configuration = Configuration(covariance)
    start = draw_start(blobs(d), "uniform-identity", 3, 5, configuration)
    assert start.covariances == pytest.approx(np.array([np.eye(d)] * 3))
    assert start.weights == pytest.approx([1 / 3] * 3)
    twin = draw_start(blobs(d), "uniform", 3, 5, configuration)
    assert (start.means == twin.means).all()


def test_identity_covariances_may_be_out_of_proportion() -> None:
    narrow = draw_start(PointCloud(1e7 * blobs().points), "uniform-identity", 2)
    unit = (1e7 * blobs().points).var(axis=0).mean()
    assert narrow.covariances[:, 0, 0] == pytest.approx([1e-6 * unit] * 2)
    with pytest.raises(InputError, match="no spread"):
        draw_start(
            PointCloud(1e7 * blobs().points),
            "uniform-identity",
            2,
            configuration=Configuration(variance_floor=0),
        )
    with pytest.raises(InputError, match="out of all proportion"):
        draw_start(PointCloud(1e-100 * blobs().points), "uniform-identity", 2)


@pytest.mark.parametrize("weighted", [False, True])
def test_normal_means_have_the_moments_of_the_points(weighted: bool) -> None:
    weights = np.linspace(0, 2, 300) if weighted else None
    cloud = PointCloud(blobs().points @ [[1.0, 0.4], [0.0, 2.0]], weights)
    means = np.concatenate([draw_start(cloud, "normal", 50, seed).means for seed in range(200)])
    total = total_covariance(cloud)
    centre = np.average(cloud.points, axis=0, weights=weights)
    deviations = np.sqrt(total.diagonal())
    assert abs((means.mean(axis=0) - centre) / deviations).max() < 0.05
    assert np.cov(means.T) == pytest.approx(total, rel=0.1)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("d", [1, 2])
def test_deviations_may_stand_for_variances(d: int, weighted: bool) -> None:
    """Means by the deviation of each axis, without their correlation."""
    weights = np.linspace(0, 2, 300) if weighted else None
    points = 5 + blobs().points @ [[1.0, 0.4], [0.0, 7.0]]
    cloud = PointCloud(points[:, :d], weights)
    centre = np.average(cloud.points, axis=0, weights=weights)
    deviations = np.sqrt(np.average((cloud.points - centre) ** 2, axis=0, weights=weights))
    starts = [draw_start(cloud, "normal-deviations", 50, seed) for seed in range(200)]
    for start in starts[:3]:
        assert start.weights == pytest.approx([1 / 50] * 50)
        assert start.covariances == pytest.approx(np.array([np.diag(deviations)] * 50))
    drawn = (np.concatenate([start.means for start in starts]) - centre) / deviations
    assert abs(drawn.mean(axis=0)).max() < 0.05
    assert np.cov(drawn.T).reshape(d, d) == pytest.approx(np.eye(d), abs=0.06)


@pytest.mark.parametrize(
    "method", ["uniform", "uniform-identity", "normal", "normal-deviations", "ward"]
)
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("n", [200, 3000])
def test_the_order_of_the_points_does_not_matter(method: Method, d: int, n: int) -> None:
    points = np.random.default_rng(1).standard_normal((n, d))
    weights = np.random.default_rng(2).integers(0, 3, n)
    order = np.random.default_rng(3).permutation(n)
    first = draw_start(PointCloud(points, weights), method, 4, 7)
    second = draw_start(PointCloud(points[order], weights[order]), method, 4, 7)
    assert second.weights == pytest.approx(first.weights, rel=1e-9)
    assert second.means == pytest.approx(first.means, rel=1e-9, abs=1e-9)
    assert second.covariances == pytest.approx(first.covariances, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    "method", ["uniform", "uniform-identity", "normal", "normal-deviations", "ward"]
)
def test_a_weight_of_two_is_a_point_given_twice(method: Method) -> None:
    points = np.random.default_rng(1).standard_normal((400, 2))
    times = np.random.default_rng(2).integers(0, 4, 400)
    weighted = draw_start(PointCloud(points, times), method, 5)
    repeated = draw_start(PointCloud(np.repeat(points, times, axis=0)), method, 5)
    assert repeated.weights == pytest.approx(weighted.weights, rel=1e-9)
    assert repeated.means == pytest.approx(weighted.means, rel=1e-9, abs=1e-9)
    assert repeated.covariances == pytest.approx(weighted.covariances, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_fewer_different_points_than_components(method: Method) -> None:
    points = np.repeat([[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]], 700, axis=0)
    with pytest.raises(InputError, match="4 components need 4 different points; there are 3"):
        draw_start(PointCloud(points), method, 4)
    assert draw_start(PointCloud(points), method, 3).k == 3


def test_small_em_is_the_best_of_its_short_runs() -> None:
    """It is a mixture that EM reaches from random points, better than nearly all of the starts."""
    cloud = PointCloud(reference.read("faithful.csv"))
    for seed in range(5):
        start = draw_start(cloud, "small-em", 3, seed)
        likelihood = fit(cloud, start=start, max_iterations=0).log_likelihood
        others = [
            fit(cloud, 3, init="random-points", random_state=other, max_iterations=3)
            for other in range(20)
        ]
        assert likelihood > np.median([run.log_likelihood for run in others])
        assert likelihood < -1114
        assert start.weights.sum() == pytest.approx(1)


def test_small_em_finds_more_of_far_clusters_than_random_points() -> None:
    cloud = blobs(n=400, k=8, distance=12)
    found = {}
    for method in ("small-em", "random-points"):
        runs = [fit(cloud, 8, init=method, random_state=seed) for seed in range(20)]
        found[method] = sum(run.log_likelihood for run in runs) / 20
    assert found["small-em"] > found["random-points"] + 1


def test_small_em_without_a_floor_avoids_a_collapse() -> None:
    cloud = PointCloud([1.0, 1.0, 1.0, 5.0, 6.0, 9.0, 10.0, 12.0])
    configuration = Configuration(variance_floor=0)
    for seed in range(10):
        start = draw_start(cloud, "small-em", 2, seed, configuration)
        assert start.covariances.min() > 1e-9
    everywhere = PointCloud([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
    assert draw_start(everywhere, "small-em", 2, 0, configuration).covariances.min() > 0


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("k", [1, 2, 5, 30])
def test_ward_is_that_of_scipy(d: int, k: int) -> None:
    points = np.random.default_rng(d).standard_normal((300, d))
    labels = fcluster(linkage(points, "ward"), k, "maxclust")
    start = draw_start(PointCloud(points), "ward", k)
    expected = {
        (round(float((labels == label).mean()), 9), *points[labels == label].mean(axis=0).round(9))
        for label in set(labels)
    }
    found = zip(start.weights.round(9).tolist(), start.means.round(9).tolist(), strict=True)
    assert {(weight, *mean) for weight, mean in found} == expected
    first = labels == labels[points[:, 0].argmin()]
    if k <= 5:
        assert start.covariances[0] == pytest.approx(np.atleast_2d(np.cov(points[first].T, ddof=0)))


def test_ward_finds_clusters_far_apart_in_a_sample() -> None:
    cloud = blobs(n=20_000)
    start = draw_start(cloud, "ward", 4)
    assert start.means[:, 0] == pytest.approx([0, 20, 40, 60], abs=0.3)
    assert start.weights == pytest.approx([0.25] * 4, abs=0.05)
    assert start.covariances[:, 0, 0] == pytest.approx([1] * 4, abs=0.3)


def test_ward_of_more_components_than_its_sample() -> None:
    points = np.random.default_rng(0).standard_normal((1300, 2))
    start = draw_start(PointCloud(points), "ward", 1200)
    assert start.k == 1200
    assert len(places(start)) == 1200


def test_draws_count_up() -> None:
    assert draws(["k-means", "ward"], 2, 5) == (
        Draw("k-means", 5),
        Draw("k-means", 6),
        Draw("ward", 5),
    )
    assert draws(["normal", "normal"], 1) == (Draw("normal", 0),)
    assert draws(METHODS, 0) == ()
