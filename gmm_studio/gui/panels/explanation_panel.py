"""The update equations of EM with the numbers of the step on show."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gmm_studio.gui.explanation.explaining import Explanation
from gmm_studio.gui.explanation.formula import paint_box
from gmm_studio.gui.explanation.page import NARROWEST, compose
from gmm_studio.gui.explanation.presented import equation_size, paint_equation
from gmm_studio.gui.explanation.sheet import Setters
from gmm_studio.gui.style import Style

__all__ = ["Explanation", "ExplanationPanel", "equation_size", "paint_equation"]


class ExplanationPanel(QScrollArea):
    """The E-step and the M-step, typeset, for a point and a component."""

    component_clicked = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explanation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = _Page(style)
        self._page.component_clicked.connect(self.component_clicked)
        self.setWidget(self._page)
        self.setMinimumWidth(self._page.minimumWidth())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Explanation of the step on show"))

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._page.set_style(style)
        self.setMinimumWidth(self._page.minimumWidth())

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Explain a step; None shows that there is no start yet."""
        self._page.show_explanation(explanation)

    @property
    def text(self) -> str:
        """Everything as plain text, a line each, to copy or to read aloud."""
        return self._page.text


class _Page(QWidget):
    component_clicked = Signal(int)

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._explanation: Explanation | None = None
        self.setMouseTracking(True)
        self.set_style(style)

    def set_style(self, style: Style) -> None:
        self._style = style
        self._setters = Setters(style)
        self._compose()

    def show_explanation(self, explanation: Explanation | None) -> None:
        self._explanation = explanation
        self._compose()

    @property
    def text(self) -> str:
        return "\n".join(self._sheet.lines)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as what is written."""
        return QSize(round(280 * self._style.scale), round(self._sheet.height))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Break the lines anew."""
        if event.size().width() != event.oldSize().width():
            self._compose()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose the component under the pointer."""
        j = self._component_at(event.position())
        if j is not None and event.button() == Qt.MouseButton.LeftButton:
            self.component_clicked.emit(j)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show by the pointer what can be clicked."""
        if self._component_at(event.position()) is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint what is in sight."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._style.palette.panel))
        top, bottom = event.rect().top(), event.rect().bottom() + 1
        for item in self._sheet.items:
            if item.y - item.box.ascent < bottom and item.y + item.box.descent > top:
                paint_box(painter, item.box, item.x, item.y, item.ink)
        painter.end()

    def _component_at(self, place: QPointF) -> int | None:
        return next((j for area, j in self._sheet.hits if area.contains(place)), None)

    def _compose(self) -> None:
        narrowest = round(NARROWEST * self._style.scale)
        width = max(self.width(), narrowest)
        self._sheet = compose(self._explanation, width, self._style, self._setters)
        self.setMinimumSize(narrowest, round(self._sheet.height))
        self.setAccessibleDescription(self.text)
        self.update()
