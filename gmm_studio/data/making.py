"""Makes clouds by recipe: a generator or a mixture, with outliers, noise and a chosen overlap."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.overlap import scaled, with_overlap
from gmm_studio.core.recipe import OUTLIER, Recipe
from gmm_studio.data.generators import GENERATORS, checked, generate

__all__ = ["edited_truth", "make", "sample_cloud", "true_mixture"]

_ROOM = 0.25
"""How far the box of the outliers reaches beyond the cloud on each side, in sizes of the cloud."""

_LARGEST_SHARE, _LARGEST_NOISE, _LARGEST_RATIO, _LARGEST_OVERLAP = 0.9, 10.0, 1000.0, 0.5
_NOISE, _OUTLIERS = 1, 2
"""What keeps the random numbers of the two apart from each other and from the points'."""


def make(recipe: Recipe, cancelled: Callable[[], bool] = never) -> PointCloud:
    """Make a cloud. The same recipe makes the same points.

    Parameters
    ----------
    recipe : Recipe
    cancelled : callable

    Returns
    -------
    PointCloud
        With its recipe, its true mixture if it has one, and the component that drew each point as
        its true label. The truth is that of the points which are not outliers. Outliers come last.

    Raises
    ------
    InputError
        When there is no such generator, a number is out of range, or weights and overlap are to be
        chosen where there is no true mixture.
    Cancelled
        When `cancelled` returned true.
    """
    recipe = _checked(recipe)
    truth = true_mixture(recipe, cancelled)
    n_clean = max(1, recipe.n - round(recipe.outliers * recipe.n))
    if truth is not None:
        clean = sample_cloud(truth, n_clean, recipe.random_state, _title(recipe))
    else:
        clean = _noisy_points(replace(recipe, n=n_clean))
    if cancelled():
        raise Cancelled
    return replace(_with_outliers(clean, recipe), recipe=recipe)


def sample_cloud(
    mixture: Mixture, n: int = 1000, random_state: int = 0, name: str = ""
) -> PointCloud:
    """Draw a cloud from any mixture.

    Parameters
    ----------
    mixture : Mixture
    n : int
        From 1 to 10,000,000.
    random_state : int
        The same number draws the same points.
    name : str

    Returns
    -------
    PointCloud
        With the mixture as its truth, and as labels the components, from 0, that drew the points.

    Raises
    ------
    InputError
        When a number is out of range.
    """
    recipe = checked(Recipe(mixture, n, random_state=random_state, title=name))
    points, labels = mixture.sample(recipe.n, recipe.random_state)
    return PointCloud(points, labels=labels, truth=mixture, name=name, recipe=recipe)


def true_mixture(recipe: Recipe, cancelled: Callable[[], bool] = never) -> Mixture | None:
    """The mixture that a recipe draws from, None if its generator has none.

    Raises
    ------
    InputError
        As `make` does.
    Cancelled
        When `cancelled` returned true.
    """
    recipe = _checked(recipe)
    base = recipe.source if isinstance(recipe.source, Mixture) else _arranged(recipe)
    if base is None:
        if recipe.unequal is not None or recipe.overlap is not None:
            raise InputError(
                "{title} has no true mixture whose weights or overlap could be chosen.",
                title=_title(recipe),
            )
        return None
    if recipe.unequal is not None:
        base = _weighted(base, recipe.unequal)
    clear = base

    def noisy(scale: float) -> Mixture:
        return _noisy(scaled(clear, scale) if scale != 1 else clear, recipe.noise)

    if recipe.overlap is None:
        return noisy(1.0)
    if clear.k == 1:
        raise InputError("A single cluster overlaps with nothing.")
    return with_overlap(noisy, recipe.overlap, cancelled)


def edited_truth(cloud: PointCloud, truth: Mixture) -> Recipe:
    """The recipe of a cloud like this one, drawn from another true mixture.

    The number of points, the random state and the outliers are kept. What weights, overlap and
    noise had made of the truth is in it already.
    """
    was = cloud.recipe
    recipe = Recipe(truth, cloud.n_points, title=cloud.name)
    if was is not None:
        recipe = replace(recipe, random_state=was.random_state, outliers=was.outliers)
    return recipe


def _checked(recipe: Recipe) -> Recipe:
    recipe = checked(recipe)
    return replace(
        recipe,
        outliers=_share("share of outliers", recipe.outliers, 0, _LARGEST_SHARE),
        noise=_share("noise", recipe.noise, 0, _LARGEST_NOISE),
        unequal=None
        if recipe.unequal is None
        else _share("ratio of the weights", recipe.unequal, 1, _LARGEST_RATIO),
        overlap=None
        if recipe.overlap is None
        else _share("overlap", recipe.overlap, 0, _LARGEST_OVERLAP),
    )


def _share(what: str, value: float, least: float, most: float) -> float:
    if not math.isfinite(value) or not least <= value <= most:
        raise InputError(
            "The {what} must be from {least:g} to {most:,g}.", what=what, least=least, most=most
        )
    return float(value)


def _title(recipe: Recipe) -> str:
    if isinstance(recipe.source, Mixture):
        return recipe.title
    return GENERATORS[recipe.source].title


def _arranged(recipe: Recipe) -> Mixture | None:
    assert isinstance(recipe.source, str)
    return _truth_of(recipe.source, recipe.k)


@lru_cache(maxsize=32)
def _truth_of(name: str, k: int | None) -> Mixture | None:
    """What a generator draws from depends on its name and k alone."""
    return generate(name, 1, k).truth


def _weighted(mixture: Mixture, ratio: float) -> Mixture:
    weights = ratio ** -np.linspace(0, 1, mixture.k)
    return Mixture(weights / weights.sum(), mixture.means, mixture.covariances)


def _noisy(mixture: Mixture, noise: float) -> Mixture:
    if noise == 0:
        return mixture
    centred = mixture.means - mixture.weights @ mixture.means
    variances = np.einsum("kii->ki", mixture.covariances) + centred**2
    added = noise**2 * float((mixture.weights @ variances).mean())
    covariances = mixture.covariances + added * np.eye(mixture.d)
    return Mixture(mixture.weights, mixture.means, covariances)


def _noisy_points(recipe: Recipe) -> PointCloud:
    """The points of a generator without a true mixture."""
    drawn = generate(str(recipe.source), recipe.n, recipe.k, recipe.random_state)
    if recipe.noise == 0:
        return drawn
    spread = float(np.sqrt(drawn.points.var(axis=0).mean()))
    rng = np.random.default_rng([recipe.random_state, _NOISE])
    jitter = rng.normal(0, recipe.noise * spread, drawn.points.shape)
    return replace(drawn, points=drawn.points + jitter)


def _with_outliers(cloud: PointCloud, recipe: Recipe) -> PointCloud:
    n = recipe.n - cloud.n
    if n == 0:
        return cloud
    low, high = _box(cloud.points)
    rng = np.random.default_rng([recipe.random_state, _OUTLIERS])
    strays = rng.uniform(low, high, (n, cloud.d))
    labels = np.zeros(cloud.n, np.int64) if cloud.labels is None else cloud.labels
    return replace(
        cloud,
        points=np.vstack([cloud.points, strays]),
        labels=np.r_[labels, np.full(n, OUTLIER)],
    )


def _box(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    low, high = points.min(axis=0), points.max(axis=0)
    room = _ROOM * np.where(high > low, high - low, 1.0)
    return low - room, high + room
