"""What a figure shows and how: everything that paints or writes one takes this description."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

from PySide6.QtCore import QCoreApplication, QSizeF
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QPainter

from gmm_studio.core.kernel import never
from gmm_studio.gui.canvas.rendering import Renderer, Selection
from gmm_studio.gui.canvas.scene import Layers, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette
from gmm_studio.gui.curves.chart import Chart
from gmm_studio.gui.curves.kinds import chart_of, kind_names
from gmm_studio.gui.curves.overlay import Cursor
from gmm_studio.gui.curves.series import CurveKind, History
from gmm_studio.gui.moment import name_of
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.style import Style

__all__ = ["PAPER", "Curve", "CurvePlace", "Figure", "Sheet", "Shot", "Theme", "Unit"]

Theme: TypeAlias = Literal["screen", "light", "dark", "paper"]
Unit: TypeAlias = Literal["px", "cm"]
CurvePlace: TypeAlias = Literal["none", "below", "beside"]

PAPER = replace(LIGHT, text="#000000", muted="#000000", grid="#e8e8e8", border="#8c8c8c")
"""White, with black text."""

TEXT = 13.0
"""The size of text in logical pixels: a figure is laid out in these, and then stretched."""

_INCH_CM, _INCH_PX, _INCH_PT = 2.54, 96.0, 72.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a figure is made.

    Attributes
    ----------
    width : float
        In units.
    height : float or None
        In units; None gives the cloud the proportions it has on the screen.
    unit : {"px", "cm"}
        A pixel is 1/96 inch.
    resolution : float
        Of pictures: pixels of the file for each pixel, or for each inch where the unit is cm.
    font_size : float
        In pixels, or in points where the unit is cm. Lines and points grow with it.
    font_family : str
        Of all text; that of the screen where it is empty, or where there is no such font.
    theme : {"screen", "light", "dark", "paper"}
    transparent : bool
        Whether the ground is left out.
    curve : {"none", "below", "beside"}
        Where the curve over the iterations is.
    legend, table, title : bool
        Whether it is said what lines mean, what the parameters are, what is shown.
    """

    width: float
    height: float | None = None
    unit: Unit = "px"
    resolution: float = 1.0
    font_size: float = TEXT
    font_family: str = ""
    theme: Theme = "screen"
    transparent: bool = False
    curve: CurvePlace = "none"
    legend: bool = True
    table: bool = False
    title: bool = False

    @property
    def ratio(self) -> float:
        """Pixels of the file for each of 1/96 inch."""
        return self.resolution if self.unit == "px" else self.resolution / _INCH_PX

    @property
    def stretch(self) -> float:
        """Pixels of 1/96 inch for each logical pixel."""
        points = 1.0 if self.unit == "px" else _INCH_PX / _INCH_PT
        return self.font_size * points / TEXT

    def pixels(self, length: float) -> float:
        """A length in units, in pixels of 1/96 inch."""
        return length if self.unit == "px" else length * _INCH_PX / _INCH_CM

    def units(self, pixels: float) -> float:
        """A length in pixels of 1/96 inch, in units."""
        return pixels if self.unit == "px" else pixels * _INCH_CM / _INCH_PX


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The curve over the iterations, as it is on the screen.

    Attributes
    ----------
    kind : CurveKind
    run : RunRecord
        That nobody changes any more.
    ghosts : tuple of RunRecord
    cursor : Cursor
    zoomed : tuple of float or None
        The first and the last iteration in sight; None shows all.
    """

    kind: CurveKind
    run: RunRecord
    ghosts: tuple[RunRecord, ...]
    cursor: Cursor
    zoomed: tuple[float, float] | None = None

    @classmethod
    def of(
        cls,
        kind: CurveKind,
        run: RunRecord,
        ghosts: Sequence[RunRecord],
        cursor: Cursor,
        zoomed: tuple[float, float] | None = None,
    ) -> Curve:
        """The curve of a run as it is now, however it goes on."""
        frozen = [replace(one, steps=list(one.steps)) for one in (run, *ghosts)]
        return cls(kind, frozen[0], tuple(frozen[1:]), cursor, zoomed)

    @property
    def name(self) -> str:
        """What the curve is of."""
        return kind_names()[self.kind]

    def chart(self, palette: Palette) -> Chart:
        """What is drawn, in the colours of a theme."""
        return chart_of(self.kind, self.run, self.ghosts, _history, palette)


def _history(run: RunRecord) -> History:
    return History(run.steps, run.cloud.own_log_likelihood(0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What is on show.

    Attributes
    ----------
    scene : Scene
        With its moment; its points are painted anew.
    viewport : Viewport
        On the screen; a figure shows at least as much.
    palette : Palette
        The colours of the screen.
    font : QFont
        Its family.
    selection : ndarray of bool, shape (n,), or None
        The points that are marked.
    curve : Curve or None
    log_likelihood : float or None
        Of the mixture on show, in the data's own units.
    """

    scene: Scene
    viewport: Viewport
    palette: Palette
    font: QFont
    selection: Selection | None = None
    curve: Curve | None = None
    log_likelihood: float | None = None

    @property
    def name(self) -> str:
        """Of the cloud."""
        return self.scene.cloud.name or QCoreApplication.translate("Picture", "Own points")

    @property
    def description(self) -> str:
        """The cloud, and what of the run is shown."""
        return f"{self.name}, {name_of(self.scene.moment)}"

    def with_layers(self, layers: Layers) -> Shot:
        """The same with other layers; what was painted for a background goes with it."""
        scene = self.scene
        overlay = scene.overlay if layers.background == scene.layers.background else None
        return replace(self, scene=replace(scene, layers=layers, overlay=overlay))


