"""Where the cloud comes from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.data.generators import GENERATORS
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.panels.controls import Choice, Number, button
from gmm_studio.gui.panels.section import Section, pair

__all__ = ["DataPanel"]

_OWN = "own"
_MOST_POINTS = 1_000_000


class DataPanel(Section):
    """A choice of generated clouds, files, and which columns of a file are used."""

    generate_requested = Signal(str, int)
    sample_requested = Signal()
    open_requested = Signal()
    columns_requested = Signal(tuple)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Data"), palette, parent)
        tr = self.tr
        items = {tr(generator.title): name for name, generator in GENERATORS.items()}
        self.cloud = Choice(items, tr("A generated cloud of points"))
        self.cloud.activated.connect(self._on_generate)
        self.open_button = button(tr("Open…"), tr("Open a file of points (Ctrl+O)"))
        self.open_button.clicked.connect(self.open_requested)
        self.sample = button(tr("New sample"), tr("Draw other points from the same source"))
        self.sample.clicked.connect(self.sample_requested)
        self.points = Number(1, _MOST_POINTS, tr("How many points a generated cloud has"))
        self.points.setSingleStep(100)
        self.points.setValue(1000)
        self.points.valueChanged.connect(self._on_generate)
        self.across = Choice({}, tr("The column that is drawn to the right"))
        self.upwards = Choice({}, tr("The column that is drawn upwards"))
        self.across.activated.connect(self._on_columns)
        self.upwards.activated.connect(self._on_columns)
        self._used = QLabel()
        self._used.setObjectName("note")
        self._used.setWordWrap(True)
        self.cloud.setAccessibleName(tr("Cloud"))
        self.add_row("", self.cloud)
        self.add_row("", pair(self.open_button, self.sample))
        self.add_row("", self._used)
        self.add_row(tr("Across"), self.across)
        self.add_row(tr("Upwards"), self.upwards)
        self.add_row(tr("Points"), self.points, folded=True)

    def show_cloud(self, cloud: PointCloud, generator: str | None) -> None:
        """Show where a cloud came from."""
        index = self.cloud.findData(_OWN)
        if generator is None:
            if index < 0:
                self.cloud.addItem("", _OWN)
                index = self.cloud.count() - 1
            self.cloud.setItemText(index, cloud.name or self.tr("Own points"))
            self.cloud.setCurrentIndex(index)
        else:
            if index >= 0:
                self.cloud.removeItem(index)
            self.cloud.show_value(generator)
            self.points.show_value(cloud.n)
        self.sample.setEnabled(generator is not None)
        self.points.setEnabled(generator is not None)
        self._show_columns(cloud)

    def _show_columns(self, cloud: PointCloud) -> None:
        columns = cloud.source.columns if cloud.source else ()
        choosable = len(columns) > 1
        for widget in (self.across, self.upwards):
            self.show_row(widget, choosable)
        notes = []
        if choosable:
            used = self.tr("{used} of {all} columns used")
            notes.append(used.format(used=cloud.d, all=len(columns)))
        if cloud.source is not None and cloud.weights is not None:
            notes.append(self.tr("Points count by the column weight"))
        self._used.setText("\n".join(notes))
        self.show_row(self._used, bool(notes))
        if not choosable:
            return
        for choice, axis in ((self.across, 0), (self.upwards, 1)):
            choice.clear()
            for name in columns:
                choice.addItem(name, name)
            if choice is self.upwards:
                choice.addItem(self.tr("(none)"), "")
            choice.show_value(cloud.columns[axis] if axis < cloud.d else "")

    def _on_generate(self) -> None:
        name = self.cloud.currentData()
        if name != _OWN:
            self.generate_requested.emit(name, self.points.value())

    def _on_columns(self) -> None:
        columns = (self.across.currentData(), self.upwards.currentData())
        self.columns_requested.emit(tuple(name for name in columns if name))
