from __future__ import annotations

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from gmm_studio import Cancelled, Configuration, Mixture, PointCloud, fit
from gmm_studio.core.criteria import icl
from gmm_studio.core.mixture import COVARIANCES, Covariance
from gmm_studio.core.starts import Draw, draws
from gmm_studio.core.sweep import CRITERIA, Cell, best_of, sweep
from tests.core import reference

SKLEARN = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}


def faithful() -> PointCloud:
    return PointCloud(reference.read("faithful.csv"))


def blobs(n: int = 150) -> PointCloud:
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
    return PointCloud(centres[np.arange(n) % 3] + rng.standard_normal((n, 2)))


def independent_icl(cloud: PointCloud, mixture: Mixture, bic: float) -> float:
    weights = np.ones(cloud.n) if cloud.weights is None else cloud.weights
    _, share = reference.e_step(cloud.points, weights, mixture)
    with np.errstate(divide="ignore"):
        return bic - 2 * float(weights @ np.log(share.max(axis=1)))


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_criteria_are_those_of_scikit_learn(covariance: Covariance) -> None:
    cloud = faithful()
    drawn = draws(["k-means"], 3)
    for cell in sweep(cloud, [1, 2, 4], [covariance], drawn):
        for i, end in enumerate(cell.ends):
            mixture = end.mixture
            model = GaussianMixture(cell.k, covariance_type=SKLEARN[covariance])
            model.weights_, model.means_ = mixture.weights, mixture.means
            matrices = np.asarray(mixture.covariances)
            model.covariances_ = {
                "full": matrices,
                "tied": matrices[0],
                "diagonal": matrices.diagonal(axis1=1, axis2=2),
                "spherical": matrices[:, 0, 0],
            }[covariance]
            precisions = np.linalg.inv(np.linalg.cholesky(matrices)).swapaxes(1, 2)
            model.precisions_cholesky_ = {
                "full": precisions,
                "tied": precisions[0],
                "diagonal": precisions.diagonal(axis1=1, axis2=2),
                "spherical": precisions[:, 0, 0],
            }[covariance]
            assert cell.bic[i] == pytest.approx(model.bic(cloud.points), rel=1e-9)
            assert cell.aic[i] == pytest.approx(model.aic(cloud.points), rel=1e-9)
            assert cell.icl[i] == pytest.approx(
                independent_icl(cloud, mixture, cell.bic[i]), rel=1e-9
            )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("d", [1, 2])
def test_icl_over_several_blocks(weighted: bool, d: int) -> None:
    rng = np.random.default_rng(0)
    weights = rng.uniform(size=80_000) if weighted else None
    cloud = PointCloud(rng.standard_normal((80_000, d)), weights)
    mixture = Mixture(
        [0.5, 0.3, 0.2], np.eye(3)[:, :d], np.array([np.eye(d), 2 * np.eye(d), 3 * np.eye(d)])
    )
    expected = independent_icl(cloud, mixture, 100.0)
    assert icl(cloud, mixture, 100.0) == pytest.approx(expected, rel=1e-10)
    assert icl(cloud, mixture, 100.0) == icl(cloud, mixture, 100.0)
    with pytest.raises(Cancelled):
        icl(cloud, mixture, 100.0, lambda: True)


def test_icl_of_one_component_and_of_an_emptied_one() -> None:
    cloud = blobs()
    one = fit(cloud, 1)
    assert icl(cloud, one.mixture, one.bic) == pytest.approx(one.bic, abs=1e-9)
    emptied = Mixture([1, 0], np.zeros((2, 2)), np.array([np.eye(2)] * 2))
    assert icl(cloud, emptied, 7.0) == pytest.approx(7.0)


def test_a_cell_is_what_single_fits_give() -> None:
    cloud = faithful()
    drawn = draws(["k-means++", "random-points"], 3, random_state=4)
    configuration = Configuration("tied", tolerance=1e-7, max_iterations=50, variance_floor=1e-4)
    (cell,) = sweep(cloud, [3], ["diagonal"], drawn, configuration)
    assert cell.draws == drawn
    assert cell.covariance == "diagonal"
    assert cell.configuration.tolerance == 1e-7
    assert cell.problem is None
    for draw, end, likelihood in zip(cell.draws, cell.ends, cell.log_likelihood, strict=True):
        run = fit(
            cloud,
            3,
            init=draw.method,
            random_state=draw.random_state,
            covariance="diagonal",
            tolerance=1e-7,
            max_iterations=50,
            variance_floor=1e-4,
        )
        assert likelihood == end.log_likelihood
        assert end.log_likelihood == pytest.approx(run.log_likelihood, rel=1e-9)
        assert end.stop == run.stop
        assert end.iterations == run.iterations
    assert cell.free_parameters == run.free_parameters


