"""The two ways in which published programs change the M-step: previous means and hard priors."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from gmm_studio import Configuration, InputError, Mixture, PointCloud, Step, Stop, fit, iterate
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import RULES, Rule
from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.core.observations import Fell, observe
from gmm_studio.core.optima import Gathering
from gmm_studio.core.starts import Method, draw_start
from tests.core import reference
from tests.core.test_iteration import Countdown, collect
from tests.core.test_many import assert_as_alone, starts_of
from tests.core.test_rules import assert_held, assert_same_values

CHANGES: tuple[dict[str, bool], ...] = (
    {"previous_means": True},
    {"hard_priors": True},
    {"previous_means": True, "hard_priors": True},
)
changes = pytest.mark.parametrize("changed", CHANGES, ids=["previous", "hard", "both"])


def scattered(d: int = 2, n: int = 160) -> FloatArray:
    """Three clusters of unequal size and shape that overlap."""
    rng = np.random.default_rng(8)
    centres = np.array([[0.0, 0.0], [2.5, 1.0], [-1.0, 3.0]])
    labels = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
    spread = np.array([[1.0, 0.4], [0.7, 1.3], [0.3, 0.6]])
    return np.asarray((centres[labels] + spread[labels] * rng.standard_normal((n, 2)))[:, :d])


def start_of(d: int = 2) -> Mixture:
    means = np.array([[0.5, 0.0], [1.0, 2.0], [-1.0, 1.0]])[:, :d]
    return Mixture([0.2, 0.5, 0.3], means, np.array([2.0 * np.eye(d)] * 3))


def m_step(
    points: FloatArray,
    weights: FloatArray,
    previous: Mixture,
    configuration: Configuration,
) -> Mixture:
    """The next mixture, written down plainly."""
    _, share = reference.e_step(points, weights, previous)
    exact = reference.m_step(points, weights, share, previous)
    covariances = exact.covariances.copy()
    if configuration.previous_means:
        for j, mean in enumerate(previous.means):
            shares = share[:, j] * weights
            centred = points - mean
            covariances[j] = (shares[:, None] * centred).T @ centred / shares.sum()
    bound = configuration.variance_floor * reference.mean_variance(points, weights)
    covariances = reference.structured(covariances, exact.weights, configuration.covariance, bound)
    new = Mixture(exact.weights, exact.means, covariances)
    if not configuration.hard_priors:
        return new
    level = Mixture(np.full(new.k, 1 / new.k), new.means, new.covariances)
    best = reference.e_step(points, weights, level)[1].argmax(axis=1)
    counts = [weights[best == j].sum() for j in range(new.k)]
    return Mixture(counts / weights.sum(), new.means, new.covariances)


@changes
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_each_step_is_that_of_the_plain_rule(
    changed: dict[str, bool], covariance: Covariance, d: int, weighted: bool
) -> None:
    points = scattered(d)
    weights = np.random.default_rng(1).uniform(0, 2, len(points)) if weighted else np.ones(160)
    configuration = Configuration(covariance, 0, 25, 0.02, **changed)
    cloud = PointCloud(points, weights if weighted else None)
    steps, stop = collect(iterate(cloud, start_of(d), configuration))
    assert (len(steps), stop) == (26, Stop("iteration_limit"))
    for before, after in pairwise(steps):
        expected = m_step(points, weights, before.mixture, configuration)
        reference.assert_mixtures_agree(after.mixture, expected)
        height, _ = reference.e_step(points, weights, expected)
        reference.assert_agree(after.log_likelihood, height, weights.sum())


@changes
def test_far_from_the_origin_and_on_any_scale(changed: dict[str, bool]) -> None:
    here = fit(scattered(), start=start_of(), tolerance=0, max_iterations=20, **changed).mixture
    start = Mixture(
        [0.2, 0.5, 0.3], 1e6 + 1e-3 * start_of().means, 2e-6 * np.array([np.eye(2)] * 3)
    )
    there = fit(
        1e6 + 1e-3 * scattered(), start=start, tolerance=0, max_iterations=20, **changed
    ).mixture
    assert there.weights == pytest.approx(here.weights, abs=1e-6)
    assert there.means - 1e6 == pytest.approx(1e-3 * here.means, abs=1e-8)
    assert there.covariances == pytest.approx(1e-6 * here.covariances, rel=1e-5, abs=1e-11)


@changes
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "em"])
def test_other_rules_have_no_such_step(changed: dict[str, bool], rule: Rule) -> None:
    with pytest.raises(InputError, match=f"choose the update rule em, not {rule}"):
        Configuration(rule=rule, **changed)


# The likelihood


def falls(steps: list[Step], configuration: Configuration, n: int) -> list[int]:
    """Where the log-likelihood fell, and that it is told."""
    found = []
    for before, after in pairwise(steps):
        fell = after.log_likelihood < before.log_likelihood - 1e-9 * n
        assert fell == ("fell" in {event.kind for event in after.events})
        told = [
            one for one in observe(steps, after.index, n, configuration, n) if isinstance(one, Fell)
        ]
        assert [one.because for one in told] == ["hard_priors"] * fell
        found += [after.index] * fell
    return found


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("method", ["random-points", "uniform-identity", "normal-deviations"])
def test_the_likelihood_never_falls_by_previous_means(
    covariance: Covariance, method: Method
) -> None:
    """Covariances are the best for the old means, then means the best for any covariances."""
    for seed in range(3):
        run = fit(
            reference.read("faithful.csv"),
            4,
            init=method,
            random_state=seed,
            covariance=covariance,
            tolerance=0,
            max_iterations=100,
            variance_floor=0.01,
            previous_means=True,
        )
        assert not falls(list(run.steps), run.configuration, 272)


def test_one_component_has_its_covariance_a_step_late() -> None:
    points = scattered(1)
    start = Mixture([1.0], [[4.0]], [[[0.05]]])
    steps = fit(points, start=start, tolerance=0, max_iterations=2, previous_means=True).steps
    assert steps[1].mixture.means.item() == pytest.approx(points.mean())
    assert steps[1].mixture.covariances.item() == pytest.approx(((points - 4.0) ** 2).mean())
    assert steps[2].mixture.covariances.item() == pytest.approx(points.var())


def test_the_likelihood_falls_by_hard_priors() -> None:
    points = reference.read("faithful.csv")
    start = draw_start(PointCloud(points), "random-points", 3, 0)
    configuration = Configuration(tolerance=0, max_iterations=300, hard_priors=True)
    steps, _ = collect(iterate(points, start, configuration))
    assert falls(steps, configuration, 272)
    exact = fit(points, start=start, tolerance=0, max_iterations=300)
    assert "fell" not in {event.kind for step in exact.steps for event in step.events}


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_previous_means_rest_where_exact_em_does(covariance: Covariance) -> None:
    start = draw_start(PointCloud(scattered()), "k-means", 3)
    tight: Any = {"start": start, "covariance": covariance, "tolerance": 1e-13}
    exact = fit(scattered(), max_iterations=20000, **tight)
    other = fit(scattered(), max_iterations=20000, previous_means=True, **tight)
    assert exact.converged
    assert other.converged
    assert other.log_likelihood == pytest.approx(exact.log_likelihood, abs=1e-6)
    assert other.mixture.means == pytest.approx(exact.mixture.means, abs=1e-3)


# Counting


def test_equal_components_are_a_tie_that_the_lowest_number_wins() -> None:
    points = scattered()
    twins = Mixture([0.3, 0.3, 0.4], [[0.0, 0.0]] * 3, [np.eye(2)] * 3)
    run = fit(points, start=twins, tolerance=0, max_iterations=1, hard_priors=True)
    assert run.mixture.weights.tolist() == [1.0, 0.0, 0.0]
    kinds = [(event.kind, event.component) for event in run.steps[1].events]
    assert [one for one in kinds if one[0] == "emptied"] == [("emptied", 1), ("emptied", 2)]


@pytest.mark.parametrize("offset", [0.0, 0.1, 1e5])
def test_a_point_in_the_middle_is_a_tie(offset: float) -> None:
    points = offset + np.array([[-3.0], [-2.0], [-1.0], [0.0], [1.0], [2.0], [3.0]])
    start = Mixture([0.5, 0.5], [[offset - 2], [offset + 2]], [[[1.0]], [[1.0]]])
    for flipped in (False, True):
        order = [1, 0] if flipped else [0, 1]
        given = Mixture(start.weights, start.means[order], start.covariances)
        run = fit(points, start=given, tolerance=0, max_iterations=1, hard_priors=True)
        assert run.mixture.weights == pytest.approx([4 / 7, 3 / 7], abs=1e-15)


def test_who_is_densest_nowhere_is_emptied_for_good_and_stays_where_it_is() -> None:
    """A component that lies under another, a little wider and lower everywhere it has points."""
    points = np.array([[-1.0], [0.0], [1.0], [9.0], [10.0], [11.0]])
    start = Mixture([0.4, 0.2, 0.4], [[0.0], [0.0], [10.0]], [[[1.0]], [[1.0]], [[1.0]]])
    run = fit(points, start=start, tolerance=0, max_iterations=6, hard_priors=True)
    emptied = [
        (step.index, event.component)
        for step in run.steps
        for event in step.events
        if event.kind == "emptied"
    ]
    assert emptied == [(1, 1)]
    for step in run.steps[1:]:
        assert step.mixture.weights.tolist() == [0.5, 0.0, 0.5]
        assert (step.mixture.means[1] == run.steps[1].mixture.means[1]).all()


@changes
def test_a_weight_of_two_is_a_point_given_twice(changed: dict[str, bool]) -> None:
    times = np.random.default_rng(2).integers(0, 4, 160)
    same: Any = {"start": start_of(), "tolerance": 0, "max_iterations": 10, **changed}
    weighted = fit(scattered(), weights=times, **same).mixture
    repeated = fit(np.repeat(scattered(), times, axis=0), **same).mixture
    reference.assert_mixtures_agree(weighted, repeated)


# What goes for all rules


@changes
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("locked", [(0,), (0, 2)])
def test_locked_components_stay(
    changed: dict[str, bool], covariance: Covariance, locked: tuple[int, ...]
) -> None:
    configuration = Configuration(covariance, 0, 15, locked=locked, **changed)
    steps, _ = collect(iterate(scattered(), start_of(), configuration))
    assert_held(steps, start_of(), locked, covariance == "tied")


def test_the_others_share_by_their_counts_what_locked_components_leave() -> None:
    configuration = Configuration(tolerance=0, max_iterations=1, locked=(0,), hard_priors=True)
    steps, _ = collect(iterate(scattered(), start_of(), configuration))
    new = steps[1].mixture
    level = Mixture(np.full(3, 1 / 3), new.means, new.covariances)
    counts = np.bincount(level.responsibilities(scattered()).argmax(axis=1), minlength=3)
    assert new.weights == pytest.approx([0.2, *(0.8 * counts[1:] / counts[1:].sum())])


@changes
def test_going_on_from_any_step(changed: dict[str, bool]) -> None:
    configuration = Configuration(max_iterations=12, tolerance=0, **changed)
    steps, stop = collect(iterate(scattered(), start_of(), configuration))
    for resume in steps:
        rest, ended = collect(iterate(scattered(), start_of(), configuration, resume=resume))
        assert ended == stop
        assert [step.index for step in rest] == [step.index for step in steps[resume.index + 1 :]]
        for ours, theirs in zip(rest, steps[resume.index + 1 :], strict=True):
            reference.assert_mixtures_agree(ours.mixture, theirs.mixture)


@changes
def test_a_run_repeats_to_the_last_bit(changed: dict[str, bool]) -> None:
    configuration = Configuration(max_iterations=12, tolerance=0, **changed)
    first, second = (collect(iterate(scattered(), start_of(), configuration))[0] for _ in range(2))
    assert_same_values(first, second)


@changes
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_many_runs_end_as_each_alone(changed: dict[str, bool], covariance: Covariance) -> None:
    cloud = PointCloud(scattered())
    configuration = Configuration(covariance, 0, 30, **changed)
    assert_as_alone(cloud, starts_of(cloud, 3, configuration), configuration)


def test_the_end_of_hard_priors_is_no_optimum_of_em() -> None:
    """What ends there is told apart by where it ended, not by where EM would go on to."""
    cloud = PointCloud(reference.read("faithful.csv"))
    start = draw_start(cloud, "random-points", 3, 0)
    configuration = Configuration(tolerance=0, max_iterations=500, hard_priors=True)
    ends = assert_as_alone(cloud, [start, start], configuration)
    gathering = Gathering(cloud)
    assert [gathering.add(end) for end in ends] == [0, 0]
    exact = replace(configuration, hard_priors=False)
    further = assert_as_alone(cloud, [ends[0].mixture], exact)[0]
    assert further.log_likelihood > ends[0].log_likelihood + 0.5
    assert gathering.add(further) == 1


@changes
def test_cancelling_at_every_pass(changed: dict[str, bool]) -> None:
    configuration = Configuration(max_iterations=3, tolerance=0, **changed)
    lengths = []
    for asked in range(9):
        countdown = Countdown(asked)
        steps, stop = collect(iterate(scattered(), start_of(), configuration, cancelled=countdown))
        assert stop.reason == ("cancelled" if len(steps) < 4 else "iteration_limit")
        lengths.append(len(steps))
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert lengths[-1] == 4


@changes
def test_without_a_floor_a_collapse_ends_the_run(changed: dict[str, bool]) -> None:
    points = np.concatenate([np.zeros(30), np.random.default_rng(0).normal(9, 1, 60)])
    start = Mixture([0.3, 0.7], [[0.0], [9.0]], [[[1.0]], [[1.0]]])
    run = fit(points, start=start, tolerance=0, variance_floor=0, **changed)
    assert run.stop == Stop("degenerate", 0)
    held = fit(points, start=start, tolerance=0, max_iterations=60, **changed)
    assert held.stop == Stop("iteration_limit")
    assert ("floor", 0) in {
        (event.kind, event.component) for step in held.steps for event in step.events
    }
