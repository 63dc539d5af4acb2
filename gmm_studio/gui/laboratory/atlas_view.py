"""The atlas of optima: what many starts lead to, a card for each optimum."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QImage, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.core.errors import InputError
from gmm_studio.document import Document, Drawn
from gmm_studio.gui.laboratory.atlas_controls import AtlasControls, Line
from gmm_studio.gui.laboratory.atlas_strip import CardStrip
from gmm_studio.gui.laboratory.atlas_task import Atlas, AtlasRequest, atlas_task, same_problem
from gmm_studio.gui.laboratory.atlas_words import AtlasWords
from gmm_studio.gui.laboratory.means_strip import MeansStrip
from gmm_studio.gui.laboratory.optimum_picture import Frame, OptimumPictures
from gmm_studio.gui.laboratory.success_view import SuccessView
from gmm_studio.gui.panels.controls import button
from gmm_studio.gui.style import Style
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Finished, Worker

__all__ = ["AtlasView"]

_MOST_CARDS = 60
_SORT_MS = 500
_PICTURES_MS = 60
_ROOMY = 640
_NARROW_RATES = 0.36
"""The share of the width for the rates where there is little."""


class AtlasView(QWidget):
    """Runs EM from many starts and shows which optima they reach, and how often.

    Signals
    -------
    document_requested(document)
        Somebody wants to see one of the runs: its document.
    changed()
        Work began, went on or ended.
    failed(error)
        Something went wrong that no input explains.
    """

    document_requested = Signal(object)
    changed = Signal()
    failed = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("atlas_view")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoFillBackground(True)
        self._style = style
        self._document: Document | None = None
        self._atlas: Atlas | None = None
        self._error: InputError | None = None
        self._task: int | None = None
        self._order: list[int] = []
        self._replays: dict[int, int] = {}
        self._worker = Worker("atlas", self)
        self._worker.arrived.connect(self._on_arrived)
        self._pictures = OptimumPictures(self)
        self._frame: Frame | None = None
        self._pending: set[int] = set()
        self._sorting = _timer(self, _SORT_MS, self._sort)
        self._wanting = _timer(self, _PICTURES_MS, self._order_pictures)
        self.controls = AtlasControls(style)
        self.rates = SuccessView(style)
        self._rates_area = _scrolled(self.rates)
        self.means = MeansStrip(style)
        self.means_button = button(
            self.tr("Fitted means"), self.tr("The fitted means of every run, as dots on one axis")
        )
        self.means_button.setCheckable(True)
        self.strip = CardStrip(style)
        self._note = Line()
        self._aside = Line()
        self._invitation = QLabel()
        self.try_button = button("", self.tr("Run EM from all these starts"))
        self._words = AtlasWords(self.controls.names)
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_style(style)

    # What others ask for

    @property
    def is_busy(self) -> bool:
        """Whether starts are being run."""
        return self._task is not None

    @property
    def atlas(self) -> Atlas | None:
        """What is known; None before the first run."""
        return self._atlas

    @property
    def is_settled(self) -> bool:
        """Whether what is on the screen is all that there is to come."""
        waiting = self._sorting.isActive() or self._wanting.isActive()
        return not (self.is_busy or waiting or self._pictures.is_busy)

    @property
    def status(self) -> str:
        """How far it is, in words."""
        return self.controls.status.text()

    @property
    def note(self) -> str:
        """What one should know besides."""
        return self._note.text()

    def set_style(self, style: Style) -> None:
        """Use other colours, fonts and lines."""
        self._style = style
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, style.palette.panel)
        self.setPalette(palette)
        for line in (self._note, self._aside, self.controls.status, self._invitation):
            line.setFont(QFont(style.font))
        for part in (self.controls, self.rates, self.strip, self.means):
            part.set_style(style)
        self._fit()

    def show_document(self, document: Document) -> None:
        """The document whose starts are tried. What runs for another one is given up."""
        self._document = document
        if self.is_busy and self._atlas is not None and not self._fits(self._atlas):
            self.cancel()
        self._refresh()

    def start(self) -> None:
        """Run all starts; nothing while they run already."""
        if self.is_busy or self._document is None or not self.controls.methods:
            return
        request = AtlasRequest(self._document, self.controls.methods, self.controls.runs.value())
        self._atlas, self._error = Atlas(request, len(request.draws)), None
        self._pictures.cancel()
        self._pending.clear()
        self._order.clear()
        self._replays.clear()
        self.strip.show_cards(())
        self._task = self._worker.submit(atlas_task(request))
        self._refresh()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop, and keep what is known."""
        self._on_arrived()
        if self.is_busy:
            self._worker.cancel()
            self._end()

    def close_threads(self) -> None:
        """Cancel everything and wait for the threads."""
        self._sorting.stop()
        self._wanting.stop()
        self._task = None
        self._worker.close()
        self._pictures.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Less for the rates where there is little room."""
        super().resizeEvent(event)
        self._fit()

    # What arrives

    def _on_arrived(self) -> None:
        if self._task is None:
            self._worker.take()
            return
        ended = False
        for _, message in self._worker.take():
            if isinstance(message, Atlas):
                self._atlas = message
            elif isinstance(message, Failed):
                self._fail(message.error)
            ended = ended or isinstance(message, Finished | Failed)
        if ended:
            self._end()
        else:
            self._refresh()
            self.changed.emit()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self._error = error
        else:
            self.failed.emit(error)

    def _end(self) -> None:
        self._task = None
        self._sorting.stop()
        self._sort()
        self.changed.emit()

    # What is shown

    def _fits(self, atlas: Atlas) -> bool:
        return self._document is not None and same_problem(atlas.request.document, self._document)

    def _refresh(self) -> None:
        """Show what is known; cards change their places only now and then while it runs."""
        if not self.is_busy or not self._order:
            self._sort()
            return
        if not self._sorting.isActive():
            self._sorting.start()
        self._show()

    def _sort(self) -> None:
        if self._atlas is not None:
            if self.strip.is_pressed:
                self._sorting.start()
            else:
                found = list(self._atlas.found)
                if self.controls.order.currentData() == "frequency":
                    found.sort(key=lambda one: -len(one.draws))
                self._order = [one.optimum.number for one in found]
        self._show()

    def _show(self) -> None:
        atlas = self._atlas
        self._show_words(atlas)
        if atlas is None:
            return
        self.controls.show_progress(self.is_busy, atlas.done, atlas.asked)
        self.rates.show_rates(atlas.rates, self.controls.names)
        self._show_means(atlas)
        by_number = {one.optimum.number: one for one in atlas.found}
        known = set(self._order)
        new = [number for number in by_number if number not in known]
        shown = [by_number[number] for number in [*self._order, *new] if number in by_number]
        cards = [self._words.card(one, atlas) for one in shown[:_MOST_CARDS]]
        self.strip.show_cards(cards, self._words.rest(shown[_MOST_CARDS:]))
        if not self.is_busy:
            self.strip.show_shown(self._number_shown(atlas))

    def _show_means(self, atlas: Atlas | None) -> None:
        """Every run on one axis, instead of the cards, where there is one and it is asked for."""
        is_line = atlas is not None and atlas.request.document.cloud.d == 1
        self.means_button.setVisible(is_line)
        is_shown = is_line and self.means_button.isChecked()
        self.strip.setVisible(not is_shown)
        self.means.setVisible(is_shown)
        if is_shown and atlas is not None:
            self.means.show_atlas(atlas, self.controls.names)

    def _show_words(self, atlas: Atlas | None) -> None:
        is_empty = atlas is None or not (atlas.found or self.is_busy)
        self._pages.setCurrentIndex(0 if is_empty else 1)
        count = f"{self.controls.runs.value():,}"
        offer = self.tr("Try {count} starts")
        invitation = self.tr("Try {count} starts to see which optima there are.")
        if len(self.controls.methods) > 1:
            offer = self.tr("Try {count} of each")
            invitation = self.tr("Try {count} starts of each method to see which optima there are.")
        self.try_button.setText(offer.format(count=count))
        self.try_button.setAccessibleName(self.try_button.text())
        self.try_button.setEnabled(bool(self.controls.methods))
        self._invitation.setText(invitation.format(count=count))
        status: tuple[str, ...] = ("",)
        notes = ""
        if atlas is not None:
            status = self._words.status(atlas, busy=self.is_busy)
            notes = self._words.notes(atlas, self._document)
        if self._error is not None:
            notes = " ".join(filter(None, (notes, message_of(self._error))))
        for line in (self.controls.status, self._aside):
            line.say(*status, tip=self._words.tolerances() if status[0] else "")
        self._note.say(notes)
        self._note.setVisible(bool(notes))
        self.controls.order.setVisible(not is_empty)
        self.setAccessibleDescription(" ".join(filter(None, (status[0], notes, self.rates.text))))

    def _number_shown(self, atlas: Atlas) -> int | None:
        """The optimum that the start of the document leads to."""
        if self._document is None or not self._fits(atlas):
            return None
        start = self._document.start
        if not isinstance(start, Drawn):
            return None
        return next((one.optimum.number for one in atlas.found if start in one.draws), None)

    # Pictures

    def _order_pictures(self) -> None:
        atlas, size = self._atlas, self.strip.picture_size
        if atlas is None:
            return
        frame = Frame(size.width(), size.height(), self.devicePixelRatioF(), self._style)
        renewed = frame != self._frame
        self._frame = frame
        missing = self.strip.without_picture()
        if renewed:
            missing = [card.number for card in self.strip.cards]
        if not missing or (not renewed and self._pending.issuperset(missing)):
            return
        mixtures = {one.optimum.number: one.mixture for one in atlas.found}
        self._pending = {number for number in missing if number in mixtures}
        self._pictures.order(
            atlas.request.document.cloud,
            [(number, mixtures[number]) for number in missing if number in mixtures],
            frame,
        )

    def _on_painted(self, number: int, image: QImage) -> None:
        self._pending.discard(number)
        self.strip.show_picture(number, image)

    def _on_pictures_wanted(self) -> None:
        if not self._wanting.isActive():
            self._wanting.start()

    # What a person did

    def _on_opened(self, number: int) -> None:
        """Replay a run that led there; the next click takes another one."""
        atlas = self._atlas
        if atlas is None:
            return
        found = next(one for one in atlas.found if one.optimum.number == number)
        turn = self._replays.get(number, 0)
        self._replays[number] = turn + 1
        self.document_requested.emit(atlas.document(found.draws[turn % len(found.draws)]))

    def _lay_out(self) -> None:
        for line in (self._aside, self.controls.status, self._invitation):
            line.setProperty("muted", True)
        self._invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._invitation.setWordWrap(True)
        invitation = QWidget()
        column = QVBoxLayout(invitation)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self._invitation)
        column.addWidget(self.try_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        results = QWidget()
        row = QHBoxLayout(results)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        beside = QVBoxLayout()
        beside.setSpacing(2)
        beside.addWidget(self._aside)
        beside.addWidget(self.means_button)
        beside.addWidget(self._rates_area, 1)
        row.addLayout(beside)
        row.addWidget(self.strip, 1)
        row.addWidget(self.means, 1)
        self._show_means(None)
        for page in (invitation, results):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 4)
        whole.setSpacing(6)
        for widget in (self.controls, self._note):
            whole.addWidget(widget)
        whole.addWidget(self._pages, 1)

    def _connect(self) -> None:
        controls = self.controls
        controls.run_requested.connect(self.start)
        controls.cancel_requested.connect(self.cancel)
        controls.order_changed.connect(self._sort)
        controls.trial_changed.connect(self._refresh)
        self.try_button.clicked.connect(self.start)
        self.means_button.toggled.connect(lambda: self._show_means(self._atlas))
        self.strip.opened.connect(self._on_opened)
        self.strip.pictures_wanted.connect(self._on_pictures_wanted)
        self._pictures.painted.connect(self._on_painted)
        self._pictures.failed.connect(self.failed)

    def _fit(self) -> None:
        """Where the line above has no room for how far it is, that stands above the rates."""
        wanted = self.rates.sizeHint().width()
        is_narrow = self.width() < _ROOMY * self._style.scale
        if is_narrow:
            wanted = min(wanted, round(_NARROW_RATES * self.width()))
        self._aside.setContentsMargins(self.rates.margin, 0, 0, 0)
        self._aside.setVisible(is_narrow)
        self.controls.status.setVisible(not is_narrow)
        self._rates_area.setFixedWidth(wanted)


def _timer(owner: AtlasView, milliseconds: int, action: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(action)
    return timer


def _scrolled(widget: QWidget) -> QScrollArea:
    """The widget where it may be higher than there is room."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    area.setWidgetResizable(True)
    return area
