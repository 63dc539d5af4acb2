"""A window as a person has it, closed and gone after each test."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gmm_studio.gui.theme import ThemeManager
from gmm_studio.gui.window import Window


class PatientBot(QtBot):
    """Waits for as long as a busy machine may need, and no longer than it takes."""

    def waitUntil(self, callback: Callable[[], object], *, timeout: int = 120_000) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """The bot of every test here: one that fails for what is wrong, not for what is slow."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a widget or a filter behind."""
    known = set(map(id, qapp.topLevelWidgets()))
    failed = request.session.testsfailed

    def left() -> list[QWidget]:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return [widget for widget in qapp.topLevelWidgets() if id(widget) not in known]

    yield
    # pytest holds on to the window.
    request.node.funcargs.clear()
    if left():
        gc.collect()
    threads = [
        thread.name
        for thread in threading.enumerate()
        if thread.name.startswith("gmm-") and not thread.name.startswith("gmm-kernel")
    ]
    assert not threads, f"threads left: {threads}"
    # What a failure shows of its variables keeps widgets alive.
    assert request.session.testsfailed > failed or not left(), f"widgets left: {left()}"


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    """Where the settings of this test are."""
    return tmp_path / "settings.ini"


def open_window(qtbot: QtBot, path: Path) -> Window:
    """A window of 1200 by 800 with its first run done and on the screen."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = ThemeManager(app, "light")
    window = Window(theme, QSettings(str(path), QSettings.Format.IniFormat))
    theme.setParent(window)
    window.resize(1200, 800)
    with qtbot.waitExposed(window):
        window.show()
    settle(qtbot, window)
    return window


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until nothing is computed and the screen shows what it should."""

    def is_settled() -> bool:
        session = window.session
        return (
            not session.is_computing
            and not session.loading
            and not window.session.playback.is_playing
            and window.stage.is_idle
            and window.is_fresh
        )

    qtbot.waitUntil(is_settled)


def close_window(window: Window) -> None:
    """Close a window and let it go."""
    window.close_without_asking()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(qtbot: QtBot, settings_path: Path) -> Iterator[Window]:
    """The program's window, light, with its first cloud."""
    made = open_window(qtbot, settings_path)
    yield made
    close_window(made)
