"""The page of the Explanation tab: what is written where."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gmm_studio.gui.explanation.e_step_sheet import write_e_step
from gmm_studio.gui.explanation.explaining import Explanation
from gmm_studio.gui.explanation.m_step_sheet import write_m_step
from gmm_studio.gui.explanation.rule_sheet import write_labels, write_moves
from gmm_studio.gui.explanation.sheet import Setters, Sheet, Writer
from gmm_studio.gui.style import Style

__all__ = ["NARROWEST", "compose"]

NARROWEST = 240


def compose(explanation: Explanation | None, width: float, style: Style, setters: Setters) -> Sheet:
    """Write the page of an explanation.

    Parameters
    ----------
    explanation : Explanation or None
        None before there is a start.
    width : float
        Of the page, in pixels.
    style : Style
    setters : Setters
        Of the same style.
    """
    page = Writer(width, style, setters)
    if explanation is None:
        page.paragraph(_tr("The equations appear here once there is a start."), muted=True)
    else:
        for sentence in explanation.sentences:
            page.paragraph(sentence)
        if explanation.sentences:
            page.line()
        write_moves(page, explanation)
        write_e_step(page, explanation)
        page.line()
        if explanation.facts.labels:
            write_labels(page, explanation)
            page.line()
        write_m_step(page, explanation)
    return page.sheet()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanation", text)
