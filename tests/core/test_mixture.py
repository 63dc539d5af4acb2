from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from gmm_studio import InputError, Mixture, aic, bic, fit, free_parameters
from gmm_studio.core.arrays import FloatArray, frozen
from gmm_studio.core.mixture import COVARIANCES, project_covariances, smallest_eigenvalues
from tests.core import reference

PAIR = Mixture(
    [0.3, 0.7], [[0.0, 1.0], [4.0, -2.0]], [[[1.0, 0.5], [0.5, 2.0]], [[3.0, -1.0], [-1.0, 0.5]]]
)
LINE = Mixture([0.25, 0.75], [[0.0], [3.0]], [[[1.0]], [[0.25]]])


@pytest.mark.parametrize("mixture", [PAIR, LINE], ids=["2-D", "1-D"])
def test_densities_are_those_of_scipy(mixture: Mixture) -> None:
    points = 6 * np.random.default_rng(0).standard_normal((50, mixture.d))
    log_likelihood, share = reference.e_step(points, np.ones(50), mixture)
    assert mixture.log_density(points).sum() == pytest.approx(log_likelihood, rel=1e-12)
    assert mixture.responsibilities(points) == pytest.approx(share, abs=1e-12)
    assert mixture.responsibilities(points).sum(axis=1) == pytest.approx(np.ones(50))
    joint = mixture.component_log_densities(points)
    assert np.logaddexp.reduce(joint, axis=1) == pytest.approx(mixture.log_density(points))


def test_a_far_point_belongs_to_somebody() -> None:
    assert LINE.responsibilities([[1e6]]).tolist() == [[1.0, 0.0]]
    assert np.isfinite(LINE.log_density([[-1e100]])).all()


def test_a_component_without_weight_has_no_density() -> None:
    mixture = Mixture([1, 0], [[0.0], [0.0]], [[[1.0]], [[1.0]]])
    assert mixture.component_log_densities([[0.0]])[0, 1] == -math.inf
    assert mixture.responsibilities([[0.0], [1e9]]).tolist() == [[1.0, 0.0]] * 2
    assert set(mixture.sample(200)[1]) == {0}


@pytest.mark.parametrize("mixture", [PAIR, LINE], ids=["2-D", "1-D"])
def test_a_sample_has_the_moments_of_the_mixture(mixture: Mixture) -> None:
    points, labels = mixture.sample(40_000, 3)
    assert points.shape == (40_000, mixture.d)
    for j in range(2):
        own = points[labels == j]
        assert len(own) / 40_000 == pytest.approx(mixture.weights[j], abs=0.01)
        assert own.mean(axis=0) == pytest.approx(mixture.means[j], abs=0.05)
        assert np.cov(own.T).reshape(mixture.d, mixture.d) == pytest.approx(
            mixture.covariances[j], abs=0.1
        )


def test_a_sample_repeats_by_its_seed() -> None:
    assert (PAIR.sample(10, 1)[0] == PAIR.sample(10, 1)[0]).all()
    assert (PAIR.sample(10, 1)[0] != PAIR.sample(10, 2)[0]).any()
    assert PAIR.sample(0)[0].shape == (0, 2)


ONE, EYE = [1.0], [[[1.0, 0.0], [0.0, 1.0]]]


