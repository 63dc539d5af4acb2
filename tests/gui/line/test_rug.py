"""The rug: ties are spread, the band is where it can be seen, pointers find jittered points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.gui.canvas.hits import nearest_point
from gmm_studio.gui.canvas.raster import dot_radius, rasterize
from gmm_studio.gui.canvas.scene import Points, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.line.rug import RUG_DOT, RUG_HEIGHT, rug_band, rug_down, rug_heights

VIEW = Viewport(-4, 4, -0.088, 0.412, 800, 500)
"""100 pixels a unit across, the ground at 412."""


def heights_of(values: FloatArray) -> FloatArray:
    heights = rug_heights(values)
    assert heights is not None
    return heights


def test_without_ties_there_is_no_jitter() -> None:
    assert rug_heights(np.random.default_rng(0).normal(size=1000)) is None
    assert rug_heights(np.array([5.0])) is None


@given(
    st.lists(st.integers(-5, 5), min_size=2, max_size=200).filter(lambda v: len(set(v)) < len(v))
)
def test_points_of_one_value_stand_apart(values: list[int]) -> None:
    column = np.array(values, dtype=np.float64)
    heights = heights_of(column)
    assert ((heights >= 0) & (heights <= 1)).all()
    for value in set(values):
        own = np.sort(heights[column == value])
        # Of m places that climb by the golden section, neighbours are at least this far apart.
        assert (np.diff(own) > 1 / (2.7 * len(own))).all()


def test_many_points_of_one_value_fill_the_band() -> None:
    heights = np.sort(heights_of(np.full(100, 7.0)))
    assert heights[0] < 0.02
    assert heights[-1] > 0.98
    assert np.diff(heights).max() < 0.02


def test_the_same_points_always_stand_alike() -> None:
    values = np.round(np.random.default_rng(0).normal(size=500), 1)
    np.testing.assert_array_equal(heights_of(values), heights_of(values))


def test_dots_stay_within_the_band_and_climb() -> None:
    down = rug_down(np.array([0.0, 0.5, 1.0]), 28.0, 2.0)
    assert down.tolist() == [26.0, 14.0, 2.0]
    assert rug_down(np.array([0.0, 1.0]), 3.0, 2.0).tolist() == [1.5, 1.5]


@pytest.mark.parametrize("scale", [0.75, 1.0, 1.5])
@pytest.mark.parametrize("jittered", [False, True])
def test_the_band_is_between_the_axis_and_the_legend(scale: float, jittered: bool) -> None:
    band = rug_band(VIEW, scale, jittered=jittered)
    assert band.top == pytest.approx(412 + 14 * scale)
    assert band.height >= 6 * scale
    if scale <= 1:
        assert band.top + band.height <= 500 - 43 * scale + 1e-6
        assert band.height == pytest.approx((RUG_HEIGHT if jittered else 12) * scale)


def scene_of(cloud: PointCloud, heights: FloatArray | None = None) -> Scene:
    image = QImage(800, 1, QImage.Format.Format_RGB32)
    return Scene(cloud, points=Points(image, VIEW, heights=heights))


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_pointers_find_jittered_points(ratio: float, scale: float) -> None:
    values = np.round(np.random.default_rng(1).normal(size=40))
    cloud = PointCloud(values)
    heights = heights_of(values)
    raster = rasterize(cloud, VIEW, ratio, heights=heights)
    band = rug_band(VIEW, scale, jittered=True)
    radius = min(dot_radius(cloud.n), RUG_DOT)
    down = band.top + rug_down(heights, band.height, radius)
    for i, value in enumerate(values.tolist()):
        at = QPointF(VIEW.to_pixel(value, 0)[0] + 0.3, float(down[i]))
        assert nearest_point(VIEW, scene_of(cloud, heights), raster, at, scale) == i


def test_pointers_find_points_of_the_flat_rug_alone() -> None:
    cloud = PointCloud([-1.0, 0.5, 0.62])
    raster = rasterize(cloud, VIEW, 1.0)
    scene = scene_of(cloud)
    assert nearest_point(VIEW, scene, raster, QPointF(452, 432)) == 1
    assert nearest_point(VIEW, scene, raster, QPointF(459, 432)) == 2
    assert nearest_point(VIEW, scene, raster, QPointF(300, 432)) == 0
    assert nearest_point(VIEW, scene, raster, QPointF(350, 432)) is None
    assert nearest_point(VIEW, scene, raster, QPointF(450, 300)) is None
    assert nearest_point(VIEW, scene, raster, QPointF(450, 495)) is None
