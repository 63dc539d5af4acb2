"""The truth edited by its ellipses: dragged, drawn anew, taken back."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from gmm_studio.core.mixture import Mixture
from gmm_studio.core.recipe import Recipe
from gmm_studio.data.making import sample_cloud
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.canvas.seed_handles import Grip, Handles
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.window import Window
from tests.gui.acting import (
    click,
    colour_at,
    distance,
    drag,
    key,
    move,
    picture,
    press,
    release,
    rgb,
)
from tests.gui.conftest import settle

Key = Qt.Key
Shift = Qt.KeyboardModifier.ShiftModifier
Places = list[tuple[float, float]]


def wait(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: not window.hands.truth.is_busy)
    settle(qtbot, window)


def truth(window: Window) -> Mixture:
    found = window.session.document.cloud.truth
    assert found is not None
    return found


def edit(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_M, Shift)
    wait(qtbot, window)
    assert window.hands.truth.is_on


def pixel(window: Window, place: tuple[float, ...]) -> tuple[float, float]:
    viewport = window.cloud_view.viewport
    assert viewport is not None
    x, y = viewport.to_pixel(place[0], place[1] if len(place) > 1 else 0.0)
    return round(x), round(y)


def path(start: tuple[float, float], across: float, down: float) -> Places:
    return [(start[0] + across * t / 4, start[1] + down * t / 4) for t in range(5)]


def handles(window: Window) -> Handles:
    found = window.cloud_view.handles
    assert found is not None
    return found


def at(grip: Grip) -> tuple[float, float]:
    return round(grip.at.x()), round(grip.at.y())


def test_the_truth_takes_the_place_of_the_run_with_handles(qtbot: QtBot, window: Window) -> None:
    edit(qtbot, window)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.mixture is truth(window)
    assert handles(window).j == 0
    assert window.actions_["edit_truth"].isChecked()
    assert "true component" in window.pill.text
    grip = next(grip for grip in handles(window).grips if grip.kind == "size")
    assert distance(colour_at(picture(window.cloud_view), at(grip)), rgb(LIGHT.canvas)) < 10


def test_a_mean_that_is_dragged_draws_its_points_anew_in_one_step(
    qtbot: QtBot, window: Window
) -> None:
    before = window.session.document
    edit(qtbot, window)
    old, viewport = truth(window), window.cloud_view.viewport
    mean = tuple(old.means[1].tolist())
    drag(window.cloud_view, path(pixel(window, mean), -60, 40))
    wait(qtbot, window)
    new, cloud = truth(window), window.session.document.cloud
    assert viewport is not None
    shift = (-60 / viewport.x_scale, -40 / viewport.y_scale)
    # The pointer holds the middle of the disc, to within a pixel.
    np.testing.assert_allclose(new.means[1] - old.means[1], shift, atol=2 / viewport.x_scale)
    np.testing.assert_array_equal(new.means[[0, 2]], old.means[[0, 2]])
    np.testing.assert_array_equal(new.covariances, old.covariances)
    assert cloud.n == before.cloud.n
    np.testing.assert_array_equal(cloud.labels, before.cloud.labels)
    moved = cloud.labels == 1
    np.testing.assert_allclose(cloud.points[~moved], before.cloud.points[~moved])
    np.testing.assert_allclose(
        (cloud.points - before.cloud.points)[moved],
        np.tile(new.means[1] - old.means[1], (moved.sum(), 1)),
    )
    assert window.cloud_view.viewport == viewport, "the view stays where it is"
    assert window.hands.truth.is_on, "for the next drag"
    stack = window.session.store.undo_stack
    assert stack.count() == 1
    assert "truth" in stack.undoText()
    stack.undo()
    wait(qtbot, window)
    assert window.session.document == before
    assert window.hands.truth.is_on


@pytest.mark.parametrize("kind", ["size", "turn"])
def test_a_handle_sizes_and_turns_the_ellipse(qtbot: QtBot, window: Window, kind: str) -> None:
    edit(qtbot, window)
    key(window, "2")
    made = handles(window)
    assert made.j == 1
    grip = next(grip for grip in made.grips if grip.kind == kind)
    side = np.array([-grip.direction[1], grip.direction[0]]) if kind == "turn" else grip.direction
    places = [tuple((np.array(at(grip)) + 9 * t * side).round()) for t in range(5)]
    drag(window.cloud_view, places)
    expected = made.dragged(grip, QPointF(*places[0]), QPointF(*places[-1]))
    wait(qtbot, window)
    cloud = window.session.document.cloud
    np.testing.assert_allclose(truth(window).covariances[1], expected)
    assert cloud.recipe == Recipe(truth(window), 1000, title="Separated")
    np.testing.assert_array_equal(cloud.points, sample_cloud(truth(window), 1000).points)


def test_the_start_is_kept_and_the_fit_follows(qtbot: QtBot, window: Window) -> None:
    start = window.session.document.start
    edit(qtbot, window)
    drag(window.cloud_view, path(pixel(window, tuple(truth(window).means[0].tolist())), 50, 0))
    wait(qtbot, window)
    key(window, Key.Key_Escape)
    wait(qtbot, window)
    assert not window.hands.truth.is_on
    assert window.session.document.start == start
    run, scene = window.session.shown, window.cloud_view.scene
    assert run is not None
    assert scene is not None
    assert run.cloud is window.session.document.cloud
    assert scene.mixture is not truth(window)
    assert window.stage.layers.truth, "the truth is seen beside the fit"


def test_escape_gives_up_a_drag_first(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    edit(qtbot, window)
    places = path(pixel(window, tuple(truth(window).means[0].tolist())), 50, 30)
    press(window.cloud_view, places[0])
    move(window.cloud_view, places[2])
    move(window.cloud_view, places[3])
    wait(qtbot, window)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.mixture is not truth(window), "it moves with the pointer"
    assert scene.colouring is truth(window), "points keep the colours of what drew them"
    key(window, Key.Key_Escape)
    release(window.cloud_view, places[3])
    wait(qtbot, window)
    assert window.session.document == before
    assert window.hands.truth.is_on
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.mixture is truth(window)


def test_arrows_nudge_the_mean_that_is_selected(qtbot: QtBot, window: Window) -> None:
    edit(qtbot, window)
    old, viewport = truth(window), window.cloud_view.viewport
    for _ in range(3):
        key(window, Key.Key_Right, Shift)
    qtbot.waitUntil(lambda: window.session.store.undo_stack.count() == 1)
    wait(qtbot, window)
    assert viewport is not None
    shift = truth(window).means[0] - old.means[0]
    np.testing.assert_allclose(shift, [30 / viewport.x_scale, 0], atol=1e-9)


def test_outliers_stay_and_noise_is_not_added_twice(qtbot: QtBot, window: Window) -> None:
    window.session.make(Recipe("separated", 400, random_state=5, outliers=0.1, noise=0.1))
    settle(qtbot, window)
    old = truth(window)
    edit(qtbot, window)
    drag(window.cloud_view, path(pixel(window, tuple(old.means[2].tolist())), 30, -20))
    wait(qtbot, window)
    cloud = window.session.document.cloud
    np.testing.assert_array_equal(truth(window).covariances, old.covariances)
    assert cloud.recipe == Recipe(
        truth(window), 400, random_state=5, outliers=0.1, title="Separated"
    )
    assert cloud.labels is not None
    assert (cloud.labels == -1).sum() == 40


def test_on_the_line_the_bar_is_dragged(qtbot: QtBot, window: Window) -> None:
    window.session.make(Recipe("peaks", 500))
    settle(qtbot, window)
    edit(qtbot, window)
    old, made = truth(window), handles(window)
    grip = made.grips[0]
    drag(window.cloud_view, path(at(grip), 25 * float(grip.direction[0]), 0))
    wait(qtbot, window)
    new = truth(window)
    assert new.covariances[0, 0, 0] > 1.05 * old.covariances[0, 0, 0]
    np.testing.assert_array_equal(new.means, old.means)
    assert window.session.document.cloud.d == 1


def test_playing_and_stepping_show_the_run_again(qtbot: QtBot, window: Window) -> None:
    edit(qtbot, window)
    key(window, Key.Key_End)
    wait(qtbot, window)
    assert not window.hands.truth.is_on
    edit(qtbot, window)
    key(window, "s")
    assert not window.hands.truth.is_on
    assert window.hands.tool == "seed"
    edit(qtbot, window)
    assert window.hands.tool == "pick"
    key(window, Key.Key_Space)
    assert not window.hands.truth.is_on
    settle(qtbot, window)
    assert not window.actions_["edit_truth"].isChecked()


def test_another_cloud_ends_it(qtbot: QtBot, window: Window) -> None:
    edit(qtbot, window)
    window.files.new_sample()
    wait(qtbot, window)
    assert not window.hands.truth.is_on
    assert window.cloud_view.scene is not None
    assert window.cloud_view.scene.mixture is not truth(window)


def test_done_on_the_canvas_ends_it(qtbot: QtBot, window: Window) -> None:
    edit(qtbot, window)
    click(window.pill.button)
    wait(qtbot, window)
    assert not window.hands.truth.is_on
    assert window.cloud_view.pin is None


def test_a_truth_is_no_start(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    edit(qtbot, window)
    key(window, Key.Key_Delete)
    window.cloud_view.numbers_requested.emit(0)
    wait(qtbot, window)
    assert window.session.document == before
    assert window.hands.marked_component is None
    assert window.cloud_view.pin == Pin("seed", 0)


def test_without_a_truth_there_is_nothing_to_edit(qtbot: QtBot, window: Window) -> None:
    window.session.make(Recipe("ring", 200))
    settle(qtbot, window)
    key(window, Key.Key_M, Shift)
    assert not window.hands.truth.is_on
    assert not window.actions_["edit_truth"].isChecked()
    window.session.store.undo_stack.undo()
    settle(qtbot, window)
    edit(qtbot, window)
    window.session.store.undo_stack.redo()
    wait(qtbot, window)
    assert not window.hands.truth.is_on, "it ends with the cloud that had a truth"


def test_a_scaled_cloud_keeps_its_scaling(qtbot: QtBot, window: Window) -> None:
    window.session.scale("z-score")
    settle(qtbot, window)
    own = window.session.document.cloud.own_mixture(truth(window))
    edit(qtbot, window)
    drag(window.cloud_view, path(pixel(window, tuple(truth(window).means[0].tolist())), 40, 0))
    wait(qtbot, window)
    cloud = window.session.document.cloud
    assert cloud.scaling_kind == "z-score"
    np.testing.assert_allclose(cloud.points.std(axis=0), 1)
    assert cloud.recipe is not None
    edited = cloud.recipe.source
    assert isinstance(edited, Mixture)
    assert edited.means[0, 0] > own.means[0, 0]
    np.testing.assert_allclose(edited.means[1:], own.means[1:])
