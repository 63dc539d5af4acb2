"""What holds for all update rules: how they are chosen, locked, resumed, cancelled and ended."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio import Configuration, InputError, Mixture, PointCloud, Step, Stop, fit, iterate
from gmm_studio.core import kernel
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import RULES, Rule
from gmm_studio.core.kernel import standardize
from gmm_studio.core.mixture import COVARIANCES, Covariance, free_parameters
from gmm_studio.core.observations import FellBecause, observe
from gmm_studio.core.rules import Labelling
from gmm_studio.core.starts import seeded_start
from tests.core import reference
from tests.core.test_iteration import Countdown, collect
from tests.core.test_properties import SETTINGS, Case, cases

BESIDE_EM: tuple[Rule, ...] = tuple(rule for rule in RULES if rule != "em")


def three(seed: int = 0, distance: float = 6.0, n: int = 150) -> FloatArray:
    """Three round clusters of equal size at the corners of a triangle."""
    rng = np.random.default_rng(seed)
    corners = distance * np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.87]])
    return np.repeat(corners, n // 3, axis=0) + rng.standard_normal((n, 2))


def a_start(points: FloatArray) -> Mixture:
    """Two seeds in the first cluster, one between the others, nothing round."""
    start = seeded_start(PointCloud(points), [[-0.5, 0.2], [0.7, -0.1], [4.0, 2.0]])
    return Mixture([0.2, 0.3, 0.5], start.means, start.covariances)


def assert_same_values(ours: object, other: object) -> None:
    """Equal to the last bit, whatever they are made of."""
    assert type(ours) is type(other)
    if is_dataclass(ours) and not isinstance(ours, type):
        for field in fields(ours):
            assert_same_values(getattr(ours, field.name), getattr(other, field.name))
    elif isinstance(ours, list | tuple):
        for one, two in zip(ours, other, strict=True):  # type: ignore[call-overload]
            assert_same_values(one, two)
    elif isinstance(ours, np.ndarray):
        np.testing.assert_array_equal(ours, other)
    else:
        assert ours == other


def assert_held(steps: list[Step], start: Mixture, locked: tuple[int, ...], tied: bool) -> None:
    rows = list(locked)
    for step in steps:
        mixture = step.mixture
        assert (mixture.weights[rows] == start.weights[rows]).all()
        assert (mixture.means[rows] == start.means[rows]).all()
        kept = slice(None) if tied else rows
        assert (mixture.covariances[kept] == start.covariances[kept]).all()
        assert mixture.weights.sum() == pytest.approx(1, abs=1e-12)
        assert not {event.component for event in step.events if step.index} & {*locked}


# Choosing


def test_exact_em_is_the_default_and_has_no_state() -> None:
    assert Configuration().rule == "em"
    for step in fit(three(), 3).steps:
        assert step.state is None
        assert step.objective is None


@pytest.mark.parametrize(
    "values",
    [
        {"rule": "newton"},
        {"random_state": -1},
        {"random_state": 0.5},
        {"locked": (-1,)},
        {"locked": (0, 0)},
        {"locked": (0.0,)},
        {"locked": 1},
    ],
)
def test_what_no_configuration_can_hold(values: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Configuration(**values)  # type: ignore[arg-type]


def test_locked_components_are_kept_sorted() -> None:
    assert Configuration(locked=(2, 0)).locked == (0, 2)
    assert Configuration(locked=[np.int64(1)]).locked == (1,)  # type: ignore[arg-type, list-item]


def test_a_component_that_is_not_there_cannot_be_locked() -> None:
    with pytest.raises(InputError, match="Component 4 cannot be locked: the start has 3"):
        fit(three(), 3, locked=(3,))


@pytest.mark.parametrize("locked", [(), (2,)])
def test_split_and_merge_needs_three_components(locked: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="at least 3 components that are not locked"):
        fit(three(), 3 if locked else 2, rule="split-and-merge", locked=locked)


def test_fit_gives_the_random_state_to_the_rule() -> None:
    run = fit(three(), 3, rule="stochastic", random_state=5, locked=[1], max_iterations=2)
    assert run.configuration == Configuration(
        "full", 1e-6, 2, 1e-6, rule="stochastic", random_state=5, locked=(1,)
    )


# Going on from a step


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("rule", BESIDE_EM)
@pytest.mark.parametrize("locked", [(), (1,)])
def test_from_any_step_come_the_same_steps(
    rule: Rule, covariance: Covariance, locked: tuple[int, ...]
) -> None:
    points = three() + 100
    start = Mixture(np.full(4, 0.25), points[[0, 1, 2, 149]], [np.eye(2)] * 4)
    configuration = Configuration(
        covariance, max_iterations=90, rule=rule, random_state=3, locked=locked
    )
    steps, stop = collect(iterate(points, start, configuration))
    for t in {0, 1, len(steps) // 3, len(steps) // 2, len(steps) - 2}:
        again, ending = collect(iterate(points, start, configuration, resume=steps[t]))
        assert_same_values(again, steps[t + 1 :])
        assert ending == stop


def test_exact_em_goes_on_from_a_step() -> None:
    points = three(3, 3)
    steps, stop = collect(iterate(points, a_start(points)))
    for t in (0, 5, len(steps) - 2):
        again, ending = collect(iterate(points, a_start(points), resume=steps[t]))
        assert ending == stop
        assert [step.index for step in again] == [step.index for step in steps[t + 1 :]]
        for ours, theirs in zip(again, steps[t + 1 :], strict=True):
            assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, rel=1e-12)
            reference.assert_mixtures_agree(ours.mixture, theirs.mixture)


@pytest.mark.parametrize("rule", RULES)
def test_the_limit_counts_from_the_start(rule: Rule) -> None:
    points = three()
    configuration = Configuration(rule=rule, tolerance=0, max_iterations=7)
    steps, stop = collect(iterate(points, a_start(points), configuration))
    assert stop == Stop("iteration_limit")
    assert len(steps) == 8
    rest, stop = collect(iterate(points, a_start(points), configuration, resume=steps[7]))
    assert (rest, stop) == ([], Stop("iteration_limit"))


def test_a_step_of_another_rule_is_refused() -> None:
    points = three()
    step = next(iterate(points, a_start(points), Configuration(rule="stochastic")))
    assert not isinstance(step.state, Labelling)
    configuration = Configuration(rule="classification")
    with pytest.raises(InputError, match="another update rule"):
        next(iterate(points, a_start(points), configuration, resume=step))


# Locks


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_what_is_locked_stays_to_the_last_bit(rule: Rule, covariance: Covariance) -> None:
    points = three(n=240, distance=4) + 1e3 / 3
    rng = np.random.default_rng(1)
    shape = np.array([[1.7, 0.0], [0.0, 1.7]])
    if covariance == "full":
        shape = np.array([[1.7, 0.3], [0.3, 0.9]])
    start = Mixture([0.1, 0.2, 0.3, 0.2, 0.2], points[rng.integers(240, size=5)], [shape] * 5)
    configuration = Configuration(covariance, max_iterations=60, rule=rule, locked=(1, 3))
    steps, _ = collect(iterate(points, start, configuration))
    assert len(steps) > 3
    assert_held(steps, start, (1, 3), covariance == "tied")
    assert (steps[-1].mixture.means[0] != start.means[0]).all()


@SETTINGS
@given(cases(), st.integers(0, 10**6))
def test_with_locks_the_likelihood_never_falls(case: Case, seed: int) -> None:
    k = case.start.k
    rng = np.random.default_rng(seed)
    locked = tuple(sorted(rng.permutation(k)[: rng.integers(1, k + 1)].tolist()))
    configuration = replace(case.configuration, locked=locked)
    cloud = PointCloud(case.points, case.weights)
    steps, _ = collect(iterate(cloud, case.start, configuration))
    assert_held(steps, steps[0].mixture, locked, configuration.covariance == "tied")
    slack = reference.AGREEMENT
    for before, after in pairwise(steps):
        slack = max(slack, reference.slack(after.mixture))
        if not any(event.kind == "emptied" for event in after.events):
            assert after.log_likelihood >= before.log_likelihood - slack * case.total_weight


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_the_others_share_the_weight_that_is_left(covariance: Covariance) -> None:
    points = three(2, 3)
    start = fit(points, start=a_start(points), covariance=covariance, max_iterations=0).mixture
    run = fit(points, start=start, covariance=covariance, locked=(0,), max_iterations=4)
    ones, expected = np.ones(len(points)), start
    for step in run.steps:
        value, shares = reference.e_step(points, ones, expected)
        reference.assert_agree(step.log_likelihood, value, len(points))
        reference.assert_mixtures_agree(step.mixture, expected)
        plain = reference.m_step(points, ones, shares, expected, covariance)
        weights, means, covariances = (
            array.copy() for array in (plain.weights, plain.means, plain.covariances)
        )
        weights[1:] *= (1 - start.weights[0]) / weights[1:].sum()
        weights[0], means[0] = start.weights[0], start.means[0]
        covariances[slice(None) if covariance == "tied" else 0] = start.covariances[0]
        expected = Mixture(weights, means, covariances)


def test_all_locked_is_the_start() -> None:
    run = fit(three(), start=a_start(three()), locked=(0, 1, 2))
    assert run.iterations == 1
    assert run.converged
    assert run.free_parameters == 0
    np.testing.assert_array_equal(run.mixture.means, run.start.means)


@pytest.mark.parametrize(
    ("covariance", "locked", "expected"),
    [
        ("full", 0, 17),
        ("full", 1, 11),
        ("full", 2, 5),
        ("full", 3, 0),
        ("tied", 0, 11),
        ("tied", 1, 5),
        ("diagonal", 1, 9),
        ("spherical", 1, 7),
        ("spherical", 2, 3),
    ],
)
def test_free_parameters_are_less_what_is_locked(
    covariance: Covariance, locked: int, expected: int
) -> None:
    assert free_parameters(3, 2, covariance, locked) == expected
    run = fit(three(), 3, covariance=covariance, locked=range(locked), max_iterations=1)
    assert run.free_parameters == expected
    assert run.bic == pytest.approx(-2 * run.log_likelihood + expected * np.log(150))


# How runs end


@pytest.mark.parametrize("rule", BESIDE_EM)
def test_a_run_can_be_cancelled_in_any_pass(rule: Rule) -> None:
    points = three()
    configuration = Configuration(rule=rule, max_iterations=40)
    whole, _ = collect(iterate(points, a_start(points), configuration))
    for patience in (0, 1, 2, 9, 30):
        asked = Countdown(patience)
        steps, stop = collect(iterate(points, a_start(points), configuration, cancelled=asked))
        if stop == Stop("cancelled"):
            assert asked.left == -1
        assert_same_values(steps, whole[: len(steps)])


@pytest.mark.parametrize("rule", BESIDE_EM)
def test_one_dimension_sample_weights_and_many_blocks(
    rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads and blocks change no more than the rounding of sums."""
    rng = np.random.default_rng(0)
    cloud = PointCloud(rng.standard_normal(5000) + rng.integers(0, 3, 5000) * 5, rng.random(5000))
    start = seeded_start(cloud, [[0.0], [4.0], [6.0]])
    configuration = Configuration(rule=rule, tolerance=0, max_iterations=25)
    plain, _ = collect(iterate(cloud, start, configuration))
    monkeypatch.setattr(kernel, "TILE", 1500)
    monkeypatch.setattr(kernel, "PARALLEL_FROM", 0)
    monkeypatch.setattr(kernel, "LIMITED_FROM", 0)
    standardize.cache_clear()
    cut, _ = collect(iterate(cloud, start, configuration))
    again, _ = collect(iterate(cloud, start, configuration))
    assert_same_values(cut, again)
    for ours, theirs in zip(cut, plain, strict=True):
        assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, rel=1e-9)
        reference.assert_mixtures_agree(ours.mixture, theirs.mixture, 1e-6)
        assert ours.events == theirs.events


