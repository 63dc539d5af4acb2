"""The numbers behind the curves: what a run's steps hold, as arrays over the iterations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from gmm_studio.core.annealing import Temperature
from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.em import Step
from gmm_studio.core.mixture import Mixture, smallest_eigenvalues
from gmm_studio.core.observations import scikit_learn_stop

__all__ = ["KINDS", "CurveKind", "History", "changes", "decimated", "distances"]

CurveKind: TypeAlias = Literal[
    "log_likelihood",
    "classification",
    "free_energy",
    "distance",
    "change",
    "weights",
    "means",
    "eigenvalues",
    "points",
    "temperature",
]
KINDS: tuple[CurveKind, ...] = get_args(CurveKind)


class History:
    """What the steps of a run hold. It grows with the run, at the cost of what is new.

    Parameters
    ----------
    steps : sequence of Step
        Looked at again whenever something is asked for. Steps may be added, not taken away.
    shift : float
        What makes their log-likelihoods those of the data's own units.
    """

    def __init__(self, steps: Sequence[Step], shift: float = 0.0) -> None:
        self._steps, self._shift = steps, shift
        self._rows: dict[str, _Rows] = {}
        self._news: list[int] = []
        self._looked_at = 0
        self._stop: int | None = None
        self._compared = 0
        self._boxed = 0
        self._box: tuple[FloatArray, FloatArray] | None = None

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def log_likelihoods(self) -> FloatArray:
        """Shape (t,); NaN where it is not finite."""
        return self._grown("log_likelihoods", _log_likelihoods) + self._shift

    @property
    def weights(self) -> FloatArray:
        """Shape (t, k)."""
        return self._grown("weights", lambda steps: np.stack([s.mixture.weights for s in steps]))

    @property
    def means(self) -> FloatArray:
        """Shape (t, k, d)."""
        return self._grown("means", lambda steps: np.stack([s.mixture.means for s in steps]))

    @property
    def means_box(self) -> tuple[FloatArray, FloatArray]:
        """The lowest and the highest coordinates of all means, shape (d,) each."""
        means = self.means
        new = means[self._boxed :].reshape(-1, means.shape[2])
        if len(new):
            low, high = self._box or (new[0], new[0])
            self._box = np.minimum(low, new.min(axis=0)), np.maximum(high, new.max(axis=0))
            self._boxed = len(means)
        assert self._box is not None
        return self._box

    @property
    def smallest(self) -> FloatArray:
        """The smallest eigenvalue of each covariance, shape (t, k); NaN where rounding took it."""
        return self._grown("smallest", _smallest)

    @property
    def temperatures(self) -> FloatArray:
        """1 / beta of annealing EM, shape (t,); NaN for steps that have no temperature."""
        return self._grown("temperatures", _temperatures)

    @property
    def objectives(self) -> FloatArray:
        """What the update rule improves, shape (t,); NaN where that is the log-likelihood."""
        # A free energy, which has a temperature, is the negative of what is like a log-likelihood.
        shift = np.where(np.isfinite(self.temperatures), -self._shift, self._shift)
        return self._grown("objectives", _objectives) + shift

    @property
    def news(self) -> list[int]:
        """Steps in which something happened that had not happened in the step before already."""
        for i in range(self._looked_at, len(self._steps)):
            before = self._steps[i - 1].events if i else ()
            if set(self._steps[i].events) - set(before):
                self._news.append(i)
        self._looked_at = len(self._steps)
        return self._news

    def scikit_learn_stop(self, total_weight: float) -> int | None:
        """Where scikit-learn's default tolerance would have stopped; None if not yet."""
        if self._stop is None:
            values = self.log_likelihoods
            found = scikit_learn_stop(values[self._compared :].tolist(), total_weight)
            self._stop = None if found is None else found + self._compared
            self._compared = max(0, len(values) - 1)
        return self._stop

    def floor_level(self, variance_floor: float) -> float | None:
        """The smallest eigenvalue that the variance floor allows, in the units of the data.

        It is known without the points: a covariance that has touched the floor in step 1 has it,
        and otherwise the covariance of the mixture after an M-step is that of the cloud, whose mean
        variance the floor is relative to.

        Parameters
        ----------
        variance_floor : float
            Relative to the mean variance of the cloud's axes.

        Returns
        -------
        float or None
            None where there is no floor, or no step that tells.
        """
        if variance_floor <= 0:
            return None
        for step in self._steps[1::-1]:
            for event in step.events:
                if event.kind == "floor" and event.component is not None:
                    return float(_eigenvalues(step.mixture.covariances)[event.component])
        if len(self._steps) < 2:
            return None
        return variance_floor * _mean_variance(self._steps[1].mixture)

    def _grown(self, name: str, take: Callable[[Sequence[Step]], FloatArray]) -> FloatArray:
        rows = self._rows.setdefault(name, _Rows())
        if rows.count < len(self._steps):
            rows.extend(take(self._steps[rows.count :]))
        return rows.values


