"""The points of a lesson and its mixtures, from the entries of a file and as such entries."""

from __future__ import annotations

from typing import Any, cast, get_args

from gmm_studio.core.arrays import frozen
from gmm_studio.core.cloud import LARGEST_COORDINATE, PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import Kind
from gmm_studio.data.generators import GENERATORS
from gmm_studio.document import LARGEST_K
from gmm_studio.lessons.data import (
    LARGEST_N,
    Data,
    FromExample,
    FromGenerator,
    FromMixture,
    FromPoints,
)
from gmm_studio.lessons.entries import Entry
from gmm_studio.lessons.examples import EXAMPLES

__all__ = ["data_entries", "mixture_entries", "read_data", "read_mixture", "truth_of"]

_MOST_POINTS = 100_000
_LONGEST_NAME = 80
_MOST_CLASSES = 1000
_LARGEST_LABEL = 2**53 - 1
_LARGEST_RANDOM_STATE = 2**32 - 1


def truth_of(data: Data) -> Mixture | None:
    """The true mixture, where it is known before the cloud is made."""
    if isinstance(data, FromMixture):
        return data.mixture
    return data.cloud.truth if isinstance(data, FromPoints) else None


def read_data(entry: Entry) -> Data:
    """What the points are, or how they are made.

    Raises
    ------
    InputError
        When that is not said; the message says where.
    """
    kinds = {
        "generator": _read_generator,
        "example": _read_example,
        "mixture": _read_sample,
        "points": _read_points,
    }
    names = entry.value if isinstance(entry.value, dict) else {}
    for name, read in kinds.items():
        if name in names:
            return read(entry)
    entry.fields(*kinds)
    raise entry.missing("points")


def read_mixture(entry: Entry) -> Mixture:
    """A mixture; its components may be equal.

    Raises
    ------
    InputError
        When it is none.
    """
    found = entry.fields("weights", "means", "covariances")
    for name in ("weights", "means", "covariances"):
        if name not in found:
            raise entry.missing(name)
    weights = [weight.number() for weight in found["weights"].items(1, LARGEST_K)]
    k = len(weights)
    means = [[x.number() for x in mean.items(1, 2)] for mean in found["means"].items(k, k)]
    d = len(means[0])
    covariances = [
        [[one.number(LARGEST_COORDINATE**2) for one in row.items(d, d)] for row in rows.items(d, d)]
        for rows in found["covariances"].items(k, k)
    ]
    if any(len(mean) != d for mean in means):
        raise InputError("{where}: the means differ in length.", where=entry.where)
    return Mixture(frozen(weights), frozen(means), frozen(covariances))


def _read_generator(entry: Entry) -> Data:
    found = entry.fields("generator", "n", "k", "random_state", "scaling")
    name = found["generator"].choice(GENERATORS)
    k = found["k"].whole(1, LARGEST_K) if "k" in found else None
    if k is not None and GENERATORS[name].default_k is None:
        raise InputError("{where}: {name} has no k to choose.", where=entry.where, name=name)
    n = found["n"].whole(1, LARGEST_N) if "n" in found else 1000
    return FromGenerator(name, n, k, _random_state(found), _scaling(found))


def _read_example(entry: Entry) -> Data:
    found = entry.fields("example", "scaling")
    return FromExample(found["example"].choice(EXAMPLES), _scaling(found))


def _read_sample(entry: Entry) -> Data:
    found = entry.fields("mixture", "n", "random_state", "name", "scaling")
    if "n" not in found:
        raise entry.missing("n")
    return FromMixture(
        read_mixture(found["mixture"]),
        found["n"].whole(1, LARGEST_N),
        _random_state(found),
        found["name"].text(_LONGEST_NAME) if "name" in found else "",
        _scaling(found),
    )


def _read_points(entry: Entry) -> Data:
    found = entry.fields(
        "points", "weights", "labels", "truth", "name", "columns", "class_names", "scaling"
    )
    rows = found["points"].items(1, _MOST_POINTS)
    d = len(rows[0].items(1, 2))
    points = [[x.number() for x in row.items(d, d)] for row in rows]
    n = len(points)
    parts: dict[str, Any] = {}
    if "weights" in found:
        parts["weights"] = [one.number() for one in found["weights"].items(n, n)]
    if "labels" in found:
        parts["labels"] = [
            one.whole(-_LARGEST_LABEL, _LARGEST_LABEL) for one in found["labels"].items(n, n)
        ]
    if "truth" in found:
        parts["truth"] = read_mixture(found["truth"])
        if parts["truth"].d != d:
            raise InputError("{where}: the truth has another dimension.", where=entry.where)
    if "name" in found:
        parts["name"] = found["name"].text(_LONGEST_NAME)
    for name, least, most in (("columns", d, d), ("class_names", 0, _MOST_CLASSES)):
        if name in found:
            texts = [one.text(_LONGEST_NAME) for one in found[name].items(least, most)]
            parts[name] = tuple(texts)
    return FromPoints(PointCloud(points, **parts), _scaling(found))  # type: ignore[arg-type]


def _random_state(found: dict[str, Entry]) -> int:
    return found["random_state"].whole(0, _LARGEST_RANDOM_STATE) if "random_state" in found else 0


def _scaling(found: dict[str, Entry]) -> Kind:
    return cast("Kind", found["scaling"].choice(get_args(Kind))) if "scaling" in found else "none"


def mixture_entries(mixture: Mixture) -> dict[str, Any]:
    """A mixture as it stands in a file."""
    return {
        "weights": mixture.weights.tolist(),
        "means": mixture.means.tolist(),
        "covariances": mixture.covariances.tolist(),
    }


def data_entries(data: Data) -> dict[str, Any]:
    """The points, or how they are made, as that stands in a file."""
    entries: dict[str, Any]
    if isinstance(data, FromGenerator):
        entries = {"generator": data.name, "n": data.n, "random_state": data.random_state}
        if data.k is not None:
            entries["k"] = data.k
    elif isinstance(data, FromExample):
        entries = {"example": data.name}
    elif isinstance(data, FromMixture):
        entries = {"mixture": mixture_entries(data.mixture), "n": data.n}
        entries |= {"random_state": data.random_state, "name": data.name}
    else:
        entries = _cloud_entries(data.cloud)
    if data.scaling != "none":
        entries["scaling"] = data.scaling
    return entries


def _cloud_entries(cloud: PointCloud) -> dict[str, Any]:
    entries: dict[str, Any] = {"name": cloud.name[:_LONGEST_NAME]}
    entries["columns"] = [name[:_LONGEST_NAME] for name in cloud.columns]
    entries["points"] = cloud.points.tolist()
    if cloud.weights is not None:
        entries["weights"] = cloud.weights.tolist()
    if cloud.labels is not None:
        entries["labels"] = cloud.labels.tolist()
        entries["class_names"] = [name[:_LONGEST_NAME] for name in cloud.class_names]
    if cloud.truth is not None:
        entries["truth"] = mixture_entries(cloud.truth)
    return entries
