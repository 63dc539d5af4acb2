"""JSON that nobody vouches for: numbers that can be used, or the place where it is wrong."""

from __future__ import annotations

import json
import math
from typing import NoReturn

from gmm_studio.core.errors import InputError

__all__ = ["kind_of", "number_of", "parse_json", "refuse_constant"]

_KINDS = {bool: "true or false", str: "a text", type(None): "null", list: "a list"}


def parse_json(content: str | bytes) -> object:
    """The value that a JSON text holds, without NaN and the infinities.

    Raises
    ------
    InputError
        When it is no JSON; the message goes on after the name of the file and a colon.
    """
    try:
        return json.loads(content, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            "it is not valid JSON: {problem} in line {line}, column {column}.",
            problem=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise InputError("its lists are nested too deep.") from None
    except UnicodeDecodeError:
        raise InputError("it is not a text file in UTF-8.") from None
    except InputError:
        raise
    except ValueError:
        raise InputError("it holds a number of too many digits.") from None


def kind_of(value: object) -> str:
    """What a person calls a value, such as "a list"."""
    return _KINDS.get(type(value), "an object" if isinstance(value, dict) else "a number")


def number_of(value: object, where: str, largest: float) -> float:
    """A number, in absolute value at most `largest`.

    Raises
    ------
    InputError
        When it is something else; `where` says what of the file it is.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("{where} must be a number, not {kind}.", where=where, kind=kind_of(value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not abs(number) <= largest:
        raise InputError("{where} is too large.", where=where)
    return number


def refuse_constant(name: str) -> NoReturn:
    """What `json` is to do with NaN and the infinities."""
    raise InputError("{name} is not a number that can be used.", name=name)
