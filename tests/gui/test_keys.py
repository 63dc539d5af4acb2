"""Who gets a key: the transport everywhere, except where a person types or presses a button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gmm_studio.document import Drawn
from gmm_studio.gui.window import Window
from tests.gui.acting import Control, Left, Shift, click, key
from tests.gui.conftest import settle

Key = Qt.Key


def open_sections(window: Window) -> None:
    for panel in (window.data_panel, window.model_panel, window.start_panel, window.view_panel):
        panel.set_open(True)


def reached_by_tab(window: Window) -> list[QWidget]:
    """All that Tab goes to, in its order, from the cloud view on."""
    focus(window.cloud_view)
    found: list[QWidget] = []
    while True:
        widget = QApplication.focusWidget()
        assert widget is not None
        if widget in found:
            return found
        found.append(widget)
        key(window, Key.Key_Tab)


def is_text(widget: QWidget) -> bool:
    return isinstance(widget, QLineEdit | QAbstractSpinBox)


def focus(widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is widget


def cursor(window: Window) -> int:
    return window.session.playback.cursor


def position(window: Window) -> QLineEdit:
    field = window.transport.findChild(QLineEdit, "position")
    assert isinstance(field, QLineEdit)
    return field


def drawn(window: Window) -> Drawn:
    start = window.session.document.start
    assert isinstance(start, Drawn)
    return start


def test_the_transport_has_its_keys_from_any_focus(qtbot: QtBot, window: Window) -> None:
    open_sections(window)
    window.side_tabs.setCurrentWidget(window.runs)
    last = window.session.playback.last
    assert last > 4
    places = [widget for widget in reached_by_tab(window) if not is_text(widget)]
    kinds = {type(widget).__name__ for widget in places}
    assert {"CloudView", "Choice", "QPushButton", "QCheckBox", "_Scrubber", "RunsPanel"} <= kinds
    for widget in places:
        key(window, Key.Key_Home)
        if not widget.isEnabled():
            continue  # a button for what cannot be done at the start
        focus(widget)
        seen = [cursor(window)]
        for what in (
            Key.Key_Right,
            Key.Key_PageDown,
            Key.Key_PageDown,
            Key.Key_Left,
            Key.Key_PageUp,
            Key.Key_End,
        ):
            key(window, what)
            seen.append(cursor(window))
        assert seen == [0, 1, 2, 3, 2, 1, last], widget
        key(window, Key.Key_Home)
        assert cursor(window) == 0, widget


def test_space_plays_from_wherever_it_presses_nothing(qtbot: QtBot, window: Window) -> None:
    window.session.playback.speed = 1
    places = [
        widget
        for widget in reached_by_tab(window)
        if not isinstance(widget, QAbstractButton | QComboBox)
    ]
    assert window.cloud_view in places
    assert window.model_panel.k in places, "a number has no use for a space"
    for widget in places:
        focus(widget)
        key(window, Key.Key_Space)
        assert window.session.playback.is_playing, widget
        key(window, Key.Key_Space)
        assert not window.session.playback.is_playing, widget


def test_without_any_focus_the_keys_work_too(window: Window) -> None:
    window.cloud_view.clearFocus()
    assert QApplication.focusWidget() is None
    key(window, Key.Key_Right)
    assert cursor(window) == 1


def test_a_step_pauses(window: Window) -> None:
    key(window, Key.Key_Space)
    assert window.session.playback.is_playing
    key(window, Key.Key_Right)
    assert not window.session.playback.is_playing


def test_space_presses_a_button_that_tab_reached(qtbot: QtBot, window: Window) -> None:
    open_sections(window)
    focus(window.start_panel.another)
    key(window, Key.Key_Space)
    assert drawn(window).random_state == 1
    assert not window.session.playback.is_playing
    settle(qtbot, window)
    trails = window.view_panel._switches["trails"]
    focus(trails)
    key(window, Key.Key_Space)
    assert not window.stage.layers.trails
    focus(window.data_panel.header)
    key(window, Key.Key_Space)
    assert not window.data_panel.is_open
    assert not window.session.playback.is_playing


def test_space_opens_a_list_that_tab_reached(window: Window) -> None:
    focus(window.start_panel.method)
    key(window, Key.Key_Space)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()
    assert not window.session.playback.is_playing


def test_up_and_down_choose_in_a_list_that_tab_reached(qtbot: QtBot, window: Window) -> None:
    focus(window.start_panel.method)
    key(window, Key.Key_Down)
    settle(qtbot, window)
    assert drawn(window).method == "k-means"
    key(window, Key.Key_Up)
    settle(qtbot, window)
    assert drawn(window).method == "k-means++"


def test_tab_goes_through_the_window_in_the_order_of_the_screen(window: Window) -> None:
    open_sections(window)
    chain = reached_by_tab(window)
    order = [
        window.cloud_view,
        position(window),
        window.data_panel.cloud,
        window.data_panel.open_button,
        window.data_panel.sample,
        window.data_panel.points,
        window.model_panel.k,
        window.model_panel.rule,
        window.model_panel.covariance,
        window.start_panel.method,
        window.start_panel.place,
        window.start_panel.another,
        window.start_panel.random_state,
    ]
    places = [chain.index(widget) for widget in order]
    assert places == sorted(places)
    focus(window.model_panel.k)
    key(window, Key.Key_Tab)
    assert QApplication.focusWidget() is window.model_panel.rule
    key(window, Key.Key_Backtab, Shift)
    assert QApplication.focusWidget() is window.model_panel.k


# Where a person types


def test_a_number_field_keeps_its_keys(qtbot: QtBot, window: Window) -> None:
    field = window.model_panel.k
    key(window, Key.Key_Right)
    before = cursor(window)
    focus(field)
    field.selectAll()
    for what in ("3", "2", Key.Key_Left, Key.Key_Backspace, Key.Key_End, Key.Key_Home, "s", "n"):
        key(window, what)
    assert field.lineEdit().text() == "2"
    assert field.lineEdit().cursorPosition() == 0
    key(window, "1")
    key(window, Key.Key_Right)
    assert field.lineEdit().text() == "12"
    assert cursor(window) == before, "no key went to the transport"
    assert window.cloud_view.tool == "pick"
    assert window.session.document.k == 3, "not before it is complete"
    key(window, Key.Key_Return)
    settle(qtbot, window)
    assert window.session.document.k == 12
    assert QApplication.focusWidget() is not field
    key(window, Key.Key_Right)
    assert cursor(window) == 1


def test_a_real_number_field_keeps_its_keys(qtbot: QtBot, window: Window) -> None:
    open_sections(window)
    field = window.model_panel.tolerance
    focus(field)
    field.selectAll()
    for what in ("1", "e", "-", "4", Key.Key_Left, Key.Key_Delete, "3"):
        key(window, what)
    assert field.text() == "1e-3"
    assert cursor(window) == 0
    assert window.stage.layers.ellipses, "e is a letter here"
    key(window, Key.Key_Space)
    assert window.session.playback.is_playing, "but a number has no use for a space"
    assert field.text() == "1e-3"
    key(window, Key.Key_Return)
    settle(qtbot, window)
    assert window.session.document.configuration.tolerance == 1e-3
    assert window.actions_.undo.text() == "Undo Tolerance"


def test_undo_in_a_text_field_is_the_fields(window: Window) -> None:
    open_sections(window)
    window.session.another_start()
    field = window.model_panel.tolerance
    focus(field)
    field.selectAll()
    key(window, "5")
    key(window, "z", Control)
    assert field.text() == "1e-06"
    assert drawn(window).random_state == 1


def test_an_iteration_can_be_typed(qtbot: QtBot, window: Window) -> None:
    field = position(window)
    click(field)
    assert QApplication.focusWidget() is field
    field.selectAll()
    key(window, "3")
    assert cursor(window) == 0
    key(window, Key.Key_Return)
    settle(qtbot, window)
    assert cursor(window) == 3
    assert QApplication.focusWidget() is not field
    assert field.text() == "3"
    click(field)
    field.selectAll()
    for what in ("9", "9", "x", " ", "9", Key.Key_Left, "9"):
        key(window, what)
    assert field.text() == "9999"
    key(window, Key.Key_Enter)
    settle(qtbot, window)
    assert cursor(window) == window.session.playback.last
    assert field.text() == str(window.session.playback.last)


def test_escape_leaves_what_was_typed(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_Right)
    settle(qtbot, window)
    field = position(window)
    click(field)
    field.selectAll()
    key(window, "7")
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert cursor(window) == 1
    assert field.text() == "1"
    assert QApplication.focusWidget() is not field
    k = window.model_panel.k
    focus(k)
    k.selectAll()
    key(window, "7")
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert window.session.document.k == 3
    assert k.text() == "3"


def test_escape_ends_the_innermost_which_is_the_typing(qtbot: QtBot, window: Window) -> None:
    window.session.place_seed((0.0, 0.0))
    settle(qtbot, window)
    before = window.session.document
    focus(window.model_panel.k)
    key(window, "1")
    key(window, Key.Key_Escape)
    assert window.session.document is before, "the seeds stay"
    key(window, Key.Key_Escape)
    assert window.session.document.missing_seed is None


# The mouse and the focus


def test_a_click_leaves_the_focus_where_it_was(qtbot: QtBot, window: Window) -> None:
    for home in (window.cloud_view, window.model_panel.k):
        focus(home)
        for widget in (
            window.start_panel.another,
            window.data_panel.header,
            window.view_panel.header,
            window.transport._play,
            window.transport._scrubber,
            window.cloud_view,
            window.curve_view,
            window.side_tabs.tabBar(),
            window.parameters,
        ):
            click(widget)
            assert QApplication.focusWidget() is home, widget
    window.session.playback.pause()


@pytest.mark.parametrize("name", ["method", "speed"])
def test_choosing_in_a_list_leaves_the_focus_where_it_was(
    qtbot: QtBot, window: Window, name: str
) -> None:
    choice = window.start_panel.method if name == "method" else window.transport._speed
    click(choice)
    popup = choice.view()
    qtbot.waitUntil(popup.isVisible)
    at = popup.visualRect(choice.model().index(3, 0)).center()

    def choose() -> bool:
        """A list that has just opened takes a click for the second one of a double click."""
        qtbot.mouseMove(popup.viewport(), at)
        qtbot.mouseClick(popup.viewport(), Left, pos=at)
        return not popup.isVisible()

    qtbot.waitUntil(choose)
    settle(qtbot, window)
    assert choice.currentIndex() == 3
    assert QApplication.focusWidget() is window.cloud_view
    key(window, Key.Key_Right)
    assert cursor(window) == 1


def test_the_steppers_of_a_number_leave_the_focus(qtbot: QtBot, window: Window) -> None:
    k = window.model_panel.k
    for _ in range(2):
        click(k, (k.width() - 8, k.height() / 2))
        settle(qtbot, window)
    assert window.session.document.k == 5
    assert QApplication.focusWidget() is window.cloud_view
    key(window, Key.Key_Right)
    assert cursor(window) == 1


def test_a_click_into_a_number_takes_the_focus(window: Window) -> None:
    k = window.model_panel.k
    click(k.lineEdit())
    assert QApplication.focusWidget() is k


# Letters


def test_letters_are_shortcuts(qtbot: QtBot, window: Window) -> None:
    key(window, "n")
    settle(qtbot, window)
    assert drawn(window).random_state == 1
    key(window, "s")
    assert window.cloud_view.tool == "seed"
    key(window, "v")
    assert window.cloud_view.tool == "pick"
    for letter, layer in (("e", "ellipses"), ("t", "trails"), ("m", "truth"), ("g", "grid")):
        shown = getattr(window.stage.layers, layer)
        key(window, letter)
        assert getattr(window.stage.layers, layer) is not shown
        assert window.view_panel._switches[layer].isChecked() is not shown
    key(window, "s", Shift)
    assert not window.stage.layers.seeds
    cloud = window.session.document.cloud
    key(window, "r")
    settle(qtbot, window)
    assert window.session.document.cloud is not cloud
    assert window.session.document.cloud.name == cloud.name
