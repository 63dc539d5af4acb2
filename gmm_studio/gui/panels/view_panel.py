"""What is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gmm_studio.gui.colours import Palette
from gmm_studio.gui.panels.controls import switch
from gmm_studio.gui.panels.section import Section
from gmm_studio.gui.scene import Layers

__all__ = ["ViewPanel"]


class ViewPanel(Section):
    """Switches, closed at first."""

    layers_changed = Signal(object)
    equal_requested = Signal(bool)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("View"), palette, parent)
        tr = self.tr
        self.layers = Layers()
        self._switches = {
            "ellipses": switch(
                tr("Ellipses (1, 2, 3 sigma)"),
                tr("Thick at 1, thin at 2, dashed at 3 standard deviations"),
            ),
            "trails": switch(tr("Trails of the means"), tr("The way of each mean from its seed")),
            "seeds": switch(tr("Seeds"), tr("Where the means began, as numbered rings")),
            "truth": switch(tr("True mixture"), tr("What a generated cloud was drawn from")),
            "grid": switch(tr("Grid"), tr("Lines at the numbers of the axes")),
        }
        for name, box in self._switches.items():
            box.setChecked(getattr(self.layers, name))
            box.toggled.connect(self._on_switched)
            self.add_row("", box, folded=True)
        self.equal = switch(
            tr("Equal aspect"), tr("A unit is as long across as upwards, so circles are round")
        )
        self.equal.clicked.connect(self.equal_requested)
        self.add_row("", self.equal, folded=True)

    @property
    def truth(self) -> QWidget:
        """The switch of the true mixture."""
        return self._switches["truth"]

    def show_layers(self, layers: Layers) -> None:
        """Show which layers are on."""
        self.layers = layers
        for name, box in self._switches.items():
            was = box.blockSignals(True)
            box.setChecked(getattr(layers, name))
            box.blockSignals(was)

    def show_cloud(self, *, has_truth: bool, is_flat: bool, equal: bool) -> None:
        """Show what makes sense for a cloud."""
        self._switches["truth"].setEnabled(has_truth)
        self.equal.setEnabled(is_flat)
        self.equal.setChecked(equal)

    def _on_switched(self) -> None:
        values: dict[str, Any] = {name: box.isChecked() for name, box in self._switches.items()}
        self.layers = replace(self.layers, **values)
        self.layers_changed.emit(self.layers)
