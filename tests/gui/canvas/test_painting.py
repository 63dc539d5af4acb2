"""The painter: lines, badges, bars and curves are where the numbers say, in the right colours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.ellipses import Outliner, ellipse, outlines_of
from gmm_studio.gui.canvas.mixture_painting import badge_radius
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.scene import Layers, Scene, histogram
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour
from gmm_studio.gui.style import Style

PLAIN = Layers(grid=False)
WIDE = Viewport(-10, 10, -5, 5, 800, 400)
"""40 pixels a unit on both axes."""
CLOUD = PointCloud([(0.0, 0.0)])
Rgb = tuple[int, int, int]


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def style(request: pytest.FixtureRequest) -> Style:
    font = QFont()
    font.setPixelSize(13)
    return Style(request.param, font)


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
    """The largest difference of a channel."""
    return max(abs(one - other) for one, other in zip(first, second, strict=True))


def mixture_of(mean: tuple[float, float], covariance: list[list[float]]) -> Mixture:
    return Mixture([1.0], [mean], [covariance])


def later(mixture: Mixture, **changes: object) -> Scene:
    """A scene after the start, with the ellipses alone unless told otherwise."""
    scene = Scene(CLOUD, mixture=mixture, iteration=7, layers=PLAIN)
    return replace(scene, **changes)  # type: ignore[arg-type]


def line_at(
    image: QImage, viewport: Viewport, place: FloatArray, along: FloatArray, colour: str
) -> float:
    """How far, in pixels along a direction, the pixel most like a colour is from a place."""
    centre = np.array(viewport.to_pixel(*place))
    direction = np.array([along[0] * viewport.x_scale, -along[1] * viewport.y_scale])
    direction /= np.linalg.norm(direction)
    offsets = np.arange(-8, 8.01, 0.5)
    found = [
        distance(colour_at(image, *(centre + offset * direction)), rgb(colour))
        for offset in offsets
    ]
    assert min(found) < 60, "there is no line of this colour"
    best = np.array(found) <= min(found) + 6
    return float(np.abs(offsets[best].mean()))


VIEWPORTS = {
    "equal": WIDE,
    "high": Viewport(-10, 10, -10, 10, 400, 800),
    "wide": Viewport(-5, 5, -40, 40, 900, 500),
    "far": Viewport(-10, 10, -1000, 1000, 700, 700),
}


@pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS.keys())
@pytest.mark.parametrize("turn", [0.0, 0.4, 2.0])
def test_the_ellipse_passes_at_the_root_of_each_eigenvalue(
    viewport: Viewport, turn: float, style: Style
) -> None:
    # As large on the screen along both axes, and turned in data units.
    units = np.array([1 / viewport.x_scale, 1 / viewport.y_scale])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shape = rotation @ np.diag([110.0**2, 45.0**2]) @ rotation.T
    covariance = shape * np.outer(units, units)
    mean = (20 * units[0], -10 * units[1])
    image = paint(viewport, later(mixture_of(mean, covariance.tolist())), style)
    values, vectors = np.linalg.eigh(covariance)
    for value, vector in zip(values, vectors.T, strict=True):
        for side in (-1, 1):
            place = mean + side * np.sqrt(value) * vector
            along = side * vector
            off = line_at(image, viewport, place, along, component_colour(style.palette, 0))
            assert off < 1.6


@pytest.mark.parametrize(
    ("sigma", "drawn", "thickness"),
    [(1, (0.99, 1.0), (2.0, 3.4)), (2, (0.99, 1.0), (0.7, 1.4)), (3, (0.4, 0.9), (0.7, 1.4))],
)
def test_one_two_and_three_sigma_differ_by_line(
    sigma: int, drawn: tuple[float, float], thickness: tuple[float, float], style: Style
) -> None:
    """Thick, thin and dashed."""
    mixture = mixture_of((0, 0), [[4, 0], [0, 1]])
    image = paint(WIDE, later(mixture), style)
    colour, canvas = rgb(style.palette.components[0]), rgb(style.palette.canvas)
    widths = []
    for x, y in ellipse(mixture.means[0], mixture.covariances[0], sigma, 400):
        across, down = WIDE.to_pixel(x, y)
        normal = np.array([x / 4, -y])
        normal /= np.linalg.norm(normal)
        ink = [
            distance(colour_at(image, across + i * normal[0], down + i * normal[1]), canvas)
            for i in np.arange(-3, 3.1, 0.25)
        ]
        widths.append(0.25 * sum(ink) / distance(colour, canvas))
    hit = np.array(widths) > 0.4
    assert drawn[0] <= hit.mean() <= drawn[1]
    assert thickness[0] <= np.array(widths)[hit].mean() <= thickness[1]


def test_between_the_ellipses_there_is_only_the_ground(style: Style) -> None:
    image = paint(WIDE, later(mixture_of((0, 0), [[4, 0], [0, 1]])), style)
    for sigma in (1.5, 2.5, 3.5):
        for x, y in ((2 * sigma, 0), (-2 * sigma, 0), (0, sigma), (0, -sigma)):
            assert colour_at(image, *WIDE.to_pixel(x, y)) == rgb(style.palette.canvas)
    inside = colour_at(image, *WIDE.to_pixel(1, 0.3))
    assert 0 < distance(inside, rgb(style.palette.canvas)) < 40, "a breath of its colour"


@given(
    st.floats(-5, 5),
    st.floats(0.01, 100),
    st.floats(0.01, 100),
    st.floats(-0.99, 0.99),
    st.floats(0.1, 5),
)
def test_every_vertex_is_at_the_mahalanobis_distance(
    centre: float, first: float, second: float, correlation: float, sigma: float
) -> None:
    mixed = correlation * np.sqrt(first * second)
    covariance = np.array([[first, mixed], [mixed, second]])
    mean = np.array([centre, -centre])
    centred = ellipse(mean, covariance, sigma, 32) - mean
    squares = (centred @ np.linalg.inv(covariance) * centred).sum(axis=1)
    np.testing.assert_allclose(np.sqrt(squares), sigma, rtol=1e-6)


def test_means_are_discs_in_the_colours_of_their_components(style: Style) -> None:
    means = [(-6.0, 2.0), (0.5, -3.0), (7.0, 1.0)]
    mixture = Mixture([0.2, 0.3, 0.5], means, np.tile(np.eye(2) * 0.3, (3, 1, 1)))
    image = paint(WIDE, later(mixture), style)
    for j, mean in enumerate(means):
        across, down = WIDE.to_pixel(*mean)
        colour = rgb(component_colour(style.palette, j))
        for side in (-7, 7):
            assert distance(colour_at(image, across + side, down), colour) <= 3
        beside = colour_at(image, across + badge_radius(style) + 4, down)
        assert distance(beside, colour) > 40


def test_seeds_are_rings_with_the_ground_inside(style: Style) -> None:
    scene = Scene(CLOUD, seeds=((-6.0, 2.0), None, (7.0, 1.0)), layers=PLAIN)
    image = paint(WIDE, scene, style)
    for j, seed in ((0, (-6.0, 2.0)), (2, (7.0, 1.0))):
        across, down = WIDE.to_pixel(*seed)
        rim = badge_radius(style) - 0.5
        colour = rgb(component_colour(style.palette, j))
        nearest = min(
            distance(colour_at(image, across + rim + off, down), colour) for off in (-1, 0, 1)
        )
        assert nearest < 40
        assert colour_at(image, across - 6, down) == rgb(style.palette.canvas)


def test_seeds_are_smaller_once_the_means_have_left_them(style: Style) -> None:
    mixture = mixture_of((4, -2), [[0.1, 0], [0, 0.1]])
    across, down = WIDE.to_pixel(-5, 2)
    rings = []
    for iteration in (0, 7):
        scene = Scene(
            CLOUD, mixture=mixture, seeds=((-5.0, 2.0),), iteration=iteration, layers=PLAIN
        )
        image = paint(WIDE, scene, style)
        row = [colour_at(image, across + i, down) for i in range(20)]
        canvas = rgb(style.palette.canvas)
        rings.append(max(i for i, found in enumerate(row) if distance(found, canvas) > 60))
    assert rings[0] > rings[1] + 1


def test_at_the_start_the_means_are_the_seeds(style: Style) -> None:
    mixture = mixture_of((2, 1), [[1, 0], [0, 1]])
    scene = Scene(CLOUD, mixture=mixture, seeds=((2.0, 1.0),), layers=PLAIN)
    across, down = WIDE.to_pixel(2, 1)
    canvas, colour = rgb(style.palette.canvas), rgb(component_colour(style.palette, 0))
    assert colour_at(paint(WIDE, scene, style), across - 6, down) == canvas
    hidden = replace(scene, layers=replace(PLAIN, seeds=False))
    assert distance(colour_at(paint(WIDE, hidden, style), across - 6, down), colour) <= 3


def test_numbers_stand_on_the_badges(style: Style) -> None:
    """The disc of component 1 is not all in one colour, and differs from component 2's."""
    means = [(-5.0, 0.0), (5.0, 0.0)]
    mixture = Mixture([0.5, 0.5], means, np.tile(np.eye(2) * 0.1, (2, 1, 1)))
    same = replace(style.palette, components=(style.palette.components[0],))
    image = paint(WIDE, later(mixture), replace(style, palette=same))
    discs = []
    for mean in means:
        across, down = map(int, WIDE.to_pixel(*mean))
        discs.append(
            [colour_at(image, across + i, down + j) for i in range(-5, 6) for j in range(-6, 7)]
        )
    ground = rgb(same.components[0])
    for disc in discs:
        assert any(distance(colour, ground) > 80 for colour in disc)
    assert discs[0] != discs[1]


