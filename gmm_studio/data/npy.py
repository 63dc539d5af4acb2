"""Tables in NumPy's files: arrays of numbers alone, and what a header declares is checked first.

The format is described in `numpy.lib.format`. Headers are Python literals; they are taken apart
here without evaluating anything.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.array_table import ArrayTable, Values, table_of
from gmm_studio.data.files import File, most_unpacked
from gmm_studio.data.layout import Column
from gmm_studio.data.selection import shown

__all__ = ["array_of", "read_npy", "read_npz"]

_LONGEST_HEADER = 2**16

_DESCR = re.compile(r"'descr'\s*:\s*('[^']*'|\[[^\]]*\])")
_ORDER = re.compile(r"'fortran_order'\s*:\s*(True|False)")
_SHAPE = re.compile(r"'shape'\s*:\s*\(([0-9,\s]*)\)")
_FIELD = re.compile(r"\(\s*'([^'\\]*)'\s*,\s*'([^']*)'\s*\)\s*,?\s*")
_PLAIN_TYPE = re.compile(r"[<>|=]?(?:\?|[biufcSUV][0-9]{1,6}|[mM]8(?:\[[^\]']*\])?)")


@dataclass(frozen=True, slots=True)
class _Array:
    """What a header declares, and at which byte the values begin."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran_order: bool
    offset: int

    @property
    def size(self) -> int:
        return self.offset + math.prod(self.shape) * self.dtype.itemsize

    @property
    def is_table(self) -> bool:
        numbers = self.dtype.names is not None or self.dtype.kind in "fiub"
        return numbers and len(self.shape) in (1, 2) and 0 not in self.shape


def array_of(content: bytes, name: str) -> Values:
    """The array in the content of an .npy file, read-only.

    Raises
    ------
    InputError
        When it is damaged, or holds Python objects.
    """
    array = _header(io.BytesIO(content), name, name)
    _check_size(array, len(content), name, name)
    try:
        values: Values = np.frombuffer(content, array.dtype, offset=array.offset)
        return values.reshape(array.shape, order=_order(array))
    except ValueError:
        raise _damaged(name) from None


def read_npy(file: File) -> ArrayTable:
    """The table in an .npy file.

    Raises
    ------
    InputError
        When it is damaged, or none of numbers.
    """
    with file.path.open("rb") as handle:
        array = _header(handle, file.name, file.name)
    _check_size(array, file.size, file.name, file.name)
    if 0 in array.shape:
        raise InputError("{file} holds no rows.", file=file.name)
    values: Values = np.memmap(
        file.path, array.dtype, "r", array.offset, array.shape, _order(array)
    )
    return _table(file, values, ReadOptions(), ())


def read_npz(file: File, archive: zipfile.ZipFile, options: ReadOptions) -> ArrayTable:
    """The table in an .npz file: the array that is asked for, or the first that can be one.

    Arrays of one dimension and the same length are the columns of a table together.

    Raises
    ------
    InputError
        When it is damaged, or there is none of numbers.
    """
    entries = {
        Path(entry.filename).name.removesuffix(".npy"): entry
        for entry in archive.infolist()
        if entry.filename.endswith(".npy")
    }
    arrays: dict[str, _Array] = {}
    for name, entry in entries.items():
        with archive.open(entry) as handle:
            arrays[name] = _header(handle, file.name, name)
        _check_size(arrays[name], entry.file_size, file.name, name)

    def load(name: str) -> Values:
        return _load(archive, entries[name], arrays[name], file)

    if options.table is None and _are_columns(list(arrays.values())):
        columns = [load(name) for name in arrays]
        return table_of(
            file.name,
            list(arrays),
            [values.dtype.kind in "fiub" for values in columns],
            len(columns[0]),
            lambda column, rows: columns[column.index][rows],
        )
    names = tuple(arrays)
    name = options.table or next((one for one in names if arrays[one].is_table), names[0])
    if name not in arrays:
        raise InputError(
            "{file} has no array {asked}. It has: {names}.",
            file=file.name,
            asked=shown(name),
            names=", ".join(map(shown, names[:20])),
        )
    return _table(file, load(name), ReadOptions(table=name), names)


