"""On a projector: the cloud fills the screen, everything grows, and all comes back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.gui.window import Window
from tests.gui.acting import click, key, picture
from tests.gui.conftest import close_window, open_window, settle

Key = Qt.Key


def present(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_F11)
    settle(qtbot, window)


def test_panels_go_and_the_cloud_and_the_fonts_grow(qtbot: QtBot, window: Window) -> None:
    width, size = window.cloud_view.width(), window.font().pixelSize()
    present(qtbot, window)
    assert window.presentation.is_on
    assert window.isFullScreen()
    assert window.cloud_view.width() == window.width() > width
    assert window.font().pixelSize() >= 20 > size
    for hidden in (window.menuBar(), window.side_tabs, window.activity):
        assert not hidden.isVisible()
    for shown in (window.transport, window.strip, window.curve_view, window.pill):
        assert shown.isVisible()


def test_it_steps_by_button_and_key_and_explains(qtbot: QtBot, window: Window) -> None:
    present(qtbot, window)
    button = window.transport._on
    assert min(button.width(), button.height()) >= 48
    before = picture(window.strip)
    click(button)
    settle(qtbot, window)
    assert window.session.playback.cursor == 1
    assert window.strip.text
    assert picture(window.strip) != before
    said = window.strip.text
    key(window, Key.Key_PageDown)
    settle(qtbot, window)
    assert window.session.playback.cursor == 2
    key(window, Key.Key_C)
    settle(qtbot, window)
    assert window.stage.layers.background == "density", "keys of the hidden menus work"
    key(window, Key.Key_H)
    key(window, Key.Key_Left)
    settle(qtbot, window)
    assert window.strip.text not in ("", said)


def test_escape_ends_it_after_what_is_inside(qtbot: QtBot, window: Window) -> None:
    layout = window._columns.sizes(), window._middle.sizes()
    present(qtbot, window)
    key(window, "s")
    settle(qtbot, window)
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert window.presentation.is_on, "the tool is put back first"
    assert window.hands.tool == "pick"
    key(window, Key.Key_Escape)
    settle(qtbot, window)
    assert not window.presentation.is_on
    assert not window.isFullScreen()
    assert not window.strip.isVisible()
    assert window.side_tabs.isVisible()
    assert window.menuBar().isVisible()
    assert not window.actions_["present"].isChecked()
    settle(qtbot, window)
    assert (window._columns.sizes(), window._middle.sizes()) == layout


def test_the_size_of_the_interface_is_not_changed_by_it(qtbot: QtBot, settings_path: Path) -> None:
    window = open_window(qtbot, settings_path)
    size = window.font().pixelSize()
    present(qtbot, window)
    close_window(window)
    window = open_window(qtbot, settings_path)
    assert window.font().pixelSize() == size
    assert not window.presentation.is_on
    assert window.side_tabs.isVisible()
    close_window(window)


def test_closed_while_it_is_on_the_window_has_its_size_again(
    qtbot: QtBot, settings_path: Path
) -> None:
    window = open_window(qtbot, settings_path)
    was = window.geometry()
    window.presentation.set_on(True)
    # A desktop answers later: until then the window has the size of the screen.
    window.setGeometry(window.screen().geometry())
    window.close()
    assert window.geometry() == was
    close_window(window)


def test_the_curve_is_shown_whatever_was_compared_before(qtbot: QtBot, window: Window) -> None:
    window.compare.setCurrentWidget(window.laboratory.race)
    present(qtbot, window)
    assert window.curve_view.isVisible()
    present(qtbot, window)
    assert not window.presentation.is_on
    assert window.compare.currentWidget() is window.laboratory.race


def test_comparing_runs_ends_it(qtbot: QtBot, window: Window) -> None:
    """There is no room for that, and no way back to the curve."""
    present(qtbot, window)
    key(window, Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert not window.presentation.is_on
    assert window.laboratory.race.isVisible()
