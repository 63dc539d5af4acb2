"""Figures for tests: of a scene, in a viewport, and as other programs draw their files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.figures.figure import Figure, Sheet, Shot
from gmm_studio.gui.figures.writers import paint_image
from gmm_studio.gui.style import Style


def figure_of(scene: Scene, viewport: Viewport, style: Style, sheet: Sheet | None = None) -> Figure:
    """A scene on a sheet; without one on one of the viewport's size."""
    sheet = sheet or Sheet(viewport.width, viewport.height)
    return Figure(Shot(scene, viewport, style.palette, style.font), sheet)


def painted(scene: Scene, viewport: Viewport, style: Style, *, pixel_ratio: float = 1.0) -> QImage:
    """A scene as a picture of the viewport's size."""
    sheet = Sheet(viewport.width, viewport.height, resolution=pixel_ratio)
    return paint_image(figure_of(scene, viewport, style, sheet))


def by_qt(path: Path, width: int, height: int) -> QImage:
    """An SVG as QtSvg draws it, on white."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    with QPainter(image) as painter:
        renderer.render(painter)
    return image


def by_librsvg(path: Path, width: int, height: int) -> QImage | None:
    """An SVG as librsvg draws it; None where it is not on the machine."""
    program = shutil.which("rsvg-convert")
    if program is None:
        return None
    target = path.with_name(f"{path.name}.rsvg.png")
    size = ["-w", str(width), "-h", str(height), "--background-color", "white"]
    subprocess.run([program, *size, str(path), "-o", str(target)], check=True)
    return QImage(str(target)).convertToFormat(QImage.Format.Format_RGB32)


def by_poppler(path: Path, width: int, height: int) -> QImage | None:
    """A PDF as poppler draws it; None where it is not on the machine."""
    program = shutil.which("pdftoppm")
    if program is None:
        return None
    stem = path.with_name(f"{path.name}.poppler")
    size = ["-scale-to-x", str(width), "-scale-to-y", str(height)]
    subprocess.run([program, "-png", "-singlefile", *size, str(path), str(stem)], check=True)
    return QImage(f"{stem}.png").convertToFormat(QImage.Format.Format_RGB32)
