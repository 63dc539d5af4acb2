"""How things are painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QFont

from gmm_studio.gui.colours import Palette

__all__ = ["Style"]


@dataclass(frozen=True, slots=True)
class Style:
    """How things are painted: the theme's colours, the size of text, the thickness of lines."""

    palette: Palette
    font: QFont
    scale: float = 1.0
