"""Saving and opening: everything is as it was, and what goes wrong changes nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gmm_studio.core.errors import Cancelled
from gmm_studio.document import Placed
from gmm_studio.export.atomic import atomic_write
from gmm_studio.gui.window import Window
from gmm_studio.project import Project, SavedRun, read_project, write_project
from tests.gui.acting import Control, Shift, drag, key, picture, wheel
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
from tests.gui.test_window import drop

Key = Qt.Key


def pixels(window: Window) -> QImage:
    return picture(window.cloud_view).convertToFormat(QImage.Format.Format_RGB32)


def work(qtbot: QtBot, window: Window) -> None:
    """Seeds of one's own, two runs, a name, another view, and a step in the middle of it."""
    for place in ((-4.0, 0.0), (0.0, 1.0), (4.0, 0.0)):
        window.session.place_seed(place)
    window.session.playback.pause()
    settle(qtbot, window)
    key(window, "n")
    settle(qtbot, window)
    (first, *_, last) = window.session.runs.all
    window.session.runs.rename(last, "mine")
    window.session.runs.pin(first, True)
    key(window, "c")
    key(window, "t")
    key(window, "h")
    window.compare.setCurrentWidget(window.laboratory.race)
    window.side_tabs.setCurrentWidget(window.runs)
    view = window.cloud_view
    wheel(view, view.rect().center(), 2)
    drag(view, [(200.0, 100.0), (230.0, 120.0), (260.0, 130.0)])
    key(window, Key.Key_Home)
    for _ in range(3):
        key(window, Key.Key_Right)
    settle(qtbot, window)


def test_a_project_is_as_it_was_on_screen_and_in_the_document(
    qtbot: QtBot, window: Window, another: Open, tmp_path: Path
) -> None:
    work(qtbot, window)
    path = tmp_path / "mine.gmmstudio"
    save_as(qtbot, window, path)
    assert window.windowTitle() == "mine.gmmstudio[*] — GMM Studio"
    assert not window.isWindowModified()
    other = another()
    open_project(qtbot, other, path)
    assert other.windowTitle() == "mine.gmmstudio[*] — GMM Studio"
    assert not other.isWindowModified()
    assert pixels(other) == pixels(window)
    ours, theirs = window.session, other.session
    assert theirs.playback.moment == ours.playback.moment
    assert theirs.playback.moment.half == "E"
    assert np.array_equal(theirs.document.cloud.points, ours.document.cloud.points)
    assert theirs.document.start == ours.document.start
    assert theirs.document.configuration == ours.document.configuration
    assert [(run.number, run.name, run.pinned) for run in theirs.runs.all] == [
        (run.number, run.name, run.pinned) for run in ours.runs.all
    ]
    assert theirs.shown is not None
    assert ours.shown is not None
    assert theirs.shown.stop == ours.shown.stop
    for one, two in zip(theirs.shown.steps, ours.shown.steps, strict=True):
        assert np.array_equal(one.mixture.covariances, two.mixture.covariances)
        assert one.log_likelihood == two.log_likelihood
    assert other.stage.layers == window.stage.layers
    assert other.actions_["halves"].isChecked()
    assert other.compare.currentWidget() is other.laboratory.race
    assert other.side_tabs.currentWidget() is other.runs
    assert not other.actions_.undo.isEnabled(), "a new session begins"


def test_a_view_that_shows_all_points_does_so_in_another_size(
    qtbot: QtBot, window: Window, another: Open, tmp_path: Path
) -> None:
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    other = another()
    other.resize(1000, 700)
    settle(qtbot, other)
    before = other.cloud_view.viewport
    open_project(qtbot, other, tmp_path / "a.gmmstudio")
    assert other.cloud_view.viewport == before
    assert other.stage.is_fitted


def test_a_view_that_was_moved_shows_the_same_part_in_another_size(
    qtbot: QtBot, window: Window, another: Open, tmp_path: Path
) -> None:
    wheel(window.cloud_view, window.cloud_view.rect().center(), 3)
    settle(qtbot, window)
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    other = another()
    other.resize(1000, 700)
    open_project(qtbot, other, tmp_path / "a.gmmstudio")
    was, now = window.cloud_view.viewport, other.cloud_view.viewport
    assert was is not None
    assert now is not None
    assert (now.width, now.height) == (other.cloud_view.width(), other.cloud_view.height())
    assert now.left <= was.left < was.right <= now.right
    assert now.bottom <= was.bottom < was.top <= now.top
    assert now.x_scale == pytest.approx(now.y_scale)


