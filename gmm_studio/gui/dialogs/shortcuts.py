"""The sheet of all that mouse and keys do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMenuBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

__all__ = ["Group", "ShortcutsDialog"]

_Standard = QKeySequence.StandardKey
_MOST_KEYS = 2
_WIDE = 84
"""Lines of text that are as long as three columns are wide."""

_CAP = """
QLabel { background: palette(button); border: 1px solid palette(mid); border-radius: 4px;
         padding: 1px 6px; }
"""


@dataclass(frozen=True, slots=True)
class Group:
    """A title, and rows of what is pressed and what it does."""

    title: str
    rows: tuple[tuple[tuple[str, ...], str], ...]


class ShortcutsDialog(QDialog):
    """All shortcuts by menu, and what the mouse does; Esc and F1 close it.

    Parameters
    ----------
    actions : sequence of QAction
        Those without a shortcut, or in no menu, are left out.
    parent : QWidget, optional
    """

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Mouse and keys"))
        self.groups = (*self._menus(actions), self._mouse(), self._seeds())
        sheet = QWidget()
        columns = QHBoxLayout(sheet)
        columns.setContentsMargins(32, 24, 32, 24)
        columns.setSpacing(48)
        is_wide = self.screen().availableSize().width() >= _WIDE * self.fontMetrics().height()
        for groups in _columns(self.groups, 3 if is_wide else 2):
            columns.addLayout(_column(groups))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(sheet)
        scroll.setAccessibleName(self.windowTitle())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        for keys in QKeySequence.keyBindings(_Standard.HelpContents):
            QShortcut(keys, self).activated.connect(self.reject)
        wanted = sheet.sizeHint().grownBy(self.contentsMargins())
        wanted.setWidth(wanted.width() + scroll.verticalScrollBar().sizeHint().width())
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.9))

    def _menus(self, actions: Sequence[QAction]) -> list[Group]:
        menus: dict[QMenu, list[QAction]] = {}
        for action in actions:
            menu = next((at for at in action.associatedObjects() if isinstance(at, QMenu)), None)
            if menu is not None and action.shortcuts():
                menus.setdefault(menu, []).append(action)
        return [
            Group(_plain(menu.title()), tuple(map(self._row, sorted(menus[menu], key=_place))))
            for menu in sorted(menus, key=_path)
        ]

    def _row(self, action: QAction) -> tuple[tuple[str, ...], str]:
        shortcuts = action.shortcuts()
        native = QKeySequence.SequenceFormat.NativeText
        # Beyond F12 are the keys that few keyboards have, such as Open or Zoom In.
        keys = [keys for keys in shortcuts if cast("Any", keys)[0].key() <= Qt.Key.Key_F12]
        caps = tuple(keys.toString(native) for keys in keys or shortcuts)[:_MOST_KEYS]
        text = _plain(action.text())
        # The texts of these two name what they would undo just now.
        for standard, name in (
            (_Standard.Undo, self.tr("Undo")),
            (_Standard.Redo, self.tr("Redo")),
        ):
            if set(QKeySequence.keyBindings(standard)) & set(shortcuts):
                text = name
        return caps, text

    def _mouse(self) -> Group:
        tr = self.tr
        return Group(
            tr("Mouse"),
            (
                ((tr("Click"),), tr("Pin a seed, a mean or a point")),
                ((tr("Click with Seed"),), tr("Place the next seed")),
                ((tr("Drag a seed"),), tr("Start again from there")),
                ((tr("Drag a handle"),), tr("Another size or turn of the seed's ellipse")),
                ((tr("Drag"),), tr("Move the view")),
                ((tr("Drag with Draw"),), tr("Paint, spray or erase points")),
                ((tr("Shift + drag"),), tr("Select points")),
                ((tr("Drag selected points"),), tr("Move them")),
                ((tr("Wheel"),), tr("Zoom; on the curves, along the iterations")),
                ((tr("Double click"),), tr("Show all points")),
                ((tr("Double click a seed"),), tr("Type its numbers")),
                ((tr("Right click"),), tr("What can be done there")),
            ),
        )

    def _seeds(self) -> Group:
        tr = self.tr
        return Group(
            tr("Seeds by keys"),
            (
                ((tr("Arrows"),), tr("Move the seed or the crosshair")),
                ((tr("Shift + arrows"),), tr("The same, tenfold")),
                ((tr("Enter"),), tr("Place a seed at the crosshair")),
                ((tr("1 to 9"),), tr("Select that seed")),
            ),
        )


def _plain(text: str) -> str:
    """A menu's text without the mark of its mnemonic and the dots of a dialog."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")


def _place(action: QAction) -> int:
    """Where an action is in the menu or menu bar that holds it."""
    for holder in action.associatedObjects():
        if isinstance(holder, QMenu | QMenuBar):
            return holder.actions().index(action)
    return -1


def _path(menu: QMenu) -> tuple[int, ...]:
    """Where a menu is in the menu bar, and below it."""
    action = menu.menuAction()
    holders = action.associatedObjects()
    # A menu bar that was too narrow once has a menu of its own for what it had no room for.
    for kind in (QMenuBar, QMenu):
        for holder in holders:
            if isinstance(holder, kind):
                place = holder.actions().index(action)
                return (place,) if isinstance(holder, QMenuBar) else (*_path(holder), place)
    return (-1,)


def _columns(groups: Sequence[Group], count: int) -> list[list[Group]]:
    """Columns of about the same height that are read one after the other."""
    share = _height(groups) / count
    columns: list[list[Group]] = [[]]
    for group in groups:
        is_full = _height([*columns[-1], group]) > share + 0.5 * _height([group])
        if columns[-1] and is_full and len(columns) < count:
            columns.append([])
        columns[-1].append(group)
    return columns


def _height(groups: Sequence[Group]) -> int:
    """In rows; a title takes the room of two."""
    return sum(len(group.rows) + 2 for group in groups)


def _column(groups: Sequence[Group]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for group in groups:
        line = grid.rowCount()
        title = QLabel(group.title)
        title.setProperty("heading", True)
        title.setContentsMargins(0, 0 if line == 1 else 12, 0, 4)
        grid.addWidget(title, line, 0, 1, 2)
        for i, (keys, text) in enumerate(group.rows, start=line + 1):
            grid.addLayout(_caps(keys), i, 0)
            grid.addWidget(QLabel(text), i, 1)
    grid.setRowStretch(grid.rowCount(), 1)
    return grid


def _caps(keys: Sequence[str]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for key in keys:
        cap = QLabel(key)
        cap.setStyleSheet(_CAP)
        row.addWidget(cap)
    row.addStretch(1)
    return row
