"""Figures as PNG, SVG and PDF; from any thread."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from gmm_studio import __version__
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.export.atomic import atomic_write
from gmm_studio.gui.canvas.raster import Image
from gmm_studio.gui.exporting import Job
from gmm_studio.gui.figures.figure import Figure
from gmm_studio.gui.figures.layout import lay_out
from gmm_studio.gui.figures.painting import paint_figure
from gmm_studio.gui.figures.png import PngWriter

__all__ = [
    "FORMATS",
    "Format",
    "check_figure",
    "figure_bytes",
    "figure_job",
    "paint_image",
    "save_figure",
    "write_figure",
]

Format: TypeAlias = Literal["png", "svg", "pdf"]
FORMATS: tuple[Format, ...] = ("png", "svg", "pdf")

_LARGEST_SIDE = 32767
"""Qt paints no further."""

_STRIP = 2**22
"""The pixels that are painted at once: at 4 times the screen, a million points would otherwise
take a gigabyte, and so would 20,000 by 20,000 pixels."""

_INCH_METRE = 0.0254
_PDF_DOTS = 1200
_LARGEST_PAGE = 14400
"""Points; readers of PDF show no larger page."""

_SOFTWARE = f"GMM Studio {__version__}"


def save_figure(path: str | Path, figure: Figure, cancelled: Callable[[], bool] = never) -> None:
    """Write a figure in the format that the path ends in.

    Parameters
    ----------
    path : str or Path
        Ends in ``.png``, ``.svg`` or ``.pdf``.
    figure : Figure
    cancelled : callable
        Asked between pieces of the work.

    Raises
    ------
    InputError
        When the ending is another, the figure too large or too small, or the file cannot be
        written, with what to do. What was at the path is then still there.
    Cancelled
        When `cancelled` returned true.
    """
    ending = Path(path).suffix.lower().removeprefix(".")
    known = next((name for name in FORMATS if name == ending), None)
    if known is None:
        raise InputError("{path} must end in .png, .svg or .pdf.", path=path)
    check_figure(figure, known)
    with atomic_write(path) as file:
        write_figure(file, figure, known, cancelled)
        _stop_if(cancelled)


def figure_job(path: Path, figure: Figure) -> Job:
    """Write a figure in the format that the path ends in."""
    return lambda cancelled: save_figure(path, figure, cancelled)


def figure_bytes(figure: Figure, kind: Format, cancelled: Callable[[], bool] = never) -> bytes:
    """What a file of a figure holds; see `save_figure`."""
    check_figure(figure, kind)
    file = io.BytesIO()
    write_figure(file, figure, kind, cancelled)
    return file.getvalue()


def write_figure(
    file: BinaryIO, figure: Figure, kind: Format, cancelled: Callable[[], bool] = never
) -> None:
    """Write a figure to a file that is open; see `save_figure`."""
    writers = {"png": _write_png, "svg": _write_svg, "pdf": _write_pdf}
    try:
        writers[kind](file, figure, cancelled)
    except MemoryError:
        raise _too_large(figure) from None


def paint_image(figure: Figure, cancelled: Callable[[], bool] = never) -> QImage:
    """Paint a figure into an image of its size in device pixels.

    Raises
    ------
    InputError
        When it is too large or too small.
    Cancelled
        When `cancelled` returned true.
    """
    check_figure(figure, "png")
    width, height = figure.device_size
    try:
        image = _blank(width, height, figure)
        with QPainter(image) as painter:
            paint_figure(painter, QSizeF(width, height), figure, cancelled)
    except MemoryError:
        raise _too_large(figure) from None
    return image


def _write_png(file: BinaryIO, figure: Figure, cancelled: Callable[[], bool]) -> None:
    width, height = figure.device_size
    painting = figure.painting(QSizeF(width, height), cancelled=cancelled)
    writer = PngWriter(
        file,
        width,
        height,
        alpha=figure.sheet.transparent,
        dots_per_metre=_dots_per_metre(figure),
        texts={
            "Title": figure.shot.name,
            "Description": figure.shot.description,
            "Software": _SOFTWARE,
        },
    )
    rows = max(1, _STRIP // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        strip = _blank(width, bottom - top, figure)
        with QPainter(strip) as painter:
            painting.paint(painter, top, bottom)
        writer.write(_channels(strip, alpha=figure.sheet.transparent))
    writer.close()


def _write_svg(file: BinaryIO, figure: Figure, cancelled: Callable[[], bool]) -> None:
    size = figure.size
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    generator.setSize(QSize(round(size.width()), round(size.height())))
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(figure.shot.name)
    generator.setDescription(f"{figure.shot.description}. {_SOFTWARE}")
    with QPainter(generator) as painter:
        paint_figure(painter, size, figure, cancelled)
    _stop_if(cancelled)
    text = bytes(buffer.data().data()).decode()
    file.write(_tidied(text, figure, size).encode())


_EMPTY = re.compile(r"<g [^>]*>\s*</g>\s*")
_GROUP = re.compile(
    r'\nfont-family="[^"]*" font-size="[^"]*" font-weight="[^"]*"[^>]*?(?=opacity|>)'
)
_SIZE = re.compile(r'<svg width="[^"]*" height="[^"]*"')
_FAMILY = re.compile(r'font-family="([^",]*)"')


def _tidied(text: str, figure: Figure, size: QSizeF) -> str:
    """In the units that were asked for, fonts with others in their stead, and half as long."""
    unit = figure.sheet.unit
    width, height = (figure.sheet.units(length) for length in (size.width(), size.height()))
    sized = f'<svg width="{width:.6g}{unit}" height="{height:.6g}{unit}"'
    text = _SIZE.sub(sized, text, count=1)
    # Each text says its font itself.
    text = _EMPTY.sub("", _EMPTY.sub("", _GROUP.sub(" ", text)))
    # Qt writes the name of a font as it is, were it no XML.
    return _FAMILY.sub(lambda found: f'font-family="{escape(found[1])}, sans-serif"', text)


def _write_pdf(file: BinaryIO, figure: Figure, cancelled: Callable[[], bool]) -> None:
    size = figure.size
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DOTS)
    page = QSizeF(0.75 * size.width(), 0.75 * size.height())
    exactly = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", exactly))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(figure.shot.description)
    writer.setCreator(_SOFTWARE)
    with QPainter(writer) as painter:
        dots = _PDF_DOTS / 96
        painter.scale(dots, dots)
        paint_figure(painter, size, figure, cancelled)
    _stop_if(cancelled)
    file.write(bytes(buffer.data().data()))


def check_figure(figure: Figure, kind: Format) -> None:
    """Refuse what cannot be made, before there is a file; see `save_figure`."""
    size, stretch = figure.size, figure.sheet.stretch
    lay_out(figure, size.width() / stretch, size.height() / stretch)
    if kind == "png" and max(figure.device_size) > _LARGEST_SIDE:
        raise _too_large(figure)
    if kind == "pdf" and not max(size.width(), size.height()) * 0.75 <= _LARGEST_PAGE:
        raise InputError("A page of a PDF is at most 508 cm wide and high. Choose a smaller size.")


def _blank(width: int, height: int, figure: Figure) -> QImage:
    transparent = figure.sheet.transparent
    formats = QImage.Format
    image = QImage(
        width, height, formats.Format_ARGB32_Premultiplied if transparent else formats.Format_RGB32
    )
    if image.isNull():
        raise MemoryError
    if transparent:
        image.fill(0)
    image.setDotsPerMeterX(_dots_per_metre(figure))
    image.setDotsPerMeterY(_dots_per_metre(figure))
    return image


def _dots_per_metre(figure: Figure) -> int:
    return max(1, round(96 * figure.sheet.ratio / _INCH_METRE))


def _channels(image: QImage, *, alpha: bool) -> Image:
    """Red, green, blue and perhaps alpha of each pixel (height, width, channels)."""
    formats, channels = QImage.Format, 4 if alpha else 3
    plain = image.convertToFormat(formats.Format_RGBA8888 if alpha else formats.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), -1)
    own: Image = rows[:, : channels * plain.width()].copy()
    return own.reshape(plain.height(), plain.width(), channels)


def _too_large(figure: Figure) -> InputError:
    width, height = figure.device_size
    return InputError(
        "A picture of {width} by {height} pixels is too large. Choose a smaller size.",
        width=width,
        height=height,
    )


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled
