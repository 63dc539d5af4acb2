"""Numbers as people read them."""

from __future__ import annotations

import pytest

from gmm_studio.gui.canvas.viewport import nice_ticks
from gmm_studio.gui.numbers import numbers, places


@pytest.mark.parametrize(
    ("values", "sigma", "expected"),
    [
        ([1.5, -0.25], 1.0, ["1.500", "\N{MINUS SIGN}0.250"]),
        ([1e9 + 4.196, -1e9], 1.0, ["1,000,000,004.196", "\N{MINUS SIGN}1,000,000,000.000"]),
        ([1e9 + 4.196], 200.0, ["1,000,000,004.2"]),
        ([1e9, 2e9], 1e5, ["1,000,000,000", "2,000,000,000"]),
        ([0.0], 1.0, ["0.000"]),
    ],
)
def test_coordinates_far_from_the_origin_can_be_told_apart(
    values: list[float], sigma: float, expected: list[str]
) -> None:
    assert places(values, sigma) == expected


@pytest.mark.parametrize("sigma", [0.0, 1e-300, 1e300])
def test_whatever_the_resolution_there_are_numbers(sigma: float) -> None:
    assert places([1e9, 2.0], sigma)
    assert places([3.0, 4.0], sigma) == numbers([3.0, 4.0])


def test_ticks_far_out_share_one_power_of_ten() -> None:
    texts = list(nice_ticks(1e9 - 3, 1e9 + 3, 6).values())
    assert len(set(texts)) == len(texts) >= 5
    assert all(text.endswith("e9") for text in texts)
    assert texts[0] == "0.999999997e9"
    assert [text[:-2] for text in texts] == sorted(text[:-2] for text in texts)
