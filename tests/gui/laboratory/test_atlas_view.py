"""The atlas as a person uses it: try, look, sort, click, cancel, change the data in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import fit
from gmm_studio.core.optima import Optimum
from gmm_studio.core.starts import Method
from gmm_studio.data.text import read_cloud
from gmm_studio.document import Document, Drawn, make_start
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.laboratory import atlas_view
from gmm_studio.gui.laboratory.atlas_card import OptimumCard
from gmm_studio.gui.laboratory.atlas_task import Atlas, AtlasRequest, Found, Rate
from gmm_studio.gui.laboratory.atlas_view import AtlasView
from gmm_studio.gui.worker import Post, Task
from tests.gui.acting import click, count, key, picture, rgb
from tests.gui.styles import style

GEYSERS = read_cloud(Path(__file__).parents[2] / "reference" / "faithful.csv")
DOCUMENT = Document(GEYSERS, 3, Drawn("k-means++", 7))


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[AtlasView]:
    made = AtlasView(style())
    qtbot.addWidget(made)
    made.resize(850, 230)
    made.show_document(DOCUMENT)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close_threads()


def settle(qtbot: QtBot, view: AtlasView) -> None:
    qtbot.waitUntil(lambda: view.is_settled)


def run(qtbot: QtBot, view: AtlasView, runs: int = 30) -> Atlas:
    view.controls.runs.setValue(runs)
    view.start()
    settle(qtbot, view)
    assert view.atlas is not None
    return view.atlas


def titles(view: AtlasView) -> list[str]:
    return [card.text_on_show.title for card in view.strip.cards]


def place(card: OptimumCard) -> tuple[float, float]:
    return 0.5 * card.width(), 0.3 * card.height()


class Slow:
    """Stands for the work: posts what it is told to, when it is told to."""

    def __init__(self) -> None:
        self.request: AtlasRequest | None = None
        self.post: Post | None = None
        self.ended = threading.Event()
        self.begun = threading.Event()
        self.saw_cancel = False

    def __call__(self, request: AtlasRequest) -> Task:
        self.request = request

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            self.post = post
            self.begun.set()
            while not self.ended.wait(0.002):
                if cancelled():
                    self.saw_cancel = True
                    return

        return work

    def tell(self, **counts: int) -> None:
        """Post optima with these numbers of runs, worse and worse from the first to the last."""
        assert self.request is not None
        assert self.post is not None
        mixture = make_start(self.request.document)
        found, taken = [], 0
        for rank, (name, runs) in enumerate(counts.items()):
            members = tuple(range(taken, taken + runs))
            taken += runs
            optimum = Optimum(mixture, -100.0 - rank, members, 12.0, "", int(name[1:]))
            draws = tuple(Drawn("random-points", i) for i in members)
            found.append(Found(optimum, mixture, draws))
        self.post(
            Atlas(
                self.request,
                len(self.request.draws),
                tuple(found),
                (Rate("random-points", counts[next(iter(counts))], taken),),
                ended=taken,
            )
        )


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    monkeypatch.setattr(atlas_view, "atlas_task", made)
    yield made
    made.ended.set()


def test_at_first_it_says_what_to_do(view: AtlasView) -> None:
    assert view.try_button.isVisible()
    assert view.try_button.text() == "Try 100 of each"
    assert view.controls.methods == ("k-means++", "random-points")
    assert not view.strip.isVisible()
    view.controls.runs.setValue(250)
    assert view.try_button.text() == "Try 250 of each"
    view.controls.tick(("k-means",))
    assert view.try_button.text() == "Try 250 starts"


def test_one_click_compares_the_methods_on_old_faithful(qtbot: QtBot, view: AtlasView) -> None:
    click(view.try_button)
    assert view.is_busy
    assert view.controls.run.text() == "Cancel"
    settle(qtbot, view)
    assert view.atlas is not None
    assert view.status.startswith("200 runs, ")
    assert {"−1,114.44", "−1,119.21", "−1,119.64"} <= set(titles(view))
    cards = view.strip.cards
    assert cards[0].text_on_show.below == ("best found",)
    assert cards[1].text_on_show.below[0] == "4.77 below the best found"
    words = view.rates.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "k-means++" in words
    assert "random points" in words
    assert words.count(" % (") == 2
    assert view.controls.run.text() == "Run"
    assert "global" not in " ".join(card.toolTip() + card.accessibleName() for card in cards)


@pytest.mark.parametrize("dark", [False, True])
def test_every_card_shows_its_ellipses(qtbot: QtBot, view: AtlasView, dark: bool) -> None:
    run(qtbot, view)
    view.set_style(style(dark))
    settle(qtbot, view)
    palette = DARK if dark else LIGHT
    for card in view.strip.cards:
        assert card.picture is not None
        image = picture(card)
        for j in range(3):
            assert count(image, rgb(component_colour(palette, j))) > 4


def test_sorted_by_frequency_the_most_reached_comes_first(qtbot: QtBot, view: AtlasView) -> None:
    atlas = run(qtbot, view)
    by_likelihood = [found.optimum.number for found in atlas.found]
    assert [card.number for card in view.strip.cards] == by_likelihood
    view.controls.order.setCurrentIndex(1)
    by_number = {found.optimum.number: len(found.draws) for found in atlas.found}
    counts = [by_number[card.number] for card in view.strip.cards]
    assert counts == sorted(counts, reverse=True)
    assert counts != [by_number[number] for number in by_likelihood]


def test_a_click_replays_a_run_that_led_there_and_the_next_click_another(
    qtbot: QtBot, view: AtlasView
) -> None:
    atlas = run(qtbot, view)
    asked = QSignalSpy(view.document_requested)
    found = max(atlas.found, key=lambda one: len(one.draws))
    card = next(card for card in view.strip.cards if card.number == found.optimum.number)
    for _ in range(2):
        click(card, place(card))
    documents = [asked.at(i)[0] for i in range(asked.count())]
    assert [document.start for document in documents] == list(found.draws[:2])
    for document in documents:
        assert document.cloud is GEYSERS
        tolerance = document.configuration.tolerance
        end = fit(GEYSERS, start=make_start(document), tolerance=tolerance)
        assert abs(end.log_likelihood - found.optimum.log_likelihood) < 1e-3
    view.show_document(documents[0])
    assert view.note == ""


def test_cards_are_reached_by_tab_and_arrows_and_taken_with_enter(
    qtbot: QtBot, view: AtlasView
) -> None:
    run(qtbot, view)
    stepped = []
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Right), view)
    shortcut.activated.connect(lambda: stepped.append(1))
    view.activateWindow()
    view.controls.order.setFocus(Qt.FocusReason.TabFocusReason)
    cards = view.strip.cards
    for _ in range(4):
        if QApplication.focusWidget() is cards[0]:
            break
        key(view, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is cards[0]
    key(view, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is cards[1]
    assert stepped == []
    assert cards[1].focusPolicy() == Qt.FocusPolicy.TabFocus
    assert cards[0].focusPolicy() == Qt.FocusPolicy.NoFocus
    asked = QSignalSpy(view.document_requested)
    key(view, Qt.Key.Key_Return)
    assert asked.count() == 1
    key(view, Qt.Key.Key_Left)
    key(view, Qt.Key.Key_Left)
    assert QApplication.focusWidget() is cards[0]
    assert cards[0].accessibleName().startswith("−1,114.44, best found, ")


def test_a_click_leaves_the_focus_where_it_was(qtbot: QtBot, view: AtlasView) -> None:
    run(qtbot, view)
    view.activateWindow()
    view.controls.order.setFocus()
    click(view.strip.cards[0], place(view.strip.cards[0]))
    assert QApplication.focusWidget() is view.controls.order


def test_the_optimum_of_the_start_on_show_is_marked(qtbot: QtBot, view: AtlasView) -> None:
    atlas = run(qtbot, view)
    found = next(one for one in atlas.found if DOCUMENT.start in one.draws)
    other = next(card for card in view.strip.cards if card.number != found.optimum.number)
    card = next(card for card in view.strip.cards if card.number == found.optimum.number)
    assert count(picture(card), rgb(LIGHT.muted)) > 100
    assert count(picture(other), rgb(LIGHT.muted)) < 100


def test_progress_is_said_while_it_runs(qtbot: QtBot, view: AtlasView, slow: Slow) -> None:
    view.start()
    qtbot.waitUntil(slow.begun.is_set)
    assert view.status == "0 of 200"
    slow.tell(o0=30, o1=7)
    qtbot.waitUntil(lambda: view.status == "37 of 200")
    assert titles(view) == ["−100.00", "−101.00"]
    assert "81" in view.strip.cards[0].text_on_show.reached[0]


def test_cancel_keeps_what_is_known_and_says_partial(
    qtbot: QtBot, view: AtlasView, slow: Slow
) -> None:
    view.start()
    qtbot.waitUntil(slow.begun.is_set)
    slow.tell(o0=30, o1=7)
    changed = QSignalSpy(view.changed)
    click(view.controls.run)
    assert not view.is_busy
    assert view.status == "partial: 37 of 200, 2 optima"
    assert titles(view) == ["−100.00", "−101.00"]
    assert changed.count() >= 1
    qtbot.waitUntil(lambda: slow.saw_cancel)
    view.cancel()
    assert view.status.startswith("partial")


def test_another_problem_cancels_and_says_what_the_atlas_was_made_for(
    qtbot: QtBot, view: AtlasView, slow: Slow
) -> None:
    view.start()
    qtbot.waitUntil(slow.begun.is_set)
    slow.tell(o0=5)
    view.show_document(replace(DOCUMENT, start=Drawn("k-means", 3)))
    assert view.is_busy
    view.show_document(replace(DOCUMENT, k=4))
    assert not view.is_busy
    assert view.status.startswith("partial: 5 of 200")
    assert view.note == "Made for k = 3."
    assert titles(view) == ["−100.00"]
    view.show_document(replace(DOCUMENT, cloud=PointCloud(GEYSERS.points, name="Copy")))
    assert view.note.startswith("Made for ")
    view.show_document(replace(DOCUMENT, configuration=Configuration("tied")))
    assert view.note == "Made for full covariances."
    view.show_document(replace(DOCUMENT, configuration=Configuration(max_iterations=5)))
    assert view.note == "Made with other settings of the iteration."
    view.show_document(DOCUMENT)
    assert view.note == ""


def test_cards_change_places_at_most_twice_a_second(
    qtbot: QtBot, view: AtlasView, slow: Slow
) -> None:
    view.start()
    qtbot.waitUntil(slow.begun.is_set)
    slow.tell(o0=3)
    qtbot.waitUntil(lambda: len(view.strip.cards) == 1)
    slow.tell(o1=1, o0=4)
    qtbot.waitUntil(lambda: len(view.strip.cards) == 2)
    assert [card.number for card in view.strip.cards] == [0, 1]
    assert view.strip.cards[0].text_on_show.below[0] == "1.00 below the best found"
    qtbot.waitUntil(lambda: [card.number for card in view.strip.cards] == [1, 0])


def test_a_card_stays_while_it_is_pressed(qtbot: QtBot, view: AtlasView, slow: Slow) -> None:
    view.start()
    qtbot.waitUntil(slow.begun.is_set)
    slow.tell(o0=3)
    qtbot.waitUntil(lambda: len(view.strip.cards) == 1)
    card = view.strip.cards[0]
    asked = QSignalSpy(view.document_requested)
    at = QPoint(20, 20)
    QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=at)
    slow.tell(o1=1, o0=4)
    qtbot.wait(700)
    assert view.strip.cards[0] is card
    QTest.mouseRelease(card, Qt.MouseButton.LeftButton, pos=at)
    assert asked.count() == 1
    qtbot.waitUntil(lambda: view.strip.cards[1] is card)


def test_there_are_at_most_so_many_cards_and_the_rest_is_counted(
    qtbot: QtBot, view: AtlasView, slow: Slow
) -> None:
    view.start()
    qtbot.waitUntil(slow.begun.is_set)
    slow.tell(**{f"o{i}": 2 for i in range(75)})
    qtbot.waitUntil(lambda: len(view.strip.cards) == 60)
    texts = [child.text() for child in view.strip.findChildren(atlas_view.QLabel)]
    assert "and 15 more, reached by 30 runs" in texts


def test_starts_that_cannot_be_drawn_are_said(qtbot: QtBot, view: AtlasView) -> None:
    view.show_document(Document(PointCloud([(0.0, 0.0), (0.0, 0.0), (1.0, 1.0), (1.0, 1.0)]), 3))
    run(qtbot, view, 10)
    assert view.note.startswith("20 starts could not be drawn: ")
    assert "3 different points; there are 2" in view.note
    assert view.try_button.isVisible()


def test_spurious_optima_are_marked(qtbot: QtBot, view: AtlasView) -> None:
    rng = np.random.default_rng(1)
    cloud = PointCloud([*rng.normal(0, 1, (40, 2)), *[(9.0, 9.0)] * 4])
    view.show_document(Document(cloud, 2, configuration=Configuration(variance_floor=0.0)))
    atlas = run(qtbot, view, 20)
    marks = [card.text_on_show.mark for card in view.strip.cards]
    assert "collapsed" in marks
    marked = view.strip.cards[marks.index("collapsed")]
    assert "collapsed" in marked.accessibleName()
    assert count(picture(marked), rgb(LIGHT.warning)) > 5
    assert "collapsed." in view.note
    assert atlas.degenerate > 0


def test_one_dimensional_clouds_have_an_atlas_too(qtbot: QtBot, view: AtlasView) -> None:
    view.show_document(Document(PointCloud(GEYSERS.points[:, 0]), 2))
    run(qtbot, view, 10)
    assert all(card.picture is not None for card in view.strip.cards)


def test_without_a_method_nothing_can_be_run(view: AtlasView) -> None:
    view.controls.tick(())
    assert not view.controls.run.isEnabled()
    assert not view.try_button.isEnabled()
    view.start()
    assert not view.is_busy


def test_the_menu_stays_open_while_methods_are_ticked(qtbot: QtBot, view: AtlasView) -> None:
    menu = view.controls.menu
    menu.popup(view.mapToGlobal(QPoint(0, 0)))
    action = next(action for action in menu.actions() if action.data() == "k-means")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert menu.isVisible()
    assert "k-means" in view.controls.methods
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Space)
    assert menu.isVisible()
    assert "k-means" not in view.controls.methods
    menu.close()


@pytest.mark.parametrize("size", [(850, 230), (460, 200), (900, 480)])
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.5])
def test_cards_use_the_room_and_what_matters_is_in_sight(
    qtbot: QtBot, view: AtlasView, size: tuple[int, int], scale: float
) -> None:
    view.set_style(style(scale=scale))
    view.resize(round(size[0] * scale), round(size[1] * scale))
    run(qtbot, view, 20)
    viewport = view.strip.viewport()
    first = view.strip.cards[0]
    assert viewport.rect().contains(first.geometry())
    if size[1] > 400:
        second_row = [card for card in view.strip.cards if card.y() > first.y()]
        assert second_row or len(view.strip.cards) <= view.strip.grid.columns
    else:
        assert {card.y() for card in view.strip.cards} == {first.y()}
        assert first.height() > 0.5 * viewport.height()
    methods: tuple[Method, ...] = view.controls.methods
    assert all(
        view.rates.bar(index).bottom() <= view.rates.height() for index in range(len(methods))
    )


def test_closing_in_the_middle_is_clean(qtbot: QtBot) -> None:
    view = AtlasView(style())
    qtbot.addWidget(view)
    view.show_document(DOCUMENT)
    view.controls.runs.setValue(10_000)
    view.start()
    qtbot.wait(50)
    view.close_threads()
    assert not view.is_busy


def test_errors_that_nobody_expects_are_passed_on(
    qtbot: QtBot, view: AtlasView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: AtlasRequest) -> Task:
        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            raise RuntimeError("broken")

        return work

    monkeypatch.setattr(atlas_view, "atlas_task", broken)
    with qtbot.waitSignal(view.failed) as failure:
        view.start()
    assert str(failure.args[0]) == "broken"
    assert not view.is_busy


def test_cards_take_arrows_before_the_shortcuts_of_the_window(
    qtbot: QtBot, view: AtlasView
) -> None:
    run(qtbot, view, 10)
    for which, taken in ((Qt.Key.Key_Left, True), (Qt.Key.Key_PageDown, False)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, which, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(view.strip.cards[0], event)
        assert event.isAccepted() == taken
