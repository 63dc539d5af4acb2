"""From the lines of a text file to numbers and labels, or to the first place that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import InputError
from gmm_studio.data.layout import (
    DECIMAL_COMMA,
    MISSING,
    Column,
    QuotationError,
    Record,
    is_comment,
    parse_number,
    records,
)
from gmm_studio.data.selection import Selection, shown

__all__ = ["Block", "quotation_problem", "read_block"]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: their numbers (rows, columns), their labels, how many lines they took."""

    numbers: FloatArray
    labels: list[str]
    lines: int


def read_block(text: str, more: Iterable[str], line: int, selection: Selection) -> Block:
    """Read the rows of a text that begins with a row.

    NumPy reads what is plain. What it refuses, or might read otherwise than a person would, is
    read with care instead; that way alone says what is wrong.

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

    Raises
    ------
    InputError
        At the first row that is not like the others, or value that cannot be used.
    """
    lines = text.removesuffix("\n").split("\n")
    plain = '"' not in text and not ("#" in text and any(map(is_comment, lines)))
    block = _read_plain(lines, selection) if plain else None
    return _read_carefully(lines, more, line, selection) if block is None else block


def _read_plain(lines: Sequence[str], selection: Selection) -> Block | None:
    layout = selection.layout
    delimiter = None if layout.delimiter == " " else layout.delimiter
    indices = [column.index for column in selection.numbers]
    width = len(layout.columns)
    labels: list[str] = []
    if not any(map(str.strip, lines)):
        return None
    if len(indices) < width and any(len(line.split(delimiter)) != width for line in lines):
        return None
    if selection.label is not None:
        labels = [line.split(delimiter)[selection.label.index].strip() for line in lines]
        if not MISSING.isdisjoint(labels):
            return None
    try:
        # Without usecols NumPy sees to it itself that all rows have the same length.
        usecols = indices if len(indices) < width else None
        numbers = np.loadtxt(lines, delimiter=delimiter, comments=None, usecols=usecols, ndmin=2)
    except ValueError:
        return None
    if numbers.shape != (len(lines), len(indices)):
        return None
    if usecols is None:
        numbers = numbers[:, indices]
    usable = (numbers >= selection.least) & (numbers <= LARGEST_COORDINATE)
    return Block(numbers, labels, len(lines)) if usable.all() else None


def _read_carefully(
    lines: Sequence[str], more: Iterable[str], line: int, selection: Selection
) -> Block:
    wanted = tuple(zip(selection.numbers, selection.least, strict=True))
    numbers: list[list[float]] = []
    labels: list[str] = []
    last = len(lines)
    try:
        for record in records(chain(lines, more), selection.layout.delimiter):
            place = line + record.first - 1
            _check_width(record, place, selection)
            numbers.append(
                [_number(record, place, column, least, selection) for column, least in wanted]
            )
            if selection.label is not None:
                labels.append(_label(record, place, selection.label, selection))
            last = max(last, record.last)
            if record.last >= len(lines):
                break
    except QuotationError as error:
        raise quotation_problem(selection.file, line + error.line - 1) from None
    return Block(np.array(numbers).reshape(-1, len(wanted)), labels, last)


def quotation_problem(file: str, line: int) -> InputError:
    """What to say of quotation marks that do not match in the row that begins on a line."""
    return InputError(
        "{file}, line {line}: a quotation mark is not closed, closed too early, or missing before "
        "a very long text.",
        file=file,
        line=line,
    )


def _check_width(record: Record, line: int, selection: Selection) -> None:
    width = len(selection.layout.columns)
    if len(record.fields) != width:
        raise InputError(
            "{file}, line {line}: the number of columns is {found}, in the first row it is "
            "{width}.",
            file=selection.file,
            line=line,
            found=len(record.fields),
            width=width,
        )


def _number(record: Record, line: int, column: Column, least: float, selection: Selection) -> float:
    text = record.fields[column.index]
    number = parse_number(text)
    if number is None or not least <= number <= LARGEST_COORDINATE:
        raise _located(selection, line, column, _problem(text, number, least), text)
    return number


def _problem(text: str, number: float | None, least: float) -> str:
    if text in MISSING:
        return "the value is missing."
    if number is None:
        decimal = " Write a decimal point." if DECIMAL_COMMA.fullmatch(text) else ""
        return "{value} is not a number." + decimal
    if not np.isfinite(number):
        return "{value} is not a finite number."
    if number < least == 0:
        return "{value} is negative, which a weight cannot be."
    return "{value} is too large." if number > 0 else "{value} is too small."


def _label(record: Record, line: int, column: Column, selection: Selection) -> str:
    text = record.fields[column.index]
    if text in MISSING:
        raise _located(selection, line, column, "the value is missing.", text)
    return text


def _located(
    selection: Selection, line: int, column: Column, problem: str, value: str
) -> InputError:
    number = column.index + 1
    named = column.name != f"column {number}"
    place = "{file}, line {line}, column {column}" + (" ({name}): " if named else ": ")
    return InputError(
        place + problem,
        file=selection.file,
        line=line,
        column=number,
        name=shown(column.name),
        value=shown(value),
    )
