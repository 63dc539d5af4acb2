"""A card of the gallery: a small picture, a title and what it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from gmm_studio.gui.lessons.items import Item
from gmm_studio.gui.style import Style

__all__ = ["GalleryCard", "card_width", "picture_size"]

_WIDTH, _PICTURE = 208, 116
_EDGE = 8
_MOST_TITLE, _MOST_SUMMARY = 2, 5
"""Lines of text; what is longer is cut."""


def picture_size(style: Style) -> QSize:
    """Of the picture on a card, in logical pixels."""
    return QSize(round((_WIDTH - 2) * style.scale), round(_PICTURE * style.scale))


def card_width(style: Style) -> int:
    """Of a whole card, in logical pixels."""
    return round(_WIDTH * style.scale)


class GalleryCard(QAbstractButton):
    """Opens what it shows by a click, Enter or Space; arrows go to its neighbours."""

    arrow = Signal(object, int, int)
    reached = Signal(object)

    def __init__(self, item: Item, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.item, self._style = item, style
        self._image: QImage | None = None
        room = card_width(style) - 2 - 2 * _EDGE * style.scale
        self._title = _lines(item.title, _font(style, bold=True), room, _MOST_TITLE)
        self._summary = _lines(item.summary, _font(style, bold=False), room, _MOST_SUMMARY)
        self.setText(item.title)
        self.setAccessibleName(item.title)
        self.setAccessibleDescription(item.summary)
        self.setToolTip("\n".join(filter(None, (item.title, item.summary))))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def has_picture(self) -> bool:
        """Whether its picture is there."""
        return self._image is not None

    def show_picture(self, image: QImage) -> None:
        """Show its picture."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its text."""
        scale = self._style.scale
        bold, plain = (QFontMetricsF(_font(self._style, bold=bold)) for bold in (True, False))
        text = len(self._title) * bold.lineSpacing() + len(self._summary) * plain.lineSpacing()
        height = (_PICTURE + 2 * _EDGE) * scale + text + 4
        return QSize(card_width(self._style), round(height))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows go on, Enter opens."""
        moves = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self.arrow.emit(self, *moves[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, scale = self._style.palette, self._style.scale
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(box, 8, 8)
        warm = self.underMouse() or self.isDown()
        painter.fillPath(outline, QColor(palette.hover if warm else palette.panel))
        picture = QRectF(box.left(), box.top(), box.width(), _PICTURE * scale)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(picture, QColor(palette.canvas))
        if self._image is not None:
            painter.drawImage(picture, self._image)
        painter.restore()
        painter.setPen(QPen(QColor(palette.border), 1))
        painter.drawLine(picture.bottomLeft(), picture.bottomRight())
        edge = _EDGE * scale
        text = QRectF(box.left() + edge, picture.bottom() + edge, box.width() - 2 * edge, 0)
        self._paint_words(painter, text)
        is_focused = self.hasFocus()
        colour = palette.accent if is_focused else palette.border
        painter.setPen(QPen(QColor(colour), 2 if is_focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)
        painter.end()

    def _paint_words(self, painter: QPainter, text: QRectF) -> None:
        palette = self._style.palette
        bold, plain = _font(self._style, bold=True), _font(self._style, bold=False)
        top = text.top()
        for lines, font, colour in (
            (self._title, bold, palette.text),
            (self._summary, plain, palette.muted),
        ):
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            for line in lines:
                painter.drawText(QPointF(text.left(), top + metrics.ascent()), line)
                top += metrics.lineSpacing()
            top += 2


def _lines(text: str, font: QFont, width: float, most: int) -> list[str]:
    """A text in so many lines at most, its end cut."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    starts = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    parts = [text[i:j].rstrip() for i, j in zip(starts, [*starts[1:], len(text)], strict=True)]
    if len(parts) > most:
        rest = text[starts[most - 1] :]
        cut = QFontMetricsF(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
        parts = [*parts[: most - 1], cut]
    return parts


def _font(style: Style, *, bold: bool) -> QFont:
    font = QFont(style.font)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font
