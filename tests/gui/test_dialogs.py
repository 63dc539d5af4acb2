"""The dialogs as a person uses them: keys, fields, files."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QMainWindow, QPushButton

from gmm_studio.gui.actions import Actions
from gmm_studio.gui.dialogs.export_dialog import ExportDialog, ExportRequest
from gmm_studio.gui.dialogs.seed_dialog import SeedDialog, Share
from gmm_studio.gui.dialogs.shortcuts import ShortcutsDialog


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def is_reachable(dialog):
    """Every control has a tooltip, a name and a place in the tab order."""
    controls = dialog.findChildren(QLineEdit) + dialog.findChildren(QPushButton)
    controls += dialog.findChildren(QComboBox)
    return bool(controls) and all(
        control.toolTip()
        and control.accessibleName()
        and control.focusPolicy() & Qt.FocusPolicy.TabFocus
        for control in controls
    )


# The sheet of shortcuts


@pytest.fixture
def sheet(window):
    stack = QUndoStack(window)
    actions = Actions(window, stack)
    made = ShortcutsDialog(actions.all(), window)
    made.open()
    return made


def test_the_sheet_lists_every_action_with_a_shortcut(window, sheet):
    actions = window.findChild(Actions).all()
    rows = [row for group in sheet.groups[:-2] for row in group.rows]
    assert len(rows) == sum(bool(action.shortcuts()) for action in actions)
    assert all(keys and text for keys, text in rows)


def test_the_sheet_follows_the_menus(window, sheet):
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    groups = [group.title for group in sheet.groups[:-2]]
    assert [title for title in groups if title in titles] == titles
    assert groups[4:-1] == ["Background", "Points", "Mixture"], "menus of the View menu follow it"
    by_title = {group.title: {text: keys for keys, text in group.rows} for group in sheet.groups}
    assert by_title["File"]["Export"] == ("Ctrl+E",)
    assert by_title["Edit"]["Undo"][0] == "Ctrl+Z"
    assert "Space" in by_title["Run"]["Play or pause"]
    assert by_title["Help"]["Mouse and keys"] == ("F1",)


def test_the_sheet_says_undo_whatever_would_be_undone(window):
    stack = QUndoStack(window)
    actions = Actions(window, stack)
    stack.beginMacro("Move seed 2")
    stack.endMacro()
    assert actions.undo.text() == "Undo Move seed 2"
    sheet = ShortcutsDialog(actions.all(), window)
    assert any(text == "Undo" for group in sheet.groups for _, text in group.rows)


def test_the_sheet_has_the_mouse_and_shows_all_it_has(sheet):
    labels = {label.text() for label in sheet.findChildren(QLabel)}
    for group in sheet.groups:
        assert group.title in labels
        for keys, text in group.rows:
            assert text in labels
            assert labels.issuperset(keys)
    assert "Drag a seed" in labels


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F1])
def test_the_sheet_closes(qtbot, sheet, key):
    qtbot.waitExposed(sheet)
    with qtbot.waitSignal(sheet.finished):
        qtbot.keyClick(sheet, key)


# The numbers of a seed


@pytest.fixture
def seed(qtbot, window):
    made = SeedDialog(1, (-1.25, 1 / 3), ("eruptions", "waiting"), window)
    made.places = []
    made.accepted_numbers.connect(lambda j, place, _: made.places.append((j, place)))
    made.open()
    qtbot.waitExposed(made)
    return made


def test_a_seed_shows_its_exact_numbers(seed):
    assert seed.windowTitle() == "Seed 2"
    assert [field.accessibleName() for field in seed.fields] == ["eruptions", "waiting"]
    assert [float(field.text()) for field in seed.fields] == [-1.25, 1 / 3]
    assert is_reachable(seed)


def test_enter_accepts(qtbot, seed):
    assert seed.fields[0].selectedText() == "-1.25"
    seed.fields[0].setText("\N{MINUS SIGN}2.5e-3")
    with qtbot.waitSignal(seed.accepted):
        qtbot.keyClick(seed.fields[0], Qt.Key.Key_Return)
    assert seed.places == [(1, (-2.5e-3, 1 / 3))]


def test_escape_leaves_it(qtbot, seed):
    qtbot.keyClicks(seed.fields[0], "7")
    with qtbot.waitSignal(seed.rejected):
        qtbot.keyClick(seed.fields[0], Qt.Key.Key_Escape)
    assert seed.places == []


def test_the_same_numbers_move_nothing(qtbot, seed):
    with qtbot.waitSignal(seed.accepted):
        qtbot.keyClick(seed.fields[0], Qt.Key.Key_Return)
    assert seed.places == []


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "-inf", "1e400", "1e200", "1 2"])
def test_what_is_no_number_is_said_in_place(qtbot, seed, text):
    seed.fields[1].setText(text)
    qtbot.keyClick(seed.fields[0], Qt.Key.Key_Return)
    assert seed.isVisible()
    assert seed.places == []
    assert seed.problem.isVisible()
    assert seed.problem.text().startswith("waiting must be a number")
    assert seed.fields[1].property("error") is True
    assert seed.focusWidget() is seed.fields[1]
    qtbot.keyClicks(seed.fields[1], "3")
    assert not seed.problem.isVisible()
    assert seed.fields[1].property("error") is False
    qtbot.keyClick(seed.fields[1], Qt.Key.Key_Return)
    assert len(seed.places) == 1


def test_one_dimension_has_one_field(window):
    dialog = SeedDialog(0, (2.0,), ("x",), window)
    assert [field.text() for field in dialog.fields] == ["2"]


def test_axes_may_share_a_name(window):
    dialog = SeedDialog(0, (2.0, 3.0), ("x", "x"), window)
    assert [field.text() for field in dialog.fields] == ["2", "3"]


@pytest.fixture
def weighed(qtbot, window):
    made = SeedDialog(1, (-1.25, 2.0), ("x", "y"), window, Share(0.25, 0.75))
    made.numbers = []
    made.accepted_numbers.connect(lambda *numbers: made.numbers.append(numbers))
    made.open()
    qtbot.waitExposed(made)
    return made


def test_a_seed_of_a_whole_start_has_a_weight(qtbot, weighed):
    assert is_reachable(weighed)
    assert weighed.weight.text() == "0.25"
    weighed.weight.selectAll()
    qtbot.keyClicks(weighed.weight, "0.5")
    with qtbot.waitSignal(weighed.accepted):
        qtbot.keyClick(weighed.weight, Qt.Key.Key_Return)
    assert weighed.numbers == [(1, (-1.25, 2.0), 0.5)]


def test_a_weight_that_is_left_is_no_edit(qtbot, weighed):
    weighed.fields[0].setText("3")
    qtbot.keyClick(weighed.fields[0], Qt.Key.Key_Return)
    assert weighed.numbers == [(1, (3.0, 2.0), None)]


@pytest.mark.parametrize("text", ["", "0", "-0.1", "0.75", "1", "nan"])
def test_a_weight_that_cannot_be_is_said_in_place(qtbot, weighed, text):
    weighed.weight.setText(text)
    qtbot.keyClick(weighed.weight, Qt.Key.Key_Return)
    assert weighed.isVisible()
    assert weighed.numbers == []
    assert weighed.problem.text() == "The weight must be above 0 and below 0.7500."
    assert weighed.weight.property("error") is True
    weighed.weight.setText("0.7")
    qtbot.keyClick(weighed.weight, Qt.Key.Key_Return)
    assert weighed.numbers == [(1, (-1.25, 2.0), 0.7)]


def test_a_weight_that_nobody_can_share_is_fixed(window):
    dialog = SeedDialog(0, (2.0,), ("x",), window, Share(0.25, 0.25))
    assert not dialog.weight.isEnabled()
    assert dialog.weight.toolTip() == "All other components are locked"


# Export


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def export(qtbot, window, settings):
    def make(shown=7, last=42):
        made = ExportDialog(window, shown, last, QSize(900, 700), settings)
        made.requests = []
        made.export_requested.connect(made.requests.append)
        made.open()
        qtbot.waitExposed(made)
        return made

    return make


def choose(qtbot, dialog, name):
    """Press Enter, type a file's name, press Enter; and what was on offer."""
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    files = dialog.findChild(QFileDialog)
    qtbot.waitExposed(files)
    offered = Path(files.selectedFiles()[0]).name
    line = files.findChild(QLineEdit, "fileNameEdit")
    line.setText(str(name))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    return offered


