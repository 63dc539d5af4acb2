"""How each method draws a start, and what it tells on the way to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gmm_studio.core import start_methods
from gmm_studio.core.arrays import FloatArray, IntArray, frozen
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import Parameters, StandardCloud
from gmm_studio.core.maximisation import Update, degenerate_component, project
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.small_em import SHORT_RUNS, ShortRuns, short_runs
from gmm_studio.core.start_story import Kind, Sample, StoryMoment, milestones
from gmm_studio.core.ward import Tree, ward_tree

__all__ = ["Drawing", "equal_components", "prepare"]

_LARGEST = 1e70
"""The largest mean or deviation of a start in standard units: its powers stay within doubles."""

_MOST_PICKS = 12
_LAST_MERGES = 5


@dataclass(slots=True, eq=False)
class Drawing:
    """One draw of a start; with `tell` it says what it does, else it keeps to the work.

    Attributes
    ----------
    cloud : PointCloud
    data : StandardCloud
        The same in standard units.
    method : str
    k : int
    random_state : int
    configuration : Configuration
    cancelled : callable
        Asked between passes over the points.
    tell : callable or None
        Hears each moment of the draw.
    """

    cloud: PointCloud
    data: StandardCloud
    method: str
    k: int
    random_state: int
    configuration: Configuration
    cancelled: Callable[[], bool]
    tell: Callable[[StoryMoment], None] | None = None
    _rng: np.random.Generator = field(init=False)
    _last: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.random_state)

    def mixture(self) -> Mixture:
        """The start, brought to the structure and over the floor."""
        parameters = prepare(self._parameters(), self.configuration).parameters
        mixture = self.data.mixture(parameters)
        self._say("start", self.k, self.k, **(self._last | {"mixture": mixture}))
        return mixture

    def _parameters(self) -> Parameters:
        """One mixture by the method, in standard units."""
        if self.method == "small-em":
            return self._small_em()
        if self.method == "random-responsibilities":
            return self._random_responsibilities()
        if self.method == "ward":
            return self._ward()
        if self.method == "k-means":
            return self._k_means()
        total = start_methods.total_covariance(self.data)
        return equal_components(self._means(total)[None], self._shared_covariance(total))

    def _shared_covariance(self, total: FloatArray) -> FloatArray:
        """What all components start with, where a method chooses means alone."""
        if self.method == "uniform-identity":
            return np.eye(self.data.d) / self.data.scale / self.data.scale
        if self.method == "normal-deviations":
            return np.asarray(np.diag(np.sqrt(total.diagonal())) / self.data.scale)
        return total

    def _means(self, total: FloatArray) -> FloatArray:
        """Means (k, d) by a method that chooses nothing else."""
        data, k, rng = self.data, self.k, self._rng
        around: dict[str, Any] = {}
        if self.method == "k-means++":
            return self._far_apart()
        if self.method == "random-points":
            means = start_methods.random_points(self.cloud, data, k, rng)
        elif self.method in ("normal", "normal-deviations"):
            is_plain = self.method == "normal"
            covariance = total if is_plain else np.diag(total.diagonal())
            around = {"runs": Parameters(*_one(covariance))}
            self._say("spread", 0, k, **around)
            means = start_methods.normal(covariance, k, rng)
        else:
            around = {"box": start_methods.box(data)}
            self._say("box", 0, k, **around)
            means = start_methods.uniform(data, k, rng)
        self._say_picks("pick", means, **around)
        return means

    def _far_apart(self) -> FloatArray:
        """The points that k-means++ picks, shape (k, d)."""
        picks = start_methods.k_means_plus_plus(self.data, self.k, self._rng, self.cancelled)
        means = np.array([place for _, place in picks])
        self._say_picks("far-pick", means)
        return means

    def _k_means(self) -> Parameters:
        centres = [self._far_apart()]
        sums, means = start_methods.k_means(self.data, centres[0], self.cancelled, centres.append)
        total = len(centres) - 1
        for t in milestones(total) if self.tell else ():
            self._say("nearest", t, total, before=centres[t - 1], means=centres[t])
        self._last = {"before": means}
        return start_methods.m_step(sums, means)

    def _random_responsibilities(self) -> Parameters:
        shares = {"shares": self.random_state}
        self._say("shares", 0, self.k, **shares)
        sums = start_methods.random_responsibilities(self.data, self.k, self._rng, self.cancelled)
        self._last = shares
        return start_methods.m_step(sums, np.zeros((self.k, self.data.d)))

    def _small_em(self) -> Parameters:
        """The end of the best short run from random points."""
        means = [
            start_methods.random_points(self.cloud, self.data, self.k, self._rng)
            for _ in range(SHORT_RUNS)
        ]
        covariance = start_methods.total_covariance(self.data)
        prepare(equal_components(means[0][None], covariance), self.configuration)
        start = equal_components(np.array(means), covariance)
        states = list(short_runs(self.data, start, self.configuration, self.cancelled))
        last = len(states) - 1
        for t in (0, *milestones(last, 5)) if self.tell else ():
            self._say_runs("short-runs", t, last, states[t])
        self._say_runs("best-run", SHORT_RUNS, SHORT_RUNS, states[-1], best=states[-1].best)
        self._last = {"runs": states[-1].parameters, "best": states[-1].best}
        return states[-1].chosen

    def _ward(self) -> Parameters:
        k, tree = self.k, ward_tree(self.data, self.k, self.cancelled)
        m = len(tree.places)
        self._say("sample", m, self.data.n, sample=Sample(tree.places))
        for labels, pair in tree.levels(k, k + _LAST_MERGES if self.tell else k):
            self._say_clusters(tree, labels, pair)
        return start_methods.m_step(tree.sums(labels), np.zeros((k, self.data.d)))

    # What is told

    def _say_picks(self, kind: Kind, means: FloatArray, **around: Any) -> None:
        """One by one; of very many only the first ones, and all of them."""
        firsts = range(1, min(self.k, _MOST_PICKS) + 1)
        for j in sorted({*firsts, self.k}) if self.tell else ():
            self._say(kind, j, self.k, means=means[:j], **around)
        self._last = {"means": means}

    def _say_runs(
        self, kind: Kind, number: int, total: int, runs: ShortRuns, best: int | None = None
    ) -> None:
        reached = tuple(runs.log_likelihoods.tolist())
        self._say(kind, number, total, runs=runs.parameters, log_likelihoods=reached, best=best)

    def _say_clusters(self, tree: Tree, labels: IntArray, pair: tuple[int, int] | None) -> None:
        if self.tell is None:
            return
        means = tree.means(labels)
        joined = None if pair is None else means[list(pair)]
        self._last = {"sample": Sample(tree.places, labels, joined), "means": means}
        self._say("clusters", len(means), self.k, **self._last)

    def _say(self, kind: Kind, number: int, total: int, **what: Any) -> None:
        """Tell a moment; its places, samples and runs come in standard units."""
        if self.tell is None:
            return
        for name in ("means", "before", "box"):
            if name in what:
                what[name] = self._in_units(what[name])
        if "sample" in what:
            sample: Sample = what["sample"]
            joined = None if sample.joined is None else self._in_units(sample.joined)
            what["sample"] = Sample(self._in_units(sample.places), sample.labels, joined)
        if "runs" in what:
            runs: Parameters = what["runs"]
            what["runs"] = tuple(self.data.mixture(runs, i) for i in range(len(runs.weights)))
        self.tell(StoryMoment(self.method, kind, number, total, **what))

    def _in_units(self, places: FloatArray) -> FloatArray:
        return frozen(self.data.centre + self.data.scale * places)


def prepare(parameters: Parameters, configuration: Configuration) -> Update:
    """A start in standard units, brought to the structure and over the floor.

    Raises
    ------
    InputError
        When a component has no spread and there is no floor to give it one, or it is so far from
        the points or so wide that its numbers cannot be worked with.
    """
    sizes = abs(parameters.means).max(axis=2), abs(parameters.covariances).max(axis=(2, 3)) ** 0.5
    boundless = np.maximum(*sizes)[0] > _LARGEST
    if boundless.any():
        raise InputError(
            "Component {j} of the start is out of all proportion to the points.",
            j=int(boundless.argmax()) + 1,
        )
    update = project(parameters, configuration.covariance, configuration.variance_floor)
    component = degenerate_component(update, configuration.variance_floor)
    if component is not None:
        raise InputError(
            "Component {j} of the start has no spread. Use another start, or a variance floor "
            "above 0.",
            j=component + 1,
        )
    return update


def equal_components(means: FloatArray, covariance: FloatArray) -> Parameters:
    """Mixtures with these means (r, k, d), equal weights and one covariance (d, d) for all."""
    r, k = means.shape[:2]
    return Parameters(np.full((r, k), 1 / k), means, np.tile(covariance, (r, k, 1, 1)))


def _one(covariance: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The normal around 0 as a mixture of one component."""
    return np.ones((1, 1)), np.zeros((1, 1, len(covariance))), covariance[None, None]
