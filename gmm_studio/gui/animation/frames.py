"""Paints the frames of an animation, as figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEasingCurve, QSizeF
from PySide6.QtGui import QFont, QImage, QPainter

from gmm_studio.core.kernel import never
from gmm_studio.gui.animation.options import Animation
from gmm_studio.gui.animation.plan import Frame, Plan, moments_of
from gmm_studio.gui.animation.stillness import still_from
from gmm_studio.gui.animation.writing import Pixels
from gmm_studio.gui.canvas.mixture_painting import ellipse_lines
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, Selection, look_of
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.scenes import effective_layers, scene_between, scene_of
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import LIGHT, Palette, component_colour
from gmm_studio.gui.curves.overlay import Cursor
from gmm_studio.gui.curves.series import CurveKind
from gmm_studio.gui.figures.figure import Curve, Figure, Sheet, Shot
from gmm_studio.gui.figures.layout import framed, lay_out
from gmm_studio.gui.figures.painting import FigurePainter
from gmm_studio.gui.moment import Moment
from gmm_studio.gui.runs import RunRecord

__all__ = ["FramePainter", "Take", "figure_of", "fitted_viewport", "frame_figure", "plan_of"]

_STRIP = 2**22
"""The pixels that are painted at once: points and backgrounds take several times their memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A run as it is now, however it goes on, and how it is looked at.

    Attributes
    ----------
    run : RunRecord
        With at least one step.
    layers : Layers
    viewport : Viewport
        On the screen; frames show at least as much.
    palette : Palette
        The colours of the screen.
    font : QFont
        Its family.
    selection : ndarray of bool, shape (n,), or None
    kind : CurveKind
        What is drawn over the iterations.
    """

    run: RunRecord
    layers: Layers
    viewport: Viewport
    palette: Palette
    font: QFont
    selection: Selection | None = None
    kind: CurveKind = "log_likelihood"

    def __post_init__(self) -> None:
        frozen = replace(self.run, steps=list(self.run.steps))
        object.__setattr__(self, "run", frozen)
        shown = effective_layers(self.layers, frozen.document.configuration)
        # The maps of a seed are of no step.
        background = shown.background if shown.has_field else "none"
        object.__setattr__(self, "layers", replace(shown, background=background))

    @property
    def last(self) -> int:
        """The last iteration there is."""
        return len(self.run.steps) - 1


def plan_of(take: Take, animation: Animation) -> Plan:
    """The frames of an animation of a run.

    A flat tail is left out where that is asked for: it ends with the first step from which on
    nothing is visibly elsewhere than at the end, see `still_from`.
    """
    last = take.last if animation.last is None else min(animation.last, take.last)
    first = min(animation.first, last)
    if animation.trim:
        mixtures = [step.mixture for step in take.run.steps[first : last + 1]]
        start = _figure(take, animation.sheet, Moment(first), _scene(take, Moment(first)))
        d = take.run.cloud.d
        width, stretch = animation.sheet.width, animation.sheet.stretch
        area = lay_out(start, width / stretch, animation.size[1] / stretch).cloud
        viewport = framed(take.viewport, area.width(), area.height(), d)
        outermost = ellipse_lines(d, coverage=take.layers.coverage)[-1].sigma
        last = first + still_from(mixtures, viewport, outermost, stretch)
    return Plan(animation, moments_of(first, last, halves=animation.halves))


def figure_of(take: Take, sheet: Sheet, moment: Moment) -> Figure:
    """A moment of a run as a figure."""
    return _figure(take, sheet, moment, _scene(take, moment))


def frame_figure(take: Take, plan: Plan, iteration: int) -> Figure:
    """What a plan shows of an iteration, or the nearest that it has, as a figure."""
    moments = plan.moments
    moment = next((one for one in reversed(moments) if one.iteration <= iteration), moments[0])
    return _figure(take, plan.animation.sheet, moment, _scene(take, moment), _zoomed(take, plan))


class FramePainter:
    """Paints the frames of a plan. Belongs to one thread.

    Parameters
    ----------
    take : Take
    plan : Plan
    cancelled : callable
    scale : float
        Of each frame: the same with fewer pixels, for what needs to know how they are alone.
    """

    def __init__(
        self,
        take: Take,
        plan: Plan,
        cancelled: Callable[[], bool] = never,
        *,
        scale: float = 1.0,
    ) -> None:
        self._take, self._plan, self._cancelled = take, plan, cancelled
        self._sheet = plan.animation.sheet
        self._size = plan.animation.scaled_size(scale)
        self._renderer = Renderer()
        self._easing = QEasingCurve(QEasingCurve.Type.InOutCubic)
        self._zoomed = _zoomed(take, plan)

    def __call__(self, frame: Frame) -> Pixels:
        """The pixels of a frame.

        Raises
        ------
        InputError
            When there is no room for its parts.
        Cancelled
            When `cancelled` returned true.
        MemoryError
            When it is too large.
        """
        width, height = self._size
        figure = _figure(self._take, self._sheet, frame.after, self._scene(frame), self._zoomed)
        painting = FigurePainter(
            figure, QSizeF(width, height), renderer=self._renderer, cancelled=self._cancelled
        )
        pixels: Pixels = np.empty((height, width, 3), dtype=np.uint8)
        rows = max(1, _STRIP // width)
        for top in range(0, height, rows):
            bottom = min(top + rows, height)
            pixels[top:bottom] = _painted(painting, width, top, bottom)
        return pixels

    def _scene(self, frame: Frame) -> Scene:
        after = _scene(self._take, frame.after)
        if frame.share >= 1:
            return after
        share = self._easing.valueForProgress(frame.share)
        return scene_between(_scene(self._take, frame.before), after, share)

    @property
    def exact(self) -> list[tuple[int, int, int]]:
        """The colours that carry a meaning: what there may be 256 of has these as they are."""
        palette = Figure(_shot(self._take, _scene(self._take, Moment())), self._sheet).palette
        names = [palette.canvas, palette.text, palette.muted, palette.grid, palette.border]
        names += [palette.accent, palette.ghost]
        names += [component_colour(palette, j) for j in range(self._take.run.steps[0].mixture.k)]
        return [
            (int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16)) for name in names[:128]
        ]


def fitted_viewport(
    run: RunRecord, layers: Layers, width: float, height: float, *, equal: bool | None = None
) -> Viewport:
    """What the cloud view shows of a run when nobody has moved it, without its points."""
    request = PictureRequest(
        run.cloud,
        None,
        look_of(LIGHT, 1),
        width,
        height,
        1.0,
        reference=run.steps[-1].mixture,
        layers=layers,
        equal=equal,
    )
    return Renderer().viewport(request)


def _painted(painting: FigurePainter, width: int, top: int, bottom: int) -> Pixels:
    """The rows of pixels between two of them."""
    image = QImage(width, bottom - top, QImage.Format.Format_RGB32)
    if image.isNull():
        raise MemoryError
    with QPainter(image) as painter:
        painting.paint(painter, top, bottom)
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows: Pixels = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(bottom - top, -1)
    own: Pixels = rows[:, : 3 * width].copy()
    return own.reshape(bottom - top, width, 3)


def _zoomed(take: Take, plan: Plan) -> tuple[float, float] | None:
    """The iterations on the curve, where that are not all of them."""
    first, last = plan.moments[0].iteration, plan.moments[-1].iteration
    is_whole = first == 0 and last == take.last
    return None if is_whole or first == last else (float(first), float(last))


def _scene(take: Take, moment: Moment) -> Scene:
    return scene_of(take.run, moment, take.layers)


def _shot(take: Take, scene: Scene) -> Shot:
    return Shot(scene, take.viewport, take.palette, take.font, take.selection)


def _figure(
    take: Take,
    sheet: Sheet,
    moment: Moment,
    scene: Scene,
    zoomed: tuple[float, float] | None = None,
) -> Figure:
    run, cloud = take.run, take.run.cloud
    step = run.steps[min(moment.shape, take.last)]
    # Where the ellipses are: those of an E-step are of the step before.
    curve = Curve(take.kind, run, (), Cursor(step.index), zoomed)
    likelihood = cloud.own_log_likelihood(step.log_likelihood)
    return Figure(replace(_shot(take, scene), curve=curve, log_likelihood=likelihood), sheet)
