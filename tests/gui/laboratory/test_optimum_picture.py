"""Small pictures: the mixture where it is, nothing but it, at any scale and in both themes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.laboratory.optimum_picture import Artist, Frame, OptimumPictures, thinned
from gmm_studio.gui.style import Style
from tests.gui.acting import count, distance, rgb

RNG = np.random.default_rng(0)
CLOUD = PointCloud(np.concatenate([RNG.normal(0, 1, (60, 2)), RNG.normal((9, 5), 1, (60, 2))]))
MIXTURE = Mixture([0.5, 0.5], [(0.0, 0.0), (9.0, 5.0)], [np.eye(2), np.eye(2)])
LINE = PointCloud(CLOUD.points[:, 0])
LINE_MIXTURE = Mixture([0.5, 0.5], [(0.0,), (9.0,)], np.ones((2, 1, 1)))


def frame(scale: float = 1.0, *, dark: bool = False, ratio: float = 1.0) -> Frame:
    font = QFont()
    font.setPixelSize(round(13 * scale))
    return Frame(180 * scale, 90 * scale, ratio, Style(DARK if dark else LIGHT, font, scale))


def places(image: QImage, colour: str) -> tuple[float, float]:
    """The middle of all pixels that have about this colour, as shares of width and height."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(plain.constBits(), dtype=np.uint8)
    pixels = pixels.reshape(image.height(), image.width(), 4)
    unlike = np.abs(pixels[:, :, :3].astype(int) - rgb(colour)).max(axis=2)
    down, across = np.nonzero(unlike < 12)
    assert len(down) > 20
    return float(across.mean() / image.width()), float(down.mean() / image.height())


@pytest.mark.parametrize("dark", [False, True])
def test_components_stand_where_their_points_are(qapp: QApplication, dark: bool) -> None:
    image = Artist().paint(CLOUD, MIXTURE, frame(dark=dark))
    palette = DARK if dark else LIGHT
    first, second = (places(image, component_colour(palette, j)) for j in (0, 1))
    assert first[0] < 0.45 < 0.55 < second[0]
    assert second[1] < 0.5 < first[1]


@pytest.mark.parametrize(("cloud", "mixture"), [(CLOUD, MIXTURE), (LINE, LINE_MIXTURE)])
def test_nothing_is_written_on_it(qapp: QApplication, cloud: PointCloud, mixture: Mixture) -> None:
    image = Artist().paint(cloud, mixture, frame())
    canvas = rgb(LIGHT.canvas)
    for x in range(4):
        for y in (*range(4), *(range(20, 40) if cloud.d == 2 else ())):
            assert distance(rgb(image.pixelColor(x, y)), canvas) < 6, (x, y)


def test_it_is_the_same_at_any_scale_and_pixel_ratio(qapp: QApplication) -> None:
    plain = Artist().paint(CLOUD, MIXTURE, frame(ratio=2.0))
    large = Artist().paint(CLOUD, MIXTURE, frame(2.0))
    assert (plain.width(), plain.height()) == (large.width(), large.height()) == (360, 180)
    assert plain.devicePixelRatio() == 2.0
    large.setDevicePixelRatio(2.0)
    assert np.mean(np.abs(_numbers(plain) - _numbers(large))) < 2.0


def _numbers(image: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    small = image.scaled(
        90, 45, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_RGBX8888)
    return np.frombuffer(small.constBits(), dtype=np.uint8).astype(np.float64)


def test_one_artist_paints_different_clouds(qapp: QApplication) -> None:
    artist = Artist()
    first = artist.paint(CLOUD, MIXTURE, frame())
    artist.paint(LINE, LINE_MIXTURE, frame())
    assert artist.paint(CLOUD, MIXTURE, frame()) == first


def test_a_density_that_is_higher_than_the_histogram_has_room(qapp: QApplication) -> None:
    narrow = Mixture([0.5, 0.5], [(0.0,), (9.0,)], [[[0.6]], [[0.6]]])
    image = Artist().paint(LINE, narrow, frame())
    top = image.copy(0, 0, image.width(), 2)
    assert count(top, rgb(LIGHT.canvas)) == 2 * image.width()


def test_large_clouds_are_thinned_but_their_ends_stay() -> None:
    points = RNG.normal(0, 1, (50_000, 2))
    points[12_345] = (100.0, -100.0)
    small = thinned(PointCloud(points), 1000)
    assert 1000 <= small.n <= 1004
    assert (100.0, -100.0) in set(map(tuple, small.points.tolist()))
    assert thinned(CLOUD, 1000) is CLOUD


def test_a_thinned_cloud_keeps_some_weight() -> None:
    weights = np.zeros(5000)
    weights[4321] = 1.0
    cloud = PointCloud(RNG.normal(0, 1, (5000, 2)), weights)
    assert thinned(cloud, 10).total_weight == 1.0


def test_pictures_come_with_their_numbers_and_the_last_order_wins(qtbot: QtBot) -> None:
    pictures = OptimumPictures()
    got: dict[int, QImage] = {}
    pictures.painted.connect(got.__setitem__)
    try:
        pictures.order(CLOUD, [(i, MIXTURE) for i in range(100, 200)], frame())
        pictures.order(CLOUD, [(3, MIXTURE), (5, MIXTURE)], frame())
        qtbot.waitUntil(lambda: not pictures.is_busy)
        assert {3, 5} <= set(got)
        assert len(got) < 100
        assert got[3].width() == 180
    finally:
        pictures.close()
