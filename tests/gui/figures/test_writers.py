"""Files of figures: whole or not there, as fine as asked for, bounded in memory, cancellable."""

import errno
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from gmm_studio import Cancelled, InputError, Mixture, PointCloud, __version__
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.figures import writers
from gmm_studio.gui.figures.figure import Sheet
from gmm_studio.gui.figures.writers import figure_bytes, paint_image, save_figure
from gmm_studio.gui.line.rug import rug_band
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Finished, Worker
from tests.gui.figures.making import figure_of, painted

VIEW = Viewport(-4.0, 4.0, -3.0, 3.0, 400.0, 300.0)
MEANS = np.array([[-2.0, 1.0], [2.0, -1.5]])
MIXTURE = Mixture([0.5, 0.5], MEANS, [0.01 * np.eye(2)] * 2)
LONELY = np.array([[-3.5, -2.5], [3.5, 2.5], [0.0, 0.0]])
CLOUD = PointCloud(np.vstack([MEANS, LONELY]), name="Ärger \N{GREEK SMALL LETTER SIGMA} <&>")
WIDE = Mixture([1.0], [[0.0, 0.0]], [9 * np.eye(2)])
SCENE = Scene(CLOUD, MIXTURE, MIXTURE, iteration=1, moment=Moment(7, "M"))
FORMATS = pytest.mark.parametrize("ending", ["png", "svg", "pdf"])


@pytest.fixture
def style(qapp):
    return Style(LIGHT, qapp.font())


def colour_at(image, ratio, place, offset=(0.0, 0.0)):
    across, down = VIEW.to_pixel(*place)
    x, y = (across + offset[0]) * ratio, (down + offset[1]) * ratio
    return image.pixelColor(int(x), int(y)).name()


def save(path, style, sheet=None, **options):
    save_figure(path, figure_of(SCENE, VIEW, style, sheet), **options)


# PNG


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0, 4.0])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_things_are_where_the_viewport_says(qapp, tmp_path, ratio, palette):
    path = tmp_path / "a.png"
    save(path, Style(palette, qapp.font()), Sheet(400, 300, resolution=ratio))
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
    picture = painted(Scene(CLOUD, WIDE, WIDE, iteration=1), VIEW, style, pixel_ratio=ratio)
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


@pytest.mark.parametrize("transparent", [False, True])
def test_strips_leave_no_seam_and_bound_the_memory(style, monkeypatch, transparent):
    rng = np.random.default_rng(5)
    cloud = PointCloud(rng.normal(size=(400, 2)))
    layers = Layers(background="density", sizes=True)
    scene = Scene(cloud, MIXTURE, WIDE, iteration=1, layers=layers)
    sheet = Sheet(401, 303, resolution=1.7, transparent=transparent, title=True, font_size=12)
    figure = figure_of(scene, VIEW, style, sheet)
    whole = paint_image(figure)
    made = []
    blank = writers._blank

    def watched(width, height, figure):
        made.append(width * height)
        return blank(width, height, figure)

    monkeypatch.setattr(writers, "_STRIP", 30_000)
    monkeypatch.setattr(writers, "_blank", watched)
    image = QImage.fromData(figure_bytes(figure, "png"))
    assert image.hasAlphaChannel() == transparent
    assert len(made) > 10
    assert max(made) <= 30_000
    formats = QImage.Format
    plain = [one.convertToFormat(formats.Format_RGBA8888_Premultiplied) for one in (whole, image)]
    first, second = (np.array(one.constBits()).astype(int) for one in plain)
    assert abs(first - second).max() <= 2


def test_a_transparent_ground_is_not_there(style):
    sheet = Sheet(400, 300, transparent=True)
    image = QImage.fromData(figure_bytes(figure_of(SCENE, VIEW, style, sheet), "png"))
    assert QColor(image.pixelColor(280, 70)).alpha() == 0
    across, down = VIEW.to_pixel(*MEANS[0])
    assert image.pixelColor(int(across + 7), int(down)).alpha() == 255


def test_a_transparent_line_has_no_ground_below_the_axis(style):
    rng = np.random.default_rng(0)
    view = Viewport(-4.0, 4.0, -0.2, 0.5, 400.0, 300.0)
    scene = Scene(PointCloud(rng.normal(size=50)), iteration=1)
    image = paint_image(figure_of(scene, view, style, Sheet(400, 300, transparent=True)))
    assert image.pixelColor(3, 290).alpha() == 0


def test_without_a_mixture_points_are_neutral_and_selected_ones_marked(style):
    figure = figure_of(Scene(CLOUD), VIEW, style, Sheet(400, 300, resolution=4))
    selection = np.array([False, False, False, True, False])
    picture = paint_image(replace(figure, shot=replace(figure.shot, selection=selection)))
    neutral, marked = (
        QColor(colour_at(picture, 4, place)).lightness() for place in (LONELY[0], LONELY[1])
    )
    assert marked < neutral < QColor(LIGHT.canvas).lightness() - 50


