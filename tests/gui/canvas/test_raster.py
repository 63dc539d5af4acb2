"""Clouds as images: each point in its colour, whatever the order and however many."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled
from gmm_studio.data.generators import generate
from gmm_studio.gui.canvas.raster import MARKED_UP_TO, Colours, Image, Raster, dot_radius, rasterize
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.line.rug import RUG_HEIGHT

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
Channels: TypeAlias = npt.NDArray[np.uint8]
SQUARE = Viewport(0, 100, 0, 100, 100, 100)
"""A unit is a pixel; the row of y is 100 - y."""


def cloud_of(*points: tuple[float, float]) -> PointCloud:
    return PointCloud(np.array(points, dtype=float))


def colours(*rows: tuple[float, float, float]) -> Colours:
    return np.array([(*row, 1) for row in rows], dtype=np.float32)


def one_colour(n: int, colour: tuple[float, float, float] = RED) -> Colours:
    return np.tile(colours(colour), (n, 1))


def channels(image: Image) -> Channels:
    """Red, green, blue and opacity (height, width, 4) of an image."""
    return np.stack([image >> shift & 0xFF for shift in (16, 8, 0, 24)], axis=-1).astype(np.uint8)


def straight(image: Channels, row: int, column: int) -> tuple[int, int, int, int]:
    """The colour of a pixel, not premultiplied."""
    red, green, blue, alpha = image[row, column].astype(float)
    if alpha == 0:
        return 0, 0, 0, 0
    return (
        round(255 * red / alpha),
        round(255 * green / alpha),
        round(255 * blue / alpha),
        round(alpha),
    )


@pytest.mark.parametrize("colour", [RED, GREEN, BLUE, (0.2, 0.4, 0.8), (0, 0, 0), (1, 1, 1)])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_pixel_of_an_isolated_point_has_its_colour(
    colour: tuple[float, float, float], ratio: float
) -> None:
    image = channels(
        rasterize(cloud_of((30, 80), (70, 40)), SQUARE, ratio).paint(colours(colour, GREEN))
    )
    *found, alpha = straight(image, round(20 * ratio), round(30 * ratio))
    assert found == pytest.approx([255 * part for part in colour], abs=2)
    assert alpha > 150
    assert straight(image, round(60 * ratio), round(70 * ratio))[:3] == (0, 255, 0)
    assert straight(image, round(60 * ratio), round(30 * ratio)) == (0, 0, 0, 0)


def test_recolouring_changes_the_colours_alone() -> None:
    raster = rasterize(cloud_of((30, 80), (70, 40)), SQUARE, 1)
    first, second = (
        channels(raster.paint(colours(RED, GREEN))),
        channels(raster.paint(colours(BLUE, RED))),
    )
    assert straight(first, 20, 30)[:3] == (255, 0, 0)
    assert straight(second, 20, 30)[:3] == (0, 0, 255)
    assert straight(second, 60, 70)[:3] == (255, 0, 0)
    np.testing.assert_array_equal(first[..., 3], second[..., 3])


def test_points_at_one_place_are_mixed_evenly_and_less_transparent() -> None:
    raster = rasterize(cloud_of((50, 50), (50, 50), (20, 20)), SQUARE, 1)
    image = channels(raster.paint(colours(RED, BLUE, GREEN)))
    red, green, blue, alpha = straight(image, 50, 50)
    assert (red, green, blue) == pytest.approx((128, 0, 128), abs=2)
    assert alpha > straight(image, 80, 20)[3]


@given(st.permutations(range(40)))
def test_the_order_of_the_points_does_not_matter(order: list[int]) -> None:
    rng = np.random.default_rng(1)
    points, shades = rng.uniform(30, 60, (40, 2)), one_colour(40)
    shades[:, :3] = rng.random((40, 3))
    one = channels(rasterize(PointCloud(points), SQUARE, 1).paint(shades))
    other = channels(rasterize(PointCloud(points[order]), SQUARE, 1).paint(shades[order]))
    assert np.abs(one.astype(int) - other.astype(int)).max() <= 1


@pytest.mark.parametrize("n", [1, 2, 10, 1_000, 10_000, 200_000])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_any_number_of_points(n: int, ratio: float) -> None:
    rng = np.random.default_rng(0)
    cloud = PointCloud(rng.uniform(20, 80, (n, 2)))
    viewport = Viewport(0, 100, 0, 100, 300, 200)
    raster = rasterize(cloud, viewport, ratio)
    image = channels(raster.paint(one_colour(n, BLUE)))
    assert image.shape == (200 * ratio, 300 * ratio, 4)
    assert image.dtype == np.uint8
    assert (image[..., :2] == 0).all()
    lost = image[..., 3].astype(int) - image[..., 2]
    assert set(np.unique(lost)) <= {0, 1}, "premultiplied, and no colour above its opacity"
    covered = image[..., 3] > 0
    area = n * np.pi * (dot_radius(n) * ratio) ** 2
    if n <= 10:
        assert covered.sum() == pytest.approx(area, rel=0.7)
    rows, columns = np.nonzero(covered)
    reach = dot_radius(n) * ratio + 2
    assert columns.min() >= 60 * ratio - reach
    assert columns.max() <= 240 * ratio + reach
    assert rows.min() >= 40 * ratio - reach
    assert rows.max() <= 160 * ratio + reach
    across = np.clip((cloud.points[:, 0] * 3 * ratio).astype(int), 0, int(300 * ratio) - 1)
    down = np.clip(((100 - cloud.points[:, 1]) * 2 * ratio).astype(int), 0, int(200 * ratio) - 1)
    assert covered[down, across].all()
    points = [block.points[block.shares.indices] for block in raster.blocks]
    assert len(np.unique(np.concatenate(points))) == n, "no point is lost"


@pytest.mark.parametrize("n", [3, 2_000, 60_000])
def test_no_colour_is_above_its_opacity(n: int) -> None:
    """It would overflow where Qt blends; and white is as bright as it is opaque."""
    rng = np.random.default_rng(n)
    raster = rasterize(PointCloud(rng.normal(50, 20, (n, 2))), SQUARE, 2.0)
    white = channels(raster.paint(one_colour(n, (1, 1, 1))))
    assert (white == white[..., 3:]).all()
    shades = one_colour(n)
    shades[:, :3] = rng.uniform(0.99, 1, (n, 3))
    image = channels(raster.paint(shades))
    assert (image[..., 3] == white[..., 3]).all()
    assert (image <= image[..., 3:]).all()


def test_all_blocks_of_pixels_are_painted_alike() -> None:
    """Each pixel is the mean of its points' colours, wherever in the raster it stands."""
    rng = np.random.default_rng(7)
    n = 30_000
    cloud = PointCloud(rng.uniform(0, 300, (n, 2)))
    raster = rasterize(cloud, Viewport(0, 300, 0, 300, 300, 300), 1.0)
    assert len(raster.blocks) > 2
    shades = one_colour(n)
    shades[:, :3] = rng.uniform(0, 1, (n, 3))
    expected = np.zeros((300 * 300, 4))
    for block in raster.blocks:
        assert len(np.unique(block.points)) == len(block.points)
        pixels = np.repeat(block.pixels, np.diff(block.shares.indptr))
        own = shades[block.points[block.shares.indices]]
        np.add.at(expected, pixels, block.shares.data[:, None] * own)
    image = channels(raster.paint(shades)).reshape(-1, 4)
    covered = expected[:, 3] > 0
    assert abs(image[covered] - expected[covered]).max() <= 0.501
    assert not image[~covered].any()


