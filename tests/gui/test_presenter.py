"""What stands beside the cloud goes with its picture, and does not wait for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.gui.canvas.rendering import Picture, PictureRequest, Renderer
from gmm_studio.gui.window import Window
from tests.gui.acting import key
from tests.gui.conftest import settle


@pytest.fixture
def brush(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is cleared no picture is finished."""
    may_paint = threading.Event()
    may_paint.set()
    render = Renderer.render

    def held(
        renderer: Renderer, request: PictureRequest, cancelled: Callable[[], bool]
    ) -> Picture:
        may_paint.wait()
        return render(renderer, request, cancelled)

    monkeypatch.setattr(Renderer, "render", held)
    yield may_paint
    may_paint.set()


def shown(window: Window) -> tuple[int, str, int]:
    """The iteration of the cloud, of the parameters and of the curve."""
    scene = window.cloud_view.scene
    assert scene is not None
    first = window.parameters.text.splitlines()[0]
    return scene.iteration, first, window.curve_view.viewport().shown_cursor.iteration


def test_numbers_and_curve_go_with_the_picture(
    qtbot: QtBot, window: Window, brush: threading.Event
) -> None:
    window.presenter._patience.setInterval(10**6)
    key(window, Qt.Key.Key_Home)
    settle(qtbot, window)
    before = shown(window)
    assert before == (0, "Iteration 0", 0)
    brush.clear()
    key(window, Qt.Key.Key_Right)
    for _ in range(20):
        qtbot.wait(1)
    assert window.session.playback.cursor == 1
    assert shown(window) == before
    brush.set()
    settle(qtbot, window)
    assert shown(window) == (1, "Iteration 1", 1)


def test_a_picture_that_takes_long_keeps_nothing_else_waiting(
    qtbot: QtBot, window: Window, brush: threading.Event
) -> None:
    key(window, Qt.Key.Key_Home)
    settle(qtbot, window)
    brush.clear()
    key(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: shown(window)[1:] == ("Iteration 1", 1))
    assert shown(window)[0] == 0, "the picture is still of the step before"
    brush.set()
    settle(qtbot, window)
    assert shown(window)[0] == 1
