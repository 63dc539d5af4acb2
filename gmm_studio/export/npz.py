"""NumPy's archives of arrays, written piece by piece and without pickles."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

__all__ = ["Pieces", "write_npz"]


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """An array that comes in blocks of its rows.

    Attributes
    ----------
    shape : tuple of int
    dtype : dtype
    blocks : iterable of ndarray
        Together of that shape. They are asked for when the array is written.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    blocks: Iterable[npt.NDArray[Any]]


def write_npz(
    handle: BinaryIO,
    arrays: Mapping[str, npt.NDArray[Any] | Pieces],
    metadata: Mapping[str, object],
) -> None:
    """Write arrays one after the other, and what is to be known of them.

    Parameters
    ----------
    handle : binary file
    arrays : mapping of str to ndarray or Pieces
        None of them of objects.
    metadata : mapping
        Becomes the array `metadata`: a JSON object, as one text.
    """
    text = json.dumps(dict(metadata), ensure_ascii=True, allow_nan=False)
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED) as archive:
        for name, values in {**arrays, "metadata": np.array(text)}.items():
            pieces = values if isinstance(values, Pieces) else _whole(values)
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                header = {
                    "descr": np.lib.format.dtype_to_descr(pieces.dtype),
                    "fortran_order": False,
                    "shape": pieces.shape,
                }
                np.lib.format.write_array_header_1_0(entry, header)
                for block in pieces.blocks:
                    entry.write(np.ascontiguousarray(block, pieces.dtype).tobytes())


def _whole(values: npt.NDArray[Any]) -> Pieces:
    return Pieces(values.shape, values.dtype, [values])
