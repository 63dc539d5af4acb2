"""The rows of a text read all at once, where nothing in them needs to be explained to a person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.data.decimals import Fields, find_fields
from gmm_studio.data.layout import has_comment
from gmm_studio.data.numerals import MISSING, Numerals
from gmm_studio.data.rows import LARGEST_LABEL, Block, WholeLabels, all_usable
from gmm_studio.data.selection import Selection

__all__ = ["read_plain"]


def read_plain(text: str, selection: Selection) -> Block | None:
    """Read the rows of a text of whole lines; None unless all of them can be used.

    Texts with quotation marks, comments, or blank lines between the rows are not plain.
    """
    if '"' in text or ("#" in text and has_comment(text)):
        return None
    layout = selection.layout
    text = _without_blanks(text, layout.delimiter)
    is_whole = text.endswith("\n") and not text.endswith("\n\n")
    rows = text if is_whole else text.rstrip("\n") + "\n"
    fields = find_fields(
        rows.encode(errors="surrogatepass"),
        layout.delimiter,
        layout.numerals.decimal,
        len(layout.columns),
    )
    if fields is None:
        return None
    columns: list[FloatArray] = []
    for column in selection.numbers:
        numbers = _numbers(fields, column.index, layout.numerals)
        if numbers is None:
            return None
        columns.append(numbers)
    if not all_usable(columns, selection):
        return None
    labels: Sequence[str] = ()
    if selection.label is not None:
        labels = _labels(fields, selection.label.index)
        if not isinstance(labels, WholeLabels) and not MISSING.isdisjoint(labels):
            return None
    blank = max(len(text) - len(rows), 0)
    return Block(np.column_stack(columns), labels, len(fields.before) + blank)


def _without_blanks(text: str, delimiter: str) -> str:
    """A text without the blanks before its fields; where they separate these, with one each."""
    if delimiter == " ":
        return "\n".join(" ".join(line.split()) for line in text.split("\n"))
    if " " in text:
        for sign in (delimiter, "\n"):
            while f"{sign} " in text:
                text = text.replace(f"{sign} ", sign)
    return text


def _numbers(fields: Fields, column: int, numerals: Numerals) -> FloatArray | None:
    """The numbers of a column (rows,), if each field spells one."""
    numbers, others = fields.numbers(column)
    for row, text in zip(others.tolist(), fields.texts(column, others), strict=True):
        number = numerals.parse(text)
        if number is None:
            return None
        numbers[row] = number
    return numbers


def _labels(fields: Fields, column: int) -> Sequence[str]:
    wholes = fields.wholes(column)
    if wholes is None or abs(wholes).max() >= LARGEST_LABEL:
        return fields.texts(column)
    return WholeLabels(wholes)
