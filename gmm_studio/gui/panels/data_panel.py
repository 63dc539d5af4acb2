"""Where the cloud comes from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.data.generators import GENERATORS
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.importing.words import left_out_words
from gmm_studio.gui.panels.controls import Choice, Number, button
from gmm_studio.gui.panels.section import Section, pair
from gmm_studio.gui.units import grid_words, scaling_names

__all__ = ["DataPanel"]

_OWN = "own"
_MOST_POINTS = 1_000_000


class DataPanel(Section):
    """A choice of generated clouds, files, and which columns of a file are used."""

    generate_requested = Signal(str, int)
    sample_requested = Signal()
    open_requested = Signal()
    make_requested = Signal()
    gallery_requested = Signal()
    columns_requested = Signal(tuple)
    scaling_requested = Signal(str)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Data"), palette, parent)
        tr = self.tr
        items = {tr(generator.title): name for name, generator in GENERATORS.items()}
        self.cloud = Choice(items, tr("A generated cloud of points"))
        self.cloud.activated.connect(self._on_generate)
        self.open_button = button(tr("Open…"), tr("Open a file of points (Ctrl+O)"))
        self.open_button.clicked.connect(self.open_requested)
        self.gallery = button(tr("Examples…"), tr("Examples and lessons, with pictures (Ctrl+L)"))
        self.gallery.clicked.connect(self.gallery_requested)
        self.sample = button(tr("New sample"), tr("Draw other points from the same source"))
        self.sample.clicked.connect(self.sample_requested)
        self.make = button(tr("Make…"), tr("Choose what is drawn, with a preview (Ctrl+G)"))
        self.make.clicked.connect(self.make_requested)
        self.points = Number(1, _MOST_POINTS, tr("How many points a generated cloud has"))
        self.points.setSingleStep(100)
        self.points.setValue(1000)
        self.points.valueChanged.connect(self._on_generate)
        self.across = Choice({}, tr("The column that is drawn to the right"))
        self.upwards = Choice({}, tr("The column that is drawn upwards"))
        self.across.activated.connect(self._on_columns)
        self.upwards.activated.connect(self._on_columns)
        scalings = {text: kind for kind, text in scaling_names().items()}
        self.scaling = Choice(
            scalings, tr("Fit to axes of one size; parameters are told in the data's own units")
        )
        self.scaling.activated.connect(self._on_scaling)
        self._used = QLabel()
        self._used.setObjectName("note")
        self._used.setWordWrap(True)
        self.cloud.setAccessibleName(tr("Cloud"))
        self.add_row("", self.cloud)
        self.add_row("", pair(self.open_button, self.gallery))
        self.add_row("", self.sample)
        self.add_row("", self._used)
        self.add_row(tr("Across"), self.across)
        self.add_row(tr("Upwards"), self.upwards)
        self.add_row(tr("Points"), self.points, folded=True)
        self.add_row("", self.make, folded=True)
        self.add_row(tr("Scaling"), self.scaling, folded=True)

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
        self.sample.setEnabled(cloud.recipe is not None)
        self.points.setEnabled(generator is not None)
        self.scaling.show_value(cloud.scaling_kind)
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
        if cloud.grid is not None:
            notes.append(grid_words(cloud))
        elif cloud.source is not None and cloud.weights is not None:
            notes.append(self.tr("Points count by the column weight"))
        if left_out := left_out_words(cloud):
            notes.append(left_out)
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

    def _on_scaling(self) -> None:
        self.scaling_requested.emit(self.scaling.currentData())

    def _on_columns(self) -> None:
        columns = (self.across.currentData(), self.upwards.currentData())
        self.columns_requested.emit(tuple(name for name in columns if name))
