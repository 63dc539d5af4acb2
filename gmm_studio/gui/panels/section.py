"""A section of a panel: a title, what is always there, and what a click opens."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gmm_studio.gui.colours import Palette
from gmm_studio.gui.icons import icon

__all__ = ["Section", "pair"]


_LABEL = 11
"""Width of the labels in characters, so that all fields begin in one line."""


class Section(QWidget):
    """Title and rows; the rows below the fold are shown once the title is clicked."""

    toggled = Signal(bool)

    def __init__(self, title: str, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self.header = QToolButton(self)
        self.header.setObjectName("section")
        self.header.setText(title)
        self.header.setAccessibleName(title)
        self.header.setToolTip(self.tr("Show or hide more of {title}").format(title=title))
        self.header.setCheckable(True)
        self.header.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.toggled.connect(self._on_toggled)
        self._labels: dict[QWidget, QLabel] = {}
        self._always = _form()
        self._fold = QWidget(self)
        self._folded = _form()
        self._fold.setLayout(self._folded)
        self._fold.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.header)
        layout.addLayout(self._always)
        layout.addWidget(self._fold)
        self.set_palette(palette)

    @property
    def is_open(self) -> bool:
        """Whether the rows below the fold are shown."""
        return self.header.isChecked()

    def set_open(self, shown: bool) -> None:
        """Show or hide the rows below the fold."""
        self.header.setChecked(shown)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for what is below the fold too, so that opening it changes no width."""
        hint = super().minimumSizeHint()
        return hint.expandedTo(QSize(self._fold.minimumSizeHint().width(), 0))

    def set_palette(self, palette: Palette) -> None:
        """Colour the chevron."""
        self._palette = palette
        name = "chevron-down" if self.is_open else "chevron-right"
        self.header.setIcon(icon(name, palette.muted, palette.disabled))

    def add_row(self, label: str, widget: QWidget, *, folded: bool = False) -> None:
        """A widget with its label, or over the whole width if the label is empty."""
        form = self._folded if folded else self._always
        row = form.rowCount()
        if not label:
            form.addWidget(widget, row, 0, 1, 2)
            return
        text = QLabel(label)
        text.setObjectName("row_label")
        text.setMinimumWidth(_LABEL * text.fontMetrics().averageCharWidth())
        text.setBuddy(widget)
        if not widget.accessibleName():
            widget.setAccessibleName(label)
        form.addWidget(text, row, 0)
        form.addWidget(widget, row, 1)
        self._labels[widget] = text

    def show_row(self, widget: QWidget, shown: bool) -> None:
        """Show or hide a row with its label."""
        widget.setVisible(shown)
        if widget in self._labels:
            self._labels[widget].setVisible(shown)

    def _on_toggled(self, shown: bool) -> None:
        self._fold.setVisible(shown)
        self.set_palette(self._palette)
        self.toggled.emit(shown)


def _form() -> QGridLayout:
    # Not a form layout: where text in it becomes longer, that leaves the text as high as it was.
    form = QGridLayout()
    form.setContentsMargins(8, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(8)
    form.setColumnStretch(1, 1)
    return form


def pair(first: QWidget, second: QWidget) -> QWidget:
    """Two widgets side by side."""
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(first, 1)
    row.addWidget(second, 1)
    return both
