"""What the colours promise, computed here from the published formulas."""

import dataclasses
import itertools
import re

import numpy as np
import pytest

from gmm_studio.gui.colours import (
    DARK,
    LIGHT,
    Palette,
    component_colour,
    contrast,
    on_component,
)

# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
SIMULATIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def wcag(first, second):
    low, high = sorted(float(linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (first, second))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    ratio = TO_XYZ @ rgb / TO_XYZ.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(first, second):
    """Sharma, Wu and Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    chord = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = np.radians(h1 + turn / 2 if c1 * c2 else h1 + h2)
    t = (
        1
        - 0.17 * np.cos(mean_h - np.radians(30))
        + 0.24 * np.cos(2 * mean_h)
        + 0.32 * np.cos(3 * mean_h + np.radians(6))
        - 0.20 * np.cos(4 * mean_h - np.radians(63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    bend = np.radians(60) * np.exp(-((((np.degrees(mean_h) % 360) - 275) / 25) ** 2))
    r = -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * np.sin(bend)
    l, c, h = (l2 - l1) / s_l, (c2 - c1) / s_c, chord / s_h  # noqa: E741
    return float(np.sqrt(l**2 + c**2 + h**2 + r * c * h))


def least_distance(colours, simulation):
    seen = [lab(np.clip(SIMULATIONS[simulation] @ linear(c), 0, 1)) for c in colours]
    return min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ],
)
def test_the_distance_is_that_of_the_published_pairs(first, second, expected):
    assert ciede2000(first, second) == pytest.approx(expected, abs=1e-4)


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def palette(request) -> Palette:
    return request.param


def test_every_colour_is_written_in_full(palette):
    values = dataclasses.asdict(palette)
    names = [v for k, v in values.items() if k not in {"dark", "components"}]
    for colour in [*names, *palette.components]:
        assert re.fullmatch("#[0-9a-f]{6}", colour)
    assert len(set(palette.components)) == 20


def test_text_is_readable_on_every_ground(palette):
    grounds = ("window", "panel", "canvas", "control", "hover", "pressed", "selection")
    for text, ground in itertools.product(("text", "muted", "error", "warning"), grounds):
        assert wcag(getattr(palette, text), getattr(palette, ground)) >= 4.5, (text, ground)
    for ground in (palette.accent, palette.accent_hover):
        assert wcag(palette.on_accent, ground) >= 4.5


def test_what_is_drawn_stands_out_from_its_ground(palette):
    for ground in (palette.window, palette.panel, palette.canvas, palette.control):
        for mark in (palette.accent, palette.border_strong, palette.disabled):
            assert wcag(mark, ground) >= 3
    assert wcag(palette.ghost, palette.canvas) >= 3
    assert wcag(palette.ghost, palette.panel) >= 3


def test_components_stand_out_from_the_cloud_view_and_the_panel(palette):
    assert all(wcag(colour, palette.canvas) >= 3 for colour in palette.components)
    assert all(wcag(colour, palette.panel) >= 3 for colour in palette.components[:8])


@pytest.mark.parametrize("simulation", SIMULATIONS)
def test_components_stay_apart_from_each_other_and_the_accent(palette, simulation):
    assert least_distance(palette.components[:3], simulation) >= 19
    assert least_distance([*palette.components[:8], palette.accent], simulation) >= 10
    assert least_distance([*palette.components, palette.accent], simulation) >= 7.5


def test_components_begin_again_past_the_last(palette):
    assert component_colour(palette, 0) == component_colour(palette, 20) == palette.components[0]
    assert component_colour(palette, 19) != component_colour(palette, 0)


def test_numbers_are_readable_on_their_discs(palette):
    for j in range(21):
        assert wcag(on_component(palette, j), component_colour(palette, j)) >= 4.5


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#d67c08", "#2a1f90") == pytest.approx(wcag("#2a1f90", "#d67c08"))
