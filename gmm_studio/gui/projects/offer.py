"""The offer to bring back what a program that is gone has left behind, low on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QWidget

from gmm_studio.gui.canvas.floating import Floating
from gmm_studio.gui.panels.controls import button
from gmm_studio.gui.projects.shelf import Left

__all__ = ["Offer"]

_BOTTOM = 3.2
"""Above the lower edge, in lines of text: over the numbers along the axis."""


class Offer(Floating):
    """A sentence and two buttons. It waits; nothing else does.

    Signals
    -------
    accepted(left)
        To be brought back.
    declined(left)
        To be removed.
    """

    accepted = Signal(object)
    declined = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("offer", parent)
        self._lefts: list[Left] = []
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self.back = button(self.tr("Bring back"), self.tr("Open the work as it was"))
        self.back.setProperty("primary", True)
        self.back.clicked.connect(lambda: self.accepted.emit(self._lefts[0]))
        self.discard = button(self.tr("Discard"), self.tr("Remove this work for good"))
        self.discard.clicked.connect(self._decline)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.back)
        self._buttons.addWidget(self.discard)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.addWidget(self._label)
        self._layout.addLayout(self._buttons)

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def show_lefts(self, lefts: list[Left]) -> None:
        """Offer these, one after the other."""
        self._lefts += lefts
        self._show()

    def take(self, left: Left) -> None:
        """Offer one no longer, which was brought back and is somebody else's now."""
        self._lefts.remove(left)
        self._show()

    def close_offers(self) -> None:
        """Leave what nobody has decided about for another time."""
        for left in self._lefts:
            left.release()
        self._lefts.clear()
        self.hide()

    def _decline(self) -> None:
        left = self._lefts.pop(0)
        self.declined.emit(left)
        self._show()

    def _show(self) -> None:
        if self._lefts:
            when = QDateTime.fromSecsSinceEpoch(int(self._lefts[0].time))
            time = self.locale().toString(when, QLocale.FormatType.ShortFormat)
            self._label.setText(
                self.tr("The program ended unexpectedly. Your work of {time} is kept.").format(
                    time=time
                )
            )
            self.setAccessibleName(self._label.text())
            self.place()
        self.setVisible(bool(self._lefts))

    def place(self) -> None:
        """Stay low in the middle; where there is little room the buttons stand below the text."""
        parent, layout = self.parentWidget(), self._layout
        if parent is None:
            return
        line = self._label.fontMetrics().height()
        layout.setContentsMargins(line, round(0.5 * line), round(0.5 * line), round(0.5 * line))
        for one in (layout, self._buttons):
            one.setSpacing(round(0.5 * line))
        widest = max(parent.width() - 2 * line, 80)
        self._label.setWordWrap(False)
        layout.setDirection(QBoxLayout.Direction.LeftToRight)
        if self.sizeHint().width() > widest:
            self._label.setWordWrap(True)
            layout.setDirection(QBoxLayout.Direction.TopToBottom)
        width = min(self.sizeHint().width(), widest)
        height = layout.heightForWidth(width) if self._label.wordWrap() else -1
        self.resize(width, max(height, self.sizeHint().height()))
        bottom = round(_BOTTOM * line)
        self.move((parent.width() - width) // 2, parent.height() - self.height() - bottom)