def _are_columns(arrays: Sequence[_Array]) -> bool:
    shapes = {array.shape for array in arrays}
    plain = all(array.dtype.kind in "fiubSU" for array in arrays)
    return len(arrays) > 1 and plain and len(shapes) == 1 and len(arrays[0].shape) == 1


def _table(file: File, values: Values, options: ReadOptions, tables: tuple[str, ...]) -> ArrayTable:
    if values.dtype.names is not None:
        return _of_fields(file, values.reshape(-1), list(values.dtype.names), options, tables)
    if values.dtype.kind not in "fiub" or values.ndim not in (1, 2):
        raise InputError(
            "{file} holds no table of numbers: its array has the shape {shape} and the type "
            "{type}.",
            file=file.name,
            shape=values.shape,
            type=values.dtype,
        )
    table = values.reshape(len(values), -1) if values.size else values.reshape(0, 1)

    def fetch(column: Column, rows: slice) -> Values:
        return np.ascontiguousarray(table[rows, column.index])

    return table_of(file.name, None, [True] * table.shape[1], len(table), fetch, options, tables)


def _of_fields(
    file: File, values: Values, names: list[str], options: ReadOptions, tables: tuple[str, ...]
) -> ArrayTable:
    def fetch(column: Column, rows: slice) -> Values:
        return np.ascontiguousarray(values[names[column.index]][rows])

    kinds = [values.dtype[name].kind in "fiub" for name in names]
    return table_of(file.name, names, kinds, len(values), fetch, options, tables)


def _load(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, array: _Array, file: File) -> Values:
    if entry.file_size > most_unpacked(file.size):
        raise InputError(
            "{file} is too large unpacked. If it is as it should be, unpack it first.",
            file=file.name,
        )
    content = bytearray()
    with archive.open(entry) as handle:
        while block := handle.read(2**20):
            content += block
    if len(content) != array.size:
        raise _damaged(file.name)
    values: Values = np.frombuffer(content, array.dtype, offset=array.offset)
    return values.reshape(array.shape, order=_order(array))


def _order(array: _Array) -> Literal["C", "F"]:
    return "F" if array.fortran_order else "C"


def _check_size(array: _Array, size: int, file: str, name: str) -> None:
    if array.size != size:
        raise InputError(
            "{file} is damaged: {name} declares {declared} bytes and has {size}.",
            file=file,
            name=shown(name),
            declared=array.size,
            size=size,
        )


def _header(handle: IO[bytes], file: str, name: str) -> _Array:
    start = handle.read(8)
    width = 2 if start[6:7] == b"\x01" else 4
    length = int.from_bytes(handle.read(width), "little")
    if not start.startswith(b"\x93NUMPY") or length > _LONGEST_HEADER:
        raise _damaged(file)
    text = handle.read(length).decode("utf-8", "replace")
    found = _DESCR.search(text), _ORDER.search(text), _SHAPE.search(text)
    descr, order, shape = found
    if descr is None or order is None or shape is None:
        raise _damaged(file)
    numbers = re.findall("[0-9]+", shape[1])
    if any(len(number) > 15 for number in numbers):
        raise _damaged(file)
    return _Array(
        _dtype(descr[1], file, name),
        tuple(map(int, numbers)),
        order[1] == "True",
        8 + width + length,
    )


def _dtype(descr: str, file: str, name: str) -> np.dtype[Any]:
    fields = _FIELD.findall(descr)
    types = [kind for _, kind in fields] or [descr.strip("'")]
    if "O" in "".join(types):
        raise InputError(
            "{file} holds Python objects, which are never loaded. Save {name} as numbers.",
            file=file,
            name=shown(name),
        )
    rest = _FIELD.sub("", descr[1:-1]) if descr.startswith("[") else ""
    if rest.strip() or not all(map(_PLAIN_TYPE.fullmatch, types)):
        raise InputError("{file}: the type of {name} is not known.", file=file, name=shown(name))
    try:
        return np.dtype(fields if descr.startswith("[") else types[0])
    except (TypeError, ValueError):
        raise InputError(
            "{file}: the type of {name} is not known.", file=file, name=shown(name)
        ) from None


def _damaged(file: str) -> InputError:
    return InputError("{file} is damaged.", file=file)
