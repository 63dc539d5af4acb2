"""The runs on the cloud, each with all that tells it from the others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QInputDialog,
    QMenu,
    QTableView,
    QWidget,
)

from gmm_studio.core.em import Stop
from gmm_studio.core.starts import DETERMINISTIC
from gmm_studio.document import Document, Drawn, Given
from gmm_studio.gui.numbers import log_likelihood, number
from gmm_studio.gui.panels.model_panel import covariance_names
from gmm_studio.gui.panels.start_panel import SEEDS, method_names
from gmm_studio.gui.runs import RunBook, RunRecord

__all__ = ["RunsPanel", "ending", "start_name"]

_LOOSE = 100
"""Runs that stop at one optimum differ by about so many times the tolerance."""

_WIDEST = 140

_Index = QModelIndex | QPersistentModelIndex


def start_name(widget: QWidget, document: Document) -> str:
    """How a start was made, in words."""
    start = document.start
    if isinstance(start, Drawn):
        name = method_names(widget)[start.method]
        return name if start.method in DETERMINISTIC else f"{name} {start.random_state}"
    if isinstance(start, Given):
        return start.origin or widget.tr("Edited by hand")
    return method_names(widget)[SEEDS]


def ending(widget: QWidget, stop: Stop | None) -> str:
    """Why a run stopped, in words."""
    if stop is None:
        return widget.tr("running")
    if stop.reason == "degenerate" and stop.component is not None:
        return widget.tr("component {j} collapsed").format(j=stop.component + 1)
    return {
        "converged": widget.tr("converged"),
        "iteration_limit": widget.tr("iteration limit"),
        "cancelled": widget.tr("cancelled"),
        "degenerate": widget.tr("collapsed"),
    }[stop.reason]


class _RunsModel(QAbstractTableModel):
    def __init__(self, book: RunBook, widget: QWidget) -> None:
        super().__init__(widget)
        self._book = book
        self.records: list[RunRecord] = []
        self.shown: RunRecord | None = None
        tr = widget.tr
        covariances = covariance_names(widget)
        self._columns: list[tuple[str, str, Callable[[RunRecord], str]]] = [
            (tr("Run"), tr("Its number or name"), self._name),
            (tr("log L"), tr("Log-likelihood"), lambda run: log_likelihood(run.log_likelihood)),
            (
                tr("Below best"),
                tr("How far below the best found with the same k and covariance"),
                self._below_best,
            ),
            (tr("Iter."), tr("Iterations"), lambda run: f"{run.steps[-1].index:,}"),
            (
                tr("Start"),
                tr("How the start was made"),
                lambda run: start_name(widget, run.document),
            ),
            (tr("k"), tr("Components"), lambda run: str(run.document.k)),
            (
                tr("Covariance"),
                tr("Structure of the covariances"),
                lambda run: covariances[run.document.configuration.covariance],
            ),
            (
                tr("BIC"),
                tr("Bayesian information criterion; lower is better"),
                lambda run: log_likelihood(run.result(run.steps[-1]).bic),
            ),
            (tr("Stopped"), tr("Why it stopped"), lambda run: ending(widget, run.stop)),
        ]

    def _name(self, run: RunRecord) -> str:
        pin = "\N{BLACK STAR} " if run.pinned else ""
        return pin + (run.name or str(run.number))

    def _below_best(self, run: RunRecord) -> str:
        below = self._book.below_best(run)
        loose = _LOOSE * run.document.configuration.tolerance * run.cloud.total_weight
        exact = 1e-9 * max(abs(run.log_likelihood), run.cloud.total_weight)
        return self.tr("best") if below <= max(loose, exact) else number(below, 3)

    def show(self, records: list[RunRecord], shown: RunRecord | None) -> None:
        """Pinned ones first, then the newest first."""
        ordered = sorted(records, key=lambda run: (not run.pinned, -run.number))
        if ordered == self.records and len(ordered) > 0:
            self.shown = shown
            corner = self.index(len(ordered) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), corner)
            return
        self.beginResetModel()
        self.records, self.shown = ordered, shown
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._columns)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        title, tip, _ = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip
        return _ALIGNED if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run = self.records[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[index.column()][2](run)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNED
        if role == Qt.ItemDataRole.FontRole and run is self.shown:
            font = QFont()
            font.setBold(True)
            return font
        return None


_ALIGNED = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class RunsPanel(QTableView):
    """Picking a run shows it again; a menu names, pins and deletes."""

    run_requested = Signal(object)
    deletion_requested = Signal(object)

    def __init__(self, book: RunBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs")
        self.setAccessibleName(self.tr("Runs"))
        self.setToolTip(self.tr("Click a run to show it again; right click to name, pin or delete"))
        self._book = book
        self._runs = _RunsModel(book, self)
        self.setModel(self._runs)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setMaximumSectionSize(_WIDEST)
        # By the rows in sight: a look at every cell of all runs takes longer than a frame.
        self.horizontalHeader().setResizeContentsPrecision(0)
        self.horizontalHeader().setHighlightSections(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.clicked.connect(self._on_picked)
        self.activated.connect(self._on_picked)

    def show_runs(self, records: list[RunRecord], shown: RunRecord | None) -> None:
        """List the runs and mark the one on show."""
        self._runs.show(records, shown)
        if shown in self._runs.records:
            self.selectRow(self._runs.records.index(shown))
        else:
            self.clearSelection()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Rows as high as the text wants."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.verticalHeader().setDefaultSectionSize(round(1.9 * self.fontMetrics().height()))
        super().changeEvent(event)

    def menu_for(self, run: RunRecord) -> QMenu:
        """The menu of a run."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Show")).triggered.connect(lambda: self.run_requested.emit(run))
        menu.addAction(self.tr("Rename…")).triggered.connect(lambda: self._rename(run))
        pin = menu.addAction(self.tr("Unpin") if run.pinned else self.tr("Pin"))
        pin.triggered.connect(lambda: self._book.pin(run, not run.pinned))
        menu.addSeparator()
        delete = menu.addAction(self.tr("Delete"))
        delete.triggered.connect(lambda: self.deletion_requested.emit(run))
        return menu

    def _on_picked(self, index: QModelIndex) -> None:
        self.run_requested.emit(self._runs.records[index.row()])

    def _show_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            run = self._runs.records[index.row()]
            self.menu_for(run).popup(self.viewport().mapToGlobal(at))

    def _rename(self, run: RunRecord) -> None:
        name, accepted = QInputDialog.getText(
            self, self.tr("Rename run"), self.tr("Name"), text=run.name or str(run.number)
        )
        if accepted:
            self._book.rename(run, name)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete the current run; the key router leaves this key to tables."""
        index = self.currentIndex()
        if event.key() != Qt.Key.Key_Delete:
            super().keyPressEvent(event)
        elif index.isValid():
            self.deletion_requested.emit(self._runs.records[index.row()])
