"""The same figure in every format, as other programs draw it: what is where, and all of it."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage

from gmm_studio import Mixture, PointCloud, iterate
from gmm_studio.core.basins import BasinMap
from gmm_studio.core.em import Stop
from gmm_studio.core.optima import Optimum, Tolerance
from gmm_studio.document import Document
from gmm_studio.gui.canvas.scene import Field, Layers, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette
from gmm_studio.gui.curves.overlay import Cursor
from gmm_studio.gui.figures.figure import PAPER, Curve, Figure, Sheet
from gmm_studio.gui.figures.writers import figure_bytes, save_figure
from gmm_studio.gui.laboratory.basin_layer import basin_field
from gmm_studio.gui.laboratory.map_overlay import MapPicture
from gmm_studio.gui.line.rug import rug_band
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.style import Style
from tests.gui.figures.making import by_librsvg, by_poppler, by_qt, figure_of

VIEW = Viewport(-4.0, 4.0, -3.0, 3.0, 400.0, 300.0)
LINE = Viewport(-4.0, 4.0, -0.2, 0.6, 400.0, 300.0)
RATIO = 2.0
SIZE = 800, 600
FAR = (3.4, 2.3)
PLAIN = Layers(trails=False, seeds=False)
PAPER_SHEET = Sheet(400, 300, resolution=RATIO, theme="paper")
DRAWN = pytest.mark.parametrize("drawn", ["png", "svg-qt", "svg-librsvg", "pdf"])


@pytest.fixture
def style(qapp):
    return Style(LIGHT, qapp.font())


def draw(figure: Figure, drawn: str, folder) -> QImage:
    """A figure, written and drawn by another program, in pixels of 1/192 inch."""
    path = folder / f"a.{drawn.partition('-')[0]}"
    save_figure(path, figure)
    if drawn == "png":
        return QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    draws = {"svg-qt": by_qt, "svg-librsvg": by_librsvg, "pdf": by_poppler}
    image = draws[drawn](path, *SIZE)
    if image is None:
        pytest.skip("the program that draws it is not on this machine")
    return image


def pixels(image: QImage) -> np.ndarray:
    """Shape (height, width, 3), from 0 to 255."""
    raw = np.frombuffer(image.constBits(), dtype=np.uint8)
    return raw.reshape(image.height(), image.width(), 4)[..., 2::-1].astype(float)


def centre(weights: np.ndarray) -> float:
    """The middle of what is inked along a line, in pixels."""
    assert weights.sum() > 0
    return float((weights * (np.arange(len(weights)) + 0.5)).sum() / weights.sum())


def inked(image: QImage) -> np.ndarray:
    return 255 - pixels(image).min(axis=2)


def around(at: float, reach: float) -> slice:
    return slice(round(RATIO * (at - reach)), round(RATIO * (at + reach)))


# Places


@DRAWN
def test_a_point_is_where_it_is(style, tmp_path, drawn):
    cloud = PointCloud([FAR, (-3.3, -1.8), (0.0, 0.0)])
    layers = replace(PLAIN, grid=False)
    image = draw(figure_of(Scene(cloud, layers=layers), VIEW, style, PAPER_SHEET), drawn, tmp_path)
    for place in cloud.points[:2].tolist():
        across, down = VIEW.to_pixel(*place)
        part = inked(image)[around(down, 8), around(across, 8)]
        left, top = around(across, 8).start, around(down, 8).start
        assert abs(left + centre(part.sum(axis=0)) - RATIO * across) < 0.5
        assert abs(top + centre(part.sum(axis=1)) - RATIO * down) < 0.5
        covered = (part / part.max()).sum()
        assert covered == pytest.approx(np.pi * (3.4 * RATIO) ** 2, rel=0.06), "as large"


@DRAWN
def test_points_wear_the_same_colours(style, tmp_path, drawn):
    """Each at 0.8 of its colour, which is mixed by its responsibilities."""
    mixture = Mixture([0.5, 0.5], [[-2.0, 0.0], [2.0, 0.0]], [np.eye(2)] * 2)
    cloud = PointCloud([(-3.0, 2.0), (0.0, 2.0), (0.3, -2.0), (3.0, -2.0)])
    layers = replace(PLAIN, ellipses=False, grid=False)
    scene = Scene(cloud, mixture, mixture, iteration=1, layers=layers)
    image = pixels(draw(figure_of(scene, VIEW, style, PAPER_SHEET), drawn, tmp_path))
    colours = np.array(
        [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in PAPER.components[:2]]
    )
    expected = 0.8 * mixture.responsibilities(cloud.points) @ colours + 0.2 * 255
    for place, colour in zip(cloud.points.tolist(), expected, strict=True):
        across, down = (round(RATIO * at) for at in VIEW.to_pixel(*place))
        assert abs(image[down, across] - colour).max() <= 3


@DRAWN
def test_ticks_are_where_they_are(style, tmp_path, drawn):
    figure = figure_of(Scene(PointCloud([FAR, (0.0, 0.0)])), VIEW, style, PAPER_SHEET)
    image = inked(draw(figure, drawn, tmp_path))
    for x in (-2, 2):
        across = VIEW.to_pixel(x, 0)[0]
        row = image[around(60, 4), around(across, 6)].mean(axis=0)
        assert abs(around(across, 6).start + centre(row) - RATIO * across) < 1.01
    for y in (-2, 0):
        down = VIEW.to_pixel(0, y)[1]
        column = image[around(down, 6), around(180, 4)].mean(axis=1)
        assert abs(around(down, 6).start + centre(column) - RATIO * down) < 1.01


@DRAWN
def test_ellipses_are_where_they_are(style, tmp_path, drawn):
    mixture = Mixture([1.0], [[0.5, -0.25]], [[[1.0, 0.0], [0.0, 0.36]]])
    layers = replace(PLAIN, grid=False)
    cloud = PointCloud([FAR, (-3.4, -2.3)])
    scene = Scene(cloud, mixture, mixture, iteration=1, layers=layers)
    image = inked(draw(figure_of(scene, VIEW, style, PAPER_SHEET), drawn, tmp_path))
    across, down = VIEW.to_pixel(0.5, -0.25)
    for sigma in (1, 2):
        for sign in (-1, 1):
            at = VIEW.to_pixel(0.5 + sign * sigma, 0)[0]
            row = image[around(down, 1), around(at, 5)].mean(axis=0)
            # Above the tint inside the first of them.
            row = np.where(row > 0.5 * row.max(), row, 0)
            assert abs(around(at, 5).start + centre(row) - RATIO * at) < 1
            at = VIEW.to_pixel(0, -0.25 + sign * 0.6 * sigma)[1]
            column = image[around(at, 5), around(across, 1)].mean(axis=1)
            column = np.where(column > 0.5 * column.max(), column, 0)
            assert abs(around(at, 5).start + centre(column) - RATIO * at) < 1


@DRAWN
def test_one_dimension(style, tmp_path, drawn):
    """The rug's ticks, and the density's height."""
    values = [-3.0, -1.55, 0.0, 1.45, 3.0]
    mixture = Mixture([1.0], [[0.0]], [[[1.0]]])
    layers = replace(PLAIN, grid=False, ellipses=False, bins=1)
    scene = Scene(PointCloud(values), mixture, mixture, iteration=1, layers=layers)
    image = inked(draw(figure_of(scene, LINE, style, PAPER_SHEET), drawn, tmp_path))
    band = rug_band(LINE, jittered=False)
    line = image[around(band.top + 0.5 * band.height, 2)].mean(axis=0)
    for value in (-1.55, 1.45):
        across = LINE.to_pixel(value, 0)[0]
        found = around(across, 5).start + centre(line[around(across, 5)])
        assert abs(found - RATIO * across) < 1
    for x in (-1.0, 0.5):
        across, down = LINE.to_pixel(x, np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))
        column = image[around(down, 6), around(across, 0.5)].mean(axis=1)
        column = np.where(column > 0.6 * column.max(), column, 0)
        assert abs(around(down, 6).start + centre(column) - RATIO * down) < 1.5


# Overlays


def run_of(cloud: PointCloud, mixture: Mixture) -> Curve:
    steps = []
    for step in iterate(cloud, mixture):
        steps.append(step)
        if len(steps) > 6:
            break
    run = RunRecord(1, Document(cloud, mixture.k), steps, Stop("cancelled"))
    return Curve.of("log_likelihood", run, (), Cursor(3, ""))


TRUTH = Mixture([0.5, 0.5], [[-1.5, 0.5], [1.5, -0.5]], [0.5 * np.eye(2)] * 2)
FITTED = Mixture([0.6, 0.4], [[-1.2, 0.3], [1.6, -0.8]], [[[0.7, 0.2], [0.2, 0.5]]] * 2)


def cloud_of(n: int, d: int = 2) -> PointCloud:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, n)
    points = TRUTH.means[labels] + 0.7 * rng.normal(size=(n, 2))
    truth = TRUTH
    if d == 1:
        points = points[:, :1]
        truth = Mixture(TRUTH.weights, TRUTH.means[:, :1], TRUTH.covariances[:, :1, :1])
    return PointCloud(points, labels=labels, truth=truth, name="Test")


def scene_of(n: int = 150, d: int = 2, **layers) -> Scene:
    cloud = cloud_of(n, d)
    mixture = FITTED
    if d == 1:
        mixture = Mixture(FITTED.weights, FITTED.means[:, :1], FITTED.covariances[:, :1, :1])
    on_the_way = np.linspace(1.6, 1.0, 5)[:, None, None]
    return Scene(
        cloud,
        mixture,
        mixture,
        reference=mixture,
        iteration=7,
        moment=Moment(7),
        trails=on_the_way * mixture.means,
        past=(replace_means(mixture, 1.3),),
        seeds=tuple(map(tuple, (1.6 * mixture.means).tolist())),
        layers=replace(PLAIN, **layers),
    )


def replace_means(mixture: Mixture, factor: float) -> Mixture:
    return Mixture(mixture.weights, factor * mixture.means, mixture.covariances)


OVERLAYS = {
    "density": {"background": "density"},
    "contours": {"background": "density", "density": "lines"},
    "heat": {"background": "density", "density": "heat"},
    "regions": {"background": "regions"},
    "uncertainty": {"background": "uncertainty"},
    "trails": {"trails": True},
    "seeds": {"seeds": True},
    "ghosts": {"ghosts": True},
    "truth": {"truth": True},
    "label colours": {"labels": "colour"},
    "markers": {"labels": "marker"},
    "larger": {"sizes": True},
    "hard": {"hard": True},
}
ONLY_FLAT = ("markers", "larger")
FAINT = ("hard", "label colours")


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_overlay_is_there(style, tmp_path, overlay, d):
    """Where it changes the picture, the vector formats change as the picture does."""
    if d == 1 and overlay in ONLY_FLAT:
        pytest.skip("there is none on a line")
    view = VIEW if d == 2 else LINE
    without = figure_of(scene_of(d=d), view, style, PAPER_SHEET)
    with_it = figure_of(scene_of(d=d, **OVERLAYS[overlay]), view, style, PAPER_SHEET)
    before, after = (soft(draw(figure, "png", tmp_path)) for figure in (without, with_it))
    changed = abs(after - before).max(axis=2) > (6 if overlay in FAINT else 20)
    assert changed.sum() > (60 if d == 2 else 30), "the overlay is seen"
    change = abs(after - before)[changed].mean()
    save_figure(tmp_path / "a.svg", with_it)
    save_figure(tmp_path / "a.pdf", with_it)
    drawn = [by_qt(tmp_path / "a.svg", *SIZE), by_librsvg(tmp_path / "a.svg", *SIZE)]
    drawn.append(by_poppler(tmp_path / "a.pdf", *SIZE))
    for image in drawn:
        if image is not None:
            assert abs(after - soft(image))[changed].mean() < 0.35 * change


def soft(image: QImage) -> np.ndarray:
    """In squares of 4 pixels, so that it is not about who smooths edges how."""
    found = pixels(image)
    height, width = (side // 4 * 4 for side in found.shape[:2])
    return found[:height, :width].reshape(height // 4, 4, width // 4, 4, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("d", [1, 2])
def test_many_points_are_an_image_inside_and_few_are_shapes(style, d):
    view = VIEW if d == 2 else LINE
    for n, many in ((5_000, False), (5_001, True)):
        svg = figure_bytes(figure_of(scene_of(n, d), view, style, PAPER_SHEET), "svg").decode()
        shapes = len(re.findall("<circle" if d == 2 else "<rect", svg))
        assert ("<image" in svg) == many
        assert (shapes > 4_900) != many


@pytest.mark.parametrize("drawn", ["svg-qt", "svg-librsvg", "pdf"])
def test_a_cloud_as_an_image_looks_as_it_does(style, tmp_path, drawn):
    figure = figure_of(scene_of(6_000, grid=False), VIEW, style, PAPER_SHEET)
    shown, found = (soft(draw(figure, kind, tmp_path)) for kind in ("png", drawn))
    assert abs(shown - found).mean() < 4


# Text and themes


ALL_PARTS = replace(PAPER_SHEET, height=None, curve="below", table=True, title=True)


def full_figure(style: Style, sheet: Sheet = ALL_PARTS, d: int = 2) -> Figure:
    scene = scene_of(d=d, truth=True, labels="colour", trails=True, seeds=True)
    figure = figure_of(scene, VIEW if d == 2 else LINE, style, sheet)
    curve = run_of(scene.cloud, scene.mixture)
    return replace(figure, shot=replace(figure.shot, curve=curve, log_likelihood=-1234.5))


EXPECTED = ["Test", "Iteration 7", "2σ", "truth", "Log-likelihood", "\N{MINUS SIGN}1,234.50"]
EXPECTED += ["Weight", "0.600", "Covariance", "Iteration", "x", "y"]


def test_text_is_text_in_svg(style):
    root = ElementTree.fromstring(figure_bytes(full_figure(style), "svg"))
    texts = "".join(
        "".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")
    )
    for expected in EXPECTED:
        assert expected in texts


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_text_is_text_in_pdf(style, tmp_path):
    path = tmp_path / "a.pdf"
    save_figure(path, full_figure(style))
    text = subprocess.run(
        ["pdftotext", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    for expected in EXPECTED:
        assert expected in text


@pytest.mark.parametrize("d", [1, 2])
def test_paper_has_nothing_of_a_dark_screen(qapp, tmp_path, d):
    dark, light = (Style(palette, qapp.font()) for palette in (DARK, LIGHT))
    svgs = [figure_bytes(full_figure(style, d=d), "svg").decode() for style in (dark, light)]
    assert svgs[0] == svgs[1], "whatever the screen wears"
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', svgs[0]))
    own = {DARK.canvas, DARK.panel, DARK.text, DARK.muted, DARK.grid, DARK.accent}
    assert not colours & (own | set(DARK.components))
    assert {"#ffffff", "#000000"} <= colours
    sheet = replace(ALL_PARTS, height=500)
    image = pixels(draw(full_figure(dark, sheet, d), "png", tmp_path))
    assert (image == 255).all(axis=2).mean() > 0.5
    edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert (edge.min(axis=1) > 200).mean() > 0.95


def test_as_the_screen_is_as_the_screen(qapp, tmp_path):
    sheet = Sheet(400, 300, resolution=RATIO)
    figure = figure_of(scene_of(), VIEW, Style(DARK, qapp.font()), sheet)
    found = draw(figure, "png", tmp_path).pixelColor(700, 130).name()
    assert found == DARK.canvas


def map_of(d: int) -> Callable[[Palette], Field]:
    """Two basins, side by side."""
    ends = [Optimum(FITTED, level, (0,), 10.0, "") for level in (-100.0, -120.0)]
    rows = 6 if d == 2 else 1
    cells = np.repeat([[0, 0, 0, 1, 1, 1, 1, 1]], rows, axis=0)
    levels = np.where(cells == 0, -100.0, -120.0)
    x, y = np.arange(8) - 3.5, np.arange(rows) - 2.5
    basins = BasinMap(x, y, cells, levels, 10 + 0 * cells, tuple(ends), 1, None, Tolerance())
    return lambda palette: basin_field(basins, VIEW if d == 2 else LINE, palette, (0, 1))


@DRAWN
@pytest.mark.parametrize("d", [1, 2])
def test_a_map_of_basins_wears_the_theme_of_the_figure(qapp, tmp_path, d, drawn):
    fields = map_of(d)
    overlay = MapPicture(fields(DARK), d, fields=fields)
    scene = replace(scene_of(20, d), overlay=overlay)
    view = VIEW if d == 2 else LINE
    figure = figure_of(scene, view, Style(DARK, qapp.font()), PAPER_SHEET)
    image = pixels(draw(figure, drawn, tmp_path))
    # In one dimension the strip along the axis has the full colours.
    down = 60.0 if d == 2 else LINE.to_pixel(0, 0)[1] + 4
    for across, slot in ((12.0, 0), (388.0, 1)):
        found = image[round(RATIO * down), round(RATIO * across)]
        expected = fields(PAPER).image.pixelColor(0 if slot == 0 else 7, 0)
        wanted = (expected.red(), expected.green(), expected.blue())
        assert abs(found - wanted).max() <= 3
