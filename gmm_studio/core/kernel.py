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

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import LOG_2PI, Mixture, trusted_mixture
from gmm_studio.core.threads import in_threads, one_blas_thread

__all__ = [
    "Assign",
    "Moments",
    "Parameters",
    "Piece",
    "StandardCloud",
    "accumulate",
    "each_responsibility_block",
    "never",
    "standardize",
]

BLOCK = 32_768
"""Points in a block: enough that the calls, and threads waiting for each other, cost little."""

TILE = 131_072
"""Densities that stay in the second-level cache: where there would be more, blocks are cut."""

PARALLEL_FROM = 300_000
"""Densities in a pass from which the work of starting threads pays."""

LIMITED_FROM = 10_000
"""Densities in a pass from which the linear algebra library might use threads of its own."""

DIVIDE_MONOMIALS_FROM = 8
"""Components from which dividing the monomials by the density is cheaper than dividing theirs."""

UNDERFLOW = 1e-150
"""Points whose density is below it are taken again, the largest term subtracted first.

Far above the smallest double, so that its inverse times a sample weight is still a number.
"""

CONDITION = 1e5
"""(1 + |mean|²) / variance from which a component is computed about its own mean.

Above it the expanded quadratic form has lost more than five of its sixteen digits.
"""

LOG_ZERO = -1e300
"""Stands for log 0: small enough to vanish, finite so that it never makes a NaN in a product."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_ONE_PLACE = 1e-15
_SMALLEST_SCALE = 1e-150
_MONOMIALS = {1: 3, 2: 6}

# Until it has seen an array as large as this one go, glibc hands back what is freed and faults it
# in again in every pass: twice the time at 10⁴ points.
np.empty(2**21)


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
        What was subtracted: zero, or the component's mean where it is narrow, unless asked
        otherwise.
    assigned : ndarray or None
        The sum of what `assign` gave for each block, where there was one.
    """

    log_likelihood: FloatArray
    sums: FloatArray
    about: FloatArray
    assigned: FloatArray | None = None


class Piece(NamedTuple):
    """Some rows of a cloud: their monomials (m, b), and their sample weights."""

    rows: slice
    monomials: FloatArray
    weights: FloatArray | None


Assign: TypeAlias = Callable[[Piece, FloatArray, FloatArray, FloatArray], FloatArray]
"""What gives the points of one mixture to its components in place of the responsibilities.

It gets a block, the components' densities (k, b) in standard units, their sum (b,) and its
logarithm, where densities and sum may share a factor that only the logarithm knows. It may
overwrite densities and sum: their quotients are what is counted. What it returns is summed over the
blocks. It is called from several threads at once.
"""


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

    def pieces(self, k: int) -> list[Piece]:
        """The blocks in order, cut in equal parts so that k densities of each point fit a tile."""
        result = []
        first = 0
        for block, weights in zip(self.blocks, self.weights, strict=True):
            b = block.shape[1]
            step = math.ceil(b / math.ceil(b * k / TILE))
            for i in range(0, b, step):
                part = slice(i, min(i + step, b))
                result.append(
                    Piece(
                        slice(first + part.start, first + part.stop),
                        block[:, part],
                        None if weights is None else weights[part],
                    )
                )
            first += b
        return result

    def parameters(self, mixtures: Sequence[Mixture]) -> Parameters:
        """Mixtures of equal k in standard units, their weights summing to 1 exactly.

        What is out of all proportion to the points becomes infinite.
        """
        weights = np.array([mixture.weights for mixture in mixtures])
        means = np.array([mixture.means for mixture in mixtures])
        covariances = np.array([mixture.covariances for mixture in mixtures])
        with np.errstate(over="ignore"):
            return Parameters(
                weights / weights.sum(axis=1, keepdims=True),
                (means - self.centre) / self.scale,
                covariances / self.scale**2,
            )

    def mixture(self, parameters: Parameters, run: int = 0) -> Mixture:
        """One of the mixtures in the units of the data."""
        return trusted_mixture(
            parameters.weights[run].copy(),
            self.centre + self.scale * parameters.means[run],
            self.scale**2 * parameters.covariances[run],
        )


