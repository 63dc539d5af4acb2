"""The small pictures of the gallery, painted in a worker and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from gmm_studio.core.errors import Cancelled
from gmm_studio.gui.laboratory.optimum_picture import Artist, Frame
from gmm_studio.gui.lessons.items import Item, sketch
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["GalleryPictures"]


class GalleryPictures(QObject):
    """Paints what is ordered, one after the other.

    Signals
    -------
    painted(item, image)
    failed(error)
    """

    painted = Signal(object, QImage)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept: dict[tuple[Item, Frame], QImage] = {}
        self._worker = Worker("gallery", self)
        self._worker.arrived.connect(self._on_arrived)

    @property
    def is_busy(self) -> bool:
        """Whether there are pictures to come."""
        return self._worker.busy

    def order(self, items: Sequence[Item], frame: Frame) -> None:
        """Paint these, those that were painted before at once."""
        missing = []
        for item in items:
            if (image := self._kept.get((item, frame))) is not None:
                self.painted.emit(item, image)
            else:
                missing.append(item)
        if not missing:
            return

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            for item in missing:
                if cancelled():
                    raise Cancelled
                cloud, mixture = sketch(item)
                post((item, frame, Artist().paint(cloud, mixture, frame, cancelled)))

        self._worker.submit(work)

    def rest(self) -> None:
        """Paint no more for now."""
        self._worker.cancel()

    def close(self) -> None:
        """Wait for the thread."""
        self._worker.close()

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, Failed):
                self.failed.emit(message.error)
            elif isinstance(message, tuple):
                item, frame, image = message
                self._kept[item, frame] = image
                self.painted.emit(item, image)
