"""Known data sets that come with the program."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.data.text import read_cloud
from gmm_studio.resources import resource

__all__ = ["EXAMPLES", "Example", "read_example"]


@dataclass(frozen=True, slots=True)
class Example:
    """A data set.

    Attributes
    ----------
    name : str
        What lessons call it, and its file below ``resources/examples``.
    title : str
    summary : str
        What it holds, with its source.
    k : int
        How many components are usually fitted to it.
    class_names : tuple of str
        What the labels 0, 1, ... stand for.
    """

    name: str
    title: str
    summary: str
    k: int
    class_names: tuple[str, ...] = ()


EXAMPLES: dict[str, Example] = {
    example.name: example
    for example in (
        Example(
            "faithful",
            "Old Faithful",
            "272 eruptions of a geyser: how long each lasted and how long one waited for the next, "
            "in minutes (Azzalini and Bowman 1990).",
            2,
        ),
        Example(
            "iris_petals",
            "Iris petals",
            "150 flowers of three species: length and width of a petal in centimetres "
            "(Anderson 1935, Fisher 1936).",
            3,
            ("setosa", "versicolor", "virginica"),
        ),
        Example(
            "series_50",
            "Series of 50",
            "50 values in one dimension with many ties: one occurs 13 times.",
            3,
        ),
        Example(
            "normal_pair",
            "Two normals",
            "100 values in one dimension: 50 of N(0, 1), then 50 of N(2, 1).",
            2,
        ),
    )
}


def read_example(name: str) -> PointCloud:
    """Read a data set that comes with the program.

    Raises
    ------
    InputError
        When there is none of this name.
    """
    example = EXAMPLES.get(name)
    if example is None:
        raise InputError(
            "There is no example called {name}. There are: {names}.",
            name=name,
            names=", ".join(EXAMPLES),
        )
    cloud = read_cloud(resource(f"examples/{name}.csv"))
    return replace(cloud, name=example.title, source=None, class_names=example.class_names)
