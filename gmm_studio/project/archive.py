"""The archive that a project is in: a ZIP file of stored members, each checked as it is read.

As nothing is packed, nothing can be larger than the file.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

import numpy as np

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.data.files import LARGEST_FILE
from gmm_studio.data.npy import array_of
from gmm_studio.project.shared import Array

__all__ = ["BEGINNING", "CONTENT", "Archive", "write_archive"]

CONTENT = "project.json"
"""The first member."""

BEGINNING = b'{"format": "gmm-studio-project", "version": '
"""What it begins with."""

LARGEST_CONTENT = 2**24
"""In bytes. Much larger than the text of a thousand runs, and what is made of it fits in memory."""

MOST_MEMBERS = 60_000
_LONGEST_ENTRY = 128
"""In bytes, of the directory."""

_OVERHEAD = 512
"""In bytes: more than a member takes beside its array."""

_END = struct.Struct("<4s4H2LH")
_END_MARK, _LONGEST_COMMENT = b"PK\x05\x06", 2**16
_BLOCK = 2**24


def write_archive(
    handle: BinaryIO, content: bytes, arrays: Mapping[str, Array], cancelled: Callable[[], bool]
) -> None:
    """Write a project's JSON and its arrays; the same ones give the same bytes.

    Raises
    ------
    InputError
        When there is more than can be read again.
    Cancelled
        When `cancelled` returned true.
    """
    size = len(content) + sum(array.nbytes + _OVERHEAD for array in arrays.values())
    is_long = len(content) > LARGEST_CONTENT or len(arrays) >= MOST_MEMBERS
    if is_long or size > LARGEST_FILE:
        raise InputError("There is too much to be saved in one project. Remove some runs first.")
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(CONTENT), content)
        for name, array in arrays.items():
            _write_array(archive, name, array, cancelled)


def _write_array(
    archive: zipfile.ZipFile, name: str, array: Array, cancelled: Callable[[], bool]
) -> None:
    ordered = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
        header = np.lib.format.header_data_from_array_1_0(ordered)
        np.lib.format.write_array_header_1_0(member, header)
        content = ordered.reshape(-1).view(np.uint8)
        for first in range(0, len(content), _BLOCK):
            if cancelled():
                raise Cancelled
            member.write(content[first : first + _BLOCK].data)


class Archive:
    """The members of a file that is to be a project.

    Parameters
    ----------
    handle : binary file
        At its beginning.
    file : str
        What messages call it.
    cancelled : callable

    Raises
    ------
    InputError
        When it is no such archive.
    """

    def __init__(self, handle: BinaryIO, file: str, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled
        size = _check_size(handle, file)
        try:
            self._archive = zipfile.ZipFile(handle)
            entries = self._archive.infolist()
        except Exception:
            raise _damaged(file) from None
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) < len(entries) or CONTENT not in self._entries:
            raise _damaged(file)
        # A stored member may not stand for more than there is, nor the same bytes for several.
        if sum(entry.file_size for entry in entries) > size:
            raise _damaged(file)

    def content(self) -> bytes:
        """The JSON.

        Raises
        ------
        InputError
            When it is damaged, or too large.
        """
        if self._entries[CONTENT].file_size > LARGEST_CONTENT:
            raise InputError("{name} is too large.", name=CONTENT)
        return self._read(CONTENT)

    def array(self, name: str, types: Sequence[str], shape: tuple[int | None, ...]) -> Array:
        """An array of one of some types and of a shape, in which None stands for any length.

        Raises
        ------
        InputError
            When there is none, or it is another one.
        Cancelled
            When it was.
        """
        member = f"{name}.npy"
        if member not in self._entries:
            raise InputError("{name} is missing.", name=member)
        array = array_of(self._read(member), member)
        fits = len(array.shape) == len(shape) and all(
            length in (None, found) for length, found in zip(shape, array.shape, strict=True)
        )
        if not fits or array.dtype not in map(np.dtype, types):
            raise InputError(
                "{name} has the shape {shape} and the type {type}, which does not fit.",
                name=member,
                shape=array.shape,
                type=array.dtype,
            )
        return np.require(array, requirements=["C", "A"])

    def _read(self, member: str) -> bytes:
        if self._cancelled():
            raise Cancelled
        entry = self._entries[member]
        is_plain = entry.compress_type == zipfile.ZIP_STORED and entry.flag_bits == 0
        if not is_plain or entry.compress_size != entry.file_size:
            raise InputError("{name} is packed.", name=member)
        try:
            content = self._archive.read(entry)
        except Exception:
            raise InputError("{name} is not as it was saved.", name=member) from None
        if len(content) != entry.file_size:
            raise InputError("{name} is not as it was saved.", name=member)
        return content


def _check_size(handle: BinaryIO, file: str) -> int:
    """The size of a file whose end says that all of it is there; its directory has a limit."""
    size = handle.seek(0, 2)
    if size > LARGEST_FILE:
        raise InputError("{file} is too large to be a project of GMM Studio.", file=file)
    handle.seek(max(0, size - _LONGEST_COMMENT))
    tail = handle.read()
    if _END_MARK not in tail:
        raise InputError(
            "{file} was cut off: its end is missing. Get it again, or open an earlier copy of it.",
            file=file,
        )
    end = tail[-_END.size :]
    if len(end) < _END.size:
        raise _damaged(file)
    mark, _, _, _, entries, length, start, comment = _END.unpack(end)
    is_whole = start + length + _END.size == size and length <= MOST_MEMBERS * _LONGEST_ENTRY
    if mark != _END_MARK or comment or not is_whole or entries > MOST_MEMBERS:
        raise _damaged(file)
    handle.seek(0)
    return size


def _damaged(file: str) -> InputError:
    return InputError("{file} is damaged. Get it again, or open an earlier copy of it.", file=file)
