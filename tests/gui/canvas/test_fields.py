"""Backgrounds on a grid: values at known places, against the mixture's own densities."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from scipy.stats import chi2

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.mixture import Mixture
from gmm_studio.data import layouts
from gmm_studio.gui.canvas.fields import (
    MASSES,
    FieldLook,
    compute_field,
    density_levels,
    look_of,
    uncertainty,
)
from gmm_studio.gui.canvas.scene import Background, Contour, Density, Field, Layers, Uncertainty
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour, contrast

LINES = Layers(background="density", density="lines")
FILLED = Layers(background="density", density="filled")
HEAT = Layers(background="density", density="heat")
REGIONS = Layers(background="regions")
MAXIMUM = Layers(background="uncertainty", uncertainty="maximum")
ENTROPY = Layers(background="uncertainty", uncertainty="entropy")
ALL = (LINES, FILLED, HEAT, REGIONS, MAXIMUM, ENTROPY)

WIDE = Viewport(-10, 10, -5, 5, 800, 400)
"""40 pixels a unit on both axes."""

LOPSIDED = Mixture(
    [0.5, 0.3, 0.2],
    [[-4.0, 2.0], [3.0, 1.0], [1.0, -2.5]],
    [[[1.5, 0.6], [0.6, 0.7]], [[0.5, -0.2], [-0.2, 1.2]], [[2.0, 0.0], [0.0, 0.2]]],
)
TWO = Mixture([0.5, 0.5], [[-2.0, -1.0], [2.0, 1.0]], [np.eye(2), np.eye(2)])
"""Equal and round: the border is the perpendicular bisector, 2 x + y = 0."""


def made(
    mixture: Mixture,
    layers: Layers,
    viewport: Viewport = WIDE,
    cell: float = 2.0,
    palette: Palette = LIGHT,
) -> Field:
    field = compute_field(mixture, viewport, layers, look_of(palette, mixture.k), cell)
    assert field is not None
    return field


def pixels(field: Field) -> FloatArray:
    """Premultiplied RGBA (rows, columns, 4)."""
    assert field.image is not None
    image = field.image
    return np.array(image.constBits(), dtype=float).reshape(image.height(), image.width(), 4)


def middles(field: Field) -> tuple[FloatArray, FloatArray]:
    """x and y of the middles of the cells, each (rows, columns), told by the viewport alone."""
    assert field.image is not None
    view, columns, rows = field.viewport, field.image.width(), field.image.height()
    x = view.left + (view.right - view.left) * (np.arange(columns) + 0.5) / columns
    y = view.top - (view.top - view.bottom) * (np.arange(rows) + 0.5) / rows
    across, down = np.meshgrid(x, y)
    return across, down


def points_of(field: Field) -> FloatArray:
    return np.stack(middles(field), axis=-1).reshape(-1, 2)


def all_places(contours: tuple[Contour, ...]) -> FloatArray:
    return np.concatenate([contour.places for contour in contours])


def moved(mixture: Mixture, offset: FloatArray, scale: float) -> Mixture:
    return Mixture(mixture.weights, offset + scale * mixture.means, scale**2 * mixture.covariances)


# Density


@pytest.mark.parametrize("layers", [LINES, FILLED], ids=["lines", "filled"])
@pytest.mark.parametrize(("cell", "tolerance"), [(8, 0.08), (2, 0.005), (0.5, 0.00035)])
def test_contours_pass_where_the_density_has_their_value(
    layers: Layers, cell: float, tolerance: float
) -> None:
    field = made(LOPSIDED, layers, cell=cell)
    assert len(field.contours) >= len(MASSES)
    for contour in field.contours:
        found = LOPSIDED.log_density(contour.places)
        np.testing.assert_allclose(found, np.log(contour.level), rtol=0, atol=tolerance)


def test_thinned_contours_stay_near_the_ellipse_between_their_vertices() -> None:
    one = Mixture([1.0], [[0.5, -0.3]], [[[4.0, 1.5], [1.5, 2.0]]])
    field = made(one, LINES, cell=2)
    for contour, mass in zip(field.contours, MASSES, strict=True):
        middle = 0.5 * (contour.places[1:] + contour.places[:-1]) - one.means[0]
        square = np.einsum("ni,ij,nj->n", middle, np.linalg.inv(one.covariances[0]), middle)
        off = np.abs(np.sqrt(square) - np.sqrt(chi2.ppf(mass, 2)))
        assert 40 * 2 * off.max() < 0.5, "pixels"


def test_contours_of_a_whole_mixture_are_closed_and_few_vertices_are_enough() -> None:
    field = made(LOPSIDED, LINES, cell=8)
    for contour in field.contours:
        np.testing.assert_array_equal(contour.places[0], contour.places[-1])
    assert len(all_places(field.contours)) < 600


def test_lines_reach_the_edge_of_the_view() -> None:
    view = Viewport(-1, 1, -0.5, 0.5, 800, 400)
    wide = Mixture([1.0], [[0.0, 3.0]], [[[400.0, 0.0], [0.0, 4.0]]])
    field = made(wide, LINES, view, cell=8)
    assert field.contours
    for contour in field.contours:
        ends = np.sort(contour.places[[0, -1], 0])
        assert ends[0] <= -1
        assert ends[1] >= 1


@pytest.mark.parametrize("mass", MASSES)
def test_a_level_bounds_the_region_that_holds_its_share(mass: float) -> None:
    """In one Gaussian, the ellipse of the chi-squared distribution's quantile."""
    one = Mixture([1.0], [[3.0, -1.0]], [[[2.0, 0.8], [0.8, 1.0]]])
    peak = -np.log(2 * np.pi) - 0.5 * np.log(np.linalg.det(one.covariances[0]))
    level = density_levels(one, [mass])[0]
    assert level == pytest.approx(peak - 0.5 * chi2.ppf(mass, 2), abs=0.01)


