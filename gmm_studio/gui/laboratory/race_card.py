"""An entry of a race as a card: its name, a small picture, how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from gmm_studio.gui.icons import icon
from gmm_studio.gui.laboratory.race_lanes import Standing
from gmm_studio.gui.laboratory.race_plot import lane_colour, letter, on_lane, paint_letter
from gmm_studio.gui.style import Style

__all__ = ["CardText", "LaneCard", "picture_height"]

_FEWEST_LETTERS = 4
"""Of a text that is cut; less says nothing."""

_TWO_LINES_FROM, _THREE_LINES_FROM = 6.0, 8.5
"""Lines of text that a card must be high to say how it ended in so many."""


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says.

    Attributes
    ----------
    name : str
    value, verdict, way, short : tuple of str
        Its log-likelihood, how far it came, how it went there, and all in one line; each in
        several lengths, the longest first.
    told : str
        All of it, for those who listen and as a tip.
    """

    name: str
    value: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()
    way: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    told: str = ""


def picture_height(height: float, style: Style) -> float:
    """What of a card's height its picture has."""
    line = QFontMetricsF(style.font).height()
    return height - line - 12 * style.scale - _lines(height, line) * line


def _lines(height: float, line: float) -> int:
    if height < _TWO_LINES_FROM * line:
        return 1
    return 2 if height < _THREE_LINES_FROM * line else 3