@pytest.mark.parametrize("rule", BESIDE_EM)
def test_a_collapse_without_a_floor_ends_the_run_or_the_move(rule: Rule) -> None:
    points = np.concatenate([three(), [[40.0, 0.0], [40.0, 0.0]]])
    start = seeded_start(PointCloud(points), [[0, 0], [3, 5], [40, 0.01]])
    narrow = Mixture(start.weights, start.means, [np.eye(2)] * 3)
    run = fit(points, start=narrow, rule=rule, variance_floor=0, max_iterations=300)
    if rule == "annealing":
        assert run.stop.reason in {"degenerate", "converged"}
    else:
        assert run.stop == Stop("degenerate", 2)
    assert np.isfinite(run.log_likelihood)


@pytest.mark.parametrize("rule", RULES)
def test_a_fall_is_an_event_and_has_a_reason(rule: Rule) -> None:
    points = three(4, 2.5)
    run = fit(points, start=a_start(points), rule=rule, max_iterations=120, tolerance=1e-4)
    reasons = set()
    for t, (before, after) in enumerate(pairwise(run.steps), 1):
        fell = after.log_likelihood < before.log_likelihood - 1e-9 * len(points)
        assert fell == any(event.kind == "fell" for event in after.events)
        if fell:
            facts = observe(run.steps, t, len(points), run.configuration)
            reasons |= {fact.because for fact in facts if hasattr(fact, "because")}
    own: dict[Rule, set[FellBecause]] = {
        "em": set(),
        "classification": {"classification"},
        "stochastic": {"stochastic"},
        "annealing": {"hot", "cooled"},
        "split-and-merge": {"moved", "taken_back"},
    }
    assert reasons <= own[rule]
    assert reasons <= {*get_args(FellBecause)}
    assert bool(reasons) == (rule != "em")
