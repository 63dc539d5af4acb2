"""The look of the program: light or dark, and how large."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from gmm_studio.gui.colours import DARK, LIGHT, Palette
from gmm_studio.gui.icons import tinted
from gmm_studio.resources import resource

__all__ = ["Scheme", "ThemeManager", "qt_palette", "style_sheet"]

Scheme = Literal["system", "light", "dark"]

TEXT = 13
HEADING = 15
SMALLEST, LARGEST = 0.75, 2.5

_QT_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}

# The pictures that the style sheet names, each an icon in one of the palette's colours.
_IMAGES = {
    "down": ("chevron-down", "muted"),
    "down_off": ("chevron-down", "disabled"),
    "up": ("chevron-up", "muted"),
    "plus": ("plus", "muted"),
    "plus_off": ("plus", "border"),
    "minus": ("minus", "muted"),
    "minus_off": ("minus", "border"),
    "right": ("chevron-right", "muted"),
    "tick": ("check", "on_accent"),
    "tick_off": ("check", "disabled"),
    "tick_menu": ("check", "accent"),
    "dash": ("minus", "on_accent"),
    "dot": ("dot", "on_accent"),
    "dot_off": ("dot", "disabled"),
    "more": ("more", "muted"),
    "close": ("close", "muted"),
}


class ThemeManager(QObject):
    """Dresses an application in a scheme and a size, and follows the system's scheme.

    Views are given the palette by their owner, which connects to `changed`.

    Parameters
    ----------
    app : QApplication
    scheme : {"system", "light", "dark"}
    scale : float
        The size of text and spacing, from 0.75 to 2.5; beyond it the nearest of the two.
    parent : QObject, optional

    Raises
    ------
    OSError
        When there is no place for temporary files: the style sheet's pictures are such.
    """

    changed = Signal(object)
    """The palette, after the application wears another palette or another size."""

    def __init__(
        self,
        app: QApplication,
        scheme: Scheme = "system",
        scale: float = 1.0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._scheme = scheme
        self._scale = _within(scale)
        self._worn: tuple[Palette, float] | None = None
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._wear)
        self._ask()
        self._wear()

    @property
    def scheme(self) -> Scheme:
        """The scheme that was asked for."""
        return self._scheme

    @property
    def scale(self) -> float:
        """The size that was asked for."""
        return self._scale

    @property
    def palette(self) -> Palette:
        """The colours in use."""
        if self._scheme == "system":
            dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self._scheme == "dark"
        return DARK if dark else LIGHT

    @property
    def font(self) -> QFont:
        """The font of text, 13 pixels times the scale."""
        return self._sized(TEXT)

    @property
    def heading_font(self) -> QFont:
        """The font of headings, 15 pixels times the scale."""
        font = self._sized(HEADING)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def set_scheme(self, scheme: Scheme) -> None:
        """Wear another scheme."""
        self._scheme = scheme
        self._ask()
        self._wear()

    def set_scale(self, scale: float) -> None:
        """Make text and spacing larger or smaller, from 0.75 to 2.5."""
        self._scale = _within(scale)
        self._wear()

    def _sized(self, pixels: int) -> QFont:
        font = self._app.font()
        font.setPixelSize(_pixels(pixels, self._scale))
        return font

    def _ask(self) -> None:
        """Ask the system for title bars and file dialogs in the same scheme."""
        self._app.styleHints().setColorScheme(_QT_SCHEMES[self._scheme])

    def _wear(self) -> None:
        palette = self.palette
        if self._worn == (palette, self._scale):
            return
        self._worn = (palette, self._scale)
        self._app.setPalette(qt_palette(palette))
        self._app.setFont(self.font)
        self._app.setStyleSheet(style_sheet(palette, self._scale, Path(_images().path())))
        self.changed.emit(palette)


@lru_cache(maxsize=1)
def _images() -> QTemporaryDir:
    """Where the pictures of the style sheet are, as long as the process may wear it."""
    folder = QTemporaryDir()
    if not folder.isValid():
        raise OSError(folder.errorString())
    return folder


def style_sheet(palette: Palette, scale: float, folder: Path) -> str:
    """Return Qt's style sheet for a palette and a size.

    Parameters
    ----------
    palette : Palette
    scale : float
        What lengths and sizes of text are multiplied by.
    folder : Path
        Where the pictures that the sheet names are written.

    Returns
    -------
    str
    """
    colours = asdict(palette)
    names = {name: str(colour) for name, colour in colours.items() if name != "components"}
    names |= {f"s{length}": f"{_pixels(length, scale)}px" for length in range(1, 65)}
    names |= {name: f"{length}px" for name, length in _round_measures(scale).items()}
    for key, (name, colour) in _IMAGES.items():
        tint = str(colours[colour])
        # One file for each colour: Qt keeps a picture by its name.
        path = folder / f"{name}-{tint[1:]}.svg"
        path.write_text(tinted(name, tint), encoding="utf-8")
        names[f"image_{key}"] = f'url("{path.as_posix()}")'
    return Template(resource("style.qss").read_text(encoding="utf-8")).substitute(names)


def qt_palette(palette: Palette) -> QPalette:
    """Return Qt's palette for ours: what the style sheet leaves to the style."""
    role = QPalette.ColorRole
    roles = {
        role.Window: palette.panel,
        role.WindowText: palette.text,
        role.Base: palette.panel,
        role.AlternateBase: palette.window,
        role.Text: palette.text,
        role.PlaceholderText: palette.muted,
        role.Button: palette.control,
        role.ButtonText: palette.text,
        role.BrightText: palette.error,
        role.ToolTipBase: palette.control,
        role.ToolTipText: palette.text,
        role.Highlight: palette.selection,
        role.HighlightedText: palette.text,
        role.Link: palette.accent,
        role.LinkVisited: palette.accent,
        role.Accent: palette.accent,
        role.Light: palette.hover,
        role.Midlight: palette.border,
        role.Mid: palette.border,
        role.Dark: palette.border_strong,
        role.Shadow: palette.border_strong,
    }
    made = QPalette()
    for which, colour in roles.items():
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(palette.disabled))
    return made


def _pixels(length: int, scale: float) -> int:
    return max(1, round(length * scale))


def _round_measures(scale: float) -> dict[str, int]:
    """Measures of round things, whole pixels that fit each other at any scale."""
    handle, overhang = _pixels(16, scale), _pixels(6, scale)
    groove, play_radius = handle - 2 * overhang, _pixels(20, scale)
    return {
        "handle": handle,
        "handle_radius": handle // 2,
        "handle_core": handle - 2 * _pixels(3, scale),
        "overhang": overhang,
        "groove": groove,
        "groove_radius": groove // 2,
        "play": 2 * play_radius,
        "play_radius": play_radius,
        "scroll_radius": (_pixels(10, scale) - 2 * _pixels(2, scale)) // 2,
        "tick_radius": (_pixels(14, scale) + 4) // 2,
    }


def _within(scale: float) -> float:
    return min(max(scale, SMALLEST), LARGEST)
