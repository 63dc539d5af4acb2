"""Files that can be read: what they hold judged by their content, and unpacked with a limit."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Literal, TypeAlias, cast

from gmm_studio.core.errors import InputError
from gmm_studio.data.encodings import is_binary
from gmm_studio.data.selection import shown

__all__ = ["LARGEST_FILE", "File", "Kind", "find_file", "most_unpacked", "unreadable"]

LARGEST_FILE = 2 * 2**30
"""In bytes; also of what a compressed file holds."""

HEAD = 2**16

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_NPY = b"\x93NUMPY"
_PARQUET = b"PAR1"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Kind: TypeAlias = Literal["text", "json", "npy", "zip", "parquet"]
"""What a file is: zip is either an archive of arrays or a workbook."""

_BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (_NPY, "npy"),
    (_ZIP, "zip"),
    (_PARQUET, "parquet"),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be read.

    Parameters
    ----------
    path : Path
        Where it is.
    size : int
        In bytes.
    head : bytes
        Its beginning, unpacked.
    packed : bool
        Whether it is compressed as a whole (gzip).
    kind : Kind
        What is in it.
    """

    path: Path
    size: int
    head: bytes
    packed: bool
    kind: Kind

    @property
    def name(self) -> str:
        """What messages call it."""
        return shown(self.path.name)

    @property
    def title(self) -> str:
        """What to call the cloud in it."""
        return Path(self.path.stem).stem if self.packed else self.path.stem

    def open(self) -> tuple[BinaryIO, Callable[[], float]]:
        """Its content unpacked, and a function that tells which share of it was read."""
        handle = self.path.open("rb")

        def share() -> float:
            return min(1.0, handle.tell() / self.size)

        if self.packed:
            return cast("BinaryIO", _unpacked(handle, self.name, most_unpacked(self.size))), share
        return handle, share


def find_file(path: Path, *, any_size: bool = False) -> File:
    """Look at a file.

    Parameters
    ----------
    path : Path
        Where it is.
    any_size : bool
        Whether it may be larger than LARGEST_FILE: it is not going to be held in memory.

    Raises
    ------
    InputError
        When it cannot be read, or is nothing that can be.
    """
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            with path.open("rb") as handle:
                head = handle.read(HEAD)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError("{path} is a folder, not a file.", path=shown(str(path), 200))
    if not stat.S_ISREG(status.st_mode):
        raise InputError("{path} is a device, not a file.", path=shown(str(path), 200))
    if status.st_size > LARGEST_FILE and not any_size:
        raise _too_large(path, head, status.st_size)
    if not head:
        raise InputError("{file} is empty.", file=shown(path.name))
    packed = head.startswith(_GZIP)
    if packed:
        with _unpacked(io.BytesIO(head), shown(path.name), HEAD, tolerant=True) as stream:
            head = stream.read(HEAD)
    return File(path, status.st_size, head, packed, _kind(shown(path.name), head, packed))


def most_unpacked(size: int) -> int:
    """How many bytes a compressed file of some bytes may hold."""
    return min(LARGEST_FILE, 2**26 + 100 * size)


def _too_large(path: Path, head: bytes, size: int) -> InputError:
    """Why a file of so many bytes is not read point by point."""
    sizes = {"file": shown(path.name), "size": size / 2**30, "largest": LARGEST_FILE / 2**30}
    try:
        kind = _kind(shown(path.name), head, packed=False)
    except InputError:
        kind = "zip"
    if kind in ("text", "npy", "parquet"):
        return InputError(
            "{file} is too large to be read point by point: it has {size:.1f} GiB, and "
            "{largest:.0f} can be. Gather its points in a grid: --cells 1024.",
            **sizes,
        )
    return InputError(
        "{file} is too large: it has {size:.1f} GiB, and {largest:.0f} can be read.", **sizes
    )


def unreadable(path: Path, error: OSError | ValueError) -> InputError:
    """Why a file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return InputError("There is no file {path}.", path=shown(str(path), 200))
    if isinstance(error, PermissionError):
        return InputError("There is no permission to read {path}.", path=shown(str(path), 200))
    reason = (isinstance(error, OSError) and error.strerror) or error
    return InputError("{path} cannot be read: {reason}.", path=shown(str(path), 200), reason=reason)


def _kind(file: str, head: bytes, packed: bool) -> Kind:
    found = next((kind for start, kind in _BEGINNINGS if head.startswith(start)), None)
    if found is not None and is_binary(head):
        if packed:
            raise InputError("{file} is compressed twice. Unpack it first.", file=file)
        return found
    if head.startswith(_OLE):
        raise InputError("{file} is an old workbook. Save it as .xlsx or CSV.", file=file)
    if is_binary(head) or head.startswith(_GZIP):
        raise InputError("{file} is not a text file. Save the table as CSV.", file=file)
    start = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b" \t\r\n\xff\xfe")
    return "json" if start[:1] in (b"[", b"{") else "text"


def _unpacked(
    handle: IO[bytes], file: str, most: int, *, tolerant: bool = False
) -> io.BufferedReader:
    return io.BufferedReader(_Unpacked(handle, file, most, tolerant), 2**18)


class _Unpacked(io.RawIOBase):
    """The content of a gzip file, up to a number of bytes; its beginning alone if tolerant."""

    def __init__(self, handle: IO[bytes], file: str, most: int, tolerant: bool) -> None:
        self._handle, self._packed = handle, gzip.GzipFile(fileobj=handle, mode="rb")
        self._file, self._left, self._tolerant = file, most, tolerant

    def readable(self) -> bool:
        """It can be."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Unpack some more."""
        try:
            content = self._packed.read1(len(buffer))
        except (OSError, EOFError, zlib.error):
            if self._tolerant:
                return 0
            raise InputError("{file} is damaged: it cannot be unpacked.", file=self._file) from None
        self._left -= len(content)
        if self._left < 0 and not self._tolerant:
            raise InputError(
                "{file} is too large unpacked. If it is as it should be, unpack it first.",
                file=self._file,
            )
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        """Close the file with it."""
        self._packed.close()
        self._handle.close()
        super().close()
