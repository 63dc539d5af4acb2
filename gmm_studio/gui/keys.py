"""Who gets a key: text fields keep their own, a button reached by Tab takes Space."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)

from gmm_studio.gui.panels.controls import Field

__all__ = ["KeyRouter"]

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_NOT_IN_NUMBERS = (Qt.Key.Key_Space, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class KeyRouter(QObject):
    """Watches the keys of one window before shortcuts are looked up.

    While `placing` is on (the seed tool is chosen, or a seed is selected), arrows, Enter and digits
    belong to seeds and not to steps.
    """

    arrow = Signal(int, int, bool)
    enter = Signal()
    digit = Signal(int)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.placing = False
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Decide about a key."""
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if watched.window() is not self._window or QApplication.activePopupWidget():
            return False
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit | QAbstractSpinBox):
            # A number has no use for these: the shortcut gets them.
            return (
                _is_number(focus)
                and event.key() in _NOT_IN_NUMBERS
                and kind == QEvent.Type.ShortcutOverride
            )
        if _is_pressed_by(focus, event.key()):
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()
            return kind == QEvent.Type.ShortcutOverride
        if self.placing and self._belongs_to_seeds(event):
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()
            else:
                self._emit(event)
            return True
        return False

    def _belongs_to_seeds(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if plain != Qt.KeyboardModifier.NoModifier:
            return False
        key = event.key()
        return key in _ARROWS or key in _ENTER or event.text() in tuple("123456789")

    def _emit(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            tenfold = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.arrow.emit(*_ARROWS[key], tenfold)
        elif key in _ENTER:
            self.enter.emit()
        else:
            self.digit.emit(int(event.text()))


def _is_number(focus: QLineEdit | QAbstractSpinBox) -> bool:
    if isinstance(focus, QLineEdit):
        return isinstance(focus, Field) or focus.validator() is not None
    return True


def _is_pressed_by(focus: QWidget | None, key: int) -> bool:
    """Whether the focused control does something of its own with a key."""
    if isinstance(focus, QAbstractButton):
        return key in (Qt.Key.Key_Space, *_ENTER)
    if isinstance(focus, QComboBox):
        return key in (Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_Down)
    if isinstance(focus, QAbstractItemView):
        return key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete, *_ENTER)
    return False
