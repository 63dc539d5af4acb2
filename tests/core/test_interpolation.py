"""On the way from one mixture to another, covariances stay covariances."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.linalg import expm, logm

from gmm_studio import Mixture
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import InputError
from gmm_studio.core.interpolation import interpolate

SHARES = st.floats(0, 1)
ANGLES = st.floats(0, 2 * np.pi)


def rotation(angle: float) -> FloatArray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def covariance(log_size: float, log_condition: float, angle: float) -> FloatArray:
    turned = rotation(angle)
    matrix = 10**log_size * (turned * [1.0, 10**-log_condition]) @ turned.T
    return np.asarray(0.5 * (matrix + matrix.T))


def single(matrix: FloatArray) -> Mixture:
    return Mixture(np.ones(1), np.zeros((1, len(matrix))), matrix[None])


def between(first: FloatArray, second: FloatArray, share: float) -> FloatArray:
    mixture = interpolate(single(first), single(second), share)
    return checked(mixture).covariances[0]


def checked(mixture: Mixture) -> Mixture:
    return Mixture(mixture.weights.copy(), mixture.means.copy(), mixture.covariances.copy())


COVARIANCES = st.builds(covariance, st.floats(-3, 3), st.floats(0, 4), ANGLES)
EXTREMES = st.builds(
    covariance,
    st.floats(-100, 100),
    st.floats(0, 15),
    ANGLES | st.just(np.pi / 4) | st.floats(-12, 0).map(lambda power: 10**power),
)


def random_mixture(k: int, seed: int, d: int = 2) -> Mixture:
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(k, d, d))
    return Mixture(
        rng.dirichlet(np.ones(k)),
        rng.normal(size=(k, d)),
        roots @ roots.swapaxes(1, 2) + 0.01 * np.eye(d),
    )


@given(first=EXTREMES, second=EXTREMES, share=SHARES)
@settings(max_examples=500)
def test_always_positive_definite(first: FloatArray, second: FloatArray, share: float) -> None:
    try:
        ends = single(first), single(second)
    except InputError:
        assume(False)
    mixture = interpolate(*ends, share)
    checked(mixture)
    np.linalg.cholesky(mixture.covariances)


@given(first=COVARIANCES, second=COVARIANCES, share=SHARES)
def test_the_determinant_goes_geometrically(
    first: FloatArray, second: FloatArray, share: float
) -> None:
    logs = [np.linalg.slogdet(matrix)[1] for matrix in (first, second)]
    middle = np.linalg.slogdet(between(first, second, share))[1]
    assert middle == pytest.approx((1 - share) * logs[0] + share * logs[1], abs=1e-9)


@given(first=COVARIANCES, second=COVARIANCES, share=SHARES)
def test_eigenvalues_stay_within_those_of_the_ends(
    first: FloatArray, second: FloatArray, share: float
) -> None:
    ends = np.concatenate([np.linalg.eigvalsh(first), np.linalg.eigvalsh(second)])
    middle = np.linalg.eigvalsh(between(first, second, share))
    assert ends.min() * (1 - 1e-9) <= middle.min()
    assert middle.max() <= ends.max() * (1 + 1e-9)


@given(first=COVARIANCES, second=COVARIANCES, share=SHARES)
def test_the_way_back_is_the_same(first: FloatArray, second: FloatArray, share: float) -> None:
    there, back = between(first, second, share), between(second, first, 1 - share)
    np.testing.assert_allclose(there, back, rtol=0, atol=1e-9 * there.max())


@given(first=COVARIANCES, second=COVARIANCES, share=SHARES, angle=ANGLES, size=st.floats(-9, 9))
def test_turning_and_scaling_the_plane_turns_and_scales_the_way(
    first: FloatArray, second: FloatArray, share: float, angle: float, size: float
) -> None:
    turned = rotation(angle) * 10 ** (size / 2)
    images = [turned @ matrix @ turned.T for matrix in (first, second)]
    images = [0.5 * (image + image.T) for image in images]
    expected = turned @ between(first, second, share) @ turned.T
    actual = between(images[0], images[1], share)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-8 * expected.max())


@given(first=COVARIANCES, second=COVARIANCES, share=SHARES)
def test_agrees_with_matrix_functions(first: FloatArray, second: FloatArray, share: float) -> None:
    with warnings.catch_warnings():
        # logm warns of an error of 1e-13.
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = expm((1 - share) * logm(first) + share * logm(second)).real
    actual = between(first, second, share)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-7 * expected.max())


def test_a_turning_ellipse_does_not_swell() -> None:
    flat, upright = np.diag([100.0, 1.0]), np.diag([1.0, 100.0])
    np.testing.assert_allclose(between(flat, upright, 0.5), 10 * np.eye(2), rtol=1e-12)


def test_what_is_near_circular_keeps_its_digits() -> None:
    first = np.array([[1.0, 1e-13], [1e-13, 1.0]])
    np.testing.assert_allclose(between(first, 4 * first, 0.5), 2 * first, rtol=0, atol=1e-15)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_structures_are_kept(share: float) -> None:
    diagonal = between(np.diag([1e-30, 1e30]), np.diag([3.0, 2.0]), share)
    assert diagonal[0, 1] == diagonal[1, 0] == 0
    spherical = between(2 * np.eye(2), 7 * np.eye(2), share)
    assert spherical[0, 0] == spherical[1, 1] == pytest.approx(2 ** (1 - share) * 7**share)
    assert spherical[0, 1] == 0
    one = between(np.array([[4.0]]), np.array([[9.0]]), share)
    assert one[0, 0] == pytest.approx(4 ** (1 - share) * 9**share)


def test_tied_covariances_stay_the_same() -> None:
    tied = [np.array([covariance(0, 2, angle)] * 4) for angle in (0.3, 1.7)]
    first, second = (Mixture(np.full(4, 0.25), np.zeros((4, 2)), matrices) for matrices in tied)
    middle = interpolate(first, second, 0.4).covariances
    assert (middle == middle[0]).all()


def test_the_ends_are_the_mixtures_themselves() -> None:
    first, second = random_mixture(3, 0), random_mixture(3, 1)
    assert interpolate(first, second, 0.0) is first
    assert interpolate(first, second, 1.0) is second
    assert interpolate(first, random_mixture(4, 1), 0.5).k == 4
    flat = random_mixture(3, 2, d=1)
    assert interpolate(first, flat, 0.5) is flat


@pytest.mark.parametrize("d", [1, 2])
def test_weights_and_means_go_straight(d: int) -> None:
    first, second = random_mixture(5, 0, d), random_mixture(5, 1, d)
    middle = checked(interpolate(first, second, 0.3))
    np.testing.assert_allclose(middle.weights, 0.7 * first.weights + 0.3 * second.weights)
    np.testing.assert_allclose(middle.means, 0.7 * first.means + 0.3 * second.means)
    for j in range(5):
        pair = first.covariances[j], second.covariances[j]
        np.testing.assert_allclose(middle.covariances[j], between(*pair, 0.3), rtol=1e-12)
    with pytest.raises(ValueError, match="read-only"):
        middle.covariances[0] = 0


def test_a_weight_of_zero_is_fine() -> None:
    matrices = np.array([np.eye(2)] * 2)
    first = Mixture(np.array([1.0, 0.0]), np.zeros((2, 2)), matrices)
    second = Mixture(np.array([0.5, 0.5]), np.ones((2, 2)), matrices)
    assert checked(interpolate(first, second, 0.5)).weights.tolist() == [0.75, 0.25]
    assert interpolate(first, first, 0.5).weights.tolist() == [1.0, 0.0]
