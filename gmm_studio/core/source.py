"""How a file is read into a cloud, and what of it was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "NO_COLUMN",
    "Decimal",
    "Delimiter",
    "LeftOut",
    "Place",
    "ReadOptions",
    "Reason",
    "Thousands",
    "Unit",
]

Delimiter: TypeAlias = Literal["\t", ";", ",", "|", " "]
"""What separates columns; a blank stands for any white space."""

Decimal: TypeAlias = Literal[".", ","]

Thousands: TypeAlias = Literal["", ",", ".", " ", "'"]
"""What groups the digits of large numbers; a blank stands for narrow and unbroken ones too."""

Reason: TypeAlias = Literal[
    "missing",
    "not a number",
    "not finite",
    "out of range",
    "negative weight",
    "wrong number of columns",
]
"""Why a row cannot be used."""

Unit: TypeAlias = Literal["line", "row"]
"""What the places of a file are counted in, from 1."""

NO_COLUMN = ""
"""As the label or weight of `ReadOptions`: none, although a column is named so."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a table; what is None is understood from the file itself.

    Parameters
    ----------
    encoding : str, optional
        One of `gmm_studio.data.encodings.ENCODINGS`.
    delimiter, decimal, thousands : str, optional
        What separates columns, whole and broken part, and groups of three digits ("" for none).
    header : bool, optional
        Whether the first row holds the names of the columns.
    columns : tuple of str or int, optional
        One or two columns of coordinates, by name or by number from 1.
    label, weight : str or int, optional
        The column of the true labels and that of the sample weights; "" for none.
    table : str, optional
        Which array of an archive or sheet of a workbook; the first with a table if not given.
    drop_invalid : bool
        Whether to leave out rows that cannot be used. Otherwise the first is an error.
    """

    encoding: str | None = None
    delimiter: Delimiter | None = None
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    header: bool | None = None
    columns: tuple[str | int, ...] | None = None
    label: str | int | None = None
    weight: str | int | None = None
    table: str | None = None
    drop_invalid: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A line or row of a file, and the column (both from 1) if it is one column's fault."""

    line: int
    column: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many rows were left out for one reason, and where the first few are."""

    reason: Reason
    count: int
    places: tuple[Place, ...]
    unit: Unit = "line"
