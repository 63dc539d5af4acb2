"""What the points of a lesson are, or how they are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.scaling import Kind, scaled
from gmm_studio.data.generators import generate
from gmm_studio.data.making import make
from gmm_studio.lessons.examples import read_example

__all__ = [
    "LARGEST_N",
    "Data",
    "FromExample",
    "FromGenerator",
    "FromMixture",
    "FromPoints",
    "make_cloud",
]

LARGEST_N = 1_000_000
"""Points that a lesson may have made."""


@dataclass(frozen=True, slots=True)
class FromGenerator:
    """A cloud that a generator of the program draws."""

    name: str
    n: int = 1000
    k: int | None = None
    random_state: int = 0
    scaling: Kind = "none"


@dataclass(frozen=True, slots=True)
class FromExample:
    """A data set that comes with the program."""

    name: str
    scaling: Kind = "none"


@dataclass(frozen=True, slots=True)
class FromPoints:
    """A cloud as it is."""

    cloud: PointCloud
    scaling: Kind = "none"


@dataclass(frozen=True, slots=True)
class FromMixture:
    """A sample of a mixture, which is then the truth."""

    mixture: Mixture
    n: int
    random_state: int = 0
    name: str = ""
    scaling: Kind = "none"


Data: TypeAlias = FromGenerator | FromExample | FromPoints | FromMixture


def make_cloud(data: Data) -> PointCloud:
    """The cloud, made anew each time.

    Raises
    ------
    InputError
        When there is no such generator or example, or a number is out of range.
    """
    cloud = _unscaled(data)
    return cloud if data.scaling == "none" else scaled(cloud, data.scaling)


def _unscaled(data: Data) -> PointCloud:
    if isinstance(data, FromGenerator):
        return generate(data.name, data.n, data.k, data.random_state)
    if isinstance(data, FromExample):
        return read_example(data.name)
    if isinstance(data, FromPoints):
        return data.cloud
    return make(Recipe(data.mixture, data.n, random_state=data.random_state, title=data.name))
