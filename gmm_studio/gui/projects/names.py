"""Names of projects: asked for, shown, and made of the name of a cloud."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from gmm_studio.data.selection import shown
from gmm_studio.gui.files import PROJECT

__all__ = ["ask_path", "name_of", "stem_of"]

_LONGEST = 80


def ask_path(
    window: QWidget, title: str, folder: str, stem: str, use: Callable[[Path], object]
) -> None:
    """Ask where to save; a person who names a file that is there has agreed to replace it."""
    dialog = QFileDialog(window, title, folder)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    kind = QCoreApplication.translate("Projects", "Projects ({ending})")
    dialog.setNameFilters([kind.format(ending=f"*{PROJECT}")])
    dialog.setDefaultSuffix(PROJECT[1:])
    dialog.selectFile(stem + PROJECT)
    dialog.fileSelected.connect(lambda chosen: use(Path(chosen)))
    dialog.open()


def name_of(path: Path) -> str:
    """Of a file, as long as a title may be."""
    return shown(path.name, _LONGEST)


def stem_of(name: str) -> str:
    """The name of a cloud as that of a file that every system can have."""
    plain = "".join(one if one.isalnum() or one in "-_," else " " for one in name)
    return " ".join(plain.split())[:_LONGEST]
