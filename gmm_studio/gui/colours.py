"""The colours of the light and the dark theme, as plain text (``#rrggbb``), without Qt."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DARK", "LIGHT", "Palette", "component_colour", "contrast", "mixed", "on_component"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The named colours of one theme, each ``#rrggbb``.

    Parameters
    ----------
    dark : bool
        Whether light text stands on dark grounds.
    window, panel, canvas, control : str
        The grounds of menus and status bar, of panels, of the cloud view and of controls.
    hover, pressed : str
        The ground of a control under the pointer and while it is held.
    selection : str
        The ground of selected rows and menu entries; `text` is readable on it.
    border, border_strong : str
        Lines around panels and controls; the strong one marks what can be ticked.
    text, muted, disabled : str
        Text, secondary text and the text of what cannot be used now.
    accent, accent_hover, on_accent : str
        What is active: the play button, the curve, the cursor, the focus; and text upon it.
    grid, ghost : str
        The lines of a plot's grid and the curve or ellipse of an earlier run.
    error, warning : str
        Text and marks of what failed and of what one should know.
    components : tuple of str
        The colours of the components. The first eight have a contrast of at least 3 against
        `canvas` and stay apart, from each other and from `accent`, for people who are blind to
        red, green or blue: CIEDE2000 at least 10 (the first three: 19). All twenty: 7.5.
    """

    dark: bool
    window: str
    panel: str
    canvas: str
    control: str
    hover: str
    pressed: str
    selection: str
    border: str
    border_strong: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    grid: str
    ghost: str
    error: str
    warning: str
    components: tuple[str, ...]


LIGHT = Palette(
    dark=False,
    window="#f6f7f9",
    panel="#ffffff",
    canvas="#ffffff",
    control="#f6f7f9",
    hover="#eceef2",
    pressed="#e2e5eb",
    selection="#e6e4f6",
    border="#dfe2e8",
    border_strong="#858c99",
    text="#1a1c21",
    muted="#5d6470",
    disabled="#858c99",
    accent="#2a1f90",
    accent_hover="#4034b4",
    on_accent="#ffffff",
    grid="#eceef2",
    ghost="#8b919c",
    error="#b3261e",
    warning="#855600",
    components=(
        "#d67c08",
        "#0f86f2",
        "#067259",
        "#c93e80",
        "#7043a4",
        "#8d2f1e",
        "#0d898b",
        "#7e7331",
        "#4e2b40",
        "#8c9471",
        "#b680b3",
        "#8468af",
        "#611f25",
        "#454166",
        "#265140",
        "#710203",
        "#697f59",
        "#654658",
        "#555c3a",
        "#9d9351",
    ),
)

DARK = Palette(
    dark=True,
    window="#14171b",
    panel="#1c1f26",
    canvas="#15181c",
    control="#262a33",
    hover="#2f343f",
    pressed="#393f4b",
    selection="#383a5c",
    border="#323742",
    border_strong="#7b8391",
    text="#e8eaee",
    muted="#a3aab6",
    disabled="#7b8391",
    accent="#c0baff",
    accent_hover="#d6d2ff",
    on_accent="#1a1730",
    grid="#252a32",
    ghost="#747c89",
    error="#ff8a80",
    warning="#f0bd5c",
    components=(
        "#f59b18",
        "#4c87f4",
        "#29e0b2",
        "#d0719a",
        "#8a60b2",
        "#cf5a3b",
        "#baeef3",
        "#f3e593",
        "#3c7169",
        "#8ca17b",
        "#8ebcc7",
        "#a44b44",
        "#65846c",
        "#c3ba75",
        "#049189",
        "#9c93c6",
        "#6e6184",
        "#fbce40",
        "#778957",
        "#be954b",
    ),
)


def component_colour(palette: Palette, j: int) -> str:
    """Return the colour of component `j`, counted from 0; past the last it begins again."""
    return palette.components[j % len(palette.components)]


def on_component(palette: Palette, j: int) -> str:
    """Return the colour of text on a disc of component `j`: white or black, at least 4.5 : 1."""
    colour = component_colour(palette, j)
    return "#ffffff" if contrast("#ffffff", colour) >= 4.5 else "#000000"


def mixed(first: str, second: str, share: float) -> str:
    """Return a colour between two, `share` of the first in it."""
    parts = [
        round(share * int(first[i : i + 2], 16) + (1 - share) * int(second[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
