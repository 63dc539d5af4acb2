"""The whole start in a table: weights, means, covariances, and what is locked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Covariance, Mixture
from gmm_studio.document import equal_components
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.icons import icon
from gmm_studio.gui.numbers import MINUS, number
from gmm_studio.gui.panels.controls import Field, button, switch
from gmm_studio.gui.panels.start_panel import Badge
from gmm_studio.gui.translation import message_of

__all__ = ["StartDialog"]

_ROUND = 1e-9
"""Weights that miss 1 by less are left as they are."""

_CELL = 14
_DIGITS = 6
_MOST_ROWS = 10
_LOCK = 16


class _Cell(Field):
    """A number that is shown to a few digits, and exact as long as nobody types another."""

    def __init__(self, name: str, value: float, parent: QWidget | None = None) -> None:
        super().__init__(f"{name}: {value!r}".replace("-", MINUS), parent)
        self.setAccessibleName(name)
        self._exact, self._shown = value, f"{value:.{_DIGITS}g}"
        self.setText(self._shown)

    def value(self) -> float | None:
        """The number, None if it is none."""
        return self._exact if self.text() == self._shown else super().value()


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one component: the weight, d of the mean, 1 or 3 of the covariance, the lock."""

    weight: _Cell
    mean: tuple[_Cell, ...]
    covariance: tuple[_Cell, ...]
    lock: QCheckBox

    @property
    def fields(self) -> tuple[_Cell, ...]:
        return (self.weight, *self.mean, *self.covariance)


class _CellError(Exception):
    """A cell that can't be, and why."""

    def __init__(self, field: Field, text: str) -> None:
        super().__init__(text)
        self.field = field


