"""Decimal numerals read many at once: each becomes the double nearest to what is written.

Eight digits are one machine word, which three multiplications turn into a number. What is left to
do, digits / 10^decimals, is exact for up to 15 digits (W. D. Clinger, How to read floating point
numbers accurately, 1990), and is done with the remainder for more (T. J. Dekker, A floating-point
technique for extending the available precision, 1971).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, TypeVar

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

_MOST_DIGITS = 18
"""Of a whole number below 2^63."""

_MOST_DECIMALS = 22
"""10^22 is the highest power of ten that is a double."""

_TENS = 10 ** np.arange(_MOST_DIGITS + 1, dtype=np.uint64)
_FLOAT_TENS = np.array([float(10**i) for i in range(_MOST_DECIMALS + 1)])

_EXACT = 2**53
_SPLITTER = 2.0**27 + 1
_DOUBT = 2.0**-48
"""Well above the relative error of a remainder."""

_NEWLINE, _MINUS, _ZERO = b"\n-0"


class _Parts(NamedTuple):
    """The fields of a column.

    Whether they begin with a minus, where their digits begin, where the first thing follows that is
    no digit, where they end, and how many such things are in them.
    """

    negative: _Bools
    starts: IntArray
    marks: IntArray
    ends: IntArray
    marked: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The fields of the rows of a text, which all have the same number of columns.

    Attributes
    ----------
    text : ndarray of uint8
        The text, after a few bytes that do not belong to it.
    others : ndarray of int
        Where it holds anything but a digit or a minus at the beginning of a field.
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

        That is so where anything stands there but a sign, digits, a mark and digits, or too many
        digits, and about once in 10^14 numbers of 16 digits.
        """
        negative, starts, marks, ends, marked = self._parts(column)
        wholes, decimals = marks - starts, ends - marks - marked
        digits = wholes + decimals
        plain = (marked == 0) | ((marked == 1) & (self.text[marks] == ord(self.mark)))
        plain &= (digits > 0) & (wholes <= _MOST_DIGITS) & (decimals <= _MOST_DECIMALS)
        if not plain.all():
            wholes[~plain] = decimals[~plain] = 0
        whole, _ = self._integers(marks, wholes)
        fraction, is_short = self._integers(ends, decimals)
        # Zeros before the other digits do not count.
        plain &= (digits <= _MOST_DIGITS) | ((whole == 0) & is_short)
        whole *= _power(_TENS, np.minimum(decimals, _MOST_DIGITS))
        whole += fraction
        numbers, sure = _divided(whole.view(np.int64), _power(_FLOAT_TENS, decimals))
        numbers *= 1.0 - 2.0 * negative
        return numbers, np.flatnonzero(~(plain & sure))

    def wholes(self, column: int) -> IntArray | None:
        """The whole numbers of a column (rows,), if all are written as programs write them."""
        negative, starts, _, ends, marked = self._parts(column)
        digits = ends - starts
        led = (self.text[starts] != _ZERO) | ((digits == 1) & ~negative)
        if not (led & (marked == 0) & (digits > 0) & (digits <= _MOST_DIGITS)).all():
            return None
        return self._integers(ends, digits)[0].view(np.int64) * np.where(negative, -1, 1)

    def texts(self, column: int, rows: IntArray | slice = slice(None)) -> list[str]:
        """The fields of a column in some rows, without blanks at their ends."""
        text = self.text.tobytes()
        starts = (self.others[self.before[rows, column]] + 1).tolist()
        ends = self.others[self.after[rows, column]].tolist()
        return [
            text[start:end].decode(errors="surrogatepass").strip()
            for start, end in zip(starts, ends, strict=True)
        ]

    def _parts(self, column: int) -> _Parts:
        before, after = self.before[:, column], self.after[:, column]
        starts = self.others.take(before) + 1
        negative = self.text[starts] == _MINUS
        starts += negative
        marks, ends = self.others.take(before + 1), self.others.take(after)
        return _Parts(negative, starts, marks, ends, after - before - 1)

    def _integers(self, ends: IntArray, lengths: IntArray) -> tuple[_Words, _Bools]:
        """The numbers spelled by so many digits before some places, and which are below 10^18."""
        words = self.text.view("<u8")
        # What is shifted by 64 bits or more is 0.
        least, most = int(lengths.min()), int(lengths.max())
        total, is_short = np.zeros(len(ends), dtype=np.uint64), np.ones(len(ends), dtype=bool)
        place = ends >> 3
        beyond = ((ends & 7) << 3).view(np.uint64)
        within = np.uint64(64) - beyond
        right = words.take(place)
        for done in range(0, most, 8):
            place -= 1
            left = words.take(place)
            word = left >> beyond
            word |= right << within
            right = left
            word ^= _ZEROS
            if least < done + 8:
                surplus = done + 8 - lengths
                if most > done + 8:
                    np.maximum(surplus, 0, out=surplus)
                surplus <<= 3
                word &= _ALL << surplus.view(np.uint64)
            for factor, shift, mask in _PAIRED:
                word *= factor
                word >>= shift
                word &= mask
            if done == 16:
                is_short = word < 100
            if done:
                word *= _TENS[done]
            total += word
        return total, is_short


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
    is_other[1:] ^= (own[1:] == _MINUS) & separating[:-1]
    others = np.flatnonzero(is_other)
    ends = np.flatnonzero(separating.take(others))
    others += _BEFORE - 1
    if len(ends) != rows * columns + 1:
        return None
    before, after = ends[:-1].reshape(rows, columns), ends[1:].reshape(rows, columns)
    if (padded[others.take(after[:, -1])] != _NEWLINE).any():
        return None
    return Fields(padded, others, before, after, mark)


def _power(powers: npt.NDArray[_Number], exponents: IntArray) -> npt.NDArray[_Number]:
    least = exponents.min()
    return powers[least : least + 1] if least == exponents.max() else powers.take(exponents)


def _divided(integers: IntArray, powers: FloatArray) -> tuple[FloatArray, _Bools]:
    """Integers divided by powers of ten that are exact, and where that is sure to be rounded right.

    Where an integer is no double itself, the quotient is corrected by the remainder: of the double
    by Dekker's product, and of what the double leaves out.
    """
    nearest = integers.astype(np.float64)
    quotients = nearest / powers
    if int(integers.max()) <= _EXACT:
        return quotients, np.ones(len(integers), dtype=bool)
    (q_high, q_low), (p_high, p_low) = _halves(quotients), _halves(powers)
    products = quotients * powers
    rest = nearest - products
    rest -= ((q_high * p_high - products) + q_high * p_low + q_low * p_high) + q_low * p_low
    rest += integers - nearest.astype(np.int64)
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
