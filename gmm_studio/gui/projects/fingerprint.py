"""What tells a file from the same one after somebody else has written it."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["UNKNOWN", "fingerprint_of"]

UNKNOWN = ""
"""The fingerprint of what cannot be read."""

_TAIL = 2**23
"""In bytes. The end of a project holds the checksums of all that is in it, and is never longer."""


def fingerprint_of(path: Path) -> str | None:
    """The fingerprint of a file, None where there is none; the work of a worker.

    A project that was only copied, touched or written again as it was has the same one.
    """
    try:
        if not path.is_file():
            return None
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            handle.seek(max(0, size - _TAIL))
            return f"{size}-{hashlib.sha256(handle.read(_TAIL)).hexdigest()}"
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return UNKNOWN