def test_trails_lead_from_the_start_to_the_mean(style: Style) -> None:
    trails = np.array([[[-8.0, 3.0]], [[-8.0, -3.0]], [[4.0, -3.0]]])
    mixture = mixture_of((4, -3), [[0.05, 0], [0, 0.05]])
    colour = rgb(component_colour(style.palette, 0))
    scene = later(mixture, trails=trails)
    image = paint(WIDE, scene, style)
    for place in ((-8, 0), (-2, -3), (1, -3)):
        assert distance(colour_at(image, *WIDE.to_pixel(*place)), colour) < 40
    without = paint(WIDE, replace(scene, layers=replace(PLAIN, trails=False)), style)
    assert colour_at(without, *WIDE.to_pixel(-2, -3)) == rgb(style.palette.canvas)


def test_the_truth_is_laid_over_on_request(style: Style) -> None:
    truth = mixture_of((-3, 1), [[2.25, 0], [0, 0.25]])
    cloud = PointCloud([(0.0, 0.0)], truth=truth)
    shown = Scene(cloud, layers=replace(PLAIN, truth=True))
    image = paint(WIDE, shown, style)
    hidden = paint(WIDE, replace(shown, layers=PLAIN), style)
    colour, canvas = rgb(style.palette.text), rgb(style.palette.canvas)
    drawn = 0
    for place in ellipse(truth.means[0], truth.covariances[0], 1.0, 200):
        across, down = WIDE.to_pixel(*place)
        drawn += distance(colour_at(image, across, down), colour) < 110
        assert colour_at(hidden, across, down) == canvas
    assert 70 < drawn < 170, "a line of dashes and dots"


