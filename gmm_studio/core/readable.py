"""Texts from outside, such as names of files, as they can be shown and written anywhere."""

from __future__ import annotations

import unicodedata

__all__ = ["readable"]

_NO_TEXT = frozenset(("Cc", "Cs", "Zl", "Zp"))
"""Categories of Unicode: controls, halves of pairs, and what ends a line or a paragraph. Python
makes halves of the bytes in a name that are no UTF-8."""


def readable(text: str) -> str:
    """A text on one line, with "�" for what is no text."""
    if text.isprintable():
        return text
    return "".join("�" if unicodedata.category(letter) in _NO_TEXT else letter for letter in text)