@lru_cache(maxsize=2)
def standardize(cloud: PointCloud) -> StandardCloud:
    """A cloud in standard units. The last two are remembered.

    Raises
    ------
    InputError
        When all points (of any weight) are at one place, so that there is no unit.
    """
    weights, total = cloud.weights, cloud.total_weight
    columns = np.array(cloud.points.T, order="C")
    low, high = columns.min(axis=1), columns.max(axis=1)
    middle = low + 0.5 * (high - low)
    reach = float((0.5 * (high - low)).max())
    columns -= middle[:, None]
    columns /= reach or 1.0
    offset = np.average(columns, axis=1, weights=weights)
    columns -= offset[:, None]
    variances = [np.average(column * column, weights=weights) for column in columns]
    unit = math.sqrt(sum(variances) / cloud.d)
    if unit < _ONE_PLACE:
        raise InputError(
            "All points are at the same place. EM needs at least two different points."
        )
    if reach * unit < _SMALLEST_SCALE:
        raise InputError(
            "The points are closer together than numbers can tell. Give them in a smaller unit."
        )
    columns /= unit
    edges = range(0, cloud.n, BLOCK)
    return StandardCloud(
        centre=middle + reach * offset,
        scale=reach * unit,
        blocks=tuple(_monomials(columns[:, i : i + BLOCK]) for i in edges),
        weights=tuple(None if weights is None else weights[i : i + BLOCK] for i in edges),
        total_weight=total,
    )