@pytest.mark.parametrize("name", ["overlapping", "nested", "unequal", "grid"])
def test_levels_hold_their_share_of_a_sample(name: str) -> None:
    mixture = getattr(layouts, name)(5)
    points, _ = mixture.sample(200_000, random_state=3)
    found = mixture.log_density(points)
    for level, mass in zip(density_levels(mixture), MASSES, strict=True):
        assert np.mean(found >= level) == pytest.approx(mass, abs=0.006)


def test_a_collapsed_component_leaves_the_lines_of_the_other() -> None:
    one = Mixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    both = Mixture([0.99, 0.01], [[0.0, 0.0], [4.0, 0.0]], [np.eye(2), 1e-10 * np.eye(2)])
    np.testing.assert_allclose(density_levels(both), density_levels(one), atol=0.15)
    alone, beside = pixels(made(one, HEAT)), pixels(made(both, HEAT))
    assert np.abs(alone - beside).max() <= 3


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_heat_is_strongest_at_the_mode_and_follows_the_root_of_the_density(
    palette: Palette,
) -> None:
    one = Mixture([1.0], [[4.05, -2.05]], [[[2.0, 0.8], [0.8, 1.0]]])
    field = made(one, HEAT, cell=4, palette=palette)
    alpha = pixels(field)[:, :, 3]
    x, y = middles(field)
    strongest = np.unravel_index(alpha.argmax(), alpha.shape)
    assert np.hypot(x[strongest] - 4.05, y[strongest] + 2.05) < 0.3
    ratio = np.exp(one.log_density(points_of(field)) - one.log_density(one.means))
    expected = look_of(palette, 1).density_opacity * 255 * np.sqrt(ratio)
    np.testing.assert_allclose(alpha.ravel(), expected, atol=1.6)
    assert alpha[0, 0] == 0


def test_bands_step_at_their_contours() -> None:
    one = Mixture([1.0], [[0.0, 0.0]], [4 * np.eye(2)])
    field = made(one, FILLED)
    x, y = middles(field)
    radius = np.hypot(x, y)
    alpha, radii = pixels(field)[:, :, 3], 2 * np.sqrt(chi2.ppf(MASSES, 2))
    step = 255 * look_of(LIGHT, 1).density_opacity / len(MASSES)
    bands = np.searchsorted(-radii[::-1], -radius)
    clear = np.abs(radius[..., None] - radii).min(axis=-1) > 0.08
    np.testing.assert_allclose(alpha[clear], step * bands[clear], atol=1)


