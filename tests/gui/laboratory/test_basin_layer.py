"""Maps of basins as backgrounds: the colour of a cell says which optimum is reached from it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from gmm_studio.core.basins import BasinMap, map_basins
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import iterate
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.optima import Optimum, Spurious, Tolerance
from gmm_studio.document import moved_mean
from gmm_studio.gui.canvas.field_painting import paint_field
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour, contrast
from gmm_studio.gui.laboratory.basin_layer import (
    basin_field,
    follow_tints,
    paint_basin_strip,
    tint,
)
from gmm_studio.gui.style import Style
from tests.gui.test_colours import SIMULATIONS, least_distance

VIEW = Viewport(0, 4, 0, 3, 400, 300)
"""A hundred pixels a unit."""
Rgb = tuple[int, int, int]


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def palette(request: pytest.FixtureRequest) -> Palette:
    palette = request.param
    assert isinstance(palette, Palette)
    return palette


def optimum(
    log_likelihood: float, at: float = 0.0, spurious: Spurious = "", members: int = 1
) -> Optimum:
    mixture = Mixture([0.5, 0.5], [[at, 0.0], [at + 5, 1.0]], [np.eye(2)] * 2)
    return Optimum(mixture, log_likelihood, tuple(range(members)), 10.0, spurious)


def basins(
    cells: npt.ArrayLike, optima: Sequence[Optimum], iterations: npt.ArrayLike = 10
) -> BasinMap:
    """Rows are given as they are seen, the uppermost first."""
    shown = np.array(cells)[::-1]
    rows, columns = shown.shape
    levels = np.array([one.log_likelihood for one in optima])
    counts = np.broadcast_to(iterations, shown.shape)[::-1].astype(np.int64)
    x, y = np.arange(columns) + 0.5, np.arange(rows) + 0.5
    return BasinMap(x, y, shown, levels[shown], counts, tuple(optima), 1, None, Tolerance())


def rgb(colour: str | QColor) -> Rgb:
    named = QColor(colour)
    return named.red(), named.green(), named.blue()


def pixel(image: QImage | None, column: int, row: int) -> Rgb:
    assert image is not None
    return rgb(image.pixelColor(column, row))


def brightness_of(colour: Rgb) -> float:
    return float(np.dot(colour, (0.2126, 0.7152, 0.0722)))


def test_tints_stay_apart_for_everybody(palette: Palette) -> None:
    tints = [tint(palette, slot) for slot in range(8)]
    for simulation in SIMULATIONS:
        assert least_distance(tints[:6], simulation) >= 8
        assert least_distance(tints, simulation) >= 6
        assert least_distance([*tints[1:6], tint(palette, -1)], simulation) >= 5


def test_components_are_seen_on_every_tint(palette: Palette) -> None:
    for slot, j in itertools.product(range(-2, 8), range(3)):
        assert contrast(component_colour(palette, j), tint(palette, slot)) >= 1.2
        assert least_distance([component_colour(palette, j), tint(palette, slot)], "normal") >= 12


def test_past_the_last_tint_there_are_greyer_ones(palette: Palette) -> None:
    assert tint(palette, 8) != tint(palette, 0)
    assert tint(palette, 16) == tint(palette, 0)
    assert tint(palette, -3) == tint(palette, -1) != tint(palette, -2)


def test_a_cell_has_the_colour_of_its_optimum_where_it_is(palette: Palette) -> None:
    cells = [[0, 0, 1, 1], [0, 2, 2, 1], [2, 2, 2, 2]]
    found = basins(cells, [optimum(-1.0), optimum(-1.0, 20), optimum(-1.0, 40)])
    field = basin_field(found, VIEW, palette, (0, 1, 2))
    assert field.image is not None
    assert (field.image.width(), field.image.height()) == (4, 3)
    assert not field.smooth
    for row, column in np.ndindex(3, 4):
        assert pixel(field.image, column, row) == rgb(tint(palette, cells[row][column]))


def test_the_map_lies_where_it_was_computed_in_any_viewport(palette: Palette) -> None:
    found = basins([[0, 1], [2, 2]], [optimum(-1.0), optimum(-1.0, 20), optimum(-1.0, 40)])
    field = basin_field(found, Viewport(0, 2, 0, 2, 200, 200), palette, (0, 1, 2), lines=False)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.canvas))
    font = QFont()
    painter = QPainter(image)
    paint_field(painter, VIEW, field, Style(palette, font))
    painter.end()
    for x, y, slot in ((0.1, 1.9, 0), (0.9, 1.1, 0), (1.1, 1.9, 1), (0.1, 0.1, 2), (1.9, 0.9, 2)):
        across, down = VIEW.to_pixel(x, y)
        assert pixel(image, int(across), int(down)) == rgb(tint(palette, slot))
    assert pixel(image, 250, 150) == rgb(palette.canvas)


def test_poorer_optima_are_darker_and_spurious_ones_are_as_good_as_the_best(
    palette: Palette,
) -> None:
    optima = [optimum(-10.0), optimum(-20.0, 20), optimum(-30.0, 40), optimum(99.0, 60, "few")]
    field = basin_field(basins([[0, 1, 2, 3]], optima), VIEW, palette, (0, 0, 0, -1))
    shades = [pixel(field.image, column, 0) for column in range(3)]
    assert shades[0] == rgb(tint(palette, 0))
    assert brightness_of(shades[0]) > brightness_of(shades[1]) > brightness_of(shades[2])
    assert pixel(field.image, 3, 0) == rgb(tint(palette, -1))


def test_slower_places_are_darker_where_iterations_are_asked_for(palette: Palette) -> None:
    counts = [[5, 20, 80, 400]]
    found = basins([[0, 0, 0, 0]], [optimum(-10.0)], counts)
    field = basin_field(found, VIEW, palette, (0,), brightness="iterations")
    shades = [brightness_of(pixel(field.image, column, 0)) for column in range(4)]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 4
    flat = basin_field(found, VIEW, palette, (0,))
    assert {pixel(flat.image, column, 0) for column in range(4)} == {rgb(tint(palette, 0))}


def test_basins_are_parted_by_joined_lines_but_not_where_they_interlace() -> None:
    cells = np.zeros((6, 12), dtype=np.int64)
    cells[:, 6:] = 1
    cells[1, 2] = cells[4, 3] = 1
    cells[2, 9] = cells[3, 10] = cells[4, 9] = 0
    found = basins(cells, [optimum(-1.0), optimum(-2.0, 20)])
    field = basin_field(found, Viewport(0, 12, 0, 6, 120, 60), LIGHT, (0, 1))
    (line,) = [contour.places for contour in field.contours if len(contour.places)]
    np.testing.assert_allclose(line, [[6, 0], [6, 6]])
    assert basin_field(found, VIEW, LIGHT, (0, 1), lines=False).contours == ()


def test_the_best_has_the_first_tint_and_the_larger_basins_the_next() -> None:
    optima = [
        optimum(-9.0, 0, members=5),
        optimum(-5.0, 20, members=1),
        optimum(-7.0, 40, members=9),
        optimum(80.0, 60, "collapsed", members=50),
    ]
    assert follow_tints(optima, Tolerance(), 100) == (2, 0, 1, -1)


def test_an_optimum_keeps_its_tint_from_map_to_map() -> None:
    before = [optimum(-9.0), optimum(-5.0, 20), optimum(-7.0, 40)]
    slots = follow_tints(before, Tolerance(), 100)
    better = optimum(-1.0, 60)
    swapped = replace(
        before[0],
        mixture=Mixture([0.5, 0.5], before[0].mixture.means[::-1], [np.eye(2)] * 2),
        log_likelihood=-9.001,
    )
    after = follow_tints([better, swapped, before[2]], Tolerance(), 100, before, slots)
    assert after[1] == slots[0]
    assert after[2] == slots[2]
    assert after[0] == slots[1], "that of the one that has gone is free"


def test_tints_are_never_shared() -> None:
    twins = [optimum(-9.0), optimum(-9.0), optimum(-9.0)]
    slots = follow_tints(twins, Tolerance(), 100, twins[:1], (4,))
    assert len(set(slots)) == 3
    assert 4 in slots


def test_colours_are_those_of_the_optimum_that_a_single_fit_reaches() -> None:
    rng = np.random.default_rng(3)
    centres = np.array([[0, 0], [9, 0], [0, 9]])
    cloud = PointCloud((centres[:, None] + rng.normal(size=(3, 60, 2))).reshape(-1, 2))
    configuration = Configuration(covariance="spherical", tolerance=1e-9)
    means = [[0.0, -0.5], [0.3, 0.6], [8.0, 8.0]]
    start = Mixture([1 / 3] * 3, means, [np.eye(2)] * 3)
    x, y = np.linspace(-6, 14, 17), np.linspace(-6, 14, 9)
    *_, found = map_basins(cloud, start, 2, x, y, configuration)
    view = Viewport(-6.625, 14.625, -7.25, 15.25, 340, 180)
    slots = follow_tints(found.optima, found.tolerance, cloud.total_weight)
    field = basin_field(found, view, LIGHT, slots)
    colours: dict[int, set[Rgb]] = {}
    for row, column in [(0, 0), (1, 15), (8, 3), (4, 8), (6, 12), (2, 5), (8, 16), (5, 1)]:
        place = float(x[column]), float(y[row])
        *_, last = iterate(cloud, moved_mean(start, 2, place), configuration)
        number = int(found.optimum[row, column])
        level = found.optima[number].log_likelihood
        assert last.log_likelihood == pytest.approx(level, abs=1e-4 * cloud.n)
        assert last.index == found.iterations[row, column]
        across, down = view.to_pixel(*place)
        at = int(across / 340 * 17), int(down / 180 * 9)
        colours.setdefault(number, set()).add(pixel(field.image, *at))
    assert len(colours) > 1
    assert all(len(shades) == 1 for shades in colours.values())
    assert len(set.union(*colours.values())) == len(colours)


def test_in_one_dimension_it_is_a_strip_along_the_axis(palette: Palette) -> None:
    found = basins([[0, 0, 1, 1]], [optimum(-1.0), optimum(-1.0, 20)])
    field = basin_field(found, VIEW, palette, (0, 1), lines=True)
    view = Viewport(0, 4, -0.5, 2.5, 400, 300)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.canvas))
    painter = QPainter(image)
    paint_basin_strip(painter, view, field, Style(palette, QFont()))
    painter.end()
    for across, slot in ((10, 0), (190, 0), (210, 1), (390, 1)):
        assert pixel(image, across, 253) == rgb(tint(palette, slot)), "below the axis, at 250"
        band = pixel(image, across, 100)
        full, canvas = rgb(tint(palette, slot)), rgb(palette.canvas)
        assert all(min(a, b) <= c <= max(a, b) for a, b, c in zip(full, canvas, band, strict=True))
        assert band not in (full, canvas)
        assert pixel(image, across, 275) == canvas, "the rug stays as it is"
    assert pixel(image, 200, 100) not in (pixel(image, 190, 100), pixel(image, 210, 100))
