"""Paints what a method draws on the way to a start, over the cloud."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.start_story import Sample, StoryMoment, squared_distances
from gmm_studio.document import Seed
from gmm_studio.gui.canvas.ellipses import FAR, ellipse
from gmm_studio.gui.canvas.hits import pixel_of
from gmm_studio.gui.canvas.mixture_painting import badge_radius, paint_means
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport, nice_ticks
from gmm_studio.gui.colours import component_colour, mixed
from gmm_studio.gui.laboratory.start_ladder import paint_ladder
from gmm_studio.gui.line.curves import (
    across_of,
    component_curve,
    dashes,
    down_of,
    paint_row,
    small_label,
    stroke,
    sum_curve,
)
from gmm_studio.gui.style import Style

__all__ = ["paint_distances", "paint_moment"]

_VERTICES = 72
_SUMMIT = 84.0
_SAMPLE_DOT = 3.4
_TICK = 9.0
_ARCH = 46.0
_PALE = 0.55


def paint_moment(
    painter: QPainter, viewport: Viewport, cloud: PointCloud, moment: StoryMoment, style: Style
) -> None:
    """Paint what a moment shows beside points and mixture: box, picks, runs, clusters.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
    cloud : PointCloud
    moment : StoryMoment
    style : Style
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if moment.kind == "start":
        painter.restore()
        return
    if moment.kind == "far-pick":
        _paint_key(painter, viewport, cloud.d, style)
    if moment.box is not None:
        _paint_box(painter, viewport, moment.box, style)
    if moment.runs and not moment.log_likelihoods:
        _paint_spread(painter, viewport, moment.runs[0], style)
    elif moment.runs:
        _paint_runs(painter, viewport, moment, style)
        paint_ladder(painter, viewport, moment.log_likelihoods, moment.best, style)
    if moment.sample is not None:
        _paint_sample(painter, viewport, moment.sample, style)
    if moment.means is not None and moment.kind != "clusters":
        _paint_means(painter, viewport, cloud, moment, moment.means, style)
    painter.restore()


def paint_distances(
    painter: QPainter,
    viewport: Viewport,
    means: FloatArray,
    farthest: float,
    style: Style,
    opacity: float,
) -> None:
    """Paint D² over one-dimensional data: a shading up the plot, and a curve to its own scale.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
    means : ndarray, shape (j, 1)
        Picked so far.
    farthest : float
        The D² that has the strongest shade.
    style : Style
    opacity : float
        Of that.
    """
    count = max(1, round(viewport.width))
    across = (np.arange(count) + 0.5) * viewport.width / count
    places = viewport.left + across / viewport.x_scale
    shades = np.minimum(squared_distances(means, places[:, None]) / farthest, 1)
    ground = viewport.to_pixel(viewport.left, 0)[1]
    accent, scale = style.palette.accent, style.scale
    painter.save()
    paint_row(painter, QRectF(0, 0, viewport.width, ground), accent, opacity * shades)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(accent), 2.2 * scale)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    height = ground - max(_SUMMIT * scale, 0.2 * ground)
    painter.drawLines(dashes(across, ground - shades * height, 5 * scale))
    painter.restore()


def _paint_key(painter: QPainter, viewport: Viewport, d: int, style: Style) -> None:
    """What the shading is, beside the labels of the axes."""
    painter.setFont(style.font)
    metrics = painter.fontMetrics()
    most = int(viewport.height / (52 * style.scale))
    labels = nice_ticks(viewport.bottom, viewport.top, most).values()
    widest = max((metrics.horizontalAdvance(text) for text in labels), default=0)
    line = metrics.height() + 2
    down = viewport.height - 2.6 * line if d == 2 else max(_SUMMIT * style.scale - line, 2 * line)
    text = QCoreApplication.translate("StartShow", "shade: squared distance to the nearest pick")
    small_label(painter, QPointF(6 + widest + 12 * style.scale, down), text, style.palette)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_means(
    painter: QPainter,
    viewport: Viewport,
    cloud: PointCloud,
    moment: StoryMoment,
    means: FloatArray,
    style: Style,
) -> None:
    """Numbered rings; the newest pick stands out, and centres leave a line behind."""
    if moment.before is not None:
        for j, (old, new) in enumerate(zip(_seeds(moment.before), _seeds(means), strict=True)):
            line = QLineF(pixel_of(viewport, old), pixel_of(viewport, new))
            for colour, width in (
                (style.palette.canvas, 5.0),
                (component_colour(style.palette, j), 2.4),
            ):
                painter.setPen(QPen(QColor(colour), width * style.scale))
                painter.drawLine(line)
                painter.drawEllipse(line.p1(), 3 * style.scale, 3 * style.scale)
    seeds = _seeds(means)
    paint_means(painter, viewport, Scene(cloud, seeds=seeds), style)
    if moment.kind in ("pick", "far-pick") and moment.number == len(seeds):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(style.palette.accent), 2 * style.scale))
        radius = badge_radius(style) + 5 * style.scale
        painter.drawEllipse(pixel_of(viewport, seeds[-1]), radius, radius)


def _seeds(means: FloatArray) -> tuple[Seed, ...]:
    return tuple(map(tuple, means.tolist()))


