"""The table of the whole start, as a person fills it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.mixture import Covariance, Mixture
from gmm_studio.document import Drawn, Given
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.dialogs.start_dialog import StartDialog
from gmm_studio.gui.panels.controls import Field
from gmm_studio.gui.window import Window
from tests.gui.acting import click
from tests.gui.conftest import settle

Key = Qt.Key
Answers = list[tuple[Mixture | None, tuple[int, ...]]]
START = Mixture(
    [0.25, 0.25, 0.5],
    [[-1 / 3, 1.0], [2.0, -1.0], [3.5, 0.25]],
    [[[2.0, 0.5], [0.5, 1.0]], [[1.0, 0.0], [0.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]],
)
DIAGONAL = Mixture(START.weights, START.means, START.covariances * np.eye(2))
ROUND = Mixture(START.weights, START.means, np.array([4.0, 1.0, 2.0])[:, None, None] * np.eye(2))
TIED = Mixture(START.weights, START.means, np.tile(START.covariances[0], (3, 1, 1)))
LINE = Mixture([0.4, 0.6], [[0.0], [5.0]], [[[1.0]], [[2.0]]])

Opened = tuple[StartDialog, Answers]


@pytest.fixture
def table(qtbot: QtBot) -> Callable[..., Opened]:
    holder = QMainWindow()
    qtbot.addWidget(holder)
    holder.show()

    def make(
        start: Mixture = START, covariance: Covariance = "full", locked: tuple[int, ...] = ()
    ) -> Opened:
        configuration = Configuration(covariance, locked=locked)
        made = StartDialog(start, configuration, ("x", "y")[: start.d], LIGHT, holder)
        answers: Answers = []
        made.accepted_start.connect(lambda *answer: answers.append(answer))
        made.open()
        qtbot.waitExposed(made)
        return made, answers

    return make


def write(qtbot: QtBot, field: Field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Key.Key_Delete)
    qtbot.keyClicks(field, text)


def accept(qtbot: QtBot, dialog: StartDialog) -> None:
    qtbot.keyClick(dialog.rows[0].weight, Key.Key_Return)


def answer(answers: Answers) -> Mixture:
    ((mixture, _),) = answers
    assert mixture is not None
    return mixture


def test_the_table_shows_all_of_the_start(table: Callable[..., Opened]) -> None:
    dialog, _ = table(locked=(2,))
    texts = [[field.text() for field in row.fields] for row in dialog.rows]
    assert texts[0] == ["0.25", "-0.333333", "1", "2", "0.5", "1"]
    assert texts[1] == ["0.25", "2", "-1", "1", "0", "4"]
    assert [row.lock.isChecked() for row in dialog.rows] == [False, False, True]
    assert dialog.rows[0].mean[0].toolTip().endswith("0.3333333333333333")
    controls = dialog.findChildren(Field) + dialog.findChildren(QPushButton)
    for control in controls + dialog.findChildren(QCheckBox):
        assert control.toolTip()
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert dialog.rows[2].covariance[1].accessibleName() == "Covariance of component 3"
    assert not dialog.problem.isVisible()


def test_one_dimension_has_a_variance(qtbot: QtBot, table: Callable[..., Opened]) -> None:
    dialog, answers = table(LINE)
    assert [len(row.fields) for row in dialog.rows] == [3, 3]
    write(qtbot, dialog.rows[1].covariance[0], "9")
    accept(qtbot, dialog)
    assert answer(answers).covariances.tolist() == [[[1.0]], [[9.0]]]


def test_exact_numbers_are_typed_and_the_others_stay_exact(
    qtbot: QtBot, table: Callable[..., Opened]
) -> None:
    dialog, answers = table()
    write(qtbot, dialog.rows[1].mean[1], "-1.2345678901234567")
    write(qtbot, dialog.rows[0].covariance[1], "-0.75")
    accept(qtbot, dialog)
    made = answer(answers)
    assert made.means.tolist() == [[-1 / 3, 1.0], [2.0, -1.2345678901234567], [3.5, 0.25]]
    assert made.covariances[0].tolist() == [[2.0, -0.75], [-0.75, 1.0]]
    np.testing.assert_array_equal(made.weights, START.weights)
    assert answers[0][1] == ()


def test_the_same_numbers_are_no_edit(qtbot: QtBot, table: Callable[..., Opened]) -> None:
    dialog, answers = table()
    with qtbot.waitSignal(dialog.accepted):
        accept(qtbot, dialog)
    assert answers == []


def test_escape_leaves_it(qtbot: QtBot, table: Callable[..., Opened]) -> None:
    dialog, answers = table()
    write(qtbot, dialog.rows[0].weight, "0.9")
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Key.Key_Escape)
    assert answers == []


def test_a_lock_alone_leaves_the_numbers(qtbot: QtBot, table: Callable[..., Opened]) -> None:
    dialog, answers = table(locked=(2,))
    click(dialog.rows[0].lock)
    accept(qtbot, dialog)
    assert answers == [(None, (0, 2))]


def test_weights_are_divided_by_their_sum_with_a_word(
    qtbot: QtBot, table: Callable[..., Opened]
) -> None:
    dialog, answers = table()
    assert dialog.note.text() == "The weights sum to 1."
    write(qtbot, dialog.rows[0].weight, "1.25")
    assert dialog.note.text() == "The weights sum to 2.00000 and will be divided by that."
    accept(qtbot, dialog)
    np.testing.assert_allclose(answer(answers).weights, [0.625, 0.125, 0.25], rtol=1e-15)


@pytest.mark.parametrize(
    ("row", "column", "text", "said"),
    [
        (0, 0, "-0.1", "Weight of component 1 must not be negative."),
        (1, 0, "", "Weight of component 2 must be a number such as"),
        (1, 1, "abc", "Mean x of component 2 must be a number such as"),
        (2, 2, "1e200", "Mean y of component 3 must be a number such as"),
        (2, 2, "inf", "Mean y of component 3 must be a number such as"),
        (0, 3, "0", "Variance x of component 1 must be above 0."),
        (1, 5, "-4", "Variance y of component 2 must be above 0."),
        (1, 4, "2", "The covariance of component 2 must be between \N{MINUS SIGN}2.000 and 2.000"),
        (1, 4, "-3", "The covariance of component 2 must be between"),
    ],
)
def test_what_cannot_be_is_said_in_place(
    qtbot: QtBot, table: Callable[..., Opened], row: int, column: int, text: str, said: str
) -> None:
    dialog, answers = table()
    cell = dialog.rows[row].fields[column]
    cell.setText(text)
    accept(qtbot, dialog)
    assert dialog.isVisible()
    assert answers == []
    assert dialog.problem.isVisible()
    assert dialog.problem.text().startswith(said)
    marked = [field for one in dialog.rows for field in one.fields if field.property("error")]
    assert marked == [cell]
    assert dialog.focusWidget() is cell
    write(qtbot, cell, "0.75")
    assert not dialog.problem.isVisible()
    assert not cell.property("error")
    accept(qtbot, dialog)
    assert len(answers) == 1


def test_weights_must_not_all_be_0(qtbot: QtBot, table: Callable[..., Opened]) -> None:
    dialog, answers = table()
    for row in dialog.rows:
        write(qtbot, row.weight, "0")
    accept(qtbot, dialog)
    assert dialog.problem.text() == "The weights must not all be 0."
    assert answers == []


def test_components_that_would_stay_together_are_refused(
    qtbot: QtBot, table: Callable[..., Opened]
) -> None:
    dialog, answers = table()
    for i, text in enumerate(("3.5", "0.25", "1", "0", "1"), start=1):
        write(qtbot, dialog.rows[1].fields[i], text)
    accept(qtbot, dialog)
    assert dialog.problem.text().startswith("Components 2 and 3 have the same mean and covariance")
    assert dialog.rows[2].mean[0].property("error") is True
    write(qtbot, dialog.rows[1].covariance[0], "3")
    accept(qtbot, dialog)
    assert answer(answers).means[1].tolist() == [3.5, 0.25]


def test_diagonal_covariances_have_no_covariance(
    qtbot: QtBot, table: Callable[..., Opened]
) -> None:
    dialog, answers = table(DIAGONAL, "diagonal")
    enabled = [[field.isEnabled() for field in row.covariance] for row in dialog.rows]
    assert enabled == [[True, False, True]] * 3
    write(qtbot, dialog.rows[0].covariance[2], "7")
    accept(qtbot, dialog)
    assert answer(answers).covariances[0].tolist() == [[2.0, 0.0], [0.0, 7.0]]


def test_spherical_ones_have_one_variance(qtbot: QtBot, table: Callable[..., Opened]) -> None:
    dialog, answers = table(ROUND, "spherical")
    enabled = [[field.isEnabled() for field in row.covariance] for row in dialog.rows]
    assert enabled == [[True, False, False]] * 3
    write(qtbot, dialog.rows[0].covariance[0], "2.5")
    assert dialog.rows[0].covariance[2].text() == "2.5"
    accept(qtbot, dialog)
    np.testing.assert_array_equal(answer(answers).covariances[0], 2.5 * np.eye(2))


def test_tied_ones_change_together(qtbot: QtBot, table: Callable[..., Opened]) -> None:
    dialog, answers = table(TIED, "tied")
    write(qtbot, dialog.rows[1].covariance[1], "-0.25")
    assert [row.covariance[1].text() for row in dialog.rows] == ["-0.25"] * 3
    accept(qtbot, dialog)
    assert answer(answers).covariances.tolist() == [[[2.0, -0.25], [-0.25, 1.0]]] * 3


# In the window


def opened() -> StartDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, StartDialog)
    return dialog


@pytest.mark.parametrize("way", ["section", "menu"])
def test_the_whole_start_is_edited_in_one_step(qtbot: QtBot, window: Window, way: str) -> None:
    session = window.session
    session.playback.speed = 1000
    before, old = session.document, session.start_mixture
    assert old is not None
    if way == "section":
        window.start_panel.set_open(True)
        QApplication.processEvents()
        click(window.start_panel.whole)
    else:
        window.actions_["whole_start"].trigger()
    dialog = opened()
    qtbot.waitExposed(dialog)
    write(qtbot, dialog.rows[0].weight, "0.6")
    write(qtbot, dialog.rows[1].weight, "0.2")
    write(qtbot, dialog.rows[2].weight, "0.2")
    write(qtbot, dialog.rows[0].mean[0], "-2")
    write(qtbot, dialog.rows[2].covariance[0], "1.5")
    dialog.rows[1].lock.click()
    accept(qtbot, dialog)
    settle(qtbot, window)
    document = session.document
    assert isinstance(document.start, Given)
    assert document.configuration.locked == (1,)
    mixture = document.start.mixture
    assert mixture.weights.tolist() == pytest.approx([0.6, 0.2, 0.2])
    np.testing.assert_array_equal(mixture.means[1:], old.means[1:])
    assert mixture.means[0].tolist() == [-2.0, old.means[0, 1]]
    assert mixture.covariances[2, 0, 0] == 1.5
    assert session.store.undo_stack.count() == 1
    assert session.shown is not None
    last = session.shown.steps[-1].mixture
    np.testing.assert_array_equal(last.means[1], mixture.means[1])
    assert last.weights[1] == pytest.approx(0.2, rel=1e-12)
    window.actions_.undo.trigger()
    settle(qtbot, window)
    assert session.document == before
    assert isinstance(before.start, Drawn)


def test_there_is_no_table_while_seeds_are_missing(qtbot: QtBot, window: Window) -> None:
    window.hands.begin_seeds()
    settle(qtbot, window)
    window.actions_["whole_start"].trigger()
    assert not window.findChildren(StartDialog)
    assert window.pill.text == "There is no start to edit yet. Place the seeds first."


def test_a_weight_typed_for_a_seed_is_one_edit(qtbot: QtBot, window: Window) -> None:
    session = window.session
    session.playback.speed = 1000
    old = session.start_mixture
    assert old is not None
    window.desk.open_numbers(1)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    qtbot.waitExposed(dialog)
    fields = dialog.findChildren(Field)
    assert [field.accessibleName() for field in fields] == ["x", "y", "Weight"]
    write(qtbot, fields[0], "1")
    write(qtbot, fields[2], "0.5")
    qtbot.keyClick(fields[2], Key.Key_Return)
    settle(qtbot, window)
    start = session.document.start
    assert isinstance(start, Given)
    np.testing.assert_allclose(start.mixture.weights, [0.25, 0.5, 0.25])
    assert start.mixture.means[1].tolist() == [1.0, old.means[1, 1]]
    assert session.store.undo_stack.count() == 1


def test_the_table_of_the_line(qtbot: QtBot, window: Window) -> None:
    session = window.session
    session.playback.speed = 1000
    values = np.random.default_rng(0).normal(size=(80, 1))
    session._on_brought(PointCloud(values))
    settle(qtbot, window)
    window.actions_["whole_start"].trigger()
    dialog = opened()
    qtbot.waitExposed(dialog)
    write(qtbot, dialog.rows[0].covariance[0], "0.25")
    accept(qtbot, dialog)
    settle(qtbot, window)
    assert session.start_mixture is not None
    np.testing.assert_allclose(session.start_mixture.covariances[0], [[0.25]])
