from __future__ import annotations

import numpy as np
import pytest

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture, smallest_eigenvalues
from gmm_studio.data.generators import GENERATORS, generate

MIXTURES = ("separated", "overlapping", "elongated", "unequal", "nested", "grid")
SHAPES = ("ring", "moons", "pinwheel", "uniform")
LINES_WITH_K = ("hills", "peaks")
FIXED_LINES = ("spike", "same-mean", "claw", "comb")
LINES = (*LINES_WITH_K, *FIXED_LINES)
WITH_TRUTH = (*MIXTURES, *LINES)
WITH_K = (*MIXTURES, "pinwheel", *LINES_WITH_K)
WITHOUT_K = ("ring", "moons", "uniform", *FIXED_LINES)


def truth_of(cloud: PointCloud) -> Mixture:
    assert cloud.truth is not None
    return cloud.truth


def agreement(cloud: PointCloud) -> float:
    """How many of the points their true mixture gives back to where they came from."""
    guess = truth_of(cloud).responsibilities(cloud.points).argmax(axis=1)
    return float(np.mean(guess == cloud.labels))


def largest_eigenvalues(covariances: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.eigvalsh(covariances)[:, -1], np.float64)


def test_the_registry_lists_them_in_order() -> None:
    assert tuple(GENERATORS) == (*MIXTURES, *SHAPES, *LINES)
    assert all(generator.name == name for name, generator in GENERATORS.items())
    assert len({generator.title for generator in GENERATORS.values()}) == len(GENERATORS)
    assert {name for name in GENERATORS if GENERATORS[name].default_k is None} == set(WITHOUT_K)


@pytest.mark.parametrize("name", GENERATORS)
def test_default_cloud(name: str) -> None:
    cloud = generate(name)
    assert cloud.points.shape == (1000, 1 if name in LINES else 2)
    assert cloud.name == GENERATORS[name].title
    assert cloud.weights is None
    assert cloud.source is None
    # Centred well enough, and of a size at which axes read well.
    assert np.abs(cloud.points.mean(axis=0)).max() < 1.5
    assert 4 < np.ptp(cloud.points, axis=0).max() < 25


@pytest.mark.parametrize("name", GENERATORS)
def test_repeats_by_its_random_state(name: str) -> None:
    first, again, other = (generate(name, 50, random_state=s) for s in (3, 3, 4))
    np.testing.assert_array_equal(first.points, again.points)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert (first.points != other.points).any()


@pytest.mark.parametrize("name", WITH_TRUTH)
def test_another_sample_has_the_same_truth(name: str) -> None:
    one, other = (truth_of(generate(name, 5, random_state=s)) for s in (0, 1))
    np.testing.assert_array_equal(one.means, other.means)
    np.testing.assert_array_equal(one.covariances, other.covariances)
    np.testing.assert_array_equal(one.weights, other.weights)


@pytest.mark.parametrize("name", WITH_TRUTH)
def test_points_follow_their_truth(name: str) -> None:
    cloud = generate(name, 50_000)
    truth = truth_of(cloud)
    assert cloud.labels is not None
    for j in range(truth.k):
        members = cloud.points[cloud.labels == j]
        spread = np.sqrt(np.diag(truth.covariances[j]))
        assert abs(len(members) / cloud.n - truth.weights[j]) < 0.02
        assert (np.abs(members.mean(axis=0) - truth.means[j]) < 0.1 * spread).all()


@pytest.mark.parametrize("name", [*MIXTURES, *LINES_WITH_K])
@pytest.mark.parametrize("k", [1, 2, 3, 5, 8, 9, 10, 17, 50, 99, 100])
def test_every_k_has_a_mixture_of_distinct_components(name: str, k: int) -> None:
    truth = truth_of(generate(name, 1, k))
    assert truth.k == k
    assert truth.weights.min() > 0
    distances = np.linalg.norm(truth.means[:, None] - truth.means, axis=2)
    assert (distances[~np.eye(k, dtype=bool)] > 0.05).all()


def test_separated_clusters_are_separate() -> None:
    for k in (2, 3, 4, 6, 12):
        assert agreement(generate("separated", 5000, k)) > 0.98


def test_overlapping_clusters_overlap() -> None:
    for k in (2, 3, 4, 6, 12):
        assert 0.7 < agreement(generate("overlapping", 5000, k)) < 0.95


def test_elongated_clusters_are_long_and_rotated() -> None:
    covariances = truth_of(generate("elongated")).covariances
    assert (largest_eigenvalues(covariances) > 20 * smallest_eigenvalues(covariances)).all()
    assert (np.abs(covariances[:, 0, 1]) > 0.1).all()


def test_unequal_weights_fall() -> None:
    weights = truth_of(generate("unequal")).weights
    assert (np.diff(weights) < 0).all()
    assert weights[0] > 4 * weights[-1]


def test_nested_cluster_lies_within_the_wide_one() -> None:
    for k in (2, 3, 6):
        truth = truth_of(generate("nested", k=k))
        offsets = truth.means[1:] - truth.means[0]
        distances = np.einsum("ki,ij,kj->k", offsets, np.linalg.inv(truth.covariances[0]), offsets)
        assert (distances < 1.5**2).all()
        sizes = np.linalg.det(truth.covariances)
        assert (sizes[1:] < sizes[0] / 50).all()


