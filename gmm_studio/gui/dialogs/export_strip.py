"""The page of strips: which iterations are side by side, and how the figure is made."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gmm_studio.core.errors import InputError
from gmm_studio.gui.animation.frames import Take, figure_of
from gmm_studio.gui.dialogs.export_page import ExportPage, Target, problem_label
from gmm_studio.gui.dialogs.figure_preview import FigurePreview
from gmm_studio.gui.dialogs.overlay_choice import overlays_of
from gmm_studio.gui.dialogs.sheet_form import SheetForm
from gmm_studio.gui.exporting import Job
from gmm_studio.gui.figures.figure import Sheet
from gmm_studio.gui.figures.presets import Choices
from gmm_studio.gui.figures.strip import Strip, chosen_iterations
from gmm_studio.gui.figures.writers import check_figure, figure_job
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.translation import message_of

__all__ = ["StripPage"]

_KEY = "strip"
_FORM = 264
_MOST = 24
_USUAL = Choices(Sheet(1200, resolution=2))


class StripPage(ExportPage):
    """Shows the strip as it will be while its iterations are chosen.

    Parameters
    ----------
    take : Take
        The run, and how it is looked at.
    settings : QSettings
        Where the last choice of iterations is kept.
    scale : float
        Of the interface.
    """

    def __init__(
        self, take: Take, settings: QSettings, scale: float = 1.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(_KEY, "", parent)
        self.title = self.tr("Strip")
        self._take, self._settings = take, settings
        self._end = self.tr("end")
        self.preview = FigurePreview(take.palette)
        self.iterations = QLineEdit()
        self.iterations.setAccessibleName(self.tr("Iterations"))
        self.iterations.setToolTip(self.tr("The iterations that are shown, parted by commas"))
        self.overlays = overlays_of(take)
        self.form = SheetForm(self.overlays, has_curve=False, has_mixture=False)
        self.form.legend.hide()
        self.form.title.hide()
        self.problem = problem_label()
        self._lay_out(scale)
        self.form.show_choices(_USUAL)
        usual = ", ".join([*map(str, chosen_iterations(take.last)[:-1]), self._end])
        self.iterations.setText(str(settings.value(_KEY, "")) or usual)
        self.iterations.textChanged.connect(self._follow)
        self.form.changed.connect(self._follow)
        self.preview.refused.connect(self._say)
        self.preview.failed.connect(self.failed)
        self._follow()

    def _lay_out(self, scale: float) -> None:
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.preview, 1)
        left.addWidget(self.problem)
        side = QWidget()
        side.setFixedWidth(round(_FORM * scale))
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        name = QLabel(self.tr("Iterations"))
        name.setObjectName("row_label")
        right.addWidget(name)
        right.addWidget(self.iterations)
        right.addSpacing(8)
        right.addWidget(self.form)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 1)
        layout.addWidget(side)

    # What is chosen

    @property
    def chosen(self) -> tuple[int, ...]:
        """The iterations that are written there and that the run has.

        Raises
        ------
        InputError
            When something else is written there.
        """
        parts = [part for part in re.split(r"[\s,;]+", self.iterations.text()) if part]
        if not parts or not all(part == self._end or part.isdecimal() for part in parts):
            raise InputError("Write iterations parted by commas, such as 1, 2, 5, end.")
        last = self._take.last
        found = {last if part == self._end else int(part) for part in parts}
        there = sorted(t for t in found if t <= last)
        if not there:
            raise InputError("The run ends with iteration {last}.", last=last)
        if len(there) > _MOST:
            raise InputError("A strip shows at most {most} iterations.", most=_MOST)
        return tuple(there)

    @property
    def figure(self) -> Strip:
        """What would be saved.

        Raises
        ------
        InputError
            When that is nothing that can be made.
        """
        choices = self.form.choices
        if choices is None:
            raise InputError("Sizes must be numbers above 0.")
        sheet = replace(choices.sheet, legend=False, title=False)
        take = replace(self._take, layers=self.overlays.layers)
        made = Strip.of([figure_of(take, sheet, Moment(t)) for t in self.chosen])
        check_figure(made, choices.format)
        return made

    @property
    def target(self) -> Target | None:
        """A file of the format that is chosen."""
        choices = self.form.choices
        if choices is None or not self.problem.isHidden():
            return None
        kinds = {
            "png": self.tr("PNG picture"),
            "svg": self.tr("SVG picture"),
            "pdf": self.tr("PDF"),
        }
        return Target(self.tr("strip"), (f".{choices.format}",), kinds[choices.format])

    def job(self, path: Path) -> Job:
        """Write the strip."""
        return figure_job(path, self.figure)

    def remember(self) -> None:
        """Keep the iterations."""
        self._settings.setValue(_KEY, self.iterations.text())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Paint only what is looked at."""
        super().showEvent(event)
        self._follow()

    def finish(self) -> None:
        """Give up the preview."""
        self.preview.finish()

    # What is shown of it

    def _follow(self) -> None:
        """Show what is chosen now."""
        try:
            figure = self.figure
        except InputError as error:
            self.preview.show_nothing_new()
            self._say(message_of(error))
            return
        self._say("")
        self.form.show_height(figure.sheet.units(figure.size.height()))
        if self.isVisible():
            self.preview.show_figure(figure)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.changed.emit()
