"""The numbers along the axes of the curves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

from gmm_studio.gui.canvas.viewport import nice_ticks
from gmm_studio.gui.numbers import MINUS, number

__all__ = ["linear_ticks", "log_ticks", "power", "scientific", "whole_ticks"]

_MOST_DECIMALS = 12

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(exponent: int) -> str:
    """A power of ten as it is written: 10⁻³."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def scientific(value: float, digits: int = 3) -> str:
    """A positive number: plain where that is short, else times a power of ten."""
    if not 0 < value < math.inf or 1e-3 <= value < 1e6:
        return number(value, digits)
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    times = "" if mantissa == "1" else f"{mantissa} \N{MULTIPLICATION SIGN} "
    return times + power(int(exponent))


def whole_ticks(low: float, high: float, most: int) -> Mapping[float, str]:
    """Round whole numbers between two limits, at most about so many."""
    return nice_ticks(low, high, max(1, min(most, math.floor(high - low))))


def linear_ticks(low: float, high: float, most: int) -> Mapping[float, str]:
    """Round numbers between two limits: about so many, two at least, written out where short."""
    for wanted in range(most, most + 4):
        ticks = nice_ticks(low, high, wanted)
        if len(ticks) > 1:
            break
    step = min((b - a for a, b in itertools.pairwise(ticks)), default=1.0)
    decimals = -math.floor(math.log10(step) + 1e-6)
    if 5 <= decimals <= _MOST_DECIMALS and max(map(abs, ticks)) < 1e7:
        return {at: f"{at:,.{decimals}f}".replace("-", MINUS) for at in ticks}
    return ticks


def log_ticks(low: float, high: float, most: int) -> Mapping[float, str]:
    """Where to write numbers on a logarithmic axis, and how each is written.

    Parameters
    ----------
    low, high : float
        Decimal logarithms of the limits.
    most : int
        About how many there is room for.

    Returns
    -------
    dict of float to str
        By decimal logarithm: powers of ten, and where there are few of them 2 and 5 times these;
        over less than that, numbers that are equally far apart.
    """
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if last - first >= 2 or (last > first and most <= 3):
        return {float(i): power(i) for i in _spaced(first, last, max(most, 2))}
    parts = {
        i + math.log10(m): _multiple(m, i)
        for i in range(math.floor(low), math.ceil(high) + 1)
        for m in (1, 2, 5)
    }
    inside = {at: text for at, text in parts.items() if low <= at <= high}
    if 2 <= len(inside) <= 2 * most:
        return inside
    return {math.log10(at): text for at, text in _even(low, high, most).items()}


def _spaced(first: int, last: int, most: int) -> range:
    """At most so many whole numbers from the first to the last, multiples of their distance."""
    for step in range(1, last - first + 1):
        found = range(first + -first % step, last + 1, step)
        if len(found) <= most:
            return found if len(found) > 1 else range(first, last + 1, last - first)
    return range(first, last + 1, last - first)


def _multiple(times: int, exponent: int) -> str:
    if -3 <= exponent <= 4:
        return f"{times * 10.0**exponent:,.{max(0, -exponent)}f}"
    return power(exponent) if times == 1 else f"{times}\N{MIDDLE DOT}{power(exponent)}"


def _even(low: float, high: float, most: int) -> Mapping[float, str]:
    """Equally spaced positive numbers, written as multiples of a power of ten if that is short."""
    exponent = math.floor(high)
    if -4 <= exponent <= 5:
        return nice_ticks(10**low, 10**high, most)
    scaled = nice_ticks(10 ** (low - exponent), 10 ** (high - exponent), most)
    unit = power(exponent)
    return {at * 10.0**exponent: f"{text}\N{MIDDLE DOT}{unit}" for at, text in scaled.items()}
