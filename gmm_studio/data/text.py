"""Point clouds from CSV and other text files."""

from __future__ import annotations

import codecs
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO

import numpy as np

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.data.layout import QuotationError, find_layout, parse_number
from gmm_studio.data.rows import quotation_problem, read_block
from gmm_studio.data.selection import Selection, select, shown

__all__ = ["LARGEST_FILE", "read_cloud"]

LARGEST_FILE = 2 * 2**30
"""In bytes."""

HEAD = 2**16
CHUNK = 2**20
LONGEST_LINE = 2**20

LARGEST_LABEL = 2**53
"""Up to it doubles tell whole numbers apart."""

CONTROL_CHARACTERS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r")

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

NOT_TEXT = (
    (b"PK\x03\x04", "{file} is a workbook or a ZIP archive. Save its table as CSV."),
    (b"\x1f\x8b", "{file} is compressed. Unpack it first."),
    (b"", "{file} is not a text file. Save the table as CSV."),
)


def read_cloud(
    path: str | Path,
    columns: Sequence[str | int] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> PointCloud:
    """Read a point cloud from a text file.

    Commas, semicolons, tabs or blanks separate the columns; a header is recognised; blank lines
    and lines that begin with # are passed over. A column named label or class gives the true
    labels (whole numbers as they are, texts numbered in order of appearance), one named weight the
    sample weights; they are coordinates only if asked for.

    Parameters
    ----------
    path : str or Path
        A file in UTF-8, UTF-16 or Latin-1.
    columns : sequence of str or int, optional
        One or two columns by name or by number from 1. Otherwise the first two that hold numbers,
        or the only one.
    cancelled : callable, optional
        Asked now and then whether to give up.

    Returns
    -------
    PointCloud
        Named like the file; its source lists all columns of numbers.

    Raises
    ------
    InputError
        When there is no cloud in it; the message says why, and in which line and column.
    Cancelled
        When `cancelled` said so.
    """
    path = Path(path)
    encodings = _encodings(shown(path.name), _head(path))
    for encoding in encodings:
        cloud = _decode(path, encoding, columns, cancelled or (lambda: False))
        if cloud is not None:
            return cloud
    raise InputError(
        "{file} is damaged: it begins as {encoding} and goes on otherwise.",
        file=shown(path.name),
        encoding=encodings[0].upper(),
    )


def _decode(
    path: Path, encoding: str, columns: Sequence[str | int] | None, cancelled: Callable[[], bool]
) -> PointCloud | None:
    """The cloud in a file of that encoding; None if it turns out to have another."""
    try:
        with path.open(encoding=encoding) as handle:
            return _read(handle, path, columns, cancelled)
    except UnicodeDecodeError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from None


def _head(path: Path) -> bytes:
    """The first bytes of a file that can be read."""
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            with path.open("rb") as handle:
                head = handle.read(HEAD)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError("{path} is a folder, not a file.", path=shown(str(path), 200))
    if not stat.S_ISREG(status.st_mode):
        raise InputError("{path} is a device, not a file.", path=shown(str(path), 200))
    if status.st_size > LARGEST_FILE:
        raise InputError(
            "{file} is too large: it has {size:.1f} GiB, and {largest:.0f} can be read.",
            file=shown(path.name),
            size=status.st_size / 2**30,
            largest=LARGEST_FILE / 2**30,
        )
    if not head:
        raise InputError("{file} is empty.", file=shown(path.name))
    return head


def _unreadable(path: Path, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError("There is no file {path}.", path=shown(str(path), 200))
    if isinstance(error, PermissionError):
        return InputError("There is no permission to read {path}.", path=shown(str(path), 200))
    reason = error.strerror if isinstance(error, OSError) else error
    return InputError("{path} cannot be read: {reason}.", path=shown(str(path), 200), reason=reason)


def _encodings(file: str, head: bytes) -> tuple[str, ...]:
    """The encodings that a file beginning like this may have, the likeliest first."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return (encoding,)
    for beginning, message in NOT_TEXT:
        if head.startswith(beginning) and not CONTROL_CHARACTERS.isdisjoint(head):
            raise InputError(message, file=file)
    return ("utf-8-sig", "latin-1")


def _read(
    handle: TextIO,
    path: Path,
    columns: Sequence[str | int] | None,
    cancelled: Callable[[], bool],
) -> PointCloud:
    file = shown(path.name)
    selection, text, line = _begin(handle, file, columns)
    more = iter(partial(handle.readline, LONGEST_LINE), "")
    numbers: list[FloatArray] = []
    classes: dict[str, int] = {}
    codes: list[IntArray] = []
    while text:
        if cancelled():
            raise Cancelled
        block = read_block(text, more, line, selection)
        numbers.append(block.numbers)
        codes.append(_codes(block.labels, classes))
        line += block.lines
        text = _next_lines(handle, file, line)
    labels = None if selection.label is None else _labels(np.concatenate(codes), list(classes))
    are_names = labels is not None and any(parse_number(name) is None for name in classes)
    cloud = _cloud(path, selection, np.concatenate(numbers), labels)
    return replace(cloud, class_names=tuple(classes)) if are_names else cloud


def _begin(
    handle: TextIO, file: str, columns: Sequence[str | int] | None
) -> tuple[Selection, str, int]:
    """What to read, the lines of the first rows, and the number of the first of them."""
    line = 1
    while text := _next_lines(handle, file, line):
        try:
            layout = find_layout(text.split("\n"))
        except QuotationError as error:
            raise quotation_problem(file, line + error.line - 1) from None
        if layout is not None:
            selection = select(file, layout, columns)
            return selection, text.split("\n", layout.header_lines)[-1], line + layout.header_lines
        line += text.count("\n")
    raise InputError("{file} holds no rows.", file=file)


def _next_lines(handle: TextIO, file: str, line: int) -> str:
    """Some more whole lines, of which the first has this number; nothing at the end."""
    text = handle.read(CHUNK)
    rest = handle.readline(LONGEST_LINE)
    if len(rest) == LONGEST_LINE:
        raise InputError(
            "{file}, after line {line}: a line is too long to belong to a table.",
            file=file,
            line=line,
        )
    if "\0" in text or "\0" in rest:
        raise InputError("{file} is not a text file. Save the table as CSV.", file=file)
    return text + rest


def _codes(labels: Sequence[str], classes: dict[str, int]) -> IntArray:
    """The number of the class of each label; new ones are added in order of appearance."""
    codes = (classes.setdefault(label, len(classes)) for label in labels)
    return np.fromiter(codes, np.int64, len(labels))


def _labels(codes: IntArray, classes: Sequence[str]) -> IntArray | None:
    """Labels that are all whole numbers as these, texts as their codes; measurements are none."""
    numbers = [parse_number(name) for name in classes]
    if None in numbers:
        return codes
    labels = np.array(numbers, np.float64)
    whole = (np.abs(labels) < LARGEST_LABEL) & (labels == np.rint(labels))
    return labels.astype(np.int64)[codes] if whole.all() else None


def _cloud(
    path: Path, selection: Selection, numbers: FloatArray, labels: IntArray | None
) -> PointCloud:
    d = len(selection.coordinates)
    weights = None
    if selection.weight is not None:
        weights = numbers[:, d]
        if not weights.any():
            raise InputError(
                "{file}: all weights in the column {name} are 0.",
                file=selection.file,
                name=shown(selection.weight.name),
            )
    numeric = tuple(column.name for column in selection.layout.columns if column.numeric)
    return PointCloud(
        numbers[:, :d],
        weights=weights,
        labels=labels,
        name=path.stem,
        columns=tuple(column.name for column in selection.coordinates),
        source=Source(path, numeric),
    )
