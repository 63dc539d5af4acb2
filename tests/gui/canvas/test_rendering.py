"""The renderer: a request comes back as a picture, and what has not changed is used again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.data.generators import generate
from gmm_studio.gui.canvas.rendering import Picture, PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import data_box, histogram
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import LIGHT

RED, GREEN, BLUE, GREY = np.array(
    [(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1), (0.5, 0.5, 0.5, 1)], dtype=float
)
TWO = Mixture([0.5, 0.5], [[0, 0], [10, 0]], np.tile(np.eye(2), (2, 1, 1)))


def request_for(
    points: PointCloud | list[tuple[float, float]], mixture: Mixture | None = None
) -> PictureRequest:
    cloud = points if isinstance(points, PointCloud) else PointCloud(points)
    look = replace(
        look_of(LIGHT, 2), components=np.array([RED, BLUE]), neutral=GREY, selected=GREEN
    )
    return PictureRequest(cloud, mixture, look, 400.0, 300.0, 1.0, mixture=mixture)


def render(request: PictureRequest, renderer: Renderer | None = None) -> Picture:
    return (renderer or Renderer()).render(request, never)


def colour_at(picture: Picture, x: float, y: float) -> tuple[int, int, int, int]:
    """Of the pixel where data units are; transparent black where no point is."""
    ratio = picture.request.pixel_ratio
    across, down = picture.points.viewport.to_pixel(x, y)
    colour: QColor = picture.points.image.pixelColor(QPoint(int(across * ratio), int(down * ratio)))
    red, green, blue, alpha = colour.getRgb()  # type: ignore[misc]
    return (red, green, blue, alpha) if alpha else (0, 0, 0, 0)


def test_points_have_the_colours_of_their_components() -> None:
    picture = render(request_for([(0, 0), (10, 0), (5, 3)], TWO))
    assert colour_at(picture, 0, 0)[:3] == pytest.approx((255, 0, 0), abs=2)
    assert colour_at(picture, 10, 0)[:3] == pytest.approx((0, 0, 255), abs=2)
    assert colour_at(picture, 5, 3)[:3] == pytest.approx((128, 0, 128), abs=3)
    assert colour_at(picture, 5, 0) == (0, 0, 0, 0)


def test_without_a_mixture_points_are_neutral() -> None:
    picture = render(request_for([(0, 0), (10, 5)]))
    assert colour_at(picture, 0, 0)[:3] == pytest.approx((128, 128, 128), abs=2)


def test_selected_points_stand_out() -> None:
    request = request_for([(0, 0), (10, 0), (5, 3)], TWO)
    picture = render(replace(request, selection=np.array([True, False, False])))
    assert colour_at(picture, 0, 0)[:3] == pytest.approx((0, 255, 0), abs=2)
    assert colour_at(picture, 10, 0)[:3] == pytest.approx((0, 0, 255), abs=2)


def test_a_request_comes_back_with_its_picture() -> None:
    token = object()
    request = replace(request_for([(0, 0), (1, 1)]), token=token)
    picture = render(request)
    assert picture.request is request
    assert picture.request.token is token


def test_fitting_shows_all_points() -> None:
    cloud = generate("moons", 500)
    picture = render(request_for(cloud))
    viewport = picture.points.viewport
    for x, y in cloud.points.tolist():
        across, down = viewport.to_pixel(x, y)
        assert 40 < across < 360
        assert 40 < down < 270
        assert colour_at(picture, x, y)[3] > 0
    assert (viewport.width, viewport.height) == (400, 300)


def test_a_viewport_that_is_asked_for_is_kept() -> None:
    viewport = Viewport(-1, 1, -2, 2, 400, 300)
    picture = render(replace(request_for([(0, 0), (50, 50)]), viewport=viewport))
    assert picture.points.viewport == viewport
    assert colour_at(picture, 0, 0)[3] > 0


@pytest.mark.parametrize(
    ("width", "height", "equal"),
    [(1, 1, True), (3.9, 1, True), (1, 3.9, True), (4.1, 1, False), (1, 40, False), (1, 0, False)],
)
def test_axes_are_equal_where_their_ranges_allow_it(
    width: float, height: float, equal: bool
) -> None:
    picture = render(request_for([(0, 0), (width, height)]))
    assert picture.equal is equal
    viewport = picture.points.viewport
    assert (abs(viewport.x_scale / viewport.y_scale - 1) < 1e-9) is equal


@pytest.mark.parametrize("equal", [True, False])
def test_what_is_asked_for_overrules_the_ranges(equal: bool) -> None:
    wide, square = request_for([(0, 0), (100, 1)]), request_for([(0, 0), (1, 1)])
    for request in (wide, square):
        picture = render(replace(request, equal=equal))
        assert picture.equal is equal
        viewport = picture.points.viewport
        assert (abs(viewport.x_scale / viewport.y_scale - 1) < 1e-9) is equal


def test_the_picture_is_as_fine_as_the_screen() -> None:
    picture = render(replace(request_for([(0, 0), (10, 0), (5, 3)], TWO), pixel_ratio=2.0))
    assert (picture.points.image.width(), picture.points.image.height()) == (800, 600)
    assert (picture.points.viewport.width, picture.points.viewport.height) == (400, 300)
    assert colour_at(picture, 10, 0)[:3] == pytest.approx((0, 0, 255), abs=2)


def test_recolouring_uses_the_raster_again() -> None:
    renderer = Renderer()
    first = render(request_for([(0, 0), (10, 0), (5, 3)], TWO), renderer)
    second = render(
        replace(first.request, colouring=None, viewport=first.points.viewport), renderer
    )
    assert second.raster is first.raster
    assert colour_at(first, 0, 0)[:3] == pytest.approx((255, 0, 0), abs=2)
    assert colour_at(second, 0, 0)[:3] == pytest.approx((128, 128, 128), abs=2)


def test_another_view_screen_or_cloud_makes_another_raster() -> None:
    renderer = Renderer()
    first = render(request_for([(0, 0), (10, 0)]), renderer)
    zoomed = first.points.viewport.zoomed(2, 200, 150)
    second = render(replace(first.request, viewport=zoomed), renderer)
    third = render(replace(first.request, viewport=zoomed, pixel_ratio=2.0), renderer)
    fourth = render(
        replace(third.request, cloud=PointCloud([(0, 0), (10, 3)]), viewport=zoomed), renderer
    )
    rasters = [picture.raster for picture in (first, second, third, fourth)]
    assert len(set(map(id, rasters))) == 4


def test_giving_up_leaves_nothing_half_done() -> None:
    renderer = Renderer()
    request = request_for(generate("separated", 1_000))
    with pytest.raises(Cancelled):
        renderer.render(request, lambda: True)
    picture = render(request, renderer)
    plain = render(request)
    assert picture.points.image == plain.points.image


@pytest.mark.parametrize(
    "points",
    [
        [(3.0, 4.0)],
        [(3.0, 4.0)] * 5,
        [(1e9, 1e9), (1e9 + 1, 1e9 + 1)],
        [(0.0, 0.0), (1e-6, 1e-6)],
        [(-1e150, -1e150), (1e150, 1e150)],
        [(1e12, 0.0), (1e12 + 1, 1.0)],
    ],
)
def test_any_cloud_has_a_picture(points: list[tuple[float, float]]) -> None:
    picture = render(request_for(points))
    assert picture.points.viewport.is_usable()
    for x, y in points:
        assert colour_at(picture, x, y)[:3] == pytest.approx((128, 128, 128), abs=2)


def test_one_dimension_has_a_histogram_and_room_for_the_rug() -> None:
    cloud = PointCloud(np.random.default_rng(0).normal(size=500))
    picture = render(request_for(cloud))
    assert picture.histogram is not None
    assert picture.equal is False
    viewport = picture.points.viewport
    ground = viewport.to_pixel(0, 0)[1]
    assert 300 - ground == pytest.approx(88)
    highest = viewport.to_pixel(0, float(picture.histogram.densities.max()))[1]
    assert 60 < highest < 120
    assert picture.points.image.height() == 1


def test_the_histogram_integrates_to_one_with_weights() -> None:
    rng = np.random.default_rng(0)
    values, weights = rng.normal(size=400), rng.integers(0, 4, 400).astype(float)
    made = histogram(PointCloud(values, weights))
    repeated = histogram(PointCloud(np.repeat(values, weights.astype(int))))
    for one in (made, repeated):
        assert (one.densities * np.diff(one.edges)).sum() == pytest.approx(1)
        assert one.edges[0] <= values[weights > 0].min()
        assert one.edges[-1] >= values[weights > 0].max()
    shares, _ = np.histogram(values, bins=made.edges, weights=weights, density=True)
    np.testing.assert_allclose(made.densities, shares)


@pytest.mark.parametrize("values", [[5.0], [5.0] * 20, [0.0, 0.0], [0.0, 1e-100], [1e150, -1e150]])
def test_a_histogram_of_hardly_anything(values: list[float]) -> None:
    made = histogram(PointCloud(values))
    assert np.isfinite(made.densities).all()
    assert (np.diff(made.edges) > 0).all()
    low, high = data_box(PointCloud(values), made)
    assert np.isfinite([low, high]).all()
    assert render(request_for(PointCloud(values))).points.viewport.is_usable()
