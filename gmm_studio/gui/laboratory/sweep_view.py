"""How many components? A sweep over k and structures, several starts each, by three criteria."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.core.sweep import CRITERIA, Cell, Criterion
from gmm_studio.document import LARGEST_K, Document
from gmm_studio.gui.laboratory.status_line import StatusLine, widest
from gmm_studio.gui.laboratory.sweep_painting import SweepChart
from gmm_studio.gui.laboratory.sweep_plot import SweepPlot
from gmm_studio.gui.laboratory.sweep_task import Plan, document_of, sweep_task
from gmm_studio.gui.laboratory.sweep_words import (
    criterion_names,
    outcome,
    short_names,
    subject_text,
)
from gmm_studio.gui.panels.controls import Choice, Number, button, switch
from gmm_studio.gui.panels.model_panel import covariance_names
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Failed, Finished, Worker

__all__ = ["SweepView"]

_FRAME_MS = 30
_MOST_STARTS = 100
_USUAL_LAST, _USUAL_STARTS = 8, 5
_STEPPER = 26.0
_ALL_FROM = 660.0
"""From this width on all criteria have room."""


class SweepView(QWidget):
    """Sweeps as it is told, and says which run a person wants to see in the main view.

    Signals
    -------
    document_requested(document)
        A run was clicked.
    changed()
        The sweep began or ended.
    failed(error)
        Something went wrong that should not have.
    """

    document_requested = Signal(object)
    changed = Signal()
    failed = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_view")
        self.setAutoFillBackground(True)
        self._style = style
        self._document: Document | None = None
        self._plan: Plan | None = None
        self._cells: list[Cell] = []
        self._busy = self._is_partial = self._stale = False
        self._worker = Worker("sweep", self)
        self._worker.arrived.connect(self._on_arrived)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self._show)
        self._make_controls()
        self._lay_out()
        self.set_style(style)

    @property
    def is_busy(self) -> bool:
        """Whether a sweep is under way."""
        return self._busy

    @property
    def is_idle(self) -> bool:
        """Whether what is on the screen is what should be there."""
        return not (self._busy or self._frame.isActive())

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Those that are there so far."""
        return tuple(self._cells)

    @property
    def status(self) -> str:
        """What is said of the sweep."""
        return self._status.text()

    @property
    def plots(self) -> dict[Criterion, SweepPlot]:
        """By criterion."""
        return self._plots

    @property
    def run_button(self) -> QWidget:
        """Begins and cancels."""
        return self._run

    @property
    def covariances(self) -> tuple[Covariance, ...]:
        """The structures that are ticked."""
        return tuple(name for name, box in self._ticks.items() if box.isChecked())

    def choose(
        self,
        *,
        first: int | None = None,
        last: int | None = None,
        starts: int | None = None,
        covariances: tuple[Covariance, ...] | None = None,
    ) -> None:
        """Set what is swept over."""
        for field, value in ((self._first, first), (self._last, last), (self._starts, starts)):
            if value is not None:
                field.setValue(value)
        if covariances is not None:
            for name, box in self._ticks.items():
                box.setChecked(name in covariances)

    def set_style(self, style: Style) -> None:
        """Use other colours, fonts and sizes."""
        self._style = style
        self.setFont(style.font)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, style.palette.panel)
        self.setPalette(palette)
        for plot in self._plots.values():
            plot.set_style(style)
        self._place()
        self._schedule()

    def show_document(self, document: Document) -> None:
        """Offer to sweep a document; what is shown for another one stays, and says so."""
        was, self._document = self._document, document
        if self._plan is not None:
            now = replace(self._plan, document=document)
            self._stale = now.subject != self._plan.subject
            if self._stale:
                self.cancel()
        if was is None or was.cloud is not document.cloud:
            most = min(LARGEST_K, document.cloud.n)
            for field in (self._first, self._last):
                field.setMaximum(max(most, 1))
        self._schedule()

    def start(self) -> None:
        """Sweep anew."""
        document = self._document
        if document is None or self._busy or not self.covariances:
            return
        first, last = sorted((self._first.value(), self._last.value()))
        self._plan = Plan(document, first, last, self.covariances, self._starts.value())
        self._cells, self._busy = [], True
        self._stale = self._is_partial = False
        self._worker.submit(sweep_task(self._plan))
        self._schedule()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; the cells that are done stay."""
        if not self._busy:
            return
        self._on_arrived()
        if self._busy:
            self._worker.cancel()
            self._is_partial = True
            self._end()

    def close_threads(self) -> None:
        """Cancel, and wait for the thread."""
        self._frame.stop()
        self._busy = False
        self._worker.close()

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, Cell):
                self._cells.append(message)
            elif isinstance(message, Failed):
                self._is_partial = True
                self.failed.emit(message.error)
            if isinstance(message, Finished | Failed):
                self._end()
        self._schedule()

    def _end(self) -> None:
        self._busy = False
        self._schedule()
        self.changed.emit()

    # The screen

    def _schedule(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _show(self) -> None:
        """Bring what is known onto the screen."""
        for criterion, plot in self._plots.items():
            plot.show_chart(self._chart(criterion))
        text = self.tr("Cancel") if self._busy else self.tr("Sweep")
        if text != self._run.text():
            self._run.setText(text)
            self._run.setAccessibleName(text)
            self._run.setProperty("primary", not self._busy)
            self._run.style().unpolish(self._run)
            self._run.style().polish(self._run)
        ready = self._document is not None and bool(self.covariances)
        self._run.setEnabled(self._busy or ready)
        for field in (self._first, self._last, self._starts, self._covariance):
            field.setEnabled(not self._busy)
        names = [short_names()[name] for name in self.covariances]
        most = 2 if self.width() >= _ALL_FROM * self._style.scale else 1
        text = ", ".join(names[:most]) + (", \N{HORIZONTAL ELLIPSIS}" if names[most:] else "")
        starts = self.tr("{n} starts").format(n=self._starts.value())
        self._covariance.setText(f"{text or self.tr('None')}, {starts}")
        self._status.say(self._told(), warning=self._stale or self._is_partial)
        self._place()

    def _chart(self, criterion: Criterion) -> SweepChart:
        plan = self._plan
        first, last = (plan.first, plan.last) if plan else (1, _USUAL_LAST)
        names = {}
        if plan and len(plan.covariances) > 1:
            names = {name: short_names()[name] for name in plan.covariances}
        title = criterion_names()[criterion]
        return SweepChart(criterion, title, tuple(self._cells), first, last, names)

    def _told(self) -> str:
        if self._plan is None:
            return ""
        done = len(self._cells) * len(self._plan.draws)
        if self._busy:
            return self.tr("{n} of {m} runs").format(n=f"{done:,}", m=f"{self._plan.runs:,}")
        told = outcome(self._cells)
        if self._is_partial:
            partial = self.tr("Partial: {n} of {m} runs.")
            told = f"{partial.format(n=f'{done:,}', m=f'{self._plan.runs:,}')} {told}"
        if self._stale:
            made = self.tr("Made for {what}; sweep again for what is in the window now.")
            told = f"{made.format(what=self._subject())} {told}"
        return told.strip()

    def _subject(self) -> str:
        """The cloud it was made for, or that it is the configuration that has changed."""
        if self._plan is None or self._document is None:
            return ""
        if self._plan.document.cloud is self._document.cloud:
            return self.tr("another configuration")
        return subject_text(self._plan)

    # The widgets

    def _make_controls(self) -> None:
        tr = self.tr
        self._run = button(tr("Sweep"), tr("Fit all of these numbers of components"))
        self._run.setProperty("primary", True)
        self._run.clicked.connect(self._on_run)
        self._first = Number(1, LARGEST_K, tr("The fewest components"))
        self._last = Number(1, LARGEST_K, tr("The most components"))
        self._last.setValue(_USUAL_LAST)
        self._starts = Number(1, _MOST_STARTS, tr("Starts for each number and structure"))
        self._starts.setValue(_USUAL_STARTS)
        for field in (self._first, self._last, self._starts):
            field.setAccessibleName(field.toolTip())
        self._labels = [QLabel(text) for text in ("k", self.tr("to"), self.tr("Starts"))]
        for label, field in zip(self._labels, (self._first, self._last, self._starts), strict=True):
            label.setBuddy(field)
            label.setProperty("muted", True)
        self._starts.valueChanged.connect(self._schedule)
        self._covariance = button(
            tr("Full"), tr("Structures of the covariances to compare, and starts of each")
        )
        self._covariance.setAccessibleName(tr("Covariances and starts"))
        self._ticks = self._make_ticks()
        self._criterion = Choice(
            {name: key for key, name in criterion_names().items()}, tr("Which criterion to show")
        )
        self._criterion.setAccessibleName(tr("Criterion"))
        self._criterion.activated.connect(self._schedule)
        self._status = StatusLine()
        self._plots = {key: SweepPlot(self._style, self._chart(key)) for key in CRITERIA}
        tips = {
            "bic": tr("Bayesian information criterion over the number of components"),
            "aic": tr("Akaike's information criterion over the number of components"),
            "icl": tr("Integrated completed likelihood over the number of components"),
        }
        for key, plot in self._plots.items():
            plot.setAccessibleName(tips[key])
            plot.cell_requested.connect(self._on_cell)
        self._word = QLabel(
            tr(
                "More components always fit better. BIC, AIC and ICL weigh that against their "
                "number: lower is better."
            )
        )
        self._word.setWordWrap(True)
        self._word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._word.setProperty("muted", True)

    def _make_ticks(self) -> dict[Covariance, QCheckBox]:
        """Check boxes in a menu that stays open while they are ticked."""
        menu, ticks = QMenu(self), {}
        held = QWidget(menu)
        column = QVBoxLayout(held)
        for name, text in covariance_names(self).items():
            box = switch(text, "", held)
            box.setChecked(name == COVARIANCES[0])
            box.toggled.connect(self._schedule)
            column.addWidget(box)
            ticks[name] = box
        row = QHBoxLayout()
        row.addWidget(self._labels[2])
        row.addStretch(1)
        row.addWidget(self._starts)
        column.addLayout(row)
        action = QWidgetAction(menu)
        action.setDefaultWidget(held)
        menu.addAction(action)
        self._covariance.setMenu(menu)
        return {name: ticks[name] for name in COVARIANCES}

    def _lay_out(self) -> None:
        self._header = QHBoxLayout()
        for widget in (
            self._run,
            self._labels[0],
            self._first,
            self._labels[1],
            self._last,
            self._covariance,
        ):
            self._header.addWidget(widget)
        self._header.addStretch(1)
        self._second = QHBoxLayout()
        self._second.addWidget(self._status, 1)
        self._second.addWidget(self._criterion)
        self._body = QHBoxLayout()
        for plot in self._plots.values():
            self._body.addWidget(plot, 1)
        self._body.addWidget(self._word, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.addLayout(self._header)
        column.addLayout(self._second)
        column.addLayout(self._body, 1)

    def _place(self) -> None:
        """Show what has room, in the measures of the style."""
        gap = round(8 * self._style.scale)
        wide = self.width() >= _ALL_FROM * self._style.scale
        known = self._plan is not None
        self._word.setVisible(not known)
        for criterion, plot in self._plots.items():
            plot.setVisible(known and (wide or criterion == self._criterion.currentData()))
        self._criterion.setVisible(known and not wide)
        words = self.tr("Sweep"), self.tr("Cancel")
        self._run.setMinimumWidth(widest(self._style, *words))
        line = self.fontMetrics().height()
        for field in (self._first, self._last, self._starts):
            field.setFixedWidth(round(2 * _STEPPER * self._style.scale + 1.8 * line))
        self._header.setContentsMargins(2 * gap, gap // 2, 2 * gap, gap // 2)
        self._header.setSpacing(gap)
        self._second.setContentsMargins(2 * gap, 0, 2 * gap, 0)
        self._body.setContentsMargins(2 * gap, 0, gap, gap // 2)
        self._body.setSpacing(gap)
        self._criterion.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Less than the controls would like: they are cut rather than the window widened."""
        return QSize(round(320 * self._style.scale), round(150 * self._style.scale))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Other things may have room."""
        self._place()

    # What a person does

    def _on_run(self) -> None:
        if self._busy:
            self.cancel()
        else:
            self.start()

    def _on_cell(self, cell: Cell, index: int) -> None:
        if self._plan is not None:
            self.document_requested.emit(document_of(self._plan, cell, index))