@pytest.mark.parametrize(
    ("weights", "means", "covariances", "message"),
    [
        ([], [], [], "at least one number"),
        ([[1.0]], [[0.0, 0.0]], EYE, "at least one number"),
        (["a"], [[0.0, 0.0]], EYE, "weights must be real numbers"),
        ([math.nan], [[0.0, 0.0]], EYE, "weights hold a value that is not finite"),
        (ONE, [[math.inf, 0.0]], EYE, "means hold a value that is not finite"),
        (ONE, [[0.0, 0.0, 0.0]], EYE, "1 lists of 1 or 2 numbers"),
        (ONE, [[0.0, 0.0]] * 2, EYE, "1 lists of 1 or 2 numbers"),
        (ONE, [[0.0, 0.0], [1.0]], EYE, "means must be real numbers"),
        ([1 + 0j], [[0.0, 0.0]], EYE, "weights must be real numbers"),
        (ONE, np.array([[0.0, 1j]]), EYE, "means must be real numbers"),
        (ONE, [[0.0, 0.0]], [[[1.0]]], "1 matrices of 2 by 2"),
        ([0.5], [[0.0, 0.0]], EYE, "sum to 1"),
        ([1.5, -0.5], [[0.0, 0.0]] * 2, EYE * 2, "sum to 1"),
        (ONE, [[0.0, 0.0]], [[[1.0, 0.5], [0.4, 1.0]]], "Covariance 1 is not symmetric"),
        (ONE, [[0.0, 0.0]], [[[1.0, 1.0], [1.0, 1.0]]], "Covariance 1 is not positive definite"),
        (ONE, [[0.0, 0.0]], [[[1e-300, 1e150], [1e150, 1.0]]], "not positive definite"),
        (ONE, [[0.0, 0.0]], [[[-1.0, 0.0], [0.0, -1.0]]], "not positive definite"),
        (ONE, [[0.0, 0.0]], [[[0.0, 0.0], [0.0, 0.0]]], "not positive definite"),
        (ONE, [[0.0]], [[[0.0]]], "not positive definite"),
        ([0.5, 0.5], [[0.0], [0.0]], [[[1.0]], [[-1.0]]], "Covariance 2 is not positive"),
    ],
)
def test_what_is_not_a_mixture(
    weights: object, means: object, covariances: object, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Mixture(weights, means, covariances)


@pytest.mark.parametrize("size", [1e-300, 1e-290, 1.0, 1e290, 1e300])
def test_covariances_of_any_size(size: float) -> None:
    covariance = size * np.array([[1.0, 0.99], [0.99, 1.0]])
    mixture = Mixture([1.0], [[0.0, 0.0]], [covariance])
    assert np.isfinite(mixture.log_density([[0.0, 0.0]])).all()
    with pytest.raises(InputError, match="not positive definite"):
        Mixture([1.0], [[0.0, 0.0]], [size * np.array([[1.0, 1.01], [1.01, 1.0]])])


def test_arrays_are_read_only_and_not_those_of_the_caller() -> None:
    weights, means = np.array([1.0]), np.array([[0.0], [9.0]])
    view = means[:1]
    view.flags.writeable = False
    mixture = Mixture(weights, view, [[[1.0]]])
    weights[0], means[0] = 7, 7
    assert mixture.weights[0] == 1
    assert mixture.means[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        mixture.weights[0] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        mixture.weights = weights


def test_frozen_does_not_copy_what_is_frozen() -> None:
    array = frozen([1.0, 2.0])
    assert frozen(array) is array
    assert frozen(np.arange(4.0).reshape(2, 2).T).flags.c_contiguous


def test_steps_hold_read_only_mixtures() -> None:
    run = fit([0.0, 1.0, 5.0, 6.0, 7.0], 2)
    for step in run.steps:
        for array in (step.mixture.weights, step.mixture.means, step.mixture.covariances):
            assert not array.flags.writeable
            assert array.base is None or not array.base.flags.writeable
        assert Mixture(step.mixture.weights, step.mixture.means, step.mixture.covariances).k == 2


def random_matrices(d: int) -> FloatArray:
    rng = np.random.default_rng(1)
    root = rng.standard_normal((3, 5, d, d)) * 10.0 ** rng.uniform(-3, 3, size=(3, 5, 1, 1))
    return np.asarray(root @ root.swapaxes(2, 3))


@pytest.mark.parametrize("d", [1, 2])
def test_smallest_eigenvalues(d: int) -> None:
    matrices = random_matrices(d)
    expected = np.linalg.eigvalsh(matrices)[..., 0]
    assert smallest_eigenvalues(matrices) == pytest.approx(expected, rel=1e-6)


def test_smallest_eigenvalues_of_the_worst_matrices() -> None:
    matrices = np.array(
        [[[1, 0], [0, 1e-12]], [[1, 1], [1, 1]], [[0, 0], [0, 0]], [[1, 2], [2, 1]]], dtype=float
    )
    assert smallest_eigenvalues(matrices).tolist() == [pytest.approx(1e-12, rel=1e-15), 0, 0, 0]


def test_smallest_eigenvalues_lost_in_rounding() -> None:
    rng = np.random.default_rng(0)
    directions = 1e3 * rng.standard_normal((1000, 2))
    assert not smallest_eigenvalues(directions[:, :, None] * directions[:, None, :]).any()


def test_projections() -> None:
    matrices, weights = PAIR.covariances, PAIR.weights
    assert (project_covariances(matrices, weights, "full") == matrices).all()
    assert project_covariances(matrices, weights, "diagonal").tolist() == [
        [[1, 0], [0, 2]],
        [[3, 0], [0, 0.5]],
    ]
    assert project_covariances(matrices, weights, "spherical").tolist() == [
        [[1.5, 0], [0, 1.5]],
        [[1.75, 0], [0, 1.75]],
    ]
    tied = project_covariances(matrices, weights, "tied")
    assert (tied[0] == tied[1]).all()
    assert tied[0] == pytest.approx(0.3 * matrices[0] + 0.7 * matrices[1])


def test_free_parameters() -> None:
    counts = {
        (k, d): [free_parameters(k, d, covariance) for covariance in COVARIANCES]
        for k, d in ((1, 1), (3, 1), (3, 2))
    }
    assert counts == {(1, 1): [2, 2, 2, 2], (3, 1): [8, 6, 8, 8], (3, 2): [17, 11, 14, 11]}


def test_criteria() -> None:
    assert aic(-10, 3) == 26
    assert bic(-10, 3, math.e**2) == pytest.approx(26)
    run = fit([0.0, 1.0, 5.0, 6.0, 7.0], 1, weights=[1, 1, 2, 0, 3])
    assert run.bic == pytest.approx(-2 * run.log_likelihood + 2 * math.log(7))
    assert run.aic == pytest.approx(-2 * run.log_likelihood + 4)
