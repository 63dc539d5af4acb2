"""Split-and-merge leaves local optima by moves that help, and takes the others back."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from gmm_studio import Configuration, Event, Mixture, PointCloud, Run, Step, Stop, fit, iterate
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.core.rules import Search
from gmm_studio.core.starts import seeded_start
from tests.core import reference
from tests.core.test_iteration import collect, kinds
from tests.core.test_properties import SETTINGS, Case, cases
from tests.core.test_rules import three

DISTANCE = 20.0
ARRANGEMENTS = {
    "triangle": [[0, 0], [1, 0], [0.5, 0.87]],
    "line": [[0, 0], [1, 0], [2, 0]],
    "corner": [[0, 0], [0, 1], [-1, 0]],
}


def search(step: Step) -> Search:
    assert isinstance(step.state, Search)
    return step.state


def clusters(arrangement: str, seed: int) -> tuple[FloatArray, FloatArray]:
    """Three round clusters 20 sigma apart, and their centres."""
    centres = DISTANCE * np.array(ARRANGEMENTS[arrangement])
    noise = np.random.default_rng(seed).standard_normal((240, 2))
    return np.repeat(centres, 80, axis=0) + noise, centres


def assert_guarantee(run: Run) -> None:
    """What was accepted never falls; what was taken back is what it was before."""
    total = run.cloud.total_weight
    best = -np.inf
    for before, after in pairwise(run.steps):
        state = search(after)
        if "accepted" in kinds(after):
            assert after.log_likelihood > best + run.configuration.tolerance * total
        if "taken_back" in kinds(after):
            optimum = search(before).best
            assert after.mixture is optimum
            assert after.log_likelihood == best
        if state.best_log_likelihood is not None:
            assert state.best_log_likelihood >= best
            best = state.best_log_likelihood
    if run.converged or run.stop.reason == "iteration_limit":
        assert run.log_likelihood >= best


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("double", [0, 1, 2])
def test_two_seeds_in_one_of_three_clusters_are_freed(
    covariance: Covariance, arrangement: str, double: int
) -> None:
    """Jin et al. (2016): EM and gradient methods stay there, however many points there are."""
    stuck = 0
    for seed in range(3):
        points, centres = clusters(arrangement, seed)
        rng = np.random.default_rng(100 + seed)
        other, last = centres[(double + 1) % 3], centres[(double + 2) % 3]
        middle = 0.5 * (other + last)
        means = centres[double] + 0.7 * rng.standard_normal((2, 2))
        start = Mixture([1 / 3] * 3, [*means, middle], [np.eye(2)] * 3)
        truth = Mixture([1 / 3] * 3, centres, [np.eye(2)] * 3)
        best = fit(points, start=truth, covariance=covariance).log_likelihood
        stuck += fit(points, start=start, covariance=covariance).log_likelihood < best - 50
        run = fit(points, start=start, covariance=covariance, rule="split-and-merge")
        assert run.log_likelihood == pytest.approx(best, abs=1e-3 * len(points))
        assert_guarantee(run)
    if arrangement != "line":  # Else the third seed may be in the same cluster, or in none.
        assert stuck == 3


@SETTINGS
@given(cases())
def test_over_accepted_moves_the_likelihood_never_falls(case: Case) -> None:
    if case.start.k < 3:
        return
    configuration = replace(
        case.configuration, rule="split-and-merge", max_iterations=150, tolerance=1e-4
    )
    cloud = PointCloud(case.points, case.weights)
    steps, stop = collect(iterate(cloud, case.start, configuration))
    assert_guarantee(Run(cloud, configuration, tuple(steps), stop))


@pytest.fixture(scope="module")
def freed() -> Run:
    points, centres = clusters("triangle", 5)
    start = Mixture(
        [1 / 3] * 3, [[-0.5, 0], [0.5, 0], 0.5 * (centres[1] + centres[2])], [np.eye(2)] * 3
    )
    return fit(points, start=start, rule="split-and-merge")


def test_the_move_is_known_before_it_is_made(freed: Run) -> None:
    moves = [step for step in freed.steps if "split" in kinds(step)]
    assert moves
    first = moves[0]
    chosen = search(freed.steps[first.index - 1])
    assert chosen.phase == "chosen"
    assert chosen.candidate == ((0, 1), 2)
    assert chosen.best_log_likelihood == freed.steps[first.index - 1].log_likelihood
    assert {(event.kind, event.component) for event in first.events} >= {
        ("merged", 0),
        ("merged", 1),
        ("split", 2),
    }
    for move in moves:
        before = search(freed.steps[move.index - 1]).candidate
        assert before is not None
        assert search(move).candidate == before
        assert set(before.merge) == {e.component for e in move.events if e.kind == "merged"}


def test_a_move_keeps_weights_means_and_scatter(freed: Run) -> None:
    """The pair's moments go to the first of it, those of the split to the other two."""
    first = next(step for step in freed.steps if "split" in kinds(step))
    before, after = freed.steps[first.index - 1].mixture, first.mixture

    def moments(mixture: Mixture, rows: list[int]) -> tuple[float, FloatArray, FloatArray]:
        weights = mixture.weights[rows]
        mean = weights @ mixture.means[rows] / weights.sum()
        shift = mixture.means[rows] - mean
        inner = mixture.covariances[rows] + shift[:, :, None] * shift[:, None]
        return weights.sum(), mean, np.einsum("j,jab->ab", weights, inner) / weights.sum()

    for old, new in (([0, 1], [0]), ([2], [1, 2])):
        # The scatter that is split is that of the points, a step of EM ahead of the covariance.
        for ours, theirs in zip(moments(after, new), moments(before, old), strict=True):
            assert ours == pytest.approx(theirs, abs=1e-3 * DISTANCE**2)
    assert abs(after.means[1] - after.means[2]).max() > DISTANCE / 2


