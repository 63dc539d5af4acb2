"""The window as a whole: what it says, what it remembers, and that it never stands still."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import fit
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn, Placed, Seed, new_cloud
from gmm_studio.gui.app import SWITCH_SECONDS
from gmm_studio.gui.colours import DARK, LIGHT
from gmm_studio.gui.dialogs.import_dialog import ImportDialog
from gmm_studio.gui.dialogs.shortcuts import ShortcutsDialog
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.window import Window
from tests.gui.acting import Control, Shift, click, colour_at, key, picture, rgb
from tests.gui.conftest import close_window, open_window, settle

Key = Qt.Key
MILLION = 1_000_000


def shown(window: Window) -> RunRecord:
    assert window.session.shown is not None
    return window.session.shown


def play_fast(window: Window) -> None:
    window.session.playback.speed = 1000


def bring(qtbot: QtBot, window: Window, cloud: PointCloud) -> None:
    window.session._on_brought(cloud)
    settle(qtbot, window)


def choose(window: Window, name: str) -> None:
    """As from the menu."""
    action = window.actions_[name]
    assert action.isEnabled()
    action.trigger()


def cells(window: Window, row: int) -> dict[str, str]:
    """What the table of runs says in a row."""
    model, role = window.runs.model(), Qt.ItemDataRole.DisplayRole
    return {
        model.headerData(i, Qt.Orientation.Horizontal, role): model.data(model.index(row, i), role)
        for i in range(model.columnCount())
    }


def drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at = QPointF(400, 300)
    with warnings.catch_warnings():
        # Qt 6.12 would have places with fractions here, which earlier ones do not know.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(
            at.toPoint(),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    event = QDropEvent(
        at,
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file of five columns of numbers and one of names."""
    rng = np.random.default_rng(0)
    path = tmp_path / "many.csv"
    rows = [
        f"{a:.3f},{b:.3f},s{i},{c:.3f},{d:.3f},{e:.3f}"
        for i, (a, b, c, d, e) in enumerate(rng.normal(size=(60, 5)))
    ]
    path.write_text("\n".join(["length,width,name,height,depth,mass", *rows]) + "\n")
    return path


# The first screen


def test_it_opens_with_a_cloud_and_a_start(window: Window) -> None:
    document = window.session.document
    assert document.cloud.name == "Separated"
    assert document.cloud.n == 1000
    assert window.windowTitle() == "Separated, 1,000 points · 3 components[*] — GMM Studio"
    assert window.pill.isVisible()
    assert window.pill.text == "The start. Space plays"
    assert window.session.playback.cursor == 0
    assert shown(window).stop is not None
    assert cells(window, 0)["Stopped"] == "converged"
    assert not window.activity.is_working
    assert "Space plays" in window.activity.text
    assert window.parameters.text.startswith("Iteration 0")
    assert not window.actions_.undo.isEnabled()
    controls = [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QComboBox | QAbstractSpinBox | QAbstractSlider)
        and widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(controls) <= 22, "one thing at a time"


def test_space_plays_to_the_end(qtbot: QtBot, window: Window) -> None:
    window.session.playback.speed = 60
    told: list[str] = []
    key(window, Key.Key_Space)
    assert window.session.playback.is_playing

    def is_over() -> bool:
        told.append(window.pill.text)
        return not window.session.playback.is_playing

    qtbot.waitUntil(is_over)
    settle(qtbot, window)
    last = shown(window).steps[-1].index
    assert window.session.playback.cursor == last
    assert window.pill.text == f"Converged after {last}. Space replays"
    assert window.pill.button.isVisible()
    assert window.pill.button.text() == "Try 100 starts"
    assert any(text.startswith("Iteration ") for text in told)
    assert window.parameters.text.startswith(f"Iteration {last}")
    key(window, Key.Key_Space)
    assert window.session.playback.cursor < last, "it replays"
    window.session.playback.pause()


def test_the_next_thing_is_a_click_away(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_End)
    settle(qtbot, window)
    click(window.pill.button)
    atlas = window.laboratory.atlas
    assert window.compare.currentWidget() is atlas
    assert atlas.is_busy
    qtbot.waitUntil(lambda: atlas.is_settled)
    assert atlas.atlas is not None
    assert atlas.atlas.found


