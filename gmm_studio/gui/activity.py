"""The status bar: what to do next, or what is running, with progress and Cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from gmm_studio.gui.panels.controls import button

__all__ = ["Activity"]

_PATIENCE_MS = 300
_MESSAGE_MS = 6_000


class Activity(QStatusBar):
    """Shows work only once it has taken a moment, so that quick work doesn't flicker."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._hint = QLabel()
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setObjectName("hint")
        self._progress = QProgressBar()
        self._progress.setFixedWidth(160)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress"))
        self._cancel: QPushButton = button(self.tr("Cancel"), self.tr("Give up this work (Esc)"))
        self._cancel.clicked.connect(self.cancel_requested)
        self.addWidget(self._hint, 1)
        self._note = QLabel()
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setObjectName("hint")
        # A long one is cut off; it does not make the window wide.
        self._note.setMinimumWidth(1)
        self._note.hide()
        self.addPermanentWidget(self._note)
        self.addPermanentWidget(self._progress)
        self.addPermanentWidget(self._cancel)
        self._work = ""
        self._next = ""
        self._done, self._limit = 0, 0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show)
        self._message = QTimer(self)
        self._message.setSingleShot(True)
        self._message.setInterval(_MESSAGE_MS)
        self._message.timeout.connect(self._show)
        self._show()

    @property
    def text(self) -> str:
        """What it says."""
        return self._hint.text()

    @property
    def is_working(self) -> bool:
        """Whether it shows that something runs."""
        return not self._progress.isHidden()

    def show_next(self, text: str) -> None:
        """Say what can be done next."""
        if text != self._next:
            self._next = text
            self._show()

    @property
    def note(self) -> str:
        """What it says of the cloud."""
        return self._note.text()

    def show_note(self, text: str) -> None:
        """Say what is to be kept in mind of the cloud, as long as it is on show."""
        if text == self._note.text():
            return
        self._note.setText(text)
        self._note.setToolTip(text)
        self._note.setVisible(bool(text))

    def show_work(self, text: str, done: int = 0, limit: int = 0) -> None:
        """Say what is running and how far it is; nothing ends it. Limit 0: nobody knows."""
        if text and not self._work:
            self._patience.start()
        elif not text:
            self._patience.stop()
        self._work, self._done, self._limit = text, done, limit
        if not self._patience.isActive():
            self._show()

    def show_message(self, text: str) -> None:
        """Say what was done, or could not be done, for a while."""
        self._hint.setText(text)
        self._message.start()

    def _show(self) -> None:
        working = bool(self._work) and not self._patience.isActive()
        self._progress.setVisible(working)
        self._cancel.setVisible(working)
        if working:
            self._progress.setRange(0, self._limit)
            self._progress.setValue(self._done)
        if working or not self._message.isActive():
            self._hint.setText(self._work if working else self._next)
