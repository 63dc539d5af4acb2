"""From the rows of a table to numbers and labels, or to the places that are wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import InputError
from gmm_studio.data.layout import QuotationError, Record, records
from gmm_studio.data.ledger import Ledger, Problem, bad_label, bad_number, bad_width
from gmm_studio.data.numerals import MISSING
from gmm_studio.data.selection import Selection, shown

__all__ = [
    "LARGEST_LABEL",
    "Block",
    "Values",
    "WholeLabels",
    "all_usable",
    "check_row",
    "check_weights",
    "quotation_problem",
    "read_block",
    "read_records",
]


LARGEST_LABEL = 2**53
"""Up to it doubles tell whole numbers apart."""


class WholeLabels(Sequence[str]):
    """Labels that are all whole numbers: texts only where these are asked for.

    Parameters
    ----------
    values : ndarray of int, shape (rows,)
        The labels.
    """

    def __init__(self, values: IntArray) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return list(map(str, self.values[index].tolist()))
        return str(self.values[index])


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table.

    Parameters
    ----------
    numbers : ndarray, shape (rows, columns)
        Of those that can be used.
    labels : sequence of str
        Of the same; empty if no labels are read.
    lines : int
        How many lines they took, with those in between.
    kept : ndarray of bool, optional
        Of all rows, which can be used; None if all can.
    """

    numbers: FloatArray
    labels: Sequence[str]
    lines: int = 0
    kept: npt.NDArray[np.bool_] | None = None


class Values(NamedTuple):
    """What is read of one row."""

    numbers: list[float]
    label: str


def read_block(
    text: str, more: Iterable[str], line: int, selection: Selection, ledger: Ledger
) -> Block:
    """Read the rows of a text that begins with a row, with care.

    Parameters
    ----------
    text : str
        Whole lines.
    more : iterable of str
        The lines after them, taken only to complete the last row.
    line : int
        The number in the file, from 1, of the first line.
    selection : Selection
        What to read of each row.
    ledger : Ledger
        Where rows that cannot be used are taken down.

    Raises
    ------
    InputError
        At the first row that cannot be used, unless the ledger takes it.
    """
    lines = text.removesuffix("\n").split("\n")
    last = len(lines)

    def own() -> Iterable[Record]:
        nonlocal last
        for record in records(chain(lines, more), selection.layout.delimiter):
            last = max(last, record.last)
            yield record._replace(first=line + record.first - 1)
            if record.last >= len(lines):
                return

    try:
        block = read_records(own(), selection, ledger)
    except QuotationError as error:
        raise quotation_problem(selection.file, line + error.line - 1) from None
    return Block(block.numbers, block.labels, last, block.kept)


def read_records(rows: Iterable[Record], selection: Selection, ledger: Ledger) -> Block:
    """Read rows with care.

    Raises
    ------
    InputError
        At the first row that cannot be used, unless the ledger takes it.
    """
    numbers: list[float] = []
    labels: list[str] = []
    kept: list[bool] = []
    for record in rows:
        values = check_row(record, selection)
        kept.append(isinstance(values, Values))
        if isinstance(values, Problem):
            ledger.add(values)
            continue
        numbers.extend(values.numbers)
        if selection.label is not None:
            labels.append(values.label)
    table = np.array(numbers, np.float64).reshape(-1, len(selection.numbers))
    return Block(table, labels, kept=None if all(kept) else np.array(kept))


def check_row(record: Record, selection: Selection) -> Values | Problem:
    """What a row holds, or why it cannot be used."""
    if len(record.fields) != len(selection.layout.columns):
        return bad_width(selection, record.first, len(record.fields))
    parse = selection.layout.numerals.parse
    numbers: list[float] = []
    for column, least in zip(selection.numbers, selection.least, strict=True):
        text = record.fields[column.index]
        number = parse(text)
        if number is None or not least <= number <= LARGEST_COORDINATE:
            return bad_number(selection, record.first, column, text, number)
        numbers.append(number)
    if selection.label is None:
        return Values(numbers, "")
    label = record.fields[selection.label.index]
    if label in MISSING:
        return bad_label(selection, record.first, selection.label)
    return Values(numbers, label)


def all_usable(columns: Iterable[FloatArray], selection: Selection) -> bool:
    """Whether all numbers of the selected columns are finite and within their bounds."""
    return all(
        # Also false for nan.
        least <= column.min() and column.max() <= LARGEST_COORDINATE
        for column, least in zip(columns, selection.least, strict=True)
    )


def check_weights(selection: Selection, usable: int, weighted: bool) -> None:
    """See to it that there is anything to fit to.

    Raises
    ------
    InputError
        When no row can be used, or all of them weigh nothing.
    """
    if usable == 0:
        raise InputError("{file} has no row that can be used.", file=selection.file)
    if not weighted and selection.weight is not None:
        raise InputError(
            "{file}: all weights in the column {name} are 0.",
            file=selection.file,
            name=shown(selection.weight.name),
        )


def quotation_problem(file: str, line: int) -> InputError:
    """What to say of quotation marks that do not match in the row that begins on a line."""
    return InputError(
        "{file}, line {line}: a quotation mark is not closed, closed too early, or missing before "
        "a very long text.",
        file=file,
        line=line,
    )