@pytest.mark.parametrize(
    ("configuration", "text"),
    [
        (Configuration(max_iterations=4), "Stopped at the limit of 4. Space replays"),
        (Configuration(tolerance=1.0), "Converged after 1. Space replays"),
    ],
)
def test_the_pill_says_how_it_ended(
    qtbot: QtBot, window: Window, configuration: Configuration, text: str
) -> None:
    window.session.configure(configuration, "Iterations")
    settle(qtbot, window)
    key(window, Key.Key_End)
    settle(qtbot, window)
    assert window.pill.text == text


def test_the_pill_names_the_component_that_collapsed(qtbot: QtBot, window: Window) -> None:
    points = np.concatenate([np.zeros((30, 2)), np.random.default_rng(0).normal(9, 1, (60, 2))])
    window.session.configure(Configuration(variance_floor=0, tolerance=0), "Variance floor")
    bring(qtbot, window, PointCloud(points))
    window.session.choose_k(2)
    settle(qtbot, window)
    key(window, Key.Key_End)
    settle(qtbot, window)
    stop = shown(window).stop
    assert stop is not None
    assert stop.reason == "degenerate"
    assert stop.component is not None
    assert window.pill.text.startswith(f"Component {stop.component + 1} collapsed after ")
    assert cells(window, 0)["Stopped"] == f"component {stop.component + 1} collapsed"


def test_with_seeds_missing_the_hint_pulses(qtbot: QtBot, window: Window) -> None:
    click(window.start_panel.place)
    settle(qtbot, window)
    assert window.pill.text == "Click to place seed 1 of 3"
    assert window.cloud_view.tool == "seed"
    assert not window.pill.property("pulse")
    key(window, Key.Key_Space)
    assert window.pill.property("pulse") in ("on", "off")
    assert not window.session.playback.is_playing
    qtbot.waitUntil(lambda: not window.pill.property("pulse"))
    assert window.pill.text == "Click to place seed 1 of 3"


# Model and start


def test_more_and_fewer_components_by_a_method(qtbot: QtBot, window: Window) -> None:
    for k in (5, 2, 1):
        window.model_panel.k.setValue(k)
        settle(qtbot, window)
        assert window.session.document.start == Drawn()
        assert shown(window).steps[0].mixture.k == k
        scene = window.cloud_view.scene
        assert scene is not None
        assert scene.mixture is not None
        assert scene.mixture.k == k
    assert window.windowTitle() == "Separated, 1,000 points · 1 component[*] — GMM Studio"


def test_more_and_fewer_components_with_seeds(qtbot: QtBot, window: Window) -> None:
    play_fast(window)
    places: list[Seed] = [(-2.0, -1.0), (2.0, -2.0), (0.0, 2.0)]
    for place in places:
        window.session.place_seed(place)
    settle(qtbot, window)
    window.model_panel.k.setValue(4)
    settle(qtbot, window)
    assert window.session.document.start == Placed((*places, None))
    assert window.pill.text == "Click to place seed 4 of 4"
    assert window.cloud_view.tool == "seed", "it asks for the missing one"
    window.model_panel.k.setValue(2)
    settle(qtbot, window)
    assert window.session.document.start == Placed(tuple(places[:2]))
    assert window.cloud_view.tool == "pick"
    assert shown(window).steps[0].mixture.k == 2


def edit_covariance(window: Window) -> None:
    window.model_panel.covariance.setCurrentIndex(1)
    window.model_panel.covariance.activated.emit(1)


def edit_method(window: Window) -> None:
    window.start_panel.method.setCurrentIndex(2)
    window.start_panel.method.activated.emit(2)


def edit_tolerance(window: Window) -> None:
    window.model_panel.tolerance.setText("1e-3")
    window.model_panel.tolerance.editingFinished.emit()


EDITS: dict[str, Callable[[Window], None]] = {
    "Components": lambda window: window.model_panel.k.setValue(4),
    "Covariance": edit_covariance,
    "Tolerance": edit_tolerance,
    "Iterations": lambda window: window.model_panel.limit.setValue(3),
    "Start": edit_method,
    "Another start": lambda window: click(window.start_panel.another),
    "Start from this step": lambda window: choose(window, "start_from_shown"),
    "New seeds": lambda window: click(window.start_panel.place),
    "New cloud": lambda window: choose(window, "sample"),
}


