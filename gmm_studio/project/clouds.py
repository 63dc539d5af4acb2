"""Point clouds with all that is known of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from gmm_studio.core.cloud import LARGEST_COORDINATE, PointCloud, Source
from gmm_studio.core.errors import InputError
from gmm_studio.core.grid import Grid
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.scaling import KINDS, Scaling
from gmm_studio.core.source import (
    Decimal,
    Delimiter,
    LeftOut,
    Place,
    ReadOptions,
    Reason,
    Thousands,
    Unit,
)
from gmm_studio.data.encodings import ENCODINGS
from gmm_studio.data.generators import checked
from gmm_studio.project.entries import Entry
from gmm_studio.project.shared import BYTES, DOUBLES, WHOLES, Loading, Saving, smallest

__all__ = ["decode_cloud", "encode_cloud"]


def encode_cloud(cloud: PointCloud, number: int, saving: Saving) -> dict[str, Any]:
    """A cloud as JSON; its arrays are put aside."""
    place, arrays = f"clouds/{number}", saving.arrays
    arrays[f"{place}/points"] = cloud.points
    if cloud.weights is not None:
        arrays[f"{place}/weights"] = cloud.weights
    if cloud.labels is not None:
        arrays[f"{place}/labels"] = smallest(cloud.labels)
    if cloud.grid is not None:
        arrays[f"{place}/counts"] = smallest(cloud.grid.counts)
    if cloud.source is not None and cloud.source.kept is not None:
        arrays[f"{place}/kept"] = cloud.source.kept.view(np.uint8)
    return {
        "name": cloud.name,
        "columns": cloud.columns,
        "class_names": cloud.class_names,
        "weights": cloud.weights is not None,
        "labels": cloud.labels is not None,
        "truth": cloud.truth and saving.mixture(cloud.truth),
        "source": cloud.source and _encode_source(cloud.source),
        "scaling": cloud.scaling and _encode_scaling(cloud.scaling),
        "grid": cloud.grid and _encode_grid(cloud.grid),
        "recipe": cloud.recipe and _encode_recipe(cloud.recipe, saving),
        "unscaled": cloud.unscaled and saving.cloud(cloud.unscaled),
    }


def decode_cloud(entry: Entry, number: int, loading: Loading) -> PointCloud:
    """A cloud out of JSON and arrays; those with lower numbers are known.

    Raises
    ------
    InputError
        When it is none.
    """
    place = f"clouds/{number}"
    points = loading.array(f"{place}/points", DOUBLES, (None, None))
    n, d = points.shape
    weights, labels = entry["weights"].flag(), entry["labels"].flag()
    cloud = PointCloud(
        points,
        weights=loading.array(f"{place}/weights", DOUBLES, (n,)) if weights else None,
        labels=loading.array(f"{place}/labels", WHOLES, (n,)) if labels else None,
        truth=entry["truth"].optional(loading.mixture),
        name=entry["name"].text(),
        columns=entry["columns"].texts(),
        source=entry["source"].optional(lambda one: _decode_source(one, place, loading)),
        class_names=entry["class_names"].texts(),
        scaling=entry["scaling"].optional(lambda one: _decode_scaling(one, d)),
        grid=entry["grid"].optional(lambda one: _decode_grid(one, place, n, d, loading)),
        recipe=entry["recipe"].optional(lambda one: _decode_recipe(one, loading)),
    )
    unscaled = entry["unscaled"].optional(loading.cloud)
    _check(cloud, unscaled)
    # As `scaled` does: no one else can say of what a cloud was made.
    object.__setattr__(cloud, "unscaled", unscaled)
    return cloud


def _check(cloud: PointCloud, unscaled: PointCloud | None) -> None:
    if cloud.truth is not None and cloud.truth.d != cloud.d:
        raise InputError("The true mixture has other dimensions than the points.")
    kept = None if cloud.source is None else cloud.source.kept
    if kept is not None and cloud.grid is None and int(kept.sum()) != cloud.n:
        raise InputError("Other rows were kept than there are points.")
    if unscaled is not None and (
        cloud.scaling is None
        or unscaled.scaling is not None
        or unscaled.points.shape != cloud.points.shape
    ):
        raise InputError("The points were not made by scaling the ones given.")


def _encode_source(source: Source) -> dict[str, Any]:
    options = source.options
    return {
        "path": str(source.path),
        "columns": source.columns,
        "options": {
            "encoding": options.encoding,
            "delimiter": options.delimiter,
            "decimal": options.decimal,
            "thousands": options.thousands,
            "header": options.header,
            "columns": options.columns,
            "label": options.label,
            "weight": options.weight,
            "table": options.table,
            "drop_invalid": options.drop_invalid,
        },
        "left_out": [
            {
                "reason": one.reason,
                "count": one.count,
                "places": [[place.line, place.column] for place in one.places],
                "unit": one.unit,
            }
            for one in source.left_out
        ],
        "kept": source.kept is not None,
    }


def _decode_source(entry: Entry, place: str, loading: Loading) -> Source:
    kept = None
    if entry["kept"].flag():
        numbers = loading.array(f"{place}/kept", BYTES, (None,))
        if numbers.max(initial=0) > 1:
            raise InputError("Rows are neither kept nor left out.")
        kept = numbers.view(np.bool_)
    return Source(
        Path(entry["path"].text()),
        entry["columns"].texts(),
        _decode_options(entry["options"]),
        tuple(map(_decode_left_out, entry["left_out"].items())),
        kept,
    )


def _decode_options(entry: Entry) -> ReadOptions:
    return ReadOptions(
        entry["encoding"].optional(lambda one: one.choice(ENCODINGS)),
        entry["delimiter"].optional(lambda one: one.choice(get_args(Delimiter))),
        entry["decimal"].optional(lambda one: one.choice(get_args(Decimal))),
        entry["thousands"].optional(lambda one: one.choice(get_args(Thousands))),
        entry["header"].optional(Entry.flag),
        entry["columns"].optional(lambda one: tuple(map(_decode_column, one.items()))),
        entry["label"].optional(_decode_column),
        entry["weight"].optional(_decode_column),
        entry["table"].optional(Entry.text),
        entry["drop_invalid"].flag(),
    )


def _decode_column(entry: Entry) -> str | int:
    return entry.text() if isinstance(entry.value, str) else entry.whole()


def _decode_left_out(entry: Entry) -> LeftOut:
    places = (one.items(2) for one in entry["places"].items())
    return LeftOut(
        entry["reason"].choice(get_args(Reason)),
        entry["count"].whole(),
        tuple(Place(line.whole(), column.optional(Entry.whole)) for line, column in places),
        entry["unit"].choice(get_args(Unit)),
    )


def _encode_scaling(scaling: Scaling) -> dict[str, Any]:
    return {
        "kind": scaling.kind,
        "offset": scaling.offset.tolist(),
        "factor": scaling.factor.tolist(),
    }


def _decode_scaling(entry: Entry, d: int) -> Scaling:
    offset, factor = entry["offset"].numbers(d), entry["factor"].numbers(d)
    if min(factor) <= 0 or max(map(abs, [*offset, *factor])) > LARGEST_COORDINATE:
        raise InputError("The scaling is not valid.")
    return Scaling(entry["kind"].choice(KINDS), np.array(offset), np.array(factor))


def _encode_grid(grid: Grid) -> dict[str, Any]:
    return {"cells": grid.cells, "size": grid.size.tolist(), "within": grid.within.tolist()}


def _decode_grid(entry: Entry, place: str, n: int, d: int, loading: Loading) -> Grid:
    size = np.array(entry["size"].numbers(d))
    counts = loading.array(f"{place}/counts", WHOLES, (n,))
    if size.min() < 0 or counts.min() < 1:
        raise InputError("The grid is not valid.")
    return Grid(entry["cells"].whole(1), size, counts, np.array(entry["within"].numbers(d, d)))


def _encode_recipe(recipe: Recipe, saving: Saving) -> dict[str, Any]:
    source = recipe.source
    return {
        "source": source if isinstance(source, str) else saving.mixture(source),
        "n": recipe.n,
        "k": recipe.k,
        "random_state": recipe.random_state,
        "outliers": recipe.outliers,
        "noise": recipe.noise,
        "unequal": recipe.unequal,
        "overlap": recipe.overlap,
        "title": recipe.title,
    }


def _decode_recipe(entry: Entry, loading: Loading) -> Recipe:
    source = entry["source"]
    is_name = isinstance(source.value, str)
    recipe = Recipe(
        source.text() if is_name else loading.mixture(source),
        entry["n"].whole(),
        entry["k"].optional(Entry.whole),
        entry["random_state"].whole(),
        entry["outliers"].number(),
        entry["noise"].number(),
        entry["unequal"].optional(Entry.number),
        entry["overlap"].optional(Entry.number),
        entry["title"].text(),
    )
    # What it was told is kept, where the generator would fill in its own.
    return replace(checked(recipe), k=recipe.k)