def items(choice):
    return [choice.itemText(i) for i in range(choice.count())]


def test_the_usual_case_is_enter_and_a_name(qtbot, export, tmp_path):
    dialog = export()
    assert is_reachable(dialog)
    with qtbot.waitSignal(dialog.accepted):
        offered = choose(qtbot, dialog, tmp_path / "a")
    assert offered == "mixture-42.json"
    assert dialog.requests == [ExportRequest("parameters", tmp_path / "a.json", "last")]


def test_it_says_which_step(export):
    dialog = export()
    assert items(dialog.step) == ["Iteration 42, the last", "Iteration 7, on show"]
    assert dialog.step.currentData() == "last"
    assert items(export(5, 5).step) == ["Iteration 5, the last and on show"]


def test_parameters_of_the_step_on_show_as_a_table(qtbot, export, tmp_path):
    dialog = export()
    dialog.format.show_value(".csv")
    dialog.step.show_value("shown")
    assert choose(qtbot, dialog, tmp_path / "a.csv") == "mixture-7.csv"
    assert dialog.requests == [ExportRequest("parameters", tmp_path / "a.csv", "shown")]


def test_an_ending_that_is_typed_counts(qtbot, export, tmp_path):
    dialog = export()
    choose(qtbot, dialog, tmp_path / "a.CSV")
    assert dialog.requests == [ExportRequest("parameters", tmp_path / "a.CSV", "last")]


