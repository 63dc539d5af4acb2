"""One kind of thing to export: what every page of the export dialog has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from gmm_studio.gui.exporting import Job

__all__ = ["ExportPage", "Target", "note_label", "problem_label"]


@dataclass(frozen=True, slots=True)
class Target:
    """The file that a page would write.

    Attributes
    ----------
    name : str
        That is offered, without an ending.
    endings : tuple of str
        What the file may end in, such as ``.png``; the first is added where it ends in none.
    kind : str
        What people call such files.
    """

    name: str
    endings: tuple[str, ...]
    kind: str


class ExportPage(QWidget):
    """What is chosen of one kind, and the work that writes it.

    Parameters
    ----------
    key : str
        Under which the dialog remembers that it was used last.
    title : str
        In the list of kinds.

    Signals
    -------
    changed()
        `target` is another.
    failed(error)
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, key: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.title = key, title

    @property
    def target(self) -> Target | None:
        """What would be written; None while that cannot be."""
        raise NotImplementedError

    def job(self, path: Path) -> Job:
        """The work that writes it, of what is chosen now."""
        raise NotImplementedError

    def remember(self) -> None:
        """Keep what was chosen: it is being saved."""

    def finish(self) -> None:
        """The dialog closes: end what runs."""


def note_label() -> QLabel:
    """For what a person should know beside the choices."""
    label = QLabel()
    label.setObjectName("note")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def problem_label() -> QLabel:
    """For why nothing can be written, and what to do."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("error", True)
    label.setWordWrap(True)
    return label
