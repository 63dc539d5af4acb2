"""How things are painted in tests."""

from __future__ import annotations

from PySide6.QtGui import QFont

from gmm_studio.gui.colours import DARK, LIGHT
from gmm_studio.gui.style import Style


def style(dark: bool = False, scale: float = 1.0) -> Style:
    font = QFont()
    font.setPixelSize(round(13 * scale))
    return Style(DARK if dark else LIGHT, font, scale)
