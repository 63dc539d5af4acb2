"""Values of a JSON file that nobody vouches for, each taken only as what it should be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gmm_studio.core.cloud import LARGEST_COORDINATE
from gmm_studio.core.errors import InputError
from gmm_studio.core.json_text import kind_of, number_of, parse_json

__all__ = ["Entry", "parse"]


def parse(content: bytes) -> Entry:
    """The value that a JSON file holds.

    Raises
    ------
    InputError
        When it is no JSON, or holds what no lesson does.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise InputError("it is not a text file in UTF-8.") from None
    return Entry(parse_json(text), "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and where it is, such as ``pages, 2, start``."""

    value: object
    where: str

    def fields(self, *known: str) -> dict[str, Entry]:
        """The entries of an object, none of which is unknown.

        Raises
        ------
        InputError
            When it is something else.
        """
        if not isinstance(self.value, dict):
            raise self._wrong("an object")
        for name in self.value:
            if name not in known:
                raise InputError(
                    '{where} has an entry "{name}" that this version does not know.',
                    where=self._name,
                    name=_short(name),
                )
        return {name: Entry(value, self._below(name)) for name, value in self.value.items()}

    def items(self, least: int, most: int) -> list[Entry]:
        """The items of a list, so many of them.

        Raises
        ------
        InputError
            When it is something else.
        """
        if not isinstance(self.value, list):
            raise self._wrong("a list")
        if not least <= len(self.value) <= most:
            raise InputError(
                "{where} must be a list of {least} to {most}, not of {found}.",
                where=self._name,
                least=least,
                most=most,
                found=len(self.value),
            )
        return [Entry(item, self._below(i)) for i, item in enumerate(self.value, 1)]

    def text(self, longest: int) -> str:
        """A text.

        Raises
        ------
        InputError
            When it is something else, or longer.
        """
        if not isinstance(self.value, str):
            raise self._wrong("a text")
        if len(self.value) > longest:
            raise InputError(
                "{where} is longer than {longest} characters.", where=self._name, longest=longest
            )
        if any(not (letter.isprintable() or letter == "\n") for letter in self.value):
            raise InputError("{where} holds characters that cannot be shown.", where=self._name)
        return self.value

    def choice(self, choices: Iterable[str]) -> str:
        """One of some texts.

        Raises
        ------
        InputError
            When it is something else.
        """
        found = self.text(100)
        if found not in choices:
            raise InputError(
                "{where} must be one of {choices}, not {found}.",
                where=self._name,
                choices=", ".join(choices),
                found=_short(found),
            )
        return found

    def flag(self) -> bool:
        """True or false.

        Raises
        ------
        InputError
            When it is something else.
        """
        if not isinstance(self.value, bool):
            raise self._wrong("true or false")
        return self.value

    def whole(self, least: int, most: int) -> int:
        """A whole number of a range.

        Raises
        ------
        InputError
            When it is something else.
        """
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self._wrong("a whole number")
        if not least <= self.value <= most:
            raise InputError(
                "{where} must be from {least} to {most:,}.",
                where=self._name,
                least=least,
                most=most,
            )
        return self.value

    def number(self, largest: float = LARGEST_COORDINATE) -> float:
        """A number, in absolute value at most `largest`.

        Raises
        ------
        InputError
            When it is something else.
        """
        return number_of(self.value, self._name, largest)

    @property
    def is_null(self) -> bool:
        """Whether there is nothing."""
        return self.value is None

    def missing(self, name: str) -> InputError:
        """What to raise where an entry of this object is missing."""
        return InputError('{where} has no entry "{name}".', where=self._name, name=name)

    @property
    def _name(self) -> str:
        return self.where or "the lesson"

    def _below(self, key: str | int) -> str:
        return f"{self.where}, {key}" if self.where else f"{key}"

    def _wrong(self, wanted: str) -> InputError:
        return InputError(
            "{where} must be {wanted}, not {kind}.",
            where=self._name,
            wanted=wanted,
            kind=kind_of(self.value),
        )


def _short(text: str) -> str:
    """A text for a message, cut where it is long, with nothing that cannot be shown."""
    shown = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
