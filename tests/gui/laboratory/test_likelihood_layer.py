"""The log-likelihood over the place of a mean: contours, shades, and the way over them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from scipy.interpolate import RegularGridInterpolator
from scipy.stats import multivariate_normal

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.profile import seed_profile
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour
from gmm_studio.gui.laboratory.likelihood_layer import (
    AREAS,
    Surface,
    likelihood_field,
    likelihood_levels,
    paint_likelihood_caption,
    paint_likelihood_curve,
    paint_path,
    surface_places,
)
from gmm_studio.gui.style import Style

VIEW = Viewport(-4, 4, -3, 3, 400, 300)
MIXTURE = Mixture([0.4, 0.6], [[-1.0, 0.5], [2.0, -0.5]], [np.eye(2), 0.5 * np.eye(2)])


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def style(request: pytest.FixtureRequest) -> Style:
    font = QFont()
    font.setPixelSize(13)
    return Style(request.param, font)


@pytest.fixture(scope="module")
def cloud() -> PointCloud:
    return PointCloud(MIXTURE.sample(200, 1)[0])


@pytest.fixture(scope="module")
def surface(cloud: PointCloud) -> Surface:
    x, y = surface_places(VIEW, 2, 10)
    values = seed_profile(cloud, MIXTURE, 0, x, y)
    here = float(MIXTURE.log_density(cloud.points).sum())
    return Surface(x, y, values, here, 0, VIEW)


def blank(palette: Palette) -> QImage:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.canvas))
    return image


def changed(image: QImage, palette: Palette) -> FloatArray:
    """Rows and columns (m, 2) of the pixels that were painted."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(300, 400, 4)[..., :3]
    ground = QColor(palette.canvas)
    return np.argwhere((pixels != (ground.red(), ground.green(), ground.blue())).any(axis=2))


def test_the_places_reach_from_edge_to_edge() -> None:
    x, y = surface_places(VIEW, 2, 10)
    assert (len(x), len(y)) == (41, 31)
    assert (x[0], x[-1], y[0], y[-1]) == (-4, 4, -3, 3)
    assert surface_places(VIEW, 1, 10)[1].tolist() == [0]


def test_values_are_the_log_likelihood_with_the_mean_there(
    surface: Surface, cloud: PointCloud
) -> None:
    for row, column in ((0, 0), (15, 20), (30, 40), (7, 33)):
        density = sum(
            weight * multivariate_normal(mean, covariance).pdf(cloud.points)
            for weight, mean, covariance in (
                (0.4, (surface.x[column], surface.y[row]), np.eye(2)),
                (0.6, (2.0, -0.5), 0.5 * np.eye(2)),
            )
        )
        expected = np.log(density).sum()
        assert surface.values[row, column] == pytest.approx(expected, rel=1e-9)


def test_levels_hold_stated_shares_of_the_view(surface: Surface) -> None:
    levels = likelihood_levels(surface.values)
    shares = [(surface.values >= level).mean() for level in levels[::-1]]
    np.testing.assert_allclose(shares, AREAS, atol=0.002)
    assert len(likelihood_levels(np.full((3, 3), -5.0))) == 0


def test_contours_lie_at_their_level(surface: Surface) -> None:
    field = likelihood_field(surface, LIGHT)
    value = RegularGridInterpolator((surface.y, surface.x), surface.values)
    assert {contour.level for contour in field.contours} == set(likelihood_levels(surface.values))
    for contour in field.contours:
        found = value(np.clip(contour.places[:, ::-1], (-3, -4), (3, 4)))
        np.testing.assert_allclose(found, contour.level, rtol=1e-6)


def test_shades_grow_with_the_log_likelihood(surface: Surface, style: Style) -> None:
    field = likelihood_field(surface, style.palette)
    assert field.image is not None
    alpha = np.array(
        [[field.image.pixelColor(c, 30 - r).alpha() for c in range(41)] for r in range(31)]
    )
    order = np.argsort(surface.values, axis=None)
    assert (np.diff(alpha.ravel()[order]) >= 0).all()
    assert alpha.max() > 100
    assert alpha.min() < 3
    # Its places are the middles of the pixels.
    assert field.viewport.left == pytest.approx(-4.1)
    assert field.viewport.top == pytest.approx(3.1)


