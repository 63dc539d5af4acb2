"""One frame after the other: a picture is painted before the next is begun."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.gui.window import Window
from tests.gui.acting import key
from tests.gui.conftest import settle


def iteration(window: Window) -> int:
    scene = window.cloud_view.scene
    assert scene is not None
    return scene.iteration


def test_a_picture_is_painted_before_the_next_is_begun(qtbot: QtBot, window: Window) -> None:
    key(window, Qt.Key.Key_Home)
    settle(qtbot, window)
    window.stage._painting.setInterval(10**6)
    window.cloud_view.setUpdatesEnabled(False)
    window.session.playback.move_to(1)
    qtbot.waitUntil(lambda: iteration(window) == 1)
    for cursor in (2, 3):
        window.session.playback.move_to(cursor)
        qtbot.wait(30)
    assert iteration(window) == 1
    assert not window.stage.is_idle
    window.cloud_view.setUpdatesEnabled(True)
    settle(qtbot, window)
    assert iteration(window) == 3


def test_while_it_plays_as_many_pictures_are_painted_as_are_made(
    qtbot: QtBot, window: Window
) -> None:
    made, painted = [], []
    window.stage.set_gliding(False)
    key(window, Qt.Key.Key_Home)
    settle(qtbot, window)
    window.stage.presented.connect(lambda: made.append(iteration(window)))
    window.cloud_view.painted.connect(lambda: painted.append(iteration(window)))
    window.session.playback.speed = 60
    window.session.playback.play()
    qtbot.waitUntil(lambda: not window.session.playback.is_playing)
    settle(qtbot, window)
    assert len(made) > 2
    assert set(made) <= set(painted)
    assert painted[-1] == window.session.playback.last, "the last one is on show"


def test_what_is_never_painted_is_not_waited_for_for_ever(qtbot: QtBot, window: Window) -> None:
    settle(qtbot, window)
    window.cloud_view.setUpdatesEnabled(False)
    for wanted in (0, 1, 2):
        window.session.playback.move_to(wanted)
        qtbot.waitUntil(lambda wanted=wanted: iteration(window) == wanted)
    window.cloud_view.setUpdatesEnabled(True)
    settle(qtbot, window)


def test_nothing_is_waited_for_while_the_view_is_hidden(qtbot: QtBot, window: Window) -> None:
    settle(qtbot, window)
    window.stage._painting.setInterval(10**6)
    window.cloud_view.hide()
    for wanted in (0, 1, 2):
        window.session.playback.move_to(wanted)
        qtbot.waitUntil(lambda wanted=wanted: iteration(window) == wanted)
    window.cloud_view.show()
    settle(qtbot, window)
