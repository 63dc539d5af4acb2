"""The M-step: the mixtures that maximise the expected log-likelihood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.kernel import CONDITION, Moments, Parameters
from gmm_studio.core.mixture import (
    ROUNDING,
    Covariance,
    Mixture,
    project_covariances,
    smallest_eigenvalues,
    trusted_mixture,
)

__all__ = [
    "COLLAPSED",
    "Update",
    "degenerate_component",
    "hold",
    "hold_mixture",
    "maximise",
    "maximise_closely",
    "project",
]

COLLAPSED = 1e-12
"""An eigenvalue below this times the mean variance of the cloud's axes cannot be worked with."""

EMPTY = 1e-10
"""A component with fewer points than this times W is empty."""

_MATRIX = {1: np.array([[0]]), 2: np.array([[0, 1], [1, 2]])}
"""Where the second moments (x², xy, y²) stand in a matrix."""

_TOUCHED = 1 - 1e-9
"""A floored eigenvalue, rounded, has not touched the floor again."""


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """r new mixtures, and what happened to their components.

    Attributes
    ----------
    parameters : Parameters
    smallest : ndarray, shape (r, k)
        The smallest eigenvalue of each covariance, in standard units.
    floored, emptied : ndarray of bool, shape (r, k)
        Whose covariance touched the variance floor; who lost the last points just now.
    """

    parameters: Parameters
    smallest: FloatArray
    floored: npt.NDArray[np.bool_]
    emptied: npt.NDArray[np.bool_]


def maximise(
    moments: Moments,
    previous: Parameters,
    covariance: Covariance,
    variance_floor: float,
    locked: Sequence[int] = (),
    *,
    previous_means: bool = False,
) -> Update:
    """The M-step of EM (Dempster, Laird and Rubin 1977) under a floor on the eigenvalues.

    Clipping the eigenvalues of the weighted covariance is the exact maximiser under the floor
    (Ingrassia and Rocci 2007), so the likelihood still never falls.

    Parameters
    ----------
    moments : Moments
    previous : Parameters
        What an emptied component keeps its mean and covariance of.
    covariance : {"full", "tied", "diagonal", "spherical"}
    variance_floor : float
        In standard units; 0 for none.
    locked : sequence of int
        Components that stay as they were before; see `hold`.
    previous_means : bool
        Whether covariances are taken about the previous means: those about the new ones plus the
        square of the way between. The likelihood still never falls (see `Configuration`).
    """
    counts = moments.sums[..., 0]
    total = counts.sum(axis=1, keepdims=True)
    empty = counts < EMPTY * total
    any_empty = bool(empty.any())
    divisor = counts
    if any_empty:
        counts, divisor = np.where(empty, 0.0, counts), np.where(empty, 1.0, counts)
        total = counts.sum(axis=1, keepdims=True)
    averages = moments.sums[..., 1:] / divisor[..., None]
    d = previous.means.shape[2]
    shift, second = averages[..., :d], averages[..., d:]
    weights, means = counts / total, moments.about + shift
    covariances = second[..., _MATRIX[d]] - shift[..., :, None] * shift[..., None, :]
    if any_empty:
        means[empty] = previous.means[empty]
        covariances[empty] = previous.covariances[empty]
    if previous_means:
        way = means - previous.means
        covariances += way[..., :, None] * way[..., None, :]
    update = project(
        Parameters(weights, means, covariances),
        covariance,
        variance_floor,
        empty & (previous.weights > 0),
    )
    return hold(update, previous, locked, covariance) if locked else update


def maximise_closely(
    moments: Moments,
    previous: Parameters,
    covariance: Covariance,
    variance_floor: float,
    again: Callable[[FloatArray], Moments],
    locked: Sequence[int] = (),
    *,
    previous_means: bool = False,
) -> Update:
    """The M-step; where a component has shrunk so fast that digits are lost, on sums about it.

    Parameters
    ----------
    moments, previous, covariance, variance_floor, locked, previous_means
        As `maximise` takes them.
    again : callable
        Gives the moments once more, about places of shape (r, k, d).
    """
    rules = covariance, variance_floor, locked
    update = maximise(moments, previous, *rules, previous_means=previous_means)
    shift = update.parameters.means - moments.about
    if not ((shift * shift).sum(axis=-1) > CONDITION * update.smallest).any():
        return update
    moments = again(update.parameters.means)
    return maximise(moments, previous, *rules, previous_means=previous_means)


