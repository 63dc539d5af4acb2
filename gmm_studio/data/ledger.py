"""What is wrong with the rows of a table: an error, or left out and counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import InputError
from gmm_studio.core.source import LeftOut, Place, Reason
from gmm_studio.data.layout import Column
from gmm_studio.data.numerals import MISSING, looks_like_number
from gmm_studio.data.selection import Selection, shown

__all__ = ["MOST_PLACES", "Ledger", "Problem", "bad_label", "bad_number", "bad_width"]

MOST_PLACES = 5
"""How many are remembered for each reason."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be used, where, and the error that says so."""

    place: Place
    reason: Reason
    error: InputError


class Ledger:
    """Takes down the problems of a table while it is read.

    Parameters
    ----------
    selection : Selection
        What is read.
    drop : bool
        Whether rows may be left out. Otherwise the first problem is raised.
    """

    def __init__(self, selection: Selection, drop: bool) -> None:
        self._selection, self.drop = selection, drop
        self._counts: dict[Reason, int] = {}
        self._places: dict[Reason, list[Place]] = {}

    def add(self, problem: Problem) -> None:
        """Take down why a row is left out.

        Raises
        ------
        InputError
            If none may be.
        """
        if not self.drop:
            raise problem.error
        self._counts[problem.reason] = self._counts.get(problem.reason, 0) + 1
        places = self._places.setdefault(problem.reason, [])
        if len(places) < MOST_PLACES:
            places.append(problem.place)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The rows that are left out, the commonest reason first."""
        unit = self._selection.unit
        counts = sorted(self._counts.items(), key=lambda item: -item[1])
        return tuple(LeftOut(r, count, tuple(self._places[r]), unit) for r, count in counts)


def bad_width(selection: Selection, line: int, found: int) -> Problem:
    """A row has more columns, or fewer, than the table."""
    place = "{file}, line {line}: " if selection.unit == "line" else "{file}, row {line}: "
    error = InputError(
        place + "the number of columns is {found}, in the first row it is {width}.",
        file=selection.file,
        line=line,
        found=found,
        width=len(selection.layout.columns),
    )
    return Problem(Place(line), "wrong number of columns", error)


def bad_label(selection: Selection, line: int, column: Column) -> Problem:
    """A label is missing."""
    return _at(selection, line, column, "missing", "the value is missing.", "")


def bad_number(
    selection: Selection, line: int, column: Column, text: str, number: float | None
) -> Problem:
    """A value cannot be a coordinate or weight: what was written, and the number it spells."""
    return _at(selection, line, column, *_reason(selection, column, text, number), text)


def _reason(
    selection: Selection, column: Column, text: str, number: float | None
) -> tuple[Reason, str]:
    if text in MISSING:
        return "missing", "the value is missing."
    if number is None:
        return "not a number", "{value} is not a number." + _advice(selection, text)
    if not np.isfinite(number):
        return "not finite", "{value} is not a finite number."
    if column == selection.weight and -LARGEST_COORDINATE <= number < 0:
        return "negative weight", "{value} is negative, which a weight cannot be."
    if number > 0:
        return "out of range", "{value} is too large."
    return "out of range", "{value} is too small."


def _advice(selection: Selection, text: str) -> str:
    if not looks_like_number(text):
        return ""
    if selection.layout.numerals.decimal == ",":
        return " Write a decimal comma."
    return " Write a decimal point." if text.count(",") == 1 else ""


def _at(
    selection: Selection, line: int, column: Column, reason: Reason, problem: str, value: str
) -> Problem:
    number = column.index + 1
    named = column.name != f"column {number}"
    place = "{file}, line {line}, column {column}"
    if selection.unit == "row":
        place = "{file}, row {line}, column {column}"
    error = InputError(
        place + (" ({name}): " if named else ": ") + problem,
        file=selection.file,
        line=line,
        column=number,
        name=shown(column.name),
        value=shown(value),
    )
    return Problem(Place(line, number), reason, error)