# Regions


def region_tints(look: FieldLook) -> FloatArray:
    ones = np.ones((len(look.components), 1))
    return np.hstack([look.components, ones]) * look.region_opacity * 255


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("cell", [8, 2])
def test_each_cell_has_the_tint_of_the_most_responsible(palette: Palette, cell: float) -> None:
    field = made(LOPSIDED, REGIONS, cell=cell, palette=palette)
    joint = LOPSIDED.component_log_densities(points_of(field))
    found = pixels(field)
    labels = joint.argmax(axis=1).reshape(found.shape[:2])
    expected = region_tints(look_of(palette, 3))[labels]
    middle = labels[1:-1, 1:-1]
    around = [
        np.roll(labels, (i, j), (0, 1))[1:-1, 1:-1] == middle
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    ]
    sure = np.all(around, axis=0)
    assert sure.mean() > 0.9
    np.testing.assert_allclose(found[1:-1, 1:-1][sure], expected[1:-1, 1:-1][sure], atol=1)


def test_the_border_of_two_equal_components_is_their_bisector() -> None:
    for cell in (8.0, 2.0):
        field = made(TWO, REGIONS, cell=cell)
        (contour,) = field.contours
        assert contour.level == 0
        x, y = contour.places.T
        np.testing.assert_allclose(2 * x + y, 0, atol=1e-9)
        assert np.ptp(y) >= 10, "from edge to edge"


def test_borders_are_where_two_components_are_as_responsible() -> None:
    field = made(LOPSIDED, REGIONS, cell=1)
    joint = np.sort(LOPSIDED.component_log_densities(all_places(field.contours)), axis=1)
    off = joint[:, -1] - joint[:, -2]
    assert np.quantile(off, 0.95) < 0.02
    assert off.max() < 0.3, "only beside a place where three meet"


def test_every_border_is_drawn_once_and_they_meet() -> None:
    grid = layouts.grid(4)
    field = made(grid, REGIONS, Viewport(-4, 4.1, -3, 3.1, 800, 600), cell=2)
    segments = [
        np.linalg.norm(np.diff(contour.places, axis=0), axis=1).sum() for contour in field.contours
    ]
    # The cells beyond the edge add a little.
    assert sum(segments) == pytest.approx(8.1 + 6.1, abs=0.15)


def test_an_emptied_component_has_no_region() -> None:
    emptied = Mixture(
        [0.5, 0.0, 0.5], [TWO.means[0], (0.0, 0.0), TWO.means[1]], np.tile(np.eye(2), (3, 1, 1))
    )
    (contour,) = made(emptied, REGIONS).contours
    np.testing.assert_allclose(contour.places @ [2, 1], 0, atol=1e-9)
    found = pixels(made(emptied, REGIONS))
    first, _, third = region_tints(look_of(LIGHT, 3))
    np.testing.assert_allclose(found[100, 10], first, atol=1)
    np.testing.assert_allclose(found[100, -10], third, atol=1)


def test_a_hidden_component_has_no_region() -> None:
    """Its twin is heavier everywhere; the third one's border is the first's."""
    hidden = Mixture(
        [0.4, 0.2, 0.4], [TWO.means[0], TWO.means[0], TWO.means[1]], np.tile(np.eye(2), (3, 1, 1))
    )
    (contour,) = made(hidden, REGIONS).contours
    np.testing.assert_allclose(contour.places @ [2, 1], 0, atol=1e-9)


def test_ties_go_to_the_lowest_number() -> None:
    twins = Mixture([0.5, 0.5], np.zeros((2, 2)), np.tile(np.eye(2), (2, 1, 1)))
    field = made(twins, REGIONS)
    assert field.contours == ()
    found = pixels(field)
    np.testing.assert_allclose(found, np.broadcast_to(found[0, 0], found.shape))
    np.testing.assert_allclose(found[0, 0], region_tints(look_of(LIGHT, 2))[0], atol=1)


# Uncertainty


