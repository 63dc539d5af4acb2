"""Half-steps: the E-step changes colours, the M-step moves ellipses; and the glide between."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmm_studio.core.interpolation import interpolate
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.glide import Glide
from gmm_studio.gui.moment import Half, Moment, name_of
from gmm_studio.gui.playback import Playback
from gmm_studio.gui.window import Window
from tests.gui.acting import click, key, picture
from tests.gui.conftest import close_window, open_window, settle

Key = Qt.Key


# Moments


@pytest.mark.parametrize(
    ("t", "half", "shape", "colours"),
    [
        (0, "whole", 0, 0),
        (7, "whole", 7, 7),
        (0, "M", 0, None),
        (1, "E", 0, 0),
        (7, "E", 6, 6),
        (7, "M", 7, 6),
    ],
)
def test_what_a_half_shows(t: int, half: Half, shape: int, colours: int | None) -> None:
    moment = Moment(t, half)
    assert (moment.shape, moment.colours) == (shape, colours)


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        (Moment(0), "The start"),
        (Moment(0, "M"), "The start"),
        (Moment(1), "Iteration 1"),
        (Moment(1, "E"), "Iteration 1, E-step"),
        (Moment(1234, "M"), "Iteration 1,234, M-step"),
    ],
)
def test_step_0_is_the_start_and_no_iteration(
    qapp: QApplication, moment: Moment, name: str
) -> None:
    assert name_of(moment) == name


# Playback


def halved(last: int) -> Playback:
    playback = Playback()
    playback.load(last, 0, ended=True)
    playback.set_halves(True)
    return playback


def test_stepping_goes_through_every_half(qtbot: QtBot) -> None:
    playback = halved(2)
    seen = [playback.moment]
    while not playback.is_at_end:
        playback.step(1)
        seen.append(playback.moment)
    names = [(moment.iteration, moment.half) for moment in seen]
    assert names == [(0, "M"), (1, "E"), (1, "M"), (2, "E"), (2, "M")]
    playback.step(1)
    assert playback.moment == Moment(2, "M"), "there is nothing after the end"
    playback.step(-1)
    assert playback.moment == Moment(2, "E")


def test_an_iteration_is_shown_by_its_m_step(qtbot: QtBot) -> None:
    playback = halved(9)
    playback.move_to(4)
    assert playback.moment == Moment(4, "M")
    playback.move_to_place(7)
    assert (playback.moment, playback.cursor) == (Moment(4, "E"), 4)
    playback.move_to_place(99)
    assert playback.moment == Moment(9, "M")


def test_switching_keeps_the_iteration(qtbot: QtBot) -> None:
    playback = halved(9)
    playback.move_to_place(7)
    moved = QSignalSpy(playback.moved)
    playback.set_halves(False)
    assert (playback.moment, playback.place, playback.last_place) == (Moment(4), 4, 9)
    playback.set_halves(True)
    assert playback.moment == Moment(4, "M")
    playback.set_halves(True)
    assert moved.count() == 2, "what is on show changes with the switch, and only with it"


def test_playing_takes_as_many_steps_a_second(qtbot: QtBot) -> None:
    playback = halved(3)
    seen: list[Moment] = []
    playback.moved.connect(lambda _: seen.append(playback.moment))
    playback.speed = 40
    playback.play()
    qtbot.waitUntil(lambda: not playback.is_playing)
    assert seen[-1] == Moment(3, "M")
    assert Moment(2, "E") in seen
    assert len(seen) == 6


# Glide

ROUND = Mixture([1.0], [[0.0, 0.0]], [np.eye(2)])
LONG = Mixture([1.0], [[4.0, 2.0]], [[[9.0, 0.0], [0.0, 0.25]]])


def test_a_glide_passes_through_the_mixtures_between(qtbot: QtBot) -> None:
    glide = Glide()
    ways: list[Mixture | None] = []
    glide.moved.connect(ways.append)
    glide.start(ROUND, LONG, 120)
    assert glide.is_active
    qtbot.waitUntil(lambda: not glide.is_active)
    assert ways.pop() is None
    between = [way for way in ways if way is not None]
    assert len(between) >= 3
    places = [float(way.means[0, 0]) for way in between]
    assert places == sorted(places)
    assert 0 <= places[0] < 1
    for way in between:
        share = way.means[0, 0] / 4
        expected = interpolate(ROUND, LONG, share).covariances
        np.testing.assert_allclose(way.covariances, expected, rtol=1e-6)


def test_a_new_glide_begins_where_the_last_one_is(qtbot: QtBot) -> None:
    glide = Glide()
    ways: list[Mixture | None] = []
    glide.moved.connect(ways.append)
    glide.start(ROUND, LONG, 200)
    qtbot.waitUntil(lambda: len(ways) > 4)
    now = ways[-1]
    assert now is not None
    glide.start(LONG, ROUND, 100_000)
    begun = ways[-1]
    assert begun is not None
    np.testing.assert_allclose(begun.means, now.means, atol=1e-3)
    glide.stop()
    assert ways[-1] is None
    assert not glide.is_active


# In the window


def go(qtbot: QtBot, window: Window, *keys: Key) -> None:
    for one in keys:
        key(window, one)
        settle(qtbot, window)


def test_the_e_step_recolours_and_the_m_step_moves(qtbot: QtBot, window: Window) -> None:
    view = window.cloud_view
    run = window.session.shown
    assert run is not None
    go(qtbot, window, Key.Key_H)
    scene = view.scene
    assert scene is not None
    assert (scene.mixture, scene.colouring) == (run.steps[0].mixture, None)
    assert window.pill.text == "The start. Space plays"
    go(qtbot, window, Key.Key_Right)
    scene = view.scene
    assert scene is not None
    assert scene.mixture is scene.colouring is run.steps[0].mixture
    assert window.pill.text == "Iteration 1, E-step"
    go(qtbot, window, Key.Key_Right)
    scene = view.scene
    assert scene is not None
    assert scene.mixture is run.steps[1].mixture
    assert scene.colouring is run.steps[0].mixture
    assert window.pill.text == "Iteration 1, M-step"
    go(qtbot, window, Key.Key_End)
    assert window.session.step is run.steps[-1]
    assert window.pill.text.startswith("Converged after")
    go(qtbot, window, Key.Key_H)
    scene = view.scene
    assert scene is not None
    assert scene.mixture is scene.colouring is run.steps[-1].mixture


def test_at_the_start_the_points_are_grey_until_the_e_step(qtbot: QtBot, window: Window) -> None:
    colourful = window.cloud_view.scene
    assert colourful is not None
    assert colourful.points is not None
    assert _hues(colourful.points.image) > 0.05
    go(qtbot, window, Key.Key_H)
    grey = window.cloud_view.scene
    assert grey is not None
    assert grey.points is not None
    assert _hues(grey.points.image) < 0.05
    go(qtbot, window, Key.Key_Right)
    again = window.cloud_view.scene
    assert again is not None
    assert again.points is not None
    assert _hues(again.points.image) > 0.05


def _hues(image) -> float:  # type: ignore[no-untyped-def]
    """How far the opaque pixels are from grey, on average."""
    pixels = np.array(image.constBits()).reshape(-1, 4)
    pixels = pixels[pixels[:, 3] > 100].astype(float)
    return float(np.ptp(pixels[:, :3] / pixels[:, 3:], axis=1).mean() - 0.075)


def test_the_transport_scrubs_and_switches_halves(qtbot: QtBot, window: Window) -> None:
    run = window.session.shown
    assert run is not None
    last = run.steps[-1].index
    halves = window.transport._halves
    click(halves)
    settle(qtbot, window)
    assert window.session.playback.has_halves
    assert halves.isChecked()
    assert window.actions_["halves"].isChecked()
    scrubber = window.transport._scrubber
    assert scrubber.maximum() == 2 * last
    scrubber.setValue(3)
    settle(qtbot, window)
    assert window.session.playback.moment == Moment(2, "E")
    assert window.transport._position.text() == "2"
    click(halves)
    settle(qtbot, window)
    assert scrubber.maximum() == last
    assert window.session.playback.moment == Moment(2)


def test_half_steps_and_the_glide_are_remembered(qtbot: QtBot, settings_path) -> None:  # type: ignore[no-untyped-def]
    window = open_window(qtbot, settings_path)
    go(qtbot, window, Key.Key_H, Key.Key_A)
    close_window(window)
    window = open_window(qtbot, settings_path)
    assert window.session.playback.has_halves
    assert window.transport._halves.isChecked()
    assert not window.actions_["glide"].isChecked()
    assert not window.view_panel.glide.isChecked()
    close_window(window)


def test_ellipses_glide_to_the_next_step_and_no_further(qtbot: QtBot, window: Window) -> None:
    ways = QSignalSpy(window.stage._glide.moved)
    key(window, Key.Key_Right)
    qtbot.waitUntil(lambda: ways.count() > 3)
    on_the_way = picture(window.cloud_view)
    settle(qtbot, window)
    assert ways.at(ways.count() - 1) == [None]
    there = picture(window.cloud_view)
    assert on_the_way != there
    run = window.session.shown
    assert run is not None
    middle = ways.at(1)[0]
    for place, before, after in zip(
        middle.means.ravel(),
        run.steps[0].mixture.means.ravel(),
        run.steps[1].mixture.means.ravel(),
        strict=True,
    ):
        assert min(before, after) - 1e-12 <= place <= max(before, after) + 1e-12
    seen = ways.count()
    go(qtbot, window, Key.Key_End)
    assert ways.count() == seen, "far jumps don't glide"
    go(qtbot, window, Key.Key_A, Key.Key_Left)
    assert ways.count() == seen, "it can be switched off"


def test_the_picture_after_a_glide_is_the_one_without(qtbot: QtBot, window: Window) -> None:
    go(qtbot, window, Key.Key_Right)
    glided = picture(window.cloud_view)
    go(qtbot, window, Key.Key_A, Key.Key_Left, Key.Key_Right)
    assert picture(window.cloud_view) == glided


def test_what_is_exported_is_the_step_and_not_the_way(qtbot: QtBot, window: Window) -> None:
    run = window.session.shown
    assert run is not None
    ways = QSignalSpy(window.stage._glide.moved)
    key(window, Key.Key_Right)
    qtbot.waitUntil(lambda: ways.count() > 1)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.mixture is run.steps[1].mixture
    settle(qtbot, window)
