"""The start of a document is drawn before one's eyes, moment by moment."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gmm_studio.core.starts import tell_start
from gmm_studio.core.threads import one_blas_thread
from gmm_studio.document import Document, Drawn
from gmm_studio.gui.canvas.cloud_view import CloudView
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.hands import Hands
from gmm_studio.gui.laboratory.start_act import StartAct, stage_moment
from gmm_studio.gui.laboratory.start_words import caption
from gmm_studio.gui.session import Session
from gmm_studio.gui.worker import Failed, Finished, Post, Task, Worker

__all__ = ["StartShow"]

_PACE_MS = 1100


class StartShow(QObject):
    """Plays the moments in the cloud view and ends at iteration 0 of the run.

    Whatever changes the document, moves the cursor or drags a seed ends it too.

    Signals
    -------
    changed()
        It began or ended.
    playing_changed(playing)
    failed(error)
    """

    changed = Signal()
    playing_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, session: Session, view: CloudView, hands: Hands, stage: Stage) -> None:
        super().__init__(view)
        self._session, self._view, self._hands, self._stage = session, view, hands, stage
        self._worker = Worker("story", self)
        self._worker.arrived.connect(self._on_arrived)
        self._pace = QTimer(self)
        self._pace.setInterval(_PACE_MS)
        self._pace.timeout.connect(self._go_on)
        self._is_on = self._is_told = False
        self._acts: list[StartAct] = []
        self._place = 0
        session.document_changed.connect(self.end)
        session.playback.moved.connect(self._on_moved)
        session.playback.playing_changed.connect(self._on_run_playing)
        hands.dragging.connect(self.end)
        hands.tool_changed.connect(self.end)

    @property
    def is_on(self) -> bool:
        """Whether a start is being shown."""
        return self._is_on

    @property
    def is_playing(self) -> bool:
        """Whether the moments follow one another by themselves."""
        return self._pace.isActive()

    @property
    def is_telling(self) -> bool:
        """Whether there are moments still to come."""
        return self._is_on and not self._is_told

    @property
    def acts(self) -> tuple[StartAct, ...]:
        """The moments that there are so far."""
        return tuple(self._acts)

    @property
    def words(self) -> str:
        """What is to be said of the moment that is seen."""
        scene = self._view.scene
        act = scene.overlay if scene is not None else None
        return act.words if isinstance(act, StartAct) else self.tr("Drawing the start…")

    def begin(self) -> bool:
        """Show how the document's start is drawn; False if no method draws it."""
        document = self._session.document
        if not isinstance(document.start, Drawn):
            return False
        self.end()
        self._hands.choose_tool("pick")
        self._hands.pin(None)
        self._session.playback.pause()
        self._session.playback.move_to(0)
        self._is_on, self._is_told, self._acts, self._place = True, False, [], 0
        self._worker.submit(_story_task(document, document.start))
        self._set_playing(True)
        self.changed.emit()
        return True

    def end(self, *_: object) -> bool:
        """Back to the run; whether there was anything to end."""
        if not self._is_on:
            return False
        self._is_on = False
        self._worker.cancel()
        self._acts = []
        self._stage.set_act(None)
        self._set_playing(False)
        self.changed.emit()
        return True

    def takes(self, action: str) -> bool:
        """Do what an action of the transport means while a start is shown; False if it is not."""
        if not self._is_on:
            return False
        if action == "play":
            self._set_playing(not self.is_playing)
        elif action in ("on", "back"):
            self._set_playing(False)
            self._show(self._place + (1 if action == "on" else -1))
        elif action == "first":
            self._set_playing(False)
            self._show(0)
        elif action == "last":
            self._set_playing(False)
            self._show(len(self._acts) - 1)
        elif action == "escape":
            self.end()
        else:
            return False
        return True

    def close(self) -> None:
        """Cancel and wait for the thread."""
        self._pace.stop()
        self._worker.close()

    def _set_playing(self, playing: bool) -> None:
        if playing != self.is_playing:
            if playing:
                self._pace.start()
            else:
                self._pace.stop()
            self.playing_changed.emit(playing)

    def _go_on(self) -> None:
        self._show(self._place + 1)

    def _show(self, place: int) -> None:
        """Show a moment; beyond the last is the run."""
        if place >= len(self._acts):
            if self._is_told:
                self.end()
        elif self._acts:
            self._place = max(place, 0)
            self._stage.set_act(self._acts[self._place])

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, StartAct):
                self._acts.append(message)
                if len(self._acts) == 1:
                    self._show(0)
                    if self.is_playing:
                        self._pace.start()
            elif isinstance(message, Finished):
                self._is_told = True
            elif isinstance(message, Failed):
                self.end()
                self.failed.emit(message.error)

    def _on_moved(self, cursor: int) -> None:
        """A run that comes late begins where the story ends."""
        if cursor > 0:
            self.end()

    def _on_run_playing(self, playing: bool) -> None:
        if playing:
            self.end()


def _story_task(document: Document, start: Drawn) -> Task:
    def work(post: Post, cancelled: Callable[[], bool]) -> None:
        cloud = document.cloud
        moments = tell_start(
            cloud,
            start.method,
            document.k,
            start.random_state,
            document.configuration,
            cancelled,
        )
        with one_blas_thread:
            for moment in moments:
                post(stage_moment(cloud, moment, caption(moment), cancelled))

    return work
