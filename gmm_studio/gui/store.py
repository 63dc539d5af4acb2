"""The document of the window, with undo."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from gmm_studio.document import Document

__all__ = ["Store"]


class _Edit(QUndoCommand):
    """The one kind of command there is: the document before and after."""

    def __init__(self, store: Store, before: Document, after: Document, text: str) -> None:
        super().__init__(text)
        self._store = store
        self._before = before
        self._after = after
        self.is_refused = False

    def made(self, document: Document) -> bool:
        """Whether it made this document, of the same cloud."""
        return self._after == document and self._before.cloud is document.cloud

    def undo(self) -> None:
        self._store._show(self._before)
        # Qt forgets a command that is obsolete after it was undone; before, it would not undo it.
        self.setObsolete(self.is_refused)

    def redo(self) -> None:
        self._store._show(self._after)


class Store(QObject):
    """Holds the document; `changed(old, new)` says what it was and is."""

    changed = Signal(object, object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(200)

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._document

    def edit(self, after: Document, text: str) -> None:
        """Replace the document; `text` says in the menu what would be undone."""
        if after != self._document:
            self.undo_stack.push(_Edit(self, self._document, after, text))

    def take_back(self) -> None:
        """Undo the last edit and forget it, unless it brought another cloud."""
        command = self.undo_stack.command(self.undo_stack.index() - 1)
        if isinstance(command, _Edit) and command.made(self._document):
            command.is_refused = True
            self.undo_stack.undo()

    def _show(self, document: Document) -> None:
        before, self._document = self._document, document
        self.changed.emit(before, document)
