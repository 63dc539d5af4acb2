"""The race: several starts side by side, one cursor for all, who got furthest and who got stuck."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QVBoxLayout, QWidget

from gmm_studio.core.em import Step
from gmm_studio.core.starts import METHODS, Method
from gmm_studio.document import Document, Drawn
from gmm_studio.gui.curves.overlay import Cursor
from gmm_studio.gui.icons import icon
from gmm_studio.gui.laboratory.race_board import RaceBoard
from gmm_studio.gui.laboratory.race_card import LaneCard
from gmm_studio.gui.laboratory.race_lanes import (
    MOST_LANES,
    Lane,
    Standing,
    model_of,
    rebased,
    standings,
    usual_lanes,
)
from gmm_studio.gui.laboratory.race_pictures import LanePictures, Shot, trail
from gmm_studio.gui.laboratory.race_player import Player
from gmm_studio.gui.laboratory.race_plot import RacePlot, race_chart
from gmm_studio.gui.laboratory.race_task import Progress, race_task
from gmm_studio.gui.laboratory.race_words import (
    card_text,
    lane_name,
    model_text,
    outcome,
    rule_names,
)
from gmm_studio.gui.laboratory.status_line import StatusLine, widest
from gmm_studio.gui.panels.controls import button
from gmm_studio.gui.panels.start_panel import method_names
from gmm_studio.gui.panels.update_rules import changes_for
from gmm_studio.gui.playback import Playback
from gmm_studio.gui.style import Style
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Finished, Worker

__all__ = ["RaceView"]

_FRAME_MS = 16
_SLOWEST = 5
_SECONDS = 6
"""A whole race takes no longer to watch."""

_ONE_ROW_FROM = 600.0

_Asked: TypeAlias = tuple[Lane, Step, object, float]
"""What a picture was asked for: an entry, its step, its size and the pixel ratio."""


class RaceView(QWidget):
    """Shows entries, runs them, and says which of them a person wants to see in the main view.

    Signals
    -------
    document_requested(document)
        An entry was clicked.
    cursor_requested(iteration)
        A person moved the cursor of the race.
    changed()
        It began or ended, or what is shown of it is another.
    failed(error)
        Something went wrong that should not have.
    """

    document_requested = Signal(object)
    cursor_requested = Signal(int)
    changed = Signal()
    failed = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("race_view")
        self.setAutoFillBackground(True)
        self._style = style
        self._document: Document | None = None
        self._lanes: list[Lane] = []
        self._running: list[Lane] = []
        self._cards: list[LaneCard] = []
        self._standings: tuple[Standing | None, ...] = ()
        self._chosen = self._stale = self._is_partial = False
        self._worker = Worker("race", self)
        self._worker.arrived.connect(self._on_arrived)
        self._pictures = LanePictures(self)
        self._pictures.painted.connect(self._on_painted)
        self._pictures.failed.connect(self.failed)
        self._playback = Playback(self)
        self._playback.moved.connect(self._schedule)
        self._playback.playing_changed.connect(self._schedule)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self._show_frame)
        self._asked: dict[LaneCard, _Asked] = {}
        self._charted: tuple[object, ...] = ()
        self._make_controls()
        self._lay_out()
        self.set_style(style)

    # What is on show

    @property
    def is_busy(self) -> bool:
        """Whether the race is run."""
        return bool(self._running)

    @property
    def is_idle(self) -> bool:
        """Whether what is on the screen is what should be there."""
        return not (self.is_busy or self._frame.isActive()) and self._pictures.is_idle

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The entries, in their order."""
        return tuple(self._lanes)

    @property
    def cards(self) -> tuple[LaneCard, ...]:
        """A card for each entry."""
        return tuple(self._cards)

    @property
    def status(self) -> str:
        """What is said of the race."""
        return self._status.text()

    @property
    def cursor_iteration(self) -> int:
        """The iteration on show."""
        return self._playback.cursor

    @property
    def plot(self) -> RacePlot:
        """The curves."""
        return self._board.plot

    @property
    def player(self) -> Player:
        """Plays and scrubs."""
        return self._player

    @property
    def run_button(self) -> QWidget:
        """Begins and cancels."""
        return self._run

    @property
    def add_menu(self) -> QMenu:
        """What can be added."""
        self._fill_menu()
        return self._menu

    def set_style(self, style: Style) -> None:
        """Use other colours, fonts and sizes."""
        self._style = style
        self.setFont(style.font)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, style.palette.panel)
        self.setPalette(palette)
        self._player.set_style(style)
        self._board.plot.set_style(style)
        self._board.set_style(style)
        self._add.setIcon(icon("plus", style.palette.text, style.palette.disabled))
        for card in self._cards:
            card.set_style(style)
        self._charted, self._asked = (), {}
        self._lay_out_header()
        self._schedule()

    def show_document(self, document: Document) -> None:
        """Offer to race on a document; what is shown for another one stays, and says so."""
        was, self._document = self._document, document
        same = was is not None and model_of(was) == model_of(document)
        if not any(lane.steps or lane.problem for lane in self._lanes) and not self.is_busy:
            if not same or not self._chosen:
                self._set_lanes(self._entries_for(document))
        elif not same:
            self.cancel()
        self._stale = bool(self._lanes) and self._model() != model_of(document)
        self._schedule()

    # The race

    def start(self) -> None:
        """Run all entries that are not known yet, and play."""
        document = self._document
        if document is None or self.is_busy:
            return
        lanes = self._entries_for(document)
        known = {lane.document: lane for lane in self._lanes if lane.is_over}
        self._set_lanes([known.get(lane.document, lane) for lane in lanes])
        self._stale = self._is_partial = False
        for lane in self._lanes:
            if not lane.is_over:
                lane.restart()
        self._running = [lane for lane in self._lanes if not lane.is_over]
        self._playback.pause()
        self._load(0)
        if self._running:
            self._worker.submit(race_task([lane.document for lane in self._running]))
        self._playback.play()
        self._schedule()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop where the race is; what is known stays."""
        if not self.is_busy:
            return
        self._on_arrived()
        if self._running:
            self._worker.cancel()
            for lane in self._running:
                lane.give_up()
            self._is_partial = True
            self._end()

    def close_threads(self) -> None:
        """Cancel, and wait for the threads."""
        self._frame.stop()
        self._playback.pause()
        self._running = []
        self._worker.close()
        self._pictures.close()

    def set_cursor(self, iteration: int) -> None:
        """Show another iteration of all entries."""
        self._playback.move_to(iteration)

    def add(self, document: Document) -> None:
        """Add the start and the update rule of a document; nothing where it is there or full."""
        documents = [lane.document for lane in self._lanes]
        if self._document is None or len(self._lanes) >= MOST_LANES or document in documents:
            return
        self.cancel()
        if self._stale:
            self._lanes = self._entries_for(self._document)
            self._stale = False
        self._chosen = True
        self._set_lanes([*self._lanes, Lane(document)])

    def remove(self, index: int) -> None:
        """Take an entry out."""
        lane = self._lanes[index]
        if lane in self._running:
            self.cancel()
        self._chosen = True
        self._set_lanes([other for other in self._lanes if other is not lane])
        if not self._lanes:
            self._chosen = False

    def _entries_for(self, document: Document) -> list[Lane]:
        """The usual ones as long as a person has chosen none."""
        documents = [lane.document for lane in self._lanes]
        if not self._chosen or not documents:
            if document in documents:
                return [Lane(each) for each in documents]
            return usual_lanes(document)
        kept = (rebased(lane, document) for lane in self._lanes)
        lanes = [Lane(each) for each in dict.fromkeys(kept) if each is not None]
        return lanes or usual_lanes(document)

    def _model(self) -> tuple[object, ...]:
        return model_of(self._lanes[0].document)

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, Progress):
                self._take(message)
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
            if isinstance(message, Finished | Failed):
                for lane in self._running:
                    lane.give_up()
                self._end()
        self._schedule()

    def _take(self, news: Progress) -> None:
        for i, steps in news.steps.items():
            self._running[i].steps.extend(steps)
        for i, stop in news.stops.items():
            self._running[i].stop = stop
        for i, error in news.problems.items():
            self._running[i].problem = message_of(error)
        self._load(None)

    def _load(self, cursor: int | None) -> None:
        """Tell the cursor how far it can go."""
        last = max((lane.last for lane in self._lanes), default=0)
        self._playback.speed = max(_SLOWEST, -(-last // _SECONDS))
        if cursor is None:
            self._playback.extend(last, ended=not self.is_busy)
        else:
            self._playback.load(last, cursor, ended=not self.is_busy)

    def _end(self) -> None:
        self._running = []
        self._load(None)
        if self._is_partial:
            self._playback.pause()
        self._schedule()
        self.changed.emit()

    # The screen

    def _schedule(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _show_frame(self) -> None:
        """Bring all that depends on the lanes and the cursor onto the screen."""
        cursor = self._playback.cursor
        self._standings = standings(self._lanes)
        self._board.show_pictures(self._has_results)
        self._show_chart()
        for card, lane, one in zip(self._cards, self._lanes, self._standings, strict=True):
            at_end = lane.is_over and cursor >= lane.last
            card.show_text(card_text(self, lane, one, cursor), one, at_end=at_end)
            card.set_removable(not self.is_busy)
        if not self._has_results:
            self._board.arrange()
        self._player.show_playback(self._playback)
        self._show_controls()
        self._ask_for_pictures()

    @property
    def _has_results(self) -> bool:
        return self.is_busy or any(lane.steps or lane.problem for lane in self._lanes)

    def _show_chart(self) -> None:
        state = tuple((lane, len(lane.steps), lane.stop) for lane in self._lanes)
        if state != self._charted:
            self._charted = state
            names = [lane_name(self, lane.document) for lane in self._lanes]
            palette = self._style.palette
            self._board.plot.show_chart(race_chart(self._lanes, self._standings, names, palette))
        self._board.plot.show_cursor(Cursor(self._playback.cursor))

    def _show_controls(self) -> None:
        busy, palette = self.is_busy, self._style.palette
        all_known = bool(self._lanes) and all(lane.is_over for lane in self._lanes)
        text = self.tr("Cancel") if busy else self.tr("Race")
        tip = self.tr("Run EM from all these starts side by side")
        if busy:
            tip = self.tr("Stop; what is known stays")
        elif all_known and not self._stale:
            tip = self.tr("Play the race again")
        if text != self._run.text() or tip != self._run.toolTip():
            self._run.setText(text)
            self._run.setAccessibleName(text)
            self._run.setToolTip(tip)
            self._run.setProperty("primary", not busy)
            self._run.style().unpolish(self._run)
            self._run.style().polish(self._run)
        self._run.setEnabled(busy or self._document is not None)
        self._add.setEnabled(not busy and self._document is not None)
        self._player.setVisible(self._has_results)
        tight = self._has_results and self._board.is_tight
        self._switch.setVisible(tight)
        self._status.say(self._told(), warning=self._stale or self._is_partial)
        self._add.setIcon(icon("plus", palette.text, palette.disabled))

    def _told(self) -> str:
        if not self._has_results:
            return ""
        if self.is_busy:
            over = sum(lane.is_over for lane in self._lanes)
            return self.tr("Racing: {n} of {m} have finished").format(n=over, m=len(self._lanes))
        told = outcome(self, self._lanes, self._standings)
        if self._is_partial:
            over = sum(lane.is_over for lane in self._lanes)
            partial = self.tr("Partial: cancelled when {n} of {m} had finished.")
            told = f"{partial.format(n=over, m=len(self._lanes))} {told}"
        elif not self._stale and any(not lane.is_over for lane in self._lanes):
            told = f"{told} " + self.tr("Race again to run what was added.")
        if self._stale:
            made = self.tr("Made for {model}; race again for what is in the window now.")
            told = f"{made.format(model=model_text(self._lanes[0].document))} {told}"
        return told.strip()

    def _ask_for_pictures(self) -> None:
        if not self.isVisible() or not self._board.shows_cards:
            return
        cursor = self._playback.cursor
        ratio = self.devicePixelRatioF()
        wanted: dict[LaneCard, _Asked] = {
            card: (lane, lane.step_at(cursor), card.picture_size.toTuple(), ratio)
            for card, lane in zip(self._cards, self._lanes, strict=True)
            if lane.steps
        }
        shots = [
            Shot(card, lane.document.cloud, trail(lane.steps, cursor), card.picture_size)
            for card, (lane, *_) in wanted.items()
            if wanted[card] != self._asked.get(card)
        ]
        self._asked = wanted
        if shots:
            self._pictures.ask(shots, self._style, ratio)

    def _on_painted(self, card: LaneCard, image: QImage) -> None:
        if card in self._cards:
            card.show_image(image)

    # The widgets

    def _make_controls(self) -> None:
        self._run = button(self.tr("Race"), "")
        self._run.clicked.connect(self._on_run)
        self._add = button(
            self.tr("Add"), self.tr("Add a start to the race, {n} at most").format(n=MOST_LANES)
        )
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._add.setMenu(self._menu)
        self._switch = button(self.tr("Curves"), self.tr("Show the curves or the pictures"))
        self._switch.setCheckable(True)
        self._switch.toggled.connect(self._on_switched)
        self._status = StatusLine()
        self._player = Player(self._style)
        self._player.play_requested.connect(self._playback.toggle)
        self._player.cursor_requested.connect(self._on_cursor)
        self._board = RaceBoard(RacePlot(self._style), self._style)
        self._board.plot.setAccessibleName(
            self.tr("Log-likelihood of each entry over the iterations")
        )
        self._board.plot.cursor_requested.connect(self._on_cursor)
        self._board.arranged.connect(self._schedule)
        self._board.word.setText(
            self.tr(
                "The same points, the same model, different starts. Which one gets furthest, "
                "and which ones get stuck on the way?"
            )
        )

    def _lay_out(self) -> None:
        self._header = QHBoxLayout()
        for widget in (self._run, self._add, self._switch):
            self._header.addWidget(widget)
        self._header.addWidget(self._status, 1)
        self._header.addStretch(1)
        self._header.addWidget(self._player)
        self._second = QHBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.addLayout(self._header)
        column.addLayout(self._second)
        column.addWidget(self._board, 1)

    def _lay_out_header(self) -> None:
        """What is said has a line of its own where the page is narrow."""
        gap = round(8 * self._style.scale)
        self._run.setMinimumWidth(widest(self._style, self.tr("Race"), self.tr("Cancel")))
        narrow = self.width() < _ONE_ROW_FROM * self._style.scale
        self._header.removeWidget(self._status)
        self._second.removeWidget(self._status)
        if narrow:
            self._second.addWidget(self._status, 1)
        else:
            self._header.insertWidget(3, self._status, 100)
        self._header.setStretch(self._header.indexOf(self._player), 100 if narrow else 0)
        self._header.setContentsMargins(2 * gap, gap // 2, 2 * gap, gap // 2)
        self._header.setSpacing(gap)
        self._second.setContentsMargins(2 * gap, 0, 2 * gap, 0)

    def _set_lanes(self, lanes: list[Lane]) -> None:
        """Show these entries, each with a card; those that were there keep theirs."""
        kept = {id(lane): card for lane, card in zip(self._lanes, self._cards, strict=False)}
        self._lanes, self._cards = lanes, []
        for i, lane in enumerate(lanes):
            card = kept.pop(id(lane), None)
            if card is None:
                card = self._new_card()
            card.set_index(i)
            card.show_text(card_text(self, lane, None, 0), None, at_end=False)
            self._cards.append(card)
        for card in kept.values():
            card.hide()
            card.deleteLater()
        self._set_tab_order()
        self._charted = ()
        self._board.set_cards(self._cards)
        self._playback.extend(max((lane.last for lane in lanes), default=0), ended=True)
        self._schedule()

    def _new_card(self) -> LaneCard:
        card = LaneCard(self._style, self._board)
        card.clicked.connect(lambda: self._on_opened(card))
        card.removal_requested.connect(lambda: self._on_removed(card))
        card.hovered.connect(lambda on: self._on_hovered(card, on))
        card.show()
        return card

    def _set_tab_order(self) -> None:
        before: QWidget = self._switch
        for card in self._cards:
            QWidget.setTabOrder(before, card)
            before = card
        QWidget.setTabOrder(before, self._player.play_button)

    def _fill_menu(self) -> None:
        self._menu.clear()
        document = self._document
        if document is None:
            return
        full = len(self._lanes) >= MOST_LANES
        names = method_names(self)
        current = self._menu.addAction(self.tr("Current start"))
        current.setEnabled(not full and document.missing_seed is None)
        current.triggered.connect(lambda: self._on_current("em"))
        self._menu.addSeparator()
        for method in METHODS:
            if method in names:
                action = self._menu.addAction(names[method])
                action.setEnabled(not full)
                action.triggered.connect(lambda _=False, m=method: self._on_method(m))
        self._menu.addSeparator()
        rules = self._menu.addMenu(self.tr("Current start by"))
        rules.setEnabled(not full and document.missing_seed is None)
        for rule, name in rule_names().items():
            action = rules.addAction(name)
            action.triggered.connect(lambda _=False, r=rule: self._on_current(r))

    # What a person does

    def _on_run(self) -> None:
        if self.is_busy:
            self.cancel()
        else:
            self.start()

    def _on_switched(self, curves: bool) -> None:
        self._switch.setText(self.tr("Pictures") if curves else self.tr("Curves"))
        self._board.prefer_curves(curves)

    def _on_current(self, rule: str) -> None:
        if self._document is not None:
            configuration = replace(self._document.configuration, **changes_for(rule))
            self.add(replace(self._document, configuration=configuration))

    def _on_method(self, method: Method) -> None:
        """The first draw of a method that is not there yet."""
        if self._document is None:
            return
        starts = [lane.document.start for lane in self._lanes]
        state = next(i for i in range(MOST_LANES + 1) if Drawn(method, i) not in starts)
        self.add(replace(self._document, start=Drawn(method, state)))

    def _on_cursor(self, iteration: int) -> None:
        self._playback.pause()
        self._playback.move_to(iteration)
        self.cursor_requested.emit(iteration)

    def _on_opened(self, card: LaneCard) -> None:
        self.document_requested.emit(self._lanes[self._cards.index(card)].document)

    def _on_removed(self, card: LaneCard) -> None:
        self.remove(self._cards.index(card))

    def _on_hovered(self, card: LaneCard, on: bool) -> None:
        index = self._cards.index(card) if on and card in self._cards else None
        self._board.plot.emphasise(index)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Less than the controls would like: they are cut rather than the window widened."""
        return QSize(round(320 * self._style.scale), round(150 * self._style.scale))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Other things may have room."""
        self._lay_out_header()
        self._schedule()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Ask for what was not painted while nobody looked."""
        self._asked = {}
        self._schedule()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody looks: stand still."""
        self._playback.pause()
