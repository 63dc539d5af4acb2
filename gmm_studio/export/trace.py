"""All steps of a run as CSV, JSON and NPZ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Event, Step, Stop
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.export.atomic import atomic_write
from gmm_studio.export.npz import write_npz
from gmm_studio.export.own_units import own_step
from gmm_studio.export.parameters import (
    component_names,
    component_numbers,
    entries_of,
    json_with_list,
    mixture_entries,
    write_texts,
)
from gmm_studio.export.result import Result

__all__ = ["TRACE_FORMATS", "trace_csv", "trace_json", "trace_of", "write_trace"]

TRACE_FORMATS = ("csv", "json", "npz")
"""What a file of a trace may end in."""


def trace_of(
    cloud: PointCloud,
    configuration: Configuration,
    steps: Sequence[Step],
    stop: Stop | None,
    *,
    in_scaled_units: bool = False,
) -> tuple[Result, Iterator[Step]]:
    """The result of the last step of a run on a cloud, and all its steps in the same units."""
    result = Result.of(cloud, configuration, steps[-1], stop, in_scaled_units=in_scaled_units)
    if in_scaled_units:
        return result, iter(steps)
    return result, (own_step(cloud, configuration, step) for step in steps)


def trace_csv(steps: Iterable[Step], delimiter: str = ",") -> Iterator[str]:
    """The lines of a CSV with a row for each step; with tabs a spreadsheet makes cells of it.

    The columns are iteration, log_likelihood and for each component weight_1, mean_1_1, mean_1_2,
    covariance_1_11, covariance_1_12, covariance_1_22, in one dimension weight_1, mean_1_1,
    covariance_1_11. All steps have mixtures of one k and d.
    """
    return (delimiter.join(map(str, row)) + "\n" for row in _rows(steps))


def trace_json(result: Result, steps: Iterable[Step]) -> Iterator[str]:
    """The parts of a JSON object: what `parameters_json` says of the last step, and all `steps`.

    Each step is an object with `iteration`, `log_likelihood`, `weights`, `means`, `covariances`;
    where there are such, the `objective` of the update rule, and `events` of a `kind` and a
    `component` (from 1).

    Parameters
    ----------
    result : Result
        Of the last step.
    steps : iterable of Step
        In its units.
    """
    return json_with_list(entries_of(result), "steps", map(_entries, steps))


def write_trace(
    path: str | Path,
    result: Result,
    steps: Iterable[Step],
    cancelled: Callable[[], bool] = never,
) -> None:
    """Write the steps of a run as CSV, JSON or NPZ, as the suffix of the file says.

    An NPZ holds, with a row for each step, the arrays `iteration` (T,), `log_likelihood` (T,),
    `weights` (T, k), `means` (T, k, d), `covariances` (T, k, d, d) and, where the update rule has
    one, `objective` (T,), NaN where a step has none; and in `metadata` what JSON has beside them.

    Parameters
    ----------
    path : str or Path
    result : Result
        Of the last step.
    steps : iterable of Step
        In its units.
    cancelled : callable
        Asked before every step.

    Raises
    ------
    InputError
        When it has another suffix or cannot be written, with the reason.
    Cancelled
        When `cancelled` said so.
    """
    suffix = Path(path).suffix
    steps = _until(cancelled, steps)
    if suffix.lower() == ".csv":
        write_texts(path, trace_csv(steps))
    elif suffix.lower() == ".json":
        write_texts(path, trace_json(result, steps))
    elif suffix.lower() == ".npz":
        with atomic_write(path) as handle:
            write_npz(handle, _arrays(list(steps)), entries_of(result))
    else:
        raise InputError(
            "{path} cannot be written: a trace is saved as {choices}, not as {suffix}.",
            path=path,
            choices=" or ".join(f".{one}" for one in TRACE_FORMATS),
            suffix=suffix or "a file without a suffix",
        )


def _until(cancelled: Callable[[], bool], steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        if cancelled():
            raise Cancelled
        yield step


def _rows(steps: Iterable[Step]) -> Iterator[list[object]]:
    for number, step in enumerate(steps):
        mixture = step.mixture
        if number == 0:
            components = range(1, mixture.k + 1)
            names = [name for j in components for name in component_names(mixture.d, f"_{j}")]
            yield ["iteration", "log_likelihood", *names]
        numbers = [value for row in component_numbers(mixture) for value in row]
        yield [step.index, float(step.log_likelihood), *numbers]


def _entries(step: Step) -> dict[str, Any]:
    entries: dict[str, Any] = {"iteration": step.index, "log_likelihood": step.log_likelihood}
    entries |= mixture_entries(step.mixture)
    if step.objective is not None:
        entries["objective"] = step.objective
    if step.events:
        entries["events"] = [_event(event) for event in step.events]
    return entries


def _event(event: Event) -> dict[str, Any]:
    where = {} if event.component is None else {"component": event.component + 1}
    return {"kind": event.kind, **where}


def _arrays(steps: Sequence[Step]) -> dict[str, Any]:
    mixtures = [step.mixture for step in steps]
    arrays = {
        "iteration": np.array([step.index for step in steps]),
        "log_likelihood": np.array([step.log_likelihood for step in steps]),
        "weights": np.array([mixture.weights for mixture in mixtures]),
        "means": np.array([mixture.means for mixture in mixtures]),
        "covariances": np.array([mixture.covariances for mixture in mixtures]),
    }
    objectives = [step.objective for step in steps]
    if any(one is not None for one in objectives):
        arrays["objective"] = np.array(objectives, np.float64)
    return arrays
