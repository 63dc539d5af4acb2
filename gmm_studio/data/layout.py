"""What the table in a text file looks like: what separates its columns, their names and kinds."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

__all__ = [
    "DECIMAL_COMMA",
    "MISSING",
    "Column",
    "Delimiter",
    "Layout",
    "QuotationError",
    "Record",
    "Role",
    "find_layout",
    "is_comment",
    "parse_number",
    "records",
]

Delimiter: TypeAlias = Literal["\t", ";", ",", " "]
"""What separates columns; a blank stands for any white space."""

DELIMITERS: tuple[Delimiter, ...] = ("\t", ";", ",", " ")

Role: TypeAlias = Literal["coordinate", "label", "weight", "row name"]
"""What a column is for unless it is asked for. Where the others have names, one without holds the
numbers or names of the rows, as R and pandas write them."""

ROLES: dict[str, Role] = {"label": "label", "class": "label", "weight": "weight", "": "row name"}

MISSING = frozenset(("", "NA", "N/A", "NaN", "nan", "NAN", "NULL", "null"))

DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)

SAMPLE = 500
"""How many rows are looked at."""


class QuotationError(Exception):
    """Quotation marks do not match in the row that begins on a line (from 1)."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Record(NamedTuple):
    """One row of a text file, and the lines (from 1) on which it begins and ends."""

    first: int
    last: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its place (from 0), its name, whether it holds numbers, its role."""

    index: int
    name: str
    numeric: bool
    role: Role


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a table.

    Parameters
    ----------
    delimiter : Delimiter
        What separates the columns.
    header_lines : int
        How many lines to skip at the top.
    columns : tuple of Column
        All of them, from the left. Their names are distinct.
    has_rows : bool
        Whether there is anything but a header.
    """

    delimiter: Delimiter
    header_lines: int
    columns: tuple[Column, ...]
    has_rows: bool


def parse_number(text: str) -> float | None:
    """The number that a text spells; None for what a person would not write as a number."""
    if "_" in text or not text.isascii():
        return None
    try:
        return float(text)
    except ValueError:
        return None


def is_comment(line: str) -> bool:
    """Whether a line is one that the table passes over."""
    return line.lstrip().startswith("#")


def records(lines: Iterable[str], delimiter: Delimiter, *, strict: bool = True) -> Iterator[Record]:
    """The rows that the lines hold, without blank ones and comments.

    Raises
    ------
    QuotationError
        Where quotation marks do not match, if strict.
    """
    first = 1

    def cleaned() -> Iterator[str]:
        for number, line in enumerate(lines, 1):
            # Inside a quoted text that runs over several lines, # begins no comment.
            if number == first and is_comment(line):
                yield ""
            else:
                yield " ".join(line.split()) if delimiter == " " else line

    reader = csv.reader(cleaned(), delimiter=delimiter, skipinitialspace=True, strict=strict)
    try:
        for fields in reader:
            fields = [field.strip() for field in fields]
            if any(fields):
                yield Record(first, reader.line_num, fields)
            first = reader.line_num + 1
    except csv.Error:
        raise QuotationError(first) from None


def find_layout(lines: Sequence[str]) -> Layout | None:
    """The layout of a table, from its first lines; None if they hold no row at all.

    Raises
    ------
    QuotationError
        Where a quotation mark that is not closed swallows the table.
    """
    delimiter = max(DELIMITERS, key=lambda delimiter: _fitness(lines, delimiter))
    sample = _sample(lines, delimiter)
    if not sample:
        return None
    has_header = not any(_is_data(field) for field in sample[0].fields)
    rows = [record.fields for record in sample[has_header:]]
    if not rows and sample[0].last > sample[0].first:
        raise QuotationError(sample[0].first)
    width = len(sample[0].fields)
    titles = sample[0].fields if has_header else [""] * width
    names = _distinct_names(titles)
    cells = [[row[j] for row in rows if len(row) == width] for j in range(width)]
    columns = tuple(
        Column(j, names[j], _is_numeric(cells[j]), _role(titles[j], has_header))
        for j in range(width)
    )
    header_lines = sample[0].last if has_header else 0
    return Layout(delimiter, header_lines, columns, has_rows=bool(rows))


def _sample(lines: Sequence[str], delimiter: Delimiter) -> list[Record]:
    """The first rows, as far as they can be told apart."""
    sample: list[Record] = []
    try:
        sample.extend(islice(records(lines, delimiter, strict=False), SAMPLE))
    except QuotationError:
        if not sample:
            raise
    return sample


def _fitness(lines: Sequence[str], delimiter: Delimiter) -> tuple[bool, float, float]:
    """Whether there are numbers in a table, how even its rows are, how much of it is numbers."""
    try:
        rows = [record.fields for record in _sample(lines, delimiter)]
    except QuotationError:
        rows = []
    width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
    if width == 1:
        return False, 0, 0
    numbers = sum(sum(map(_is_number, row)) for row in rows if len(row) == width)
    return numbers > 0, count / len(rows), numbers / (width * len(rows))


def _is_number(field: str) -> bool:
    # A decimal comma is meant as a number, so that it is reported instead of passed over.
    return parse_number(field) is not None or DECIMAL_COMMA.fullmatch(field) is not None


def _is_data(field: str) -> bool:
    return _is_number(field) or (field in MISSING and field != "")


def _is_numeric(cells: Sequence[str]) -> bool:
    numbers = sum(map(_is_number, cells))
    missing = sum(cell in MISSING for cell in cells if not _is_number(cell))
    return numbers > 0 and numbers >= len(cells) - numbers - missing


def _role(title: str, has_header: bool) -> Role:
    return ROLES.get(title.lower(), "coordinate") if has_header else "coordinate"


def _distinct_names(titles: Sequence[str]) -> list[str]:
    names: dict[str, None] = {}
    for number, title in enumerate(titles, 1):
        name = title or f"column {number}"
        while name in names:
            name += f" (column {number})"
        names[name] = None
    return list(names)
