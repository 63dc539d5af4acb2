"""The dialogs as a person uses them: keys, fields, files."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMainWindow, QPushButton

from gmm_studio.gui.actions import Actions
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
