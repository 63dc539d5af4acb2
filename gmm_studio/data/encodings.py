"""Which encoding a text has, from its bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from gmm_studio.core.errors import InputError

__all__ = ["ENCODINGS", "blocks_of", "check_encoding", "encodings", "is_binary", "plain_name"]

ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "cp1252", "latin-1")
"""Those that can be asked for."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CONTROL_CHARACTERS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r")
_HIGH = re.compile(rb"[\x80-\xff]+")
_ENOUGH = 2**14
_BLOCK = 2**20


def encodings(head: bytes, blocks: Iterable[bytes]) -> Iterator[str]:
    """The encodings that a text may have, the likeliest first.

    Parameters
    ----------
    head : bytes
        Its beginning.
    blocks : iterable of bytes
        All of it, taken only if need be.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            yield encoding
            return
    if wide := _without_mark(head):
        yield wide
        return
    yield "utf-8"
    if _is_chinese(blocks):
        yield "gb18030"
    # Windows has printable signs where Latin-1 has none, but not for all bytes.
    yield "cp1252"
    yield "latin-1"


def blocks_of(handle: BinaryIO) -> Iterator[bytes]:
    """The rest of a file, piece by piece."""
    while block := handle.read(_BLOCK):
        yield block


def is_binary(head: bytes) -> bool:
    """Whether a file that begins like this is no text."""
    marked = any(head.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS)
    return not (marked or _without_mark(head) or _CONTROL_CHARACTERS.isdisjoint(head))


def check_encoding(name: str) -> str:
    """The name of an encoding as Python has it.

    Raises
    ------
    InputError
        When it is none that can be read.
    """
    known = {codecs.lookup(encoding).name: encoding for encoding in (*ENCODINGS, "utf-8-sig")}
    try:
        return known[codecs.lookup(name).name]
    except (LookupError, ValueError):
        raise InputError(
            "There is no encoding {name} to read. Choose one of {choices}.",
            name=name[:40],
            choices=", ".join(ENCODINGS),
        ) from None


def plain_name(encoding: str) -> str:
    """What people call an encoding."""
    return encoding.removesuffix("-sig").upper()


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without a mark at its beginning shows by every other byte being 0."""
    even, odd = head[::2], head[1::2]
    if len(odd) < 4:
        return None
    if odd.count(0) > 0.9 * len(odd) and 0 not in even:
        return "utf-16-le"
    if even.count(0) > 0.9 * len(even) and 0 not in odd:
        return "utf-16-be"
    return None


def _is_chinese(blocks: Iterable[bytes]) -> bool:
    """Whether the bytes beyond ASCII are pairs that spell common Chinese signs.

    GB 2312 has its punctuation in rows A1 to A3 and the 3,755 commonest signs in rows B0 to D7.
    Accented letters of Latin-1 stand alone or as pairs of small letters, from DF on.
    """
    common = total = 0
    for block in blocks:
        for run in _HIGH.findall(block):
            total += len(run)
            leads = run[::2] if len(run) % 2 == 0 else b""
            common += 2 * sum(0xA1 <= b <= 0xA3 or 0xB0 <= b <= 0xD7 for b in leads)
        if total > _ENOUGH:
            break
    return common > 0.7 * total
