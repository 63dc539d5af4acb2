"""The legend of a map of basins: what it says, and that it hides nothing it should not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from gmm_studio.core.basins import BasinMap
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.optima import Optimum, Spurious, Tolerance
from gmm_studio.gui.canvas.viewport import Viewport, nice_ticks
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.laboratory.basin_layer import follow_tints, tint
from gmm_studio.gui.laboratory.basin_legend import BasinLegend, make_legend
from gmm_studio.gui.laboratory.basin_legend_layout import legend_box, legend_texts
from gmm_studio.gui.laboratory.basin_legend_painting import LegendPainter, paint_basin_legend
from gmm_studio.gui.style import Style

VIEW = Viewport(-1000, 3000, -1500, 1500, 800, 600)
CLOUD = PointCloud([[-900.0, -1400.0], [2900.0, 1400.0], [0.0, 0.0]])


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def style(request: pytest.FixtureRequest) -> Style:
    font = QFont()
    font.setPixelSize(13)
    return Style(request.param, font)


def optimum(log_likelihood: float, spurious: Spurious = "", at: float = 0.0) -> Optimum:
    covariance = np.diag([9e4, 9e4])
    mixture = Mixture([0.5, 0.5], [[at, 0.0], [2000.0, 800.0]], [covariance, covariance])
    return Optimum(mixture, log_likelihood, (0,), 10.0, spurious)


def legend_of(
    shares: Sequence[int],
    optima: Sequence[Optimum],
    cloud: PointCloud = CLOUD,
    *,
    sample: int | None = None,
    cell: int = 1,
    is_partial: bool = False,
) -> BasinLegend:
    cells = np.repeat(np.arange(len(shares)), shares)[None]
    levels = np.array([one.log_likelihood for one in optima])[cells]
    x = np.arange(cells.size, dtype=np.float64)
    found = BasinMap(
        x, np.zeros(1), cells, levels, cells, tuple(optima), cell, sample, Tolerance(3e-4, 0.2)
    )
    slots = follow_tints(optima, found.tolerance, cloud.n)
    return make_legend(found, cloud, 1, slots, 1e-7, is_partial=is_partial)


def paint(legend: BasinLegend, style: Style, view: Viewport = VIEW) -> tuple[QImage, QRectF]:
    image = QImage(int(view.width), int(view.height), QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    painter = QPainter(image)
    paint_basin_legend(painter, view, legend, style)
    box = legend_box(view, legend, style)
    painter.end()
    return image, box


def near(image: QImage, box: QRectF, colour: str, within: int = 12) -> int:
    """How many pixels of a box have about a colour."""
    wanted = QColor(colour)
    pixels = (
        image.pixelColor(x, y)
        for x in range(int(box.left()), int(box.right()))
        for y in range(int(box.top()), int(box.bottom()))
    )
    return sum(
        max(
            abs(one.red() - wanted.red()),
            abs(one.green() - wanted.green()),
            abs(one.blue() - wanted.blue()),
        )
        <= within
        for one in pixels
    )


def test_the_best_comes_first_and_spurious_ones_last() -> None:
    optima = [optimum(-120.0), optimum(-100.0), optimum(300.0, "few"), optimum(-110.0)]
    legend = legend_of([10, 20, 30, 40], optima)
    assert [entry.log_likelihood for entry in legend.entries] == [-100, -110, -120, 300]
    assert [entry.below for entry in legend.entries] == [0, 10, 20, -400]
    assert [entry.share for entry in legend.entries] == [0.2, 0.4, 0.1, 0.3]
    assert sum(entry.share for entry in legend.entries) == pytest.approx(1)


def test_an_optimum_that_no_cell_leads_to_has_no_entry() -> None:
    legend = legend_of([10, 0, 5], [optimum(-5.0), optimum(-1.0), optimum(-9.0)])
    assert [entry.below for entry in legend.entries] == [0, 4]


def test_it_says_what_the_map_rests_on(style: Style) -> None:
    legend = legend_of([1], [optimum(-5.0)], sample=2000, cell=4, is_partial=True)
    notes = " / ".join(legend.notes)
    assert "sample of 2,000 points" in notes
    assert "1e-7 per point" in notes
    assert "0.0003 per point" in notes
    assert "stopped early" in notes
    assert "4 × 4" in notes
    assert "darker: lower log-likelihood" in notes
    plain = " / ".join(legend_of([1], [optimum(-5.0)]).notes)
    assert "sample" not in plain
    assert "stopped" not in plain
    texts = legend_texts(VIEW, legend, style)
    assert texts[0] == "Where seed 2 leads"
    assert texts[-len(legend.notes) :] == legend.notes


def test_levels_are_below_the_best_found(style: Style) -> None:
    optima = [optimum(-1119.21), optimum(-1127.07), optimum(-1100.0, "collapsed")]
    texts = legend_texts(VIEW, legend_of([979, 16, 5], optima), style)
    assert "−1,119.21, the best found" in texts
    assert "7.86 below" in texts
    assert "98\N{NO-BREAK SPACE}%" in texts
    assert "and 1 more" in texts, "a basin of less than 1 % is only counted"
    texts = legend_texts(VIEW, legend_of([900, 50, 50], optima), style)
    assert "19.2 above, collapsed" in texts


def test_at_most_six_optima_are_named_the_largest_basins_of_them(style: Style) -> None:
    optima = [optimum(-float(i), at=100.0 * i) for i in range(10)]
    shares = [2, 3, 30, 4, 31, 32, 33, 5, 34, 6]
    texts = legend_texts(VIEW, legend_of(shares, optima), style)
    assert [text for text in texts if text.endswith("below")] == [
        f"{i:.2f} below" for i in (2, 4, 5, 6, 8)
    ]
    assert "and 4 more" in texts


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_it_is_at_the_lower_left_beside_the_labels_of_the_axes(scale: float, style: Style) -> None:
    font = QFont(style.font)
    font.setPixelSize(round(13 * scale))
    style = replace(style, font=font, scale=scale)
    _, box = paint(legend_of([5, 5], [optimum(-5.0), optimum(-9.0)]), style)
    metrics = QFontMetricsF(font)
    ticks = nice_ticks(VIEW.bottom, VIEW.top, int(VIEW.height / (52 * scale)))
    assert box.left() > 6 + max(metrics.horizontalAdvance(text) for text in ticks.values()) + 3
    assert box.bottom() < VIEW.height - metrics.height() - 6
    assert box.right() < (0.5 if scale == 1 else 0.7) * VIEW.width
    assert box.top() > VIEW.height / 2 - 100


@pytest.mark.parametrize(("width", "height"), [(240, 180), (560, 300), (1600, 900)])
def test_it_leaves_the_upper_part_of_any_view_alone(
    width: float, height: float, style: Style
) -> None:
    optima = [optimum(-float(i), at=100.0 * i) for i in range(9)]
    view = replace(VIEW, width=width, height=height)
    _, box = paint(legend_of([10] * 9, optima), style, view)
    assert box.height() <= 0.7 * height
    assert box.top() >= 0
    assert box.bottom() < height


def test_each_entry_shows_its_ellipses_on_its_colour(style: Style) -> None:
    palette = style.palette
    legend = legend_of([5, 5], [optimum(-5.0), optimum(-9.0, at=2000.0)])
    image, box = paint(legend, style)
    assert near(image, box, tint(palette, 0), 0) > 600
    assert near(image, box, tint(palette, 1), 0) > 600
    assert near(image, box, component_colour(palette, 0), 40) > 10
    outside = QRectF(0, 0, box.left() - 2, VIEW.height)
    assert near(image, outside, "#ff00ff", 0) == int(outside.width()) * int(VIEW.height)


def test_one_dimension_has_its_densities_and_its_legend_at_the_upper_left(style: Style) -> None:
    mixture = Mixture([0.5, 0.5], [[-1.0], [2.0]], [[[0.5]], [[0.5]]])
    cloud = PointCloud([-2.0, 0.0, 3.0])
    legend = legend_of([3], [Optimum(mixture, -5.0, (0,), 4.0, "")], cloud)
    image, box = paint(legend, style, Viewport(-4, 4, -0.1, 0.5, 800, 600))
    assert box.top() < 50
    assert near(image, box, component_colour(style.palette, 1), 60) > 5


@pytest.mark.parametrize("d", [1, 2])
def test_points_without_extent_are_no_trouble(d: int, style: Style) -> None:
    cloud = PointCloud(np.full((3, d), 5.0))
    mixture = Mixture([1.0, 0.0], np.full((2, d), 5.0), [1e-6 * np.eye(d)] * 2)
    legend = legend_of([3], [Optimum(mixture, 5.0, (0,), 4.0, "emptied")], cloud)
    image, box = paint(legend, style)
    assert near(image, box, tint(style.palette, -1), 0) > 300


def test_painted_again_it_is_the_same_picture_and_follows_changes(style: Style) -> None:
    legend = legend_of([5, 5], [optimum(-5.0), optimum(-9.0)])
    other = legend_of([5, 5], [optimum(-5.0), optimum(-2.0)])
    kept = LegendPainter()
    for shown, view in (
        (legend, VIEW),
        (legend, VIEW.panned(0, 30)),
        (other, VIEW),
        (other, replace(VIEW, height=560)),
    ):
        expected, _ = paint(shown, style, view)
        image = QImage(expected.size(), expected.format())
        image.fill(QColor("#ff00ff"))
        painter = QPainter(image)
        kept.paint(painter, view, shown, style)
        painter.end()
        first, second = (
            np.frombuffer(one.constBits(), dtype=np.uint8).astype(int) for one in (image, expected)
        )
        assert abs(first - second).max() <= 3