def test_the_phases_follow_each_other(freed: Run) -> None:
    allowed = {
        "settling": {"settling", "chosen", "done"},
        "chosen": {"partial"},
        "partial": {"partial", "full"},
        "full": {"full", "failed", "chosen", "done"},
        "failed": {"chosen", "done"},
    }
    phases = [search(step).phase for step in freed.steps]
    assert phases[0] == "settling"
    assert all(after in allowed[before] for before, after in pairwise(phases))
    assert phases[-1] == "done"
    assert phases.count("done") == 1
    assert Event("accepted") in {event for step in freed.steps for event in step.events}
    assert freed.stop == Stop("converged")


def test_the_other_components_wait_while_three_move() -> None:
    points = np.concatenate([three(0, DISTANCE), three(1, DISTANCE) + 200])
    centres = np.array([[-0.5, 0], [0.5, 0], [15, 8.7], [200, 200], [220, 200], [210, 217.4]])
    start = Mixture([1 / 6] * 6, centres, [np.eye(2)] * 6)
    run = fit(points, start=start, rule="split-and-merge", max_iterations=600)
    partial = [step for step in run.steps[1:] if search(step).phase == "partial"]
    assert len(partial) > 3
    for step in partial:
        moving = search(step).candidate
        assert moving is not None
        waiting = [j for j in range(6) if j not in (*moving.merge, moving.split)]
        before = run.steps[step.index - 1].mixture
        for name in ("weights", "means", "covariances"):
            ours, theirs = getattr(step.mixture, name), getattr(before, name)
            assert ours[waiting] == pytest.approx(theirs[waiting], rel=1e-12, abs=1e-9)
    assert_guarantee(run)


def test_the_limit_in_the_middle_of_a_move_takes_it_back(freed: Run) -> None:
    first = next(step for step in freed.steps if "split" in kinds(step))
    for limit in range(first.index - 1, first.index + 8):
        run = fit(freed.cloud, start=freed.start, rule="split-and-merge", max_iterations=limit)
        assert run.stop == Stop("iteration_limit")
        assert run.iterations == limit
        assert run.log_likelihood >= freed.steps[first.index - 1].log_likelihood


def test_criteria_choose_as_the_paper_says() -> None:
    """The pair with the largest inner product of responsibilities, the largest local divergence."""
    points = three(4, 3, 240)
    weights = np.random.default_rng(0).integers(1, 3, 240).astype(float)
    cloud = PointCloud(points, weights)
    start = seeded_start(cloud, points[[0, 100, 200, 20, 30]])
    steps, _ = collect(iterate(cloud, start, Configuration(rule="split-and-merge")))
    step = next(step for step in steps if search(step).phase == "chosen")
    _, shares = reference.e_step(points, weights, step.mixture)
    overlap = np.triu((shares * weights[:, None]).T @ shares, 1)
    pair = divmod(int(overlap.argmax()), 5)
    # A point of weight w is that point given w times.
    local = shares / (weights @ shares)
    own = step.mixture.component_log_densities(points) - np.log(step.mixture.weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = np.where(local > 0, local * (np.log(local) - own), 0.0)
    misfit = weights @ divergence
    misfit[list(pair)] = -np.inf
    assert search(step).candidate == (pair, int(misfit.argmax()))


def test_locked_components_are_neither_merged_nor_split() -> None:
    points = three(3, 5)
    start = seeded_start(PointCloud(points), points[[0, 60, 120, 3, 5]])
    run = fit(points, start=start, rule="split-and-merge", locked=(1, 3))
    moved = {
        event.component
        for step in run.steps
        for event in step.events
        if event.kind in {"merged", "split"}
    }
    assert moved
    assert moved <= {0, 2, 4}
    assert_guarantee(run)


def test_an_empty_component_finds_work() -> None:
    points, _ = clusters("triangle", 1)
    means = [[0, 0], [15, 8.7], [900, 900]]
    start = Mixture([0.5, 0.5, 0], means, [np.eye(2), 80 * np.eye(2), np.eye(2)])
    run = fit(points, start=start, rule="split-and-merge")
    assert run.mixture.weights == pytest.approx([1 / 3] * 3, abs=1e-3)


def test_tolerance_0_goes_on_to_the_limit() -> None:
    run = fit(three(), 3, rule="split-and-merge", tolerance=0, max_iterations=900)
    assert run.stop == Stop("iteration_limit")
    assert_guarantee(run)
