"""What a document is called and what is said of it, when it is saved as a lesson."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.lessons.reading import LONGEST_TEXT, LONGEST_TITLE

__all__ = ["SaveLessonDialog"]

_WIDTH = 440
_HEIGHT = 120


class SaveLessonDialog(QDialog):
    """A title and some sentences; Save asks for the file.

    Signals
    -------
    accepted_words(title, text)
    """

    accepted_words = Signal(str, str)

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save as lesson"))
        self.title = QLineEdit(title[:LONGEST_TITLE])
        self.title.setMaxLength(LONGEST_TITLE)
        self.title.textChanged.connect(self._refresh)
        self.words = QPlainTextEdit()
        self.words.setTabChangesFocus(True)
        self.words.setPlaceholderText(self.tr("Say in a few sentences what to look at."))
        self.words.setAccessibleName(self.tr("Text"))
        self.words.setMinimumHeight(_HEIGHT)
        self.words.textChanged.connect(self._refresh)
        form = QFormLayout()
        form.addRow(self.tr("Title"), self.title)
        form.addRow(self.tr("Text"), self.words)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self._save = buttons.button(QDialogButtonBox.StandardButton.Save)
        self._save.setText(self.tr("Save…"))
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(buttons)
        self.setMinimumWidth(_WIDTH)
        self._refresh()

    def _refresh(self) -> None:
        text = self.words.toPlainText().strip()
        is_complete = bool(self.title.text().strip() and text)
        self._save.setEnabled(is_complete and len(text) <= LONGEST_TEXT)

    def _on_accepted(self) -> None:
        title, text = self.title.text().strip(), self.words.toPlainText().strip()
        self.accept()
        self.accepted_words.emit(title, text)
