"""The handles of a selected seed's ellipse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Covariance, Mixture
from gmm_studio.gui.canvas.ellipses import half_axes
from gmm_studio.gui.canvas.mixture_painting import badge_radius, ellipse_lines
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.icons import icon
from gmm_studio.gui.line.bars import bar_down
from gmm_studio.gui.style import Style

__all__ = ["Grip", "Handles", "cursor_of", "handles_of", "paint_handles"]

_SIDE = 5.5
_REACH = 9.0
_CLEAR = 14.0
"""Between the middle of the badge's rim and that of a handle, in pixels."""

_CLEAR_OF_THE_BAR = 10.0
_OUTSIDE = 30.0
_LEAST = 2.0
"""Half an axis, in pixels: what is smaller can't be seen to change."""


@dataclass(frozen=True, slots=True, eq=False)
class Grip:
    """One handle.

    Attributes
    ----------
    kind : {"size", "turn"}
    at : QPointF
    axis : int
        The column of the axes that it is on.
    direction : ndarray, shape (2,)
        From the middle to it, of length 1; y points down.
    """

    kind: Literal["size", "turn"]
    at: QPointF
    axis: int
    direction: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Handles:
    """The handles of one component, in the pixels of a viewport.

    Attributes
    ----------
    j : int
        The component, from 0.
    viewport : Viewport
    structure : {"full", "tied", "diagonal", "spherical"}
    d : int
    middle : ndarray, shape (2,)
    axes : ndarray, shape (2, 2)
        The half axes of the innermost ellipse, as columns. One-dimensional data have but the first.
    sigma : float
        The Mahalanobis distance of that ellipse.
    grips : tuple of Grip
    reach : float
        From so far a handle is touched.
    """

    j: int
    viewport: Viewport
    structure: Covariance
    d: int
    middle: FloatArray
    axes: FloatArray
    sigma: float
    grips: tuple[Grip, ...]
    reach: float

    def grip_at(self, at: QPointF) -> Grip | None:
        """The handle nearest to a pixel, within reach."""
        near = [(_away(grip.at, at), -i, grip) for i, grip in enumerate(self.grips)]
        found = [entry for entry in near if entry[0] <= self.reach]
        return min(found)[2] if found else None

    def dragged(self, grip: Grip, begin: QPointF, end: QPointF) -> FloatArray:
        """The covariance (d, d), in the units of the data, that dragging a handle makes."""
        axes = self.axes.copy()
        if grip.kind == "turn":
            axes = _turn(_angle(self._from_middle(end)) - _angle(self._from_middle(begin))) @ axes
        else:
            length = float(np.hypot(*axes[:, grip.axis]))
            grown = length + float(np.dot(_pair(end - begin), grip.direction))
            factor = max(grown, _LEAST) / max(length, 1e-12)
            axes[:, slice(None) if self.structure == "spherical" else grip.axis] *= factor
        return self._covariance(axes)

    def _from_middle(self, at: QPointF) -> FloatArray:
        return np.asarray(_pair(at) - self.middle)

    def _covariance(self, axes: FloatArray) -> FloatArray:
        """Of the ellipse with these half axes in pixels."""
        units = np.array([1 / self.viewport.x_scale, -1 / self.viewport.y_scale])
        half = (units[:, None] * axes / self.sigma)[: self.d]
        covariance = half @ half.T
        return np.asarray(0.5 * (covariance + covariance.T))


def handles_of(
    viewport: Viewport,
    mixture: Mixture,
    j: int,
    structure: Covariance,
    style: Style,
    *,
    coverage: bool,
    towards: FloatArray | None = None,
) -> Handles:
    """The handles of component j (from 0): on the innermost ellipse, and one outside to turn it.

    Diagonal and spherical covariances don't turn. In one dimension the handles are at the ends of
    the sigma bar. Long and short are as they are seen: where a unit is longer on one axis of the
    view than on the other, that counts.

    Parameters
    ----------
    viewport : Viewport
    mixture : Mixture
    j : int
    structure : {"full", "tied", "diagonal", "spherical"}
    style : Style
    coverage : bool
        Whether the innermost ellipse is that of 50 % and not of 1 sigma.
    towards : ndarray, shape (2,), optional
        The direction in pixels near which the handle for turning is to stay.
    """
    sigma = ellipse_lines(mixture.d, coverage=coverage)[0].sigma
    scale = style.scale
    if mixture.d == 1:
        across = viewport.to_pixel(float(mixture.means[j, 0]), 0)[0]
        middle = np.array([across, bar_down(viewport, mixture.k, j, scale)])
        length = sigma * float(mixture.covariances[j, 0, 0]) ** 0.5 * viewport.x_scale
        axes = np.array([[length, 0.0], [0.0, 0.0]])
        grips = _size_grips(middle, axes[:, :1], _CLEAR_OF_THE_BAR * scale)
    else:
        middle = np.array(viewport.to_pixel(*mixture.means[j].tolist()))
        axes = sigma * half_axes(_in_pixels(viewport, mixture.covariances[j]))
        least = badge_radius(style) + _CLEAR * scale
        grips = _size_grips(middle, axes, least)
        if structure in ("full", "tied"):
            grips += (_turn_grip(viewport, middle, grips, _OUTSIDE * scale, towards),)
    return Handles(
        j, viewport, structure, mixture.d, middle, axes, sigma, grips, _REACH * max(scale, 1)
    )


