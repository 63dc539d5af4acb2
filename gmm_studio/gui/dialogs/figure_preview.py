"""A figure as it will be, painted in a worker by what paints the file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gmm_studio.gui.colours import Palette
from gmm_studio.gui.dialogs.newest_preview import NewestPreview
from gmm_studio.gui.figures.figure import Figure
from gmm_studio.gui.figures.writers import paint_image
from gmm_studio.gui.worker import Post, Task

__all__ = ["FigurePreview"]

_CHECK = 8.0
_MARGIN = 16.0


class FigurePreview(NewestPreview):
    """Shows a figure."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("figure", parent)
        self.setMinimumSize(480, 380)
        self._palette = palette
        self._figure: Figure | None = None
        self._image: QImage | None = None

    @property
    def image(self) -> QImage | None:
        """What it shows."""
        return self._image

    def show_figure(self, figure: Figure) -> None:
        """Show another figure, as soon as it is painted."""
        self._figure = figure
        self.ask()

    def show_nothing_new(self) -> None:
        """What is asked for cannot be made."""
        self._figure = None
        self.refuse()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the figure in the middle, on a chequered ground where it has none."""
        painter = QPainter(self)
        if self._image is not None:
            ratio = self.devicePixelRatioF()
            size = QSizeF(self._image.width() / ratio, self._image.height() / ratio)
            left, top = self.width() - size.width(), self.height() - size.height()
            box = QRectF(QPointF(left // 2, top // 2), size)
            painter.setOpacity(self.opacity)
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

    def task(self) -> Task | None:
        """Paint it as large as there is room."""
        figure = self._figure
        if figure is None:
            return None
        ratio = self.devicePixelRatioF()
        room = QSizeF(self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN)

        def work(post: Post, cancelled: Callable[[], bool]) -> None:
            size = figure.size
            fits = min(room.width() / size.width(), room.height() / size.height())
            shown = figure.scaled(fits * ratio / figure.sheet.ratio)
            post(paint_image(shown, cancelled))

        return work

    def take(self, message: object) -> bool:
        """Show a painted figure."""
        if isinstance(message, QImage):
            self._image = message
        return isinstance(message, QImage)
