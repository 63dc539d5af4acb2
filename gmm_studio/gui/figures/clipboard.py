"""Figures on the clipboard: as a picture and as SVG, made in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from gmm_studio.gui.figures.figure import Figure
from gmm_studio.gui.figures.writers import figure_bytes, paint_image
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["SVG_TYPE", "Copier"]

SVG_TYPE = "image/svg+xml"


@dataclass(frozen=True, slots=True, eq=False)
class _Copy:
    image: QImage
    svg: bytes


class Copier(QObject):
    """Copies figures; the newest wins.

    Signals
    -------
    copied()
    failed(error)
    """

    copied = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content: QMimeData | None = None
        self._worker = Worker("copy", self)
        self._worker.arrived.connect(self._on_arrived)

    def copy(self, figure: Figure) -> None:
        """Put a figure on the clipboard, as soon as it is painted."""

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            image = paint_image(figure, cancelled)
            post(_Copy(image, figure_bytes(figure, "svg", cancelled)))

        self._worker.submit(work)

    def close(self) -> None:
        """Wait for the thread, and leave on the clipboard what may outlive Python: the picture."""
        self._worker.close()
        clipboard = QGuiApplication.clipboard()
        if self._content is not None and clipboard.mimeData() is self._content:
            clipboard.setImage(clipboard.image())
        self._content = None

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, _Copy):
                content = QMimeData()
                content.setImageData(message.image)
                content.setData(SVG_TYPE, message.svg)
                QGuiApplication.clipboard().setMimeData(content)
                self._content = content
                self.copied.emit()
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
