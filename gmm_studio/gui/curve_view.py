"""The log-likelihood over the iterations: the run on show, earlier ones behind it, a cursor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gmm_studio.core.em import Step
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.numbers import MINUS, log_likelihood
from gmm_studio.gui.painting import Style
from gmm_studio.gui.runs import RunRecord

__all__ = ["CurveView"]

_MOST_GHOSTS = 40
_FEWEST = 2.0
"""Iterations that are always shown."""
_LABELS = 220
"""Pixels that the two labels need side by side."""


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """Few ticks, true minus signs."""

    def tickStrings(  # noqa: N802
        self, values: Sequence[float], scale: float, spacing: float
    ) -> list[str]:
        """Thousands grouped, as many decimals as the spacing needs."""
        decimals = max(0, int(np.ceil(-np.log10(spacing * scale) - 1e-9)))
        if decimals > 6:
            return [f"{value * scale:.8g}".replace("-", MINUS) for value in values]
        return [f"{value * scale:,.{decimals}f}".replace("-", MINUS) for value in values]


class _WholeAxis(_Axis):
    """Ticks at whole numbers only."""

    def tickSpacing(  # noqa: N802
        self, low: float, high: float, size: float
    ) -> list[tuple[float, float]]:
        """Spacings of 1 or more."""
        found: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        return [(max(1.0, spacing), offset) for spacing, offset in found]


class CurveView(pg.PlotWidget):  # type: ignore[misc]
    """Emits the iteration that a person clicks or drags to."""

    cursor_requested = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        axes = {"bottom": _WholeAxis("bottom"), "left": _Axis("left")}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self.setObjectName("curve_view")
        self.setAccessibleName(self.tr("Log-likelihood over the iterations"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(120)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self._run: RunRecord | None = None
        self._drawn: tuple[object, ...] = ()
        self._cursor = 0
        self._zoomed: tuple[float, float] | None = None
        self._ghost_runs: list[RunRecord] = []
        self.getPlotItem().layout.setContentsMargins(8, 8, 24, 4)
        self._ghosts = self.plot(antialias=True)
        self._curve = self.plot(antialias=True)
        self._curve.setZValue(10)
        self._marks = pg.ScatterPlotItem(symbol="t", size=10)
        self._marks.setZValue(11)
        self._line = pg.InfiniteLine(angle=90)
        self._line.setZValue(12)
        self._dot = pg.ScatterPlotItem(size=11)
        self._dot.setZValue(13)
        self._value = pg.TextItem(anchor=(0, 0))
        self._value.setZValue(14)
        self._end = pg.TextItem(anchor=(1, 0))
        for item in (self._marks, self._line, self._dot, self._value, self._end):
            self.addItem(item, ignoreBounds=True)
        self.set_style(style)

    def set_style(self, style: Style) -> None:
        """Use other colours, fonts and lines."""
        self._style = style
        palette: Palette = style.palette
        self.setBackground(palette.panel)
        for name in ("bottom", "left"):
            axis = self.getAxis(name)
            axis.setPen(pg.mkPen(palette.border))
            axis.setTextPen(pg.mkPen(palette.muted))
            axis.setStyle(tickLength=0, tickFont=style.font, maxTickLevel=0, tickTextOffset=8)
        self.getAxis("left").setWidth(round(104 * style.scale))
        self.getAxis("bottom").setHeight(round(28 * style.scale))
        width = style.scale
        self._ghosts.setPen(pg.mkPen(palette.ghost, width=1.2 * style.scale))
        self._curve.setPen(pg.mkPen(palette.accent, width=2.4 * width))
        self._line.setPen(pg.mkPen(palette.muted, width=1))
        self._dot.setPen(pg.mkPen(palette.panel, width=2))
        self._dot.setBrush(pg.mkBrush(palette.accent))
        self._marks.setPen(pg.mkPen(palette.panel))
        self._marks.setBrush(pg.mkBrush(palette.warning))
        self._end.setColor(palette.muted)
        self._value.setColor(palette.text)
        ground = QColor(palette.panel)
        ground.setAlpha(215)
        self._value.fill = pg.mkBrush(ground)
        bold = QFont(style.font)
        bold.setBold(True)
        self._value.setFont(bold)
        self._end.setFont(style.font)

    def show_ghosts(self, runs: Sequence[RunRecord]) -> None:
        """Show these runs in the background."""
        self._ghost_runs = [run for run in runs if run.steps][-_MOST_GHOSTS:]
        self._draw_ghosts()
        self._set_range()

    def show_run(self, run: RunRecord | None, cursor: int, ending: str) -> None:
        """Show a run, its cursor, and a word about how it ended."""
        drawn = (run, len(run.steps) if run else 0)
        if run is not self._run:
            self._zoomed = None
        self._run, self._cursor = run, cursor
        self._end.setText(ending)
        if drawn != self._drawn:
            self._drawn = drawn
            self._draw_curve()
            self._set_range()
        self._draw_cursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Put the cursor under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag the cursor."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Nothing is dragged any more."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show all iterations."""
        self._zoomed = None
        self._set_range()
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom along the iterations."""
        event.accept()
        if self._run is None or len(self._run.steps) < 3:
            return
        (low, high), _ = self.getViewBox().viewRange()
        at = float(
            self.getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint())).x()
        )
        factor = 1.2 ** (-event.angleDelta().y() / 120)
        last, size = float(self._longest()), max((high - low) * factor, _FEWEST)
        left = at - (at - low) * size / (high - low)
        left = min(max(left, 0.0), last - size)
        self._zoomed = None if size >= last else (left, left + size)
        self._set_range()

    def _ask(self, at: QPointF) -> None:
        if self._run is None:
            return
        place = self.getViewBox().mapSceneToView(self.mapToScene(at.toPoint()))
        index = int(np.clip(round(place.x()), 0, len(self._run.steps) - 1))
        self.cursor_requested.emit(index)

    def _longest(self) -> int:
        runs = [self._run] if self._run else self._ghost_runs
        return max((len(run.steps) - 1 for run in runs), default=1) or 1

    def _draw_curve(self) -> None:
        steps = self._run.steps if self._run else []
        values = np.array([step.log_likelihood for step in steps])
        self._curve.setData(np.arange(len(values)), values)
        marked = [
            step
            for before, step in zip([None, *steps], steps, strict=False)
            if _is_news(before, step)
        ]
        self._marks.setData(
            [step.index for step in marked], [step.log_likelihood for step in marked]
        )

    def _draw_ghosts(self) -> None:
        """All in one item: many items take long to make and to paint."""
        runs = [[step.log_likelihood for step in run.steps] for run in self._ghost_runs]
        values = np.concatenate([*runs, []])
        connected = np.ones(len(values), dtype=np.int32)
        connected[np.cumsum([len(run) for run in runs], dtype=np.int64) - 1] = 0
        indices = np.concatenate([*(np.arange(len(run)) for run in runs), []])
        self._ghosts.setData(indices, values, connect=connected)

    def _draw_cursor(self) -> None:
        steps = self._run.steps if self._run else []
        shown = bool(steps)
        for item in (self._line, self._dot, self._value, self._end):
            item.setVisible(shown)
        if not shown:
            return
        step = steps[min(self._cursor, len(steps) - 1)]
        self._line.setPos(step.index)
        self._dot.setData([step.index], [step.log_likelihood])
        self._value.setText(log_likelihood(step.log_likelihood))
        (left, right), (bottom, top) = self.getViewBox().viewRange()
        beyond = step.index > left + 0.75 * (right - left)
        high = step.log_likelihood > bottom + 0.4 * (top - bottom)
        self._value.setAnchor((1.05 if beyond else -0.05, -0.12 if high else 1.12))
        self._value.setPos(step.index, step.log_likelihood)
        self._end.setPos(right, steps[-1].log_likelihood)
        room = (right - step.index) / (right - left) * self.getViewBox().width()
        self._end.setVisible(room > _LABELS * self._style.scale and right >= steps[-1].index)

    def _set_range(self) -> None:
        """All iterations of the run on show, all heights in them."""
        steps = self._run.steps if self._run else []
        for name in ("bottom", "left"):
            self.getAxis(name).setStyle(showValues=bool(steps or self._ghost_runs))
        if not steps and not self._ghost_runs:
            return
        left, right = self._zoomed or (0.0, float(self._longest()))
        shown = steps or [step for run in self._ghost_runs for step in run.steps]
        inside = [step.log_likelihood for step in shown if left - 1 <= step.index <= right + 1]
        inside += [run.log_likelihood for run in self._ghost_runs]
        low, high = min(inside), max(inside)
        room = 0.12 * (high - low) or max(abs(high) * 1e-6, 1e-9)
        self.setXRange(left, right, padding=0.01)
        self.setYRange(low - 0.5 * room, high + room, padding=0)
        self._draw_cursor()


def _is_news(before: Step | None, step: Step) -> bool:
    """Whether something happened that had not happened in the step before already."""
    return bool(set(step.events) - set(before.events if before else ()))
