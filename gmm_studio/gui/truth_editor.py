"""Edits the true mixture of a cloud by its ellipses: on release its points are drawn anew."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import scaled
from gmm_studio.data.making import edited_truth, make
from gmm_studio.document import Seed, moved_mean, reshaped, seeds_of
from gmm_studio.gui.canvas.stage import Stage
from gmm_studio.gui.session import Session
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Post, Task, Worker

__all__ = ["TruthEditor"]


class TruthEditor(QObject):
    """While it is on, the cloud view shows the truth in the place of the run.

    Signals
    -------
    changed()
        It went on or off.
    failed(error)
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._stage = session, stage
        self._is_on = False
        self._dragged: Mixture | None = None
        self._worker = Worker("truth", self)
        self._worker.arrived.connect(self._on_arrived)
        session.document_changed.connect(self._on_document_changed)

    @property
    def is_on(self) -> bool:
        """Whether the truth is edited."""
        return self._is_on

    @property
    def is_busy(self) -> bool:
        """Whether points are drawn."""
        return self._worker.busy

    @property
    def mixture(self) -> Mixture | None:
        """The truth as it is shown: as it was dragged, else that of the cloud."""
        return self._dragged or self._session.document.cloud.truth

    @property
    def seeds(self) -> tuple[Seed | None, ...]:
        """The means of the truth."""
        return () if self.mixture is None else seeds_of(self.mixture)

    def begin(self) -> bool:
        """Edit the truth; whether there is one."""
        if self._session.document.cloud.truth is None:
            return False
        self._session.playback.pause()
        self._set_on(True)
        return True

    def end(self) -> None:
        """Show the run again."""
        self._set_on(False)

    def close(self) -> None:
        """Wait for the thread."""
        self._worker.close()

    def _set_on(self, on: bool) -> None:
        if on != self._is_on:
            self._is_on = on
            self.put_back()
            self._stage.show_truth(on)
            self.changed.emit()

    def drag_mean(self, j: int, place: Seed) -> None:
        """Show mean j (from 0) elsewhere."""
        if self.mixture is not None and j < self.mixture.k:
            self._show(moved_mean(self.mixture, j, place))

    def drag_shape(self, j: int, covariance: FloatArray) -> None:
        """Show component j (from 0) with another covariance (d, d)."""
        if self.mixture is None or j >= self.mixture.k:
            return
        try:
            self._show(reshaped(self.mixture, j, covariance, "full"))
        except InputError:
            # So large or so flat that numbers can't hold it: the ellipse stays as it was.
            return

    def _show(self, mixture: Mixture) -> None:
        # What is held before the first picture is there is an ellipse of the run.
        if self._stage.is_truth_seen:
            self._dragged = mixture
            self._stage.drag_start(mixture)

    def drop(self) -> None:
        """Draw the points of what is shown, in the background."""
        if self._dragged is not None:
            self._worker.submit(_task(self._session.document.cloud, self._dragged))

    def put_back(self) -> None:
        """Show the truth of the cloud again."""
        self._worker.cancel()
        self._dragged = None
        self._stage.end_drag()

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, PointCloud):
                self._session.redraw(message)
            elif isinstance(message, Failed):
                self.put_back()
                self._report(message.error)

    def _report(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self._session.problem.emit(message_of(error))
        else:
            self.failed.emit(error)

    def _on_document_changed(self, old: object, new: object) -> None:
        if getattr(old, "cloud", None) is not getattr(new, "cloud", None):
            self._worker.cancel()
            self._dragged = None
            # Edits of the truth are undone within; any other cloud ends it.
            if self._session.document.cloud.truth is None or not self._session.store.is_stroke:
                self.end()


def _task(cloud: PointCloud, truth: Mixture) -> Task:
    def work(post: Post, cancelled: Callable[[], bool]) -> None:
        made = make(edited_truth(cloud, cloud.own_mixture(truth)), cancelled)
        post(scaled(made, cloud.scaling_kind))

    return work
