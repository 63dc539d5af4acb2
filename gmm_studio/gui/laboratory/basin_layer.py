"""The map of basins as a background of the cloud view: a tint for each optimum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.basins import BasinMap
from gmm_studio.core.optima import Optimum, Tolerance
from gmm_studio.gui.canvas.scene import Contour, Field
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import Palette, mixed
from gmm_studio.gui.line.curves import STRIP
from gmm_studio.gui.style import Style

__all__ = [
    "Brightness",
    "basin_field",
    "follow_tints",
    "order",
    "paint_basin_strip",
    "tint",
    "veil_field",
]

Brightness: TypeAlias = Literal["log_likelihood", "iterations"]

_LIGHT_TINTS = (
    "#e5e9ff",
    "#e9e3a4",
    "#eea7ba",
    "#c7efdf",
    "#bec1fd",
    "#d2ba9b",
    "#c9e0bc",
    "#8dc9d9",
)
_DARK_TINTS = (
    "#163b59",
    "#346d6c",
    "#605587",
    "#746127",
    "#3d2527",
    "#4c4b32",
    "#63350c",
    "#4f6a58",
)
"""Found by a search for the largest CIEDE2000, in normal and in colour-blind sight, among calm
colours: the first six are at least 8 apart, the first, for the best optimum, is the calmest."""

_LIGHT_GREYS = ("#c9ccd1", "#bcc0c6")
_DARK_GREYS = ("#2b2e34", "#3d4148")
"""Of spurious optima: their likelihood says little, so they don't compete for the eye."""

_LIGHT_DEPTH, _DARK_DEPTH = 0.18, 0.42
"""How much of the shadow there is in the darkest shade of a tint."""

_BAND = 0.45
"""The opacity of a one-dimensional map up the plot; along the axis it is full."""

_VEIL = 0.72
"""The opacity of the canvas over all basins but the one that is pointed at."""

_KIN = 5
"""Of the nine cells in and around one that lies in the body of a basin, or on its edge."""

_EDGE = 1.0
"""The level of borders between basins: thin lines, as 0 is for bolder ones."""


def tint(palette: Palette, slot: int) -> str:
    """The colour of an optimum: of slot 0, 1, ... of the theme; below 0 a spurious one's grey."""
    if slot < 0:
        greys = _DARK_GREYS if palette.dark else _LIGHT_GREYS
        return greys[(-1 - slot) % len(greys)]
    tints = _DARK_TINTS if palette.dark else _LIGHT_TINTS
    turn, place = divmod(slot, len(tints))
    return mixed(tints[place], palette.muted, 0.75 if turn % 2 else 1.0)


def order(optima: Sequence[Optimum]) -> list[int]:
    """The places of optima in a sequence, best first and spurious ones after the others."""
    ranks = [(bool(one.spurious), -one.log_likelihood) for one in optima]
    return sorted(range(len(optima)), key=ranks.__getitem__)


def follow_tints(
    optima: Sequence[Optimum],
    tolerance: Tolerance,
    total_weight: float,
    before: Sequence[Optimum] = (),
    slots_before: Sequence[int] = (),
) -> tuple[int, ...]:
    """The slot of the tint of each optimum: one that was in the map before keeps its own.

    The others take the lowest ones that are free: the best first, then those that most cells lead
    to. While seeds are dragged the colours stay where they are.

    Parameters
    ----------
    optima : sequence of Optimum
    tolerance : Tolerance
        That of the map.
    total_weight : float
        W of the points that the map was made on.
    before : sequence of Optimum
        Of the map before.
    slots_before : sequence of int
    """
    reach = 2 * tolerance.log_likelihood * total_weight
    levels = np.array([one.log_likelihood for one in before])
    slots: list[int | None] = [None] * len(optima)
    taken: set[int] = set()
    ranked = order(optima)
    for i in ranked:
        for near in np.flatnonzero(np.abs(levels - optima[i].log_likelihood) <= reach).tolist():
            if slots_before[near] not in taken and _look_alike(optima[i], before[near]):
                slots[i] = slots_before[near]
                taken.add(slots_before[near])
                break
    ranked[1:] = sorted(ranked[1:], key=lambda i: -len(optima[i].members))
    free = (slot for slot in range(len(optima)) if slot not in taken)
    grey = (-1 - slot for slot in range(len(optima)) if -1 - slot not in taken)
    for i in ranked:
        if slots[i] is None:
            slots[i] = next(grey) if optima[i].spurious else next(free)
    return tuple(slot for slot in slots if slot is not None)


def _look_alike(first: Optimum, second: Optimum) -> bool:
    """Whether the means of two optima are the same, in whatever order, to the eye."""
    one, other = first.mixture, second.mixture
    if bool(first.spurious) != bool(second.spurious) or one.means.shape != other.means.shape:
        return False
    spread = np.sqrt(np.trace(one.covariances, axis1=1, axis2=2))
    apart = np.linalg.norm(one.means[:, None] - other.means[None], axis=2)
    near = apart <= 0.1 * spread[:, None]
    return bool(near.any(axis=0).all() and near.any(axis=1).all())


