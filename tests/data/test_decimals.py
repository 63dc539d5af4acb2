"""Numerals read many at once, against Python's own reading of each."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gmm_studio.data.decimals import Fields, find_fields

DIGITS = st.text("0123456789", max_size=24)
EXPONENTS = st.builds(
    lambda letter, sign, size: letter + sign + size,
    st.sampled_from("eE"),
    st.sampled_from(["", "+", "-"]),
    st.text("0123456789", max_size=4),
)
WRITTEN = st.builds(
    lambda sign, whole, mark, decimals, exponent: sign + whole + mark + decimals + exponent,
    st.sampled_from(["", "-", "+"]),
    DIGITS,
    st.sampled_from(["", "."]),
    DIGITS,
    st.just("") | EXPONENTS,
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False).map(repr)
ODD = st.sampled_from(
    [
        "",
        "-",
        ".",
        "-.",
        "+",
        "+-1",
        "-+1",
        "++1",
        "1+",
        " 1",
        "1 ",
        "1-2",
        "--1",
        "1.2.3",
        "1.-2",
        "-1-",
        "x",
        "ä",
        "1e",
    ]
)
ODD_EXPONENTS = st.sampled_from(
    ["1e+", "e5", "1ee5", "1e5.", "1e.5", "1e--5", "1e+-5", "-e-5", "1e1e1", "1f5", "1e5-", "1e5x"]
)


def fields_of(text: str, columns: int, delimiter: str = ",", mark: str = ".") -> Fields:
    fields = find_fields(text.encode(), delimiter, mark, columns)
    assert fields is not None
    return fields


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


def read(cells: list[str]) -> dict[int, float]:
    """What was read for sure, by the number of the cell."""
    numbers, others = fields_of("".join(f"{cell}\n" for cell in cells), 1).numbers(0)
    assert numbers.shape == (len(cells),)
    return {i: number for i, number in enumerate(numbers.tolist()) if i not in others.tolist()}


@given(st.lists(FLOATS | WRITTEN | ODD | ODD_EXPONENTS, min_size=1, max_size=20))
@example(["9007199254740993", "9007199254740992.5", "0.1", "-0", "-0.0"])
@example(["0.0000012345678901234567"] * 2)
@example(["0." + "0" * 22 + "1", "123456789012345678", "1234567890123456789", "0" * 30])
def test_what_is_sure_is_the_nearest_double(cells: list[str]) -> None:
    for i, number in read(cells).items():
        assert bits(number) == bits(float(cells[i]))


@given(st.lists(st.floats(1e-4, 1e15), min_size=1, max_size=20))
def test_what_programs_write_is_sure(numbers: list[float]) -> None:
    cells = [repr(number) for number in numbers]
    assert read(cells) == dict(enumerate(numbers))


def test_many_random_doubles_of_every_length() -> None:
    rng = np.random.default_rng(3)
    numbers = rng.normal(size=50_000) * 10.0 ** rng.integers(-3, 15, size=50_000)
    for decimals in range(1, 18):
        cells = [np.format_float_positional(x, decimals, fractional=False) for x in numbers[:3000]]
        found = read(cells)
        assert len(found) == len(cells)
        assert all(found[i] == float(cell) for i, cell in enumerate(cells))
    found = read([repr(x) for x in numbers.tolist()])
    assert len(found) > 0.999 * len(numbers)
    assert all(found[i] == numbers[i] for i in found)


@pytest.mark.parametrize("pattern", ["{:.18e}", "{:.16E}", "{:.3e}", "{:.15g}", "{:.17g}", "{!r}"])
def test_what_programs_write_with_exponents(pattern: str) -> None:
    rng = np.random.default_rng(4)
    numbers = (rng.normal(size=5000) * 10.0 ** rng.integers(-4, 20, size=5000)).tolist()
    cells = [pattern.format(number) for number in numbers]
    found = read(cells)
    assert len(found) > 0.7 * len(cells)
    assert all(bits(found[i]) == bits(float(cells[i])) for i in found)


def test_numbers_in_the_middle_between_two_doubles_are_left_to_others() -> None:
    middles = [2**53 + 1, 2**54 + 2, 2**56 + 8, 5 * 10**17 + 32]
    for middle in middles:
        assert math.ulp(middle) > 1
        found = read([str(middle)])
        assert found in ({}, {0: float(middle)})
    assert read([str(2**53 + 1)]) == {}


@pytest.mark.parametrize(
    "cell",
    ["", "-", ".", "+", "+-1", "1-2", "1+2", "--1", "1.2.3", "-1-", "1e", "e5", "1e5.", "1e--5"],
)
def test_what_is_not_plain_is_not_sure(cell: str) -> None:
    assert read(["1.5", cell, "2"]) == {0: 1.5, 2: 2.0}


def test_columns_and_texts() -> None:
    fields = fields_of("1.5;a-1;-2\n25; ö 2 ;3\n", 3, ";")
    assert fields.numbers(0)[0].tolist() == [1.5, 25]
    assert fields.texts(1) == ["a-1", "ö 2"]
    assert fields.texts(1, np.array([1])) == ["ö 2"]
    assert fields.numbers(1)[1].tolist() == [0, 1]
    wholes = fields.wholes(2)
    assert wholes is not None
    assert wholes.tolist() == [-2, 3]


def test_a_decimal_comma() -> None:
    numbers, others = fields_of("1,5;2.5\n-3;4\n", 2, ";", ",").numbers(0)
    assert (numbers.tolist(), others.tolist()) == ([1.5, -3], [])
    assert fields_of("1,5;2.5\n-3;4\n", 2, ";", ",").numbers(1)[1].tolist() == [0]


def test_a_plus_is_a_sign_as_well() -> None:
    assert read(["+1.5", "-1.5", "+2e-1", "+7"]) == {0: 1.5, 1: -1.5, 2: 0.2, 3: 7}


@pytest.mark.parametrize("cell", ["01", "-0", "1.0", "+1", "1e1", "a", "", "1-", "-", "1" * 19])
def test_what_no_program_writes_is_no_whole_number(cell: str) -> None:
    assert fields_of(f"7\n{cell}\n", 1).wholes(0) is None


def test_whole_numbers() -> None:
    wholes = fields_of("0\n-1\n" + "9" * 18 + "\n-100\n", 1).wholes(0)
    assert wholes is not None
    assert wholes.tolist() == [0, -1, 10**18 - 1, -100]


@pytest.mark.parametrize(
    "text", ["1\n", "1,2,3\n", "1,2\n3\n", "1,2\n\n3,4\n", "1\n2,3,4\n", "1,2,3\n4\n", "\n"]
)
def test_rows_of_another_length(text: str) -> None:
    assert find_fields(text.encode(), ",", ".", 2) is None
