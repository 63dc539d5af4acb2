"""Tables in workbooks (.xlsx, .ods): values alone, never formulas."""

from __future__ import annotations

import re
import zipfile
from typing import Any

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.extras import damages, from_extra
from gmm_studio.data.files import File, most_unpacked
from gmm_studio.data.layout import Record
from gmm_studio.data.selection import shown
from gmm_studio.data.table import CellTable

__all__ = ["check_archive", "read_workbook"]

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml|content\.xml")
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="([0-9]+)"')
_TAG = re.compile(rb"<table:table-cell\b[^>]*>")
_ROW = re.compile(rb"<table:table-row\b([^>]*)>(.*?)</table:table-row>", re.DOTALL)
_SMALL = 2**21
"""Cells that are no burden, whatever is in them: with their gaps they take 32 bytes each."""


def read_workbook(file: File, options: ReadOptions) -> CellTable:
    """The sheet that is asked for, or the first one that is not empty.

    Parameters
    ----------
    file : File
        The workbook, one that `check_archive` has let pass.
    options : ReadOptions
        What is known of the table already.

    Raises
    ------
    InputError
        When it is damaged or empty, or python-calamine is not installed.
    """
    with from_extra(file.name):
        from python_calamine import CalamineWorkbook
    with damages(file.name), CalamineWorkbook.from_path(str(file.path)) as workbook:
        names = tuple(workbook.sheet_names)
        if options.table is not None and options.table not in names:
            raise InputError(
                "{file} has no sheet {asked}. It has: {names}.",
                file=file.name,
                asked=shown(options.table),
                names=", ".join(map(shown, names[:20])),
            )
        for name in names if options.table is None else (options.table,):
            rows = _records(workbook.get_sheet_by_name(name))
            if rows:
                understood = ReadOptions(
                    decimal=options.decimal,
                    thousands=options.thousands,
                    header=options.header,
                    table=name,
                )
                return CellTable(rows, understood, names)
    raise InputError("{file} holds no rows.", file=file.name)


def check_archive(file: File, archive: zipfile.ZipFile) -> None:
    """See to it that a workbook is not made to fill the memory.

    A sheet is held as a rectangle: one cell far to the lower right would take gigabytes.

    Raises
    ------
    InputError
        When it is.
    """
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > most_unpacked(file.size):
        raise _too_large(file)
    for entry in entries:
        if _SHEET.fullmatch(entry.filename):
            with archive.open(entry) as handle:
                content = handle.read(entry.file_size + 1)
            if _cells(content) > _SMALL + len(content) // 4:
                raise _too_large(file)


def _cells(content: bytes) -> int:
    """How many cells the rectangle of a sheet has at most."""
    last_row = last_column = 0
    for letters, digits in _CELL.findall(content):
        last_row = max(last_row, int(digits))
        column = 0
        for letter in letters:
            column = 26 * column + letter - 64
        last_column = max(last_column, column)
    return max(last_row * last_column, _repeated(content))


def _repeated(content: bytes) -> int:
    """The same for a sheet of OpenDocument, where rows and cells say how often they are repeated.

    At the end of a sheet and of a row it is the whole rest of them that is empty; what holds
    values is repeated by hand.
    """
    rows = columns = 1
    for tag in _TAG.findall(content):
        found = _REPEATED.search(tag)
        if found is not None and b"office:value" in tag:
            columns = max(columns, int(found[2][:12]))
    for row in _ROW.finditer(content):
        found = _REPEATED.search(row[1])
        if found is not None and b"office:value" in row[2]:
            rows = max(rows, int(found[2][:12]))
    return rows * columns if max(rows, columns) > 1 else 0


def _records(sheet: Any) -> list[Record]:
    """The rows that hold something, without the empty columns at their right."""
    first_row = (sheet.start or (0, 0))[0] + 1
    rows = [
        Record(number, number, [str(value).strip() for value in row])
        for number, row in enumerate(sheet.to_python(skip_empty_area=True), first_row)
    ]
    rows = [record for record in rows if any(record.fields)]
    width = max((_width(record.fields) for record in rows), default=0)
    return [record._replace(fields=record.fields[:width]) for record in rows]


def _width(fields: list[str]) -> int:
    return max(j for j, field in enumerate(fields, 1) if field)


def _too_large(file: File) -> InputError:
    return InputError("{file} is too large for a workbook. Save the table as CSV.", file=file.name)
