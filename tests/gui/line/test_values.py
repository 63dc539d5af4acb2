"""How finely data are rounded, and how dense they are at most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio.gui.line.values import densest, spacing_of

RNG = np.random.default_rng(0)


@given(
    st.lists(st.integers(-300, 300), min_size=1, max_size=30),
    st.sampled_from([1.0, 0.1, 0.25, 1e-6, 1e6, 1 / 3]),
    st.sampled_from([0.0, 0.05, -17.3]),
)
def test_multiples_of_a_spacing_have_the_largest_one(
    whole: list[int], unit: float, offset: float
) -> None:
    differences = np.diff(np.unique(whole))
    found = spacing_of(unit * (np.array(whole) + offset))
    if len(differences) == 0:
        assert found is None
    else:
        assert found == pytest.approx(unit * np.gcd.reduce(differences), rel=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=200),
        np.repeat(RNG.normal(size=50), 3),
        1e9 + RNG.normal(size=100),
        np.array([0.0, 1.0, np.sqrt(2)]),
        np.array([0.0, 1.0, 1e6]),
        np.array([5.0] * 9),
        np.array([0.0, 1e-300, 1e300]),
    ],
)
def test_continuous_values_have_no_spacing(values: np.ndarray) -> None:
    assert spacing_of(values) is None


def test_the_densest_place_is_nearly_as_high_as_the_density() -> None:
    """A tenth of the points a hundred times as close as the others."""
    narrow, wide = RNG.normal(3, 0.01, 2000), RNG.normal(0, 1, 8000)
    found = densest(np.concatenate([narrow, wide]), None)
    assert found == pytest.approx(0.2 / (0.01 * np.sqrt(2 * np.pi)), rel=0.15)
    assert densest(wide, None) == pytest.approx(1 / np.sqrt(2 * np.pi), rel=0.1)


def test_weights_count_as_so_many_points() -> None:
    values = np.round(RNG.normal(size=600), 2)
    weights = RNG.integers(1, 4, 600).astype(float)
    repeated = densest(np.repeat(values, weights.astype(int)), None)
    assert densest(values, weights) == pytest.approx(repeated, rel=0.1)
    assert densest(10 * values, weights) == pytest.approx(densest(values, weights) / 10)


def test_rounding_does_not_make_values_dense() -> None:
    values = RNG.normal(0, 1.5, 3000)
    assert densest(np.round(values), None) == pytest.approx(densest(values, None), rel=0.3)


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0, 2.0], list(range(39)), [7.0] * 100])
def test_too_few_or_equal_values_tell_nothing(values: list[float]) -> None:
    assert densest(np.array(values, dtype=float), None) == 0.0
