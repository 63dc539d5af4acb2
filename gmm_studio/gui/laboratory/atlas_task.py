"""The work of an atlas: draw many starts, run them, gather where they end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gmm_studio.core.em import StopReason
from gmm_studio.core.errors import InputError
from gmm_studio.core.many import End, end_many
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.optima import Gathering, Optimum, wilson
from gmm_studio.core.starts import DETERMINISTIC, Draw, Method, draws
from gmm_studio.core.sweep import DrawnStarts
from gmm_studio.document import Document, Drawn
from gmm_studio.gui.worker import Post, Task

__all__ = [
    "TOLERANCE",
    "Atlas",
    "AtlasRequest",
    "Found",
    "Rate",
    "atlas_task",
    "same_problem",
    "tightened",
]

TOLERANCE = 1e-9
"""Of the runs, where theirs is not smaller still.

Runs that stop on their way would be told apart as optima of their own: with 1e-6, 60 runs on Old
Faithful with k = 3 seem to reach 13 optima, with 1e-8 and less the 3 that there are.
"""

_PAUSE = 0.1
"""Seconds between two messages."""

_PATIENCE = 3
"""A method none of whose first so many starts could be drawn is not asked again."""


@dataclass(frozen=True, slots=True, eq=False)
class AtlasRequest:
    """What an atlas is made of.

    Attributes
    ----------
    document : Document
        Gives the cloud, k and the configuration; its own start does not matter.
    methods : tuple of str
        How starts are drawn.
    runs : int
        Of each method, with the random states from 0 up.
    """

    document: Document
    methods: tuple[Method, ...]
    runs: int

    @property
    def draws(self) -> tuple[Draw, ...]:
        """The methods take turns, so that they can be compared at any time."""
        return tuple(sorted(draws(self.methods, self.runs), key=lambda draw: draw.random_state))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An optimum and the starts that lead there.

    Attributes
    ----------
    optimum : Optimum
    mixture : Mixture
        The end of the first of the runs. It stays when others come, and its components have the
        order that the run shows them in.
    draws : tuple of Drawn
        The starts, in the order in which their runs ended.
    """

    optimum: Optimum
    mixture: Mixture
    draws: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often the runs of a method reached the best optimum that is known.

    Attributes
    ----------
    method : str
    reached, runs : int
        Runs that ended there, and all that ended.
    """

    method: Method
    reached: int
    runs: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.reached / self.runs if self.runs else 0.0

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval by Wilson (1927); None for a method that leaves nothing to chance."""
        if not self.runs or self.method in DETERMINISTIC:
            return None
        low, high = wilson(self.reached, self.runs)
        return low, high


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """All that is known so far.

    Attributes
    ----------
    request : AtlasRequest
    asked : int
        Runs in all.
    found : tuple of Found
        The best log-likelihood first, spurious ones after the others.
    rates : tuple of Rate
        One for each method.
    ended : int
        Runs that came to an end.
    degenerate, limited : int
        Those of them that ended with a collapsed component or at the limit of iterations.
    failed : int
        Starts that could not be drawn.
    reason : InputError or None
        Why the first of them could not.
    seconds : float
        How long it took.
    """

    request: AtlasRequest
    asked: int
    found: tuple[Found, ...] = ()
    rates: tuple[Rate, ...] = ()
    ended: int = 0
    degenerate: int = 0
    limited: int = 0
    failed: int = 0
    reason: InputError | None = None
    seconds: float = 0.0

    @property
    def best(self) -> Found | None:
        """The best that is not spurious."""
        return None if not self.found or self.found[0].optimum.spurious else self.found[0]

    @property
    def done(self) -> int:
        """Runs that nothing more will come of."""
        return self.ended + self.failed

    @property
    def is_complete(self) -> bool:
        """Whether all that was asked for is done."""
        return self.done >= self.asked

    def document(self, draw: Drawn) -> Document:
        """The document that replays one of the runs, as far as it went."""
        return replace(tightened(self.request.document), start=draw)


