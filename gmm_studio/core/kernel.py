"""The E-step and the sufficient statistics of many mixtures over one cloud, fast.

A Gaussian's log-density is a linear function of the monomials (1, x, y, x², xy, y²) of a point, and
the M-step needs nothing but the sums of the same monomials weighted by responsibilities. Both are
matrix products, taken over blocks of points that stay in the processor's cache: with the monomials
F (m, block) of a block and the coefficients M (k, m) of a mixture

    E = exp(M F),    t = 1ᵀ E,    log p = log t,    sums += (E / t) Fᵀ

The points are centred and divided by one number first, so that nothing cancels. Blocks are added up
in a fixed order whichever thread took them, so that results repeat to the last bit.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import LOG_2PI, Mixture, smallest_eigenvalues

__all__ = [
    "Moments",
    "Parameters",
    "StandardCloud",
    "accumulate",
    "each_responsibility_block",
    "never",
    "one_blas_thread",
    "processors",
    "standardize",
]

BLOCK = 16_384
"""Points in a block: monomials and densities of a few components fit the second-level cache."""

TILE = 163_840
"""At most so many densities are held at once by a thread; more runs are taken in turns."""

PARALLEL_FROM = 100_000
"""Densities in a pass from which the work of starting threads pays."""

UNDERFLOW = 1e-290
"""Points whose density is below it are taken again, the largest term subtracted first."""

CONDITION = 1e5
"""(1 + |mean|²) / smallest eigenvalue from which a component is computed about its own mean.

Above it the expanded quadratic form has lost more than five of its sixteen digits.
"""

LOG_ZERO = -1e300
"""Stands for log 0: small enough to vanish, finite so that it never makes a NaN in a product."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_SMALLEST_SCALE = 1e-150
_MONOMIALS = {1: 3, 2: 6}


def never() -> bool:
    """The `cancelled` of work that nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """r mixtures of k components in standard units: shapes (r, k), (r, k, d) and (r, k, d, d)."""

    weights: FloatArray
    means: FloatArray
    covariances: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What a pass over the points knows of r mixtures.

    Attributes
    ----------
    log_likelihood : ndarray, shape (r,)
        In the units of the data.
    sums : ndarray, shape (r, k, m)
        Sums over the points of responsibility times sample weight times each monomial of
        `point - about`.
    about : ndarray, shape (r, k, d)
        Zero, or the component's mean where it is narrow.
    """

    log_likelihood: FloatArray
    sums: FloatArray
    about: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class StandardCloud:
    """A cloud centred and divided by one number, laid out as blocks of monomials.

    Attributes
    ----------
    centre : ndarray, shape (d,)
    scale : float
        Root of the mean variance of the axes, which is 1 in standard units.
    blocks : tuple of ndarray, shapes (m, b)
    weights : tuple of ndarray or None
        The sample weights of each block.
    total_weight : float
    """

    centre: FloatArray
    scale: float
    blocks: tuple[FloatArray, ...]
    weights: tuple[FloatArray | None, ...]
    total_weight: float

    @property
    def d(self) -> int:
        """Number of dimensions."""
        return len(self.centre)

    @property
    def n(self) -> int:
        """Number of points."""
        return sum(block.shape[1] for block in self.blocks)

    def parameters(self, mixtures: Sequence[Mixture]) -> Parameters:
        """Mixtures of equal k in standard units."""
        return Parameters(
            np.array([mixture.weights for mixture in mixtures]),
            (np.array([mixture.means for mixture in mixtures]) - self.centre) / self.scale,
            np.array([mixture.covariances for mixture in mixtures]) / self.scale**2,
        )

    def mixture(self, parameters: Parameters, run: int = 0) -> Mixture:
        """One of the mixtures in the units of the data."""
        return Mixture(
            parameters.weights[run],
            self.centre + self.scale * parameters.means[run],
            self.scale**2 * parameters.covariances[run],
        )


@lru_cache(maxsize=2)
def standardize(cloud: PointCloud) -> StandardCloud:
    """A cloud in standard units. The last two are remembered.

    Raises
    ------
    InputError
        When all points are at one place, so that there is no unit.
    """
    weights, total = cloud.weights, cloud.total_weight
    low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
    middle = low + 0.5 * (high - low)
    reach = float((0.5 * (high - low)).max())
    points = (cloud.points - middle) / (reach or 1.0)
    offset = np.average(points, axis=0, weights=weights)
    points -= offset
    variances = np.average(points**2, axis=0, weights=weights)
    unit = float(np.sqrt(variances.mean()))
    if unit == 0:
        raise InputError(
            "All points are at the same place. EM needs at least two different points."
        )
    if reach * unit < _SMALLEST_SCALE:
        raise InputError(
            "The points are closer together than numbers can tell. Give them in a smaller unit."
        )
    points /= unit
    edges = range(0, cloud.n, BLOCK)
    return StandardCloud(
        centre=middle + reach * offset,
        scale=reach * unit,
        blocks=tuple(_monomials(points[i : i + BLOCK].T) for i in edges),
        weights=tuple(None if weights is None else weights[i : i + BLOCK] for i in edges),
        total_weight=total,
    )


