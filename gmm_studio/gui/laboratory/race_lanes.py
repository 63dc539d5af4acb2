"""The entries of a race: how far each has come, and how they stand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gmm_studio.core.em import Step, Stop
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.gui.curves.series import History
from gmm_studio.gui.panels.update_rules import changes_for, choice_of

__all__ = [
    "MOST_LANES",
    "Lane",
    "Standing",
    "model_of",
    "rebased",
    "standings",
    "usual_lanes",
]

MOST_LANES = 8

_SAME = 100.0
"""Runs that stop at one optimum differ by about so many times the tolerance."""

_USUAL = (
    Drawn("k-means++", 0),
    Drawn("random-points", 0),
    Drawn("random-responsibilities", 0),
    Drawn("random-points", 1),
)


@dataclass(slots=True, eq=False)
class Lane:
    """An entry of a race as it runs. Belongs to the GUI thread.

    Attributes
    ----------
    document : Document
        Opens it in the main view.
    steps : list of Step
        Those that are there so far.
    stop : Stop or None
        Why it ended.
    problem : str
        Why it cannot be run.
    """

    document: Document
    steps: list[Step] = field(default_factory=list)
    stop: Stop | None = None
    problem: str = ""
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(self.steps, self.document.cloud.own_log_likelihood(0.0))

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to find out."""
        return bool(self.problem) or (self.stop is not None and self.stop.reason != "cancelled")

    @property
    def last(self) -> int:
        """The last iteration there is."""
        return max(len(self.steps) - 1, 0)

    def level(self, step: Step) -> float:
        """The log-likelihood of a step in the data's own units."""
        return self.document.cloud.own_log_likelihood(step.log_likelihood)

    def restart(self) -> None:
        """Know nothing."""
        self.steps, self.stop = [], None
        self.history = History(self.steps, self.document.cloud.own_log_likelihood(0.0))

    def give_up(self) -> None:
        """End where it is, if it has not ended."""
        if not self.is_over and self.steps:
            self.stop = Stop("cancelled")

    def step_at(self, cursor: int) -> Step:
        """The step that it shows at a cursor: its last one where it has ended before that."""
        return self.steps[min(cursor, len(self.steps) - 1)]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entry that has ended stands to the others.

    Attributes
    ----------
    place : int or None
        1 for the fewest iterations; None where it did not converge.
    below : float
        How far its log-likelihood is below the best found, from 0 up.
    stuck : bool
        Whether that is more than runs to the same optimum differ by.
    """

    place: int | None
    below: float
    stuck: bool

    @property
    def is_best(self) -> bool:
        """Whether it reached the best found."""
        return not self.stuck


def standings(lanes: Sequence[Lane]) -> tuple[Standing | None, ...]:
    """How each entry stands; None for those that have not ended.

    Runs that ended because a component collapsed are not taken for the best found where there are
    others: their likelihood has no bound.
    """
    over = [lane for lane in lanes if lane.is_over and lane.steps]
    sound = [lane for lane in over if lane.stop and lane.stop.reason != "degenerate"] or over
    best = max((lane.steps[-1].log_likelihood for lane in sound), default=0.0)
    finished = [lane.last for lane in over if lane.stop and lane.stop.reason == "converged"]
    found: list[Standing | None] = []
    for lane in lanes:
        if lane not in over:
            found.append(None)
            continue
        below = max(best - lane.steps[-1].log_likelihood, 0.0)
        converged = lane.stop is not None and lane.stop.reason == "converged"
        place = 1 + sum(other < lane.last for other in finished) if converged else None
        stuck = below > _same(lane.document, best)
        found.append(Standing(place, below, stuck or (lane in over and lane not in sound)))
    return tuple(found)


def _same(document: Document, log_likelihood: float) -> float:
    weight = document.cloud.total_weight
    loose = _SAME * document.configuration.tolerance * weight
    return max(loose, 1e-9 * max(abs(log_likelihood), weight))


def usual_lanes(document: Document) -> list[Lane]:
    """The document's own start, and one of each of the usual methods."""
    starts: list[Drawn | Placed | Given] = list(_USUAL)
    if document.missing_seed is None:
        starts = [document.start, *(start for start in _USUAL if start != document.start)]
    return [Lane(replace(document, start=start)) for start in starts[: len(_USUAL)]]


def model_of(document: Document) -> tuple[object, ...]:
    """What entries of a race have in common: all but their starts and update rules."""
    plain = replace(document.configuration, **changes_for("em"), random_state=0)
    return (id(document.cloud), document.k, plain)


def rebased(lane: Lane, document: Document) -> Document | None:
    """The start and the rule of an entry on another document; None where they make no sense."""
    start, was = lane.document.start, lane.document.configuration
    same = lane.document.cloud is document.cloud and lane.document.k == document.k
    if not isinstance(start, Drawn) and not same:
        return None
    changes = changes_for(choice_of(was)) | {"random_state": was.random_state}
    configuration = replace(document.configuration, **changes)
    return replace(document, start=start, configuration=configuration)
