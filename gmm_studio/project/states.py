"""What update rules keep from step to step, as numbers: a row for each step.

=====================  ===========================================================================
classification         `Labelling`: unchanged (0 or 1). ``state`` has the ``digests`` as a list.
stochastic             `Drawing`: drawn. ``state`` has the ``random_state``, the same for all steps.
annealing              `Temperature`: level, steps, before, settled (0 or 1).
split-and-merge        `Search`: the place of the phase in `PHASES`, the two components to merge and
                       the one to split, the place of the rest in the list ``rests`` of ``state``,
                       the row of the best mixture among those of the run, its log-likelihood,
                       steps, before. A rest is a list of ``[merge, merge, split]``.
=====================  ===========================================================================

NaN stands for none. For exact EM there is nothing to keep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmm_studio.core.annealing import Temperature
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.classification import Labelling
from gmm_studio.core.configuration import Rule
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.split_and_merge import Candidate, Phase, Search
from gmm_studio.core.stochastic import Drawing
from gmm_studio.project.entries import Entry

__all__ = ["PHASES", "States", "columns_of", "decode_states", "encode_states", "fits_rule"]

PHASES: tuple[Phase, ...] = ("settling", "chosen", "partial", "full", "failed", "done")
"""Their places are in the files: new ones come last."""

_LARGEST_WHOLE = 2.0**53
_DIGEST = re.compile("[0-9a-f]{0,128}")


@dataclass(frozen=True, slots=True)
class States:
    """The states of a run's steps: the rows, and what is no number."""

    rows: Sequence[tuple[float, ...]]
    entries: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The rows of a run and all else that states are made of."""

    rows: list[list[float]]
    entry: Entry
    mixtures: Sequence[Mixture]


@dataclass(frozen=True, slots=True)
class _Codec:
    type: type[object]
    columns: int
    encode: Callable[[Sequence[Any], Callable[[Mixture], int]], States]
    decode: Callable[[_Loaded], list[Any]]


def fits_rule(rule: Rule, state: object) -> bool:
    """Whether a step's state is one of this rule."""
    return state is None if rule == "em" else type(state) is _CODECS[rule].type


def columns_of(rule: Rule) -> int:
    """How many numbers a state of this rule is."""
    return 0 if rule == "em" else _CODECS[rule].columns


def encode_states(
    rule: Rule, states: Sequence[object], row_of: Callable[[Mixture], int]
) -> States | None:
    """The states of steps as they are saved; `row_of` gives the row of a mixture in the run's.

    Raises
    ------
    InputError
        When they are not of one run.
    """
    return None if rule == "em" else _CODECS[rule].encode(states, row_of)


def decode_states(
    rule: Rule, table: FloatArray, entry: Entry, mixtures: Sequence[Mixture]
) -> list[object]:
    """The states of the steps, from the table (t, columns), their entry and the run's mixtures.

    Raises
    ------
    InputError
        When they are not such states.
    """
    return _CODECS[rule].decode(_Loaded(table.tolist(), entry, mixtures))


def _encode_labellings(states: Sequence[Labelling], _: object) -> States:
    rows = [(float(state.unchanged),) for state in states]
    return States(rows, {"digests": [state.digest for state in states]})


def _decode_labellings(loaded: _Loaded) -> list[Labelling]:
    digests = [item.text() for item in loaded.entry["digests"].items(len(loaded.rows))]
    if not all(map(_DIGEST.fullmatch, digests)):
        raise _unknown()
    return [
        Labelling(digest, _flag(unchanged))
        for digest, (unchanged,) in zip(digests, loaded.rows, strict=True)
    ]


def _encode_drawings(states: Sequence[Drawing], _: object) -> States:
    random_state = states[0].random_state
    if any(state.random_state != random_state for state in states):
        raise InputError("The steps of a run were drawn from different random states.")
    return States([(float(state.drawn),) for state in states], {"random_state": random_state})


def _decode_drawings(loaded: _Loaded) -> list[Drawing]:
    random_state = loaded.entry["random_state"].whole()
    return [Drawing(random_state, _whole(drawn)) for (drawn,) in loaded.rows]


def _encode_temperatures(states: Sequence[Temperature], _: object) -> States:
    rows = [
        (float(state.level), float(state.steps), _or_nan(state.before), float(state.settled))
        for state in states
    ]
    return States(rows, {})


def _decode_temperatures(loaded: _Loaded) -> list[Temperature]:
    return [
        Temperature(_whole(level), _whole(steps), _or_none(before), _flag(settled))
        for level, steps, before, settled in loaded.rows
    ]


def _encode_searches(states: Sequence[Search], row_of: Callable[[Mixture], int]) -> States:
    rests: dict[tuple[Candidate, ...], int] = {}
    rows = []
    for state in states:
        candidate = (np.nan,) * 3 if state.candidate is None else _flat(state.candidate)
        rows.append(
            (
                float(PHASES.index(state.phase)),
                *map(float, candidate),
                float(rests.setdefault(state.rest, len(rests))),
                np.nan if state.best is None else float(row_of(state.best)),
                _or_nan(state.best_log_likelihood),
                float(state.steps),
                _or_nan(state.before),
            )
        )
    return States(rows, {"rests": [[_flat(one) for one in rest] for rest in rests]})


def _decode_searches(loaded: _Loaded) -> list[Search]:
    k = loaded.mixtures[0].k
    rests = [
        tuple(_candidate(one.numbers(3), k) for one in rest.items())
        for rest in loaded.entry["rests"].items()
    ]
    return [_search(row, rests, loaded.mixtures) for row in loaded.rows]


def _search(
    row: list[float], rests: Sequence[tuple[Candidate, ...]], mixtures: Sequence[Mixture]
) -> Search:
    phase, first, second, split, rest, best, best_log_likelihood, steps, before = row
    search = Search(
        PHASES[_whole(phase, len(PHASES))],
        None if np.isnan([first, second, split]).all() else _candidate(row[1:4], mixtures[0].k),
        rests[_whole(rest, len(rests))],
        None if np.isnan(best) else mixtures[_whole(best, len(mixtures))],
        _or_none(best_log_likelihood),
        _whole(steps),
        _or_none(before),
    )
    is_moving = search.phase in ("chosen", "partial", "full", "failed")
    if is_moving and None in (search.candidate, search.best, search.best_log_likelihood):
        raise _unknown()
    return search


def _flat(candidate: Candidate) -> tuple[int, int, int]:
    return (*candidate.merge, candidate.split)


def _candidate(numbers: Sequence[float], k: int) -> Candidate:
    first, second, split = (_whole(number, k) for number in numbers)
    if len({first, second, split}) < 3:
        raise _unknown()
    return Candidate((first, second), split)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _or_none(value: float) -> float | None:
    if np.isinf(value):
        raise _unknown()
    return None if np.isnan(value) else value


def _whole(value: float, end: float = _LARGEST_WHOLE) -> int:
    if not (0 <= value < end and value == int(value)):
        raise _unknown()
    return int(value)


def _flag(value: float) -> bool:
    return _whole(value, 2) == 1


def _unknown() -> InputError:
    return InputError("The state of an update rule is not valid.")


_CODECS: dict[str, _Codec] = {
    "classification": _Codec(Labelling, 1, _encode_labellings, _decode_labellings),
    "stochastic": _Codec(Drawing, 1, _encode_drawings, _decode_drawings),
    "annealing": _Codec(Temperature, 4, _encode_temperatures, _decode_temperatures),
    "split-and-merge": _Codec(Search, 9, _encode_searches, _decode_searches),
}
"""All states there are; nothing else is ever made."""
