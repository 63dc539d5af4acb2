"""The pill on the canvas: what is on show, what is missing, how it ended, and the next thing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gmm_studio.gui.canvas.floating import Floating

__all__ = ["Pill"]

_TOP = 0.9
_HEIGHT = 1.5
_PAD, _SIDE, _BESIDE_BUTTON = 0.4, 1.0, 0.5
"""In lines of text, as are all lengths here."""

_PULSES = 6
_PULSE_MS = 140


class Pill(Floating):
    """A sentence and at most one button, at the top of its parent."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("pill", parent)
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._button = QPushButton(self)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self.clicked)
        layout = QHBoxLayout(self)
        layout.addWidget(self._label)
        layout.addWidget(self._button)
        self._button.hide()
        self._pulse = QTimer(self)
        self._pulse.setInterval(_PULSE_MS)
        self._pulse.timeout.connect(self._beat)
        self._beats = 0

    @property
    def text(self) -> str:
        """The sentence."""
        return self._label.text()

    @property
    def button(self) -> QPushButton:
        """The next thing."""
        return self._button

    def show_text(self, text: str, button: str = "", *, tip: str = "", kind: str = "") -> None:
        """Say something; `kind` "problem" makes it stand out. Nothing hides the pill."""
        if (text, button, kind) != (self.text, self._button.text(), self.property("kind") or ""):
            self._label.setText(text)
            self._button.setText(button)
            self._button.setVisible(bool(button))
            self._button.setAccessibleName(button)
            self._button.setToolTip(tip)
            self.setAccessibleName(text)
            self._set("kind", kind)
            self.place()
        self.setVisible(bool(text))

    def pulse(self) -> None:
        """Draw the eye."""
        self._beats = _PULSES
        self._pulse.start()
        self._beat()

    def _beat(self) -> None:
        self._beats -= 1
        self._set("pulse", "on" if self._beats % 2 else "off")
        if self._beats <= 0:
            self._pulse.stop()
            self._set("pulse", "")

    def _set(self, name: str, value: str) -> None:
        if self.property(name) != value:
            self.setProperty(name, value)
            for widget in (self, self._label):
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def place(self) -> None:
        """Stay in the middle of the top."""
        parent = self.parentWidget()
        if parent is None:
            return
        line = self._label.fontMetrics().height()
        pad, side = round(_PAD * line), round(_SIDE * line)
        right = round(_BESIDE_BUTTON * line) if self._button.text() else side
        self._label.setMinimumHeight(round(_HEIGHT * line))
        self.layout().setContentsMargins(side, pad, right, pad)  # type: ignore[union-attr]
        self.layout().setSpacing(side)  # type: ignore[union-attr]
        widest = max(parent.width() - 2 * side, 80)
        self._label.setWordWrap(False)
        size = self.sizeHint()
        if size.width() > widest:
            self._label.setWordWrap(True)
            self.resize(widest, self.layout().heightForWidth(widest))  # type: ignore[union-attr]
        else:
            self.resize(size)
        self.move((parent.width() - self.width()) // 2, round(_TOP * line))
