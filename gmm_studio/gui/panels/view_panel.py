"""What is drawn."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from gmm_studio.gui.canvas.scene import MOST_BINS, Layers
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.panels.controls import Choice, Number, switch
from gmm_studio.gui.panels.layer_names import choice_names, switch_names
from gmm_studio.gui.panels.section import Section

__all__ = ["ViewPanel"]


class ViewPanel(Section):
    """Switches and choices, closed at first."""

    layers_changed = Signal(object)
    equal_requested = Signal(bool)
    glide_requested = Signal(bool)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("View"), palette, parent)
        self.layers = Layers()
        self._switches: dict[str, QCheckBox] = {}
        self._add_background()
        self._add_points()
        self._add_mixture()
        self._add_rest()
        self.show_layers(self.layers)

    @property
    def truth(self) -> QWidget:
        """The switch of the true mixture."""
        return self._switches["truth"]

    def show_layers(self, layers: Layers) -> None:
        """Show which layers are on."""
        self.layers = layers
        for name, box in self._switches.items():
            was = box.blockSignals(True)
            box.setChecked(layers.is_on(name))
            box.blockSignals(was)
        for name, choice in self._choices.items():
            choice.show_value(getattr(layers, name))
        self._bins.show_value(layers.bins or 0)
        for name in ("density", "uncertainty"):
            needed = (
                layers.background == name
                or (name == "uncertainty" and layers.sizes)
                or (name == "density" and layers.background == "likelihood")
            )
            self.show_row(self._choices[name], needed)

    def show_cloud(self, *, has_truth: bool, has_labels: bool, is_flat: bool, equal: bool) -> None:
        """Show what makes sense for a cloud."""
        self._switches["truth"].setEnabled(has_truth)
        self._choices["labels"].setEnabled(has_labels)
        for name in ("sizes", "lines"):
            self._switches[name].setEnabled(is_flat)
        self.show_row(self._bins, not is_flat)
        names = switch_names(is_flat=is_flat)
        for name, box in self._switches.items():
            box.setText(names[name])
            box.setAccessibleName(names[name])
        self.equal.setEnabled(is_flat)
        self.equal.setChecked(equal)

    def _add_background(self) -> None:
        tr = self.tr
        self._choices = {
            "background": Choice(
                choice_names("background"),
                tr("What is painted behind the points (C, B, U, W, J)"),
            ),
            "density": Choice(choice_names("density"), tr("How the density is painted")),
            "uncertainty": Choice(
                choice_names("uncertainty"),
                tr("1 minus the largest responsibility, or the entropy of the responsibilities"),
            ),
            "labels": Choice(
                choice_names("labels"), tr("How the points show their true classes (Y)")
            ),
        }
        names = {
            "background": tr("Background"),
            "density": tr("Density"),
            "uncertainty": tr("Measure of uncertainty"),
            "labels": tr("True labels"),
        }
        for name, choice in self._choices.items():
            choice.activated.connect(self._on_chosen)
            choice.setAccessibleName(names[name])
            self.add_row("", choice, folded=True)

    def _add_points(self) -> None:
        tr = self.tr
        self._add("hard", tr("Each point wears the colour of one component alone (X)"))
        self._add("sizes", tr("Points that could belong to several components have a halo (Z)"))
        self._add(
            "lines", tr("From the point under the pointer, as wide as its responsibilities (L)")
        )

    def _add_mixture(self) -> None:
        tr = self.tr
        self._add("ellipses", tr("Thick, thin and dashed, from the inside (E)"))
        self._add(
            "coverage",
            tr("Ellipses hold so much of their component, instead of 1, 2 and 3 sigma (P)"),
        )
        self._add("ghosts", tr("Paler the longer ago (O)"))
        self._add("trails", tr("A dot for each iteration (T)"))
        self._add("seeds", tr("Where the means began, as numbered rings (Shift+S)"))
        self._add("truth", tr("What a generated cloud was drawn from (M)"))

    def _add_rest(self) -> None:
        tr = self.tr
        self._add("grid", tr("Lines at the numbers of the axes (G)"))
        self.equal = switch(
            tr("Equal aspect"), tr("A unit is as long across as upwards, so circles are round (Q)")
        )
        self.equal.clicked.connect(self.equal_requested)
        self.add_row("", self.equal, folded=True)
        self.glide = switch(
            tr("Glide between steps"), tr("Ellipses move to the next step instead of jumping (A)")
        )
        self.glide.clicked.connect(self.glide_requested)
        self.add_row("", self.glide, folded=True)
        self._bins = Number(0, MOST_BINS, tr("Bins of the histogram; 0 chooses by the data"))
        self._bins.setSpecialValueText(tr("Auto"))
        self._bins.valueChanged.connect(self._on_chosen)
        self.add_row(tr("Bins"), self._bins, folded=True)

    def _add(self, name: str, tip: str) -> None:
        box = switch(switch_names()[name], tip)
        box.toggled.connect(self._on_chosen)
        self._switches[name] = box
        self.add_row("", box, folded=True)

    def _on_chosen(self) -> None:
        layers = self.layers
        for name, box in self._switches.items():
            layers = layers.switched(name, box.isChecked())
        chosen = {name: choice.currentData() for name, choice in self._choices.items()}
        self.layers = replace(layers, **chosen, bins=self._bins.value() or None)
        self.layers_changed.emit(self.layers)
