"""The body of the race page: cards and curves, side by side where there is room for both."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from gmm_studio.gui.laboratory.race_card import LaneCard, picture_height
from gmm_studio.gui.laboratory.race_plot import RacePlot
from gmm_studio.gui.style import Style

__all__ = ["RaceBoard"]

_BESIDE = 600.0
"""From this width on curves are beside the pictures, and from this height on below them."""
_BELOW = 360.0

_PLOT_SHARE = 0.4
_NARROWEST_PLOT, _WIDEST_PLOT = 280.0, 620.0
_PICTURE_ASPECT = 1.6


class RaceBoard(QWidget):
    """Arranges cards that it is given, the plot, and a word where there is nothing yet.

    Signals
    -------
    arranged()
        Cards have other sizes, or there is room for other things.
    """

    arranged = Signal()

    def __init__(self, plot: RacePlot, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._cards: list[LaneCard] = []
        self.plot = plot
        plot.setParent(self)
        self.word = QLabel(self)
        self.word.setWordWrap(True)
        self.word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.word.setProperty("muted", True)
        self._has_pictures = False
        self._prefers_curves = False

    @property
    def is_tight(self) -> bool:
        """Whether there is room for pictures or curves, not for both."""
        scale = self._style.scale
        return self.width() < _BESIDE * scale and self.height() < _BELOW * scale

    @property
    def shows_cards(self) -> bool:
        """Whether the cards are in sight."""
        return not (self._has_pictures and self.is_tight and self._prefers_curves)

    def set_style(self, style: Style) -> None:
        """Use other measures."""
        self._style = style
        self.word.setFont(style.font)
        self.arrange()

    def set_cards(self, cards: Sequence[LaneCard]) -> None:
        """Arrange these."""
        self._cards = list(cards)
        self.arrange()

    def show_pictures(self, shown: bool) -> None:
        """Show cards with pictures and the curves, or names and a word."""
        if shown != self._has_pictures:
            self._has_pictures = shown
            self.arrange()
            self.arranged.emit()

    def prefer_curves(self, preferred: bool) -> None:
        """What to show where there is no room for both."""
        self._prefers_curves = preferred
        self.arrange()
        self.arranged.emit()

    def arrange(self) -> None:
        """Give everything its place."""
        for card in self._cards:
            card.set_chip(not self._has_pictures)
            card.setVisible(self.shows_cards)
        if self._has_pictures:
            self._arrange_pictures()
        else:
            self._arrange_chips()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Everything is elsewhere."""
        self.arrange()
        self.arranged.emit()

    def _arrange_chips(self) -> None:
        scale, gap = self._style.scale, round(8 * self._style.scale)
        self.plot.hide()
        x, y = QPoint(2 * gap, gap // 2).toTuple()
        bottom = y
        for card in self._cards:
            size = card.sizeHint().boundedTo(QSize(self.width() - 4 * gap, self.height()))
            if x > 2 * gap and x + size.width() > self.width() - 2 * gap:
                x, y = 2 * gap, bottom + gap
            card.setGeometry(QRect(QPoint(x, y), size))
            x, bottom = x + size.width() + gap, y + size.height()
        room = QRect(0, bottom, self.width(), max(self.height() - bottom, 0))
        room.adjust(3 * gap, 0, -3 * gap, 0)
        widest = round(520 * scale)
        if room.width() > widest:
            room.adjust((room.width() - widest) // 2, 0, -(room.width() - widest) // 2, 0)
        self.word.setGeometry(room)
        self.word.setVisible(room.height() >= QFontMetricsF(self._style.font).height())

    def _arrange_pictures(self) -> None:
        scale, room = self._style.scale, self.rect()
        self.word.hide()
        self.plot.setVisible(not self.is_tight or self._prefers_curves)
        if self.is_tight:
            self.plot.setGeometry(room)
        elif room.width() >= _BESIDE * scale:
            width = min(
                max(_PLOT_SHARE * room.width(), _NARROWEST_PLOT * scale), _WIDEST_PLOT * scale
            )
            width = min(width, room.width() - self._narrowest(room))
            split = room.width() - round(width)
            self.plot.setGeometry(room.adjusted(split, 0, 0, 0))
            room.setWidth(split)
        else:
            split = round(0.55 * room.height())
            self.plot.setGeometry(room.adjusted(0, split, 0, 0))
            room.setHeight(split)
        self._arrange_grid(room)

    def _narrowest(self, room: QRect) -> float:
        """What cards want at least."""
        return 0.42 * room.width()

    def _arrange_grid(self, room: QRect) -> None:
        if not self._cards:
            return
        scale, count = self._style.scale, len(self._cards)
        gap = round(8 * scale)
        room = room.adjusted(2 * gap, gap // 2, -gap // 2, -gap)
        columns = max(range(1, count + 1), key=lambda c: self._worth(c, room, gap))
        rows = math.ceil(count / columns)
        for i, card in enumerate(self._cards):
            row, column = divmod(i, columns)
            left, right = (
                room.left() + (room.width() + gap) * c // columns for c in (column, column + 1)
            )
            top, bottom = (room.top() + (room.height() + gap) * r // rows for r in (row, row + 1))
            card.setGeometry(left, top, max(right - left - gap, 1), max(bottom - top - gap, 1))

    def _worth(self, columns: int, room: QRect, gap: int) -> float:
        """How large a picture is in so many columns."""
        rows = math.ceil(len(self._cards) / columns)
        width = (room.width() + gap) / columns - gap
        height = (room.height() + gap) / rows - gap
        return min(width / _PICTURE_ASPECT, picture_height(height, self._style))