def test_dots_shrink_with_their_number() -> None:
    radii = [dot_radius(n) for n in (1, 1_000, 10_000, 100_000, 1_000_000)]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] == radii[1] == 3.4
    assert radii[-1] == 0.5


def test_on_a_fine_screen_a_dot_has_four_times_the_pixels() -> None:
    coarse = channels(rasterize(cloud_of((50, 50)), SQUARE, 1).paint(one_colour(1)))
    fine = channels(rasterize(cloud_of((50, 50)), SQUARE, 2).paint(one_colour(1)))
    sums = [int(image[..., 3].astype(int).sum()) for image in (coarse, fine)]
    assert sums[1] / sums[0] == pytest.approx(4, rel=0.05)
    assert fine.shape == (200, 200, 4)


def test_dots_are_round_and_smooth() -> None:
    image = channels(rasterize(cloud_of((50.5, 49.5)), SQUARE, 1).paint(one_colour(1)))
    alpha = image[40:61, 40:61, 3].astype(int)
    np.testing.assert_array_equal(alpha, alpha.T)
    np.testing.assert_array_equal(alpha, alpha[::-1, ::-1])
    assert len(np.unique(alpha)) > 3, "the rim is antialiased"


def test_points_outside_are_left_out_and_their_rims_are_not() -> None:
    cloud = cloud_of((-50, 50), (150, 50), (50, 1e9), (50, -1e9), (-1, 50), (50, 101))
    image = channels(rasterize(cloud, SQUARE, 1).paint(colours(RED, RED, RED, RED, BLUE, GREEN)))
    assert (image[..., 0] == 0).all()
    assert straight(image, 50, 0)[:3] == (0, 0, 255)
    assert straight(image, 0, 50)[:3] == (0, 255, 0)
    assert (image[4:45, 4:] == 0).all()


