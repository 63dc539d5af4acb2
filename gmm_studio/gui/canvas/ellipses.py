"""Ellipses of covariances: their half axes, their vertices, and their outlines painted fast."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.vector_points import is_vector
from gmm_studio.gui.canvas.viewport import Viewport

__all__ = ["FAR", "Outliner", "ellipse", "half_axes", "held", "outlines_of"]

FAR = 1e5
"""Pixels from the origin that nothing is painted beyond: Qt's numbers overflow far out."""

_VERTICES = 96

_WIDEST = 8.0
"""Device pixels up to which a line is made of lines of one pixel."""

_WIDEST_DASHED = 2.0
"""The same for a dashed one, which is made of a single line drawn at places around it."""

_THINNEST, _APART = 0.75, 0.7
"""Device pixels: how wide a line of one pixel is, which Qt draws thinner where it is slanted; and
how far apart two may be without a gap.
"""


def half_axes(covariance: FloatArray) -> FloatArray:
    """The half axes of the ellipse at 1 sigma, as columns (2, 2).

    Their lengths are the roots of the covariance's eigenvalues.
    """
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def ellipse(mean: FloatArray, covariance: FloatArray, sigma: float, vertices: int) -> FloatArray:
    """Vertices (v, 2) of the curve at a Mahalanobis distance of sigma from the mean."""
    return np.asarray(mean + sigma * _circle(vertices) @ half_axes(covariance).T)


def _circle(vertices: int) -> FloatArray:
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    return np.column_stack([np.cos(angles), np.sin(angles)])


_ROUND = QPolygonF([QPointF(x, y) for x, y in _circle(_VERTICES).tolist()])


@dataclass(frozen=True, slots=True)
class _Outline:
    """An ellipse at 1 sigma in pixels: its middle, and its half axes by direction and length."""

    across: float
    down: float
    first: tuple[float, float]
    second: tuple[float, float]
    lengths: tuple[float, float]

    def polygon(self, sigma: float, beside: float = 0.0) -> QPolygonF:
        """The vertices at sigma, with half axes that are longer by so many pixels."""
        a, b = (max(sigma * length + beside, 0.0) for length in self.lengths)
        (ax, ay), (bx, by) = self.first, self.second
        way = QTransform(a * ax, a * ay, b * bx, b * by, self.across, self.down)
        # Qt maps the vertices much faster than Python makes them.
        polygon = way.map(_ROUND)
        if max(abs(self.across), abs(self.down), a, b) <= FAR:
            return polygon
        return QPolygonF([held(point) for point in polygon.toList()])

    def bend(self, sigma: float) -> float:
        """The smallest radius of curvature at sigma, in pixels: b²/a at the ends."""
        a, b = max(self.lengths), min(self.lengths)
        return sigma * b * (b / a) if a > 0 else 0.0


def held(point: QPointF) -> QPointF:
    """A place no farther out than anything is painted."""
    return QPointF(min(max(point.x(), -FAR), FAR), min(max(point.y(), -FAR), FAR))


def outlines_of(viewport: Viewport, mixture: Mixture) -> Iterator[tuple[int, _Outline]]:
    """The number (from 0) and the outline of each component that has a weight."""
    scales = np.array([viewport.x_scale, -viewport.y_scale])
    with np.errstate(over="ignore"):
        values, vectors = np.linalg.eigh(mixture.covariances * np.outer(scales, scales))
    lengths = np.sqrt(np.maximum(values, 0)).tolist()
    axes, means = vectors.tolist(), mixture.means.tolist()
    for j, weight in enumerate(mixture.weights.tolist()):
        if weight > 0:
            (ax, bx), (ay, by) = axes[j]
            place = viewport.to_pixel(*means[j])
            yield j, _Outline(*place, (ax, ay), (bx, by), (lengths[j][0], lengths[j][1]))


class Outliner:
    """Paints outlines with a painter.

    Qt's raster engine needs up to a millisecond for an antialiased line that is wider than a pixel,
    and a tenth of that for one that is not: on pixels wide lines are made of thin ones, side by
    side. In SVG and PDF, in large pictures, and where an ellipse has a sharp end, a line is a line.
    """

    def __init__(self, painter: QPainter, outline: _Outline) -> None:
        self._painter, self._outline = painter, outline
        transform = painter.deviceTransform()
        self._ratio = 0.0 if is_vector(painter) else math.hypot(transform.m11(), transform.m12())
        # Where thin dashes are cut off they begin anew: strips of a picture would not fit.
        self._is_screen = isinstance(painter.device(), QWidget)

    def fill(self, sigma: float, colour: QColor) -> None:
        """Fill the ellipse at sigma, whose rim a line will hide."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        # A smooth rim costs three times what is within it.
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._painter.drawPolygon(self._outline.polygon(sigma))
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def stroke(
        self,
        sigma: float,
        colour: QColor,
        width: float,
        pen_style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        """Draw the line at sigma, as wide as it says in logical pixels."""
        if pen_style == Qt.PenStyle.SolidLine:
            self._draw(sigma, self._tracks(sigma, width), QPen(colour, width))
        elif self._is_screen and 1 < width * self._ratio <= _WIDEST_DASHED:
            self._dash(sigma, colour, width, pen_style)
        else:
            self._draw(sigma, [], QPen(colour, width, pen_style))

    def surround(
        self,
        sigma: float,
        colour: QColor,
        width: float,
        pen_style: Qt.PenStyle,
        rim: float,
    ) -> None:
        """Prepare the ground for that line: so many logical pixels on either side, and its gaps."""
        whole = width + 2 * rim
        tracks = self._tracks(sigma, whole)
        if tracks and pen_style == Qt.PenStyle.SolidLine and rim * self._ratio <= 1.5:
            beside = 0.5 * (width + rim)
            tracks = [-beside, beside]
        self._draw(sigma, tracks, QPen(colour, whole))

    def _dash(self, sigma: float, colour: QColor, width: float, pen_style: Qt.PenStyle) -> None:
        """Draw one line again and again, a little moved: beside it, dashes would not keep step."""
        pen = QPen(colour, width, pen_style)
        fine, lengths = width * self._ratio, pen.dashPattern()
        pen.setWidthF(0)
        # They are counted in widths; and the square ends of a wide line reach into the gaps.
        pen.setDashPattern(
            [fine * length + (fine - 1) * (-1) ** i for i, length in enumerate(lengths)]
        )
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        polygon, reach = self._outline.polygon(sigma), 0.5 * (width - _THINNEST / self._ratio)
        for across, down in ((reach, 0.0), (-reach, 0.0), (0.0, reach), (0.0, -reach)):
            self._painter.drawPolygon(polygon.translated(across, down))

    def _tracks(self, sigma: float, width: float) -> list[float]:
        """Where lines of one pixel lie beside each other to be that wide; none if they can't."""
        fine = width * self._ratio
        if not 1 < fine <= _WIDEST or self._outline.bend(sigma) < 2 * width:
            return []
        span = (fine - _THINNEST) / self._ratio
        count = math.ceil(span * self._ratio / _APART)
        return [span * (i / count - 0.5) for i in range(count + 1)]

    def _draw(self, sigma: float, tracks: list[float], pen: QPen) -> None:
        if tracks:
            pen.setWidthF(0)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for beside in tracks or [0.0]:
            self._painter.drawPolygon(self._outline.polygon(sigma, beside))
