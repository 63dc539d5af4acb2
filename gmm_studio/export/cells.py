"""Cells of a table: numbers where nothing of the text is lost by it, and otherwise texts."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from gmm_studio.export.npz import Pieces

__all__ = ["Cell", "ColumnOfCells", "number_of_text", "quoted"]

Cell: TypeAlias = int | float | str | None
"""What a cell holds; None where it is empty."""

_LARGEST_INT = 2**63
_LARGEST_DOUBLE_INT = 2**53
"""Up to it doubles tell whole numbers apart."""

_WHOLE = re.compile("-?(?:0|[1-9][0-9]{0,300})")
_DECIMAL = re.compile(
    r"[+-]?(?=[0-9.])(?:0|[1-9][0-9]*)?(?=[.eE])(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?"
)
_EXPONENT = re.compile("[eE]")
_LONGEST = 400
_TO_BE_QUOTED = re.compile(r'["\r\n]|\A[\s#]|\s\Z')


def number_of_text(text: str) -> int | float | None:
    """The number that a text spells, if it can be printed as it was; None for all others.

    Zeros at the end are no difference, those at the beginning are: 00123 is no number but a code.

    Parameters
    ----------
    text : str
        With a point as decimal mark.
    """
    if _WHOLE.fullmatch(text):
        return int(text) if text != "-0" else -0.0
    if len(text) > _LONGEST or not _DECIMAL.fullmatch(text):
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    if repr(value) == text:
        return value
    return value if _prints_as(value, text) else None


def _prints_as(value: float, text: str) -> bool:
    """Whether a double, with as many digits as the text that it was read from, is the same."""
    mantissa = _EXPONENT.split(text)[0]
    digits = len(mantissa.lstrip("+-0.").replace(".", "")) or 1
    if digits <= sys.float_info.dig and sys.float_info.min <= abs(value) < math.inf:
        return True
    printed = f"{value:.{digits - 1}e}"
    return printed == text or (math.isfinite(value) and Decimal(printed) == Decimal(text))


def quoted(cell: object, delimiter: str) -> str:
    """A cell of CSV, in quotation marks where readers would make something else of it."""
    text = str(cell)
    if delimiter in text or _TO_BE_QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


class ColumnOfCells:
    """A column that is gathered block by block and becomes one array.

    Its type is int64 where all cells are whole numbers that fit, float64 where all are numbers
    that doubles can hold, with NaN for empty ones, and text otherwise.
    """

    def __init__(self) -> None:
        self._blocks: list[_Block] = []

    def add(self, values: Sequence[Cell], texts: Sequence[object]) -> None:
        """Add cells, and how they are written if not all of the column are numbers."""
        kind = _kind_of(values)
        written = list(map(str, texts))
        if kind == "text":
            self._blocks.append(_Block(kind, np.array(written), None))
            return
        numbers = np.array(values, np.float64 if kind == "double" else np.int64)
        # Most texts can be had again of their numbers, which take a tenth of the memory.
        is_plain = list(map(str, numbers.tolist())) == written
        texts_of_numbers = None if is_plain else "\0".join(written).encode()
        self._blocks.append(_Block(kind, numbers, texts_of_numbers))

    def pieces(self, n: int) -> Pieces:
        """The array of all n cells."""
        kinds = {block.kind for block in self._blocks}
        if kinds <= {"whole", "large"}:
            dtype: np.dtype[Any] = np.dtype(np.int64)
        elif kinds <= {"whole", "double"}:
            dtype = np.dtype(np.float64)
        else:
            width = max(block.width for block in self._blocks)
            written = (block.written for block in self._blocks)
            return Pieces((n,), np.dtype(f"U{width}"), written)
        return Pieces((n,), dtype, (block.values for block in self._blocks))


_Kind: TypeAlias = Literal["whole", "large", "double", "text"]
"""What an array of some cells must be; large: of whole numbers that doubles do not tell apart."""


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    kind: _Kind
    values: npt.NDArray[Any]
    texts: bytes | None
    """Of numbers that were not written as we would, parted by zeros."""

    @property
    def written(self) -> npt.NDArray[Any]:
        """As texts."""
        if self.kind == "text":
            return self.values
        if self.texts is not None:
            return np.array(self.texts.decode().split("\0"))
        return np.array(list(map(str, self.values.tolist())))

    @property
    def width(self) -> int:
        """How long the longest of them is."""
        return self.written.dtype.itemsize // 4


def _kind_of(values: Sequence[Cell]) -> _Kind:
    kinds = set(map(type, values))
    if str in kinds:
        return "text"
    largest = max((abs(value) for value in values if isinstance(value, int)), default=0)
    if kinds == {int}:
        if largest >= _LARGEST_INT:
            return "text"
        return "large" if largest > _LARGEST_DOUBLE_INT else "whole"
    return "double" if largest <= _LARGEST_DOUBLE_INT else "text"
