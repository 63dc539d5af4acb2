"""The document of the window, with undo within a bounded memory."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.data.changes import Change
from gmm_studio.document import Document, Drawn, Given, Placed

__all__ = ["MOST_MEMORY", "Store"]

MOST_MEMORY = 512 * 2**20
"""In bytes, for what undo keeps; beyond it the oldest edits can't be undone any more."""


@dataclass(frozen=True, slots=True, eq=False)
class _Loose:
    """A document that does not keep its cloud."""

    cloud: weakref.ref[PointCloud]
    k: int
    start: Drawn | Placed | Given
    configuration: Configuration

    @classmethod
    def of(cls, document: Document) -> _Loose:
        return cls(weakref.ref(document.cloud), document.k, document.start, document.configuration)

    def on(self, cloud: PointCloud) -> Document:
        return Document(cloud, self.k, self.start, self.configuration)


class _Edit(QUndoCommand):
    """The one kind of command there is: the document before and after.

    Where only some points changed it keeps them alone. The clouds are often there still, because
    runs belong to them; else they are made again.
    """

    def __init__(
        self,
        store: Store,
        before: Document,
        after: Document,
        text: str,
        change: Change | None,
        is_stroke: bool,
    ) -> None:
        super().__init__(text)
        self._store = store
        self._whole = (before, after) if change is None else None
        self._loose = (_Loose.of(before), _Loose.of(after))
        self._change = change
        self._is_stroke = is_stroke
        self.is_refused = False

    @property
    def clouds(self) -> tuple[PointCloud, ...]:
        """The clouds that it keeps."""
        return () if self._whole is None else tuple(document.cloud for document in self._whole)

    @property
    def nbytes(self) -> int:
        """What it keeps of points that changed."""
        return 0 if self._change is None else self._change.nbytes

    def made(self, document: Document) -> bool:
        """Whether it made this document, of the same cloud."""
        if self._whole is None:
            return False
        before, after = self._whole
        return after == document and before.cloud is document.cloud

    def forget(self) -> None:
        """It can't be undone any more."""
        self._whole = self._change = None
        self.setObsolete(True)

    def undo(self) -> None:
        self._store._show(self._document(0), is_stroke=self._is_stroke)
        # Qt forgets a command that is obsolete after it was undone; before, it would not undo it.
        self.setObsolete(self.is_refused)

    def redo(self) -> None:
        self._store._show(self._document(1), is_stroke=self._is_stroke)

    def _document(self, side: int) -> Document:
        if self._whole is not None:
            return self._whole[side]
        loose, now = self._loose[side], self._store.document.cloud
        cloud = loose.cloud()
        if cloud is None and self._change is not None:
            cloud = self._change.apply(now) if side else self._change.revert(now)
        return loose.on(cloud or now)


class Store(QObject):
    """Holds the document; `changed(old, new)` says what it was and is."""

    changed = Signal(object, object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._is_stroke = False
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(200)
        self.undo_stack.indexChanged.connect(self._drop_forgotten)

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._document

    @property
    def is_stroke(self) -> bool:
        """Whether the last change was a stroke of the brush: of the cloud, not of what is seen."""
        return self._is_stroke

    def edit(
        self,
        after: Document,
        text: str,
        change: Change | None = None,
        *,
        is_stroke: bool = False,
    ) -> None:
        """Replace the document; `text` says in the menu what would be undone.

        Parameters
        ----------
        after : Document
        text : str
        change : Change, optional
            What makes its cloud of the one before: then undo keeps that instead of the clouds.
        is_stroke : bool
            Whether it was painted: then the view stays where it is.
        """
        if after != self._document:
            self.undo_stack.push(_Edit(self, self._document, after, text, change, is_stroke))
            self._bound_memory()

    def begin(self, document: Document) -> None:
        """Another document, from which nothing can be undone."""
        self.undo_stack.clear()
        self._show(document, is_stroke=False)

    def take_back(self) -> None:
        """Undo the last edit and forget it, unless it brought another cloud."""
        command = self.undo_stack.command(self.undo_stack.index() - 1)
        if isinstance(command, _Edit) and command.made(self._document):
            command.is_refused = True
            self.undo_stack.undo()

    def _show(self, document: Document, *, is_stroke: bool) -> None:
        before, self._document = self._document, document
        self._is_stroke = is_stroke
        self.changed.emit(before, document)

    def _commands(self) -> list[_Edit]:
        commands = (self.undo_stack.command(i) for i in range(self.undo_stack.count()))
        return [command for command in commands if isinstance(command, _Edit)]

    def _bound_memory(self) -> None:
        """Forget the oldest edits where all of them keep too much; never the last one."""
        *older, last = self._commands()
        kept, seen = last.nbytes, {id(cloud) for cloud in last.clouds}
        too_old = False
        for command in reversed(older):
            for cloud in command.clouds:
                if id(cloud) not in seen:
                    seen.add(id(cloud))
                    kept += cloud.nbytes
            kept += command.nbytes
            too_old = too_old or kept > MOST_MEMORY
            if too_old:
                command.forget()

    def _drop_forgotten(self) -> None:
        """With all others undone, nothing is left to undo: Qt drops them without undoing them."""
        stack = self.undo_stack
        index = stack.index()
        if index > 0 and stack.command(index - 1).isObsolete():
            stack.undo()
