from __future__ import annotations

import numpy as np
import pytest

from gmm_studio import Cancelled, Configuration, InputError, PointCloud, fit
from gmm_studio.core.atlas import LARGEST_RUNS, gather
from gmm_studio.core.optima import Tolerance, wilson
from gmm_studio.core.starts import Draw
from tests.core import reference

EXACT = Configuration(tolerance=1e-9)


def faithful() -> PointCloud:
    return PointCloud(reference.read("faithful.csv"))


def test_old_faithful_has_several_optima() -> None:
    atlas = gather(faithful(), 3, ["random-points", "k-means++"], 60, EXACT)
    found = [optimum.log_likelihood for optimum in atlas.optima if not optimum.spurious]
    assert found == sorted(found, reverse=True)
    for expected in (-1114.44, -1119.214, -1119.645, -1127.072):
        assert min(abs(np.array(found) - expected)) < 1e-3
    assert atlas.best is atlas.optima[0]
    assert sum(len(optimum.members) for optimum in atlas.optima) == len(atlas.draws) == 120
    assert atlas.draws[0] == Draw("random-points", 0)
    assert atlas.draws[60] == Draw("k-means++", 0)
    assert atlas.unconverged == 0


def test_success_is_the_share_that_reached_the_best_found() -> None:
    cloud = faithful()
    atlas = gather(cloud, 3, ["random-points", "k-means++", "ward"], 40, EXACT, random_state=7)
    assert atlas.best is not None
    for success in atlas.successes[:2]:
        reached = 0
        for seed in range(7, 47):
            run = fit(cloud, 3, init=success.method, random_state=seed, tolerance=1e-9)
            reached += abs(run.log_likelihood - atlas.best.log_likelihood) < 1e-3
        assert (success.runs, success.reached) == (40, reached)
        assert success.rate == reached / 40
        assert success.interval == tuple(wilson(reached, 40))
    ward = atlas.successes[2]
    assert (ward.method, ward.runs, ward.interval) == ("ward", 1, None)


def test_members_lead_back_to_their_starts() -> None:
    cloud = faithful()
    atlas = gather(cloud, 3, ["normal"], 20, EXACT)
    for optimum in atlas.optima:
        method, random_state = atlas.draws[optimum.members[-1]]
        run = fit(cloud, 3, init=method, random_state=random_state, tolerance=1e-9)
        assert run.log_likelihood == pytest.approx(optimum.log_likelihood, abs=1e-3)


def test_one_optimum_only() -> None:
    atlas = gather(faithful(), 1, ["normal", "k-means"], 10, EXACT)
    (optimum,) = atlas.optima
    assert len(optimum.members) == 20
    assert [success.rate for success in atlas.successes] == [1, 1]
    assert atlas.successes[0].interval is not None
    assert atlas.successes[0].interval[1] == 1


def test_all_runs_degenerate() -> None:
    """Two places and two components: without a floor nothing but collapse can come of it."""
    cloud = PointCloud([0.0, 0.0, 0.0, 1.0, 1.0])
    atlas = gather(cloud, 2, ["random-points"], 15, Configuration(variance_floor=0))
    assert atlas.best is None
    assert {optimum.spurious for optimum in atlas.optima} == {"collapsed"}
    assert [(one.runs, one.reached) for one in atlas.successes] == [(15, 0)]


def test_no_start_can_be_drawn() -> None:
    cloud = PointCloud([0.0, 1.0, 5.0])
    configuration = Configuration(variance_floor=0)
    with pytest.raises(InputError, match="no spread"):
        gather(cloud, 3, ["k-means", "ward"], 5, configuration)
    with pytest.raises(InputError, match="3 different points; there are 2"):
        gather(PointCloud([0.0, 1.0, 1.0]), 3, ["k-means", "normal"], 5)
    mixed = gather(cloud, 3, ["ward", "normal"], 5, configuration)
    assert [one.runs for one in mixed.successes] == [0, 5]
    assert mixed.successes[0].rate is mixed.successes[0].interval is None
    assert "no spread" in str(mixed.successes[0].problem)


@pytest.mark.parametrize("runs", [-1, 0, LARGEST_RUNS + 1])
def test_runs_out_of_range(runs: int) -> None:
    with pytest.raises(InputError, match="from 1 to 10000"):
        gather(faithful(), 2, ["k-means"], runs)


def test_the_limit_of_iterations_is_counted() -> None:
    atlas = gather(faithful(), 3, ["k-means"], 10, Configuration(max_iterations=3))
    assert atlas.unconverged == 10


def test_a_loose_tolerance_makes_one_optimum_of_many() -> None:
    loose = Tolerance(log_likelihood=10, parameters=100)
    atlas = gather(faithful(), 3, ["random-points"], 20, EXACT, tolerance=loose)
    assert len(atlas.optima) == 1
    assert atlas.tolerance is loose


def test_it_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        gather(faithful(), 3, ["k-means"], 10, cancelled=lambda: True)


def test_cancel_does_not_wait_for_ends_to_be_gathered(resting: list[str]) -> None:
    """An end far from rest is iterated on, which takes longer than a run."""
    with pytest.raises(Cancelled):
        gather(faithful(), 3, ["k-means"], 3, cancelled=lambda: bool(resting))
    assert resting == ["began"]
