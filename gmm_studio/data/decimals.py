"""Decimal numerals read many at once: each becomes the double nearest to what is written.

Eight digits are one machine word, which three multiplications turn into a number. What is left to
do, digits / 10^decimals, is exact for up to 15 digits (W. D. Clinger, How to read floating point
numbers accurately, 1990), and is done with the remainder for more (T. J. Dekker, A floating-point
technique for extending the available precision, 1971).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray

__all__ = ["Fields", "find_fields"]

_Bytes: TypeAlias = npt.NDArray[np.uint8]
_Words: TypeAlias = npt.NDArray[np.uint64]
_Bools: TypeAlias = npt.NDArray[np.bool_]
_Number = TypeVar("_Number", bound=np.generic)

_BEFORE = 24
"""Bytes: the three words that may end before the first field does."""

_ALL = np.uint64(2**64 - 1)
_ZEROS = np.uint64(0x3030303030303030)
_PAIRED = tuple(
    (np.uint64(factor), np.uint64(shift), np.uint64(mask))
    for factor, shift, mask in (
        (10 * 2**8 + 1, 8, 0x00FF00FF00FF00FF),
        (100 * 2**16 + 1, 16, 0x0000FFFF0000FFFF),
        (10_000 * 2**32 + 1, 32, 0x00000000FFFFFFFF),
    )
)
"""What makes numbers of two digits, then of four, then of eight in a word."""

_MOST_DIGITS = 19
"""Of a whole number below 2^64."""

_MOST_DECIMALS = 22
"""10^22 is the highest power of ten that is a double."""

_FEW = 3
"""Digits that are faster read one by one than by words."""

_TENS = 10 ** np.arange(_MOST_DIGITS + 1, dtype=np.uint64)
_FLOAT_TENS = np.array([float(10**i) for i in range(_MOST_DECIMALS + 1)])

_EXACT = 2**53
_SPLITTER = 2.0**27 + 1
_DOUBT = 2.0**-48
"""Well above the relative error of a remainder."""

_MOST_EXPONENT = 3
"""In digits."""

_NEWLINE, _PLUS, _MINUS, _ZERO, _E = b"\n+-0e"
_LOWER = 0x20
"""The bit that small letters have."""


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The fields of the rows of a text, which all have the same number of columns.

    Attributes
    ----------
    text : ndarray of uint8
        The text, after a few bytes that do not belong to it.
    others : ndarray of int
        Where it holds anything but a digit or a sign at the beginning of a field.
    before, after : ndarray of int, shape (rows, columns)
        Which of them stand before and after each field.
    mark : str
        The decimal mark.
    """

    text: _Bytes
    others: IntArray
    before: IntArray
    after: IntArray
    mark: str

    def numbers(self, column: int) -> tuple[FloatArray, IntArray]:
        """The numbers of a column (rows,), and the rows where there is none that is sure.

        That is so where anything stands there but a sign, digits, a mark and digits, an e and a
        whole number; where there are too many digits; and about once in 10^14 numbers of 16 digits.
        """
        signs, starts, first, after = self._parts(column)
        marks = self.others.take(first)
        marked = (first < after) & (self.text.take(marks) == ord(self.mark))
        last = first + marked
        stops = self.others.take(last)
        wholes, decimals = marks - starts, stops - marks - marked
        digits = wholes + decimals
        exponents, plain = self._exponents(last, after)
        plain = plain & (digits > 0)
        some_are_long = int(digits.max()) > _MOST_DIGITS
        if some_are_long:
            plain &= (wholes <= _MOST_DIGITS) & (decimals <= _MOST_DECIMALS)
        if not plain.all():
            wholes[~plain] = decimals[~plain] = 0
        whole, _ = self._integers(marks, wholes, _ends(wholes))
        limits = _ends(decimals)
        fraction, is_short = self._integers(stops, decimals, limits)
        if some_are_long:
            # Zeros before the other digits do not count.
            plain &= (digits <= _MOST_DIGITS) | ((whole == 0) & is_short)
        whole *= _power(_TENS, decimals, limits)
        whole += fraction
        if exponents is None:
            numbers, sure = _divided(whole, _power(_FLOAT_TENS, decimals, limits))
        else:
            numbers, sure = _scaled(whole, decimals - exponents)
        numbers *= 1.0 - 2.0 * (signs == _MINUS)
        return numbers, np.flatnonzero(~(plain & sure))

    def wholes(self, column: int) -> IntArray | None:
        """The whole numbers of a column (rows,), if all are written as programs write them."""
        signs, starts, first, after = self._parts(column)
        negative = signs == _MINUS
        ends = self.others.take(after)
        digits = ends - starts
        led = (self.text[starts] != _ZERO) | ((digits == 1) & ~negative)
        led &= signs != _PLUS
        if not (led & (first == after) & (digits > 0) & (digits < _MOST_DIGITS)).all():
            return None
        found, _ = self._integers(ends, digits, _ends(digits))
        return found.view(np.int64) * np.where(negative, -1, 1)

    def texts(self, column: int, rows: IntArray | slice = slice(None)) -> list[str]:
        """The fields of a column in some rows, without blanks at their ends."""
        text = self.text.tobytes()
        starts = (self.others[self.before[rows, column]] + 1).tolist()
        ends = self.others[self.after[rows, column]].tolist()
        return [
            text[start:end].decode(errors="surrogatepass").strip()
            for start, end in zip(starts, ends, strict=True)
        ]

    def _parts(self, column: int) -> tuple[_Bytes, IntArray, IntArray, IntArray]:
        """Where the fields of a column are.

        What they begin with, which may be a sign, where their digits begin, which of the others is
        the first after that, and which one ends them.
        """
        before = self.before[:, column]
        starts = self.others.take(before) + 1
        signs = self.text[starts]
        starts += (signs == _MINUS) | (signs == _PLUS)
        return signs, starts, before + 1, self.after[:, column]

    def _exponents(self, at: IntArray, after: IntArray) -> tuple[IntArray | None, _Bools]:
        """The exponents that begin at some of the others, and where nothing else does.

        Where the field ends there it is 0; None where all of them do.
        """
        count = after - at
        if not count.any():
            return None, np.ones(len(at), dtype=bool)
        is_there, signed = count > 0, count == 2
        letters, signs = self.others.take(at), self.others.take(at + signed)
        kinds = self.text.take(signs)
        lengths = self.others.take(after) - signs - 1
        fits = (count <= 2) & (self.text.take(letters) | _LOWER == _E)
        fits &= ~signed | ((signs == letters + 1) & ((kinds == _PLUS) | (kinds == _MINUS)))
        fits &= (lengths > 0) & (lengths <= _MOST_EXPONENT)
        lengths[~(is_there & fits)] = 0
        found, _ = self._integers(self.others.take(after), lengths, _ends(lengths))
        sizes = found.view(np.int64)
        return np.where(signed & (kinds == _MINUS), -sizes, sizes), fits | ~is_there

    def _integers(
        self, ends: IntArray, lengths: IntArray, limits: tuple[int, int]
    ) -> tuple[_Words, _Bools]:
        """The numbers spelled by so many digits before some places, and which are below 10^19."""
        least, most = limits
        total, is_short = np.zeros(len(ends), dtype=np.uint64), np.ones(len(ends), dtype=bool)
        if most <= _FEW:
            for i in range(most):
                digits = self.text.take(ends - (i + 1)) - np.uint8(_ZERO)
                if least <= i:
                    digits *= lengths > i
                total += digits * _TENS[i]
            return total, is_short
        for done, word in enumerate(self._words(ends, most)):
            if least < 8 * (done + 1):
                missing = 8 * (done + 1) - (lengths if least < most else lengths[:1])
                # What is shifted by 64 bits or more is 0.
                word &= _ALL << (8 * np.maximum(missing, 0)).view(np.uint64)
            for factor, shift, mask in _PAIRED:
                word *= factor
                word >>= shift
                word &= mask
            if done == 2:
                is_short = word < 1000
            if done:
                word *= _TENS[8 * done]
            total += word
        return total, is_short

    def _words(self, ends: IntArray, most: int) -> Iterator[_Words]:
        """The digits before some places, eight by eight from the last: each a byte from 0 to 9."""
        words = self.text.view("<u8")
        place = ends >> 3
        beyond = ((ends & 7) << 3).view(np.uint64)
        within = np.uint64(64) - beyond
        right = words.take(place)
        for _ in range(0, most, 8):
            place -= 1
            left = words.take(place)
            word = left >> beyond
            word |= right << within
            right = left
            word ^= _ZEROS
            yield word


