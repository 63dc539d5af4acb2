"""The gallery of examples, lessons, published systems and generators."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.gui.laboratory.optimum_picture import Frame
from gmm_studio.gui.lessons.card import GalleryCard, card_width, picture_size
from gmm_studio.gui.lessons.items import Item, item_groups, items
from gmm_studio.gui.lessons.pictures import GalleryPictures
from gmm_studio.gui.style import Style

__all__ = ["Gallery"]

_GAP = 16
_SIZE = QSize(960, 680)
_ROOM = 64
"""That the dialog leaves around itself in the window."""


class Gallery(QDialog):
    """One card for each thing to open; typing filters them.

    Signals
    -------
    chosen(item)
        Somebody wants to open it; the dialog is closed then.
    """

    chosen = Signal(object)

    def __init__(self, pictures: GalleryPictures, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Examples and lessons"))
        self._pictures, self._style = pictures, style
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Type to find, such as collapse or k-means"))
        self.filter.setAccessibleName(self.tr("Find"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._on_filter)
        self.filter.installEventFilter(self)
        self.shelf = _Shelf(style)
        self.shelf.chosen.connect(self._on_chosen)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self.shelf)
        self.shelf.reached.connect(lambda card: self._area.ensureWidgetVisible(card, 0, 48))
        self._none = QLabel(self.tr("Nothing of that name. Try a shorter word."))
        self._none.setProperty("muted", True)
        self._none.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.filter)
        column.addWidget(self._none)
        column.addWidget(self._area, 1)
        room = parent.window().size() - QSize(_ROOM, _ROOM)
        self.resize((_SIZE * style.scale).boundedTo(room))
        self.filter.setFocus()
        pictures.painted.connect(self.shelf.show_picture)
        self.finished.connect(pictures.rest)
        size = picture_size(style)
        frame = Frame(size.width(), size.height(), self.devicePixelRatioF(), style)
        pictures.order([card.item for card in self.shelf.cards], frame)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Down goes from the filter to the cards, Enter opens the first of them."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            shown = self.shelf.shown
            if event.key() == Qt.Key.Key_Down and shown:
                shown[0].setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.filter.text().strip() and shown:
                    shown[0].click()
                return True
        return super().eventFilter(watched, event)

    def _on_filter(self, text: str) -> None:
        self.shelf.filter(text)
        self._none.setVisible(not self.shelf.shown)
        self._area.verticalScrollBar().setValue(0)

    def _on_chosen(self, item: Item) -> None:
        self.accept()
        self.chosen.emit(item)


class _Shelf(QWidget):
    """The cards in their groups, in as many columns as there is room for."""

    chosen = Signal(object)
    reached = Signal(object)

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self.cards = [self._card(item) for item in items()]
        self._headings = {kind: QLabel(text, self) for kind, text in item_groups().items()}
        for heading in self._headings.values():
            heading.setProperty("heading", True)
        self.shown = list(self.cards)
        self._rows: list[list[GalleryCard]] = []

    def show_picture(self, item: Item, image: QImage) -> None:
        """Show the picture of an item."""
        for card in self.cards:
            if card.item == item:
                card.show_picture(image)

    def filter(self, words: str) -> None:
        """Show those that match."""
        self.shown = [card for card in self.cards if card.item.matches(words)]
        for card in self.cards:
            card.setVisible(card in self.shown)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """As many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _card(self, item: Item) -> GalleryCard:
        card = GalleryCard(item, self._style, self)
        card.clicked.connect(lambda: self.chosen.emit(item))
        card.arrow.connect(self._on_arrow)
        card.installEventFilter(self)
        return card

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A card that has the focus is to be seen."""
        if event.type() == QEvent.Type.FocusIn:
            self.reached.emit(watched)
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        gap, width = round(_GAP * self._style.scale), card_width(self._style)
        columns = max(1, (self.width() + gap) // (width + gap))
        y = 0
        self._rows = []
        for kind, heading in self._headings.items():
            group = [card for card in self.shown if card.item.kind == kind]
            heading.setVisible(bool(group))
            if not group:
                continue
            height = heading.sizeHint().height()
            heading.setGeometry(0, y, self.width(), height)
            y += height + gap // 2
            for first in range(0, len(group), columns):
                row = group[first : first + columns]
                self._rows.append(row)
                height = max(card.sizeHint().height() for card in row)
                for i, card in enumerate(row):
                    card.setGeometry(QRect(i * (width + gap), y, width, height))
                y += height + gap
            y += gap // 2
        self.setMinimumHeight(y)

    def _on_arrow(self, card: GalleryCard, across: int, down: int) -> None:
        row = next(i for i, row in enumerate(self._rows) if card in row)
        column = self._rows[row].index(card)
        if across:
            flat = self.shown
            at = min(max(flat.index(card) + across, 0), len(flat) - 1)
            flat[at].setFocus(Qt.FocusReason.TabFocusReason)
        elif 0 <= row + down < len(self._rows):
            target = self._rows[row + down]
            target[min(column, len(target) - 1)].setFocus(Qt.FocusReason.TabFocusReason)
