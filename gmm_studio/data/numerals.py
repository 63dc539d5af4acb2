"""How numbers are written: decimal marks, thousands separators, and what stands for none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from gmm_studio.core.source import Decimal, Delimiter, Thousands

__all__ = [
    "MISSING",
    "PLAIN",
    "Numerals",
    "find_numerals",
    "looks_like_number",
    "parse_number",
    "unit_of",
]

MISSING = frozenset(("", "NA", "N/A", "NaN", "nan", "NAN", "NULL", "null"))

_MARKED = re.compile(
    "[+-]?(?:[0-9]{1,3}(?:[,.' ’\xa0\u202f][0-9]{3})+(?:[.,][0-9]*)?|[0-9]*,[0-9]+"
    "|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:[.][0-9]*)?)(?:[eE][+-]?[0-9]+)?"
)
"""A number with a decimal comma, with groups of three digits, or grouped as in India."""

_MINUS = "\u2212"
"""What stands in printed texts; programs write a hyphen."""

_UNIT = re.compile(
    r"(?P<before>[$€£¥₹]?)\s?(?P<number>[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?)\s?"
    r"(?P<after>[%‰°$€£¥₹]?[^\W\d_]{0,4}[²³]?(?:/[^\W\d_]{1,4}[²³]?)?)"
)

_GROUPING: dict[Thousands, str] = {
    "": "",
    ",": ",",
    ".": r"\.",
    " ": "[ \xa0\u202f]",
    "'": "['’]",
}


@dataclass(frozen=True, slots=True)
class Numerals:
    """The decimal mark and the thousands separator of a table."""

    decimal: Decimal = "."
    thousands: Thousands = ""

    @property
    def plain(self) -> bool:
        """Whether numbers are written as in programs."""
        return self.decimal == "." and not self.thousands

    def parse(self, text: str) -> float | None:
        """The number that a text spells; None for what a person would not write as a number."""
        text = text.replace(_MINUS, "-")
        if self.decimal == "," and "." in text and not self._is_marked(text):
            return None
        return parse_number(self.plain_text(text))

    def plain_text(self, text: str) -> str:
        """A text that spells a number as programs write it, another as it is."""
        text = text.replace(_MINUS, "-")
        if not self._is_marked(text):
            return text
        if self.thousands:
            text = re.sub(_GROUPING[self.thousands], "", text)
        return text.replace(self.decimal, ".")

    def _is_marked(self, text: str) -> bool:
        return not self.plain and bool(_pattern(self.decimal, self.thousands).fullmatch(text))


def parse_number(text: str) -> float | None:
    """The number that a text spells in programs; None where it is none."""
    text = text.replace(_MINUS, "-")
    if "_" in text or not text.isascii():
        return None
    try:
        return float(text)
    except ValueError:
        return None


def looks_like_number(text: str) -> bool:
    """Whether a person somewhere would write a number like this."""
    text = text.replace(_MINUS, "-")
    return parse_number(text) is not None or _MARKED.fullmatch(text) is not None


def unit_of(text: str) -> str | None:
    """What a number is written with, such as a unit, a percent sign or a currency; or None."""
    found = _UNIT.fullmatch(text.replace(_MINUS, "-"))
    if not found or not looks_like_number(found["number"]):
        return None
    return found["before"] + found["after"] or None


def find_numerals(
    cells: Iterable[str],
    delimiter: Delimiter,
    decimal: Decimal | None = None,
    thousands: Thousands | None = None,
) -> Numerals:
    """The way of writing numbers that makes the most of the cells, the plainest of several.

    Parameters
    ----------
    cells : iterable of str
        Texts, some of them numbers.
    delimiter : Delimiter
        What separates them: between commas 1,234 is above a thousand, otherwise a bit above one.
    decimal, thousands : str, optional
        What is known already.
    """
    numbers = [cell for cell in cells if looks_like_number(cell)]
    marked = [cell for cell in numbers if parse_number(cell) is None]
    candidates = [
        numerals
        for numerals in _candidates(delimiter, len(marked), len(numbers))
        if decimal in (None, numerals.decimal) and thousands in (None, numerals.thousands)
    ]
    if not candidates:
        mark: Decimal = decimal or ("," if thousands == "." else ".")
        return Numerals(mark, "" if thousands in (None, mark) else thousands)
    if len(candidates) == 1 or not (marked or decimal or thousands):
        return candidates[0]
    return max(candidates, key=lambda numerals: sum(numerals.parse(c) is not None for c in numbers))


def _candidates(delimiter: Delimiter, marked: int, numbers: int) -> Sequence[Numerals]:
    point: list[Numerals] = [Numerals(".", separator) for separator in (",", " ", "'")]
    comma: list[Numerals] = [Numerals(",", separator) for separator in ("", ".", " ", "'")]
    if delimiter != ",":
        return [Numerals(), *comma, *point]
    # One comma in quotation marks among many points is rather a mistake.
    return [Numerals(), *point, *(comma if 2 * marked > numbers else ())]


PLAIN = Numerals()
"""As in programs."""


@cache
def _pattern(decimal: Decimal, thousands: Thousands) -> re.Pattern[str]:
    grouped = f"[0-9]{{1,3}}(?:{_GROUPING[thousands]}[0-9]{{3}})+|" if thousands else ""
    if thousands == ",":
        grouped += "[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|"
    mark = re.escape(decimal)
    return re.compile(
        f"[+-]?(?:(?:{grouped}[0-9]+)(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?"
    )
