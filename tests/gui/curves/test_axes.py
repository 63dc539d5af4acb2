"""What is written along the axes of the curves."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio.gui.curves.axes import linear_ticks, log_ticks, power, scientific, whole_ticks


def test_powers_are_written_with_superscripts() -> None:
    assert [power(i) for i in (-12, -3, 0, 1, 45)] == ["10⁻¹²", "10⁻³", "10⁰", "10¹", "10⁴⁵"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-6, "10⁻⁶"),
        (1.5e-6, "1.5 × 10⁻⁶"),
        (9.9999e-7, "10⁻⁶"),
        (0.0123, "0.0123"),
        (412.34, "412"),
        (2.5e9, "2.5 × 10⁹"),
        (0.0, "0"),
        (-3.0, "−3.00"),
        (math.inf, "inf"),
    ],
)
def test_small_and_large_numbers_are_read_easily(value: float, text: str) -> None:
    assert scientific(value) == text


def test_decades_are_ticked_as_many_as_there_is_room_for() -> None:
    assert log_ticks(-6.2, 0.3, 10) == {float(i): power(i) for i in range(-6, 1)}
    assert log_ticks(-6.2, 0.3, 4) == {-6.0: "10⁻⁶", -4.0: "10⁻⁴", -2.0: "10⁻²", 0.0: "10⁰"}
    assert len(log_ticks(-300, 300, 3)) in (2, 3)


def test_less_than_a_decade_is_ticked_by_numbers() -> None:
    assert list(log_ticks(-0.1, 1.1, 5).values()) == ["1", "2", "5", "10"]
    assert "2·10⁻⁶" in log_ticks(-6.1, -4.9, 5).values()
    ticks = log_ticks(math.log10(3.1), math.log10(3.4), 4)
    assert len(ticks) >= 2
    for at, text in ticks.items():
        assert 10**at == pytest.approx(float(text))
    assert all(text.endswith("·10⁻⁸") for text in log_ticks(-7.5, -7.45, 4).values())


@given(st.floats(-200, 200), st.floats(1e-3, 100), st.integers(2, 12))
def test_ticks_of_any_logarithmic_axis_are_inside_and_not_too_many(
    low: float, size: float, most: int
) -> None:
    ticks = log_ticks(low, low + size, most)
    assert all(low - 1e-6 <= at <= low + size + 1e-6 for at in ticks)
    assert len(ticks) <= 2 * most + 2
    assert len(set(ticks.values())) == len(ticks)


@given(st.floats(-1e6, 1e6), st.floats(1e-7, 1e6), st.integers(2, 10))
def test_a_linear_axis_has_two_ticks_at_least(low: float, size: float, most: int) -> None:
    ticks = linear_ticks(low, low + size, most)
    assert 2 <= len(ticks) <= most + 5
    assert len(set(ticks.values())) == len(ticks)


def test_close_numbers_are_written_out() -> None:
    texts = linear_ticks(-3249.0521, -3249.05205, 3).values()
    assert all(text.startswith("−3,249.052") and "e" not in text for text in texts)


def test_iterations_are_whole_numbers() -> None:
    for right in (1, 2, 3, 7, 42, 1000):
        ticks = whole_ticks(0.0, float(right), 8)
        assert ticks
        assert all(at == round(at) for at in ticks)
        assert ticks[0.0] == "0"
    assert list(whole_ticks(3.4, 5.4, 8)) == [4.0, 5.0]