def accumulate(
    data: StandardCloud,
    parameters: Parameters,
    cancelled: Callable[[], bool] = never,
    about: FloatArray | None = None,
    *,
    beta: float = 1.0,
    assign: Assign | None = None,
) -> Moments:
    """One pass over the points: log-likelihoods and weighted sums of monomials.

    Parameters
    ----------
    data : StandardCloud
    parameters : Parameters
        r mixtures of k components.
    cancelled : callable
        Asked before every block.
    about : ndarray, shape (r, k, d), optional
        What each component's sums subtract from the points. Without it, narrow components subtract
        their means and the others nothing.
    beta : float
        The power, above 0, to which the components' weighted densities are taken before they are
        added up: the inverse temperature of deterministic annealing.
    assign : callable, optional
        Gives the points to the components in another way; for one mixture only.

    Raises
    ------
    Cancelled
        As soon as `cancelled` returns true.
    """
    forms = _quadratic_forms(parameters, about)
    if beta != 1:
        forms = forms.tempered(beta)
    r, k, m = forms.coefficients.shape
    pieces = data.pieces(k)
    step = max(1, TILE // (k * pieces[0].monomials.shape[1]))
    tiles = [(slice(i, min(i + step, r)), piece) for i in range(0, r, step) for piece in pieces]

    def take(tile: tuple[slice, Piece]) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        if cancelled():
            raise Cancelled
        runs, piece = tile
        return _moments(piece, forms.of(runs), assign)

    log_likelihood = np.full(r, -data.total_weight * data.d * math.log(data.scale) * beta)
    sums = np.zeros((r, k, m))
    assigned: FloatArray | None = None
    for (runs, _), (part, part_sums, given) in zip(
        tiles, _each(take, tiles, data.n * k * r), strict=True
    ):
        log_likelihood[runs] += part
        sums[runs] += part_sums
        if given is not None:
            assigned = given if assigned is None else assigned + given
    return Moments(log_likelihood, sums, forms.about, assigned)


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

    def take(piece: Piece) -> None:
        if cancelled():
            raise Cancelled
        densities, total, _ = _densities(piece.monomials, forms)
        densities /= total
        visit(piece.rows, densities[0])

    _each(take, data.pieces(mixture.k), data.n * mixture.k)


@dataclass(frozen=True, slots=True, eq=False)
class _Apart:
    """q components of r mixtures, taken one by one about places of their own (q, d)."""

    runs: IntArray
    components: IntArray
    places: FloatArray

    def seen_from(self, monomials: FloatArray) -> FloatArray:
        """Points less the places, shape (q, d, b)."""
        d = self.places.shape[1]
        return np.asarray(monomials[1 : 1 + d] - self.places[:, :, None])

    def of(self, rows: slice) -> tuple[_Apart | None, slice]:
        """Those of some runs, numbered from there, and where they stand among these."""
        first, last = np.searchsorted(self.runs, [rows.start, rows.stop])
        some = slice(first, last)
        if first == last:
            return None, some
        return _Apart(self.runs[some] - rows.start, self.components[some], self.places[some]), some


@dataclass(frozen=True, slots=True, eq=False)
class _QuadraticForms:
    """log(weight N(z)) of r mixtures as functions of the monomials of z.

    Narrow components are computed about their means, on whitening matrices (inverse Cholesky
    factors); `about` is what the sums subtract, and `shifted` the components where it is not 0.
    """

    coefficients: FloatArray
    about: FloatArray
    shifted: _Apart | None = None
    narrow: _Apart | None = None
    constants: FloatArray = field(default_factory=lambda: np.empty(0))
    whiteners: FloatArray = field(default_factory=lambda: np.empty(0))

    def of(self, rows: slice) -> _QuadraticForms:
        """Those of some runs."""
        if rows == slice(0, len(self.about)):
            return self
        shifted, _ = self.shifted.of(rows) if self.shifted else (None, None)
        narrow, some = self.narrow.of(rows) if self.narrow else (None, slice(0))
        return _QuadraticForms(
            self.coefficients[rows],
            self.about[rows],
            shifted,
            narrow,
            self.constants[some],
            self.whiteners[some],
        )

    def tempered(self, beta: float) -> _QuadraticForms:
        """The same times beta."""
        return replace(
            self,
            coefficients=beta * self.coefficients,
            constants=beta * self.constants,
            whiteners=math.sqrt(beta) * self.whiteners,
        )

    def log_densities(self, monomials: FloatArray) -> FloatArray:
        """Shape (r, k, b)."""
        r, k, m = self.coefficients.shape
        result = (self.coefficients.reshape(r * k, m) @ monomials).reshape(r, k, -1)
        if self.narrow:
            z = self.whiteners @ self.narrow.seen_from(monomials)
            squares = (z * z).sum(axis=1)
            result[self.narrow.runs, self.narrow.components] = (
                self.constants[:, None] - 0.5 * squares
            )
        return np.asarray(result)


def _quadratic_forms(parameters: Parameters, about: FloatArray | None = None) -> _QuadraticForms:
    weights, means, covariances = parameters.weights, parameters.means, parameters.covariances
    r, k, d = means.shape
    precisions = np.linalg.inv(covariances)
    log_weights = np.log(weights, where=weights > 0, out=np.full(weights.shape, LOG_ZERO))
    constants = log_weights - 0.5 * (d * LOG_2PI + np.log(np.linalg.det(covariances)))
    linear = (precisions @ means[..., None])[..., 0]
    coefficients = np.empty((r, k, _MONOMIALS[d]))
    coefficients[..., 0] = constants - 0.5 * (linear * means).sum(axis=-1)
    coefficients[..., 1 : 1 + d] = linear
    coefficients[..., 1 + d] = -0.5 * precisions[..., 0, 0]
    if d == 2:
        coefficients[..., 4] = -precisions[..., 0, 1]
        coefficients[..., 5] = -0.5 * precisions[..., 1, 1]
    reach = 1 + (means * means).sum(axis=-1)
    is_narrow = reach * precisions.trace(axis1=2, axis2=3) > CONDITION
    narrow = _apart(is_narrow, means)
    if about is None:
        about, shifted = np.zeros(means.shape), narrow
        about[is_narrow] = means[is_narrow]
    else:
        shifted = _apart(np.asarray(about.any(axis=2)), about)
    if narrow is None:
        return _QuadraticForms(coefficients, about, shifted)
    whiteners = np.linalg.inv(np.linalg.cholesky(covariances[is_narrow]))
    return _QuadraticForms(coefficients, about, shifted, narrow, constants[is_narrow], whiteners)


def _apart(chosen: npt.NDArray[np.bool_], places: FloatArray) -> _Apart | None:
    if not chosen.any():
        return None
    runs, components = np.nonzero(chosen)
    return _Apart(runs, components, places[chosen])


def _densities(
    monomials: FloatArray, forms: _QuadraticForms
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Densities (r, k, b), their sums over the components (r, 1, b), and the logarithms of those.

    Where a sum would underflow, densities and sum share a factor that only the logarithm knows.
    """
    densities = forms.log_densities(monomials)
    np.exp(densities, out=densities)
    total = _sum_of_components(densities)
    if total.min() >= UNDERFLOW:
        return densities, total, np.log(total)
    faint = (total < UNDERFLOW).any(axis=(0, 1))
    again = forms.log_densities(monomials[:, faint])
    largest = again.max(axis=1, keepdims=True)
    np.exp(again - largest, out=again)
    densities[:, :, faint] = again
    total[:, :, faint] = _sum_of_components(again)
    log_total = np.log(total)
    log_total[:, :, faint] += largest
    return densities, total, log_total


def _sum_of_components(densities: FloatArray) -> FloatArray:
    """(r, k, b) to (r, 1, b); as a product it takes half the time of a sum."""
    return np.asarray(np.ones((1, densities.shape[1])) @ densities)


def _moments(
    piece: Piece, forms: _QuadraticForms, assign: Assign | None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Log-likelihood (r,), sums (r, k, m) and what `assign` gave, in standard units."""
    _, monomials, weights = piece
    densities, total, log_total = _densities(monomials, forms)
    r, k, b = densities.shape
    given = None if assign is None else assign(piece, densities[0], total[0, 0], log_total[0, 0])
    # A sum and not a product: BLAS rounds long dot products by how many threads it has.
    log_likelihood = (log_total if weights is None else log_total * weights)[:, 0].sum(axis=1)
    factor = (1.0 if weights is None else weights) / total
    if r == 1 and k >= DIVIDE_MONOMIALS_FROM and not forms.shifted:
        return log_likelihood, densities @ (monomials * factor[0]).T, given
    densities *= factor
    sums = (densities.reshape(r * k, b) @ monomials.T).reshape(r, k, -1)
    if forms.shifted:
        chosen = forms.shifted.runs, forms.shifted.components
        own = _monomials(forms.shifted.seen_from(monomials))
        sums[chosen] = (own @ densities[chosen][:, :, None])[:, :, 0]
    return log_likelihood, sums, given


def _monomials(coordinates: FloatArray) -> FloatArray:
    """(1, x, x²) or (1, x, y, x², xy, y²) of points (..., d, b), shape (..., m, b)."""
    *others, d, b = coordinates.shape
    result = np.empty((*others, _MONOMIALS[d], b))
    result[..., 0, :] = 1
    result[..., 1 : 1 + d, :] = coordinates
    np.multiply(coordinates[..., :1, :], coordinates, out=result[..., 1 + d : 1 + 2 * d, :])
    if d == 2:
        np.multiply(coordinates[..., 1, :], coordinates[..., 1, :], out=result[..., 5, :])
    return result


def _each(
    function: Callable[[_Item], _Result], items: Sequence[_Item], work: int
) -> Sequence[_Result]:
    """The function of each item, in order; in threads when there is enough to do."""
    if work < LIMITED_FROM:
        return [function(item) for item in items]
    with one_blas_thread:
        if work < PARALLEL_FROM:
            return [function(item) for item in items]
        return in_threads(function, items)
