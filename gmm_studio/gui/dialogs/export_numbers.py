"""The pages of numbers: parameters, the trace, and points with their responsibilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication, QSettings, Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import Step
from gmm_studio.data.file_rows import use_rows
from gmm_studio.export.assignments import write_assignments
from gmm_studio.export.parameters import write_parameters
from gmm_studio.export.trace import trace_of, write_trace
from gmm_studio.gui.dialogs.export_page import ExportPage, Target
from gmm_studio.gui.exporting import Job
from gmm_studio.gui.panels.controls import Choice
from gmm_studio.gui.runs import RunRecord

__all__ = ["NumbersPage", "parameters_page", "points_page", "trace_page"]

_WIDTH = 420
_FORMAT = "export_format"

JobOf: TypeAlias = Callable[[Path, Step], Job]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of numbers.

    Attributes
    ----------
    key, title : str
        As of `ExportPage`.
    name : str
        Of a file, with {t} for the iteration.
    formats : mapping of str to str
        What each ending stands for, the usual one first.
    note : str
        What will be in the file.
    of_step : bool
        Whether it is of one step.
    job_of : callable
        Makes the work that writes it of a step to a file.
    """

    key: str
    title: str
    name: str
    formats: Mapping[str, str]
    note: str
    of_step: bool
    job_of: JobOf


class NumbersPage(ExportPage):
    """In which format, and of the last step of a run or of the one on show.

    Parameters
    ----------
    kind : Kind
    last, shown : Step
        Of the run on show.
    settings : QSettings
        Where the format is remembered.
    """

    def __init__(
        self,
        kind: Kind,
        last: Step,
        shown: Step,
        settings: QSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(kind.key, kind.title, parent)
        self._kind, self._settings = kind, settings
        self._steps = {"last": last, "shown": shown}
        self.format = Choice(
            {name: ending for ending, name in kind.formats.items()},
            self.tr("What the file is to be read by"),
        )
        self.format.setCurrentIndex(max(0, self.format.findData(settings.value(self._place))))
        self.step = Choice(self._names(), self.tr("Of which step it is"))
        for choice in (self.format, self.step):
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
            choice.currentIndexChanged.connect(self.changed)
        self.note = QLabel(kind.note)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for name, widget in ((self.tr("Format"), self.format), (self.tr("Step"), self.step)):
            widget.setAccessibleName(name)
            label = QLabel(name)
            label.setProperty("muted", True)
            form.addRow(label, widget)
        form.setRowVisible(self.step, self._kind.of_step)
        inside = QWidget()
        inside.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(inside)
        layout.addStretch(1)

    @property
    def _place(self) -> str:
        return f"{_FORMAT}/{self.key}"

    def _names(self) -> dict[str, str]:
        """What to call the steps that can be chosen, the last first."""
        last, shown = (self._steps[key].index for key in ("last", "shown"))
        if last == shown:
            return {self.tr("Iteration {t}, the last and on show").format(t=f"{last:,}"): "last"}
        return {
            self.tr("Iteration {t}, the last").format(t=f"{last:,}"): "last",
            self.tr("Iteration {t}, on show").format(t=f"{shown:,}"): "shown",
        }

    @property
    def _chosen(self) -> Step:
        return self._steps[str(self.step.currentData())]

    @property
    def target(self) -> Target | None:
        """A file of the format that is chosen; another one's ending counts too."""
        chosen, formats = str(self.format.currentData()), self._kind.formats
        endings = (chosen, *(ending for ending in formats if ending != chosen))
        return Target(self._kind.name.format(t=self._chosen.index), endings, formats[chosen])

    def job(self, path: Path) -> Job:
        """Write it."""
        return self._kind.job_of(path, self._chosen)

    def remember(self) -> None:
        """Offer the same format next time."""
        self._settings.setValue(self._place, self.format.currentData())


def parameters_page(run: RunRecord, shown: Step, settings: QSettings) -> NumbersPage:
    """Weights, means and covariances."""

    def job_of(path: Path, step: Step) -> Job:
        result, name = run.result(step), run.cloud.name
        return lambda _: write_parameters(path, result, name)

    formats = {
        ".json": _tr("JSON"),
        ".csv": _tr("CSV, a row for each component"),
        ".npz": _tr("NPZ, arrays for NumPy"),
        ".md": _tr("Markdown, a table to read"),
        ".tex": _tr("LaTeX, a table to read"),
    }
    note = _tr("Weights, means and covariances. JSON can be read back as a start.")
    kind = Kind(
        "parameters",
        _tr("Parameters"),
        _tr("mixture-{t}"),
        formats,
        note,
        of_step=True,
        job_of=job_of,
    )
    return NumbersPage(kind, run.steps[-1], shown, settings)


def trace_page(run: RunRecord, shown: Step, settings: QSettings) -> NumbersPage:
    """All steps of the run."""
    steps = tuple(run.steps)

    def job_of(path: Path, _: Step) -> Job:
        whole = trace_of(run.cloud, run.document.configuration, steps, run.stop)
        return lambda cancelled: write_trace(path, *whole, cancelled)

    formats = {
        ".csv": _tr("CSV, a row for each iteration"),
        ".json": _tr("JSON"),
        ".npz": _tr("NPZ, arrays for NumPy"),
    }
    note = _tr("Log-likelihood and parameters of every iteration, from 0 to {t}.")
    note = note.format(t=f"{steps[-1].index:,}")
    kind = Kind("trace", _tr("Trace"), _tr("trace"), formats, note, of_step=False, job_of=job_of)
    return NumbersPage(kind, steps[-1], shown, settings)


def points_page(run: RunRecord, shown: Step, settings: QSettings) -> NumbersPage:
    """To which component each point belongs."""
    cloud = run.cloud

    def job_of(path: Path, step: Step) -> Job:
        result = run.result(step)
        return lambda cancelled: write_assignments(path, cloud, result, use_rows, cancelled)

    formats = {
        ".csv": _tr("CSV, a row for each point"),
        ".json": _tr("JSON"),
        ".npz": _tr("NPZ, arrays for NumPy"),
    }
    kind = Kind(
        "points",
        _tr("Points"),
        _tr("points-{t}"),
        formats,
        _points_note(cloud),
        of_step=True,
        job_of=job_of,
    )
    return NumbersPage(kind, run.steps[-1], shown, settings)


def _points_note(cloud: PointCloud) -> str:
    what = _tr("Every point")
    if cloud.grid is not None:
        what = _tr("Every cell of the grid")
    elif cloud.source is not None:
        what = _tr("Every row of {file}").format(file=cloud.source.path.name)
    return _tr(
        "{what} with its responsibilities, its component and the logarithm of its density."
    ).format(what=what)


def _tr(text: str) -> str:
    return QCoreApplication.translate("NumbersPage", text)
