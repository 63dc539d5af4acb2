"""What a mixture makes of each point: colour, uncertainty and the component that it belongs to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.mixture import Mixture
from gmm_studio.data.generators import generate
from gmm_studio.gui.canvas.shading import shade, uncertainty_of

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def test_soft_colours_mix_by_responsibility() -> None:
    cloud = generate("overlapping", 500)
    assert cloud.truth is not None
    palette = np.array([RED, GREEN, BLUE])
    expected = cloud.truth.responsibilities(cloud.points) @ palette
    np.testing.assert_allclose(shade(cloud, cloud.truth, palette).colours, expected, atol=1e-5)


def test_hard_colours_are_of_one_component_each() -> None:
    cloud = generate("overlapping", 500)
    assert cloud.truth is not None
    palette = np.array([RED, GREEN, BLUE])
    shades = shade(cloud, cloud.truth, palette, hard=True, assign=True)
    best = cloud.truth.responsibilities(cloud.points).argmax(axis=1)
    np.testing.assert_array_equal(shades.colours, palette[best])
    np.testing.assert_array_equal(shades.assigned, best)


@pytest.mark.parametrize("measure", ["maximum", "entropy"])
def test_uncertainty_agrees_with_the_responsibilities(measure: str) -> None:
    cloud = generate("overlapping", 500)
    assert cloud.truth is not None
    shares = cloud.truth.responsibilities(cloud.points)
    expected = 1 - shares.max(axis=1) if measure == "maximum" else entropy(shares.T) / np.log(3)
    found = shade(cloud, cloud.truth, np.eye(3), uncertainty=measure).uncertainty  # type: ignore[arg-type]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_what_is_not_wanted_is_not_made() -> None:
    cloud = generate("overlapping", 50)
    assert cloud.truth is not None
    shades = shade(cloud, cloud.truth, np.eye(3))
    assert shades.uncertainty is None
    assert shades.assigned is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8).filter(lambda values: sum(values) > 0))
def test_uncertainty_is_between_0_and_1(values: list[float]) -> None:
    shares = np.array(values)[:, None] / sum(values)
    assert 0 <= uncertainty_of(shares, "maximum")[0] <= 1 - 1 / len(values) + 1e-12
    assert 0 <= uncertainty_of(shares, "entropy")[0] <= 1 + 1e-12


def test_equal_responsibilities_are_the_most_uncertain() -> None:
    shares = np.full((4, 1), 0.25)
    assert uncertainty_of(shares, "maximum")[0] == pytest.approx(0.75)
    assert uncertainty_of(shares, "entropy")[0] == pytest.approx(1)
    assert uncertainty_of(np.ones((1, 3)), "entropy").tolist() == [0, 0, 0]


def test_a_point_far_from_everything_has_a_colour() -> None:
    mixture = Mixture([0.5, 0.5], [[0, 0], [1, 0]], np.tile(np.eye(2) * 1e-4, (2, 1, 1)))
    cloud = PointCloud([(0, 0), (1, 0), (1e6, 0), (-1e6, 5)])
    shades = shade(cloud, mixture, [RED, BLUE], uncertainty="entropy", assign=True)
    np.testing.assert_allclose(shades.colours, [RED, BLUE, BLUE, RED], atol=1e-6)
    np.testing.assert_allclose(shades.uncertainty, 0, atol=1e-6)
    np.testing.assert_array_equal(shades.assigned, [0, 1, 1, 0])


def test_an_emptied_component_lends_no_colour() -> None:
    mixture = Mixture([1.0, 0.0], [[0, 0], [0.1, 0]], np.tile(np.eye(2), (2, 1, 1)))
    found = shade(PointCloud([(0, 0), (0.1, 0)]), mixture, [RED, BLUE]).colours
    np.testing.assert_allclose(found, [RED, RED], atol=1e-6)


def test_shading_can_be_cancelled() -> None:
    cloud = generate("separated", 1_000)
    assert cloud.truth is not None
    with pytest.raises(Cancelled):
        shade(cloud, cloud.truth, [RED, GREEN, BLUE], cancelled=lambda: True)
