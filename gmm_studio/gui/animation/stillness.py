"""From which step of a run on nothing visibly moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.viewport import Viewport

__all__ = ["still_from"]

_VISIBLE = 0.5
"""Pixels: less does not change which of them a line covers most."""

_DIRECTIONS = 32
_PLACES = 256
_AT_ONCE = 256
"""So many mixtures at once: the memory for a run of any length is bounded."""


def still_from(
    mixtures: Sequence[Mixture], viewport: Viewport, sigma: float, pixel_ratio: float = 1.0
) -> int:
    """The first step from which on everything is where it is at the end.

    That is: no outermost ellipse is anywhere more than half a pixel from where the last mixture
    has it (the Hausdorff distance of the two ellipses, which is the greatest difference of their
    support functions). In one dimension, no curve is that much higher or lower.

    Parameters
    ----------
    mixtures : sequence of Mixture
        At least one.
    viewport : Viewport
    sigma : float
        The Mahalanobis distance of the outermost ellipse.
    pixel_ratio : float
        Pixels of the picture for each of the viewport.

    Returns
    -------
    int
        An index of `mixtures`.
    """
    shape = _curves if mixtures[-1].d == 1 else _supports
    end = shape(mixtures[-1:], viewport, sigma)
    for stop in range(len(mixtures), 0, -_AT_ONCE):
        start = max(0, stop - _AT_ONCE)
        found = shape(mixtures[start:stop], viewport, sigma)
        away = abs(found - end).max(axis=(1, 2)) * pixel_ratio
        moving = np.flatnonzero(~(away <= _VISIBLE))
        if len(moving):
            return start + int(moving[-1]) + 1
    return 0


def _supports(mixtures: Sequence[Mixture], viewport: Viewport, sigma: float) -> FloatArray:
    """How far the ellipses reach in some directions, in pixels, shape (t, k, directions)."""
    angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    scale = np.array([viewport.x_scale, viewport.y_scale])
    towards = scale[:, None] * np.stack([np.cos(angles), np.sin(angles)])
    means = np.stack([mixture.means for mixture in mixtures]) - (viewport.left, viewport.bottom)
    covariances = np.stack([mixture.covariances for mixture in mixtures])
    squares = np.einsum("ia,tkij,ja->tka", towards, covariances, towards)
    reach: FloatArray = means @ towards + sigma * np.sqrt(np.maximum(squares, 0))
    return reach


def _curves(mixtures: Sequence[Mixture], viewport: Viewport, _: float) -> FloatArray:
    """How high the weighted densities are, in pixels, shape (t, k, places)."""
    places = np.linspace(viewport.left, viewport.right, _PLACES)
    weights = np.stack([mixture.weights for mixture in mixtures])[..., None]
    means = np.stack([mixture.means for mixture in mixtures])
    variances = np.stack([mixture.covariances[..., 0] for mixture in mixtures])
    away = (places - means) ** 2 / variances
    heights = weights * np.exp(-0.5 * away) / np.sqrt(2 * np.pi * variances)
    return np.asarray(viewport.y_scale * heights)
