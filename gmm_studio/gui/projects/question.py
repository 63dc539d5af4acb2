"""What becomes of changes that are not saved, and of those that somebody else has saved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from gmm_studio.gui.projects.names import name_of
from gmm_studio.gui.projects.saving import Save

__all__ = ["Conflict", "Question"]


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
        _make_room(self)
        self.setDefaultButton(self.save)
        self.setEscapeButton(self.stay)
        self.finished.connect(self._on_finished)

    def _on_finished(self) -> None:
        clicked = self.clickedButton()
        if clicked is self.save:
            self._save()
        elif clicked is self.leave:
            self._leave()


def _make_room(box: QMessageBox) -> None:
    """In a style of our own a text can be wider than the platform's buttons reckon with."""
    for button in box.buttons():
        width = button.fontMetrics().horizontalAdvance(button.text())
        button.setStyleSheet(f"min-width: {width + 16}px")


class Conflict(QMessageBox):
    """Asks before what somebody else has written is replaced.

    Parameters
    ----------
    save : Save
        What was not written.
    replace, elsewhere : callable
        What is done with it then.
    """

    def __init__(
        self,
        save: Save,
        replace: Callable[[Save], object],
        elsewhere: Callable[[Save], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._save, self._replace, self._elsewhere = save, replace, elsewhere
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Changed elsewhere"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        text = self.tr("{name} was changed by another program or window since you opened it.")
        self.setText(text.format(name=name_of(save.path)))
        self.setInformativeText(self.tr("What was changed there is lost if you save over it."))
        role = QMessageBox.ButtonRole
        self.elsewhere = self.addButton(self.tr("Save as…"), role.AcceptRole)
        self.replace = self.addButton(self.tr("Save over it"), role.DestructiveRole)
        self.stay = self.addButton(self.tr("Cancel"), role.RejectRole)
        _make_room(self)
        self.setDefaultButton(self.elsewhere)
        self.setEscapeButton(self.stay)
        self.finished.connect(self._on_finished)

    def join(self, save: Save) -> None:
        """Ask about a newer one instead, which does also what was wanted of the other."""
        save.then = save.then or self._save.then
        self._save = save

    def _on_finished(self) -> None:
        clicked = self.clickedButton()
        if clicked is self.replace:
            self._replace(self._save)
        elif clicked is self.elsewhere:
            self._elsewhere(self._save)
