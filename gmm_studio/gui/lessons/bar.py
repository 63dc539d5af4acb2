"""The bar under the cloud that tells a lesson."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.gui.icons import icon
from gmm_studio.gui.lessons.elided import Elided
from gmm_studio.gui.panels.controls import button
from gmm_studio.gui.panels.start_panel import method_names
from gmm_studio.gui.style import Style
from gmm_studio.lessons.lesson import Lesson, Page
from gmm_studio.lessons.views import Trial

__all__ = ["LessonBar"]

_TEXT = 15
_MOST_LINES = 6
"""More of them are scrolled."""

_ENDLESS = 1 << 20


class LessonBar(QWidget):
    """Title, page and the sentences, with Back, Next and Close; hidden without a lesson.

    Signals
    -------
    turned(by)
        Another page is wanted, 1 for the next and -1 for the one before.
    again()
        The page is wanted as it is meant.
    trial()
        The starts that the page offers are to be tried.
    closed()
    fitted()
        It has come, gone, or needs another height.
    """

    turned = Signal(int)
    again = Signal()
    trial = Signal()
    closed = Signal()
    fitted = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson")
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._style = style
        self._lesson: Lesson | None = None
        self._index = 0
        tr = self.tr
        self.title = Elided()
        self.place = QLabel()
        self.place.setProperty("muted", True)
        self.try_button = button(tr("Try"), tr("Run EM from many starts"))
        self.try_button.clicked.connect(self.trial)
        self.again_button = button(
            tr("Show again"), tr("Back to what this page shows, whatever was changed since")
        )
        self.again_button.clicked.connect(self.again)
        self.back = button(tr("Back"), tr("The page before (Ctrl+PgUp)"))
        self.back.clicked.connect(lambda: self.turned.emit(-1))
        self.next = button(tr("Next"), tr("The next page (Ctrl+PgDown)"))
        self.next.setProperty("primary", True)
        self.next.clicked.connect(lambda: self.turned.emit(1))
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.setToolTip(tr("Close the lesson (Esc)"))
        self.close_button.setAccessibleName(tr("Close the lesson"))
        self.close_button.clicked.connect(self.closed)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.text)
        self._area.setWidgetResizable(True)
        self._lay_out()
        self.set_style(style)
        self.hide()

    def show_page(self, lesson: Lesson | None, index: int, *, is_altered: bool) -> None:
        """Show a page of a lesson; None hides the bar.

        Parameters
        ----------
        lesson : Lesson or None
        index : int
            Of the page, from 0.
        is_altered : bool
            Whether something else is on show than the page says.
        """
        self._lesson, self._index = lesson, index
        if lesson is not None:
            page, count = lesson.pages[index], len(lesson.pages)
            self.title.setText(_tr(lesson.title))
            if _tr(page.text) != self.text.text():
                self.text.setText(_tr(page.text))
                self._area.verticalScrollBar().setValue(0)
            self.place.setText(f"{index + 1} / {count}")
            self.place.setAccessibleName(
                self.tr("Page {page} of {count}").format(page=index + 1, count=count)
            )
            self.setAccessibleName(lesson.title)
            self.setAccessibleDescription(page.text)
            self.back.setEnabled(index > 0)
            self.next.setEnabled(index + 1 < count)
            self.again_button.setVisible(is_altered)
            self.try_button.setVisible(page.trial is not None)
            if page.trial is not None:
                self._offer(page.trial)
        self.setVisible(lesson is not None)
        self._fit()

    def set_style(self, style: Style) -> None:
        """Use other colours and fonts."""
        self._style = style
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, style.palette.window)
        self.setPalette(palette)
        heading = QFont(style.font)
        heading.setPixelSize(round(_TEXT * style.scale))
        heading.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(heading)
        # What is inside a scroll area has its font from the style sheet.
        self.text.setStyleSheet(f"font-size: {round(_TEXT * style.scale)}px;")
        self.close_button.setIcon(icon("close", style.palette.muted, style.palette.disabled))
        edge = round(8 * style.scale)
        self.layout().setContentsMargins(2 * edge, edge, edge, edge)  # type: ignore[union-attr]
        self._fit()

    @property
    def scale(self) -> float:
        """The size of text and spacing."""
        return self._style.scale

    @property
    def slack(self) -> int:
        """How much higher it is at the longest page than at this one, in pixels."""
        pages = () if self._lesson is None else self._lesson.pages
        longest = max((self._wanted(page) for page in pages), default=0)
        return max(longest - self._area.height(), 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as its buttons."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """As high as the page needs at this width."""
        super().resizeEvent(event)
        self._fit()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        for widget in (
            self.place,
            self.try_button,
            self.again_button,
            self.back,
            self.next,
            self.close_button,
        ):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._area)

    def _offer(self, trial: Trial) -> None:
        """Say what is tried: the starts of all methods together."""
        text = self.tr("Run all {runs}").format(runs=trial.runs * len(trial.methods))
        self.try_button.setText(text)
        self.try_button.setAccessibleName(text)
        names = method_names(self)
        methods = ", ".join(names[method] for method in trial.methods)
        tip = self.tr("Run EM from {runs} starts of each: {methods}")
        self.try_button.setToolTip(tip.format(runs=trial.runs, methods=methods))

    def _fit(self) -> None:
        if self._lesson is not None:
            self._area.setFixedHeight(self._wanted(self._lesson.pages[self._index]))
        self.fitted.emit()

    def _wanted(self, page: Page) -> int:
        """How high the text of a page is to be."""
        line = self.text.fontMetrics().lineSpacing()
        margins = self.layout().contentsMargins()  # type: ignore[union-attr]
        width = self.width() - margins.left() - margins.right()
        wanted = self._height(_tr(page.text), max(width, 1))
        return max(min(wanted, _MOST_LINES * line + 2), line)

    def _height(self, text: str, width: int) -> int:
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        room = QRect(0, 0, width, _ENDLESS)
        return self.text.fontMetrics().boundingRect(room, flags, text).height()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Lessons", text)
