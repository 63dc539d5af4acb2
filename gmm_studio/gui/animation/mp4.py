"""Writes MP4s (H.264), as slides and messengers play them; needs the extra `video`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from gmm_studio.core.errors import InputError
from gmm_studio.gui.animation.writing import Clock, Pixels, Sink

__all__ = ["Mp4Writer", "check_video"]

_QUALITY = "16"
"""Of x264 (the constant rate factor): lines and text have no visible blocks around them."""

_BT709 = 1

_AHEAD = 40
_HELD = 2**27
"""Pixels that x264 may hold to look ahead; of usual frames it holds its usual 40."""

_LARGE = 2**23
"""Pixels from which on a frame refers to the one before alone: each other would be held too."""


def check_video() -> Any:
    """What writes videos.

    Raises
    ------
    InputError
        When it is not installed.
    """
    try:
        import av
    except ImportError:
        raise InputError(
            'To write an MP4, install what is needed: pip install "gmm-studio[video]"'
        ) from None
    return av


class Mp4Writer:
    """Writes a video of frames of one size, at a constant rate: a frame that stays is repeated.

    Parameters
    ----------
    sink : Sink
        A file in which one can go back.
    width, height : int
        Even numbers.
    rate : float
        Frames per second.

    Raises
    ------
    InputError
        When the extra is not installed.
    """

    def __init__(self, sink: Sink, width: int, height: int, rate: float) -> None:
        av = check_video()
        self._av = av
        self._clock = Clock(rate)
        self._count = 0
        self._size = width, height
        self._container = av.open(sink, "w", format="mp4")
        stream = self._container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1000))
        stream.width, stream.height = width, height
        # What every player can show.
        stream.pix_fmt = "yuv420p"
        stream.options = {
            "crf": _QUALITY,
            "preset": "medium",
            "tune": "animation",
            "x264-params": _frugal(width * height),
        }
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        self._stream = stream

    def add(self, pixels: Pixels, seconds: float) -> None:
        """Write the next frame, which stays for so long."""
        picture = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        picture = picture.reformat(format="yuv420p", dst_colorspace="ITU709")
        for _ in range(self._clock.ticks(seconds)):
            picture.pts = self._count
            self._count += 1
            self._encode(picture)

    def close(self) -> None:
        """Write what is left."""
        self._encode(None)
        self._container.close()

    def _encode(self, picture: Any) -> None:
        try:
            packets = self._stream.encode(picture)
        except self._av.FFmpegError as error:
            raise InputError(
                "A video of {width} by {height} pixels cannot be made: {reason}. Choose another "
                "size.",
                width=self._size[0],
                height=self._size[1],
                reason=error.strerror or error,
            ) from None
        self._container.mux(packets)


def _frugal(pixels: int) -> str:
    """What keeps the memory of x264 below a gigabyte and a half, whatever a frame has of pixels."""
    ahead = f"rc-lookahead={max(2, min(_AHEAD, _HELD // pixels))}"
    return ahead if pixels <= _LARGE else f"{ahead}:bframes=0:ref=1"