def test_the_ghost_of_the_old_run_is_one_line_in_grey(style: Style) -> None:
    ghost = mixture_of((-3, 1), [[2.25, 0], [0, 0.25]])
    image = paint(WIDE, Scene(CLOUD, ghost=ghost, layers=PLAIN), style)
    place, along = np.array([-1.5, 1.0]), np.array([1.0, 0.0])
    assert line_at(image, WIDE, place, along, style.palette.ghost) < 1.5
    assert colour_at(image, *WIDE.to_pixel(0, 1)) == rgb(style.palette.canvas), "no second one"


def test_layers_are_left_out(style: Style) -> None:
    mixture = mixture_of((0, 0), [[4, 0], [0, 1]])
    bare = replace(PLAIN, ellipses=False)
    image = paint(WIDE, later(mixture, layers=bare), style)
    assert colour_at(image, *WIDE.to_pixel(2, 0)) == rgb(style.palette.canvas)


def test_the_grid_is_at_the_numbers(style: Style) -> None:
    image = paint(WIDE, Scene(CLOUD, layers=Layers()), style)
    grid, canvas = rgb(style.palette.grid), rgb(style.palette.canvas)
    for x in (-5, 0, 5):
        assert colour_at(image, WIDE.to_pixel(x, 0)[0], 110) == grid
    for y in (-2, 0, 2, 4):
        assert colour_at(image, 290, WIDE.to_pixel(0, y)[1]) == grid
    assert colour_at(image, 290, 110) == canvas
    plain = paint(WIDE, Scene(CLOUD, layers=PLAIN), style)
    assert colour_at(plain, 400, 110) == canvas


