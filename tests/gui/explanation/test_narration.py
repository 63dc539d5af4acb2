"""What a step is told as: short, true, in plain words."""

from __future__ import annotations

import math
import re
from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from gmm_studio import Mixture, fit
from gmm_studio.core.em import Step
from gmm_studio.core.observations import (
    Converged,
    Emptied,
    Fell,
    FellBecause,
    Fighting,
    Floored,
    Gained,
    Moved,
    NearlyStopped,
    Observation,
    Rose,
    Shrinking,
    Started,
    observe,
)
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.gui.explanation.narration import narrate, narrate_e_step

MOVED = Moved(1, 0.81, 1.0, (1.0, 1.0))
ROSE = Rose(574.08, 5.7408, 1.0)


@pytest.mark.parametrize(
    ("observation", "sentence"),
    [
        (Started(1, alike=True), "The start: one component."),
        (Started(3, alike=True), "The start: 3 components that differ only in their means."),
        (Started(3, alike=False), "The start: 3 components."),
        (MOVED, "Component 2 moves most: 0.8 sigma towards the upper right."),
        (Moved(0, 1.46, 1.0, (-2.0,)), "Component 1 moves most: 1.5 sigma to the left."),
        (Moved(0, 0.042, 1.0, (0, -2.0)), "Component 1 moves most: 0.04 sigma downwards."),
        (
            Gained(1, 44.4, 2, 38.6),
            "Component 2 gains most, 44 points; component 3 loses most, 39.",
        ),
        (Gained(1, 7.96, 0, 7.96), "Component 2 takes 8.0 points from component 1."),
        (Gained(1, 12345.6, 0, 12345.6), "Component 2 takes 12,346 points from component 1."),
        (ROSE, "The log-likelihood rises by 574.08."),
        (Rose(0.0123, 0.0, 0.1), "The log-likelihood rises by 0.012."),
        (
            Rose(1234.5, 1.0, 0.6),
            "The log-likelihood rises by 1,234.50, more than in all steps before together.",
        ),
        (
            NearlyStopped(1e-3, 1e-5, None, None),
            "The fit has nearly stopped: the log-likelihood rises by only 0.0010.",
        ),
        (
            NearlyStopped(1e-3, 1e-5, 0.861, 14),
            "The fit has nearly stopped: each rise is 0.86 times the last one, "
            "about 14 more iterations to go.",
        ),
        (
            NearlyStopped(1e-3, 1e-5, 0.5, 1),
            "The fit has nearly stopped: each rise is 0.50 times the last one, "
            "about 1 more iteration to go.",
        ),
        (
            NearlyStopped(1e-3, 1e-5, 0.999, None),
            "The fit has nearly stopped: each rise is nearly as large as the last one.",
        ),
        (
            NearlyStopped(1e-3, 1e-5, 1.2, None),
            "The fit is slow but gathers speed: each rise is larger than the last one.",
        ),
        (
            NearlyStopped(0.0, 0.0, None, None),
            "The fit has stopped: the log-likelihood rises no more.",
        ),
        (
            Converged(0.0, 0.0),
            "The fit has converged: the log-likelihood changed by less than the tolerance.",
        ),
        (
            Fighting(0, 2, 0.9, identical=False),
            "Components 1 and 3 fight over the same points.",
        ),
        (
            Fighting(0, 2, 1.0, identical=True),
            "Components 1 and 3 are equal: EM treats them alike.",
        ),
        (
            Shrinking(1, 3.2, few=True, shrunk=0.1, bounded=False),
            "Component 2 shrinks onto about 3 points: on a single one the likelihood would grow "
            "without bound (a singularity).",
        ),
        (
            Shrinking(1, 1.2, few=True, shrunk=0.1, bounded=True),
            "Component 2 shrinks onto about 1 point: but for the variance floor the likelihood "
            "could grow without bound (a singularity).",
        ),
        (
            Shrinking(1, 40, few=False, shrunk=0.1, bounded=True),
            "Component 2 becomes a thin line or a single place: there the likelihood has no bound "
            "(a singularity).",
        ),
        (
            Floored((1,), new=True),
            "Component 2 has become so narrow that the variance floor holds it.",
        ),
        (Floored((1,), new=False), "The variance floor still holds component 2."),
        (
            Floored((0, 1, 2), new=True),
            "3 components are as narrow as the variance floor lets them be.",
        ),
        (Emptied((1,)), "Component 2 has lost its last points: its weight is now 0."),
        (Emptied((1, 3)), "2 components have lost their last points: their weights are now 0."),
        (
            Fell(2.5, 0.1, "rounding"),
            "The log-likelihood falls by 2.50: EM never lowers it, so this is rounding.",
        ),
        (
            Fell(2.5, 0.1, "floor"),
            "The log-likelihood falls by 2.50: EM alone never lowers it, but the variance floor "
            "acted in this step.",
        ),
        (
            Fell(2.5, 0.1, "emptied"),
            "The log-likelihood falls by 2.50: a component was emptied, which is no part of EM.",
        ),
    ],
)
def test_every_observation_has_its_sentence(observation: Observation, sentence: str) -> None:
    assert narrate([observation]) == (sentence,)


