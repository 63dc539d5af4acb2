"""What stands beside the cloud goes with its picture, and does not wait for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.gui.canvas.rendering import Picture, PictureRequest, Renderer
from gmm_studio.gui.window import Window
from tests.gui.acting import key, move, press, release
from tests.gui.conftest import settle


@pytest.fixture
def brush(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is cleared no picture is finished."""
    may_paint = threading.Event()
    may_paint.set()
    render = Renderer.render

    def held(renderer: Renderer, request: PictureRequest, cancelled: Callable[[], bool]) -> Picture:
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


def test_the_numbers_are_those_of_the_seed_while_it_is_dragged(
    qtbot: QtBot, window: Window
) -> None:
    """How likely the start is, nobody knows yet."""
    key(window, Qt.Key.Key_Home)
    settle(qtbot, window)
    viewport, seed = window.cloud_view.viewport, window.session.seeds[0]
    assert viewport is not None
    assert seed is not None
    at = viewport.to_pixel(*seed)
    press(window.cloud_view, at)
    move(window.cloud_view, (at[0] + 20, at[1]))
    move(window.cloud_view, (at[0] + 60, at[1] + 30))
    settle(qtbot, window)
    x, y = viewport.to_data(at[0] + 60, at[1] + 30)
    text = window.parameters.text
    line = next(line for line in text.splitlines() if line.startswith("1: "))
    mean = line.split("mean ")[1].split(", covariance")[0].replace("\N{MINUS SIGN}", "-")
    assert [float(value) for value in mean.split(", ")] == pytest.approx([x, y], abs=0.05)
    assert "log-likelihood \N{EN DASH}" in text
    release(window.cloud_view, (at[0] + 60, at[1] + 30))
    settle(qtbot, window)
    assert "log-likelihood \N{MINUS SIGN}" in window.parameters.text
