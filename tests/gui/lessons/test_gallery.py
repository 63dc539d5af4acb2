"""The gallery: a person finds what there is, by mouse and by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmm_studio.data.generators import GENERATORS
from gmm_studio.gui.colours import DARK, LIGHT, Palette
from gmm_studio.gui.lessons.card import GalleryCard
from gmm_studio.gui.lessons.gallery import Gallery
from gmm_studio.gui.theme import Scheme
from gmm_studio.gui.window import Window
from gmm_studio.lessons.collection import collection
from gmm_studio.lessons.examples import EXAMPLES
from tests.gui.acting import Control, click, colour_at, distance, key, picture, rgb
from tests.gui.conftest import settle

Key = Qt.Key


def open_gallery(qtbot: QtBot, window: Window) -> Gallery:
    key(window, Key.Key_L, Control)
    return shown(qtbot)


def shown(qtbot: QtBot) -> Gallery:
    def found() -> Gallery | None:
        widgets = QApplication.topLevelWidgets()
        return next((one for one in widgets if isinstance(one, Gallery) and one.isVisible()), None)

    qtbot.waitUntil(lambda: found() is not None)
    gallery = found()
    assert gallery is not None
    qtbot.waitExposed(gallery)
    return gallery


def card(gallery: Gallery, title: str) -> GalleryCard:
    return next(one for one in gallery.shelf.cards if one.item.title == title)


def rest(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: not window.lessons.coach.is_busy)
    window.session.playback.speed = 60
    settle(qtbot, window)


def titles(gallery: Gallery) -> list[str]:
    return [one.item.title for one in gallery.shelf.shown]


def test_it_holds_everything_in_groups(qtbot: QtBot, window: Window) -> None:
    gallery = open_gallery(qtbot, window)
    assert gallery.windowModality() == Qt.WindowModality.WindowModal
    kinds = [one.item.kind for one in gallery.shelf.cards]
    assert kinds.count("example") == len(EXAMPLES)
    assert kinds.count("lesson") + kinds.count("published") == len(collection())
    assert kinds.count("generator") == len(GENERATORS)
    order = list(dict.fromkeys(kinds))
    assert order == ["example", "lesson", "published", "generator"]
    places = [one.geometry() for one in gallery.shelf.cards]
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
    gallery.reject()


def test_no_card_cuts_its_words(qtbot: QtBot, window: Window) -> None:
    gallery = open_gallery(qtbot, window)
    for one in gallery.shelf.cards:
        assert " ".join(one._title) == one.item.title
        assert " ".join(one._summary) == one.item.summary
    faithful, series = card(gallery, "Old Faithful"), card(gallery, "Series of 50")
    assert faithful.y() == series.y()
    assert faithful.height() == series.height(), "cards of a row are as high as the highest"
    assert len(faithful._summary) > len(series._summary)
    gallery.reject()


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_every_card_gets_a_picture_in_the_colours_of_the_theme(
    qtbot: QtBot, window: Window, scheme: Scheme, palette: Palette
) -> None:
    window._theme.set_scheme(scheme)
    gallery = open_gallery(qtbot, window)
    qtbot.waitUntil(lambda: all(one.has_picture for one in gallery.shelf.cards))
    image = picture(card(gallery, "Separated"))
    seen = {colour_at(image, (x, y)) for x in range(0, 200, 2) for y in range(0, 112, 2)}
    for colour in palette.components[:3]:
        assert min(distance(rgb(colour), other) for other in seen) < 40
    assert colour_at(image, (100, 4)) == rgb(palette.canvas)
    gallery.reject()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    window.lessons.open_gallery()
    again = shown(qtbot)
    assert all(one.has_picture for one in again.shelf.cards), "they were kept"
    again.reject()


def test_typing_filters_and_enter_opens_the_first(qtbot: QtBot, window: Window) -> None:
    gallery = open_gallery(qtbot, window)
    key(gallery, "k-means against")
    assert titles(gallery) == ["k-means against EM"]
    assert not card(gallery, "Ring").isVisible()
    key(gallery, Key.Key_Return)
    qtbot.waitUntil(lambda: window.lessons.coach.lesson is not None)
    rest(qtbot, window)
    assert window.lessons.bar.title.text() == "k-means against EM"


def test_words_are_found_in_any_order_and_nothing_is_said(qtbot: QtBot, window: Window) -> None:
    gallery = open_gallery(qtbot, window)
    gallery.filter.setText("geyser FAITHFUL")
    assert titles(gallery) == ["Old Faithful"]
    gallery.filter.setText("published")
    assert {one.item.kind for one in gallery.shelf.shown} == {"published"}
    assert len(gallery.shelf.shown) == 5
    gallery.filter.setText("zebra")
    assert titles(gallery) == []
    assert gallery._none.isVisible()
    key(gallery, Key.Key_Return)
    assert gallery.isVisible(), "there is nothing to open"
    gallery.filter.clear()
    assert len(titles(gallery)) == len(gallery.shelf.cards)
    gallery.reject()


def test_arrows_go_through_the_cards_and_enter_opens(qtbot: QtBot, window: Window) -> None:
    gallery = open_gallery(qtbot, window)
    gallery.filter.setFocus()
    key(gallery, Key.Key_Down)
    assert card(gallery, "Old Faithful").hasFocus()
    key(gallery, Key.Key_Right)
    assert card(gallery, "Iris petals").hasFocus()
    key(gallery, Key.Key_Down)
    below = QApplication.focusWidget()
    assert isinstance(below, GalleryCard)
    assert below.item.kind in ("example", "lesson")
    assert below.geometry().left() == card(gallery, "Iris petals").geometry().left()
    key(gallery, Key.Key_Up)
    assert card(gallery, "Iris petals").hasFocus()
    key(gallery, Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.document.cloud.name == "Iris petals")
    settle(qtbot, window)
    assert window.session.document.k == 3
    assert window.lessons.bar.isHidden(), "an example is no lesson"


def test_a_card_that_has_the_focus_is_seen(qtbot: QtBot, window: Window) -> None:
    gallery = open_gallery(qtbot, window)
    last = gallery.shelf.cards[-1]
    last.setFocus(Qt.FocusReason.TabFocusReason)
    corner = last.mapTo(gallery, last.rect().topLeft())
    assert gallery.rect().contains(corner)
    gallery.reject()


def test_a_click_opens_a_generator_and_ends_the_lesson(qtbot: QtBot, window: Window) -> None:
    window.lessons.coach.open(collection()["01-press-play"])
    rest(qtbot, window)
    click(window.data_panel.gallery)
    gallery = shown(qtbot)
    gallery.filter.setText("moons")
    click(card(gallery, "Moons"))
    qtbot.waitUntil(lambda: window.session.document.cloud.name == "Moons")
    settle(qtbot, window)
    assert window.lessons.coach.lesson is None


def test_escape_closes_it_and_leaves_all_as_it_was(qtbot: QtBot, window: Window) -> None:
    before = window.session.document
    gallery = open_gallery(qtbot, window)
    key(gallery, Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    settle(qtbot, window)
    assert window.session.document is before


def test_it_fits_into_a_small_window(qtbot: QtBot, window: Window) -> None:
    window.resize(1024, 700)
    gallery = open_gallery(qtbot, window)
    assert gallery.width() <= 1024
    assert gallery.height() <= 700
    gallery.reject()