def test_every_reason_for_a_fall_has_its_sentence() -> None:
    sentences = {narrate([Fell(2.5, 0.1, because)])[0] for because in get_args(FellBecause)}
    assert len(sentences) == len(get_args(FellBecause))
    assert all(text.startswith("The log-likelihood falls by 2.50: ") for text in sentences)


@pytest.mark.parametrize(
    ("degrees", "direction"),
    [
        (0, "to the right"),
        (20, "to the right"),
        (30, "towards the upper right"),
        (90, "upwards"),
        (135, "towards the upper left"),
        (180, "to the left"),
        (-179, "to the left"),
        (225, "towards the lower left"),
        (270, "downwards"),
        (-45, "towards the lower right"),
    ],
)
def test_directions(degrees: float, direction: str) -> None:
    way = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    assert narrate([Moved(0, 1.0, 1.0, way)])[0].endswith(f" 1.0 sigma {direction}.")


def test_directions_are_those_of_the_screen() -> None:
    moved = Moved(0, 1.0, 1.0, (1.0, 10.0))
    assert "upwards" in narrate([moved])[0]
    assert "upper right" in narrate([moved], aspect=0.1)[0]
    assert "to the right" in narrate([moved], aspect=0.01)[0]


def test_never_more_than_two() -> None:
    told = narrate([MOVED, ROSE, Gained(0, 9.0, 1, 9.0), Fighting(0, 1, 0.9, identical=False)])
    assert told == (*narrate([MOVED]), *narrate([ROSE]))
    assert narrate([]) == ()


def test_what_cannot_be_seen_or_is_said_already_is_left_out() -> None:
    tiny = Moved(0, 0.001, 1.0, (1.0, 0.0)), Gained(0, 0.01, 1, 0.01)
    assert narrate([ROSE, *tiny]) == narrate([ROSE])
    stopped = NearlyStopped(1e-3, 1e-5, 0.5, 4)
    fighting = Fighting(0, 1, 0.9, identical=False)
    assert narrate([stopped, ROSE, fighting]) == narrate([stopped, fighting])
    shrinking = Shrinking(1, 3.0, few=True, shrunk=0.1, bounded=True)
    floored = Floored((1,), new=True)
    assert narrate([floored, shrinking, ROSE]) == narrate([floored, ROSE])
    other = Floored((0,), new=True)
    assert narrate([other, shrinking]) == (*narrate([other]), *narrate([shrinking]))


def test_sample_weights_are_no_numbers_of_points() -> None:
    assert narrate([Gained(1, 44.4, 2, 38.6)], weighted=True) == (
        "Component 2 gains most, 44 of the sample weight; component 3 loses most, 39.",
    )
    told = narrate([Shrinking(1, 300, few=True, shrunk=0.1, bounded=True)], weighted=True)
    assert "shrinks onto a few points" in told[0]


