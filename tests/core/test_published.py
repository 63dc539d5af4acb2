"""Figures that others have published."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from gmm_studio import (
    Configuration,
    Mixture,
    PointCloud,
    Run,
    Stop,
    cli,
    draw_start,
    fit,
    iterate,
)
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Covariance
from gmm_studio.core.starts import Method
from tests.core import reference


def best_of(
    k: int, covariance: Covariance, init: Method = "k-means++", starts: int = 10
) -> list[Run]:
    """Runs on Old Faithful, the best first."""
    points = reference.read("faithful.csv")
    runs = [
        fit(points, k, init=init, random_state=seed, covariance=covariance, tolerance=1e-10)
        for seed in range(starts)
    ]
    return sorted(runs, key=lambda run: -run.log_likelihood)


def test_old_faithful_tied() -> None:
    run = best_of(3, "tied")[0]
    assert run.log_likelihood == pytest.approx(-1126.3159, abs=5e-5)
    assert run.free_parameters == 11


def test_old_faithful_full() -> None:
    for run in best_of(2, "full"):
        assert run.log_likelihood == pytest.approx(-1130.2640, abs=5e-5)
        assert run.bic == pytest.approx(2322.192, abs=5e-4)
        assert run.free_parameters == 11


def test_old_faithful_has_several_optima_with_three_full_components() -> None:
    runs = best_of(3, "full", "random-points", 20) + best_of(3, "full", "k-means", 5)
    optima = {round(run.log_likelihood, 2) for run in runs if run.converged}
    assert optima >= {-1119.21, -1119.64, -1114.44}


# Two normals in one dimension: hard priors, previous means


def normal_pair() -> FloatArray:
    """The 100 values of the published walk-through."""
    draw = np.random.RandomState(0)
    return np.concatenate([draw.normal(0, 1, 50), draw.normal(2, 1, 50)])


def test_all_figures_of_the_normal_pair_are_printed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pair.csv").write_text("".join(f"{value!r}\n" for value in normal_pair().tolist()))
    start = {"weights": [0.5, 0.5], "means": [[0], [1]], "covariances": [[[4]], [[4]]]}
    Path("start.json").write_text(json.dumps(start))
    rule = ["--previous-means", "--hard-priors", "--variance-floor", "0"]
    length = ["--tol", "0", "--max-iter", "100"]
    files = ["--start", "start.json", "--trace", "trace.csv", "--output", "end.json"]
    assert cli.main(["fit", "pair.csv", *files, *rule, *length]) == 0
    header = Path("trace.csv").read_text().splitlines()[0]
    first = "weight_1,mean_1_1,covariance_1_11,weight_2,mean_2_1,covariance_2_11"
    assert header == f"iteration,log_likelihood,{first}"
    t, _, prior_1, mean_1, variance_1, prior_2, mean_2, variance_2 = np.loadtxt(
        "trace.csv", delimiter=",", skiprows=1
    ).T
    sigmas = np.sqrt(variance_1), np.sqrt(variance_2)
    ours = np.column_stack([t - 1, mean_1, mean_2, *sigmas, prior_1, prior_2])[1:]
    published = reference.read("normal_pair_trace.csv")
    assert published.shape == ours.shape == (100, 7)
    assert abs(ours - published).max() <= 5e-9
    end = json.loads(Path("end.json").read_text())
    assert (end["previous_means"], end["hard_priors"]) == (True, True)
    assert (end["iterations"], end["stop_reason"]) == (100, "iteration_limit")


def test_the_likelihood_of_the_normal_pair_does_not_fall() -> None:
    """Nothing guarantees it by hard priors; from this start it so happens."""
    run = fit(
        normal_pair(),
        start=Mixture([0.5, 0.5], [[0.0], [1.0]], [[[4.0]], [[4.0]]]),
        tolerance=0,
        max_iterations=100,
        variance_floor=0,
        previous_means=True,
        hard_priors=True,
    )
    for before, after in pairwise(run.steps):
        assert after.log_likelihood >= before.log_likelihood - 1e-9 * 100
        assert not after.events


# Two components in the unit square


def unit_square(points: FloatArray) -> FloatArray:
    """Min-max scaled."""
    return np.asarray((points - points.min(axis=0)) / np.ptp(points, axis=0))


def small_sample() -> FloatArray:
    """30 and 70 points, as the published program makes them."""
    rng = np.random.default_rng(0)
    first = rng.multivariate_normal([0, 1], np.diag([0.3, 0.1]), 30)
    return np.concatenate([first, rng.multivariate_normal([2, 1], np.diag([0.2, 0.3]), 70)])


@pytest.mark.parametrize("random_state", range(5))
def test_old_faithful_in_the_unit_square(random_state: int) -> None:
    points = reference.read("faithful.csv")
    square = unit_square(points)
    start = draw_start(PointCloud(square), "uniform-identity", 2, random_state)
    assert (start.means >= 0).all()
    assert (start.means <= 1).all()
    assert start.weights.tolist() == [0.5, 0.5]
    assert start.covariances == pytest.approx(np.array([np.eye(2)] * 2), abs=1e-14)
    run = fit(square, start=start, tolerance=0, max_iterations=100)
    assert run.iterations == 100
    in_minutes = run.log_likelihood - 272 * np.log(np.ptp(points, axis=0)).sum()
    assert in_minutes == pytest.approx(-1130.2640, abs=5e-5)


def test_the_small_sample_falls_into_its_classes() -> None:
    square = unit_square(small_sample())
    classes = np.repeat([0, 1], [30, 70])
    for random_state in range(5):
        run = fit(
            square,
            2,
            init="uniform-identity",
            random_state=random_state,
            tolerance=0,
            max_iterations=100,
        )
        shown = run.mixture.responsibilities(square).argmax(axis=1)
        assert min((shown != classes).sum(), (shown == classes).sum()) <= 2


def test_equal_components_stay_together_and_one_needs_one_step() -> None:
    square = unit_square(small_sample())
    twins = Mixture([0.5, 0.5], [[0.3, 0.6]] * 2, [np.eye(2)] * 2)
    for step in fit(square, start=twins, tolerance=0, max_iterations=100).steps:
        mixture = step.mixture
        assert mixture.means[0] == pytest.approx(mixture.means[1], abs=1e-9)
    one = fit(square, 1, init="uniform-identity", tolerance=1e-12)
    assert one.iterations == 2
    assert one.steps[1].mixture.means[0] == pytest.approx(square.mean(axis=0))
    assert one.steps[1].mixture.covariances[0] == pytest.approx(np.cov(square.T, bias=True))


# A notebook with a hook for diagnostics

Hook = Callable[..., None]


def notebook(points: FloatArray, start: Mixture, iterations: int, hook: Hook) -> None:
    """Its rule, written down plainly: covariances are taken about the previous means."""
    weights, means, covariances = start.weights, start.means, start.covariances
    for t in range(1, iterations + 1):
        joint = np.column_stack(
            [
                weight * multivariate_normal.pdf(points, mean, covariance)
                for weight, mean, covariance in zip(weights, means, covariances, strict=True)
            ]
        )
        shares = joint / joint.sum(axis=1, keepdims=True)
        counts = shares.sum(axis=0)
        deviations = points[:, None, :] - means
        squares = np.einsum("nk,nki,nkj->kij", shares, deviations, deviations)
        old = Mixture(weights, means, covariances)
        weights, means = counts / len(points), (shares.T @ points) / counts[:, None]
        covariances = squares / counts[:, None, None]
        hook(t, points, old, shares, Mixture(weights, means, covariances))


def test_the_notebook_with_a_hook() -> None:
    truth = Mixture(
        [0.4, 0.35, 0.25],
        [[0.0, 0.0], [6.0, 1.0], [2.0, 6.0]],
        [[[1.0, 0.3], [0.3, 2.0]], [[2.0, -0.5], [-0.5, 0.8]], [[0.6, 0.0], [0.0, 0.6]]],
    )
    points, _ = truth.sample(1000, 3)
    start = draw_start(PointCloud(points), "normal-deviations", 3, 1)
    assert start.covariances == pytest.approx(np.array([np.diag(points.std(axis=0))] * 3))
    theirs: list[tuple[int, FloatArray, Mixture, FloatArray, Mixture]] = []
    notebook(points, start, 25, lambda *everything: theirs.append(everything))
    ours: list[tuple[int, FloatArray, Mixture, FloatArray, Mixture]] = []
    configuration = Configuration(tolerance=0, max_iterations=25, previous_means=True)
    for old, new in pairwise(iterate(points, start, configuration)):
        shares = old.mixture.responsibilities(points)
        ours.append((new.index, points, old.mixture, shares, new.mixture))
    assert len(ours) == len(theirs) == 25
    for one, other in zip(ours, theirs, strict=True):
        assert one[0] == other[0]
        assert abs(one[3] - other[3]).max() < 1e-9
        reference.assert_mixtures_agree(one[2], other[2])
        reference.assert_mixtures_agree(one[4], other[4])


# A density in one dimension, explained step by step


def test_two_normals() -> None:
    rng = np.random.default_rng(0)
    points = rng.permutation(np.concatenate([rng.normal(0, 1, 3000), rng.normal(5, 2, 7000)]))
    start = Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[1.0]]])
    run = fit(points, start=start, tolerance=0, max_iterations=100)
    assert (run.start.weights == start.weights).all()
    assert run.start.means == pytest.approx(start.means, abs=1e-14)
    assert run.start.covariances == pytest.approx(start.covariances, rel=1e-14)
    assert run.stop == Stop("iteration_limit")
    for row in reference.read("two_normals_trace.csv"):
        mixture = run.steps[1 + int(row[0])].mixture
        assert mixture.weights == pytest.approx(row[1:3], abs=0.03)
        assert mixture.means[:, 0] == pytest.approx(row[[3, 5]], abs=0.15)
        assert mixture.covariances[:, 0, 0] == pytest.approx(row[[4, 6]], abs=0.25)
    assert run.mixture.weights == pytest.approx([0.3, 0.7], abs=0.03)
    assert run.mixture.means[:, 0] == pytest.approx([0, 5], abs=0.15)
    assert run.mixture.covariances[:, 0, 0] == pytest.approx([1, 4], abs=0.25)


# A series with ties


@pytest.mark.parametrize("init", ["k-means", "k-means++", "random-points"])
def test_a_series_with_ties(init: Method) -> None:
    """K-means starts give one result nearly every time; starts at random points do not."""
    points = reference.read("series_50.csv")
    runs = [fit(points, 3, init=init, random_state=seed) for seed in range(20)]
    optima = {round(run.log_likelihood, 3) for run in runs}
    assert len(optima) <= 2 if init == "k-means" else len(optima) >= 2


def random_start(points: FloatArray, random_state: int) -> Mixture:
    """The asker's: three of the values as means, and variances drawn from [0, 1)."""
    rng = np.random.default_rng(random_state)
    means, variances = rng.choice(points, 3), rng.random(3)
    return Mixture([1 / 3] * 3, means, variances[:, None, None])


