"""What holds for every cloud, start and configuration."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmm_studio import Configuration, InputError, Mixture, PointCloud, Run, draw_start, fit
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import COVARIANCES, Covariance, project_covariances
from gmm_studio.core.starts import METHODS, Method
from tests.core import reference

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None)
ITERATIONS = 12
GRID = 1024


@dataclass(frozen=True)
class Case:
    """A cloud on a grid of dyadic numbers, a start on it, and how to go on from there."""

    points: FloatArray
    weights: FloatArray | None
    start: Mixture
    configuration: Configuration

    @property
    def total_weight(self) -> float:
        return PointCloud(self.points, self.weights).total_weight

    def run(
        self,
        points: FloatArray | None = None,
        weights: FloatArray | None = None,
        start: Mixture | None = None,
    ) -> Run:
        return fit(
            self.points if points is None else points,
            weights=self.weights if weights is None else weights,
            start=start or self.start,
            covariance=self.configuration.covariance,
            variance_floor=self.configuration.variance_floor,
            max_iterations=self.configuration.max_iterations,
            tolerance=0,
        )


@st.composite
def cases(draw: st.DrawFn, floors: tuple[float, ...] = (0.0, 1e-6, 1e-3, 0.1, 1.0)) -> Case:
    d = draw(st.sampled_from([1, 2]))
    n = draw(st.integers(3, 60))
    k = draw(st.integers(1, min(n, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    centres = 4 * rng.standard_normal((k, d))
    stretch = np.array([1.0, draw(st.sampled_from([1.0, 0.1, 8.0]))])[:d]
    points = (centres[rng.integers(k, size=n)] + rng.standard_normal((n, d))) * stretch
    if draw(st.booleans()):
        points = np.round(points)
    points = np.round(points * GRID) / GRID
    points[0] = points[-1] + 1
    weights = rng.integers(0, 4, size=n).astype(float) if draw(st.booleans()) else None
    if weights is not None:
        weights[[0, -1]] = 1
    configuration = Configuration(
        draw(st.sampled_from(COVARIANCES)), 0, ITERATIONS, draw(st.sampled_from(floors))
    )
    method: Method = draw(st.sampled_from(METHODS))
    cloud = PointCloud(points, weights)
    try:
        start = draw_start(cloud, method, k, 1, configuration)
    except InputError:
        configuration = Configuration(configuration.covariance, 0, ITERATIONS, 1e-3)
        start = _spread(points, k)
    return Case(points, weights, start, configuration)


def _spread(points: FloatArray, k: int) -> Mixture:
    """A start for clouds with fewer different points than components."""
    low, high = points.min(axis=0), points.max(axis=0)
    means = low + (high - low) * np.linspace(0, 1, k)[:, None]
    variance = float(points.var(axis=0).mean())
    return Mixture(np.full(k, 1 / k), means, np.array([variance * np.eye(points.shape[1])] * k))


def assert_same_runs(case: Case, ours: Run, other: Run, shift: float = 0.0) -> None:
    """The same log-likelihoods, but for a shift, as far as the mixtures can be told apart."""
    slack = reference.AGREEMENT
    for our_step, other_step in zip(ours.steps, other.steps, strict=False):
        slack = max(slack, 100 * reference.slack(our_step.mixture))
        if slack > 1e-6:
            return
        reference.assert_agree(
            our_step.log_likelihood, other_step.log_likelihood + shift, case.total_weight, slack
        )
        assert our_step.events == other_step.events
    assert ours.stop == other.stop


@SETTINGS
@given(cases())
def test_the_likelihood_never_falls(case: Case) -> None:
    run = case.run()
    slack = reference.AGREEMENT
    for before, after in pairwise(run.steps):
        slack = max(slack, reference.slack(after.mixture))
        assert after.log_likelihood >= before.log_likelihood - slack * case.total_weight
        if slack == reference.AGREEMENT:
            assert "fell" not in {event.kind for event in after.events}


@SETTINGS
@given(cases())
def test_every_step_is_a_mixture_of_the_structure_over_the_floor(case: Case) -> None:
    covariance, floor = case.configuration.covariance, case.configuration.variance_floor
    weights = np.ones(len(case.points)) if case.weights is None else case.weights
    unit = reference.mean_variance(case.points, weights)
    run = case.run()
    assert run.stop.reason in {"iteration_limit", "degenerate"}
    for step in run.steps:
        mixture = step.mixture
        assert math.isfinite(step.log_likelihood)
        assert mixture.weights.sum() == pytest.approx(1, abs=1e-12)
        assert np.isfinite(mixture.means).all()
        assert Mixture(mixture.weights, mixture.means, mixture.covariances).k == run.start.k
        projected = project_covariances(mixture.covariances, mixture.weights, covariance)
        assert projected == pytest.approx(mixture.covariances, rel=1e-9, abs=1e-12 * unit)
        smallest = np.linalg.eigvalsh(mixture.covariances)[:, 0].min()
        assert smallest >= max(floor, 1e-12) * unit - 1e-13 * abs(mixture.covariances).max()
        touched = [event.component for event in step.events if event.kind == "floor"]
        for component in touched:
            assert component is not None
            values = np.linalg.eigvalsh(mixture.covariances[component])
            assert values[0] == pytest.approx(floor * unit, rel=1e-6)


@SETTINGS
@given(cases())
def test_an_integer_weight_is_a_point_repeated(case: Case) -> None:
    times = np.arange(len(case.points)) % 3
    times[[0, -1]] = 1
    weighted = case.run(weights=times.astype(float))
    repeated = case.run(
        points=np.repeat(case.points, times, axis=0), weights=np.ones(int(times.sum()))
    )
    assert_same_runs(case, weighted, repeated)


@SETTINGS
@given(cases(), st.integers(0, 1000))
def test_the_order_of_the_points_does_not_matter(case: Case, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(case.points))
    weights = None if case.weights is None else case.weights[order]
    assert_same_runs(case, case.run(), case.run(points=case.points[order], weights=weights))


@SETTINGS
@given(cases(), st.integers(0, 1000))
def test_permuting_the_start_permutes_the_result(case: Case, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(case.start.k)
    start = Mixture(
        case.start.weights[order], case.start.means[order], case.start.covariances[order]
    )
    ours, other = case.run(), case.run(start=start)
    slack = reference.AGREEMENT
    for our_step, other_step in zip(ours.steps, other.steps, strict=False):
        slack = max(slack, 100 * reference.slack(our_step.mixture))
        if slack > 1e-6:
            return
        mixture = our_step.mixture
        permuted = Mixture(mixture.weights[order], mixture.means[order], mixture.covariances[order])
        reference.assert_mixtures_agree(other_step.mixture, permuted, 1e-7)


@SETTINGS
@given(
    cases(),
    st.sampled_from([1e-6, 1e-3, 1.0, 7.0, 1e6]),
    st.sampled_from([0.0, 2.0**20, -(2.0**20)]),
)
def test_unit_and_origin_do_not_matter(case: Case, scale: float, shift: float) -> None:
    def moved(means: FloatArray) -> FloatArray:
        return scale * (means + shift)

    start = Mixture(case.start.weights, moved(case.start.means), scale**2 * case.start.covariances)
    ours, other = case.run(), case.run(points=moved(case.points), start=start)
    jacobian = case.total_weight * case.points.shape[1] * math.log(scale)
    lost = reference.ROUNDING * abs(shift)
    slack = reference.AGREEMENT
    for our_step, other_step in zip(ours.steps, other.steps, strict=False):
        mixture = our_step.mixture
        narrowest = math.sqrt(np.linalg.eigvalsh(mixture.covariances).min())
        slack = max(slack, 100 * reference.slack(mixture), 1e3 * lost / narrowest)
        if slack > 1e-6:
            return
        reference.assert_agree(
            our_step.log_likelihood, other_step.log_likelihood + jacobian, case.total_weight, slack
        )
        mapped = Mixture(mixture.weights, moved(mixture.means), scale**2 * mixture.covariances)
        reference.assert_mixtures_agree(other_step.mixture, mapped, 1e3 * slack)


@SETTINGS
@given(cases(floors=(1e-6,)))
def test_one_component_is_the_sample_mean_and_covariance(case: Case) -> None:
    weights = np.ones(len(case.points)) if case.weights is None else case.weights
    d = case.points.shape[1]
    start = Mixture([1.0], case.points[:1], [np.eye(d)])
    mixture = fit(
        case.points,
        start=start,
        weights=case.weights,
        covariance=case.configuration.covariance,
        max_iterations=1,
        variance_floor=case.configuration.variance_floor,
    ).mixture
    mean = np.average(case.points, axis=0, weights=weights)
    total = np.atleast_2d(np.cov(case.points.T, ddof=0, aweights=weights))
    bound = case.configuration.variance_floor * reference.mean_variance(case.points, weights)
    expected = reference.structured(total[None], np.ones(1), case.configuration.covariance, bound)
    size = float(np.trace(total))
    assert mixture.weights == pytest.approx([1])
    assert mixture.means[0] == pytest.approx(mean, abs=1e-12 * math.sqrt(size))
    assert mixture.covariances == pytest.approx(expected, abs=1e-11 * size)


@SETTINGS
@given(cases(), st.integers(0, 10**6))
def test_it_agrees_with_plain_em(case: Case, seed: int) -> None:
    """A start of any kind: weights, places and shapes drawn at random."""
    rng = np.random.default_rng(seed)
    k, d = case.start.means.shape
    root = rng.standard_normal((k, d, d)) * 10.0 ** rng.uniform(-2, 1, size=(k, 1, 1))
    unit = float(case.points.var(axis=0).mean())
    covariances = unit * (root @ root.swapaxes(1, 2) + 1e-4 * np.eye(d))
    start = Mixture(
        rng.dirichlet(np.ones(k)),
        case.points[rng.integers(len(case.points), size=k)] + rng.standard_normal((k, d)),
        covariances,
    )
    weights = np.ones(len(case.points)) if case.weights is None else case.weights
    covariance: Covariance = case.configuration.covariance
    share = previous = None
    slack = reference.AGREEMENT
    for step in case.run(start=start).steps[:5]:
        slack = max(slack, reference.slack(step.mixture))
        log_likelihood, new_share = reference.e_step(case.points, weights, step.mixture)
        reference.assert_agree(step.log_likelihood, log_likelihood, case.total_weight, slack)
        if share is not None and previous is not None:
            expected = reference.m_step(
                case.points, weights, share, previous, covariance, case.configuration.variance_floor
            )
            reference.assert_mixtures_agree(step.mixture, expected, 10 * slack)
        share, previous = new_share, step.mixture
