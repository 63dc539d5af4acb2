"""Choices that pictures and animations have in common."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFocusEvent, QFontDatabase
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QWidget

from gmm_studio.gui.panels.controls import Choice

__all__ = ["FontChoice", "curve_choice", "theme_choice"]


def _tr(text: str) -> str:
    return QCoreApplication.translate("LookChoices", text)


def theme_choice() -> Choice:
    """Of the colours."""
    return Choice(
        {
            _tr("As the screen"): "screen",
            _tr("Light"): "light",
            _tr("Dark"): "dark",
            _tr("Paper"): "paper",
        },
        _tr("Paper is white, with black text"),
    )


def curve_choice() -> Choice:
    """Of where the curve is."""
    return Choice(
        {_tr("None"): "none", _tr("Below"): "below", _tr("Beside"): "beside"},
        _tr("The curve over the iterations"),
    )


class FontChoice(Choice):
    """Of the family of text. To list them takes a while: that waits until a person looks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__({_tr("As the screen"): ""}, _tr("The font of all text"), parent)
        self._is_filled = False

    def show_family(self, family: str) -> None:
        """Show a family, or the screen's where it is not installed."""
        if self.findData(family) < 0 and QFontDatabase.hasFamily(family):
            self.addItem(family, family)
        self.show_value(family if self.findData(family) >= 0 else "")

    def showPopup(self) -> None:  # noqa: N802
        """List the families."""
        self._fill()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """List the families: arrows and letters choose among them."""
        self._fill()
        super().focusInEvent(event)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802
        """Say where a long name goes on."""
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        text, elide = option.currentText, Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(text, elide, room.width())

    def _fill(self) -> None:
        if self._is_filled:
            return
        self._is_filled = True
        chosen = self.currentData()
        was = self.blockSignals(True)
        while self.count() > 1:
            self.removeItem(1)
        for family in _families():
            self.addItem(family, family)
        self.show_family(chosen)
        self.blockSignals(was)
        # Names that begin alike are told apart by their ends.
        bar = self.view().verticalScrollBar().sizeHint().width()
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 2 * bar)


def _families() -> list[str]:
    """Of fonts that write Latin letters in any size, each once, whoever makes it."""
    fonts = QFontDatabase
    found = {name.partition(" [")[0] for name in fonts.families(fonts.WritingSystem.Latin)}
    # Names that stand for whichever font the system takes are no families.
    usable = (name for name in found if fonts.hasFamily(name) and fonts.isSmoothlyScalable(name))
    return sorted((name for name in usable if not fonts.isPrivateFamily(name)), key=str.casefold)
