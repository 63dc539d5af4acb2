"""Runs of numbers as people write them in messages: bare, in brackets, in Python or in R."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import Decimal, ReadOptions
from gmm_studio.data.json_table import JsonTable, read_json
from gmm_studio.data.layout import SAMPLE, Record, is_comment
from gmm_studio.data.numerals import MISSING, looks_like_number
from gmm_studio.data.selection import shown
from gmm_studio.data.table import CellTable
from gmm_studio.data.text_table import TextTable

__all__ = ["PASTED", "check_pasted", "find_run"]

PASTED = "The text"
"""What messages call a text that is no file."""

_PIECE = 2**20
_SIGNS = str.maketrans({"\u2212": "-", "\u2026": "..."})
_ECHO = re.compile(r"(?:>>>|>|In ?\[\d+\]:)[ \t]*[A-Za-z_.][\w.]*(?:\([\w.]*\))?[ \t]*$")
"""A prompt of Python, IPython or R and the name of what is to be shown."""
_PROMPT = re.compile(r"(?:>>>|>|(?:In|Out) ?\[\d+\]:|\.\.\.:?[ \t])[ \t]*")
_COUNTED = re.compile(r"\[(\d+)\][ \t]+(?=[-+.\d])")
"""How R begins the lines of a vector: with the number of the first value in it."""
_COMMENT = re.compile(r"\s#.*")
_GOES_ON = re.compile(r"[,;\s]*\.{3,}[,;\s]*(?=[\])}]*\s*$)")
_NAME = re.compile(
    r"(?:[^\W\d][\w. ]*:(?=[\s\[({])|[A-Za-z_.][\w.]*[ \t]*(?:<-|=))"
    r"(?:[ \t]*(?=\S)|\s*(?=[\[({]))"
)
_TYPE = re.compile(r",\s*dtype\s*=\s*[\w.'\"]+")
_CALL = re.compile(r"[A-Za-z_][\w.]*\s*\[")
_CALLED = re.compile(r"[A-Za-z_][\w.]*\(\s*(\{.*\})\s*\)", re.DOTALL)
_ODD = re.compile(r"(?!\[\d+,\]$).*(?:[\d\[\](){}=:>]|\.\.\.)")
"""What is no name of a row; R has [1,] for those of matrices."""
_JSON = re.compile(r"\{\s*[\"}]|\[\s*[{\"]")
_ROW = re.compile(r"\[([^\[\]]*)\]")
_BRACKETS = str.maketrans("(){}", "[][]")
_BETWEEN = re.compile(r"[\s,;|]+")
_DECIMAL_COMMAS = re.compile(r"(?:[+-]?\d+(?:,\d+)?(?:[;\s]+|$))+", re.ASCII)


def find_run(text: str, options: ReadOptions) -> CellTable | JsonTable | None:
    """The numbers in a text that is no table of lines; None if it is one.

    Rows in brackets are points, all else is one run of numbers: data of one dimension.

    Parameters
    ----------
    text : str
        What somebody wrote or copied.
    options : ReadOptions
        How to read it. A delimiter, a header or columns make it a table.
    """
    text, is_counted = _stripped(text)
    called = _CALLED.fullmatch(_unnamed(text))
    literal = called[1] if called else _unnamed(text)
    if '"' not in literal:
        literal = literal.replace("'", '"')
    if _JSON.match(literal):
        return read_json(PASTED, _pieces(literal), options)
    rows, decimal = _in_brackets(text), options.decimal
    if rows is None:
        if not _is_left_open(options):
            return None
        rows, decimal = _bare(text, options, is_counted)
        if not rows:
            rows, decimal = _bare(_unnamed(text), options, is_counted)
        if not rows:
            return None
    if not rows:
        raise InputError("{file} holds no rows.", file=PASTED)
    records = [Record(number, number, row) for number, row in enumerate(rows, 1)]
    return CellTable(records, ReadOptions(header=False, decimal=decimal, thousands=""))


def check_pasted(table: TextTable, options: ReadOptions) -> None:
    """See to it that no number of a text is passed over in silence.

    Parameters
    ----------
    table : TextTable
        What is understood of the text; it cannot be read any more.
    options : ReadOptions
        How it was to be read: with a delimiter, a header or columns it is understood as it is.

    Raises
    ------
    InputError
        Where other things stand among the numbers.
    """
    layout = table.layout
    is_table = layout.delimiter == "\t" or (layout.has_header and layout.has_rows)
    if is_table or not _is_left_open(options):
        return
    records = list(islice(table.head(), SAMPLE))
    if not layout.has_rows:
        records = [Record(1, 1, [column.name for column in layout.columns])]
    if not any(sign.isdigit() for record in records for field in record.fields for sign in field):
        return
    texts = [column.index for column in layout.columns if not column.numeric]
    for record in records:
        fields = [record.fields[j] for j in texts if j < len(record.fields)]
        for field in fields:
            is_name = field in MISSING or not (len(records) == 1 or _ODD.match(field))
            if not (is_name or looks_like_number(field)):
                raise InputError(
                    "{file}, line {line}: {value} is not a number. Copy numbers alone, or the rows "
                    "of a table with its header.",
                    file=PASTED,
                    line=record.first,
                    value=shown(field),
                )


def _is_left_open(options: ReadOptions) -> bool:
    return (options.delimiter, options.header, options.columns) == (None, None, None)


def _stripped(text: str) -> tuple[str, bool]:
    """The text without prompts and what stands for more; whether R has counted its values."""
    lines = [line.strip(" \r") for line in text.translate(_SIGNS).strip().splitlines()]
    lines = [_PROMPT.sub("", _ECHO.sub("", line), count=1) for line in lines]
    lines = [line for line in lines if line.strip()]
    is_counted = bool(lines) and all(map(_COUNTED.match, lines))
    if is_counted:
        lines = [_COUNTED.sub("", line, count=1) for line in lines]
    return _GOES_ON.sub("", "\n".join(lines)), is_counted


def _unnamed(text: str) -> str:
    return _NAME.sub("", text, count=1) if _NAME.match(text) else text


def _in_brackets(text: str) -> list[list[str]] | None:
    text = _TYPE.sub("", _unnamed(text)).rstrip("; \n").translate(_BRACKETS)
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


def _bare(text: str, options: ReadOptions, is_run: bool) -> tuple[list[list[str]], Decimal | None]:
    """The numbers of lines that hold nothing else, and are not the rows of a table."""
    lines = [_COMMENT.sub("", line).strip() for line in text.splitlines()]
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
    if not (goes_on or is_run) and max(map(len, rows)) < 3:
        return [], None
    mark: Decimal = "." if split is _BETWEEN else ","
    return [[token] for row in rows for token in row], mark


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _tokens(part: str) -> list[str]:
    return [token for token in _BETWEEN.split(part) if token]