def test_random_variances_fail_where_k_means_does_not() -> None:
    points = reference.read("series_50.csv")
    good = -106.186
    for random_state in range(30):
        run = fit(points, 3, init="k-means", random_state=random_state)
        assert run.log_likelihood == pytest.approx(good, abs=1e-3)
        assert sorted(run.mixture.means[:, 0]) == pytest.approx([24.566, 37.576, 44.340], abs=5e-3)
    runs = [
        fit(points, start=random_start(points, random_state), variance_floor=0)
        for random_state in range(60)
    ]
    collapsed = sum(run.stop.reason == "degenerate" for run in runs)
    reached = sum(abs(run.log_likelihood - good) < 1e-3 for run in runs)
    assert collapsed >= 10
    assert 10 <= reached <= 40
    means = {tuple(np.sort(run.mixture.means[:, 0]).round(1)) for run in runs}
    assert len(means) >= 5


def test_components_that_start_as_one_stay_one() -> None:
    """The other way in which the asker's starts failed: a value that was drawn twice."""
    points = reference.read("series_50.csv")
    start = Mixture([1 / 3] * 3, [[44.44571429], [44.44571429], [24.12]], [[[0.5]]] * 3)
    mixture = fit(points, start=start).mixture
    assert mixture.means[0] == pytest.approx(mixture.means[1], abs=1e-9)
