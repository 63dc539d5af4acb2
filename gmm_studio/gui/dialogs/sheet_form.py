"""The controls of a figure: format, size, look, parts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gmm_studio.gui.dialogs.look_choices import FontChoice, curve_choice, theme_choice
from gmm_studio.gui.dialogs.overlay_choice import OverlayChoice
from gmm_studio.gui.figures.figure import Sheet, Unit
from gmm_studio.gui.figures.presets import Choices
from gmm_studio.gui.panels.controls import Choice, Field, switch
from gmm_studio.gui.panels.section import pair

__all__ = ["SheetForm"]

_TIMES = (1.0, 2.0, 3.0, 4.0)
_DOTS = (150.0, 300.0, 600.0)
_INCH = 2.54


class SheetForm(QWidget):
    """Shows a sheet and a format, and says when a person changed them.

    Parameters
    ----------
    overlays : OverlayChoice
        Which layers the figure shows: that is of this figure alone, and no part of its sheet.
    has_curve, has_mixture : bool
        Whether there are a curve and parameters to show.
    """

    changed = Signal()

    def __init__(
        self,
        overlays: OverlayChoice,
        *,
        has_curve: bool,
        has_mixture: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        tr = self.tr
        self.overlays = overlays
        self._has_curve, self._has_mixture = has_curve, has_mixture
        self._unit: Unit = "px"
        self._is_showing = False
        self.format = Choice(
            {"PNG": "png", "SVG": "svg", "PDF": "pdf"},
            tr("SVG and PDF stay sharp at any size; PNG opens everywhere"),
        )
        self.width_ = Field(tr("Width of the figure"))
        self.height_ = Field(tr("Height; leave it empty for the proportions of the screen"))
        self.unit = Choice(
            {tr("Pixels"): "px", tr("Centimetres"): "cm"}, tr("What sizes are measured in")
        )
        self.fineness = Choice({}, tr("Pixels of the file"))
        self.font_size = Field(tr("Size of text; lines and points grow with it"))
        self.font_family = FontChoice()
        self.theme = theme_choice()
        self.transparent = switch(tr("Transparent ground"), tr("Leave the ground out"))
        self.curve = curve_choice()
        self.legend = switch(tr("Legend"), tr("What lines and points mean"))
        self.table = switch(tr("Table of parameters"), tr("Weights, means and covariances"))
        self.title = switch(tr("Title"), tr("The cloud and the iteration"))
        self._lay_out()
        self._follow()

    def _lay_out(self) -> None:
        size = QHBoxLayout()
        size.setSpacing(8)
        size.addWidget(self.width_, 1)
        size.addWidget(QLabel("\N{MULTIPLICATION SIGN}"))
        size.addWidget(self.height_, 1)
        text = QHBoxLayout()
        text.setSpacing(8)
        text.addWidget(self.font_size, 1)
        self._font_unit = QLabel()
        text.addWidget(self._font_unit, 1)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._row(self.tr("Format"), self.format)
        self._form.addRow(self._label(self.tr("Size")), size)
        self._row(self.tr("Unit"), self.unit)
        self._row(self.tr("Fineness"), self.fineness)
        self._row(self.tr("Font"), self.font_family)
        self._form.addRow(self._label(self.tr("Text")), text)
        self._row(self.tr("Theme"), self.theme)
        self._row(self.tr("Curve"), self.curve)
        self._row(self.tr("Overlays"), self.overlays)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._form)
        for one in (pair(self.legend, self.title), self.table, self.transparent):
            column.addWidget(one)
        names = {
            self.width_: self.tr("Width"),
            self.height_: self.tr("Height"),
            self.font_size: self.tr("Text"),
        }
        for widget, name in names.items():
            widget.setAccessibleName(name)
        labels = self.findChildren(QLabel, "row_label")
        for label in labels:
            label.setMinimumWidth(max(other.sizeHint().width() for other in labels))
        self._form.setRowVisible(self.curve, self._has_curve)
        self.table.setVisible(self._has_mixture)

    def _row(self, name: str, widget: QWidget) -> None:
        widget.setAccessibleName(name)
        self._form.addRow(self._label(name), widget)

    def _label(self, name: str) -> QLabel:
        label = QLabel(name)
        label.setObjectName("row_label")
        return label

    def _follow(self) -> None:
        for choice in (self.format, self.fineness, self.font_family, self.theme, self.curve):
            choice.currentIndexChanged.connect(self._on_change)
        for field in (self.width_, self.height_, self.font_size):
            field.textChanged.connect(self._on_change)
        for one in (self.legend, self.table, self.title, self.transparent):
            one.toggled.connect(self._on_change)
        self.unit.currentIndexChanged.connect(self._on_unit)
        self.overlays.changed.connect(self._on_change)

    # What is chosen

    @property
    def is_raster(self) -> bool:
        """Whether the format has pixels."""
        return bool(self.format.currentData() == "png")

    @property
    def choices(self) -> Choices | None:
        """What the controls say; None while a number is none."""
        width, height = self.width_.value(), self.height_.value()
        text = self.font_size.value()
        has_height = bool(self.height_.text().strip())
        if width is None or text is None or (has_height and height is None):
            return None
        if min(width, text, 1.0 if height is None else height) <= 0:
            return None
        sheet = Sheet(
            width,
            height,
            self._unit,
            float(self.fineness.currentData()),
            text,
            self.font_family.currentData(),
            self.theme.currentData(),
            transparent=self.transparent.isChecked(),
            curve=self.curve.currentData(),
            legend=self.legend.isChecked(),
            table=self.table.isChecked(),
            title=self.title.isChecked(),
        )
        return Choices(sheet, self.format.currentData())

    def show_choices(self, choices: Choices) -> None:
        """Show others without saying that they were chosen."""
        sheet = choices.sheet
        self._is_showing = True
        self._unit = sheet.unit
        self.unit.show_value(sheet.unit)
        self.format.show_value(choices.format)
        self._offer_fineness(sheet.resolution)
        self.width_.show_value(sheet.width)
        self.font_size.show_value(sheet.font_size)
        if sheet.height is None:
            self.height_.clear()
        else:
            self.height_.show_value(sheet.height)
        self.font_family.show_family(sheet.font_family)
        self.theme.show_value(sheet.theme)
        self.curve.show_value(sheet.curve)
        self.transparent.setChecked(sheet.transparent)
        self.legend.setChecked(sheet.legend)
        self.table.setChecked(sheet.table)
        self.title.setChecked(sheet.title)
        self._is_showing = False
        self._show_rows()

    def show_height(self, height: float) -> None:
        """Say how high the figure is by itself."""
        self.height_.setPlaceholderText(f"{height:.1f}" if self._unit == "cm" else f"{height:.0f}")

    def _offer_fineness(self, resolution: float) -> None:
        offered = _TIMES if self._unit == "px" else _DOTS
        values = sorted({*offered, resolution})
        self.fineness.clear()
        for value in values:
            text = self.tr("{n} times") if self._unit == "px" else self.tr("{n} dpi")
            self.fineness.addItem(text.format(n=f"{value:g}"), value)
        self.fineness.show_value(resolution)

    def _show_rows(self) -> None:
        self._form.setRowVisible(self.fineness, self.is_raster)
        self._font_unit.setText(self.tr("px") if self._unit == "px" else self.tr("pt"))

    def _on_change(self) -> None:
        if not self._is_showing:
            self._show_rows()
            self.changed.emit()

    def _on_unit(self) -> None:
        """The figure stays as large as it is."""
        if self._is_showing:
            return
        self._is_showing = True
        before, self._unit = self._unit, self.unit.currentData()
        length, text = (96 / _INCH, 96 / 72) if before == "cm" else (_INCH / 96, 72 / 96)
        for field, factor in (
            (self.width_, length),
            (self.height_, length),
            (self.font_size, text),
        ):
            value = field.value()
            if value is not None:
                field.show_value(round(value * factor, 2))
        self._offer_fineness(2.0 if self._unit == "px" else 300.0)
        self._is_showing = False
        self._on_change()
