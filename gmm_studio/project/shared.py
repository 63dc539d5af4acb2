"""What several parts of a project have in common, saved once: mixtures, clouds, and arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import IntArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.project.entries import Entry

__all__ = [
    "BYTES",
    "DOUBLES",
    "WHOLES",
    "Array",
    "Loading",
    "ReadArray",
    "Saving",
    "decode_mixture",
    "smallest",
]

T = TypeVar("T")

Array: TypeAlias = npt.NDArray[Any]

DOUBLES = ("<f8",)
WHOLES = ("|i1", "<i2", "<i4", "<i8")
BYTES = ("|u1",)

ReadArray: TypeAlias = Callable[[str, Sequence[str], "tuple[int | None, ...]"], Array]
"""The array of a name, of one of some types and of a shape, in which None stands for any length."""


@dataclass(slots=True)
class Saving:
    """Numbers what is shared as it is met, and collects the arrays."""

    arrays: dict[str, Array] = field(default_factory=dict)
    _mixtures: dict[int, tuple[int, Mixture]] = field(default_factory=dict)
    _clouds: dict[int, tuple[int, PointCloud]] = field(default_factory=dict)

    def mixture(self, mixture: Mixture) -> int:
        """The number of a mixture."""
        return _number(self._mixtures, mixture)

    def cloud(self, cloud: PointCloud) -> int:
        """The number of a cloud; one that it was made of by scaling has a lower one."""
        if cloud.unscaled is not None:
            self.cloud(cloud.unscaled)
        return _number(self._clouds, cloud)

    @property
    def clouds(self) -> list[PointCloud]:
        """All clouds so far."""
        return [cloud for _, cloud in self._clouds.values()]

    def mixture_entries(self) -> list[dict[str, Any]]:
        """All mixtures so far, as JSON."""
        return [
            {
                "weights": mixture.weights.tolist(),
                "means": mixture.means.tolist(),
                "covariances": mixture.covariances.tolist(),
            }
            for _, mixture in self._mixtures.values()
        ]


@dataclass(frozen=True, slots=True)
class Loading:
    """What is shared, by number, and how arrays are read."""

    array: ReadArray
    mixtures: Sequence[Mixture]
    clouds: Sequence[PointCloud]

    def mixture(self, entry: Entry) -> Mixture:
        """The mixture of a number."""
        return self.mixtures[entry.whole(0, len(self.mixtures) - 1)]

    def cloud(self, entry: Entry) -> PointCloud:
        """The cloud of a number."""
        return self.clouds[entry.whole(0, len(self.clouds) - 1)]


def decode_mixture(entry: Entry) -> Mixture:
    """A mixture out of JSON.

    Raises
    ------
    InputError
        When it is none.
    """
    weights = entry["weights"].numbers(None)
    d = max((len(mean.items()) for mean in entry["means"].items(len(weights))), default=0)
    means = entry["means"].numbers(len(weights), d)
    covariances = entry["covariances"].numbers(len(weights), d, d)
    return Mixture(np.array(weights), np.array(means), np.array(covariances))


def smallest(numbers: IntArray) -> Array:
    """Whole numbers of as few bytes as they need."""
    low, high = int(numbers.min()), int(numbers.max())
    sizes = (np.dtype(code) for code in WHOLES)
    return numbers.astype(
        next(size for size in sizes if np.iinfo(size).min <= low and high <= np.iinfo(size).max)
    )


def _number(items: dict[int, tuple[int, T]], item: T) -> int:
    # What is here is kept, so that its id stays its own.
    return items.setdefault(id(item), (len(items), item))[0]
