"""The document, which undo goes over, and its edits: each makes a new one and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Covariance, Mixture, project_covariances
from gmm_studio.core.starts import Method, draw_start, seeded_start

__all__ = [
    "LARGEST_K",
    "USUAL_K",
    "Document",
    "Drawn",
    "Given",
    "Placed",
    "Seed",
    "another_start",
    "choose_k",
    "choose_method",
    "edit_start",
    "equal_components",
    "free_weight",
    "lock_component",
    "make_start",
    "move_seed",
    "moved_mean",
    "new_cloud",
    "new_seeds",
    "other_points",
    "place_seed",
    "remove_seed",
    "reshape_seed",
    "reshaped",
    "reweighted",
    "scaled_cloud",
    "seeds_of",
    "start_from",
    "weigh_seed",
]

LARGEST_K = 100
USUAL_K = 3

_MEANS_ALONE: frozenset[Method] = frozenset({"k-means++", "random-points", "uniform", "normal"})
"""The methods whose starts have equal weights and the covariance of all points, as seeds have."""

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

    A known truth brings its number of components; else, and for another sample of the same, the
    one that a person chose is kept.
    """
    was = document.cloud.truth
    k = document.k if was is None or document.k != was.k else USUAL_K
    if cloud.truth is not None and not (_is_sample(document.cloud, cloud) and k == document.k):
        k = cloud.truth.k
    start = Drawn(document.start.method) if isinstance(document.start, Drawn) else Drawn()
    unlocked = _locked(document, ())
    return replace(unlocked, cloud=cloud, k=min(k, cloud.n, LARGEST_K), start=start)


def _is_sample(old: PointCloud, new: PointCloud) -> bool:
    """Whether two clouds were made alike but for their random state and their size."""
    if old.recipe is None or new.recipe is None:
        return False
    return replace(old.recipe, n=new.recipe.n, random_state=new.recipe.random_state) == new.recipe


def scaled_cloud(document: Document, cloud: PointCloud) -> Document:
    """The same points in other units: k and method stay, and with them what is drawn.

    A start that was placed or given in the old units is drawn anew.
    """
    start = document.start if isinstance(document.start, Drawn) else Drawn()
    return replace(_locked(document, ()), cloud=cloud, start=start)


def other_points(document: Document, cloud: PointCloud) -> Document:
    """The cloud after some of its points changed; the start stays where there are points enough."""
    if document.k > cloud.n:
        return new_cloud(document, cloud)
    return replace(document, cloud=cloud)


