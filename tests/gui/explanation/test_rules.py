"""What the Explanation tab says of the update rules beside exact EM, against the points."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from gmm_studio.core.annealing import Temperature
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import Run, fit
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.split_and_merge import Search
from gmm_studio.data.generators import generate
from gmm_studio.gui.colours import DARK, LIGHT, Palette, component_colour
from gmm_studio.gui.explanation.explaining import Explanation, terms
from gmm_studio.gui.explanation.narration import narrate_e_step
from gmm_studio.gui.explanation.page import compose
from gmm_studio.gui.explanation.presented import equation_size, paint_equation
from gmm_studio.gui.explanation.rule_facts import facts_of, label_of
from gmm_studio.gui.explanation.rule_narration import narrate_cooling, narrate_move
from gmm_studio.gui.explanation.sheet import Setters
from gmm_studio.gui.moment import Half, Moment
from gmm_studio.gui.style import Style
from tests.gui.acting import count, rgb

MINUS = "\N{MINUS SIGN}"
CLOUD = generate("separated", 200)
LINE = PointCloud(CLOUD.points[:, :1])


def style(palette: Palette = LIGHT) -> Style:
    font = QFont()
    font.setPixelSize(13)
    return Style(palette, font, 1.0)


@cache
def a_run(rule: str, d: int = 2) -> Run:
    options: dict[str, Any] = {"max_iterations": 30} if rule == "stochastic" else {}
    if rule == "split-and-merge":
        options = {"tolerance": 1e-4}
    k = 4 if rule == "split-and-merge" else 3
    cloud = CLOUD if d == 2 else LINE
    return fit(cloud, k, init="random-points", rule=rule, random_state=1, **options)  # type: ignore[arg-type]


def explained(
    run: Run, t: int, *, half: Half = "whole", j: int = 0, row: int | None = 7
) -> Explanation:
    """As the window explains it."""
    moment, steps, cloud = Moment(t, half), list(run.steps), run.cloud
    colours = moment.colours
    point = None if row is None else cloud.points[row]
    facts = facts_of(steps, moment, run.configuration)
    colouring = None if colours is None else steps[colours].mixture
    if facts.labels and point is not None and colouring is not None and colours is not None:
        shares = terms(colouring, point).shares
        facts = replace(facts, label=label_of(facts.rule, steps[colours], shares, row))
    return Explanation(
        moment,
        steps[t - 1].mixture if t else None,
        steps[t].mixture,
        colouring,
        j,
        cloud.total_weight,
        cloud.columns,
        point,
        row,
        covariance=run.configuration.covariance,
        facts=facts,
    )


def page(what: Explanation, palette: Palette = LIGHT) -> str:
    return "\n".join(compose(what, 280, style(palette), Setters(style(palette))).lines)


def line_with(text: str, beginning: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(beginning))


def after(text: str, beginning: str) -> list[float]:
    """The numbers that a line ends with, those of the step."""
    value = line_with(text, beginning).rpartition(": ")[2].rpartition("→")[2]
    plain = value.replace(MINUS, "-").replace(",", "")
    return [float(found) for found in re.findall(r"-?\d+\.?\d*", plain)]


def step_with(run: Run, kind: str) -> int:
    return next(s.index for s in run.steps if any(event.kind == kind for event in s.events))


def hard_update(points: FloatArray, labels: FloatArray, j: int) -> tuple[float, Any, Any]:
    own = points[labels == j]
    return len(own), own.mean(axis=0), np.cov(own.T, bias=True)


def assert_updated(text: str, counted: float, mean: Any, covariance: Any, n: int) -> None:
    assert after(text, "N_k = ") == pytest.approx([counted], abs=0.006)
    assert after(text, "π_k = ") == pytest.approx([counted / n], abs=6e-4)
    assert after(text, "μ_k = ") == pytest.approx(np.ravel(mean).tolist(), abs=6e-4)
    name = "Σ_k = " if np.size(mean) == 2 else "σ_k^2 = "
    assert after(text, name) == pytest.approx(np.ravel(covariance).tolist(), abs=6e-4)


# Hard labels


@pytest.mark.parametrize("d", [1, 2])
def test_classification_sums_over_the_points_of_the_component(qtbot: QtBot, d: int) -> None:
    run = a_run("classification", d)
    labels = run.steps[1].mixture.responsibilities(run.cloud.points).argmax(axis=1)
    for j in range(3):
        text = page(explained(run, 2, j=j))
        assert_updated(text, *hard_update(run.cloud.points, labels, j), 200)
        assert "N_k = sum_(z_n = k) 1" in text
        assert "z_n = argmax_k r_nk" in text
    now = run.steps[2].mixture.responsibilities(run.cloud.points).argmax(axis=1)
    for row in (0, 57, 123):
        text = page(explained(run, 2, row=row))
        assert f"Point {row + 1} goes to component {now[row] + 1}." in text


def test_what_is_drawn_for_a_point_is_what_the_rule_draws(qtbot: QtBot) -> None:
    run = a_run("stochastic")
    for t in (1, 5, 20):
        before = explained(run, t, half="M")
        assert before.colouring is run.steps[t - 1].mixture
        labels = np.array([explained(run, t, half="M", row=i).facts.label for i in range(200)])
        for j in range(3):
            assert_updated(
                page(explained(run, t, j=j)), *hard_update(run.cloud.points, labels, j), 200
            )
    text = page(explained(run, 5, half="M", row=9))
    label = explained(run, 5, half="M", row=9).facts.label
    assert label is not None
    assert f"Point 10 is drawn to component {label + 1}." in text
    assert "P(z_n = k) = r_nk" in text


# Temperatures


@pytest.mark.parametrize("d", [1, 2])
def test_annealing_takes_the_products_to_the_power_of_beta(qtbot: QtBot, d: int) -> None:
    run = a_run("annealing", d)
    t = 3
    state, mixture = run.steps[t].state, run.steps[t].mixture
    assert isinstance(state, Temperature)
    powers = np.exp(state.beta * mixture.component_log_densities(run.cloud.points[7]))[0]
    text = page(explained(run, t))
    assert "β = 0.600 = 1 / temperature 1.67" in text
    assert ")^β" in line_with(text, "r_nk = ")
    shares = [float(line_with(text, f"Responsibility of component {j}")[-5:]) for j in (1, 2, 3)]
    assert shares == pytest.approx(powers / powers.sum(), abs=6e-4)
    whole = explained(run, t, half="M")
    assert whole.colouring is not None
    tempered = np.exp(state.beta * whole.colouring.component_log_densities(run.cloud.points))
    r = (tempered / tempered.sum(axis=1, keepdims=True))[:, 0]
    assert after(page(whole), "N_k = ") == pytest.approx([r.sum()], abs=0.006)


def test_at_temperature_1_annealing_is_exact_em(qtbot: QtBot) -> None:
    run = a_run("annealing")
    text = page(explained(run, run.steps[-1].index))
    assert "At temperature 1 it is exact EM." in text
    assert ")^β" not in text


def test_cooling_is_told_with_the_means_that_are_moved_apart() -> None:
    run = a_run("annealing")
    t = step_with(run, "cooled")
    facts = facts_of(list(run.steps), Moment(t), run.configuration)
    assert facts.cooled
    told = narrate_cooling(facts)
    assert told.startswith("It has cooled: from here on the temperature is 1.52.")
    assert ("moved apart" in told) == bool(facts.moved_apart)
    assert "temperature 1: " in narrate_cooling(replace(facts, beta=1.0))


# Split and merge


@pytest.mark.parametrize("d", [1, 2])
def test_a_move_has_its_equations_and_its_likelihoods(qtbot: QtBot, d: int) -> None:
    run = a_run("split-and-merge", d)
    t = step_with(run, "split")
    state = run.steps[t - 1].state
    assert isinstance(state, Search)
    assert state.candidate is not None
    (first, second), third = state.candidate
    before, now = run.steps[t - 1], run.steps[t]
    whole = page(explained(run, t, j=first))
    low, high = (f"{step.log_likelihood:,.2f}".replace("-", MINUS) for step in (before, now))
    assert f"log-likelihood {low} → {high}" in whole
    assert f"made in this step: {first + 1} + {second + 1} → {first + 1}" in whole
    weights, means = before.mixture.weights, before.mixture.means
    pair = [first, second]
    merged = weights[pair] @ means[pair] / weights[pair].sum()
    assert after(whole, f"π_{first + 1} = ") == pytest.approx([weights[pair].sum()], abs=6e-4)
    assert after(whole, f"μ_{first + 1} = ") == pytest.approx(merged.tolist(), abs=6e-4)
    for j in (second, third):
        text = page(explained(run, t, j=j))
        assert f"Component {third + 1} is split in two" in text
        assert after(text, f"π_{j + 1} = ") == pytest.approx([weights[third] / 2], abs=6e-4)
        assert after(text, f"μ_{j + 1} = ") == pytest.approx(now.mixture.means[j], abs=6e-4)
    (other,) = {0, 1, 2, 3} - {first, second, third}
    assert "has no part in the move" in page(explained(run, t, j=other))
    assert "comes next" in page(explained(run, t - 1))
    assert "rests" in page(explained(run, t + 1, j=other))


def test_moves_are_told_until_they_are_accepted_or_taken_back() -> None:
    run = a_run("split-and-merge")
    statuses: list[str] = []
    for t in range(1, len(run.steps)):
        for move in facts_of(list(run.steps), Moment(t), run.configuration).moves:
            if not statuses or statuses[-1] != move.status:
                statuses.append(move.status)
            assert re.search(r"\d", narrate_move(move))
            assert "{" not in narrate_move(move)
            if move.status == "accepted":
                assert move.before is not None
                assert move.after is not None
                assert move.after > move.before
    assert statuses[:3] == ["next", "made", "tried"]
    follows = {
        "next": {"made", "taken_back"},
        "made": {"tried", "failed", "accepted", "taken_back"},
        "tried": {"failed", "accepted", "taken_back"},
        "failed": {"taken_back"},
        "accepted": {"next"},
        "taken_back": {"next"},
    }
    for one, other in itertools.pairwise(statuses):
        assert other in follows[one], (one, other)
    assert "taken_back" in statuses


# What is held, and what is counted


def test_a_locked_component_keeps_its_numbers_and_the_others_share_the_rest(qtbot: QtBot) -> None:
    run = fit(CLOUD, 3, init="random-points", locked=(1,))
    locked = page(explained(run, 2, j=1))
    assert "Component 2 is locked" in locked
    assert "→" not in locked.partition("M-step")[2]
    assert after(locked, "μ_k") == pytest.approx(run.steps[0].mixture.means[1], abs=6e-4)
    other = page(explained(run, 2, j=0))
    assert "(1 − sum_locked π_j)" in line_with(other, "π_k = ")
    assert after(other, "π_k = ") == pytest.approx([run.steps[2].mixture.weights[0]], abs=6e-4)
    assert line_with(other, "N_k") == "N_k = sum_n r_nk", "it is not what the weight tells"
    assert "hold 0.333 of the weight; the others share 0.667" in other


def test_a_locked_tied_covariance_stays(qtbot: QtBot) -> None:
    run = fit(CLOUD, 3, init="random-points", locked=(1,), covariance="tied")
    expected = run.steps[0].mixture.covariances[0].ravel().tolist()
    assert after(page(explained(run, 2, j=0)), "Σ_k") == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("d", [1, 2])
def test_previous_means_and_hard_priors_stand_in_the_equations(qtbot: QtBot, d: int) -> None:
    cloud = CLOUD if d == 2 else LINE
    run = fit(cloud, 3, init="random-points", previous_means=True, hard_priors=True)
    text = page(explained(run, 2))
    name = "Σ_k = " if d == 2 else "σ_k^2 = "
    assert "μ_k^old" in line_with(text, name)
    assert "argmax_j N(x_n" in line_with(text, "C_k = ")
    assert line_with(text, "π_k = ").startswith("π_k = C_k / N: ")
    now = run.steps[2].mixture
    even = Mixture(np.full(3, 1 / 3), now.means, now.covariances)
    counted = (even.component_log_densities(cloud.points).argmax(axis=1) == 0).sum()
    assert after(text, "C_k = ") == pytest.approx([counted])


# The E-step in a sentence


def test_the_sentence_of_the_e_step_says_how_points_are_counted() -> None:
    run = a_run("classification")
    steps = list(run.steps)
    facts = facts_of(steps, Moment(2, "E"), run.configuration)
    told = narrate_e_step(steps, 2, 200, facts=facts)
    assert told.startswith("Each point is given to one component; component ")
    told = narrate_e_step(steps, 2, 200, facts=replace(facts, rule="em", locked=(0,)))
    assert "add up" not in told


# Large


def painted(what: Explanation, box: QRectF, palette: Palette) -> QImage:
    image = QImage(700, 320, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.panel))
    painter = QPainter(image)
    paint_equation(painter, box, what, style(palette))
    painter.end()
    return image


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("half", ["whole", "E"])
@pytest.mark.parametrize("rule", ["classification", "stochastic", "annealing", "split-and-merge"])
def test_the_large_equation_stays_in_its_box(
    qtbot: QtBot, rule: str, half: Half, d: int, palette: Palette
) -> None:
    run = a_run(rule, d)
    t = step_with(run, "split") if rule == "split-and-merge" else 3
    what = explained(run, t, half=half)
    box = QRectF(40, 20, 300, 200)
    image = painted(what, box, palette)
    ground = rgb(palette.panel)
    inside = image.copy(38, 18, 304, 204)
    empty = image.width() * image.height() - count(image, ground)
    assert empty == inside.width() * inside.height() - count(inside, ground) > 300


def test_what_is_too_long_for_a_line_takes_two(qtbot: QtBot) -> None:
    what = explained(a_run("annealing"), 3)
    assert equation_size(what, style()).width() > 400
    wide, narrow = (painted(what, QRectF(0, 0, w, 300), LIGHT) for w in (700, 350))
    disc = rgb(component_colour(LIGHT, 0))
    assert count(narrow, disc) > 0.7 * count(wide, disc), "it is hardly smaller"
