"""The strip plot: the fitted means of all runs, a band for each method."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.starts import Method
from gmm_studio.document import Document
from gmm_studio.gui.colours import DARK, LIGHT, Palette
from gmm_studio.gui.laboratory.atlas_task import Atlas, AtlasRequest, atlas_task
from gmm_studio.gui.laboratory.means_strip import MeansStrip, bands_of, nearest
from gmm_studio.gui.style import Style
from gmm_studio.lessons.examples import read_example
from tests.gui.acting import colour_at, distance, picture, rgb

METHODS: tuple[Method, ...] = ("random-points", "k-means")


def atlas_of(cloud: PointCloud, k: int = 3, runs: int = 12) -> Atlas:
    found: list[object] = []
    atlas_task(AtlasRequest(Document(cloud, k), METHODS, runs))(found.append, lambda: False)
    assert isinstance(found[-1], Atlas)
    return found[-1]


def test_each_run_is_a_row_in_the_band_of_its_method() -> None:
    atlas = atlas_of(read_example("series_50"))
    bands = {band.method: band for band in bands_of(atlas)}
    assert list(bands) == list(METHODS)
    for band in bands.values():
        assert band.means.shape == (12, 3)
        assert (np.diff(band.means, axis=1) >= 0).all()
    assert bands["k-means"].patterns == 1
    assert bands["k-means"].means[0] == pytest.approx([24.57, 37.58, 44.34], abs=0.01)
    assert bands["random-points"].patterns > 1


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_dots_are_at_the_means(qtbot: QtBot, palette: Palette) -> None:
    strip = MeansStrip(Style(palette, QFont(), 1.0))
    qtbot.addWidget(strip)
    strip.resize(500, 300)
    strip.show_atlas(atlas_of(read_example("series_50")), {"k-means": "k-means"})
    strip.show_components(np.array([44.3, 24.6, 37.6]))
    image = picture(strip)
    low, high = strip.place_of(1, 0, 0), strip.place_of(1, 0, 2)
    assert distance(colour_at(image, low), rgb(palette.components[1])) < 60
    assert distance(colour_at(image, high), rgb(palette.components[0])) < 60
    middle = strip.place_of(1, 0, 1)
    share = (middle.x() - low.x()) / (high.x() - low.x())
    assert share == pytest.approx((37.58 - 24.57) / (44.34 - 24.57), abs=2e-3)
    assert strip.place_of(0, 11, 0).y() < strip.place_of(1, 0, 0).y()
    assert "k-means: 12 runs" in strip.accessibleDescription()


def test_without_components_on_show_dots_have_no_colour_of_any(qtbot: QtBot) -> None:
    strip = MeansStrip(Style(LIGHT, QFont(), 1.0))
    qtbot.addWidget(strip)
    strip.resize(500, 300)
    strip.show_atlas(atlas_of(read_example("series_50")), {})
    for j in range(3):
        found = colour_at(picture(strip), strip.place_of(1, 0, j))
        assert distance(found, rgb(LIGHT.muted)) < 60


def test_each_value_belongs_to_the_nearest_mean() -> None:
    rng = np.random.default_rng(3)
    for k in (1, 2, 5):
        values, means = rng.normal(size=(7, 4)), rng.normal(size=k)
        expected = np.abs(values[..., None] - means).argmin(axis=-1)
        assert np.array_equal(nearest(values, means), expected)


def test_there_is_nothing_of_two_dimensions(qtbot: QtBot) -> None:
    strip = MeansStrip(Style(LIGHT, QFont(), 1.0))
    qtbot.addWidget(strip)
    strip.resize(300, 200)
    strip.show_atlas(atlas_of(read_example("iris_petals"), runs=2), {})
    assert strip.bands == ()
    assert colour_at(picture(strip), (150, 100)) == rgb(LIGHT.panel)
