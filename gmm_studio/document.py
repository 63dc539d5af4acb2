"""The document, which undo goes over, and its edits: each makes a new one and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.starts import Method, draw_start, seeded_start

__all__ = [
    "LARGEST_K",
    "Document",
    "Drawn",
    "Given",
    "Placed",
    "Seed",
    "another_start",
    "choose_k",
    "choose_method",
    "make_start",
    "move_seed",
    "moved_mean",
    "new_cloud",
    "place_seed",
    "remove_seed",
    "seeds_of",
    "start_from",
    "without_points",
]

LARGEST_K = 100
USUAL_K = 3

Seed: TypeAlias = tuple[float, ...]
"""The coordinates of a seed."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A start that a method draws."""

    method: Method = "k-means++"
    random_state: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """Seeds placed by hand, None for each that is missing still."""

    seeds: tuple[Seed | None, ...]

    @property
    def missing(self) -> int | None:
        """The first seed (from 0) that is missing."""
        return next((j for j, seed in enumerate(self.seeds) if seed is None), None)


@dataclass(frozen=True, slots=True)
class Given:
    """A start that is there as a whole, such as a step of a run; `origin` says whose."""

    mixture: Mixture
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A cloud, how the start is made, and the configuration."""

    cloud: PointCloud
    k: int
    start: Drawn | Placed | Given = Drawn()
    configuration: Configuration = field(default_factory=Configuration)

    @property
    def missing_seed(self) -> int | None:
        """The first seed (from 0) that has to be placed before there is a start."""
        return self.start.missing if isinstance(self.start, Placed) else None


def make_start(document: Document, cancelled: Callable[[], bool] = never) -> Mixture:
    """The mixture at iteration 0.

    Raises
    ------
    InputError
        When seeds are missing, or the start cannot be made of this cloud.
    Cancelled
        When `cancelled` returned true.
    """
    start, configuration = document.start, document.configuration
    if isinstance(start, Given):
        return start.mixture
    if isinstance(start, Placed):
        seeds = [seed for seed in start.seeds if seed is not None]
        if len(seeds) < document.k:
            raise InputError("Place all {k} seeds first.", k=document.k)
        return seeded_start(document.cloud, seeds, configuration)
    return draw_start(
        document.cloud, start.method, document.k, start.random_state, configuration, cancelled
    )


def new_cloud(document: Document, cloud: PointCloud) -> Document:
    """Another cloud, with a start drawn anew.

    A known truth brings its number of components; else the one that a person chose is kept.
    """
    was = document.cloud.truth
    chosen = document.k if was is None or document.k != was.k else USUAL_K
    is_sample = cloud.source is None and cloud.name == document.cloud.name
    k = cloud.truth.k if cloud.truth and not is_sample else chosen
    start = Drawn(document.start.method) if isinstance(document.start, Drawn) else Drawn()
    return replace(document, cloud=cloud, k=min(k, cloud.n, LARGEST_K), start=start)


def without_points(document: Document, cloud: PointCloud) -> Document:
    """The cloud with some points deleted; the start stays where there are points enough."""
    if document.k > cloud.n:
        return new_cloud(document, cloud)
    return replace(document, cloud=cloud)


def choose_k(document: Document, k: int) -> Document:
    """Another number of components: more asks for the missing seeds, fewer drops the last ones.

    Raises
    ------
    InputError
        When k is out of range.
    """
    most = min(document.cloud.n, LARGEST_K)
    if not 1 <= k <= most:
        raise InputError("The number of components must be from 1 to {most}.", most=most)
    start = document.start
    if isinstance(start, Given):
        start = Placed(seeds_of(start.mixture))
    if isinstance(start, Placed):
        start = Placed((start.seeds + (None,) * k)[:k])
    return replace(document, k=k, start=start)


def choose_method(document: Document, method: Method, random_state: int = 0) -> Document:
    """A start drawn by a method."""
    return replace(document, start=Drawn(method, random_state))


def another_start(document: Document) -> Document:
    """The next draw of the same method."""
    if not isinstance(document.start, Drawn):
        return choose_method(document, Drawn().method)
    return choose_method(document, document.start.method, document.start.random_state + 1)


def place_seed(document: Document, place: Seed) -> Document:
    """The next missing seed; where none is missing, the first of a new set.

    Raises
    ------
    InputError
        When another seed is there already.
    """
    missing = document.missing_seed
    seeds: tuple[Seed | None, ...] = (None,) * document.k
    if isinstance(document.start, Placed) and missing is not None:
        seeds = document.start.seeds
    return _with_seed(document, seeds, missing or 0, place)


def start_from(document: Document, mixture: Mixture, origin: str = "") -> Document:
    """A mixture as the start, whole."""
    return replace(document, k=mixture.k, start=Given(mixture, origin))


def seeds_of(mixture: Mixture) -> tuple[Seed | None, ...]:
    """The means of a start, as seeds."""
    return tuple(tuple(mean) for mean in mixture.means.tolist())


def move_seed(document: Document, seeds: tuple[Seed | None, ...], j: int, place: Seed) -> Document:
    """Seed j (from 0) elsewhere, the others as they are.

    A drawn start becomes a placed one; of a start given as a whole only the mean moves.

    Raises
    ------
    InputError
        When another seed is there already.
    """
    if isinstance(document.start, Given):
        _refuse_equal(seeds, j, place)
        return replace(document, start=Given(moved_mean(document.start.mixture, j, place)))
    return _with_seed(document, seeds, j, place)


def moved_mean(mixture: Mixture, j: int, place: Seed) -> Mixture:
    """The mixture with mean j (from 0) elsewhere."""
    means = mixture.means.copy()
    means[j] = place
    return Mixture(mixture.weights, means, mixture.covariances)


def remove_seed(document: Document, seeds: tuple[Seed | None, ...], j: int) -> Document:
    """Seed j (from 0) is missing again."""
    return replace(document, start=Placed((*seeds[:j], None, *seeds[j + 1 :])))


def _with_seed(document: Document, seeds: tuple[Seed | None, ...], j: int, place: Seed) -> Document:
    _refuse_equal(seeds, j, place)
    return replace(document, start=Placed((*seeds[:j], place, *seeds[j + 1 :])))


def _refuse_equal(seeds: tuple[Seed | None, ...], j: int, place: Seed) -> None:
    for other, seed in enumerate(seeds):
        if seed == place and other != j:
            raise InputError(
                "Seed {other} is there already. Two seeds at the same place would stay together "
                "for ever.",
                other=other + 1,
            )
