"""The cloud view under the hands of a person: seeds, means, points, pan, zoom, menu, keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.document import Document, Given, Placed, Seed
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.canvas.ellipses import ellipse
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import LIGHT, component_colour
from gmm_studio.gui.dialogs.seed_dialog import SeedDialog
from gmm_studio.gui.window import Window
from tests.gui.acting import (
    Right,
    Shift,
    click,
    colour_at,
    count,
    distance,
    double_click,
    drag,
    hover,
    key,
    move,
    picture,
    press,
    release,
    rgb,
    second_click,
    wheel,
)
from tests.gui.conftest import settle

Key = Qt.Key
NEAR = 8
EMPTY = (40.0, 460.0)
"""Pixels of the view where neither points nor means nor the pill are."""


def viewport_of(window: Window) -> Viewport:
    viewport = window.cloud_view.viewport
    assert viewport is not None
    return viewport


def pixel(window: Window, place: Seed) -> tuple[float, float]:
    """The pixel in whose middle a place is, as a mouse points at it."""
    across, down = viewport_of(window).to_pixel(place[0], place[1] if len(place) > 1 else 0.0)
    return round(across), round(down)


def place_at(window: Window, at: tuple[float, float]) -> Seed:
    return viewport_of(window).to_data(*at)


def seeds(document: Document) -> tuple[Seed | None, ...]:
    assert isinstance(document.start, Placed)
    return document.start.seeds


def means(window: Window) -> list[tuple[float, ...]]:
    """Of the step on show."""
    step = window.session.step
    assert step is not None
    return [tuple(mean) for mean in step.mixture.means.tolist()]


def show_last(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_End)
    settle(qtbot, window)


def play_fast(window: Window) -> None:
    window.session.playback.speed = 1000


def show_cloud(qtbot: QtBot, window: Window, cloud: PointCloud) -> None:
    """Show a cloud that no file holds."""
    window.session._on_brought(cloud)
    settle(qtbot, window)


def is_ring(window: Window, at: tuple[float, float], j: int) -> bool:
    """Whether a numbered ring of component j is around a pixel."""
    image = picture(window.cloud_view)
    colour = rgb(component_colour(LIGHT, j))
    rim = [
        min(distance(colour_at(image, (at[0] + side * r, at[1])), colour) for r in (8, 9, 10))
        for side in (-1, 1)
    ]
    return max(rim) < 60


# Seeds by the mouse


def test_clicks_of_the_seed_tool_place_seeds_and_the_last_one_plays(
    qtbot: QtBot, window: Window
) -> None:
    play_fast(window)
    view = window.cloud_view
    key(window, "s")
    places = [(150.0, 150.0), (300.0, 350.0), (500.0, 250.0)]
    expected = [place_at(window, place) for place in places]
    for j, place in enumerate(places[:2]):
        click(view, place)
        settle(qtbot, window)
        assert window.session.document.missing_seed == j + 1
        assert window.pill.text == f"Click to place seed {j + 2} of 3"
        assert is_ring(window, place, j)
        assert view.tool == "seed"
        assert window.session.shown is None
    playing = QSignalSpy(window.session.playback.playing_changed)
    click(view, places[2])
    assert view.tool == "pick", "it returns"
    qtbot.waitUntil(lambda: playing.count() == 2)
    settle(qtbot, window)
    placed = seeds(window.session.document)
    np.testing.assert_allclose(np.array(placed, dtype=float), expected, rtol=1e-12)
    run = window.session.shown
    assert run is not None
    np.testing.assert_allclose(run.steps[0].mixture.means, expected, rtol=1e-9)
    assert run.stop is not None
    assert window.session.playback.cursor == run.steps[-1].index > 0
    assert window.actions_.undo.text() == "Undo Place seed 3"


def test_with_all_seeds_in_place_a_click_begins_a_new_set(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    key(window, "s")
    assert window.pill.text == "Click to place seed 1 of 3"
    click(window.cloud_view, (200, 200))
    settle(qtbot, window)
    assert seeds(window.session.document)[1:] == (None, None)
    key(window, "z", Qt.KeyboardModifier.ControlModifier)
    assert window.session.document == before
    assert window.cloud_view.tool == "pick"
    assert not window.session.playback.is_playing


def test_a_click_on_a_placed_seed_selects_it_even_with_the_seed_tool(
    qtbot: QtBot, window: Window
) -> None:
    key(window, "s")
    click(window.cloud_view, (200, 200))
    settle(qtbot, window)
    click(window.cloud_view, (203, 200))
    assert seeds(window.session.document)[1:] == (None, None)
    assert window.cloud_view.pin == Pin("seed", 0)


def test_the_second_click_of_a_double_click_places_nothing_and_opens_nothing(
    qtbot: QtBot, window: Window
) -> None:
    key(window, "s")
    click(window.cloud_view, (200, 200))
    settle(qtbot, window)
    double_click(window.cloud_view, (300, 300))
    settle(qtbot, window)
    assert window.session.document.missing_seed == 2
    assert not window.findChildren(SeedDialog)


def test_no_dialog_opens_when_the_last_seed_is_double_clicked(qtbot: QtBot, window: Window) -> None:
    play_fast(window)
    key(window, "s")
    for place in ((150, 150), (300, 350)):
        click(window.cloud_view, place)
    click(window.cloud_view, (500, 250))
    settle(qtbot, window)
    assert window.cloud_view.tool == "pick"
    second_click(window.cloud_view, (500, 250))
    settle(qtbot, window)
    assert not window.findChildren(SeedDialog)


def test_escape_gives_up_an_unfinished_set(qtbot: QtBot, window: Window) -> None:
    before, run = window.session.document, window.session.shown
    key(window, "s")
    click(window.cloud_view, (200, 200))
    click(window.cloud_view, (300, 300))
    key(window, Key.Key_Escape)
    assert window.session.document == before
    assert window.session.shown is run
    assert window.cloud_view.tool == "pick"
    assert not window.session.playback.is_playing, "nobody asked for that"


def test_a_single_seed_is_placed_by_one_click(qtbot: QtBot, window: Window) -> None:
    play_fast(window)
    window.session.choose_k(1)
    settle(qtbot, window)
    key(window, "s")
    for at in ((200, 200), (300, 300)):
        key(window, "s")
        click(window.cloud_view, at)
        settle(qtbot, window)
        assert seeds(window.session.document) == (pytest.approx(place_at(window, at)),)
        assert window.cloud_view.tool == "pick"


# Dragging seeds


def test_a_dragged_seed_shows_the_ghost_and_the_start(qtbot: QtBot, window: Window) -> None:
    show_last(qtbot, window)
    before = window.session.document
    run = window.session.shown
    assert run is not None
    at = pixel(window, tuple(run.steps[0].mixture.means[0].tolist()))
    to = (at[0] - 60, at[1] - 90)
    press(window.cloud_view, at)
    move(window.cloud_view, (at[0] - 30, at[1] - 40))
    move(window.cloud_view, to)
    settle(qtbot, window)
    assert window.session.playback.cursor == 0
    assert window.session.document is before, "nothing is changed until it is released"
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.ghost is run.steps[-1].mixture
    assert scene.iteration == 0
    assert scene.seeds[0] == pytest.approx(place_at(window, to))
    assert scene.mixture is not None
    assert scene.mixture.means[0].tolist() == pytest.approx(place_at(window, to))
    assert is_ring(window, to, 0)
    assert window.pill.text == "Let go of seed 1 to start from here"
    end = run.steps[-1].mixture
    edge = ellipse(end.means[2], end.covariances[2], 1, 64)
    image = picture(window.cloud_view)
    ghost = [
        distance(colour_at(image, viewport_of(window).to_pixel(x, y)), rgb(LIGHT.ghost)) < 60
        for x, y in edge
    ]
    assert np.mean(ghost) > 0.4, "points and lines may cover some of it"
    release(window.cloud_view, to)
    assert window.stage.scene().ghost is None


def test_releasing_a_seed_makes_one_run_and_one_undo_step(qtbot: QtBot, window: Window) -> None:
    play_fast(window)
    show_last(qtbot, window)
    stack = window.session.store.undo_stack
    before, old = window.session.document, window.session.shown
    assert old is not None
    cloud = before.cloud
    at = pixel(window, tuple(old.steps[0].mixture.means[1].tolist()))
    path = [at, *((at[0] - 10 * i, at[1] - 12 * i) for i in range(1, 12))]
    expected = place_at(window, path[-1])
    playing = QSignalSpy(window.session.playback.playing_changed)
    drag(window.cloud_view, path)
    qtbot.waitUntil(lambda: playing.count() == 2)
    settle(qtbot, window)
    assert stack.count() == 1
    assert stack.text(0) == "Move seed 2"
    assert len(window.session.runs.of(cloud)) == 2
    moved = seeds(window.session.document)
    assert moved[1] == pytest.approx(expected)
    assert moved[0] == pytest.approx(old.steps[0].mixture.means[0].tolist())
    new = window.session.shown
    assert new is not old
    assert new is not None
    assert window.session.playback.cursor == new.steps[-1].index
    key(window, "z", Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert window.session.document == before
    assert window.session.shown is old, "the run that belonged to it, not another one"
    assert len(window.session.runs.of(cloud)) == 2, "runs are never undone"
    key(window, "z", Qt.KeyboardModifier.ControlModifier | Shift)
    settle(qtbot, window)
    assert window.session.shown is new


def test_escape_during_a_drag_restores(qtbot: QtBot, window: Window) -> None:
    show_last(qtbot, window)
    before, run = window.session.document, window.session.shown
    assert run is not None
    at = pixel(window, tuple(run.steps[0].mixture.means[0].tolist()))
    press(window.cloud_view, at)
    move(window.cloud_view, (at[0] + 50, at[1] - 50))
    settle(qtbot, window)
    key(window, Key.Key_Escape)
    release(window.cloud_view, (at[0] + 50, at[1] - 50))
    settle(qtbot, window)
    assert window.session.document is before
    assert window.session.shown is run
    assert window.session.playback.cursor == run.steps[-1].index, "back where it was"
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.ghost is None
    assert scene.mixture is run.steps[-1].mixture
    assert window.session.store.undo_stack.count() == 0


def test_a_drag_ends_with_its_document(qtbot: QtBot, window: Window) -> None:
    window.session.another_start()
    settle(qtbot, window)
    run = window.session.shown
    assert run is not None
    at = pixel(window, tuple(run.steps[0].mixture.means[0].tolist()))
    press(window.cloud_view, at)
    move(window.cloud_view, (at[0] + 30, at[1]))
    key(window, "z", Qt.KeyboardModifier.ControlModifier)
    move(window.cloud_view, (at[0] + 60, at[1]))
    release(window.cloud_view, (at[0] + 60, at[1]))
    settle(qtbot, window)
    assert window.session.store.undo_stack.canRedo(), "nothing was moved after that"
    assert not window.cloud_view.is_dragging


def test_a_button_that_went_up_elsewhere_ends_the_drag(qtbot: QtBot, window: Window) -> None:
    before, run = window.session.document, window.session.shown
    assert run is not None
    at = pixel(window, tuple(run.steps[0].mixture.means[0].tolist()))
    press(window.cloud_view, at)
    move(window.cloud_view, (at[0] + 30, at[1]))
    assert window.cloud_view.is_dragging
    hover(window.cloud_view, (at[0] + 60, at[1]))
    assert not window.cloud_view.is_dragging
    release(window.cloud_view, (at[0] + 60, at[1]))
    settle(qtbot, window)
    assert window.session.document is before


def test_a_right_click_during_a_drag_is_ignored(qtbot: QtBot, window: Window) -> None:
    press(window.cloud_view, EMPTY)
    move(window.cloud_view, (EMPTY[0] + 50, EMPTY[1] - 50))
    click(window.cloud_view, (EMPTY[0] + 50, EMPTY[1] - 50), Right)
    assert QApplication.activePopupWidget() is None
    release(window.cloud_view, (EMPTY[0] + 50, EMPTY[1] - 50))


def test_a_seed_of_an_unfinished_set_can_be_dragged(qtbot: QtBot, window: Window) -> None:
    key(window, "s")
    click(window.cloud_view, (200, 200))
    settle(qtbot, window)
    press(window.cloud_view, (200, 200))
    move(window.cloud_view, (230, 230))
    move(window.cloud_view, (260, 240))
    settle(qtbot, window)
    assert is_ring(window, (260, 240), 0), "it follows the pointer"
    release(window.cloud_view, (260, 240))
    settle(qtbot, window)
    placed = seeds(window.session.document)
    assert placed == (pytest.approx(place_at(window, (260, 240))), None, None)
    assert window.cloud_view.tool == "seed"


def test_a_dragged_seed_of_a_step_moves_its_mean_alone(qtbot: QtBot, window: Window) -> None:
    show_last(qtbot, window)
    window.actions_["start_from_shown"].trigger()
    settle(qtbot, window)
    start = window.session.document.start
    assert isinstance(start, Given)
    at = pixel(window, tuple(start.mixture.means[0].tolist()))
    drag(window.cloud_view, [at, (at[0] + 30, at[1]), (at[0] + 60, at[1])])
    play_fast(window)
    settle(qtbot, window)
    moved = window.session.document.start
    assert isinstance(moved, Given)
    np.testing.assert_array_equal(moved.mixture.covariances, start.mixture.covariances)
    assert moved.mixture.means[0, 0] > start.mixture.means[0, 0]
    np.testing.assert_array_equal(moved.mixture.means[1:], start.mixture.means[1:])


# Means


def test_a_mean_that_is_dragged_stays_and_the_pill_says_what_helps(
    qtbot: QtBot, window: Window
) -> None:
    show_last(qtbot, window)
    before, run = window.session.document, window.session.shown
    assert run is not None
    viewport = viewport_of(window)
    away = [
        np.hypot(*np.subtract(pixel(window, mean), pixel(window, tuple(seed))))
        for mean, seed in zip(means(window), run.steps[0].mixture.means.tolist(), strict=True)
    ]
    j = int(np.argmax(away))
    assert away[j] > 30, "where a seed is, it would be taken"
    at = pixel(window, means(window)[j])
    drag(window.cloud_view, [at, (at[0] + 30, at[1] + 10), (at[0] + 70, at[1] + 30)])
    settle(qtbot, window)
    assert window.session.document is before
    assert window.session.shown is run
    assert viewport_of(window) == viewport, "nor does the view move"
    assert window.session.playback.cursor == run.steps[-1].index
    assert window.pill.text == f"Drag seed {j + 1}, or start from this step"
    assert window.pill.button.text() == "Start from this step"
    click(window.pill.button)
    settle(qtbot, window)
    start = window.session.document.start
    assert isinstance(start, Given)
    assert start.mixture is run.steps[-1].mixture
    assert start.origin == f"Run 1, iteration {run.steps[-1].index}"
    assert window.pill.button.text() != "Start from this step"


# Pan, zoom, fit


def test_dragging_empty_ground_pans(qtbot: QtBot, window: Window) -> None:
    at = EMPTY
    before = place_at(window, at)
    drag(window.cloud_view, [at, (at[0] + 20, at[1] - 20), (at[0] + 120, at[1] - 60)])
    settle(qtbot, window)
    after = viewport_of(window).to_pixel(*before)
    assert after == pytest.approx((at[0] + 120, at[1] - 60))
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.points is not None
    assert scene.points.viewport == viewport_of(window), "the points are painted for it"
    assert window.session.store.undo_stack.count() == 0
    assert window.cloud_view.pin is None


def test_a_trembling_hand_does_not_pan(window: Window) -> None:
    before = viewport_of(window)
    at = EMPTY
    drag(window.cloud_view, [at, (at[0] + 1, at[1]), (at[0] + 1, at[1] + 1)])
    assert viewport_of(window) == before


def test_escape_during_a_pan_restores_the_view(window: Window) -> None:
    before = viewport_of(window)
    press(window.cloud_view, EMPTY)
    move(window.cloud_view, (EMPTY[0] + 50, EMPTY[1] - 50))
    assert viewport_of(window) != before
    key(window, Key.Key_Escape)
    release(window.cloud_view, (EMPTY[0] + 50, EMPTY[1] - 50))
    assert viewport_of(window) == before


def test_the_wheel_zooms_at_the_pointer(qtbot: QtBot, window: Window) -> None:
    at = (420.0, 180.0)
    place, scale = place_at(window, at), viewport_of(window).x_scale
    wheel(window.cloud_view, at, 2)
    settle(qtbot, window)
    assert viewport_of(window).x_scale == pytest.approx(scale * 1.2**2)
    assert viewport_of(window).to_pixel(*place) == pytest.approx(at)
    wheel(window.cloud_view, at, -2)
    settle(qtbot, window)
    assert viewport_of(window).x_scale == pytest.approx(scale)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.points is not None
    assert scene.points.viewport == viewport_of(window)


def test_a_double_click_on_empty_ground_fits_the_view(qtbot: QtBot, window: Window) -> None:
    before = viewport_of(window)
    wheel(window.cloud_view, (300, 200), 3)
    settle(qtbot, window)
    assert viewport_of(window) != before
    double_click(window.cloud_view, EMPTY)
    settle(qtbot, window)
    assert viewport_of(window).left == pytest.approx(before.left)
    assert viewport_of(window).top == pytest.approx(before.top)
    wheel(window.cloud_view, (300, 200), -4)
    settle(qtbot, window)
    key(window, "f")
    settle(qtbot, window)
    assert viewport_of(window).right == pytest.approx(before.right)


def test_a_view_that_nobody_moved_goes_on_showing_all_points(qtbot: QtBot, window: Window) -> None:
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: window.cloud_view.width() < 600)
    settle(qtbot, window)
    viewport = viewport_of(window)
    places = window.session.document.cloud.points
    across = (places[:, 0] - viewport.left) * viewport.x_scale
    assert (viewport.width, viewport.height) == (
        window.cloud_view.width(),
        window.cloud_view.height(),
    )
    assert across.min() == pytest.approx(48, abs=30)
    assert across.max() < viewport.width - 40
    assert viewport.x_scale == pytest.approx(viewport.y_scale)


def test_resizing_keeps_the_middle_and_the_scale_of_a_view_that_was_moved(
    qtbot: QtBot, window: Window
) -> None:
    view = window.cloud_view
    wheel(view, (300, 200), 1)
    settle(qtbot, window)
    before = viewport_of(window)
    middle = before.to_data(0.5 * before.width, 0.5 * before.height)
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: view.width() != before.width)
    settle(qtbot, window)
    after = viewport_of(window)
    assert (after.width, after.height) == (view.width(), view.height())
    assert after.x_scale == pytest.approx(before.x_scale)
    assert after.y_scale == pytest.approx(after.x_scale)
    assert after.to_pixel(*middle) == pytest.approx((0.5 * after.width, 0.5 * after.height))


# Numbers of a seed


def test_a_double_click_on_a_seed_opens_its_numbers(qtbot: QtBot, window: Window) -> None:
    play_fast(window)
    run = window.session.shown
    assert run is not None
    seed = tuple(run.steps[0].mixture.means[2].tolist())
    double_click(window.cloud_view, pixel(window, seed))
    (dialog,) = window.findChildren(SeedDialog)
    assert dialog.isVisible()
    assert [field.value() for field in dialog.fields] == pytest.approx(list(seed))
    dialog.fields[0].setText("1.25")
    dialog.accept()
    qtbot.waitUntil(lambda: not window.findChildren(SeedDialog))
    settle(qtbot, window)
    moved = seeds(window.session.document)
    assert moved[2] == (1.25, seed[1])
    assert window.actions_.undo.text() == "Undo Move seed 3"


# Selecting points


def test_a_shifted_drag_selects_points_and_delete_removes_them(
    qtbot: QtBot, window: Window
) -> None:
    before = window.session.document
    cloud = before.cloud
    first, second = (60.0, 230.0), (230.0, 440.0)
    low_x, high_y = place_at(window, first)
    high_x, low_y = place_at(window, second)
    inside = ((cloud.points >= (low_x, low_y)) & (cloud.points <= (high_x, high_y))).all(axis=1)
    assert 10 < inside.sum() < cloud.n
    press(window.cloud_view, first, modifiers=Shift)
    move(window.cloud_view, (120, 300))
    move(window.cloud_view, second)
    image = picture(window.cloud_view)
    assert distance(colour_at(image, (225, 436)), rgb(LIGHT.canvas)) > 5, "the rectangle"
    release(window.cloud_view, second, modifiers=Shift)
    qtbot.waitUntil(lambda: window.session.selection is not None)
    settle(qtbot, window)
    assert window.session.selected_count == inside.sum()
    text = f"{inside.sum()} points selected. Drag moves them, Delete removes them"
    assert window.pill.text == text
    chosen = pixel(window, tuple(cloud.points[np.flatnonzero(inside)[0]].tolist()))
    image = picture(window.cloud_view)
    assert distance(colour_at(image, chosen), rgb(LIGHT.text)) < 110, "they stand out"
    key(window, Key.Key_Delete)
    qtbot.waitUntil(lambda: window.session.document.cloud is not cloud)
    settle(qtbot, window)
    np.testing.assert_array_equal(window.session.document.cloud.points, cloud.points[~inside])
    assert window.session.selection is None
    assert window.session.document.start == before.start
    assert window.actions_.undo.text() == "Undo Delete points"
    key(window, "z", Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert window.session.document == before


def test_an_empty_rectangle_selects_nothing_and_escape_unselects(
    qtbot: QtBot, window: Window
) -> None:
    drag(window.cloud_view, [(60, 230), (100, 300), (230, 440)], modifiers=Shift)
    qtbot.waitUntil(lambda: window.session.selection is not None)
    drag(window.cloud_view, [(5, 475), (20, 460), (30, 455)], modifiers=Shift)
    qtbot.waitUntil(lambda: window.session.selection is None)
    drag(window.cloud_view, [(60, 230), (100, 300), (230, 440)], modifiers=Shift)
    qtbot.waitUntil(lambda: window.session.selection is not None)
    key(window, Key.Key_Escape)
    assert window.session.selection is None


def test_all_points_cannot_be_deleted(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    size = window.cloud_view.size()
    corners = [(2, 60), (100, 100), (size.width() - 2, size.height() - 2)]
    drag(window.cloud_view, corners, modifiers=Shift)
    qtbot.waitUntil(lambda: window.session.selected_count == before.cloud.n)
    key(window, Key.Key_Delete)
    qtbot.waitUntil(lambda: "leave no point" in window.activity.text)
    assert window.session.document is before


# The menu


def menu_at(window: Window, at: tuple[float, float]) -> QMenu:
    click(window.cloud_view, at, Right)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_a_right_click_on_a_seed_offers_to_remove_it_first(qtbot: QtBot, window: Window) -> None:
    before, run = window.session.document, window.session.shown
    assert run is not None
    menu = menu_at(window, pixel(window, tuple(run.steps[0].mixture.means[1].tolist())))
    assert window.session.document is before, "never an action at once"
    assert menu.actions()[0].text() == "Remove seed 2"
    menu.actions()[0].trigger()
    menu.close()
    settle(qtbot, window)
    placed = seeds(window.session.document)
    assert placed[1] is None
    assert placed[0] is not None
    assert window.pill.text == "Click to place seed 2 of 3"
    assert window.cloud_view.tool == "seed"
    assert window.actions_.undo.text() == "Undo Remove seed 2"


def test_a_right_click_on_empty_ground_does_nothing_at_once(qtbot: QtBot, window: Window) -> None:
    before, viewport = window.session.document, viewport_of(window)
    press(window.cloud_view, EMPTY, Right)
    move(window.cloud_view, (EMPTY[0] + 60, EMPTY[1] - 60))
    release(window.cloud_view, (EMPTY[0] + 60, EMPTY[1] - 60), Right)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert not any("Remove" in action.text() for action in menu.actions())
    menu.close()
    settle(qtbot, window)
    assert window.session.document is before
    assert viewport_of(window) == viewport, "never a zoom by dragging"


def test_the_menu_places_a_missing_seed(qtbot: QtBot, window: Window) -> None:
    key(window, "s")
    click(window.cloud_view, (200, 200))
    settle(qtbot, window)
    menu = menu_at(window, (400, 300))
    assert menu.actions()[0].text() == "Place seed here"
    menu.actions()[0].trigger()
    menu.close()
    assert seeds(window.session.document)[1] == pytest.approx(place_at(window, (400, 300)))


# Pinning and hovering


def points_apart() -> PointCloud:
    return PointCloud([(0.0, 0.0), (10.0, 0.0), (0.0, 6.0), (10.0, 6.0), (5.0, 3.0), (2.0, 1.0)])


def test_a_click_pins_the_seed_else_the_mean_else_the_point(qtbot: QtBot, window: Window) -> None:
    run = window.session.shown
    assert run is not None
    show_last(qtbot, window)
    view = window.cloud_view
    first = tuple(run.steps[0].mixture.means[1].tolist())
    click(view, pixel(window, first))
    assert view.pin == Pin("seed", 1)
    click(view, pixel(window, means(window)[2]))
    assert view.pin == Pin("mean", 2)
    assert window.hands.marked_component == 2
    centre = pixel(window, means(window)[2])
    image = picture(view)
    ring = [
        distance(colour_at(image, (centre[0] + r, centre[1])), rgb(LIGHT.accent)) for r in (13, 14)
    ]
    assert min(ring) < 60, "what is pinned has a ring"
    click(view, EMPTY)
    assert view.pin is None


def test_the_nearest_point_within_eight_pixels_is_pinned(qtbot: QtBot, window: Window) -> None:
    show_cloud(qtbot, window, points_apart())
    window.session.choose_k(1)
    settle(qtbot, window)
    view = window.cloud_view
    at = pixel(window, (10.0, 6.0))
    for off, expected in (((0, 0), 3), ((-5, 5), 3), ((-7, 0), 3), ((-9, 0), None), ((7, 7), None)):
        click(view, EMPTY)
        click(view, (at[0] + off[0], at[1] + off[1]))
        pin = None if expected is None else Pin("point", expected)
        assert view.pin == pin, off


def test_a_pinned_point_feeds_the_parameters(qtbot: QtBot, window: Window) -> None:
    show_last(qtbot, window)
    cloud = window.session.document.cloud
    run = window.session.shown
    assert run is not None
    away = np.min(
        [
            np.hypot(*(cloud.points - mean).T)
            for mean in [*run.steps[0].mixture.means, *run.steps[-1].mixture.means]
        ],
        axis=0,
    )
    point = int(away.argmax())
    click(window.cloud_view, pixel(window, tuple(cloud.points[point].tolist())))
    pin = window.cloud_view.pin
    assert pin is not None
    assert pin.kind == "point"
    settle(qtbot, window)
    shares = window.hands.pinned_shares
    assert shares is not None
    expected = run.steps[-1].mixture.responsibilities(cloud.points[pin.index])[0]
    np.testing.assert_allclose(shares, expected)
    before = picture(window.parameters)
    key(window, Key.Key_Home)
    settle(qtbot, window)
    shares = window.hands.pinned_shares
    assert shares is not None
    expected = run.steps[0].mixture.responsibilities(cloud.points[pin.index])[0]
    np.testing.assert_allclose(shares, expected)
    assert picture(window.parameters) != before


def test_hovering_shows_the_responsibilities_of_a_point(qtbot: QtBot, window: Window) -> None:
    show_cloud(qtbot, window, points_apart())
    view = window.cloud_view
    before = picture(view)
    with qtbot.waitSignal(view.hovered) as hovered:
        move(view, pixel(window, (10.0, 6.0)))
    assert hovered.args == [Pin("point", 3)]
    after = picture(view)
    assert after != before
    bars = rgb(LIGHT.border)
    assert count(after, bars) > count(before, bars) + 300, "a card with bars beside it"
    with qtbot.waitSignal(view.hovered) as hovered:
        move(view, EMPTY)
    assert hovered.args == [None]
    assert picture(view) == before


# Equal seeds


def test_equal_seeds_are_refused_with_a_message(qtbot: QtBot, window: Window) -> None:
    key(window, "s")
    key(window, Key.Key_Right)
    key(window, Key.Key_Return)
    before = window.session.document
    assert before.missing_seed == 1
    key(window, Key.Key_Return)
    assert window.session.document is before
    assert "Seed 1 is there already" in window.pill.text
    assert window.pill.property("kind") == "problem"
    assert "stay together for ever" in window.activity.text
    assert window.session.store.undo_stack.count() == 1


# Placing by keys


def test_seeds_can_be_placed_by_keys(qtbot: QtBot, window: Window) -> None:
    play_fast(window)
    view = window.cloud_view
    key(window, "s")
    assert view.crosshair is None
    cursor = window.session.playback.cursor
    key(window, Key.Key_Left)
    key(window, Key.Key_Up)
    assert window.session.playback.cursor == cursor, "the arrows belong to the crosshair"
    middle = QPointF(0.5 * view.width(), 0.5 * view.height())
    crosshair = view.crosshair
    assert crosshair is not None
    assert crosshair.x() < middle.x()
    assert crosshair.y() < middle.y()
    image = picture(view)
    on = (crosshair.x() + 12, crosshair.y())
    near = min(
        distance(colour_at(image, (on[0], on[1] + i)), rgb(LIGHT.accent)) for i in (-1, 0, 1)
    )
    assert near < 60, "it can be seen"
    expected = [place_at(window, (crosshair.x(), crosshair.y()))]
    key(window, Key.Key_Return)
    for direction in (Key.Key_Right, Key.Key_Down):
        key(window, direction, Shift)
        key(window, direction, Shift)
        crosshair = view.crosshair
        assert crosshair is not None
        expected.append(place_at(window, (crosshair.x(), crosshair.y())))
        key(window, Key.Key_Enter)
    settle(qtbot, window)
    placed = np.array(seeds(window.session.document), dtype=float)
    np.testing.assert_allclose(placed, expected)
    assert view.tool == "pick"
    assert view.crosshair is None


def test_the_crosshair_stays_on_the_view(window: Window) -> None:
    key(window, "s")
    for _ in range(36):
        key(window, Key.Key_Left, Shift)
        key(window, Key.Key_Down, Shift)
    crosshair = window.cloud_view.crosshair
    assert crosshair is not None
    assert crosshair == QPointF(0, window.cloud_view.height() - 1)


def test_digits_select_a_component_and_arrows_move_its_seed(qtbot: QtBot, window: Window) -> None:
    play_fast(window)
    key(window, "s")
    for place in ((150, 150), (300, 350), (500, 250)):
        click(window.cloud_view, place)
    settle(qtbot, window)
    stack = window.session.store.undo_stack
    count = stack.count()
    old = seeds(window.session.document)
    key(window, "s")
    key(window, "2")
    assert window.cloud_view.pin == Pin("seed", 1)
    for _ in range(3):
        key(window, Key.Key_Right)
    key(window, Key.Key_Up, Shift)
    qtbot.waitUntil(lambda: stack.count() == count + 1)
    settle(qtbot, window)
    new = seeds(window.session.document)
    assert new[0] == old[0]
    assert new[2] == old[2]
    assert new[1] is not None
    assert old[1] is not None
    before = viewport_of(window).to_pixel(*old[1])
    after = viewport_of(window).to_pixel(*new[1])
    assert np.subtract(after, before) == pytest.approx([3, -10]), "Shift is tenfold"
    assert stack.count() == count + 1, "quick succession is one edit"


def test_a_selected_seed_takes_the_arrows_until_escape(qtbot: QtBot, window: Window) -> None:
    show_last(qtbot, window)
    run = window.session.shown
    assert run is not None
    click(window.cloud_view, pixel(window, tuple(run.steps[0].mixture.means[0].tolist())))
    assert window.cloud_view.pin == Pin("seed", 0)
    key(window, Key.Key_Left)
    assert window.session.playback.cursor == 0, "the start is shown with the moved seed"
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert isinstance(window.session.document.start, type(run.document.start))
    assert window.cloud_view.pin == Pin("seed", 0)
    key(window, Key.Key_Escape)
    assert window.cloud_view.pin is None
    cursor = window.session.playback.cursor
    key(window, Key.Key_Left if cursor else Key.Key_Right)
    assert window.session.playback.cursor == abs(cursor - 1), "the arrows step again"


def test_delete_removes_the_selected_seed(qtbot: QtBot, window: Window) -> None:
    run = window.session.shown
    assert run is not None
    click(window.cloud_view, pixel(window, tuple(run.steps[0].mixture.means[2].tolist())))
    key(window, Key.Key_Delete)
    settle(qtbot, window)
    assert seeds(window.session.document)[2] is None
    assert window.pill.text == "Click to place seed 3 of 3"


def test_a_seed_that_is_gone_is_not_selected_any_more(qtbot: QtBot, window: Window) -> None:
    run = window.session.shown
    assert run is not None
    click(window.cloud_view, pixel(window, tuple(run.steps[0].mixture.means[2].tolist())))
    assert window.cloud_view.pin == Pin("seed", 2)
    window.session.choose_k(2)
    settle(qtbot, window)
    assert window.cloud_view.pin is None
    before = window.session.document
    key(window, Key.Key_Delete)
    assert window.session.document is before


def test_undo_comes_before_arrows_that_were_not_done_yet(qtbot: QtBot, window: Window) -> None:
    window.session.another_start()
    settle(qtbot, window)
    run = window.session.shown
    assert run is not None
    click(window.cloud_view, pixel(window, tuple(run.steps[0].mixture.means[0].tolist())))
    key(window, Key.Key_Left)
    key(window, "z", Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    qtbot.wait(500)
    assert window.session.store.undo_stack.canRedo(), "no late move of a seed"


# One dimension


@pytest.fixture
def line() -> PointCloud:
    rng = np.random.default_rng(3)
    return PointCloud(np.concatenate([rng.normal(-3, 1, 200), rng.normal(3, 1, 200)]))


def test_one_dimension_has_the_same_hands(qtbot: QtBot, window: Window, line: PointCloud) -> None:
    play_fast(window)
    show_cloud(qtbot, window, line)
    window.session.choose_k(2)
    settle(qtbot, window)
    bottom, top = viewport_of(window).bottom, viewport_of(window).top
    wheel(window.cloud_view, (300, 200), 2)
    assert (viewport_of(window).bottom, viewport_of(window).top) == (bottom, top)
    key(window, "f")
    settle(qtbot, window)
    key(window, "s")
    for across in (100.0, 400.0):
        click(window.cloud_view, (across, 200.0))
    settle(qtbot, window)
    placed = seeds(window.session.document)
    assert placed == (
        pytest.approx((place_at(window, (100, 0))[0],)),
        pytest.approx((place_at(window, (400, 0))[0],)),
    )
    run = window.session.shown
    assert run is not None
    fitted = sorted(run.steps[-1].mixture.means[:, 0].tolist())
    assert fitted == pytest.approx([-3, 3], abs=0.3)


def test_points_of_one_dimension_are_pinned_on_the_rug(
    qtbot: QtBot, window: Window, line: PointCloud
) -> None:
    show_cloud(qtbot, window, line)
    ground = viewport_of(window).to_pixel(0, 0)[1]
    point = int(line.points[:, 0].argmax())
    across = pixel(window, (float(line.points[point, 0]),))[0]
    click(window.cloud_view, (across, ground + 20))
    assert window.cloud_view.pin == Pin("point", point)
    click(window.cloud_view, (across, ground - 40))
    assert window.cloud_view.pin is None