def test_a_component_without_weight_has_no_ellipse(style: Style) -> None:
    two = Mixture([1.0, 0.0], [(-5, 0), (5, 0)], np.tile(np.eye(2), (2, 1, 1)))
    image = paint(WIDE, later(two), style)
    assert colour_at(image, *WIDE.to_pixel(6, 0)) == rgb(style.palette.canvas)
    assert (
        distance(colour_at(image, *WIDE.to_pixel(-4, 0)), rgb(component_colour(style.palette, 0)))
        < 60
    )


@pytest.mark.parametrize(
    ("mean", "size", "covers"),
    [((1e9, -1e9), 1.0, False), ((0.0, 0.0), 1e12, True), ((0.0, 0.0), 1e-24, False)],
)
def test_what_is_far_outside_or_tiny_is_painted_without_harm(
    mean: tuple[float, float], size: float, covers: bool, style: Style
) -> None:
    mixture = mixture_of(mean, [[size, 0], [0, size]])
    trails = np.array([[mean], [(0.0, 0.0)], [mean]])
    image = paint(WIDE, later(mixture, trails=trails, seeds=(mean,)), style)
    for at in ((100, 300), (700, 100)):
        assert (colour_at(image, *at) != rgb(style.palette.canvas)) is covers


# One dimension

LINE = Viewport(-4, 4, -0.1, 0.5, 800, 600)
"""100 pixels a unit across, 1,000 pixels a unit of density, the ground at 500."""


def line_cloud(seed: int = 0) -> PointCloud:
    return PointCloud(np.random.default_rng(seed).normal(size=300))


def test_bars_are_as_high_as_the_density(style: Style) -> None:
    cloud = line_cloud()
    bars = histogram(cloud)
    image = paint(LINE, Scene(cloud, histogram=bars, layers=PLAIN), style)
    canvas = rgb(style.palette.canvas)
    checked = 0
    for left, right, density in zip(bars.edges, bars.edges[1:], bars.densities, strict=False):
        across, top = LINE.to_pixel(0.5 * (left + right), float(density))
        if density < 0.02 or top < 30:
            continue
        assert colour_at(image, across, top - 2) == canvas
        assert colour_at(image, across, top + 2) != canvas
        assert colour_at(image, across, 490) == colour_at(image, across, top + 2)
        checked += 1
    assert checked > 5


@pytest.fixture
def two() -> Mixture:
    return Mixture([0.4, 0.6], [[-2.0], [1.5]], [[[0.25]], [[0.5]]])


