"""Paths in what Qt keeps and brings as text, also those whose names are no UTF-8."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QUrl

__all__ = ["path_of_text", "path_of_url", "text_of_path"]

_ENCODED = "file://"


def text_of_path(path: Path) -> str:
    """An absolute path as settings can keep it: one that is no text as a URL."""
    name = str(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        return path.as_uri()
    return name


def path_of_text(text: str) -> Path:
    """The path that was kept."""
    if text.startswith(_ENCODED):
        return Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_ENCODED))))
    return Path(text)


def path_of_url(url: QUrl) -> Path:
    """The path of a local file that was copied or dropped."""
    name = url.toLocalFile()
    if "�" in name and sys.platform != "win32":
        # Qt has put that in the place of what it could not read.
        return path_of_text(_ENCODED + url.path(QUrl.ComponentFormattingOption.FullyEncoded))
    return Path(name)
