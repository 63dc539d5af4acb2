"""JSON of any length, decoded in pieces that take a moment each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never

__all__ = ["Bracket", "Chunk", "JsonStream", "decoded", "no_table"]

Bracket: TypeAlias = Literal["[", "{"]

_PIECE = 2**16
"""In characters. JSON is decoded without letting other threads run."""

_LONGEST = 2**20
"""Of one row or value, in characters."""

_DECODER: Final = json.JSONDecoder(parse_int=float)
_BLANKS = re.compile(r"[ \t\n\r]*")
_CLOSING: Final[dict[Bracket, str]] = {"[": "]", "{": "}"}
_ENDS = {"[": "]", "{": "}", '"': '"'}
_LONGEST_TOKEN = 16


class Chunk(NamedTuple):
    """Some elements of a list, or members of an object: as JSON in brackets, and their values."""

    text: str
    values: list[Any]


def decoded(text: str) -> list[Any]:
    """The values of a chunk."""
    content = _DECODER.decode(text)
    return list(content.values() if isinstance(content, dict) else content)


def no_table(file: str) -> InputError:
    """What to say of JSON that holds something else."""
    return InputError(
        "{file} holds no table. A list of points is read, such as [[1, 2], [3, 4]], a list of "
        "objects, or an object of columns.",
        file=file,
    )


class JsonStream:
    """Goes through a JSON text from its beginning.

    Parameters
    ----------
    file : str
        What messages call it.
    pieces : iterator of str
        The text.
    cancelled : callable
        Asked for each chunk whether to give up.

    Notes
    -----
    All methods raise InputError where the text is no JSON, or one row or value in it is longer
    than a mebibyte.
    """

    def __init__(
        self, file: str, pieces: Iterator[str], cancelled: Callable[[], bool] = never
    ) -> None:
        self._file, self._pieces, self._cancelled = file, pieces, cancelled
        self._text, self._at, self._line = "", 0, 1
        self._ended = False

    def next(self) -> str:
        """The sign that comes next, after blanks; nothing at the end."""
        while True:
            self._at = self._after_blanks(self._at)
            if self._at < len(self._text) or not self._fill():
                return self._text[self._at : self._at + 1]

    def take(self, sign: str) -> bool:
        """Pass over a sign, if it comes next."""
        found = self.next() == sign
        self._at += found
        return found

    def expect(self, sign: str) -> None:
        """Pass over a sign that must come next."""
        if not self.take(sign):
            raise self._invalid(f"Expecting '{sign}' delimiter", self._at)

    def end(self) -> None:
        """See to it that nothing comes any more."""
        if self.next():
            raise self._invalid("Extra data", self._at)

    def value(self) -> Any:
        """The next value, which must be short."""
        self._look_ahead()
        value, self._at = self._decode(self._at)
        return value

    def key(self) -> str:
        """The name of the next member of an object."""
        self._look_ahead()
        key, self._at = self._key(self._at)
        return key

    def chunks(self, bracket: Bracket) -> Iterator[Chunk]:
        """What is in a list or an object that comes next, some at a time.

        Raises
        ------
        Cancelled
            If asked to give up.
        """
        self.expect(bracket)
        if self.take(_CLOSING[bracket]):
            return
        while True:
            if self._cancelled():
                raise Cancelled
            yield self._many(bracket) or self._one_by_one(bracket)
            if self.take(_CLOSING[bracket]):
                return
            self.expect(",")

    def _many(self, bracket: Bracket) -> Chunk | None:
        """Elements cut off where one seems to end: if that is JSON, it is the right place."""
        self._look_ahead()
        start = self._at
        sign = "," if bracket == "{" else _ENDS.get(self._text[start : start + 1], ",")
        end = self._text.find(sign, start + _PIECE, start + _LONGEST)
        if end < 0:
            return None
        end += sign != ","
        text = bracket + self._text[start:end] + _CLOSING[bracket]
        try:
            values = decoded(text)
        except (ValueError, RecursionError):
            return None
        self._at = end
        return Chunk(text, values)

    def _one_by_one(self, bracket: Bracket) -> Chunk:
        values: list[Any] = []
        start = following = self._at
        while True:
            if bracket == "{":
                _, following = self._key(following)
            value, end = self._decode(following)
            values.append(value)
            comma = self._after_blanks(end)
            if end - start >= _PIECE or self._text[comma : comma + 1] != ",":
                break
            following = self._after_blanks(comma + 1)
        self._at = end
        text = bracket + self._text[start:end] + _CLOSING[bracket]
        # Of members of the same name the last one counts.
        return Chunk(text, values if bracket == "[" else decoded(text))

    def _key(self, at: int) -> tuple[str, int]:
        if self._text[at : at + 1] != '"':
            raise self._invalid("Expecting property name enclosed in double quotes", at)
        key, end = self._decode(at)
        colon = self._after_blanks(end)
        if self._text[colon : colon + 1] != ":":
            raise self._invalid("Expecting ':' delimiter", colon)
        return str(key), self._after_blanks(colon + 1)

    def _decode(self, at: int) -> tuple[Any, int]:
        try:
            return _DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise self._invalid(error.msg, error.pos) from None
        except (ValueError, RecursionError):
            raise no_table(self._file) from None

    def _after_blanks(self, at: int) -> int:
        found = _BLANKS.match(self._text, at)
        return found.end() if found else at

    def _look_ahead(self) -> None:
        """Have the longest row in the text, and begin with no blank."""
        self.next()
        while len(self._text) - self._at < _LONGEST and self._fill():
            pass

    def _fill(self) -> bool:
        piece = next(self._pieces, "")
        self._ended = not piece
        if piece:
            self._line += self._text.count("\n", 0, self._at)
            self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)

    def _invalid(self, reason: str, at: int) -> InputError:
        line = self._line + self._text.count("\n", 0, at)
        is_cut = reason.startswith("Unterminated") or at > len(self._text) - _LONGEST_TOKEN
        if is_cut and not self._ended and len(self._text) - self._at >= _LONGEST:
            return InputError(
                "{file}, line {line}: a row or value is too long to belong to a table.",
                file=self._file,
                line=line,
            )
        return InputError(
            "{file}, line {line}: this is not valid JSON: {reason}.",
            file=self._file,
            line=line,
            reason=reason,
        )
