"""Controls as this program wants them: no focus by mouse, no change by wheel unless focused."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

__all__ = ["Choice", "Field", "Number", "button", "forget_typing", "switch"]


class Choice(QComboBox):
    """A list of named values."""

    def __init__(self, items: dict[str, Any], tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip)
        self.setMinimumContentsLength(5)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for text, value in items.items():
            self.addItem(text, value)

    def show_value(self, value: object) -> None:
        """Show a value without saying that it was chosen."""
        self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll the panel, not the choice."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say the whole name where a part of it is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._is_cut:
            text = "\n".join(filter(None, (self.currentText(), self.toolTip())))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def showPopup(self) -> None:  # noqa: N802
        """Show every name whole."""
        view = self.view()
        names = view.sizeHintForColumn(0) + view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(max(names, self.width()))
        super().showPopup()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint it, the end of its name cut where there is no room."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        end = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.currentText(), end, self._room)
        option.currentText = text
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    @property
    def _is_cut(self) -> bool:
        return self.fontMetrics().horizontalAdvance(self.currentText()) > self._room

    @property
    def _room(self) -> int:
        """For the name, in pixels."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        picture = 0 if self.itemIcon(self.currentIndex()).isNull() else self.iconSize().width() + 4
        return field.width() - picture - 2


class Number(QSpinBox):
    """A whole number; `valueChanged` comes when it is complete."""

    def __init__(self, low: int, high: int, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setToolTip(tip)
        self.setKeyboardTracking(False)
        self.setGroupSeparatorShown(True)
        self.setStepType(QSpinBox.StepType.DefaultStepType)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        # The steppers leave the focus where it was; a click into the number takes it.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.lineEdit().installEventFilter(self)
        self.lineEdit().returnPressed.connect(self.clearFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the focus with a click into the number."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrower than its largest number, which nobody types."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), 14 * self.fontMetrics().averageCharWidth()), hint.height())

    def show_value(self, value: int) -> None:
        """Show a value without saying that it was chosen."""
        was = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(was)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll the panel unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Field(QLineEdit):
    """A real number as it is typed."""

    def __init__(self, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(tip)
        self.returnPressed.connect(self.clearFocus)

    def value(self) -> float | None:
        """The number, None if it is none."""
        try:
            value = float(self.text().replace("\N{MINUS SIGN}", "-"))
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    def show_value(self, value: float) -> None:
        """Show a number exactly."""
        self.setText(f"{value:g}" if float(f"{value:g}") == value else repr(value))


def forget_typing(widget: QWidget | None) -> bool:
    """Bring back what a field said before somebody typed; whether somebody had."""
    edit = widget.lineEdit() if isinstance(widget, QSpinBox) else widget
    if not isinstance(edit, QLineEdit) or not edit.isUndoAvailable():
        return False
    while edit.isUndoAvailable():
        edit.undo()
    return True


def button(text: str, tip: str, parent: QWidget | None = None) -> QPushButton:
    """A push button that takes the focus by Tab alone."""
    made = QPushButton(text, parent)
    made.setToolTip(tip)
    made.setAccessibleName(text)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def switch(text: str, tip: str, parent: QWidget | None = None) -> QCheckBox:
    """A check box that takes the focus by Tab alone."""
    made = QCheckBox(text, parent)
    made.setToolTip(tip)
    made.setAccessibleName(text)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