def _in_pixels(viewport: Viewport, covariance: FloatArray) -> FloatArray:
    scales = np.array([viewport.x_scale, -viewport.y_scale])
    return np.asarray(scales[:, None] * covariance * scales)


def _size_grips(middle: FloatArray, axes: FloatArray, least: float) -> tuple[Grip, ...]:
    """Two on each axis, further out than the ellipse where that is small."""
    grips = []
    for axis in range(axes.shape[1]):
        length = float(np.hypot(*axes[:, axis]))
        along = axes[:, axis] / length if length > 0 else np.eye(2)[axis]
        for direction in (along, -along):
            at = middle + max(length, least) * direction
            grips.append(Grip("size", QPointF(*at.tolist()), axis, direction))
    return tuple(grips)


def _turn_grip(
    viewport: Viewport,
    middle: FloatArray,
    sizes: tuple[Grip, ...],
    outside: float,
    towards: FloatArray | None,
) -> Grip:
    """Beyond an end of the long axis: one that can be seen, the upper one if both can."""

    def place(grip: Grip) -> FloatArray:
        return np.asarray(_pair(grip.at) + outside * grip.direction)

    if towards is not None:
        chosen = max(sizes, key=lambda grip: float(np.dot(grip.direction, towards)))
    else:
        longest = max(_away(grip.at, QPointF(*middle.tolist())) for grip in sizes)
        ends = [
            grip
            for grip in sizes
            if _away(grip.at, QPointF(*middle.tolist())) > (1 - 1e-9) * longest
        ]
        seen = [grip for grip in ends if _is_in(viewport, place(grip), 12.0)]
        chosen = min(seen or ends, key=lambda grip: (grip.direction[1], -grip.direction[0]))
    return Grip("turn", QPointF(*place(chosen).tolist()), chosen.axis, chosen.direction)


def paint_handles(
    painter: QPainter, handles: Handles, style: Style, active: Grip | None = None
) -> None:
    """Squares that size the ellipse and a disc that turns it; the one in hand is full."""
    palette, scale = style.palette, style.scale
    shown = [grip for grip in handles.grips if _is_in(handles.viewport, _pair(grip.at), -20.0)]
    for grip in shown:
        if grip.kind == "turn":
            inner = QPointF(*(_pair(grip.at) - _OUTSIDE * scale * grip.direction).tolist())
            for colour, width in ((palette.canvas, 4.0), (palette.accent, 1.6)):
                painter.setPen(QPen(QColor(colour), width * scale))
                painter.drawLine(inner, grip.at)
    for grip in shown:
        full = active is not None and (grip.kind, grip.axis) == (active.kind, active.axis)
        _paint_grip(painter, grip, palette, scale, full=full)


def _paint_grip(
    painter: QPainter, grip: Grip, palette: Palette, scale: float, *, full: bool
) -> None:
    half = _SIDE * scale
    painter.save()
    painter.translate(grip.at)
    painter.rotate(float(np.degrees(_angle(grip.direction))))
    for pen, brush, size in (
        (QPen(Qt.PenStyle.NoPen), palette.canvas, half + 2.5 * scale),
        (QPen(QColor(palette.accent), 2 * scale), palette.canvas, half),
    ):
        painter.setPen(pen)
        painter.setBrush(QColor(palette.accent if full and size == half else brush))
        if grip.kind == "turn":
            painter.drawEllipse(QPointF(), size + 0.5, size + 0.5)
        else:
            painter.drawRect(QRectF(-size, -size, 2 * size, 2 * size))
    painter.restore()


def cursor_of(grip: Grip, palette: Palette) -> QCursor:
    """What the pointer says over a handle."""
    if grip.kind == "turn":
        return _turning(palette)
    shapes = (
        Qt.CursorShape.SizeHorCursor,
        Qt.CursorShape.SizeFDiagCursor,
        Qt.CursorShape.SizeVerCursor,
        Qt.CursorShape.SizeBDiagCursor,
    )
    eighths = round(float(np.degrees(_angle(grip.direction))) / 45)
    return QCursor(shapes[eighths % 4])


def _turning(palette: Palette) -> QCursor:
    side = 24
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    for across, down in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        icon("refresh", palette.canvas).paint(painter, across, down, side, side)
    icon("refresh", palette.text).paint(painter, 0, 0, side, side)
    painter.end()
    return QCursor(pixmap, side // 2, side // 2)


def _pair(at: QPointF) -> FloatArray:
    return np.array([at.x(), at.y()])


def _away(first: QPointF, second: QPointF) -> float:
    return float(np.hypot(*_pair(first - second)))


def _angle(direction: FloatArray) -> float:
    return float(np.arctan2(direction[1], direction[0]))


def _turn(angle: float) -> FloatArray:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def _is_in(viewport: Viewport, at: FloatArray, margin: float) -> bool:
    size = np.array([viewport.width, viewport.height])
    return bool(((margin <= at) & (at <= size - margin)).all())
