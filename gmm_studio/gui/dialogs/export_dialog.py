"""What to save: the parameters of a step, or the picture on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.gui.panels.controls import Choice, button

__all__ = ["ExportDialog", "ExportRequest"]

_WIDTH = 420
_FOLDER = "export_folder"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What a person wants saved, and where.

    Attributes
    ----------
    kind : {"parameters", "picture"}
    path : Path
        Ends in ``.json`` or ``.csv`` for parameters, in ``.png`` for a picture.
    step : {"last", "shown"}
        Of the run on show.
    factor : int
        Pixels of a picture for each pixel of the screen, along one axis.
    """

    kind: Literal["parameters", "picture"]
    path: Path
    step: Literal["last", "shown"]
    factor: int = 1


class ExportDialog(QDialog):
    """Parameters or picture, then the file.

    Parameters
    ----------
    parent : QWidget or None
    shown, last : int
        The iteration on show, and the last one of its run.
    size : QSize, optional
        Of the picture on the screen, in its pixels.
    settings : QSettings, optional
        Where the folder is remembered; the program's own if left out.

    Signals
    -------
    export_requested(request)
        An `ExportRequest`.
    """

    export_requested = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        shown: int,
        last: int,
        size: QSize | None = None,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export"))
        self._shown, self._last = shown, last
        self._settings = settings or QSettings()
        tr = self.tr
        self.parameters = _radio(
            tr("Parameters"), tr("Weights, means and covariances, in full precision")
        )
        self.picture = _radio(tr("Picture"), tr("The cloud view as it is on the screen"))
        self.parameters.setChecked(True)
        self.format = Choice(
            {tr("JSON"): ".json", tr("CSV, a row for each component"): ".csv"},
            tr("JSON can be read back as a start; CSV opens in a spreadsheet"),
        )
        self.step = Choice(self._steps(), tr("Whose parameters are saved"))
        self.size_ = Choice(
            self._sizes(size), tr("Finer pictures print well; what they show is the same")
        )
        for choice in (self.format, self.step, self.size_):
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self._on_show = QLabel(self._name_of(shown))
        self._on_show.setMinimumHeight(self.step.sizeHint().height())
        self.parameters.toggled.connect(self._on_kind)
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setProperty("error", True)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._lay_out()
        self._on_kind()

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("Export"))
        heading.setProperty("heading", True)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(24)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("What"), _row(self.parameters, self.picture)),
            (self.tr("Format"), self.format),
            (self.tr("Size"), self.size_),
            (self.tr("Step"), self.step),
            (self.tr("Step"), self._on_show),
        )
        for name, widget in rows:
            widget.setAccessibleName(name)
            self._form.addRow(name, widget)
        labels = [self._form.labelForField(widget) for _, widget in rows]
        for label in labels:
            label.setProperty("muted", True)
            label.setMinimumWidth(max(other.sizeHint().width() for other in labels))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addWidget(heading)
        layout.addLayout(self._form)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons())
        self.setMinimumWidth(_WIDTH)

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        save = button(self.tr("Save…"), self.tr("Choose the file (Enter)"))
        cancel = button(self.tr("Cancel"), self.tr("Save nothing (Esc)"))
        save.setDefault(True)
        box.addButton(save, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self._choose_file)
        box.rejected.connect(self.reject)
        return box

    def _name_of(self, index: int) -> str:
        t = f"{index:,}"
        if self._shown == self._last:
            return self.tr("Iteration {t}, the last and on show").format(t=t)
        if index == self._last:
            return self.tr("Iteration {t}, the last").format(t=t)
        return self.tr("Iteration {t}, on show").format(t=t)

    def _steps(self) -> dict[str, str]:
        steps = {self._name_of(self._last): "last"}
        if self._shown != self._last:
            steps[self._name_of(self._shown)] = "shown"
        return steps

    def _sizes(self, size: QSize | None) -> dict[str, int]:
        names = {
            1: self.tr("As on the screen"),
            2: self.tr("2 times as fine"),
            4: self.tr("4 times as fine"),
        }
        if size is None:
            return {name: factor for factor, name in names.items()}
        pixels = self.tr("{name}: {width} \N{MULTIPLICATION SIGN} {height} pixels")
        return {
            pixels.format(
                name=name, width=f"{factor * size.width():,}", height=f"{factor * size.height():,}"
            ): factor
            for factor, name in names.items()
        }

    def _on_kind(self) -> None:
        is_picture = self.picture.isChecked()
        self._form.setRowVisible(self.format, not is_picture)
        self._form.setRowVisible(self.step, not is_picture)
        self._form.setRowVisible(self.size_, is_picture)
        self._form.setRowVisible(self._on_show, is_picture)
        self.problem.hide()

    @property
    def _suffixes(self) -> tuple[str, ...]:
        """What a file may end in; the first is added where it ends in none."""
        if self.picture.isChecked():
            return (".png",)
        chosen = str(self.format.currentData())
        return (chosen, *{".json", ".csv"} - {chosen})

    def _choose_file(self) -> None:
        self.problem.hide()
        suffix = self._suffixes[0]
        is_picture = self.picture.isChecked()
        t = self._shown if is_picture or self.step.currentData() == "shown" else self._last
        name = self.tr("picture") if is_picture else self.tr("mixture")
        kind = {
            ".json": self.tr("JSON (*.json)"),
            ".csv": self.tr("Table (*.csv)"),
            ".png": self.tr("Picture (*.png)"),
        }[suffix]
        dialog = QFileDialog(self, self.tr("Save as"), str(self._settings.value(_FOLDER, "")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([kind, self.tr("All files (*)")])
        dialog.setDefaultSuffix(suffix[1:])
        dialog.selectFile(f"{name}-{t}{suffix}")
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def _on_file(self, name: str) -> None:
        path = Path(name)
        if path.suffix.lower() not in self._suffixes:
            # The file dialog has asked about replacing the name without the ending only.
            path = path.with_name(path.name + self._suffixes[0])
            if path.exists():
                text = self.tr("{name} is there already. Choose another name.")
                self.problem.setText(text.format(name=path.name))
                self.problem.show()
                return
        self._settings.setValue(_FOLDER, str(path.parent))
        if self.picture.isChecked():
            request = ExportRequest("picture", path, "shown", int(self.size_.currentData()))
        else:
            request = ExportRequest("parameters", path, self.step.currentData())
        self.export_requested.emit(request)
        self.accept()


def _radio(text: str, tip: str) -> QRadioButton:
    made = QRadioButton(text)
    made.setToolTip(tip)
    made.setAccessibleName(text)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def _row(*widgets: QWidget) -> QWidget:
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(24)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return made
