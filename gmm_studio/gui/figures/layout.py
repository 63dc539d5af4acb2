"""Where the parts of a figure are, in logical pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from gmm_studio.core.errors import InputError
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.figures.table import table_height

if TYPE_CHECKING:
    from gmm_studio.gui.figures.figure import Figure

__all__ = ["HEADING", "TITLE", "Layout", "framed", "lay_out"]

TITLE = 36.0
"""The height of the line above everything."""

HEADING = 24.0
"""The height of the line above the curve."""

_SHARE_BELOW, _SHARE_BESIDE = 0.3, 0.42
_LEAST_CURVE, _MOST_CURVE = 110.0, 260.0
_LEAST_WIDTH, _LEAST_HEIGHT = 96.0, 64.0
_LARGEST_TABLE = 0.5
_LARGEST = 32767.0
_RUG_ROOM, _RUG_SHARE = 88.0, 0.32


@dataclass(frozen=True, slots=True)
class Layout:
    """The rectangles of the parts; None for those that are left out."""

    width: float
    height: float
    cloud: QRectF
    curve: QRectF | None = None
    table: QRectF | None = None
    title: QRectF | None = None


def lay_out(figure: Figure, width: float, height: float | None) -> Layout:
    """Find the places of the parts.

    Parameters
    ----------
    figure : Figure
    width, height : float
        In logical pixels; without a height the cloud has the proportions of the screen.

    Raises
    ------
    InputError
        When there is no room for them.
    """
    sheet, shot = figure.sheet, figure.shot
    has_curve = shot.curve is not None and sheet.curve != "none"
    beside = has_curve and sheet.curve == "beside"
    below = has_curve and not beside
    top = TITLE if sheet.title else 0.0
    table = table_height(shot.scene) if sheet.table and shot.scene.mixture is not None else 0.0
    curve_width = _SHARE_BESIDE * width if beside else 0.0
    cloud_width = width - curve_width
    if height is None:
        cloud_height = cloud_width * shot.viewport.height / shot.viewport.width
        curve_height = _bounded(_SHARE_BELOW * cloud_height) if below else 0.0
        height = top + cloud_height + curve_height + table
    else:
        table = min(table, _LARGEST_TABLE * (height - top))
        rest = height - top - table
        curve_height = _bounded(_SHARE_BELOW * rest) if below else 0.0
        cloud_height = rest - curve_height
    if not max(width, height) <= _LARGEST:
        raise InputError(
            "In a figure so large nobody could read this text. Make it larger, or the figure "
            "smaller."
        )
    if not (cloud_width >= _LEAST_WIDTH and cloud_height >= _LEAST_HEIGHT):
        raise InputError(
            "There is no room for all of this. Make the figure larger or its text smaller."
        )
    cloud = QRectF(0, top, cloud_width, cloud_height)
    curve = None
    if beside:
        curve = QRectF(cloud_width, top, curve_width, cloud_height)
    elif below:
        curve = QRectF(0, cloud.bottom(), width, curve_height)
    return Layout(
        width,
        height,
        cloud,
        curve,
        QRectF(0, height - table, width, table) if table else None,
        QRectF(0, 0, width, top) if top else None,
    )


def _bounded(height: float) -> float:
    return min(max(height, _LEAST_CURVE), _MOST_CURVE)


def framed(viewport: Viewport, width: float, height: float, d: int) -> Viewport:
    """What was in sight, in another size.

    The limits are the same. Where a unit is as long on both axes it stays so, and there is more
    to see on two sides; in one dimension the rug below 0 has at least the room that it needs.

    Parameters
    ----------
    viewport : Viewport
    width, height : float
        In logical pixels.
    d : int
        Of the cloud.
    """
    if d == 1:
        return _framed_line(viewport, width, height)
    if not math.isclose(viewport.x_scale, viewport.y_scale, rel_tol=1e-6):
        return replace(viewport, width=width, height=height)
    scale = min(width / (viewport.right - viewport.left), height / (viewport.top - viewport.bottom))
    x, y = 0.5 * (viewport.left + viewport.right), 0.5 * (viewport.bottom + viewport.top)
    dx, dy = 0.5 * width / scale, 0.5 * height / scale
    return Viewport(x - dx, x + dx, y - dy, y + dy, width, height)


def _framed_line(viewport: Viewport, width: float, height: float) -> Viewport:
    if not viewport.bottom < 0 < viewport.top:
        return replace(viewport, width=width, height=height)
    wanted = min(-viewport.bottom * viewport.y_scale, _RUG_ROOM, _RUG_SHARE * height)
    room = max(-viewport.bottom * height / (viewport.top - viewport.bottom), wanted)
    bottom = -room * viewport.top / (height - room)
    return replace(viewport, bottom=bottom, width=width, height=height)
