"""Pages with tabs ask for no more room than the page on show needs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gmm_studio.gui.tabs import Tabs


def test_only_the_page_on_show_needs_room(qtbot: QtBot) -> None:
    tabs = Tabs()
    qtbot.addWidget(tabs)
    assert tabs.minimumSizeHint().height() >= 0
    for name, height in (("Low", 50), ("High", 200)):
        page = QWidget()
        page.setMinimumHeight(height)
        tabs.addTab(page, name)
    low = tabs.minimumSizeHint().height()
    tabs.setCurrentIndex(1)
    assert tabs.minimumSizeHint().height() - low == 150
    assert low >= 50 + tabs.tabBar().height() // 2
