"""How a cloud was made, so that another sample of the same can be."""

from __future__ import annotations

from dataclasses import dataclass

from gmm_studio.core.mixture import Mixture

__all__ = ["OUTLIER", "Recipe"]

OUTLIER = -1
"""The true label of a point that no component drew."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a made cloud is drawn from, and what is done to it. The same recipe, the same points.

    Attributes
    ----------
    source : str or Mixture
        The name of a generator, or a mixture to sample from.
    n : int
        How many points, outliers among them.
    k : int or None
        How many clusters, where the generator lets it be chosen; None is its own number.
    random_state : int
        Another number is another sample.
    outliers : float
        The share of the points that are drawn evenly over a box half as large again as the cloud
        on each axis, from 0 to 0.9. Their true label is -1, and the true mixture knows nothing of
        them: it is that of the other points.
    noise : float
        The standard deviation of normal noise on every coordinate, in units of the spread of the
        cloud without it (the root of the mean variance of its axes), from 0 to 10. The covariances
        of a true mixture grow with it. Outliers have none.
    unequal : float or None
        How many times as heavy the first component is as the last, from 1 to 1,000, each being
        lighter than the one before by the same factor; 1 makes all equal. None leaves the weights.
    overlap : float or None
        The misclassification rate of the true mixture, noise included, from 0 to 0.5, reached by
        making all components larger or smaller by one factor. None leaves their sizes.
    title : str
        What a cloud that is sampled from a mixture is called.
    """

    source: str | Mixture
    n: int = 1000
    k: int | None = None
    random_state: int = 0
    outliers: float = 0.0
    noise: float = 0.0
    unequal: float | None = None
    overlap: float | None = None
    title: str = ""
