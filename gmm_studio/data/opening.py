"""From a file to the table in it, whatever its kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.encodings import blocks_of, check_encoding, encodings, plain_name
from gmm_studio.data.extras import damages
from gmm_studio.data.files import File, unreadable
from gmm_studio.data.json_table import LARGEST_JSON, read_json
from gmm_studio.data.npy import read_npy, read_npz
from gmm_studio.data.parquet import read_parquet
from gmm_studio.data.table import Table
from gmm_studio.data.text_table import TextTable
from gmm_studio.data.workbook import check_archive, read_workbook

__all__ = ["use_table"]

_PIECE = 2**20

_PROJECT = "project.json"
"""The first member of a project."""

_NAME = 30
"""Where the name of the first member stands in an archive."""

Result = TypeVar("Result")


def use_table(
    file: File,
    options: ReadOptions,
    use: Callable[[Table], Result],
    cancelled: Callable[[], bool] = never,
) -> Result:
    """Do something with the table in a file.

    Parameters
    ----------
    file : File
        The file.
    options : ReadOptions
        What is known of its table already.
    use : callable
        What to do. It is called again if the text turns out to have another encoding.
    cancelled : callable
        Asked now and then, while the table is found, whether to give up.

    Raises
    ------
    InputError
        When there is no table in the file, and whatever `use` raises.
    Cancelled
        When `cancelled` said so.
    """
    try:
        if file.kind == "text":
            return _use_text(file, options, use)
        return use(_open(file, options, cancelled))
    except OSError as error:
        raise unreadable(file.path, error) from None


def _open(file: File, options: ReadOptions, cancelled: Callable[[], bool]) -> Table:
    if file.kind == "json":
        return _use_decoded(file, options, partial(_read_json, cancelled))
    if file.kind == "npy":
        return read_npy(file)
    if file.kind == "parquet":
        return read_parquet(file)
    if file.head[_NAME:].startswith(_PROJECT.encode()):
        raise _no_table(file)
    with damages(file.name), zipfile.ZipFile(file.path) as archive:
        names = archive.namelist()
        if names[:1] == [_PROJECT]:
            raise _no_table(file)
        if any(name.endswith(".npy") for name in names):
            return read_npz(file, archive, options)
        if "xl/workbook.xml" not in names and "content.xml" not in names:
            raise InputError("{file} is an archive. Unpack it first.", file=file.name)
        check_archive(file, archive)
    return read_workbook(file, options)


def _no_table(file: File) -> InputError:
    return InputError(
        "{file} is a project, not a table. Open it with gmm-studio, or in Python with "
        "gmm_studio.project.read_project.",
        file=file.name,
    )


def _read_json(
    cancelled: Callable[[], bool],
    handle: io.TextIOBase,
    file: File,
    options: ReadOptions,
    _: object,
) -> Table:
    def pieces() -> Iterator[str]:
        left = LARGEST_JSON
        while piece := handle.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise InputError(
                    "{file} is too large to be read as JSON. Save the table as CSV.", file=file.name
                )
            yield piece

    return read_json(file.name, pieces(), options, cancelled)


def _use_text(file: File, options: ReadOptions, use: Callable[[Table], Result]) -> Result:
    def with_handle(
        handle: io.TextIOWrapper, file: File, options: ReadOptions, share: Callable[[], float]
    ) -> Result:
        return use(TextTable(handle, file.name, options, share))

    return _use_decoded(file, options, with_handle)


def _use_decoded(
    file: File,
    options: ReadOptions,
    use: Callable[[io.TextIOWrapper, File, ReadOptions, Callable[[], float]], Result],
) -> Result:
    """Do something with a text, decoded in the first of the likely encodings that holds."""
    first = ""
    for encoding in _encodings(file, options):
        first = first or encoding
        understood = encoding.removesuffix("-sig")
        binary, share = file.open()
        with io.TextIOWrapper(binary, encoding=encoding) as handle:
            try:
                return use(handle, file, replace(options, encoding=understood), share)
            except UnicodeError:
                continue
    raise InputError(
        "{file} is damaged: it begins as {encoding} and goes on otherwise."
        if options.encoding is None
        else "{file} is not encoded in {encoding}. Choose another encoding.",
        file=file.name,
        encoding=plain_name(first),
    )


def _encodings(file: File, options: ReadOptions) -> Iterator[str]:
    if options.encoding is not None:
        encoding = check_encoding(options.encoding)
        # The mark at the beginning is no part of the text.
        yield "utf-8-sig" if encoding == "utf-8" else encoding
        return
    yield from encodings(file.head, _blocks(file))


def _blocks(file: File) -> Iterator[bytes]:
    binary, _ = file.open()
    with binary:
        yield from blocks_of(binary)
