"""The exact numbers of a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from gmm_studio.gui.numbers import number
from gmm_studio.gui.panels.controls import Field, button

__all__ = ["SeedDialog", "Share"]

_WIDTH = 320


@dataclass(frozen=True, slots=True)
class Share:
    """The weight of a seed, and below what it must stay for others to have some too."""

    weight: float
    most: float

    @property
    def is_fixed(self) -> bool:
        """Whether no other component can give or take any."""
        return self.weight >= self.most


class SeedDialog(QDialog):
    """One field for each axis, and one for the weight.

    Parameters
    ----------
    j : int
        The seed, from 0.
    place : tuple of float
        Where it is.
    columns : sequence of str
        The names of the axes.
    parent : QWidget, optional
    share : Share, optional
        Its weight, where there is a whole start and it is not alone.

    Signals
    -------
    accepted_numbers(j, place, weight)
        The seed is to be elsewhere, or of another weight; None is the one it has.
    """

    accepted_numbers = Signal(int, tuple, object)

    def __init__(
        self,
        j: int,
        place: Seed,
        columns: Sequence[str],
        parent: QWidget | None = None,
        share: Share | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._j, self._place, self._share = j, place, share
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
            self.fields.append(self._add_field(form, name, tip, value))
        self.weight: Field | None = None
        if share is not None:
            tip = self.tr("Its share of the mixture; the other components share the rest")
            if share.is_fixed:
                tip = self.tr("All other components are locked")
            self.weight = self._add_field(form, self.tr("Weight"), tip, share.weight)
            self.weight.setEnabled(not share.is_fixed)
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

    def _add_field(self, form: QFormLayout, name: str, tip: str, value: float) -> Field:
        field = Field(tip)
        field.setAccessibleName(name)
        field.show_value(value)
        field.textEdited.connect(self._forgive)
        label = QLabel(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(field)
        form.addRow(label, field)
        return field

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        move = button(self.tr("Move seed"), self.tr("Place the seed there and fit again (Enter)"))
        if self._share is not None:
            move = button(self.tr("OK"), self.tr("Start from these numbers and fit again (Enter)"))
        cancel = button(self.tr("Cancel"), self.tr("Leave the seed as it is (Esc)"))
        move.setDefault(True)
        box.addButton(move, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def accept(self) -> None:
        """Say where the seed is to be, or what is wrong with a number."""
        self._forgive()
        place = []
        for field in self.fields:
            value = field.value()
            # Not a number is in no range either.
            if value is None or not abs(value) <= LARGEST_COORDINATE:
                text = self.tr("{axis} must be a number such as 1.5 or \N{MINUS SIGN}2e3.")
                self._refuse(field, text.format(axis=field.accessibleName()))
                return
            place.append(value)
        weight = self._new_weight()
        if not self.problem.isHidden():
            return
        if tuple(place) != self._place or weight is not None:
            self.accepted_numbers.emit(self._j, tuple(place), weight)
        super().accept()

    def _new_weight(self) -> float | None:
        """The weight if it is another one; says what is wrong with it."""
        if self.weight is None or self._share is None:
            return None
        value = self.weight.value()
        if value == self._share.weight:
            return None
        if value is None or not 0 < value < self._share.most:
            text = self.tr("The weight must be above 0 and below {most}.")
            self._refuse(self.weight, text.format(most=number(self._share.most)))
        return value

    def _refuse(self, field: Field, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
        self._mark(field, wrong=True)
        field.setFocus()
        field.selectAll()
        self.adjustSize()

    def _forgive(self) -> None:
        self.problem.hide()
        for field in (*self.fields, *([self.weight] if self.weight else [])):
            self._mark(field, wrong=False)

    def _mark(self, field: Field, *, wrong: bool) -> None:
        field.setProperty("error", wrong)
        field.style().unpolish(field)
        field.style().polish(field)
