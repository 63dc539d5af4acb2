"""Who is first, who is stuck, and what a race is run from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Step, Stop, StopReason, fit
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.mixture import Mixture
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.gui.laboratory.race_lanes import (
    Lane,
    model_of,
    rebased,
    standings,
    usual_lanes,
)
from gmm_studio.gui.laboratory.race_task import Progress, race_task

MIXTURE = Mixture([1.0], [[0.0, 0.0]], [[[1.0, 0.0], [0.0, 1.0]]])
POINTS = np.random.default_rng(3).normal(size=(100, 2))
CLOUD = PointCloud(POINTS)
OTHER = PointCloud(POINTS[:50])


def lane(end: float, iterations: int, reason: StopReason = "converged") -> Lane:
    made = Lane(Document(CLOUD, 1))
    made.steps.extend(Step(t, MIXTURE, end - iterations + t) for t in range(iterations + 1))
    made.stop = Stop(reason)
    return made


def test_places_go_by_iterations_and_equal_ones_share_one() -> None:
    found = standings([lane(-10, 7), lane(-10, 3), lane(-10, 7), lane(-10, 20)])
    assert [one.place for one in found if one] == [2, 1, 2, 4]


def test_what_is_further_below_the_best_than_the_tolerance_is_stuck() -> None:
    # 100 times the tolerance of 1e-6, times the weight of 100 points: 0.01.
    found = standings([lane(-10.0, 5), lane(-10.009, 5), lane(-10.011, 5)])
    assert [one.stuck for one in found if one] == [False, False, True]
    assert [one.below for one in found if one] == pytest.approx([0, 0.009, 0.011])


def test_what_has_not_ended_has_no_standing() -> None:
    running, cancelled = lane(-1, 5), lane(-2, 5, "cancelled")
    running.stop = None
    assert standings([running, cancelled, lane(-10, 5)])[:2] == (None, None)


def test_the_iteration_limit_gives_no_place() -> None:
    first, second = standings([lane(-10, 5, "iteration_limit"), lane(-10, 9)])
    assert first is not None
    assert first.place is None
    assert second is not None
    assert second.place == 1


def test_a_collapsed_run_is_not_the_best_found() -> None:
    collapsed, sound = standings([lane(+50, 5, "degenerate"), lane(-10, 9)])
    assert sound is not None
    assert sound.is_best
    assert collapsed is not None
    assert collapsed.stuck


def test_the_usual_entries_begin_with_the_documents_start() -> None:
    placed = Placed(((0.0, 0.0), (1.0, 1.0)))
    starts = [one.document.start for one in usual_lanes(Document(CLOUD, 2, placed))]
    assert starts == [
        placed,
        Drawn("k-means++", 0),
        Drawn("random-points", 0),
        Drawn("random-responsibilities", 0),
    ]
    starts = [one.document.start for one in usual_lanes(Document(CLOUD, 2))]
    assert starts[0] == Drawn("k-means++", 0)
    assert len(set(starts)) == 4


def test_seeds_that_are_missing_are_no_entry() -> None:
    half = Placed(((0.0, 0.0), None))
    assert half not in [one.document.start for one in usual_lanes(Document(CLOUD, 2, half))]


def test_the_start_and_the_rule_do_not_make_another_model() -> None:
    document = Document(CLOUD, 2)
    stochastic = Configuration(rule="stochastic", random_state=4)
    assert model_of(document) == model_of(
        replace(document, start=Drawn("k-means", 9), configuration=stochastic)
    )
    assert model_of(document) != model_of(replace(document, k=3))
    assert model_of(document) != model_of(replace(document, cloud=OTHER))
    assert model_of(document) != model_of(
        replace(document, configuration=Configuration(covariance="tied"))
    )


def test_drawn_starts_go_along_to_another_cloud_and_placed_ones_do_not() -> None:
    target = Document(OTHER, 3, configuration=Configuration("tied"))
    drawn = Lane(Document(CLOUD, 2, Drawn("k-means", 5), Configuration(rule="stochastic")))
    moved = rebased(drawn, target)
    assert moved is not None
    assert (moved.cloud, moved.k, moved.start) == (OTHER, 3, Drawn("k-means", 5))
    assert (moved.configuration.covariance, moved.configuration.rule) == ("tied", "stochastic")
    assert rebased(Lane(Document(CLOUD, 1, Given(MIXTURE))), target) is None


def posted(
    documents: list[Document], cancelled: Callable[[], bool] = lambda: False
) -> list[Progress]:
    found: list[Progress] = []

    def post(message: object) -> None:
        assert isinstance(message, Progress)
        found.append(message)

    race_task(documents)(post, cancelled)
    return found


def test_each_entry_of_a_race_is_the_run_it_would_be_alone() -> None:
    documents = [Document(CLOUD, 2, Drawn("random-points", state)) for state in range(3)]
    news = posted(documents)
    for i, _ in enumerate(documents):
        alone = fit(CLOUD, 2, init="random-points", random_state=i)
        steps = [step for one in news for step in one.steps.get(i, [])]
        assert [step.log_likelihood for step in steps] == [
            step.log_likelihood for step in alone.steps
        ]
        assert [one.stops[i] for one in news if i in one.stops] == [alone.stop]


def test_an_entry_that_cannot_start_says_why_and_the_others_run() -> None:
    few = PointCloud([(0.0, 0.0), (1.0, 1.0), (0.0, 0.0), (1.0, 1.0)])
    news = posted([Document(few, 3), Document(few, 1)])
    assert "3 components need 3 different points" in str(news[-1].problems[0])
    assert news[-1].stops[1].reason == "converged"


def test_a_race_that_is_cancelled_ends_at_once() -> None:
    with pytest.raises(Cancelled):
        posted([Document(CLOUD, 2)], lambda: True)
