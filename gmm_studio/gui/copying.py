"""What is on show, copied in one of several forms."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from gmm_studio.export.code import numpy_code, sklearn_code
from gmm_studio.export.parameters import parameters_csv, parameters_json
from gmm_studio.export.result import Result
from gmm_studio.export.summary import latex_table, markdown_table
from gmm_studio.gui.panels.parameters_panel import ParametersPanel
from gmm_studio.gui.session import Session

__all__ = ["Copying"]

_FORMS: dict[str, Callable[[Result, str], str]] = {
    "json": lambda result, _: parameters_json(result),
    "csv": lambda result, _: parameters_csv(result.step.mixture),
    "markdown": markdown_table,
    "latex": latex_table,
    "sklearn": sklearn_code,
    "numpy": numpy_code,
}
"""The forms beside plain text: made of a result and the name of its cloud."""


class Copying(QObject):
    """Copies the parameters that the panel shows, in its units.

    Signals
    -------
    copied(text)
        What was copied, and of which step.
    """

    copied = Signal(str)

    def __init__(self, session: Session, panel: ParametersPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._panel = session, panel

    def copy(self, form: str) -> None:
        """Copy as "text", "json", "csv", "markdown", "latex", "sklearn" or "numpy"."""
        result = self._panel.result
        if result is None:
            self.copied.emit(self.tr("There is nothing to copy yet. Place the seeds first."))
            return
        name = self._session.document.cloud.name
        text = self._panel.text if form == "text" else _FORMS[form](result, name)
        QGuiApplication.clipboard().setText(text)
        said = self.tr("Copied as {form}: the parameters of iteration {t}")
        if result.in_scaled_units:
            said = self.tr("Copied as {form}: the parameters of iteration {t}, in scaled units")
        self.copied.emit(said.format(form=self._name(form), t=f"{result.step.index:,}"))

    def _name(self, form: str) -> str:
        return {
            "text": self.tr("plain text"),
            "json": self.tr("JSON"),
            "csv": self.tr("CSV"),
            "markdown": self.tr("Markdown"),
            "latex": self.tr("LaTeX"),
            "sklearn": self.tr("Python for scikit-learn"),
            "numpy": self.tr("Python for NumPy"),
        }[form]