def test_grid_is_three_by_three() -> None:
    means = truth_of(generate("grid")).means
    assert len(np.unique(means[:, 0])) == len(np.unique(means[:, 1])) == 3


@pytest.mark.parametrize(("name", "classes"), [("moons", 2), ("pinwheel", 5)])
def test_shapes_with_classes(name: str, classes: int) -> None:
    cloud = generate(name)
    assert cloud.truth is None
    assert cloud.labels is not None
    assert set(cloud.labels.tolist()) == set(range(classes))


def test_ring_and_uniform_know_no_classes() -> None:
    for name in ("ring", "uniform"):
        cloud = generate(name)
        assert cloud.truth is None
        assert cloud.labels is None
    radius = np.linalg.norm(generate("ring").points, axis=1)
    assert radius.min() > 1


def test_pinwheel_has_as_many_arms_as_asked_for() -> None:
    labels = generate("pinwheel", 500, 7).labels
    assert labels is not None
    assert labels.max() == 6


def test_titles_say_which_are_one_dimensional() -> None:
    said = {name for name, generator in GENERATORS.items() if generator.title.endswith(" (1-D)")}
    assert said == set(LINES)
    assert all(generate(name, 1).d == 1 for name in said)


def test_hills_run_into_one_another_but_are_two() -> None:
    truth = truth_of(generate("hills"))
    assert truth.k == 2
    heights = np.exp(truth.log_density([[float(truth.means[0, 0])], [0.0]]))
    assert 0.6 * heights[0] < heights[1] < heights[0]
    for k in (2, 3, 6):
        assert 0.8 < agreement(generate("hills", 5000, k)) < 0.95


def test_peaks_are_separate_and_of_unequal_weight() -> None:
    for k in (2, 3, 6, 12):
        cloud = generate("peaks", 5000, k)
        assert agreement(cloud) > 0.99
        truth = truth_of(cloud)
        assert (np.diff(truth.weights) < 0).all()
        assert float(truth.weights @ truth.means[:, 0]) == pytest.approx(0, abs=1e-9)


def test_the_spike_stands_within_the_wide_one() -> None:
    truth = truth_of(generate("spike"))
    wide, narrow = np.sqrt(truth.covariances[:, 0, 0])
    assert narrow < wide / 5
    assert abs(truth.means[1, 0] - truth.means[0, 0]) < wide
    assert np.exp(truth.log_density([[truth.means[1, 0]]])) > 3 * np.exp(
        truth.log_density([[-truth.means[1, 0]]])
    )


def test_the_same_mean_has_two_widths() -> None:
    truth = truth_of(generate("same-mean"))
    assert truth.means[0, 0] == truth.means[1, 0]
    assert truth.covariances[1, 0, 0] > 4 * truth.covariances[0, 0, 0]


def test_the_claw_is_that_of_marron_and_wand() -> None:
    """Their table 1, number 10: 1/2 N(0, 1) + sum over l = 0..4 of 1/10 N(l/2 - 1, (1/10)^2)."""
    truth = truth_of(generate("claw"))
    assert truth.weights.tolist() == pytest.approx([0.5] + [0.1] * 5)
    assert truth.means[:, 0].tolist() == pytest.approx([0, -1, -0.5, 0, 0.5, 1])
    assert np.sqrt(truth.covariances[:, 0, 0]).tolist() == pytest.approx([1] + [0.1] * 5)


def test_the_comb_is_that_of_marron_and_wand() -> None:
    """Their number 14: sum over l of 2^(5-l)/63 N((65 - 96 / 2^l)/21, (32/63)^2 / 2^(2 l))."""
    truth = truth_of(generate("comb"))
    for j in range(6):
        assert truth.weights[j] == pytest.approx(2 ** (5 - j) / 63)
        assert truth.means[j, 0] == pytest.approx((65 - 96 / 2**j) / 21)
        assert truth.covariances[j, 0, 0] == pytest.approx((32 / 63) ** 2 / 2 ** (2 * j))
    assert truth.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", GENERATORS)
def test_one_point_is_a_cloud(name: str) -> None:
    assert generate(name, 1).n == 1


@pytest.mark.parametrize("n", [0, -1, 10_000_001, 1.5, 10.0, "10", None, True])
def test_refuses_a_number_of_points(n: object) -> None:
    with pytest.raises(InputError, match="number of points"):
        generate("separated", n)  # type: ignore[arg-type]


@pytest.mark.parametrize("k", [0, -1, 101, 2.0, "3", False])
@pytest.mark.parametrize("name", WITH_K)
def test_refuses_a_number_of_clusters(name: str, k: object) -> None:
    with pytest.raises(InputError, match="number of clusters"):
        generate(name, 10, k)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WITHOUT_K)
def test_refuses_k_where_there_is_none(name: str) -> None:
    with pytest.raises(InputError, match="no number of clusters"):
        generate(name, 10, 3)


@pytest.mark.parametrize("random_state", [-1, 2**32, 0.5, None])
def test_refuses_a_random_state(random_state: object) -> None:
    with pytest.raises(InputError, match="random state"):
        generate("ring", 10, random_state=random_state)  # type: ignore[arg-type]


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no cloud called spiral.*separated, overlapping"):
        generate("spiral")


def test_numpy_integers_are_whole_numbers() -> None:
    assert generate("grid", np.int64(20), np.int32(4)).n == 20  # type: ignore[arg-type,unused-ignore]
