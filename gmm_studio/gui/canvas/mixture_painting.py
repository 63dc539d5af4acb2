"""Paints a mixture in the plane: ellipses, means and seeds, and the ways they took."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.split_and_merge import Candidate
from gmm_studio.gui.canvas.ellipses import FAR, Outliner, half_axes, held, outlines_of
from gmm_studio.gui.canvas.lock import paint_locks
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import component_colour, mixed, on_component
from gmm_studio.gui.line.rug import has_legend_room
from gmm_studio.gui.style import Style

__all__ = [
    "COVERAGES",
    "Line",
    "badge_radius",
    "ellipse_lines",
    "paint_legend",
    "paint_means",
    "paint_mixtures",
    "paint_responsibility_lines",
]


class Line(NamedTuple):
    """One of a component's ellipses: its Mahalanobis distance, how it is drawn, what it is."""

    sigma: float
    width: float
    pen_style: Qt.PenStyle
    label: str


_PENS = (
    (2.4, Qt.PenStyle.SolidLine),
    (1.0, Qt.PenStyle.SolidLine),
    (1.0, Qt.PenStyle.DashLine),
)
"""Width and style of the innermost ellipse and the ones around it.

Opaque lines of one pixel take Qt's fast way: others cost up to a millisecond each.
"""

COVERAGES = (0.5, 0.9, 0.95)

_DENSE = 20_000
"""From so many points on thin lines are lost in the cloud without a halo, and on shadings too."""

_BUSY = ("density", "uncertainty", "basins", "likelihood")
_MANY = 40
"""From so many components on only the innermost ellipses are told apart, and painted in time."""

_TRAIL_DOT = 5.0
_WIDEST_LINE = 9.0
_FAINTEST = 0.25


def badge_radius(style: Style) -> float:
    """Of the numbered disc of a mean, in pixels."""
    return 9.5 * style.scale


