"""How high short runs have come: a ladder of log-likelihoods at the right of the cloud view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.line.curves import small_label
from gmm_studio.gui.numbers import log_likelihood
from gmm_studio.gui.style import Style

__all__ = ["paint_ladder"]

_TOP, _BOTTOM = 92.0, 0.6
"""In logical pixels from the top, and as a share of the height."""

_RIGHT, _RUNG = 20.0, 26.0
_FLAT = 1e-9


def paint_ladder(
    painter: QPainter,
    viewport: Viewport,
    values: Sequence[float],
    best: int | None,
    style: Style,
) -> None:
    """Paint a rung for each run, the highest log-likelihood at the top.

    Parameters
    ----------
    painter : QPainter
    viewport : Viewport
    values : sequence of float
        The log-likelihoods of the runs.
    best : int or None
        The run (from 0) whose rung stands out.
    style : Style
    """
    heights = np.asarray(values)
    low, high = float(heights.min()), float(heights.max())
    top, bottom = _TOP * style.scale, max(_BOTTOM * viewport.height, (_TOP + 40) * style.scale)
    is_flat = high - low <= _FLAT * max(abs(high), 1.0)
    shares = np.ones(len(heights)) if is_flat else (heights - low) / (high - low)
    right = viewport.width - _RIGHT * style.scale
    left = right - _RUNG * style.scale
    painter.save()
    painter.setFont(style.font)
    for share in shares.tolist():
        down = bottom + share * (top - bottom)
        painter.setPen(QPen(QColor(style.palette.muted), style.scale))
        painter.drawLine(QPointF(left, down), QPointF(right, down))
    if best is not None:
        down = bottom + float(shares[best]) * (top - bottom)
        painter.setPen(QPen(QColor(style.palette.accent), 3.5 * style.scale))
        painter.drawLine(QPointF(left - 6 * style.scale, down), QPointF(right, down))
    line = painter.fontMetrics().height()
    title = QCoreApplication.translate("StartShow", "log-likelihood")
    texts = [(title, right, top - 2.3 * line), (log_likelihood(high), right, top - 1.2 * line)]
    if not is_flat:
        texts.append((log_likelihood(low), right, bottom + 0.2 * line))
    for text, edge, at in texts:
        width = painter.fontMetrics().horizontalAdvance(text)
        small_label(painter, QPointF(edge - width, at), text, style.palette)
    painter.restore()
