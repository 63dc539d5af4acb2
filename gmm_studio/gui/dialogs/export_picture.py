"""The page of pictures: a preset, a preview, and all that can be chosen of a figure."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.core.errors import InputError
from gmm_studio.gui.canvas.act import Act
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.dialogs.export_page import ExportPage, Target, note_label, problem_label
from gmm_studio.gui.dialogs.figure_preview import FigurePreview
from gmm_studio.gui.dialogs.overlay_choice import OverlayChoice
from gmm_studio.gui.dialogs.sheet_form import SheetForm
from gmm_studio.gui.exporting import Job
from gmm_studio.gui.figures.figure import Figure, Sheet, Shot
from gmm_studio.gui.figures.presets import PRESETS, Preset, keep, kept, last_preset, usual
from gmm_studio.gui.figures.writers import check_figure, figure_job
from gmm_studio.gui.moment import name_of
from gmm_studio.gui.panels.controls import button
from gmm_studio.gui.translation import message_of

__all__ = ["PicturePage"]

_FORM = 264


class PicturePage(ExportPage):
    """Shows the figure as it will be while it is chosen.

    Parameters
    ----------
    shot : Shot
        What is on show.
    screen : Sheet
        The cloud view as a sheet.
    settings : QSettings
        Where the last choices are kept.
    scale : float
        Of the interface.

    Signals
    -------
    copy_requested(figure)
    """

    copy_requested = Signal(object)

    def __init__(
        self,
        shot: Shot,
        screen: Sheet,
        settings: QSettings,
        scale: float = 1.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("picture", "", parent)
        self.title = self.tr("Picture")
        self._shot, self._screen, self._settings = shot, screen, settings
        self._preset = last_preset(settings)
        self._problem = ""
        self.preview = FigurePreview(shot.palette)
        scene = shot.scene
        self.overlays = OverlayChoice(scene.cloud, scene.layers, _without_effect(scene))
        self.form = SheetForm(
            self.overlays,
            has_curve=shot.curve is not None,
            has_mixture=scene.mixture is not None,
        )
        self.form.setFixedWidth(round(_FORM * scale))
        self.caption = note_label()
        self.problem = problem_label()
        self.problem.hide()
        self._make_presets()
        self._lay_out()
        self.preview.refused.connect(self._on_refused)
        self.preview.failed.connect(self.failed)
        self.form.changed.connect(self._follow)
        self.choose(self._preset)

    def _make_presets(self) -> None:
        names: dict[Preset, tuple[str, str]] = {
            "slide": (self.tr("Slide"), self.tr("16 : 9 with large text")),
            "paper": (self.tr("Paper"), self.tr("A column wide, white, as PDF")),
            "web": (self.tr("Web"), self.tr("1,200 pixels wide, twice as fine")),
            "screen": (self.tr("Screen"), self.tr("The cloud view as it is")),
        }
        self.presets = QButtonGroup(self)
        for i, preset in enumerate(PRESETS):
            radio = QRadioButton(names[preset][0])
            radio.setToolTip(names[preset][1])
            radio.setAccessibleName(names[preset][0])
            radio.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.presets.addButton(radio, i)
        self.presets.idClicked.connect(lambda i: self.choose(PRESETS[i]))

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(24)
        for radio in self.presets.buttons():
            line.addWidget(radio)
        line.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(line)
        left.addWidget(self.preview, 1)
        left.addWidget(self.caption)
        left.addWidget(self.problem)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self.form)
        right.addStretch(1)
        right.addLayout(self._make_buttons())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 1)
        layout.addLayout(right)

    def _make_buttons(self) -> QHBoxLayout:
        reset = button(self.tr("Reset"), self.tr("The usual values of this preset"))
        reset.clicked.connect(self._reset)
        self.copy = button(self.tr("Copy"), self.tr("Copy this picture, also as SVG"))
        self.copy.clicked.connect(self._copy)
        line = QHBoxLayout()
        line.setSpacing(8)
        for one in (reset, self.copy):
            one.setAutoDefault(False)
            line.addWidget(one)
        return line

    # What is chosen

    @property
    def preset(self) -> Preset:
        """The preset that is chosen."""
        return self._preset

    @property
    def figure(self) -> Figure | None:
        """What would be saved; None while a number is none."""
        choices = self.form.choices
        shot = self._shot.with_layers(self.overlays.layers)
        return None if choices is None else Figure(shot, choices.sheet)

    @property
    def target(self) -> Target | None:
        """A file of the format that is chosen."""
        choices = self.form.choices
        if choices is None or self._problem:
            return None
        kinds = {
            "png": self.tr("PNG picture"),
            "svg": self.tr("SVG picture"),
            "pdf": self.tr("PDF"),
        }
        name = self.tr("picture-{t}").format(t=self._shot.scene.moment.iteration)
        return Target(name, (f".{choices.format}",), kinds[choices.format])

    def choose(self, preset: Preset) -> None:
        """Take a preset as it was used last."""
        self._preset = preset
        self.presets.button(PRESETS.index(preset)).setChecked(True)
        self.form.show_choices(kept(self._settings, preset, self._screen))
        self._follow()

    def job(self, path: Path) -> Job:
        """Write the figure."""
        figure = self.figure
        assert figure is not None
        return figure_job(path, figure)

    def remember(self) -> None:
        """Keep the choices of this preset."""
        choices = self.form.choices
        if choices is not None:
            keep(self._settings, self._preset, choices)

    def finish(self) -> None:
        """Give up the preview."""
        self.preview.finish()

    def _reset(self) -> None:
        self.overlays.reset()
        self.form.show_choices(usual(self._preset, self._screen))
        self._follow()

    def _copy(self) -> None:
        figure = self.figure
        if figure is not None and not self._problem:
            self.copy_requested.emit(figure)

    # What is shown of it

    def _follow(self) -> None:
        """Show what is chosen now."""
        choices, figure = self.form.choices, self.figure
        if choices is None or figure is None:
            self.preview.show_nothing_new()
            self._say(self.tr("Sizes must be numbers above 0."))
            return
        try:
            check_figure(figure, choices.format)
        except InputError as error:
            self.preview.show_nothing_new()
            self._say(message_of(error))
            return
        size = figure.size
        self.form.show_height(choices.sheet.units(size.height()))
        self.caption.setText(self._caption(figure))
        self._say("")
        self.preview.show_figure(figure)

    def _caption(self, figure: Figure) -> str:
        times, dot = " \N{MULTIPLICATION SIGN} ", " \N{MIDDLE DOT} "
        parts = [name_of(self._shot.scene.moment)]
        size, sheet = figure.size, figure.sheet
        if sheet.unit == "cm":
            lengths = (f"{sheet.units(length):.1f}" for length in (size.width(), size.height()))
            parts.append(self.tr("{size} cm").format(size=times.join(lengths)))
        if self.form.is_raster:
            pixels = times.join(f"{length:,}" for length in figure.device_size)
            parts.append(self.tr("{size} pixels").format(size=pixels))
        return dot.join(parts)

    def _on_refused(self, text: str) -> None:
        self._say(text)

    def _say(self, problem: str) -> None:
        self._problem = problem
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.caption.setVisible(not problem)
        self.copy.setEnabled(not problem)
        self.changed.emit()


def _without_effect(scene: Scene) -> set[str]:
    """Layers that would change nothing in what is on show."""
    found = set()
    if not scene.past:
        found.add("ghosts")
    if isinstance(scene.overlay, Act):
        # It has colours and a background of its own.
        found |= {"hard", "sizes", "background", "labels"}
    return found
