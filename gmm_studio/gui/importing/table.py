"""The first rows of a table, what its columns are for, and which cells cannot be used."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QActionGroup, QColor, QFont, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gmm_studio.data.ledger import Problem
from gmm_studio.data.preview import Preview, Row
from gmm_studio.gui.icons import icon
from gmm_studio.gui.importing.roles import ROLES, Role, can_have, roles_of
from gmm_studio.gui.importing.words import role_name
from gmm_studio.gui.translation import message_of

__all__ = ["PreviewTable", "TableModel"]

_FIRST = 20
_MOST_BAD = 200
_MEASURED = 60
"""So many columns get the width they need; the rest a common one."""

_NARROW, _WIDE = 9, 24
_PAD = 8

Index: TypeAlias = QModelIndex | QPersistentModelIndex


class TableModel(QAbstractTableModel):
    """The first rows, and of those that follow the ones that cannot be used."""

    def __init__(self, seen: Preview) -> None:
        super().__init__()
        self.show_preview(seen, dropped=False)

    def show_preview(self, seen: Preview, *, dropped: bool) -> None:
        """Show another one; `dropped` rows are not read."""
        self.beginResetModel()
        self.seen, self.dropped = seen, dropped
        self._roles = roles_of(seen)
        self._problems = {problem.place.line: problem for problem in seen.problems}
        later = [row for row in seen.rows[_FIRST:] if row.line in self._problems]
        self.rows: list[Row] = [*seen.rows[:_FIRST], *later[:_MOST_BAD]]
        self.endResetModel()

    def role(self, column: int) -> Role:
        """What a column is for."""
        return self._roles.get(self.seen.columns[column].name, "")

    def problem(self, row: int) -> Problem | None:
        """Why a row cannot be used."""
        return self._problems.get(self.rows[row].line)

    def is_bad(self, index: Index) -> bool:
        """Whether it is this cell's fault that its row cannot be used, or that of all its row."""
        problem = self.problem(index.row())
        return problem is not None and problem.place.column in (None, index.column() + 1)

    def row_of(self, line: int) -> int | None:
        """Where a line is shown."""
        return next((i for i, row in enumerate(self.rows) if row.line == line), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.seen.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell as it is written, and why it cannot be used."""
        cells = self.rows[index.row()].cells
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()] if index.column() < len(cells) else ""
        problem = self.problem(index.row())
        if role == Qt.ItemDataRole.ToolTipRole and problem is not None:
            return message_of(problem.error)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The name of a column and what it is for; the line of a row."""
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.ToolTipRole:
                is_line = self.seen.unit == "line"
                return self.tr("Line of the file") if is_line else self.tr("Row of the table")
            return f"{self.rows[section].line:,}" if role == Qt.ItemDataRole.DisplayRole else None
        name = self.seen.columns[section].name
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{name}: {role_name(self.role(section))}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("Choose what the column {name} is for").format(name=name)
        return None


class PreviewTable(QTableView):
    """Shows it; a click on a column's name, or Enter in the column, chooses its role.

    Signals
    -------
    role_chosen(name, role)
    """

    role_chosen = Signal(str, str)

    def __init__(self, seen: Preview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = TableModel(seen)
        self.rows.setParent(self)
        self.setModel(self.rows)
        self.setHorizontalHeader(_Header(self.rows, self))
        self.setItemDelegate(_Cells(self.rows, self))
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        # Nothing happens at the cell under the pointer.
        self.setStyleSheet("QTableView::item:hover { background: transparent; }")
        self.setAccessibleName(self.tr("The first rows"))
        self.setToolTip("")
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionsClickable(True)
        across.sectionClicked.connect(self.open_menu)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(self.fontMetrics().height() + _PAD)
        down.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        down.setStyleSheet("QHeaderView::section { border: none; padding: 0 8px; }")
        self._menu: QMenu | None = None
        self._measured: tuple[str, ...] = ()
        self._measure()

    @property
    def menu(self) -> QMenu | None:
        """The menu of roles that is open."""
        return self._menu

    def show_preview(self, seen: Preview, *, dropped: bool) -> None:
        """Show another preview where the last one was."""
        at = self.currentIndex()
        self.rows.show_preview(seen, dropped=dropped)
        if at.row() < self.rows.rowCount() and at.column() < self.rows.columnCount():
            self.setCurrentIndex(self.rows.index(at.row(), at.column()))
        self._measure()

    def point_at(self, problem: Problem) -> None:
        """Bring a cell that cannot be used into view."""
        row = self.rows.row_of(problem.place.line)
        if row is not None:
            index = self.rows.index(row, (problem.place.column or 1) - 1)
            self.scrollTo(index, QTableView.ScrollHint.PositionAtCenter)

    def open_menu(self, column: int) -> None:
        """Let a person choose what a column is for."""
        seen = self.rows.seen
        name, now = seen.columns[column].name, self.rows.role(column)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.aboutToHide.connect(self._forget_menu)
        group = QActionGroup(menu)
        for role in ROLES:
            action = QAction(_menu_text(role), group)
            action.setCheckable(True)
            action.setChecked(role == now)
            action.setEnabled(can_have(seen, name, role))
            action.triggered.connect(partial(self.role_chosen.emit, name, role))
            menu.addAction(action)
        self._menu = menu
        header = self.horizontalHeader()
        menu.popup(
            header.viewport().mapToGlobal(
                QPoint(header.sectionViewportPosition(column), header.height())
            )
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter, Space and the menu key open the menu of the column."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Menu)
        if event.key() in keys and self.rows.columnCount():
            self.open_menu(max(self.currentIndex().column(), 0))
        else:
            super().keyPressEvent(event)

    def _forget_menu(self) -> None:
        self._menu = None

    def _measure(self) -> None:
        """Give new columns the width that they need, within bounds."""
        names = tuple(column.name for column in self.rows.seen.columns)
        if names == self._measured:
            return
        self._measured = names
        metrics, letter = self.fontMetrics(), self.fontMetrics().averageCharWidth()
        header = self.horizontalHeader()
        header.setDefaultSectionSize(_NARROW * letter + 2 * _PAD)
        for column, name in enumerate(names[:_MEASURED]):
            cells = [row.cells[column] for row in self.rows.rows if column < len(row.cells)]
            widest = max(
                map(metrics.horizontalAdvance, [name[:_WIDE], *(c[:_WIDE] for c in cells)])
            )
            least = metrics.horizontalAdvance(role_name("weight")) + 2 * letter
            width = min(max(widest, least, _NARROW * letter), _WIDE * letter)
            self.setColumnWidth(column, width + 3 * _PAD)


class _Header(QHeaderView):
    """The name of each column, and below it what the column is for."""

    def __init__(self, rows: TableModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = rows
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two lines high."""
        return QSize(super().sizeHint().width(), 2 * self.fontMetrics().height() + 2 * _PAD)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803
        """Paint a name and a role."""
        palette, role = QApplication.palette(), self._rows.role(logicalIndex)
        used = palette.color(QPalette.ColorRole.Accent)
        unused = palette.color(QPalette.ColorRole.PlaceholderText)
        line = self.fontMetrics().height()
        box = rect.adjusted(_PAD, _PAD - 2, -_PAD, 0)
        painter.save()
        painter.fillRect(rect, palette.color(QPalette.ColorRole.Base))
        name = self._rows.seen.columns[logicalIndex].name
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if role else QFont.Weight.Normal)
        painter.setFont(font)
        top = QRect(box.left(), box.top(), box.width(), line)
        is_right = self._rows.seen.columns[logicalIndex].numeric
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        _write(painter, top, name, side)
        painter.setPen(used if role else unused)
        size = round(0.8 * line)
        below = QRect(box.left(), top.bottom() + 3, box.width() - size - 2, line)
        text = _write(painter, below, role_name(role), side)
        at = below.right() if is_right else below.left() + text
        chevron = QRect(at + 3, below.top() + (line - size) // 2, size, size)
        icon("chevron-down", (used if role else unused).name()).paint(painter, chevron)
        painter.setPen(palette.color(QPalette.ColorRole.Midlight))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()


class _Cells(QStyledItemDelegate):
    """Cells of columns that are used in the colour of text, and those that are wrong marked."""

    def __init__(self, rows: TableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        rect, state = _parts(option)
        rows, palette = self._rows, QApplication.palette()
        problem = rows.problem(index.row())
        painter.save()
        painter.setFont(_font(option))
        role = rows.role(index.column())
        colour = QPalette.ColorRole.WindowText if role else QPalette.ColorRole.PlaceholderText
        if problem is not None and rows.dropped:
            colour = QPalette.ColorRole.PlaceholderText
        if rows.is_bad(index):
            self._mark(painter, rect)
            colour = QPalette.ColorRole.BrightText
        painter.setPen(palette.color(colour))
        numeric = rows.seen.columns[index.column()].numeric
        side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
        text, box = str(index.data() or ""), rect.adjusted(_PAD, 0, -_PAD, 0)
        if not text and rows.is_bad(index):
            text = self.tr("empty")
        width = _write(painter, box, text, side)
        if problem is not None and rows.dropped and width:
            left = box.right() - width if numeric else box.left()
            y = rect.center().y() + 1
            painter.drawLine(left, y, left + width, y)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def _mark(self, painter: QPainter, rect: QRect) -> None:
        ground = QColor(QApplication.palette().color(QPalette.ColorRole.BrightText))
        ground.setAlphaF(0.12)
        painter.fillRect(rect.adjusted(0, 1, 0, -1), ground)


def _menu_text(role: Role) -> str:
    name = role_name(role)
    return name if role in ("x", "y") else name[:1].upper() + name[1:]


def _write(
    painter: QPainter,
    box: QRect,
    text: str,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> int:
    """Write a text as far as there is room; returns its width."""
    metrics = painter.fontMetrics()
    short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(box, int(flags), short)
    return metrics.horizontalAdvance(short)


def _parts(option: Any) -> tuple[QRect, QStyle.StateFlag]:
    """What the stubs of Qt don't know of an option."""
    return option.rect, option.state


def _font(option: Any) -> QFont:
    return QFont(option.font)
