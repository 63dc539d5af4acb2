"""Writes animated PNGs frame by frame (Portable Network Graphics, third edition, W3C 2025).

Pillow encodes the frames; it cannot write them one by one, for it keeps all of them until the last
is there.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from gmm_studio.gui.animation.writing import Canvas, Clock, Pixels, Sink

__all__ = ["ApngWriter"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RATE = 1000
_KEEP, _OVER = 0, 1


class ApngWriter:
    """Writes an animated PNG of frames of one size.

    Parameters
    ----------
    sink : Sink
    width, height : int
    frames : int
        How many there will be.
    loop : bool
        Whether it begins again, for ever.
    """

    def __init__(self, sink: Sink, width: int, height: int, frames: int, *, loop: bool) -> None:
        self._sink = sink
        self._clock = Clock(_RATE)
        self._number = 0
        self._canvas = Canvas()
        sink.write(_SIGNATURE)
        # Eight bits each of red, green, blue and alpha.
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
        self._chunk(b"acTL", struct.pack(">II", frames, 0 if loop else 1))

    def add(self, pixels: Pixels, seconds: float) -> None:
        """Write the next frame, which stays for so long."""
        (left, top, right, bottom), part = self._canvas.changes(pixels)
        is_first = self._number == 0
        control = struct.pack(
            ">IIIIIHHBB",
            self._next(),
            right - left,
            bottom - top,
            left,
            top,
            self._clock.ticks(seconds),
            _RATE,
            _KEEP,
            _OVER,
        )
        self._chunk(b"fcTL", control)
        for data in _data(part):
            if is_first:
                self._chunk(b"IDAT", data)
            else:
                self._chunk(b"fdAT", struct.pack(">I", self._next()) + data)

    def close(self) -> None:
        """Write the end."""
        self._chunk(b"IEND", b"")

    def _next(self) -> int:
        self._number += 1
        return self._number - 1

    def _chunk(self, kind: bytes, content: bytes) -> None:
        self._sink.write(struct.pack(">I", len(content)) + kind + content)
        self._sink.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))))


def _data(pixels: Pixels) -> Iterator[bytes]:
    """The chunks of data of a picture."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    content = buffer.getvalue()
    at = len(_SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        if content[at + 4 : at + 8] == b"IDAT":
            yield content[at + 8 : at + 8 + length]
        at += 12 + length
