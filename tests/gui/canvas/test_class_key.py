"""The key of the classes: each with its own colour or shape, inside the view."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from gmm_studio.gui.canvas.class_key import ClassMark, paint_class_key
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour
from gmm_studio.gui.style import Style

VIEW = Viewport(0, 400, 0, 300, 400, 300)


def painted(marks: tuple[ClassMark, ...], palette: Palette, scale: float = 1.0) -> np.ndarray:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.canvas))
    font = QFont()
    font.setPixelSize(round(13 * scale))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_class_key(painter, VIEW, marks, Style(palette, font, scale))
    return np.array(image.constBits()).reshape(300, 400, 4)[..., 2::-1].astype(int)


def of_colour(image: np.ndarray, colour: str) -> int:
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((abs(image - wanted).max(axis=2) < 3).sum())


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_class_has_a_disc_of_its_colour(qapp: object, palette: Palette) -> None:
    marks = tuple(ClassMark(name, colour=j) for j, name in enumerate("abc"))
    image = painted(marks, palette)
    for j in range(3):
        assert of_colour(image, component_colour(palette, j)) > 30
    assert of_colour(image, component_colour(palette, 3)) == 0


def test_each_marker_has_a_shape_of_its_own(qapp: object) -> None:
    pictures = [painted((ClassMark("x", marker=j),), LIGHT) for j in range(6)]
    for i, one in enumerate(pictures):
        for other in pictures[:i]:
            assert (one != other).any(axis=2).sum() > 8


@pytest.mark.parametrize("scale", [0.75, 1.0, 1.6])
def test_many_classes_and_long_names_stay_inside(qapp: object, scale: float) -> None:
    marks = tuple(ClassMark(f"a very long name of a class {j}" * 3, colour=j) for j in range(30))
    image = painted(marks, LIGHT, scale)
    canvas = [int(LIGHT.canvas[i : i + 2], 16) for i in (1, 3, 5)]
    touched = (image != canvas).any(axis=2)
    assert touched.any()
    assert not touched[-10:].any()
    assert not touched[:, -20:].any()
    assert of_colour(image, component_colour(LIGHT, 8)) == 0, "and 22 more"
