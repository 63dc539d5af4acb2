"""The race as a person has it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import fit
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn, Placed
from gmm_studio.gui.colours import LIGHT, component_colour
from gmm_studio.gui.laboratory.race_lanes import MOST_LANES
from gmm_studio.gui.laboratory.race_view import RaceView
from tests.gui.acting import click, count, key, picture, rgb
from tests.gui.laboratory.conftest import on_screen
from tests.gui.styles import style

ENDLESS = Configuration(tolerance=0, max_iterations=1_000_000)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[RaceView]:
    made = RaceView(style())
    with on_screen(qtbot, made):
        yield made


def race(qtbot: QtBot, view: RaceView) -> None:
    view.start()
    qtbot.waitUntil(lambda: not view.is_busy)
    view.set_cursor(10**9)
    qtbot.waitUntil(lambda: view.is_idle)


def actions(menu: QMenu) -> dict[str, object]:
    return {action.text(): action for action in menu.actions()}


def test_the_usual_entries_wait_as_chips(qtbot: QtBot, view: RaceView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3))
    qtbot.waitUntil(lambda: view.is_idle)
    assert [card.text_on_show.name for card in view.cards] == [
        "k-means++ 0",
        "Random points 0",
        "Random responsibilities 0",
        "Random points 1",
    ]
    assert not view.plot.isVisible()
    assert all(card.isVisible() and card.height() < 40 for card in view.cards)


def test_a_race_says_who_is_first_and_who_is_stuck(
    qtbot: QtBot, view: RaceView, cloud: PointCloud
) -> None:
    view.show_document(Document(cloud, 3))
    race(qtbot, view)
    runs = [
        fit(
            cloud, 3, init=lane.document.start.method, random_state=lane.document.start.random_state
        )
        for lane in view.lanes
        if isinstance(lane.document.start, Drawn)
    ]
    assert [lane.last for lane in view.lanes] == [run.iterations for run in runs]
    assert [run.iterations for run in runs] == [44, 109, 77, 26]
    ways = [card.text_on_show.way[0] for card in view.cards]
    assert ways[3] == "1st · 26 iterations"
    assert ways[1] == "4th · 109 iterations"
    verdicts = [card.text_on_show.verdict[0] for card in view.cards]
    below = max(run.log_likelihood for run in runs) - runs[3].log_likelihood
    assert verdicts == ["Best of the race"] * 3 + [f"Stuck, {below:.2f} below"]
    assert view.status == "3 of 4 reached the best of the race, −1,119.22. First: D, 26 iterations."
    assert view.cursor_iteration == 109
    assert view.player.text == "109 / 109"


def test_pictures_show_the_step_at_the_cursor(
    qtbot: QtBot, view: RaceView, cloud: PointCloud
) -> None:
    view.show_document(Document(cloud, 3))
    race(qtbot, view)
    last = [card.image.copy() for card in view.cards if card.image is not None]
    assert len(last) == 4
    for image in last:
        for j in range(3):
            assert count(image, rgb(component_colour(LIGHT, j))) > 10
    view.set_cursor(30)
    qtbot.waitUntil(lambda: view.is_idle)
    now = [card.image for card in view.cards]
    # Entry D ended at 26: its picture stays as it is.
    assert [a == b for a, b in zip(last, now, strict=True)] == [False, False, False, True]


def test_clicking_a_card_opens_its_start(qtbot: QtBot, view: RaceView, cloud: PointCloud) -> None:
    document = Document(cloud, 3)
    view.show_document(document)
    race(qtbot, view)
    opened = QSignalSpy(view.document_requested)
    click(view.cards[1], (50.0, 80.0))
    assert opened.at(0) == [replace(document, start=Drawn("random-points", 0))]
    # The window then shows that document: the race stays what it is.
    view.show_document(opened.at(0)[0])
    qtbot.waitUntil(lambda: view.is_idle)
    assert len(view.lanes) == 4
    assert view.status.startswith("3 of 4 reached")
    view.cards[2].setFocus(Qt.FocusReason.TabFocusReason)
    key(view, Qt.Key.Key_Return)
    assert opened.at(1)[0].start == Drawn("random-responsibilities", 0)


def test_the_plot_moves_the_cursor(qtbot: QtBot, view: RaceView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3))
    race(qtbot, view)
    asked = QSignalSpy(view.cursor_requested)
    at = view.plot.frame.place(50, 0)
    click(view.plot, (at.x(), 60.0))
    assert asked.at(0) == [50]
    assert view.cursor_iteration == 50
    view.player.slider.setValue(7)
    assert view.cursor_iteration == 7


def test_entries_are_added_and_taken_out(qtbot: QtBot, view: RaceView, cloud: PointCloud) -> None:
    document = Document(cloud, 2, Placed(((2.0, 55.0), (4.0, 80.0))))
    view.show_document(document)
    found = {action.text(): action for action in view.add_menu.actions()}
    found["k-means"].trigger()
    found["Random points"].trigger()
    assert [lane.document.start for lane in view.lanes][-2:] == [
        Drawn("k-means", 0),
        Drawn("random-points", 1),
    ]
    qtbot.waitUntil(lambda: view.is_idle)
    click(view.cards[0].remove_button)
    assert document not in [lane.document for lane in view.lanes]
    view.cards[0].setFocus(Qt.FocusReason.TabFocusReason)
    key(view, Qt.Key.Key_Delete)
    assert len(view.lanes) == 4
    found = {action.text(): action for action in view.add_menu.actions()}
    found["Current start"].trigger()
    assert view.lanes[-1].document == document
    for state in range(20):
        view.add(replace(document, start=Drawn("k-means++", 10 + state)))
    assert len(view.lanes) == MOST_LANES


def test_an_update_rule_races_against_exact_em(
    qtbot: QtBot, view: RaceView, cloud: PointCloud
) -> None:
    document = Document(cloud, 2)
    view.show_document(document)
    rule = replace(document.configuration, rule="classification")
    view.add(replace(document, configuration=rule))
    assert view.cards[-1].text_on_show.name == "k-means++ 0, classification EM"
    race(qtbot, view)
    assert view.lanes[-1].is_over
    assert view.lanes[-1].last < view.lanes[0].last


def test_what_is_added_later_is_all_that_is_run(
    qtbot: QtBot, view: RaceView, cloud: PointCloud
) -> None:
    document = Document(cloud, 3)
    view.show_document(document)
    race(qtbot, view)
    before = list(view.lanes)
    view.add(replace(document, start=Drawn("k-means", 3)))
    qtbot.waitUntil(lambda: view.is_idle)
    assert view.status.endswith("Race again to run what was added.")
    race(qtbot, view)
    assert list(view.lanes[:4]) == before
    assert view.lanes[4].is_over


def test_cancel_keeps_what_is_known(qtbot: QtBot, view: RaceView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3, configuration=ENDLESS))
    view.start()
    qtbot.waitUntil(lambda: all(lane.last > 5 for lane in view.lanes))
    click(view.run_button)
    assert not view.is_busy
    qtbot.waitUntil(lambda: view.is_idle)
    assert view.status == "Partial: cancelled when 0 of 4 had finished."
    assert all(lane.last > 5 for lane in view.lanes)
    assert "Cancelled at" in view.cards[0].text_on_show.verdict[0]


def test_another_model_in_the_middle_cancels_and_says_what_is_shown(
    qtbot: QtBot, view: RaceView, cloud: PointCloud
) -> None:
    document = Document(cloud, 3, configuration=ENDLESS)
    view.show_document(document)
    view.start()
    qtbot.waitUntil(lambda: all(lane.steps for lane in view.lanes))
    view.show_document(Document(cloud, 2))
    assert not view.is_busy
    qtbot.waitUntil(lambda: view.is_idle)
    assert view.status.startswith("Made for faithful, 3 components, full; race again")
    race(qtbot, view)
    assert {lane.document.k for lane in view.lanes} == {2}
    assert "Made for" not in view.status


def test_closing_in_the_middle(qtbot: QtBot, cloud: PointCloud) -> None:
    view = RaceView(style())
    qtbot.addWidget(view)
    view.show()
    view.show_document(Document(cloud, 3, configuration=ENDLESS))
    view.start()
    qtbot.waitUntil(lambda: bool(view.lanes[0].steps))
    # What comes between the last look and the end is not taken any more.
    time.sleep(0.1)
    view.close_threads()
    QApplication.processEvents()
    assert not view.is_busy


def test_too_few_points_say_why(qtbot: QtBot, view: RaceView) -> None:
    few = PointCloud(np.repeat([[0.0, 0.0], [1.0, 1.0]], 3, axis=0))
    view.show_document(Document(few, 3))
    view.start()
    qtbot.waitUntil(lambda: view.is_idle)
    assert "different points" in view.status or view.lanes[0].problem
    assert "No start" in view.cards[0].text_on_show.value
    assert "3 components need 3 different points" in view.cards[0].toolTip()


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.5])
@pytest.mark.parametrize("size", [(460, 200), (850, 230), (1200, 600), (460, 520)])
def test_everything_has_its_place(qtbot: QtBot, size: tuple[int, int], scale: float) -> None:
    view = RaceView(style(dark=True, scale=scale))
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.show_document(Document(generate("peaks", 200, None, 0), 3))
    for state in range(4):
        view.add(replace(Document(view.lanes[0].document.cloud, 3), start=Drawn("k-means", state)))
    race(qtbot, view)
    assert (view.width(), view.height()) == size
    boxes = [card.geometry() for card in view.cards]
    room = view.cards[0].parentWidget().rect()
    assert all(room.contains(box) for box in boxes)
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    shown = view.plot.isVisible()
    assert not shown or not any(box.intersects(view.plot.geometry()) for box in boxes)
    view.set_style(style(scale=scale))
    qtbot.waitUntil(lambda: view.is_idle)
    assert count(picture(view), rgb(LIGHT.panel)) > 1000
    view.close_threads()
