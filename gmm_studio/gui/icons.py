"""The program's icons: stroke drawings in ``resources/icons``, coloured by the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gmm_studio.resources import resource

__all__ = ["app_icon", "icon", "tinted"]

# Icons of 16 to 24 pixels at device pixel ratios of 1 to 4; what lies between is scaled down.
_SIZES = (16, 20, 24, 32, 40, 48, 64, 96)


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")


def tinted(name: str, colour: str) -> str:
    """Return the SVG text of an icon in a colour."""
    return _drawing(name).replace("currentColor", colour)


@lru_cache(maxsize=256)
def icon(name: str, colour: str, disabled: str | None = None) -> QIcon:
    """Return an icon that is crisp at any device pixel ratio.

    Parameters
    ----------
    name : str
        Its file in ``resources/icons``, without the ending.
    colour : str
        Its colour, ``#rrggbb``.
    disabled : str, optional
        Its colour while it cannot be used.

    Returns
    -------
    QIcon

    Raises
    ------
    FileNotFoundError
        When there is no such icon.
    """
    made = QIcon()
    _add(made, name, colour, QIcon.Mode.Normal)
    if disabled is not None:
        _add(made, name, disabled, QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """Return the icon of the program itself."""
    return QIcon(str(resource("icons/app.svg")))


def _add(target: QIcon, name: str, colour: str, mode: QIcon.Mode) -> None:
    drawing = QSvgRenderer(QByteArray(tinted(name, colour).encode()))
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        drawing.render(painter)
        painter.end()
        target.addPixmap(pixmap, mode)
