"""Whether there is something to lose: what a person has changed since it was saved."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.gui.session import Session

__all__ = ["Changes"]


class Changes(QObject):
    """Follows the session.

    A change is one of the document, or a name, a pin or the deletion of a run; runs that were
    computed are none. A cloud out of a file, of a generator or of a lesson, brought to where
    nothing was changed, is nothing of a person's own yet.

    Signals
    -------
    changed()
        Something was, be it a person's own or not.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._stack = session, session.store.undo_stack
        self._cloud = session.document.cloud
        self._edits = session.runs.edits
        self._is_unsaved = self._has_work = False
        self._stack.indexChanged.connect(self._on_edited)
        session.runs.changed.connect(self.changed)

    @property
    def is_modified(self) -> bool:
        """Whether there is something of a person's own that is not saved."""
        has_edits = self._edits != self._session.runs.edits
        return self._is_unsaved or has_edits or not self._stack.isClean()

    @property
    def has_work(self) -> bool:
        """Whether there is more than what the program begins with."""
        return self._has_work or self.is_modified

    def begin(self, *, is_unsaved: bool, has_work: bool) -> None:
        """The session is another one."""
        self._cloud, self._edits = self._session.document.cloud, self._session.runs.edits
        self._is_unsaved, self._has_work = is_unsaved, has_work
        self.changed.emit()

    def begin_saving(self) -> None:
        """What is changed from here on is not in the file, and nothing is before it is written."""
        self._stack.setClean()
        self._edits = self._session.runs.edits
        self._is_unsaved = self._has_work = True
        self.changed.emit()

    def end_saving(self) -> None:
        """What there was then is in the file."""
        self._is_unsaved = False
        self.changed.emit()

    def disown(self) -> None:
        """The last change, if it is the only one, is nothing of a person's own."""
        if self._stack.cleanIndex() == self._stack.index() - 1:
            self._stack.setClean()
            self.changed.emit()

    def close(self) -> None:
        """Follow the session no longer."""
        self._stack.indexChanged.disconnect(self._on_edited)
        self._session.runs.changed.disconnect(self.changed)

    def _on_edited(self, index: int) -> None:
        before, self._cloud = self._cloud, self._session.document.cloud
        self._has_work = self._has_work or index > 0
        if self._is_brought(before, self._cloud):
            self.disown()
        self.changed.emit()

    def _is_brought(self, before: PointCloud, after: PointCloud) -> bool:
        """Whether another cloud is there that can be had again."""
        is_scaled = after.unscaled is before or before.unscaled is after
        if after is before or is_scaled or self._session.store.is_stroke:
            return False
        recipe = after.recipe
        return after.source is not None or (recipe is not None and isinstance(recipe.source, str))
