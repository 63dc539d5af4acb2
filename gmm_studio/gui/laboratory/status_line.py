"""A line of text that is cut where it has no room, and then said in full as a tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gmm_studio.gui.style import Style

__all__ = ["StatusLine", "widest"]


def widest(style: Style, *texts: str) -> int:
    """The width of a button that says one of these in bold, so that it never jumps."""
    font = QFont(style.font)
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetricsF(font)
    return round(max(map(metrics.horizontalAdvance, texts)) + 32 * style.scale)


class StatusLine(QLabel):
    """Takes the room that is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str, *, warning: bool = False) -> None:
        """Say something else."""
        if text == self.text() and warning == bool(self.property("warning")):
            return
        self.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setProperty("muted", not warning)
        self.setProperty("warning", warning)
        self.style().unpolish(self)
        self.style().polish(self)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As high as its text."""
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint as much as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), align, text)
        painter.end()