def accumulate(
    data: StandardCloud, parameters: Parameters, cancelled: Callable[[], bool] = never
) -> Moments:
    """One pass over the points: log-likelihoods and weighted sums of monomials.

    Parameters
    ----------
    data : StandardCloud
    parameters : Parameters
        r mixtures of k components.
    cancelled : callable
        Asked before every block.

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    forms = _quadratic_forms(parameters)
    r, k, m = forms.coefficients.shape
    runs = max(1, TILE // (k * min(BLOCK, data.n)))
    tiles = [
        (slice(i, min(i + runs, r)), block)
        for i in range(0, r, runs)
        for block in range(len(data.blocks))
    ]

    def take(tile: tuple[slice, int]) -> tuple[FloatArray, FloatArray]:
        if cancelled():
            raise Cancelled
        rows, block = tile
        return _moments(data.blocks[block], data.weights[block], forms.of(rows))

    log_likelihood = np.zeros(r)
    sums = np.zeros((r, k, m))
    for (rows, _), (part, part_sums) in zip(tiles, _each(take, tiles, data.n * k * r), strict=True):
        log_likelihood[rows] += part
        sums[rows] += part_sums
    log_likelihood -= data.total_weight * data.d * np.log(data.scale)
    return Moments(log_likelihood, sums, forms.about)


def each_responsibility_block(
    data: StandardCloud,
    mixture: Mixture,
    visit: Callable[[slice, FloatArray], None],
    cancelled: Callable[[], bool] = never,
) -> None:
    """Hand the responsibilities of each block to a function, from several threads at once.

    Parameters
    ----------
    data : StandardCloud
    mixture : Mixture
        In the units of the data.
    visit : callable
        Gets the slice of rows of a block and their responsibilities, shape (k, b), which it may
        overwrite.
    cancelled : callable
        Asked before every block.

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    forms = _quadratic_forms(data.parameters([mixture]))

    def take(block: int) -> None:
        if cancelled():
            raise Cancelled
        densities, total, _ = _densities(data.blocks[block], forms)
        densities /= total[:, None]
        first = block * BLOCK
        visit(slice(first, first + densities.shape[2]), densities[0])

    _each(take, range(len(data.blocks)), data.n * mixture.k)


@dataclass(frozen=True, slots=True, eq=False)
class _QuadraticForms:
    """log(weight N(z)) of r mixtures as functions of the monomials of z.

    Narrow components are listed apart: run, component and whitening matrix (inverse Cholesky
    factor), for they are computed about their own means, which are in `about`.
    """

    coefficients: FloatArray
    about: FloatArray
    constants: FloatArray
    narrow: tuple[tuple[int, int, FloatArray], ...]

    def of(self, runs: slice) -> _QuadraticForms:
        narrow = tuple(
            (run - runs.start, j, whitener)
            for run, j, whitener in self.narrow
            if runs.start <= run < runs.stop
        )
        return _QuadraticForms(
            self.coefficients[runs], self.about[runs], self.constants[runs], narrow
        )

    def log_densities(self, monomials: FloatArray) -> FloatArray:
        """Shape (r, k, b)."""
        r, k, m = self.coefficients.shape
        result = (self.coefficients.reshape(r * k, m) @ monomials).reshape(r, k, -1)
        d = self.about.shape[2]
        for run, j, whitener in self.narrow:
            z = whitener @ (monomials[1 : 1 + d] - self.about[run, j, :, None])
            result[run, j] = self.constants[run, j] - 0.5 * (z * z).sum(axis=0)
        return np.asarray(result)


