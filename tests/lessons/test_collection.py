"""Each lesson, opened and played: what its pages say is so, in numbers."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.comparison import Comparison, compact, compare
from gmm_studio.core.criteria import bic
from gmm_studio.core.em import Step, Stop, iterate
from gmm_studio.core.mixture import Mixture, free_parameters
from gmm_studio.core.steps import Event
from gmm_studio.document import Document, Drawn, make_start
from gmm_studio.lessons.collection import collection
from gmm_studio.lessons.data import make_cloud
from gmm_studio.lessons.lesson import Page


@dataclass(frozen=True)
class Played:
    """A page and the run that it shows."""

    page: Page
    document: Document
    steps: list[Step]
    stop: Stop

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def end(self) -> float:
        return self.last.log_likelihood

    @property
    def mixture(self) -> Mixture:
        return self.last.mixture

    @property
    def cloud(self) -> PointCloud:
        return self.document.cloud

    @property
    def free_parameters(self) -> int:
        mixture = self.mixture
        return free_parameters(mixture.k, mixture.d, self.document.configuration.covariance)

    @property
    def bic(self) -> float:
        return bic(self.end, self.free_parameters, self.cloud.total_weight)

    @property
    def iterations(self) -> int:
        return self.last.index

    def comparison(self, index: int = -1) -> Comparison:
        assert self.cloud.labels is not None
        classes, codes = compact(self.cloud.labels)
        assigned = self.steps[index].mixture.responsibilities(self.cloud.points).argmax(axis=1)
        return compare(assigned, codes, classes, self.mixture.k)

    def says(self, *texts: str) -> None:
        """The page holds these, so that a number asserted here is the one that people read."""
        for text in texts:
            assert text.replace("-", "\N{MINUS SIGN}") in self.page.text or text in self.page.text


@cache
def play(name: str, number: int) -> Played:
    """A page, from 1."""
    page = collection()[name].pages[number - 1]
    return run(page, page.setting.document(make_cloud(page.data)))


def run(page: Page, document: Document) -> Played:
    def all_steps() -> Generator[Step, None, None]:
        start = make_start(document)
        stops.append((yield from iterate(document.cloud, start, document.configuration)))

    stops: list[Stop] = []
    steps = list(all_steps())
    return Played(page, document, steps, stops[0])


def rerun(name: str, number: int, **changes: object) -> Played:
    played = play(name, number)
    return run(played.page, replace(played.document, **changes))  # type: ignore[arg-type]


PAGES = [
    (name, number) for name, one in collection().items() for number in range(1, len(one.pages) + 1)
]


@pytest.mark.parametrize(("name", "number"), PAGES, ids=[f"{n}-{i}" for n, i in PAGES])
def test_every_page_plays(name: str, number: int) -> None:
    played = play(name, number)
    show = played.page.show
    assert isinstance(show, str) or show <= played.iterations
    assert 4 <= len(collection()[name].pages) <= 6
    assert len(played.page.text.split()) <= 60


def test_the_lessons_that_are_wanted_are_there() -> None:
    groups = [lesson.group for lesson in collection().values()]
    assert groups.count("published") == 5
    assert groups.count("lessons") == 13
    titles = [lesson.title for lesson in collection().values()]
    assert len(set(titles)) == len(titles)
    assert all(lesson.summary for lesson in collection().values())


def test_press_play() -> None:
    start, end = play("01-press-play", 1), play("01-press-play", 5)
    assert start.cloud.n == 400
    shares = start.steps[0].mixture.responsibilities(start.cloud.points)
    assert ((shares > 0.1) & (shares < 0.9)).all(), "hardly any point is sure yet"
    assert (start.steps[0].mixture.means[:, 1] == 2).all(), "both on the same side"
    assert end.stop.reason == "converged"
    assert end.iterations == 23
    assert start.steps[0].log_likelihood == pytest.approx(-2392.5, abs=0.05)
    assert end.end == pytest.approx(-1236.7, abs=0.05)
    assert (np.diff([step.log_likelihood for step in end.steps]) > 0).all()
    end.says("After 23", "-2392.5", "-1236.7")
    last = play("01-press-play", 6)
    assert last.comparison().accuracy * 400 == pytest.approx(394)
    last.says("394 of 400")


def test_a_bad_seed() -> None:
    name = "02-a-bad-seed"
    bad, ways, other = play(name, 3), play(name, 4), play(name, 5)
    seeds = bad.steps[0].mixture.means
    truth = bad.cloud.truth
    assert truth is not None
    nearest = np.linalg.norm(seeds[:, None] - truth.means, axis=2).argmin(axis=1)
    assert nearest[1] == nearest[2]
    missing = truth.means[list(set(range(4)) - set(nearest.tolist()))][0]
    assert (missing < 0).all(), "bottom left"
    assert (bad.iterations, bad.end) == (33, pytest.approx(-2297.7, abs=0.05))
    assert (bad.mixture.means[0, 0], bad.mixture.covariances[0, 1, 1]) == (
        pytest.approx(-2.5, abs=0.1),
        pytest.approx(4.3, abs=0.1),
    ), "component 1 covers both clusters on the left"
    assert (bad.mixture.means[[1, 3]] * [1, -1] > 1).all(), "2 and 4 are at the bottom right"
    bad.says("33 iterations", "-2297.7")
    assert set(ways.steps[34].events) == {Event("merged", 1), Event("merged", 3), Event("split", 0)}
    assert ways.steps[34].log_likelihood > ways.steps[33].log_likelihood + 40
    assert ways.steps[48].log_likelihood == pytest.approx(-2145.0, abs=0.05)
    assert Event("accepted") in ways.steps[48].events
    ways.says("merges 2 and 4", "splits 1", "iteration 34", "iteration 48", "-2145.0")
    later = rerun(name, 4, configuration=replace(ways.document.configuration, max_iterations=300))
    kinds = [event.kind for step in later.steps[49:] for event in step.events]
    assert "taken_back" in kinds
    assert "accepted" not in kinds
    assert (other.iterations, other.end) == (12, pytest.approx(-2145.0, abs=0.05))
    other.says("12 iterations", "-2145.0")
    ends = [rerun(name, 6, start=Drawn("random-points", state)).end for state in range(20)]
    best = np.isclose(ends, max(ends), atol=0.01)
    assert 10 < best.sum() < 20, "most, not all"


def test_two_seeds_on_one_spot() -> None:
    name = "03-two-seeds-on-one-spot"
    equal = play(name, 3)
    for step in equal.steps:
        mixture = step.mixture
        assert np.array_equal(mixture.means[0], mixture.means[1])
        assert np.array_equal(mixture.covariances[0], mixture.covariances[1])
        assert mixture.weights[0] == mixture.weights[1]
    assert equal.end == pytest.approx(-2244.0, abs=0.05)
    assert equal.end == pytest.approx(play("05-too-few-components", 2).end, abs=1e-3)
    equal.says("-2244.0")
    apart, wider = play(name, 4), play(name, 5)
    start = apart.steps[0].mixture
    assert start.means[1, 1] - start.means[0, 1] == pytest.approx(0.01)
    assert (apart.iterations, apart.end) == (30, pytest.approx(-1983.3, abs=0.05))
    apart.says("0.01", "30 iterations", "-1983.3")
    start = wider.steps[0].mixture
    assert np.array_equal(start.means[0], start.means[1])
    assert np.allclose(start.covariances[1], 2 * start.covariances[0])
    assert wider.end == pytest.approx(apart.end, abs=1e-3)


def test_too_many_components() -> None:
    name = "04-too-many-components"
    three, six, other = play(name, 1), play(name, 3), play(name, 4)
    assert (three.end, three.bic) == (
        pytest.approx(-1983.3, abs=0.05),
        pytest.approx(4075.3, abs=0.05),
    )
    three.says("-1983.3", "4075.3")
    assert six.end == pytest.approx(-1970.7, abs=0.05)
    assert six.end - three.end == pytest.approx(12.6, abs=0.05)
    assert six.bic == pytest.approx(4165.3, abs=0.05)
    assert six.free_parameters - three.free_parameters == 18
    assert six.mixture.weights.min() == pytest.approx(0.02, abs=0.005)
    six.says("-1970.7", "18 more", "12.6", "4165.3", "worse by 90", "2 %")
    assert other.end == pytest.approx(-1964.3, abs=0.05)
    other.says("-1964.3")
    bics = {k: rerun(name, 5, k=k).bic for k in range(1, 7)}
    assert min(bics, key=bics.__getitem__) == 3


def test_too_few_components() -> None:
    name = "05-too-few-components"
    two, other, three = play(name, 2), play(name, 3), play(name, 4)
    assert two.end == pytest.approx(-2244.0, abs=0.05)
    covering = two.mixture.means[0]
    near = np.linalg.norm(two.cloud.points - covering, axis=1) < 0.4
    assert near.sum() < 10, "hardly a point"
    assert other.end == pytest.approx(-2243.6, abs=0.05)
    assert np.allclose(other.mixture.means[1], [0.1, -2], atol=0.1), "the two at the bottom"
    assert three.end - two.end == pytest.approx(260, abs=1)
    assert three.free_parameters - two.free_parameters == 6
    assert (other.bic, three.bic) == (
        pytest.approx(4557.6, abs=0.06),
        pytest.approx(4075.3, abs=0.05),
    )
    two.says("-2244.0")
    other.says("-2243.6")
    three.says("260", "6 more", "4557.6", "4075.3")


def test_a_component_collapses() -> None:
    name = "06-a-component-collapses"
    fall, floor, high = play(name, 2), play(name, 4), play(name, 5)
    assert (fall.stop.reason, fall.stop.component, fall.iterations) == ("degenerate", 1, 13)
    assert fall.end == pytest.approx(-60.8, abs=0.05)
    shares = fall.mixture.responsibilities(fall.cloud.points)[:, 1]
    assert (shares > 0.5).sum() == 2, "a needle through two points"
    assert shares.sum() == pytest.approx(2, abs=0.1)
    assert all(play(name, number).end < fall.end for number in (4, 5, 6))
    fall.says("iteration 13")
    play(name, 3).says("-60.8")
    assert (floor.stop.reason, floor.end) == ("converged", pytest.approx(-69.2, abs=0.05))
    assert any(Event("floor", 1) in step.events for step in floor.steps)
    floor.says("-69.2")
    assert high.end == pytest.approx(-78.5, abs=0.05)
    high.says("0.05", "-78.5")
    bics = [rerun(name, 6, k=k).bic for k in (1, 2, 3)]
    assert bics == pytest.approx([207.1, 214.1, 224.1], abs=0.05)
    play(name, 6).says("207.1", "214.1", "224.1")


def test_overlapping_clusters() -> None:
    name = "07-overlapping-clusters"
    fit = play(name, 4)
    surest = fit.mixture.responsibilities(fit.cloud.points).max(axis=1)
    assert (surest < 0.9).mean() == pytest.approx(0.46, abs=0.005)
    play(name, 2).says("46 %")
    assert fit.comparison().accuracy == pytest.approx(0.866, abs=5e-4)
    assert fit.cloud.truth is not None
    assigned = fit.cloud.truth.responsibilities(fit.cloud.points).argmax(axis=1)
    assert np.mean(assigned == fit.cloud.labels) == pytest.approx(0.878, abs=5e-4)
    fit.says("86.6 %", "87.8 %")
    assert (fit.iterations, play("04-too-many-components", 1).iterations) == (54, 6)
    play(name, 5).says("54 iterations", "took 6")


def test_why_scaling_matters() -> None:
    name = "08-why-scaling-matters"
    cut, found, turned, round_, unit = (play(name, number) for number in range(1, 6))
    assert abs(cut.comparison(0).adjusted_rand_index) < 0.01, "as good as chance"
    assert found.cloud.points.std(axis=0) == pytest.approx([1, 1])
    assert found.comparison(0).accuracy == 1
    assert (turned.iterations, turned.comparison().accuracy) == (37, 1)
    assert found.iterations == 3
    turned.says("37 iterations", "3 do")
    assert abs(round_.comparison().adjusted_rand_index) < 0.01
    assert (round_.stop.reason, round_.iterations) == ("converged", 12)
    round_.says("12 iterations")
    assert (unit.cloud.points.min(axis=0), unit.cloud.points.max(axis=0)) == (
        pytest.approx([0, 0]),
        pytest.approx([1, 1]),
    )
    assert unit.document.configuration.covariance == "spherical"
    assert unit.comparison().accuracy > 0.99


def test_shapes_of_covariances() -> None:
    name = "09-shapes-of-covariances"
    kinds = [play(name, number) for number in range(1, 5)]
    assert [one.document.configuration.covariance for one in kinds] == [
        "full",
        "tied",
        "diagonal",
        "spherical",
    ]
    found = [one.bic for one in kinds]
    assert found == pytest.approx([3729.4, 4005.8, 4427.3, 4419.1], abs=0.06)
    for one, text in zip(kinds, ("3729.4", "4005.8", "4427.3", "4419.1"), strict=True):
        one.says(text)
    assert [one.free_parameters for one in kinds] == [17, 11, 14, 11]
    assert kinds[0].end == pytest.approx(-1810.3, abs=0.05)
    assert kinds[2].comparison().adjusted_rand_index < 0.2, "not found"
    # Not for want of a better start:
    for one in kinds:
        ends = [
            run(one.page, replace(one.document, start=Drawn("k-means++", state))).end
            for state in range(6)
        ]
        assert one.end > max(ends) - 0.01


def test_k_means_against_em() -> None:
    name = "10-k-means-against-em"
    long, nested = play(name, 3), play(name, 5)
    assert long.comparison(0).accuracy == pytest.approx(0.70, abs=0.005)
    play(name, 1).says("70 %")
    assert (long.iterations, long.comparison().accuracy) == (16, pytest.approx(0.995, abs=5e-4))
    long.says("16 iterations", "99.5 %")
    assert nested.comparison(0).accuracy == pytest.approx(0.67, abs=0.005)
    assert nested.comparison().accuracy == pytest.approx(0.94, abs=0.005)
    play(name, 4).says("67 %")
    nested.says("94 %")


def test_a_ring() -> None:
    name = "11-a-ring"
    one, four, eight, other = (play(name, number) for number in range(1, 5))
    assert [one.bic, four.bic, eight.bic] == pytest.approx([6988.2, 5498.5, 5000.2], abs=0.06)
    one.says("6988.2")
    four.says("5498.5")
    eight.says("5000.2")
    assert rerun(name, 3, k=12).bic > eight.bic
    distance = np.linalg.norm(one.cloud.points - one.mixture.means[0], axis=1)
    assert distance.min() > 2, "the middle is empty"
    assert (eight.end, other.end) == (
        pytest.approx(-2343.0, abs=0.05),
        pytest.approx(-2347.3, abs=0.05),
    )
    other.says("-2347.3", "-2343.0")
    apart = np.linalg.norm(other.mixture.means[:, None] - eight.mixture.means, axis=2).min(axis=1)
    assert apart.max() > 0.5


def test_the_tolerance() -> None:
    name = "12-the-tolerance"
    early, late, usual = play(name, 1), play(name, 3), play(name, 5)
    assert (early.stop.reason, early.iterations) == ("converged", 11)
    assert early.end == pytest.approx(-2951.63, abs=0.005)
    early.says("0.001", "11 iterations", "-2951.63")
    assert (late.iterations, late.end) == (114, pytest.approx(-2949.45, abs=0.005))
    play(name, 2).says("114", "-2949.45")
    assert early.mixture.weights[0] == pytest.approx(0.256, abs=5e-4)
    assert late.mixture.weights[0] == pytest.approx(0.298, abs=5e-4)
    assert late.end - early.end == pytest.approx(2.2, abs=0.05)
    assert late.mixture.weights[0] / early.mixture.weights[0] == pytest.approx(7 / 6, abs=0.01)
    late.says("0.256", "0.298", "2.2", "a sixth")
    moved = np.linalg.norm(late.mixture.means - early.mixture.means, axis=1)
    assert moved[[0, 2]].min() > 0.1
    left = late.end - np.array([step.log_likelihood for step in late.steps])
    shares = left[51:80] / left[50:79]
    assert np.ptp(shares) < 0.05, "the same share each time"
    assert (usual.iterations, late.end - usual.end) == (54, pytest.approx(0.007, abs=5e-4))
    usual.says("54 iterations", "0.007")


def test_old_faithful() -> None:
    name = "13-old-faithful"
    ends = [play(name, number).end for number in range(1, 7)]
    known = [-1130.264, -1119.214, -1119.645, -1114.44, -1127.07, -1130.264]
    assert ends == pytest.approx(known, abs=2e-3)
    play(name, 1).says("-1130.264")
    play(name, 2).says("-1119.21")
    play(name, 3).says("-1119.64", "0.4 lower")
    play(name, 4).says("-1114.44")
    play(name, 5).says("-1127.07")
    sliver = play(name, 4).mixture
    assert sliver.means[1, 0] == pytest.approx(1.84, abs=0.005)
    assert np.sqrt(sliver.covariances[1, 0, 0]) * 60 < 5, "seconds"
    assert (play(name, 1).bic, play(name, 2).bic) == (
        pytest.approx(2322.2, abs=0.05),
        pytest.approx(2333.7, abs=0.06),
    )
    play(name, 6).says("2322.2", "2333.7")


def test_hard_priors_reproduce_what_was_published() -> None:
    name = "21-hard-priors"
    published, textbook = play(name, 4), play(name, 5)
    start = published.steps[0].mixture
    assert start.means.ravel().tolist() == [0, 1]
    assert np.sqrt(start.covariances.ravel()).tolist() == [2, 2]
    assert published.steps[1].mixture.weights == pytest.approx([0.32, 0.68], abs=1e-12)
    means = published.steps[1].mixture.means.ravel()
    assert means == pytest.approx([0.81734343, 1.27122747], abs=5.1e-9)
    weights = np.array([step.mixture.weights for step in published.steps])
    assert np.allclose(100 * weights, np.rint(100 * weights)), "whole hundredths"
    assert published.mixture.weights == pytest.approx([0.43, 0.57])
    assert (published.end, textbook.end) == (
        pytest.approx(-170.9991, abs=5e-5),
        pytest.approx(-170.9823, abs=5e-5),
    )
    assert textbook.mixture.weights == pytest.approx([0.504, 0.496], abs=5e-4)
    published.says("0.43", "0.57", "-170.9991")
    textbook.says("-170.9823", "0.504", "0.496")


def test_min_max_scaling() -> None:
    name = "22-min-max-scaling"
    faithful, sample, equal = play(name, 3), play(name, 4), play(name, 5)
    start = faithful.steps[0].mixture
    assert np.array_equal(start.covariances, [np.eye(2)] * 2)
    middle = faithful.cloud.points.mean(axis=0)
    first = faithful.steps[2].mixture.means
    assert abs(first - middle).max() < 0.06 < abs(start.means - middle).max(), "to the middle"
    own = play("13-old-faithful", 1).mixture
    assert faithful.mixture.weights == pytest.approx([0.644, 0.356], abs=5e-4)
    assert faithful.mixture.weights == pytest.approx(own.weights, abs=1e-4)
    faithful.says("0.644", "0.356")
    assert np.bincount(sample.cloud.labels).tolist() == [30, 70]  # type: ignore[arg-type]
    assert sample.comparison().accuracy == pytest.approx(0.98)
    sample.says("30 points", "70", "98 of the 100")
    assert np.array_equal(equal.mixture.means[0], equal.mixture.means[1])
    assert {one.iterations for one in (faithful, sample, equal)} == {100}


def test_step_by_step() -> None:
    name = "23-step-by-step"
    fit, late = play(name, 4), play(name, 5)
    assert (fit.cloud.n, fit.iterations, fit.stop.reason) == (1000, 25, "iteration_limit")
    start = fit.steps[0].mixture
    variances = fit.cloud.points.var(axis=0)
    assert np.allclose(start.covariances, np.diag(np.sqrt(variances)))
    assert (np.sqrt(variances) < variances).all(), "too narrow"
    assert fit.mixture.weights == pytest.approx([0.465, 0.321, 0.215], abs=5e-4)
    assert fit.comparison().accuracy == pytest.approx(0.981, abs=5e-4)
    fit.says("0.465", "0.321", "0.215", "98.1 %")
    assert (late.end, fit.end) == (
        pytest.approx(-3641.8, abs=0.05),
        pytest.approx(-3605.2, abs=0.06),
    )
    assert late.mixture.covariances[2, 1, 1] > 3 * fit.mixture.covariances[2, 1, 1]
    late.says("-3641.8", "-3605.2", "component 3")


def test_random_starts() -> None:
    name = "24-random-starts"
    good, collapsed, wrong = play(name, 2), play(name, 3), play(name, 4)
    assert good.end == pytest.approx(-106.2, abs=0.05)
    assert np.sort(good.mixture.means.ravel())[[0, 2]] == pytest.approx([24.6, 44.3], abs=0.05)
    good.says("24.6", "44.3", "-106.2")
    assert (collapsed.stop.reason, collapsed.stop.component) == ("degenerate", 1)
    assert collapsed.iterations == 11
    collapsed.says("Component 2", "iteration 11")
    assert (wrong.stop.reason, wrong.end) == ("converged", pytest.approx(-114.1, abs=0.05))
    wrong.says("-114.1")
    trial = play(name, 5).page.trial
    assert trial is not None
    assert (set(trial.methods), trial.runs) == ({"random-points", "k-means"}, 100)
    patterns = {}
    for method in trial.methods:
        ends = [rerun(name, 5, start=Drawn(method, state)) for state in range(30)]
        means = [np.sort(one.mixture.means.ravel()).round(1) for one in ends]
        patterns[method] = len({tuple(one.tolist()) for one in means})
    assert patterns["k-means"] == 1
    assert patterns["random-points"] > 1


def test_a_density() -> None:
    name = "25-a-density"
    tenth, end, other = play(name, 3).steps[10].mixture, play(name, 4).mixture, play(name, 5)
    assert tenth.means.ravel() == pytest.approx([-0.07, 4.91], abs=5e-3)
    assert end.weights == pytest.approx([0.299, 0.701], abs=5e-4)
    assert end.means.ravel() == pytest.approx([-0.007, 5.002], abs=5e-4)
    assert end.covariances.ravel() == pytest.approx([1.005, 3.934], abs=5e-4)
    play(name, 4).says("0.299", "0.701", "-0.007", "5.002", "1.005", "3.934")
    published = [0.305, -0.02, 4.99, 1.08, 3.89]
    for mixture in (end, other.mixture):
        found = [mixture.weights[0], *mixture.means.ravel(), *mixture.covariances.ravel()]
        assert found == pytest.approx(published, abs=0.15)
        assert found == pytest.approx([0.3, 0, 5, 1, 4], abs=0.2)
    assert other.cloud.recipe is not None, "New sample draws another one"
