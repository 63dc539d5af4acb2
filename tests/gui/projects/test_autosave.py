"""What nobody has saved outlives the end of the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from gmm_studio.document import Document, Placed
from gmm_studio.gui.projects.shelf import Shelf, abandoned
from gmm_studio.gui.window import Window
from gmm_studio.project import read_project
from tests.gui.acting import click, key
from tests.gui.conftest import settle
from tests.gui.projects.conftest import Open, press_in_question, save_as

PROGRAM = """
import sys
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from gmm_studio.gui.app import make_window

app = QApplication([])
window = make_window(app, QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
acts = iter([(-4.0, 0.0), (0.0, 1.0), (4.0, 0.0)])

def act():
    session = window.session
    if session.is_computing:
        return
    place = next(acts, None)
    if place is not None:
        session.place_seed(place)
    elif window.projects.autosave.is_idle and not window.projects.is_busy:
        print("kept", flush=True)

timer = QTimer()
timer.timeout.connect(act)
timer.start(50)
app.exec()
"""
SEEDS = ((-4.0, 0.0), (0.0, 1.0), (4.0, 0.0))


def killed(settings: Path) -> None:
    """Run the program, let it keep what a person did, and kill it."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", PROGRAM, str(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "kept\n"
        program.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)


def offered(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(window.projects.offer.isVisible)
    settle(qtbot, window)


def test_after_a_kill_the_next_start_offers_what_was_there(
    qtbot: QtBot, settings_path: Path, data: Path, another: Open
) -> None:
    killed(settings_path)
    (left,) = (data / "sessions").glob("*/session.gmmstudio")
    (left.parent / ".0123456789abcdef.tmp").write_bytes(b"cut off")
    window = another()
    offered(qtbot, window)
    assert "ended unexpectedly" in window.projects.offer.text
    assert not list(left.parent.glob("*.tmp"))
    other = another()
    qtbot.waitUntil(lambda: not other.projects.is_busy)
    assert not other.projects.offer.isVisible(), "one window alone offers it"
    click(window.projects.offer.back)
    qtbot.waitUntil(lambda: window.session.document.start == Placed(SEEDS))
    settle(qtbot, window)
    assert window.isWindowModified()
    assert not window.projects.offer.isVisible()
    assert window.session.shown is not None
    assert window.session.shown.stop is not None
    qtbot.waitUntil(lambda: not left.exists())
    (own,) = (data / "sessions").glob("*/session.gmmstudio")
    assert read_project(own).document.start == Placed(SEEDS), "kept here before it went there"


def test_what_is_discarded_is_gone(
    qtbot: QtBot, settings_path: Path, data: Path, another: Open
) -> None:
    killed(settings_path)
    window = another()
    offered(qtbot, window)
    click(window.projects.offer.discard)
    assert not window.projects.offer.isVisible()
    assert not list((data / "sessions").iterdir())
    assert not window.isWindowModified()


def test_what_nobody_decided_about_is_offered_again(
    qtbot: QtBot, settings_path: Path, another: Open
) -> None:
    killed(settings_path)
    window = another()
    offered(qtbot, window)
    window.close()
    offered(qtbot, another())


def test_it_is_kept_before_long_and_only_if_something_was_made(
    qtbot: QtBot, window: Window, data: Path
) -> None:
    qtbot.waitUntil(lambda: not window.projects.is_busy)
    assert not data.exists()
    key(window, "n")
    settle(qtbot, window)
    assert not window.projects.autosave.is_idle
    qtbot.waitUntil(lambda: window.projects.autosave.is_idle)
    (file,) = (data / "sessions").glob("*/session.gmmstudio")
    project = read_project(file)
    assert project.document.start == window.session.document.start
    assert project.view["session"] == {"file": None, "fingerprint": "", "modified": True}
    assert len(project.runs) == 2
    window.close_without_asking()
    assert not list((data / "sessions").iterdir())
    assert read_project(data / "last.gmmstudio").document.start == project.document.start


def test_two_windows_keep_their_own(
    qtbot: QtBot, window: Window, another: Open, data: Path
) -> None:
    other = another()
    window.session.another_start()
    settle(qtbot, window)
    other.session.choose_k(5)
    settle(qtbot, other)
    for one in (window, other):
        qtbot.waitUntil(lambda one=one: one.projects.autosave.is_idle)
    files = (data / "sessions").glob("*/session.gmmstudio")
    assert sorted(read_project(file).document.k for file in files) == [3, 5]
    third = another()
    qtbot.waitUntil(lambda: not third.projects.is_busy)
    assert not third.projects.offer.isVisible(), "they are open still"
    other.close_without_asking()
    window.close_without_asking()
    assert read_project(data / "last.gmmstudio").document.k == 3, "the last that was closed"


def test_where_nothing_can_be_kept_it_says_so_once_and_goes_on(
    qtbot: QtBot, window: Window, data: Path
) -> None:
    data.write_text("a file is in the way")
    key(window, "n")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "What you make is not kept safe" in window.pill.text)
    document = window.session.document
    window.presenter.fall_silent()
    key(window, "e")
    window.session.runs.rename(window.session.runs.all[0], "a")
    qtbot.waitUntil(lambda: window.projects.autosave.is_idle)
    assert "not kept safe" not in window.pill.text
    assert window.session.document is document
    data.unlink()
    window.session.runs.rename(window.session.runs.all[0], "b")
    qtbot.waitUntil(lambda: window.projects.autosave.is_idle)
    assert list((data / "sessions").glob("*/session.gmmstudio"))


def test_what_is_replaced_is_the_last_session(
    qtbot: QtBot, window: Window, tmp_path: Path, data: Path
) -> None:
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    window.session.choose_k(4)
    settle(qtbot, window)
    window.open_file(tmp_path / "a.gmmstudio")
    press_in_question(qtbot, window, "leave")
    qtbot.waitUntil(lambda: window.session.document.k == 3)
    qtbot.waitUntil((data / "last.gmmstudio").exists)
    qtbot.waitUntil(lambda: not window.projects.is_busy)
    assert read_project(data / "last.gmmstudio").document.k == 4


def test_the_lock_of_a_window_that_lives_is_respected(tmp_path: Path, window: Window) -> None:
    from gmm_studio.gui.projects.snapshot import Snapshot

    shelf = Shelf(tmp_path / "data")
    document: Document = window.session.document
    shelf.keep(Snapshot(document, (), None, {}))
    assert abandoned(tmp_path / "data") == []
    shelf.clear()
    assert not list((tmp_path / "data" / "sessions").iterdir())
