"""EM written down plainly, to hold the fast one against: SciPy's densities, loops and matrices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import Covariance as ScipyCovariance
from scipy.stats import multivariate_normal

from gmm_studio import Mixture
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.mixture import Covariance

REFERENCE = Path(__file__).parents[1] / "reference"
AGREEMENT = 1e-9


def read(name: str) -> FloatArray:
    """A published data file: its numbers, without the header."""
    return np.loadtxt(REFERENCE / name, delimiter=",", skiprows=1, ndmin=2)


def log_densities(points: FloatArray, mixture: Mixture) -> FloatArray:
    """log(weight N(x)) of every point and component, shape (n, k)."""
    result = np.full((len(points), mixture.k), -np.inf)
    for j in range(mixture.k):
        if mixture.weights[j] > 0:
            factor = ScipyCovariance.from_cholesky(np.linalg.cholesky(mixture.covariances[j]))
            log_density = multivariate_normal.logpdf(points, mixture.means[j], factor)
            result[:, j] = np.log(mixture.weights[j]) + log_density
    return result


def log_likelihood(points: FloatArray, weights: FloatArray, mixture: Mixture) -> float:
    return float(weights @ logsumexp(log_densities(points, mixture), axis=1))


def responsibilities(points: FloatArray, mixture: Mixture) -> FloatArray:
    joint = log_densities(points, mixture)
    return np.asarray(np.exp(joint - logsumexp(joint, axis=1, keepdims=True)))


def mean_variance(points: FloatArray, weights: FloatArray) -> float:
    """The mean variance of the axes, divisor W: the unit of the variance floor."""
    mean = np.average(points, axis=0, weights=weights)
    return float(np.average((points - mean) ** 2, axis=0, weights=weights).mean())


def step(
    points: FloatArray,
    weights: FloatArray,
    mixture: Mixture,
    covariance: Covariance = "full",
    floor: float = 0.0,
) -> Mixture:
    """The mixture after one step of EM."""
    share = responsibilities(points, mixture) * weights[:, None]
    counts = share.sum(axis=0)
    means, covariances = mixture.means.copy(), mixture.covariances.copy()
    empty = counts < 1e-10 * weights.sum()
    for j in np.flatnonzero(~empty):
        means[j] = share[:, j] @ points / counts[j]
        centred = points - means[j]
        covariances[j] = (share[:, [j]] * centred).T @ centred / counts[j]
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
    clipped = np.empty_like(covariances)
    for j, matrix in enumerate(covariances):
        values, vectors = np.linalg.eigh(matrix)
        clipped[j] = vectors @ np.diag(np.maximum(values, bound)) @ vectors.T
        if values.min() >= bound:
            clipped[j] = matrix
    return clipped


def trajectory(
    points: FloatArray,
    weights: FloatArray,
    start: Mixture,
    covariance: Covariance = "full",
    floor: float = 0.0,
) -> Iterator[tuple[Mixture, float]]:
    """Mixtures and log-likelihoods of step 0, 1, ... without end."""
    mixture = start
    while True:
        yield mixture, log_likelihood(points, weights, mixture)
        mixture = step(points, weights, mixture, covariance, floor)


def unit_weights(points: npt.ArrayLike) -> FloatArray:
    return np.ones(len(np.asarray(points)))


def agrees(ours: float, reference: float, total_weight: float) -> bool:
    """What agreement with a reference means in this project."""
    return abs(ours - reference) <= AGREEMENT * max(abs(ours), total_weight)
