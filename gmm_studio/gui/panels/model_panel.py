"""How many components, and how they are fitted."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.document import LARGEST_K, Document
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.panels.controls import Choice, Field, Number
from gmm_studio.gui.panels.section import Section
from gmm_studio.gui.panels.update_rules import changes_for, choice_of, rule_names, rule_promises
from gmm_studio.gui.translation import message_of

__all__ = ["ModelPanel", "covariance_names"]


_DRAWING = ("stochastic", "annealing")


def covariance_names(widget: QWidget) -> dict[str, str]:
    """What people read for each structure of the covariances."""
    return {
        "full": widget.tr("Full"),
        "tied": widget.tr("Tied (one for all)"),
        "diagonal": widget.tr("Diagonal"),
        "spherical": widget.tr("Spherical"),
    }


class ModelPanel(Section):
    """Shows a document's model and says what should be another."""

    k_requested = Signal(int)
    configuration_requested = Signal(object, str)
    refused = Signal(str)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Model"), palette, parent)
        tr = self.tr
        self._configuration = Configuration()
        self.k = Number(1, LARGEST_K, tr("How many Gaussians the mixture has"))
        self.k.valueChanged.connect(self.k_requested)
        names = {text: value for value, text in covariance_names(self).items()}
        self.covariance = Choice(names, tr("The shape that the covariances may take"))
        self.covariance.activated.connect(self._on_covariance)
        self.tolerance = Field(
            tr("Converged when the log-likelihood changes by less than this per point; 0 never")
        )
        self.tolerance.editingFinished.connect(self._on_tolerance)
        self.limit = Number(0, 1_000_000, tr("At most so many iterations"))
        self.limit.setSingleStep(100)
        self.limit.valueChanged.connect(self._on_limit)
        self.floor = Field(
            tr("Keeps each variance above this share of the cloud's variance; 0 switches it off")
        )
        self.floor.editingFinished.connect(self._on_floor)
        rules = {text: value for value, text in rule_names().items()}
        self.rule = Choice(rules, tr("How each step makes the next mixture"))
        self.rule.activated.connect(self._on_rule)
        self.rule.setAccessibleName(tr("Update rule"))
        self.random_state = Number(
            0, 2**31 - 1, tr("The same number draws the same way of a rule that draws")
        )
        self.random_state.valueChanged.connect(self._on_random_state)
        self.promise = QLabel()
        self.promise.setProperty("muted", True)
        self.promise.setWordWrap(True)
        self.add_row(tr("Components"), self.k)
        self.add_row("", self.rule, folded=True)
        self.add_row(tr("Random seed"), self.random_state, folded=True)
        self.add_row("", self.promise, folded=True)
        self.add_row(tr("Covariance"), self.covariance, folded=True)
        self.add_row(tr("Tolerance"), self.tolerance, folded=True)
        self.add_row(tr("Iterations"), self.limit, folded=True)
        self.add_row(tr("Variance floor"), self.floor, folded=True)

    def show_document(self, document: Document) -> None:
        """Show the model of a document."""
        self._configuration = document.configuration
        self.k.show_value(document.k)
        self._show_configuration()

    def _show_configuration(self) -> None:
        choice = choice_of(self._configuration)
        self.rule.show_value(choice)
        self.promise.setText(rule_promises()[choice])
        self.random_state.show_value(self._configuration.random_state)
        self.show_row(self.random_state, choice in _DRAWING)
        self.covariance.show_value(self._configuration.covariance)
        self.tolerance.show_value(self._configuration.tolerance)
        self.limit.show_value(self._configuration.max_iterations)
        self.floor.show_value(self._configuration.variance_floor)

    def _on_rule(self) -> None:
        self._request(self.tr("Update rule"), **changes_for(self.rule.currentData()))

    def _on_random_state(self, number: int) -> None:
        self._request(self.tr("Random seed of the rule"), random_state=number)

    def _on_covariance(self) -> None:
        self._request(self.tr("Covariance"), covariance=self.covariance.currentData())

    def _on_tolerance(self) -> None:
        self._request_number(self.tr("Tolerance"), self.tolerance, "tolerance")

    def _on_limit(self, limit: int) -> None:
        self._request(self.tr("Iterations"), max_iterations=limit)

    def _on_floor(self) -> None:
        self._request_number(self.tr("Variance floor"), self.floor, "variance_floor")

    def _request_number(self, text: str, field: Field, name: str) -> None:
        value = field.value()
        if value is None:
            self.refused.emit(self.tr("{name} must be a number.").format(name=text))
            field.show_value(getattr(self._configuration, name))
        else:
            self._request(text, **{name: value})

    def _request(self, text: str, **changes: object) -> None:
        try:
            configuration = replace(self._configuration, **changes)  # type: ignore[arg-type]
        except InputError as error:
            self.refused.emit(message_of(error))
            self._show_configuration()
            return
        if configuration != self._configuration:
            self.configuration_requested.emit(configuration, text)
