"""How the start is made."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from gmm_studio.document import Document, Drawn, Given, Seed
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.icons import icon
from gmm_studio.gui.numbers import number
from gmm_studio.gui.panels.controls import Choice, Number, button
from gmm_studio.gui.panels.section import Section, pair

__all__ = ["Badge", "StartPanel", "method_names", "method_sentences"]

SEEDS = "seeds"
_GIVEN = "given"
_MOST_ROWS = 20


def method_names(widget: QWidget) -> dict[str, str]:
    """What people read for each method."""
    return {
        SEEDS: widget.tr("Clicked seeds"),
        "k-means++": widget.tr("k-means++"),
        "k-means": widget.tr("k-means"),
        "random-points": widget.tr("Random points"),
        "random-responsibilities": widget.tr("Random responsibilities"),
        "uniform": widget.tr("Uniform in the box"),
        "uniform-identity": widget.tr("Uniform, identity covariances"),
        "normal": widget.tr("Normal around the mean"),
        "normal-deviations": widget.tr("Normal, deviations as variances"),
        "small-em": widget.tr("Small EM"),
        "ward": widget.tr("Hierarchical (Ward)"),
    }


def method_sentences(widget: QWidget) -> dict[str, str]:
    """How each method comes to a start, in a sentence or two."""
    tr = widget.tr
    same = tr("Weights are equal, and each covariance is that of all points.")
    return {
        SEEDS: f"{tr('Each click places a mean.')} {same}",
        _GIVEN: tr("Weights, means and covariances are as they were given."),
        "k-means++": tr(
            "Means are points picked one by one, the likelier the farther from those before, by "
            "squared distance. Weights and covariances are equal."
        ),
        "k-means": tr(
            "From k-means++ picks, points join the nearest centre and centres move to their "
            "middle until they rest. Each cluster becomes a component."
        ),
        "random-points": f"{tr('Means are points picked at random.')} {same}",
        "random-responsibilities": tr(
            "Each point shares itself out at random; an M-step makes components of that. All "
            "begin near the middle of the cloud."
        ),
        "uniform": f"{tr('Means fall anywhere in the box around the points.')} {same}",
        "uniform-identity": tr(
            "Means fall anywhere in the box around the points. Weights are equal, and each "
            "covariance is the identity in the units of the data."
        ),
        "normal": f"{tr('Means are drawn from the normal that fits all points.')} {same}",
        "normal-deviations": tr(
            "Means are drawn by the standard deviation of each axis, which also stands where the "
            "variance belongs, as in some published programs."
        ),
        "small-em": tr(
            "Twenty short runs of EM from random points; the one of the highest log-likelihood "
            "goes on."
        ),
        "ward": tr(
            "Points merge into clusters, always the two that cost least, until k are left. Large "
            "clouds are sampled. Always the same start."
        ),
    }


class Badge(QWidget):
    """A small numbered ring."""

    def __init__(self, j: int, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._j = j
        self._colour = component_colour(palette, j)
        side = round(1.5 * self.fontMetrics().height())
        self.setFixedSize(side, side)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colour), 1.8))
        painter.drawEllipse(self.rect().adjusted(2, 2, -2, -2))
        font = self.font()
        font.setPixelSize(round(0.55 * self.height()))
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._j + 1))
        painter.end()


class StartPanel(Section):
    """Shows how a document's start is made and says what should be another."""

    method_requested = Signal(str, int)
    seeds_requested = Signal()
    another_requested = Signal()
    numbers_requested = Signal(int)
    removal_requested = Signal(int)
    whole_requested = Signal()
    watch_requested = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        self._seeds: tuple[Seed | None, ...] = ()
        self._listed: tuple[object, ...] = (palette, ())
        super().__init__(self.tr("Start"), palette, parent)
        tr = self.tr
        items = {text: value for value, text in method_names(self).items()}
        self.method = Choice(items, tr("How the first mixture is found"))
        self.method.activated.connect(self._on_method)
        self.another = button(tr("Another start"), tr("Draw again by the same method (N)"))
        self.another.clicked.connect(self.another_requested)
        self.sentence = QLabel()
        self.sentence.setProperty("muted", True)
        self.sentence.setWordWrap(True)
        self.watch = button(
            tr("Watch it drawn"), tr("See how the method comes to this start (Shift+N)")
        )
        self.watch.clicked.connect(self.watch_requested)
        self.place = button(tr("Place seeds"), tr("Click the first means into the cloud (S)"))
        self.place.clicked.connect(self.seeds_requested)
        self.random_state = Number(0, 2**31 - 1, tr("The same number draws the same start"))
        self.random_state.setGroupSeparatorShown(False)
        self.random_state.valueChanged.connect(self._on_random_state)
        self._list = QWidget()
        self._grid = QGridLayout(self._list)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self.whole = button(
            tr("Start…"), tr("Edit the whole start: weights, means, covariances, locks")
        )
        self.whole.clicked.connect(self.whole_requested)
        self.method.setAccessibleName(tr("Method"))
        self.add_row("", self.method)
        self.add_row("", self.sentence)
        self.add_row("", self.watch)
        self.add_row("", pair(self.place, self.another))
        self.add_row(tr("Random seed"), self.random_state, folded=True)
        self.add_row("", self._list, folded=True)
        self.add_row("", self.whole, folded=True)

    def show_document(self, document: Document, seeds: tuple[Seed | None, ...]) -> None:
        """Show how the start of a document is made."""
        start = document.start
        given = self.method.findData(_GIVEN)
        if given >= 0:
            self.method.removeItem(given)
        if isinstance(start, Given):
            self.method.addItem(start.origin or self.tr("Edited by hand"), _GIVEN)
        self.whole.setEnabled(document.missing_seed is None)
        if isinstance(start, Drawn):
            self.method.show_value(start.method)
            self.random_state.show_value(start.random_state)
        else:
            self.method.show_value(_GIVEN if isinstance(start, Given) else SEEDS)
        self.sentence.setText(method_sentences(self)[self.method.currentData()])
        self.watch.setEnabled(isinstance(start, Drawn))
        self.random_state.setEnabled(isinstance(start, Drawn))
        self._show_seeds(seeds)

    def set_palette(self, palette: Palette) -> None:
        """Colour the badges."""
        super().set_palette(palette)
        self._show_seeds(self._seeds)

    def _show_seeds(self, seeds: tuple[Seed | None, ...]) -> None:
        if self._listed == (self._palette, seeds):
            return
        self._seeds = seeds
        self._listed = (self._palette, seeds)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for j, seed in enumerate(seeds[:_MOST_ROWS]):
            self._grid.addWidget(Badge(j, self._palette, self._list), j, 0)
            text = self.tr("not placed") if seed is None else ",  ".join(map(number, seed))
            self._grid.addWidget(QLabel(text), j, 1)
            if seed is not None:
                self._add_tools(j)

    def _add_tools(self, j: int) -> None:
        for column, name, tip, signal in (
            (2, "pencil", self.tr("Type the numbers of seed {j}"), self.numbers_requested),
            (3, "close", self.tr("Remove seed {j}"), self.removal_requested),
        ):
            tool = QToolButton(self._list)
            tool.setIcon(icon(name, self._palette.muted, self._palette.disabled))
            tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tool.setAutoRaise(True)
            tool.setToolTip(tip.format(j=j + 1))
            tool.setAccessibleName(tip.format(j=j + 1))
            tool.clicked.connect(lambda _=False, j=j, signal=signal: signal.emit(j))
            self._grid.addWidget(tool, j, column)

    def _on_method(self) -> None:
        method = self.method.currentData()
        if method == SEEDS:
            self.seeds_requested.emit()
        elif method != _GIVEN:
            self.method_requested.emit(method, self.random_state.value())

    def _on_random_state(self, value: int) -> None:
        method = self.method.currentData()
        if method not in (SEEDS, _GIVEN):
            self.method_requested.emit(method, value)