@pytest.mark.parametrize(("measure", "most"), [("maximum", 0.5), ("entropy", 1.0)])
def test_uncertainty_is_largest_on_the_bisector(measure: Uncertainty, most: float) -> None:
    along = np.column_stack([np.linspace(-4, 4, 9), np.linspace(8, -8, 9)])
    values = uncertainty(TWO.component_log_densities(along).T, measure, 2)
    np.testing.assert_allclose(values, most, atol=1e-9)
    far = Mixture(TWO.weights, 4 * TWO.means, TWO.covariances)
    assert uncertainty(far.component_log_densities(far.means).T, measure, 2).max() < 1e-12


@pytest.mark.parametrize("measure", get_args(Uncertainty))
def test_uncertainty_agrees_with_the_responsibilities(measure: Uncertainty) -> None:
    places = np.random.default_rng(0).normal(0, 4, (200, 2))
    shares = LOPSIDED.responsibilities(places)
    if measure == "maximum":
        expected = 1 - shares.max(axis=1)
    else:
        safe = np.maximum(shares, 1e-300)
        expected = -(shares * np.log(safe)).sum(axis=1) / np.log(3)
    found = uncertainty(LOPSIDED.component_log_densities(places).T, measure, 3)
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(("layers", "strength"), [(MAXIMUM, 0.75), (ENTROPY, 1.0)])
def test_shading_is_strongest_on_the_bisector_and_gone_at_the_means(
    layers: Layers, strength: float
) -> None:
    far = Mixture(TWO.weights, 2 * TWO.means, TWO.covariances)
    field = made(far, layers)
    x, y = middles(field)
    alpha = pixels(field)[:, :, 3]
    most = strength * 255 * look_of(LIGHT, 2).uncertainty_opacity
    np.testing.assert_allclose(alpha[np.abs(2 * x + y) < 0.03], most, atol=2)
    assert alpha.max() <= most + 1
    for mean in far.means:
        assert alpha[np.hypot(x - mean[0], y - mean[1]) < 0.5].max() == 0


def test_one_component_is_never_uncertain() -> None:
    one = Mixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    field = made(one, MAXIMUM)
    assert field.image is None
    assert field.contours == ()
    emptied = Mixture([1.0, 0.0], [[0.0, 0.0], [1.0, 1.0]], np.tile(np.eye(2), (2, 1, 1)))
    assert pixels(made(emptied, ENTROPY)).max() == 0


# Where it is


@pytest.mark.parametrize(
    "view",
    [
        WIDE,
        Viewport(-10, 10, -10, 10, 400, 800),
        Viewport(-6, 7, -40, 40, 903, 501),
        Viewport(-1e4, 1e4, -5, 5, 300, 200),
    ],
    ids=["equal", "high", "odd", "squeezed"],
)
def test_nothing_is_flipped_or_shifted(view: Viewport) -> None:
    field = made(LOPSIDED, MAXIMUM, view, cell=5)
    assert field.image is not None
    assert field.image.width() == pytest.approx(view.width / 5, abs=1)
    assert field.image.height() == pytest.approx(view.height / 5, abs=1)
    values = 1 - LOPSIDED.responsibilities(points_of(field)).max(axis=1)
    expected = 255 * look_of(LIGHT, 3).uncertainty_opacity * (1 - (1 - values) ** 2)
    np.testing.assert_allclose(pixels(field)[:, :, 3].ravel(), expected, atol=1)


@pytest.mark.parametrize("layers", ALL)
@pytest.mark.parametrize(
    ("offset", "scale"),
    [((0.0, 0.0), 1e-9), ((1e9, -1e9), 1.0), ((0.0, 0.0), 1e9)],
    ids=["tiny", "far", "huge"],
)
def test_units_make_no_difference(
    layers: Layers, offset: tuple[float, float], scale: float
) -> None:
    shift = np.array(offset)
    low, high = shift + scale * np.array([-10.0, -5.0]), shift + scale * np.array([10.0, 5.0])
    view = Viewport(*np.array([low[0], high[0], low[1], high[1]]).tolist(), 800, 400)
    plain, other = made(LOPSIDED, layers), made(moved(LOPSIDED, shift, scale), layers, view)
    if plain.image is not None:
        assert np.abs(pixels(plain) - pixels(other)).max() <= 1
    assert len(plain.contours) == len(other.contours)
    for one, two in zip(plain.contours, other.contours, strict=True):
        back = (two.places - shift) / scale
        np.testing.assert_allclose(back.min(axis=0), one.places.min(axis=0), atol=1e-3)
        np.testing.assert_allclose(back.max(axis=0), one.places.max(axis=0), atol=1e-3)


