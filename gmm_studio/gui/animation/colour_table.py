"""The 255 colours of a GIF: one table for all of its frames, so that nothing flickers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from gmm_studio.gui.animation.writing import Pixels, blocks

__all__ = ["ColourTable"]

_MOST = 255
"""One of the 256 stands for "as in the frame before"."""

_BITS = 6
_RARE = 65_536
"""So many pixels are chosen from: common colours are in there more often, but not by much."""

_COUNTED = 2**20
"""Pixels of a frame whose colours are counted: of a larger one some rows, evenly."""


class ColourTable:
    """Colours chosen for some frames, and which of them is nearest to any other.

    Ordinary tables spend most colours on the ground, which most pixels are of. Here a colour
    counts by the square root of its pixels, and those that carry a meaning are in it as they are.

    Parameters
    ----------
    samples : iterable of ndarray, shape (height, width, 3)
        Some of the frames.
    exact : sequence of tuple of int
        Colours that must be in it: red, green and blue.

    Attributes
    ----------
    colours : ndarray, shape (c, 3)
    """

    def __init__(self, samples: Iterable[Pixels], exact: Sequence[tuple[int, int, int]]) -> None:
        fixed = np.array(list(dict.fromkeys(exact))[:_MOST], dtype=np.uint8).reshape(-1, 3)
        chosen = _chosen(samples, _MOST - len(fixed))
        self.colours: Pixels = np.concatenate([fixed, chosen])[:_MOST]
        self._nearest = _nearest(self.colours, len(fixed))

    def indices(self, pixels: Pixels) -> npt.NDArray[np.uint8]:
        """The nearest colour of each pixel, shape (height, width)."""
        found = np.empty(pixels.shape[:2], dtype=np.uint8)
        for rows in blocks(pixels):
            found[rows] = self._nearest[_cells(pixels[rows])]
        return found


def _chosen(samples: Iterable[Pixels], most: int) -> Pixels:
    """So many colours for the pixels of some frames."""
    counts = np.zeros(2 ** (3 * _BITS), dtype=np.int64)
    sums = np.zeros((3, len(counts)))
    for whole in samples:
        pixels = whole[:: -(-whole.shape[0] * whole.shape[1] // _COUNTED)]
        flat = _cells(pixels).ravel()
        counts += np.bincount(flat, minlength=len(counts))
        for channel in range(3):
            weights = pixels[..., channel].ravel()
            sums[channel] += np.bincount(flat, weights, minlength=len(counts))
    there = np.flatnonzero(counts)
    if not len(there) or most < 1:
        return np.empty((0, 3), dtype=np.uint8)
    colours = (sums[:, there] / counts[there]).round().astype(np.uint8).T
    if len(colours) <= most:
        return np.ascontiguousarray(colours)
    # Late: nobody who only looks needs it.
    from PIL import Image

    share = np.sqrt(counts[there])
    often = np.maximum(1, (share * (_RARE / share.sum())).round()).astype(np.intp)
    picture = Image.fromarray(np.ascontiguousarray(np.repeat(colours, often, axis=0)[None]))
    table = picture.quantize(most, Image.Quantize.MEDIANCUT, kmeans=2).getpalette() or []
    return np.array(table, dtype=np.uint8).reshape(-1, 3)[:most]


def _nearest(colours: Pixels, fixed: int) -> npt.NDArray[np.uint8]:
    """The nearest colour to the middle of each cell; the fixed ones own the cells they are in."""
    size, wide = 2**_BITS, 2 ** (8 - _BITS)
    middles = np.arange(size) * wide + 0.5 * (wide - 1)
    grid = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 3)
    from scipy.spatial import cKDTree

    _, found = cKDTree(colours.astype(float)).query(grid, workers=1)
    table = np.asarray(found, dtype=np.uint8)
    table[_cells(colours[:fixed])[::-1]] = np.arange(fixed)[::-1]
    return table


def _cells(pixels: Pixels) -> npt.NDArray[np.intp]:
    """The cell of the cube of colours that each pixel is in, shape (...)."""
    coarse = pixels >> (8 - _BITS)
    found = coarse[..., 0].astype(np.intp) << (2 * _BITS)
    found |= coarse[..., 1].astype(np.intp) << _BITS
    found |= coarse[..., 2]
    return found