def tightened(document: Document) -> Document:
    """The document with the tolerance of an atlas."""
    configuration = document.configuration
    tolerance = min(configuration.tolerance, TOLERANCE)
    return replace(document, configuration=replace(configuration, tolerance=tolerance))


def same_problem(one: Document, other: Document) -> bool:
    """Whether an atlas of one document holds for the other: all is the same but the start."""
    same_model = tightened(one).configuration == tightened(other).configuration
    return one.cloud is other.cloud and one.k == other.k and same_model


def atlas_task(request: AtlasRequest, clock: Callable[[], float] = time.monotonic) -> Task:
    """The work of a request, for a worker: posts an `Atlas` several times a second."""

    def work(post: Post, cancelled: Callable[[], bool]) -> None:
        expedition = _Expedition(request, clock, cancelled)
        said = clock()
        for end in expedition.ends():
            expedition.note(end)
            if clock() >= said + _PAUSE:
                post(expedition.atlas())
                said = clock()
        post(expedition.atlas())

    return work


class _Expedition:
    """What grows while the runs come in."""

    def __init__(
        self, request: AtlasRequest, clock: Callable[[], float], cancelled: Callable[[], bool]
    ) -> None:
        self._request, self._clock, self._cancelled = request, clock, cancelled
        document = tightened(request.document)
        self._cloud, self._configuration = document.cloud, document.configuration
        self._gathering: Gathering | None = None
        self._began = clock()
        self._draws = request.draws
        self._tried = 0
        self._starts = DrawnStarts(
            self._cloud, document.k, self._trials(), self._configuration, cancelled
        )
        self._made: list[Drawn] = []
        self._firsts: list[Mixture] = []
        self._ended: Counter[Method] = Counter()
        self._stops: Counter[StopReason] = Counter()

    def ends(self) -> Iterator[End]:
        """Run all."""
        yield from end_many(
            self._cloud, self._starts, self._configuration, cancelled=self._cancelled
        )

    def note(self, end: End) -> None:
        """A run has ended."""
        if self._gathering is None:
            floor = self._configuration.variance_floor
            self._gathering = Gathering(self._cloud, variance_floor=floor)
        if self._gathering.add(end, self._cancelled) == len(self._firsts):
            self._firsts.append(end.mixture)
        self._ended[self._starts.made[end.index].method] += 1
        self._stops[end.stop.reason] += 1

    def atlas(self) -> Atlas:
        """What is known now."""
        made = self._starts.made
        self._made.extend(Drawn(*draw) for draw in made[len(self._made) :])
        optima = self._gathering.optima if self._gathering is not None else ()
        found = tuple(map(self._found, optima))
        problems = iter(self._starts.problems.values())
        atlas = Atlas(
            self._request,
            len(self._draws),
            found,
            ended=sum(self._ended.values()),
            degenerate=self._stops["degenerate"],
            limited=self._stops["iteration_limit"],
            failed=self._tried - len(made),
            reason=next(problems, None),
            seconds=self._clock() - self._began,
        )
        return replace(atlas, rates=self._rates(atlas.best))

    def _trials(self) -> Iterator[Draw]:
        """The draws, without those of methods that have failed often enough."""
        starts_of: Counter[Method] = Counter()
        for draw in self._draws:
            self._tried += 1
            starts_of[draw.method] += 1
            hopeless = starts_of[draw.method] > _PATIENCE and draw.method in self._hopeless()
            if not hopeless:
                yield draw

    def _hopeless(self) -> set[str]:
        """Methods that could not draw any start so far."""
        failing = set(self._starts.problems)
        return failing - {draw.method for draw in self._starts.made} if failing else failing

    def _found(self, optimum: Optimum) -> Found:
        draws = tuple(self._made[index] for index in optimum.members)
        level = self._cloud.own_log_likelihood(optimum.log_likelihood)
        optimum = replace(optimum, log_likelihood=level)
        return Found(optimum, self._firsts[optimum.number], draws)

    def _rates(self, best: Found | None) -> tuple[Rate, ...]:
        reached = Counter(draw.method for draw in best.draws) if best else Counter[Method]()
        return tuple(
            Rate(method, reached[method], self._ended[method]) for method in self._request.methods
        )
