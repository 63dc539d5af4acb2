"""The fitted means of many runs on one axis: a row of dots for each run, a band for each method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.starts import Method
from gmm_studio.gui.colours import component_colour
from gmm_studio.gui.curves.axes import linear_ticks
from gmm_studio.gui.laboratory.atlas_task import Atlas
from gmm_studio.gui.style import Style

__all__ = ["Band", "MeansStrip", "bands_of"]

BoolArray: TypeAlias = npt.NDArray[np.bool_]

_RADIUS = 2.2
_EDGE = 12
_LEAST = 14
"""How high the dots of a band are at least, at scale 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The runs of a method.

    Attributes
    ----------
    method : Method
    means : ndarray, shape (runs, k)
        Ascending in each row; the rows in the order of the random states.
    spurious : ndarray of bool, shape (runs,)
        Whether the optimum of a run hangs on a few points.
    """

    method: Method
    means: FloatArray
    spurious: BoolArray

    @property
    def patterns(self) -> int:
        """How many different optima the runs end at, as the atlas tells them apart."""
        return len(np.unique(self.means, axis=0))


def bands_of(atlas: Atlas) -> tuple[Band, ...]:
    """A band for each method of an atlas of one-dimensional points."""
    bands = []
    for method in atlas.request.methods:
        rows = [
            (draw.random_state, np.sort(found.mixture.means[:, 0]), found.optimum.spurious)
            for found in atlas.found
            for draw in found.draws
            if draw.method == method
        ]
        rows.sort(key=lambda row: row[0])
        k = atlas.request.document.k
        means = np.array([row[1] for row in rows]).reshape(len(rows), k)
        bands.append(Band(method, means, np.array([row[2] for row in rows], dtype=bool)))
    return tuple(bands)


def nearest(values: FloatArray, means: FloatArray) -> IntArray:
    """Which of some means is nearest to each value; the numbers, in the shape of the values."""
    order = np.argsort(means)
    ascending = means[order]
    ranks = np.searchsorted(0.5 * (ascending[1:] + ascending[:-1]), values)
    return np.asarray(order[ranks])


class MeansStrip(QWidget):
    """A strip plot; hollow dots are of spurious optima.

    Each dot has the colour of that component on show whose mean is nearest to it.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._bands: tuple[Band, ...] = ()
        self._names: Mapping[str, str] = {}
        self._low, self._high = 0.0, 1.0
        self._shown: FloatArray | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Fitted means of all runs"))

    @property
    def bands(self) -> tuple[Band, ...]:
        """What is shown."""
        return self._bands

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        self.update()

    def show_atlas(self, atlas: Atlas, names: Mapping[str, str]) -> None:
        """Show the runs of an atlas; nothing of two dimensions."""
        cloud = atlas.request.document.cloud
        self._names = names
        self._bands = bands_of(atlas) if cloud.d == 1 else ()
        everything = [band.means.ravel() for band in self._bands]
        values = np.concatenate(everything) if everything else np.empty(0)
        if values.size:
            self._low, self._high = float(values.min()), float(values.max())
        text = self.tr("{method}: {runs} runs, {patterns} patterns of means")
        said = [
            text.format(method=self._name(band), runs=len(band.means), patterns=band.patterns)
            for band in self._bands
        ]
        self.setAccessibleDescription(". ".join(said))
        self.updateGeometry()
        self.update()

    def show_components(self, means: FloatArray | None) -> None:
        """Colour the dots by the means (k,) of what is on show; None paints all of them alike."""
        if means is not None and self._shown is not None and np.array_equal(means, self._shown):
            return
        self._shown = means
        self.update()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for a few rows of each method."""
        bands = len(self._bands) * (self._row + _LEAST * self._style.scale)
        return QSize(160, round(bands + self._row) if self._bands else 0)

    def place_of(self, band: int, run: int, j: int) -> QPointF:
        """Where the dot of mean j (from 0, ascending) of a run of a band is."""
        box = self._box(band)
        rows = self._bands[band].means
        y = box.top() + (run + 0.5) * box.height() / max(len(rows), 1)
        return QPointF(self._x(float(rows[run, j])), y)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._style.palette.panel))
        painter.setFont(self._style.font)
        if any(len(band.means) for band in self._bands):
            self._paint_axis(painter)
            for i in range(len(self._bands)):
                self._paint_band(painter, i)
        painter.end()

    @property
    def _row(self) -> float:
        return 18 * self._style.scale

    def _box(self, band: int) -> QRectF:
        """Where the dots of a band are."""
        height = (self.height() - self._row) / max(len(self._bands), 1)
        top = band * height + self._row
        return QRectF(0, top, self.width(), max(height - self._row - 4, 4))

    def _x(self, value: float) -> float:
        extent = (self._high - self._low) or 1.0
        room = self.width() - 2 * _EDGE
        return _EDGE + room * (value - self._low) / extent

    def _name(self, band: Band) -> str:
        return self._names.get(band.method, band.method)

    def _paint_axis(self, painter: QPainter) -> None:
        palette = self._style.palette
        bottom = self.height() - self._row
        if self._low == self._high:
            return
        for place, text in linear_ticks(self._low, self._high, 6).items():
            x = self._x(place)
            painter.setPen(QPen(QColor(palette.grid), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
            painter.setPen(QColor(palette.muted))
            box = QRectF(x - 60, bottom, 120, self._row)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_band(self, painter: QPainter, i: int) -> None:
        palette, band, box = self._style.palette, self._bands[i], self._box(i)
        painter.setPen(QColor(palette.text))
        title = QRectF(_EDGE, box.top() - self._row, self.width() - 2 * _EDGE, self._row)
        count = self.tr("{patterns} patterns in {runs} runs")
        if band.patterns == 1:
            count = self.tr("1 pattern in {runs} runs")
        text = count.format(patterns=band.patterns, runs=len(band.means))
        text = f"{self._name(band)}  \N{MIDDLE DOT}  {text}"
        room = round(title.width())
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, text)
        radius = _RADIUS * self._style.scale
        owners = None if self._shown is None else nearest(band.means, self._shown).tolist()
        for run, spurious in enumerate(band.spurious.tolist()):
            for j in range(band.means.shape[1]):
                name = component_colour(palette, owners[run][j]) if owners else palette.muted
                colour = QColor(name)
                painter.setPen(QPen(colour, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush if spurious else colour)
                painter.drawEllipse(self.place_of(i, run, j), radius, radius)
