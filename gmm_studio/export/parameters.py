"""Parameters of mixtures as JSON and CSV, and starts read back from that JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gmm_studio.core.arrays import FloatArray, frozen
from gmm_studio.core.cloud import LARGEST_COORDINATE, PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.criteria import aic, bic
from gmm_studio.core.em import Step, Stop
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture, free_parameters
from gmm_studio.export.atomic import atomic_write

__all__ = [
    "LARGEST_START_FILE",
    "Result",
    "check_format",
    "mixture_json",
    "parameters_csv",
    "parameters_json",
    "read_start",
    "trace_csv",
    "write_mixture",
    "write_parameters",
    "write_trace",
]

LARGEST_START_FILE = 4 * 2**20
"""In bytes: some twenty thousand components."""

_KINDS = {bool: "true or false", str: "a text", type(None): "null", list: "a list"}


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A step of a run, and what is to be known beside its parameters.

    Attributes
    ----------
    step : Step
    configuration : Configuration
    total_weight : float
        W, the sum of the sample weights.
    n_points : int
    columns : tuple of str
        The names of the axes.
    stop : Stop or None
        Why the run ended here; None where it went on, or goes on still.
    """

    step: Step
    configuration: Configuration
    total_weight: float
    n_points: int
    columns: tuple[str, ...]
    stop: Stop | None = None

    @classmethod
    def of(
        cls, cloud: PointCloud, configuration: Configuration, step: Step, stop: Stop | None = None
    ) -> Result:
        """The result of a step on a cloud; `stop` is for the last step of a run."""
        return cls(step, configuration, cloud.total_weight, cloud.n, cloud.columns, stop)

    @property
    def free_parameters(self) -> int:
        """How many numbers the model was free to choose."""
        mixture, configuration = self.step.mixture, self.configuration
        return free_parameters(
            mixture.k, mixture.d, configuration.covariance, len(configuration.locked)
        )

    @property
    def bic(self) -> float:
        """The Bayesian information criterion; lower is better."""
        return bic(self.step.log_likelihood, self.free_parameters, self.total_weight)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; lower is better."""
        return aic(self.step.log_likelihood, self.free_parameters)


def parameters_json(result: Result) -> str:
    """The parameters and all that belongs to them as a JSON object, at full precision.

    `stop_reason` is null where the run did not end at this step. `degenerate_component` (from 1) is
    there if one was; `rule` and `random_state` where the rule was not exact EM, and the `objective`
    where it has one; `locked` (from 1) where components were.
    """
    step, stop, configuration = result.step, result.stop, result.configuration
    entries = _mixture_entries(step.mixture) | {
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
    if configuration.rule != "em":
        entries |= {"rule": configuration.rule, "random_state": configuration.random_state}
        if step.objective is not None:
            entries["objective"] = step.objective
    if configuration.locked:
        entries["locked"] = [j + 1 for j in configuration.locked]
    return _json(entries)


def mixture_json(mixture: Mixture, columns: Sequence[str]) -> str:
    """A mixture that no run made, such as a true one, as a JSON object."""
    return _json(_mixture_entries(mixture) | {"columns": columns})


def parameters_csv(mixture: Mixture) -> str:
    """The parameters as CSV, a row for each component.

    The columns are component, weight, mean_1, mean_2, covariance_11, covariance_12, covariance_22,
    in one dimension component, weight, mean_1, covariance_11.
    """
    rows = ([j, *numbers] for j, numbers in enumerate(_component_numbers(mixture), 1))
    return "".join(_csv_lines([["component", *_component_names(mixture.d)], *rows]))


def trace_csv(steps: Iterable[Step]) -> Iterator[str]:
    """The lines of a CSV with a row for each step.

    The columns are iteration, log_likelihood and for each component weight_1, mean_1_1, mean_1_2,
    covariance_1_11, covariance_1_12, covariance_1_22, in one dimension weight_1, mean_1_1,
    covariance_1_11. All steps have mixtures of one k and d.
    """
    return _csv_lines(_trace_rows(steps))


def check_format(path: str | Path) -> str:
    """The format that a name of a file of parameters asks for, "json" or "csv".

    Raises
    ------
    InputError
        When it asks for another.
    """
    suffix = Path(path).suffix
    if suffix.lower() not in (".json", ".csv"):
        raise InputError(
            "{path} cannot be written: parameters are saved as .json or .csv, not as {suffix}.",
            path=path,
            suffix=suffix or "a file without a suffix",
        )
    return suffix[1:].lower()


def write_parameters(path: str | Path, result: Result) -> None:
    """Write the parameters as JSON or CSV, as the suffix of the file says.

    Raises
    ------
    InputError
        When it has another suffix or cannot be written, with the reason.
    """
    is_json = check_format(path) == "json"
    _write(path, [parameters_json(result) if is_json else parameters_csv(result.step.mixture)])


def write_mixture(path: str | Path, mixture: Mixture, columns: Sequence[str]) -> None:
    """Write a mixture that no run made as JSON.

    Raises
    ------
    InputError
        When the file has another suffix or cannot be written, with the reason.
    """
    if Path(path).suffix.lower() != ".json":
        raise InputError("{path} cannot be written: a mixture is saved as .json.", path=path)
    _write(path, [mixture_json(mixture, columns)])


def write_trace(path: str | Path, steps: Iterable[Step]) -> None:
    """Write the steps of a run as CSV.

    Raises
    ------
    InputError
        When the file cannot be written, with the reason.
    """
    _write(path, trace_csv(steps))


def read_start(path: str | Path) -> Mixture:
    """Read the weights, means and covariances of a JSON object as `write_parameters` writes it.

    Raises
    ------
    InputError
        When there is no such mixture in the file; the message says what is wrong and where.
    """
    try:
        with Path(path).open("rb") as handle:
            content = handle.read(LARGEST_START_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError("{path} cannot be read: {reason}.", path=path, reason=reason) from None
    try:
        return _mixture(_parse(content))
    except InputError as error:
        raise InputError("{path}: {problem}", path=path, problem=error) from None


def _mixture_entries(mixture: Mixture) -> dict[str, Any]:
    return {
        "weights": mixture.weights.tolist(),
        "means": mixture.means.tolist(),
        "covariances": mixture.covariances.tolist(),
    }


def _json(entries: Mapping[str, object]) -> str:
    """An object with a line for each entry."""
    lines = (
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
        for key, value in entries.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    return (",".join(map(str, row)) + "\n" for row in rows)


def _trace_rows(steps: Iterable[Step]) -> Iterator[list[object]]:
    for number, step in enumerate(steps):
        mixture = step.mixture
        if number == 0:
            components = range(1, mixture.k + 1)
            names = [name for j in components for name in _component_names(mixture.d, f"_{j}")]
            yield ["iteration", "log_likelihood", *names]
        numbers = [value for row in _component_numbers(mixture) for value in row]
        yield [step.index, float(step.log_likelihood), *numbers]


def _component_names(d: int, component: str = "") -> list[str]:
    means = [f"mean{component}_{i + 1}" for i in range(d)]
    covariances = [f"covariance{component}_{i + 1}{j + 1}" for i, j in _upper(d)]
    return [f"weight{component}", *means, *covariances]


def _component_numbers(mixture: Mixture) -> Iterator[list[float]]:
    rows, columns = zip(*_upper(mixture.d), strict=True)
    covariances: FloatArray = mixture.covariances[:, rows, columns]
    for weight, mean, covariance in zip(
        mixture.weights.tolist(), mixture.means.tolist(), covariances.tolist(), strict=True
    ):
        yield [weight, *mean, *covariance]


def _upper(d: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(d) for j in range(i, d)]


def _write(path: str | Path, parts: Iterable[str]) -> None:
    with atomic_write(path) as handle:
        for part in parts:
            # What UTF-8 cannot say becomes the escape that JSON has for it.
            handle.write(part.encode(errors="backslashreplace"))


def _parse(content: bytes) -> dict[str, object]:
    if len(content) > LARGEST_START_FILE:
        raise InputError("it is too large to be a start.")
    try:
        parsed = json.loads(content, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            "it is not valid JSON: {problem} in line {line}, column {column}.",
            problem=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise InputError("its lists are nested too deep.") from None
    except UnicodeDecodeError:
        raise InputError("it is not a text file in UTF-8.") from None
    except InputError:
        raise
    except ValueError:
        raise InputError("it holds a number of too many digits.") from None
    if not isinstance(parsed, dict):
        raise InputError("it must hold an object with weights, means and covariances.")
    return parsed


def _refuse_constant(name: str) -> NoReturn:
    raise InputError("{name} is not a number that can be used.", name=name)


def _mixture(entries: Mapping[str, object]) -> Mixture:
    for name in ("weights", "means", "covariances"):
        if name not in entries:
            raise InputError('"{name}" is missing.', name=name)
    weights = _numbers(entries["weights"], "weights", None, LARGEST_COORDINATE)
    k = len(weights)
    means = _items(entries["means"], "means", k)
    d = len(_items(means[0], "mean 1", None))
    if d not in (1, 2):
        raise InputError("mean 1 must be a list of 1 or 2 numbers, not of {found}.", found=d)
    rows = [_numbers(row, f"mean {j}", d, LARGEST_COORDINATE) for j, row in enumerate(means, 1)]
    matrices = _items(entries["covariances"], "covariances", k)
    covariances = [_matrix(each, f"covariance {j}", d) for j, each in enumerate(matrices, 1)]
    return Mixture(frozen(weights), frozen(rows), frozen(covariances))


def _matrix(value: object, where: str, d: int) -> list[list[float]]:
    return [
        _numbers(row, f"{where}, row {i}", d, LARGEST_COORDINATE**2)
        for i, row in enumerate(_items(value, where, d), 1)
    ]


def _numbers(value: object, where: str, length: int | None, largest: float) -> list[float]:
    items = _items(value, where, length)
    return [_number(item, f"{where}, number {i}", largest) for i, item in enumerate(items, 1)]


def _items(value: object, where: str, length: int | None) -> list[object]:
    if not isinstance(value, list):
        raise InputError("{where} must be a list, not {kind}.", where=where, kind=_kind(value))
    if length is not None and len(value) != length:
        raise InputError(
            "{where} must be a list of {length}, not of {found}.",
            where=where,
            length=length,
            found=len(value),
        )
    if not value:
        raise InputError("{where} is empty.", where=where)
    return value


def _number(value: object, where: str, largest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("{where} must be a number, not {kind}.", where=where, kind=_kind(value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not abs(number) <= largest:
        raise InputError("{where} is too large.", where=where)
    return number


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "an object" if isinstance(value, dict) else "a number")
