"""The one line above an atlas: how many starts of which methods, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QSizePolicy, QWidget

from gmm_studio.core.starts import METHODS, Method
from gmm_studio.gui.panels.controls import Choice, Number, button
from gmm_studio.gui.panels.start_panel import method_names
from gmm_studio.gui.style import Style

__all__ = ["FEWEST", "MOST", "AtlasControls", "Line", "MethodMenu"]

FEWEST, USUAL, MOST = 10, 100, 10_000
_TICKED: tuple[Method, ...] = ("random-points", "k-means++")
_ROOMY = 700
"""From this width on, at scale 1, there is room for words."""


class Line(QLabel):
    """A line of text in as many words as have room; all of them are its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ("",)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, *texts: str, tip: str = "") -> None:
        """The same thing in fewer and fewer words; the tip says more."""
        self._texts = texts
        self.setText(texts[0])
        self.setToolTip("\n".join(filter(None, (texts[0], tip))))

    @property
    def shown(self) -> str:
        """What there is room for."""
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        for text in self._texts:
            if metrics.horizontalAdvance(text) <= room:
                return text
        return metrics.elidedText(self._texts[-1], Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint as much as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignLeft | _MIDDLE, self.shown)
        painter.end()


_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class MethodMenu(QMenu):
    """Methods to tick; it stays open while they are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tick and stay."""
        action = self.actionAt(event.position().toPoint())
        if action is None or not action.isCheckable():
            super().mouseReleaseEvent(event)
        elif action.isEnabled():
            action.trigger()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space ticks and stays; Enter ticks and closes."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isEnabled():
            action.trigger()
        else:
            super().keyPressEvent(event)


class AtlasControls(QWidget):
    """Says what should be tried and in which order the optima are to be shown.

    Signals
    -------
    run_requested(), cancel_requested()
    order_changed()
    trial_changed()
        Other methods, or another number of starts.
    """

    run_requested = Signal()
    cancel_requested = Signal()
    order_changed = Signal()
    trial_changed = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self._busy = False
        self._scale = style.scale
        self._names = method_names(self)
        self.run = button(tr("Run"), tr("Run EM from all these starts"))
        self.run.clicked.connect(self._on_run)
        self.runs = Number(FEWEST, MOST, tr("How many starts each method draws"))
        self.runs.setStepType(Number.StepType.AdaptiveDecimalStepType)
        self.runs.setAccessibleName(tr("Starts of each method"))
        self.runs.show_value(USUAL)
        self.runs.valueChanged.connect(self.trial_changed)
        self._of = QLabel(tr("starts of each:"))
        self._of.setObjectName("row_label")
        self.choice = button("", tr("The methods that draw the starts"))
        self._menu = MethodMenu(self)
        for method in METHODS:
            action = self._menu.addAction(self._names.get(method, method))
            action.setData(method)
            action.setCheckable(True)
            action.setChecked(method in _TICKED)
            action.toggled.connect(self._on_ticked)
        self.choice.setMenu(self._menu)
        self.status = Line()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(tr("Progress"))
        self._progress.hide()
        orders = {tr("Likelihood"): "likelihood", tr("Frequency"): "frequency"}
        self.order = Choice(
            orders, tr("Which optima come first: the most likely or the most frequent")
        )
        self.order.setAccessibleName(tr("Order"))
        self.order.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.order.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.order.currentIndexChanged.connect(self.order_changed)
        self._lay_out()
        self.set_style(style)

    @property
    def methods(self) -> tuple[Method, ...]:
        """Those that are ticked."""
        return tuple(action.data() for action in self._menu.actions() if action.isChecked())

    @property
    def names(self) -> dict[str, str]:
        """What people read for each method."""
        return self._names

    @property
    def menu(self) -> QMenu:
        """Where methods are ticked."""
        return self._menu

    def tick(self, methods: tuple[Method, ...]) -> None:
        """Choose methods."""
        for action in self._menu.actions():
            action.setChecked(action.data() in methods)

    def set_style(self, style: Style) -> None:
        """Use another size."""
        self._scale = style.scale
        self._progress.setFixedWidth(round(72 * style.scale))
        self.order.setStyleSheet(_flat(style))
        names = [self.order.itemText(i) for i in range(self.order.count())]
        widest = max(map(self.order.fontMetrics().horizontalAdvance, names))
        self.order.setFixedWidth(widest + round(34 * style.scale))
        self._fit()

    def show_progress(self, busy: bool, done: int, asked: int) -> None:
        """How far it is, while it runs."""
        self._busy = busy
        text = self.tr("Cancel") if busy else self.tr("Run")
        self.run.setText(text)
        self.run.setAccessibleName(text)
        tip = self.tr("Stop here and keep what is known") if busy else ""
        self.run.setToolTip(tip or self.tr("Run EM from all these starts"))
        self._progress.setRange(0, max(asked, 1))
        self._progress.setValue(done)
        self._refresh()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrower than its text: that is cut."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Words where there is room for them."""
        self._fit()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.run, self.runs, self._of, self.choice, self._progress):
            row.addWidget(widget)
        row.addWidget(self.status, 1)
        row.addStretch(0)
        row.addWidget(self.order)

    @property
    def _is_roomy(self) -> bool:
        return self.width() >= _ROOMY * self._scale

    def _fit(self) -> None:
        self._of.setVisible(self._is_roomy)
        metrics = self.run.fontMetrics()
        wide = max(map(metrics.horizontalAdvance, (self.tr("Run"), self.tr("Cancel"))))
        self.run.setFixedWidth(wide + round(30 * self._scale))
        digits = metrics.horizontalAdvance(f"{MOST:,}")
        self.runs.setFixedWidth(digits + round(62 * self._scale))
        chosen = ", ".join(self._names.get(method, method) for method in self.methods)
        count = len(self.methods)
        if count == 0:
            chosen = self.tr("No method")
        elif count > 1 and metrics.horizontalAdvance(chosen) > 0.28 * self.width():
            chosen = self.tr("{count} methods").format(count=count)
        self.choice.setText(chosen)
        self.choice.setAccessibleName(self.tr("Methods: {chosen}").format(chosen=chosen))
        self._refresh()

    def _refresh(self) -> None:
        self._progress.setVisible(self._busy and self._is_roomy)
        self.run.setEnabled(self._busy or bool(self.methods))
        for widget in (self.runs, self.choice):
            widget.setEnabled(not self._busy)

    def _on_ticked(self) -> None:
        self._fit()
        self.trial_changed.emit()

    def _on_run(self) -> None:
        (self.cancel_requested if self._busy else self.run_requested).emit()


def _flat(style: Style) -> str:
    """A list without a box."""
    palette, pad = style.palette, round(20 * style.scale)
    return (
        f"QComboBox {{ background: transparent; border: 1px solid transparent;"
        f" padding: 1px 0 1px 7px; color: {palette.text}; }}"
        f"QComboBox:hover {{ background: {palette.hover}; }}"
        f"QComboBox:focus {{ border: 1px solid {palette.accent}; }}"
        f"QComboBox::drop-down {{ width: {pad}px; border: none; }}"
    )
