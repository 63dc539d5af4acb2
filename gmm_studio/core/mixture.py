"""Gaussian mixtures in one and two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from gmm_studio.core import scikit_learn
from gmm_studio.core.arrays import FloatArray, IntArray, frozen
from gmm_studio.core.errors import InputError

__all__ = [
    "COVARIANCES",
    "Covariance",
    "Mixture",
    "free_parameters",
    "project_covariances",
    "smallest_eigenvalues",
    "trusted_mixture",
]

Covariance: TypeAlias = Literal["full", "tied", "diagonal", "spherical"]
COVARIANCES: tuple[Covariance, ...] = get_args(Covariance)

LOG_2PI = float(np.log(2 * np.pi))

ROUNDING = 16 * float(np.finfo(np.float64).eps)
"""A determinant below this times what was subtracted in it cannot be told from 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A mixture of k Gaussians in d = 1 or 2 dimensions.

    Parameters
    ----------
    weights : array_like, shape (k,)
        Not negative; they sum to 1.
    means : array_like, shape (k, d)
        In the units of the data.
    covariances : array_like, shape (k, d, d)
        Symmetric and positive definite, in squared units of the data. A tied mixture repeats its
        matrix.

    Raises
    ------
    InputError
        When the three are not such a mixture; the message says which and where.
    """

    weights: FloatArray
    means: FloatArray
    covariances: FloatArray

    def __post_init__(self) -> None:
        for name in ("weights", "means", "covariances"):
            try:
                array = frozen(getattr(self, name))
            except (TypeError, ValueError):
                raise InputError("The {name} must be real numbers.", name=name) from None
            if not np.isfinite(array).all():
                raise InputError("The {name} hold a value that is not finite.", name=name)
            object.__setattr__(self, name, array)
        self._check_shapes()
        self._check_values()

    def _check_shapes(self) -> None:
        k = len(self.weights) if self.weights.ndim == 1 else 0
        if k == 0:
            raise InputError("The weights must be a list of at least one number.")
        if self.means.ndim != 2 or self.means.shape[0] != k or self.means.shape[1] not in (1, 2):
            raise InputError(
                "The means must be {k} lists of 1 or 2 numbers, one for each weight.", k=k
            )
        d = self.means.shape[1]
        if self.covariances.shape != (k, d, d):
            raise InputError("The covariances must be {k} matrices of {d} by {d}.", k=k, d=d)

    def _check_values(self) -> None:
        total = float(self.weights.sum())
        if self.weights.min() < 0 or abs(total - 1) > 1e-6:
            raise InputError(
                "The weights must not be negative and must sum to 1 (they sum to {total:g}).",
                total=total,
            )
        a, c = self.covariances[:, 0, 0], self.covariances[:, -1, -1]
        definite = a > 0
        if self.d == 2:
            b = self.covariances[:, 0, 1]
            asymmetric = abs(b - self.covariances[:, 1, 0]) > 1e-9 * np.maximum(abs(a), abs(c))
            if asymmetric.any():
                raise InputError("Covariance {j} is not symmetric.", j=int(asymmetric.argmax()) + 1)
            deviations = np.sqrt(np.maximum(self.covariances[:, [0, 1], [0, 1]], 0.0))
            definite = (1 + ROUNDING / 4) * abs(b) < deviations[:, 0] * deviations[:, 1]
        if not definite.all():
            raise InputError(
                "Covariance {j} is not positive definite.", j=int(definite.argmin()) + 1
            )

    @property
    def k(self) -> int:
        """Number of components."""
        return int(self.means.shape[0])

    @property
    def d(self) -> int:
        """Number of dimensions, 1 or 2."""
        return int(self.means.shape[1])

    def component_log_densities(self, points: npt.ArrayLike) -> FloatArray:
        """log(weight_j N(x_i; mean_j, covariance_j)) for every point and component.

        Each quadratic form is taken about the component's own mean, on the Cholesky factor.

        Parameters
        ----------
        points : array_like, shape (n, d)

        Returns
        -------
        ndarray, shape (n, k)
            Minus infinity where a weight is 0.
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, self.d)
        factors = np.linalg.cholesky(self.covariances)
        result = np.empty((len(points), self.k))
        with np.errstate(divide="ignore"):
            log_weights = np.log(self.weights)
        for j, factor in enumerate(factors):
            centred = points - self.means[j]
            first = centred[:, 0] / factor[0, 0]
            square = first**2
            if self.d == 2:
                square += ((centred[:, 1] - factor[1, 0] * first) / factor[1, 1]) ** 2
            log_determinant = 2 * np.log(np.diag(factor)).sum()
            result[:, j] = log_weights[j] - 0.5 * (self.d * LOG_2PI + log_determinant + square)
        return result

    def log_density(self, points: npt.ArrayLike) -> FloatArray:
        """Logarithm of the density at every point, shape (n,)."""
        joint = self.component_log_densities(points)
        largest = joint.max(axis=1)
        return np.asarray(largest + np.log(np.exp(joint - largest[:, None]).sum(axis=1)))

    def responsibilities(self, points: npt.ArrayLike) -> FloatArray:
        """Probability of each component given each point, shape (n, k); rows sum to 1."""
        joint = self.component_log_densities(points)
        joint -= joint.max(axis=1, keepdims=True)
        np.exp(joint, out=joint)
        joint /= joint.sum(axis=1, keepdims=True)
        return joint

    def sample(self, n: int, random_state: int = 0) -> tuple[FloatArray, IntArray]:
        """Draw points and the component that each of them came from.

        Parameters
        ----------
        n : int
            How many.
        random_state : int
            The same number draws the same points.

        Returns
        -------
        points : ndarray, shape (n, d)
        labels : ndarray of int, shape (n,)
        """
        rng = np.random.default_rng(random_state)
        labels = rng.choice(self.k, size=n, p=self.weights / self.weights.sum())
        noise = rng.standard_normal((n, self.d))
        factors = np.linalg.cholesky(self.covariances)
        points = self.means[labels] + np.einsum("nij,nj->ni", factors[labels], noise)
        return points, labels.astype(np.int64)

    def to_sklearn(self, covariance: Covariance = "full") -> Any:
        """A fitted `sklearn.mixture.GaussianMixture`, ready for `predict` and `score`.

        Parameters
        ----------
        covariance : {"full", "tied", "diagonal", "spherical"}
            The structure that the covariances have.

        Raises
        ------
        InputError
            When scikit-learn is not installed, or the covariances have another structure.
        """
        same = project_covariances(self.covariances, self.weights, covariance)
        if not np.allclose(same, self.covariances, rtol=1e-9, atol=0):
            raise InputError("The covariances are not {structure}.", structure=covariance)
        return scikit_learn.gaussian_mixture(self.weights, self.means, same, covariance)

    @classmethod
    def from_sklearn(cls, model: Any) -> Mixture:
        """The mixture of a fitted `sklearn.mixture.GaussianMixture` in one or two dimensions.

        Raises
        ------
        InputError
            When it is not such a model.
        """
        covariances = scikit_learn.covariances_of(model)
        return cls(model.weights_, model.means_, covariances)


