"""A card for each component of a mixture, with its numbers, and the totals below them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.comparison import Comparison
from gmm_studio.core.mixture import Mixture
from gmm_studio.export.parameters import Result
from gmm_studio.gui.colours import Palette, component_colour, on_component
from gmm_studio.gui.numbers import log_likelihood, number, numbers, places, signed
from gmm_studio.gui.panels.comparison_table import (
    comparison_height,
    comparison_lines,
    paint_comparison,
)
from gmm_studio.gui.panels.truth_table import paint_truth, truth_height, truth_lines
from gmm_studio.gui.style import Style

__all__ = ["MARGIN", "Figures", "ParameterCards"]

MARGIN = 16
_TITLE = 15
_NARROWEST = 240
_SHORT = 11
"""Characters of a coordinate that have room beside another."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the panel shows.

    Attributes
    ----------
    result : Result
        Of the step on show.
    change : float or None
        Of the log-likelihood since the step before.
    responsibilities : ndarray, shape (k,), or None
        Of the point that is pinned.
    marked : int or None
        The component that is pinned.
    comparison : Comparison or None
        With the true classes.
    class_names : tuple of str
        Of the columns of the comparison.
    scaled : Result or None
        The same in scaled units, where the cloud is scaled.
    truth, scaled_truth : Mixture or None
        What the points were drawn from, in the units of `result` and in scaled ones.
    """

    result: Result
    change: float | None
    responsibilities: FloatArray | None = None
    marked: int | None = None
    comparison: Comparison | None = None
    class_names: tuple[str, ...] = ()
    scaled: Result | None = None
    truth: Mixture | None = None
    scaled_truth: Mixture | None = None

    @property
    def truths(self) -> list[tuple[int, list[tuple[str, str, str]]]]:
        """The estimates beside the true values, where these are known and compared with."""
        if self.truth is None or self.comparison is None:
            return []
        mixture = self.result.step.mixture
        if len(self.comparison.matching) != mixture.k or self.truth.d != mixture.d:
            return []
        return truth_lines(mixture, self.truth, self.comparison)


class ParameterCards(QWidget):
    """Paints them; what is in sight alone."""

    component_clicked = Signal(int)

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._figures: Figures | None = None
        self._far = False
        self._fit()

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        self._fit()

    def show_figures(self, figures: Figures | None) -> None:
        """Show a step; None shows that there is no start yet."""
        self._figures = figures
        self._fit()

    @property
    def text(self) -> str:
        """All figures as plain text, a line each."""
        figures = self._figures
        if figures is None:
            return ""
        mixture = figures.result.step.mixture
        lines = [self.tr("Iteration {t}").format(t=figures.result.step.index)]
        if figures.result.in_scaled_units:
            lines.append(self.tr("In scaled units"))
        elif figures.scaled is not None:
            lines.append(self.tr("In the data's own units"))
        for j in range(mixture.k):
            mean = ", ".join(_mean(mixture, j))
            rows = "; ".join(", ".join(map(number, row)) for row in mixture.covariances[j].tolist())
            lines.append(
                self.tr("{j}: weight {weight}, mean {mean}, covariance {rows}").format(
                    j=j + 1, weight=number(float(mixture.weights[j])), mean=mean, rows=rows
                )
            )
        totals = self._totals(figures)
        if figures.comparison is not None:
            totals += comparison_lines(figures.comparison)
        return "\n".join([*lines, *(f"{name} {value}" for name, value in totals)])

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as the cards are."""
        return QSize(round(280 * self._style.scale), round(self._height()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Mark the component under the pointer."""
        if self._figures is not None:
            j = int((event.position().y() - MARGIN) / self._card_height())
            if 0 <= j < self._figures.result.step.mixture.k:
                self.component_clicked.emit(j)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the cards in sight."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, figures = self._style.palette, self._figures
        painter.fillRect(self.rect(), QColor(palette.panel))
        if figures is None:
            painter.setPen(QColor(palette.muted))
            painter.setFont(self._style.font)
            text = self.tr("The parameters appear here once there is a start.")
            box = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            painter.drawText(box, Qt.TextFlag.TextWordWrap, text)
        else:
            self._paint_figures(painter, QRectF(event.rect()), figures)
        painter.end()

    def _paint_figures(self, painter: QPainter, seen: QRectF, figures: Figures) -> None:
        """Cards, totals, and the comparison with the truth."""
        palette, card, row = self._style.palette, self._card_height(), self._row()
        for j in range(figures.result.step.mixture.k):
            box = QRectF(0, MARGIN + j * card, self.width(), card)
            if box.intersects(seen):
                self._paint_card(painter, box, figures, j, palette)
        width = self.width() - 2 * MARGIN
        top = MARGIN + figures.result.step.mixture.k * card + 8
        if top - 8 < seen.bottom() and top + 4 * row > seen.top():
            self._paint_totals(painter, top, figures, palette)
        if figures.comparison is None:
            return
        top += 4 * row + MARGIN
        box = QRectF(MARGIN, top, width, comparison_height(figures.comparison, self._style))
        if box.adjusted(0, -8, 0, 0).intersects(seen):
            painter.setPen(QPen(QColor(palette.border), 1))
            painter.drawLine(QPointF(MARGIN, top - 8), QPointF(MARGIN + width, top - 8))
            paint_comparison(painter, box, figures.comparison, figures.class_names, self._style)
        if box.bottom() < seen.bottom() and (truths := figures.truths):
            below = QRectF(MARGIN, box.bottom(), width, truth_height(truths, self._style))
            paint_truth(painter, below, truths, self._style)

    def _row(self) -> float:
        return 22 * self._style.scale

    def _card_height(self) -> float:
        d = self._figures.result.step.mixture.d if self._figures else 2
        rows = 1.2 + 0.5 + (d if self._far else 1) + d + 0.5
        if self._figures is not None and self._figures.responsibilities is not None:
            rows += 1
        return rows * self._row()

    def _height(self) -> float:
        k = self._figures.result.step.mixture.k if self._figures else 0
        height = 2 * MARGIN + k * self._card_height() + 5 * self._row() + 8
        if self._figures is not None and self._figures.comparison is not None:
            height += comparison_height(self._figures.comparison, self._style) + MARGIN
            if truths := self._figures.truths:
                height += truth_height(truths, self._style)
        return height

    def _fit(self) -> None:
        figures = self._figures
        mixture = figures.result.step.mixture if figures else None
        # Whether means have too many digits to stand side by side.
        self._far = mixture is not None and any(
            len(text) > _SHORT for j in range(mixture.k) for text in _mean(mixture, j)
        )
        self.setMinimumSize(
            round(_NARROWEST * self._style.scale), round(self._height()) if self._figures else 0
        )
        self.setAccessibleDescription(self.text)
        self.update()

    def _paint_card(
        self, painter: QPainter, box: QRectF, figures: Figures, j: int, palette: Palette
    ) -> None:
        style, mixture = self._style, figures.result.step.mixture
        row = self._row()
        left, right = box.left() + MARGIN, box.right() - MARGIN
        if figures.marked == j:
            tint = QColor(palette.accent)
            tint.setAlpha(28)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(box.adjusted(6, -6, -6, -0.5 * row), 8, 8)
        colour = QColor(component_colour(palette, j))
        middle = box.top() + 0.5 * row
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        radius = 9 * style.scale
        painter.drawEllipse(QPointF(left + radius, middle), radius, radius)
        painter.setFont(_font(style, 11 if j < 9 else 9, bold=True))
        painter.setPen(QColor(on_component(palette, j)))
        disc = QRectF(left, middle - radius, 2 * radius, 2 * radius)
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(j + 1))
        weight = float(mixture.weights[j])
        painter.setFont(_font(style, _TITLE, bold=True))
        painter.setPen(QColor(palette.text))
        title = QRectF(left + 28 * style.scale, box.top(), right - left, row)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, f"{weight:.3f}")
        painter.setFont(style.font)
        painter.setPen(QColor(palette.muted))
        count = self.tr("N = {count}").format(count=number(weight * figures.result.total_weight))
        line = QRectF(left, box.top(), right - left, row)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        bar = QRectF(left, box.top() + 1.15 * row, right - left, 4)
        _paint_bar(painter, bar, weight, colour, QColor(palette.border))
        self._paint_numbers(painter, QRectF(left, bar.bottom() + 6, right - left, row), figures, j)

    def _rows(self, figures: Figures, j: int) -> list[tuple[str, list[str]]]:
        """What is said of a component, in cells that stand under each other."""
        mixture = figures.result.step.mixture
        d, mean = mixture.d, _mean(mixture, j)
        rows = [(self.tr("mean"), mean)]
        if self._far:
            rows = [(self.tr("mean") if i == 0 else "", [text]) for i, text in enumerate(mean)]
        entries = numbers(mixture.covariances[j].ravel().tolist())
        name = self.tr("covariance") if d == 2 else self.tr("variance")
        rows += [(name if i == 0 else "", entries[i * d : (i + 1) * d]) for i in range(d)]
        if figures.responsibilities is not None:
            rows.append((self.tr("this point"), [f"{float(figures.responsibilities[j]):.3f}"]))
        return rows

    def _paint_numbers(self, painter: QPainter, line: QRectF, figures: Figures, j: int) -> None:
        """Mean and covariance as columns that stand under each other."""
        palette, d = self._style.palette, figures.result.step.mixture.d
        label = 84 * self._style.scale
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for i, (name, values) in enumerate(self._rows(figures, j)):
            at = line.translated(0, i * line.height())
            painter.setPen(QColor(palette.muted))
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QColor(palette.text))
            width = (line.width() - label - 12) / len(values)
            for column, value in enumerate(values):
                cell = QRectF(at.left() + label + column * width, at.top(), width, at.height())
                painter.drawText(cell, align, value)
        if d == 1:
            return
        top = line.top() + (d if self._far else 1) * line.height() + 3
        left, width = line.left() + label - 2, line.width() - label + 8
        _paint_brackets(
            painter, QRectF(left, top, width, d * line.height() - 6), QColor(palette.muted)
        )

    def _totals(self, figures: Figures) -> list[tuple[str, str]]:
        change = "\N{EN DASH}" if figures.change is None else signed(figures.change)
        return [
            (self.tr("log-likelihood"), log_likelihood(figures.result.step.log_likelihood)),
            (self.tr("change"), change),
            (self.tr("BIC"), log_likelihood(figures.result.bic)),
            (self.tr("AIC"), log_likelihood(figures.result.aic)),
        ]

    def _paint_totals(
        self, painter: QPainter, top: float, figures: Figures, palette: Palette
    ) -> None:
        row = self._row()
        width = self.width() - 2 * MARGIN
        painter.setPen(QPen(QColor(palette.border), 1))
        painter.drawLine(QPointF(MARGIN, top - 8), QPointF(MARGIN + width, top - 8))
        for i, (name, value) in enumerate(self._totals(figures)):
            line = QRectF(MARGIN, top + i * row, width, row)
            painter.setFont(_font(self._style, 13, bold=False))
            painter.setPen(QColor(palette.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setFont(_font(self._style, _TITLE if i == 0 else 13, bold=i == 0))
            painter.setPen(QColor(palette.text))
            painter.drawText(
                line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value
            )


def _mean(mixture: Mixture, j: int) -> list[str]:
    """The coordinates of a mean, to the digits that tell its component from the next."""
    sigma = float(np.sqrt(mixture.covariances[j].diagonal().max()))
    return places(mixture.means[j].tolist(), sigma)


def _font(style: Style, pixels: int, *, bold: bool) -> QFont:
    font = QFont(style.font)
    font.setPixelSize(round(pixels * style.scale))
    font.setBold(bold)
    return font


def _paint_bar(
    painter: QPainter, bar: QRectF, share: float, colour: QColor, ground: QColor
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(bar, 2, 2)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 2, 2)


def _paint_brackets(painter: QPainter, box: QRectF, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1))
    for x, inward in ((box.left(), 4), (box.right(), -4)):
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        for y in (box.top(), box.bottom()):
            painter.drawLine(QPointF(x, y), QPointF(x + inward, y))