def test_every_edit_is_in_the_menu_and_undone_by_keys(qtbot: QtBot, window: Window) -> None:
    documents = [window.session.document]
    for name, edit in EDITS.items():
        edit(window)
        settle(qtbot, window)
        assert window.actions_.undo.text() == f"Undo {name}"
        documents.append(window.session.document)
    assert len({id(document) for document in documents}) == len(EDITS) + 1
    for name, document in reversed(list(zip(EDITS, documents, strict=False))):
        key(window, "z", Control)
        assert window.session.document == document, name
        assert window.actions_.redo.text() == f"Redo {name}"
    settle(qtbot, window)
    assert not window.actions_.undo.isEnabled()
    assert window.pill.text == "The start. Space plays"
    assert window.model_panel.k.value() == 3
    assert window.model_panel.covariance.currentText() == "Full"
    assert window.model_panel.tolerance.text() == "1e-06"
    assert window.start_panel.method.currentText() == "k-means++"
    for document in documents[1:]:
        key(window, "z", Control | Shift)
        assert window.session.document == document
    assert not window.actions_.redo.isEnabled()
    settle(qtbot, window)


def test_the_sentence_of_a_method_has_room_whichever_was_before(
    qtbot: QtBot, window: Window
) -> None:
    panel = window.start_panel
    text = panel.sentence
    for name in ("k-means++", "k-means", "Uniform", "k-means", "Random responsibilities"):
        panel.method.setCurrentText(name)
        panel.method.activated.emit(panel.method.currentIndex())
        settle(qtbot, window)
        qtbot.waitUntil(lambda: text.height() >= text.heightForWidth(text.width()))
        assert text.geometry().bottom() < panel.watch.y()


def test_the_random_seed_repeats_a_start(qtbot: QtBot, window: Window) -> None:
    first = shown(window)
    window.start_panel.random_state.setValue(7)
    settle(qtbot, window)
    assert window.session.document.start == Drawn("k-means++", 7)
    seventh = shown(window).steps[0].mixture.means
    window.start_panel.random_state.setValue(0)
    settle(qtbot, window)
    assert window.session.shown is first
    window.session.runs.remove(first)
    window.start_panel.random_state.setValue(7)
    settle(qtbot, window)
    np.testing.assert_array_equal(shown(window).steps[0].mixture.means, seventh)


# Runs


def test_runs_are_listed_picked_and_scrubbed(qtbot: QtBot, window: Window) -> None:
    first = shown(window)
    for state in (1, 2):
        window.session.choose_method("random-points", state)
        settle(qtbot, window)
    window.side_tabs.setCurrentWidget(window.runs)
    assert window.runs.model().rowCount() == 3
    assert [cells(window, row)["Run"] for row in range(3)] == ["3", "2", "1"]
    below = [cells(window, row)["Below best"] for row in range(3)]
    assert "best" in below
    assert [cells(window, row)["Start"] for row in range(3)] == [
        "Random points 2",
        "Random points 1",
        "k-means++ 0",
    ]
    index = window.runs.model().index(2, 0)
    click(window.runs.viewport(), window.runs.visualRect(index).center())
    settle(qtbot, window)
    assert window.session.shown is first
    assert window.start_panel.method.currentText() == "k-means++"
    key(window, Key.Key_Right)
    key(window, Key.Key_Right)
    settle(qtbot, window)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.mixture is first.steps[2].mixture
    assert window.transport._total.text() == f"/ {first.steps[-1].index}"


def test_delete_in_the_table_of_runs_deletes_a_run(qtbot: QtBot, window: Window) -> None:
    first = shown(window)
    window.session.another_start()
    settle(qtbot, window)
    window.side_tabs.setCurrentWidget(window.runs)
    window.runs.setFocus()
    window.runs.setCurrentIndex(window.runs.model().index(1, 0))
    key(window, Key.Key_Delete)
    assert window.session.runs.of(first.cloud) == [shown(window)]


def test_the_trail_of_a_long_run_is_short_and_complete(qtbot: QtBot, window: Window) -> None:
    window.session.configure(Configuration(tolerance=0, max_iterations=700), "Iterations")
    settle(qtbot, window)
    run = shown(window)
    for t in (5, 127, 128, 129, 640, 700):
        window.session.playback.move_to(t)
        settle(qtbot, window)
        scene = window.cloud_view.scene
        assert scene is not None
        assert scene.trails is not None
        np.testing.assert_array_equal(scene.trails[0], run.steps[0].mixture.means)
        np.testing.assert_array_equal(scene.trails[-1], run.steps[t].mixture.means)
        assert min(t, 60) < len(scene.trails) <= 260


