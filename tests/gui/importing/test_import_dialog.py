"""The import dialog as a person uses it, with mouse and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gmm_studio.core.source import ReadOptions
from gmm_studio.gui.colours import DARK, LIGHT, contrast, mixed
from gmm_studio.gui.dialogs.import_dialog import ImportDialog
from gmm_studio.gui.importing.reading import Question, ReadRequest, read
from gmm_studio.gui.importing.roles import roles_of
from gmm_studio.gui.theme import Scheme, ThemeManager
from tests.gui.acting import click, colour_at, count, distance, key, picture, rgb

Key = Qt.Key
Answers = list[ReadOptions]
Opened = tuple[ImportDialog, Answers]
Open = Callable[..., Opened]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Open]:
    holder = QMainWindow()
    qtbot.addWidget(holder)
    holder.show()
    dialogs: list[ImportDialog] = []

    def open_one(source: Path | str, options: ReadOptions | None = None) -> Opened:
        question = read(ReadRequest(source, options or ReadOptions(), "always"))
        assert isinstance(question, Question)
        dialog = ImportDialog(question, holder)
        answers: Answers = []
        dialog.accepted_options.connect(answers.append)
        dialogs.append(dialog)
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog, answers

    yield open_one
    for dialog in dialogs:
        if isValid(dialog):
            dialog.reject()


def idle(qtbot: QtBot, dialog: ImportDialog) -> None:
    qtbot.waitUntil(lambda: dialog.is_idle)


def say(qtbot: QtBot, dialog: ImportDialog, name: str, text: str) -> None:
    """Choose in one of the lists, by its keys."""
    field = dialog.bar.fields[name]
    assert field.isVisible()
    field.setFocus()
    wanted = field.findText(text)
    assert wanted >= 0, [field.itemText(i) for i in range(field.count())]
    while field.currentIndex() != wanted:
        key(dialog, Key.Key_Down if field.currentIndex() < wanted else Key.Key_Up)
        idle(qtbot, dialog)


def header_place(dialog: ImportDialog, column: int) -> QPoint:
    header = dialog.table.horizontalHeader()
    x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    return QPoint(x, header.height() // 2)


def choose_role(qtbot: QtBot, dialog: ImportDialog, column: int, text: str) -> None:
    """Click the name of a column, and an entry of the menu."""
    dialog.table.scrollTo(dialog.table.rows.index(0, column))
    click(dialog.table.horizontalHeader().viewport(), header_place(dialog, column))
    pick(qtbot, dialog, text)


def pick(qtbot: QtBot, dialog: ImportDialog, text: str) -> None:
    menu = dialog.table.menu
    assert isinstance(menu, QMenu)
    qtbot.waitUntil(menu.isVisible)
    action = next(one for one in menu.actions() if one.text() == text)
    assert action.isEnabled()
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    idle(qtbot, dialog)


def roles(dialog: ImportDialog) -> dict[str, str]:
    return dict(roles_of(dialog.seen))


def test_it_says_what_was_understood(opened: Open, german: Path) -> None:
    dialog, answers = opened(german)
    said = {name: f.currentText() for name, f in dialog.bar.fields.items() if f.isVisible()}
    assert said == {
        "delimiter": "Semicolon (found)",
        "header": "Names (found)",
        "encoding": "Windows 1252 (found)",
        "decimal": "Comma (found)",
        "thousands": "None (found)",
    }
    assert roles(dialog) == {"Länge": "x", "Breite": "y"}
    assert dialog.summary.text() == "60 rows"
    assert dialog.open_button.text() == "Open 60 points"
    assert dialog.problem.isHidden()
    assert dialog.drop.isHidden(), "there is nothing to leave out"
    model = dialog.table.rows
    assert model.rowCount() == 20
    assert model.headerData(0, Qt.Orientation.Vertical) == "2", "the line in the file"
    key(dialog, Key.Key_Return)
    assert answers == [ReadOptions(columns=("Länge", "Breite"), label="", weight="")]


def test_escape_changes_nothing(qtbot: QtBot, opened: Open, german: Path) -> None:
    dialog, answers = opened(german)
    with qtbot.waitSignal(dialog.rejected):
        key(dialog, Key.Key_Escape)
    assert not answers


def test_every_change_is_previewed(qtbot: QtBot, opened: Open, german: Path) -> None:
    dialog, answers = opened(german)
    say(qtbot, dialog, "delimiter", "Comma")
    assert len(dialog.seen.columns) != 3
    assert not dialog.open_button.isEnabled()
    assert dialog.problem.text()
    say(qtbot, dialog, "delimiter", "Semicolon")
    assert dialog.asked.delimiter == ";"
    say(qtbot, dialog, "header", "Data")
    assert [column.name for column in dialog.seen.columns] == ["column 1", "column 2", "column 3"]
    assert dialog.seen.rows[0].line == 1
    click(dialog.found)
    idle(qtbot, dialog)
    assert dialog.asked == ReadOptions()
    assert dialog.open_button.text() == "Open 60 points"
    assert not answers
    dialog.reject()


def test_a_wrong_decimal_mark_marks_the_cells(qtbot: QtBot, opened: Open, german: Path) -> None:
    dialog, _ = opened(german)
    say(qtbot, dialog, "decimal", "Point")
    assert len(dialog.seen.problems) == 60
    assert "line 2, column 1 (Länge)" in dialog.problem.text()
    assert "is not a number" in dialog.problem.text()
    assert not dialog.open_button.isEnabled()
    dialog.reject()


def test_roles_are_chosen_at_the_names(qtbot: QtBot, opened: Open, flowers: Path) -> None:
    dialog, answers = opened(flowers)
    choose_role(qtbot, dialog, 2, "x")
    choose_role(qtbot, dialog, 3, "y")
    choose_role(qtbot, dialog, 4, "True label")
    assert roles(dialog) == {"petal length": "x", "petal width": "y", "species": "label"}
    click(dialog.open_button)
    assert answers == [
        ReadOptions(columns=("petal length", "petal width"), label="species", weight="")
    ]


def test_roles_are_chosen_by_keys(qtbot: QtBot, opened: Open, flowers: Path) -> None:
    dialog, _ = opened(flowers)
    for _ in range(20):
        if dialog.table.hasFocus():
            break
        key(dialog, Key.Key_Tab)
    assert dialog.table.hasFocus()
    for _ in range(2):
        key(dialog, Key.Key_Right)
    column = dialog.table.currentIndex().column()
    key(dialog, Key.Key_Return)
    menu = dialog.table.menu
    assert isinstance(menu, QMenu)
    qtbot.waitUntil(menu.isVisible)
    qtbot.keyClick(menu, Key.Key_Down)
    qtbot.keyClick(menu, Key.Key_Return)
    idle(qtbot, dialog)
    assert roles(dialog)[dialog.seen.columns[column].name] == "x"
    assert dialog.isVisible()
    dialog.reject()


def test_one_dimension_is_a_column_less(qtbot: QtBot, opened: Open, flowers: Path) -> None:
    dialog, answers = opened(flowers)
    choose_role(qtbot, dialog, 1, "Not used")
    assert roles(dialog) == {"sepal length": "x"}
    click(dialog.table.horizontalHeader().viewport(), header_place(dialog, 0))
    menu = dialog.table.menu
    assert menu is not None
    enabled = [action.text() for action in menu.actions() if action.isEnabled()]
    assert enabled == ["x"], "something must be x"
    menu.close()
    key(dialog, Key.Key_Return)
    dialog.accept()
    assert answers[-1].columns == ("sepal length",)


def test_rows_that_cannot_be_used_are_shown(qtbot: QtBot, opened: Open, bad: Path) -> None:
    dialog, answers = opened(bad)
    assert dialog.summary.text() == (
        "4 of the 150 rows cannot be used: 1 missing, 1 not a number, "
        "1 wrong number of columns, 1 not finite"
    )
    assert dialog.problem.text() == "bad.csv, line 5, column 2 (width): the value is missing."
    model = dialog.table.rows
    lines = [row.line for row in model.rows]
    assert lines == [*range(2, 22), 42, 92], "the first rows, and what is wrong further on"
    tip = model.data(model.index(lines.index(92), 0), Qt.ItemDataRole.ToolTipRole)
    assert tip == "bad.csv, line 92, column 1 (length): inf is not a finite number."
    assert model.is_bad(model.index(lines.index(5), 1))
    assert not model.is_bad(model.index(lines.index(5), 0))
    assert model.is_bad(model.index(lines.index(42), 0)), "the whole row"
    assert dialog.drop.isVisible()
    assert not dialog.drop.isChecked(), "never by itself"
    assert not dialog.open_button.isEnabled()
    key(dialog, Key.Key_Return)
    assert not answers
    click(dialog.drop, (10, dialog.drop.height() // 2))
    assert dialog.problem.isHidden()
    assert dialog.open_button.text() == "Open 146 points"
    assert dialog.summary.text().startswith("4 of the 150 rows are left out: ")
    click(dialog.open_button)
    assert answers == [
        ReadOptions(columns=("length", "width"), label="", weight="", drop_invalid=True)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_wrong_cell_is_seen(
    qtbot: QtBot, opened: Open, bad: Path, qapp: QApplication, scheme: Scheme
) -> None:
    theme = ThemeManager(qapp, scheme)
    palette = theme.palette
    assert palette is (LIGHT if scheme == "light" else DARK)
    dialog, _ = opened(bad)
    table = dialog.table
    qtbot.waitUntil(lambda: table.visualRect(table.rows.index(3, 1)).isValid())
    table.scrollToTop()
    ground = mixed(palette.error, palette.panel, 0.12)
    assert contrast(palette.error, ground) >= 4.5
    image = picture(dialog)
    box, ratio = table.visualRect(table.rows.index(3, 1)), image.devicePixelRatio()
    at = table.viewport().mapTo(dialog, box.topLeft() + QPoint(4, box.height() // 2))
    seen = colour_at(image, QPointF(at) * ratio)
    assert distance(seen, rgb(ground)) <= 2
    assert count(image, rgb(palette.text)) > 50
    dialog.reject()
    theme.set_scheme("light")
    theme.deleteLater()


def test_a_long_file_does_not_say_how_many(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("x,y,z\n" + "1,2,3\n4,5,6\n" * 2000)
    dialog, _ = opened(path)
    assert dialog.open_button.text() == "Open"
    assert dialog.open_button.isEnabled()
    assert dialog.summary.text() == "The first 1,000 rows were looked at"
    dialog.reject()


def test_sheets_are_chosen(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "First"
    second = book.create_sheet("Second")
    for row in (["a", "b"], [1, 2], [3, 4], [5, 6]):
        book.active.append(row)
        second.append([*row, row[0]])
    path = tmp_path / "book.xlsx"
    book.save(path)
    dialog, answers = opened(path)
    assert not dialog.bar.fields["delimiter"].isVisible(), "there is none in a workbook"
    assert dialog.bar.fields["table"].currentText() == "First (found)"
    say(qtbot, dialog, "table", "Second")
    assert len(dialog.seen.columns) == 3
    dialog.open_button.setFocus()
    key(dialog, Key.Key_Return)
    assert answers[0].table == "Second"


def test_of_a_text_nothing_is_named_that_was_not_said(qtbot: QtBot, opened: Open) -> None:
    dialog, answers = opened("1 2 3\n4 5 6\n")
    assert dialog.bar.fields["delimiter"].currentText() == "None (found)"
    assert dialog.open_button.text() == "Open 6 points"
    say(qtbot, dialog, "delimiter", "Blanks")
    assert dialog.open_button.text() == "Open 2 points"
    click(dialog.open_button)
    assert answers == [ReadOptions(delimiter=" ")]


def test_the_newest_change_wins(qtbot: QtBot, opened: Open, german: Path) -> None:
    dialog, _ = opened(german)
    field = dialog.bar.fields["delimiter"]
    field.setFocus()
    for _ in range(5):
        key(dialog, Key.Key_Down)
    assert not dialog.open_button.isEnabled(), "nothing is opened that was not seen"
    idle(qtbot, dialog)
    assert dialog.asked.delimiter == " "
    assert dialog.seen.options.delimiter == " "
    dialog.reject()


@pytest.mark.parametrize("scale", [1.0, 1.46])
def test_it_fits_a_small_screen(
    qtbot: QtBot, opened: Open, bad: Path, qapp: QApplication, scale: float
) -> None:
    theme = ThemeManager(qapp, "light", scale)
    dialog, _ = opened(bad)
    dialog.resize(960, 640)
    QApplication.processEvents()
    assert dialog.width() <= 960
    assert dialog.height() <= 640
    assert dialog.table.viewport().height() >= 3 * dialog.table.rowHeight(0)
    for field in dialog.bar.fields.values():
        if field.isVisible():
            room = field.width() - field.fontMetrics().horizontalAdvance(field.currentText())
            assert room > 2 * field.fontMetrics().averageCharWidth(), "nothing is cut off"
    dialog.reject()
    theme.set_scale(1.0)
    theme.deleteLater()
