"""The optima that many starts lead to, and how often each method reaches the best of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.many import end_many
from gmm_studio.core.optima import Gathering, Optimum, Tolerance, wilson
from gmm_studio.core.starts import DETERMINISTIC, Draw, Method, draws
from gmm_studio.core.sweep import DrawnStarts

__all__ = ["LARGEST_RUNS", "Atlas", "Success", "gather"]

LARGEST_RUNS = 10_000
"""The most starts of one method."""


@dataclass(frozen=True, slots=True)
class Success:
    """How often the starts of a method led to the best optimum found.

    Attributes
    ----------
    method : Method
    runs : int
        Starts that could be drawn.
    reached : int
        Of these runs.
    interval : tuple of float or None
        In which the rate lies with 95 % confidence (Wilson 1927); None without runs, and for a
        method that always draws the same start.
    problem : InputError or None
        Why the first of the starts that are missing could not be drawn.
    """

    method: Method
    runs: int
    reached: int
    interval: tuple[float, float] | None
    problem: InputError | None = None

    @property
    def rate(self) -> float | None:
        """The share of the runs that reached it."""
        return self.reached / self.runs if self.runs else None


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """The distinct optima that many runs have reached.

    Attributes
    ----------
    draws : tuple of Draw
        How the starts were drawn; members of optima are their places here.
    optima : tuple of Optimum
        Best log-likelihood first, spurious ones after the others.
    tolerance : Tolerance
        Within which two ends are one optimum.
    successes : tuple of Success
        For each method in the order asked for.
    unconverged : int
        Runs that the limit of iterations stopped: where many, some optima are not quite reached
        and look like others.
    """

    draws: tuple[Draw, ...]
    optima: tuple[Optimum, ...]
    tolerance: Tolerance
    successes: tuple[Success, ...]
    unconverged: int

    @property
    def best(self) -> Optimum | None:
        """The best found that is not spurious."""
        first = self.optima[0]
        return None if first.spurious else first


def gather(
    cloud: PointCloud,
    k: int,
    methods: Iterable[Method],
    runs: int,
    configuration: Configuration | None = None,
    random_state: int = 0,
    tolerance: Tolerance | None = None,
    cancelled: Callable[[], bool] = never,
) -> Atlas:
    """Run EM from many starts and gather where the runs end.

    Parameters
    ----------
    cloud : PointCloud
    k : int
    methods : iterable of Method
    runs : int
        Starts of each method.
    configuration : Configuration, optional
    random_state : int
        Of the first start of each method; the next ones count up from it.
    tolerance : Tolerance, optional
        Within which two ends are one optimum.
    cancelled : callable
        Asked before every block of points.

    Raises
    ------
    InputError
        When the number of runs is out of range, or no start could be drawn, with the reason.
    Cancelled
        As soon as `cancelled` returns true.
    """
    if not 1 <= runs <= LARGEST_RUNS:
        raise InputError("The number of runs must be from 1 to {most}.", most=LARGEST_RUNS)
    configuration = configuration or Configuration()
    methods = tuple(dict.fromkeys(methods))
    starts = DrawnStarts(cloud, k, draws(methods, runs, random_state), configuration, cancelled)
    tolerance = tolerance or Tolerance()
    gathering: Gathering | None = None
    unconverged = 0
    for end in end_many(cloud, starts, configuration, cancelled=cancelled):
        gathering = gathering or Gathering(cloud, tolerance, configuration.variance_floor)
        gathering.add(end, cancelled)
        unconverged += end.stop.reason == "iteration_limit"
    if gathering is None:
        raise starts.problems[methods[0]]
    made, optima = tuple(starts.made), gathering.optima
    best = () if optima[0].spurious else optima[0].members
    reached = [made[index].method for index in best]
    return Atlas(
        made,
        optima,
        tolerance,
        tuple(
            _success(method, made, reached.count(method), starts.problems.get(method))
            for method in methods
        ),
        unconverged,
    )


def _success(
    method: Method, made: tuple[Draw, ...], reached: int, problem: InputError | None
) -> Success:
    runs = sum(draw.method == method for draw in made)
    is_random = runs > 0 and method not in DETERMINISTIC
    interval = wilson(reached, runs) if is_random else None
    return Success(method, runs, reached, interval and (interval[0], interval[1]), problem)
