"""Files, drops and what was copied, in the window."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gmm_studio.core.source import ReadOptions
from gmm_studio.gui.dialogs.import_dialog import ImportDialog
from gmm_studio.gui.window import Window
from tests.gui.acting import click, key
from tests.gui.conftest import close_window, open_window, settle

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def clean_clipboard(qapp: QApplication) -> Iterator[None]:
    QApplication.clipboard().clear()
    yield
    QApplication.clipboard().clear()


def dialog_of(window: Window) -> ImportDialog:
    (dialog,) = [one for one in window.findChildren(ImportDialog) if one.isVisible()]
    return dialog


def is_asked(window: Window) -> bool:
    return any(one.isVisible() for one in window.findChildren(ImportDialog))


def open_it(qtbot: QtBot, window: Window, path: Path) -> None:
    window.open_file(path)
    settle(qtbot, window)


def paste(qtbot: QtBot, window: Window, text: str) -> None:
    QApplication.clipboard().setText(text)
    key(window, "v", Control)
    settle(qtbot, window)


def drop(window: Window, content: QMimeData) -> bool:
    """Drop something; whether it was taken."""
    at, none = QPointF(400, 300), Qt.KeyboardModifier.NoModifier
    left, copy = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    with warnings.catch_warnings():
        # Qt 6.12 would have places with fractions here, which earlier ones do not know.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(at.toPoint(), copy, content, left, none)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(at, copy, content, left, none))
    return enter.isAccepted()


# Files


def test_a_file_that_is_not_plain_is_asked_about(
    qtbot: QtBot, window: Window, german: Path
) -> None:
    before = window.session.document
    open_it(qtbot, window, german)
    dialog = dialog_of(window)
    assert window.session.document is before
    key(dialog, Key.Key_Return)
    settle(qtbot, window)
    cloud = window.session.document.cloud
    assert (cloud.n, cloud.columns) == (60, ("Länge", "Breite"))
    values = np.random.default_rng(0).normal(5, 1, (60, 3))
    np.testing.assert_allclose(cloud.points, values[:, :2], atol=0.0051)
    assert window.files.recent == [german]
    window.actions_.undo.trigger()
    settle(qtbot, window)
    assert window.session.document == before


def test_cancel_keeps_the_cloud(qtbot: QtBot, window: Window, german: Path) -> None:
    before = window.session.document
    open_it(qtbot, window, german)
    key(dialog_of(window), Key.Key_Escape)
    settle(qtbot, window)
    assert window.session.document is before
    assert not window.files.recent


def test_it_remembers(qtbot: QtBot, settings_path: Path, flowers: Path) -> None:
    window = open_window(qtbot, settings_path)
    open_it(qtbot, window, flowers)
    dialog = dialog_of(window)
    dialog.table.role_chosen.emit("petal length", "x")
    qtbot.waitUntil(lambda: dialog.is_idle)
    dialog.table.role_chosen.emit("species", "label")
    qtbot.waitUntil(lambda: dialog.is_idle)
    click(dialog.open_button)
    settle(qtbot, window)
    close_window(window)
    window = open_window(qtbot, settings_path)
    open_it(qtbot, window, flowers)
    assert not is_asked(window)
    cloud = window.session.document.cloud
    assert cloud.columns == ("petal length", "sepal width")
    assert cloud.class_names == ("setosa", "versicolor", "virginica")
    close_window(window)


def test_with_options_is_always_asked(qtbot: QtBot, window: Window, faithful: Path) -> None:
    key(window, "o", Control | Qt.KeyboardModifier.ShiftModifier)
    (files,) = window.findChildren(QFileDialog)
    files.fileSelected.emit(str(faithful))
    files.close()
    settle(qtbot, window)
    dialog = dialog_of(window)
    assert dialog.open_button.text() == "Open 272 points"
    dialog.table.role_chosen.emit("waiting", "x")
    qtbot.waitUntil(lambda: dialog.is_idle)
    click(dialog.open_button)
    settle(qtbot, window)
    assert window.session.document.cloud.columns == ("waiting", "eruptions")


def test_columns_are_changed_with_the_same_options(
    qtbot: QtBot, window: Window, german: Path
) -> None:
    open_it(qtbot, window, german)
    dialog = dialog_of(window)
    assert window.data_panel.upwards.findText("Höhe") == -1
    click(dialog.open_button)
    settle(qtbot, window)
    window.data_panel.upwards.setFocus()
    key(window, Key.Key_Down)
    settle(qtbot, window)
    cloud = window.session.document.cloud
    assert cloud.columns == ("Länge", "Höhe")
    assert cloud.source is not None
    assert cloud.source.options.decimal == ","


def test_the_column_of_labels_can_become_a_coordinate(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text("x,y,class\n" + "".join(f"{i % 7},{i % 5},{i % 3}\n" for i in range(60)))
    open_it(qtbot, window, path)
    assert window.session.document.cloud.labels is not None
    window.data_panel.upwards.setFocus()
    key(window, Key.Key_Down)
    settle(qtbot, window)
    assert window.session.document.cloud.columns == ("x", "class")
    assert window.session.document.cloud.labels is None


def test_rows_are_left_out_only_if_a_person_says_so(
    qtbot: QtBot, window: Window, bad: Path
) -> None:
    before = window.session.document
    open_it(qtbot, window, bad)
    dialog = dialog_of(window)
    assert "line 5" in dialog.problem.text()
    assert window.session.document is before
    click(dialog.drop, (10, dialog.drop.height() // 2))
    click(dialog.open_button)
    settle(qtbot, window)
    cloud = window.session.document.cloud
    assert cloud.n == 146
    told = "4 of 150 rows left out: 1 missing, 1 not a number, 1 wrong number of columns"
    assert window.activity.note.startswith(told)
    assert told in window.data_panel._used.text()
    assert window.data_panel._used.isVisible()
    window.actions_.undo.trigger()
    settle(qtbot, window)
    assert window.activity.note == ""
    assert not window.data_panel._used.isVisible()


def test_a_bad_row_far_down_brings_the_dialog(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n3,4.5\n2,3\n" * 1500 + "5,six\n")
    open_it(qtbot, window, path)
    dialog = dialog_of(window)
    assert "line 4,502" in dialog.problem.text() or "line 4502" in dialog.problem.text()
    assert dialog.table.rows.row_of(4502) is not None
    click(dialog.drop, (10, dialog.drop.height() // 2))
    click(dialog.open_button)
    settle(qtbot, window)
    assert window.session.document.cloud.n == 4500
    assert window.activity.note == "1 of 4,501 rows left out: 1 not a number"


def test_what_fails_after_the_dialog_is_told_in_it(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "zeros.csv"
    path.write_text("x,y,z,weight\n" + "1,2,3,0\n3,4,5,0\n" * 5)
    open_it(qtbot, window, path)
    click(dialog_of(window).open_button)
    settle(qtbot, window)
    dialog = dialog_of(window)
    assert "all weights" in dialog.problem.text()
    assert not dialog.open_button.isEnabled()
    dialog.table.role_chosen.emit("weight", "")
    qtbot.waitUntil(lambda: dialog.is_idle)
    assert dialog.problem.isHidden()
    click(dialog.open_button)
    settle(qtbot, window)
    assert window.session.document.cloud.weights is None


def test_a_large_file_shows_how_far_it_is_and_can_be_given_up(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "large.csv"
    path.write_text("x,y,class\n" + '1.5,2.5,"a"\n' * 600_000)
    seen: list[int] = []
    window.session.busy_changed.connect(lambda: seen.append(window.session.percent_loaded))
    before = window.session.document
    window.open_file(path)
    qtbot.waitUntil(lambda: window.activity.is_working and window.session.percent_loaded > 0)
    assert window.activity.text == "Reading large.csv"
    click(window.activity._cancel)
    settle(qtbot, window)
    assert window.session.document is before
    assert not window.activity.is_working
    assert len(seen) <= 110, "a hundred steps at most"


def test_closing_the_window_closes_the_dialog(
    qtbot: QtBot, settings_path: Path, german: Path
) -> None:
    window = open_window(qtbot, settings_path)
    open_it(qtbot, window, german)
    assert is_asked(window)
    close_window(window)


# Copied and dropped


def test_plain_points_are_pasted_at_once(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    paste(qtbot, window, "x\ty\n1\t2\n3\t4\n5\t7.5\n6\t8\n")
    cloud = window.session.document.cloud
    np.testing.assert_array_equal(cloud.points, [[1, 2], [3, 4], [5, 7.5], [6, 8]])
    assert cloud.columns == ("x", "y")
    assert window.windowTitle().startswith("Pasted, 4 points")
    window.actions_.undo.trigger()
    settle(qtbot, window)
    assert window.session.document == before


@pytest.mark.parametrize("text", ["1.5\n2\n3.5\n4\n", "1.5, 2, 3.5, 4", "c(1.5, 2, 3.5, 4)"])
def test_lists_of_numbers_are_one_dimension(qtbot: QtBot, window: Window, text: str) -> None:
    paste(qtbot, window, text)
    cloud = window.session.document.cloud
    np.testing.assert_array_equal(cloud.points, [[1.5], [2], [3.5], [4]])


def test_a_text_that_is_not_plain_is_asked_about(qtbot: QtBot, window: Window) -> None:
    paste(qtbot, window, "a\tb\tc\n1\t2\t3\n4\t5\t6\n7\t9\t8\n2\t1\t1\n")
    dialog = dialog_of(window)
    dialog.table.role_chosen.emit("c", "x")
    qtbot.waitUntil(lambda: dialog.is_idle)
    click(dialog.open_button)
    settle(qtbot, window)
    assert window.session.document.cloud.columns == ("c", "b")


@pytest.mark.parametrize("text", ["", "  \n ", "a letter to somebody"])
def test_nothing_to_paste_is_told(qtbot: QtBot, window: Window, text: str) -> None:
    before = window.session.document
    paste(qtbot, window, text)
    assert window.pill.property("kind") == "problem"
    assert "Copy numbers or" in window.pill.text
    assert window.session.document is before
    assert not is_asked(window)


def test_copied_files_are_opened(qtbot: QtBot, window: Window, faithful: Path) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(faithful))])
    QApplication.clipboard().setMimeData(content)
    key(window, "v", Control)
    settle(qtbot, window)
    assert window.session.document.cloud.name == "faithful"


def test_a_field_pastes_for_itself(qtbot: QtBot, window: Window) -> None:
    before = window.session.document.cloud
    window.model_panel.k.setFocus()
    window.model_panel.k.selectAll()
    paste(qtbot, window, "2")
    key(window, Key.Key_Return)
    settle(qtbot, window)
    assert window.session.document.k == 2
    assert window.session.document.cloud is before


def test_dropped_text_is_taken_as_pasted(qtbot: QtBot, window: Window) -> None:
    content = QMimeData()
    content.setText("1,2\n3,4\n5,6.5\n")
    assert drop(window, content)
    settle(qtbot, window)
    np.testing.assert_array_equal(window.session.document.cloud.points, [[1, 2], [3, 4], [5, 6.5]])


def test_other_things_are_not_taken(window: Window) -> None:
    content = QMimeData()
    content.setData("application/octet-stream", b"123")
    assert not drop(window, content)


def test_addresses_are_never_followed(qtbot: QtBot, window: Window) -> None:
    content = QMimeData()
    content.setUrls([QUrl("https://example.org/points.csv")])
    drop(window, content)
    settle(qtbot, window)
    assert window.pill.property("kind") == "problem"


def test_what_is_remembered_is_what_was_said(qtbot: QtBot, window: Window, bad: Path) -> None:
    open_it(qtbot, window, bad)
    dialog = dialog_of(window)
    click(dialog.drop, (10, dialog.drop.height() // 2))
    click(dialog.open_button)
    settle(qtbot, window)
    remembered = window.files._memory.get(bad)
    assert remembered == ReadOptions(
        columns=("length", "width"), label="", weight="", drop_invalid=True
    )
