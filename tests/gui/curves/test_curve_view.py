"""The curves: each where it belongs, the cursor, and what a mouse does to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration, Rule
from gmm_studio.core.em import Event, Step, Stop, fit
from gmm_studio.core.mixture import Mixture
from gmm_studio.data.generators import generate
from gmm_studio.document import Document
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.curves.curve_view import CurveView
from gmm_studio.gui.curves.kinds import kind_names, kinds_of
from gmm_studio.gui.curves.overlay import told
from gmm_studio.gui.curves.series import KINDS, CurveKind
from gmm_studio.gui.runs import RunRecord
from tests.gui.acting import (
    Rgb,
    click,
    colour_at,
    distance,
    double_click,
    drag,
    hover,
    key,
    picture,
    rgb,
    wheel,
)
from tests.gui.styles import style

MIXTURE = Mixture([1.0], [[0.0, 0.0]], [[[1.0, 0.0], [0.0, 1.0]]])
CLOUD = PointCloud([(0.0, 0.0), (1.0, 1.0)])


KINDS_OF_EM = kinds_of(None)


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
    made.resize(800, 290)
    with qtbot.waitExposed(made):
        made.show()
    return made


def pixel(view: CurveView, iteration: float, height: float) -> tuple[float, float]:
    at = view.plot.frame.place(iteration, height)
    return at.x(), at.y()


def span(view: CurveView) -> tuple[float, float]:
    return view.plot.frame.left, view.plot.frame.right


def nearest(image: QImage, at: tuple[float, float], colour: Rgb, reach: int = 1) -> int:
    """How unlike a colour the most similar pixel around a place is."""
    around = range(-reach, reach + 1)
    return min(
        distance(colour_at(image, (at[0] + i, at[1] + j)), colour) for i in around for j in around
    )


def test_the_curve_goes_through_every_step(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "converged")
    image = picture(view.plot)
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
    image = picture(view.plot)
    across, down = pixel(view, cursor, RISING[cursor])
    assert distance(colour_at(image, (across, down)), rgb(LIGHT.accent)) < 10
    away = 190.0 if down < 100 else 100.0
    assert nearest(image, (across, away), rgb(LIGHT.muted)) < 60
    other = pixel(view, 7, RISING[7])[0]
    assert nearest(image, (other, away), rgb(LIGHT.muted)) > 100


def test_a_step_that_was_taken_moves_the_cursor_alone(view: CurveView) -> None:
    run = run_of(RISING)
    view.show_run(run, 2, "")
    before = pixel(view, 5, -700.0)
    view.show_run(run, 8, "")
    assert pixel(view, 5, -700.0) == before
    assert nearest(picture(view.plot), pixel(view, 8, RISING[8]), rgb(LIGHT.accent)) < 10


def test_a_growing_run_is_shown_as_far_as_it_is(view: CurveView) -> None:
    run = run_of(RISING[:3])
    run.stop = None
    view.show_run(run, 0, "running")
    right = pixel(view, 2, -500.0)[0]
    run.steps += run_of(RISING).steps[3:]
    view.show_run(run, 0, "running")
    assert pixel(view, 10, -400.0)[0] == pytest.approx(right, abs=2)
    assert nearest(picture(view.plot), pixel(view, 8, RISING[8]), rgb(LIGHT.accent)) < 40


def test_a_click_asks_for_the_nearest_iteration(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    asked = QSignalSpy(view.cursor_requested)
    for t in (3, 7, 10, 0):
        click(view.plot, pixel(view, t + 0.3 if t < 10 else t, -700.0))
        assert asked.at(asked.count() - 1) == [t]
    click(view.plot, (790, 100))
    click(view.plot, (30, 100))
    assert [asked.at(i)[0] for i in range(4, 6)] == [10, 0], "the ends, beyond them"


def test_dragging_scrubs(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    asked = QSignalSpy(view.cursor_requested)
    drag(view.plot, [pixel(view, t, -600.0) for t in (2, 3, 5, 4, 9)])
    assert [asked.at(i)[0] for i in range(asked.count())] == [2, 3, 5, 4, 9]


def test_without_a_run_there_is_nothing_to_ask_for(view: CurveView) -> None:
    view.show_run(None, 0, "")
    asked = QSignalSpy(view.cursor_requested)
    click(view.plot, (400, 100))
    wheel(view.plot, (400, 100), 1)
    double_click(view.plot, (400, 100))
    assert asked.count() == 0
    assert nearest(picture(view.plot), (400, 100), rgb(LIGHT.accent), reach=30) > 100


def test_the_wheel_zooms_along_the_iterations_at_the_pointer(view: CurveView) -> None:
    view.show_run(run_of([-1000.0 / (t + 1) for t in range(101)]), 0, "")
    before = pixel(view, 20, -50.0)[0]
    width = pixel(view, 30, 0)[0] - before
    wheel(view.plot, (before, 100), 5)
    assert pixel(view, 20, -50.0)[0] == pytest.approx(before, abs=8)
    assert pixel(view, 30, 0)[0] - pixel(view, 20, 0)[0] > 1.8 * width
    wheel(view.plot, (before, 100), -30)
    assert pixel(view, 20, -50.0)[0] == pytest.approx(before, abs=2), "never beyond the run"
    wheel(view.plot, (before, 100), 5)
    double_click(view.plot, (400, 100))
    assert pixel(view, 30, 0)[0] - pixel(view, 20, 0)[0] == pytest.approx(width, abs=2)


def test_zooming_out_at_an_edge_shows_nothing_beyond_the_run(view: CurveView) -> None:
    view.show_run(run_of([-1000.0 / (t + 1) for t in range(101)]), 0, "")
    for at, out_at, beyond in ((5, 9, 0), (95, 91, 1)):
        wheel(view.plot, (pixel(view, at, 0)[0], 100), 12)
        wheel(view.plot, (pixel(view, out_at, 0)[0], 100), -8)
        low, high = span(view)
        assert high - low < 60, "zoomed still"
        assert (low >= 0, high <= 100) == (True, True)
        assert (low, high)[beyond] == pytest.approx((0, 100)[beyond], abs=1)
        double_click(view.plot, (400, 100))


def test_zooming_for_ever_shows_two_iterations_still(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    at = pixel(view, 5, -500.0)
    for _ in range(60):
        wheel(view.plot, at, 3)
    low, high = span(view)
    assert 1.9 < high - low < 3
    assert low < 6
    assert high > 4
    view.show_run(run_of(RISING), 0, "")
    assert pixel(view, 10, -400.0)[0] > 700, "another run is shown whole"


def test_earlier_runs_stay_in_the_background(view: CurveView) -> None:
    earlier = [value - 150 for value in RISING]
    view.show_ghosts([run_of(earlier)])
    view.show_run(run_of(RISING), 0, "")
    image = picture(view.plot)
    for t in (2, 5, 9):
        assert nearest(image, pixel(view, t, earlier[t]), rgb(LIGHT.ghost)) < 60
        assert nearest(image, pixel(view, t, RISING[t]), rgb(LIGHT.accent)) < 40
    view.show_ghosts([])
    image = picture(view.plot)
    assert nearest(image, pixel(view, 5, earlier[5]), rgb(LIGHT.ghost)) > 60


def test_earlier_runs_are_seen_without_one_on_show(view: CurveView) -> None:
    view.show_ghosts([run_of(RISING)])
    view.show_run(None, 0, "")
    image = picture(view.plot)
    assert nearest(image, pixel(view, 5, RISING[5]), rgb(LIGHT.ghost)) < 60
    assert view.plot.frame.bottom < RISING[0], "all of them"


def test_of_very_many_earlier_runs_the_last_ones_are_seen(view: CurveView) -> None:
    view.show_ghosts([run_of([10.0 * i, 10.0 * i]) for i in range(100)])
    image = picture(view.plot)
    for i in (65, 80, 99):
        assert nearest(image, pixel(view, 0.5, 10.0 * i), rgb(LIGHT.ghost)) < 60
    assert view.plot.frame.bottom > 500, "nor is there room left for the others"


def test_marks_say_where_something_happened(view: CurveView) -> None:
    floor, fell = Event("floor", 0), Event("fell")
    run = run_of(RISING, {3: (floor,), 4: (floor,), 5: (floor,), 8: (floor, fell)})
    view.show_run(run, 0, "")
    image = picture(view.plot)
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
    image = picture(view.plot)
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
    assert nearest(picture(view.plot), at, rgb(LIGHT.warning), reach=3) < 40


def test_the_dark_one_is_another_design(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    view.set_style(style(dark=True, scale=1.5))
    image = picture(view.plot)
    assert nearest(image, pixel(view, 5, RISING[5]), rgb(DARK.accent)) < 40
    assert colour_at(image, (400, 200)) == rgb(DARK.panel)


# Other kinds


@pytest.fixture(scope="module")
def fitted() -> RunRecord:
    """A run of three components on 300 points."""
    rng = np.random.default_rng(3)
    parts = [rng.normal(at, 1.0, (100, 2)) for at in ((0, 0), (3, 1), (1, 4))]
    result = fit(np.concatenate(parts), 3, init="random-points")
    assert len(result.steps) > 12
    document = Document(result.cloud, 3, configuration=result.configuration)
    return RunRecord(4, document, list(result.steps), result.stop)


def reference(kind: CurveKind, run: RunRecord, t: int) -> list[float]:
    """What the curves of a kind are at a step, on the scale of the axis; not by our arrays."""
    step, total = run.steps[t], float(run.cloud.n)
    mixture = step.mixture
    if kind == "log_likelihood":
        return [step.log_likelihood]
    if kind == "distance":
        return [float(np.log10(run.steps[-1].log_likelihood - step.log_likelihood))]
    if kind == "change":
        return [float(np.log10((step.log_likelihood - run.steps[t - 1].log_likelihood) / total))]
    if kind == "weights":
        return [float(weight) for weight in mixture.weights]
    if kind == "points":
        return [total * float(weight) for weight in mixture.weights]
    if kind == "means":
        return [float(x) for x in mixture.means.T.ravel()]
    smallest = [np.linalg.eigvalsh(matrix)[0] for matrix in mixture.covariances]
    return [float(np.log10(value)) for value in smallest]


@pytest.mark.parametrize("kind", KINDS_OF_EM)
@pytest.mark.parametrize("dark", [False, True])
def test_every_kind_goes_through_its_numbers(
    view: CurveView, fitted: RunRecord, kind: CurveKind, dark: bool
) -> None:
    palette = DARK if dark else LIGHT
    view.set_style(style(dark=dark))
    view.show_kind(kind)
    view.show_run(fitted, 0, "converged")
    image = picture(view.plot)
    alone = kind in ("log_likelihood", "distance", "change")
    t = 6
    for j, height in enumerate(reference(kind, fitted, t)):
        colour = palette.accent if alone else component_colour(palette, j % 3)
        at = pixel(view, t, height)
        reach = 2 if kind != "means" else 6
        assert nearest(image, at, rgb(colour), reach) < 60, (j, height)
        assert view.plot.frame.bottom < height < view.plot.frame.top


@pytest.mark.parametrize("kind", KINDS)
def test_the_place_of_the_iterations_is_the_same_in_every_kind(
    view: CurveView, fitted: RunRecord, kind: CurveKind
) -> None:
    view.show_run(fitted, 0, "converged")
    before = view.plot.frame.area
    view.show_kind(kind)
    assert view.plot.frame.area == before
    assert view.plot.frame.right == len(fitted.steps) - 1
    asked = QSignalSpy(view.cursor_requested)
    drag(view.plot, [(pixel(view, t, 0)[0], 90) for t in (2, 3, 7)])
    assert [asked.at(i)[0] for i in range(asked.count())] == [2, 3, 7]
    wheel(view.plot, (pixel(view, 5, 0)[0], 90), 3)
    left, right = span(view)
    assert right - left < 0.7 * (len(fitted.steps) - 1)
    double_click(view.plot, (400, 100))
    assert span(view) == (0, len(fitted.steps) - 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_no_text_is_cut(view: CurveView, fitted: RunRecord, kind: CurveKind, scale: float) -> None:
    """Nothing is painted at the very edges, where cut text would be."""
    view.set_style(style(scale=scale))
    view.resize(round(480 * scale), round(140 * scale))
    QApplication.processEvents()
    view.show_kind(kind)
    view.show_run(fitted, 3, "converged")
    image = picture(view.plot)
    ground = rgb(LIGHT.panel)
    width, height = image.width(), image.height()
    for y in range(height):
        assert colour_at(image, (0, y)) == ground
        assert colour_at(image, (width - 1, y)) == ground
    for x in range(width):
        assert colour_at(image, (x, height - 1)) == ground


def test_the_list_chooses_the_kind_and_says_so(view: CurveView, fitted: RunRecord) -> None:
    view.show_run(fitted, 0, "")
    chosen = QSignalSpy(view.kind_changed)
    assert view.kinds == KINDS
    assert view.kind == "log_likelihood"
    assert [view._choice.itemText(i) for i in range(view._choice.count())] == [
        kind_names()[kind] for kind in KINDS_OF_EM
    ]
    view._choice.setFocus(Qt.FocusReason.TabFocusReason)
    key(view, Qt.Key.Key_Down)
    assert chosen.count() == 1
    assert chosen.at(0) == ["distance"]
    assert view.plot.accessibleName() == "Distance to the end over the iterations"
    view.show_kind("weights")
    assert view._choice.currentData() == "weights"
    assert chosen.count() == 2
    view.show_kind("weights")
    assert chosen.count() == 2, "nothing has changed"
    assert view._choice.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert view._choice.height() <= 24


def test_the_tolerance_and_where_scikit_learn_would_have_stopped(
    view: CurveView, fitted: RunRecord
) -> None:
    view.show_kind("change")
    view.show_run(fitted, 0, "converged")
    image = picture(view.plot)
    frame = view.plot.frame
    low = pixel(view, 0, -6.0)[1]
    dashes = [
        nearest(image, (frame.area.left() + share * frame.area.width(), low), rgb(LIGHT.muted))
        for share in np.linspace(0.4, 0.8, 60)
    ]
    assert min(dashes) < 90
    values = [step.log_likelihood for step in fitted.steps]
    stop = next(
        t for t in range(2, len(values)) if values[t - 1] - values[t - 2] < 1e-3 * fitted.cloud.n
    )
    mark = view.plot.chart.mark
    assert mark == (stop, "scikit-learn would stop here")
    column = pixel(view, stop, 0)[0]
    dots = [
        nearest(image, (column, down), rgb(LIGHT.muted), 0)
        for down in range(round(frame.area.top()) + 2, round(frame.area.bottom()) - 2)
    ]
    assert sum(d < 140 for d in dots) > 0.3 * len(dots)


def test_the_variance_floor_is_a_line_where_it_is_near(view: CurveView) -> None:
    points = np.concatenate([np.zeros((30, 2)), np.random.default_rng(0).normal(9, 1, (60, 2))])
    result = fit(points, 2, variance_floor=1e-4)
    document = Document(result.cloud, 2, configuration=result.configuration)
    view.show_kind("eigenvalues")
    view.show_run(RunRecord(1, document, list(result.steps), result.stop), 0, "")
    (level,) = view.plot.chart.levels
    expected = 1e-4 * points.var(axis=0).mean()
    assert level.value == pytest.approx(expected, rel=1e-6)
    assert view.plot.frame.bottom < np.log10(expected)
    assert "10⁻⁴" in level.text or "0.00" in level.text


def test_the_numbers_of_the_components_stand_at_their_ends(
    view: CurveView, fitted: RunRecord
) -> None:
    view.show_kind("weights")
    view.show_run(fitted, 0, "")
    image, frame = picture(view.plot), view.plot.frame
    weights = fitted.steps[-1].mixture.weights
    for j, weight in enumerate(weights.tolist()):
        apart = min(abs(weight - other) for i, other in enumerate(weights) if i != j)
        assert apart > 0.0
        down = pixel(view, frame.right, weight)[1]
        around = [
            nearest(image, (frame.area.right() + 13, down + dy), rgb(component_colour(LIGHT, j)))
            for dy in range(-26, 27)
        ]
        assert min(around) < 10, j


@pytest.mark.parametrize("k", [20, 100])
def test_very_many_components(view: CurveView, k: int) -> None:
    rng = np.random.default_rng(0)
    result = fit(rng.normal(size=(400, 2)), k, max_iterations=15)
    document = Document(result.cloud, k, configuration=result.configuration)
    run = RunRecord(1, document, list(result.steps), result.stop)
    for kind in KINDS:
        view.show_kind(kind)
        view.show_run(run, 7, "")
        image = picture(view.plot)
        assert len({image.pixel(x, y) for x in range(110, 760, 3) for y in range(10, 220)}) > 3


# Hovering


def hovered_text(view: CurveView) -> str:
    hovered = view.plot.hovered()
    return told(view.plot.chart, view.plot.frame, hovered) if hovered else ""


def test_hovering_tells_which_run_it_is(view: CurveView) -> None:
    earlier = run_of([value - 150 for value in RISING])
    earlier.number = 3
    named = run_of([value - 60 for value in RISING])
    named.number, named.name = 5, "The {best}"
    shown = run_of(RISING)
    shown.number = 7
    view.show_ghosts([earlier, named])
    view.show_run(shown, 0, "")
    assert hovered_text(view) == ""
    hover(view.plot, pixel(view, 5.2, -410.0 - 150 + 1))
    assert hovered_text(view) == "Run 3: −560.00 at iteration 5"
    image = picture(view.plot)
    assert nearest(image, pixel(view, 8, RISING[8] - 150), rgb(LIGHT.text)) < 60, "it is stronger"
    hover(view.plot, pixel(view, 8, RISING[8] - 60))
    assert hovered_text(view) == "The {best}: −461.00 at iteration 8"
    hover(view.plot, pixel(view, 2, RISING[2]))
    assert hovered_text(view) == "Run 7: −500.00 at iteration 2"
    hover(view.plot, pixel(view, 8, -800.0))
    assert hovered_text(view) == ""
    hover(view.plot, pixel(view, 2, RISING[2]))
    QApplication.sendEvent(view.plot, QEvent(QEvent.Type.Leave))
    assert hovered_text(view) == ""


def test_hovering_tells_which_component_it_is(view: CurveView, fitted: RunRecord) -> None:
    view.show_run(fitted, 0, "")
    mixture = fitted.steps[6].mixture
    for kind, j, text in (
        ("weights", 1, f"Component 2: weight {mixture.weights[1]:.3f} at iteration 6"),
        ("points", 2, f"Component 3: N = {300 * mixture.weights[2]:.4g} at iteration 6"),
    ):
        view.show_kind(kind)  # type: ignore[arg-type]
        height = reference(view.kind, fitted, 6)[j]
        hover(view.plot, pixel(view, 6, height))
        assert hovered_text(view) == text
    view.show_kind("means")
    hover(view.plot, pixel(view, 6, float(mixture.means[2, 1])))
    assert hovered_text(view).startswith("Component 3: y ")
    view.show_kind("eigenvalues")
    hover(view.plot, pixel(view, 6, reference("eigenvalues", fitted, 6)[0]))
    assert hovered_text(view).startswith("Component ")
    assert "smallest eigenvalue" in hovered_text(view)


def test_dragging_tells_nothing(view: CurveView) -> None:
    view.show_run(run_of(RISING), 0, "")
    at = pixel(view, 5, RISING[5])
    hover(view.plot, at)
    assert hovered_text(view)
    drag(view.plot, [at, pixel(view, 6, RISING[6])])
    assert hovered_text(view) == ""


# Nothing to show


@pytest.mark.parametrize(
    ("kind", "values", "ended", "note"),
    [
        ("distance", [-5.0], False, "Only one step so far"),
        ("change", [-5.0], False, "Only one step so far"),
        ("change", [-5.0], True, "The run has only one step"),
        ("change", [-5.0, -5.0], True, "The log-likelihood has not changed"),
        ("distance", [-5.0, -5.0], True, "No step is below the end"),
        ("log_likelihood", [-np.inf, np.nan], True, "The log-likelihood is not finite"),
        ("weights", [-5.0], False, ""),
        ("means", [-5.0], False, ""),
        ("eigenvalues", [-5.0], False, ""),
        ("points", [-5.0], False, ""),
    ],
)
def test_it_says_why_there_is_nothing(
    view: CurveView, kind: CurveKind, values: list[float], ended: bool, note: str
) -> None:
    run = run_of(values)
    run.stop = Stop("converged") if ended else None
    view.show_kind(kind)
    view.show_run(run, 0, "")
    image = picture(view.plot)
    assert view.plot.chart.note == note
    middle = view.plot.frame.area.center()
    inked = nearest(image, (middle.x(), middle.y()), rgb(LIGHT.muted), reach=9) < 90
    assert inked == bool(note)


@pytest.mark.parametrize("kind", KINDS_OF_EM)
def test_it_recovers_with_the_next_steps(
    view: CurveView, fitted: RunRecord, kind: CurveKind
) -> None:
    run = RunRecord(1, fitted.document, fitted.steps[:1], None)
    view.show_kind(kind)
    view.show_run(run, 0, "running")
    picture(view.plot)
    run.steps += fitted.steps[1:9]
    view.show_run(run, 8, "running")
    assert view.plot.chart.note == ""
    assert view.plot.frame.right == 8
    assert len(view.plot.chart.front[0].values) == 9


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_run_every_kind_is_quiet(view: CurveView, kind: CurveKind) -> None:
    view.show_kind(kind)
    view.show_run(None, 0, "")
    asked = QSignalSpy(view.cursor_requested)
    click(view.plot, (400, 100))
    hover(view.plot, (420, 100))
    wheel(view.plot, (400, 100), 1)
    assert asked.count() == 0
    assert nearest(picture(view.plot), (400, 100), rgb(LIGHT.text), reach=40) > 100


def test_while_a_run_grows_the_distance_is_to_the_best_so_far(view: CurveView) -> None:
    run = run_of([-10.0, -6.0, -5.0, -5.5])
    run.stop = None
    view.show_kind("distance")
    view.show_run(run, 0, "")
    values = view.plot.chart.front[0].values[:, 0]
    assert values[[0, 1, 3]] == pytest.approx([5.0, 1.0, 0.5])
    assert np.isnan(values[2])
    caption = next(label for label in view.findChildren(QLabel) if label.text())
    assert caption.text() == "Not ended: distance to the best so far"
    run.stop = Stop("cancelled")
    view.show_run(run, 0, "")
    values = view.plot.chart.front[0].values[:, 0]
    assert values[:2] == pytest.approx([4.5, 0.5])
    assert np.isnan(values[2:]).all(), "the end, and what is above it"


def test_unequal_axes_have_each_their_own_scale(view: CurveView) -> None:
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(0, 1, (80, 2)), rng.normal(6, 1, (80, 2))]) * (1, 1000)
    result = fit(PointCloud(points, columns=("length", "price")), 2, init="random-points")
    run = RunRecord(1, Document(result.cloud, 2), list(result.steps), result.stop)
    view.show_kind("means")
    view.show_run(run, 0, "")
    means = np.array([step.mixture.means for step in run.steps])
    chart = view.plot.chart
    assert chart.ticks is not None
    assert list(chart.ticks) == [0.0, 1.0]
    for axis, bundle in enumerate(chart.front):
        drawn = chart.drawn(bundle, bundle.values)
        low, high = means[:, :, axis].min(), means[:, :, axis].max()
        assert drawn == pytest.approx((means[:, :, axis] - low) / (high - low))
        assert chart.front[axis].dashed == (axis == 1)
    assert [line.split("\t")[0] for line in chart.ticks[0.0].split("\n")] == ["length", "price"]
    picture(view.plot)


def test_one_dimension(view: CurveView) -> None:
    rng = np.random.default_rng(1)
    result = fit(np.concatenate([rng.normal(0, 1, 80), rng.normal(6, 1, 80)]), 2)
    run = RunRecord(1, Document(result.cloud, 2), list(result.steps), result.stop)
    for kind in KINDS:
        view.show_kind(kind)
        view.show_run(run, 1, "converged")
        picture(view.plot)
    view.show_kind("eigenvalues")
    variances = np.array([step.mixture.covariances[:, 0, 0] for step in run.steps])
    assert view.plot.chart.front[0].values == pytest.approx(variances)


def test_a_long_run_is_painted_from_few_points_and_its_peaks_are_seen(view: CurveView) -> None:
    values = [-1000.0 + (t % 7) for t in range(20_000)]
    values[12_345] = -900.0
    view.show_run(run_of(values), 0, "")
    image = picture(view.plot)
    at = pixel(view, 12_345, -900.0)
    assert nearest(image, (at[0], at[1] + 3), rgb(LIGHT.accent), reach=2) < 60


def test_a_screen_of_higher_resolution_is_used(view: CurveView, fitted: RunRecord) -> None:
    view.show_run(fitted, 0, "")
    still = view.plot._paint_still()
    assert still.size() == view.plot.size() * view.plot.devicePixelRatioF()


def test_the_tick_texts_have_room_on_the_left(view: CurveView) -> None:
    for scale in (1.0, 2.0):
        shown = style(scale=scale)
        view.set_style(shown)
        view.show_run(run_of([-391_234.5, -390_000.0]), 0, "")
        room = view.plot.frame.area.left()
        assert QFontMetricsF(shown.font).horizontalAdvance("−391,234.5") < room - 16 * scale


# What only some update rules have


def ruled(rule: Rule, number: int = 1, **options: Any) -> RunRecord:
    cloud = generate("separated", 200)
    run = fit(cloud, 3, init="random-points", rule=rule, **options)
    document = Document(cloud, 3, configuration=run.configuration)
    return RunRecord(number, document, list(run.steps), run.stop)


def offered(view: CurveView) -> list[CurveKind]:
    return [view._choice.itemData(i) for i in range(view._choice.count())]


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("em", set()),
        ("classification", {"classification"}),
        ("stochastic", set()),
        ("annealing", {"free_energy", "temperature"}),
        ("split-and-merge", set()),
    ],
)
def test_what_a_rule_improves_is_offered_for_its_runs_alone(
    view: CurveView, rule: Rule, more: set[CurveKind]
) -> None:
    view.show_run(ruled(rule, max_iterations=20), 0, "")
    assert set(offered(view)) == {*KINDS_OF_EM, *more}


def test_a_run_that_has_no_such_curve_shows_its_log_likelihood(view: CurveView) -> None:
    view.show_kind("free_energy")
    assert view.kind == "log_likelihood"
    view.show_run(ruled("annealing"), 0, "")
    assert view.kind == "free_energy"
    assert view._choice.currentText() == "Free energy"
    view.show_run(ruled("em"), 0, "")
    assert view.kind == view.plot.chart.kind == "log_likelihood"
    assert view._choice.currentText() == "Log-likelihood"


def test_the_classification_likelihood_never_falls_and_is_below_the_other(view: CurveView) -> None:
    run, other = ruled("classification", 7), ruled("classification", 2, random_state=4)
    view.show_ghosts([other, ruled("em", 3), ruled("annealing", 4)])
    view.show_run(run, 2, "")
    view.show_kind("classification")
    chart = view.plot.chart
    values, likelihoods = (bundle.values[:, 0] for bundle in chart.front)
    assert values == pytest.approx([step.objective for step in run.steps])
    assert likelihoods == pytest.approx([step.log_likelihood for step in run.steps])
    assert (np.diff(values) >= -1e-9 * len(run.cloud.points)).all()
    assert (likelihoods >= values).all()
    assert len(chart.behind) == 1, "runs that improve something else are not compared"
    assert chart.behind[0].values[-1, 0] == pytest.approx(other.steps[-1].objective)
    image = picture(view.plot)
    for t, value in enumerate(values.tolist()):
        assert nearest(image, pixel(view, t, value), rgb(LIGHT.accent)) < 40, t
    hover(view.plot, pixel(view, 1, values[1]))
    assert hovered_text(view).startswith("Run 7: classification likelihood −")
    hover(view.plot, pixel(view, 0, likelihoods[0]))
    assert hovered_text(view).startswith("Run 7: log-likelihood −")


def test_the_free_energy_never_rises_but_where_the_line_is_broken(view: CurveView) -> None:
    run = ruled("annealing", 7)
    view.show_run(run, 0, "")
    view.show_kind("free_energy")
    chart = view.plot.chart
    parts, minus = (bundle.values for bundle in chart.front)
    assert (np.isfinite(parts).sum(axis=1) == 1).all(), "a part for each temperature"
    assert np.nansum(parts, axis=1) == pytest.approx([step.objective for step in run.steps])
    for part in parts.T:
        own = part[np.isfinite(part)]
        assert (np.diff(own) <= 1e-9 * 200).all()
    assert parts[-1, -1] == pytest.approx(minus[-1, 0]), "at temperature 1 they are the same"
    cooled = [
        step.index for step in run.steps if any(event.kind == "cooled" for event in step.events)
    ]
    assert [period.first for period in chart.periods] == [0, *cooled]
    image = picture(view.plot)
    for t in cooled:
        x, low = pixel(view, t - 0.5, 0)
        low = view.plot.frame.area.bottom() - 8
        assert nearest(image, (x, low), rgb(LIGHT.border)) < 20, "where it cools there is a line"
    t = cooled[0]
    heights = [np.nansum(parts[i]) for i in (t - 1, t)]
    if abs(pixel(view, t, heights[0])[1] - pixel(view, t, heights[1])[1]) > 8:
        half = pixel(view, t - 0.5, sum(heights) / 2)
        assert nearest(image, half, rgb(LIGHT.accent)) > 90, "and none along the jump"
    hover(view.plot, pixel(view, 0, parts[0, 0]))
    assert re.fullmatch(
        r"Run 7: free energy [\d,.]+ at iteration 0, temperature 1\.67", hovered_text(view)
    )
    hover(view.plot, pixel(view, 0, minus[0, 0]))
    assert hovered_text(view).startswith("Run 7: minus the log-likelihood ")


def test_the_temperature_of_annealing_falls_to_1(view: CurveView) -> None:
    document = Document(
        generate("separated", 200), 3, configuration=Configuration(rule="annealing")
    )
    run = fit(document.cloud, 3, rule="annealing")
    view.show_run(RunRecord(1, document, list(run.steps), run.stop), 0, "")
    view.show_kind("temperature")
    (bundle,) = view.plot.chart.front
    values = bundle.values[:, 0]
    assert values[0] > 1.5
    assert values[-1] == pytest.approx(1)
    assert (np.diff(values) <= 1e-12).all()