def find_fields(text: bytes, delimiter: str, mark: str, columns: int) -> Fields | None:
    """The fields of a text of whole lines; None where any line has more or less of them.

    Parameters
    ----------
    text : bytes
        In UTF-8, without quotation marks.
    delimiter : str
        One sign.
    mark : str
        The decimal mark, another sign.
    columns : int
        How many fields a line has.
    """
    padded = np.full(_BEFORE + len(text) + -len(text) % 8, _NEWLINE, dtype=np.uint8)
    own = padded[_BEFORE - 1 : _BEFORE + len(text)]
    own[1:] = np.frombuffer(text, dtype=np.uint8)
    separating = own == _NEWLINE
    rows = np.count_nonzero(separating) - 1
    separating |= own == ord(delimiter)
    is_other = own - np.uint8(_ZERO) > 9
    is_other[1:] ^= ((own[1:] == _MINUS) | (own[1:] == _PLUS)) & separating[:-1]
    others = np.flatnonzero(is_other)
    ends = np.flatnonzero(separating.take(others))
    others += _BEFORE - 1
    if len(ends) != rows * columns + 1:
        return None
    before, after = ends[:-1].reshape(rows, columns), ends[1:].reshape(rows, columns)
    if (padded[others.take(after[:, -1])] != _NEWLINE).any():
        return None
    return Fields(padded, others, before, after, mark)


