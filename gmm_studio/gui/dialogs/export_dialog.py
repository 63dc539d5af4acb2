"""What to take away, and where to: one dialog for every kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.gui.dialogs.export_page import ExportPage, Target
from gmm_studio.gui.panels.controls import button

__all__ = ["ExportDialog"]

_LIST, _ITEM = 136, 32
_FOLDER, _PAGE = "export_folder", "export_page"


class ExportDialog(QDialog):
    """A list of kinds, the page of the one that is chosen, then the file.

    Parameters
    ----------
    pages : sequence of ExportPage
        In the order of the list.
    settings : QSettings
        Where kind and folder are remembered.
    parent : QWidget, optional
    scale : float
        Of the interface.

    Signals
    -------
    save_requested(job, path)
    failed(error)
    """

    save_requested = Signal(object, object)
    failed = Signal(object)

    def __init__(
        self,
        pages: Sequence[ExportPage],
        settings: QSettings,
        parent: QWidget | None = None,
        scale: float = 1.0,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export"))
        self._pages, self._settings = tuple(pages), settings
        self.kinds = QListWidget()
        self.kinds.setAccessibleName(self.tr("What"))
        self.kinds.setToolTip(self.tr("What to save"))
        self.kinds.setFixedWidth(round(_LIST * scale))
        self._stack = QStackedWidget()
        for page in self._pages:
            item = QListWidgetItem(page.title)
            item.setSizeHint(QSize(0, round(_ITEM * scale)))
            self.kinds.addItem(item)
            self._stack.addWidget(page)
            page.changed.connect(self._on_changed)
            page.failed.connect(self.failed)
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setProperty("error", True)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._lay_out()
        self.kinds.currentRowChanged.connect(self._on_kind)
        last = str(settings.value(_PAGE, ""))
        keys = [page.key for page in self._pages]
        self.kinds.setCurrentRow(keys.index(last) if last in keys else 0)
        self.kinds.setFocus()

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("Export"))
        heading.setProperty("heading", True)
        middle = QHBoxLayout()
        middle.setSpacing(24)
        middle.addWidget(self.kinds)
        middle.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addWidget(heading)
        layout.addLayout(middle, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self._buttons())

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        self.save = button(self.tr("Save…"), self.tr("Choose the file (Enter)"))
        cancel = button(self.tr("Cancel"), self.tr("Save nothing (Esc)"))
        self.save.setDefault(True)
        box.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self._choose_file)
        box.rejected.connect(self.reject)
        return box

    @property
    def page(self) -> ExportPage:
        """The page on show."""
        return self._pages[self.kinds.currentRow()]

    def choose(self, key: str) -> None:
        """Show the page of this key."""
        self.kinds.setCurrentRow([page.key for page in self._pages].index(key))

    def done(self, result: int) -> None:
        """End what the pages do."""
        for page in self._pages:
            page.finish()
        super().done(result)

    def _on_kind(self, row: int) -> None:
        self._stack.setCurrentIndex(row)
        self._on_changed()

    def _on_changed(self) -> None:
        self.problem.hide()
        self.save.setEnabled(self.page.target is not None)

    def _choose_file(self) -> None:
        target = self.page.target
        if target is None:
            return
        self.problem.hide()
        dialog = QFileDialog(self, self.tr("Save as"), str(self._settings.value(_FOLDER, "")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        patterns = " ".join(f"*{ending}" for ending in target.endings)
        dialog.setNameFilters([f"{target.kind} ({patterns})", self.tr("All files (*)")])
        dialog.setDefaultSuffix(target.endings[0][1:])
        dialog.selectFile(target.name + target.endings[0])
        dialog.fileSelected.connect(lambda name: self._on_file(name, target))
        dialog.open()

    def _on_file(self, name: str, target: Target) -> None:
        path = Path(name)
        if path.suffix.lower() not in target.endings:
            # The file dialog has asked about replacing the name without the ending only.
            path = path.with_name(path.name + target.endings[0])
            if path.exists():
                text = self.tr("{name} is there already. Choose another name.")
                self.problem.setText(text.format(name=path.name))
                self.problem.show()
                return
        self._settings.setValue(_FOLDER, str(path.parent))
        self._settings.setValue(_PAGE, self.page.key)
        self.page.remember()
        self.save_requested.emit(self.page.job(path), path)
        self.accept()
