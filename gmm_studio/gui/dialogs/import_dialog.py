"""How a table is to be read, with its first rows as they are understood.

It is shown for tables that are not plain (see `gmm_studio.gui.importing.reading`), for those with
rows that cannot be used, and whenever a person asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.preview import Preview, preview
from gmm_studio.gui.importing.controls import OptionBar
from gmm_studio.gui.importing.reading import Question
from gmm_studio.gui.importing.roles import Role, with_role
from gmm_studio.gui.importing.table import PreviewTable
from gmm_studio.gui.importing.words import rows_words
from gmm_studio.gui.panels.controls import button, switch
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Post, Task, Worker

__all__ = ["ImportDialog"]

_SIZE = QSize(72, 46)
"""In letters and lines of text."""

_OTHER_COLUMNS = ("delimiter", "header", "encoding", "table")
"""Options after whose change the columns may be others."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    preview: Preview


class ImportDialog(QDialog):
    """Shows a table, lets a person put right how it is read, and says how.

    Parameters
    ----------
    question : Question
        What is to be read, and what is understood of it.
    parent : QWidget, optional

    Signals
    -------
    accepted_options(options)
        How the table is to be read; of a file with the columns named.
    failed(error)
        Something that is nobody's fault but the program's.
    """

    accepted_options = Signal(object)
    failed = Signal(object)

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Import"))
        self._source, self._rows = question.request.source, question.rows
        self._asked = question.request.options
        self._seen, self._error = question.preview, question.error
        # Why there is no preview with these options at all.
        self._objection: InputError | None = None
        self._worker = Worker("import", self)
        self._worker.arrived.connect(self._on_arrived)
        self._make()
        self._lay_out()
        self._show()
        self._focus()

    # Making

    def _make(self) -> None:
        tr = self.tr
        self.bar = OptionBar()
        self.bar.chosen.connect(self._on_option)
        self.table = PreviewTable(self._seen)
        self.table.role_chosen.connect(self._on_role)
        self.summary, self.problem = _text(), _text()
        self.summary.setObjectName("note")
        self.problem.setProperty("error", True)
        tip = tr("Read the other rows alone. How many were left out is said afterwards.")
        self.drop = switch(tr("&Leave out rows that cannot be used"), tip)
        self.drop.toggled.connect(self._on_drop)
        self.found = button(tr("As found"), tr("Forget what was changed here"))
        self.found.setAutoDefault(False)
        self.found.clicked.connect(lambda: self._ask(ReadOptions()))
        self.open_button = button(tr("Open"), tr("Read the whole table like this (Enter)"))
        self.open_button.setDefault(True)
        self.cancel = button(tr("Cancel"), tr("Keep the cloud that is there (Esc)"))
        self.cancel.setAutoDefault(False)

    def _lay_out(self) -> None:
        heading = _text()
        heading.setProperty("heading", True)
        title = self.tr("Import what was copied")
        if isinstance(self._source, Path):
            title = self.tr("Import {name}").format(name=self._source.name)
        heading.setText(title)
        hint = _text()
        hint.setObjectName("note")
        hint.setWordWrap(False)
        hint.setText(self.tr("Click the name of a column to say what it is for."))
        box = QDialogButtonBox()
        box.addButton(self.found, QDialogButtonBox.ButtonRole.ResetRole)
        box.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        top = QHBoxLayout()
        top.setSpacing(24)
        top.addWidget(heading, 1)
        top.addWidget(hint)
        layout.addLayout(top)
        layout.addWidget(self.bar)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.summary)
        layout.addWidget(self.problem)
        layout.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(4)
        layout.addWidget(box)
        metrics = self.fontMetrics()
        wanted = QSize(
            2 * _SIZE.width() * metrics.averageCharWidth(),
            _SIZE.height() * metrics.height() * 5 // 6,
        )
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.92))

    # What a person says

    @property
    def asked(self) -> ReadOptions:
        """What was said of how to read it; None is what is found."""
        return self._asked

    @property
    def seen(self) -> Preview:
        """What is shown."""
        return self._seen

    @property
    def is_idle(self) -> bool:
        """Whether it shows what was asked for."""
        return not self._worker.busy

    def _on_option(self, name: str, value: object) -> None:
        changes: dict[str, Any] = {name: value}
        if name in _OTHER_COLUMNS:
            changes |= {"columns": None, "label": None, "weight": None}
        self._ask(replace(self._asked, **changes))

    def _on_role(self, name: str, role: str) -> None:
        self._ask(with_role(self._asked, self._seen, name, cast("Role", role)))

    def _on_drop(self, on: bool) -> None:
        if on != self._asked.drop_invalid:
            self._asked = replace(self._asked, drop_invalid=on)
            self._error = None
            self._show()

    def _ask(self, asked: ReadOptions) -> None:
        self._asked, self._error = asked, None
        self._worker.submit(_task(self._source, asked, self._rows))
        self._show_buttons()

    # What is shown

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, _Seen):
                self._seen, self._objection = message.preview, None
                self._show()
            elif isinstance(message, Failed) and isinstance(message.error, InputError):
                self._objection = message.error
                self._show()
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
        self._show_buttons()

    def _show(self) -> None:
        is_text = isinstance(self._source, str)
        self.bar.show_options(self._seen, self._asked, is_text=is_text)
        self.table.show_preview(self._seen, dropped=self._asked.drop_invalid)
        self.summary.setText(rows_words(self._seen, dropped=self._asked.drop_invalid))
        fault = self._fault
        self.problem.setText("" if fault is None else message_of(fault))
        self.problem.setVisible(fault is not None)
        rows_at_fault = self._seen.problems or (fault is not None and "line" in fault.values)
        self.drop.setVisible(bool(rows_at_fault) or self._asked.drop_invalid)
        self.drop.setChecked(self._asked.drop_invalid)
        self._show_buttons()

    @property
    def _fault(self) -> InputError | None:
        """Why the table cannot be read like this."""
        if self._objection or self._seen.error or self._error:
            return self._objection or self._seen.error or self._error
        if self._seen.problems and not self._asked.drop_invalid:
            return self._seen.problems[0].error
        return None

    def _show_buttons(self) -> None:
        n = len(self._seen.rows) - len(self._seen.problems)
        text = self.tr("Open")
        if self._seen.complete and self._fault is None and n:
            text = self.tr("Open 1 point") if n == 1 else self.tr("Open {n} points")
        text = text.format(n=f"{n:,}")
        self.open_button.setText(text)
        # The default button's text is bold, which its size hint does not know.
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetrics(font)
        self.open_button.setMinimumWidth(metrics.horizontalAdvance(text) + 3 * metrics.height())
        is_empty = self._seen.complete and not n
        self.open_button.setEnabled(self.is_idle and self._fault is None and not is_empty)
        self.found.setEnabled(self._asked != ReadOptions())

    def _point(self) -> None:
        """Show the row that is spoken of."""
        line = self._error.values.get("line") if self._error is not None else None
        problems = self._seen.problems
        first = next((one for one in problems if one.place.line == line), None)
        if first is not None or problems:
            self.table.point_at(first or problems[0])

    def _focus(self) -> None:
        if self.open_button.isEnabled():
            self.open_button.setFocus()
        elif not self.drop.isHidden():
            self.drop.setFocus()
        else:
            self.table.setFocus()

    # Beginning and ending

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Bring the first row that cannot be used into view, once it is known what is in view."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._point)

    def accept(self) -> None:
        """Say how the table is to be read."""
        if not self.open_button.isEnabled():
            return
        options, found = self._asked, self._seen.options
        if isinstance(self._source, Path):
            options = replace(
                options, columns=found.columns, label=found.label, weight=found.weight
            )
        self.accepted_options.emit(options)
        super().accept()

    def done(self, result: int) -> None:
        """Give up the preview."""
        self._worker.close()
        super().done(result)


def _task(source: Path | str, options: ReadOptions, rows: int) -> Task:
    def work(post: Post, _: Callable[[], bool]) -> None:
        post(_Seen(preview(source, options, rows)))

    return work


def _text() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