def _quadratic_forms(parameters: Parameters) -> _QuadraticForms:
    weights, means, covariances = parameters.weights, parameters.means, parameters.covariances
    r, k, d = means.shape
    if d == 1:
        determinants = covariances[..., 0, 0]
        precisions = 1 / covariances
    else:
        a, b, c = covariances[..., 0, 0], covariances[..., 0, 1], covariances[..., 1, 1]
        determinants = a * c - b * b
        precisions = np.stack([c, -b, -b, a], axis=-1).reshape(r, k, 2, 2)
        precisions /= determinants[..., None, None]
    log_weights = np.log(weights, where=weights > 0, out=np.full(weights.shape, LOG_ZERO))
    constants = log_weights - 0.5 * (d * LOG_2PI + np.log(determinants))
    linear = np.einsum("rkij,rkj->rki", precisions, means)
    coefficients = np.empty((r, k, _MONOMIALS[d]))
    coefficients[..., 0] = constants - 0.5 * (linear * means).sum(axis=-1)
    coefficients[..., 1 : 1 + d] = linear
    coefficients[..., 1 + d] = -0.5 * precisions[..., 0, 0]
    if d == 2:
        coefficients[..., 4] = -precisions[..., 0, 1]
        coefficients[..., 5] = -0.5 * precisions[..., 1, 1]
    reach = 1 + (means * means).sum(axis=-1)
    is_narrow = reach > CONDITION * smallest_eigenvalues(covariances)
    about = np.where(is_narrow[..., None], means, 0.0)
    narrow = tuple(
        (int(run), int(j), np.linalg.inv(np.linalg.cholesky(covariances[run, j])))
        for run, j in np.argwhere(is_narrow)
    )
    return _QuadraticForms(coefficients, about, constants, narrow)


def _densities(
    monomials: FloatArray, forms: _QuadraticForms
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Densities (r, k, b), their sums over the components (r, b), and the logarithms of those.

    Where a sum would underflow, densities and sum share a factor that only the logarithm knows.
    """
    densities = forms.log_densities(monomials)
    np.exp(densities, out=densities)
    total = densities.sum(axis=1)
    faint = (total < UNDERFLOW).any(axis=0)
    if not faint.any():
        return densities, total, np.log(total)
    again = forms.log_densities(monomials[:, faint])
    largest = again.max(axis=1)
    np.exp(again - largest[:, None], out=again)
    densities[:, :, faint] = again
    total[:, faint] = again.sum(axis=1)
    log_total = np.log(total)
    log_total[:, faint] += largest
    return densities, total, log_total


def _moments(
    monomials: FloatArray, weights: FloatArray | None, forms: _QuadraticForms
) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood (r,) and sums (r, k, m) over a block, in standard units."""
    densities, total, log_total = _densities(monomials, forms)
    r, k, b = densities.shape
    log_likelihood = log_total.sum(axis=1) if weights is None else log_total @ weights
    factor = (1.0 if weights is None else weights) / total
    if r == 1 and k >= 10 and not forms.narrow:
        return log_likelihood, (densities[0] @ (monomials * factor).T)[None]
    densities *= factor[:, None]
    sums = (densities.reshape(r * k, b) @ monomials.T).reshape(r, k, -1)
    d = forms.about.shape[2]
    for run, j, _ in forms.narrow:
        own = _monomials(monomials[1 : 1 + d] - forms.about[run, j, :, None])
        sums[run, j] = own @ densities[run, j]
    return log_likelihood, sums


def _monomials(coordinates: FloatArray) -> FloatArray:
    """(1, x, x²) or (1, x, y, x², xy, y²) of points (d, b), shape (m, b)."""
    d, b = coordinates.shape
    result = np.empty((_MONOMIALS[d], b))
    result[0] = 1
    result[1 : 1 + d] = coordinates
    np.multiply(coordinates[0], coordinates, out=result[1 + d : 1 + 2 * d])
    if d == 2:
        np.multiply(coordinates[1], coordinates[1], out=result[5])
    return result


def _each(
    function: Callable[[_Item], _Result], items: Sequence[_Item], work: int
) -> Sequence[_Result]:
    """The function of each item, in order; in threads when there is enough to do."""
    with one_blas_thread:
        if work < PARALLEL_FROM or len(items) == 1:
            return [function(item) for item in items]
        return _in_threads(function, items)


def _in_threads(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> Sequence[_Result]:
    """Each thread takes the next item until none is left, or one has failed."""
    queue = iter(enumerate(items))
    results: list[Any] = [None] * len(items)

    def work() -> None:
        try:
            for index, item in queue:
                results[index] = function(item)
        except BaseException:
            deque(queue, maxlen=0)
            raise

    for future in [_pool().submit(work) for _ in range(processors())]:
        future.result()
    return results


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="gmm-kernel")


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _OneBlasThread:
    """Holds the linear algebra library to one thread while anybody is inside.

    Its own threads make products of such skinny matrices many times slower. The setting belongs to
    the whole process, so those who are inside are counted.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._limiter: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limiter = _blas().limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limiter.restore_original_limits()


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


one_blas_thread = _OneBlasThread()
