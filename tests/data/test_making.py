"""Clouds by recipe: the same recipe, the same points, and the truth is what drew them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.overlap import misclassification_rate
from gmm_studio.core.recipe import OUTLIER, Recipe
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.data.making import edited_truth, make, sample_cloud, true_mixture

PLANE = Mixture(
    [0.7, 0.3], [[0.0, 0.0], [4.0, 1.0]], [[[1.0, 0.5], [0.5, 2.0]], [[0.3, 0.0], [0.0, 0.3]]]
)
LINE = Mixture([0.25, 0.75], [[0.0], [5.0]], [[[1.0]], [[0.25]]])


def truth_of(cloud: PointCloud) -> Mixture:
    assert cloud.truth is not None
    return cloud.truth


def labels_of(cloud: PointCloud) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    assert cloud.labels is not None
    return cloud.labels


@pytest.mark.parametrize("name", GENERATORS)
def test_a_plain_recipe_is_what_the_generator_draws(name: str) -> None:
    made, drawn = make(Recipe(name, 300, random_state=7)), generate(name, 300, random_state=7)
    np.testing.assert_array_equal(made.points, drawn.points)
    assert (made.labels is None) == (drawn.labels is None)
    assert (made.truth is None) == (drawn.truth is None)
    assert made.name == drawn.name


@pytest.mark.parametrize("name", ["separated", "moons", "ring", "claw"])
def test_the_same_recipe_makes_the_same_points_and_another_number_others(name: str) -> None:
    recipe = Recipe(name, 400, random_state=3, outliers=0.1, noise=0.2)
    first, again = make(recipe), make(recipe)
    np.testing.assert_array_equal(first.points, again.points)
    np.testing.assert_array_equal(labels_of(first), labels_of(again))
    assert not np.array_equal(make(replace(recipe, random_state=4)).points, first.points)


def test_a_cloud_knows_its_recipe_whole() -> None:
    cloud = make(Recipe("grid", 50, outliers=0.1))
    assert cloud.recipe == Recipe("grid", 50, k=9, outliers=0.1)
    assert cloud.subset(np.arange(50) < 20).recipe is None, "it makes another cloud"
    assert generate("grid", 50).recipe == Recipe("grid", 50, k=9)


# Outliers


def test_outliers_come_last_labelled_apart_in_a_box_that_is_half_as_large_again() -> None:
    plain = make(Recipe("separated", 9_000, random_state=1))
    cloud = make(Recipe("separated", 10_000, random_state=1, outliers=0.1))
    assert cloud.n == 10_000
    np.testing.assert_array_equal(cloud.points[:9_000], plain.points)
    labels = labels_of(cloud)
    assert (labels[:9_000] >= 0).all()
    assert (labels[9_000:] == OUTLIER).all()
    strays = cloud.points[9_000:]
    low, high = plain.points.min(axis=0), plain.points.max(axis=0)
    assert (strays > low - 0.25 * (high - low)).all()
    assert (strays < high + 0.25 * (high - low)).all()
    np.testing.assert_allclose(np.ptp(strays, axis=0), 1.5 * (high - low), rtol=0.02)
    np.testing.assert_allclose(strays.mean(axis=0), 0.5 * (low + high), atol=0.5)
    assert cloud.class_name(OUTLIER) == "outliers"


def test_the_truth_knows_nothing_of_outliers() -> None:
    plain, cloud = make(Recipe("nested", 100)), make(Recipe("nested", 100, outliers=0.5))
    np.testing.assert_array_equal(truth_of(cloud).covariances, truth_of(plain).covariances)
    np.testing.assert_array_equal(truth_of(cloud).weights, truth_of(plain).weights)


def test_points_without_classes_get_one_beside_their_outliers() -> None:
    labels = labels_of(make(Recipe("ring", 100, outliers=0.2)))
    assert labels.tolist() == [0] * 80 + [OUTLIER] * 20


def test_at_least_one_point_is_no_outlier() -> None:
    assert labels_of(make(Recipe("separated", 1, outliers=0.9))).tolist() != [OUTLIER]


# Noise


@pytest.mark.parametrize("source", [PLANE, LINE, "elongated"])
def test_noise_adds_its_variance_to_every_covariance(source: Mixture | str) -> None:
    clean = true_mixture(Recipe(source))
    assert clean is not None
    points, _ = clean.sample(200_000, 5)
    spread = np.sqrt(points.var(axis=0).mean())
    noisy = true_mixture(Recipe(source, noise=0.3))
    assert noisy is not None
    added = noisy.covariances - clean.covariances
    expected = (0.3 * spread) ** 2 * np.eye(clean.d)
    np.testing.assert_allclose(added, np.tile(expected, (clean.k, 1, 1)), rtol=0.02, atol=1e-12)


def test_points_with_noise_have_the_covariances_of_their_truth() -> None:
    cloud = make(Recipe(PLANE, 200_000, noise=0.5))
    for j in range(2):
        found = np.cov(cloud.points[labels_of(cloud) == j].T)
        np.testing.assert_allclose(found, truth_of(cloud).covariances[j], atol=0.03)


def test_noise_on_points_without_a_truth_is_in_units_of_their_spread() -> None:
    clean, noisy = make(Recipe("moons", 50_000)), make(Recipe("moons", 50_000, noise=0.4))
    jitter = noisy.points - clean.points
    spread = np.sqrt(clean.points.var(axis=0).mean())
    np.testing.assert_allclose(jitter.std(axis=0), 0.4 * spread, rtol=0.02)
    np.testing.assert_array_equal(labels_of(noisy), labels_of(clean))


# Weights and overlap


def test_unequal_weights_fall_by_one_factor() -> None:
    truth = truth_of(make(Recipe("separated", 10, k=3, unequal=4.0)))
    np.testing.assert_allclose(truth.weights, np.array([4, 2, 1]) / 7)
    even = truth_of(make(Recipe("unequal", 10, unequal=1.0)))
    np.testing.assert_allclose(even.weights, np.full(3, 1 / 3))
    assert truth_of(make(Recipe("separated", 10, k=1, unequal=4.0))).weights.tolist() == [1.0]


@pytest.mark.parametrize("name", ["separated", "grid", "peaks"])
@pytest.mark.parametrize("overlap", [0.01, 0.2, 0.4])
def test_the_truth_has_the_overlap_that_was_asked_for(name: str, overlap: float) -> None:
    truth = truth_of(make(Recipe(name, 10, unequal=2.0, overlap=overlap)))
    assert misclassification_rate(truth) == pytest.approx(overlap, abs=1e-4)


def test_the_overlap_is_that_of_the_truth_with_its_noise() -> None:
    recipe = Recipe("separated", 200_000, noise=0.2, overlap=0.15)
    cloud = make(recipe)
    truth = truth_of(cloud)
    assert misclassification_rate(truth) == pytest.approx(0.15, abs=1e-4)
    wrong = truth.responsibilities(cloud.points).argmax(axis=1) != labels_of(cloud)
    assert wrong.mean() == pytest.approx(0.15, abs=0.004)


def test_noise_may_leave_less_overlap_out_of_reach() -> None:
    with pytest.raises(InputError, match="cannot overlap by 1 %"):
        make(Recipe("separated", noise=1.0, overlap=0.01))


def test_overlap_moves_no_mean() -> None:
    truth, plain = truth_of(make(Recipe("grid", 10, overlap=0.3))), true_mixture(Recipe("grid"))
    assert plain is not None
    np.testing.assert_array_equal(truth.means, plain.means)


# From a mixture


def test_a_sample_of_a_mixture_has_it_as_its_truth() -> None:
    cloud = sample_cloud(PLANE, 100_000, random_state=2, name="Fit")
    assert cloud.truth is PLANE
    assert cloud.name == "Fit"
    assert np.bincount(labels_of(cloud))[0] / cloud.n == pytest.approx(0.7, abs=0.01)
    for j in range(2):
        own = cloud.points[labels_of(cloud) == j]
        np.testing.assert_allclose(own.mean(axis=0), PLANE.means[j], atol=0.05)
        np.testing.assert_allclose(np.cov(own.T), PLANE.covariances[j], atol=0.05)
    np.testing.assert_array_equal(sample_cloud(PLANE, 100_000, 2).points, cloud.points)


def test_making_from_a_mixture_is_sampling_from_it() -> None:
    made = make(Recipe(LINE, 60, random_state=9, title="Line"))
    np.testing.assert_array_equal(made.points, sample_cloud(LINE, 60, 9).points)
    assert (made.name, made.d) == ("Line", 1)


def test_an_edited_truth_keeps_number_sample_and_outliers_but_no_second_noise() -> None:
    cloud = make(Recipe("separated", 500, random_state=6, outliers=0.2, noise=0.3, overlap=0.2))
    edited = edited_truth(cloud, PLANE)
    assert edited == Recipe(PLANE, 500, random_state=6, outliers=0.2, title="Separated")
    # The same random numbers: what did not move draws the same points.
    plain = make(Recipe("separated", 500))
    same = make(edited_truth(plain, truth_of(plain)))
    np.testing.assert_array_equal(same.points, plain.points)
    unknown = replace(plain, recipe=None)
    assert edited_truth(unknown, PLANE) == Recipe(PLANE, 500, title="Separated")


# Refused


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (Recipe("cube"), "no cloud called cube"),
        (Recipe("separated", 0), "number of points"),
        (Recipe("ring", k=3), "no number of clusters"),
        (Recipe(PLANE, k=3), "no number of clusters"),
        (Recipe("separated", random_state=-1), "random state"),
        (Recipe("separated", outliers=0.95), "share of outliers must be from 0 to 0.9"),
        (Recipe("separated", noise=float("nan")), "noise must be from 0 to 10"),
        (Recipe("separated", unequal=0.5), "ratio of the weights must be from 1 to 1,000"),
        (Recipe("separated", overlap=0.51), "overlap must be from 0 to 0.5"),
        (Recipe("separated", k=1, overlap=0.1), "single cluster"),
        (Recipe("ring", overlap=0.1), "Ring has no true mixture"),
        (Recipe("moons", unequal=2.0), "Moons has no true mixture"),
    ],
)
def test_what_cannot_be_made_is_refused(recipe: Recipe, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make(recipe)


def test_making_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        make(Recipe("separated"), lambda: True)