def trusted_mixture(weights: FloatArray, means: FloatArray, covariances: FloatArray) -> Mixture:
    """A mixture of new arrays that are known to make one: checking takes longer than a step."""
    mixture = object.__new__(Mixture)
    for name, array in (("weights", weights), ("means", means), ("covariances", covariances)):
        array.flags.writeable = False
        object.__setattr__(mixture, name, array)
    return mixture


def smallest_eigenvalues(covariances: FloatArray) -> FloatArray:
    """The smallest eigenvalue of each symmetric matrix, shape (..., d, d) to (...), d = 1 or 2.

    0 where it is lost in the rounding of the matrix.
    """
    a = covariances[..., 0, 0]
    if covariances.shape[-1] == 1:
        return np.asarray(a)
    b, c = covariances[..., 0, 1], covariances[..., 1, 1]
    product = b * b
    determinant = a * c - product
    largest = 0.5 * (a + c) + np.hypot(0.5 * (a - c), b)
    return np.divide(
        determinant, largest, where=determinant > ROUNDING * product, out=np.zeros(a.shape)
    )


def project_covariances(
    covariances: FloatArray, weights: FloatArray, covariance: Covariance
) -> FloatArray:
    """Covariances brought to a structure, shapes (..., k, d, d) and (..., k).

    Diagonal sets what is off the diagonal to zero, spherical takes the mean of the diagonal, tied
    the mean of the matrices by weight.
    """
    d = covariances.shape[-1]
    if covariance == "diagonal":
        return np.asarray(covariances * np.eye(d))
    if covariance == "spherical":
        trace = np.trace(covariances, axis1=-2, axis2=-1)
        return np.asarray((trace / d)[..., None, None] * np.eye(d))
    if covariance == "tied":
        mean = np.einsum("...k,...kij->...ij", weights, covariances)
        return np.array(np.broadcast_to(mean[..., None, :, :], covariances.shape))
    return covariances


def free_parameters(k: int, d: int, covariance: Covariance, locked: int = 0) -> int:
    """How many numbers a mixture of k components in d dimensions is free to choose.

    Parameters
    ----------
    k, d : int
    covariance : {"full", "tied", "diagonal", "spherical"}
    locked : int
        How many components have weight, mean and covariance given. The others share the weight
        that is left; a tied covariance is given with the first of them.
    """
    free = k - locked
    per_matrix = d * (d + 1) // 2
    tied = 0 if locked else per_matrix
    shape = {"full": free * per_matrix, "tied": tied, "diagonal": free * d, "spherical": free}
    return max(free - 1, 0) + free * d + shape[covariance]
