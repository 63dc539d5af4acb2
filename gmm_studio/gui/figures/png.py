"""PNG files written strip by strip: a picture never has to be in memory as a whole."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np

from gmm_studio.gui.canvas.raster import Image

__all__ = ["PngWriter"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 4
_UP = 2
"""Filter: the difference from the row above, which is mostly nothing in what is painted."""


class PngWriter:
    """Writes rows of 8-bit colours, from the top (ISO/IEC 15948).

    Parameters
    ----------
    file : binary file
    width, height : int
    alpha : bool
        Whether there are four channels, not three.
    dots_per_metre : int
    texts : mapping of str to str
        By Latin keyword.
    """

    def __init__(
        self,
        file: BinaryIO,
        width: int,
        height: int,
        *,
        alpha: bool,
        dots_per_metre: int,
        texts: Mapping[str, str],
    ) -> None:
        self._file = file
        self._channels = 4 if alpha else 3
        self._above = np.zeros(width * self._channels, dtype=np.uint8)
        self._packer = zlib.compressobj(_LEVEL)
        file.write(_SIGNATURE)
        kind = 6 if alpha else 2
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))
        self._chunk(b"pHYs", struct.pack(">IIB", dots_per_metre, dots_per_metre, 1))
        for keyword, text in texts.items():
            content = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode(errors="replace")
            self._chunk(b"iTXt", content)

    def write(self, rows: Image) -> None:
        """Add rows, of shape (rows, width, channels)."""
        flat = rows.reshape(len(rows), -1)
        filtered = np.empty((len(flat), 1 + flat.shape[1]), dtype=np.uint8)
        filtered[:, 0] = _UP
        np.subtract(flat[0], self._above, out=filtered[0, 1:])
        np.subtract(flat[1:], flat[:-1], out=filtered[1:, 1:])
        self._above = flat[-1].copy()
        self._pack(self._packer.compress(filtered.tobytes()))

    def close(self) -> None:
        """Write the end of the picture, once all rows are there."""
        self._pack(self._packer.flush())
        self._chunk(b"IEND", b"")

    def _pack(self, content: bytes) -> None:
        if content:
            self._chunk(b"IDAT", content)

    def _chunk(self, name: bytes, content: bytes) -> None:
        checksum = zlib.crc32(content, zlib.crc32(name))
        self._file.write(struct.pack(">I", len(content)) + name + content)
        self._file.write(struct.pack(">I", checksum))
