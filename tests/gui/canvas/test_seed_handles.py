"""The handles of a selected seed's ellipse: where they are, and what dragging them makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.mixture import Covariance, Mixture
from gmm_studio.document import Given, Placed
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.canvas.mixture_painting import badge_radius
from gmm_studio.gui.canvas.seed_handles import Grip, Handles, cursor_of, handles_of
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.style import Style
from gmm_studio.gui.window import Window
from tests.gui.acting import (
    Control,
    Right,
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
)
from tests.gui.conftest import settle

Key = Qt.Key
EQUAL = Viewport(-10, 10, -10, 10, 800, 800)
STRETCHED = Viewport(-10, 10, -100, 100, 800, 800)
TURNED = np.array([[4.0, 1.2], [1.2, 2.0]])


@pytest.fixture
def style(qapp: QApplication) -> Style:
    return Style(LIGHT, QFont(), 1.0)


def one(covariance: npt.ArrayLike) -> Mixture:
    return Mixture([1.0], np.zeros((1, len(np.asarray(covariance)))), [covariance])


def handles(
    covariance: npt.ArrayLike,
    style: Style,
    viewport: Viewport = EQUAL,
    structure: Covariance = "full",
    *,
    coverage: bool = False,
) -> Handles:
    return handles_of(viewport, one(covariance), 0, structure, style, coverage=coverage)


def sizes(made: Handles) -> list[Grip]:
    return [grip for grip in made.grips if grip.kind == "size"]


def turning(made: Handles) -> Grip:
    (grip,) = [grip for grip in made.grips if grip.kind == "turn"]
    return grip


def mahalanobis(made: Handles, grip: Grip, covariance: npt.NDArray[np.float64]) -> float:
    place = np.array(made.viewport.to_data(grip.at.x(), grip.at.y()))
    return float(np.sqrt(place @ np.linalg.inv(covariance) @ place))


# Where they are


@pytest.mark.parametrize(("coverage", "sigma"), [(False, 1.0), (True, np.sqrt(2 * np.log(2)))])
def test_size_handles_are_on_the_innermost_ellipse(
    style: Style, coverage: bool, sigma: float
) -> None:
    made = handles(TURNED, style, coverage=coverage)
    assert len(sizes(made)) == 4
    for grip in sizes(made):
        assert mahalanobis(made, grip, TURNED) == pytest.approx(sigma)
        place = np.array(EQUAL.to_data(grip.at.x(), grip.at.y()))
        across = TURNED @ place - np.dot(place, TURNED @ place) / np.dot(place, place) * place
        assert np.abs(across).max() < 1e-9, "on an axis"


def test_the_handle_that_turns_is_outside_the_long_axis_and_above(style: Style) -> None:
    made = handles(TURNED, style)
    place = EQUAL.to_data(turning(made).at.x(), turning(made).at.y())
    assert mahalanobis(made, turning(made), TURNED) > 1.2
    angle = 0.5 * np.arctan2(2 * 1.2, 4.0 - 2.0)
    assert np.arctan2(place[1], place[0]) == pytest.approx(angle)


@pytest.mark.parametrize("structure", ["diagonal", "spherical"])
def test_what_has_no_angle_has_no_handle_to_turn(style: Style, structure: Covariance) -> None:
    made = handles(np.diag([4.0, 1.0]), style, structure=structure)
    assert [grip.kind for grip in made.grips] == ["size"] * 4


def test_handles_of_a_tiny_ellipse_are_clear_of_the_badge(style: Style) -> None:
    made = handles(np.eye(2) * 1e-6, style)
    for grip in made.grips:
        assert np.hypot(grip.at.x() - 400, grip.at.y() - 400) > badge_radius(style) + made.reach
    assert made.grip_at(QPointF(400, 400)) is None


def test_the_handle_that_turns_is_where_it_can_be_seen(style: Style) -> None:
    upper = Viewport(-10, 10, -18, 2, 800, 800)
    made = handles(np.diag([1.0, 9.0]), style, upper)
    assert turning(made).at.y() > 0
    assert turning(made).at.y() > upper.to_pixel(0, 0)[1]


def test_one_dimension_has_one_at_each_end_of_the_bar(style: Style) -> None:
    line = Viewport(-10, 10, -0.1, 0.5, 800, 600)
    made = handles([[4.0]], style, line)
    assert sorted(grip.at.x() for grip in made.grips) == pytest.approx([320, 480])
    ground = line.to_pixel(0, 0)[1]
    assert all(ground - 25 < grip.at.y() < ground - 15 for grip in made.grips), "above the seed"
    found = made.grip_at(QPointF(322, 484))
    assert found is not None
    np.testing.assert_allclose(
        made.dragged(found, QPointF(322, 484), QPointF(282, 400)), [[9.0]], rtol=1e-12
    )


# What dragging makes


@pytest.mark.parametrize("viewport", [EQUAL, STRETCHED])
def test_dragging_along_an_axis_changes_that_axis_alone(style: Style, viewport: Viewport) -> None:
    made = handles(np.diag([4.0, 9.0]), style, viewport)
    right = max(sizes(made), key=lambda grip: grip.at.x())
    wider = made.dragged(right, right.at, right.at + QPointF(40, 300))
    np.testing.assert_allclose(wider, np.diag([9.0, 9.0]), atol=1e-9)
    left = min(sizes(made), key=lambda grip: grip.at.x())
    narrower = made.dragged(left, left.at, left.at + QPointF(40, 0))
    np.testing.assert_allclose(narrower, np.diag([1.0, 9.0]), atol=1e-9)


def test_a_handle_keeps_where_it_was_taken(style: Style) -> None:
    made = handles(TURNED, style)
    grip = sizes(made)[0]
    begin = grip.at + QPointF(4, -3)
    np.testing.assert_allclose(made.dragged(grip, begin, begin), TURNED, rtol=1e-12)


def test_an_ellipse_never_turns_inside_out(style: Style) -> None:
    made = handles(np.diag([4.0, 9.0]), style)
    right = max(sizes(made), key=lambda grip: grip.at.x())
    flat = made.dragged(right, right.at, right.at - QPointF(700, 0))
    np.testing.assert_allclose(np.sqrt(np.diag(flat)), [2 / 40, 3.0])


@pytest.mark.parametrize("degrees", [30.0, -75.0, 140.0])
def test_turning_turns_and_keeps_the_size(style: Style, degrees: float) -> None:
    made = handles(TURNED, style)
    grip = turning(made)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    place = turn @ EQUAL.to_data(grip.at.x(), grip.at.y())
    end = QPointF(*EQUAL.to_pixel(*(3 * place).tolist()))
    np.testing.assert_allclose(
        made.dragged(grip, grip.at, end), turn @ TURNED @ turn.T, rtol=1e-9, atol=1e-12
    )


def test_turning_a_stretched_ellipse_keeps_its_size_on_the_screen(style: Style) -> None:
    made = handles(np.diag([4.0, 25.0]), style, STRETCHED)
    grip = turning(made)
    assert grip.at.y() == pytest.approx(400), "it is seen to be wide, though it is high in numbers"
    turned = made.dragged(grip, grip.at, QPointF(400, 100))
    np.testing.assert_allclose(np.sqrt(np.diag(turned)), [0.5, 20.0])


def test_round_ellipses_stay_round(style: Style) -> None:
    made = handles(4 * np.eye(2), style, STRETCHED, "spherical")
    upper = min(sizes(made), key=lambda grip: grip.at.y())
    length = 2 * STRETCHED.y_scale
    larger = made.dragged(upper, upper.at, upper.at - QPointF(0, length))
    np.testing.assert_allclose(larger, 16 * np.eye(2), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("covariance", "shapes"),
    [
        (np.diag([4.0, 1.0]), {Qt.CursorShape.SizeHorCursor, Qt.CursorShape.SizeVerCursor}),
        (
            np.array([[2.0, 1.0], [1.0, 2.0]]),
            {Qt.CursorShape.SizeFDiagCursor, Qt.CursorShape.SizeBDiagCursor},
        ),
    ],
)
def test_the_pointer_says_which_way(
    style: Style, covariance: npt.NDArray[np.float64], shapes: set[Qt.CursorShape]
) -> None:
    made = handles(covariance, style)
    assert {cursor_of(grip, LIGHT).shape() for grip in sizes(made)} == shapes
    upper_right = max(sizes(made), key=lambda grip: grip.at.x() - grip.at.y())
    if Qt.CursorShape.SizeBDiagCursor in shapes:
        assert cursor_of(upper_right, LIGHT).shape() == Qt.CursorShape.SizeBDiagCursor
    assert cursor_of(turning(made), LIGHT).shape() == Qt.CursorShape.BitmapCursor


# In the window


def select(qtbot: QtBot, window: Window, j: int) -> Handles:
    """Show the start and click seed j, as a person does."""
    key(window, Key.Key_Home)
    settle(qtbot, window)
    seed = window.session.seeds[j]
    viewport = window.cloud_view.viewport
    assert seed is not None
    assert viewport is not None
    click(window.cloud_view, viewport.to_pixel(seed[0], seed[1] if len(seed) > 1 else 0.0))
    settle(qtbot, window)
    made = window.cloud_view.handles
    assert made is not None
    return made


def start(window: Window) -> Mixture:
    made = window.session.start_mixture
    assert made is not None
    return made


def given(window: Window) -> Mixture:
    assert isinstance(window.session.document.start, Given)
    return window.session.document.start.mixture


def at(grip: Grip) -> tuple[float, float]:
    return round(grip.at.x()), round(grip.at.y())


def beyond(grip: Grip, by: float) -> tuple[float, float]:
    """Further out along the axis."""
    x, y = at(grip)
    return round(x + by * grip.direction[0]), round(y + by * grip.direction[1])


def lower(made: Handles) -> Grip:
    """The lowest of the handles: the pill is never over it."""
    return max(sizes(made), key=lambda grip: grip.at.y())


def change(qtbot: QtBot, window: Window, covariance: Covariance) -> None:
    window.session.configure(
        replace(window.session.document.configuration, covariance=covariance), ""
    )
    settle(qtbot, window)


def test_only_a_selected_seed_at_the_start_has_handles(qtbot: QtBot, window: Window) -> None:
    view = window.cloud_view
    assert view.handles is None, "the first screen"
    key(window, Key.Key_Home)
    settle(qtbot, window)
    assert view.handles is None
    grip = lower(select(qtbot, window, 0))
    image = picture(view)
    assert distance(colour_at(image, at(grip)), rgb(LIGHT.canvas)) < 10
    assert count(image, rgb(LIGHT.accent)) > 100
    key(window, Key.Key_Right)
    assert view.pin == Pin("seed", 0), "the arrows are the seed's"
    key(window, Key.Key_Escape)
    key(window, Key.Key_Escape)
    assert view.handles is None
    select(qtbot, window, 0)
    key(window, Key.Key_End)
    settle(qtbot, window)
    assert view.handles is None, "those are not the start's ellipses"


def test_a_mean_that_is_pinned_has_none(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_Home)
    settle(qtbot, window)
    window.parameters.component_clicked.emit(1)
    assert window.cloud_view.pin == Pin("mean", 1)
    assert window.cloud_view.handles is None


def test_the_pointer_over_a_handle(qtbot: QtBot, window: Window) -> None:
    made = select(qtbot, window, 0)
    hover(window.cloud_view, at(turning(made)))
    assert window.cloud_view.cursor().shape() == Qt.CursorShape.BitmapCursor
    hover(window.cloud_view, at(lower(made)))
    assert window.cloud_view.cursor().shape() == Qt.CursorShape.SizeVerCursor
    assert window.cloud_view.hovered_pin is None
    hover(window.cloud_view, (5.0, 300.0))
    assert window.cloud_view.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_dragged_handle_shows_the_ghost_and_the_new_ellipse(qtbot: QtBot, window: Window) -> None:
    made = select(qtbot, window, 0)
    run, before = window.session.shown, window.session.document
    assert run is not None
    whole = start(window)
    grip = lower(made)
    press(window.cloud_view, at(grip))
    move(window.cloud_view, beyond(grip, -15))
    move(window.cloud_view, beyond(grip, -30))
    settle(qtbot, window)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.mixture is not None
    assert scene.ghost is run.steps[-1].mixture
    assert scene.iteration == 0
    expected = made.dragged(grip, QPointF(*at(grip)), QPointF(*beyond(grip, -30)))
    np.testing.assert_allclose(scene.mixture.covariances[0], expected)
    assert scene.mixture.covariances[0, 1, 1] < 0.8 * whole.covariances[0, 1, 1]
    np.testing.assert_array_equal(scene.mixture.covariances[1:], whole.covariances[1:])
    assert window.pill.text == "Let go of seed 1 to start from here"
    assert window.session.document is before, "nothing is changed until it is released"
    release(window.cloud_view, beyond(grip, -30))
    settle(qtbot, window)
    np.testing.assert_allclose(given(window).covariances[0], expected)


@pytest.mark.parametrize("origin", ["drawn", "placed", "given"])
def test_letting_go_makes_one_run_and_one_undo_step(
    qtbot: QtBot, window: Window, origin: str
) -> None:
    session = window.session
    session.playback.speed = 1000
    if origin == "placed":
        for place in ((-3.0, -1.5), (0.0, 2.0), (2.5, -2.0)):
            session.place_seed(place)
        settle(qtbot, window)
        assert isinstance(session.document.start, Placed)
    elif origin == "given":
        key(window, Key.Key_End)
        window.actions_["start_from_shown"].trigger()
        settle(qtbot, window)
    stack = session.store.undo_stack
    steps, before, old = stack.count(), session.document, session.shown
    made = select(qtbot, window, 1)
    whole = start(window)
    grip = turning(made)
    playing = QSignalSpy(session.playback.playing_changed)
    side = np.array([-grip.direction[1], grip.direction[0]])
    path = [at(grip), *(tuple((np.array(at(grip)) + 8 * i * side).round()) for i in range(1, 5))]
    drag(window.cloud_view, path)
    qtbot.waitUntil(lambda: playing.count() == 2)
    settle(qtbot, window)
    assert stack.count() == steps + 1
    assert stack.text(steps) == "Shape seed 2"
    turned = given(window)
    np.testing.assert_allclose(
        np.linalg.eigvalsh(turned.covariances[1]),
        np.linalg.eigvalsh(whole.covariances[1]),
        rtol=1e-6,
    )
    assert abs(turned.covariances[1] - whole.covariances[1]).max() > 0.05
    np.testing.assert_array_equal(turned.means, whole.means)
    np.testing.assert_array_equal(turned.weights, whole.weights)
    np.testing.assert_array_equal(turned.covariances[[0, 2]], whole.covariances[[0, 2]])
    assert session.shown is not old
    assert session.shown is not None
    first = session.shown.steps[0].mixture
    np.testing.assert_allclose(first.covariances, turned.covariances, rtol=1e-9)
    assert session.playback.cursor == session.shown.steps[-1].index
    key(window, "z", Control)
    settle(qtbot, window)
    assert session.document == before
    assert session.shown is old


def test_escape_gives_up_the_drag_of_a_handle(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    made = select(qtbot, window, 0)
    whole = start(window)
    grip = lower(made)
    press(window.cloud_view, at(grip))
    move(window.cloud_view, beyond(grip, -20))
    settle(qtbot, window)
    key(window, Key.Key_Escape)
    release(window.cloud_view, beyond(grip, -20))
    settle(qtbot, window)
    assert window.session.document is before
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.mixture is whole
    assert scene.ghost is None
    assert window.session.store.undo_stack.count() == 0
    assert window.cloud_view.handles is not None, "the seed is selected still"


def test_a_click_on_a_handle_changes_nothing(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    made = select(qtbot, window, 0)
    click(window.cloud_view, at(lower(made)))
    settle(qtbot, window)
    assert window.cloud_view.pin == Pin("seed", 0)
    assert window.session.document is before
    viewport = window.cloud_view.viewport
    double_click(window.cloud_view, at(lower(made)))
    settle(qtbot, window)
    assert window.cloud_view.viewport == viewport
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert dialog.windowTitle() == "Seed 1"
    dialog.close()


def test_tied_ellipses_change_together(qtbot: QtBot, window: Window) -> None:
    window.session.playback.speed = 1000
    change(qtbot, window, "tied")
    made = select(qtbot, window, 0)
    grip = lower(made)
    drag(window.cloud_view, [at(grip), beyond(grip, -10), beyond(grip, -25)])
    settle(qtbot, window)
    shapes = given(window).covariances
    np.testing.assert_array_equal(shapes[1:], shapes[:-1])


def test_the_structure_decides_about_handles(qtbot: QtBot, window: Window) -> None:
    window.session.playback.speed = 1000
    change(qtbot, window, "diagonal")
    made = select(qtbot, window, 0)
    assert {grip.kind for grip in made.grips} == {"size"}
    grip = lower(made)
    drag(window.cloud_view, [at(grip), beyond(grip, -10), beyond(grip, -25)])
    settle(qtbot, window)
    shape = given(window).covariances[0]
    assert shape[0, 1] == 0
    assert shape[1, 1] < shape[0, 0]
    change(qtbot, window, "spherical")
    grip = lower(select(qtbot, window, 0))
    drag(window.cloud_view, [at(grip), beyond(grip, -10), beyond(grip, -25)])
    settle(qtbot, window)
    shape = given(window).covariances[0]
    np.testing.assert_array_equal(shape, shape[0, 0] * np.eye(2))


def test_the_bar_of_a_seed_on_the_line(qtbot: QtBot, window: Window) -> None:
    rng = np.random.default_rng(0)
    values = np.r_[rng.normal(0, 1, 100), rng.normal(8, 1, 100)]
    window.session.choose_k(2)
    settle(qtbot, window)
    window.session._on_brought(PointCloud(values[:, None]))
    settle(qtbot, window)
    window.session.playback.speed = 1000
    made = select(qtbot, window, 0)
    assert len(made.grips) == 2
    hover(window.cloud_view, at(made.grips[0]))
    assert window.cloud_view.cursor().shape() == Qt.CursorShape.SizeHorCursor
    whole = start(window)
    inner = min(made.grips, key=lambda grip: abs(grip.at.x() - 0.5 * window.cloud_view.width()))
    drag(window.cloud_view, [at(inner), beyond(inner, -10), beyond(inner, -30)])
    settle(qtbot, window)
    deviation = np.sqrt(given(window).covariances[0, 0, 0])
    expected = np.sqrt(whole.covariances[0, 0, 0]) - 30 / made.viewport.x_scale
    assert deviation == pytest.approx(expected, rel=1e-6)
    np.testing.assert_array_equal(given(window).covariances[1], whole.covariances[1])


def test_nudging_keeps_the_shape_of_an_edited_start(qtbot: QtBot, window: Window) -> None:
    window.session.playback.speed = 1000
    grip = lower(select(qtbot, window, 0))
    drag(window.cloud_view, [at(grip), beyond(grip, -10), beyond(grip, -25)])
    settle(qtbot, window)
    shaped = given(window)
    select(qtbot, window, 0)
    key(window, Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.document.start != Given(shaped, "Edited by hand"))
    settle(qtbot, window)
    nudged = given(window)
    np.testing.assert_allclose(nudged.covariances, shaped.covariances)
    assert nudged.means[0, 0] > shaped.means[0, 0]


def test_a_drag_of_a_handle_ends_with_its_document(qtbot: QtBot, window: Window) -> None:
    window.session.another_start()
    settle(qtbot, window)
    grip = lower(select(qtbot, window, 0))
    press(window.cloud_view, at(grip))
    move(window.cloud_view, beyond(grip, -20))
    key(window, "z", Control)
    release(window.cloud_view, beyond(grip, -30))
    settle(qtbot, window)
    assert window.session.store.undo_stack.canRedo(), "nothing was shaped after that"


# Locks


def choose(window: Window, text: str) -> None:
    menu = next(menu for menu in window.findChildren(QMenu) if menu.isVisible())
    (action,) = [action for action in menu.actions() if action.text().replace("&", "") == text]
    action.trigger()
    menu.close()


def test_a_component_is_locked_by_the_menu_of_its_seed(qtbot: QtBot, window: Window) -> None:
    made = select(qtbot, window, 1)
    middle = (round(made.middle[0]), round(made.middle[1]))
    whole = start(window)
    before = picture(window.cloud_view)
    click(window.cloud_view, middle, Right)
    choose(window, "Lock component 2")
    settle(qtbot, window)
    session = window.session
    assert session.document.configuration == Configuration(locked=(1,))
    assert session.store.undo_stack.text(0) == "Lock component 2"
    assert session.shown is not None
    last = session.shown.steps[-1].mixture
    assert session.shown.steps[-1].index > 0
    np.testing.assert_array_equal(last.means[1], whole.means[1])
    np.testing.assert_array_equal(last.covariances[1], whole.covariances[1])
    assert last.weights[1] == whole.weights[1]
    after = picture(window.cloud_view)
    corner = [(middle[0] + x, middle[1] - y) for x in range(6, 20) for y in range(6, 20)]
    text = rgb(LIGHT.text)
    dark = [
        sum(distance(colour_at(one, at), text) < 60 for at in corner) for one in (before, after)
    ]
    assert dark[1] > dark[0] + 10, "the mark of a lock"
    window.desk.open_menu(window.cloud_view.mapToGlobal(QPoint(*middle)), 1, None)
    choose(window, "Unlock component 2")
    settle(qtbot, window)
    assert session.document.configuration.locked == ()


def test_locks_of_components_that_are_gone_go_too(qtbot: QtBot, window: Window) -> None:
    session = window.session
    session.lock_component(0, True)
    session.lock_component(2, True)
    settle(qtbot, window)
    session.choose_k(2)
    settle(qtbot, window)
    assert session.document.configuration.locked == (0,)
    assert session.shown is not None
    assert session.shown.document == session.document
