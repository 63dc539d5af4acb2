"""EM written down plainly, to hold the fast one against: SciPy's densities, loops and matrices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.special import logsumexp
from scipy.stats import Covariance as ScipyCovariance
from scipy.stats import multivariate_normal

from gmm_studio import Mixture
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Covariance

REFERENCE = Path(__file__).parents[1] / "reference"
AGREEMENT = 1e-9
EMPTY = 1e-10
ROUNDING = float(np.finfo(np.float64).eps)


def read(name: str) -> FloatArray:
    """A published data file: its numbers, without the header."""
    return np.loadtxt(REFERENCE / name, delimiter=",", skiprows=1, ndmin=2)


def e_step(points: FloatArray, weights: FloatArray, mixture: Mixture) -> tuple[float, FloatArray]:
    """The log-likelihood, and the responsibilities (n, k)."""
    joint = np.full((len(points), mixture.k), -np.inf)
    for j in range(mixture.k):
        if mixture.weights[j] > 0:
            factor = ScipyCovariance.from_cholesky(np.linalg.cholesky(mixture.covariances[j]))
            density = multivariate_normal.logpdf(points, mixture.means[j], factor)
            joint[:, j] = np.log(mixture.weights[j]) + density
    total = logsumexp(joint, axis=1)
    return float(weights @ total), np.exp(joint - total[:, None])


def m_step(
    points: FloatArray,
    weights: FloatArray,
    share: FloatArray,
    previous: Mixture,
    covariance: Covariance = "full",
    floor: float = 0.0,
) -> Mixture:
    """The next mixture, given the responsibilities."""
    share = share * weights[:, None]
    counts = share.sum(axis=0)
    means, covariances = previous.means.copy(), previous.covariances.copy()
    empty = counts < EMPTY * weights.sum()
    for j in np.flatnonzero(~empty):
        means[j] = share[:, j] @ points / counts[j]
        centred = points - means[j]
        covariances[j] = np.einsum("i,ia,ib->ab", share[:, j], centred, centred) / counts[j]
    counts[empty] = 0
    new_weights = counts / counts.sum()
    bound = floor * mean_variance(points, weights)
    return Mixture(new_weights, means, structured(covariances, new_weights, covariance, bound))


def structured(
    covariances: FloatArray, weights: FloatArray, covariance: Covariance, bound: float
) -> FloatArray:
    """Covariances of a structure, their eigenvalues clipped from below."""
    k, d, _ = covariances.shape
    if covariance == "tied":
        covariances = np.array([sum(weights[j] * covariances[j] for j in range(k))] * k)
    elif covariance == "diagonal":
        covariances = np.array([np.diag(np.diag(matrix)) for matrix in covariances])
    elif covariance == "spherical":
        covariances = np.array([np.eye(d) * np.trace(matrix) / d for matrix in covariances])
    clipped = covariances.copy()
    for j, matrix in enumerate(covariances):
        values, vectors = np.linalg.eigh(matrix)
        if values.min() < bound:
            clipped[j] = vectors @ np.diag(np.maximum(values, bound)) @ vectors.T
    return clipped


def mean_variance(points: FloatArray, weights: FloatArray) -> float:
    """The mean variance of the axes, divisor W: the unit of the variance floor."""
    mean = np.average(points, axis=0, weights=weights)
    return float(np.average((points - mean) ** 2, axis=0, weights=weights).mean())


def slack(mixture: Mixture) -> float:
    """How closely two programs can agree on what follows from a mixture, relatively.

    Doubles hold a matrix of condition c so that its determinant is known to c roundings.
    """
    values = np.linalg.eigvalsh(mixture.covariances)
    return max(AGREEMENT, 4 * ROUNDING * float((values[:, -1] / values[:, 0]).max()))


def assert_agree(
    ours: float, reference: float, total_weight: float, relative: float = AGREEMENT
) -> None:
    """What agreement with a reference means in this project."""
    assert abs(ours - reference) <= relative * max(abs(ours), total_weight), (ours, reference)


def assert_mixtures_agree(ours: Mixture, reference: Mixture, relative: float = AGREEMENT) -> None:
    """Weights, means in units of their deviations, covariances in units of their size."""
    assert abs(ours.weights - reference.weights).max() <= relative
    size = np.trace(reference.covariances, axis1=1, axis2=2)
    shift = abs(ours.means - reference.means).max(axis=1)
    assert (shift <= relative * np.sqrt(size) + 4 * ROUNDING * abs(ours.means).max()).all()
    assert (
        abs(ours.covariances - reference.covariances).max(axis=(1, 2)) <= 10 * relative * size
    ).all()
