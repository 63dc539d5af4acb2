"""What the tests of projects share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from gmm_studio.gui.projects.shelf import data_folder
from gmm_studio.gui.window import Window
from tests.gui.acting import click
from tests.gui.conftest import close_window, open_window, settle

Open = Callable[[], Window]


@pytest.fixture
def another(qtbot: QtBot, settings_path: Path) -> Iterator[Open]:
    """Opens further windows of the program."""
    made: list[Window] = []

    def open_another() -> Window:
        made.append(open_window(qtbot, settings_path))
        return made[-1]

    yield open_another
    while made:
        close_window(made.pop())


@pytest.fixture
def data(settings_path: Path) -> Path:
    """Where the program keeps its data in this test."""
    return data_folder(QSettings(str(settings_path), QSettings.Format.IniFormat))


def choose(window: Window, name: str) -> None:
    """As from the menu."""
    action = window.actions_[name]
    assert action.isEnabled()
    action.trigger()


def answer_dialog(qtbot: QtBot, window: Window, path: Path) -> None:
    """Choose a file in the dialog that asks for one."""
    qtbot.waitUntil(lambda: bool(open_dialogs(window)))
    (dialog,) = open_dialogs(window)
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(line, QLineEdit)
    # As if it were typed: that takes the place of what is chosen in the list.
    line.selectAll()
    line.insert(str(path))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not open_dialogs(window))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def open_dialogs(window: Window) -> list[QFileDialog]:
    QApplication.processEvents()
    return [one for one in window.findChildren(QFileDialog) if one.isVisible()]


def save_as(qtbot: QtBot, window: Window, path: Path) -> None:
    """Save where nothing was saved before."""
    choose(window, "save_as")
    answer_dialog(qtbot, window, path)
    qtbot.waitUntil(lambda: window.projects.saver.last is None)


def open_project(qtbot: QtBot, window: Window, path: Path) -> None:
    before = window.session.document
    window.open_file(path)
    qtbot.waitUntil(lambda: window.session.document is not before)
    settle(qtbot, window)


def press_in_question(
    qtbot: QtBot, window: Window, name: str, which: Literal["question", "conflict"] = "question"
) -> None:
    """Press one of the buttons of the question about changes that are not saved, or of others."""

    def asked() -> QMessageBox | None:
        found = getattr(window.projects, which)
        assert found is None or isinstance(found, QMessageBox)
        return found

    qtbot.waitUntil(lambda: asked() is not None)
    question = asked()
    assert question is not None
    qtbot.waitUntil(question.isVisible)
    click(getattr(question, name))
    qtbot.waitUntil(lambda: asked() is not question)
    if window.isVisible():
        window.activateWindow()
        qtbot.waitUntil(lambda: _goes_on(window))


def _goes_on(window: Window) -> bool:
    """Whether the window takes keys again, is gone, or asks something else."""
    asks = window.projects.conflict is not None or bool(open_dialogs(window))
    return asks or window.isActiveWindow() or not window.isVisible()
