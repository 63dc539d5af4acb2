"""The story of a start: it ends at what is drawn, and what it shows on the way is so."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gmm_studio import Cancelled, Configuration, InputError, PointCloud, draw_start
from gmm_studio.core import kernel
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.em import iterate
from gmm_studio.core.start_story import StoryMoment, each_share, milestones, squared_distances
from gmm_studio.core.starts import METHODS, Method, tell_start
from tests.core.test_starts import blobs

KINDS = {
    "k-means++": {"far-pick", "start"},
    "k-means": {"far-pick", "nearest", "start"},
    "random-points": {"pick", "start"},
    "random-responsibilities": {"shares", "start"},
    "uniform": {"box", "pick", "start"},
    "uniform-identity": {"box", "pick", "start"},
    "normal": {"spread", "pick", "start"},
    "normal-deviations": {"spread", "pick", "start"},
    "small-em": {"short-runs", "best-run", "start"},
    "ward": {"sample", "clusters", "start"},
}


def shares_of(cloud: PointCloud, moment: StoryMoment, k: int) -> FloatArray:
    shares = np.full((k, cloud.n), np.nan)

    def visit(block: slice, share: FloatArray) -> None:
        shares[:, block] = share

    each_share(cloud, moment, visit)
    return shares


def kind(moments: tuple[StoryMoment, ...], name: str) -> list[StoryMoment]:
    return [moment for moment in moments if moment.kind == name]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_story_ends_at_what_is_drawn(
    method: Method, d: int, weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "BLOCK", 64)
    weights = np.tile([1.0, 0.0, 2.0], 100) if weighted else None
    cloud = PointCloud(1e3 + blobs(d).points, weights)
    for seed in range(3):
        for configuration in (Configuration(), Configuration("spherical", variance_floor=0.0)):
            moments = tell_start(cloud, method, 4, seed, configuration)
            start = draw_start(cloud, method, 4, seed, configuration)
            told = moments[-1].mixture
            assert told is not None
            for name in ("weights", "means", "covariances"):
                assert (getattr(told, name) == getattr(start, name)).all()
            assert all(moment.mixture is None for moment in moments[:-1])
            assert {moment.kind for moment in moments} == KINDS[method]
            assert 2 <= len(moments) <= 16
            shared = [moment for moment in moments if moment.is_shared]
            for moment in shared:
                assert shares_of(cloud, moment, 4).sum(axis=0) == pytest.approx(np.ones(300))


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_picks_come_one_by_one_and_far_apart(d: int, weighted: bool) -> None:
    weights = np.tile([1.0, 0.0, 2.0], 100) if weighted else None
    cloud = PointCloud(blobs(d).points, weights)
    points = np.asarray(cloud.points)
    for seed in range(5):
        moments = tell_start(cloud, "k-means++", 6, seed)
        picks = kind(moments, "far-pick")
        start = draw_start(cloud, "k-means++", 6, seed)
        assert [pick.number for pick in picks] == [1, 2, 3, 4, 5, 6]
        for j, pick in enumerate(picks, 1):
            assert pick.means is not None
            assert (pick.means == start.means[:j]).all()
            expected = cdist(points, start.means[:j], "sqeuclidean").min(axis=1)
            assert squared_distances(pick.means, points) == pytest.approx(expected)
            row = int(cdist(points, start.means[j - 1 : j]).argmin())
            assert points[row] == pytest.approx(start.means[j - 1])
            if weights is not None:
                assert weights[row] > 0
    assert squared_distances(start.means, np.zeros((4, 5, d))).shape == (4, 5)


def test_the_next_pick_is_as_likely_as_its_squared_distance() -> None:
    cloud = PointCloud([0.0, 1.0, 3.0], [1.0, 2.0, 1.0])
    seconds = []
    for seed in range(4000):
        first, second, *_ = tell_start(cloud, "k-means++", 2, seed)
        assert first.means is not None
        assert second.means is not None
        if first.means[0, 0] == pytest.approx(0):
            seconds.append(float(second.means[1, 0]))
    chances = np.array([2.0, 1.0]) * squared_distances([[0.0]], [[1.0], [3.0]])
    share = chances[1] / chances.sum()
    assert np.mean(np.isclose(seconds, 3)) == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("d", [1, 2])
def test_k_means_moves_each_centre_to_the_mean_of_its_points(d: int) -> None:
    cloud = blobs(d, distance=3.0)
    points = np.asarray(cloud.points)
    moments = tell_start(cloud, "k-means", 4, 1)
    steps = kind(moments, "nearest")
    assert steps[-1].number == steps[-1].total
    for step in steps:
        assert step.before is not None
        assert step.means is not None
        owner = cdist(points, step.before).argmin(axis=1)
        assert (shares_of(cloud, step, 4).argmax(axis=0) == owner).all()
        means = np.array([points[owner == j].mean(axis=0) for j in range(4)])
        assert step.means == pytest.approx(means)


def test_random_responsibilities_are_those_of_the_start() -> None:
    cloud = blobs()
    moments = tell_start(cloud, "random-responsibilities", 3, 5)
    shares = shares_of(cloud, moments[0], 3)
    start = draw_start(cloud, "random-responsibilities", 3, 5)
    means = shares @ np.asarray(cloud.points) / shares.sum(axis=1, keepdims=True)
    assert start.means == pytest.approx(means)
    assert start.weights == pytest.approx(shares.mean(axis=1))


@pytest.mark.parametrize("d", [1, 2])
def test_of_the_short_runs_the_best_goes_on(d: int) -> None:
    cloud = blobs(d, distance=4.0)
    moments = tell_start(cloud, "small-em", 4, 2)
    ways = kind(moments, "short-runs")
    assert ways[0].number == 0
    assert ways[-1].number == ways[-1].total
    for way in ways:
        assert len(way.runs) == len(way.log_likelihoods) == 20
        for run, value in zip(way.runs, way.log_likelihoods, strict=True):
            first = next(iter(iterate(cloud, run)))
            assert first.log_likelihood == pytest.approx(value, rel=1e-9)
    assert all(np.diff([max(way.log_likelihoods) for way in ways]) >= 0)
    best = moments[-2]
    assert best.best == int(np.argmax(best.log_likelihoods))
    start = draw_start(cloud, "small-em", 4, 2)
    assert best.runs[best.best].means == pytest.approx(start.means)


@pytest.mark.parametrize("n", [300, 3000])
def test_two_clusters_merge_at_a_time(n: int) -> None:
    cloud = blobs(n=n, distance=3.0)
    moments = tell_start(cloud, "ward", 3)
    assert (moments[0].number, moments[0].total) == (min(n, 1000), n)
    levels = kind(moments, "clusters")
    assert [level.number for level in levels] == [8, 7, 6, 5, 4, 3]
    for level, after in pairwise(levels):
        assert level.sample is not None
        assert after.sample is not None
        assert level.means is not None
        labels, merged = level.sample.labels, after.sample.labels
        assert labels is not None
        assert merged is not None
        assert set(labels.tolist()) == set(range(level.number))
        (kept,) = set(merged[labels == level.number - 1].tolist())
        stay = labels < level.number - 1
        assert (labels[stay] == merged[stay]).all()
        joined = np.array([level.means[kept], level.means[-1]])
        assert level.sample.joined == pytest.approx(joined)
        places = level.sample.places
        means = np.array([places[labels == j].mean(axis=0) for j in range(level.number)])
        assert level.means == pytest.approx(means)
        growth = {
            (a, b): (labels == a).sum()
            * (labels == b).sum()
            / ((labels == a) | (labels == b)).sum()
            * ((means[a] - means[b]) ** 2).sum()
            for b in range(level.number)
            for a in range(b)
        }
        assert min(growth, key=lambda pair: growth[pair]) == (kept, level.number - 1)
    assert levels[-1].sample is not None
    assert levels[-1].sample.joined is None


@pytest.mark.parametrize("d", [1, 2])
def test_means_are_drawn_in_the_box_or_around_the_mean(d: int) -> None:
    cloud = blobs(d)
    box = tell_start(cloud, "uniform", 3)[0].box
    expected = np.array([cloud.points.min(axis=0), cloud.points.max(axis=0)])
    assert box == pytest.approx(expected)
    total = np.atleast_2d(np.cov(cloud.points.T, ddof=0))
    for method, covariance in (("normal", total), ("normal-deviations", np.diag(total.diagonal()))):
        (spread,) = tell_start(cloud, method, 3)[0].runs  # type: ignore[arg-type]
        assert spread.means[0] == pytest.approx(np.mean(cloud.points, axis=0))
        assert spread.covariances[0] == pytest.approx(covariance)


def test_milestones_are_dense_at_first_and_have_the_last() -> None:
    assert milestones(0) == []
    assert milestones(1) == [1]
    assert milestones(5) == [1, 2, 3, 4, 5]
    for total in (9, 40, 300):
        marks = milestones(total)
        assert len(marks) <= 8
        assert marks[:2] == [1, 2]
        assert marks[-1] == total
        assert (np.diff(marks, 2) >= 0).all()


def test_of_very_many_picks_some_are_told() -> None:
    moments = tell_start(blobs(), "random-points", 100)
    assert [moment.number for moment in moments] == [*range(1, 13), 100, 100]


def test_stories_that_cannot_be() -> None:
    with pytest.raises(InputError, match="need 3 different points; there are 2"):
        tell_start(PointCloud([1.0, 2.0, 2.0]), "k-means++", 3)
    with pytest.raises(InputError, match="at least 1 component"):
        tell_start(blobs(), "k-means++", 0)
    for method in METHODS:
        with pytest.raises(Cancelled):
            tell_start(blobs(), method, 3, cancelled=lambda: True)
