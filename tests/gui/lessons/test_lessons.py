"""Lessons in the window: a person opens them, turns the pages, changes things, and closes them."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmm_studio.document import Given, Placed
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.curves.series import KINDS
from gmm_studio.gui.lessons.layer_values import layers_of, values_of
from gmm_studio.gui.lessons.save_dialog import SaveLessonDialog
from gmm_studio.gui.playback import SPEEDS
from gmm_studio.gui.theme import Scheme
from gmm_studio.gui.window import Window
from gmm_studio.lessons import views
from gmm_studio.lessons.collection import collection
from gmm_studio.lessons.reading import read_lesson
from gmm_studio.resources import resource
from tests.gui.acting import Control, click, colour_at, distance, drag, key, picture, rgb
from tests.gui.conftest import settle

Key = Qt.Key


def rest(qtbot: QtBot, window: Window) -> None:
    """Wait until the page is on the screen as it says."""
    coach = window.lessons.coach
    if window.session.playback.is_playing:
        window.session.playback.speed = 60
    qtbot.waitUntil(lambda: not coach.is_busy)
    window.session.playback.speed = 60
    settle(qtbot, window)


def open_lesson(qtbot: QtBot, window: Window, name: str) -> None:
    window.open_file(resource(f"lessons/{name}.json"))
    qtbot.waitUntil(lambda: window.lessons.coach.lesson is not None)
    rest(qtbot, window)


def turn(qtbot: QtBot, window: Window, by: int = 1) -> None:
    bar = window.lessons.bar
    click(bar.next if by > 0 else bar.back)
    rest(qtbot, window)


def test_the_format_knows_every_layer_and_every_choice() -> None:
    usual = Layers()
    names = {field.name for field in fields(Layers)}
    assert names == set(views.LAYERS)
    for name, choices in views.LAYERS.items():
        assert choices[0] == (getattr(usual, name) or choices[0])
        for choice in choices:
            found = getattr(layers_of(((name, choice),)), name)
            assert found == choice or (name == "bins" and found is None)
    assert tuple(KINDS) == views.CURVES
    assert views.SPEEDS == SPEEDS
    assert values_of(usual) == ()
    assert values_of(Layers(truth=True, bins=7)) == (("bins", 7), ("truth", True))


@pytest.mark.parametrize("name", collection())
def test_every_lesson_opens_and_all_its_pages_turn(qtbot: QtBot, window: Window, name: str) -> None:
    lesson, session, bar = collection()[name], window.session, window.lessons.bar
    assert bar.isHidden()
    open_lesson(qtbot, window, name)
    for number, page in enumerate(lesson.pages, 1):
        assert bar.isVisible()
        assert (bar.title.text(), bar.text.text()) == (lesson.title, page.text)
        assert bar.place.text() == f"{number} / {len(lesson.pages)}"
        document = session.document
        setting = page.setting
        assert (document.k, document.configuration) == (setting.k, setting.configuration)
        if isinstance(setting.start, Given):
            assert isinstance(document.start, Given)
            assert np.array_equal(document.start.mixture.means, setting.start.mixture.means)
        else:
            assert document.start == setting.start
        assert window.lessons.coach._screen.views.layers == page.views.layers
        assert window.curve_view.kind == page.views.curve
        assert session.shown is not None
        assert session.shown.document == document
        if isinstance(page.show, int):
            assert (session.playback.cursor, session.playback.moment.half) == (page.show, page.half)
        else:
            assert session.playback.is_at_end
        assert bar.again_button.isHidden(), "all is as the page says"
        assert bar.back.isEnabled() == (number > 1)
        assert bar.next.isEnabled() == (number < len(lesson.pages))
        if number < len(lesson.pages):
            turn(qtbot, window)


def test_a_page_that_plays_begins_at_the_start(qtbot: QtBot, window: Window) -> None:
    open_lesson(qtbot, window, "01-press-play")
    assert window.session.playback.cursor == 0
    turn(qtbot, window)
    turn(qtbot, window)
    walked: list[int] = []
    window.session.playback.moved.connect(walked.append)
    turn(qtbot, window)
    assert 0 in walked
    assert walked[-1] == 23
    assert len(walked) > 3


def test_back_shows_the_page_as_it_was(qtbot: QtBot, window: Window) -> None:
    open_lesson(qtbot, window, "06-a-component-collapses")
    turn(qtbot, window)
    turn(qtbot, window)
    assert window.curve_view.kind == "eigenvalues"
    turn(qtbot, window)
    assert window.session.document.configuration.variance_floor == 1e-6
    turn(qtbot, window, -1)
    assert window.session.document.configuration.variance_floor == 0
    assert window.curve_view.kind == "eigenvalues"
    assert window.lessons.bar.place.text() == "3 / 6"


def test_changes_of_pages_can_be_undone(qtbot: QtBot, window: Window) -> None:
    first = window.session.document
    open_lesson(qtbot, window, "02-a-bad-seed")
    start = window.session.document.start
    assert isinstance(start, Placed)
    for _ in range(3):
        turn(qtbot, window)
    assert window.session.document.configuration.rule == "split-and-merge"
    key(window, Key.Key_Z, Control)
    settle(qtbot, window)
    assert window.session.document.configuration.rule == "em"
    assert not window.lessons.bar.again_button.isHidden()
    click(window.lessons.bar.again_button)
    rest(qtbot, window)
    assert window.session.document.configuration.rule == "split-and-merge"
    window.lessons.coach.close()
    window.session.store.undo_stack.setIndex(0)
    settle(qtbot, window)
    assert window.session.document == first


def test_a_person_may_change_anything_in_between(qtbot: QtBot, window: Window) -> None:
    open_lesson(qtbot, window, "01-press-play")
    view = window.cloud_view
    assert view.viewport is not None
    at = QPointF(*view.viewport.to_pixel(-1.0, 2.0))
    drag(view, [at, at + QPointF(20, 30), at + QPointF(60, 80)])
    settle(qtbot, window)
    start = window.session.document.start
    assert isinstance(start, Placed)
    assert start.seeds[0] != (-1.0, 2.0)
    assert not window.lessons.bar.again_button.isHidden()
    turn(qtbot, window)
    start = window.session.document.start
    assert isinstance(start, Placed)
    assert start.seeds[0] == (-1.0, 2.0), "the next page says what it shows"
    assert window.session.playback.moment.half == "E"


def test_escape_closes_the_lesson_last(qtbot: QtBot, window: Window) -> None:
    own = window.stage.layers
    window._on_layers(own.switched("background_density", True))
    settle(qtbot, window)
    open_lesson(qtbot, window, "01-press-play")
    assert window.stage.layers == own
    key(window, Key.Key_F11)
    settle(qtbot, window)
    assert window.presentation.is_on
    assert window.lessons.bar.isVisible()
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert not window.presentation.is_on
    assert window.lessons.bar.isVisible(), "one Esc ends one thing"
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert window.lessons.bar.isHidden()
    assert window.lessons.coach.lesson is None
    assert window.stage.layers.background == "density", "the own views are back"


def test_half_steps_and_speed_of_a_lesson_are_not_kept(qtbot: QtBot, window: Window) -> None:
    open_lesson(qtbot, window, "01-press-play")
    turn(qtbot, window)
    assert window.session.playback.has_halves
    click(window.lessons.bar.close_button)
    assert not window.session.playback.has_halves
    assert window._settings.value("halves", type=bool) is False


def test_keys_turn_the_pages(qtbot: QtBot, window: Window) -> None:
    open_lesson(qtbot, window, "01-press-play")
    key(window, Key.Key_PageDown, Control)
    rest(qtbot, window)
    assert window.lessons.coach.index == 1
    key(window, Key.Key_PageUp, Control)
    rest(qtbot, window)
    assert window.lessons.coach.index == 0
    key(window, Key.Key_PageDown)
    assert window.session.playback.cursor == 1, "without Control it steps"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("presents", [False, True])
def test_the_whole_text_is_seen_in_a_small_window(
    qtbot: QtBot, window: Window, scheme: Scheme, presents: bool
) -> None:
    window.resize(1024, 700)
    window._theme.set_scheme(scheme)
    open_lesson(qtbot, window, "04-too-many-components")
    window.presentation.set_on(presents)
    for _ in range(2):
        key(window, Key.Key_PageDown, Control)
        rest(qtbot, window)
    bar = window.lessons.bar
    assert bar.text.height() >= bar.text.heightForWidth(bar.text.width())
    area = bar.text.parentWidget()
    assert area is not None
    assert area.height() >= bar.text.heightForWidth(bar.text.width()), "nothing is scrolled away"
    for part in (bar.title, bar.text, bar.next, bar.back, bar.close_button):
        corner = part.mapTo(window, part.rect().bottomRight())
        assert window.rect().contains(corner)
    assert bar.text.fontInfo().pixelSize() >= (20 if presents else 15)
    assert window.cloud_view.height() > 200


def test_turning_the_page_moves_neither_the_buttons_nor_the_cloud(
    qtbot: QtBot, window: Window
) -> None:
    open_lesson(qtbot, window, "13-old-faithful")
    bar, view = window.lessons.bar, window.cloud_view
    place, size = bar.next.mapTo(window, bar.next.rect().center()), view.size()
    heights = set()
    while bar.next.isEnabled():
        heights.add(bar.text.heightForWidth(bar.text.width()))
        turn(qtbot, window)
        assert bar.next.mapTo(window, bar.next.rect().center()) == place
        assert view.size() == size
    assert len(heights) > 1, "though pages differ in length"


@pytest.mark.parametrize(
    "name", ["24-random-starts", "23-step-by-step", "06-a-component-collapses"]
)
def test_in_a_low_window_the_curves_give_way_to_the_cloud(
    qtbot: QtBot, window: Window, name: str
) -> None:
    window.resize(1008, 640)
    settle(qtbot, window)
    before = window._middle.sizes()
    usual = window.curve_view.minimumHeight()
    open_lesson(qtbot, window, name)
    bar, view = window.lessons.bar, window.cloud_view
    qtbot.waitUntil(lambda: view.height() >= 295)
    assert bar.height() - bar.text.height() < 60, "no higher than its text"
    assert not bar.title.toolTip(), "there is room for the whole title"
    for _ in range(3):
        turn(qtbot, window)
        assert view.height() >= 270
    window.compare.setCurrentWidget(window.laboratory.race)
    window.compare.setCurrentWidget(window.curve_view)
    window.lessons.coach.turn(-3)
    rest(qtbot, window)
    qtbot.waitUntil(lambda: view.height() >= 295)
    window.lessons.coach.close()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: window._middle.sizes() == before)
    assert window.curve_view.minimumHeight() == usual


def test_a_handle_that_somebody_moved_stays(qtbot: QtBot, window: Window) -> None:
    window.resize(1008, 640)
    settle(qtbot, window)
    open_lesson(qtbot, window, "01-press-play")
    handle = window._middle.handle(1)
    at = handle.mapTo(window, handle.rect().center())
    drag(window, [(float(at.x()), float(at.y() - by)) for by in (0, 10, 60)])
    height = window.cloud_view.height()
    assert height < 260
    turn(qtbot, window)
    assert window.cloud_view.height() == height
    window.lessons.coach.close()
    settle(qtbot, window)
    assert window.cloud_view.height() == height


@pytest.mark.parametrize("name", collection())
def test_every_title_has_room_in_a_small_window(qtbot: QtBot, window: Window, name: str) -> None:
    window.resize(1008, 640)
    open_lesson(qtbot, window, name)
    assert not window.lessons.bar.title.toolTip()
    window.resize(800, 560)
    settle(qtbot, window)
    title = window.lessons.bar.title
    is_cut = title.fontMetrics().horizontalAdvance(title.text()) > title.width()
    assert title.toolTip() == (title.text() if is_cut else "")


def test_one_click_tries_the_starts_that_a_page_offers(qtbot: QtBot, window: Window) -> None:
    open_lesson(qtbot, window, "24-random-starts")
    bar = window.lessons.bar
    assert bar.try_button.isHidden()
    for _ in range(4):
        turn(qtbot, window)
    assert bar.try_button.text() == "Run all 200"
    assert "100 starts of each: Random points, k-means" in bar.try_button.toolTip()
    atlas = window.laboratory.atlas
    assert set(atlas.controls.methods) == {"random-points", "k-means"}, "before the click"
    assert atlas.controls.runs.value() == 100
    click(bar.try_button)
    qtbot.waitUntil(
        lambda: atlas.atlas is not None and atlas.atlas.is_complete and atlas.is_settled
    )
    assert atlas.means.isVisible()
    patterns = {band.method: band.patterns for band in atlas.means.bands}
    assert patterns["k-means"] == 1
    assert patterns["random-points"] >= 3
    assert {len(band.means) for band in atlas.means.bands} == {100}
    assert window.session.shown is not None
    fitted = window.session.shown.steps[-1].mixture.means[:, 0]
    order = np.argsort(fitted).tolist()
    assert order != sorted(order), "ascending means are not in the order of the components"
    image = picture(atlas.means)
    colours = window._theme.palette.components
    band = next(i for i, one in enumerate(atlas.means.bands) if one.method == "k-means")
    for rank, component in enumerate(order):
        seen = colour_at(image, atlas.means.place_of(band, 50, rank))
        assert distance(seen, rgb(colours[component])) < 60, "the same mean has the same colour"


def test_estimates_stand_beside_the_truth_at_every_iteration(qtbot: QtBot, window: Window) -> None:
    open_lesson(qtbot, window, "25-a-density")
    cards = window.parameters._cards

    def rows() -> dict[str, tuple[str, str]]:
        figures = cards._figures
        assert figures is not None
        return {
            f"{j + 1} {name}": (estimate, true)
            for j, parameters in figures.truths
            for name, estimate, true in parameters
        }

    qtbot.waitUntil(lambda: bool(rows()))
    turn(qtbot, window)
    turn(qtbot, window)
    qtbot.waitUntil(lambda: rows()["2 mean"] == ("4.909", "5.000"))
    key(window, Key.Key_End)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: rows()["2 mean"] == ("5.002", "5.000"))
    assert rows()["1 weight"] == ("0.299", "0.300")
    assert rows()["2 variance"] == ("3.934", "4.000")


def test_a_lesson_is_dropped_into_the_window(qtbot: QtBot, window: Window) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(resource("lessons/11-a-ring.json")))])
    event = QDropEvent(
        QPointF(400, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    qtbot.waitUntil(lambda: window.lessons.coach.lesson is not None)
    rest(qtbot, window)
    assert window.lessons.bar.title.text() == "A ring is not a Gaussian"


def test_a_broken_lesson_is_refused_and_nothing_changes(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    before = window.session.document
    path = tmp_path / "mine.json"
    path.write_text('{"format": "gmm-studio-lesson", "version": 9}')
    said: list[str] = []
    window.lessons.problem.connect(said.append)
    window.open_file(path)
    qtbot.waitUntil(lambda: bool(said))
    assert "mine.json" in said[0]
    assert "version" in said[0]
    assert window.session.document is before
    assert window.lessons.bar.isHidden()
    assert window.presenter.sentence.text == said[0]


def test_a_page_that_does_not_fit_its_points_is_not_shown(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    pages = [
        {"text": "Fine.", "data": {"generator": "hills"}},
        {"text": "Not so.", "start": {"seeds": [[0, 0], [1, 1]]}},
    ]
    head = {"format": "gmm-studio-lesson", "version": 1, "title": "Mine"}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(head | {"pages": pages}))
    window.open_file(path)
    qtbot.waitUntil(lambda: window.lessons.coach.lesson is not None)
    rest(qtbot, window)
    before = window.session.document
    click(window.lessons.bar.next)
    rest(qtbot, window)
    assert window.session.document is before
    assert window.lessons.bar.text.text() == "Fine."
    assert "must have 1 numbers" in window.presenter.sentence.text


def test_any_document_is_saved_as_a_lesson_and_opened_again(
    qtbot: QtBot, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.choose_method("ward")
    settle(qtbot, window)
    window._on_layers(window.stage.layers.switched("truth", True))
    key(window, Key.Key_End)
    settle(qtbot, window)
    saved = window.session.document
    path = tmp_path / "mine.json"
    asked: list[tuple[str, str]] = []

    def words(title: str, text: str) -> None:
        asked.append((title, text))
        window.lessons.write(path, title, text)

    monkeypatch.setattr(window.lessons, "_on_words", words)
    window.actions_["save_lesson"].trigger()
    dialog = _dialog(qtbot)
    assert not dialog._save.isEnabled(), "there is nothing to read yet"
    dialog.title.setText("My lesson")
    dialog.words.setPlainText("Look here.")
    written: list[Path] = []
    window.session.saved.connect(written.append)
    click(dialog._save)
    qtbot.waitUntil(lambda: written == [path])
    assert asked == [("My lesson", "Look here.")]
    lesson = read_lesson(path)
    assert lesson.pages[0].show == "end"
    assert lesson.pages[0].views.layers == (("truth", True),)
    window.session.choose_k(2)
    settle(qtbot, window)
    window.open_file(path)
    qtbot.waitUntil(lambda: window.lessons.coach.lesson is not None)
    rest(qtbot, window)
    document = window.session.document
    assert np.array_equal(document.cloud.points, saved.cloud.points)
    assert (document.k, document.start) == (saved.k, saved.start)
    assert window.lessons.bar.text.text() == "Look here."


def _dialog(qtbot: QtBot) -> SaveLessonDialog:
    def found() -> SaveLessonDialog | None:
        widgets = QApplication.topLevelWidgets()
        return next((one for one in widgets if isinstance(one, SaveLessonDialog)), None)

    qtbot.waitUntil(lambda: found() is not None)
    dialog = found()
    assert dialog is not None
    return dialog
