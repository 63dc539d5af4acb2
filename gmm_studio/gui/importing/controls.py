"""What was understood of a table, to be changed: small lists, one for each option."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gmm_studio.core.source import ReadOptions
from gmm_studio.data.encodings import plain_name
from gmm_studio.data.preview import Preview
from gmm_studio.gui.importing.words import (
    decimal_names,
    delimiter_names,
    encoding_names,
    header_names,
    thousands_names,
)
from gmm_studio.gui.panels.controls import Choice

__all__ = ["OptionBar"]

_COLUMNS = 3
_GAP = 4


class OptionBar(QWidget):
    """Only what there is to choose of this kind of table is shown.

    Signals
    -------
    chosen(name, value)
        The field of `ReadOptions`; None is what is found.
    """

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self.fields = {
            "delimiter": _Field(tr("Columns"), tr("What separates the columns"), self),
            "header": _Field(
                tr("First row"), tr("Whether the first row holds names or data"), self
            ),
            "encoding": _Field(tr("Encoding"), tr("How the letters of the file are encoded"), self),
            "decimal": _Field(tr("Decimal mark"), tr("What begins the fraction of a number"), self),
            "thousands": _Field(
                tr("Thousands"), tr("What groups the digits of large numbers"), self
            ),
            "table": _Field(tr("Table"), tr("Which sheet or array of the file"), self),
        }
        for name, field in self.fields.items():
            field.activated.connect(lambda i, name=name: self._on_activated(name, i))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, 1)
        self._placed: list[_Field] = []
        for field in self.fields.values():
            field.hide()
            field.label.hide()

    def show_options(self, seen: Preview, asked: ReadOptions, *, is_text: bool) -> None:
        """Show what is asked for and what was understood."""
        found = seen.options
        tables = {name: name for name in seen.tables}
        separators: dict[Any, str] = dict(delimiter_names())
        names: dict[str, dict[Any, str]] = {
            "delimiter": separators,
            "header": dict(header_names()),
            "encoding": dict(encoding_names()),
            "decimal": dict(decimal_names()),
            "thousands": dict(thousands_names()),
            "table": dict(tables),
        }
        is_run = is_text and found.delimiter is None
        shown = {
            name: getattr(found, name) is not None or getattr(asked, name) is not None
            for name in names
        }
        shown["delimiter"] = shown["delimiter"] or is_run
        shown["table"] = len(tables) > 1
        for name, field in self.fields.items():
            said = getattr(found, name)
            text = names[name].get(said, plain_name(said) if name == "encoding" and said else "")
            if name == "delimiter" and is_run:
                text = self.tr("None")
            field.show_values(names[name], getattr(asked, name), text)
        self._place([field for name, field in self.fields.items() if shown[name]])

    def _place(self, fields: list[_Field]) -> None:
        if fields == self._placed:
            return
        for field in self.fields.values():
            self._grid.removeWidget(field.label)
            self._grid.removeWidget(field)
            field.label.setVisible(field in fields)
            field.setVisible(field in fields)
        before: QWidget | None = None
        for i, field in enumerate(fields):
            row, column = divmod(i, _COLUMNS)
            field.label.setContentsMargins(0, _GAP if row else 0, 0, 0)
            self._grid.addWidget(field.label, 2 * row, column)
            self._grid.addWidget(field, 2 * row + 1, column)
            if before is not None:
                QWidget.setTabOrder(before, field)
            before = field
        self._placed = fields

    def _on_activated(self, name: str, index: int) -> None:
        self.chosen.emit(name, self.fields[name].values[index])


class _Field(Choice):
    """What is found, and then what can be said instead."""

    def __init__(self, name: str, tip: str, parent: QWidget) -> None:
        super().__init__({}, tip, parent)
        self.values: list[Any] = []
        self.label = QLabel(name, parent)
        self.label.setObjectName("row_label")
        self.label.setBuddy(self)
        self.setAccessibleName(name)

    def show_values(self, names: dict[Any, str], asked: object, found: str) -> None:
        """Show what is asked for, or else what was found."""
        first = QCoreApplication.translate("OptionBar", "As found")
        if asked is None and found:
            first = QCoreApplication.translate("OptionBar", "{name} (found)").format(name=found)
        self.values = [None, *names]
        self.clear()
        self.addItems([first, *names.values()])
        self.setCurrentIndex(self.values.index(asked) if asked in self.values else 0)
