"""One sentence and the equation of the step on show, large, for a room."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmm_studio.gui.explanation.explaining import Explanation
from gmm_studio.gui.explanation.presented import paint_equation
from gmm_studio.gui.style import Style

__all__ = ["ExplanationStrip"]

_PAD = 16.0
_SENTENCE = 15


class ExplanationStrip(QWidget):
    """Beside the curve; it takes the size that it is given."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explanation_strip")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._explanation: Explanation | None = None
        self.set_style(style)

    @property
    def text(self) -> str:
        """The sentence."""
        explanation = self._explanation
        return explanation.sentences[0] if explanation and explanation.sentences else ""

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        self.update()

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Show a step; None shows nothing."""
        self._explanation = explanation
        self.setAccessibleName(self.text)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the sentence, and the equation below it."""
        style, painter = self._style, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(style.palette.panel))
        if self._explanation is not None:
            font = QFont(style.font)
            font.setPixelSize(round(_SENTENCE * style.scale))
            painter.setFont(font)
            painter.setPen(QColor(style.palette.text))
            room = QRectF(self.rect()).adjusted(_PAD, 0.5 * _PAD, -_PAD, -0.5 * _PAD)
            flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
            written = painter.boundingRect(room, flags, self.text)
            painter.drawText(room, flags, self.text)
            below = room.adjusted(0, written.height() + 0.5 * _PAD, 0, 0)
            if below.height() > 0:
                paint_equation(painter, below, self._explanation, style)
        painter.end()
