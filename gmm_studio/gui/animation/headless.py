"""Figures and animations of a fit without a window; no display is needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QGuiApplication

from gmm_studio.core.em import Run
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.document import Document, Given
from gmm_studio.gui.animation.frames import FramePainter, Take, figure_of, fitted_viewport, plan_of
from gmm_studio.gui.animation.making import Progress, save_animation
from gmm_studio.gui.animation.options import Animation, format_of, text_size
from gmm_studio.gui.animation.plan import Plan
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.curves.kinds import kinds_of
from gmm_studio.gui.curves.series import CurveKind
from gmm_studio.gui.figures.figure import CurvePlace, Sheet, Theme, Unit
from gmm_studio.gui.figures.strip import Strip
from gmm_studio.gui.figures.writers import save_figure
from gmm_studio.gui.lessons.layer_values import layers_of
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.projects.saved_view import SavedView
from gmm_studio.gui.runs import RunRecord

__all__ = ["Animation", "Look", "Moment", "SavedView", "animate", "format_of", "render"]

_PAPER_DOTS = 300.0
"""Per inch, where a size is given in centimetres."""

_PAPER_TEXT = 8.0
"""In points."""

_BACKGROUNDS = ("density", "regions", "uncertainty")
_PARTS = ("legend", "title", "table")


@dataclass(frozen=True, slots=True)
class Look:
    """What a figure shows of a fit, and how.

    Attributes
    ----------
    width, height : float
        In units.
    unit : {"px", "cm"}
    theme : {"light", "dark", "paper"}
    curve : {"none", "below", "beside"}
    fineness : float
        Of a PNG: times as many pixels as the size says, of which a centimetre has those of 300 dpi.
    transparent : bool
        Whether the ground is left out.
    show, hide : tuple of str
        Switches of `Layers`, backgrounds, labels, and parts of a figure (legend, title, table)
        that are other than in the view.
    view : SavedView
        How a project was looked at.
    """

    width: float = 900
    height: float = 600
    unit: Unit = "px"
    theme: Theme = "light"
    curve: CurvePlace = "none"
    show: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    view: SavedView = field(default_factory=SavedView)
    fineness: float = 1.0
    transparent: bool = False

    @property
    def layers(self) -> Layers:
        """What is shown of the mixture; maps of a seed take a window."""
        layers = layers_of(self.view.views.layers)
        if not layers.has_field:
            layers = replace(layers, background="none")
        for names, on in ((self.show, True), (self.hide, False)):
            for switch in (_switch(layers, name) for name in names if name not in _PARTS):
                if layers.is_on(switch) != on:
                    layers = layers.switched(switch, on)
        return layers

    @property
    def sheet(self) -> Sheet:
        """How a figure is made."""
        is_paper = self.unit == "cm"
        return Sheet(
            self.width,
            self.height,
            unit=self.unit,
            resolution=self.fineness * (_PAPER_DOTS if is_paper else 1.0),
            font_size=_PAPER_TEXT if is_paper else text_size(self.width, self.height),
            theme=self.theme,
            transparent=self.transparent,
            curve=self.curve,
            legend="legend" not in self.hide,
            table="table" in self.show,
            title="title" in self.show,
        )


def _switch(layers: Layers, name: str) -> str:
    """The switch of `Layers` that a name stands for."""
    if name in _BACKGROUNDS:
        return f"background_{name}"
    if name == "labels":
        return f"labels_{'colour' if layers.labels == 'none' else layers.labels}"
    return name


def render(path: Path, run: Run, look: Look, moments: Sequence[Moment | None]) -> None:
    """Write one moment of a run as a figure, or several side by side.

    Parameters
    ----------
    path : Path
        Ends in ``.svg``, ``.pdf`` or ``.png``.
    run : Run
    look : Look
    moments : sequence of (Moment or None)
        None is the last iteration. Of several, those that the run does not have are left out.

    Raises
    ------
    InputError
        When the run has no such iteration, or the file cannot be written, with the reason.
    """
    wanted = [moment or Moment(run.iterations) for moment in moments]
    there = [moment for moment in wanted if moment.iteration <= run.iterations]
    if not there:
        _check_iteration(run, min(moment.iteration for moment in wanted))
    with _qt():
        take = _take(run, look, look.sheet)
        chosen = set(there)
        in_order = sorted(chosen, key=lambda moment: moment.iteration)
        figures = [figure_of(take, look.sheet, moment) for moment in in_order]
        save_figure(path, figures[0] if len(figures) == 1 else Strip.of(figures))


def animate(
    path: Path,
    run: Run,
    look: Look,
    animation: Animation,
    *,
    progress: Progress = lambda done, count: None,
    cancelled: Callable[[], bool] = never,
) -> Plan:
    """Write a run as an animation, and return which frames it has.

    Parameters
    ----------
    path : Path
    run : Run
    look : Look
        Its layers and view; all else is in the animation.
    animation : Animation
    progress, cancelled : callable

    Raises
    ------
    InputError
        When the run has no such iterations, or the file cannot be written, with the reason.
    Cancelled
        When `cancelled` returned true.
    """
    _check_iteration(run, animation.first)
    _check_iteration(run, animation.last)
    with _qt():
        take = _take(run, look, animation.sheet)
        plan = plan_of(take, animation)
        painter = FramePainter(take, plan, cancelled)
        save_animation(path, plan, painter, painter.exact, progress=progress, cancelled=cancelled)
    return plan


def _take(run: Run, look: Look, sheet: Sheet) -> Take:
    document = Document(run.cloud, run.start.k, Given(run.start), run.configuration)
    record = RunRecord(1, document, list(run.steps), run.stop)
    height = sheet.width if sheet.height is None else sheet.height
    size = (sheet.pixels(length) / sheet.stretch for length in (sheet.width, height))
    view, layers, font = look.view, look.layers, QFont(QGuiApplication.font())
    viewport = view.viewport or fitted_viewport(record, layers, *size, equal=view.equal)
    is_known = view.views.curve in kinds_of(record)
    kind = cast("CurveKind", view.views.curve) if is_known else "log_likelihood"
    return Take(record, layers, viewport, LIGHT, font, kind=kind)


def _check_iteration(run: Run, t: int | None) -> None:
    if t is not None and t > run.iterations:
        raise InputError(
            "There is no iteration {t}: the run ends with iteration {last}.",
            t=t,
            last=run.iterations,
        )


@contextmanager
def _qt() -> Iterator[None]:
    """Text cannot be painted without an application; one that needs no display is begun."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QCoreApplication.instance() or QGuiApplication(["gmm-studio"])
    yield
    del application