def test_runs_are_renamed_pinned_and_deleted(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shown(window)
    window.session.another_start()
    settle(qtbot, window)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("mine", True))
    menu = window.runs.menu_for(first)
    for text in ("Rename…", "Pin"):
        next(one for one in menu.actions() if one.text() == text).trigger()
    menu.close()
    assert cells(window, 0)["Run"] == "★ mine"
    menu = window.runs.menu_for(shown(window))
    next(one for one in menu.actions() if one.text() == "Delete").trigger()
    menu.close()
    assert window.runs.model().rowCount() == 1


# Files


def test_a_file_is_opened(qtbot: QtBot, window: Window, faithful: Path) -> None:
    window.open_file(faithful)
    settle(qtbot, window)
    cloud = window.session.document.cloud
    assert (cloud.n, cloud.columns) == (272, ("eruptions", "waiting"))
    assert window.windowTitle() == "faithful, 272 points · 3 components[*] — GMM Studio"
    assert window.data_panel.cloud.currentText() == "faithful"
    assert not window.actions_["equal"].isChecked(), "minutes and their number are not of a kind"
    assert window.actions_.undo.text() == "Undo New cloud"
    expected = fit(cloud, 3)
    assert shown(window).log_likelihood == expected.log_likelihood
    for point in cloud.points[:20].tolist():
        viewport = window.cloud_view.viewport
        assert viewport is not None
        across, down = viewport.to_pixel(*point)
        assert 0 < across < viewport.width
        assert 0 < down < viewport.height


def test_a_dropped_file_is_opened(qtbot: QtBot, window: Window, faithful: Path) -> None:
    drop(window, faithful)
    settle(qtbot, window)
    assert window.session.document.cloud.name == "faithful"


def test_the_open_dialog_opens_a_file(qtbot: QtBot, window: Window, faithful: Path) -> None:
    choose(window, "open")
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(faithful))
    dialog.close()
    settle(qtbot, window)
    assert window.session.document.cloud.name == "faithful"


def open_as_understood(qtbot: QtBot, window: Window, path: Path) -> None:
    """Open a file of many columns, and say yes to what is asked."""
    window.open_file(path)
    settle(qtbot, window)
    (dialog,) = window.findChildren(ImportDialog)
    key(dialog, Key.Key_Return)
    settle(qtbot, window)


def test_columns_of_a_file_are_chosen_at_once(qtbot: QtBot, window: Window, table: Path) -> None:
    open_as_understood(qtbot, window, table)
    assert window.session.document.cloud.columns == ("length", "width")
    assert window.data_panel._used.isVisible()
    assert window.data_panel._used.text() == "2 of 5 columns used"
    window.data_panel.upwards.setFocus()
    key(window, Key.Key_Down)
    settle(qtbot, window)
    assert window.session.document.cloud.columns == ("length", "height")
    window.data_panel.across.setFocus()
    key(window, Key.Key_Down)
    settle(qtbot, window)
    assert window.session.document.cloud.columns == ("width", "height")
    window.data_panel.upwards.setFocus()
    for _ in range(3):
        key(window, Key.Key_Down)
        settle(qtbot, window)
    assert window.session.document.cloud.columns == ("width",)
    assert window.session.document.cloud.d == 1


def test_a_column_twice_is_refused_and_the_lists_tell_the_truth(
    qtbot: QtBot, window: Window, table: Path
) -> None:
    open_as_understood(qtbot, window, table)
    before = window.session.document
    window.data_panel.across.setFocus()
    key(window, Key.Key_Down)
    settle(qtbot, window)
    assert "asked for twice" in window.activity.text
    assert window.pill.property("kind") == "problem"
    assert window.session.document is before
    assert window.data_panel.across.currentText() == "length"