class LaneCard(QAbstractButton):
    """Clicking opens the run; the cross and Delete take the entry out of the race."""

    removal_requested = Signal()
    hovered = Signal(bool)

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style, self._index = style, 0
        self._text = CardText("")
        self._standing: Standing | None = None
        self._image: QImage | None = None
        self._is_chip = True
        self._at_end = False
        self._is_removable = True
        self.setObjectName("race_card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._remove = QToolButton(self)
        self._remove.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._remove.setAutoRaise(True)
        self._remove.setCursor(Qt.CursorShape.ArrowCursor)
        self._remove.clicked.connect(self.removal_requested)
        self.set_style(style)

    @property
    def text_on_show(self) -> CardText:
        """What it says."""
        return self._text

    @property
    def remove_button(self) -> QToolButton:
        """Takes the entry out."""
        return self._remove

    @property
    def image(self) -> QImage | None:
        """The picture on show."""
        return self._image

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        self.setFont(style.font)
        side = round(self._title_height())
        self._remove.setStyleSheet(
            "QToolButton { padding: 0; border: none; border-radius: 4px; }"
            f"QToolButton:hover {{ background: {style.palette.pressed}; }}"
        )
        self._remove.setIcon(icon("close", style.palette.muted, style.palette.disabled))
        self._remove.setIconSize(QSize(round(0.7 * side), round(0.7 * side)))
        self._remove.setFixedSize(side, side)
        self._place()
        self.update()

    def set_index(self, index: int) -> None:
        """Which entry it is, from 0: its letter."""
        self._index = index
        self.update()

    def set_chip(self, is_chip: bool) -> None:
        """Be a name alone, or have a picture too."""
        self._is_chip = is_chip
        self.set_removable(self._is_removable)
        self._place()
        self.update()

    def set_removable(self, removable: bool) -> None:
        """Whether there is a cross; on a card it is there under the pointer and in focus."""
        self._is_removable = removable
        near = self._is_chip or self.underMouse() or self.hasFocus()
        self._remove.setVisible(removable and near)

    def show_text(self, text: CardText, standing: Standing | None, *, at_end: bool) -> None:
        """Say how the entry is called and how it stands."""
        shown = (self._text, self._standing, self._at_end)
        self._text, self._standing, self._at_end = text, standing, at_end
        if shown != (text, standing, at_end):
            told = text.told or text.name
            self.setAccessibleName(told)
            self.setToolTip(told)
            tip = self.tr("Take {name} out of the race").format(name=text.name)
            self._remove.setToolTip(tip)
            self._remove.setAccessibleName(tip)
            self.update()

    def show_image(self, image: QImage | None) -> None:
        """Show a picture; it is stretched where it was made for another size."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Of the chip."""
        metrics, side = QFontMetricsF(self._style.font), self._title_height()
        width = metrics.horizontalAdvance(self._text.name) + 2 * side + 16 * self._style.scale
        return QSize(round(width), round(side + 8 * self._style.scale))

    @property
    def picture_size(self) -> QSizeF:
        """The room for the picture."""
        return self._picture_box().size()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, scale = self._style.palette, self._style.scale
        focused = self.hasFocus()
        edge = 2.0 if focused else 1.0
        box = QRectF(self.rect()).adjusted(0.5 * edge, 0.5 * edge, -0.5 * edge, -0.5 * edge)
        colour = palette.accent if focused else palette.border
        if self.underMouse() and not focused:
            colour = palette.border_strong
        ground = palette.hover if self.isDown() else palette.control
        painter.setPen(QPen(QColor(colour), edge))
        painter.setBrush(QColor(ground))
        radius = min(6 * scale, 0.5 * box.height())
        painter.drawRoundedRect(box, radius, radius)
        self._paint_title(painter)
        if not self._is_chip:
            self._paint_picture(painter)
            self._paint_result(painter)
        painter.end()

    def _paint_title(self, painter: QPainter) -> None:
        palette, scale, side = self._style.palette, self._style.scale, self._title_height()
        top = 0.5 * (self.height() - side) if self._is_chip else 2 * scale
        radius = 0.42 * side
        colours = lane_colour(palette, self._standing), on_lane(palette, self._standing)
        if self._is_chip:
            colours = (palette.muted, palette.panel)
        at = QPointF(6 * scale + radius, top + 0.5 * side)
        hollow = not self._is_chip and not self._at_end
        paint_letter(painter, at, radius, letter(self._index), colours, self._style, hollow=hollow)
        left = at.x() + radius + 6 * scale
        cross = self._remove.width() if self._remove.isVisibleTo(self) else 0
        room = self.width() - left - cross - 4 * scale
        self._write(painter, (self._text.name,), QRectF(left, top, room, side), palette.text)

    def _paint_picture(self, painter: QPainter) -> None:
        box = self._picture_box()
        painter.fillRect(box, QColor(self._style.palette.canvas))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._image)

    def _paint_result(self, painter: QPainter) -> None:
        palette, text, line = self._style.palette, self._text, self._line()
        colour = palette.text if self._standing is None else lane_colour(palette, self._standing)
        pad = (8 if self.width() > 72 * self._style.scale else 4) * self._style.scale
        top = self._picture_box().bottom() + 3 * self._style.scale
        room = QRectF(pad, top, self.width() - 2 * pad, line)
        lines = _lines(self.height(), line)
        if lines == 1:
            self._write(painter, text.short, room, colour)
            return
        if lines == 3:
            self._write(painter, text.value, room, palette.text, bold=True)
            room.translate(0, line)
        self._write(painter, text.verdict, room, colour, bold=lines == 2)
        self._write(painter, text.way, room.translated(0, line), palette.muted)

    def _write(
        self,
        painter: QPainter,
        texts: tuple[str, ...],
        box: QRectF,
        colour: str,
        *,
        bold: bool = False,
    ) -> None:
        """The first of them that has room; the last one is cut if it has none."""
        if not texts:
            return
        font = QFont(self._style.font)
        font.setBold(bold)
        metrics = QFontMetricsF(font)
        text = next(
            (one for one in texts if metrics.horizontalAdvance(one) <= box.width()), texts[-1]
        )
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
        if cut != text and len(cut) < _FEWEST_LETTERS:
            return
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)

    def _line(self) -> float:
        return QFontMetricsF(self._style.font).height()

    def _title_height(self) -> float:
        return self._line() + 3 * self._style.scale

    def _picture_box(self) -> QRectF:
        """Over the whole width, between the title and how it ended."""
        top = self._title_height() + 4 * self._style.scale
        height = picture_height(self.height(), self._style)
        return QRectF(2, top, max(self.width() - 4, 1), max(height, 1))

    def _place(self) -> None:
        side = self._remove.height()
        top = 0.5 * (self.height() - side) if self._is_chip else 2 * self._style.scale
        self._remove.move(round(self.width() - side - 4 * self._style.scale), round(top))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The cross stays in its corner."""
        self._place()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Say that the pointer is here."""
        self.hovered.emit(True)
        self.set_removable(self._is_removable)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say that it is not."""
        self.hovered.emit(False)
        self.set_removable(self._is_removable)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Emphasise the curve of the entry as the pointer does."""
        self.hovered.emit(True)
        self.set_removable(self._is_removable)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """No longer."""
        self.hovered.emit(False)
        self.set_removable(self._is_removable)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Delete from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() == Qt.Key.Key_Delete)
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens, as Space does, and Delete takes out."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Delete:
            self.removal_requested.emit()
        else:
            super().keyPressEvent(event)
