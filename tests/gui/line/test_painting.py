"""One-dimensional data: curves, bars, regions, levels and trails are where the numbers say."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from scipy.stats import norm

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.point_card import paint_point_card
from gmm_studio.gui.canvas.scene import MOST_BINS, Layers, Points, Scene, data_box, histogram
from gmm_studio.gui.canvas.viewport import Viewport, fitted
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.line.background import chords, uncertainty_down
from gmm_studio.gui.line.bars import bar_down, trail_down
from gmm_studio.gui.line.curves import component_curve, dashes, polygon
from gmm_studio.gui.line.regions import find_regions
from gmm_studio.gui.line.rug import rug_band
from gmm_studio.gui.style import Style

BARE = Layers(grid=False, ellipses=False, trails=False, seeds=False)
"""The densities and the badges alone."""
LINE = Viewport(-4, 4, -0.1, 0.5, 800, 600)
"""100 pixels a unit across, 1,000 pixels a unit of density, the ground at 500."""
VIEWPORTS = {
    "usual": LINE,
    "small": Viewport(-6, 6, -0.15, 0.6, 560, 300),
    "near": Viewport(-2.5, 2.5, -0.1, 0.7, 900, 700),
}
CLOUD = PointCloud([0.0, 1.0])
Rgb = tuple[int, int, int]


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def style(request: pytest.FixtureRequest) -> Style:
    font = QFont()
    font.setPixelSize(13)
    return Style(request.param, font)


@pytest.fixture
def two() -> Mixture:
    return mixture_of([0.4, 0.6], [-1.2, 1.1], [0.5, 0.7])


def mixture_of(weights: list[float], means: list[float], deviations: list[float]) -> Mixture:
    variances = np.square(deviations)[:, None, None]
    return Mixture(weights, np.array(means)[:, None], variances)


def scene_of(mixture: Mixture | None, layers: Layers = BARE, **changes: object) -> Scene:
    scene = Scene(CLOUD, mixture=mixture, iteration=7, layers=layers)
    return replace(scene, **changes)  # type: ignore[arg-type]


def paint(viewport: Viewport, scene: Scene, style: Style) -> QImage:
    image = QImage(int(viewport.width), int(viewport.height), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        paint_scene(painter, viewport, scene, style)
    finally:
        painter.end()
    return image


def rgb(colour: str | QColor) -> Rgb:
    named = QColor(colour)
    return named.red(), named.green(), named.blue()


def colour_at(image: QImage, across: float, down: float) -> Rgb:
    return rgb(image.pixelColor(int(across), int(down)))


def distance(first: Rgb, second: Rgb) -> int:
    return max(abs(one - other) for one, other in zip(first, second, strict=True))


def extent_along_row(image: QImage, down: float, colour: str, within: int = 70) -> tuple[int, int]:
    """The first and the last pixel of a row that have nearly a colour."""
    hits = [
        x for x in range(image.width()) if distance(colour_at(image, x, down), rgb(colour)) < within
    ]
    return hits[0], hits[-1]


def is_near(image: QImage, across: float, down: float, colour: str, within: int = 60) -> bool:
    """Whether a colour is within a pixel of a place."""
    return any(
        distance(colour_at(image, across + i, down + j), rgb(colour)) < within
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    )


# Curves


@pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS.keys())
def test_curves_are_as_high_as_the_weighted_density(
    viewport: Viewport, two: Mixture, style: Style
) -> None:
    image = paint(viewport, scene_of(two), style)
    for j in range(2):
        mean, deviation = float(two.means[j, 0]), float(two.covariances[j, 0, 0]) ** 0.5
        for sigma in (-1.5, -1, 0, 1, 1.5):
            x = mean + sigma * deviation
            height = two.weights[j] * norm.pdf(x, mean, deviation)
            across, down = viewport.to_pixel(x, float(height))
            colours = (component_colour(style.palette, j), style.palette.text)
            assert any(is_near(image, across, down, colour) for colour in colours)
    x = 0.1
    total = sum(
        two.weights[j] * norm.pdf(x, two.means[j, 0], two.covariances[j, 0, 0] ** 0.5)
        for j in range(2)
    )
    assert is_near(image, *viewport.to_pixel(x, float(total)), style.palette.text)


@given(
    mean=st.floats(-5, 5),
    deviation=st.floats(1e-4, 50),
    weight=st.floats(0.01, 1),
    zoom=st.floats(0.01, 100),
)
def test_every_vertex_is_on_the_density(
    mean: float, deviation: float, weight: float, zoom: float
) -> None:
    """Mapped curves and sampled ones, wide, narrow, high and cut off."""
    mixture = mixture_of([weight, 1 - weight], [mean, 0.0], [deviation, 1.0])
    viewport = Viewport(-4 / zoom, 4 / zoom, -0.1, 0.5, 800, 600)
    curve = component_curve(viewport, mixture, 0)
    if curve is None:
        return
    vertices = [(vertex.x(), vertex.y()) for vertex in curve.toList()]
    assert len(vertices) < 1100
    for across, down in vertices[1:-1]:
        x, height = viewport.to_data(across, down)
        expected = weight * norm.pdf(x, mean, deviation)
        pixels = min(expected * viewport.y_scale, 1e4 + 500)
        assert height * viewport.y_scale == pytest.approx(pixels, rel=1e-6, abs=1e-3)
    assert vertices[0][1] == pytest.approx(500, abs=0.1)
    assert vertices[-1][1] == pytest.approx(500, abs=0.1)


def test_straight_stretches_of_a_line_need_no_vertices() -> None:
    across = np.linspace(0, 900, 5000)
    down = 300 + 100 * np.sin(across / 60)
    kept = polygon(across, down)
    assert len(kept) < 500
    found = np.array([(vertex.x(), vertex.y()) for vertex in kept.toList()])
    assert np.abs(np.interp(across, found[:, 0], found[:, 1]) - down).max() < 0.5
    assert (found[0, 0], found[-1, 0]) == (0, 900)


def test_dashes_are_as_long_as_the_gaps() -> None:
    lines = dashes(np.array([0.0, 30.0, 30.0]), np.array([0.0, 40.0, 90.0]), 5.0)
    assert len(lines) == 10
    assert [line.length() for line in lines] == pytest.approx([5.0] * 10)
    assert (lines[1].x1(), lines[1].y1()) == pytest.approx((6.0, 8.0))


# The histogram


@pytest.mark.parametrize("bins", [None, 1, 7, 100, 1000])
@pytest.mark.parametrize("weighted", [False, True])
def test_areas_of_any_number_of_bins_sum_to_one(bins: int | None, weighted: bool) -> None:
    rng = np.random.default_rng(0)
    weights = rng.uniform(0, 3, 400) if weighted else None
    made = histogram(PointCloud(rng.normal(size=400), weights), bins)
    assert (made.densities * np.diff(made.edges)).sum() == pytest.approx(1)
    if bins is not None:
        assert len(made.densities) == bins


def test_bins_are_chosen_by_freedman_and_diaconis() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    expected = np.histogram_bin_edges(values, "fd")
    assert abs(len(histogram(PointCloud(values)).edges) - len(expected)) <= 1


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-3, 1), (5000, MOST_BINS)])
def test_the_number_of_bins_has_limits(asked: int, given: int) -> None:
    assert len(histogram(PointCloud([0.0, 1.0, 3.0]), asked).densities) == given


@pytest.mark.parametrize("values", [[5.0], [5.0] * 20, [-1e9, -1e9]])
def test_a_single_value_is_in_the_middle_of_its_bin(values: list[float]) -> None:
    made = histogram(PointCloud(values))
    bar = int(made.densities.argmax())
    middle = 0.5 * (made.edges[bar] + made.edges[bar + 1])
    assert middle == pytest.approx(values[0], abs=0.1 * (made.edges[1] - made.edges[0]))


ROUNDED = {
    "whole": (np.round(np.random.default_rng(0).normal(0, 2, 500)), 1.0),
    "tenths": (np.round(np.random.default_rng(1).normal(20, 0.6, 900), 1), 0.1),
    "quarters": (np.round(np.random.default_rng(2).uniform(-9, 9, 900) * 4) / 4 + 0.1, 0.25),
    "yes or no": (np.repeat([0.0, 1.0], [30, 20]), 1.0),
    "large": (1e9 + np.round(np.random.default_rng(3).normal(0, 3, 400)), 1.0),
}


@pytest.mark.parametrize("name", ROUNDED)
@pytest.mark.parametrize("bins", [None, 1, 2, 5, 30, 1000])
def test_bins_of_rounded_data_are_centred_on_their_values(name: str, bins: int | None) -> None:
    values, spacing = ROUNDED[name]
    made = histogram(PointCloud(values), bins)
    width = float(made.edges[1] - made.edges[0])
    each = round(width / spacing)
    assert each >= 1
    assert width == pytest.approx(each * spacing, rel=1e-6)
    # Halfway between values, so that each is well inside its bin.
    halves = (made.edges - values.min()) / spacing
    assert halves == pytest.approx(np.floor(halves) + 0.5, abs=1e-4)
    assert (made.densities * np.diff(made.edges)).sum() == pytest.approx(1)
    assert made.edges[0] < values.min()
    assert made.edges[-1] > values.max()
    shares = [(abs(values - middle) < 0.5 * width).mean() for middle in made.edges[:-1] + width / 2]
    assert made.densities * width == pytest.approx(shares)
    if each == 1:
        assert np.isin(
            np.round(values / spacing), np.round((made.edges + width / 2) / spacing)
        ).all()


def test_a_grid_of_values_with_weights_is_rounded_data() -> None:
    made = histogram(PointCloud([0.0, 1.0, 2.0, 3.0], [4.0, 9.0, 5.0, 2.0]), 4)
    assert made.edges == pytest.approx([-0.5, 0.5, 1.5, 2.5, 3.5])
    assert made.densities == pytest.approx([0.2, 0.45, 0.25, 0.1])


def test_the_view_shows_the_whole_of_the_outer_bins() -> None:
    cloud = PointCloud(np.repeat([0.0, 1.0], 20))
    made = histogram(cloud)
    low, high = data_box(cloud, made)
    assert low[0] <= made.edges[0]
    assert high[0] >= made.edges[-1]


def test_bins_narrower_than_pixels_are_an_outline(style: Style) -> None:
    values = np.random.default_rng(0).uniform(-3, 3, 200_000)
    bars = histogram(PointCloud(values), 1000)
    image = paint(LINE, scene_of(None, histogram=bars), style)
    for across in (200, 400, 600):
        assert colour_at(image, across, 450) == colour_at(image, 401, 480)
        assert colour_at(image, across, 450) != rgb(style.palette.canvas)
        assert colour_at(image, across, 250) == rgb(style.palette.canvas)


# Sigma bars


@pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS.keys())
@pytest.mark.parametrize("coverage", [False, True])
def test_bars_end_at_so_many_sigma(
    viewport: Viewport, coverage: bool, two: Mixture, style: Style
) -> None:
    layers = replace(BARE, ellipses=True, coverage=coverage)
    image = paint(viewport, scene_of(two, layers), style)
    reaches = norm.ppf([0.75, 0.95, 0.975]) if coverage else (1, 2, 3)
    for j in range(2):
        mean, deviation = float(two.means[j, 0]), float(two.covariances[j, 0, 0]) ** 0.5
        down, colour = bar_down(viewport, 2, j, 1.0), component_colour(style.palette, j)
        ends = [viewport.to_pixel(mean + s * deviation, 0)[0] for s in (-reaches[0], reaches[0])]
        # A pixel and a half below its middle only the thick part has ink.
        ink = [
            x
            for x in range(int(ends[0]) - 12, int(ends[1]) + 12)
            if distance(colour_at(image, x, down + 1.2), rgb(colour)) < 45
        ]
        assert abs(ink[0] - ends[0]) < 2
        assert abs(ink[-1] - ends[1]) < 2
        for side in (-1, 1):
            across = viewport.to_pixel(mean + side * reaches[1] * deviation, 0)[0]
            assert is_near(image, across, down - 2, colour, 90)
            assert is_near(image, across, down + 2, colour, 90)


def test_dashes_reach_to_three_sigma(style: Style) -> None:
    mixture = mixture_of([1.0], [0.0], [1.0])
    image = paint(LINE, scene_of(mixture, replace(BARE, ellipses=True)), style)
    down = bar_down(LINE, 1, 0, 1.0)
    first, last = extent_along_row(image, down, component_colour(style.palette, 0), 110)
    assert first == pytest.approx(100, abs=8)
    assert last == pytest.approx(700, abs=8)


def test_bars_are_a_layer(two: Mixture, style: Style) -> None:
    with_bars = paint(LINE, scene_of(two, replace(BARE, ellipses=True)), style)
    without = paint(LINE, scene_of(two), style)
    across, down = LINE.to_pixel(1.1, 0)[0] + 20, bar_down(LINE, 2, 1, 1.0)
    assert colour_at(with_bars, across, down) != colour_at(without, across, down)
    assert is_near(without, *LINE.to_pixel(1.1, 0.6 * 0.5699), style.palette.text), "curves stay"


@pytest.mark.parametrize("k", [1, 5, 20, 100])
@pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS.keys())
def test_every_bar_has_its_lane_and_leaves_the_curves_their_room(
    viewport: Viewport, k: int
) -> None:
    lanes = [bar_down(viewport, k, j, 1.0) for j in range(k)]
    ground = viewport.to_pixel(0, 0)[1]
    assert lanes[0] <= ground - (18 if k <= 6 else 14)
    assert lanes[-1] >= (0.7 if k <= 6 else 0.79) * ground
    assert (np.diff(lanes) < 0).all()


# Regions


def test_two_components_of_one_width_meet_at_the_analytic_place() -> None:
    regions = find_regions(mixture_of([0.2, 0.8], [-1.0, 2.0], [0.5, 0.5]))
    place = 0.5 + 0.25 * np.log(0.2 / 0.8) / 3.0
    assert regions.boundaries == pytest.approx([place])
    assert regions.owners.tolist() == [0, 1]


def test_the_wide_one_of_two_about_a_mean_has_both_tails() -> None:
    regions = find_regions(mixture_of([0.5, 0.5], [3.0, 3.0], [1.0, 2.0]))
    reach = np.sqrt(np.log(2) / (0.5 - 0.125))
    assert regions.boundaries == pytest.approx([3 - reach, 3 + reach])
    assert regions.owners.tolist() == [1, 0, 1]


def test_a_component_below_the_others_everywhere_has_no_region() -> None:
    regions = find_regions(mixture_of([0.99, 0.01], [0.0, 0.0], [1.0, 1.0]))
    assert len(regions.boundaries) == 0
    assert regions.owners.tolist() == [0]
    alike = find_regions(mixture_of([0.5, 0.5], [0.0, 0.0], [1.0, 1.0]))
    assert alike.owners.tolist() == [0]
    empty = find_regions(Mixture([0.0, 1.0], [[0.0], [5.0]], [[[1.0]], [[1.0]]]))
    assert empty.owners.tolist() == [1]


@given(st.integers(1, 20), st.integers(0, 10_000), st.floats(1e-6, 1), st.sampled_from([0, 1e9]))
@example(18, 71, 1 - 2**-53, 0)
@example(9, 68, 1 - 2**-53, 0)
@settings(max_examples=80)
def test_owners_are_the_most_responsible(k: int, seed: int, narrowest: float, far: float) -> None:
    rng = np.random.default_rng(seed)
    deviations = narrowest ** rng.uniform(0, 1, k)
    weights = rng.dirichlet(np.ones(k))
    means = far + rng.normal(0, 3, k)
    mixture = mixture_of(weights.tolist(), means.tolist(), deviations.tolist())
    regions = find_regions(mixture)
    near = means[:, None] + np.linspace(-4, 4, 41) * deviations[:, None]
    places = np.concatenate([np.linspace(far - 12, far + 12, 2001), near.ravel()])
    joint = mixture.component_log_densities(places)
    chosen = regions.owners[regions.boundaries.searchsorted(places)]
    lost = joint.max(axis=1) - joint[np.arange(len(places)), chosen]
    # At 1e9 doubles are 1e-7 apart.
    slack = 1e-6 + (1e-6 / deviations.min() ** 2 if far else 0.0)
    assert (lost < slack).all()
    at = mixture.component_log_densities(regions.boundaries)
    top = np.sort(at, axis=1)[:, -2:]
    if not far:
        assert (np.diff(top, axis=1) < 1e-6 * (1 + np.abs(top[:, :1]))).all()
    assert (regions.owners[1:] != regions.owners[:-1]).all()


@pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS.keys())
def test_the_boundary_is_a_line_between_two_tints(viewport: Viewport, style: Style) -> None:
    mixture = mixture_of([0.2, 0.8], [-1.0, 2.0], [0.5, 0.5])
    image = paint(viewport, scene_of(mixture, replace(BARE, background="regions")), style)
    across = viewport.to_pixel(0.5 + 0.25 * np.log(0.25) / 3, 0)[0]
    for down in (40, 90):
        assert is_near(image, across, down, style.palette.muted, 90)
        left, right = (colour_at(image, across + off, down) for off in (-8, 8))
        canvas = rgb(style.palette.canvas)
        assert left != right
        assert 5 < distance(left, canvas) < 60
        assert 5 < distance(right, canvas) < 60
    strip = viewport.to_pixel(0, 0)[1] + 5
    for off, j in ((-8, 0), (8, 1)):
        colour = rgb(component_colour(style.palette, j))
        assert distance(colour_at(image, across + off, strip), colour) < 4


# Uncertainty and density


@pytest.mark.parametrize(("kind", "value"), [("maximum", 0.5), ("entropy", 1.0)])
def test_the_uncertainty_has_a_scale_of_its_own(kind: str, value: float, style: Style) -> None:
    mixture = mixture_of([0.5, 0.5], [-1.5, 1.5], [0.8, 0.8])
    layers = replace(BARE, background="uncertainty", uncertainty=kind)
    image = paint(LINE, scene_of(mixture, layers), style)
    across = LINE.to_pixel(0, 0)[0]
    summit = uncertainty_down(LINE, value)
    assert uncertainty_down(LINE, 0) == pytest.approx(500)
    assert 50 < uncertainty_down(LINE, 1) < 150
    # Dashed: somewhere near the summit there is ink, and none above it.
    haze = colour_at(image, across, summit - 20)
    ink = [
        distance(colour_at(image, across + i, summit + j), haze)
        for i in range(-12, 13)
        for j in range(-2, 14)
    ]
    assert max(ink) > 40
    above = [distance(colour_at(image, across, summit - j), haze) for j in range(4, 20)]
    assert max(above) < 8
    at_place, beside = (colour_at(image, x, 505) for x in (across, 60))
    canvas = rgb(style.palette.canvas)
    ink_of = rgb(style.palette.text)
    expected = tuple(
        round(value * a + (1 - value) * b) for a, b in zip(ink_of, canvas, strict=True)
    )
    assert distance(at_place, expected) < 12  # type: ignore[arg-type]
    assert distance(beside, canvas) < 12


def test_a_single_component_is_certain_everywhere(style: Style) -> None:
    mixture = mixture_of([1.0], [0.0], [1.0])
    for kind in ("maximum", "entropy"):
        layers = replace(BARE, background="uncertainty", uncertainty=kind)
        image = paint(LINE, scene_of(mixture, layers), style)
        assert colour_at(image, 130, 200) == rgb(style.palette.canvas)


@pytest.mark.parametrize("level", [0.02, 0.1, 0.25])
def test_chords_end_where_the_density_has_their_level(two: Mixture, level: float) -> None:
    found = chords(LINE, two, level)
    assert len(found) == (2 if level == 0.25 else 1)
    for end in found.ravel().tolist():
        x = LINE.to_data(end, 0)[0]
        assert float(np.exp(two.log_density([[x]])[0])) == pytest.approx(level, rel=0.02)


def test_chords_go_on_beyond_the_view() -> None:
    wide = mixture_of([1.0], [0.0], [100.0])
    assert chords(LINE, wide, 0.001).tolist() == [[0.0, 800.0]]
    assert len(chords(LINE, wide, 0.1)) == 0


def test_levels_are_lines_under_the_density(style: Style) -> None:
    mixture = mixture_of([1.0], [0.0], [1.0])
    layers = replace(BARE, background="density", density="lines")
    image, plain = (paint(LINE, scene_of(mixture, each), style) for each in (layers, BARE))
    peak = norm.pdf(0)
    for i in range(1, 8):
        down = LINE.to_pixel(0, peak * i / 8)[1]
        ends = [LINE.to_pixel(side * np.sqrt(-2 * np.log(i / 8)), 0)[0] for side in (-1, 1)]
        for inside in (ends[0] + 5, 0.5 * sum(ends), ends[1] - 5):
            changed = [
                colour_at(image, inside, down + j) != colour_at(plain, inside, down + j)
                for j in (-1, 0, 1)
            ]
            assert any(changed)
        for outside in (ends[0] - 8, ends[1] + 8):
            assert colour_at(image, outside, down) == colour_at(plain, outside, down)


def test_the_filled_density_is_darker_below_the_sum(two: Mixture, style: Style) -> None:
    layers = replace(BARE, background="density", density="filled")
    image, plain = (paint(LINE, scene_of(two, each), style) for each in (layers, BARE))
    height = float(np.exp(two.log_density([[0.2]])[0]))
    across, down = LINE.to_pixel(0.2, 0.7 * height)
    assert colour_at(image, across, down) != colour_at(plain, across, down)
    above = LINE.to_pixel(0.2, 1.3 * height)[1]
    assert colour_at(image, across, above) == colour_at(plain, across, above)


def test_the_heat_is_strongest_at_the_mode(style: Style) -> None:
    mixture = mixture_of([1.0], [0.0], [1.0])
    layers = replace(BARE, background="density", density="heat")
    image = paint(LINE, scene_of(mixture, layers), style)
    canvas = rgb(style.palette.canvas)
    ink = [distance(colour_at(image, LINE.to_pixel(x, 0)[0], 505), canvas) for x in (0.2, 1, 2, 3)]
    full = distance(rgb(style.palette.text), canvas)
    expected = [full * np.exp(-0.5 * x * x) for x in (0.2, 1, 2, 3)]
    assert ink == pytest.approx(expected, abs=8)


# Other mixtures and the trails


def test_trails_pass_each_iteration_at_its_mean(style: Style) -> None:
    ways = np.array([[-3.0, 2.0], [-1.0, 2.5], [-0.5, 1.0], [0.5, 1.5], [0.2, 1.2]])[:, :, None]
    image = paint(LINE, scene_of(None, replace(BARE, trails=True), trails=ways), style)
    down = trail_down(LINE, len(ways), 1.0)
    assert down[0] == 500
    assert (np.diff(down) < 0).all()
    for step in range(1, len(ways)):
        for j in range(2):
            across = LINE.to_pixel(float(ways[step, j, 0]), 0)[0]
            colour = component_colour(style.palette, j)
            assert distance(colour_at(image, across, down[step]), rgb(colour)) < 60
    between = 0.5 * (ways[0] + ways[1])
    across = LINE.to_pixel(float(between[0, 0]), 0)[0]
    assert is_near(
        image, across, 0.5 * (down[0] + down[1]), component_colour(style.palette, 0), 150
    )


def test_a_long_trail_stays_in_the_lower_half(style: Style) -> None:
    steps = 20_000
    ways = np.cumsum(np.random.default_rng(0).normal(0, 0.01, (steps, 5)), axis=0)[:, :, None]
    assert trail_down(LINE, steps, 1.0)[-1] >= 250
    image = paint(LINE, scene_of(None, replace(BARE, trails=True), trails=ways), style)
    bare = paint(LINE, scene_of(None, BARE), style)
    rows = [(x, y) for y in (100, 230) for x in range(5, round(LINE.width), 7)]
    assert all(colour_at(image, *at) == colour_at(bare, *at) for at in rows)
    assert image != bare


@pytest.mark.parametrize(("steps", "every"), [(20, 1), (60, 1), (200, 3)])
def test_each_iteration_has_its_dot_while_dots_stay_apart(
    steps: int, every: int, style: Style
) -> None:
    ways = np.zeros((steps, 1, 1))
    image = paint(LINE, scene_of(None, replace(BARE, trails=True), trails=ways), style)
    down = trail_down(LINE, steps, 1.0)
    colour = component_colour(style.palette, 0)
    # A pixel beside the way only dots have ink.
    ink = [
        255 - distance(colour_at(image, 401, y), rgb(colour))
        for y in range(int(down[-1]) + 8, 500 - 3)
    ]
    level = 0.5 * (max(ink) + min(ink))
    runs = sum(a <= level < b for a, b in pairwise(ink))
    within = np.arange(0, steps, every)
    expected = ((down[within] > down[-1] + 8) & (down[within] < 497)).sum()
    assert runs == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("steps", [0, 1])
def test_there_is_no_trail_without_a_step(steps: int, style: Style) -> None:
    trails = np.zeros((steps, 2, 1))
    image = paint(LINE, scene_of(None, replace(BARE, trails=True), trails=trails), style)
    assert colour_at(image, 400, 480) == rgb(style.palette.canvas)


def test_ghosts_fade_with_age(style: Style) -> None:
    past = tuple(mixture_of([1.0], [mean], [0.7]) for mean in (-2.0, 0.0, 2.0))
    image = paint(LINE, scene_of(None, replace(BARE, ghosts=True), past=past), style)
    canvas = rgb(style.palette.canvas)
    ink = []
    for mean in (-2.0, 0.0, 2.0):
        across, down = LINE.to_pixel(mean + 0.7, float(norm.pdf(1) / 0.7))
        near = [
            colour_at(image, across + i, down + j) for i in (-1, 0, 1) for j in (-2, -1, 0, 1, 2)
        ]
        ink.append(max(distance(colour, canvas) for colour in near))
    assert 5 < ink[0] < ink[1] < ink[2]
    hidden = paint(LINE, scene_of(None, past=past), style)
    assert colour_at(hidden, across, down) == canvas


def test_components_of_the_truth_are_thin_dashes(two: Mixture, style: Style) -> None:
    close = mixture_of([0.5, 0.5], [-0.5, 0.5], [0.7, 0.7])
    cloud = replace(CLOUD, truth=close)
    scene = Scene(cloud, layers=replace(BARE, truth=True))
    image = paint(LINE, scene, style)
    canvas, hits = rgb(style.palette.canvas), 0
    places = np.linspace(-1.5, 1.5, 200)
    for x, height in zip(places, 0.5 * norm.pdf(places, -0.5, 0.7), strict=True):
        across, down = LINE.to_pixel(float(x), float(height))
        hits += any(distance(colour_at(image, across, down + j), canvas) > 60 for j in (-1, 0, 1))
    assert 60 < hits < 195


# The rug, hovering, the scale


@pytest.mark.parametrize("rows", [1, 28, 56])
def test_an_image_of_any_height_fills_the_band(rows: int, style: Style) -> None:
    points = QImage(800, rows, QImage.Format.Format_ARGB32_Premultiplied)
    points.fill(QColor("#12b34f"))
    image = paint(LINE, scene_of(None, points=Points(points, LINE)), style)
    band = rug_band(LINE, jittered=rows > 1)
    assert band.height == (28 if rows > 1 else 12)
    for down in (band.top + 1, band.top + band.height - 2):
        assert distance(colour_at(image, 120, down), rgb("#12b34f")) < 3
    for down in (band.top - 2, band.top + band.height + 1):
        assert colour_at(image, 120, down) == rgb(style.palette.canvas)


def test_hovering_shows_what_each_component_adds(style: Style) -> None:
    close = mixture_of([0.5, 0.5], [-0.5, 0.7], [0.7, 0.9])
    cloud = PointCloud([0.3])
    scene = Scene(cloud, mixture=close, iteration=3, layers=BARE)
    image = paint(LINE, scene, style)
    painter = QPainter(image)
    paint_point_card(painter, LINE, scene, 0, style)
    painter.end()
    heights = np.exp(close.component_log_densities([[0.3]])[0])
    for j in range(2):
        across, down = LINE.to_pixel(0.3, float(heights[j]))
        colour = rgb(component_colour(style.palette, j))
        assert distance(colour_at(image, across, down), colour) < 30
        assert distance(colour_at(image, across + 2, down), colour) < 30
    middle = LINE.to_pixel(0.3, 0.5 * float(heights.sum() + heights.max()))[1]
    assert is_near(image, LINE.to_pixel(0.3, 0)[0], middle, style.palette.text)


def test_the_bars_of_the_card_are_those_of_the_colours(style: Style) -> None:
    """After an M-step the points still wear the colours of the mixture before."""
    cloud = PointCloud([0.0])
    before = mixture_of([0.5, 0.5], [0.0, 50.0], [1.0, 1.0])
    after = mixture_of([0.5, 0.5], [50.0, 0.0], [1.0, 1.0])
    images = []
    for colouring in (None, before):
        scene = Scene(cloud, mixture=after, colouring=colouring, iteration=3, layers=BARE)
        image = QImage(800, 600, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        paint_point_card(painter, LINE, scene, 0, style)
        painter.end()
        images.append(image)
    first, second = (rgb(component_colour(style.palette, j)) for j in range(2))

    def colours(image: QImage) -> set[Rgb]:
        return {colour_at(image, x, y) for x in range(420, 600) for y in range(300, 480)}

    assert second in colours(images[0])
    assert first not in colours(images[0])
    assert first in colours(images[1])
    assert second not in colours(images[1])


def test_densities_have_numbers_where_the_grid_is(style: Style) -> None:
    image = paint(LINE, scene_of(None, replace(BARE, grid=True)), style)
    canvas = rgb(style.palette.canvas)
    down = LINE.to_pixel(0, 0.2)[1]
    ink = [
        distance(colour_at(image, x, y), canvas)
        for x in range(6, 40)
        for y in range(int(down) - 5, int(down) + 6)
    ]
    assert max(ink) > 100
    assert colour_at(image, 300, round(down)) == rgb(style.palette.grid)
    below = [colour_at(image, 330, y) for y in range(505, 570)]
    assert set(below) == {canvas}, "no lines of densities below 0"


# Limits

HARD = {
    "one": (PointCloud([5.0]), mixture_of([1.0], [5.0], [1e-8])),
    "equal": (PointCloud([5.0] * 20), mixture_of([0.5, 0.5], [5.0, 5.0], [1e-6, 1e-6])),
    "far": (
        PointCloud(1e9 + np.random.default_rng(0).normal(size=50)),
        mixture_of([0.5, 0.5], [1e9 - 1, 1e9 + 1], [0.5, 0.5]),
    ),
    "emptied": (
        PointCloud([0.0, 1.0, 2.0]),
        Mixture([0.0, 1.0], [[0.0], [1.0]], [[[1.0]], [[1.0]]]),
    ),
    "twenty": (
        PointCloud(np.random.default_rng(0).normal(size=500)),
        mixture_of([0.05] * 20, np.linspace(-3, 3, 20).tolist(), [0.3] * 20),
    ),
    "spikes": (
        PointCloud([0.0, 1.0, 2.0]),
        mixture_of([0.5, 0.5], [0.0, 2.0], [1e-150, 1e3]),
    ),
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("background", ["none", "regions", "uncertainty", "density"])
@pytest.mark.parametrize("size", [(900, 500), (240, 180)])
def test_hard_cases_are_painted(
    name: str, background: str, size: tuple[int, int], style: Style
) -> None:
    cloud, mixture = HARD[name]
    cloud = replace(cloud, truth=mixture)
    bars = histogram(cloud)
    viewport = fitted(*data_box(cloud, bars), *size, equal=False)
    trails = np.repeat(mixture.means[None], 30, axis=0)
    layers = Layers(background=background, truth=True, ghosts=True)  # type: ignore[arg-type]
    for kind in ("filled", "lines", "heat"):
        scene = Scene(
            cloud,
            mixture=mixture,
            past=(mixture,) * 3,
            iteration=29,
            trails=trails,
            histogram=bars,
            layers=replace(layers, density=kind),
        )
        image = paint(viewport, scene, style)
        ground = viewport.to_pixel(0, 0)[1]
        assert colour_at(image, 2, ground + 12) == rgb(style.palette.canvas)
        mean = float(mixture.means[-1, 0])
        badge = colour_at(image, viewport.to_pixel(mean, 0)[0] + 7, ground)
        assert distance(badge, rgb(component_colour(style.palette, mixture.k - 1))) < 60
