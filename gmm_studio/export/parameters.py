"""Parameters of mixtures as JSON, CSV and NPZ, and as tables to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.export.atomic import atomic_write
from gmm_studio.export.npz import write_npz
from gmm_studio.export.own_units import scaling_entries
from gmm_studio.export.result import Result
from gmm_studio.export.start_file import LARGEST_START_FILE, read_start
from gmm_studio.export.summary import latex_table, markdown_table

__all__ = [
    "LARGEST_START_FILE",
    "PARAMETER_FORMATS",
    "Result",
    "check_format",
    "component_names",
    "component_numbers",
    "entries_of",
    "json_object",
    "json_with_list",
    "mixture_entries",
    "mixture_json",
    "parameters_csv",
    "parameters_json",
    "read_start",
    "write_mixture",
    "write_parameters",
    "write_texts",
]

PARAMETER_FORMATS = ("json", "csv", "npz", "md", "tex")
"""What a file of parameters may end in."""


def parameters_json(result: Result) -> str:
    """The parameters and all that belongs to them as a JSON object, at full precision.

    Where the points are scaled, as (x - offset) / factor, `units` says "own" where the numbers are
    in the data's own units, else "scaled", and `scaling` how. Where they are the cells of a grid,
    `grid` says how many there are on each axis, their size, and the largest share of a variance
    that they can hide.

    `stop_reason` is null where the run did not end at this step. `degenerate_component` (from 1) is
    there if one was; `rule` and `random_state` where the rule was not exact EM, and the `objective`
    where it has one; `previous_means` and `hard_priors` where they are true; `locked` (from 1)
    where components were.
    """
    return json_object(mixture_entries(result.step.mixture) | entries_of(result))


def entries_of(result: Result) -> dict[str, Any]:
    """What `parameters_json` says beside the parameters."""
    step, stop, configuration = result.step, result.stop, result.configuration
    entries: dict[str, Any] = {
        "covariance_type": configuration.covariance,
        "log_likelihood": step.log_likelihood,
        "iterations": step.index,
        "stop_reason": stop and stop.reason,
    }
    if stop and stop.component is not None:
        entries["degenerate_component"] = stop.component + 1
    entries |= {
        "bic": result.bic,
        "aic": result.aic,
        "free_parameters": result.free_parameters,
        "n_points": result.n_points,
        "total_weight": result.total_weight,
        "columns": result.columns,
        "tolerance": configuration.tolerance,
        "max_iterations": configuration.max_iterations,
        "variance_floor": configuration.variance_floor,
    }
    entries |= scaling_entries(result.scaling, in_scaled_units=result.in_scaled_units)
    entries |= _grid_entries(result)
    if configuration.rule != "em":
        entries |= {"rule": configuration.rule, "random_state": configuration.random_state}
        if step.objective is not None:
            entries["objective"] = step.objective
    for name in ("previous_means", "hard_priors"):
        if getattr(configuration, name):
            entries[name] = True
    if configuration.locked:
        entries["locked"] = [j + 1 for j in configuration.locked]
    return entries


def mixture_json(mixture: Mixture, columns: Sequence[str]) -> str:
    """A mixture that no run made, such as a true one, as a JSON object."""
    return json_object(mixture_entries(mixture) | {"columns": columns})


def parameters_csv(mixture: Mixture) -> str:
    """The parameters as CSV, a row for each component.

    The columns are component, weight, mean_1, mean_2, covariance_11, covariance_12, covariance_22,
    in one dimension component, weight, mean_1, covariance_11.
    """
    rows = ([j, *numbers] for j, numbers in enumerate(component_numbers(mixture), 1))
    lines: list[Iterable[object]] = [["component", *component_names(mixture.d)], *rows]
    return "".join(",".join(map(str, line)) + "\n" for line in lines)


def check_format(path: str | Path) -> str:
    """The format that a name of a file of parameters asks for, one of `PARAMETER_FORMATS`.

    Raises
    ------
    InputError
        When it asks for another.
    """
    suffix = Path(path).suffix
    if suffix.lower()[1:] not in PARAMETER_FORMATS:
        raise InputError(
            "{path} cannot be written: parameters are saved as {choices}, not as {suffix}.",
            path=path,
            choices=" or ".join(f".{one}" for one in PARAMETER_FORMATS),
            suffix=suffix or "a file without a suffix",
        )
    return suffix[1:].lower()


def write_parameters(path: str | Path, result: Result, name: str = "") -> None:
    """Write the parameters in the format that the suffix of the file says.

    An NPZ holds the arrays `weights`, `means` and `covariances`, and in `metadata` what JSON has
    beside them. Markdown and LaTeX are tables to read, rounded.

    Parameters
    ----------
    path : str or Path
    result : Result
    name : str
        Of the cloud, as the tables say it.

    Raises
    ------
    InputError
        When it has another suffix or cannot be written, with the reason.
    """
    kind = check_format(path)
    if kind == "npz":
        mixture = result.step.mixture
        with atomic_write(path) as handle:
            write_npz(
                handle,
                {
                    "weights": mixture.weights,
                    "means": mixture.means,
                    "covariances": mixture.covariances,
                },
                entries_of(result),
            )
    elif kind == "json":
        write_texts(path, [parameters_json(result)])
    elif kind == "csv":
        write_texts(path, [parameters_csv(result.step.mixture)])
    else:
        table = markdown_table if kind == "md" else latex_table
        write_texts(path, [table(result, name)])


def write_mixture(path: str | Path, mixture: Mixture, columns: Sequence[str]) -> None:
    """Write a mixture that no run made as JSON.

    Raises
    ------
    InputError
        When the file has another suffix or cannot be written, with the reason.
    """
    if Path(path).suffix.lower() != ".json":
        raise InputError("{path} cannot be written: a mixture is saved as .json.", path=path)
    write_texts(path, [mixture_json(mixture, columns)])


def _grid_entries(result: Result) -> dict[str, Any]:
    grid = result.grid
    if grid is None:
        return {}
    hidden = grid.effect(result.step.mixture.covariances)
    return {
        "grid": {"cells": grid.cells, "cell_size": grid.size.tolist(), "hidden_variance": hidden}
    }


def mixture_entries(mixture: Mixture) -> dict[str, Any]:
    """Weights, means and covariances as lists."""
    return {
        "weights": mixture.weights.tolist(),
        "means": mixture.means.tolist(),
        "covariances": mixture.covariances.tolist(),
    }


def json_object(entries: Mapping[str, object]) -> str:
    """A JSON object with a line for each entry."""
    lines = (
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
        for key, value in entries.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def json_with_list(
    entries: Mapping[str, object], name: str, items: Iterable[object]
) -> Iterator[str]:
    """The parts of a JSON object with a line for each entry, and for each item of a last one."""
    encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    yield json_object(entries).removesuffix("\n}\n")
    yield f",\n  {encoded(name)}: ["
    for number, item in enumerate(items):
        yield (",\n    " if number else "\n    ") + encoded(item)
    yield "\n  ]\n}\n"


def component_names(d: int, component: str = "") -> list[str]:
    """What CSV calls the numbers of a component; `component` stands within each of them."""
    means = [f"mean{component}_{i + 1}" for i in range(d)]
    covariances = [f"covariance{component}_{i + 1}{j + 1}" for i, j in _upper(d)]
    return [f"weight{component}", *means, *covariances]


def component_numbers(mixture: Mixture) -> Iterator[list[float]]:
    """The numbers of each component, in the order of `component_names`."""
    rows, columns = zip(*_upper(mixture.d), strict=True)
    covariances: FloatArray = mixture.covariances[:, rows, columns]
    for weight, mean, covariance in zip(
        mixture.weights.tolist(), mixture.means.tolist(), covariances.tolist(), strict=True
    ):
        yield [weight, *mean, *covariance]


def _upper(d: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(d) for j in range(i, d)]


def write_texts(path: str | Path, parts: Iterable[str]) -> None:
    """Write a text that comes in parts."""
    with atomic_write(path) as handle:
        for part in parts:
            # What UTF-8 cannot say becomes the escape that JSON has for it.
            handle.write(part.encode(errors="backslashreplace"))
