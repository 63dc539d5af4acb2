"""Reads what a person brings in, and finds out whether there is something to ask first.

A table is *plain*, and opened at once, if in the rows that are looked at

- every row can be used,
- numbers are written as in programs: decimal point, no groups of thousands,
- there are no more than two columns that could be coordinates, and all others are named label,
  class or weight, or hold the numbers or names of the rows,
- it is the only table of its file,
- a text of bare numbers does not look like the rows of a table.

Of a table whose columns somebody has chosen already only the first is asked. A text or file
without anything to choose from, such as one without any number, is an error at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.scaling import Kind, scaled
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.files import LARGEST_FILE
from gmm_studio.data.numerals import looks_like_number
from gmm_studio.data.preview import Preview, preview
from gmm_studio.data.text import read_text

__all__ = ["LOOK", "Ask", "Question", "ReadRequest", "is_plain", "read"]

LOOK = 1000
"""How many rows are looked at before a table is read."""

_DEEP = 50_000
"""How many are looked at to show a row that could not be used."""

Ask: TypeAlias = Literal["never", "rows", "unclear", "always", "errors"]
"""When to ask instead of reading or refusing: never; for rows that cannot be used; for these and
all that is not plain; in any case; for every error, as what the dialog said is to be mended there.
"""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A table to be read.

    Parameters
    ----------
    source : Path or str
        A file if it is a Path; otherwise the text itself.
    options : ReadOptions
        How to read it; what is None is found out.
    ask : str
        When to ask.
    scaling : str
        How the axes of the cloud are to be scaled.
    """

    source: Path | str
    options: ReadOptions = ReadOptions()  # noqa: RUF009 - frozen
    ask: Ask = "unclear"
    scaling: Kind = "none"

    def answered(self, options: ReadOptions) -> ReadRequest:
        """The same, read as a person says."""
        return replace(self, options=options, ask="errors")


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A table that a person should look at.

    Parameters
    ----------
    request : ReadRequest
        What was to be read.
    preview : Preview
        What is understood of it.
    error : InputError or None
        Why reading it has failed.
    rows : int
        How many rows were asked for.
    """

    request: ReadRequest
    preview: Preview
    error: InputError | None = None
    rows: int = LOOK


def read(
    request: ReadRequest,
    cancelled: Callable[[], bool] = never,
    progress: Callable[[float], None] | None = None,
) -> PointCloud | Question:
    """Read a table, or say that somebody should look at it first.

    Raises
    ------
    InputError
        When there is no cloud in it, and nothing to ask.
    Cancelled
        When `cancelled` said so.
    """
    if request.ask in ("unclear", "always") and not _is_beyond_looking(request.source):
        seen = _look(request, cancelled)
        if request.ask == "always" or not is_plain(request.source, request.options, seen):
            return Question(request, seen)
    try:
        return _cloud(request, cancelled, progress)
    except InputError as error:
        line = error.values.get("line")
        if request.ask == "never" or (line is None and request.ask != "errors"):
            raise
        rows = min(max(LOOK, 2 * line), _DEEP) if isinstance(line, int) else LOOK
        try:
            return Question(request, preview(request.source, request.options, rows), error, rows)
        except InputError:
            raise error from None


def is_plain(source: Path | str, options: ReadOptions, seen: Preview) -> bool:
    """Whether there is nothing to ask: see the top of this module."""
    if seen.error is not None or (seen.problems and not options.drop_invalid):
        return False
    if options.columns is not None:
        return True
    if len(seen.tables) > 1 or seen.options.decimal == "," or seen.options.thousands:
        return False
    others = [column for column in seen.columns if column.role == "coordinate"]
    if len(others) > 2 or not all(column.numeric for column in others):
        return False
    return not (isinstance(source, str) and seen.options.delimiter is None and _has_rows(source))


def _look(request: ReadRequest, cancelled: Callable[[], bool]) -> Preview:
    """The beginning of a table.

    Raises
    ------
    InputError
        When there is nothing in it to choose from.
    """
    is_text = isinstance(request.source, str)
    try:
        seen = preview(request.source, request.options, LOOK, cancelled)
    except InputError as error:
        raise _no_numbers() if is_text else error from None
    if seen.error is None or any(looks_like_number(c) for row in seen.rows for c in row.cells):
        return seen
    if is_text:
        raise _no_numbers()
    if request.ask == "always" and seen.rows:
        return seen
    raise seen.error


def _no_numbers() -> InputError:
    return InputError("There are no numbers in the text. Copy numbers or the rows of a table.")


def _cloud(
    request: ReadRequest,
    cancelled: Callable[[], bool],
    progress: Callable[[float], None] | None,
) -> PointCloud:
    if isinstance(request.source, Path):
        from gmm_studio.data.big import read_any

        cloud = read_any(request.source, request.options, cancelled, progress)
    else:
        cloud = read_text(request.source, request.options)
    return scaled(cloud, request.scaling)


def _is_beyond_looking(source: Path | str) -> bool:
    """Whether a file is so large that it is read into a grid of cells and in no other way."""
    try:
        return isinstance(source, Path) and source.stat().st_size > LARGEST_FILE
    except (OSError, ValueError):
        return False


def _has_rows(text: str) -> bool:
    """Whether bare numbers stand in lines of equally many, as the rows of a table do."""
    lines = [line.strip().rstrip(",;") for line in text.splitlines()]
    counts = {len(line.replace(",", " ").replace(";", " ").split()) for line in lines if line}
    return len(counts) == 1 and max(counts) > 1 and sum(map(bool, lines)) > 1
