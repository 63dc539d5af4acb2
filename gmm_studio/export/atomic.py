"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gmm_studio.core.errors import InputError

if sys.platform != "win32":
    import fcntl

__all__ = ["atomic_write", "remove_abandoned"]

REASONS = {
    errno.ENOENT: "{path} cannot be written: there is no such folder.",
    errno.ENOTDIR: "{path} cannot be written: there is no such folder.",
    errno.EACCES: "{path} cannot be written: there is no permission to.",
    errno.EPERM: "{path} cannot be written: there is no permission to.",
    errno.EROFS: "{path} cannot be written: there is no permission to.",
    errno.EISDIR: "{path} cannot be written: it is a folder.",
    errno.ENOSPC: "{path} cannot be written: the disk is full.",
    errno.EDQUOT: "{path} cannot be written: the disk is full.",
}

_IN_USE = (
    "{path} cannot be written: it is open in another program, or protected. Close it there, or "
    "choose another name."
)

_REST = 60.0
"""In seconds: how long nobody has written to what is taken for left behind on Windows."""


@contextmanager
def atomic_write(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file to be written, which takes its place only once it is complete.

    Until then, and for good if anything fails, what was at the path stays as it was. A link is
    followed; what is not an ordinary file (a device, a pipe) is written to directly. Several
    processes may write to the same path: each file is whole, and the last one stays. What a
    process that was killed in the midst of it has left beside the path is removed.

    Parameters
    ----------
    path : str or Path
        Where the file is to be.

    Yields
    ------
    binary file
        To write to.

    Raises
    ------
    InputError
        When it cannot be written, with the reason.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            with target.open("wb") as handle:
                yield handle
        else:
            remove_abandoned(target)
            with _replacement(target, path) as handle:
                yield handle
    except OSError as error:
        template = REASONS.get(error.errno or 0, "{path} cannot be written: {reason}.")
        raise InputError(template, path=path, reason=error.strerror or error) from error


def remove_abandoned(path: str | Path) -> None:
    """Remove what processes that are gone have begun to write to a path and not finished."""
    target = Path(os.path.realpath(path))
    with suppress(OSError):
        for temporary in target.parent.glob(f"{_prefix(target)}*.tmp"):
            with suppress(OSError):
                _remove_if_abandoned(temporary)


@contextmanager
def _replacement(target: Path, path: str | Path) -> Iterator[BinaryIO]:
    handle, temporary = _begun(target)
    try:
        with handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
            if target.exists():
                shutil.copymode(target, temporary)
            # Held until it has its name, but where what is open cannot be renamed.
            if sys.platform == "win32":
                handle.close()
            _rename(temporary, target, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _rename(temporary: Path, target: Path, path: str | Path) -> None:
    try:
        os.replace(temporary, target)
    except PermissionError as error:
        # There was permission to make a file beside it.
        raise InputError(_IN_USE, path=path) from error


def _begun(target: Path) -> tuple[BinaryIO, Path]:
    """A file beside the target that nobody takes for left behind as long as it is open."""
    while True:
        temporary = target.with_name(f"{_prefix(target)}{secrets.token_hex(8)}.tmp")
        handle = temporary.open("xb")
        try:
            if _hold(handle) and temporary.exists():
                return handle, temporary
        except BaseException:
            handle.close()
            raise
        handle.close()


def _prefix(target: Path) -> str:
    """What names of files begin with that are to take the place of the target: short ones."""
    return f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}-"


if sys.platform == "win32":

    def _hold(_: BinaryIO) -> bool:
        """Nobody can remove what is open."""
        return True

    def _remove_if_abandoned(temporary: Path) -> None:
        # One that was closed a moment ago is about to be renamed.
        if time.time() - temporary.stat().st_mtime > _REST:
            temporary.unlink()

else:

    def _hold(handle: BinaryIO) -> bool:
        """Lock it until it is closed or the process ends; false where another one looks at it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # A file system without locks: nobody removes anything there.
            return True
        return True

    def _remove_if_abandoned(temporary: Path) -> None:
        # Network file systems lock only what may be written.
        with temporary.open("r+b") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.unlink()
