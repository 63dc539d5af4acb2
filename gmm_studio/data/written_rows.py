"""The rows of a text table with their cells exactly as they stand in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from gmm_studio.core.source import Delimiter
from gmm_studio.data.layout import is_comment

__all__ = ["written_rows"]

_QUOTED_OR_BLANKS = re.compile(r'(?<!\S)("(?:[^"]|"")*")(?!\S)|\s+')


def written_rows(lines: Iterable[str], delimiter: Delimiter) -> Iterator[list[str]]:
    """The rows that `gmm_studio.data.layout.records` finds, but for what it tidies up in cells.

    Blanks around cells and line breaks in quoted ones are kept. Where the columns are parted by
    blanks, those around cells are no part of them.

    Parameters
    ----------
    lines : iterable of str
        With the line feeds at their ends.
    delimiter : Delimiter
        What separates the columns.
    """
    rest = iter(lines)
    for line in rest:
        if is_comment(line):
            continue
        fields = _quoted(line, rest, delimiter) if '"' in line else _plain(line, delimiter)
        if fields is None:
            return
        if any(map(str.strip, fields)):
            yield fields


def _plain(line: str, delimiter: Delimiter) -> list[str]:
    return line.split() if delimiter == " " else line.removesuffix("\n").split(delimiter)


def _quoted(line: str, rest: Iterator[str], delimiter: Delimiter) -> list[str] | None:
    """A row that begins with a line and may go on in the next; None if it never ends."""
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for one in chain([line], rest):
            taken.append(_single_blanks(one) if delimiter == " " else one)
            yield taken[-1]

    try:
        fields = next(csv.reader(noted(), delimiter=delimiter, skipinitialspace=True), None)
        # Blanks before a quotation mark part cells, those before other letters belong to them.
        whole = next(csv.reader(taken, delimiter=delimiter), None)
    except csv.Error:
        return None
    if fields is None or whole is None:
        return fields
    is_same = list(map(str.strip, whole)) == list(map(str.strip, fields))
    return whole if is_same else fields


def _single_blanks(line: str) -> str:
    """With one blank between cells."""
    return _QUOTED_OR_BLANKS.sub(lambda found: found[1] or " ", line.strip()) + "\n"