def test_each_component_is_a_curve_of_its_weighted_density(two: Mixture, style: Style) -> None:
    scene = Scene(line_cloud(), mixture=two, iteration=7, layers=PLAIN)
    image = paint(LINE, scene, style)
    for j in range(2):
        deviation = float(np.sqrt(two.covariances[j, 0, 0]))
        for x in (two.means[j, 0] - deviation, two.means[j, 0] + deviation):
            height = float(np.exp(two.component_log_densities([[x]])[0, j]))
            across, down = LINE.to_pixel(float(x), height)
            # The sum is painted over it where the other component adds nothing.
            near = [colour_at(image, across, down + off) for off in (-2, -1, 0, 1, 2)]
            colours = (component_colour(style.palette, j), style.palette.text)
            assert min(distance(c, rgb(which)) for c in near for which in colours) < 60


def test_the_sum_is_above_its_parts(two: Mixture, style: Style) -> None:
    close = Mixture([0.5, 0.5], [[-0.5], [0.5]], [[[0.5]], [[0.5]]])
    image = paint(LINE, Scene(line_cloud(), mixture=close, iteration=7, layers=PLAIN), style)
    height = float(np.exp(close.log_density([[0.0]])[0]))
    across, down = LINE.to_pixel(0.2, float(np.exp(close.log_density([[0.2]])[0])))
    near = [colour_at(image, across, down + off) for off in (-1, 0, 1)]
    assert min(distance(colour, rgb(style.palette.text)) for colour in near) < 60
    part = float(np.exp(close.component_log_densities([[0.2]])[0, 1]))
    assert part < 0.8 * height
    down = LINE.to_pixel(0, part)[1]
    near = [colour_at(image, across, down + off) for off in (-1, 0, 1)]
    colour = rgb(component_colour(style.palette, 1))
    assert min(distance(other, colour) for other in near) < 60