def test_old_faithful() -> None:
    """What mclust finds: 3 tied components among full and tied, 2 among the full ones."""
    cells = list(sweep(faithful(), range(1, 6), ["full", "tied"], draws(["k-means++"], 5)))
    assert [(cell.k, cell.covariance) for cell in cells[:3]] == [
        (1, "full"),
        (1, "tied"),
        (2, "full"),
    ]
    best = best_of(cells, "bic")
    assert best is not None
    assert (best.cell.k, best.cell.covariance, best.at_edge) == (3, "tied", "")
    assert best.value == pytest.approx(2314.30, abs=0.01)
    full = best_of([cell for cell in cells if cell.covariance == "full"], "bic")
    assert full is not None
    assert (full.cell.k, full.at_edge) == (2, "")
    assert full.value == pytest.approx(2322.19, abs=0.01)
    assert full.end.log_likelihood == pytest.approx(-1130.264, abs=1e-3)
    clear = best_of(cells, "icl")
    assert clear is not None
    assert clear.cell.k == 2
    for criterion in CRITERIA:
        found = best_of(cells, criterion)
        assert found is not None
        others = [cell.values(criterion)[np.array(cell.spurious) == ""] for cell in cells]
        assert found.value == min(values.min() for values in others if len(values))
        assert found.draw == found.cell.draws[found.index]


@pytest.mark.parametrize(
    ("ks", "k", "edge"),
    [([1, 2, 3], 3, "most"), ([3, 4, 5], 3, "fewest"), ([2, 3, 4], 3, ""), ([3], 3, "most")],
)
def test_the_edge_of_the_sweep(ks: list[int], k: int, edge: str) -> None:
    best = best_of(list(sweep(blobs(), ks, ["full"], draws(["k-means"], 2))), "bic")
    assert best is not None
    assert (best.cell.k, best.at_edge) == (k, edge)


def test_one_component_is_no_edge() -> None:
    cloud = PointCloud(np.random.default_rng(0).standard_normal((200, 2)))
    best = best_of(list(sweep(cloud, [1, 2, 3], ["full"], draws(["k-means"], 2))), "bic")
    assert best is not None
    assert (best.cell.k, best.at_edge) == (1, "")


def test_cells_that_cannot_be_made_say_why() -> None:
    cloud = PointCloud([1.0, 2.0, 2.5, 4.0, 4.0, 4.0])
    cells = list(sweep(cloud, [2, 4, 5, 7], ["full"], draws(["k-means++", "ward"], 2)))
    assert [len(cell.ends) for cell in cells] == [3, 3, 0, 0]
    messages = [str(cell.problem) for cell in cells[2:]]
    assert messages == [
        "5 components need 5 different points; there are 4.",
        "7 components need at least 7 points; there are 6.",
    ]
    assert cells[2].best("bic") is None
    assert cells[2].log_likelihood.shape == cells[2].bic.shape == (0,)
    best = best_of(cells, "bic")
    assert best is not None
    assert best.at_edge != "most"
    assert best_of(cells[2:], "bic") is None
    assert best_of([], "bic") is None


def test_starts_that_cannot_be_drawn_are_left_out() -> None:
    """Without a floor ward's clusters of one point have no spread; the others do."""
    cloud = PointCloud([0.0, 0.1, 0.25, 0.3, 9.0])
    configuration = Configuration(variance_floor=0)
    (cell,) = sweep(cloud, [2], ["full"], draws(["ward", "normal"], 2), configuration)
    assert cell.draws == (Draw("normal", 0), Draw("normal", 1))
    assert "no spread" in str(cell.problem)
    assert [end.index for end in cell.ends] == [0, 1]


def test_a_cloud_at_one_place_has_no_sweep() -> None:
    for cell in sweep(PointCloud([3.0, 3.0]), [1, 2], ["full"], draws(["k-means"], 1)):
        assert "same place" in str(cell.problem)
        assert cell.ends == ()


def test_spurious_ends_are_the_best_only_where_all_are() -> None:
    (cell,) = sweep(faithful(), [8], ["full"], draws(["random-points"], 40))
    assert "" in cell.spurious
    assert "collapsed" in cell.spurious
    best = cell.best("bic")
    assert best is not None
    assert cell.spurious[best] == ""
    assert cell.spurious[int(cell.bic.argmin())] != ""
    alone = Cell(
        cell.k,
        cell.configuration,
        cell.free_parameters,
        cell.draws,
        cell.ends,
        ("collapsed",) * len(cell.ends),
        cell.bic,
        cell.aic,
        cell.icl,
    )
    assert alone.best("bic") == int(cell.bic.argmin())
    chosen = best_of([alone, cell], "bic")
    assert chosen is not None
    assert chosen.cell is cell


def test_what_is_known_before_it_is_cancelled_stays() -> None:
    known: list[int] = []
    cells = sweep(
        blobs(), [1, 2, 3], ["full"], draws(["k-means"], 2), cancelled=lambda: len(known) == 2
    )
    known += [next(cells).k, next(cells).k]
    with pytest.raises(Cancelled):
        next(cells)


def test_cancel_does_not_wait_for_ends_to_be_gathered(resting: list[str]) -> None:
    cells = sweep(blobs(), [2], ["full"], draws(["k-means"], 3), cancelled=lambda: bool(resting))
    with pytest.raises(Cancelled):
        next(cells)
    assert resting == ["began"]


def test_repeated_numbers_are_taken_once() -> None:
    cells = list(sweep(blobs(), [2, 2, 1], ["full", "full"], draws(["k-means"], 1)))
    assert [cell.k for cell in cells] == [2, 1]