def test_undo_and_redo_say_what_is_saved(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    key(window, "n")
    settle(qtbot, window)
    assert window.isWindowModified()
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    assert not window.isWindowModified()
    key(window, "z", Control)
    settle(qtbot, window)
    assert window.isWindowModified()
    key(window, "z", Control | Shift)
    settle(qtbot, window)
    assert not window.isWindowModified()
    key(window, "n")
    settle(qtbot, window)
    key(window, "s", Control)
    qtbot.waitUntil(lambda: not window.isWindowModified())
    start = read_project(tmp_path / "a.gmmstudio").document.start
    assert start == window.session.document.start


def test_what_makes_it_modified(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    key(window, Key.Key_End)
    key(window, "e")
    settle(qtbot, window)
    assert not window.isWindowModified(), "a look at it changes nothing"
    (run,) = window.session.runs.all
    for change in (
        lambda: window.session.runs.rename(run, "best"),
        lambda: window.session.runs.pin(run, True),
        lambda: window.session.delete_run(run),
    ):
        change()
        assert window.isWindowModified()
        choose(window, "save")
        qtbot.waitUntil(lambda: not window.isWindowModified())


def test_a_copy_leaves_what_is_open(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    key(window, "n")
    settle(qtbot, window)
    choose(window, "save_copy")
    (dialog,) = open_dialogs(window)
    assert dialog.selectedFiles() == [str(tmp_path / "a copy.gmmstudio")]
    answer_dialog(qtbot, window, tmp_path / "b.gmmstudio")
    qtbot.waitUntil(lambda: window.projects.saver.last is None)
    assert window.windowTitle().startswith("a.gmmstudio[*]")
    assert window.isWindowModified()
    assert read_project(tmp_path / "b.gmmstudio").document.start == window.session.document.start
    assert read_project(tmp_path / "a.gmmstudio").document.start != window.session.document.start


def test_names_may_hold_anything(
    qtbot: QtBot, window: Window, another: Open, tmp_path: Path
) -> None:
    for name in ("ü [*] 100%.gmmstudio", "<b>x & y.gmmstudio", "a{b}\N{GRINNING FACE}.gmmstudio"):
        save_as(qtbot, window, tmp_path / name)
        title = name.replace("[*]", "[*][*]")
        assert window.windowTitle() == f"{title}[*] — GMM Studio"
        assert window.activity.text == f"Saved {name}"
        assert window.files.recent[0].name == name
    other = another()
    open_project(qtbot, other, tmp_path / "ü [*] 100%.gmmstudio")
    assert np.array_equal(other.session.document.cloud.points, window.session.document.cloud.points)


def test_dropped_projects_open(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "dropped.csv"
    document = replace(window.session.document, k=2, start=Placed(((0.0, 0.0), None)))
    write_project(Project(document), path)
    drop(window, path)
    qtbot.waitUntil(lambda: window.session.document.k == 2)
    assert window.windowTitle().startswith("dropped.csv"), "by what is in it"
    assert window.pill.text == "Click to place seed 2 of 2"


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "locked"
    folder.mkdir()
    yield folder
    folder.chmod(0o700)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights(qtbot: QtBot, window: Window, locked_folder: Path) -> None:
    path = locked_folder / "a.gmmstudio"
    save_as(qtbot, window, path)
    content = path.read_bytes()
    locked_folder.chmod(0o500)
    key(window, "n")
    settle(qtbot, window)
    choose(window, "save")
    qtbot.waitUntil(lambda: "no permission" in window.pill.text)
    assert path.read_bytes() == content


def test_what_cannot_be_written_is_not_lost(
    qtbot: QtBot, window: Window, another: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    path = folder / "a.gmmstudio"
    save_as(qtbot, window, path)
    key(window, "n")
    settle(qtbot, window)
    document = window.session.document
    path.unlink()
    folder.rmdir()
    choose(window, "save")
    qtbot.waitUntil(lambda: "there is no such folder" in window.pill.text)
    assert "Nothing is lost: save it elsewhere (Ctrl+Shift+S)." in window.pill.text
    assert window.pill.property("kind") == "problem"
    assert window.isWindowModified()
    assert window.session.document is document
    save_as(qtbot, window, tmp_path / "b.gmmstudio")
    assert not window.isWindowModified()


def test_a_damaged_project_leaves_all_as_it_was(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    work(qtbot, window)
    path = tmp_path / "a.gmmstudio"
    save_as(qtbot, window, path)
    content = path.read_bytes()
    before, shown = window.session.document, window.session.shown
    title, image = window.windowTitle(), pixels(window)
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    newer = content.replace(b'"version": 1', b'"version": 9', 1)
    for bad, words in (
        (content[: len(content) // 2], "was cut off"),
        (bytes(flipped), "is damaged"),
        (newer, ""),
    ):
        other = tmp_path / "bad.gmmstudio"
        other.write_bytes(bad)
        window.open_file(other)
        qtbot.waitUntil(lambda: "bad.gmmstudio" in window.pill.text)
        assert words in window.pill.text
        window.presenter.fall_silent()
        settle(qtbot, window)
        assert window.session.document is before
        assert window.session.shown is shown
        assert window.windowTitle() == title
        assert pixels(window) == image
        assert not window.isWindowModified()
    assert path.read_bytes() == content


def test_new_asks_and_shows_the_first_screen(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    first = pixels(window)
    key(window, "t")
    key(window, "n")
    settle(qtbot, window)
    key(window, "n", Control | Shift)
    press_in_question(qtbot, window, "stay")
    assert window.session.document.start.random_state == 1  # type: ignore[union-attr]
    key(window, "n", Control | Shift)
    press_in_question(qtbot, window, "leave")
    qtbot.waitUntil(lambda: not window.isWindowModified())
    settle(qtbot, window)
    assert window.session.playback.cursor == 0
    assert len(window.session.runs.all) == 1
    assert window.windowTitle().startswith("Separated, 1,000 points")
    assert pixels(window) == first
    assert window.projects.question is None


def test_opening_asks_before_changes_are_given_up(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path, other = tmp_path / "a.gmmstudio", tmp_path / "b.gmmstudio"
    save_as(qtbot, window, path)
    save_as(qtbot, window, other)
    key(window, "n")
    settle(qtbot, window)
    changed = window.session.document
    window.open_file(path)
    press_in_question(qtbot, window, "stay")
    assert window.session.document is changed
    window.open_file(path)
    press_in_question(qtbot, window, "save")
    qtbot.waitUntil(lambda: window.projects.path == path)
    assert read_project(other).document.start == changed.start
    assert window.session.document.start != changed.start


def test_recent_projects_have_pictures(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    menu, pictures = window.actions_.recent, window.projects.pictures
    (action,) = menu.actions()
    qtbot.waitUntil(lambda: not pictures.icon(Path(action.data())).isNull())
    menu.aboutToShow.emit()
    image = action.icon().pixmap(64).toImage()
    assert not image.isNull()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert len(colours) > 50, "points and ellipses"
    action.trigger()
    qtbot.waitUntil(lambda: not window.session.loading)
    assert window.projects.path == tmp_path / "a.gmmstudio"


def test_a_full_disk_leaves_the_older_file(
    qtbot: QtBot, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gmmstudio"
    save_as(qtbot, window, path)
    content = path.read_bytes()
    key(window, "n")
    settle(qtbot, window)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    choose(window, "save")
    qtbot.waitUntil(lambda: "the disk is full" in window.pill.text)
    assert path.read_bytes() == content
    assert not [one for one in tmp_path.iterdir() if one.suffix == ".tmp"]
    assert window.isWindowModified()
    monkeypatch.undo()
    choose(window, "save")
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert read_project(path).document.start == window.session.document.start


def test_a_file_that_is_open_in_another_program(
    qtbot: QtBot, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gmmstudio"
    save_as(qtbot, window, path)
    content = path.read_bytes()
    key(window, "n")
    settle(qtbot, window)
    replacing = os.replace

    def refuse(source: Path, target: Path) -> None:
        if target == path:
            # As Windows says it.
            raise PermissionError(errno.EACCES, "Access is denied")
        replacing(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    choose(window, "save")
    qtbot.waitUntil(lambda: "it is open in another program" in window.pill.text)
    assert "Close it there, or choose another name. Nothing is lost" in window.pill.text
    assert path.read_bytes() == content
    assert not [one for one in tmp_path.iterdir() if one.suffix == ".tmp"]
    assert window.isWindowModified()
    monkeypatch.undo()
    choose(window, "save")
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert window.projects.conflict is None


def test_opening_removes_what_a_killed_save_left(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "a.gmmstudio"
    save_as(qtbot, window, path)
    with suppress(Cancelled), atomic_write(path):
        (begun,) = tmp_path.glob(".*.tmp")
        raise Cancelled
    left = begun.with_name(begun.name.replace(".tmp", "0.tmp"))
    left.write_bytes(b"cut off")
    os.utime(left, (0, 0))
    key(window, "n")
    settle(qtbot, window)
    choose(window, "save")
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert not left.exists()
    left.write_bytes(b"cut off")
    os.utime(left, (0, 0))
    window.open_file(path)
    qtbot.waitUntil(lambda: not left.exists())
    assert read_project(path)


def test_a_run_that_was_not_at_its_end_stays_where_it_was(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "a.gmmstudio"
    run = window.session.shown
    assert run is not None
    saved = SavedRun(1, run.document, tuple(run.steps[:4]), None, cursor=2)
    write_project(Project(run.document, (saved,), shown=0), path)
    open_project(qtbot, window, path)
    assert window.session.playback.cursor == 2
    assert window.session.playback.last == 3
    key(window, Key.Key_End)
    settle(qtbot, window)
    assert window.pill.text == "Cancelled after 3. Space replays"
