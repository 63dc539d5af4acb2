"""What is said to have happened in a step did happen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.mixture import GaussianMixture

from gmm_studio import Mixture, fit
from gmm_studio.core.annealing import LEVELS, Temperature
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.configuration import RULES, Configuration, Rule
from gmm_studio.core.em import Event, Run, Step
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
    overlaps,
    scikit_learn_stop,
)
from gmm_studio.data.generators import GENERATORS, generate

Fact = TypeVar("Fact", bound=Observation)
CONFIGURATION = Configuration()


def mixture(
    weights: Sequence[float], means: Sequence[Sequence[float]], covariances: Sequence[object]
) -> Mixture:
    return Mixture(np.array(weights), np.array(means, dtype=float), np.array(covariances))


def pair(apart: float, weight: float = 0.5, size: float = 1.0) -> Mixture:
    return mixture([weight, 1 - weight], [[0, 0], [apart, 0]], [size * np.eye(2), np.eye(2)])


def run_of(*stages: tuple[Mixture, float], events: tuple[Event, ...] = ()) -> list[Step]:
    steps = [Step(t, stage, value) for t, (stage, value) in enumerate(stages)]
    last = steps.pop()
    return [*steps, Step(last.index, last.mixture, last.log_likelihood, events)]


def find(observations: Sequence[Observation], kind: type[Fact]) -> Fact | None:
    found = [fact for fact in observations if isinstance(fact, kind)]
    assert len(found) <= 1
    return found[0] if found else None


def last(steps: list[Step], kind: type[Fact], configuration: Configuration = CONFIGURATION) -> Fact:
    found = find(observe(steps, len(steps) - 1, 100.0, configuration), kind)
    assert found is not None
    return found


def collapsing(variance_floor: float) -> Run:
    """A component that closes in on three points that lie close together."""
    rng = np.random.default_rng(0)
    points = np.vstack([3 * rng.normal(size=(60, 2)), [[5, 5], [5.01, 5.01], [5.02, 5.02]]])
    start = mixture([0.5, 0.5], [[0, 0], [5, 5]], [4 * np.eye(2), 0.03 * np.eye(2)])
    return fit(points, start=start, variance_floor=variance_floor)


def all_of(run: Run) -> list[tuple[Observation, ...]]:
    weight = run.cloud.total_weight
    return [observe(run.steps, t, weight, run.configuration) for t in range(len(run.steps))]


def test_the_start() -> None:
    assert observe(run_of((pair(9), -5.0)), 0, 100.0, CONFIGURATION) == (Started(2, alike=True),)
    unlike = observe(run_of((pair(9, size=2.0), -5.0)), 0, 100.0, CONFIGURATION)
    assert unlike == (Started(2, alike=False),)


def test_equal_seeds_are_told_at_the_start() -> None:
    facts = observe(run_of((pair(0), -5.0)), 0, 100.0, CONFIGURATION)
    assert facts == (Started(2, alike=True), Fighting(0, 1, 1.0, identical=True))


def test_the_largest_move_is_that_in_sigma() -> None:
    shapes = [[[4.0, 0.0], [0.0, 100.0]], [[0.25, 0.0], [0.0, 1.0]]]
    before = mixture([0.5, 0.5], [[0, 0], [50, 0]], shapes)
    after = mixture([0.5, 0.5], [[0, 5], [50.5, -1]], shapes)
    moved = last(run_of((before, -9.0), (after, -5.0)), Moved)
    assert (moved.component, moved.displacement) == (1, (0.5, -1.0))
    assert moved.distance == pytest.approx(math.hypot(0.5, 1))
    assert moved.sigmas == pytest.approx(math.sqrt(2))


@given(angle=st.floats(0, 7), size=st.floats(-6, 6))
def test_a_move_is_a_mahalanobis_distance(angle: float, size: float) -> None:
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = 100**size * (turned * [1, 0.01]) @ turned.T
    shape = 0.5 * (shape + shape.T)
    step = np.array([0.3, -0.7]) * 10**size
    before = mixture([1.0], [[0, 0]], [shape])
    after = mixture([1.0], [step.tolist()], [shape])
    moved = last(run_of((before, -9.0), (after, -5.0)), Moved)
    assert moved.sigmas == pytest.approx(math.sqrt(step @ np.linalg.solve(shape, step)), rel=1e-9)


def test_a_move_in_one_dimension() -> None:
    before = mixture([1.0], [[2.0]], [[[4.0]]])
    after = mixture([1.0], [[1.0]], [[[4.0]]])
    moved = last(run_of((before, -9.0), (after, -5.0)), Moved)
    assert moved == Moved(0, 0.5, 1.0, (-1.0,))


def test_who_gains_and_who_loses() -> None:
    shapes = [np.eye(2)] * 3
    means = [[0, 0], [9, 0], [0, 9]]
    before = mixture([0.5, 0.3, 0.2], means, shapes)
    after = mixture([0.3, 0.35, 0.35], means, shapes)
    gained = last(run_of((before, -9.0), (after, -5.0)), Gained)
    assert (gained.component, gained.loser) == (2, 0)
    assert gained.points == pytest.approx(15)
    assert gained.lost == pytest.approx(20)


def test_the_rise() -> None:
    steps = run_of((pair(9), -1000.0), (pair(9), -400.0), (pair(9), -200.0))
    assert last(steps, Rose) == Rose(200.0, 2.0, 0.25)
    assert find(observe(steps, 1, 100.0, CONFIGURATION), Rose) == Rose(600.0, 6.0, 1.0)


def test_a_fall_and_what_may_have_made_it() -> None:
    stages = (pair(9), -5.0), (pair(9), -7.0)
    causes = {
        (): "rounding",
        (Event("floor", 0), Event("fell")): "floor",
        (Event("floor", 0), Event("emptied", 1)): "emptied",
    }
    for events, because in causes.items():
        facts = observe(run_of(*stages, events=events), 1, 100.0, CONFIGURATION)
        assert isinstance(facts[0], Fell)
        assert (facts[0].amount, facts[0].per_point, facts[0].because) == (2.0, 0.02, because)
        assert find(facts, Rose) is None


def test_a_fall_by_another_rule_has_reasons_of_its_own() -> None:
    stages = (pair(9), -5.0), (pair(9), -7.0)
    hot, cold = Temperature(0), Temperature(LEVELS)
    cases: list[tuple[Rule, tuple[Event, ...], object, FellBecause]] = [
        ("classification", (Event("floor", 0),), None, "classification"),
        ("stochastic", (), None, "stochastic"),
        ("annealing", (), hot, "hot"),
        ("annealing", (Event("cooled"), Event("jittered", 1)), cold, "cooled"),
        ("annealing", (Event("floor", 0),), cold, "floor"),
        ("split-and-merge", (Event("merged", 0), Event("split", 2)), None, "moved"),
        ("split-and-merge", (Event("taken_back"),), None, "taken_back"),
        ("split-and-merge", (Event("emptied", 1),), None, "emptied"),
    ]
    for rule, events, state, because in cases:
        steps = run_of(*stages, events=events)
        steps[-1] = replace(steps[-1], state=state)
        facts = observe(steps, 1, 100.0, Configuration(rule=rule))
        fell = find(facts, Fell)
        assert fell is not None
        assert fell.because == because


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "em"])
def test_a_small_change_is_no_end_but_by_em_or_in_the_cold(rule: Rule) -> None:
    for state, ends in ((Temperature(0), False), (Temperature(LEVELS), True), (None, False)):
        steps = run_of((pair(9), -5.0), (pair(9), -5.0 + 1e-9))
        steps[-1] = replace(steps[-1], state=state)
        facts = observe(steps, 1, 100.0, Configuration(rule=rule))
        assert bool(find(facts, Converged)) == ends
        assert find(facts, NearlyStopped) is None


def test_a_fall_within_rounding_is_none() -> None:
    facts = observe(run_of((pair(9), -5.0), (pair(9), -5.0 - 1e-8)), 1, 100.0, CONFIGURATION)
    assert find(facts, Fell) is None


def test_nearly_stopped_foretells_the_end() -> None:
    rises = [1.0, 0.5, 0.5 * 1e-3, 0.25 * 1e-3, 0.125 * 1e-3]
    values = [-9.0, *(-9 + np.cumsum(rises))]
    steps = run_of(*((pair(9), value) for value in values))
    slow = last(steps, NearlyStopped)
    assert slow.rate == pytest.approx(0.5)
    # Below 1e-4 for W = 100: 0.0625e-3 is.
    assert slow.remaining == 1
    slow = find(observe(steps, 3, 100.0, CONFIGURATION), NearlyStopped)
    assert slow is not None
    assert slow.rate == pytest.approx(1e-3)
    assert find(observe(steps, 2, 100.0, CONFIGURATION), NearlyStopped) is None


@pytest.mark.parametrize("name", ["overlapping", "moons"])
def test_the_foretold_end_comes_about_then(name: str) -> None:
    run = fit(generate(name, 300), 3, init="random-points", tolerance=1e-8)
    assert run.converged
    facts = [find(step, NearlyStopped) for step in all_of(run)]
    near = [(t, fact) for t, fact in enumerate(facts) if fact and run.iterations - t <= 10]
    assert len(near) > 2
    for t, fact in near:
        assert fact.remaining is not None
        assert abs(t + fact.remaining - run.iterations) <= 3


def test_what_cannot_be_foretold() -> None:
    def slow(values: Sequence[float], configuration: Configuration) -> NearlyStopped:
        steps = run_of(*((pair(9), value) for value in values))
        return last(steps, NearlyStopped, configuration)

    two = slow([-9.0, -9.0 + 5e-4], CONFIGURATION)
    assert (two.rate, two.remaining) == (None, None)
    faster = slow([-9.0, -9.0 + 2e-4, -9.0 + 6e-4], CONFIGURATION)
    assert faster.rate == pytest.approx(2)
    assert faster.remaining is None
    endless = slow([-9.0, -9.0 + 5e-5, -9.0 + 7.5e-5], Configuration(tolerance=0))
    assert (endless.rate, endless.remaining) == (pytest.approx(0.5), None)
    still = slow([-9.0, -9.0, -9.0], Configuration(tolerance=0))
    assert (still.amount, still.rate, still.remaining) == (0.0, None, None)
    late = Configuration(tolerance=1e-6, max_iterations=3)
    assert slow([-9.0, -9.0 + 9.9e-4, -9.0 + 2 * 9.85e-4], late).remaining is None


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9])
def test_converged_is_where_the_run_converged(tolerance: float) -> None:
    run = fit(generate("overlapping", 200), 3, tolerance=tolerance)
    assert run.converged
    ended = [find(facts, Converged) is not None for facts in all_of(run)]
    assert ended == [False] * run.iterations + [True]


@pytest.mark.parametrize(("apart", "size"), [(0.0, 1.0), (1.0, 1.0), (2.0, 3.0), (9.0, 0.1)])
def test_overlap_is_the_integral_of_the_root_of_the_product(apart: float, size: float) -> None:
    both = mixture([0.5, 0.5], [[0.0], [apart]], [[[size]], [[1.0]]])
    first, second = norm(0, math.sqrt(size)), norm(apart, 1)
    expected, _ = quad(lambda x: math.sqrt(first.pdf(x) * second.pdf(x)), -20, 30, points=[0])
    np.testing.assert_allclose(overlaps(both), [[1, expected], [expected, 1]], atol=1e-8)


def test_overlap_in_the_plane_is_a_product_over_the_axes() -> None:
    flat = mixture([0.5, 0.5], [[0, 3], [1, 5]], [np.diag([1.0, 4.0]), np.diag([2.0, 3.0])])
    axes = [
        overlaps(
            mixture([0.5, 0.5], flat.means[:, [i]].tolist(), flat.covariances[:, [i], [i], None])
        )
        for i in (0, 1)
    ]
    np.testing.assert_allclose(overlaps(flat), axes[0] * axes[1])
    turned = np.array([[0.6, -0.8], [0.8, 0.6]])
    image = mixture(
        [0.5, 0.5], (flat.means @ turned.T).tolist(), turned @ flat.covariances @ turned.T
    )
    np.testing.assert_allclose(overlaps(image), overlaps(flat))


def test_components_out_of_sight_of_each_other_have_nothing_in_common() -> None:
    far = mixture([0.5, 0.5], [[-1e150, 0], [1e150, 0]], [1e-20 * np.eye(2)] * 2)
    assert overlaps(far).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("apart", "weight", "fights"),
    [(1.2, 0.5, True), (1.5, 0.5, False), (0.0, 0.5, True), (1.0, 0.05, False), (1.0, 0.2, True)],
)
def test_who_fights(apart: float, weight: float, fights: bool) -> None:
    steps = run_of((pair(9), -9.0), (pair(apart, weight), -5.0))
    found = find(observe(steps, 1, 100.0, CONFIGURATION), Fighting)
    assert (found is not None) == fights
    if found:
        assert (found.first, found.second) == (0, 1)
        assert found.overlap == pytest.approx(math.exp(-(apart**2) / 8))
        assert found.identical == (apart == 0)


def test_the_two_that_overlap_most_fight() -> None:
    close = mixture([0.3, 0.3, 0.4], [[1, 0], [0, 0], [1.2, 0]], [np.eye(2)] * 3)
    fighting = last(run_of((close, -9.0), (close, -5.0)), Fighting)
    assert (fighting.first, fighting.second) == (0, 2)


@pytest.mark.parametrize("variance_floor", [0.0, 1e-6])
def test_a_collapse_is_seen_coming(variance_floor: float) -> None:
    run = collapsing(variance_floor)
    facts = all_of(run)
    shrinking = [found for found in (find(step, Shrinking) for step in facts) if found]
    assert shrinking
    for found in shrinking:
        assert (found.component, found.few) == (1, True)
        assert found.bounded == (variance_floor > 0)
        assert 0 <= found.shrunk < 1
    assert shrinking[-1].points == pytest.approx(3, abs=0.5)
    if variance_floor:
        floored = [found for found in (find(step, Floored) for step in facts) if found]
        assert floored[0] == Floored((1,), new=True)
        assert not any(found.new for found in floored[1:])
    else:
        assert run.stop.reason == "degenerate"


def test_points_on_a_line_are_a_collapse_too() -> None:
    rng = np.random.default_rng(1)
    line = np.column_stack([rng.uniform(-5, 5, 40), np.full(40, 2.0)])
    points = np.vstack([rng.normal(size=(200, 2)) * 3, line])
    start = mixture([0.8, 0.2], [[0, 0], [0, 2]], [9 * np.eye(2), np.diag([9.0, 0.01])])
    facts = all_of(fit(points, start=start, variance_floor=0))
    shrinking = [found for found in (find(step, Shrinking) for step in facts) if found]
    assert shrinking
    assert all((found.component, found.few) == (1, False) for found in shrinking)


@pytest.mark.parametrize("name", ["separated", "elongated", "unequal", "nested"])
def test_clusters_are_no_collapse(name: str) -> None:
    for random_state in range(3):
        run = fit(generate(name, 1000, random_state=random_state), 3, init="random-points")
        assert not any(find(facts, Shrinking) for facts in all_of(run))


def test_emptied_components() -> None:
    steps = run_of((pair(9), -9.0), (pair(9), -5.0), events=(Event("emptied", 1),))
    assert observe(steps, 1, 100.0, CONFIGURATION)[0] == Emptied((1,))


def test_large_moves_come_before_the_rise_and_small_ones_after() -> None:
    def kinds(move: float) -> list[type]:
        steps = run_of((pair(9), -9.0), (pair(9 + move), -5.0))
        return [type(fact) for fact in observe(steps, 1, 100.0, CONFIGURATION)]

    assert kinds(0.5) == [Moved, Rose]
    assert kinds(0.05) == [Rose, Moved]


def test_what_comes_later_plays_no_part() -> None:
    run = fit(generate("separated", 300), 3)
    for t in range(len(run.steps)):
        known = observe(run.steps[: t + 1], t, 300.0, run.configuration)
        assert known == observe(run.steps, t, 300.0, run.configuration)


def numbers_in(observation: Observation) -> list[float]:
    values = (getattr(observation, field.name) for field in fields(observation))
    flat = [item for value in values for item in (value if isinstance(value, tuple) else (value,))]
    return [float(item) for item in flat if isinstance(item, int | float)]


@given(
    seed=st.integers(0, 10**6),
    k=st.integers(1, 6),
    d=st.sampled_from([1, 2]),
    scale=st.sampled_from([1e-100, 1e-3, 1.0, 1e9, 1e100]),
    offset=st.sampled_from([0.0, 1e6]),
    floor=st.sampled_from([0.0, 1e-6]),
)
@settings(deadline=None)
def test_any_run_can_be_observed(
    seed: int, k: int, d: int, scale: float, offset: float, floor: float
) -> None:
    rng = np.random.default_rng(seed)
    points = scale * (np.round(rng.normal(size=(12, d)), 1) + offset)
    run = fit(
        points,
        k,
        init="random-points",
        random_state=seed,
        variance_floor=floor,
        tolerance=0,
        max_iterations=30,
    )
    for facts in all_of(run):
        assert all(math.isfinite(value) for fact in facts for value in numbers_in(fact))
        amounts = [fact.remaining for fact in facts if isinstance(fact, NearlyStopped)]
        assert all(remaining is None for remaining in amounts)


def test_identical_components_and_weights_of_zero() -> None:
    start = mixture([0.5, 0.5, 0.0], [[1, 1], [1, 1], [0, 0]], [np.eye(2)] * 3)
    run = fit(np.random.default_rng(0).normal(size=(50, 2)), start=start)
    for facts in all_of(run):
        fighting = find(facts, Fighting)
        assert fighting is not None
        assert (fighting.first, fighting.second) == (0, 1)
        assert fighting.overlap == pytest.approx(1)
        assert fighting.identical
        moved = find(facts, Moved)
        assert moved is None or moved.component != 2


def test_the_number_of_components_may_change() -> None:
    one = mixture([1.0], [[0, 0]], [np.eye(2)])
    assert isinstance(observe(run_of((one, -9.0), (pair(9), -5.0)), 1, 9.0, CONFIGURATION)[0], Rose)


def from_scikit_learn(points: FloatArray, start: Mixture) -> GaussianMixture:
    model = GaussianMixture(
        start.k,
        tol=1e-3,
        reg_covar=0,
        max_iter=1000,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
        init_params="random_from_data",
    )
    return model.fit(points)


@pytest.mark.parametrize("name", ["separated", "overlapping", "moons", "unequal"])
@pytest.mark.parametrize("random_state", [0, 1])
def test_scikit_learn_stops_there(name: str, random_state: int) -> None:
    cloud = generate(name, 400, random_state=random_state)
    run = fit(
        cloud,
        3,
        init="random-points",
        random_state=random_state,
        tolerance=0,
        max_iterations=300,
        variance_floor=0,
    )
    values = [step.log_likelihood for step in run.steps]
    t = scikit_learn_stop(values, cloud.total_weight)
    theirs = from_scikit_learn(cloud.points, run.start)
    assert theirs.converged_
    assert t == theirs.n_iter_
    np.testing.assert_allclose(run.steps[t].mixture.means, theirs.means_, rtol=1e-7, atol=1e-9)
    # With no more known than it needs it says the same, and with less nothing.
    assert scikit_learn_stop(values[:t], cloud.total_weight) == t
    assert scikit_learn_stop(values[: t - 1], cloud.total_weight) is None


def test_scikit_learn_stops_at_the_first_small_rise() -> None:
    assert scikit_learn_stop([], 10.0) is None
    assert scikit_learn_stop([-5.0], 10.0) is None
    assert scikit_learn_stop([-5.0, -4.0, -3.98, -3.96], 10.0) is None
    assert scikit_learn_stop([-5.0, -4.0, -3.98, -3.975], 10.0) == 4
    assert scikit_learn_stop([-5.0, -4.999], 10.0) == 2


def test_every_generator_can_be_observed() -> None:
    for name in GENERATORS:
        run = fit(generate(name, 200), 4, init="random-points")
        assert all(all_of(run))