def test_shading_and_lines_are_a_choice(surface: Surface) -> None:
    assert likelihood_field(surface, LIGHT, "lines").image is None
    assert likelihood_field(surface, LIGHT, "lines").contours
    heat = likelihood_field(surface, LIGHT, "heat")
    assert heat.image is not None
    assert heat.contours == ()


def test_a_flat_surface_shows_nothing(surface: Surface) -> None:
    flat = Surface(surface.x, surface.y, np.full((31, 41), -7.0), -7.0, 0, VIEW)
    field = likelihood_field(flat, LIGHT)
    assert field.image is None
    assert field.contours == ()


def test_the_path_is_bold_in_its_colour_and_spares_the_badges(style: Style) -> None:
    places = np.array([[-3.0, 0.0], [0.0, 0.0], [0.0, 0.01], [3.0, 0.0]])
    image = blank(style.palette)
    painter = QPainter(image)
    paint_path(painter, VIEW, places, style, 1)
    painter.end()
    colour = QColor(component_colour(style.palette, 1))
    for across in (100, 150, 250, 300):
        assert image.pixelColor(across, 150) == image.pixelColor(across, 149) == colour
        for edge in (148, 151):
            assert image.pixelColor(across, edge) not in (colour, QColor(style.palette.canvas))
    assert image.pixelColor(200, 150) == QColor(style.palette.canvas), "a hollow dot at the step"
    columns = changed(image, style.palette)[:, 1]
    assert columns.min() >= 50 + 7
    assert columns.max() <= 350 - 9


@pytest.mark.parametrize("places", [np.zeros((1, 2)), np.zeros((4, 1)), np.zeros((5, 2))])
def test_a_path_that_goes_nowhere_is_no_trouble(places: FloatArray, style: Style) -> None:
    image = blank(style.palette)
    painter = QPainter(image)
    paint_path(painter, VIEW, places, style)
    painter.end()
    assert len(changed(image, style.palette)) == 0


def test_the_caption_leaves_the_labels_of_the_axes_alone(surface: Surface, style: Style) -> None:
    image = blank(style.palette)
    painter = QPainter(image)
    paint_likelihood_caption(painter, VIEW, surface, style)
    painter.end()
    painted = changed(image, style.palette)
    assert len(painted) > 100
    assert painted[:, 1].min() > 16
    assert painted[:, 0].min() > 150
    assert painted[:, 0].max() < 300 - 19


def test_in_one_dimension_the_surface_is_a_curve(style: Style) -> None:
    mixture = Mixture([0.5, 0.5], [[-1.0], [2.0]], [[[0.5]], [[0.5]]])
    cloud = PointCloud(mixture.sample(200, 1)[0])
    view = Viewport(-4, 4, -0.1, 0.5, 400, 300)
    x, y = surface_places(view, 1, 2)
    values = seed_profile(cloud, mixture, 0, x, y)
    surface = Surface(x, y, values, float(mixture.log_density(cloud.points).sum()), 0, view)
    field = likelihood_field(surface, style.palette)
    assert field.image is not None
    assert field.image.height() == 1
    assert field.contours == ()
    image = blank(style.palette)
    painter = QPainter(image)
    paint_likelihood_curve(painter, view, surface, style)
    paint_likelihood_caption(painter, view, surface, style)
    painter.end()
    best = x[values[0].argmax()]
    assert best == pytest.approx(-1, abs=0.3)
    rows = [
        row
        for row in range(60, 250)
        for column in range(300)
        if image.pixelColor(column, row) == QColor(style.palette.accent)
    ]
    assert min(rows) == pytest.approx(84, abs=4)
