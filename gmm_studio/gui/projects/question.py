"""What becomes of changes that are not saved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

__all__ = ["Question"]


class Question(QMessageBox):
    """Asks once: save, go on without, or stay.

    Parameters
    ----------
    name : str
        Of the project; empty if there is none yet.
    save, leave : callable
        What is done then.
    """

    def __init__(
        self,
        name: str,
        save: Callable[[], object],
        leave: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._save, self._leave = save, leave
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Unsaved changes"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        text = self.tr("Save the changes to {name}?") if name else self.tr("Save what you made?")
        self.setText(text.format(name=name))
        self.setInformativeText(
            self.tr("Unsaved, it is kept only under File: Last session, until another one ends.")
        )
        role = QMessageBox.ButtonRole
        self.save = self.addButton(self.tr("Save"), role.AcceptRole)
        self.leave = self.addButton(self.tr("Don't save"), role.DestructiveRole)
        self.stay = self.addButton(self.tr("Cancel"), role.RejectRole)
        self.setDefaultButton(self.save)
        self.setEscapeButton(self.stay)
        self.finished.connect(self._on_finished)

    def _on_finished(self) -> None:
        clicked = self.clickedButton()
        if clicked is self.save:
            self._save()
        elif clicked is self.leave:
            self._leave()
