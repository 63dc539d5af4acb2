"""The story of a start: the moments by which a method comes to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.core import start_methods
from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.kernel import each_responsibility_block, never, standardize
from gmm_studio.core.mixture import Mixture

__all__ = ["Kind", "Sample", "StoryMoment", "each_share", "milestones", "squared_distances"]

Kind: TypeAlias = Literal[
    "box",
    "spread",
    "pick",
    "far-pick",
    "nearest",
    "short-runs",
    "best-run",
    "sample",
    "clusters",
    "shares",
    "start",
]

_MOST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Points that are clustered.

    Attributes
    ----------
    places : ndarray, shape (m, d)
    labels : ndarray of int, shape (m,), or None
        The number of each one's cluster, from 0; None while each is a cluster of its own. Of two
        that merge the lower number stays.
    joined : ndarray, shape (2, d), or None
        The means of the two clusters that merge next.
    """

    places: FloatArray
    labels: IntArray | None = None
    joined: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StoryMoment:
    """What there is to see at one moment of a draw, in the units of the data.

    Attributes
    ----------
    method : str
    kind : Kind
        What happens: the box or the spread is there from which means are drawn; a mean is picked;
        each point goes to the nearest centre; short runs go on, and the best of them; a sample is
        taken, and its clusters merge; points share themselves out at random; the start is there.
    number, total : int
        This pick of so many, this iteration of so many, this many runs, points of the sample of
        so many, or clusters on the way to so many.
    means : ndarray, shape (j, d)
        Picked so far, or the centres now.
    before : ndarray, shape (j, d), or None
        The centres before they moved: each point belongs to the nearest of them.
    box : ndarray, shape (2, d), or None
        Its lower left and its upper right corner.
    runs : tuple of Mixture
        Where short runs are; or one component, the spread that means are drawn from.
    log_likelihoods : tuple of float
        Of the short runs.
    best : int or None
        The run (from 0) that goes on.
    sample : Sample or None
    shares : int or None
        The random state of responsibilities that are drawn.
    mixture : Mixture or None
        The whole start; the last moment has it, and no other.
    """

    method: str
    kind: Kind
    number: int = 0
    total: int = 0
    means: FloatArray | None = None
    before: FloatArray | None = None
    box: FloatArray | None = None
    runs: tuple[Mixture, ...] = ()
    log_likelihoods: tuple[float, ...] = ()
    best: int | None = None
    sample: Sample | None = None
    shares: int | None = None
    mixture: Mixture | None = None

    @property
    def is_shared(self) -> bool:
        """Whether each point belongs to components, so that `each_share` says to which."""
        return self.before is not None or self.shares is not None or self.mixture is not None


def milestones(total: int, most: int = _MOST) -> list[int]:
    """At most so many of the numbers from 1 to `total`, the last one in them, first ones densely.

    They are as far apart as what there is to see: it slows down.
    """
    if total <= most:
        return list(range(1, total + 1))
    places = np.arange(most)
    marks = np.round(np.geomspace(1, total, most)).astype(int)
    return list((np.maximum.accumulate(marks - places) + places).tolist())


def squared_distances(means: npt.ArrayLike, places: npt.ArrayLike) -> FloatArray:
    """D², the squared distance to the nearest of some means (j, d), at places (..., d).

    k-means++ picks its next point with chances proportional to D² times its sample weight.
    """
    at = np.asarray(places, dtype=np.float64)
    nearest = np.full(at.shape[:-1], np.inf)
    for mean in np.asarray(means, dtype=np.float64):
        np.minimum(nearest, ((at - mean) ** 2).sum(axis=-1), out=nearest)
    return nearest


def each_share(
    cloud: PointCloud,
    moment: StoryMoment,
    visit: Callable[[slice, FloatArray], None],
    cancelled: Callable[[], bool] = never,
) -> None:
    """Visit the points by blocks with the shares (k, b) that components have in them.

    Parameters
    ----------
    cloud : PointCloud
        Of which the story is.
    moment : StoryMoment
        One where points are shared: see `is_shared`.
    visit : callable
        Gets the rows of a block and the shares of its points, whose columns sum to 1. It may be
        called from several threads at once, each with other rows.
    cancelled : callable
        Asked before every block.

    Raises
    ------
    Cancelled
        When `cancelled` returned true.
    """
    data = standardize(cloud)
    if moment.shares is not None:
        rng = np.random.default_rng(moment.shares)
        shares = start_methods.random_shares(data, moment.total, rng, cancelled)
    elif moment.before is not None:
        centres = (moment.before - data.centre) / data.scale
        shares = start_methods.nearest_shares(data, centres, cancelled)
    elif moment.mixture is not None:
        each_responsibility_block(data, moment.mixture, visit, cancelled)
        return
    first = 0
    for share in shares:
        visit(slice(first, first + share.shape[1]), share)
        first += share.shape[1]
