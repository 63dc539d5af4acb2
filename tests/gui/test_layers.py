"""The switches of the View section: each with a shortcut, each seen on the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.comparison import adjusted_rand_index
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, new_cloud
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.canvas.ellipses import ellipse
from gmm_studio.gui.canvas.mixture_painting import ellipse_lines
from gmm_studio.gui.canvas.rendering import FINE
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.colours import LIGHT, component_colour
from gmm_studio.gui.window import Window
from tests.gui.acting import Shift, click, colour_at, distance, hover, key, picture, rgb
from tests.gui.conftest import settle

Key = Qt.Key

SWITCHES = [
    ("C", "background_density"),
    ("B", "background_regions"),
    ("U", "background_uncertainty"),
    ("X", "hard"),
    ("Z", "sizes"),
    ("Y", "labels_colour"),
    ("L", "lines"),
    ("E", "ellipses"),
    ("P", "coverage"),
    ("O", "ghosts"),
    ("T", "trails"),
    ("M", "truth"),
    ("G", "grid"),
]


def scene_of(window: Window) -> Scene:
    scene = window.cloud_view.scene
    assert scene is not None
    return scene


def show_end(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_End)
    settle(qtbot, window)


def show(qtbot: QtBot, window: Window, cloud: PointCloud) -> None:
    window.session.store.edit(new_cloud(window.session.document, cloud), "Another cloud")
    settle(qtbot, window)


def pixel(window: Window, place: tuple[float, ...]) -> tuple[float, float]:
    viewport = window.cloud_view.viewport
    assert viewport is not None
    across, down = viewport.to_pixel(*place)
    return round(across), round(down)


@pytest.mark.parametrize(("letter", "name"), SWITCHES)
def test_each_key_switches_its_layer_on_and_off(
    qtbot: QtBot, window: Window, letter: str, name: str
) -> None:
    # In the middle of the run, so that there are trails and earlier ellipses.
    key(window, Key.Key_End)
    key(window, Key.Key_Left)
    key(window, Key.Key_Left)
    settle(qtbot, window)
    overlapping = generate("overlapping", 300)
    show(qtbot, window, overlapping)
    key(window, Key.Key_End)
    settle(qtbot, window)
    scene = scene_of(window)
    assert scene.mixture is not None
    away = np.linalg.norm(scene.cloud.points[:, None] - scene.mixture.means, axis=2).min(axis=1)
    hover(window.cloud_view, pixel(window, tuple(scene.cloud.points[away.argmax()].tolist())))
    settle(qtbot, window)
    was = window.stage.layers.is_on(name)
    before = picture(window.cloud_view)
    key(window, letter.lower())
    settle(qtbot, window)
    assert window.stage.layers.is_on(name) is not was
    assert window.actions_.layers[name].isChecked() is not was
    assert picture(window.cloud_view) != before
    key(window, letter.lower())
    settle(qtbot, window)
    assert window.stage.layers == Layers()
    assert picture(window.cloud_view) == before


def test_there_is_one_background_at_a_time(qtbot: QtBot, window: Window) -> None:
    show_end(qtbot, window)
    key(window, "c")
    settle(qtbot, window)
    assert scene_of(window).field is not None
    key(window, "b")
    settle(qtbot, window)
    assert window.stage.layers.background == "regions"
    on = [name for name, action in window.actions_.layers.items() if action.isChecked()]
    assert "background_density" not in on
    assert "background_regions" in on
    key(window, "b")
    settle(qtbot, window)
    assert window.stage.layers.background == "none"
    assert scene_of(window).field is None


def test_a_region_has_the_tint_of_its_component(qtbot: QtBot, window: Window) -> None:
    show_end(qtbot, window)
    key(window, "b")
    settle(qtbot, window)
    image = picture(window.cloud_view)
    scene = scene_of(window)
    assert scene.mixture is not None
    place = (-7.0, 2.0)
    j = int(scene.mixture.responsibilities(np.array(place))[0].argmax())
    found = colour_at(image, pixel(window, place))
    tints = [rgb(component_colour(LIGHT, i)) for i in range(scene.mixture.k)]
    canvas = np.array(rgb(LIGHT.canvas))
    shades = [float(np.dot(canvas - found, canvas - np.array(tint))) for tint in tints]
    norms = [float(np.linalg.norm(canvas - np.array(tint))) for tint in tints]
    assert int(np.argmax(np.array(shades) / norms)) == j
    assert found != rgb(LIGHT.canvas)


def test_a_background_is_coarse_while_it_plays_and_fine_at_rest(
    qtbot: QtBot, window: Window
) -> None:
    widths: list[int] = []

    def note() -> None:
        field = scene_of(window).field
        if field is not None and field.image is not None:
            widths.append(field.image.width())

    key(window, "c")
    settle(qtbot, window)
    window.stage.presented.connect(note)
    window.session.playback.speed = 20
    key(window, Key.Key_Space)
    qtbot.waitUntil(lambda: len(widths) > 3)
    qtbot.waitUntil(lambda: not window.session.playback.is_playing)
    settle(qtbot, window)
    assert widths[-1] >= window.cloud_view.width() / FINE - 1
    assert min(widths) < widths[-1] / 2


def test_hard_colours_are_those_of_the_components(qtbot: QtBot, window: Window) -> None:
    show(qtbot, window, generate("overlapping", 200))
    key(window, "x")
    settle(qtbot, window)
    points = scene_of(window).points
    assert points is not None
    image = points.image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    pixels = np.array(image.constBits()).reshape(-1, 4).astype(float)
    pixels = pixels[pixels[:, 3] > 120]
    seen = np.unique(np.round(pixels[:, :3] / pixels[:, 3:] * 255 / 16), axis=0)
    pure = [np.array(rgb(component_colour(LIGHT, j))) for j in range(3)]
    lonely = [min(np.abs(16 * row - colour).max() for colour in pure) for row in seen]
    assert np.mean(np.array(lonely) < 24) > 0.3
    assert scene_of(window).layers.hard


def test_uncertain_points_have_a_halo(qtbot: QtBot, window: Window) -> None:
    show(qtbot, window, generate("overlapping", 400))
    show_end(qtbot, window)
    key(window, "z")
    settle(qtbot, window)
    scene = scene_of(window)
    assert scene.halo is not None
    assert scene.colouring is not None
    shares = scene.colouring.responsibilities(scene.cloud.points).max(axis=1)
    sure, unsure = int(shares.argmax()), int(shares.argmin())
    opacity = []
    for i in (sure, unsure):
        across, down = pixel(window, tuple(scene.cloud.points[i].tolist()))
        opacity.append(scene.halo.image.pixelColor(int(across), int(down)).alpha())
    assert opacity[1] > opacity[0] + 40


@pytest.mark.parametrize("size", [(700, 300), (420, 620)])
@pytest.mark.parametrize("coverage", [False, True])
def test_an_ellipse_is_as_far_as_it_says(
    qtbot: QtBot, window: Window, size: tuple[int, int], coverage: bool
) -> None:
    """Its extent is its sigma times the root of the eigenvalue, whatever the aspect."""
    show(qtbot, window, PointCloud(np.random.default_rng(3).normal(size=(200, 2)) * (6, 1)))
    window.session.choose_k(1)
    settle(qtbot, window)
    window.cloud_view.setFixedSize(*size)
    key(window, "g")
    key(window, "t")
    window.stage.set_equal(False)
    if coverage:
        key(window, "p")
    show_end(qtbot, window)
    scene = scene_of(window)
    assert scene.mixture is not None
    values, vectors = np.linalg.eigh(scene.mixture.covariances[0])
    line = ellipse_lines(2, coverage=coverage)[0]
    assert line.sigma == pytest.approx(1.17741 if coverage else 1.0, abs=1e-5)
    image = picture(window.cloud_view)
    for i in range(2):
        for side in (-1, 1):
            end = scene.mixture.means[0] + side * line.sigma * np.sqrt(values[i]) * vectors[:, i]
            across, down = pixel(window, tuple(end.tolist()))
            near = [
                distance(colour_at(image, (across + x, down + y)), rgb(component_colour(LIGHT, 0)))
                for x in (-1, 0, 1)
                for y in (-1, 0, 1)
            ]
            assert min(near) < 20


def test_coverage_holds_its_share_of_the_component() -> None:
    rng = np.random.default_rng(0)
    points = np.sort((rng.normal(size=(200_000, 2)) ** 2).sum(axis=1))
    for line, share in zip(ellipse_lines(2, coverage=True), (0.5, 0.9, 0.95), strict=True):
        assert np.searchsorted(points, line.sigma**2) / len(points) == pytest.approx(
            share, abs=0.004
        )
    line_points = np.sort(rng.normal(size=200_000) ** 2)
    for line, share in zip(ellipse_lines(1, coverage=True), (0.5, 0.9, 0.95), strict=True):
        assert np.searchsorted(line_points, line.sigma**2) / 200_000 == pytest.approx(
            share, abs=0.004
        )


def test_ghosts_are_of_earlier_steps(qtbot: QtBot, window: Window) -> None:
    key(window, "o")
    show_end(qtbot, window)
    run = window.session.shown
    assert run is not None
    last = run.steps[-1].index
    past = scene_of(window).past
    assert last == 7
    assert list(past) == [run.steps[t].mixture for t in (0, 1, 2, 4, 6)]
    key(window, "e")
    settle(qtbot, window)
    image = picture(window.cloud_view)
    ghost = past[0]
    places = ellipse(ghost.means[0], ghost.covariances[0], 1.0, 64)
    canvas = rgb(LIGHT.canvas)
    seen = [colour_at(image, pixel(window, tuple(place))) != canvas for place in places.tolist()]
    assert np.mean(seen) > 0.7, "they are seen without the ellipses of the step on show"


def test_lines_to_the_means_are_as_wide_as_the_responsibilities(
    qtbot: QtBot, window: Window
) -> None:
    window.session.choose_k(2)
    show(qtbot, window, PointCloud([(0, 0), (0, 0.5), (9, 0), (9, 0.4), (4.5, 3), (5, -3)]))
    settle(qtbot, window)
    view = window.cloud_view
    for letter in "lge":
        key(window, letter)
    settle(qtbot, window)
    hover(view, pixel(window, (4.5, 3.0)))
    assert view.hovered_pin == Pin("point", 4)
    scene = scene_of(window)
    assert scene.mixture is not None
    shares = scene.mixture.responsibilities(np.array([4.5, 3.0]))[0]
    image = picture(view)
    for j, share in enumerate(shares.tolist()):
        start = np.array(pixel(window, (4.5, 3.0)))
        end = np.array(pixel(window, tuple(scene.mixture.means[j].tolist())))
        along = (end - start) / np.linalg.norm(end - start)
        across = np.array([-along[1], along[0]])
        middle = start + 0.6 * (end - start)
        tint = rgb(component_colour(LIGHT, j))
        hits = [
            distance(colour_at(image, tuple((middle + 0.25 * i * across).tolist())), tint) < 90
            for i in range(-40, 41)
        ]
        assert 0.25 * sum(hits) == pytest.approx(9 * share, abs=1.6)


# Truth


def test_true_labels_wear_the_colours_of_their_components(qtbot: QtBot, window: Window) -> None:
    show_end(qtbot, window)
    key(window, "y")
    key(window, "e")
    settle(qtbot, window)
    scene = scene_of(window)
    cloud, mixture = scene.cloud, scene.mixture
    assert cloud.labels is not None
    assert mixture is not None
    assert scene.points is not None
    best = mixture.responsibilities(cloud.points).argmax(axis=1)
    image = scene.points.image
    agreed = 0
    for i in range(0, cloud.n, 25):
        of_class = best[cloud.labels == cloud.labels[i]]
        j = int(np.bincount(of_class).argmax())
        across, down = pixel(window, tuple(cloud.points[i].tolist()))
        found = image.pixelColor(int(across), int(down))
        agreed += distance(rgb(found), rgb(component_colour(LIGHT, j))) < 30
    assert agreed > 36, "of 40; some are overlapped"


def test_the_comparison_follows_the_cursor(qtbot: QtBot, window: Window) -> None:
    assert window.stage.comparison is None
    show(qtbot, window, generate("overlapping", 500))
    key(window, "m")
    settle(qtbot, window)
    cloud = window.session.document.cloud
    assert cloud.labels is not None
    seen = []
    for what in (Key.Key_Home, Key.Key_End):
        key(window, what)
        settle(qtbot, window)
        step, comparison = window.session.step, window.stage.comparison
        assert step is not None
        assert comparison is not None
        table = np.zeros((3, 3))
        best = step.mixture.responsibilities(cloud.points).argmax(axis=1)
        np.add.at(table, (best, cloud.labels), 1)
        np.testing.assert_array_equal(comparison.table, table)
        assert comparison.adjusted_rand_index == pytest.approx(adjusted_rand_index(table))
        assert f"adjusted Rand index {comparison.adjusted_rand_index:.3f}" in (
            window.parameters.text
        )
        seen.append(comparison.adjusted_rand_index)
    assert seen[0] != seen[1]
    key(window, "m")
    settle(qtbot, window)
    assert window.stage.comparison is None
    assert "Rand" not in window.parameters.text


def test_without_labels_there_is_nothing_to_compare(qtbot: QtBot, window: Window) -> None:
    show(qtbot, window, PointCloud(np.random.default_rng(0).normal(size=(60, 2))))
    for letter, name in (("y", "labels_colour"), ("m", "truth")):
        key(window, letter)
        settle(qtbot, window)
        assert window.stage.layers == Layers()
        assert not window.actions_.layers[name].isChecked()
        assert window.activity.text == window.presenter.objection(name) != ""


def test_labels_that_are_all_different_are_not_classes(qtbot: QtBot, window: Window) -> None:
    points = np.random.default_rng(0).normal(size=(300, 2))
    show(qtbot, window, PointCloud(points, labels=np.arange(300)))
    key(window, "y")
    settle(qtbot, window)
    assert window.stage.layers.labels == "colour"
    assert window.stage.comparison is None
    assert scene_of(window).points is not None


def test_markers_change_the_shapes(qtbot: QtBot, window: Window) -> None:
    before = picture(window.cloud_view)
    key(window, Key.Key_Y, Shift)
    settle(qtbot, window)
    assert window.stage.layers.labels == "marker"
    assert picture(window.cloud_view) != before


# The panel


def test_the_panel_and_the_menu_agree(qtbot: QtBot, window: Window) -> None:
    panel = window.view_panel
    panel.set_open(True)
    for letter in "bxo":
        key(window, letter)
    settle(qtbot, window)
    assert panel._choices["background"].currentData() == "regions"
    assert panel._switches["hard"].isChecked()
    box = panel._switches["ghosts"]
    side = window.findChild(QScrollArea, "side_scroll")
    assert side is not None
    side.ensureWidgetVisible(box)
    click(box, (10, box.height() / 2))
    settle(qtbot, window)
    assert not window.actions_.layers["ghosts"].isChecked()
    assert window.stage.layers == Layers(background="regions", hard=True)


def test_what_has_no_meaning_in_one_dimension_is_off(qtbot: QtBot, window: Window) -> None:
    assert not window.view_panel._bins.isVisibleTo(window.view_panel)
    show(qtbot, window, PointCloud(np.random.default_rng(0).normal(size=60)))
    window.view_panel.set_open(True)
    assert window.view_panel._bins.isVisibleTo(window.view_panel)
    key(window, "z")
    settle(qtbot, window)
    assert not window.stage.layers.sizes
    assert "two dimensions" in window.activity.text
    document: Document = window.session.document
    assert document.cloud.d == 1


def test_narrower_bins_are_higher_and_still_seen(qtbot: QtBot, window: Window) -> None:
    show(qtbot, window, PointCloud(np.random.default_rng(1).normal(size=2000)))
    window.view_panel._bins.setValue(1000)
    settle(qtbot, window)
    scene, viewport = scene_of(window), window.cloud_view.viewport
    assert scene.histogram is not None
    assert viewport is not None
    assert len(scene.histogram.densities) == 1000
    assert viewport.top > scene.histogram.densities.max()
    moved = viewport.panned(40, 0)
    window.cloud_view.set_viewport(moved)
    settle(qtbot, window)
    window.view_panel._bins.setValue(10)
    settle(qtbot, window)
    assert window.cloud_view.viewport == moved, "who has moved the view keeps it"


def test_a_key_says_which_class_is_which(qtbot: QtBot, window: Window) -> None:
    points = np.concatenate([np.random.default_rng(j).normal(9 * j, 1, (40, 2)) for j in range(3)])
    names = ("Adelie", "Gentoo", "Chinstrap")
    cloud = PointCloud(points, labels=np.repeat([0, 1, 2], 40), class_names=names)
    show(qtbot, window, cloud)
    show_end(qtbot, window)
    key(window, "y")
    settle(qtbot, window)
    scene = scene_of(window)
    assert scene.mixture is not None
    best = scene.mixture.responsibilities(points).argmax(axis=1)
    assert [mark.name for mark in scene.marks] == list(names)
    assert [mark.colour for mark in scene.marks] == [int(best[40 * j]) for j in range(3)]
    window.parameters.grab()
    key(window, Key.Key_Y, Shift)
    settle(qtbot, window)
    assert [mark.marker for mark in scene_of(window).marks] == [0, 1, 2]
    key(window, Key.Key_Y, Shift)
    settle(qtbot, window)
    assert scene_of(window).marks == ()


def test_markers_of_too_many_points_are_refused_with_a_reason(qtbot: QtBot, window: Window) -> None:
    show(qtbot, window, generate("separated", 20_001))
    key(window, Key.Key_Y, Shift)
    settle(qtbot, window)
    assert window.stage.layers.labels == "none"
    assert "20,000" in window.activity.text
