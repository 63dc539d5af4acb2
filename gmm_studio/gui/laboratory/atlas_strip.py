"""The cards of an atlas in a row, or in several where there is room for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from gmm_studio.gui.laboratory.atlas_card import (
    CardText,
    OptimumCard,
    card_width,
    picture_size,
    text_height,
)
from gmm_studio.gui.style import Style

__all__ = ["Card", "CardStrip", "Grid", "grid_of"]

_GAP = 12
_PICTURE = 90
"""The height of a picture from which another row is worth it."""

_SMALLEST_PICTURE = 40
_TALLEST = 0.8
"""Of a picture, as a share of its width."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is to be shown of an optimum, by its number."""

    number: int
    text: CardText
    tip: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Where cards are: in rows of so many columns, or, with no columns, all in one row."""

    columns: int
    card: QSizeF
    gap: float

    def place(self, index: int) -> QRect:
        """The place of a card."""
        row, column = divmod(index, self.columns) if self.columns else (0, index)
        left = column * (self.card.width() + self.gap)
        top = row * (self.card.height() + self.gap)
        return QRect(round(left), round(top), round(self.card.width()), round(self.card.height()))


def grid_of(width: float, height: float, style: Style, bar: float) -> Grid:
    """The grid for a room of this size, with a scroll bar of this thickness, needed or not.

    So cards keep their size however many there are.
    """
    scale, text, usual = style.scale, text_height(style), card_width(style)
    gap = _GAP * scale
    rows = int((height + gap) // (text + _PICTURE * scale + gap))
    if rows < 2:
        tall = max(height - bar, text + _SMALLEST_PICTURE * scale)
        return Grid(0, QSizeF(usual, min(tall, text + _TALLEST * usual)), gap)
    room = width - bar
    columns = max(int((room + gap) // (usual + gap)), 1)
    wide = (room + gap) / columns - gap
    tall = min((height + gap) / rows - gap, text + _TALLEST * wide)
    return Grid(columns, QSizeF(wide, tall), gap)


class CardStrip(QScrollArea):
    """Emits the number of an optimum whose card is clicked or taken with Enter.

    Signals
    -------
    opened(number)
    pictures_wanted()
        There are cards without a picture, or pictures of another size.
    """

    opened = Signal(int)
    pictures_wanted = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("atlas_cards")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Optima"))
        self._style = style
        self._floor = QWidget()
        self.setWidget(self._floor)
        self._rest = QLabel(self._floor)
        self._rest.setWordWrap(True)
        self._rest.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._rest.setObjectName("row_label")
        self._rest.hide()
        self._cards: dict[int, OptimumCard] = {}
        self._order: list[int] = []
        self._grid = self._fitting_grid()

    @property
    def cards(self) -> tuple[OptimumCard, ...]:
        """In the order in which they are shown."""
        return tuple(self._cards[number] for number in self._order)

    @property
    def grid(self) -> Grid:
        """Where they are."""
        return self._grid

    @property
    def is_pressed(self) -> bool:
        """Whether a card is being clicked: it should stay where it is."""
        return any(card.isDown() for card in self._cards.values())

    @property
    def picture_size(self) -> QSizeF:
        """Of the pictures, in logical pixels."""
        return picture_size(self._grid.card, self._style)

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        for card in self._cards.values():
            card.set_style(style)
        self._lay_out()
        self.pictures_wanted.emit()

    def show_cards(self, cards: Sequence[Card], rest: str = "") -> None:
        """Show these, in this order, and say something about the ones that are not shown."""
        wanted = {card.number for card in cards}
        for number in [number for number in self._cards if number not in wanted]:
            self._remove(self._cards.pop(number))
        known = set(self._cards)
        for one in cards:
            card = self._cards.get(one.number) or self._add(one.number)
            card.show_text(one.text, one.tip)
        self._order = [card.number for card in cards]
        self._rest.setText(rest)
        self._choose(next((card.number for card in self.cards if card.hasFocus()), None))
        self._lay_out()
        if wanted - known:
            self.pictures_wanted.emit()

    def show_picture(self, number: int, picture: QImage) -> None:
        """The picture of an optimum."""
        if number in self._cards:
            self._cards[number].show_picture(picture)

    def show_shown(self, number: int | None) -> None:
        """Mark the optimum that is in the large view."""
        for card in self._cards.values():
            card.set_shown(card.number == number)

    def without_picture(self) -> list[int]:
        """The numbers of the optima that have no picture yet."""
        return [card.number for card in self.cards if card.picture is None]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another number of rows or columns."""
        super().resizeEvent(event)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """One row is scrolled sideways by any wheel."""
        bar, turned = self.horizontalScrollBar(), event.angleDelta()
        if self._grid.columns or bar.maximum() == 0:
            super().wheelEvent(event)
            return
        bar.setValue(bar.value() - (turned.x() or turned.y()))
        event.accept()

    def _add(self, number: int) -> OptimumCard:
        card = OptimumCard(number, self._style, self._floor)
        card.clicked.connect(lambda: self.opened.emit(number))
        card.walked.connect(lambda dx, dy: self._walk(number, dx, dy))
        card.focused.connect(lambda: self._choose(number))
        self._cards[number] = card
        card.show()
        return card

    def _remove(self, card: OptimumCard) -> None:
        card.hide()
        card.setParent(None)
        card.deleteLater()

    def _choose(self, number: int | None) -> None:
        """Tab leads to one card, from which the arrow keys lead to the others."""
        chosen = number if number is not None else next(iter(self._order), None)
        for card in self._cards.values():
            is_it = card.number == chosen
            card.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_it else Qt.FocusPolicy.NoFocus)
        if number is not None:
            self.ensureWidgetVisible(self._cards[number], 8, 8)

    def _walk(self, number: int, dx: int, dy: int) -> None:
        index = self._order.index(number) + dx + dy * (self._grid.columns or 1)
        if 0 <= index < len(self._order):
            self._cards[self._order[index]].setFocus(Qt.FocusReason.TabFocusReason)

    def _fitting_grid(self) -> Grid:
        bar = self.horizontalScrollBar().sizeHint().height()
        return grid_of(self.width(), self.height(), self._style, bar)

    def _lay_out(self) -> None:
        was = self.picture_size
        self._grid = self._fitting_grid()
        places = [self._grid.place(index) for index in range(len(self._order) + 1)]
        for card, place in zip(self.cards, places, strict=False):
            card.setGeometry(place)
        has_rest = bool(self._rest.text())
        self._rest.setVisible(has_rest)
        self._rest.setGeometry(places[-1])
        taken = QRect()
        for place in places if has_rest else places[:-1]:
            taken = taken.united(place)
        self._floor.resize(taken.size())
        if self.picture_size != was:
            self.pictures_wanted.emit()
