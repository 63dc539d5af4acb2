"""Read-only float arrays: what every immutable value of the package is made of."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["FloatArray", "IntArray", "frozen", "frozen_int", "real_array"]

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]


def real_array(values: npt.ArrayLike) -> FloatArray:
    """Values as an array of doubles.

    Raises
    ------
    ValueError, TypeError
        When the values are not real numbers: NumPy alone would drop imaginary parts.
    """
    array = np.asarray(values)
    if array.dtype.kind == "c":
        raise TypeError("complex numbers")
    return np.asarray(array, dtype=np.float64)


def frozen(values: npt.ArrayLike) -> FloatArray:
    """Values as a read-only, C-contiguous float64 array; copied only if somebody may write to it.

    Raises
    ------
    ValueError, TypeError
        When the values are not real numbers.
    """
    return _frozen(real_array(values), np.float64)


def frozen_int(values: npt.ArrayLike) -> IntArray:
    """The same for whole numbers."""
    return _frozen(values, np.int64)


def _frozen(values: npt.ArrayLike, dtype: type[np.generic]) -> npt.NDArray[Any]:
    array = np.asarray(values, dtype=dtype, order="C")
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if array.flags.writeable or owner.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array