def steps_of(*weights: list[float]) -> list[Step]:
    k = len(weights[0])
    means, covariances = np.zeros((k, 2)), np.array([np.eye(2)] * k)
    return [
        Step(t, Mixture(np.array(row), means, covariances), -1.0) for t, row in enumerate(weights)
    ]


def test_the_e_step() -> None:
    steps = steps_of([0.5, 0.5], [0.4, 0.6], [0.45, 0.55], [0.45, 0.55])
    assert narrate_e_step(steps, 1, 300) == (
        "The points take new colours; the shares of component 1 add up to 120 points."
    )
    assert narrate_e_step(steps[::2], 1, 300).endswith("component 1 add up to 135 points.")
    assert narrate_e_step(steps, 3, 300).endswith("component 1 add up to 135 points.")


def test_the_e_step_tells_the_largest_change() -> None:
    up = steps_of([0.3] * 2 + [0.4], [0.3, 0.3, 0.4], [0.2, 0.35, 0.45])
    assert narrate_e_step(up, 2, 300) == (
        "The points take new colours; the shares of component 1 add up to 60 points, "
        "30 less than before."
    )
    down = steps_of([0.3] * 2 + [0.4], [0.3, 0.3, 0.4], [0.27, 0.34, 0.39])
    assert narrate_e_step(down, 2, 100) == (
        "The points take new colours; the shares of component 2 add up to 34 points, "
        "4.0 more than before."
    )
    assert "34 of the sample weight, 4.0 more" in narrate_e_step(down, 2, 100, weighted=True)


def test_the_e_step_before_its_m_step_is_known() -> None:
    steps = steps_of([0.5, 0.5])
    assert narrate_e_step(steps, 1, 300) == (
        "Each point takes the colours of the components in proportion to their responsibilities; "
        "nothing moves."
    )
    assert "only one component" in narrate_e_step(steps_of([1.0]), 1, 300)


def test_the_shares_add_up_to_what_is_told() -> None:
    cloud = generate("overlapping", 300)
    run = fit(cloud, 3, init="random-points")
    for t in range(1, 6):
        told = re.search(
            r"component (\d) add up to (\d+) points", narrate_e_step(run.steps, t, 300)
        )
        assert told
        shares = run.steps[t - 1].mixture.responsibilities(cloud.points).sum(axis=0)
        assert int(told[2]) == pytest.approx(shares[int(told[1]) - 1], abs=0.5 + 1e-6)


@pytest.mark.parametrize("name", list(GENERATORS))
def test_every_step_of_every_run_is_told(name: str) -> None:
    cloud = generate(name, 200)
    run = fit(cloud, 4, init="random-points")
    for t in range(len(run.steps)):
        told = narrate(observe(run.steps, t, 200.0, run.configuration))
        assert 1 <= len(told) <= 2
        for sentence in told:
            assert sentence.endswith(".")
            assert not re.search(r"[{}]|nan|inf\b|-\d|component 0", sentence)


class Upper(QTranslator):
    """A language in which all is written large, but for the names of fields."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        assert context == "Narration"
        return re.sub(r"{\w+}|[^{}]+", lambda part: upper(part[0]), text)


def upper(text: str) -> str:
    return text if text.startswith("{") else text.upper()


@pytest.mark.usefixtures("qapp")
def test_all_of_it_can_be_translated() -> None:
    translator = Upper()
    QCoreApplication.installTranslator(translator)
    try:
        assert narrate([MOVED]) == ("COMPONENT 2 MOVES MOST: 0.8 SIGMA TOWARDS THE UPPER RIGHT.",)
        assert narrate([Shrinking(1, 3.0, few=True, shrunk=0.1, bounded=False)])[0].isupper()
        assert narrate([NearlyStopped(1e-3, 1e-5, 0.861, 14)])[0].isupper()
        assert narrate_e_step(steps_of([0.5, 0.5], [0.4, 0.6]), 1, 300).isupper()
    finally:
        QCoreApplication.removeTranslator(translator)