def test_with_all_points_outside_nothing_is_painted() -> None:
    raster = rasterize(cloud_of((-50, 50), (150, 50)), SQUARE, 1)
    assert not channels(raster.paint(colours(RED, RED))).any()
    assert len(raster.near(50, 50, 100)) == 0


@pytest.mark.parametrize(("centre", "spread"), [(1e9, 1.0), (0.0, 1e-6), (-1e149, 1e147)])
def test_far_and_small_clouds_look_the_same(centre: float, spread: float) -> None:
    def image(middle: float, size: float) -> Image:
        corners = middle + size * np.array([[-1, -1], [1, -1], [0.5, 1], [-1, 0.25]])
        edge = 2 * size
        viewport = Viewport(middle - edge, middle + edge, middle - edge, middle + edge, 64, 64)
        return channels(rasterize(PointCloud(corners), viewport, 1).paint(one_colour(4)))

    plain, other = image(0, 1).astype(int), image(centre, spread).astype(int)
    assert np.abs(plain - other).max() <= 2


def nearest(raster: Raster, column: int, row: int, reach: int = 8) -> set[int]:
    return set(raster.near(column, row, reach).tolist())


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_near_finds_the_points_around_a_pixel(ratio: float) -> None:
    cloud = cloud_of((30, 80), (33, 82), (70, 40), (0, 100), (99.9, 0.1))
    raster = rasterize(cloud, SQUARE, ratio)
    reach = int(8 * ratio)

    def near(x: float, y: float) -> set[int]:
        return nearest(raster, int(x * ratio), int((100 - y) * ratio), reach)

    assert near(31, 81) == {0, 1}
    assert near(70, 44) == {2}
    assert near(50, 60) == set()
    assert near(0.5, 99.5) == {3}
    assert near(99.5, 0.5) == {4}
    assert near(45, 80) == set(), "15 pixels are too far"


def test_near_ends_at_the_edges_of_the_picture() -> None:
    raster = rasterize(cloud_of((0.5, 50), (99.5, 50)), SQUARE, 1)
    assert nearest(raster, 0, 50) == {0}, "nothing of the row above's other end"
    assert nearest(raster, 99, 50) == {1}
    assert nearest(raster, -500, -500) == set()
    assert nearest(raster, 10**6, 10**6) == set()


def test_near_gives_some_where_there_are_very_many() -> None:
    raster = rasterize(PointCloud(np.full((50_000, 2), 50.0)), SQUARE, 1)
    found = raster.near(50, 50, 8)
    assert 0 < len(found) < 5_000


def test_one_dimension_is_a_row_of_pixels() -> None:
    viewport = Viewport(0, 100, -1, 1, 100, 80)
    cloud = PointCloud([10.5, 50.5, 50.5, -3.0, 100.0, 1e9])
    raster = rasterize(cloud, viewport, 1)
    image = channels(raster.paint(colours(RED, GREEN, BLUE, RED, RED, RED)))
    assert image.shape == (1, 100, 4)
    assert set(np.flatnonzero(image[0, :, 3]).tolist()) == {10, 50}
    assert straight(image, 0, 10)[:3] == (255, 0, 0)
    assert straight(image, 0, 50)[:3] == pytest.approx((0, 128, 128), abs=2)
    assert nearest(raster, 52, 0) == {1, 2}
    assert rasterize(cloud, viewport, 2).shape == (1, 200)


