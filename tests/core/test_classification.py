"""Classification EM improves the classification likelihood, and ends when no label changes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from gmm_studio import Configuration, Mixture, PointCloud, Stop, fit, iterate
from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.core.rules import Labelling
from gmm_studio.core.starts import seeded_start
from tests.core import reference
from tests.core.test_iteration import collect, pair
from tests.core.test_properties import SETTINGS, Case, cases
from tests.core.test_rules import three


def classify(
    points: FloatArray, weights: FloatArray, mixture: Mixture
) -> tuple[float, float, IntArray]:
    """Log-likelihood, classification log-likelihood and labels, plainly."""
    value, shares = reference.e_step(points, weights, mixture)
    with np.errstate(divide="ignore"):
        best = np.log(shares.max(axis=1))
    return value, value + float(weights @ best), shares.argmax(axis=1)


@SETTINGS
@given(cases())
def test_the_classification_likelihood_never_falls(case: Case) -> None:
    configuration = replace(case.configuration, rule="classification", max_iterations=30)
    cloud = PointCloud(case.points, case.weights)
    steps, _ = collect(iterate(cloud, case.start, configuration))
    slack = reference.AGREEMENT
    for before, after in pairwise(steps):
        slack = max(slack, reference.slack(after.mixture))
        assert before.objective is not None
        assert after.objective is not None
        assert after.objective >= before.objective - slack * case.total_weight
        assert after.objective <= after.log_likelihood + slack * case.total_weight


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_hard_em_written_plainly(covariance: Covariance, weighted: bool) -> None:
    points = three(1, 8)
    weights = np.random.default_rng(0).integers(1, 4, 150) / 2 if weighted else np.ones(150)
    cloud = PointCloud(points, weights)
    start = seeded_start(cloud, [[-1, 0], [2, 1], [3, 4]], Configuration(covariance))
    run = fit(cloud, start=start, covariance=covariance, rule="classification")
    assert run.stop == Stop("converged")
    assert run.iterations >= 2
    expected, labels = start, None
    for step in run.steps:
        value, objective, new = classify(points, weights, expected)
        reference.assert_agree(step.log_likelihood, value, cloud.total_weight)
        assert step.objective is not None
        reference.assert_agree(step.objective, objective, cloud.total_weight)
        reference.assert_mixtures_agree(step.mixture, expected)
        assert isinstance(step.state, Labelling)
        assert step.state.unchanged == (labels is not None and bool((new == labels).all()))
        assert step.state.unchanged == (step is run.steps[-1])
        labels = new
        hard = np.eye(3)[labels]
        expected = reference.m_step(points, weights, hard, expected, covariance, 1e-6)
    assert np.bincount(labels).tolist() == [50, 50, 50]


def test_well_separated_clusters_are_those_of_lloyd() -> None:
    points = three(2, 12)
    centres = points[[0, 60, 120]]
    run = fit(points, start=seeded_start(PointCloud(points), centres), rule="classification")
    for _ in range(20):
        labels = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.array([points[labels == j].mean(axis=0) for j in range(3)])
    assert run.mixture.means == pytest.approx(centres, abs=1e-12)
    assert run.mixture.weights == pytest.approx(np.bincount(labels) / 150)
    for j in range(3):
        assert run.mixture.covariances[j] == pytest.approx(np.cov(points[labels == j].T, ddof=0))


def test_overlapping_clusters_are_cut_apart() -> None:
    """Where EM finds the truth, hard labels move the means apart: the known bias of CEM."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.standard_normal(4000) - 1, rng.standard_normal(4000) + 1])
    start = Mixture([0.5, 0.5], [[-1], [1]], [[[1]], [[1]]])
    hard = fit(points, start=start, rule="classification", covariance="tied")
    soft = fit(points, start=start, covariance="tied")
    assert np.ptp(hard.mixture.means) > np.ptp(soft.mixture.means) + 0.3
    assert any(event.kind == "fell" for step in hard.steps for event in step.events)


def test_tolerance_0_runs_to_the_limit() -> None:
    run = fit(pair(), 2, rule="classification", tolerance=0, max_iterations=30)
    assert run.stop == Stop("iteration_limit")
    assert run.iterations == 30


def test_who_gets_no_point_is_emptied_and_stays() -> None:
    start = Mixture([0.4, 0.4, 0.2], [[0, 0], [6, 0], [3, 90]], [np.eye(2)] * 3)
    run = fit(pair(), start=start, rule="classification")
    assert [event.kind for event in run.steps[1].events] == ["emptied"]
    assert run.mixture.weights[2] == 0
    assert run.mixture.means[2] == pytest.approx([3, 90])


def test_more_than_255_components() -> None:
    rng = np.random.default_rng(0)
    centres = 10.0 * np.arange(300)
    points = np.repeat(centres, 3) + rng.standard_normal(900)
    start = Mixture(np.full(300, 1 / 300), centres[:, None], np.ones((300, 1, 1)))
    run = fit(points, start=start, rule="classification")
    assert run.converged
    assert run.mixture.weights == pytest.approx(1 / 300)
