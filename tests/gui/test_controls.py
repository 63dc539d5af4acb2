"""Lists of named values show a name that has no room cut, and say it whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from gmm_studio.gui.panels.controls import Choice

LONG = "Normal, deviations as variances, and more"


def choice(qtbot: QtBot, width: int) -> Choice:
    made = Choice({LONG: 1, "Short": 2}, "How it begins")
    qtbot.addWidget(made)
    made.resize(width, 28)
    made.show()
    qtbot.waitExposed(made)
    return made


def tip(made: Choice) -> str:
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), made.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(made, event)
    return QToolTip.text()


def test_the_tool_tip_says_a_name_that_is_cut(qtbot: QtBot) -> None:
    made = choice(qtbot, 140)
    assert tip(made) == f"{LONG}\nHow it begins"
    made.setCurrentIndex(1)
    assert tip(made) == "How it begins"
    made.setCurrentIndex(0)
    made.resize(500, 28)
    assert tip(made) == "How it begins"


def test_a_cut_name_ends_with_dots(qtbot: QtBot) -> None:
    made = choice(qtbot, 140)
    cut = made.fontMetrics().elidedText(LONG, Qt.TextElideMode.ElideRight, made._room)
    assert cut.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert 5 < len(cut) < len(LONG)
    expected = choice(qtbot, 140)
    expected.setItemText(0, cut)
    for one in (made, expected):
        one.clearFocus()
    assert made.grab().toImage() == expected.grab().toImage()


def test_the_list_shows_every_name_whole(qtbot: QtBot) -> None:
    made = choice(qtbot, 140)
    made.showPopup()
    assert made.view().width() >= made.fontMetrics().horizontalAdvance(LONG)
    made.hidePopup()
