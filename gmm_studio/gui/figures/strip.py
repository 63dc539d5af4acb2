"""Chosen iterations of a run side by side, as textbooks show them: one figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.gui.canvas.rendering import Renderer
from gmm_studio.gui.figures.figure import Figure, Shot
from gmm_studio.gui.figures.painting import FigurePainter
from gmm_studio.gui.moment import name_of

__all__ = ["USUAL", "Strip", "StripPainter", "chosen_iterations"]

USUAL = (1, 2, 5, 10, 20)
"""The iterations that are shown, before the end of the run."""

_MOST_COLUMNS = 4
_GAP = 12.0
_CAPTION = 28.0
_FINER = 0.8
"""What is in a panel is smaller than in a figure of its own."""

_SMALLEST = 48.0
"""The sides of a panel, in logical pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip(Figure):
    """A figure of several moments of a run; its first one says what it is called.

    Attributes
    ----------
    panels : tuple of Shot
    """

    panels: tuple[Shot, ...]

    @classmethod
    def of(cls, figures: Sequence[Figure]) -> Strip:
        """The figures of some moments as one, on the sheet of the first."""
        return cls(figures[0].shot, figures[0].sheet, tuple(figure.shot for figure in figures))

    @property
    def columns(self) -> int:
        """How many panels are side by side."""
        count = len(self.panels)
        return count if count <= 3 else min(-(-count // 2), _MOST_COLUMNS)

    @property
    def rows(self) -> int:
        """How many panels are one above the other."""
        return -(-len(self.panels) // self.columns)

    @property
    def size(self) -> QSizeF:
        """Width and height in pixels of 1/96 inch."""
        sheet, view = self.sheet, self.shot.viewport
        width, stretch = sheet.pixels(sheet.width), sheet.stretch
        if sheet.height is not None:
            return QSizeF(width, sheet.pixels(sheet.height))
        panel = (width / stretch - _GAP * (self.columns + 1)) / self.columns
        row = _CAPTION + panel * view.height / view.width
        return QSizeF(width, (self.rows * row + _GAP) * stretch)

    def painting(
        self,
        size: QSizeF,
        *,
        vector: bool = False,
        renderer: Renderer | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> StripPainter:
        """What paints it in a size."""
        return StripPainter(self, size, vector=vector, renderer=renderer, cancelled=cancelled)


class StripPainter:
    """Paints a strip; see `FigurePainter`. Each panel is painted for itself, and then forgotten."""

    def __init__(
        self,
        strip: Strip,
        size: QSizeF,
        *,
        vector: bool = False,
        renderer: Renderer | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> None:
        self._strip, self._size, self._vector = strip, size, vector
        self._renderer, self._cancelled = renderer or Renderer(), cancelled
        self._style = strip.style
        self._width = strip.size.width() / strip.sheet.stretch
        self._scale = size.width() / self._width
        self._areas = self._lay_out(size.height() / self._scale)

    def _lay_out(self, height: float) -> list[QRectF]:
        """Where the panels are, in logical pixels; their captions are above them."""
        columns, rows = self._strip.columns, self._strip.rows
        wide = (self._width - _GAP * (columns + 1)) / columns
        high = (height - _GAP) / rows - _CAPTION
        if not (wide >= _SMALLEST and high >= _SMALLEST):
            raise InputError(
                "There is no room for so many iterations. Choose fewer of them or a larger figure."
            )
        places = (divmod(i, columns) for i in range(len(self._strip.panels)))
        return [
            QRectF(_GAP + column * (wide + _GAP), row * (high + _CAPTION) + _CAPTION, wide, high)
            for row, column in places
        ]

    def paint(self, painter: QPainter, top: int = 0, bottom: int | None = None) -> None:
        """Paint the rows of pixels between two of them, the upper one at the origin."""
        end = self._size.height() if bottom is None else bottom
        if not self._strip.sheet.transparent:
            whole = QRectF(-2, -2, self._size.width() + 4, end - top + 4)
            painter.fillRect(whole, QColor(self._style.palette.canvas))
        for shot, area in zip(self._strip.panels, self._areas, strict=True):
            if self._cancelled():
                raise Cancelled
            if (area.bottom() + 1) * self._scale >= top and (area.top() - _CAPTION) * (
                self._scale
            ) <= end:
                with _saved(painter):
                    painter.translate(0, -top)
                    self._paint_panel(painter, shot, area)

    def _paint_panel(self, painter: QPainter, shot: Shot, area: QRectF) -> None:
        scale, style, sheet = self._scale, self._style, self._strip.sheet
        units = sheet.units(sheet.stretch)
        plain = replace(
            sheet,
            width=area.width() * units,
            height=area.height() * units,
            font_size=_FINER * sheet.font_size,
            curve="none",
            legend=False,
            table=False,
            title=False,
        )
        corner, size = area.topLeft() * scale, area.size() * scale
        if not self._vector:
            # Between pixels, so that points are crisp.
            corner = QPointF(round(corner.x()), round(corner.y()))
            size = QSizeF(round(size.width()), round(size.height()))
        painting = FigurePainter(
            Figure(shot, plain),
            size,
            vector=self._vector,
            renderer=self._renderer,
            cancelled=self._cancelled,
        )
        with _saved(painter):
            painter.translate(corner)
            painting.paint(painter)
        painter.scale(scale, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(style.palette.border), 1))
        painter.drawRect(QRectF(corner / scale, size / scale))
        painter.setFont(style.font)
        painter.setPen(QColor(style.palette.text))
        metrics = QFontMetricsF(style.font)
        base = area.top() - 0.5 * (_CAPTION - metrics.ascent() + metrics.descent())
        painter.drawText(QPointF(area.left(), base), name_of(shot.scene.moment))


@contextmanager
def _saved(painter: QPainter) -> Iterator[None]:
    """The painter is afterwards as it was, even where the painting was cancelled."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()


def chosen_iterations(last: int, wanted: Sequence[int] = USUAL) -> tuple[int, ...]:
    """The iterations of a strip: those that are wanted and there are, and the last one.

    Parameters
    ----------
    last : int
        The end of the run.
    wanted : sequence of int
    """
    return tuple(sorted({t for t in wanted if 0 <= t < last} | {last}))
