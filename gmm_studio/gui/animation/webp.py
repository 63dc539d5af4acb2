"""Writes animated WebPs frame by frame (WebP container specification, RFC 9649).

Pillow encodes the frames, without loss; its own writer of animations keeps all that it has encoded
until the last frame is there.
"""

from __future__ import annotations

import io
import struct

from PIL import Image

from gmm_studio.gui.animation.writing import Canvas, Clock, Pixels, Sink

__all__ = ["WebpWriter"]

_ANIMATED, _ALPHA = 0x02, 0x10
_EFFORT, _METHOD = 25, 2
"""More takes several times as long and saves a tenth."""


class WebpWriter:
    """Writes a WebP of frames of one size.

    Parameters
    ----------
    sink : Sink
        A file in which one can go back.
    width, height : int
        At most 16,383.
    loop : bool
        Whether it begins again, for ever.
    """

    def __init__(self, sink: Sink, width: int, height: int, *, loop: bool) -> None:
        self._sink = sink
        self._clock = Clock(1000)
        self._canvas = Canvas()
        self._size = 0
        self._write(b"RIFF\0\0\0\0WEBP")
        canvas = struct.pack("<B3x", _ANIMATED | _ALPHA) + _three(width - 1) + _three(height - 1)
        self._chunk(b"VP8X", canvas)
        self._chunk(b"ANIM", struct.pack("<IH", 0, 0 if loop else 1))

    def add(self, pixels: Pixels, seconds: float) -> None:
        """Write the next frame, which stays for so long."""
        (left, top, right, bottom), part = self._canvas.changes(pixels, even=True)
        numbers = left // 2, top // 2, right - left - 1, bottom - top - 1
        header = b"".join(map(_three, (*numbers, self._clock.ticks(seconds))))
        # Blended over what was there, and kept.
        self._chunk(b"ANMF", header + b"\0" + _picture(part))

    def close(self) -> None:
        """Write how long it is, at the beginning."""
        self._sink.seek(4)
        self._sink.write(struct.pack("<I", self._size - 8))
        self._sink.seek(0, io.SEEK_END)

    def _chunk(self, kind: bytes, content: bytes) -> None:
        self._write(kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2))

    def _write(self, content: bytes) -> None:
        self._sink.write(content)
        self._size += len(content)


def _three(value: int) -> bytes:
    """A number in three bytes."""
    return struct.pack("<I", value)[:3]


def _picture(pixels: Pixels) -> bytes:
    """A picture's chunk, padded to an even length."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", lossless=True, quality=_EFFORT, method=_METHOD)
    content = buffer.getvalue()
    at = 12
    while content[at : at + 4] != b"VP8L":
        (length,) = struct.unpack_from("<I", content, at + 4)
        at += 8 + length + length % 2
    (length,) = struct.unpack_from("<I", content, at + 4)
    return content[at : at + 8 + length + length % 2]
