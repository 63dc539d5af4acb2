"""Outlines made of thin lines look like those that Qt draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.ellipses import Outliner, outlines_of
from gmm_studio.gui.canvas.viewport import Viewport

VIEW = Viewport(0, 40, 0, 30, 400, 300)
MIXTURE = Mixture([1.0], [[20.0, 15.0]], [[[60.0, 20.0], [20.0, 30.0]]])
BLACK = QColor("black")

Draw = Callable[[QPainter], None]


class Sheet(QWidget):
    """A widget on which something is drawn."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw
        self.setFixedSize(400, 300)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter)
        painter.end()


def ink(qtbot: QtBot, draw: Draw) -> FloatArray:
    """How dark each pixel of a widget is, from 0 to 1."""
    sheet = Sheet(draw)
    qtbot.addWidget(sheet)
    image = sheet.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.array(image.constBits()).reshape(image.height(), image.bytesPerLine())
    return 1 - rows[:, : image.width()] / 255


def by_qt(width: float, style: Qt.PenStyle) -> Draw:
    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(BLACK, width, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        [(_, outline)] = outlines_of(VIEW, MIXTURE)
        painter.drawPolygon(outline.polygon(1.0))

    return draw


def by_us(width: float, style: Qt.PenStyle) -> Draw:
    def draw(painter: QPainter) -> None:
        [(_, outline)] = outlines_of(VIEW, MIXTURE)
        Outliner(painter, outline).stroke(1.0, BLACK, width, style)

    return draw


@pytest.mark.parametrize("width", [1.0, 1.3, 1.6, 2.0, 2.4, 4.0])
@pytest.mark.parametrize(
    "style", [Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DashDotLine]
)
def test_a_line_is_as_dark_and_lies_where_it_should(
    qtbot: QtBot, width: float, style: Qt.PenStyle
) -> None:
    expected, found = ink(qtbot, by_qt(width, style)), ink(qtbot, by_us(width, style))
    assert found.sum() == pytest.approx(expected.sum(), rel=0.16)
    way = ink(qtbot, by_qt(width + 1.5, Qt.PenStyle.SolidLine))
    assert (found[way == 0] < 0.1).all()
    middle = ink(qtbot, by_qt(1.0, Qt.PenStyle.SolidLine)) > 0.5
    gaps, expected_gaps = ((one[middle] < 0.2).mean() for one in (found, expected))
    assert expected_gaps - 0.03 < gaps < expected_gaps + 0.25, "dashes keep step"