BAD = {
    "empty.csv": ("", "empty.csv is empty."),
    "words.csv": ("a,b\nx,y\n", "no column of numbers"),
    "header.csv": ("x,y\n", "no rows"),
    "zeros.csv": ("x,y\n\x00\n", "not a text file"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_told_and_change_nothing(
    qtbot: QtBot, window: Window, tmp_path: Path, name: str
) -> None:
    text, told = BAD[name]
    path = tmp_path / name
    path.write_text(text)
    before, run = window.session.document, window.session.shown
    window.open_file(path)
    settle(qtbot, window)
    assert told in window.activity.text
    assert told in window.pill.text
    assert window.pill.property("kind") == "problem"
    assert window.session.document is before
    assert window.session.shown is run
    assert not window.files.recent
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert window.pill.text == "The start. Space plays"


def test_folders_and_what_is_not_there(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    for path, told in ((tmp_path, "is a folder"), (tmp_path / "no.csv", "There is no file")):
        drop(window, path)
        settle(qtbot, window)
        assert told in window.activity.text


def test_files_are_remembered(qtbot: QtBot, window: Window, faithful: Path, table: Path) -> None:
    window.open_file(faithful)
    settle(qtbot, window)
    open_as_understood(qtbot, window, table)
    window.open_file(faithful)
    settle(qtbot, window)
    assert window.files.recent == [faithful, table]
    assert [one.text() for one in window.actions_.recent.actions()] == ["faithful.csv", "many.csv"]
    window.actions_.recent.actions()[1].trigger()
    settle(qtbot, window)
    assert window.session.document.cloud.name == "many"
    assert window.files.recent == [table, faithful]
    table.unlink()
    window.actions_.recent.actions()[0].trigger()
    settle(qtbot, window)
    assert "There is no file" in window.activity.text


def test_a_file_of_one_column(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    values = np.concatenate(
        [np.random.default_rng(0).normal(-4, 1, 150), np.random.default_rng(1).normal(4, 1, 150)]
    )
    path.write_text("\n".join(["value", *(f"{value:.6f}" for value in values)]))
    window.open_file(path)
    settle(qtbot, window)
    window.model_panel.k.setValue(2)
    settle(qtbot, window)
    key(window, Key.Key_End)
    settle(qtbot, window)
    assert window.session.document.cloud.d == 1
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.histogram is not None
    assert not window.actions_["equal"].isEnabled()
    assert not window.view_panel.truth.isEnabled()
    assert not window.actions_["sample"].isEnabled()
    assert sorted(shown(window).steps[-1].mixture.means[:, 0]) == pytest.approx([-4, 4], abs=0.3)


# What cannot be fitted


def test_a_cloud_of_equal_points_keeps_the_window_running(qtbot: QtBot, window: Window) -> None:
    bring(qtbot, window, PointCloud(np.full((20, 2), 7.0)))
    assert "different points" in window.activity.text
    assert "different points" in window.pill.text
    assert window.pill.property("kind") == "problem"
    key(window, Key.Key_Space)
    settle(qtbot, window)
    key(window, Key.Key_Right)
    key(window, "f")
    choose(window, "export")
    settle(qtbot, window)
    assert "nothing to export" in window.activity.text
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert "different points" in window.pill.text, "as long as it is so"
    key(window, "z", Control)
    settle(qtbot, window)
    assert window.session.document.cloud.name == "Separated"
    assert window.pill.text == "The start. Space plays"


def test_one_point_keeps_the_window_running(qtbot: QtBot, window: Window) -> None:
    bring(qtbot, window, PointCloud([[1.0, 2.0]]))
    assert window.windowTitle().startswith("Own points, 1 point · 1 component")
    assert window.pill.property("kind") == "problem"
    assert window.pill.text
    bring(qtbot, window, PointCloud([5.0]))
    assert window.pill.property("kind") == "problem"


def test_more_components_than_points_are_refused(qtbot: QtBot, window: Window) -> None:
    bring(qtbot, window, PointCloud(np.random.default_rng(0).normal(size=(4, 2))))
    before = window.session.document
    window.model_panel.k.setValue(5)
    settle(qtbot, window)
    assert "from 1 to 4" in window.pill.text
    assert window.model_panel.k.value() == before.k
    assert window.session.document is before


def test_more_components_than_different_points_are_taken_back(qtbot: QtBot, window: Window) -> None:
    bring(qtbot, window, PointCloud(np.repeat(np.eye(2), 10, axis=0)[:, :2]))
    window.model_panel.k.setValue(1)
    settle(qtbot, window)
    before, run = window.session.document, window.session.shown
    assert run is not None
    window.model_panel.k.setValue(3)
    settle(qtbot, window)
    assert "3 different points" in window.activity.text
    assert "3 different points" in window.pill.text
    assert window.session.document == before
    assert window.session.shown is run
    assert window.model_panel.k.value() == 1
    assert window.actions_.undo.text() == "Undo Components"


# The look


def test_light_and_dark(qtbot: QtBot, window: Window) -> None:
    at = (30, window.cloud_view.height() - 60)
    assert colour_at(picture(window.cloud_view), at) == rgb(LIGHT.canvas)
    choose(window, "scheme_dark")
    settle(qtbot, window)
    assert colour_at(picture(window.cloud_view), at) == rgb(DARK.canvas)
    image = picture(window)
    for widget, colour in (
        (window.parameters, DARK.panel),
        (window.curve_view, DARK.panel),
        (window.activity, DARK.window),
    ):
        corner = widget.mapTo(window, widget.rect().bottomRight()) - QPointF(3, 3).toPoint()
        assert colour_at(image, corner) == rgb(colour), widget
    assert window.actions_["scheme_dark"].isChecked()
    choose(window, "scheme_light")
    settle(qtbot, window)
    assert colour_at(picture(window.cloud_view), at) == rgb(LIGHT.canvas)


def test_the_interface_grows_and_shrinks(qtbot: QtBot, window: Window) -> None:
    height, label = window.transport.height(), window.data_panel.header.height()
    for _ in range(3):
        key(window, Key.Key_Plus, Control)
    settle(qtbot, window)
    assert window.transport.height() > height
    assert window.data_panel.header.height() > 1.15 * label
    assert window.cloud_view.style_of_scene.scale == pytest.approx(1.1**3)
    for _ in range(5):
        key(window, Key.Key_Minus, Control)
    settle(qtbot, window)
    assert window.data_panel.header.height() < label
    key(window, Key.Key_0, Control)
    settle(qtbot, window)
    assert window.data_panel.header.height() == label


def test_equal_aspect_is_switched(qtbot: QtBot, window: Window) -> None:
    viewport = window.cloud_view.viewport
    assert viewport is not None
    assert window.actions_["equal"].isChecked()
    assert viewport.x_scale == pytest.approx(viewport.y_scale)
    key(window, "q")
    settle(qtbot, window)
    viewport = window.cloud_view.viewport
    assert viewport is not None
    assert viewport.x_scale != pytest.approx(viewport.y_scale, rel=0.01)
    assert not window.view_panel.equal.isChecked()
    window.view_panel.set_open(True)
    window.view_panel.equal.click()
    settle(qtbot, window)
    assert window.actions_["equal"].isChecked()


def test_layers_are_switched_in_menu_and_panel(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_End)
    settle(qtbot, window)
    with_ellipses = picture(window.cloud_view)
    choose(window, "layer_ellipses")
    settle(qtbot, window)
    assert picture(window.cloud_view) != with_ellipses
    assert not window.view_panel._switches["ellipses"].isChecked()
    window.view_panel._switches["ellipses"].click()
    settle(qtbot, window)
    assert window.actions_["layer_ellipses"].isChecked()
    assert picture(window.cloud_view) == with_ellipses


# Settings


@pytest.fixture
def again(qtbot: QtBot, settings_path: Path) -> Iterator[Callable[[], Window]]:
    """Close the window that is open and open another one with the same settings."""
    opened: list[Window] = []

    def make() -> Window:
        if opened:
            close_window(opened.pop())
        opened.append(open_window(qtbot, settings_path))
        return opened[-1]

    yield make
    if opened:
        close_window(opened.pop())


def test_layout_and_settings_are_remembered(
    qtbot: QtBot, again: Callable[[], Window], faithful: Path, settings_path: Path
) -> None:
    window = again()
    window.model_panel.set_open(True)
    sizes = [300, 500, 400]
    window._columns.setSizes(sizes)
    sizes = window._columns.sizes()
    window.transport._speed.setCurrentIndex(4)
    window.transport._speed.activated.emit(4)
    choose(window, "scheme_dark")
    key(window, Key.Key_Plus, Control)
    key(window, Key.Key_0, Control)
    window.open_file(faithful)
    settle(qtbot, window)
    window = again()
    assert window._columns.sizes() == sizes
    assert window.model_panel.is_open
    assert not window.data_panel.is_open
    assert window.session.playback.speed == 20
    assert window.transport._speed.currentText() == "20/s"
    assert window.files.recent == [faithful]
    settings = QSettings(str(settings_path), QSettings.Format.IniFormat)
    assert settings.value("scheme") == "dark"
    assert float(str(settings.value("scale"))) == 1.0


def test_spoilt_settings_do_no_harm(again: Callable[[], Window], settings_path: Path) -> None:
    settings_path.write_text(
        "[General]\nspeed=fast\nscale=big\nscheme=pink\nrecent=7\nfolder=\n"
        "[layout]\ncolumns=x\nmiddle=1\ngeometry=@ByteArray(abc)\n[sections]\ndata=perhaps\n"
    )
    window = again()
    assert window.session.playback.speed in (1, 2, 5, 10, 20, 60)
    assert window.pill.text == "The start. Space plays"
    assert window.cloud_view.width() > 200


# Controls and actions


def controls(window: Window) -> list[QWidget]:
    """What a person works with; not the parts that Qt makes controls of."""
    kinds = (
        QAbstractButton,
        QComboBox,
        QAbstractSpinBox,
        QAbstractSlider,
        QLineEdit,
        QAbstractItemView,
    )
    found = []
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        is_part = isinstance(
            parent, QAbstractSpinBox | QComboBox | QTabBar | QAbstractItemView | QScrollBar
        ) or isinstance(parent and parent.parentWidget(), QComboBox)
        is_part = is_part or isinstance(widget, QScrollBar) or widget.window() is not window
        if isinstance(widget, kinds) and not is_part and not widget.objectName().startswith("qt_"):
            found.append(widget)
    return found


def test_every_control_has_a_tip_a_name_and_a_place_in_the_tab_order(
    qtbot: QtBot, window: Window
) -> None:
    for panel in (window.data_panel, window.model_panel, window.start_panel, window.view_panel):
        panel.set_open(True)
    key(window, Key.Key_End)
    settle(qtbot, window)
    found = controls(window)
    assert len(found) > 30
    without_tip = [widget for widget in found if not widget.toolTip()]
    without_name = [widget for widget in found if not widget.accessibleName()]
    without_tab = [widget for widget in found if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert without_tip == []
    assert without_name == []
    assert without_tab == []


def test_all_shortcuts_are_unique(window: Window) -> None:
    taken: dict[str, str] = {}
    actions = window.actions_.all()
    assert len(actions) > 25
    for action in actions:
        for shortcut in action.shortcuts():
            name = shortcut.toString(QKeySequence.SequenceFormat.PortableText)
            assert name not in taken, f"{name}: {taken[name]} and {action.text()}"
            taken[name] = action.text()
    assert {"Space", "Left", "Right", "Home", "End", "PgUp", "PgDown", "Ctrl+Z"} <= set(taken)
    menu_bar = window.menuBar()
    for menu in (one.menu() for one in menu_bar.actions()):
        assert isinstance(menu, QMenu)
        mnemonics = [text[text.index("&") + 1].lower() for text in _texts(menu) if "&" in text]
        assert len(mnemonics) == len(set(mnemonics)), menu.title()


def _texts(menu: QMenu) -> list[str]:
    return [action.text().replace("&&", "") for action in menu.actions()]


def test_every_action_is_in_a_menu_and_can_be_done(qtbot: QtBot, window: Window) -> None:
    def in_menus(menu: QMenu) -> set[QAction]:
        inside = set(menu.actions())
        for action in menu.actions():
            if isinstance(action.menu(), QMenu):
                inside |= in_menus(action.menu())
        return inside

    reachable: set[QAction] = set()
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        reachable |= in_menus(menu)
    assert set(window.actions_.all()) <= reachable
    for action in window.actions_.all():
        if action.isEnabled() and action is not window.actions_["quit"]:
            action.trigger()
            for dialog in window.findChildren(QDialog):
                dialog.close()
            settle(qtbot, window)
    assert window.isVisible()


def test_the_sheet_of_shortcuts_and_about(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_F1)
    (sheet,) = window.findChildren(ShortcutsDialog)
    assert sheet.isVisible()
    sheet.close()
    choose(window, "about")
    (box,) = window.findChildren(QMessageBox)
    assert "GMM Studio" in box.text()
    box.close()
    qtbot.waitUntil(lambda: not window.findChildren(ShortcutsDialog))


def test_copying_the_parameters(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_End)
    settle(qtbot, window)
    key(window, "c", Control)
    assert QApplication.clipboard().text() == window.parameters.text
    assert window.parameters.text.startswith(f"Iteration {shown(window).steps[-1].index}")


# A million points


@pytest.fixture(scope="module")
def million() -> PointCloud:
    return generate("separated", MILLION)


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """As the program sets it."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    yield
    sys.setswitchinterval(before)


def fit_for_long(qtbot: QtBot, window: Window, cloud: PointCloud) -> None:
    """Show a large cloud and begin a run of it that takes minutes."""
    configuration = Configuration(tolerance=0, max_iterations=100_000)
    window.session.store.edit(Document(cloud, 10, configuration=configuration), "Large cloud")
    qtbot.waitUntil(
        lambda: (
            window.session.shown is not None
            and window.session.shown.cloud is cloud
            and len(window.session.shown.steps) > 2
        )
    )


@pytest.mark.usefixtures("quick_switches")
def test_a_window_lives_while_a_million_points_are_fitted_and_cancelled_at_once(
    qtbot: QtBot, window: Window, million: PointCloud
) -> None:
    fit_for_long(qtbot, window, million)
    assert window.session.is_computing
    qtbot.waitUntil(lambda: window.activity.is_working)
    assert window.activity.text.startswith("Fitting: iteration ")
    ticks: list[int] = []
    ticker = QTimer(window)
    ticker.timeout.connect(lambda: ticks.append(len(shown(window).steps)))
    ticker.start(5)
    key(window, Key.Key_Space)
    qtbot.waitUntil(lambda: len(ticks) > 100 and ticks[-1] > ticks[0] + 3)
    ticker.stop()
    assert window.session.is_computing
    assert max(map(ticks.count, ticks)) > 1, "the window is asked more often than a step takes"
    key(window, Key.Key_Escape)
    assert not window.session.is_computing
    qtbot.waitUntil(lambda: not window.session._fit.busy)
    stop = shown(window).stop
    assert stop is not None
    assert stop.reason == "cancelled"
    settle(qtbot, window)
    assert not window.activity.is_working
    key(window, Key.Key_End)
    settle(qtbot, window)
    assert window.pill.text.startswith("Cancelled after ")


@pytest.mark.usefixtures("quick_switches")
def test_closing_while_a_million_points_are_fitted_is_clean(
    qtbot: QtBot, window: Window, million: PointCloud
) -> None:
    fit_for_long(qtbot, window, million)
    window.close()
    names = {thread.name for thread in threading.enumerate()}
    assert not {name for name in names if name.startswith("gmm-")} - {
        name for name in names if name.startswith("gmm-kernel")
    }


def test_a_click_on_cancel_cancels(qtbot: QtBot, window: Window) -> None:
    window.session.configure(Configuration(tolerance=0, max_iterations=1_000_000), "Iterations")
    qtbot.waitUntil(lambda: window.activity.is_working)
    window.activity._cancel.click()
    assert not window.session.is_computing
    settle(qtbot, window)
    assert not window.activity.is_working


def test_the_mouse_does_nothing_to_a_cloud_that_is_not_yet_on_the_screen(
    qtbot: QtBot, window: Window
) -> None:
    view, session = window.cloud_view, window.session
    session.store.edit(new_cloud(session.document, generate("hills", 60)), "One axis")
    document = session.document
    assert view.scene is not None
    assert view.scene.cloud.d == 2, "the picture is still of the old one"
    view.seed_dragged.emit(0, (1.0, 2.0))
    view.seed_dropped.emit(0, (1.0, 2.0))
    view.shape_dragged.emit(0, np.eye(2))
    view.shape_dropped.emit(0, np.eye(2))
    view.seed_requested.emit((1.0, 2.0))
    view.selection_requested.emit(((0.0, 0.0), (1.0, 1.0)))
    settle(qtbot, window)
    assert session.document == document
    assert view.scene.cloud is document.cloud
    assert session.shown is not None
    assert session.selection is None


def test_a_new_cloud_forgets_what_was_selected(qtbot: QtBot, window: Window) -> None:
    document = window.session.document
    window.session.select((-9, -9), (0, 9))
    qtbot.waitUntil(lambda: window.session.selection is not None)
    window.session.store.edit(replace(document, cloud=generate("ring", 50)), "New cloud")
    settle(qtbot, window)
    assert window.session.selection is None
    assert "selected" not in window.pill.text
