"""A figure as it will be, painted in a worker by what paints the file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmm_studio.core.errors import InputError
from gmm_studio.gui.colours import Palette
from gmm_studio.gui.figures.figure import Figure
from gmm_studio.gui.figures.writers import paint_image
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Post, Worker

__all__ = ["FigurePreview"]

_CHECK = 8.0
_MARGIN = 16.0


class FigurePreview(QWidget):
    """Shows the newest figure it was given; older ones are given up.

    Signals
    -------
    refused(text)
        The figure cannot be made, and what to do; what was shown before stays, paler.
    failed(error)
    """

    refused = Signal(str)
    failed = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Preview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(480, 380)
        self._palette = palette
        self._figure: Figure | None = None
        self._image: QImage | None = None
        self._is_refused = False
        self._worker = Worker("figure", self)
        self._worker.arrived.connect(self._on_arrived)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.timeout.connect(self._ask)

    @property
    def is_idle(self) -> bool:
        """Whether it shows what it was asked for."""
        return not self._frame.isActive() and not self._worker.busy

    @property
    def image(self) -> QImage | None:
        """What it shows."""
        return self._image

    def show_figure(self, figure: Figure) -> None:
        """Show another figure, as soon as it is painted."""
        self._figure = figure
        self._frame.start()

    def show_nothing_new(self) -> None:
        """What is asked for cannot be made."""
        self._figure = None
        self._is_refused = True
        self._frame.stop()
        self._worker.cancel()
        self.update()

    def finish(self) -> None:
        """Show nothing more, and wait for the thread."""
        self._frame.stop()
        self._worker.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show the same in another size."""
        super().resizeEvent(event)
        self._frame.start()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the figure in the middle, on a chequered ground where it has none."""
        painter = QPainter(self)
        if self._image is not None:
            ratio = self.devicePixelRatioF()
            size = QSizeF(self._image.width() / ratio, self._image.height() / ratio)
            left, top = self.width() - size.width(), self.height() - size.height()
            box = QRectF(QPointF(left // 2, top // 2), size)
            painter.setOpacity(0.35 if self._is_refused else 1.0)
            if self._image.hasAlphaChannel():
                self._paint_ground(painter, box)
            painter.drawImage(box, self._image)
            painter.setOpacity(1.0)
            painter.setPen(QPen(QColor(self._palette.border), 1))
            painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()

    def _paint_ground(self, painter: QPainter, box: QRectF) -> None:
        painter.save()
        painter.setClipRect(box)
        painter.fillRect(box, QColor(self._palette.panel))
        colour = QColor(self._palette.pressed)
        for row in range(int(box.height() / _CHECK) + 1):
            for column in range(row % 2, int(box.width() / _CHECK) + 1, 2):
                at = box.topLeft() + QPointF(column * _CHECK, row * _CHECK)
                painter.fillRect(QRectF(at, QSizeF(_CHECK, _CHECK)), colour)
        painter.restore()

    def _ask(self) -> None:
        figure = self._figure
        if figure is None:
            return
        ratio = self.devicePixelRatioF()
        room = QSizeF(self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN)

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            size = figure.size
            fits = min(room.width() / size.width(), room.height() / size.height())
            shown = figure.scaled(fits * ratio / figure.sheet.ratio)
            post(paint_image(shown, cancelled))

        self._worker.submit(work)

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if isinstance(message, QImage):
                self._image, self._is_refused = message, False
            elif isinstance(message, Failed) and isinstance(message.error, InputError):
                self._is_refused = True
                self.refused.emit(message_of(message.error))
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
        self.update()
