"""The menu of recent files with a small picture of each project, once it is opened."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from gmm_studio.gui.projects.pictures import Pictures

__all__ = ["RecentPictures"]


class RecentPictures(QObject):
    """Puts the pictures on a menu whose actions hold paths."""

    def __init__(self, menu: QMenu, pictures: Pictures) -> None:
        super().__init__(menu)
        self._menu, self._pictures = menu, pictures
        menu.setObjectName("recent")
        menu.aboutToShow.connect(self._show)

    def _show(self) -> None:
        for action in self._menu.actions():
            action.setIcon(self._pictures.icon(Path(str(action.data()))))