def choose_k(document: Document, k: int) -> Document:
    """Another number of components: more asks for the missing seeds, fewer drops the last ones.

    The locks of components that are gone go too.

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
    kept = tuple(j for j in document.configuration.locked if j < k)
    return replace(_locked(document, kept), k=k, start=start)


def choose_method(document: Document, method: Method, random_state: int = 0) -> Document:
    """A start drawn by a method, with nothing locked: a lock holds the numbers it was set on."""
    return replace(_locked(document, ()), start=Drawn(method, random_state))


def another_start(document: Document) -> Document:
    """The next draw of the same method."""
    if not isinstance(document.start, Drawn):
        return choose_method(document, Drawn().method)
    return choose_method(document, document.start.method, document.start.random_state + 1)


def new_seeds(document: Document) -> Document:
    """A new set of seeds, all missing, and nothing locked."""
    return replace(_locked(document, ()), start=Placed((None,) * document.k))


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
    else:
        document = _locked(document, ())
    return _with_seed(document, seeds, missing or 0, place)


def start_from(document: Document, mixture: Mixture, origin: str = "") -> Document:
    """A mixture as the start, whole; what is locked stays so."""
    kept = tuple(j for j in document.configuration.locked if j < mixture.k)
    return replace(_locked(document, kept), k=mixture.k, start=Given(mixture, origin))


def seeds_of(mixture: Mixture) -> tuple[Seed | None, ...]:
    """The means of a start, as seeds."""
    return tuple(tuple(mean) for mean in mixture.means.tolist())


def move_seed(
    document: Document,
    seeds: tuple[Seed | None, ...],
    j: int,
    place: Seed,
    drawn: Mixture | None = None,
) -> Document:
    """Seed j (from 0) elsewhere, the others as they are.

    A drawn start becomes a placed one, or where it is more than its means a given one. Of a start
    that is given as a whole only the mean moves.

    Parameters
    ----------
    document : Document
    seeds : tuple of (Seed or None)
        The means of the start.
    j : int
    place : Seed
    drawn : Mixture, optional
        What the method drew, if one did: its weights and covariances are kept.

    Raises
    ------
    InputError
        When another seed is there already.
    """
    start = document.start
    whole = start.mixture if isinstance(start, Given) else None
    if isinstance(start, Drawn) and start.method not in _MEANS_ALONE:
        whole = drawn
    if whole is None:
        return _with_seed(document, seeds, j, place)
    _refuse_equal(seeds, j, place)
    return replace(document, start=Given(moved_mean(whole, j, place)))


def moved_mean(mixture: Mixture, j: int, place: Seed) -> Mixture:
    """The mixture with mean j (from 0) elsewhere."""
    means = mixture.means.copy()
    means[j] = place
    return Mixture(mixture.weights, means, mixture.covariances)


def remove_seed(document: Document, seeds: tuple[Seed | None, ...], j: int) -> Document:
    """Seed j (from 0) is missing again, and no longer locked.

    The others are seeds from now on; if they were more than their means nothing stays locked.
    """
    is_placed = isinstance(document.start, Placed)
    kept = tuple(i for i in document.configuration.locked if i != j and is_placed)
    return replace(_locked(document, kept), start=Placed((*seeds[:j], None, *seeds[j + 1 :])))


def reshaped(mixture: Mixture, j: int, covariance: npt.ArrayLike, structure: Covariance) -> Mixture:
    """The mixture with another covariance (d, d) of component j (from 0), as its structure has it.

    Of tied ones all change together, of diagonal ones nothing turns, spherical ones stay round.

    Raises
    ------
    InputError
        When it is not a covariance.
    """
    covariances = mixture.covariances.copy()
    covariances[slice(None) if structure == "tied" else j] = covariance
    if structure in ("diagonal", "spherical"):
        covariances = project_covariances(covariances, mixture.weights, structure)
    return Mixture(mixture.weights, mixture.means, covariances)


def free_weight(mixture: Mixture, j: int, locked: tuple[int, ...] = ()) -> float:
    """What locked components leave for component j (from 0) and those that can give or take.

    Only its own weight where no other component can.
    """
    held = [i for i in locked if i != j and i < mixture.k]
    if len(held) == mixture.k - 1:
        return float(mixture.weights[j])
    return float(1 - mixture.weights[held].sum())


def reweighted(mixture: Mixture, j: int, weight: float, locked: tuple[int, ...] = ()) -> Mixture:
    """The mixture with another weight of component j (from 0).

    The others share what is left in proportion to what they had; those that are locked keep theirs.

    Raises
    ------
    InputError
        When the weight is not above 0 and below what there is to share.
    """
    most = free_weight(mixture, j, locked)
    others = [i for i in range(mixture.k) if i != j and i not in locked]
    if not others:
        raise InputError("No other component can give or take weight.")
    if not 0 < weight < most:
        raise InputError("The weight must be above 0 and below {most:g}.", most=most)
    weights = mixture.weights.copy()
    had = weights[others].sum()
    shares = weights[others] / had if had > 0 else np.full(len(others), 1 / len(others))
    weights[j], weights[others] = weight, (most - weight) * shares
    return Mixture(weights, mixture.means, mixture.covariances)


def reshape_seed(
    document: Document, start: Mixture, j: int, covariance: npt.ArrayLike, origin: str = ""
) -> Document:
    """Another covariance (d, d) of component j (from 0); `start` is the whole start as it is."""
    structure = document.configuration.covariance
    return replace(document, start=Given(reshaped(start, j, covariance, structure), origin))


def weigh_seed(
    document: Document, start: Mixture, j: int, weight: float, origin: str = ""
) -> Document:
    """Another weight of component j (from 0); `start` is the whole start as it is."""
    mixture = reweighted(start, j, weight, document.configuration.locked)
    return replace(document, start=Given(mixture, origin))


def equal_components(mixture: Mixture) -> tuple[int, int] | None:
    """The first two components (from 0) with the same mean and covariance: they stay together.

    With the same mean alone they part.
    """
    shapes = mixture.covariances.reshape(mixture.k, -1)
    seen: dict[tuple[float, ...], int] = {}
    for j, row in enumerate(np.hstack([mixture.means, shapes]).tolist()):
        first = seen.setdefault(tuple(row), j)
        if first != j:
            return first, j
    return None


def edit_start(
    document: Document, mixture: Mixture | None, locked: tuple[int, ...], origin: str = ""
) -> Document:
    """The whole start as it was edited, None if only what is locked was.

    Raises
    ------
    InputError
        When two components have both mean and covariance in common.
    """
    if mixture is not None:
        pair = equal_components(mixture)
        if pair is not None:
            raise InputError(
                "Components {first} and {second} are equal and would stay together for ever.",
                first=pair[0] + 1,
                second=pair[1] + 1,
            )
        document = start_from(document, mixture, origin)
    return _locked(document, locked)


def lock_component(document: Document, j: int, locked: bool) -> Document:
    """Component j (from 0) keeps weight, mean and covariance during the run, or does no longer."""
    others = set(document.configuration.locked) - {j}
    return _locked(document, tuple(sorted(others | {j} if locked else others)))


def _locked(document: Document, locked: tuple[int, ...]) -> Document:
    if locked == document.configuration.locked:
        return document
    return replace(document, configuration=replace(document.configuration, locked=locked))


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
