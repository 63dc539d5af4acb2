"""What one-dimensional components say of a single point: their weighted densities above it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette, component_colour

__all__ = ["paint_stem"]

_DOT = 4.0
_FAR = 1e4


def paint_stem(
    painter: QPainter,
    viewport: Viewport,
    scene: Scene,
    value: float,
    palette: Palette,
    scale: float,
) -> None:
    """Paint a line from a place on the axis up to the sum, with a dot on each component's curve.

    The heights of the dots are to one another as the responsibilities are.
    """
    if scene.mixture is None:
        return
    across, ground = viewport.to_pixel(value, 0)
    heights = np.exp(scene.mixture.component_log_densities([[value]])[0])
    total = viewport.to_pixel(value, float(heights.sum()))[1]
    painter.setPen(QPen(QColor(palette.text), 1))
    painter.drawLine(QPointF(across, ground), QPointF(across, max(total, -_FAR)))
    for j in heights.argsort()[::-1].tolist():
        down = viewport.to_pixel(value, float(heights[j]))[1]
        if down < -_DOT * scale or heights[j] == 0:
            continue
        painter.setPen(QPen(QColor(palette.canvas), 1.5 * scale))
        painter.setBrush(QColor(component_colour(palette, j)))
        painter.drawEllipse(QPointF(across, down), _DOT * scale, _DOT * scale)