def paint_responsibility_lines(
    painter: QPainter, viewport: Viewport, scene: Scene, point: int, style: Style
) -> None:
    """Lines from a point (from 0) to the means, as wide as its responsibilities."""
    if scene.mixture is None or scene.colouring is None or scene.colouring.k != scene.mixture.k:
        return
    place = scene.cloud.points[point]
    shares = scene.colouring.responsibilities(place)[0].tolist()
    at = _at(viewport, tuple(place.tolist()))
    for j, share in enumerate(shares):
        colour = QColor(component_colour(style.palette, j))
        colour.setAlpha(200)
        width = _WIDEST_LINE * share * style.scale
        if width >= _FAINTEST:
            painter.setPen(QPen(colour, width, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(at, _at(viewport, tuple(scene.mixture.means[j].tolist())))


def ellipse_lines(d: int, *, coverage: bool) -> tuple[Line, ...]:
    """The ellipses of a component in d dimensions, from the innermost.

    A Gaussian's share within a Mahalanobis distance r is 1 - exp(-r²/2) in two dimensions and
    erf(r/√2) in one.
    """
    if coverage:
        normal = NormalDist()
        radii = [
            math.sqrt(-2 * math.log1p(-share)) if d == 2 else normal.inv_cdf(0.5 + 0.5 * share)
            for share in COVERAGES
        ]
        labels = [f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%") for share in COVERAGES]
    else:
        radii, labels = (
            [1.0, 2.0, 3.0],
            [f"{sigma}\N{GREEK SMALL LETTER SIGMA}" for sigma in (1, 2, 3)],
        )
    return tuple(
        Line(radius, *pen, label) for radius, pen, label in zip(radii, _PENS, labels, strict=True)
    )


def paint_mixtures(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Ellipses of the mixture on show and of those beside it, and the trails of its means."""
    palette = style.palette
    lines = ellipse_lines(2, coverage=scene.layers.coverage)
    if scene.ghost is not None:
        _paint_ellipses(painter, viewport, scene.ghost, style, [palette.ghost], lines[:1], fill=0)
    if scene.layers.truth and scene.cloud.truth is not None:
        dashed = [
            line._replace(width=width, pen_style=Qt.PenStyle.DashDotLine)
            for line, width in zip(lines, (1.6, 1.0), strict=False)
        ]
        _paint_ellipses(painter, viewport, scene.cloud.truth, style, [palette.text], dashed, fill=0)
    if scene.mixture is not None and scene.layers.ghosts:
        _paint_past(painter, viewport, scene, lines[0], style)
    if scene.mixture is not None and scene.mixture.k > _MANY:
        lines = lines[:1]
    if scene.mixture is not None and scene.layers.ellipses:
        colours = [component_colour(palette, j) for j in range(scene.mixture.k)]
        busy = scene.cloud.n >= _DENSE or scene.layers.background in _BUSY
        fill = 0 if scene.layers.background != "none" else 26
        _paint_ellipses(
            painter, viewport, scene.mixture, style, colours, lines, fill=fill, halo=busy
        )
    if scene.layers.trails and scene.trails is not None:
        _paint_trails(painter, viewport, scene.trails, style)
    if scene.mixture is not None and scene.candidate is not None:
        _paint_candidate(painter, viewport, scene.mixture, scene.candidate, style)


def _paint_candidate(
    painter: QPainter, viewport: Viewport, mixture: Mixture, candidate: Candidate, style: Style
) -> None:
    """A line between the two that merge, and one with two heads over the one that is split."""
    pen = QPen(QColor(style.palette.text), 2.4 * style.scale, Qt.PenStyle.DashLine)
    first, second = (_at(viewport, tuple(mixture.means[j].tolist())) for j in candidate.merge)
    painter.setPen(pen)
    painter.drawLine(first, second)
    mean, axes = mixture.means[candidate.split], half_axes(mixture.covariances[candidate.split])
    pen.setStyle(Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    ends = [_at(viewport, tuple((mean + side * axes[:, -1]).tolist())) for side in (-1, 1)]
    painter.drawLine(ends[0], ends[1])
    along = QLineF(ends[0], ends[1])
    for end, turn in ((ends[0], 0.0), (ends[1], 180.0)):
        for spread in (-28.0, 28.0):
            head = QLineF.fromPolar(11 * style.scale, along.angle() + turn + spread)
            painter.drawLine(QLineF(end, end + head.p2()))


def _paint_past(
    painter: QPainter, viewport: Viewport, scene: Scene, line: Line, style: Style
) -> None:
    """Earlier ellipses, paler with age."""
    canvas = style.palette.canvas
    thin = [line._replace(width=1.0)]
    for age, mixture in zip(range(len(scene.past), 0, -1), scene.past, strict=True):
        share = 0.85 - 0.5 * age / (len(scene.past) + 1)
        colours = [
            mixed(component_colour(style.palette, j), canvas, share) for j in range(mixture.k)
        ]
        _paint_ellipses(painter, viewport, mixture, style, colours, thin, fill=0)


def _paint_ellipses(
    painter: QPainter,
    viewport: Viewport,
    mixture: Mixture,
    style: Style,
    colours: list[str],
    lines: Iterable[Line],
    *,
    fill: int,
    halo: bool = False,
) -> None:
    canvas = QColor(style.palette.canvas)
    for j, outline in outlines_of(viewport, mixture):
        colour = QColor(colours[j % len(colours)])
        outliner = Outliner(painter, outline)
        for i, line in enumerate(lines):
            width, filled = line.width * style.scale, bool(fill) and i == 0
            if filled:
                tint = QColor(colour)
                tint.setAlpha(fill)
                outliner.fill(line.sigma, tint)
            if halo or filled:
                outliner.surround(line.sigma, canvas, width, line.pen_style, style.scale)
            outliner.stroke(line.sigma, colour, width, line.pen_style)


def paint_legend(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """What the lines of an ellipse mean, at the lower right.

    In one dimension that is the line above the labels of the ticks, which the rug leaves free:
    nothing ever lies there. Pictures that are too low for it have no legend.
    """
    if scene.cloud.d == 1 and not has_legend_room(viewport, style.scale):
        return
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    sample, gap, pad = 18 * style.scale, 6 * style.scale, 8.0
    lines = _legend_lines(scene)
    if not lines:
        return
    room = [sample + gap + metrics.horizontalAdvance(line.label) for line in lines]
    width = sum(room) + 2 * gap * (len(lines) - 1)
    left = viewport.width - width - pad
    lines_up = 2.4 if scene.cloud.d == 2 else 2.05
    top = viewport.height - lines_up * metrics.height() - pad
    ground = QColor(style.palette.canvas)
    ground.setAlpha(200)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(left - 4, top - 1, width + 8, metrics.height() + 2), 4, 4)
    middle = round(top + 0.5 * metrics.height()) + 0.5
    for line, extent in zip(lines, room, strict=True):
        painter.setPen(QPen(QColor(style.palette.muted), line.width * style.scale, line.pen_style))
        painter.drawLine(QPointF(left, middle), QPointF(left + sample, middle))
        at = QPointF(left + sample + gap, top + metrics.ascent())
        painter.drawText(at, line.label)
        left += extent + 2 * gap


def _legend_lines(scene: Scene) -> list[Line]:
    shown: list[Line] = []
    if scene.layers.ellipses and scene.mixture is not None:
        shown += ellipse_lines(scene.cloud.d, coverage=scene.layers.coverage)
    if scene.layers.truth and scene.cloud.truth is not None:
        flat = scene.cloud.d == 2
        pen_style = Qt.PenStyle.DashDotLine if flat else Qt.PenStyle.DashLine
        shown.append(Line(1.0, 1.6, pen_style, QCoreApplication.translate("Legend", "truth")))
    return shown


def _paint_trails(painter: QPainter, viewport: Viewport, trails: FloatArray, style: Style) -> None:
    """The way of each mean, with a dot for each iteration."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for j, way in enumerate(_ways(viewport, trails)):
        colour = QColor(component_colour(style.palette, j))
        for line, width in ((QColor(style.palette.canvas), 4.0), (colour, 1.8)):
            painter.setPen(QPen(line, width * style.scale))
            painter.drawPolyline(way)
        painter.setPen(QPen(colour, _TRAIL_DOT * style.scale, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints(way)


def _ways(viewport: Viewport, trails: FloatArray) -> list[QPolygonF]:
    """Trails (t, k, 2) in pixels, without the steps that are too small to be seen: each costs."""
    corner = np.array([viewport.left, viewport.top])
    scales = np.array([viewport.x_scale, -viewport.y_scale])
    pixels = np.clip((trails - corner) * scales, -FAR, FAR)
    kept = np.ones(pixels.shape[:2], dtype=bool)
    kept[1:-1] = np.diff(np.round(2 * pixels[:-1]), axis=0).any(axis=2)
    ways = zip(pixels.transpose(1, 0, 2).tolist(), kept.T.tolist(), strict=True)
    return [
        QPolygonF([QPointF(*place) for place, is_kept in zip(*way, strict=True) if is_kept])
        for way in ways
    ]


def paint_means(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """Seeds as numbered rings, means as numbered discs over them."""
    if scene.layers.seeds:
        for j, seed in enumerate(scene.seeds):
            if seed is not None:
                size = 1.0 if scene.iteration == 0 else 0.8
                _badge(painter, _at(viewport, seed), j, style, ring=True, size=size)
    if scene.mixture is not None and (scene.iteration > 0 or not scene.layers.seeds):
        for j in range(scene.mixture.k):
            place = tuple(scene.mixture.means[j].tolist())
            _badge(painter, _at(viewport, place), j, style, ring=False)
    _paint_locks(painter, viewport, scene, style)


def _paint_locks(painter: QPainter, viewport: Viewport, scene: Scene, style: Style) -> None:
    """A lock at the upper right of the badge of each locked component."""
    means = scene.mixture.means.tolist() if scene.mixture is not None else []
    places = tuple(map(tuple, means)) or scene.seeds
    marked = [place for j in scene.locked if j < len(places) and (place := places[j]) is not None]
    paint_locks(painter, [_at(viewport, place) for place in marked], badge_radius(style), style)


def _at(viewport: Viewport, place: tuple[float, ...]) -> QPointF:
    return held(QPointF(*viewport.to_pixel(place[0], place[1] if len(place) > 1 else 0.0)))


def _badge(
    painter: QPainter, at: QPointF, j: int, style: Style, *, ring: bool, size: float = 1.0
) -> None:
    colour = QColor(component_colour(style.palette, j))
    canvas = QColor(style.palette.canvas)
    radius = size * badge_radius(style)
    painter.setPen(QPen(canvas, 2.5 * style.scale))
    painter.setBrush(canvas if ring else colour)
    painter.drawEllipse(at, radius + 1, radius + 1)
    if ring:
        painter.setPen(QPen(colour, 2.2 * style.scale))
        painter.drawEllipse(at, radius - 0.5, radius - 0.5)
    font = QFont(style.font)
    font.setPixelSize(round(size * (12 if j < 9 else 10) * style.scale))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(colour if ring else QColor(on_component(style.palette, j)))
    box = QRectF(at.x() - 20, at.y() - 20, 40, 40)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(j + 1))
