"""Runs of numbers as people write them in messages: bare, in brackets, in Python or in R."""

from __future__ import annotations

import re

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import Decimal, ReadOptions
from gmm_studio.data.array_table import ArrayTable
from gmm_studio.data.json_table import read_json
from gmm_studio.data.layout import Record, is_comment
from gmm_studio.data.numerals import looks_like_number
from gmm_studio.data.table import CellTable

__all__ = ["PASTED", "find_run"]

PASTED = "The text"
"""What messages call a text that is no file."""

_ASSIGNMENT = re.compile(r"[A-Za-z_.][\w.]*\s*(?:<-|=)\s*(?=\S)")
_TYPE = re.compile(r",\s*dtype\s*=\s*[\w.'\"]+")
_CALL = re.compile(r"[A-Za-z_][\w.]*\s*\[")
_ROW = re.compile(r"\[([^\[\]]*)\]")
_BRACKETS = str.maketrans("(){}", "[][]")
_BETWEEN = re.compile(r"[\s,;]+")
_DECIMAL_COMMAS = re.compile(r"(?:[+-]?\d+(?:,\d+)?(?:[;\s]+|$))+", re.ASCII)


def find_run(text: str, options: ReadOptions) -> CellTable | ArrayTable | None:
    """The numbers in a text that is no table of lines; None if it is one.

    Rows in brackets are points, all else is one run of numbers: data of one dimension.

    Parameters
    ----------
    text : str
        What somebody wrote or copied.
    options : ReadOptions
        How to read it. A delimiter, a header or columns make it a table.
    """
    text = text.strip()
    if text.startswith("{") or re.match(r"\[\s*\{", text):
        return read_json(PASTED, text, options)
    rows, decimal = _in_brackets(text), options.decimal
    if rows is None:
        if (options.delimiter, options.header, options.columns) != (None, None, None):
            return None
        rows, decimal = _bare(text, options)
        if not rows:
            return None
    if not rows:
        raise InputError("{file} holds no rows.", file=PASTED)
    records = [Record(number, number, row) for number, row in enumerate(rows, 1)]
    return CellTable(records, ReadOptions(header=False, decimal=decimal, thousands=""))


def _in_brackets(text: str) -> list[list[str]] | None:
    text = _ASSIGNMENT.sub("", text, count=1) if _ASSIGNMENT.match(text) else text
    text = _TYPE.sub("", text).rstrip("; \n").translate(_BRACKETS)
    text = _CALL.sub("[", text)
    while re.fullmatch(r"\[\s*\[[^\[\]]*\]\s*,?\s*\]", text):
        text = text[1:-1].strip().rstrip(",")
    if not (text.startswith("[") and text.endswith("]")):
        return None
    if _ROW.fullmatch(text):
        parts = text[1:-1].split(";")
        if len(parts) == 1:
            return [[token] for token in _tokens(parts[0])]
    else:
        if _ROW.sub("", text).strip("[], \t\r\n"):
            return None
        parts = _ROW.findall(text)
    return [row for part in parts if (row := _tokens(part))]


def _bare(text: str, options: ReadOptions) -> tuple[list[list[str]], Decimal | None]:
    """The numbers of lines that hold nothing else, and are not the rows of a table."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not is_comment(line)]
    if "\t" in text or not lines:
        return [], None
    joined = "\n".join(lines)
    commas = options.decimal in (None, ",") and _DECIMAL_COMMAS.fullmatch(joined) is not None
    split = re.compile(r"[\s;]+") if commas and "," in joined else _BETWEEN
    rows = [[token for token in split.split(line) if token] for line in lines]
    if not all(looks_like_number(token) for row in rows for token in row):
        return [], None
    goes_on = any(line.endswith((",", ";")) for line in lines[:-1])
    if not goes_on and max(map(len, rows)) < 3:
        return [], None
    mark: Decimal = "." if split is _BETWEEN else ","
    return [[token] for row in rows for token in row], mark


def _tokens(part: str) -> list[str]:
    return [token for token in _BETWEEN.split(part) if token]