class StartDialog(QDialog):
    """One row for each component.

    The structure of the covariances is kept: tied ones change together, of diagonal ones the
    covariance is 0, spherical ones have one variance.

    Parameters
    ----------
    start : Mixture
    configuration : Configuration
    columns : sequence of str
        The names of the axes.
    palette : Palette
    parent : QWidget, optional

    Signals
    -------
    accepted_start(mixture, locked)
        What the start is to be. The mixture is None if no number was changed.
    """

    accepted_start = Signal(object, tuple)

    def __init__(
        self,
        start: Mixture,
        configuration: Configuration,
        columns: Sequence[str],
        palette: Palette,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._start, self._configuration, self._columns = start, configuration, tuple(columns)
        self.setWindowTitle(self.tr("Start"))
        heading = QLabel(self.tr("The whole start"))
        heading.setProperty("heading", True)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 12, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._add_headings(palette)
        self.rows = [self._add_row(j, palette) for j in range(start.k)]
        self._follow()
        self.note = _text()
        self.note.setObjectName("row_label")
        self.problem = _text()
        self.problem.setProperty("error", True)
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addWidget(heading)
        self._scroll = self._table()
        layout.addWidget(self._scroll)
        layout.addWidget(self.note)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons())
        self._say_sum()
        self.rows[0].weight.selectAll()
        self.rows[0].weight.setFocus()

    # Making

    @property
    def _names(self) -> list[str]:
        """What is in each column of numbers."""
        tr, columns = self.tr, self._columns
        names = [tr("Weight"), *(tr("Mean {axis}").format(axis=axis) for axis in columns)]
        variances = [tr("Variance {axis}").format(axis=axis) for axis in columns]
        return [
            *names,
            *variances[:1],
            *([tr("Covariance")] if variances[1:] else []),
            *variances[1:],
        ]

    def _add_headings(self, palette: Palette) -> None:
        for column, name in enumerate(self._names, start=1):
            label = QLabel(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setObjectName("row_label")
            self._grid.addWidget(label, 0, column)
            self._grid.setColumnStretch(column, 1)
        lock = QLabel()
        lock.setPixmap(icon("lock", palette.muted).pixmap(QSize(_LOCK, _LOCK)))
        lock.setToolTip(self.tr("Locked components keep their numbers during the run"))
        self._grid.addWidget(lock, 0, len(self._names) + 1, Qt.AlignmentFlag.AlignCenter)

    def _add_row(self, j: int, palette: Palette) -> _Row:
        self._grid.addWidget(Badge(j, palette, self), j + 1, 0)
        start, d = self._start, self._start.d
        matrix = start.covariances[j].tolist()
        values = [float(start.weights[j]), *start.means[j].tolist(), matrix[0][0]]
        if d == 2:
            values += [matrix[0][1], matrix[1][1]]
        fields = [self._cell(j, i, value) for i, value in enumerate(values)]
        tip = self.tr("Component {j} keeps its numbers during the run").format(j=j + 1)
        lock = switch("", tip)
        lock.setAccessibleName(self.tr("Lock component {j}").format(j=j + 1))
        lock.setChecked(j in self._configuration.locked)
        self._grid.addWidget(lock, j + 1, len(values) + 1, Qt.AlignmentFlag.AlignCenter)
        return _Row(fields[0], tuple(fields[1 : d + 1]), tuple(fields[d + 1 :]), lock)

    def _cell(self, j: int, i: int, value: float) -> _Cell:
        text = self.tr("{name} of component {j}").format(name=self._names[i], j=j + 1)
        field = _Cell(text, value)
        field.setMinimumWidth(_CELL * field.fontMetrics().averageCharWidth())
        self._grid.addWidget(field, j + 1, i + 1)
        return field

    def _table(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        hint = inside.sizeHint()
        rows = self._start.k + 1
        height = hint.height() * min(rows, _MOST_ROWS + 1) // rows
        scroll.setMinimumSize(min(hint.width() + 16, 900), height + 4)
        return scroll

    def _buttons(self) -> QWidget:
        box = QDialogButtonBox()
        accept = button(self.tr("OK"), self.tr("Start from these numbers and fit again (Enter)"))
        cancel = button(self.tr("Cancel"), self.tr("Leave the start as it is (Esc)"))
        accept.setDefault(True)
        box.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)
        return row

    def _follow(self) -> None:
        """Cells that are one number by the structure of the covariances change together."""
        structure = self._configuration.covariance
        for row in self.rows:
            for field in row.fields:
                field.textEdited.connect(self._forgive)
            row.weight.textEdited.connect(self._say_sum)
            for given in _given_by_structure(row, structure):
                given.setEnabled(False)
                given.setToolTip(self.tr("Given by the structure of the covariances"))
            if structure == "spherical" and len(row.covariance) == 3:
                row.covariance[0].textEdited.connect(row.covariance[2].setText)
            if structure == "tied":
                self._tie(row)

    def _tie(self, row: _Row) -> None:
        for i, field in enumerate(row.covariance):
            field.textEdited.connect(partial(self._copy, field, i))

    def _copy(self, field: _Cell, i: int, text: str) -> None:
        for row in self.rows:
            if row.covariance[i] is not field:
                row.covariance[i].setText(text)

    # Reading

    def accept(self) -> None:
        """Say what the start is to be, or what is wrong with a cell."""
        self._forgive()
        try:
            mixture = self._mixture()
        except _CellError as refused:
            self._refuse(str(refused), refused.field)
            return
        except InputError as error:
            self._refuse(message_of(error))
            return
        start = self._start
        is_same = (
            np.array_equal(mixture.weights, start.weights)
            and np.array_equal(mixture.means, start.means)
            and np.array_equal(mixture.covariances, start.covariances)
        )
        locked = tuple(j for j, row in enumerate(self.rows) if row.lock.isChecked())
        if not is_same or locked != self._configuration.locked:
            self.accepted_start.emit(None if is_same else mixture, locked)
        super().accept()

    def _mixture(self) -> Mixture:
        weights = np.array([self._number(row.weight, 0) for row in self.rows])
        means = [[self._number(field, None) for field in row.mean] for row in self.rows]
        covariances = [self._matrix(j, row) for j, row in enumerate(self.rows)]
        total = float(weights.sum())
        if total <= 0:
            raise _CellError(self.rows[0].weight, self.tr("The weights must not all be 0."))
        if abs(total - 1) > _ROUND:
            weights /= total
        mixture = Mixture(weights, np.array(means), np.array(covariances))
        self._refuse_twins(mixture)
        return mixture

    def _number(self, field: Field, least: float | None, most: float = LARGEST_COORDINATE) -> float:
        value = field.value()
        if value is None or abs(value) > most:
            text = self.tr("{cell} must be a number such as 1.5 or \N{MINUS SIGN}2e3.")
            raise _CellError(field, text.format(cell=field.accessibleName()))
        if least is not None and value < least:
            text = self.tr("{cell} must not be negative.")
            raise _CellError(field, text.format(cell=field.accessibleName()))
        return value

    def _matrix(self, j: int, row: _Row) -> list[list[float]]:
        values = [self._number(field, None, LARGEST_COORDINATE**2) for field in row.covariance]
        for field, value in zip(row.covariance[::2], values[::2], strict=True):
            if value <= 0:
                text = self.tr("{cell} must be above 0.")
                raise _CellError(field, text.format(cell=field.accessibleName()))
        if len(values) == 1:
            return [values]
        a, b, c = values
        most = math.sqrt(a) * math.sqrt(c)
        if abs(b) >= most:
            text = self.tr(
                "The covariance of component {j} must be between \N{MINUS SIGN}{most} and {most}, "
                "or the matrix is not positive definite."
            )
            raise _CellError(row.covariance[1], text.format(j=j + 1, most=number(most)))
        return [[a, b], [b, c]]

    def _refuse_twins(self, mixture: Mixture) -> None:
        pair = equal_components(mixture)
        if pair is not None:
            text = self.tr(
                "Components {first} and {second} have the same mean and covariance and would "
                "stay together for ever."
            )
            first, second = pair
            field = self.rows[second].mean[0]
            raise _CellError(field, text.format(first=first + 1, second=second + 1))

    # Saying

    def _say_sum(self) -> None:
        """A word about weights that will be divided by their sum."""
        values = [row.weight.value() for row in self.rows]
        total = sum(value for value in values if value is not None)
        is_plain = None in values or abs(total - 1) <= _ROUND or total <= 0
        text = self.tr("The weights sum to {total} and will be divided by that.")
        self.note.setText(
            self.tr("The weights sum to 1.") if is_plain else text.format(total=number(total, 6))
        )
        self.note.setVisible(None not in values)

    def _refuse(self, text: str, field: Field | None = None) -> None:
        self.problem.setText(text)
        self.problem.show()
        if field is not None:
            _mark(field, wrong=True)
            field.setFocus()
            field.selectAll()
            self._scroll.ensureWidgetVisible(field)
        self.adjustSize()

    def _forgive(self) -> None:
        if not self.problem.isHidden():
            self.problem.hide()
            for row in self.rows:
                for field in row.fields:
                    _mark(field, wrong=False)


def _given_by_structure(row: _Row, structure: Covariance) -> tuple[Field, ...]:
    if len(row.covariance) == 1 or structure in ("full", "tied"):
        return ()
    return row.covariance[1:2] if structure == "diagonal" else row.covariance[1:]


def _text() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _mark(field: Field, *, wrong: bool) -> None:
    if bool(field.property("error")) != wrong:
        field.setProperty("error", wrong)
        field.style().unpolish(field)
        field.style().polish(field)
