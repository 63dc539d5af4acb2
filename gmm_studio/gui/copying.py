"""What is on show, copied in one of several forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.export.code import numpy_code, sklearn_code
from gmm_studio.export.parameters import parameters_csv, parameters_json
from gmm_studio.export.result import Result
from gmm_studio.export.summary import latex_table, markdown_table
from gmm_studio.gui.panels.parameters_panel import ParametersPanel
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.session import Session

__all__ = ["LARGEST", "Copying"]

LARGEST = 2**23
"""The most characters that are copied. Handing them over took 10 ms, and another program's pasting
them 18 ms, during which the window does nothing else."""

_Composed: TypeAlias = Callable[[Callable[[], bool]], str]
"""Makes a text; gives up when its argument returns true."""

_PARAMETERS: dict[str, Callable[[Result, str], str]] = {
    "json": lambda result, _: parameters_json(result),
    "csv": lambda result, _: parameters_csv(result.step.mixture),
    "markdown": markdown_table,
    "latex": latex_table,
    "sklearn": sklearn_code,
    "numpy": numpy_code,
}
"""Forms of the parameters beside plain text: made of a result and the name of its cloud."""


@dataclass(frozen=True, slots=True, eq=False)
class _Copy:
    """A text, and what is said once it is copied."""

    text: str
    said: str


class Copying(QObject):
    """Copies the parameters that the panel shows, the trace and the points, in its units.

    What grows with the run or the cloud is made in the background; the newest wins. What makes it
    is loaded there, and not when the program starts.

    Signals
    -------
    copied(text)
        What was copied, and of which step.
    """

    copied = Signal(str)

    def __init__(self, session: Session, panel: ParametersPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._panel = session, panel
        session.composed.connect(self._put)

    def copy(self, form: str) -> None:
        """Copy the parameters, the trace or the points.

        Parameters
        ----------
        form : str
            Of the parameters "text", "json", "csv", "markdown", "latex", "sklearn" or "numpy". Of
            the trace and the points "cells" (with tabs), "csv" or "json", after "trace_" or
            "points_".
        """
        run, step, result = self._session.shown, self._session.step, self._panel.result
        if run is None or step is None or result is None:
            self.copied.emit(self.tr("There is nothing to copy yet. Place the seeds first."))
        elif form.startswith("trace_"):
            self._copy_trace(form.removeprefix("trace_"), run, result.in_scaled_units)
        elif form.startswith("points_"):
            shown = run.result(step, in_scaled_units=result.in_scaled_units)
            self._copy_points(form.removeprefix("points_"), run, shown)
        else:
            self._copy_parameters(form, result)

    def _copy_parameters(self, form: str, result: Result) -> None:
        name = self._session.document.cloud.name
        text = self._panel.text if form == "text" else _PARAMETERS[form](result, name)
        what = self.tr("the parameters of iteration {t}").format(t=f"{result.step.index:,}")
        self._session.stop_composing()
        self._put(_Copy(text, self._said(form, what, in_scaled_units=result.in_scaled_units)))

    def _copy_trace(self, form: str, run: RunRecord, in_scaled_units: bool) -> None:
        cloud, configuration = run.cloud, run.document.configuration
        steps, stop = tuple(run.steps), run.stop
        what = self.tr("the trace, iterations 0 to {t}").format(t=f"{steps[-1].index:,}")

        def compose(cancelled: Callable[[], bool]) -> str:
            from gmm_studio.export.trace import trace_csv, trace_json, trace_of

            result, own = trace_of(
                cloud, configuration, steps, stop, in_scaled_units=in_scaled_units
            )
            texts: dict[str, Callable[[], Iterator[str]]] = {
                "cells": lambda: trace_csv(own, "\t"),
                "csv": lambda: trace_csv(own),
                "json": lambda: trace_json(result, own),
            }
            return _collected(texts[form](), cancelled)

        said = self._said(form, what, in_scaled_units=in_scaled_units)
        self._compose(compose, said, self.tr("Copying the trace"))

    def _copy_points(self, form: str, run: RunRecord, result: Result) -> None:
        cloud = run.cloud
        what = self.tr("the points with the responsibilities of iteration {t}")

        def compose(cancelled: Callable[[], bool]) -> str:
            from gmm_studio.data.file_rows import use_rows
            from gmm_studio.export import assignments
            from gmm_studio.export.assigned import use_assigned

            text = {
                "cells": assignments.assignments_cells,
                "csv": assignments.assignments_csv,
                "json": assignments.assignments_json,
            }[form]
            return use_assigned(
                cloud,
                result,
                use_rows,
                lambda assigned: _collected(text(assigned), cancelled),
                cancelled,
            )

        said = self._said(
            form,
            what.format(t=f"{result.step.index:,}"),
            in_scaled_units=result.in_scaled_units,
        )
        self._compose(compose, said, self.tr("Copying the points"))

    def _compose(self, compose: _Composed, said: str, doing: str) -> None:
        self._session.compose(lambda cancelled: _Copy(compose(cancelled), said), doing)

    def _put(self, copy: _Copy) -> None:
        QGuiApplication.clipboard().setText(copy.text)
        self.copied.emit(copy.said)

    def _said(self, form: str, what: str, *, in_scaled_units: bool) -> str:
        said = self.tr("Copied as {form}: {what}")
        if in_scaled_units:
            said = self.tr("Copied as {form}: {what}, in scaled units")
        return said.format(form=self._name(form), what=what)

    def _name(self, form: str) -> str:
        return {
            "text": self.tr("plain text"),
            "cells": self.tr("cells for a spreadsheet"),
            "json": self.tr("JSON"),
            "csv": self.tr("CSV"),
            "markdown": self.tr("Markdown"),
            "latex": self.tr("LaTeX"),
            "sklearn": self.tr("Python for scikit-learn"),
            "numpy": self.tr("Python for NumPy"),
        }[form]


def _collected(parts: Iterable[str], cancelled: Callable[[], bool]) -> str:
    """The whole text, unless it is too long."""
    texts, length = [], 0
    for part in parts:
        if cancelled():
            raise Cancelled
        texts.append(part)
        length += len(part)
        if length > LARGEST:
            raise InputError("This is too much to copy. Export it as a file instead (Ctrl+E).")
    # What UTF-8 cannot say becomes the escape that it becomes in a file.
    return "".join(texts).encode(errors="backslashreplace").decode()
