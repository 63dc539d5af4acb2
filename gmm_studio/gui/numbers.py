"""Numbers as people read them: true minus signs, as many digits as help."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["log_likelihood", "number", "numbers", "places", "signed"]

_MOST_UNEQUAL = 100
_FAR = 1e3
_PLAIN = 1e15
_DIGITS = 1e12
"""What is further out, in resolutions, has no digits left for them."""

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 4) -> str:
    """A number to so many significant digits, in plain notation where that is short."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    size = math.floor(math.log10(abs(value)))
    if -4 <= size < 7:
        text = f"{value:,.{max(0, digits - 1 - size)}f}"
    else:
        text = f"{value:.{digits - 1}e}"
    return text.replace("-", MINUS)


def numbers(values: Sequence[float], digits: int = 4) -> list[str]:
    """Numbers that stand together: as many decimals as the largest one needs.

    Where that would leave nothing of the smallest, each has its own.
    """
    sizes = [abs(value) for value in values if value != 0]
    largest, smallest = max(sizes, default=1.0), min(sizes, default=1.0)
    size = math.floor(math.log10(largest)) if largest < math.inf else 0
    if not -4 <= size < 7 or (size > 0 and largest > _MOST_UNEQUAL * smallest):
        return [number(value, digits) for value in values]
    decimals = max(0, digits - 1 - (size if size >= 0 else size + 1))
    texts = (f"{value:,.{decimals}f}".replace("-", MINUS) for value in values)
    return [text.removeprefix(MINUS) if not text.strip(f"{MINUS}0.") else text for text in texts]


def places(values: Sequence[float], resolution: float, digits: int = 4) -> list[str]:
    """Coordinates that stand together: as many decimals as tell a resolution well apart.

    Parameters
    ----------
    values : sequence of float
    resolution : float
        What is large beside the differences that matter, such as a standard deviation.
    digits : int
        Of the resolution.
    """
    largest = max(map(abs, values), default=0.0)
    far = resolution > 0 and _FAR * resolution < largest < min(_PLAIN, _DIGITS * resolution)
    if not far:
        return numbers(values, digits)
    decimals = max(0, digits - 1 - math.floor(math.log10(resolution)))
    return [f"{value:,.{decimals}f}".replace("-", MINUS) for value in values]


def signed(value: float, digits: int = 4) -> str:
    """The same with its sign always."""
    text = number(value, digits)
    return text if text.startswith(MINUS) or value == 0 else f"+{text}"


def log_likelihood(value: float) -> str:
    """A log-likelihood: two decimals, thousands grouped; a dash where it is not known."""
    if math.isnan(value):
        return "\N{EN DASH}"
    if abs(value) >= 1e12:
        return number(value, 8)
    return f"{value:,.2f}".replace("-", MINUS)
