"""A person watches how a start is drawn."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gmm_studio import PointCloud
from gmm_studio.core.start_story import squared_distances
from gmm_studio.core.starts import METHODS, draw_start, tell_start
from gmm_studio.document import Drawn, new_cloud
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.colours import DARK, LIGHT
from gmm_studio.gui.laboratory.start_act import OPACITY, StartAct
from gmm_studio.gui.window import Window
from tests.gui.acting import Plain, Shift, click, colour_at, distance, drag, key, picture, rgb
from tests.gui.conftest import close_window, open_window, settle
from tests.gui.figures.making import painted

Key = Qt.Key


def act_of(window: Window) -> StartAct:
    scene = window.cloud_view.scene
    assert scene is not None
    assert isinstance(scene.overlay, StartAct)
    return scene.overlay


def is_seen(window: Window, kind: str, number: int) -> bool:
    """Whether a moment is on the screen, and said."""
    scene = window.cloud_view.scene
    act = scene.overlay if scene is not None else None
    if not isinstance(act, StartAct):
        return False
    moment = act.moment
    return (moment.kind, moment.number) == (kind, number) and window.pill.text == act.words


def wait_for(qtbot: QtBot, window: Window, kind: str, number: int) -> None:
    qtbot.waitUntil(lambda: is_seen(window, kind, number) and window.stage.is_idle)


def watch(qtbot: QtBot, window: Window) -> None:
    """Begin by the key, and pause at once."""
    key(window, Key.Key_N, Shift)
    assert window.start_show.is_on
    key(window, Key.Key_Space)
    assert not window.start_show.is_playing
    key(window, Key.Key_Left)
    qtbot.waitUntil(lambda: not window.start_show.is_telling)


def show_line(qtbot: QtBot, window: Window) -> None:
    rng = np.random.default_rng(0)
    places = np.concatenate([rng.normal(j, 0.5, 60) for j in (0, 5, 9)])
    session = window.session
    session.store.edit(new_cloud(session.document, PointCloud(places)), "line")
    settle(qtbot, window)


def end_is_the_start(qtbot: QtBot, window: Window) -> None:
    settle(qtbot, window)
    assert not window.start_show.is_on
    document, scene = window.session.document, window.cloud_view.scene
    assert isinstance(document.start, Drawn)
    start = draw_start(
        document.cloud,
        document.start.method,
        document.k,
        document.start.random_state,
        document.configuration,
    )
    assert scene is not None
    assert scene.mixture is not None
    assert scene.overlay is None
    assert scene.iteration == 0
    assert (scene.mixture.means == start.means).all()
    assert window.pill.text == "The start. Space plays"


def test_k_means_plus_plus_is_watched_by_the_button(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_End)
    click(window.start_panel.watch)
    assert window.start_show.is_playing
    k = window.session.document.k
    for number in range(1, k + 1):
        wait_for(qtbot, window, "far-pick", number)
        assert window.pill.text.startswith(f"k-means++, pick {number} of {k}: ")
    assert "likelier the next" in tell_words(window, 0)
    wait_for(qtbot, window, "start", k)
    assert window.pill.text == "The start: equal weights, and the covariance of all points for each"
    qtbot.waitUntil(lambda: not window.start_show.is_on)
    end_is_the_start(qtbot, window)


def tell_words(window: Window, i: int) -> str:
    return window.start_show.acts[i].words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_background_is_the_squared_distance(qtbot: QtBot, window: Window, scheme: str) -> None:
    window.actions_[f"scheme_{scheme}"].trigger()
    palette = DARK if scheme == "dark" else LIGHT
    key(window, Key.Key_G)
    watch(qtbot, window)
    for number in (1, 2):
        wait_for(qtbot, window, "far-pick", number)
        check_field(window, palette.accent, palette.canvas)
        key(window, Key.Key_Right)
    window.actions_["scheme_light"].trigger()


def check_field(window: Window, accent: str, canvas: str) -> None:
    """Pixels at places without points, in the middle of the cells of the grid."""
    act, view = act_of(window), window.cloud_view
    viewport, cloud = view.viewport, window.session.document.cloud
    assert viewport is not None
    assert act.moment.means is not None
    image = picture(view)
    pixels = np.array([viewport.to_pixel(*place) for place in cloud.points.tolist()])
    farthest = squared_distances(act.moment.means, cloud.points).max()
    assert act.farthest == pytest.approx(farthest)
    shades, rng = [], np.random.default_rng(0)
    for across, down in rng.uniform((40, 120), (view.width() - 40, view.height() - 80), (400, 2)):
        if np.hypot(*(pixels - (across, down)).T).min() < 12:
            continue
        found = rgb(QColor(*colour_at(image, (across, down))))
        place = viewport.to_data(int(across) + 0.5, int(down) + 0.5)
        shade = min(float(squared_distances(act.moment.means, place)) / farthest, 1.0)
        shades.append(shade)
        expected = tuple(
            round(OPACITY * shade * one + (1 - OPACITY * shade) * other)
            for one, other in zip(rgb(accent), rgb(canvas), strict=True)
        )
        assert distance(found, expected) <= 8
    assert len(shades) > 50
    assert min(shades) < 0.3
    assert max(shades) == 1.0


def test_a_picture_of_it_is_what_is_on_the_screen(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_G)
    watch(qtbot, window)
    wait_for(qtbot, window, "far-pick", 1)
    view = window.cloud_view
    assert view.scene is not None
    assert view.viewport is not None
    saved, shown = painted(view.scene, view.viewport, view.style_of_scene), picture(view)
    for at in ((60, 150), (60, 300), (view.width() - 60, 200), (view.width() // 2, 250)):
        assert distance(colour_at(saved, at), colour_at(shown, at)) <= 3


def test_points_keep_out_of_the_components_colours(qtbot: QtBot, window: Window) -> None:
    watch(qtbot, window)
    wait_for(qtbot, window, "far-pick", 1)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.points is not None
    blue, green, red, alpha = np.array(scene.points.image.constBits()).reshape(-1, 4).T.astype(int)
    covered = np.column_stack([red, green, blue])[alpha > 0]
    spread = covered.max(axis=1) - covered.min(axis=1)
    assert spread.max() < 30


def test_arrows_step_and_pause_and_space_goes_on(qtbot: QtBot, window: Window) -> None:
    watch(qtbot, window)
    wait_for(qtbot, window, "far-pick", 1)
    key(window, Key.Key_Right)
    wait_for(qtbot, window, "far-pick", 2)
    key(window, Key.Key_Left)
    key(window, Key.Key_Left)
    wait_for(qtbot, window, "far-pick", 1)
    key(window, Key.Key_End)
    wait_for(qtbot, window, "start", window.session.document.k)
    key(window, Key.Key_Home)
    wait_for(qtbot, window, "far-pick", 1)
    key(window, Key.Key_Space)
    assert window.start_show.is_playing
    wait_for(qtbot, window, "far-pick", 2)
    key(window, Key.Key_Left)
    assert not window.start_show.is_playing
    wait_for(qtbot, window, "far-pick", 1)
    for _ in window.start_show.acts:
        key(window, Key.Key_Right)
    end_is_the_start(qtbot, window)
    key(window, Key.Key_Right)
    assert window.session.playback.cursor == 1


@pytest.mark.parametrize("how", ["escape", "another", "method", "undo", "last", "k"])
def test_what_changes_the_document_ends_it(qtbot: QtBot, window: Window, how: str) -> None:
    key(window, Key.Key_N)
    settle(qtbot, window)
    watch(qtbot, window)
    wait_for(qtbot, window, "far-pick", 1)
    if how == "escape":
        key(window, Key.Key_Escape)
    elif how == "another":
        key(window, Key.Key_N)
    elif how == "method":
        panel = window.start_panel
        panel.method.setCurrentIndex(panel.method.findData("ward"))
        panel.method.activated.emit(panel.method.currentIndex())
    elif how == "undo":
        key(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    elif how == "last":
        window.transport.cursor_requested.emit(3)
    else:
        window.model_panel.k.setValue(4)
    assert not window.start_show.is_on
    settle(qtbot, window)
    scene = window.cloud_view.scene
    assert isinstance(scene, Scene)
    assert scene.overlay is None
    assert scene.mixture is not None


def test_dragging_a_seed_of_the_start_ends_it(qtbot: QtBot, window: Window) -> None:
    watch(qtbot, window)
    key(window, Key.Key_End)
    wait_for(qtbot, window, "start", window.session.document.k)
    viewport, seed = window.cloud_view.viewport, window.session.seeds[0]
    assert viewport is not None
    assert seed is not None
    x, y = viewport.to_pixel(*seed)
    drag(window.cloud_view, [(x, y), (x + 20, y + 10), (x + 40, y + 20)], Plain)
    assert not window.start_show.is_on
    settle(qtbot, window)
    moved = window.session.seeds[0]
    assert moved is not None
    assert viewport.to_pixel(*moved) == pytest.approx((x + 40, y + 20), abs=1.5)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_watched_to_its_end(
    qtbot: QtBot, window: Window, method: str, d: int
) -> None:
    if d == 1:
        show_line(qtbot, window)
    window.session.choose_method(method, 2)  # type: ignore[arg-type]
    settle(qtbot, window)
    assert window.start_panel.sentence.text()
    watch(qtbot, window)
    document = window.session.document
    moments = tell_start(document.cloud, method, document.k, 2, document.configuration)  # type: ignore[arg-type]
    said = []
    for moment in moments:
        wait_for(qtbot, window, moment.kind, moment.number)
        said.append(window.pill.text)
        assert "{" not in window.pill.text
        key(window, Key.Key_Right)
    assert len(set(said)) == len(said)
    end_is_the_start(qtbot, window)


def test_on_a_line_the_distance_is_a_shading_and_a_curve(qtbot: QtBot, window: Window) -> None:
    show_line(qtbot, window)
    watch(qtbot, window)
    wait_for(qtbot, window, "far-pick", 1)
    act, view = act_of(window), window.cloud_view
    viewport = view.viewport
    assert viewport is not None
    assert act.moment.means is not None
    image, down = picture(view), 0.35 * view.height()
    near = viewport.to_pixel(float(act.moment.means[0, 0]), 0)[0]
    points = window.session.document.cloud.points
    far_place = float(points[squared_distances(act.moment.means, points).argmax(), 0])
    far = viewport.to_pixel(far_place, 0)[0]
    canvas = rgb(LIGHT.canvas)
    assert distance(colour_at(image, (near + 4, down)), canvas) < 25
    assert distance(colour_at(image, (far, down)), canvas) > 60
    accent = rgb(LIGHT.accent)
    curve = [
        distance(colour_at(image, (far + across, 0.2 * view.height() + y)), accent)
        for across in range(-12, 12)
        for y in range(-90, 90)
        if 0 <= far + across < view.width() and y >= -0.2 * view.height()
    ]
    assert min(curve) < 30


def test_seeds_that_were_clicked_are_not_drawn(qtbot: QtBot, window: Window) -> None:
    session = window.session
    for place in ((-2.0, 0.0), (0.0, 1.0), (2.0, 0.0)):
        session.place_seed(place)
    settle(qtbot, window)
    assert not window.start_panel.watch.isEnabled()
    assert "click places a mean" in window.start_panel.sentence.text()
    key(window, Key.Key_N, Shift)
    assert not window.start_show.is_on
    shown = [label.text() for label in window.activity.findChildren(QLabel)]
    assert any("Choose a method first" in text for text in shown)
    session.start_from_shown()
    settle(qtbot, window)
    assert "as they were given" in window.start_panel.sentence.text()


def test_the_basin_map_makes_way(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_W)
    qtbot.waitUntil(lambda: window.cloud_view.overlay is not None)
    watch(qtbot, window)
    wait_for(qtbot, window, "far-pick", 1)
    assert window.cloud_view.overlay is None
    key(window, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.cloud_view.overlay is not None)


def test_a_start_that_is_replaced_while_it_is_told(qtbot: QtBot, window: Window) -> None:
    for _ in range(5):
        key(window, Key.Key_N, Shift)
        key(window, Key.Key_N)
    settle(qtbot, window)
    assert not window.start_show.is_on


def test_closing_the_window_in_the_middle(qtbot: QtBot, settings_path: Path) -> None:
    for moments in (0, 1):
        window = open_window(qtbot, settings_path)
        key(window, Key.Key_N, Shift)
        if moments:
            qtbot.waitUntil(lambda window=window: is_seen(window, "far-pick", 1))
        close_window(window)
    names = [thread.name for thread in threading.enumerate()]
    assert "gmm-story" not in names
