"""What the extra `tables` brings: DuckDB, held to one file, and a reader of workbooks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.data.selection import shown

__all__ = ["damages", "duckdb_for", "from_extra", "literal", "pattern_of"]

MEMORY = "512MB"
"""What DuckDB may take at most while it reads."""

_THREADS = 4


@contextmanager
def from_extra(file: str) -> Iterator[None]:
    """What is imported inside comes with the extra, and is needed to read a file.

    Raises
    ------
    InputError
        When it is not installed.
    """
    try:
        yield
    except ImportError:
        raise InputError(
            'To read {file}, install what is needed: pip install "gmm-studio[tables]"', file=file
        ) from None


@contextmanager
def damages(file: str) -> Iterator[None]:
    """Whatever a reader of others stumbles over inside is a damage of the file."""
    try:
        yield
    except (InputError, Cancelled, MemoryError, GeneratorExit):
        raise
    except Exception as error:
        reason = " ".join(str(error).split("\n")[0].split())
        raise InputError(
            "{file} is damaged, or not what it seems: {reason}",
            file=file,
            reason=shown(reason, 100) or type(error).__name__,
        ) from None
    except BaseException as error:
        # A panic of Rust is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError("{file} is damaged.", file=file) from None


def duckdb_for(path: Path) -> Any:
    """A connection to DuckDB that may read one file, and nothing else anywhere.

    Raises
    ------
    InputError
        When DuckDB is not installed.
    """
    with from_extra(shown(path.name)):
        import duckdb
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": MEMORY,
        "temp_directory": "",
        "threads": str(min(_THREADS, os.cpu_count() or 1)),
    }
    names = ", ".join(map(literal, (str(path.absolute()), pattern_of(path))))
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute(
        f"SET allowed_paths = [{names}]; SET enable_external_access = false; "
        "SET lock_configuration = true"
    )
    return connection


def pattern_of(path: Path) -> str:
    """The pattern that fits one file alone: what DuckDB would expand is put in brackets."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path.absolute()))


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"
