"""Starts read back from the JSON that parameters are saved as."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gmm_studio.core.arrays import frozen
from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import InputError
from gmm_studio.core.json_text import kind_of, number_of, parse_json
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import Scaling

__all__ = ["LARGEST_START_FILE", "read_start"]

LARGEST_START_FILE = 4 * 2**20
"""In bytes: some twenty thousand components."""


def read_start(path: str | Path) -> Mixture:
    """Read the weights, means and covariances of a JSON object as `write_parameters` writes it.

    They are in the data's own units, also where the file has them in scaled ones.

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
        entries = _parse(content)
        mixture = _mixture(entries)
        return _scaling(entries, mixture.d).own(mixture) if _is_scaled(entries) else mixture
    except InputError as error:
        raise InputError("{path}: {problem}", path=path, problem=error) from None


def _parse(content: bytes) -> dict[str, object]:
    if len(content) > LARGEST_START_FILE:
        raise InputError("it is too large to be a start.")
    parsed = parse_json(content)
    if not isinstance(parsed, dict):
        raise InputError("it must hold an object with weights, means and covariances.")
    return parsed


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


def _is_scaled(entries: Mapping[str, object]) -> bool:
    return entries.get("units") == "scaled"


def _scaling(entries: Mapping[str, object], d: int) -> Scaling:
    scaling = entries.get("scaling")
    if not isinstance(scaling, dict) or not {"offset", "factor"} <= scaling.keys():
        raise InputError('"scaling" must say by which offset and factor the units are scaled.')
    offset, factor = (
        _numbers(scaling[name], name, d, LARGEST_COORDINATE) for name in ("offset", "factor")
    )
    if min(factor) <= 0:
        raise InputError("the factor of the scaling must be above 0.")
    return Scaling("none", frozen(offset), frozen(factor))


def _matrix(value: object, where: str, d: int) -> list[list[float]]:
    return [
        _numbers(row, f"{where}, row {i}", d, LARGEST_COORDINATE**2)
        for i, row in enumerate(_items(value, where, d), 1)
    ]


def _numbers(value: object, where: str, length: int | None, largest: float) -> list[float]:
    items = _items(value, where, length)
    return [number_of(item, f"{where}, number {i}", largest) for i, item in enumerate(items, 1)]


def _items(value: object, where: str, length: int | None) -> list[object]:
    if not isinstance(value, list):
        raise InputError("{where} must be a list, not {kind}.", where=where, kind=kind_of(value))
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
