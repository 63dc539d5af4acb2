"""A card of the atlas: one optimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, QSizeF, Qt, Signal
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
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from gmm_studio.gui.colours import mixed
from gmm_studio.gui.style import Style

__all__ = ["CardText", "OptimumCard", "card_width", "picture_size", "text_height"]

_RADIUS = 6
_ROUND = 2
_BAR = 4
_GAP = 6
_INSET = 2

_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says.

    Attributes
    ----------
    title : str
        The log-likelihood.
    below : tuple of str
        How far it is below the best found: the same thing in fewer and fewer words.
    reached, iterations : tuple of str
        How often and how fast it was reached, again in fewer and fewer words.
    mark : str
        Why it is spurious.
    share : float
        Of the runs, from 0 to 1.
    is_best : bool
    """

    title: str
    below: tuple[str, ...]
    reached: tuple[str, ...]
    iterations: tuple[str, ...]
    mark: str = ""
    share: float = 0.0
    is_best: bool = False

    @property
    def sentence(self) -> str:
        """All of it."""
        parts = [self.title, self.below[0], self.reached[0], self.iterations[0], self.mark]
        return ", ".join(filter(None, parts))


class OptimumCard(QAbstractButton):
    """Is clicked, or taken with Enter; says where the arrow keys want to go."""

    walked = Signal(int, int)
    focused = Signal()

    def __init__(self, number: int, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.number = number
        self._style = style
        self._text = CardText("", ("",), ("",), ("",))
        self._picture: QImage | None = None
        self._shown = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def text_on_show(self) -> CardText:
        """What it says."""
        return self._text

    @property
    def picture(self) -> QImage | None:
        """What it shows."""
        return self._picture

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts; the picture goes until there is another."""
        self._style = style
        self._picture = None
        self.update()

    def show_text(self, text: CardText, tip: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text.sentence)
            self.update()
        self.setToolTip(tip)

    def show_picture(self, picture: QImage) -> None:
        """Show the ellipses."""
        self._picture = picture
        self.update()

    def set_shown(self, shown: bool) -> None:
        """Whether this optimum is the one in the large view."""
        if shown != self._shown:
            self._shown = shown
            self.update()

    def event(self, event: QEvent) -> bool:
        """Take the arrow keys before they step through a run."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.key() in _MOVES or event.key() in _ENTER)
        ):
            event.accept()
            return True
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit()
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Go to another card, or take this one."""
        key = Qt.Key(event.key())
        if key in _MOVES:
            self.walked.emit(*_MOVES[key])
        elif key in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As the strip lays it out."""
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The picture and what is said below it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = picture_size(QSizeF(self.size()), self._style)
        inset = _INSET * self._style.scale
        box = QRectF(inset, inset, size.width(), size.height())
        self._paint_picture(painter, box)
        if self._text.mark:
            self._paint_mark(painter, box)
        top = box.bottom() + 0.5 * _GAP * self._style.scale
        self._paint_text(painter, QRectF(box.left(), top, box.width(), self.height() - top))
        painter.end()

    def _paint_picture(self, painter: QPainter, box: QRectF) -> None:
        palette, scale = self._style.palette, self._style.scale
        radius = _RADIUS * scale
        path = QPainterPath()
        path.addRoundedRect(box, radius, radius)
        painter.save()
        painter.setClipPath(path)
        painter.fillPath(path, QColor(palette.canvas))
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._picture)
        painter.restore()
        edge, width = palette.border, 1.0
        if self.underMouse():
            edge = palette.border_strong
        if self._shown:
            edge, width = palette.muted, 2 * scale
        if self.hasFocus():
            edge, width = palette.accent, 2.5 * scale
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, radius, radius)

    def _paint_mark(self, painter: QPainter, box: QRectF) -> None:
        palette, scale = self._style.palette, self._style.scale
        painter.setFont(self._style.font)
        metrics = QFontMetricsF(self._style.font)
        width = metrics.horizontalAdvance(self._text.mark) + 12 * scale
        chip = QRectF(
            box.left() + 5 * scale, box.top() + 5 * scale, width, metrics.height() + 2 * scale
        )
        ground = QColor(mixed(palette.warning, palette.canvas, 0.14))
        painter.setPen(QPen(QColor(mixed(palette.warning, palette.canvas, 0.5)), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(chip, 4 * scale, 4 * scale)
        painter.setPen(QColor(palette.warning))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._text.mark)

    def _paint_text(self, painter: QPainter, box: QRectF) -> None:
        palette, scale, text = self._style.palette, self._style.scale, self._text
        font, bold = self._style.font, QFont(self._style.font)
        bold.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        line = QRectF(box.left(), box.top(), box.width(), metrics.height())
        painter.setFont(bold)
        painter.setPen(QColor(palette.text))
        painter.drawText(line, _LEFT, text.title)
        line.translate(0, metrics.height() + _ROUND * scale)
        painter.setFont(font)
        painter.setPen(QColor(palette.accent if text.is_best else palette.muted))
        painter.drawText(line, _LEFT, _fitting(text.below, line.width(), metrics))
        line.translate(0, metrics.height() + _GAP * scale)
        self._paint_bar(painter, QRectF(line.left(), line.top(), line.width(), _BAR * scale))
        line.translate(0, (_BAR + 0.5 * _GAP) * scale)
        painter.setPen(QColor(palette.text))
        reached = text.reached[0]
        painter.drawText(line, _LEFT, _fitting(text.reached, line.width(), metrics))
        room = line.width() - metrics.horizontalAdvance(reached) - 10 * scale
        painter.setPen(QColor(palette.muted))
        right = next((one for one in text.iterations if metrics.horizontalAdvance(one) <= room), "")
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        palette, radius = self._style.palette, 0.5 * bar.height()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.pressed))
        painter.drawRoundedRect(bar, radius, radius)
        bar.setWidth(max(bar.width() * self._text.share, bar.height()))
        painter.setBrush(QColor(palette.accent if self._text.is_best else palette.ghost))
        painter.drawRoundedRect(bar, radius, radius)


_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def _fitting(texts: Sequence[str], room: float, metrics: QFontMetricsF) -> str:
    """The longest of some texts that has room, or the last one, cut."""
    for text in texts:
        if metrics.horizontalAdvance(text) <= room:
            return text
    return metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, room)


def card_width(style: Style) -> float:
    """The usual width of a card: its longest line fits."""
    metrics = QFontMetricsF(style.font)
    longest = metrics.horizontalAdvance("9.99 below the best found")
    return longest + (2 * _INSET + 2) * style.scale


def text_height(style: Style) -> float:
    """What a card needs below its picture."""
    line = QFontMetricsF(style.font).height()
    return 3 * line + (2 * _GAP + _ROUND + _BAR) * style.scale


def picture_size(card: QSizeF, style: Style) -> QSizeF:
    """The size of the picture in a card."""
    inset = 2 * _INSET * style.scale
    height = card.height() - inset - text_height(style)
    return QSizeF(max(card.width() - inset, 1.0), max(height, 1.0))