class _Rows:
    """An array that grows at its end, into room that is doubled when it is full."""

    def __init__(self) -> None:
        self.count = 0
        self._room: FloatArray = np.empty(0)

    @property
    def values(self) -> FloatArray:
        return self._room[: self.count]

    def extend(self, rows: FloatArray) -> None:
        needed = self.count + len(rows)
        if needed > len(self._room):
            room = np.empty((max(64, 2 * needed), *rows.shape[1:]))
            room[: self.count] = self.values.reshape(self.count, *rows.shape[1:])
            self._room = room
        self._room[self.count : needed] = rows
        self.count = needed


def _temperatures(steps: Sequence[Step]) -> FloatArray:
    states = (step.state for step in steps)
    betas = (state.beta if isinstance(state, Temperature) else np.nan for state in states)
    return 1 / np.fromiter(betas, np.float64, len(steps))


def _objectives(steps: Sequence[Step]) -> FloatArray:
    values = (np.nan if step.objective is None else step.objective for step in steps)
    found = np.fromiter(values, np.float64, len(steps))
    return np.where(np.isfinite(found), found, np.nan)


def distances(log_likelihoods: FloatArray, *, ended: bool) -> FloatArray:
    """How far each step is below the end of the run.

    Parameters
    ----------
    log_likelihoods : ndarray, shape (t,)
    ended : bool
        While a run grows, its best step so far stands for the end.

    Returns
    -------
    ndarray, shape (t,)
        NaN where it is not above 0: at the end, and where a step was better.
    """
    end = log_likelihoods[-1:] if ended else np.fmax.reduce(log_likelihoods, keepdims=True)
    return _positive(end - log_likelihoods)


def changes(log_likelihoods: FloatArray, total_weight: float) -> FloatArray:
    """The size of the change that each step brought, for each point: |L_t - L_(t-1)| / W.

    Parameters
    ----------
    log_likelihoods : ndarray, shape (t,)
    total_weight : float
        W.

    Returns
    -------
    ndarray, shape (t,)
        NaN at the start, and where nothing changed.
    """
    result = np.full(len(log_likelihoods), np.nan)
    np.abs(np.diff(log_likelihoods), out=result[1:])
    return _positive(result / total_weight)


def decimated(
    values: FloatArray, first: int, last: int, columns: int
) -> tuple[IntArray, FloatArray]:
    """Few points that look like many: the lowest and the highest of the steps of a column.

    Columns hold a power of two of steps and begin at multiples of it, so that they stay where they
    are while a run grows.

    Parameters
    ----------
    values : ndarray, shape (t, m)
        NaN where there is nothing.
    first, last : int
        The first and the last step to show.
    columns : int
        About how many columns there are on the screen.

    Returns
    -------
    indices : ndarray of int, shape (p,)
    points : ndarray, shape (p, m)
    """
    last = min(last, len(values) - 1)
    count = last - first + 1
    if count <= 2 * columns:
        return np.arange(first, first + max(count, 0)), values[first : last + 1]
    size = 1 << (count // max(columns, 1) - 1).bit_length()
    edges = np.arange(first - first % size, last + 1, size)
    edges[0] = first
    inside = values[first : last + 1]
    low = np.fmin.reduceat(inside, edges - first, axis=0)
    high = np.fmax.reduceat(inside, edges - first, axis=0)
    ends = np.append(edges[1:] - 1, last)
    falls = values[edges] > values[ends]
    points = np.stack([np.where(falls, high, low), np.where(falls, low, high)], axis=1)
    indices = np.column_stack([edges, ends])
    return indices.ravel(), points.reshape(-1, values.shape[1])


def _log_likelihoods(steps: Sequence[Step]) -> FloatArray:
    values = np.array([step.log_likelihood for step in steps])
    return np.where(np.isfinite(values), values, np.nan)


def _smallest(steps: Sequence[Step]) -> FloatArray:
    return _positive(_eigenvalues(np.stack([step.mixture.covariances for step in steps])))


def _eigenvalues(covariances: FloatArray) -> FloatArray:
    """The smallest of each; squares of very large or very small units would be no numbers."""
    unit = covariances.max()
    return np.asarray(unit * smallest_eigenvalues(covariances / unit))


def _positive(values: npt.NDArray[np.float64]) -> FloatArray:
    kept: FloatArray = np.where(values > 0, values, np.nan)
    return kept


def _mean_variance(mixture: Mixture) -> float:
    """Of the axes, over the whole mixture."""
    about = mixture.means - mixture.weights @ mixture.means
    traces = np.trace(mixture.covariances, axis1=1, axis2=2) + (about * about).sum(axis=1)
    return float(mixture.weights @ traces) / mixture.d
