"""What the table in a text file looks like: what separates its columns, their names and kinds."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from gmm_studio.core.source import Delimiter, ReadOptions
from gmm_studio.data.numerals import (
    MISSING,
    PLAIN,
    Numerals,
    find_numerals,
    looks_like_number,
    unit_of,
)

__all__ = [
    "SAMPLE",
    "Column",
    "Layout",
    "QuotationError",
    "Record",
    "Role",
    "distinct_names",
    "find_layout",
    "has_comment",
    "is_comment",
    "layout_of",
    "records",
    "role_of",
]

DELIMITERS: tuple[Delimiter, ...] = ("\t", ";", ",", "|", " ")

Role: TypeAlias = Literal["coordinate", "label", "weight", "row name"]
"""What a column is for unless it is asked for. One called id or index holds the numbers or names of
the rows, and so does one without a name where the others have names, as R and pandas write them."""

ROLES: dict[str, Role] = {
    "label": "label",
    "class": "label",
    "weight": "weight",
    "": "row name",
    "id": "row name",
    "index": "row name",
}

SAMPLE = 500
"""How many rows are looked at."""

_FEW = 100
"""How many of them tell what separates the columns."""

_SEPARATOR_LINE = re.compile('"?sep=([\t;,|])"?', re.IGNORECASE)
"""What spreadsheets write at the top of a file to tell each other what separates its columns."""


_COMMENT = re.compile(r"(?:^|\s)#", re.MULTILINE)


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


class Measured(NamedTuple):
    """A number written with its unit, and the line (from 1) on which it stands."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its place (from 0), its name, whether it holds numbers, its role.

    Where all its numbers are written with the same unit, it holds none; `measured` is the first.
    """

    index: int
    name: str
    numeric: bool
    role: Role
    measured: Measured | None = None


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
    has_header : bool
        Whether the first row holds the names of the columns.
    numerals : Numerals
        How its numbers are written.
    """

    delimiter: Delimiter
    header_lines: int
    columns: tuple[Column, ...]
    has_rows: bool
    has_header: bool = False
    numerals: Numerals = PLAIN


def is_comment(line: str) -> bool:
    """Whether a line is one that the table passes over."""
    return line.lstrip().startswith("#")


def has_comment(text: str) -> bool:
    """Whether there may be comments in some lines."""
    return _COMMENT.search(text) is not None


def _without_comment(line: str, delimiter: Delimiter) -> str:
    """A line without the comment that follows a number: in a text # may mean anything."""
    for found in _COMMENT.finditer(line):
        if delimiter == "\t" and found[0].startswith(delimiter):
            # It begins a field.
            continue
        before = line[: found.start()]
        fields = before.split(None if delimiter == " " else delimiter)
        if fields and looks_like_number(fields[-1].strip()) and before.count('"') % 2 == 0:
            return before
    return line


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
            if number == first and "#" in line:
                line = "" if is_comment(line) else _without_comment(line, delimiter)
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


def find_layout(lines: Sequence[str], options: ReadOptions) -> Layout | None:
    """The layout of a table, from its first lines; None if they hold no row at all.

    Parameters
    ----------
    lines : sequence of str
        The beginning of a text.
    options : ReadOptions
        What is known of it already.

    Raises
    ------
    QuotationError
        Where a quotation mark that is not closed swallows the table.
    """
    said, skipped = _said_delimiter(lines)
    if skipped:
        lines = ["", *lines[1:]]
    delimiter = options.delimiter or said or _best_delimiter(lines, options)
    sample = _sample(lines, delimiter)
    if not sample:
        return None
    layout = layout_of(sample, delimiter, options, skipped)
    if not layout.has_rows or not any(column.numeric for column in layout.columns):
        # A quotation mark may have swallowed them.
        for _ in islice(records(lines, delimiter), SAMPLE):
            pass
    return layout


