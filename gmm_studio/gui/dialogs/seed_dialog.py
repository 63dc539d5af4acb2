"""The exact numbers of a seed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.document import Seed
from gmm_studio.gui.panels.controls import Field, button

__all__ = ["SeedDialog"]

_WIDTH = 320


class SeedDialog(QDialog):
    """One field for each axis.

    Parameters
    ----------
    j : int
        The seed, from 0.
    place : tuple of float
        Where it is.
    columns : sequence of str
        The names of the axes.
    parent : QWidget, optional

    Signals
    -------
    accepted_place(j, place)
        The seed is to be elsewhere.
    """

    accepted_place = Signal(int, tuple)

    def __init__(
        self, j: int, place: Seed, columns: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._j, self._place = j, place
        title = self.tr("Seed {number}").format(number=j + 1)
        self.setWindowTitle(title)
        heading = QLabel(title)
        heading.setProperty("heading", True)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.fields: list[Field] = []
        for name, value in zip(columns, place, strict=True):
            tip = self.tr("Where the seed is along {axis}").format(axis=name)
            field = Field(tip)
            field.setAccessibleName(name)
            field.show_value(value)
            field.textEdited.connect(self._forgive)
            label = QLabel(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(field)
            form.addRow(label, field)
            self.fields.append(field)
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setProperty("error", True)
        self.problem.setWordWrap(True)
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addWidget(heading)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons())
        self.setMinimumWidth(_WIDTH)
        self.fields[0].selectAll()

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        move = button(self.tr("Move seed"), self.tr("Place the seed there and fit again (Enter)"))
        cancel = button(self.tr("Cancel"), self.tr("Leave the seed where it is (Esc)"))
        move.setDefault(True)
        box.addButton(move, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def accept(self) -> None:
        """Say where the seed is to be, or what is wrong with a number."""
        place = []
        for field in self.fields:
            value = field.value()
            # Not a number is in no range either.
            if value is None or not abs(value) <= LARGEST_COORDINATE:
                self._refuse(field)
                return
            place.append(value)
        if tuple(place) != self._place:
            self.accepted_place.emit(self._j, tuple(place))
        super().accept()

    def _refuse(self, field: Field) -> None:
        text = self.tr("{axis} must be a number such as 1.5 or \N{MINUS SIGN}2e3.")
        self.problem.setText(text.format(axis=field.accessibleName()))
        self.problem.show()
        self._mark(field, wrong=True)
        field.setFocus()
        field.selectAll()
        self.adjustSize()

    def _forgive(self) -> None:
        self.problem.hide()
        for field in self.fields:
            self._mark(field, wrong=False)

    def _mark(self, field: Field, *, wrong: bool) -> None:
        field.setProperty("error", wrong)
        field.style().unpolish(field)
        field.style().polish(field)