def test_rasterizing_can_be_cancelled() -> None:
    cloud = generate("separated", 1_000)
    with pytest.raises(Cancelled):
        rasterize(cloud, Viewport(-5, 5, -5, 5, 100, 100), 1, lambda: True)


def test_points_without_strength_are_not_seen() -> None:
    raster = rasterize(cloud_of((30, 80), (70, 40)), SQUARE, 1.0)
    strengths = np.array([1.0, 0.0], dtype=np.float32)
    image = channels(raster.shade((*BLUE, 1), strengths))
    assert straight(image, 20, 30)[:3] == (0, 0, 255)
    assert straight(image, 60, 70) == (0, 0, 0, 0)
    full = channels(raster.shade((*RED, 1), np.ones(2, dtype=np.float32))).astype(int)
    assert abs(full - channels(raster.paint(one_colour(2))).astype(int)).max() <= 1


def test_strength_grows_the_opacity_and_keeps_the_colour() -> None:
    raster = rasterize(cloud_of((30, 80)), SQUARE, 1.0)
    alphas = []
    for strength in (0.2, 0.5, 1.0):
        image = channels(raster.shade((*BLUE, 1), np.array([strength], dtype=np.float32)))
        *colour, alpha = straight(image, 20, 30)
        assert colour == pytest.approx([0, 0, 255], abs=4)
        alphas.append(alpha)
    assert alphas == sorted(alphas)
    assert len(set(alphas)) == 3


def covered(shape: int) -> np.ndarray:
    """Where the marker of a class is opaque, about its middle."""
    cloud = cloud_of((50.5, 49.5))
    raster = rasterize(cloud, SQUARE, 1.0, markers=np.array([shape]), enlarged=2.0)
    image = channels(raster.paint(one_colour(1)))
    return np.asarray(image[38:63, 38:63, 3] > 100)


def test_each_class_has_a_marker_of_its_own() -> None:
    shapes = [covered(number) for number in range(6)]
    for i, one in enumerate(shapes):
        assert one.any()
        for other in shapes[:i]:
            assert (one != other).sum() >= 8
    disc, square, triangle, diamond, plus, cross = shapes
    np.testing.assert_array_equal(disc, disc.T)
    np.testing.assert_array_equal(square, square[::-1])
    assert triangle[14:].sum() > triangle[:11].sum(), "it stands on its base"
    assert plus[12].sum() > cross[12].sum(), "the arms of a cross are diagonal"
    assert not diamond[5, 5]
    assert square[7, 7]
    np.testing.assert_array_equal(covered(6), disc)


def test_too_many_points_are_dots_whatever_their_classes() -> None:
    cloud = generate("separated", MARKED_UP_TO + 1)
    view = Viewport(-5, 5, -5, 5, 100, 100)
    plain = rasterize(cloud, view, 1.0)
    marked = rasterize(cloud, view, 1.0, markers=np.arange(cloud.n) % 6)
    white = one_colour(cloud.n, (1.0, 1.0, 1.0))
    assert abs(channels(plain.paint(white)).astype(int) - channels(marked.paint(white))).max() < 255
    assert marked.shape == plain.shape


def test_one_dimensional_points_stand_at_their_heights() -> None:
    cloud = PointCloud(np.array([50.0, 50.0]))
    raster = rasterize(cloud, SQUARE, 2.0, heights=np.array([0.0, 1.0]))
    assert raster.shape == (round(2 * RUG_HEIGHT), 200)
    image = channels(raster.paint(colours(RED, GREEN)))
    rows = np.flatnonzero(image[:, 100, 3])
    assert straight(image, int(rows[-1]) - 1, 100)[:3] == (255, 0, 0), "0 is below"
    assert straight(image, int(rows[0]) + 1, 100)[:3] == (0, 255, 0)
    assert rows[0] >= 0
    assert rows[-1] < raster.shape[0]
