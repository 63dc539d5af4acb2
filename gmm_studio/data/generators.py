"""Generated point clouds, each with something to teach about mixtures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.recipe import Recipe
from gmm_studio.data import layouts

__all__ = ["GENERATORS", "LARGEST_K", "LARGEST_N", "Generator", "checked", "generate"]

LARGEST_N = 10_000_000
LARGEST_K = 100
LARGEST_RANDOM_STATE = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Generator:
    """A kind of cloud that can be drawn again and again.

    Parameters
    ----------
    name : str
        What `generate` calls it.
    title : str
        What a person reads; its clouds are named so.
    default_k : int or None
        How many clusters it draws if not told; None where their number is not free.
    make : callable
        Draws a cloud from n, k and random_state.
    """

    name: str
    title: str
    default_k: int | None
    make: Callable[[int, int, int], PointCloud]


def generate(name: str, n: int = 1000, k: int | None = None, random_state: int = 0) -> PointCloud:
    """Draw a cloud. The same arguments draw the same points.

    What the cloud is drawn from depends on its name and k alone, so that another `random_state`
    is another sample of the same thing.

    Parameters
    ----------
    name : str
        One of `GENERATORS`.
    n : int
        How many points, from 1 to 10,000,000.
    k : int, optional
        How many clusters, from 1 to 100, where that can be chosen.
    random_state : int
        From 0 to 4,294,967,295.

    Returns
    -------
    PointCloud
        With its true mixture if it has one, and true labels if it has clusters.

    Raises
    ------
    InputError
        When there is no such generator or a number is out of range.
    """
    recipe = checked(Recipe(name, n, k, random_state))
    made = GENERATORS[name].make(recipe.n, recipe.k or 0, recipe.random_state)
    return replace(made, recipe=recipe)


def checked(recipe: Recipe) -> Recipe:
    """The recipe with its source, k, n and random state as they have to be.

    Raises
    ------
    InputError
        When there is no such generator or a number is out of range.
    """
    n = _whole("number of points", recipe.n, 1, LARGEST_N)
    random_state = _whole("random state", recipe.random_state, 0, LARGEST_RANDOM_STATE)
    if isinstance(recipe.source, Mixture):
        if recipe.k is not None:
            raise InputError("A mixture has no number of clusters to choose.")
        return replace(recipe, n=n, random_state=random_state)
    generator = GENERATORS.get(recipe.source)
    if generator is None:
        raise InputError(
            "There is no cloud called {name}. There are: {names}.",
            name=recipe.source,
            names=", ".join(GENERATORS),
        )
    k = recipe.k
    if generator.default_k is None and k is not None:
        raise InputError("{title} has no number of clusters to choose.", title=generator.title)
    if generator.default_k is not None:
        own = generator.default_k
        k = own if k is None else _whole("number of clusters", k, 1, LARGEST_K)
    return replace(recipe, n=n, k=k, random_state=random_state)


def _whole(what: str, value: int, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError("The {what} must be a whole number.", what=what)
    if not least <= value <= most:
        raise InputError(
            "The {what} must be from {least} to {most:,}.", what=what, least=least, most=most
        )
    return int(value)


def _from_mixture(
    name: str, title: str, default_k: int | None, arrange: Callable[[int], Mixture]
) -> Generator:
    def make(n: int, k: int, random_state: int) -> PointCloud:
        truth = arrange(k)
        points, labels = truth.sample(n, random_state)
        return PointCloud(points, labels=labels, truth=truth, name=title)

    return Generator(name, title, default_k, make)


def _from_fixed(name: str, title: str, arrange: Callable[[], Mixture]) -> Generator:
    return _from_mixture(name, title, None, lambda _: arrange())


def _ring(n: int, k: int, random_state: int) -> PointCloud:
    rng = np.random.default_rng(random_state)
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = rng.normal(3, 0.25, n)
    return PointCloud(_polar(radius, angle), name="Ring")


def _moons(n: int, k: int, random_state: int) -> PointCloud:
    rng = np.random.default_rng(random_state)
    labels = rng.integers(0, 2, n)
    arcs = _polar(2.0, rng.uniform(0, np.pi, n))
    turned = np.where(labels[:, None] == 0, arcs, -arcs)
    apart = np.where(labels[:, None] == 0, (-1.0, -0.5), (1.0, 0.5))
    points = turned + apart + rng.normal(0, 0.2, (n, 2))
    return PointCloud(points, labels=labels, name="Moons")


def _pinwheel(n: int, k: int, random_state: int) -> PointCloud:
    rng = np.random.default_rng(random_state)
    labels = rng.integers(0, k, n)
    along = rng.normal(2.2, 0.65, n)
    across = rng.normal(0, 0.16 * np.sqrt(5 / k), n)
    turn = 2 * np.pi * labels / k + 0.45 * along
    points = _polar(along, turn) + _polar(across, turn + np.pi / 2)
    return PointCloud(points, labels=labels, name="Pinwheel")


def _uniform(n: int, k: int, random_state: int) -> PointCloud:
    rng = np.random.default_rng(random_state)
    return PointCloud(rng.uniform((-4.0, -2.5), (4.0, 2.5), (n, 2)), name="Uniform")


def _polar(radius: FloatArray | float, angle: FloatArray) -> FloatArray:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


GENERATORS: dict[str, Generator] = {
    generator.name: generator
    for generator in (
        _from_mixture("separated", "Separated", 3, layouts.separated),
        _from_mixture("overlapping", "Overlapping", 3, layouts.overlapping),
        _from_mixture("elongated", "Elongated", 3, layouts.elongated),
        _from_mixture("unequal", "Unequal weights", 3, layouts.unequal),
        _from_mixture("nested", "Nested", 2, layouts.nested),
        _from_mixture("grid", "Grid", 9, layouts.grid),
        Generator("ring", "Ring", None, _ring),
        Generator("moons", "Moons", None, _moons),
        Generator("pinwheel", "Pinwheel", 5, _pinwheel),
        Generator("uniform", "Uniform", None, _uniform),
        _from_mixture("hills", "Hills (1-D)", 2, layouts.hills),
        _from_mixture("peaks", "Peaks (1-D)", 3, layouts.peaks),
        _from_fixed("spike", "Spike on a hill (1-D)", layouts.spike),
        _from_fixed("same-mean", "Same mean (1-D)", layouts.same_mean),
        _from_fixed("claw", "Claw (1-D)", layouts.claw),
        _from_fixed("comb", "Comb (1-D)", layouts.comb),
    )
}
"""The kinds of clouds by name, in the order in which a person reads them."""