def test_one_dimension(style):
    rng = np.random.default_rng(0)
    cloud = PointCloud(rng.normal(size=500))
    view = Viewport(-4.0, 4.0, -0.1, 0.5, 400.0, 300.0)
    mixture = Mixture([1.0], [[0.0]], [[[1.0]]])
    picture = painted(Scene(cloud, mixture, mixture, iteration=1), view, style, pixel_ratio=2)
    across, down = view.to_pixel(1.5, 0.02)
    bar = picture.pixelColor(int(2 * across), int(2 * down)).name()
    assert bar != LIGHT.canvas
    band = rug_band(view, jittered=False)
    middle = int(2 * (band.top + 0.5 * band.height))
    rug = [picture.pixelColor(x, middle).name() for x in range(300, 500)]
    assert sum(colour != LIGHT.canvas for colour in rug) > 50


# All formats


def test_a_png_says_what_it_is(style, tmp_path):
    path = tmp_path / "a.png"
    save(path, style, Sheet(400, 300, resolution=2))
    image = QImage(str(path))
    assert image.text("Title") == CLOUD.name
    assert image.text("Description") == f"{CLOUD.name}, Iteration 7, M-step"
    assert image.text("Software") == f"GMM Studio {__version__}"
    assert round(image.dotsPerMeterX() * 0.0254) == 192


def test_sizes_are_those_asked_for(style):
    paper = Sheet(8.5, 6.0, "cm", 300, 8)
    figure = figure_of(SCENE, VIEW, style, paper)
    image = QImage.fromData(figure_bytes(figure, "png"))
    assert (image.width(), image.height()) == (round(8.5 / 2.54 * 300), round(6 / 2.54 * 300))
    assert round(image.dotsPerMeterX() * 0.0254) == 300
    svg = figure_bytes(figure, "svg").decode()
    assert re.search(r'<svg width="8.5cm" height="6cm"', svg)
    assert 'viewBox="0 0 321.26 226.772"' in svg
    pdf = figure_bytes(figure, "pdf")
    found = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert found is not None
    assert [abs(float(found[i]) - side / 2.54 * 72) < 1 for i, side in ((1, 8.5), (2, 6.0))]
    assert (
        '<svg width="400px" height="300px"'
        in figure_bytes(figure_of(SCENE, VIEW, style), "svg").decode()
    )


@FORMATS
def test_it_works_in_a_worker_with_the_same_text(qtbot, style, tmp_path, ending):
    path, here = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    figure = figure_of(SCENE, VIEW, style, Sheet(400, 300, title=True, table=True))
    worker = Worker("save")
    messages = []

    def take():
        messages.extend(message for _, message in worker.take())

    worker.arrived.connect(take)
    worker.submit(lambda _, cancelled: save_figure(path, figure, cancelled))
    qtbot.waitUntil(lambda: messages == [Finished()])
    worker.close()
    save_figure(here, figure)
    if ending == "pdf":
        # Dates and identifiers differ.
        assert abs(path.stat().st_size - here.stat().st_size) < 200
    else:
        assert path.read_bytes() == here.read_bytes()


def refused(path, style, sheet=None):
    with pytest.raises(InputError) as caught:
        save(path, style, sheet)
    return str(caught.value)


@FORMATS
def test_a_missing_folder(style, tmp_path, ending):
    assert "there is no such folder" in refused(tmp_path / "no" / f"a.{ending}", style)


@FORMATS
def test_a_folder_in_its_place(style, tmp_path, ending):
    (tmp_path / f"a.{ending}").mkdir()
    assert str(tmp_path) in refused(tmp_path / f"a.{ending}", style)


def test_an_ending_that_is_unknown(style, tmp_path):
    assert "must end in .png, .svg or .pdf" in refused(tmp_path / "a.gif", style)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@FORMATS
def test_a_full_disk(style, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.symlink_to("/dev/full")
    assert "the disk is full" in refused(path, style)


@FORMATS
def test_a_failure_leaves_what_was_there(style, tmp_path, monkeypatch, ending):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"before")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "the disk is full" in refused(path, style)
    assert path.read_bytes() == b"before"
    assert [child.name for child in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ratio", [100.0, 1e6, 1e12, 1e308])
def test_too_large(style, tmp_path, ratio):
    told = refused(tmp_path / "a.png", style, Sheet(400, 300, resolution=ratio))
    assert "Choose a smaller size." in told
    assert not list(tmp_path.iterdir())


def test_a_page_that_no_reader_shows(style, tmp_path):
    sheet = Sheet(600, 400, "cm", font_size=400)
    assert "508 cm" in refused(tmp_path / "a.pdf", style, sheet)


@FORMATS
def test_too_small_for_its_parts(style, tmp_path, ending):
    sheet = Sheet(200, 100, table=True)
    assert "There is no room" in refused(tmp_path / f"a.{ending}", style, sheet)
    assert not list(tmp_path.iterdir())


def test_too_little_memory(style, tmp_path, monkeypatch):
    def none(*_):
        raise MemoryError

    monkeypatch.setattr(writers, "_blank", none)
    assert "A picture of 400 by 300 pixels is too large" in refused(tmp_path / "a.png", style)
    assert not list(tmp_path.iterdir())


@FORMATS
def test_it_can_be_given_up(style, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    for patience in range(3):
        asked = iter(range(1000))
        with pytest.raises(Cancelled):
            save(
                path,
                style,
                cancelled=lambda asked=asked, patience=patience: next(asked) >= patience,
            )
        assert not list(tmp_path.iterdir())
