"""Choices that pictures and animations have in common."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gmm_studio.gui.panels.controls import Choice

__all__ = ["curve_choice", "theme_choice"]


def _tr(text: str) -> str:
    return QCoreApplication.translate("LookChoices", text)


def theme_choice() -> Choice:
    """Of the colours."""
    return Choice(
        {
            _tr("As the screen"): "screen",
            _tr("Light"): "light",
            _tr("Dark"): "dark",
            _tr("Paper"): "paper",
        },
        _tr("Paper is white, with black text"),
    )


def curve_choice() -> Choice:
    """Of where the curve is."""
    return Choice(
        {_tr("None"): "none", _tr("Below"): "below", _tr("Beside"): "beside"},
        _tr("The curve over the iterations"),
    )
