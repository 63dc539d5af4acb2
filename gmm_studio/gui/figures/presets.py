"""The usual figures, and what a person made of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, TypeAlias, get_args

from PySide6.QtCore import QSettings

from gmm_studio.gui.figures.figure import CurvePlace, Sheet, Theme, Unit
from gmm_studio.gui.figures.writers import FORMATS, Format

__all__ = ["PRESETS", "Choices", "Preset", "keep", "kept", "last_preset", "screen_sheet", "usual"]

Preset: TypeAlias = Literal["slide", "paper", "web", "screen"]

PRESETS: tuple[Preset, ...] = ("slide", "paper", "web", "screen")

_LARGEST = 1e6


@dataclass(frozen=True, slots=True)
class Choices:
    """A sheet and the format it is saved in."""

    sheet: Sheet
    format: Format = "png"


def usual(preset: Preset, screen: Sheet) -> Choices:
    """What a preset is before anybody changes it; `screen` is the cloud view as a sheet."""
    return {
        "slide": Choices(Sheet(1920, 1080, font_size=40)),
        "paper": Choices(Sheet(8.5, unit="cm", resolution=600, font_size=8, theme="paper"), "pdf"),
        "web": Choices(Sheet(1200, resolution=2, font_size=16)),
        "screen": Choices(screen),
    }[preset]


def screen_sheet(width: float, height: float, scale: float, pixel_ratio: float) -> Sheet:
    """The cloud view as a sheet.

    Parameters
    ----------
    width, height : float
        In logical pixels.
    scale : float
        Of the interface.
    pixel_ratio : float
        Of the screen.
    """
    return Sheet(width, height, resolution=pixel_ratio, font_size=13 * scale)


def keep(settings: QSettings, preset: Preset, choices: Choices) -> None:
    """Remember the choices of a preset, and that it was used last."""
    content = json.dumps({**asdict(choices.sheet), "format": choices.format})
    settings.setValue(f"figure/{preset}", content)
    settings.setValue("figure/preset", preset)


def last_preset(settings: QSettings) -> Preset:
    """The preset that was used last."""
    name = str(settings.value("figure/preset", ""))
    return next((preset for preset in PRESETS if preset == name), PRESETS[0])


def kept(settings: QSettings, preset: Preset, screen: Sheet) -> Choices:
    """The last choices of a preset; of the screen's own, its size is always that of the screen."""
    first = usual(preset, screen)
    try:
        content = json.loads(str(settings.value(f"figure/{preset}", "")))
        found = _read(content, first)
    except (ValueError, TypeError, KeyError):
        return first
    if preset == "screen":
        sheet = replace(
            found.sheet,
            width=screen.width,
            height=screen.height,
            unit=screen.unit,
            font_size=screen.font_size,
        )
        return replace(found, sheet=sheet)
    return found


def _read(content: dict[str, Any], first: Choices) -> Choices:
    """Settings may be of another version, or of a person's own making."""
    # What was kept before there was a choice of fonts has none.
    content = {"font_family": "", **content}
    values = {field.name: content[field.name] for field in fields(Sheet)}
    for name in ("width", "height", "resolution", "font_size"):
        value = values[name]
        if name == "height" and value is None:
            continue
        values[name] = float(value)
        if not 0 < values[name] < _LARGEST:
            raise ValueError
    for name, allowed in (("unit", Unit), ("theme", Theme), ("curve", CurvePlace)):
        if values[name] not in get_args(allowed):
            raise ValueError
    values["font_family"] = str(values["font_family"])
    for name in ("transparent", "legend", "table", "title"):
        values[name] = values[name] is True
    known = content["format"] if content["format"] in FORMATS else first.format
    return Choices(Sheet(**values), known)
