"""Painting data as a person does: with the Draw tool, the brush's bar and the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.document import new_cloud
from gmm_studio.gui.colours import LIGHT, component_colour
from gmm_studio.gui.window import Window
from tests.gui.acting import Shift, click, colour_at, drag, key, move, picture, press, release, rgb
from tests.gui.conftest import settle

BARE = (120.0, 120.0)


def points(window: Window) -> FloatArray:
    return window.session.document.cloud.points


def done(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: not window.session.loading)
    settle(qtbot, window)


def draw(window: Window) -> None:
    key(window, "d")
    assert window.hands.tool == "draw"
    assert window.drawing.bar.isVisible()


def pixels(window: Window, rows: FloatArray) -> FloatArray:
    viewport = window.cloud_view.viewport
    assert viewport is not None
    return np.array([viewport.to_pixel(*row) for row in rows.tolist()])


def test_a_brush_leaves_points_along_its_way(qtbot: QtBot, window: Window) -> None:
    before, view = points(window), window.cloud_view.viewport
    draw(window)
    way = [(120.0, 120.0), (160.0, 130.0), (220.0, 140.0)]
    drag(window.cloud_view, way)
    done(qtbot, window)
    after = points(window)
    assert np.array_equal(after[: len(before)], before)
    new = pixels(window, after[len(before) :])
    assert len(new) >= 8 * 5
    assert window.cloud_view.viewport == view, "the view stays where the brush is"
    half = window.drawing.brush.size / 2
    for x, y in new:
        assert 120 - half <= x <= 220 + half
        assert 120 - half <= y <= 140 + half
    assert new[:, 0].max() > 200
    run = window.session.shown
    assert run is not None
    assert run.cloud is window.session.document.cloud, "and EM runs on them"


def test_a_stroke_is_seen_before_it_is_done_and_esc_gives_it_up(
    qtbot: QtBot, window: Window
) -> None:
    before = window.session.document
    draw(window)
    window.drawing.bar.label.setCurrentIndex(2)
    window.drawing.bar.label.activated.emit(2)
    press(window.cloud_view, BARE)
    move(window.cloud_view, (150.0, 120.0))
    image = picture(window.cloud_view)
    wanted = rgb(component_colour(LIGHT, 1))
    seen = sum(colour_at(image, (x, y)) == wanted for x in range(85, 185) for y in range(85, 155))
    assert seen > 100, "places are drawn at random, and dots lie on each other"
    key(window, Qt.Key.Key_Escape)
    release(window.cloud_view, (150.0, 120.0))
    done(qtbot, window)
    assert window.session.document == before
    assert window.hands.tool == "draw"
    key(window, Qt.Key.Key_Escape)
    assert window.hands.tool == "pick"
    assert not window.drawing.bar.isVisible()


def test_quick_strokes_are_all_done_and_undone_one_by_one(qtbot: QtBot, window: Window) -> None:
    n = len(points(window))
    original = window.session.document
    draw(window)
    for i in range(4):
        click(window.cloud_view, (120.0 + 50 * i, 120.0))
    done(qtbot, window)
    assert len(points(window)) == n + 4 * 8
    for left in (24, 16, 8, 0):
        window.session.store.undo_stack.undo()
        assert len(points(window)) == n + left
    done(qtbot, window)
    assert window.session.document == original
    run = window.session.shown
    assert run is not None
    assert run.number == 1, "the run that belonged to it is back"


def test_points_are_painted_into_a_class(qtbot: QtBot, window: Window) -> None:
    draw(window)
    window.drawing.bar.label.setCurrentIndex(3)
    window.drawing.bar.label.activated.emit(3)
    click(window.cloud_view, BARE)
    done(qtbot, window)
    labels = window.session.document.cloud.labels
    assert labels is not None
    assert labels[-8:].tolist() == [2] * 8


def test_where_every_point_has_a_class_the_brush_has_one(qtbot: QtBot, window: Window) -> None:
    bare = PointCloud(points(window))
    assert window.session.document.cloud.labels is not None
    label = window.drawing.bar.label
    draw(window)
    assert label.currentText() == "Class 0", "as which they would be counted"
    assert not label.model().flags(label.model().index(0, 0)) & Qt.ItemFlag.ItemIsEnabled
    click(window.drawing.bar.blank)
    assert label.currentText() == "No class", "a new cloud needs none"
    click(window.drawing.bar.blank)
    window.session.store.edit(new_cloud(window.session.document, bare), "New cloud")
    settle(qtbot, window)
    assert label.currentText() == "No class"
    click(window.cloud_view, BARE)
    done(qtbot, window)
    assert window.session.document.cloud.labels is None
    key(window, "z", Qt.KeyboardModifier.ControlModifier)
    key(window, "z", Qt.KeyboardModifier.ControlModifier)
    done(qtbot, window)
    assert label.currentText() == "Class 0"


def test_spray_leaves_a_gaussian(qtbot: QtBot, window: Window) -> None:
    n = len(points(window))
    draw(window)
    click(window.drawing.bar.tools["spray"])
    window.drawing.bar.density.setValue(100)
    window.drawing.bar.size_.setValue(100)
    press(window.cloud_view, (160.0, 160.0))
    qtbot.waitUntil(lambda: window.drawing._way is not None and window.drawing._way.count > 1500)
    release(window.cloud_view, (160.0, 160.0))
    done(qtbot, window)
    new = pixels(window, points(window)[n:])
    assert len(new) > 1500
    assert new.mean(axis=0) == pytest.approx([160, 160], abs=3)
    assert np.cov(new.T) == pytest.approx(np.diag([400, 400]), abs=60)


def test_the_eraser_takes_points_away_and_undo_brings_them_back(
    qtbot: QtBot, window: Window
) -> None:
    before = window.session.document.cloud
    draw(window)
    click(window.drawing.bar.tools["erase"])
    assert not window.drawing.bar.label.isEnabled()
    target = pixels(window, before.points[:1])[0]
    drag(window.cloud_view, [tuple(target), (target[0] + 20, target[1])])
    done(qtbot, window)
    after = points(window)
    assert len(after) < before.n
    rest = pixels(window, after)
    assert (np.hypot(*(rest - target).T) > 30).all()
    window.session.store.undo_stack.undo()
    assert np.array_equal(points(window), before.points)


def test_a_drawing_can_begin_with_nothing(qtbot: QtBot, window: Window) -> None:
    before, view = window.session.document, window.cloud_view.viewport
    draw(window)
    click(window.drawing.bar.blank)
    qtbot.waitUntil(lambda: "first points" in window.pill.text)
    image = picture(window.cloud_view)
    middle = (0.5 * window.cloud_view.width(), 0.4 * window.cloud_view.height())
    assert colour_at(image, middle) == rgb(LIGHT.canvas)
    drag(window.cloud_view, [(200.0, 200.0), (260.0, 200.0)])
    done(qtbot, window)
    cloud = window.session.document.cloud
    assert (cloud.name, cloud.truth, cloud.labels) == ("Drawing", None, None)
    assert 16 <= cloud.n < 200
    assert window.cloud_view.viewport == view
    assert not window.drawing.is_blank
    window.session.store.undo_stack.undo()
    assert window.session.document == before


def test_esc_brings_the_points_back_that_an_empty_canvas_hid(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    draw(window)
    click(window.drawing.bar.blank)
    key(window, Qt.Key.Key_Escape)
    assert not window.drawing.is_blank
    assert window.hands.tool == "draw"
    assert window.session.document == before
    qtbot.waitUntil(lambda: "first points" not in window.pill.text)


def test_selected_points_are_moved_by_dragging_them(qtbot: QtBot, window: Window) -> None:
    cloud = PointCloud([(0, 0), (1, 0), (0, 1), (5, 5), (6, 5), (5, 6)], labels=[0, 0, 0, 1, 1, 1])
    window.session.store.edit(new_cloud(window.session.document, cloud), "Own")
    settle(qtbot, window)
    corners = pixels(window, np.array([(4.6, 6.4), (6.4, 4.6)]))
    drag(window.cloud_view, [tuple(corners[0]), (300.0, 200.0), tuple(corners[1])], Shift)
    qtbot.waitUntil(lambda: window.session.selected_count == 3)
    settle(qtbot, window)
    assert "Drag moves them" in window.pill.text
    start, end = map(tuple, pixels(window, np.array([(6.0, 5.0), (4.0, 3.0)])))
    key(window, Qt.Key.Key_Home)
    settle(qtbot, window)
    drag(window.cloud_view, [start, (300.0, 300.0), end])
    done(qtbot, window)
    moved = points(window)
    assert moved[:3].tolist() == [[0, 0], [1, 0], [0, 1]]
    assert moved[3:] == pytest.approx(np.array([(3, 3), (4, 3), (3, 4)]), abs=0.05)
    assert window.session.selected_count == 3, "they can be moved on"
    window.session.store.undo_stack.undo()
    assert points(window).tolist() == cloud.points.tolist()


def test_brackets_change_the_brush(window: Window) -> None:
    draw(window)
    size = window.drawing.brush.size
    key(window, "]")
    assert window.drawing.brush.size > size
    assert window.drawing.bar.size_.value() == window.drawing.brush.size
    for _ in range(30):
        key(window, "[")
    assert window.drawing.brush.size == window.drawing.bar.size_.minimum()


def test_one_dimensional_data_is_painted_on_its_axis(qtbot: QtBot, window: Window) -> None:
    window.files.generate("hills", 200)
    qtbot.waitUntil(lambda: window.session.document.cloud.d == 1)
    settle(qtbot, window)
    viewport = window.cloud_view.viewport
    assert viewport is not None
    draw(window)
    drag(window.cloud_view, [(100.0, 200.0), (140.0, 200.0)])
    done(qtbot, window)
    cloud = window.session.document.cloud
    assert cloud.d == 1
    new = cloud.points[200:, 0]
    half = window.drawing.brush.size / 2
    low, high = viewport.to_data(100 - half, 0)[0], viewport.to_data(140 + half, 0)[0]
    assert ((new >= low) & (new <= high)).all()
    assert len(new) >= 16


def test_the_bar_leaves_keys_rug_and_seeds_in_sight(qtbot: QtBot, window: Window) -> None:
    draw(window)
    bar, view = window.drawing.bar, window.cloud_view
    line = view.fontMetrics().height()
    for size in ((1440, 900), (1024, 700)):
        window.resize(*size)
        settle(qtbot, window)
        assert bar.geometry().bottom() < view.height() - 8 * line, "sigmas and classes are there"
        assert bar.y() > window.pill.geometry().bottom()
    window.files.generate("hills", 200)
    qtbot.waitUntil(lambda: window.session.document.cloud.d == 1)
    settle(qtbot, window)
    assert view.viewport is not None
    assert bar.geometry().bottom() < view.viewport.to_pixel(0, 0)[1] - 20
    assert bar.y() > window.pill.geometry().bottom()


def test_closing_while_a_stroke_is_done(qtbot: QtBot, window: Window) -> None:
    window.files.generate("grid", 200_000)
    qtbot.waitUntil(lambda: window.session.document.cloud.n == 200_000)
    draw(window)
    click(window.drawing.bar.tools["erase"])
    drag(window.cloud_view, [(100.0, 200.0), (500.0, 300.0)])
