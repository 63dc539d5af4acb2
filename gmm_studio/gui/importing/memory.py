"""How a person had files read: the last few, by their paths."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import QSettings

from gmm_studio.core.source import Decimal, Delimiter, ReadOptions, Thousands
from gmm_studio.data.encodings import ENCODINGS

__all__ = ["MOST_FILES", "Memory"]

MOST_FILES = 20
_KEY = "import/files"


class Memory:
    """Keeps the options of a few files in the settings, the newest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def get(self, path: Path) -> ReadOptions | None:
        """How a file was read; None if nobody said."""
        return dict(self._entries).get(_key(path))

    def put(self, path: Path, options: ReadOptions) -> None:
        """Remember how a file is read."""
        key = _key(path)
        entries = [(key, options), *((name, o) for name, o in self._entries if name != key)]
        said = [
            [name, {k: v for k, v in asdict(o).items() if v is not None}]
            for name, o in entries[:MOST_FILES]
        ]
        self._settings.setValue(_KEY, json.dumps(said))

    @property
    def _entries(self) -> list[tuple[str, ReadOptions]]:
        try:
            said = json.loads(str(self._settings.value(_KEY, "[]")))
            return [(str(name), _options(values)) for name, values in said]
        except (ValueError, TypeError, AttributeError):
            return []


def _key(path: Path) -> str:
    return str(path.absolute())


def _options(values: dict[str, Any]) -> ReadOptions:
    """Options of what was said, without what no version of the program would have said."""
    kept = {name: values[name] for name, is_good in _GOOD.items() if is_good(values.get(name))}
    if "columns" in kept:
        kept["columns"] = tuple(kept["columns"])
    return ReadOptions(**kept)


def _is_one_of(choices: Sequence[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in choices


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _are_columns(value: object) -> bool:
    return isinstance(value, list) and len(value) in (1, 2) and all(map(_is_text, value))


_GOOD: dict[str, Callable[[object], bool]] = {
    "encoding": _is_one_of(ENCODINGS),
    "delimiter": _is_one_of(get_args(Delimiter)),
    "decimal": _is_one_of(get_args(Decimal)),
    "thousands": _is_one_of(get_args(Thousands)),
    "header": _is_switch,
    "columns": _are_columns,
    "label": _is_text,
    "weight": _is_text,
    "table": _is_text,
    "drop_invalid": _is_switch,
}