def hold(
    update: Update, previous: Parameters, locked: Sequence[int], covariance: Covariance
) -> Update:
    """An update whose locked components are what they were, to the last bit.

    The others share what weight the locked ones leave, in proportion: with the locked parameters
    held, that maximises the expected log-likelihood. A tied covariance belongs to all components,
    so one that is locked holds it for all of them.
    """
    new, rows = update.parameters, list(locked)
    free = np.setdiff1d(np.arange(new.weights.shape[1]), rows)
    kept = np.arange(new.weights.shape[1]) if covariance == "tied" else np.array(rows)
    weights, means, covariances = new.weights.copy(), new.means.copy(), new.covariances.copy()
    weights[:, rows], means[:, rows] = previous.weights[:, rows], previous.means[:, rows]
    covariances[:, kept] = previous.covariances[:, kept]
    room = np.maximum(0.0, 1 - previous.weights[:, rows].sum(axis=1, keepdims=True))
    share = new.weights[:, free]
    total = share.sum(axis=1, keepdims=True)
    none = total <= 0
    weights[:, free] = np.where(
        none, previous.weights[:, free], room * share / np.where(none, 1.0, total)
    )
    floored, emptied = update.floored.copy(), update.emptied.copy()
    floored[:, kept] = emptied[:, rows] = False
    emptied &= ~none
    return Update(
        Parameters(weights, means, covariances), smallest_eigenvalues(covariances), floored, emptied
    )


def hold_mixture(
    mixture: Mixture, kept: Mixture, locked: Sequence[int], covariance: Covariance
) -> Mixture:
    """A mixture with the locked components of another, as `hold` has left them but for rounding."""
    weights, means = mixture.weights.copy(), mixture.means.copy()
    covariances = (kept if covariance == "tied" else mixture).covariances.copy()
    rows = list(locked)
    weights[rows], means[rows], covariances[rows] = (
        kept.weights[rows],
        kept.means[rows],
        kept.covariances[rows],
    )
    return trusted_mixture(weights, means, covariances)


def project(
    parameters: Parameters,
    covariance: Covariance,
    variance_floor: float,
    emptied: npt.NDArray[np.bool_] | None = None,
) -> Update:
    """Bring covariances to their structure and over the floor."""
    covariances = project_covariances(parameters.covariances, parameters.weights, covariance)
    smallest = smallest_eigenvalues(covariances)
    floored = smallest < variance_floor * _TOUCHED
    if floored.any():
        covariances = covariances.copy()
        covariances[floored] = _floor(covariances[floored], variance_floor)
        smallest = np.maximum(smallest, variance_floor)
    if emptied is None:
        emptied = np.zeros(smallest.shape, dtype=bool)
    return Update(
        Parameters(parameters.weights, parameters.means, covariances), smallest, floored, emptied
    )


def _floor(covariances: FloatArray, floor: float) -> FloatArray:
    """Clip eigenvalues from below: at the floor, or at what the matrix can hold beside the rest."""
    values, vectors = np.linalg.eigh(covariances)
    values = np.maximum(values, np.maximum(floor, ROUNDING * values[:, -1:]))
    return np.asarray((vectors * values[:, None, :]) @ vectors.swapaxes(1, 2))


def degenerate_component(update: Update, variance_floor: float, run: int = 0) -> int | None:
    """The first component (from 0) whose covariance has collapsed where no floor holds it."""
    collapsed = update.smallest[run] < COLLAPSED
    return int(collapsed.argmax()) if variance_floor == 0 and collapsed.any() else None