def basin_field(
    basins: BasinMap,
    viewport: Viewport,
    palette: Palette,
    slots: Sequence[int],
    *,
    brightness: Brightness = "log_likelihood",
    lines: bool = True,
) -> Field:
    """The background that shows a map: an opaque pixel for each cell.

    Parameters
    ----------
    basins : BasinMap
        Its cells fill the viewport; in one dimension they are columns of it.
    viewport : Viewport
    palette : Palette
    slots : sequence of int
        Of the tints of the map's optima, see `follow_tints`.
    brightness : {"log_likelihood", "iterations"}
        What a lighter shade says: a final log-likelihood nearer to the best, or fewer iterations.
    lines : bool
        Whether thin lines part the basins.
    """
    tints = np.array([_channels(tint(palette, slot)) for slot in slots]).reshape(-1, 3)
    shadow = np.array(_channels(palette.canvas if palette.dark else palette.text))
    depth = _DARK_DEPTH if palette.dark else _LIGHT_DEPTH
    dark = (depth * (1 - _shades(basins, brightness)))[..., None]
    colours = (1 - dark) * tints[basins.optimum] + dark * shadow
    pixels = np.full((*basins.optimum.shape, 4), 255, dtype=np.uint8)
    pixels[..., :3] = colours[::-1] + 0.5
    rows, columns = basins.optimum.shape
    image = QImage(
        pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888_Premultiplied
    )
    edges = _borders(basins.optimum, viewport) if lines else ()
    return Field(image, viewport, edges, smooth=False, memory=pixels)


def veil_field(basins: BasinMap, number: int, viewport: Viewport, palette: Palette) -> Field:
    """A veil over all cells but those that lead to one optimum, to be painted over a map.

    Parameters
    ----------
    basins : BasinMap
    number : int
        Of the optimum.
    viewport : Viewport
        What the cells fill.
    palette : Palette
    """
    rows, columns = basins.optimum.shape
    veil = np.where(basins.optimum[::-1] == number, 0.0, _VEIL)[..., None]
    pixels = np.empty((rows, columns, 4), dtype=np.uint8)
    pixels[..., :3] = veil * np.array(_channels(palette.canvas)) + 0.5
    pixels[..., 3:] = 255 * veil + 0.5
    image = QImage(
        pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888_Premultiplied
    )
    return Field(image, viewport, smooth=False, memory=pixels)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def _shades(basins: BasinMap, brightness: Brightness) -> FloatArray:
    """From 1, the best or the fastest, to 0, of each cell."""
    if brightness == "iterations":
        values = -np.log1p(basins.iterations)
        low, high = np.quantile(values, [0.02, 0.98]).tolist()
    else:
        values = basins.log_likelihood
        own = [one.log_likelihood for one in basins.optima if not one.spurious]
        low, high = (min(own), max(own)) if own else (float(values.min()), float(values.max()))
        # Ends of one optimum differ a little: that is no shade.
        values = np.array([one.log_likelihood for one in basins.optima])[basins.optimum]
    if not high > low:
        return np.ones(basins.optimum.shape)
    return np.asarray(np.clip((values - low) / (high - low), 0, 1))


def _borders(optimum: IntArray, viewport: Viewport) -> tuple[Contour, ...]:
    """The sides between cells (r, c) of different basins, the straight ones joined."""
    rows, columns = optimum.shape
    across = np.linspace(viewport.left, viewport.right, columns + 1)
    up = np.linspace(viewport.bottom, viewport.top, rows + 1)
    solid = _solid(optimum)
    upright = _runs((optimum[:, 1:] != optimum[:, :-1]) & solid[:, 1:] & solid[:, :-1])
    level = _runs(((optimum[1:] != optimum[:-1]) & solid[1:] & solid[:-1]).T)
    lines = [([across[i + 1], up[a]], [across[i + 1], up[b]]) for i, a, b in upright]
    lines += [([across[a], up[i + 1]], [across[b], up[i + 1]]) for i, a, b in level]
    return tuple(Contour(np.array(line), _EDGE) for line in lines)


def _solid(optimum: IntArray) -> npt.NDArray[np.bool_]:
    """Cells among others of their kind: where basins interlace, lines would hide them."""
    padded = np.pad(optimum, 1, mode="edge")
    rows, columns = optimum.shape
    same = np.zeros(optimum.shape, dtype=np.int64)
    for down in range(3):
        for across in range(3):
            same += padded[down : down + rows, across : across + columns] == optimum
    return np.asarray(same >= _KIN)


def _runs(marked: npt.NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Column, first row and row after the last of each unbroken run down a column."""
    padded = np.zeros((marked.shape[1], marked.shape[0] + 2), dtype=np.int8)
    padded[:, 1:-1] = marked.T
    column, edge = np.nonzero(np.diff(padded, axis=1))
    return list(zip(column[::2].tolist(), edge[::2].tolist(), edge[1::2].tolist(), strict=True))


def paint_basin_strip(painter: QPainter, viewport: Viewport, field: Field, style: Style) -> None:
    """Paint the map of one-dimensional data: a strip along the axis, and paler up the plot.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
        y is density; the strip lies below 0.
    field : Field
        One row of cells, also of another viewport.
    style : Style
    """
    if field.image is None:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, field.smooth)
    left, ground = viewport.to_pixel(field.viewport.left, 0)
    right = viewport.to_pixel(field.viewport.right, 0)[0]
    strip = STRIP * style.scale
    painter.setOpacity(_BAND)
    painter.drawImage(QRectF(left, 0, right - left, ground), field.image)
    painter.setOpacity(1.0)
    painter.drawImage(QRectF(left, ground, right - left, strip), field.image)
    colour = mixed(style.palette.text, style.palette.canvas, 0.35)
    painter.setPen(QPen(QColor(colour), style.scale))
    for contour in field.contours:
        across = viewport.to_pixel(float(contour.places[0, 0]), 0)[0]
        painter.drawLine(round(across), 0, round(across), round(ground + strip))
    painter.restore()
