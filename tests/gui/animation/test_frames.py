"""Which frames there are, what each shows, and where an animation ends."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gmm_studio import Mixture, PointCloud
from gmm_studio.core.interpolation import interpolate
from gmm_studio.gui.animation import frames as animated
from gmm_studio.gui.animation.frames import FramePainter, Take, figure_of, frame_figure, plan_of
from gmm_studio.gui.animation.plan import Frame, Plan, moments_of
from gmm_studio.gui.animation.stillness import still_from
from gmm_studio.gui.animation.writing import Clock
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.canvas.scenes import effective_layers, scene_between, scene_of
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, component_colour
from gmm_studio.gui.figures.figure import PAPER
from gmm_studio.gui.moment import Moment
from tests.gui.animation.making import (
    BARE,
    CLOUD,
    HEIGHT,
    PLACES,
    VIEW,
    WIDTH,
    animation,
    colour_at,
    mixture,
    record,
    take,
)


def rgb(name: str) -> list[int]:
    return [int(name[i : i + 2], 16) for i in (1, 3, 5)]


def painted(plan: Plan, of: Take) -> list[np.ndarray]:
    painter = FramePainter(of, plan)
    return [painter(plan[i]) for i in range(len(plan))]


def test_half_steps_stop_twice_in_each_iteration():
    assert moments_of(0, 2, halves=False) == (Moment(0), Moment(1), Moment(2))
    assert moments_of(1, 2, halves=True) == (Moment(1, "M"), Moment(2, "E"), Moment(2, "M"))


def test_a_plan_of_steps():
    plan = Plan(animation(speed=4.0, hold=3.0), moments_of(2, 4, halves=False))
    found = [plan[i] for i in range(len(plan))]
    assert [frame.after for frame in found] == [Moment(2), Moment(3), Moment(4)]
    assert [frame.share for frame in found] == [1, 1, 1]
    assert [frame.seconds for frame in found] == [0.25, 0.25, 3.25]
    assert plan.seconds == 3.75
    with pytest.raises(IndexError):
        plan[3]


def test_a_plan_that_glides():
    made = animation(speed=5.0, frames_per_second=22.0, glide=True, hold=0.0)
    assert made.rate == 20, "a whole number of frames for each step"
    plan = Plan(made, moments_of(0, 2, halves=False))
    assert len(plan) == 1 + 2 * 4
    assert plan[0] == Frame(Moment(0), Moment(0), 1.0, 0.2)
    assert plan[3] == Frame(Moment(0), Moment(1), 0.75, 0.05)
    assert plan[8] == Frame(Moment(1), Moment(2), 1.0, 0.05)
    total = sum(plan[i].seconds for i in range(len(plan)))
    assert total == pytest.approx(plan.seconds) == pytest.approx(0.6)


def test_errors_of_durations_do_not_add_up():
    clock = Clock(100)
    found = [clock.ticks(1 / 30) for _ in range(3000)]
    assert sum(found) == 10_000
    assert set(found) == {3, 4}


def test_the_range_is_the_one_that_was_asked_for(qapp: QApplication):
    plan = plan_of(take(), animation(first=1, last=3))
    assert [moment.iteration for moment in plan.moments] == [1, 2, 3]
    assert plan_of(take(), animation(first=3, last=99)).moments[-1] == Moment(4)


def test_e_steps_recolour_and_m_steps_move(qapp: QApplication):
    """A point between both means changes its colour with the E-step alone."""
    cloud = PointCloud([[0.0, 0.6], [3.9, 2.4], [-3.9, -2.4]])
    of = take(record([-2.0, 0.0], cloud))
    plan = plan_of(of, animation(halves=True))
    start, e_step, m_step = painted(plan, of)
    colours = [component_colour(LIGHT, j) for j in range(2)]
    for picture, place in ((start, -2.0), (e_step, -2.0), (m_step, 0.0)):
        assert colour_at(picture, place, 1.0).tolist() == rgb(colours[0])
    # Nearest to component 2 while component 1 is far away.
    point = [colour_at(picture, 0.0, 0.6, beside=0) for picture in (start, e_step)]
    assert abs(point[0] - rgb(LIGHT.muted)).max() < 70, "no colour before the first E-step"
    assert point[1][2] > point[1][0] + 60, "blue"


@pytest.mark.parametrize(
    ("moment", "at"),
    [
        (Moment(0, "M"), 0),
        (Moment(2, "E"), 1),
        (Moment(2, "M"), 2),
        (Moment(3), 3),
        (Moment(9), 4),
    ],
)
def test_the_curve_shows_the_step_of_the_ellipses(qapp: QApplication, moment: Moment, at: int):
    of = take()
    figure = figure_of(of, animation(curve="beside").sheet, moment)
    assert figure.shot.curve is not None
    assert figure.shot.curve.cursor.iteration == at
    assert figure.shot.scene.mixture is of.run.steps[at].mixture


def test_a_frame_painted_in_parts_is_the_same(qapp: QApplication, monkeypatch: pytest.MonkeyPatch):
    of = take(layers=Layers(background="density"))
    plan = plan_of(of, animation(curve="below", last=1))
    whole = painted(plan, of)
    monkeypatch.setattr(animated, "_STRIP", WIDTH * 50)
    for one, other in zip(whole, painted(plan, of), strict=True):
        # Edges of what is cut may be a little smoother.
        assert (one != other).any(axis=2).mean() < 1e-3


def test_a_smaller_frame_is_the_same_picture(qapp: QApplication):
    of = take()
    plan = plan_of(of, animation(width=2 * WIDTH, height=2 * HEIGHT))
    small = FramePainter(of, plan, scale=0.5)(plan[2])
    assert small.shape == (HEIGHT, WIDTH, 3)
    halved = [
        frame.reshape(HEIGHT, 2, WIDTH, 2, 3).mean(axis=(1, 3)) for frame in painted(plan, of)
    ]
    away = [abs(frame - small).mean() for frame in halved]
    assert away[2] < 0.5
    assert np.argmin(away) == 2


def test_what_a_plan_shows_of_an_iteration(qapp: QApplication):
    of = take()

    def shown(iteration: int, **options: object) -> Moment:
        return frame_figure(of, plan_of(of, animation(**options)), iteration).shot.scene.moment

    assert shown(3) == Moment(3)
    assert shown(4, last=2) == Moment(2)
    assert shown(0, first=1) == Moment(1)
    assert shown(2, halves=True) == Moment(2, "M")
    assert shown(0, halves=True) == Moment(0, "M")
    part = frame_figure(of, plan_of(of, animation(first=1, last=3)), 2)
    assert part.shot.curve is not None
    assert part.shot.curve.zoomed == (1.0, 3.0)


def test_ellipses_glide(qapp: QApplication):
    of = take(record([-2.0, 2.0]))
    plan = plan_of(of, animation(glide=True, frames_per_second=20.0, speed=5.0))
    pictures = painted(plan, of)
    assert len(pictures) == 5
    # Cubic in and out: 1/16, 1/2 and 15/16 of the way.
    for picture, x in zip(pictures, (-2.0, -1.75, 0.0, 1.75, 2.0), strict=True):
        assert colour_at(picture, x, 1.0).tolist() == rgb(component_colour(LIGHT, 0))


def test_what_lies_between_is_interpolated_in_shape_and_colour():
    run = record([-2.0, 2.0])
    before, after = (scene_of(run, Moment(t), BARE) for t in (0, 1))
    between = scene_between(before, after, 0.25)
    expected = interpolate(mixture(-2.0), mixture(2.0), 0.25)
    for found in (between.mixture, between.colouring):
        assert found is not None
        np.testing.assert_allclose(found.means, expected.means)
        np.testing.assert_allclose(found.covariances, expected.covariances)
    assert between.trails is not None
    np.testing.assert_allclose(between.trails[-1], expected.means)
    assert scene_between(before, after, 1.0) is after


def test_a_scene_of_a_moment():
    run = record()
    scene = scene_of(run, Moment(3, "E"), Layers(ghosts=True))
    assert scene.mixture is run.steps[2].mixture is scene.colouring
    assert scene.iteration == 2
    assert scene.trails is not None
    assert scene.trails.shape == (3, 2, 2)
    assert scene.seeds == ((-2.0, 1.0), (0.0, -1.0))
    assert scene.past[0] is run.steps[0].mixture
    assert scene_of(run, Moment(0, "M"), BARE).colouring is None
    assert scene_of(run, Moment(9), BARE).mixture is run.steps[4].mixture
    rule = effective_layers(Layers(), run.document.configuration)
    assert not rule.hard


def test_the_flat_tail_is_left_out(qapp: QApplication):
    tail = 2 - 0.004 * 0.5 ** np.arange(20)
    of = take(record(np.concatenate([PLACES[:-1], tail])))
    assert plan_of(of, animation(trim=False)).moments[-1].iteration == 23
    # From there on the first mean is less than a quarter of a pixel from its end.
    assert plan_of(of, animation(trim=True)).moments[-1].iteration == 4


def shifted(pixels: float, grown: float = 0.0) -> Mixture:
    """One component of 3 sigma = 60 pixels in VIEW, moved and wider by pixels."""
    unit = 1 / VIEW.x_scale
    sd = (60 + grown) * unit / 3
    return Mixture([1.0], [[pixels * unit, 0.0]], [np.diag([sd, 60 * unit / 3]) ** 2])


@pytest.mark.parametrize(
    ("away", "expected"), [((0.45, 0.0), 0), ((0.55, 0.0), 1), ((0.0, 0.45), 0), ((0.3, 0.3), 1)]
)
def test_less_than_half_a_pixel_is_not_seen(away: tuple[float, float], expected: int):
    steps = [shifted(*away), shifted(0.0)]
    assert still_from(steps, VIEW, 3.0) == expected
    assert still_from(steps, VIEW, 3.0, pixel_ratio=0.5) == 0


def test_a_long_run_is_still_from_its_last_movement():
    steps = [shifted(float(t)) for t in range(5)] + [shifted(4.0)] * 700
    assert still_from(steps, VIEW, 3.0) == 4
    steps[300] = shifted(9.0)
    assert still_from(steps, VIEW, 3.0) == 301
    assert still_from([shifted(0.0)], VIEW, 3.0) == 0


def test_in_one_dimension_the_curves_count():
    view = Viewport(-4.0, 4.0, -0.1, 0.5, 400.0, 300.0)

    def line(weight: float) -> Mixture:
        return Mixture([weight, 1 - weight], [[-1.0], [1.0]], [[[1.0]], [[1.0]]])

    # 0.01 of weight is 0.004 of density, 2 pixels.
    assert still_from([line(0.49), line(0.5)], view, 3.0) == 1
    assert still_from([line(0.4985), line(0.5)], view, 3.0) == 0


@pytest.mark.parametrize("theme", ["light", "dark", "paper", "screen"])
@pytest.mark.parametrize("curve", ["none", "below", "beside"])
def test_themes_and_the_curve(qapp: QApplication, theme: str, curve: str):
    of = take(palette=DARK)
    made = animation(theme=theme, curve=curve, width=700, height=500)
    plan = plan_of(of, made)
    painter = FramePainter(of, plan)
    palette = {"light": LIGHT, "paper": PAPER}.get(theme, DARK)
    picture = painter(plan[2])
    assert picture.shape == (500, 700, 3)
    assert picture[499, 0].tolist() == rgb(palette.canvas)
    others = painter(plan[3])
    accent = (picture == rgb(palette.accent)).all(axis=2)
    assert accent.any() == (curve != "none")
    if curve == "beside":
        assert np.flatnonzero(accent.any(axis=0)).min() > 350
    assert (picture != others).any()


def test_larger_frames_have_larger_text(qapp: QApplication):
    assert animation(width=1800, height=1200).sheet.font_size == 26
    assert animation(width=1800, height=600).sheet.font_size == 13
    assert animation(width=300, height=200).sheet.font_size == 13
    assert animation(format="mp4", width=301, height=201).size == (302, 202)


def test_a_growing_run_does_not_change_the_take(qapp: QApplication):
    run = record()
    of = take(run)
    run.steps.append(run.steps[-1])
    assert of.last == 4


def test_a_selection_is_marked(qapp: QApplication):
    chosen = np.array([True, False, False, False])
    of = Take(record(), BARE, VIEW, LIGHT, qapp.font(), chosen)
    (picture,) = painted(plan_of(of, animation(last=0)), of)
    corner = colour_at(picture, *CLOUD.points[0].tolist(), beside=0)
    assert abs(corner - rgb(LIGHT.text)).max() < 60
    assert picture.shape == (HEIGHT, WIDTH, 3)
