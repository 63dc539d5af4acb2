"""The work of an atlas: what it counts is true of single runs, and it never says too much."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import fit
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.core.starts import Method
from gmm_studio.data.text import read_cloud
from gmm_studio.document import Document, Drawn, Placed, make_start
from gmm_studio.gui.laboratory.atlas_task import (
    TOLERANCE,
    Atlas,
    AtlasRequest,
    Rate,
    atlas_task,
    same_problem,
    tightened,
)

BOTH: tuple[Method, ...] = ("k-means++", "random-points")


def atlas_of(document: Document, methods: tuple[Method, ...] = BOTH, runs: int = 30) -> Atlas:
    posted: list[object] = []
    atlas_task(AtlasRequest(document, methods, runs))(posted.append, never)
    last = posted[-1]
    assert isinstance(last, Atlas)
    return last


@pytest.fixture(scope="module")
def geysers() -> Document:
    path = Path(__file__).parents[2] / "reference" / "faithful.csv"
    return Document(read_cloud(path), 3)


@pytest.fixture(scope="module")
def atlas(geysers: Document) -> Atlas:
    return atlas_of(geysers, runs=60)


def test_old_faithful_has_several_optima(atlas: Atlas) -> None:
    values = [found.optimum.log_likelihood for found in atlas.found]
    assert values == sorted(values, reverse=True)
    for known in (-1114.44, -1119.21, -1119.64):
        assert any(abs(value - known) < 0.01 for value in values), known
    assert len(values) <= 5
    assert atlas.is_complete
    assert atlas.ended == atlas.asked == 120
    assert atlas.failed == atlas.degenerate == atlas.limited == 0


def test_a_document_replays_the_run_as_it_was(atlas: Atlas) -> None:
    for found in atlas.found:
        for draw in (found.draws[0], found.draws[-1]):
            document = atlas.document(draw)
            run = fit(
                document.cloud,
                start=make_start(document),
                tolerance=document.configuration.tolerance,
            )
            assert abs(run.log_likelihood - found.optimum.log_likelihood) < 1e-3
    first = atlas.found[0]
    run = fit(
        atlas.request.document.cloud,
        start=make_start(atlas.document(first.draws[0])),
        tolerance=TOLERANCE,
    )
    np.testing.assert_allclose(first.mixture.means, run.mixture.means, rtol=1e-6)


def test_every_run_is_counted_once(atlas: Atlas) -> None:
    draws = [draw for found in atlas.found for draw in found.draws]
    assert len(set(draws)) == len(draws) == atlas.ended
    assert set(draws) == {Drawn(method, i) for method in BOTH for i in range(60)}


def test_rates_are_shares_of_the_runs_of_a_method_with_wilsons_interval(atlas: Atlas) -> None:
    reached = Counter(draw.method for draw in atlas.found[0].draws)
    for rate in atlas.rates:
        assert (rate.reached, rate.runs) == (reached[rate.method], 60)
        assert rate.share == rate.reached / 60
        expected = binomtest(rate.reached, 60).proportion_ci(method="wilson")
        assert rate.interval == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert Rate("k-means", 0, 0).interval is None


def test_methods_take_turns(geysers: Document) -> None:
    request = AtlasRequest(geysers, BOTH, 3)
    assert [draw.method for draw in request.draws] == list(BOTH) * 3
    assert [draw.random_state for draw in request.draws] == [0, 0, 1, 1, 2, 2]


def test_a_method_that_leaves_nothing_to_chance_is_run_once(geysers: Document) -> None:
    atlas = atlas_of(geysers, ("ward", "random-points"), 10)
    assert atlas.asked == 11
    rates = {rate.method: rate for rate in atlas.rates}
    assert rates["ward"].runs == 1
    assert rates["ward"].interval is None
    assert rates["random-points"].runs == 10


def test_messages_come_by_time_and_not_by_run(geysers: Document) -> None:
    posted: list[object] = []
    atlas_task(AtlasRequest(geysers, BOTH, 20), clock=lambda: 0.0)(posted.append, never)
    assert len(posted) == 1
    ticks = iter(range(100_000))
    posted.clear()
    atlas_task(AtlasRequest(geysers, BOTH, 20), clock=lambda: float(next(ticks)))(
        posted.append, never
    )
    done = [message.done for message in posted if isinstance(message, Atlas)]
    assert len(done) == 41
    assert done == sorted(done)


def test_starts_that_cannot_be_drawn_are_counted_with_the_reason() -> None:
    cloud = PointCloud([(0.0, 0.0), (0.0, 0.0), (1.0, 1.0), (1.0, 1.0)])
    atlas = atlas_of(Document(cloud, 3), runs=50)
    assert atlas.found == ()
    assert atlas.failed == atlas.asked == 100
    assert atlas.is_complete
    assert "3 different points; there are 2" in str(atlas.reason)
    assert all(rate.runs == 0 for rate in atlas.rates)


def test_runs_that_collapse_are_counted_and_never_the_best() -> None:
    rng = np.random.default_rng(1)
    points = [*rng.normal(0, 1, (40, 2)), *[(9.0, 9.0)] * 4]
    document = Document(PointCloud(points), 2, configuration=Configuration(variance_floor=0.0))
    atlas = atlas_of(document)
    assert atlas.degenerate > 0
    collapsed = [found for found in atlas.found if found.optimum.spurious == "collapsed"]
    assert collapsed
    assert atlas.best is None or not atlas.best.optimum.spurious
    assert atlas.ended == atlas.asked


def test_the_limit_of_iterations_is_said(geysers: Document) -> None:
    short = Document(geysers.cloud, 3, configuration=Configuration(max_iterations=3))
    atlas = atlas_of(short, runs=10)
    assert atlas.limited == atlas.ended == 20


def test_it_can_be_cancelled(geysers: Document) -> None:
    with pytest.raises(Cancelled):
        atlas_task(AtlasRequest(geysers, BOTH, 1000))(lambda _: None, lambda: True)


def test_cancel_does_not_wait_for_ends_to_be_gathered(
    geysers: Document, resting: list[str]
) -> None:
    with pytest.raises(Cancelled):
        atlas_task(AtlasRequest(geysers, BOTH, 3))(lambda _: None, lambda: bool(resting))
    assert resting == ["began"]


def test_only_the_start_and_a_looser_tolerance_make_no_other_problem(geysers: Document) -> None:
    other = Document(geysers.cloud, 3, Placed((None, None, None)))
    assert same_problem(geysers, other)
    assert same_problem(geysers, tightened(geysers))
    assert tightened(geysers).configuration.tolerance == TOLERANCE
    exact = Document(geysers.cloud, 3, configuration=Configuration(tolerance=0.0))
    assert tightened(exact).configuration.tolerance == 0.0
    assert not same_problem(geysers, exact)
    assert not same_problem(geysers, Document(geysers.cloud, 4))
    assert not same_problem(geysers, Document(PointCloud(geysers.cloud.points), 3))
