"""Pages with tabs, no higher than the one on show needs."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabWidget, QWidget

__all__ = ["Tabs"]


class Tabs(QTabWidget):
    """Asks for the room of its current page, not of the highest of all pages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    @property
    def room_for_all(self) -> int:
        """How much higher the highest page has to be than the one on show, in pixels."""
        return super().minimumSizeHint().height() - self.minimumSizeHint().height()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As high as the page on show and the tabs."""
        hint, page = super().minimumSizeHint(), self.currentWidget()
        if page is None:
            return hint
        needed = max(page.minimumHeight(), page.minimumSizeHint().height())
        tabs = 0 if self.tabBar().isHidden() else self.tabBar().minimumSizeHint().height()
        return QSize(hint.width(), min(hint.height(), needed + tabs))
