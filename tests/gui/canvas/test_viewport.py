"""The viewport: where data are in pixels, whatever their size and however far off they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gmm_studio.gui.canvas.viewport import Viewport, fitted, format_tick, nice_ticks

SIZES = st.floats(50, 4000)
CENTRES = st.floats(-1e12, 1e12)
SPREADS = st.floats(1e-8, 1e12)


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    """A viewport whose limits doubles can tell apart."""
    x, y = draw(CENTRES), draw(CENTRES)
    across, upwards = draw(SPREADS), draw(SPREADS)
    made = Viewport(x, x + across, y, y + upwards, draw(SIZES), draw(SIZES))
    assume(made.right > made.left and made.top > made.bottom and made.is_usable())
    assume(made.right - made.left > 1e-9 * abs(x) and made.top - made.bottom > 1e-9 * abs(y))
    return made


def test_corners_are_corners() -> None:
    viewport = Viewport(-1, 3, 10, 20, 800, 500)
    assert viewport.to_pixel(-1, 20) == (0, 0)
    assert viewport.to_pixel(3, 10) == (800, 500)
    assert viewport.to_data(0, 500) == (-1, 10)
    assert viewport.to_data(400, 250) == (1, 15)
    assert (viewport.x_scale, viewport.y_scale) == (200, 50)


@given(viewports(), st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
def test_to_data_is_the_inverse_of_to_pixel(viewport: Viewport, right: float, down: float) -> None:
    pixel = right * viewport.width, down * viewport.height
    back = viewport.to_pixel(*viewport.to_data(*pixel))
    assert back == pytest.approx(pixel, abs=0.01)


@given(viewports(), st.floats(0.2, 5), st.floats(0, 1), st.floats(0, 1))
def test_zooming_keeps_what_is_under_the_pointer(
    viewport: Viewport, factor: float, right: float, down: float
) -> None:
    pixel = right * viewport.width, down * viewport.height
    place = viewport.to_data(*pixel)
    zoomed = viewport.zoomed(factor, *pixel)
    assert zoomed.to_pixel(*place) == pytest.approx(pixel, abs=0.05)
    if zoomed is not viewport:
        assert zoomed.x_scale == pytest.approx(viewport.x_scale * factor, rel=1e-4)
        assert zoomed.y_scale == pytest.approx(viewport.y_scale * factor, rel=1e-4)


@pytest.mark.parametrize("factor", [1.2, 1 / 1.2])
@pytest.mark.parametrize("centre", [0.0, 1e9, -1e-6])
def test_zooming_for_ever_stays_usable(factor: float, centre: float) -> None:
    viewport = fitted(
        np.array([centre - 1, -1.0]), np.array([centre + 1, 1.0]), 800, 500, equal=True
    )
    for _ in range(20_000):
        viewport = viewport.zoomed(factor, 300, 300)
    assert viewport.is_usable()
    assert all(map(math.isfinite, (*viewport.to_pixel(centre, 0.5), viewport.x_scale)))
    assert viewport.right > viewport.left


@given(viewports(), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_panning_moves_what_is_under_the_pointer_along(
    viewport: Viewport, across: float, down: float
) -> None:
    place = viewport.to_data(100, 80)
    moved = viewport.panned(across, down)
    assert moved.to_pixel(*place) == pytest.approx((100 + across, 80 + down), abs=0.05)
    assert moved.x_scale == pytest.approx(viewport.x_scale, rel=1e-5)
    assert (moved.width, moved.height) == (viewport.width, viewport.height)


@given(viewports(), SIZES, SIZES)
def test_resizing_at_equal_aspect_keeps_centre_and_scale(
    viewport: Viewport, width: float, height: float
) -> None:
    first = viewport.resized(500, 300, equal=True)
    second = first.resized(width, height, equal=True)
    assert second.x_scale == pytest.approx(second.y_scale, rel=1e-4)
    assert second.x_scale == pytest.approx(first.x_scale, rel=1e-4)
    middle = viewport.to_data(0.5 * viewport.width, 0.5 * viewport.height)
    assert second.to_pixel(*middle) == pytest.approx((0.5 * width, 0.5 * height), abs=0.1)


def test_resizing_otherwise_keeps_the_limits() -> None:
    viewport = Viewport(-1, 3, 10, 20, 800, 500)
    assert viewport.resized(400, 400, equal=False) == Viewport(-1, 3, 10, 20, 400, 400)


@given(CENTRES, CENTRES, SPREADS, SPREADS, SIZES, SIZES, st.booleans())
def test_fitting_shows_the_box_with_a_margin(
    x: float, y: float, across: float, upwards: float, width: float, height: float, equal: bool
) -> None:
    low, high = np.array([x, y]), np.array([x + across, y + upwards])
    assume((high - low > 1e-9 * np.abs(high)).all())
    viewport = fitted(low, high, width, height, equal=equal)
    left, bottom = viewport.to_pixel(x, y)
    right, top = viewport.to_pixel(x + across, y + upwards)
    assert (viewport.width, viewport.height) == (width, height)
    assert left >= 0.99 * min(48, 0.25 * width)
    assert width - right >= 0.99 * min(48, 0.25 * width)
    assert top >= 0.99 * min(72, 0.25 * height), "room for the pill"
    assert height - bottom >= 0.99 * min(40, 0.15 * height), "room for the numbers of the axis"
    if equal:
        assert viewport.x_scale == pytest.approx(viewport.y_scale, rel=1e-4)
    if width <= 200 or height <= 230:
        return
    fills = [(right - left) / (width - 96), (bottom - top) / (height - 112)]
    if equal:
        assert max(fills) == pytest.approx(1, rel=1e-4)
    else:
        assert fills == pytest.approx([1, 1], rel=1e-4), "no smaller than it must be"


@given(
    st.floats(-1e150, 1e150), st.floats(-1e150, 1e150), SIZES, SIZES, st.booleans(), st.booleans()
)
def test_a_box_without_extent_has_a_viewport_too(
    x: float, y: float, width: float, height: float, equal: bool, flat: bool
) -> None:
    low = np.array([x, y])
    high = np.array([x + (abs(x) + 1 if flat else 0), y])
    viewport = fitted(low, high, width, height, equal=equal)
    assert viewport.left < x < viewport.right
    assert viewport.bottom < y < viewport.top
    assert 0 < viewport.to_pixel(x, y)[0] < width
    assert 0 < viewport.to_pixel(x, y)[1] < height


def test_fitting_leaves_the_box_as_it_is() -> None:
    low, high = np.array([1.0, 2.0]), np.array([1.0, 5.0])
    fitted(low, high, 800, 500, equal=True)
    assert low.tolist() == [1, 2]
    assert high.tolist() == [1, 5]


@pytest.mark.parametrize(
    ("centre", "spread"), [(1e9, 1.0), (0.0, 1e-6), (-1e6, 1e-3), (0.0, 1e150)]
)
def test_far_and_small_data_are_placed_to_a_tenth_of_a_pixel(centre: float, spread: float) -> None:
    low, high = np.array([centre, centre]), np.array([centre + spread, centre + spread])
    viewport = fitted(low, high, 900, 700, equal=True)
    middle = viewport.to_pixel(centre + 0.5 * spread, centre + 0.5 * spread)
    assert middle == pytest.approx((450, 72 + 0.5 * (700 - 112)), abs=0.1)
    quarter = viewport.to_pixel(centre + 0.25 * spread, centre + 0.5 * spread)
    assert quarter[0] == pytest.approx(450 - 0.25 * (700 - 112), abs=0.1)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 10, 5, {0: "0", 2: "2", 4: "4", 6: "6", 8: "8", 10: "10"}),
        (-1, 1, 4, {-1: "−1.0", -0.5: "−0.5", 0: "0", 0.5: "0.5", 1: "1.0"}),
        (0.1, 0.42, 3, {0.2: "0.2", 0.4: "0.4"}),
        (1.1, 1.9, 2, {1.5: "1.5"}),
        (1.2301, 1.2379, 2, {1.235: "1.235"}),
        (
            1e9,
            1e9 + 1,
            2,
            {1e9: "1.0000000000e9", 1e9 + 0.5: "1.0000000005e9", 1e9 + 1: "1.0000000010e9"},
        ),
        (0, 2e-6, 2, {0: "0", 1e-6: "1e−6", 2e-6: "2e−6"}),
        (9_000, 12_500, 3, {10_000: "10,000", 12_000: "12,000"}),
        (3e7, 6e7, 3, {3e7: "3e7", 4e7: "4e7", 5e7: "5e7", 6e7: "6e7"}),
    ],
)
def test_ticks_are_round_and_written_as_finely_as_they_need(
    low: float, high: float, most: int, expected: dict[float, str]
) -> None:
    found = nice_ticks(low, high, most)
    assert list(found) == pytest.approx(list(expected), rel=1e-12)
    assert list(found.values()) == list(expected.values())


@settings(max_examples=300)
@given(st.floats(-1e100, 1e100), st.floats(1e-100, 1e100), st.integers(1, 20))
def test_ticks_lie_inside_and_are_told_apart(low: float, size: float, most: int) -> None:
    high = low + size
    assume(high - low > 1e-9 * max(abs(low), abs(high)))
    found = nice_ticks(low, high, most)
    values = np.array(list(found))
    room = 1e-6 * size
    assert ((values >= low - room) & (values <= high + room)).all()
    assert len(found) <= most + 1
    # With two at most they may be farther apart than the limits: none lies from 0.1 to 4.3.
    if most >= 3:
        assert found
    gaps = np.diff(values)
    assert (gaps > 0).all()
    if len(gaps):
        mantissa = gaps[0] / 10 ** np.floor(np.log10(gaps[0]) + 1e-6)
        assert min(abs(mantissa - m) for m in (1, 2, 5)) < 1e-2
    assert len(set(found.values())) == len(found), "no two are written alike"


@given(st.floats(allow_nan=True, allow_infinity=True), st.integers(-3, 3))
def test_there_are_no_ticks_between_what_is_no_interval(limit: float, most: int) -> None:
    assert nice_ticks(limit, limit, most) == {}
    assert nice_ticks(1.0, -1.0, most) == {}
    assert nice_ticks(0.0, math.inf, most) == {}


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0.0, 1, "0"),
        (-0.0, 1, "0"),
        (1e-17, 0.1, "0"),
        (-2.5, 0.5, "−2.5"),
        (1234567, 1000, "1,234,567"),
        (0.1 + 0.2, 0.1, "0.3"),
        (1.25e-7, 5e-9, "1.25e−7"),
        (-3e8, 1e8, "−3e8"),
    ],
)
def test_numbers_of_ticks(value: float, step: float, text: str) -> None:
    assert format_tick(value, step) == text
