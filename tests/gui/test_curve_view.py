"""The curve: the log-likelihood where it belongs, its cursor, and what a mouse does to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QImage
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import Event, Step, Stop, fit
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Document
from gmm_studio.gui.colours import DARK, LIGHT
from gmm_studio.gui.curve_view import CurveView
from gmm_studio.gui.painting import Style
from gmm_studio.gui.runs import RunRecord
from tests.gui.acting import (
    Rgb,
    click,
    colour_at,
    distance,
    double_click,
    drag,
    picture,
    rgb,
    wheel,
)

MIXTURE = Mixture([1.0], [[0.0, 0.0]], [[[1.0, 0.0], [0.0, 1.0]]])
CLOUD = PointCloud([(0.0, 0.0), (1.0, 1.0)])


def style(dark: bool = False, scale: float = 1.0) -> Style:
    font = QFont()
    font.setPixelSize(round(13 * scale))
    return Style(DARK if dark else LIGHT, font, scale)


def run_of(
    values: Sequence[float], events: dict[int, tuple[Event, ...]] | None = None
) -> RunRecord:
    steps = [Step(t, MIXTURE, value, (events or {}).get(t, ())) for t, value in enumerate(values)]
    return RunRecord(1, Document(CLOUD, 1), steps, Stop("converged"))


RISING = [-1000.0, -700.0, -500.0, -450.0, -420.0, -410.0, -405.0, -402.0, -401.0, -400.5, -400.0]


@pytest.fixture
def view(qtbot: QtBot) -> CurveView:
    made = CurveView(style())
    qtbot.addWidget(made)
    made.resize(800, 260)
    with qtbot.waitExposed(made):
        made.show()
    return made


def pixel(view: CurveView, iteration: float, value: float) -> tuple[float, float]:
    at = view.mapFromScene(view.getViewBox().mapViewToScene(QPointF(iteration, value)))
    return float(at.x()), float(at.y())


def nearest(image: QImage, at: tuple[float, float], colour: Rgb, reach: int = 1) -> int:
    """How unlike a colour the most similar pixel around a place is."""
    around = range(-reach, reach + 1)
    return min(
        distance(colour_at(image, (at[0] + i, at[1] + j)), colour) for i in around for j in around
    )


def test_the_curve_goes_through_every_step(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "converged")
    image = picture(view)
    for t, value in enumerate(RISING):
        assert nearest(image, pixel(view, t, value), rgb(LIGHT.accent)) < 40, t
    halfway = pixel(view, 1.5, -600.0)
    assert nearest(image, halfway, rgb(LIGHT.accent)) < 40
    assert nearest(image, pixel(view, 5, -700.0), rgb(LIGHT.accent)) > 100


def test_all_of_the_run_is_in_the_picture(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    left, top = pixel(view, 0, max(RISING))
    right, bottom = pixel(view, len(RISING) - 1, min(RISING))
    assert 60 < left < 140
    assert 720 < right < 800
    assert 0 < top < 60
    assert 180 < bottom < 250


@pytest.mark.parametrize("cursor", [0, 4, 10])
def test_the_cursor_is_a_line_and_a_dot_with_the_value(view: CurveView, cursor: int) -> None:
    view.show_run(run_of(RISING), cursor, "converged")
    image = picture(view)
    across, down = pixel(view, cursor, RISING[cursor])
    assert distance(colour_at(image, (across, down)), rgb(LIGHT.accent)) < 10
    away = 190.0 if down < 100 else 40.0
    assert nearest(image, (across, away), rgb(LIGHT.muted)) < 60
    other = pixel(view, 7, RISING[7])[0]
    assert nearest(image, (other, away), rgb(LIGHT.muted)) > 100
    assert view._value.toPlainText() == f"−{-RISING[cursor]:,.2f}"


def test_a_step_that_was_taken_moves_the_cursor_alone(view: CurveView) -> None:
    run = run_of(RISING)
    view.show_run(run, 2, "")
    before = pixel(view, 5, -700.0)
    view.show_run(run, 8, "")
    assert pixel(view, 5, -700.0) == before
    assert view._line.x() == 8


def test_a_growing_run_is_shown_as_far_as_it_is(view: CurveView) -> None:
    run = run_of(RISING[:3])
    run.stop = None
    view.show_run(run, 0, "running")
    right = pixel(view, 2, -500.0)[0]
    run.steps += run_of(RISING).steps[3:]
    view.show_run(run, 0, "running")
    assert pixel(view, 10, -400.0)[0] == pytest.approx(right, abs=2)
    assert nearest(picture(view), pixel(view, 8, RISING[8]), rgb(LIGHT.accent)) < 40


def test_a_click_asks_for_the_nearest_iteration(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    asked = QSignalSpy(view.cursor_requested)
    for t in (3, 7, 10, 0):
        click(view, pixel(view, t + 0.3 if t < 10 else t, -700.0))
        assert asked.at(asked.count() - 1) == [t]
    click(view, (790, 100))
    click(view, (30, 100))
    assert [asked.at(i)[0] for i in range(4, 6)] == [10, 0], "the ends, beyond them"


def test_dragging_scrubs(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    asked = QSignalSpy(view.cursor_requested)
    drag(view, [pixel(view, t, -600.0) for t in (2, 3, 5, 4, 9)])
    assert [asked.at(i)[0] for i in range(asked.count())] == [2, 3, 5, 4, 9]


def test_without_a_run_there_is_nothing_to_ask_for(view: CurveView) -> None:
    view.show_run(None, 0, "")
    asked = QSignalSpy(view.cursor_requested)
    click(view, (400, 100))
    wheel(view, (400, 100), 1)
    double_click(view, (400, 100))
    assert asked.count() == 0
    assert nearest(picture(view), (400, 100), rgb(LIGHT.accent), reach=30) > 100


def test_the_wheel_zooms_along_the_iterations_at_the_pointer(view: CurveView) -> None:
    view.show_run(run_of([-1000.0 / (t + 1) for t in range(101)]), 0, "")
    before = pixel(view, 20, -50.0)[0]
    width = pixel(view, 30, 0)[0] - before
    wheel(view, (before, 100), 5)
    assert pixel(view, 20, -50.0)[0] == pytest.approx(before, abs=8)
    assert pixel(view, 30, 0)[0] - pixel(view, 20, 0)[0] > 1.8 * width
    wheel(view, (before, 100), -30)
    assert pixel(view, 20, -50.0)[0] == pytest.approx(before, abs=2), "never beyond the run"
    wheel(view, (before, 100), 5)
    double_click(view, (400, 100))
    assert pixel(view, 30, 0)[0] - pixel(view, 20, 0)[0] == pytest.approx(width, abs=2)


def test_zooming_out_at_an_edge_shows_nothing_beyond_the_run(view: CurveView) -> None:
    view.show_run(run_of([-1000.0 / (t + 1) for t in range(101)]), 0, "")
    for at, out_at, beyond in ((5, 9, 0), (95, 91, 1)):
        wheel(view, (pixel(view, at, 0)[0], 100), 12)
        wheel(view, (pixel(view, out_at, 0)[0], 100), -8)
        (low, high), _ = view.getViewBox().viewRange()
        assert high - low < 60, "zoomed still"
        assert (low > -1.5, high < 101.5) == (True, True)
        assert (low, high)[beyond] == pytest.approx((0, 100)[beyond], abs=1)
        double_click(view, (400, 100))


def test_zooming_for_ever_shows_two_iterations_still(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    at = pixel(view, 5, -500.0)
    for _ in range(60):
        wheel(view, at, 3)
    (low, high), _ = view.getViewBox().viewRange()
    assert 1.9 < high - low < 3
    assert low < 6
    assert high > 4
    view.show_run(run_of(RISING), 0, "")
    assert pixel(view, 10, -400.0)[0] > 700, "another run is shown whole"


def test_earlier_runs_stay_in_the_background(view: CurveView) -> None:
    earlier = [value - 150 for value in RISING]
    view.show_ghosts([run_of(earlier)])
    view.show_run(run_of(RISING), 0, "")
    image = picture(view)
    for t in (2, 5, 9):
        assert nearest(image, pixel(view, t, earlier[t]), rgb(LIGHT.ghost)) < 60
        assert nearest(image, pixel(view, t, RISING[t]), rgb(LIGHT.accent)) < 40
    view.show_ghosts([])
    image = picture(view)
    assert nearest(image, pixel(view, 5, earlier[5]), rgb(LIGHT.ghost)) > 60


def test_earlier_runs_are_seen_without_one_on_show(view: CurveView) -> None:
    view.show_ghosts([run_of(RISING)])
    view.show_run(None, 0, "")
    image = picture(view)
    assert nearest(image, pixel(view, 5, RISING[5]), rgb(LIGHT.ghost)) < 60


def test_of_very_many_earlier_runs_the_last_ones_are_seen(view: CurveView) -> None:
    view.show_ghosts([run_of([10.0 * i, 10.0 * i]) for i in range(100)])
    image = picture(view)
    for i in (65, 80, 99):
        assert nearest(image, pixel(view, 0.5, 10.0 * i), rgb(LIGHT.ghost)) < 60
    assert view.getViewBox().viewRange()[1][0] > 500, "nor is there room left for the others"


def test_marks_say_where_something_happened(view: CurveView) -> None:
    floor, fell = Event("floor", 0), Event("fell")
    run = run_of(RISING, {3: (floor,), 4: (floor,), 5: (floor,), 8: (floor, fell)})
    view.show_run(run, 0, "")
    image = picture(view)
    for t in range(len(RISING)):
        marked = nearest(image, pixel(view, t, RISING[t]), rgb(LIGHT.warning), reach=2) < 40
        assert marked == (t in (3, 8)), t


@pytest.mark.parametrize(
    "values",
    [
        [-5.0],
        [-5.0, -5.0, -5.0],
        [0.0, 0.0],
        [-1e12, -1e12 + 1],
        [1e-9, 2e-9],
        [-1e300, -1e299, 1e300],
    ],
)
def test_any_values_are_shown(view: CurveView, values: list[float]) -> None:
    view.show_run(run_of(values), len(values) - 1, "converged")
    image = picture(view)
    at = pixel(view, len(values) - 1, values[-1])
    assert nearest(image, at, rgb(LIGHT.accent)) < 40


def test_a_real_run_with_a_collapse(view: CurveView) -> None:
    points = np.concatenate([np.zeros((30, 2)), np.random.default_rng(0).normal(9, 1, (60, 2))])
    result = fit(points, 2)
    run = RunRecord(1, Document(result.cloud, 2), list(result.steps), result.stop)
    first = next(step for step in result.steps if step.events)
    assert first.events == (Event("floor", first.events[0].component),)
    view.show_run(run, 0, "converged")
    at = pixel(view, first.index, first.log_likelihood)
    assert nearest(picture(view), at, rgb(LIGHT.warning), reach=3) < 40


def test_the_dark_one_is_another_design(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    view.set_style(style(dark=True, scale=1.5))
    image = picture(view)
    assert nearest(image, pixel(view, 5, RISING[5]), rgb(DARK.accent)) < 40
    assert colour_at(image, (400, 200)) == rgb(DARK.panel)
