"""The parameters at the step on show."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gmm_studio.export.result import Result
from gmm_studio.gui.panels.controls import switch
from gmm_studio.gui.panels.parameter_cards import MARGIN, Figures, ParameterCards
from gmm_studio.gui.style import Style

__all__ = ["Figures", "ParametersPanel"]


class ParametersPanel(QScrollArea):
    """A card for each component, and the log-likelihood below them.

    Of a scaled cloud a switch above them chooses the units: the data's own, or the scaled ones.
    """

    component_clicked = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("parameters")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._cards = ParameterCards(style)
        self.setMinimumWidth(self._cards.minimumWidth())
        self._cards.component_clicked.connect(self.component_clicked)
        self.setWidget(self._cards)
        self._figures: Figures | None = None
        self.scaled_units = switch(
            self.tr("In scaled units"),
            self.tr("Show the parameters as they were fitted, not in the data's own units"),
            self,
        )
        self.scaled_units.toggled.connect(self._show)
        self.scaled_units.hide()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Parameters at the iteration on show"))

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._cards.set_style(style)
        self.setMinimumWidth(self._cards.minimumWidth())
        self._lay_out()

    def show_figures(self, figures: Figures | None) -> None:
        """Show a step; None shows that there is no start yet."""
        self._figures = figures
        has_units = figures is not None and figures.scaled is not None
        if has_units == self.scaled_units.isHidden():
            self.scaled_units.setVisible(has_units)
            self._lay_out()
        self._show()

    def _show(self) -> None:
        figures, result = self._figures, self.result
        if figures is not None and result is not None and result.in_scaled_units:
            figures = replace(figures, result=result, truth=figures.scaled_truth)
        self._cards.show_figures(figures)

    @property
    def result(self) -> Result | None:
        """What it shows, in the units that were chosen."""
        figures = self._figures
        if figures is None:
            return None
        return (figures.scaled if self.scaled_units.isChecked() else None) or figures.result

    def _lay_out(self) -> None:
        """The switch stays above the cards, however they are scrolled."""
        height = 0 if self.scaled_units.isHidden() else self.scaled_units.sizeHint().height() + 16
        self.setViewportMargins(0, height, 0, 0)
        self._place_switch()

    def _place_switch(self) -> None:
        height = self.scaled_units.sizeHint().height()
        self.scaled_units.setGeometry(MARGIN, 12, self.width() - 2 * MARGIN, height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the switch above the cards."""
        super().resizeEvent(event)
        self._place_switch()

    @property
    def text(self) -> str:
        """All figures as plain text, a line each, to copy or to read aloud."""
        return self._cards.text
