"""Nobody's work is replaced unasked: neither another window's nor another program's."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gmm_studio.document import Document
from gmm_studio.gui.window import Window
from gmm_studio.project import Project, read_project, write_project
from tests.gui.acting import Control, key
from tests.gui.conftest import settle
from tests.gui.projects.conftest import (
    Open,
    answer_dialog,
    choose,
    open_dialogs,
    open_project,
    press_in_question,
    save_as,
)

Key = Qt.Key


@pytest.fixture
def path(qtbot: QtBot, window: Window, tmp_path: Path) -> Path:
    """A project that is open in the window and saved."""
    path = tmp_path / "a.gmmstudio"
    save_as(qtbot, window, path)
    return path


def changed(qtbot: QtBot, window: Window) -> Document:
    key(window, "n")
    settle(qtbot, window)
    return window.session.document


def save(qtbot: QtBot, window: Window) -> None:
    """Press Ctrl+S and wait for what comes of it."""
    key(window, "s", Control)
    qtbot.waitUntil(lambda: window.projects.saver.last is None)


def saved_by_others(path: Path) -> bytes:
    """Other work in the same place."""
    project = read_project(path)
    write_project(Project(replace(project.document, k=project.document.k + 1)), path)
    return path.read_bytes()


def questions() -> list[QMessageBox]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox)]


def test_the_second_of_two_windows_asks(
    qtbot: QtBot, window: Window, another: Open, path: Path
) -> None:
    other = another()
    open_project(qtbot, other, path)
    theirs = changed(qtbot, other)
    other.session.choose_k(5)
    settle(qtbot, other)
    save(qtbot, other)
    assert other.projects.conflict is None, "it is the first"
    theirs = other.session.document
    window.activateWindow()
    ours = changed(qtbot, window)
    save(qtbot, window)
    conflict = window.projects.conflict
    assert conflict is not None
    assert conflict.text().startswith("a.gmmstudio was changed by another program or window")
    press_in_question(qtbot, window, "stay", "conflict")
    assert read_project(path).document.k == theirs.k
    assert window.isWindowModified()
    assert window.session.document is ours
    save(qtbot, window)
    press_in_question(qtbot, window, "replace", "conflict")
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert read_project(path).document.start == ours.start
    changed(qtbot, window)
    save(qtbot, window)
    assert window.projects.conflict is None, "it is ours now"
    assert not window.isWindowModified()
    other.activateWindow()
    changed(qtbot, other)
    save(qtbot, other)
    press_in_question(qtbot, other, "stay", "conflict")


def test_both_can_be_kept(qtbot: QtBot, window: Window, path: Path, tmp_path: Path) -> None:
    theirs = saved_by_others(path)
    ours = changed(qtbot, window)
    save(qtbot, window)
    press_in_question(qtbot, window, "elsewhere", "conflict")
    (dialog,) = open_dialogs(window)
    assert dialog.selectedFiles() == [str(tmp_path / "a copy.gmmstudio")]
    answer_dialog(qtbot, window, tmp_path / "b.gmmstudio")
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert window.windowTitle().startswith("b.gmmstudio[*]")
    assert path.read_bytes() == theirs
    assert read_project(tmp_path / "b.gmmstudio").document.start == ours.start


def test_escape_changes_nothing(qtbot: QtBot, window: Window, path: Path) -> None:
    theirs = saved_by_others(path)
    changed(qtbot, window)
    save(qtbot, window)
    conflict = window.projects.conflict
    assert conflict is not None
    qtbot.keyClick(conflict, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.projects.conflict is None)
    assert path.read_bytes() == theirs
    assert window.isWindowModified()


def test_closing_waits_for_the_answer(
    qtbot: QtBot, window: Window, path: Path, tmp_path: Path
) -> None:
    theirs = saved_by_others(path)
    ours = changed(qtbot, window)
    window.close()
    press_in_question(qtbot, window, "save")
    qtbot.waitUntil(lambda: window.projects.conflict is not None)
    window.close()
    assert window.projects.question is None, "one question at a time"
    assert len(questions()) == 1
    press_in_question(qtbot, window, "stay", "conflict")
    assert window.isVisible()
    assert window.isWindowModified()
    assert path.read_bytes() == theirs
    window.close()
    press_in_question(qtbot, window, "save")
    press_in_question(qtbot, window, "elsewhere", "conflict")
    answer_dialog(qtbot, window, tmp_path / "b.gmmstudio")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert read_project(tmp_path / "b.gmmstudio").document.start == ours.start
    assert path.read_bytes() == theirs


def test_closing_while_it_is_being_saved(qtbot: QtBot, window: Window, path: Path) -> None:
    theirs = saved_by_others(path)
    ours = changed(qtbot, window)
    choose(window, "save")
    window.close()
    assert window.isVisible()
    press_in_question(qtbot, window, "stay", "conflict")
    assert window.isVisible()
    assert path.read_bytes() == theirs
    choose(window, "save")
    window.close()
    press_in_question(qtbot, window, "replace", "conflict")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert read_project(path).document.start == ours.start


def test_it_asks_once_for_several_saves(qtbot: QtBot, window: Window, path: Path) -> None:
    saved_by_others(path)
    changed(qtbot, window)
    key(window, "s", Control)
    choose(window, "save")
    qtbot.waitUntil(lambda: window.projects.saver.last is None)
    assert len(questions()) == 1
    press_in_question(qtbot, window, "replace", "conflict")
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert not questions()


def test_ones_own_saves_never_ask(qtbot: QtBot, window: Window, path: Path) -> None:
    for _ in range(3):
        changed(qtbot, window)
        key(window, "s", Control)
        choose(window, "save")
    # As once a person has agreed in the dialog that the file is replaced by a copy.
    window.projects._write(path, is_copy=True)
    changed(qtbot, window)
    save(qtbot, window)
    assert window.projects.conflict is None
    assert not window.isWindowModified()


def test_what_was_deleted_is_written_again(qtbot: QtBot, window: Window, path: Path) -> None:
    ours = changed(qtbot, window)
    path.unlink()
    save(qtbot, window)
    assert window.projects.conflict is None
    assert read_project(path).document.start == ours.start


def test_what_is_as_it_was_is_not_asked_about(qtbot: QtBot, window: Window, path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copyfile(path, copy)
    copy.replace(path)
    ours = changed(qtbot, window)
    save(qtbot, window)
    assert window.projects.conflict is None
    assert read_project(path).document.start == ours.start


def test_the_last_session_knows_what_was_saved(
    qtbot: QtBot, window: Window, another: Open, path: Path
) -> None:
    window.close()
    theirs = saved_by_others(path)
    other = another()
    choose(other, "last_session")
    qtbot.waitUntil(lambda: other.projects.path == path)
    settle(qtbot, other)
    changed(qtbot, other)
    save(qtbot, other)
    press_in_question(qtbot, other, "stay", "conflict")
    assert path.read_bytes() == theirs


def test_opening_it_again_is_the_way_to_have_theirs(
    qtbot: QtBot, window: Window, path: Path
) -> None:
    saved_by_others(path)
    open_project(qtbot, window, path)
    ours = changed(qtbot, window)
    assert ours.k == 4
    save(qtbot, window)
    assert window.projects.conflict is None
    assert read_project(path).document.start == ours.start
