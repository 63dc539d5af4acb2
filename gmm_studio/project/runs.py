"""Runs: their steps as arrays, one row for each, and the rest as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

import numpy as np

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.steps import Event, EventKind, Step, Stop, StopReason
from gmm_studio.document import Document
from gmm_studio.project.documents import decode_document, encode_document
from gmm_studio.project.entries import Entry
from gmm_studio.project.model import SavedRun
from gmm_studio.project.shared import DOUBLES, WHOLES, Array, Loading, Saving
from gmm_studio.project.states import columns_of, decode_states, encode_states

__all__ = ["EVENTS", "decode_run", "encode_run"]

EVENTS: tuple[EventKind, ...] = (
    "floor",
    "emptied",
    "fell",
    "cooled",
    "jittered",
    "merged",
    "split",
    "accepted",
    "taken_back",
)
"""Their places are in the files: new ones come last."""

_ARRAYS = ("weights", "means", "covariances")


def encode_run(run: SavedRun, number: int, saving: Saving) -> dict[str, Any]:
    """A run as JSON; its arrays are put aside.

    Raises
    ------
    InputError
        When its states are not of one run.
    """
    place, arrays, steps = f"runs/{number}", saving.arrays, run.steps
    mixtures = _Mixtures(steps)
    states = encode_states(
        run.document.configuration.rule, [step.state for step in steps], mixtures.row_of
    )
    for name in _ARRAYS:
        arrays[f"{place}/{name}"] = np.array([getattr(mixture, name) for mixture in mixtures.all])
    arrays[f"{place}/log_likelihoods"] = np.array([step.log_likelihood for step in steps])
    objective = [np.nan if step.objective is None else step.objective for step in steps]
    has_objective = any(step.objective is not None for step in steps)
    if has_objective:
        arrays[f"{place}/objective"] = np.array(objective)
    events = [
        (i, EVENTS.index(event.kind), -1 if event.component is None else event.component)
        for i, step in enumerate(steps)
        for event in step.events
    ]
    if events:
        arrays[f"{place}/events"] = np.array(events, dtype=np.int64)
    if states is not None:
        arrays[f"{place}/state"] = np.array(states.rows)
    stop = run.stop and {"reason": run.stop.reason, "component": run.stop.component}
    return {
        "number": run.number,
        "name": run.name,
        "pinned": run.pinned,
        "cursor": run.cursor,
        "document": encode_document(run.document, saving),
        "stop": stop,
        "steps": len(steps),
        "objective": has_objective,
        "events": bool(events),
        "state": {} if states is None else states.entries,
    }


def decode_run(
    entry: Entry, number: int, loading: Loading, cancelled: Callable[[], bool]
) -> SavedRun:
    """A run out of JSON and arrays.

    Raises
    ------
    InputError
        When it is none.
    Cancelled
        When `cancelled` returned true.
    """
    document = decode_document(entry["document"], loading)
    return SavedRun(
        entry["number"].whole(),
        document,
        _decode_steps(entry, f"runs/{number}", document, loading, cancelled),
        entry["stop"].optional(_decode_stop),
        entry["name"].text(),
        entry["pinned"].flag(),
        entry["cursor"].whole(),
    )


class _Mixtures:
    """The mixtures of a run: those of its steps, and then those that its states refer to else."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.all = [step.mixture for step in steps]
        # A mixture may be that of several steps.
        self._rows = {id(mixture): row for row, mixture in enumerate(self.all)}

    def row_of(self, mixture: Mixture) -> int:
        """The row of a mixture, which is a new one if it is of no step."""
        row = self._rows.setdefault(id(mixture), len(self.all))
        if row == len(self.all):
            self.all.append(mixture)
        return row


def _decode_steps(
    entry: Entry, place: str, document: Document, loading: Loading, cancelled: Callable[[], bool]
) -> tuple[Step, ...]:
    t, array, rule = entry["steps"].whole(1), loading.array, document.configuration.rule
    mixtures = _decode_mixtures(place, document, loading, cancelled)
    if not (t == len(mixtures) or (rule == "split-and-merge" and t < len(mixtures))):
        raise InputError("There are more or fewer mixtures than steps.")
    log_likelihoods = array(f"{place}/log_likelihoods", DOUBLES, (t,))
    objective: list[float | None] = [None] * t
    if entry["objective"].flag():
        values = array(f"{place}/objective", DOUBLES, (t,)).tolist()
        objective = [None if np.isnan(value) else value for value in values]
    states: list[object] = [None] * t
    if rule != "em":
        table = array(f"{place}/state", DOUBLES, (t, columns_of(rule)))
        states = decode_states(rule, table, entry["state"], mixtures)
    known = [value for value in objective if value is not None]
    if not np.isfinite(log_likelihoods).all() or not np.isfinite(known).all():
        raise InputError("The log-likelihood of a step is not finite.")
    events: list[tuple[Event, ...]] = [()] * t
    if entry["events"].flag():
        events = _decode_events(array(f"{place}/events", WHOLES, (None, 3)), t, document.k)
    columns = zip(log_likelihoods.tolist(), events, objective, states, strict=True)
    return tuple(Step(i, mixtures[i], *column) for i, column in enumerate(columns))


def _decode_mixtures(
    place: str, document: Document, loading: Loading, cancelled: Callable[[], bool]
) -> list[Mixture]:
    k, d = document.k, document.cloud.d
    weights = loading.array(f"{place}/weights", DOUBLES, (None, k))
    rows = len(weights)
    means = loading.array(f"{place}/means", DOUBLES, (rows, k, d))
    covariances = loading.array(f"{place}/covariances", DOUBLES, (rows, k, d, d))
    mixtures = []
    for row in range(rows):
        if cancelled():
            raise Cancelled
        mixtures.append(Mixture(weights[row], means[row], covariances[row]))
    return mixtures


def _decode_events(rows: Array, t: int, k: int) -> list[tuple[Event, ...]]:
    low, high = rows.min(axis=0, initial=0), rows.max(axis=0, initial=0)
    if (low < (0, 0, -1)).any() or (high >= (t, len(EVENTS), k)).any():
        raise InputError("An event is not valid.")
    events: list[list[Event]] = [[] for _ in range(t)]
    for step, kind, component in rows.tolist():
        events[step].append(Event(EVENTS[kind], None if component == -1 else component))
    return [tuple(some) for some in events]


def _decode_stop(entry: Entry) -> Stop:
    return Stop(
        entry["reason"].choice(get_args(StopReason)), entry["component"].optional(Entry.whole)
    )