def layout_of(
    sample: Sequence[Record], delimiter: Delimiter, options: ReadOptions, skipped: int = 0
) -> Layout:
    """The layout of a table, from its first rows.

    Parameters
    ----------
    sample : sequence of Record
        At least one.
    delimiter : Delimiter
        What separates, or would separate, its columns.
    options : ReadOptions
        What is known of it already.
    skipped : int
        How many lines at the top are no rows.

    Raises
    ------
    QuotationError
        Where all of the table is in one quoted text.
    """
    titles = sample[0].fields
    has_header = options.header
    if has_header is None:
        has_header = not any(map(_is_data, titles))
    lines = [record.first for record in sample[has_header:]]
    rows = [record.fields for record in sample[has_header:]]
    if not rows and sample[0].last > sample[0].first:
        raise QuotationError(sample[0].first)
    if has_header and _lacks_row_names(len(titles), rows):
        titles = ["", *titles]
    width = len(titles)
    if not has_header:
        titles = [""] * width
    cells = [[row[j] for row in rows if len(row) == width] for j in range(width)]
    numerals = find_numerals(
        (cell for column in cells for cell in column),
        delimiter,
        options.decimal,
        options.thousands,
    )
    names = distinct_names(titles)
    whole = [i for i, row in zip(lines, rows, strict=True) if len(row) == width]
    numeric = list(map(_is_numeric, cells))
    columns = tuple(
        Column(
            j,
            names[j],
            numeric[j],
            role_of(titles[j], has_header),
            None if numeric[j] else _measured(cells[j], whole),
        )
        for j in range(width)
    )
    header_lines = sample[0].last if has_header else skipped
    return Layout(delimiter, header_lines, columns, bool(rows), has_header, numerals)


def role_of(title: str, has_header: bool) -> Role:
    """What the column with a title is for unless it is asked for."""
    return ROLES.get(title.lower(), "coordinate") if has_header else "coordinate"


def _said_delimiter(lines: Sequence[str]) -> tuple[Delimiter | None, int]:
    """What the first line says of it, and how many lines that takes."""
    found = _SEPARATOR_LINE.fullmatch(lines[0].rstrip()) if lines else None
    said = next((d for d in DELIMITERS if found and d == found[1]), None)
    return said, int(said is not None)


def _best_delimiter(lines: Sequence[str], options: ReadOptions) -> Delimiter:
    return max(DELIMITERS, key=lambda delimiter: _fitness(lines, delimiter, options))


def _sample(lines: Sequence[str], delimiter: Delimiter, most: int = SAMPLE) -> list[Record]:
    """The first rows, as far as they can be told apart."""
    sample: list[Record] = []
    try:
        sample.extend(islice(records(lines, delimiter, strict=False), most))
    except QuotationError:
        if not sample:
            raise
    return sample


def _fitness(
    lines: Sequence[str], delimiter: Delimiter, options: ReadOptions
) -> tuple[bool, float, float]:
    """Whether there are numbers in a table, how even its rows are, how much of it is numbers."""
    if delimiter in (options.decimal, options.thousands):
        return False, 0, 0
    try:
        rows = [record.fields for record in _sample(lines, delimiter, _FEW)]
    except QuotationError:
        rows = []
    width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
    if width == 1:
        return False, 0, 0
    numbers = sum(sum(map(looks_like_number, row)) for row in rows if len(row) == width)
    return numbers > 0, count / len(rows), numbers / (width * len(rows))


def _lacks_row_names(width: int, rows: Sequence[Sequence[str]]) -> bool:
    """R writes the names of rows without a title above them."""
    return bool(rows) and all(len(row) == width + 1 for row in rows)


def _is_data(field: str) -> bool:
    return looks_like_number(field) or (field in MISSING and field != "")


def _is_numeric(cells: Sequence[str]) -> bool:
    # Numbers written otherwise than the rest are to be reported instead of passed over.
    others = [cell for cell in cells if not looks_like_number(cell)]
    numbers, missing = len(cells) - len(others), sum(cell in MISSING for cell in others)
    return numbers > 0 and numbers >= len(others) - missing


def _measured(cells: Sequence[str], lines: Sequence[int]) -> Measured | None:
    """The first of the numbers with a unit, if nearly all cells are such and of the same unit."""
    found = [(unit_of(cell), line, cell) for cell, line in zip(cells, lines, strict=True)]
    units = Counter(unit for unit, _, _ in found if unit)
    if not units:
        return None
    [(unit, count)] = units.most_common(1)
    others = sum(cell not in MISSING for cell in cells) - count
    if 10 * others > count:
        return None
    return next(Measured(line, cell) for one, line, cell in found if one == unit)


def distinct_names(titles: Sequence[str]) -> list[str]:
    """Names of columns for their titles: none is empty, no two are the same."""
    names: dict[str, None] = {}
    for number, title in enumerate(titles, 1):
        name = title or f"column {number}"
        while name in names:
            name += f" (column {number})"
        names[name] = None
    return list(names)