class Painting(Protocol):
    """A figure that is about to be painted."""

    def paint(self, painter: QPainter, top: int = 0, bottom: int | None = None) -> None:
        """Paint the rows of pixels between two of them, the upper one at the origin."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure: what is on show, on a sheet."""

    shot: Shot
    sheet: Sheet

    @property
    def palette(self) -> Palette:
        """The colours of its theme."""
        themes = {"screen": self.shot.palette, "light": LIGHT, "dark": DARK, "paper": PAPER}
        return themes[self.sheet.theme]

    @property
    def style(self) -> Style:
        """Colours, and text of 13 logical pixels in a family that there is."""
        font = QFont(self.shot.font)
        chosen = self.sheet.font_family
        family = chosen if QFontDatabase.hasFamily(chosen) else QFontInfo(font).family()
        # Without the maker, whom Qt adds in brackets where fonts of two have one name.
        font.setFamily(family.partition(" [")[0])
        font.setPixelSize(round(TEXT))
        return Style(self.palette, font)

    def painting(
        self,
        size: QSizeF,
        *,
        vector: bool = False,
        renderer: Renderer | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Painting:
        """What paints it in a size; see `FigurePainter`."""
        from gmm_studio.gui.figures.painting import FigurePainter

        return FigurePainter(self, size, vector=vector, renderer=renderer, cancelled=cancelled)

    def scaled(self, factor: float) -> Figure:
        """The same with other pixels: so many for each that it had."""
        sheet = self.sheet
        return replace(self, sheet=replace(sheet, resolution=factor * sheet.resolution))

    @property
    def size(self) -> QSizeF:
        """Width and height in pixels of 1/96 inch."""
        from gmm_studio.gui.figures.layout import lay_out

        width, stretch = self.sheet.pixels(self.sheet.width), self.sheet.stretch
        if self.sheet.height is not None:
            return QSizeF(width, self.sheet.pixels(self.sheet.height))
        return QSizeF(width, lay_out(self, width / stretch, None).height * stretch)

    @property
    def device_size(self) -> tuple[int, int]:
        """Width and height in pixels of a picture."""
        size, ratio = self.size, self.sheet.ratio
        if not math.isfinite(ratio * size.width() * size.height()):
            return 2**31 - 1, 2**31 - 1
        return max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio))