def test_a_picture_is_of_the_step_on_show(qtbot, export, tmp_path):
    dialog = export()
    dialog.picture.click()
    assert not dialog.format.isVisible()
    assert not dialog.step.isVisible()
    assert "Iteration 7, on show" in [
        label.text() for label in dialog.findChildren(QLabel) if label.isVisible()
    ]
    assert items(dialog.size_) == [
        "As on the screen: 900 \N{MULTIPLICATION SIGN} 700 pixels",
        "2 times as fine: 1,800 \N{MULTIPLICATION SIGN} 1,400 pixels",
        "4 times as fine: 3,600 \N{MULTIPLICATION SIGN} 2,800 pixels",
    ]
    dialog.size_.show_value(4)
    assert choose(qtbot, dialog, tmp_path / "a") == "picture-7.png"
    assert dialog.requests == [ExportRequest("picture", tmp_path / "a.png", "shown", 4)]


def test_kinds_may_be_chosen_there_and_back(qtbot, export, tmp_path):
    dialog = export()
    dialog.picture.click()
    dialog.parameters.click()
    assert dialog.format.isVisible()
    choose(qtbot, dialog, tmp_path / "a")
    assert dialog.requests[0].kind == "parameters"


def test_another_ending_is_kept_before_ours(qtbot, export, tmp_path):
    dialog = export()
    choose(qtbot, dialog, tmp_path / "run.v2")
    assert dialog.requests == [ExportRequest("parameters", tmp_path / "run.v2.json", "last")]


def test_with_our_ending_nothing_is_replaced_unasked(qtbot, export, tmp_path):
    (tmp_path / "run.v2.json").write_text("{}")
    dialog = export()
    choose(qtbot, dialog, tmp_path / "run.v2")
    assert dialog.requests == []
    assert dialog.isVisible()
    assert dialog.problem.text() == "run.v2.json is there already. Choose another name."
    assert dialog.problem.isVisible()


def test_the_folder_is_remembered(qtbot, export, tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    choose(qtbot, export(), folder / "a")
    dialog = export()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    files = dialog.findChild(QFileDialog)
    assert Path(files.directory().absolutePath()) == folder
    files.reject()
    assert dialog.isVisible()
    assert dialog.requests == []


def test_escape_saves_nothing(qtbot, export):
    dialog = export()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.requests == []
