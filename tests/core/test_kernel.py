"""Blocks, threads and batches of runs: the same sums, however they are taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from itertools import pairwise

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from gmm_studio import Cancelled, Configuration, Mixture, PointCloud, draw_start, fit, iterate
from gmm_studio.core import kernel
from gmm_studio.core import threads as core_threads
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.kernel import Parameters, accumulate, each_responsibility_block, standardize
from gmm_studio.core.maximisation import maximise, project
from gmm_studio.core.mixture import COVARIANCES, Covariance
from tests.core import reference


def cloud(n: int = 600, d: int = 2, weighted: bool = False) -> PointCloud:
    rng = np.random.default_rng(n)
    centres = 6 * rng.standard_normal((4, d))
    points = centres[rng.integers(4, size=n)] + rng.standard_normal((n, d))
    return PointCloud(points, rng.uniform(0, 3, size=n) if weighted else None)


def stack(each: list[Parameters]) -> Parameters:
    return Parameters(
        np.concatenate([one.weights for one in each]),
        np.concatenate([one.means for one in each]),
        np.concatenate([one.covariances for one in each]),
    )


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Blocks so small that a few hundred points make several, in threads."""
    monkeypatch.setattr(kernel, "BLOCK", 64)
    monkeypatch.setattr(kernel, "TILE", 640)
    monkeypatch.setattr(kernel, "PARALLEL_FROM", 100)
    monkeypatch.setattr(kernel, "LIMITED_FROM", 50)
    standardize.cache_clear()
    yield
    standardize.cache_clear()


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three threads, for clouds of any size."""
    monkeypatch.setattr(kernel, "BLOCK", 4096)
    monkeypatch.setattr(kernel, "PARALLEL_FROM", 0)
    monkeypatch.setattr(core_threads, "processors", lambda: 3)
    core_threads._pool.cache_clear()
    yield
    core_threads._pool.cache_clear()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("d", [1, 2])
def test_standard_units(d: int, weighted: bool) -> None:
    points = cloud(400, d, weighted)
    data = standardize(points)
    monomials = np.concatenate(data.blocks, axis=1)
    weights = np.ones(400) if points.weights is None else points.weights
    standard = monomials[1 : 1 + d].T
    assert (data.n, data.d) == (400, d)
    assert data.total_weight == pytest.approx(weights.sum())
    assert np.average(standard, axis=0, weights=weights) == pytest.approx(np.zeros(d), abs=1e-14)
    assert reference.mean_variance(standard, weights) == pytest.approx(1)
    assert data.centre + data.scale * standard == pytest.approx(points.points, rel=1e-13)
    expected = [np.ones(400), *standard.T, standard[:, 0] ** 2]
    if d == 2:
        expected += [standard[:, 0] * standard[:, 1], standard[:, 1] ** 2]
    assert monomials == pytest.approx(np.array(expected))


def test_the_last_clouds_are_remembered() -> None:
    first = cloud(50)
    assert standardize(first) is standardize(first)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("k", [1, 3, 12])
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.usefixtures("small_blocks")
def test_a_batch_of_runs_equals_single_runs(d: int, k: int, weighted: bool) -> None:
    points = cloud(300, d, weighted)
    data = standardize(points)
    starts = [draw_start(points, "random-points", k, seed) for seed in range(9)]
    if k > 1:
        narrow = starts[3].covariances.copy()
        narrow[0] *= 1e-8
        starts[3] = Mixture(starts[3].weights, starts[3].means, narrow)
    batch = data.parameters(starts)
    singles = [data.parameters([start]) for start in starts]
    for _ in range(6):
        moments = accumulate(data, batch)
        batch = maximise(moments, batch, "full", 1e-6).parameters
        for j, single in enumerate(singles):
            own = accumulate(data, single)
            assert moments.log_likelihood[j] == pytest.approx(own.log_likelihood[0], rel=1e-9)
            singles[j] = maximise(own, single, "full", 1e-6).parameters
            reference.assert_mixtures_agree(data.mixture(batch, j), data.mixture(singles[j]))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("k", [3, 12])
@pytest.mark.parametrize("d", [1, 2])
def test_blocks_do_not_matter(d: int, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    points = cloud(500, d, weighted=True)
    start = draw_start(points, "k-means++", k)
    blocked = fit(points, start=start, tolerance=0, max_iterations=15)
    assert len(standardize(points).blocks) == 8
    monkeypatch.undo()
    standardize.cache_clear()
    whole = fit(points, start=start, tolerance=0, max_iterations=15)
    assert len(standardize(points).blocks) == 1
    for ours, other in zip(blocked.steps, whole.steps, strict=True):
        assert ours.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-11)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("k", [3, 10, 50])
def test_threads_repeat_to_the_last_bit(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    points = cloud(5 * kernel.BLOCK + 77)
    start = draw_start(points, "random-points", k)
    configuration = Configuration(tolerance=0, max_iterations=4)
    results = [list(iterate(points, start, configuration)) for _ in range(3)]
    monkeypatch.setattr(core_threads, "processors", lambda: 1)
    results.append(list(iterate(points, start, configuration)))
    for steps in results[1:]:
        for ours, first in zip(steps, results[0], strict=True):
            assert ours.log_likelihood == first.log_likelihood
            assert (ours.mixture.means == first.mixture.means).all()
            assert (ours.mixture.covariances == first.mixture.covariances).all()


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_sums_about_a_place(covariance: Covariance) -> None:
    points = cloud(200)
    data = standardize(points)
    parameters = data.parameters([draw_start(points, "k-means", 3)])
    plain = accumulate(data, parameters)
    about = np.array([[[0.5, -1.0], [0.0, 0.0], [2.0, 0.0]]])
    shifted = accumulate(data, parameters, about=about)
    assert shifted.log_likelihood == pytest.approx(plain.log_likelihood)
    assert (shifted.about == about).all()
    ours, other = (
        maximise(moments, parameters, covariance, 0).parameters for moments in (shifted, plain)
    )
    assert ours.means == pytest.approx(other.means)
    assert ours.covariances == pytest.approx(other.covariances)


def test_the_floor_leaves_its_input_alone() -> None:
    parameters = Parameters(np.ones((1, 1)), np.zeros((1, 1, 1)), np.full((1, 1, 1, 1), 1e-9))
    update = project(parameters, "full", 1e-6)
    assert update.parameters.covariances.item() == 1e-6
    assert parameters.covariances.item() == 1e-9


@pytest.mark.parametrize("k", [1, 3, 12, 700])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.usefixtures("small_blocks")
def test_pieces_are_the_cloud_in_order(k: int, weighted: bool) -> None:
    points = cloud(200, weighted=weighted)
    data = standardize(points)
    pieces = data.pieces(k)
    assert (np.concatenate([piece.monomials for piece in pieces], axis=1)).shape == (6, 200)
    standard = (points.points - data.centre) / data.scale
    for before, after in pairwise(pieces):
        assert before.rows.stop == after.rows.start
    for rows, monomials, weights in pieces:
        assert abs(monomials[1:3].T - standard[rows]).max() < 1e-14
        assert monomials.shape[1] * k <= 640 or monomials.shape[1] == 1
        if points.weights is None:
            assert weights is None
        else:
            assert (weights == points.weights[rows]).all()


def responsibilities(
    points: PointCloud, mixture: Mixture, cancelled: Callable[[], bool] = kernel.never
) -> FloatArray:
    result = np.full((points.n, mixture.k), np.nan)

    def visit(rows: slice, share: FloatArray) -> None:
        result[rows] = share.T

    each_responsibility_block(standardize(points), mixture, visit, cancelled)
    return result


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("narrow", [1.0, 1e-9])
def test_responsibilities_by_blocks(d: int, narrow: float) -> None:
    for points in (cloud(300, d), cloud(2 * kernel.BLOCK + 5, d)):
        start = draw_start(points, "random-points", 4, 1)
        covariances = start.covariances * np.array([narrow, 1, 1, 1])[:, None, None]
        mixture = Mixture([0.1, 0.4, 0.5, 0.0], start.means, covariances)
        ours = responsibilities(points, mixture)
        assert ours.sum(axis=1) == pytest.approx(np.ones(points.n))
        assert abs(ours - mixture.responsibilities(points.points)).max() < 1e-9


def test_responsibilities_where_densities_underflow() -> None:
    points = PointCloud([-1e4, 0.0, 1.0, 2.0, 1e4])
    mixture = Mixture([0.5, 0.5], [[0.0], [2.0]], [[[0.01]], [[0.01]]])
    expected = [[1, 0], [1, 0], [0.5, 0.5], [0, 1], [0, 1]]
    assert responsibilities(points, mixture) == pytest.approx(np.array(expected))


@pytest.mark.usefixtures("threads")
def test_a_visitor_that_fails_ends_the_work() -> None:
    """Nobody is still at it when the exception arrives, and the other blocks are left."""
    points = cloud(12 * kernel.BLOCK)
    begun: list[int] = []
    ended: list[int] = []
    others_work = threading.Event()

    def visit(rows: slice, share: FloatArray) -> None:
        begun.append(rows.start)
        if rows.start == 0:
            others_work.wait(10)
            raise RuntimeError("no more")
        others_work.set()
        time.sleep(0.05)
        ended.append(rows.start)

    mixture = draw_start(points, "random-points", 3)
    with pytest.raises(RuntimeError, match="no more"):
        each_responsibility_block(standardize(points), mixture, visit)
    assert len(begun) == len(ended) + 1 < 12


@pytest.mark.usefixtures("threads")
def test_ctrl_c_leaves_nobody_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    points = cloud(20 * kernel.BLOCK)
    begun: list[int] = []
    ended: list[int] = []
    at_work = threading.Event()

    def visit(rows: slice, share: FloatArray) -> None:
        begun.append(rows.start)
        at_work.set()
        time.sleep(0.02)
        ended.append(rows.start)

    def interrupted(futures: list[Future[None]]) -> None:
        at_work.wait(10)
        monkeypatch.setattr(core_threads, "wait", wait)
        raise KeyboardInterrupt

    mixture = draw_start(points, "random-points", 3)
    monkeypatch.setattr(core_threads, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        each_responsibility_block(standardize(points), mixture, visit)
    assert 0 < len(begun) == len(ended) < 20


@pytest.mark.usefixtures("threads")
def test_work_in_threads_can_be_cancelled() -> None:
    points = cloud(9 * kernel.BLOCK)
    mixture = draw_start(points, "random-points", 3)
    asked = threading.Semaphore(4)
    with pytest.raises(Cancelled):
        responsibilities(points, mixture, lambda: not asked.acquire(blocking=False))
    assert np.isfinite(responsibilities(points, mixture)).all()


def blas_threads() -> list[int]:
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


@pytest.mark.usefixtures("threads")
def test_the_linear_algebra_gets_its_threads_back() -> None:
    before = blas_threads()
    points = cloud(9 * kernel.BLOCK)
    mixture = draw_start(points, "random-points", 3)
    inside: list[list[int]] = []

    def visit(rows: slice, share: FloatArray) -> None:
        if not rows.start:
            inside.append(blas_threads())

    each_responsibility_block(standardize(points), mixture, visit)
    assert inside == [[1] * len(before)]
    assert blas_threads() == before
    fit(points, start=mixture, max_iterations=1)
    assert blas_threads() == before
    with pytest.raises(Cancelled):
        fit(points, start=mixture, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        responsibilities(points, mixture, lambda: True)
    assert blas_threads() == before
    with core_threads.one_blas_thread, core_threads.one_blas_thread:
        assert set(blas_threads()) == {1}
    with core_threads.one_blas_thread:
        with core_threads.one_blas_thread:
            pass
        assert set(blas_threads()) == {1}
    assert blas_threads() == before


@pytest.mark.usefixtures("threads")
def test_the_limit_holds_in_every_thread() -> None:
    """The newer threadpoolctl obeys only the thread that came first, unless told otherwise."""
    before = blas_threads()
    points = cloud(9 * kernel.BLOCK)
    mixture = draw_start(points, "random-points", 3)
    inside: list[list[int]] = []

    def visit(rows: slice, share: FloatArray) -> None:
        inside.append(blas_threads())

    def work() -> None:
        with core_threads.one_blas_thread:
            inside.append(blas_threads())
        each_responsibility_block(standardize(points), mixture, visit)

    for _ in range(2):
        work()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert blas_threads() == before
    assert inside == [[1] * len(before)] * 40


@pytest.mark.usefixtures("threads")
def test_threads_of_our_own_alone_leave_the_library_as_it_was() -> None:
    before = blas_threads()
    assert core_threads.in_threads(lambda i: blas_threads(), range(8)) == [[1] * len(before)] * 8
    assert blas_threads() == before


def test_the_last_to_leave_gives_the_threads_back() -> None:
    before = blas_threads()
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with core_threads.one_blas_thread:
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=stay)
    with core_threads.one_blas_thread:
        thread.start()
        entered.wait(10)
    assert set(blas_threads()) == {1}
    leave.set()
    thread.join()
    assert blas_threads() == before


@pytest.mark.usefixtures("threads")
def test_a_suspended_iteration_holds_nothing() -> None:
    before = blas_threads()
    points = cloud(2 * kernel.BLOCK)
    iteration = iterate(points, draw_start(points, "random-points", 3))
    next(iteration)
    assert blas_threads() == before
    next(iteration)
    assert blas_threads() == before
    iteration.close()


@pytest.mark.usefixtures("threads")
def test_two_fits_at_once() -> None:
    clouds = [cloud(3 * kernel.BLOCK + j) for j in range(4)]
    alone = [fit(each, 3, max_iterations=4, tolerance=0) for each in clouds]
    standardize.cache_clear()
    results: dict[int, float] = {}

    def work(j: int) -> None:
        results[j] = fit(clouds[j], 3, max_iterations=4, tolerance=0).log_likelihood

    before = blas_threads()
    threads = [threading.Thread(target=work, args=(j,)) for j in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[j] for j in range(4)] == [run.log_likelihood for run in alone]
    assert blas_threads() == before