@pytest.mark.parametrize("layers", ALL)
@pytest.mark.parametrize("half", [1e-9, 1e-3, 1e6, 1e150, 1e299])
def test_zoomed_far_in_and_far_out(layers: Layers, half: float) -> None:
    """Warnings are errors: nothing overflows, whatever the view."""
    view = Viewport(-4 - half, -4 + half, 2 - half, 2 + half, 200, 200)
    field = made(LOPSIDED, layers, view)
    inside = half < 1
    if layers is REGIONS and inside:
        np.testing.assert_allclose(
            pixels(field)[50, 50], region_tints(look_of(LIGHT, 3))[0], atol=1
        )
        assert field.contours == ()
    if layers is MAXIMUM and inside:
        assert pixels(field).max() <= 1
    if layers is HEAT:
        strongest = 255 * look_of(LIGHT, 3).density_opacity
        assert bool(pixels(field)[:, :, 3].min() > 0.8 * strongest) is inside
    for contour in field.contours:
        assert np.isfinite(contour.places).all()


def test_a_tiny_view_has_at_least_one_cell() -> None:
    view = Viewport(-1, 1, -1, 1, 3, 2)
    for layers in ALL:
        field = made(LOPSIDED, layers, view, cell=8)
        if field.image is not None:
            assert (field.image.width(), field.image.height()) == (1, 1)


# What it is asked


def test_without_a_background_or_in_one_dimension_there_is_none() -> None:
    look = look_of(LIGHT, 3)
    assert compute_field(LOPSIDED, WIDE, Layers(), look, 8) is None
    line = Mixture([1.0], [[0.0]], [[[1.0]]])
    assert compute_field(line, WIDE, HEAT, look, 8) is None


@pytest.mark.parametrize("layers", ALL)
def test_it_can_be_cancelled(layers: Layers) -> None:
    with pytest.raises(Cancelled):
        compute_field(LOPSIDED, WIDE, layers, look_of(LIGHT, 3), 2, lambda: True)


def test_every_background_is_made() -> None:
    for background in get_args(Background):
        for density in get_args(Density):
            layers = replace(Layers(), background=background, density=density)
            field = compute_field(LOPSIDED, WIDE, layers, look_of(LIGHT, 3), 8)
            assert (field is None) is (background == "none")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_backgrounds_leave_the_components_readable(palette: Palette) -> None:
    look = look_of(palette, 20)
    assert look.components.shape == (20, 3)
    canvas = np.array([int(palette.canvas[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    for colour, opacity in (
        (look.density, look.density_opacity),
        (look.uncertainty, look.uncertainty_opacity),
    ):
        ground = 255 * (opacity * colour + (1 - opacity) * canvas)
        shade = "#" + "".join(f"{round(channel):02x}" for channel in ground)
        assert contrast(shade, palette.text) >= 4.5
        assert 1.3 < contrast(shade, palette.canvas) < 3
        for j in range(3):
            assert contrast(shade, component_colour(palette, j)) > 1.3


@pytest.mark.parametrize("background", ["density", "uncertainty"])
def test_many_components_take_no_more_memory_than_few(background: Background) -> None:
    k = 100
    means = np.random.default_rng(3).normal(0, 4, (k, 2))
    mixture = Mixture(np.full(k, 1 / k), means, np.tile(np.eye(2), (k, 1, 1)))
    viewport = Viewport(-9.0, 9.0, -6.0, 6.0, 900.0, 600.0)
    tracemalloc.start()
    try:
        compute_field(mixture, viewport, Layers(background=background), look_of(LIGHT, k), 2.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64e6, "all at once the densities alone take 109 MB"
