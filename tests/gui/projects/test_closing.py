"""Closing asks once, only about what a person made; the last session can be had again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.data.generators import generate
from gmm_studio.document import Document
from gmm_studio.gui.window import Window
from gmm_studio.lessons.collection import collection
from gmm_studio.project import Project, read_project, write_project
from tests.gui.acting import key
from tests.gui.conftest import settle
from tests.gui.projects.conftest import (
    Open,
    answer_dialog,
    choose,
    open_project,
    press_in_question,
    save_as,
)

Key = Qt.Key


def changed(qtbot: QtBot, window: Window) -> Document:
    key(window, "n")
    settle(qtbot, window)
    return window.session.document


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text("x,y\n" + "".join(f"{i % 7},{i % 5}\n" for i in range(40)))
    return path


def test_a_fresh_window_that_only_played_is_not_asked_about(
    qtbot: QtBot, window: Window, data: Path
) -> None:
    key(window, Key.Key_End)
    key(window, "t")
    settle(qtbot, window)
    window.close()
    assert not window.isVisible()
    assert window.projects.question is None
    assert not (data / "last.gmmstudio").exists()


def test_what_was_brought_is_nothing_of_ones_own(qtbot: QtBot, window: Window, table: Path) -> None:
    window.open_file(table)
    qtbot.waitUntil(lambda: window.session.document.cloud.n == 40)
    settle(qtbot, window)
    assert not window.isWindowModified()
    window.files.generate("moons", 300)
    qtbot.waitUntil(lambda: window.session.document.cloud.n == 300)
    settle(qtbot, window)
    assert not window.isWindowModified()
    window.lessons.coach.bring_example("faithful")
    qtbot.waitUntil(lambda: window.session.document.cloud.n == 272)
    assert not window.isWindowModified()
    window.lessons.coach.open(next(iter(collection().values())))
    qtbot.waitUntil(lambda: window.lessons.coach.lesson is not None)
    settle(qtbot, window)
    window.lessons.coach.turn(1)
    qtbot.waitUntil(lambda: window.lessons.coach.index == 1 and not window.lessons.coach.is_busy)
    window.session.playback.pause()
    settle(qtbot, window)
    assert not window.isWindowModified()
    window.session.choose_k(window.session.document.k + 1)
    settle(qtbot, window)
    assert window.isWindowModified()
    window.lessons.coach.close()
    assert window.isWindowModified()


def test_it_asks_once_and_stays(qtbot: QtBot, window: Window) -> None:
    document = changed(qtbot, window)
    window.close()
    window.close()
    press_in_question(qtbot, window, "stay")
    assert window.isVisible()
    assert window.session.document is document
    assert window.isWindowModified()


def test_it_asks_once_and_leaves_what_can_be_had_again(
    qtbot: QtBot, window: Window, another: Open, data: Path
) -> None:
    document = changed(qtbot, window)
    window.close()
    press_in_question(qtbot, window, "leave")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not list((data / "sessions").iterdir())
    other = another()
    choose(other, "last_session")
    qtbot.waitUntil(lambda: other.session.document.start == document.start)
    settle(qtbot, other)
    assert other.isWindowModified(), "it was never saved"
    assert other.windowTitle().startswith("Separated, 1,000 points")
    assert len(other.session.runs.all) == 2


def test_it_asks_once_and_saves(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    document = changed(qtbot, window)
    path = tmp_path / "a.gmmstudio"
    window.close()
    press_in_question(qtbot, window, "save")
    answer = window.projects
    assert answer.path is None
    window.show()
    answer_dialog(qtbot, window, path)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert read_project(path).document.start == document.start


def test_the_last_session_knows_where_it_was_saved(
    qtbot: QtBot, window: Window, another: Open, tmp_path: Path
) -> None:
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    key(window, Key.Key_End)
    settle(qtbot, window)
    last = window.session.playback.cursor
    window.close()
    assert not window.isVisible()
    other = another()
    choose(other, "last_session")
    qtbot.waitUntil(lambda: other.projects.path == tmp_path / "a.gmmstudio")
    settle(qtbot, other)
    assert not other.isWindowModified()
    assert other.session.playback.cursor == last


def test_a_save_that_is_under_way_is_finished_first(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "a.gmmstudio"
    window.projects._write(path)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.projects.question is None
    assert read_project(path).document.k == 3


def test_without_a_last_session_it_says_so(window: Window) -> None:
    choose(window, "last_session")
    assert window.pill.text.startswith("There is no last session yet")


def test_a_project_of_others_does_not_say_where_ours_is(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "strange.gmmstudio"
    view = {
        "session": {"file": str(tmp_path / "mine.gmmstudio"), "modified": False},
        "layers": {"ellipses": 3, "nothing": True, "bins": -1, "background": "regions"},
        "viewport": [1, 2, 3],
        "tab": [],
        "speed": 1e9,
        "half": {"a": 1},
        "equal": "x",
    }
    write_project(Project(Document(generate("moons", 50), 2), view=view), path)
    open_project(qtbot, window, path)
    assert window.projects.path == path
    assert window.stage.layers.background == "regions"
    assert window.stage.layers.ellipses
    assert window.stage.is_fitted
    assert window.session.playback.speed == 5
