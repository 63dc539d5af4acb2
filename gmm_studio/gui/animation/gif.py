"""Writes GIFs frame by frame: each is written as it comes, only what has changed of it.

Pillow encodes the frames; it cannot write them one by one, for it keeps all of them until the last
is there. The blocks are those of the GIF89a specification (CompuServe 1990) and, for the loop, of
the Netscape application extension.
"""

from __future__ import annotations

import io
import struct

import numpy as np
import numpy.typing as npt
from PIL import Image

from gmm_studio.gui.animation.colour_table import ColourTable
from gmm_studio.gui.animation.writing import Clock, Pixels, Sink, box_around

__all__ = ["GifWriter"]

_SAME = 255
"""The colour of pixels that are as in the frame before."""

_HEADER = 13


class GifWriter:
    """Writes a GIF of frames of one size.

    Parameters
    ----------
    sink : Sink
    width, height : int
        At most 65,535.
    table : ColourTable
        Of all frames.
    loop : bool
        Whether it begins again, for ever.
    """

    def __init__(
        self, sink: Sink, width: int, height: int, table: ColourTable, *, loop: bool
    ) -> None:
        self._sink, self._table = sink, table
        self._clock = Clock(100)
        self._before: npt.NDArray[np.uint8] | None = None
        colours = np.zeros((256, 3), dtype=np.uint8)
        colours[: len(table.colours)] = table.colours
        sink.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0))
        sink.write(colours.tobytes())
        if loop:
            sink.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    def add(self, pixels: Pixels, seconds: float) -> None:
        """Write the next frame, which stays for so long."""
        indices = self._table.indices(pixels)
        part = indices
        box = 0, 0, indices.shape[1], indices.shape[0]
        if self._before is not None:
            changed = indices != self._before
            box = box_around(changed)
            part = np.where(changed, indices, np.uint8(_SAME))
        self._before = indices
        left, top, right, bottom = box
        # Kept where it is (disposal 1), and seen through where the index is `_SAME`.
        control = struct.pack("<BHBB", 0x05, self._clock.ticks(seconds), _SAME, 0)
        size = right - left, bottom - top
        self._sink.write(b"\x21\xf9\x04" + control)
        self._sink.write(b"\x2c" + struct.pack("<HHHHB", left, top, *size, 0))
        self._sink.write(_compressed(part[top:bottom, left:right]))

    def close(self) -> None:
        """Write the end."""
        self._sink.write(b"\x3b")


def _compressed(indices: npt.NDArray[np.uint8]) -> bytes:
    """The compressed data of an image, with the size of its codes before them."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(indices)).save(
        buffer, "GIF", optimize=False, interlace=False
    )
    content = buffer.getvalue()
    at = _HEADER + _table_size(content[10])
    while content[at] == 0x21:
        at += 2
        while content[at]:
            at += 1 + content[at]
        at += 1
    at += 10 + _table_size(content[at + 9])
    return content[at:-1]


def _table_size(flags: int) -> int:
    """The bytes of the table of colours that these flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
