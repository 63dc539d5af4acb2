"""Entries of JSON, each read as what it has to be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from gmm_studio.core.errors import InputError
from gmm_studio.data.selection import shown

__all__ = ["Entry", "exactly"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value out of a JSON file, and where in it, so that messages can say so."""

    value: object
    where: str = "project.json"

    def __getitem__(self, name: str) -> Entry:
        """An entry of an object."""
        if not isinstance(self.value, dict):
            raise self._wrong("an object")
        if name not in self.value:
            raise InputError("{where} has no {name}.", where=self.where, name=name)
        return Entry(self.value[name], f"{self.where}, {name}")

    def has(self, name: str) -> bool:
        """Whether it is an object with this entry."""
        return isinstance(self.value, dict) and name in self.value

    def items(self, length: int | None = None) -> list[Entry]:
        """The items of a list, of this length if it is known."""
        if not isinstance(self.value, list):
            raise self._wrong("a list")
        if length is not None and len(self.value) != length:
            raise self._wrong(f"a list of {length}")
        return [Entry(item, f"{self.where}, {i}") for i, item in enumerate(self.value)]

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            raise self._wrong("a text")
        return self.value

    def choice(self, choices: Sequence[T]) -> T:
        """One of some texts."""
        for choice in choices:
            if self.value == choice:
                return choice
        raise self._wrong("one of the known words")

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self._wrong("true or false")
        return self.value

    def whole(self, least: int = 0, most: int | None = None) -> int:
        """A whole number of a range."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self._wrong("a whole number")
        if self.value < least or (most is not None and self.value > most):
            raise self._wrong(f"from {least} up" if self.value < least else f"at most {most}")
        return self.value

    def number(self) -> float:
        """A finite number, as it stands there."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self._wrong("a number")
        if not abs(self.value) <= sys.float_info.max:
            raise self._wrong("a finite number")
        return self.value

    def numbers(self, *shape: int | None) -> list[Any]:
        """Lists of finite numbers in each other, so many in each; None for any number of them."""
        inner = shape[1:]
        if not inner:
            return [float(item.number()) for item in self.items(shape[0])]
        return [item.numbers(*inner) for item in self.items(shape[0])]

    def optional(self, read: Callable[[Entry], T]) -> T | None:
        """What is read of it, None if it is null."""
        return None if self.value is None else read(self)

    def _wrong(self, wanted: str) -> InputError:
        return InputError("{where} must be {wanted}.", where=shown(self.where, 200), wanted=wanted)


def exactly(value: object) -> int:
    """What `json` is to write in place of NumPy's whole numbers.

    Raises
    ------
    TypeError
        When it is none.
    """
    if isinstance(value, np.integer):
        return int(value)
    raise TypeError(f"{type(value).__name__} cannot be saved")
