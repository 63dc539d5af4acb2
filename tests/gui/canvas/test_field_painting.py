"""Backgrounds on the screen: shading and lines are where they belong, also in another view."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.field_painting import paint_field
from gmm_studio.gui.canvas.fields import compute_field, look_of
from gmm_studio.gui.canvas.scene import Contour, Field, Layers
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, component_colour, mixed
from gmm_studio.gui.style import Style

WIDE = Viewport(-10, 10, -5, 5, 800, 400)
"""40 pixels a unit on both axes."""
TWO = Mixture([0.5, 0.5], [[-2.0, -1.0], [2.0, 1.0]], [np.eye(2), np.eye(2)])
"""The border is 2 x + y = 0."""
REGIONS = Layers(background="regions")
HEAT = Layers(background="density", density="heat")
LINES = Layers(background="density", density="lines")
Rgb = tuple[int, int, int]


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def style(request: pytest.FixtureRequest) -> Style:
    return Style(request.param, QFont())


def made(mixture: Mixture, layers: Layers, style: Style, cell: float = 2.0) -> Field:
    field = compute_field(mixture, WIDE, layers, look_of(style.palette, mixture.k), cell)
    assert field is not None
    return field


def paint(viewport: Viewport, field: Field, style: Style) -> QImage:
    image = QImage(int(viewport.width), int(viewport.height), QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.canvas))
    painter = QPainter(image)
    try:
        paint_field(painter, viewport, field, style)
    finally:
        painter.end()
    return image


def colour_at(image: QImage, across: float, down: float) -> Rgb:
    found = image.pixelColor(int(across), int(down))
    return found.red(), found.green(), found.blue()


def rgb(colour: str) -> Rgb:
    return QColor(colour).red(), QColor(colour).green(), QColor(colour).blue()


def distance(first: Rgb, second: Rgb) -> int:
    return max(abs(one - other) for one, other in zip(first, second, strict=True))


def tint(style: Style, j: int) -> Rgb:
    share = look_of(style.palette, 2).region_opacity
    return rgb(mixed(component_colour(style.palette, j), style.palette.canvas, share))


VIEWS = {
    "as it was": WIDE,
    "panned": WIDE.panned(60.0, -35.0),
    "zoomed": WIDE.zoomed(3.0, 420.0, 190.0),
    "smaller": WIDE.zoomed(0.4, 100.0, 300.0),
    "resized": WIDE.resized(500.0, 450.0, equal=False),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
@pytest.mark.parametrize("cell", [8, 2])
def test_regions_are_where_they_belong_in_any_view(
    view: Viewport, cell: float, style: Style
) -> None:
    image = paint(view, made(TWO, REGIONS, style, cell), style)
    checked = 0
    for x, y in ((-6, 2), (-1, -1), (-2, -4), (6, -2), (1, 1), (2, 4)):
        across, down = view.to_pixel(x, y)
        if 0 <= across < view.width and 0 <= down < view.height:
            j = int(2 * x + y > 0)
            assert distance(colour_at(image, across, down), tint(style, j)) <= 2
            checked += 1
    assert checked >= 2


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_the_border_is_a_crisp_line_on_the_bisector(view: Viewport, style: Style) -> None:
    image = paint(view, made(TWO, REGIONS, style), style)
    line = rgb(mixed(style.palette.text, style.palette.canvas, 0.7))
    checked = 0
    for y in np.linspace(-4.5, 4.5, 19):
        across, down = view.to_pixel(-y / 2, float(y))
        if not (6 <= across < view.width - 6 and 1 <= down < view.height - 1):
            continue
        row = [distance(colour_at(image, across + i, down), line) for i in range(-6, 7)]
        assert min(row[5:8]) < 60
        assert min(row[:4] + row[9:]) > 60
        checked += 1
    assert checked >= 5


@pytest.mark.parametrize("cell", [8, 2])
def test_cells_are_not_shifted_by_half(cell: float, style: Style) -> None:
    """The heat of a component is as strong on both sides of its mean."""
    one = Mixture([1.0], [[3.0, -1.5]], [[[0.6, 0.0], [0.0, 0.3]]])
    image = paint(WIDE, made(one, HEAT, style, cell), style)
    across, down = WIDE.to_pixel(3.0, -1.5)
    mode = colour_at(image, across, down)
    for dx, dy in ((30, 0), (0, 20), (25, 15)):
        # A pixel at i covers i to i + 1: its twin across a whole number is at -i - 1.
        one_side = colour_at(image, across + dx, down + dy)
        other = colour_at(image, across - dx - 1, down - dy - 1)
        assert distance(one_side, other) <= 1
        away = distance(mode, rgb(style.palette.canvas))
        assert distance(one_side, rgb(style.palette.canvas)) < away


def test_heat_is_strongest_at_the_mode(style: Style) -> None:
    one = Mixture([1.0], [[3.0, -1.5]], [[[2.0, 0.5], [0.5, 1.0]]])
    image = paint(WIDE, made(one, HEAT, style), style)
    canvas = rgb(style.palette.canvas)
    at_mean = distance(colour_at(image, *WIDE.to_pixel(3.0, -1.5)), canvas)
    assert at_mean > 35
    for x, y in ((4.5, -1.5), (3.0, 0.0), (1.0, -3.0)):
        assert 3 < distance(colour_at(image, *WIDE.to_pixel(x, y)), canvas) < at_mean
    assert distance(colour_at(image, *WIDE.to_pixel(-8, 4)), canvas) == 0


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_contours_are_painted_where_the_density_has_their_value(
    view: Viewport, style: Style
) -> None:
    field = made(TWO, LINES, style)
    image = paint(view, field, style)
    line, checked = rgb(mixed(style.palette.text, style.palette.canvas, 0.5)), 0
    for contour in field.contours:
        for place in contour.places[::7].tolist():
            across, down = view.to_pixel(*place)
            if 2 <= across < view.width - 2 and 2 <= down < view.height - 2:
                near = [
                    distance(colour_at(image, across + i, down + j), line)
                    for i in (-1, 0, 1)
                    for j in (-1, 0, 1)
                ]
                assert min(near) < 60
                checked += 1
    assert checked > 10


def stretched(factor: float) -> Field:
    """A red image of four cells, a square line around it."""
    memory = np.full((2, 2, 4), (200, 0, 0, 255), dtype=np.uint8)
    image = QImage(memory.data, 2, 2, 8, QImage.Format.Format_RGBA8888_Premultiplied)
    size = factor * WIDE.right
    view = Viewport(-size, size, -size, size, 400, 400)
    corners: FloatArray = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * size
    return Field(image, view, (Contour(corners, 1.0),), memory=memory)


@pytest.mark.parametrize(("factor", "covers"), [(1e12, True), (3.0, True), (1e-12, False)])
def test_a_view_zoomed_far_in_or_out_of_an_old_field_does_no_harm(
    factor: float, covers: bool, style: Style
) -> None:
    image = paint(WIDE, stretched(factor), style)
    for at in ((5, 5), (200, 300), (790, 390)):
        assert (colour_at(image, *at) == (200, 0, 0)) is covers


def test_a_field_that_is_out_of_sight_paints_nothing(style: Style) -> None:
    image = paint(WIDE.panned(1e7, -1e7), stretched(1.0), style)
    assert colour_at(image, 400, 200) == rgb(style.palette.canvas)


def test_lines_grow_with_the_interface(style: Style) -> None:
    field = made(TWO, REGIONS, style)
    line = rgb(mixed(style.palette.text, style.palette.canvas, 0.7))

    def thickness(scale: float) -> int:
        image = paint(WIDE, field, replace(style, scale=scale))
        row = [colour_at(image, across, 200) for across in range(380, 420)]
        return sum(distance(found, line) < 60 for found in row)

    assert thickness(4.0) > 2 * thickness(1.0) > 0


def test_the_painter_is_left_as_it_was(style: Style) -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        painter.setPen(QColor("#123456"))
        hints = painter.renderHints()
        paint_field(painter, WIDE, made(TWO, REGIONS, style), style)
        assert painter.pen().color() == QColor("#123456")
        assert painter.renderHints() == hints
    finally:
        painter.end()
