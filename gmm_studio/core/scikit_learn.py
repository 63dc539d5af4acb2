"""Mixtures to and from scikit-learn, which is only needed when this is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import InputError

if TYPE_CHECKING:
    from gmm_studio.core.mixture import Covariance

__all__ = ["covariances_of", "gaussian_mixture", "precisions_cholesky", "shaped"]

TYPES: dict[Covariance, str] = {
    "full": "full",
    "tied": "tied",
    "diagonal": "diag",
    "spherical": "spherical",
}
"""What scikit-learn calls each structure of the covariances."""


def gaussian_mixture(
    weights: FloatArray, means: FloatArray, covariances: FloatArray, covariance: Covariance
) -> Any:
    """A fitted `sklearn.mixture.GaussianMixture`, ready for `predict` and `score`.

    Raises
    ------
    InputError
        When scikit-learn is not installed.
    """
    try:
        from sklearn.mixture import GaussianMixture
    except ImportError:
        raise InputError(
            "scikit-learn is not installed. Install it with: pip install scikit-learn"
        ) from None
    model = GaussianMixture(len(weights), covariance_type=TYPES[covariance])
    model.weights_ = weights.copy()
    model.means_ = means.copy()
    model.covariances_ = shaped(covariances, covariance)
    model.precisions_cholesky_ = precisions_cholesky(covariances, covariance)
    root = model.precisions_cholesky_
    is_matrix = covariance in ("full", "tied")
    model.precisions_ = root @ np.swapaxes(root, -1, -2) if is_matrix else root**2
    model.converged_ = True
    model.n_features_in_ = means.shape[1]
    return model


def shaped(covariances: FloatArray, covariance: Covariance) -> FloatArray:
    """Covariances (k, d, d) in the shape that scikit-learn has for their structure.

    (k, d, d) for full, (d, d) for tied, (k, d) for diagonal, (k,) for spherical ones.
    """
    diagonal = np.einsum("kii->ki", covariances)
    shapes: dict[Covariance, FloatArray] = {
        "full": covariances.copy(),
        "tied": covariances[0].copy(),
        "diagonal": diagonal.copy(),
        "spherical": np.asarray(diagonal.mean(axis=1)),
    }
    return shapes[covariance]


def precisions_cholesky(covariances: FloatArray, covariance: Covariance) -> FloatArray:
    """The upper triangular U with U Uᵀ the inverse of each covariance, in scikit-learn's shape."""
    if covariance in ("diagonal", "spherical"):
        return np.asarray(1 / np.sqrt(shaped(covariances, covariance)))
    lower = np.linalg.cholesky(shaped(covariances, covariance))
    return np.ascontiguousarray(np.swapaxes(np.linalg.inv(lower), -1, -2))


def covariances_of(model: Any) -> FloatArray:
    """The covariances of a fitted `GaussianMixture`, (k, d, d).

    Raises
    ------
    InputError
        When it is not a fitted one.
    """
    try:
        k, d = model.means_.shape
        values = np.asarray(model.covariances_, dtype=np.float64)
        if model.covariance_type == "tied":
            return np.tile(values, (k, 1, 1))
        if model.covariance_type == "full":
            return values
        return np.asarray(values.reshape(k, -1, 1) * np.eye(d))
    except (AttributeError, TypeError, ValueError):
        raise InputError("This is not a fitted GaussianMixture of scikit-learn.") from None
