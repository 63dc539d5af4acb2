"""Pictures: the right colours at the right pixels, at any fineness, and files that are whole."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from gmm_studio import Cancelled, InputError, Mixture, PointCloud, __version__
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, look_of
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.line.rug import rug_band
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.picture_export import paint_picture, save_picture
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Finished, Worker

VIEW = Viewport(-4.0, 4.0, -3.0, 3.0, 400.0, 300.0)
MEANS = np.array([[-2.0, 1.0], [2.0, -1.5]])
MIXTURE = Mixture([0.5, 0.5], MEANS, [0.01 * np.eye(2)] * 2)
LONELY = np.array([[-3.5, -2.5], [3.5, 2.5], [0.0, 0.0]])
CLOUD = PointCloud(np.vstack([MEANS, LONELY]), name="Ärger \N{GREEK SMALL LETTER SIGMA}")
WIDE = Mixture([1.0], [[0.0, 0.0]], [9 * np.eye(2)])
SCENE = Scene(CLOUD, MIXTURE, MIXTURE, iteration=1, moment=Moment(7, "M"))


@pytest.fixture
def style(qapp):
    return Style(LIGHT, qapp.font())


def colour_at(image, ratio, place, offset=(0.0, 0.0)):
    across, down = VIEW.to_pixel(*place)
    x, y = (across + offset[0]) * ratio, (down + offset[1]) * ratio
    return image.pixelColor(int(x), int(y)).name()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0, 4.0])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_things_are_where_the_viewport_says(qapp, tmp_path, ratio, palette):
    path = tmp_path / "a.png"
    save_picture(path, SCENE, VIEW, Style(palette, qapp.font()), pixel_ratio=ratio)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (400 * ratio, 300 * ratio)
    for j in range(2):
        # Beside the number, inside the disc of 9.5 pixels.
        for offset in ((-7, 0), (7, 0), (0, 8)):
            assert colour_at(image, ratio, MEANS[j], offset) == component_colour(palette, j)
    assert colour_at(image, ratio, (1.3, 1.3)) == palette.canvas


@pytest.mark.parametrize("ratio", [1.0, 2.0, 4.0])
def test_points_are_rendered_as_finely(style, ratio):
    """A point is a disc of 3.4 pixels of the screen; its rim is one pixel of the picture wide."""
    scene = Scene(CLOUD, WIDE, WIDE, iteration=1)
    picture = paint_picture(scene, VIEW, style, pixel_ratio=ratio)
    colour = QColor(component_colour(LIGHT, 0))
    canvas = QColor(LIGHT.canvas)
    across, down = VIEW.to_pixel(*LONELY[1])
    row = int(down * ratio)
    line = [
        picture.pixelColor(x, row).blueF()
        for x in range(int((across - 8) * ratio), picture.width())
    ]
    full = 0.8 * colour.blueF() + 0.2 * canvas.blueF()
    inside = sum(abs(value - full) < 0.02 for value in line)
    rim = sum(full + 0.02 <= value < canvas.blueF() - 0.02 for value in line)
    assert 6.8 * ratio - 2 <= inside <= 6.8 * ratio + 1
    assert rim <= 3


def test_bands_leave_no_seam(style, monkeypatch):
    rng = np.random.default_rng(5)
    cloud = PointCloud(rng.normal(size=(400, 2)))
    whole = Renderer().render(
        PictureRequest(cloud, None, look_of(LIGHT, 1), 400.0, 300.0, 2.0, viewport=VIEW),
        lambda: False,
    )
    scenes = []
    monkeypatch.setattr(
        "gmm_studio.gui.picture_export.paint_scene", lambda *args: scenes.append(args[2])
    )
    monkeypatch.setattr("gmm_studio.gui.picture_export._BAND", 37)
    plain = Style(LIGHT, style.font)
    paint_picture(Scene(cloud), VIEW, plain, pixel_ratio=2.0)
    alpha, expected = (
        np.array(image.constBits()).reshape(600, 800, 4)[..., 3].astype(int)
        for image in (scenes[0].points.image, whole.points.image)
    )
    assert alpha.max() > 100
    assert abs(alpha - expected).max() <= 1


def test_without_a_mixture_points_are_neutral_and_selected_ones_marked(style):
    selection = np.array([False, False, False, True, False])
    picture = paint_picture(Scene(CLOUD), VIEW, style, pixel_ratio=4, selection=selection)
    neutral, marked = (
        QColor(colour_at(picture, 4, place)).lightness() for place in (LONELY[0], LONELY[1])
    )
    assert marked < neutral < QColor(LIGHT.canvas).lightness() - 50


def test_one_dimension(style):
    rng = np.random.default_rng(0)
    cloud = PointCloud(rng.normal(size=500))
    view = Viewport(-4.0, 4.0, -0.1, 0.5, 400.0, 300.0)
    mixture = Mixture([1.0], [[0.0]], [[[1.0]]])
    picture = paint_picture(Scene(cloud, mixture, mixture, iteration=1), view, style, pixel_ratio=2)
    across, down = view.to_pixel(1.5, 0.02)
    bar = picture.pixelColor(int(2 * across), int(2 * down)).name()
    assert bar != LIGHT.canvas
    band = rug_band(view, jittered=False)
    middle = int(2 * (band.top + 0.5 * band.height))
    rug = [picture.pixelColor(x, middle).name() for x in range(300, 500)]
    assert sum(colour != LIGHT.canvas for colour in rug) > 50


def test_the_file_says_what_it_is(style, tmp_path):
    path = tmp_path / "a.png"
    save_picture(path, SCENE, VIEW, style, pixel_ratio=2)
    image = QImage(str(path))
    assert image.text("Title") == CLOUD.name
    assert image.text("Description") == f"{CLOUD.name}, Iteration 7, M-step"
    assert image.text("Software") == f"GMM Studio {__version__}"
    assert round(image.dotsPerMeterX() * 0.0254) == 192


def test_it_works_in_a_worker(qtbot, style, tmp_path):
    path = tmp_path / "a.png"
    worker = Worker("save")
    messages = []

    def take():
        messages.extend(message for _, message in worker.take())

    worker.arrived.connect(take)

    def work(_, cancelled):
        save_picture(path, SCENE, VIEW, style, cancelled=cancelled)

    worker.submit(work)
    qtbot.waitUntil(lambda: messages == [Finished()])
    worker.close()
    assert QImage(str(path)) == _saved(SCENE, style, tmp_path)


def _saved(scene, style, folder):
    path = folder / "b.png"
    save_picture(path, scene, VIEW, style)
    return QImage(str(path))


def refused(path, style, ratio=1.0):
    with pytest.raises(InputError) as caught:
        save_picture(path, SCENE, VIEW, style, pixel_ratio=ratio)
    return str(caught.value)


def test_a_missing_folder(style, tmp_path):
    assert "there is no such folder" in refused(tmp_path / "no" / "a.png", style)


def test_a_folder_in_its_place(style, tmp_path):
    assert str(tmp_path) in refused(tmp_path, style)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(style):
    assert "the disk is full" in refused("/dev/full", style)


def test_a_failure_leaves_what_was_there(style, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"before")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "the disk is full" in refused(path, style)
    assert path.read_bytes() == b"before"
    assert [child.name for child in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("ratio", [100.0, 1e6, 1e12])
def test_too_large(style, tmp_path, ratio):
    assert "Choose a smaller size." in refused(tmp_path / "a.png", style, ratio)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("where", ["_blank", "_png"])
def test_too_little_memory(style, tmp_path, monkeypatch, where):
    def none(*_):
        raise MemoryError

    monkeypatch.setattr(f"gmm_studio.gui.picture_export.{where}", none)
    assert "A picture of 400 by 300 pixels is too large" in refused(tmp_path / "a.png", style)


def test_it_can_be_given_up(style, tmp_path):
    path = tmp_path / "a.png"
    for patience in range(4):
        asked = iter(range(1000))
        with pytest.raises(Cancelled):
            save_picture(
                path,
                SCENE,
                VIEW,
                style,
                cancelled=lambda asked=asked, patience=patience: next(asked) >= patience,
            )
        assert not path.exists()
