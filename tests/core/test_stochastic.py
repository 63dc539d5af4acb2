"""Stochastic EM draws labels, the same ones for the same random state, and guarantees nothing."""

from __future__ import annotations

import numpy as np
import pytest

from gmm_studio import Configuration, Mixture, PointCloud, Stop, fit, iterate
from gmm_studio.core.rules import Drawing
from gmm_studio.core.starts import seeded_start
from tests.core import reference
from tests.core.test_iteration import collect, pair
from tests.core.test_rules import assert_same_values, three


def test_a_step_is_the_m_step_on_labels_drawn_from_the_responsibilities() -> None:
    points, weights = pair(2), np.linspace(0.5, 2, 200)
    start = Mixture([0.3, 0.3, 0.4], [[0, 0], [1, 1], [3, 0]], [np.eye(2)] * 3)
    configuration = Configuration(rule="stochastic", random_state=7, max_iterations=6)
    steps, _ = collect(iterate(PointCloud(points, weights), start, configuration))
    expected = start
    for t, step in enumerate(steps):
        value, shares = reference.e_step(points, weights, expected)
        reference.assert_agree(step.log_likelihood, value, weights.sum())
        reference.assert_mixtures_agree(step.mixture, expected)
        assert step.state == Drawing(7, t)
        assert step.objective is None
        uniform = np.random.default_rng([7, t]).random(200)
        labels = (shares.cumsum(axis=1) <= uniform[:, None]).sum(axis=1)
        expected = reference.m_step(points, weights, np.eye(3)[labels], expected, "full", 1e-6)


def test_labels_follow_the_responsibilities() -> None:
    """Over many draws the weight of each component is that of the E-step."""
    points = np.tile([0.4], 20_000) + np.linspace(-1e-6, 1e-6, 20_000)
    start = Mixture([0.2, 0.5, 0.3], [[0.0], [1.0], [0.5]], [[[1.0]], [[0.5]], [[2.0]]])
    run = fit(points, start=start, rule="stochastic", max_iterations=1, variance_floor=1)
    shares = run.start.responsibilities(points).mean(axis=0)
    assert run.mixture.weights == pytest.approx(shares, abs=4 * 0.5 / np.sqrt(20_000))


def test_the_same_random_state_draws_the_same() -> None:
    points = three(0, 3)
    start = seeded_start(PointCloud(points), points[:3])
    runs = [
        fit(points, start=start, rule="stochastic", random_state=state, max_iterations=20)
        for state in (1, 1, 2)
    ]
    assert_same_values(runs[0].steps, runs[1].steps)
    assert runs[0].log_likelihood != runs[2].log_likelihood


def test_it_runs_to_its_limit() -> None:
    run = fit(pair(20), 2, rule="stochastic", max_iterations=50)
    assert run.stop == Stop("iteration_limit")
    assert run.steps[20].log_likelihood == run.log_likelihood


def test_an_empty_component_draws_no_point() -> None:
    start = Mixture([0.5, 0.0, 0.5], [[0, 0], [3, 0], [6, 0]], [np.eye(2)] * 3)
    for order in ([0, 1, 2], [1, 0, 2], [0, 2, 1]):
        mixture = Mixture(start.weights[order], start.means[order], start.covariances)
        run = fit(pair(), start=mixture, rule="stochastic", max_iterations=20)
        assert run.mixture.weights[order.index(1)] == 0


def test_it_wanders_about_the_optimum_and_out_of_a_saddle() -> None:
    """EM never parts two equal components; drawn labels do."""
    points = pair(8)
    start = Mixture([0.5, 0.5], [[1, 0], [1, 0]], [np.eye(2)] * 2)
    optimum = fit(points, 2).log_likelihood
    assert fit(points, start=start).log_likelihood < optimum - 100
    run = fit(points, start=start, rule="stochastic", max_iterations=400)
    assert run.log_likelihood == pytest.approx(optimum, abs=2)