def test_a_narrow_component_between_the_samples_reaches_its_height(style: Style) -> None:
    """A curve sampled every few pixels would miss a peak of half a pixel."""
    narrow = Mixture([0.999, 0.001], [[0.0], [2.2223]], [[[1.0]], [[1e-6]]])
    image = paint(LINE, Scene(line_cloud(), mixture=narrow, iteration=7, layers=PLAIN), style)
    height = float(np.exp(narrow.component_log_densities([[2.2223]])[0, 1]))
    assert 0.3 < height < 0.45
    across, down = LINE.to_pixel(2.2223, 0.9 * height)
    near = [colour_at(image, across + i, down + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    assert min(distance(colour, rgb(style.palette.text)) for colour in near) < 130


def test_means_of_one_dimension_stand_on_the_axis(two: Mixture, style: Style) -> None:
    image = paint(LINE, Scene(line_cloud(), mixture=two, iteration=7, layers=PLAIN), style)
    for j in range(2):
        across, down = LINE.to_pixel(float(two.means[j, 0]), 0)
        colour = rgb(component_colour(style.palette, j))
        assert distance(colour_at(image, across + 7, down), colour) <= 3


def test_the_truth_of_one_dimension_is_a_dashed_curve(two: Mixture, style: Style) -> None:
    cloud = replace(line_cloud(), truth=two)
    image = paint(LINE, Scene(cloud, layers=replace(PLAIN, truth=True)), style)
    text, hits = rgb(style.palette.text), 0
    places = np.linspace(-3.5, 3.5, 200)
    for x, height in zip(places, np.exp(two.log_density(places[:, None])), strict=True):
        across, down = LINE.to_pixel(float(x), float(height))
        near = [colour_at(image, across, down + off) for off in (-1, 0, 1)]
        hits += min(distance(colour, text) for colour in near) < 100
    assert 60 < hits < 195


def test_light_and_dark_are_different_grounds() -> None:
    def corner(palette: Palette) -> Rgb:
        return colour_at(paint(WIDE, Scene(CLOUD, layers=PLAIN), Style(palette, QFont())), 100, 300)

    assert corner(LIGHT) == rgb(LIGHT.canvas)
    assert corner(DARK) == rgb(DARK.canvas)


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_badges_grow_with_the_interface(scale: float) -> None:
    font = QFont()
    font.setPixelSize(round(13 * scale))
    style = Style(LIGHT, font, scale)
    image = paint(WIDE, later(mixture_of((0, 0), [[1e-4, 0], [0, 1e-4]])), style)
    colour = rgb(component_colour(LIGHT, 0))
    row = [colour_at(image, 400 + i, 200) for i in range(-40, 41)]
    covered = [i for i, found in zip(range(-40, 41), row, strict=True) if found == colour]
    assert covered[-1] == pytest.approx(9.5 * scale, abs=3)
    assert covered[0] == pytest.approx(-9.5 * scale, abs=3)


def test_a_very_long_trail_is_painted_quickly(style: Style) -> None:
    """Most steps of a long run move the means by less than can be seen."""
    steps = np.column_stack([np.linspace(-8, 4, 100_000), np.full(100_000, -3.0)])
    tail = np.tile(steps[-1], (100_000, 1)) + np.linspace(0, 1e-3, 100_000)[:, None]
    trails = np.concatenate([[[-8.0, 3.0]], steps, tail])[:, None]
    scene = later(mixture_of((4, -3), [[0.05, 0], [0, 0.05]]), trails=trails)
    image = paint(WIDE, scene, style)
    colour = rgb(component_colour(style.palette, 0))
    for place in ((-8, 0), (-2, -3), (2.5, -3)):
        assert distance(colour_at(image, *WIDE.to_pixel(*place)), colour) < 40


@pytest.mark.parametrize("width", [1.0, 1.6, 2.4, 3.0, 4.4])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("covariance", [[[4.0, 0.0], [0.0, 1.0]], [[2.0, -0.9], [-0.9, 0.6]]])
def test_a_line_of_lines_is_as_wide_as_one(
    width: float, ratio: float, covariance: list[list[float]]
) -> None:
    """Side by side, lines of one pixel leave the ink of the wide line that they stand for."""
    viewport = replace(WIDE, bottom=-2.5, top=2.5)
    ((_, outline),) = outlines_of(viewport, mixture_of((0.3, 0.1), covariance))
    images = []
    for whole in (False, True):
        image = QImage(round(800 * ratio), round(400 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if whole:
            painter.setPen(QPen(QColor("black"), width))
            painter.drawPolygon(outline.polygon(1.0))
        else:
            Outliner(painter, outline).stroke(1.0, QColor("black"), width)
        painter.end()
        images.append(255.0 - pixels_of(image)[..., 0])
    made, whole_line = images
    assert made.sum() == pytest.approx(whole_line.sum(), rel=0.15)
    # Where the line is whole there is no gap, and beside it nothing.
    assert made[whole_line > 250].min(initial=255) > 170
    assert made[whole_line == 0].max() < 90


def pixels_of(image: QImage) -> FloatArray:
    """Red, green, blue and a byte that is of no use, (height, width, 4)."""
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), dtype=np.uint8).reshape(shape).astype(float)


def test_ellipses_that_are_too_far_or_too_flat_for_thin_lines_are_lines(style: Style) -> None:
    for covariance in ([[4, 0], [0, 1e-12]], [[1e-12, 0], [0, 1e-12]], [[1e12, 0], [0, 1e12]]):
        image = paint(WIDE, later(mixture_of((0, 0), covariance)), style)
        assert not image.isNull()
    needle = paint(WIDE, later(mixture_of((0, 0), [[4, 0], [0, 1e-12]])), style)
    colour = rgb(style.palette.components[0])
    across, down = WIDE.to_pixel(1.5, 0)
    assert min(distance(colour_at(needle, across, down + y), colour) for y in (-1, 0)) < 60
