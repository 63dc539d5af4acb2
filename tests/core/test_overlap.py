"""The misclassification rate against closed forms and simulation, and mixtures made to have one."""

from __future__ import annotations

from functools import partial
from statistics import NormalDist

import numpy as np
import pytest

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.overlap import misclassification_rate, scaled, with_overlap

TURNED = Mixture(
    [0.5, 0.3, 0.2],
    [[0.0, 0.0], [2.0, 1.0], [-1.0, 2.5]],
    [[[1.0, 0.6], [0.6, 1.0]], [[0.5, -0.2], [-0.2, 1.5]], [[2.0, 0.0], [0.0, 0.3]]],
)


def two(d: int, delta: float, weight: float = 0.5) -> Mixture:
    """Two spherical components of variance 1, delta apart in a slanting direction."""
    means = np.zeros((2, d))
    means[1] = [delta] if d == 1 else [delta * np.cos(0.7), delta * np.sin(0.7)]
    return Mixture([weight, 1 - weight], means, np.tile(np.eye(d), (2, 1, 1)))


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("delta", [0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0])
def test_two_equal_spherical_components_have_the_rate_of_the_closed_form(
    d: int, delta: float
) -> None:
    expected = NormalDist().cdf(-delta / 2)
    assert misclassification_rate(two(d, delta)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("weight", [0.6, 0.9])
def test_unequal_weights_move_the_boundary(d: int, weight: float) -> None:
    delta, log_odds, normal = 1.7, np.log(weight / (1 - weight)), NormalDist()
    first = normal.cdf(-delta / 2 - log_odds / delta)
    second = normal.cdf(-delta / 2 + log_odds / delta)
    expected = weight * first + (1 - weight) * second
    assert misclassification_rate(two(d, delta, weight)) == pytest.approx(expected, rel=1e-3)


def test_two_widths_about_one_mean_are_told_apart_where_their_densities_cross() -> None:
    narrow, wide = 0.6, 2.4
    mixture = Mixture([0.5, 0.5], [[0.0], [0.0]], [[[narrow**2]], [[wide**2]]])
    squared = 2 * np.log(wide / narrow) / (narrow**-2 - wide**-2)
    crossing, normal = float(np.sqrt(squared)), NormalDist()
    outside = 2 * normal.cdf(-crossing / narrow)
    inside = 1 - 2 * normal.cdf(-crossing / wide)
    expected = 0.5 * (outside + inside)
    assert misclassification_rate(mixture) == pytest.approx(expected, rel=1e-3)


def test_turned_components_have_the_rate_of_a_simulation() -> None:
    points, labels = TURNED.sample(400_000, random_state=3)
    wrong = (TURNED.responsibilities(points).argmax(axis=1) != labels).mean()
    rate = misclassification_rate(TURNED)
    assert abs(rate - wrong) < 4 * np.sqrt(rate * (1 - rate) / 400_000)


def test_the_rate_depends_on_nothing_but_the_mixture_and_not_on_its_units() -> None:
    moved = Mixture(TURNED.weights, 1e3 * TURNED.means + 5, 1e6 * TURNED.covariances)
    assert misclassification_rate(moved) == pytest.approx(misclassification_rate(TURNED), rel=1e-9)
    assert misclassification_rate(TURNED) == misclassification_rate(TURNED)


def test_one_component_is_never_mistaken_and_empty_ones_draw_nothing() -> None:
    assert misclassification_rate(Mixture([1.0], [[3.0]], [[[2.0]]])) == 0
    empty = Mixture([1.0, 0.0], [[0.0], [0.1]], [[[1.0]], [[1.0]]])
    assert misclassification_rate(empty) == 0


def test_equal_components_are_told_apart_by_chance_alone() -> None:
    same = Mixture(np.full(12, 1 / 12), np.zeros((12, 2)), np.tile(np.eye(2), (12, 1, 1)))
    assert misclassification_rate(same) == pytest.approx(11 / 12)


@pytest.mark.parametrize("rate", [0.001, 0.02, 0.1, 0.3, 0.45])
def test_an_overlap_is_reached_by_the_size_that_the_closed_form_says(rate: float) -> None:
    found = with_overlap(partial(scaled, two(2, 4.0)), rate)
    deviation = 4.0 / (-2 * NormalDist().inv_cdf(rate))
    assert np.sqrt(found.covariances[0, 0, 0]) == pytest.approx(deviation, rel=1e-3)
    assert misclassification_rate(found) == pytest.approx(rate, rel=1e-4)
    np.testing.assert_array_equal(found.means, two(2, 4.0).means)


def test_no_overlap_at_all_is_one_in_a_million() -> None:
    found = with_overlap(partial(scaled, TURNED), 0.0)
    assert misclassification_rate(found) == pytest.approx(1e-6, rel=0.1)


def test_an_overlap_out_of_reach_is_refused_with_what_is_within() -> None:
    # Were all means at one place, the heavier component would be guessed always.
    with pytest.raises(InputError, match=r"cannot overlap by 40 %, only by 0 to 30 %"):
        with_overlap(partial(scaled, two(1, 3.0, 0.7)), 0.4)


def test_it_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        with_overlap(partial(scaled, TURNED), 0.3, lambda: True)
