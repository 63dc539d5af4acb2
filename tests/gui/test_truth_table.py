"""Estimates beside true values."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QImage, QPainter

from gmm_studio.core.comparison import Comparison
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.panels.truth_table import paint_truth, truth_height, truth_lines
from gmm_studio.gui.style import Style
from tests.gui.acting import colour_at, rgb

TRUTH = Mixture([0.3, 0.7], [[0.0], [5.0]], [[[1.0]], [[4.0]]])
FIT = Mixture([0.6, 0.3, 0.1], [[4.9], [0.1], [9.0]], [[[3.8]], [[1.1]], [[2.0]]])


def compared(matching: list[int], classes: list[int]) -> Comparison:
    table = np.zeros((len(matching), len(classes)))
    return Comparison(table, np.array(classes), np.array(matching), 1.0, 1.0)


def test_each_component_stands_beside_the_class_that_it_stands_for() -> None:
    lines = truth_lines(FIT, TRUTH, compared([1, 0, -1], [0, 1]))
    assert [j for j, _ in lines] == [0, 1]
    assert [[name for name, _, _ in rows] for _, rows in lines] == [
        ["weight", "mean", "variance"],
        ["weight", "mean", "variance"],
    ]
    numbers = [[(float(one), float(true)) for _, one, true in rows] for _, rows in lines]
    assert numbers == [
        [(0.6, 0.7), (4.9, 5.0), (3.8, 4.0)],
        [(0.3, 0.3), (0.1, 0.0), (1.1, 1.0)],
    ]


def test_a_class_that_is_no_component_of_the_truth_has_no_row() -> None:
    assert truth_lines(FIT, TRUTH, compared([0, -1, 1], [-1, 7])) == []


def test_two_dimensions_have_their_covariance() -> None:
    plane = Mixture([1.0], [[1.0, 2.0]], [[[3.0, 0.5], [0.5, 4.0]]])
    ((_, rows),) = truth_lines(plane, plane, compared([0], [0]))
    assert [one[0] for one in rows] == [
        "weight",
        "mean x",
        "mean y",
        "variance x",
        "covariance",
        "variance y",
    ]
    assert all(estimate == true for _, estimate, true in rows)


def test_the_rows_are_painted_with_the_colour_of_their_component() -> None:
    style = Style(LIGHT, QFont(), 1.0)
    lines = truth_lines(FIT, TRUTH, compared([1, 0, -1], [0, 1]))
    height = truth_height(lines, style)
    image = QImage(260, round(height), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    paint_truth(painter, QRectF(0, 0, 260, height), lines, style)
    painter.end()
    column = [colour_at(image, (4, y)) for y in range(image.height())]
    places = [column.index(rgb(LIGHT.components[j])) for j in (0, 1)]
    assert 20 < places[0] < places[1] - 40 < height - 60