def _paint_box(painter: QPainter, viewport: Viewport, box: FloatArray, style: Style) -> None:
    low, high = _corners(viewport, box)
    tint = QColor(style.palette.accent)
    tint.setAlpha(26)
    painter.setBrush(tint)
    painter.setPen(QPen(QColor(style.palette.accent), 1.8 * style.scale, Qt.PenStyle.DashLine))
    painter.drawRect(QRectF(low, high).normalized())
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _corners(viewport: Viewport, box: FloatArray) -> tuple[QPointF, QPointF]:
    """Of a box in pixels; in one dimension it is as high as the plot."""
    if box.shape[1] == 2:
        first, second = (viewport.to_pixel(*place) for place in box.tolist())
    else:
        first = viewport.to_pixel(float(box[0, 0]), 0)
        second = viewport.to_pixel(float(box[1, 0]), viewport.top)
    return QPointF(*np.clip(first, -FAR, FAR)), QPointF(*np.clip(second, -FAR, FAR))


def _paint_spread(painter: QPainter, viewport: Viewport, spread: Mixture, style: Style) -> None:
    """The normal that means are drawn from, to 1 and 2 sigma; in one dimension its density."""
    accent, scale = QColor(style.palette.accent), style.scale
    if spread.d == 1:
        painter.setPen(QPen(accent, 2.2 * scale))
        stroke(painter, sum_curve(viewport, spread))
        return
    for sigma, pen_style in ((1.0, Qt.PenStyle.SolidLine), (2.0, Qt.PenStyle.DashLine)):
        painter.setPen(QPen(accent, 1.8 * scale, pen_style))
        painter.drawPolygon(_outline(viewport, spread, 0, sigma))


def _outline(viewport: Viewport, mixture: Mixture, j: int, sigma: float) -> QPolygonF:
    places = ellipse(mixture.means[j], mixture.covariances[j], sigma, _VERTICES)
    across = np.clip(across_of(viewport, places[:, 0]), -FAR, FAR)
    down = np.clip(down_of(viewport, places[:, 1]), -FAR, FAR)
    return QPolygonF([QPointF(x, y) for x, y in zip(across, down, strict=True)])


def _paint_runs(painter: QPainter, viewport: Viewport, moment: StoryMoment, style: Style) -> None:
    """All short runs pale; the best, once it is known, in the colours of its components."""
    palette = style.palette
    pale = QColor(mixed(palette.muted, palette.canvas, _PALE))
    for i, run in enumerate(moment.runs):
        if i != moment.best:
            dots = [QColor(palette.text)] * run.k
            _paint_run(painter, viewport, run, style, [pale] * run.k, dots=dots)
    if moment.best is not None:
        run = moment.runs[moment.best]
        colours = [QColor(component_colour(palette, j)) for j in range(run.k)]
        _paint_run(painter, viewport, run, style, [QColor(palette.canvas)] * run.k, 5)
        _paint_run(painter, viewport, run, style, colours, 2.6)


def _paint_run(
    painter: QPainter,
    viewport: Viewport,
    run: Mixture,
    style: Style,
    colours: list[QColor],
    width: float = 1.0,
    dots: list[QColor] | None = None,
) -> None:
    dots = dots or colours
    for j, colour in enumerate(colours):
        painter.setPen(QPen(colour, width * style.scale))
        if run.d == 1:
            if (curve := component_curve(viewport, run, j)) is not None:
                stroke(painter, curve)
            continue
        if run.weights[j] > 0:
            painter.drawPolygon(_outline(viewport, run, j, 1.0))
        painter.setPen(QPen(dots[j], (width + 4) * style.scale, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoint(pixel_of(viewport, _seeds(run.means)[j]))


def _paint_sample(painter: QPainter, viewport: Viewport, sample: Sample, style: Style) -> None:
    """Its points in the colours of their clusters, and a line between the two that merge next."""
    scale, palette = style.scale, style.palette
    labels = np.full(len(sample.places), -1) if sample.labels is None else sample.labels
    across = np.clip(across_of(viewport, sample.places[:, 0]), -FAR, FAR)
    ground = viewport.to_pixel(viewport.left, 0)[1]
    is_flat = sample.places.shape[1] == 2
    down = down_of(viewport, sample.places[:, 1]) if is_flat else np.full(len(across), ground)
    for label in np.unique(labels).tolist():
        own = labels == label
        colour = QColor(palette.text if label < 0 else component_colour(palette, label))
        painter.setPen(QPen(colour, 2 * _SAMPLE_DOT * scale, c=Qt.PenCapStyle.RoundCap))
        spots = [QPointF(x, y) for x, y in zip(across[own], down[own], strict=True)]
        if is_flat:
            painter.drawPoints(QPolygonF(spots))
        else:
            painter.setPen(QPen(colour, 1.6 * scale))
            rise = QPointF(0, _TICK * scale)
            painter.drawLines([QLineF(spot - rise, spot + rise) for spot in spots])
    if sample.joined is not None:
        _paint_join(painter, viewport, sample.joined, style)


def _paint_join(painter: QPainter, viewport: Viewport, joined: FloatArray, style: Style) -> None:
    ends = [pixel_of(viewport, place) for place in _seeds(joined)]
    way = ends
    if joined.shape[1] == 1:
        up = QPointF(0, -_ARCH * style.scale)
        way = [ends[0], ends[0] + up, ends[1] + up, ends[1]]
    for colour, width in ((style.palette.canvas, 7.0), (style.palette.text, 3.0)):
        painter.setPen(QPen(QColor(colour), width * style.scale, c=Qt.PenCapStyle.RoundCap))
        painter.drawLines([QLineF(*pair) for pair in pairwise(way)])
        painter.setBrush(QColor(colour))
        for end in ends:
            painter.drawEllipse(end, 0.9 * width * style.scale, 0.9 * width * style.scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
