"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gmm_studio.core.errors import InputError

__all__ = ["atomic_write"]

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


@contextmanager
def atomic_write(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file to be written, which takes its place only once it is complete.

    Until then, and for good if anything fails, what was at the path stays as it was. A link is
    followed; what is not an ordinary file (a device, a pipe) is written to directly.

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
            with _replacement(target) as handle:
                yield handle
    except OSError as error:
        template = REASONS.get(error.errno or 0, "{path} cannot be written: {reason}.")
        raise InputError(template, path=path, reason=error.strerror or error) from error


@contextmanager
def _replacement(target: Path) -> Iterator[BinaryIO]:
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
