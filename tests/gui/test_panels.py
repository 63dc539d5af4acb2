"""The panels beside the cloud: what they show, and what they ask for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Stop, fit
from gmm_studio.core.starts import METHODS
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.panels.controls import Choice, Field, Number, forget_typing
from gmm_studio.gui.panels.data_panel import DataPanel
from gmm_studio.gui.panels.model_panel import ModelPanel
from gmm_studio.gui.panels.parameters_panel import Figures, ParametersPanel
from gmm_studio.gui.panels.runs_panel import RunsPanel, ending, start_name
from gmm_studio.gui.panels.section import Section
from gmm_studio.gui.panels.start_panel import StartPanel
from gmm_studio.gui.panels.view_panel import ViewPanel
from gmm_studio.gui.runs import RunBook, RunRecord
from gmm_studio.gui.style import Style
from tests.gui.acting import click, colour_at, distance, key, picture, rgb, wheel

W = TypeVar("W", bound=QWidget)
Key = Qt.Key


def show(qtbot: QtBot, widget: W, width: int = 300, height: int = 500) -> W:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitActive(widget):
        widget.show()
    return widget


def style(dark: bool = False) -> Style:
    font = QFont()
    font.setPixelSize(13)
    return Style(DARK if dark else LIGHT, font)


def heard(spy: QSignalSpy) -> list[list[object]]:
    return [spy.at(i) for i in range(spy.count())]


# Controls


def test_the_wheel_changes_no_choice_and_no_number_by_chance(qtbot: QtBot) -> None:
    choice = show(qtbot, Choice({"one": 1, "two": 2}, "a tip"))
    wheel(choice, (20, 20), -1)
    assert choice.currentData() == 1
    number = show(qtbot, Number(1, 9, "a tip"))
    number.clearFocus()
    wheel(number, (20, 20), -1)
    assert number.value() == 1
    number.setFocus()
    wheel(number, (20, 20), 2)
    assert number.value() == 3


def test_a_number_is_told_when_it_is_complete(qtbot: QtBot) -> None:
    number = show(qtbot, Number(1, 5000, "a tip"))
    told = QSignalSpy(number.valueChanged)
    number.setFocus()
    number.selectAll()
    key(number, "1234")
    assert told.count() == 0
    key(number, Key.Key_Return)
    assert heard(told) == [[1234]]
    assert number.text() == "1,234"
    number.show_value(77)
    assert number.value() == 77
    assert told.count() == 1, "what is shown was not chosen"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("−2e3", -2000.0),
        (" 7 ", 7.0),
        ("", None),
        ("1,5", None),
        ("one", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
    ],
)
def test_what_a_field_takes_for_a_number(qtbot: QtBot, text: str, value: float | None) -> None:
    field = Field("a tip")
    qtbot.addWidget(field)
    field.setText(text)
    assert field.value() == value


@pytest.mark.parametrize("value", [1e-6, 0.1, 1 / 3, 123456789.123, -0.0, 1e300, 5e-324])
def test_a_field_shows_a_number_exactly(qtbot: QtBot, value: float) -> None:
    field = Field("a tip")
    qtbot.addWidget(field)
    field.show_value(value)
    assert field.value() == value


def test_typing_can_be_forgotten(qtbot: QtBot) -> None:
    field = show(qtbot, Field("a tip"))
    field.show_value(0.25)
    assert not forget_typing(field)
    field.setFocus()
    key(field, "77")
    assert forget_typing(field)
    assert field.text() == "0.25"
    assert not forget_typing(None)
    assert not forget_typing(QWidget(field))


# Sections


def test_a_click_on_the_title_opens_the_rest(qtbot: QtBot) -> None:
    section = Section("Model", LIGHT)
    always, folded = QLabel("always"), QLabel("folded")
    section.add_row("A", always)
    section.add_row("B", folded, folded=True)
    show(qtbot, section)
    toggled = QSignalSpy(section.toggled)
    assert always.isVisible()
    assert not folded.isVisible()
    closed = picture(section.header)
    click(section.header, (30, 10))
    assert section.is_open
    assert folded.isVisible()
    assert picture(section.header) != closed, "the chevron turns"
    section.set_open(False)
    assert not folded.isVisible()
    assert heard(toggled) == [[True], [False]]


def test_a_row_can_be_hidden_with_its_label(qtbot: QtBot) -> None:
    section = Section("Data", LIGHT)
    widget = QLabel("here")
    section.add_row("Across", widget)
    show(qtbot, section)
    (label,) = (one for one in section.findChildren(QLabel) if one.text() == "Across")
    assert label.isVisible()
    section.show_row(widget, False)
    assert not widget.isVisible()
    assert not label.isVisible()
    assert widget.accessibleName() == "Across"


# Data


@pytest.fixture
def data(qtbot: QtBot) -> DataPanel:
    return show(qtbot, DataPanel(LIGHT))


def table(*columns: str, used: tuple[str, ...]) -> PointCloud:
    points = np.arange(2.0 * len(used)).reshape(2, len(used))
    return PointCloud(points, name="mine", columns=used, source=Source(Path("mine.csv"), columns))


def test_a_generated_cloud_is_shown_by_its_generator(data: DataPanel) -> None:
    data.show_cloud(generate("moons", 321), "moons")
    assert data.cloud.currentText() == "Moons"
    assert data.points.value() == 321
    assert data.sample.isEnabled()
    assert not data.across.isVisible()
    assert data.cloud.count() == len(GENERATORS)


def test_choosing_a_cloud_asks_for_it_with_so_many_points(data: DataPanel) -> None:
    asked = QSignalSpy(data.generate_requested)
    data.show_cloud(generate("moons", 321), "moons")
    assert asked.count() == 0
    data.cloud.setFocus()
    key(data, Key.Key_Down)
    assert heard(asked) == [["pinwheel", 321]]
    data.set_open(True)
    data.points.setFocus()
    data.points.selectAll()
    key(data, "50")
    key(data, Key.Key_Return)
    assert heard(asked)[1:] == [["pinwheel", 50]]


def test_a_file_is_shown_by_its_name(data: DataPanel) -> None:
    data.show_cloud(table("a", "b", used=("a", "b")), None)
    assert data.cloud.currentText() == "mine"
    assert not data.sample.isEnabled()
    assert not data.points.isEnabled()
    data.show_cloud(generate("ring", 10), "ring")
    assert data.cloud.findText("mine") < 0
    data.show_cloud(PointCloud([1.0, 2.0]), None)
    assert data.cloud.currentText() == "Own points"


def test_columns_of_a_file_can_be_chosen(data: DataPanel) -> None:
    names = ("a", "b", "c", "d", "e", "f", "g")
    data.show_cloud(table(*names, used=("b", "d")), None)
    assert data._used.isVisible()
    assert data._used.text() == "2 of 7 columns used"
    assert [data.across.currentText(), data.upwards.currentText()] == ["b", "d"]
    asked = QSignalSpy(data.columns_requested)
    data.upwards.setFocus()
    key(data, Key.Key_End)
    assert heard(asked) == [[("b",)]], "without a second column: one dimension"
    data.across.setFocus()
    key(data, Key.Key_Up)
    assert heard(asked)[1:] == [[("a",)]]
    data.show_cloud(table(*names, used=("c",)), None)
    assert data._used.text() == "1 of 7 columns used"
    assert data.upwards.currentText() == "(none)"


def test_weights_of_a_file_are_mentioned(data: DataPanel) -> None:
    plain = table("a", "b", used=("a", "b"))
    data.show_cloud(plain, None)
    (note,) = (one for one in data.findChildren(QLabel) if one.objectName() == "note")
    assert "weight" not in note.text()
    data.show_cloud(replace(plain, weights=[1.0, 2.0]), None)
    assert note.isVisible()
    assert "Points count by the column weight" in note.text()


def test_one_column_leaves_no_choice(data: DataPanel) -> None:
    data.show_cloud(table("a", used=("a",)), None)
    assert not data.across.isVisible()


# Model


@pytest.fixture
def model(qtbot: QtBot) -> ModelPanel:
    panel = show(qtbot, ModelPanel(LIGHT))
    panel.set_open(True)
    panel.show_document(Document(generate("ring", 50), 3))
    return panel


def type_into(field: Field | Number, text: str) -> None:
    field.setFocus()
    field.selectAll()
    key(field, text)
    key(field, Key.Key_Return)


def test_the_model_of_a_document_is_shown(model: ModelPanel) -> None:
    asked = QSignalSpy(model.configuration_requested)
    configuration = Configuration("tied", 1e-4, 50, 0)
    model.show_document(Document(generate("ring", 50), 7, configuration=configuration))
    assert model.k.value() == 7
    assert model.covariance.currentText() == "Tied (one for all)"
    assert model.tolerance.text() == "0.0001"
    assert model.limit.value() == 50
    assert model.floor.text() == "0"
    assert asked.count() == 0


def test_each_control_asks_for_one_change(model: ModelPanel) -> None:
    asked, k = QSignalSpy(model.configuration_requested), QSignalSpy(model.k_requested)
    type_into(model.k, "5")
    assert heard(k) == [[5]]
    model.covariance.setFocus()
    key(model, Key.Key_End)
    type_into(model.tolerance, "0")
    type_into(model.limit, "7")
    type_into(model.floor, "1e-3")
    first = Configuration()
    assert heard(asked) == [
        [replace(first, covariance="spherical"), "Covariance"],
        [replace(first, tolerance=0.0), "Tolerance"],
        [replace(first, max_iterations=7), "Iterations"],
        [replace(first, variance_floor=1e-3), "Variance floor"],
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("tolerance", "much", "Tolerance must be a number."),
        ("tolerance", "-1", "The tolerance must be a number from 0 up."),
        ("floor", "2", "The variance floor must be 0 (off) or from 1e-12 to 1."),
        ("floor", "", "Variance floor must be a number."),
    ],
)
def test_bad_numbers_are_refused_and_the_old_one_is_back(
    model: ModelPanel, name: str, text: str, told: str
) -> None:
    refused = QSignalSpy(model.refused)
    asked = QSignalSpy(model.configuration_requested)
    field = getattr(model, name)
    field.setFocus()
    field.selectAll()
    key(field, Key.Key_Delete)
    type_into(field, text)
    assert heard(refused) == [[told]]
    assert asked.count() == 0
    assert field.text() == "1e-06"


def test_what_is_unchanged_is_not_asked_for(model: ModelPanel) -> None:
    asked = QSignalSpy(model.configuration_requested)
    type_into(model.tolerance, "0.000001")
    type_into(model.limit, "1000")
    assert asked.count() == 0


# Start


@pytest.fixture
def start(qtbot: QtBot) -> StartPanel:
    panel = show(qtbot, StartPanel(LIGHT))
    panel.set_open(True)
    return panel


DOCUMENT = Document(generate("separated", 50), 3)
SEEDS = ((1.0, 2.0), None, (3.0, -4.0))


def test_a_drawn_start_shows_method_and_random_seed(start: StartPanel) -> None:
    asked = QSignalSpy(start.method_requested)
    start.show_document(replace(DOCUMENT, start=Drawn("random-points", 12)), ())
    assert start.method.currentText() == "Random points"
    assert start.random_state.value() == 12
    assert asked.count() == 0
    type_into(start.random_state, "15")
    assert heard(asked) == [["random-points", 15]]
    start.method.setFocus()
    key(start, Key.Key_Up)
    assert heard(asked)[1:] == [["k-means", 15]]


def test_a_step_of_a_run_is_a_start_too(start: StartPanel) -> None:
    mixture = fit(DOCUMENT.cloud, 3).mixture
    start.show_document(replace(DOCUMENT, start=Given(mixture, "Run 1, iteration 4")), ())
    assert start.method.currentText() == "Run 1, iteration 4"
    start.show_document(replace(DOCUMENT, start=Given(mixture)), ())
    assert start.method.currentText() == "Edited by hand"
    assert start.method.findText("Run 1, iteration 4") < 0
    assert not start.random_state.isEnabled()
    start.show_document(replace(DOCUMENT, start=Placed(SEEDS)), SEEDS)
    assert start.method.currentText() == "Clicked seeds"
    assert start.method.findText("Edited by hand") < 0
    assert not start.whole.isEnabled(), "a seed is missing"
    start.show_document(DOCUMENT, ())
    assert start.whole.isEnabled()


def test_buttons_of_the_start(start: StartPanel) -> None:
    start.show_document(DOCUMENT, ())
    another, place = QSignalSpy(start.another_requested), QSignalSpy(start.seeds_requested)
    click(start.another)
    click(start.place)
    assert (another.count(), place.count()) == (1, 1)
    start.method.setFocus()
    key(start, Key.Key_Home)
    assert place.count() == 2, "clicked seeds are one of the methods"


def test_seeds_are_listed_with_their_tools(qtbot: QtBot, start: StartPanel) -> None:
    start.show_document(replace(DOCUMENT, start=Placed(SEEDS)), SEEDS)
    texts = [one.text() for one in start._list.findChildren(QLabel)]
    assert texts == ["1.000,  2.000", "not placed", "3.000,  −4.000"]
    tools = {tool.accessibleName(): tool for tool in start._list.findChildren(QToolButton)}
    assert set(tools) == {
        f"{what} seed {j}" for what in ("Type the numbers of", "Remove") for j in (1, 3)
    }
    numbers, removal = QSignalSpy(start.numbers_requested), QSignalSpy(start.removal_requested)
    qtbot.waitUntil(tools["Remove seed 1"].isVisible)
    click(tools["Type the numbers of seed 3"])
    click(tools["Remove seed 1"])
    assert heard(numbers) == [[2]]
    assert heard(removal) == [[0]]


# View


def test_switches_of_the_view(qtbot: QtBot) -> None:
    panel = show(qtbot, ViewPanel(LIGHT))
    panel.set_open(True)
    changed = QSignalSpy(panel.layers_changed)
    panel.show_layers(Layers(trails=False))
    assert changed.count() == 0
    click(panel._switches["truth"], (10, 10))
    assert heard(changed) == [[Layers(trails=False, truth=True)]]
    panel.show_cloud(has_truth=False, has_labels=False, is_flat=False, equal=False)
    assert not panel.truth.isEnabled()
    assert not panel.equal.isEnabled()
    equal = QSignalSpy(panel.equal_requested)
    panel.show_cloud(has_truth=True, has_labels=True, is_flat=True, equal=False)
    assert equal.count() == 0
    click(panel.equal, (10, 10))
    assert heard(equal) == [[True]]


# Parameters


@pytest.fixture
def record() -> RunRecord:
    run = fit(DOCUMENT.cloud, 3)
    return RunRecord(1, DOCUMENT, list(run.steps), run.stop)


def figures(record: RunRecord, t: int) -> Figures:
    return Figures(record.result(record.steps[t]), None)


def test_all_parameters_can_be_read_as_text(qtbot: QtBot, record: RunRecord) -> None:
    panel = show(qtbot, ParametersPanel(style()))
    panel.show_figures(figures(record, 2))
    lines = panel.text.splitlines()
    assert lines[0] == "Iteration 2"
    weight = record.steps[2].mixture.weights[1]
    assert lines[2].startswith(f"2: weight {weight:.4f}, mean ")
    assert f"log-likelihood −{-record.steps[2].log_likelihood:,.2f}" in lines
    assert f"BIC {record.result(record.steps[2]).bic:,.2f}" in lines
    panel.show_figures(None)
    assert panel.text == ""


def test_cards_show_each_component_in_its_colour(qtbot: QtBot, record: RunRecord) -> None:
    panel = show(qtbot, ParametersPanel(style()), height=600)
    panel.show_figures(figures(record, 5))
    image = picture(panel)
    column = [colour_at(image, (20, y)) for y in range(image.height())]
    places = []
    for j in range(3):
        colour = rgb(component_colour(LIGHT, j))
        rows = [y for y, found in enumerate(column) if distance(found, colour) < 10]
        assert len(rows) > 4, j
        places.append(rows[0])
    assert places == sorted(places)
    bar = int(places[1] + 30)
    width = panel.width() - 40
    weight = record.steps[5].mixture.weights[1]
    colour = rgb(component_colour(LIGHT, 1))
    filled = max(
        sum(distance(colour_at(image, (16 + x, bar + dy)), colour) < 10 for x in range(width))
        for dy in range(-15, 16)
    )
    assert filled == pytest.approx(weight * width, abs=12), "the bar is as long as the weight"


def test_clicking_a_card_marks_its_component(qtbot: QtBot, record: RunRecord) -> None:
    panel = show(qtbot, ParametersPanel(style()), height=600)
    panel.show_figures(figures(record, 5))
    clicked = QSignalSpy(panel.component_clicked)
    for y in (30, 150, 270):
        click(panel.viewport(), (100, y))
    click(panel.viewport(), (100, 470))
    assert heard(clicked) == [[0], [1], [2]], "the totals are no component"
    before = picture(panel)
    panel.show_figures(replace(figures(record, 5), marked=1))
    marked = picture(panel)
    assert colour_at(marked, (12, 150)) != colour_at(before, (12, 150))
    assert colour_at(marked, (12, 30)) == colour_at(before, (12, 30))


def test_very_many_components_can_be_scrolled(qtbot: QtBot) -> None:
    panel = show(qtbot, ParametersPanel(style(dark=True)), height=400)
    cloud = generate("ring", 200)
    run = fit(cloud, 40, max_iterations=2)
    many = RunRecord(1, Document(cloud, 40), list(run.steps), run.stop)
    panel.show_figures(figures(many, 2))
    qtbot.waitUntil(lambda: panel.verticalScrollBar().maximum() > 3000)
    assert panel.text.count("weight") == 40
    panel.verticalScrollBar().setValue(panel.verticalScrollBar().maximum())
    assert colour_at(picture(panel), (2, 2)) == rgb(DARK.panel)


# Runs


@pytest.fixture
def book(qtbot: QtBot) -> RunBook:
    return RunBook()


@pytest.fixture
def runs(qtbot: QtBot, book: RunBook) -> RunsPanel:
    return show(qtbot, RunsPanel(book), width=900, height=300)


def made(book: RunBook, k: int, start: Placed | None = None) -> RunRecord:
    run = fit(DOCUMENT.cloud, k)
    document = replace(DOCUMENT, k=k, start=start or DOCUMENT.start)
    one = RunRecord(0, document, list(run.steps), run.stop)
    book.add(one)
    return one


def cells(runs: RunsPanel, row: int) -> dict[str, str]:
    model = runs.model()
    role = Qt.ItemDataRole.DisplayRole
    return {
        model.headerData(i, Qt.Orientation.Horizontal, role): model.data(model.index(row, i), role)
        for i in range(model.columnCount())
    }


def is_bold(runs: RunsPanel, row: int) -> bool:
    font = runs.model().data(runs.model().index(row, 0), Qt.ItemDataRole.FontRole)
    return isinstance(font, QFont) and font.bold()


def test_a_run_is_told_from_the_others(runs: RunsPanel, book: RunBook) -> None:
    first = made(book, 3)
    second = made(book, 2, Placed(((0.0, 0.0), (1.0, 1.0))))
    runs.show_runs([first, second], first)
    assert cells(runs, 1) == {
        "Run": "1",
        "log L": f"−{-first.log_likelihood:,.2f}",
        "Below best": "best",
        "Iter.": str(first.steps[-1].index),
        "Start": "k-means++ 0",
        "k": "3",
        "Covariance": "Full",
        "BIC": f"{first.result(first.steps[-1]).bic:,.2f}",
        "Stopped": "converged",
    }
    assert cells(runs, 0)["Start"] == "Clicked seeds"
    assert is_bold(runs, 1)
    assert not is_bold(runs, 0)
    tip = Qt.ItemDataRole.ToolTipRole
    for i in range(runs.model().columnCount()):
        assert runs.model().headerData(i, Qt.Orientation.Horizontal, tip)


def test_how_far_below_the_best(runs: RunsPanel, book: RunBook) -> None:
    best, worse = made(book, 3), made(book, 3)
    worse.steps = worse.steps[:2]
    worse.stop = Stop("cancelled")
    runs.show_runs([best, worse], best)
    below = float(cells(runs, 0)["Below best"].replace(",", ""))
    assert below == pytest.approx(best.log_likelihood - worse.log_likelihood, rel=0.01)
    assert cells(runs, 0)["Stopped"] == "cancelled"


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        (None, "running"),
        (Stop("converged"), "converged"),
        (Stop("iteration_limit"), "iteration limit"),
        (Stop("degenerate", 1), "component 2 collapsed"),
        (Stop("degenerate"), "collapsed"),
    ],
)
def test_why_a_run_stopped_in_words(runs: RunsPanel, stop: Stop | None, text: str) -> None:
    assert ending(runs, stop) == text


def test_starts_in_words(runs: RunsPanel, record: RunRecord) -> None:
    mixture = record.steps[0].mixture
    names = [
        start_name(runs, replace(DOCUMENT, start=one))
        for one in (Drawn("k-means", 3), Placed(SEEDS), Given(mixture, "Run 2"), Given(mixture))
    ]
    assert names == ["k-means 3", "Clicked seeds", "Run 2", "Edited by hand"]
    drawn = [start_name(runs, replace(DOCUMENT, start=Drawn(method, 7))) for method in METHODS]
    assert len(set(drawn)) == len(METHODS)
    assert [name for name in drawn if not name.endswith(" 7")] == ["Hierarchical (Ward)"]


def test_picking_a_run_asks_for_it(qtbot: QtBot, runs: RunsPanel, book: RunBook) -> None:
    first, second = made(book, 3), made(book, 2)
    runs.show_runs([first, second], first)
    asked = QSignalSpy(runs.run_requested)
    click(runs.viewport(), runs.visualRect(runs.model().index(0, 1)).center())
    assert heard(asked) == [[second]]
    assert first is not second
    runs.setFocus()
    runs.setCurrentIndex(runs.model().index(1, 0))
    key(runs, Key.Key_Return)
    assert heard(asked)[1:] == [[first]]


def action(menu: QMenu, text: str) -> None:
    (one,) = (one for one in menu.actions() if one.text() == text)
    one.trigger()


def test_the_menu_of_a_run_names_pins_and_deletes(
    runs: RunsPanel, book: RunBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made(book, 3), made(book, 2)
    book.changed.connect(lambda: runs.show_runs(book.of(DOCUMENT.cloud), second))
    runs.show_runs([first, second], second)
    asked, deleted = QSignalSpy(runs.run_requested), QSignalSpy(runs.deletion_requested)
    menu = runs.menu_for(first)
    action(menu, "Show")
    assert heard(asked) == [[first]]
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (" the good one ", True))
    action(menu, "Rename…")
    assert first.name == "the good one"
    action(menu, "Pin")
    assert cells(runs, 0)["Run"] == "★ the good one", "pinned ones first"
    menu.close()
    menu = runs.menu_for(first)
    action(menu, "Unpin")
    assert not first.pinned
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("", False))
    action(menu, "Rename…")
    assert first.name == "the good one"
    action(menu, "Delete")
    assert heard(deleted) == [[first]]
    menu.close()


def test_delete_on_the_table_deletes_the_current_run(runs: RunsPanel, book: RunBook) -> None:
    first, second = made(book, 3), made(book, 2)
    runs.show_runs([first, second], second)
    deleted = QSignalSpy(runs.deletion_requested)
    runs.setFocus()
    runs.setCurrentIndex(runs.model().index(1, 0))
    key(runs, Key.Key_Delete)
    assert heard(deleted) == [[first]]
    runs.show_runs([], None)
    key(runs, Key.Key_Delete)
    assert deleted.count() == 1
    assert not runs.currentIndex().isValid()
    assert runs.model().rowCount(QModelIndex()) == 0
