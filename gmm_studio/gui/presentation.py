"""On a projector: the cloud and the curve fill the screen, and everything on them grows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from gmm_studio.gui.theme import ThemeManager

__all__ = ["Presentation"]

_LARGER = 1.55
_ALL_THE_ROOM = 100_000


class Presentation(QObject):
    """Hides what a room does not need and makes the rest larger; and puts it all back.

    Parameters
    ----------
    window : QMainWindow
    theme : ThemeManager
    hidden : sequence of QWidget
        What slides away.
    shown : sequence of QWidget
        What is there in a presentation only.
    splitter : QSplitter
        What is in it first gets all the room that the rest can do without.
    """

    changed = Signal(bool)

    def __init__(
        self,
        window: QMainWindow,
        theme: ThemeManager,
        hidden: Sequence[QWidget],
        shown: Sequence[QWidget],
        splitter: QSplitter,
    ) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._hidden, self._shown = hidden, shown
        self._splitter, self._sizes = splitter, splitter.sizes()
        self._scale: float | None = None
        self._state = Qt.WindowState.WindowNoState
        self._geometry = QRect()

    @property
    def is_on(self) -> bool:
        """Whether it is being presented."""
        return self._scale is not None

    @property
    def usual_scale(self) -> float:
        """The size of the interface when nothing is presented."""
        return self._theme.scale if self._scale is None else self._scale

    def set_on(self, on: bool) -> None:
        """Begin or end."""
        if on == self.is_on:
            return
        if on:
            self._scale, self._state = self._theme.scale, self._window.windowState()
            self._sizes = self._splitter.sizes()
            self._geometry = self._window.geometry()
            self._window.setWindowState(self._state | Qt.WindowState.WindowFullScreen)
        for widget in self._hidden:
            widget.setVisible(not on)
        for widget in self._shown:
            widget.setVisible(on)
        scale = self._scale or 1.0
        if not on:
            self._scale = None
            self._window.setWindowState(self._state)
            if self._state == Qt.WindowState.WindowNoState:
                # Not only when the desktop has answered: a window that closes is not there to hear.
                self._window.setGeometry(self._geometry)
        self._theme.set_scale(scale * _LARGER if on else scale)
        self.changed.emit(on)
        # Else the room is shared out by the sizes that things had before.
        for part in self._splitter.findChildren(
            QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
        ):
            if (layout := part.layout()) is not None:
                layout.activate()
        self._splitter.setSizes([_ALL_THE_ROOM, 0] if on else self._sizes)
