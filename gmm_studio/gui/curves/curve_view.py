"""The curves below the cloud: what changes over the iterations, earlier runs behind, a cursor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gmm_studio.gui.curves.chart import Chart
from gmm_studio.gui.curves.kinds import chart_of, kind_names, kinds_of
from gmm_studio.gui.curves.overlay import Cursor
from gmm_studio.gui.curves.plot import CurvePlot
from gmm_studio.gui.curves.series import KINDS, CurveKind, History
from gmm_studio.gui.panels.controls import Choice
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.style import Style

__all__ = ["CurveView"]

_MOST_GHOSTS = 40
_WORTH_IT = 0.8
"""The share of a caption that must have room."""


class _Caption(QLabel):
    """A text at the right, cut where it has little room, and left out where it has less."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint as much as fits."""
        if self.width() < _WORTH_IT * self.fontMetrics().horizontalAdvance(self.text()):
            return
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), align, text)
        painter.end()


class CurveView(QWidget):
    """Emits the iteration that a person clicks or drags to, and the kind of curves chosen."""

    cursor_requested = Signal(int)
    kind_changed = Signal(str)

    kinds = KINDS
    """What can be shown, in the order of the list; some of it of some update rules alone."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curve_view")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoFillBackground(True)
        self._style = style
        self._wanted: CurveKind = KINDS[0]
        self._run: RunRecord | None = None
        self._ghosts: list[RunRecord] = []
        self._histories: dict[RunRecord, History] = {}
        self._drawn: tuple[object, ...] = ()
        self._plot = CurvePlot(style, self._chart())
        self._plot.cursor_requested.connect(self.cursor_requested)
        self.names = kind_names()
        tip = self.tr("What is drawn over the iterations")
        self._offered: tuple[CurveKind, ...] = ()
        self._choice = Choice({}, tip)
        self._choice.setAccessibleName(self.tr("Curves"))
        self._choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self._choice.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._choice.activated.connect(self._on_chosen)
        self._caption = _Caption()
        self._lay_out()
        self.set_style(style)

    @property
    def kind(self) -> CurveKind:
        """What is drawn: what was chosen, or the log-likelihood of a run that has no such thing."""
        return self._wanted if self._wanted in kinds_of(self._run) else KINDS[0]

    @property
    def plot(self) -> CurvePlot:
        """What the curves are painted on."""
        return self._plot

    @property
    def run(self) -> RunRecord | None:
        """The run on show."""
        return self._run

    @property
    def ghosts(self) -> tuple[RunRecord, ...]:
        """The runs behind it."""
        return tuple(self._ghosts)

    def viewport(self) -> CurvePlot:
        """The widget that is painted with every step."""
        return self._plot

    def show_kind(self, kind: CurveKind) -> None:
        """Draw something else over the same iterations."""
        if kind == self._wanted:
            return
        self._wanted = kind
        self._refresh()
        self.kind_changed.emit(kind)

    def set_style(self, style: Style) -> None:
        """Use other colours, fonts and lines."""
        self._style = style
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, style.palette.panel)
        self.setPalette(palette)
        for widget in (self._choice, self._caption):
            widget.setFont(QFont(style.font))
        self._choice.setStyleSheet(_sheet(style))
        ink = self._caption.palette()
        ink.setColor(QPalette.ColorRole.WindowText, style.palette.muted)
        self._caption.setPalette(ink)
        line = self.fontMetrics().height()
        self.setMinimumHeight(max(120, 7 * line))
        self._plot.set_style(style)
        self._refresh()

    def show_ghosts(self, runs: Sequence[RunRecord]) -> None:
        """Show these runs in the background, where they can be compared."""
        self._ghosts = [run for run in runs if run.steps][-_MOST_GHOSTS:]
        self._forget()
        self._refresh()

    def show_run(self, run: RunRecord | None, cursor: int, ending: str) -> None:
        """Show a run, its cursor, and a word about how it ended."""
        if run is not self._run:
            self._run = run
            self._forget()
            self._plot.show_all()
        if self._state() != self._drawn:
            self._refresh()
        last = len(run.steps) - 1 if run else 0
        self._plot.show_cursor(Cursor(max(0, min(cursor, last)), ending))

    def _state(self) -> tuple[object, ...]:
        """What the curves depend on and is not told."""
        run = self._run
        return (run, len(run.steps), run.stop is None) if run else (None,)

    def _refresh(self) -> None:
        self._drawn = self._state()
        self._offer()
        chart = self._chart()
        self._plot.show_chart(chart)
        self._plot.setAccessibleName(
            self.tr("{name} over the iterations").format(name=self.names[self.kind])
        )
        self._caption.setText(chart.caption)
        self._caption.setToolTip(chart.caption)

    def _offer(self) -> None:
        """List what there is to show of this run."""
        offered = kinds_of(self._run)
        if offered != self._offered:
            self._offered = offered
            self._choice.clear()
            for kind in offered:
                self._choice.addItem(self.names[kind], kind)
        self._choice.show_value(self.kind)

    def _chart(self) -> Chart:
        return chart_of(
            self.kind,
            self._run,
            self._ghosts,
            self._history,
            self._style.palette,
        )

    def _history(self, run: RunRecord) -> History:
        if run not in self._histories:
            self._histories[run] = History(run.steps, run.cloud.own_log_likelihood(0.0))
        return self._histories[run]

    def _forget(self) -> None:
        """Keep no numbers of runs that are not shown."""
        kept = {self._run, *self._ghosts}
        self._histories = {run: held for run, held in self._histories.items() if run in kept}

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(8, 2, 12, 0)
        line.setSpacing(12)
        line.addWidget(self._choice)
        line.addWidget(self._caption, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._plot, 1)

    def _on_chosen(self) -> None:
        self.show_kind(self._choice.currentData())


def _sheet(style: Style) -> str:
    """A list without a box, as high as its text."""
    palette, pad = style.palette, round(20 * style.scale)
    return (
        f"QComboBox {{ background: transparent; border: 1px solid transparent;"
        f" padding: 1px {pad}px 1px 7px; min-height: 0; color: {palette.text}; }}"
        f"QComboBox:hover {{ background: {palette.hover}; }}"
        f"QComboBox:focus {{ border: 1px solid {palette.accent}; }}"
        f"QComboBox::drop-down {{ width: {pad}px; border: none; }}"
    )
