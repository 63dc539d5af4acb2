"""Saves what the cloud view shows as a PNG, as fine as asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QRectF
from PySide6.QtGui import QImage, QImageWriter, QPainter

from gmm_studio import __version__
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.kernel import never
from gmm_studio.export.atomic import atomic_write
from gmm_studio.gui.canvas.painting import paint_scene
from gmm_studio.gui.canvas.rendering import PictureRequest, Renderer, Selection, look_of
from gmm_studio.gui.canvas.scene import Points, Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.moment import name_of
from gmm_studio.gui.style import Style

__all__ = ["paint_picture", "save_picture"]

_LARGEST_SIDE = 32767
"""Qt paints no further."""

_BAND = 256
"""The rows of pixels that are rendered at once: at 4 times the screen, a million points would
take a gigabyte."""

_DOTS_PER_METRE = 96 / 0.0254


def save_picture(
    path: str | Path,
    scene: Scene,
    viewport: Viewport,
    style: Style,
    *,
    pixel_ratio: float = 1.0,
    selection: Selection | None = None,
    cancelled: Callable[[], bool] = never,
) -> None:
    """Paint a scene and write it as a PNG; from any thread.

    Parameters
    ----------
    path : str or Path
    scene : Scene
        Its points are rendered anew.
    viewport : Viewport
    style : Style
    pixel_ratio : float
        Pixels of the picture for each logical pixel of the viewport.
    selection : ndarray of bool, shape (n,), optional
        The points that are marked.
    cancelled : callable
        Asked between pieces of the work.

    Raises
    ------
    InputError
        When the picture is too large or the file cannot be written, with the reason. What was at
        the path is then still there.
    Cancelled
        When `cancelled` returned true.
    """
    try:
        image = paint_picture(
            scene,
            viewport,
            style,
            pixel_ratio=pixel_ratio,
            selection=selection,
            cancelled=cancelled,
        )
        title = scene.cloud.name or QCoreApplication.translate("Picture", "Own points")
        image.setText("Title", title)
        image.setText("Description", f"{title}, {name_of(scene.moment)}")
        image.setText("Software", f"GMM Studio {__version__}")
        content = _png(image)
    except MemoryError:
        raise _too_large(viewport, pixel_ratio) from None
    _stop_if(cancelled)
    with atomic_write(path) as file:
        file.write(content)


def paint_picture(
    scene: Scene,
    viewport: Viewport,
    style: Style,
    *,
    pixel_ratio: float = 1.0,
    selection: Selection | None = None,
    cancelled: Callable[[], bool] = never,
) -> QImage:
    """Paint a scene; see `save_picture`.

    Raises
    ------
    InputError
        When the picture is too large.
    Cancelled
        When `cancelled` returned true.
    """
    width, height = _pixels(viewport, pixel_ratio)
    if max(width, height) > _LARGEST_SIDE:
        raise _too_large(viewport, pixel_ratio)
    request = PictureRequest(
        scene.cloud,
        scene.colouring,
        look_of(style.palette, scene.mixture.k if scene.mixture else 1),
        viewport.width,
        viewport.height,
        pixel_ratio,
        mixture=scene.mixture,
        reference=scene.reference,
        layers=scene.layers,
        viewport=viewport,
        selection=selection,
    )
    scene = _with_points(scene, viewport, request, cancelled)
    image = _blank(width, height, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(_DOTS_PER_METRE * pixel_ratio))
    image.setDotsPerMeterY(round(_DOTS_PER_METRE * pixel_ratio))
    _stop_if(cancelled)
    with QPainter(image) as painter:
        # Not the image's device pixel ratio: whole pixels, so that the points stay crisp.
        painter.scale(width / viewport.width, height / viewport.height)
        paint_scene(painter, viewport, scene, style)
    return image


def _with_points(
    scene: Scene, viewport: Viewport, request: PictureRequest, cancelled: Callable[[], bool]
) -> Scene:
    """The scene with its points rendered at the ratio of the request, band by band."""
    renderer = Renderer()
    if scene.cloud.d == 1:
        picture = renderer.render(request, cancelled)
        return replace(scene, points=picture.points, histogram=picture.histogram)
    scene = replace(scene, field=renderer.field(request, viewport, cancelled))
    request = replace(request, layers=replace(request.layers, background="none", truth=False))
    width, height = _pixels(viewport, request.pixel_ratio)
    image, halo = (
        _blank(width, height, QImage.Format.Format_RGBA8888_Premultiplied) for _ in range(2)
    )
    for layer in (image, halo):
        layer.fill(0)
    unit = (viewport.top - viewport.bottom) / height
    with QPainter(image) as painter, QPainter(halo) as below:
        below.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for top in range(0, height, _BAND):
            _stop_if(cancelled)
            bottom = min(top + _BAND, height)
            band = replace(
                viewport,
                top=viewport.top - top * unit,
                bottom=viewport.top - bottom * unit,
                height=(bottom - top) / request.pixel_ratio,
            )
            picture = renderer.render(
                replace(request, viewport=band, height=band.height), cancelled
            )
            painter.drawImage(0, top, picture.points.image)
            if picture.halo is not None:
                below.drawImage(QRectF(0, top, width, bottom - top), picture.halo.image)
    is_haloed = request.layers.sizes and request.colouring is not None
    return replace(
        scene,
        points=Points(image, viewport),
        halo=Points(halo, viewport) if is_haloed else None,
    )


def _pixels(viewport: Viewport, pixel_ratio: float) -> tuple[int, int]:
    """Width and height of the picture."""
    width, height = viewport.width * pixel_ratio, viewport.height * pixel_ratio
    return max(1, round(width)), max(1, round(height))


def _blank(width: int, height: int, image_format: QImage.Format) -> QImage:
    image = QImage(width, height, image_format)
    if image.isNull():
        raise MemoryError
    return image


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise MemoryError(writer.errorString())
    return bytes(content.data())


def _too_large(viewport: Viewport, pixel_ratio: float) -> InputError:
    width, height = _pixels(viewport, pixel_ratio)
    return InputError(
        "A picture of {width} by {height} pixels is too large. Choose a smaller size.",
        width=width,
        height=height,
    )


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled
