"""What was computed on a scaled cloud says the same as what is computed on the data itself."""

from __future__ import annotations

import numpy as np
import pytest

from gmm_studio import Configuration, PointCloud, draw_start, fit, generate, iterate
from gmm_studio.core.atlas import gather
from gmm_studio.core.basins import map_basins
from gmm_studio.core.configuration import RULES, Rule
from gmm_studio.core.scaling import scaled
from gmm_studio.core.starts import draws
from gmm_studio.core.sweep import sweep
from gmm_studio.export.own_units import own_atlas, own_basins, own_step, own_sweep
from gmm_studio.export.parameters import Result

OWN = generate("separated", 400)
SCALED = scaled(OWN, "min-max")
NO_FLOOR = Configuration(variance_floor=0)


@pytest.mark.parametrize("rule", RULES)
def test_the_log_likelihood_of_a_step_is_that_of_its_mixture(rule: Rule) -> None:
    configuration = Configuration(rule=rule, max_iterations=20)
    start = draw_start(SCALED, "k-means++", 3)
    for inside in iterate(SCALED, start, configuration):
        step = own_step(SCALED, configuration, inside)
        expected = step.mixture.log_density(OWN.points).sum()
        assert step.log_likelihood == pytest.approx(expected, rel=1e-9)


# Where split and merge goes from a start depends on the units.
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "split-and-merge"])
def test_steps_are_those_of_the_data_itself(rule: Rule) -> None:
    configuration = Configuration(rule=rule, variance_floor=0, max_iterations=12, random_state=3)
    start = draw_start(OWN, "k-means++", 3)
    pairs = zip(
        iterate(OWN, start, configuration),
        iterate(SCALED, SCALED.scaled_mixture(start), configuration),
        strict=True,
    )
    for one, inside in pairs:
        other = own_step(SCALED, configuration, inside)
        assert other.index == one.index
        assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9)
        np.testing.assert_allclose(other.mixture.means, one.mixture.means, rtol=1e-6, atol=1e-6)
        assert (other.objective is None) == (one.objective is None)
        if one.objective is not None:
            assert other.objective == pytest.approx(one.objective, rel=1e-9)


def test_nothing_happens_to_what_is_not_scaled() -> None:
    run = fit(OWN, 2)
    atlas = gather(OWN, 2, ["k-means++"], 2)
    assert own_step(OWN, run.configuration, run.steps[0]) is run.steps[0]
    assert own_atlas(OWN, atlas) is atlas
    result = Result.of(OWN, run.configuration, run.steps[0], in_scaled_units=True)
    assert not result.in_scaled_units
    assert result.step is run.steps[0]


def test_an_atlas() -> None:
    plain = gather(OWN, 3, ["ward"], 1, NO_FLOOR)
    atlas = own_atlas(SCALED, gather(SCALED, 3, ["ward"], 1, NO_FLOOR))
    assert atlas.best is not None
    assert plain.best is not None
    assert atlas.best.log_likelihood == pytest.approx(plain.best.log_likelihood, rel=1e-6)
    assert sorted(atlas.best.mixture.means[:, 0]) == pytest.approx(
        sorted(plain.best.mixture.means[:, 0]), abs=1e-2
    )


def test_a_sweep() -> None:
    starts = draws(["k-means"], 1)
    plain = list(sweep(OWN, (1, 3), ("full",), starts, NO_FLOOR))
    cells = own_sweep(SCALED, sweep(SCALED, (1, 3), ("full",), starts, NO_FLOOR))
    for one, other in zip(plain, cells, strict=True):
        for name in ("bic", "aic", "icl", "log_likelihood"):
            np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-6)
        np.testing.assert_allclose(
            np.sort(other.ends[0].mixture.weights), np.sort(one.ends[0].mixture.weights), atol=1e-3
        )


@pytest.mark.parametrize("most", [1000, 150])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_map_of_basins_even_on_a_sample(most: int, weighted: bool) -> None:
    weights = np.random.default_rng(0).random(OWN.n) if weighted else None
    own = PointCloud(OWN.points, weights=weights)
    cloud = scaled(own, "z-score")
    assert cloud.scaling is not None
    start = draw_start(own, "k-means++", 2)
    low, high = own.points.min(axis=0), own.points.max(axis=0)
    x, y = np.linspace(low, high, 3).T
    inside = cloud.scaling.scale_points(np.column_stack([x, y])).T
    *_, plain = map_basins(own, start, 0, x, y, NO_FLOOR, most_points=most)
    *_, found = map_basins(
        cloud, cloud.scaled_mixture(start), 0, *inside, NO_FLOOR, most_points=most
    )
    basins = own_basins(cloud, found)
    np.testing.assert_allclose(basins.x, x)
    np.testing.assert_allclose(basins.y, y)
    np.testing.assert_allclose(basins.log_likelihood, plain.log_likelihood, rtol=1e-4)
    for optimum in basins.optima:
        assert (optimum.mixture.means >= low).all()