def _ends(lengths: IntArray) -> tuple[int, int]:
    """The least and the largest."""
    return int(lengths.min()), int(lengths.max())


def _power(
    powers: npt.NDArray[_Number], exponents: IntArray, limits: tuple[int, int]
) -> npt.NDArray[_Number]:
    """The powers of ten with some exponents, or the highest of them."""
    least, most = limits
    if least < most:
        return powers.take(exponents, mode="clip")
    return powers[[min(least, len(powers) - 1)]]


def _scaled(integers: _Words, decimals: IntArray) -> tuple[FloatArray, _Bools]:
    """Integers over powers of ten, and where that is sure to be rounded right."""
    held = np.clip(decimals, -_MOST_DECIMALS, _MOST_DECIMALS)
    numbers, sure = _divided(integers, _FLOAT_TENS.take(np.maximum(held, 0)))
    numbers *= _FLOAT_TENS.take(np.maximum(-held, 0))
    return numbers, sure & (held == decimals) & ((held >= 0) | (integers <= _EXACT))


def _divided(integers: _Words, powers: FloatArray) -> tuple[FloatArray, _Bools]:
    """Integers divided by powers of ten that are exact, and where that is sure to be rounded right.

    Where an integer is no double itself, the quotient is corrected by the remainder: of the double
    by Dekker's product, and of what the double leaves out.
    """
    if int(integers.max()) <= _EXACT:
        # Signed ones become doubles faster.
        return integers.view(np.int64).astype(np.float64) / powers, np.ones(len(integers), bool)
    nearest = integers.astype(np.float64)
    quotients = nearest / powers
    (q_high, q_low), (p_high, p_low) = _halves(quotients), _halves(powers)
    products = quotients * powers
    rest = nearest - products
    rest -= ((q_high * p_high - products) + q_high * p_low + q_low * p_high) + q_low * p_low
    rest += (integers - nearest.astype(np.uint64)).view(np.int64)
    rest /= powers
    corrected = quotients + rest
    doubt = _DOUBT * rest
    sure = (quotients + (rest + doubt) == corrected) & (quotients + (rest - doubt) == corrected)
    return corrected, sure


def _halves(numbers: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two numbers of 26 bits each that sum to a number."""
    spread = _SPLITTER * numbers
    high = spread - (spread - numbers)
    return high, numbers - high
