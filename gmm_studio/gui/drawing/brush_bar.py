"""The bar of the brush on the canvas: what it leaves, how wide, how much, of which class."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap, QStandardItemModel
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QWidget,
)

from gmm_studio.gui.canvas.floating import Floating
from gmm_studio.gui.colours import Palette, component_colour
from gmm_studio.gui.drawing.brush import LARGEST, MOST_AT_ONCE, Brush, Kind
from gmm_studio.gui.icons import icon
from gmm_studio.gui.panels.controls import Choice, button
from gmm_studio.gui.style import Style

__all__ = ["BrushBar"]

_CLASSES = 9
_SMALLEST = 6
_TOP = 4.2
"""Lines of text above it, where the canvas says what is on show. Keys, rug and seeds are below."""

_BOTTOM = 2.6
"""Lines of text that stay free below it at least, for the numbers of the axis."""

_WIDE = 44
"""Lines of text that are as wide as all of it in one row."""


class BrushBar(Floating):
    """Shows the brush and says what it should be; stays at the top, in the middle of the width."""

    brush_requested = Signal(object)
    blank_requested = Signal()

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__("brush_bar", parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._brush = Brush()
        tr = self.tr
        self._kinds = QButtonGroup(self)
        self.tools: dict[Kind, QToolButton] = {
            "brush": self._tool("brush", tr("Brush: points evenly under it")),
            "spray": self._tool("spray", tr("Spray: points normal around its middle")),
            "erase": self._tool("eraser", tr("Eraser: takes points away")),
        }
        self.label = Choice({}, tr("The true class of the points to come"))
        self.label.setMinimumContentsLength(8)
        self.label.addItem(tr("No class"), None)
        for j in range(_CLASSES):
            self.label.addItem(tr("Class {j}").format(j=j), j)
        self.label.setAccessibleName(tr("Class"))
        self.label.activated.connect(self._on_changed)
        self.blank = button(tr("Start empty"), tr("The next stroke begins a new cloud"))
        self.blank.clicked.connect(self.blank_requested)
        self.size_ = self._slider(_SMALLEST, LARGEST, tr("How wide the brush is ([ and ])"))
        self.density = self._slider(1, MOST_AT_ONCE, tr("How many points it leaves at a place"))
        self._lay_out()
        self.set_style(style)
        self.show_brush(self._brush)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for tool in self.tools.values():
            first.addWidget(tool)
        first.addSpacing(8)
        first.addWidget(self.label, 1)
        first.addWidget(self.blank)
        for text, slider in (
            (self.tr("Size"), self.size_),
            (self.tr("Density"), self.density),
        ):
            second.addWidget(QLabel(text))
            second.addWidget(slider, 1)
            slider.setAccessibleName(text)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(12, 6, 12, 6)
        for half in (first, second):
            half.setSpacing(6)
            self._layout.addLayout(half)

    def show_brush(self, brush: Brush) -> None:
        """Show what the brush is."""
        self._brush = brush
        self.tools[brush.kind].setChecked(True)
        self.label.setCurrentIndex(0 if brush.label is None else brush.label + 1)
        for slider, value in ((self.size_, brush.size), (self.density, brush.density)):
            was = slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(was)
        self.label.setEnabled(brush.kind != "erase")
        self.density.setEnabled(brush.kind != "erase")

    def need_class(self, needed: bool) -> None:
        """Whether every point has a class, so that none without one can be painted."""
        classes = self.label.model()
        assert isinstance(classes, QStandardItemModel)
        classes.item(0).setEnabled(not needed)

    def set_style(self, style: Style) -> None:
        """Use other colours and text."""
        palette = style.palette
        for name, tool in zip(("brush", "spray", "eraser"), self.tools.values(), strict=True):
            tool.setIcon(icon(name, palette.text, palette.disabled))
            tool.setIconSize(QSize(round(18 * style.scale), round(18 * style.scale)))
        for j in range(_CLASSES):
            self.label.setItemIcon(j + 1, _disc(palette, j))
        self.place()

    def showEvent(self, _: QEvent) -> None:  # noqa: N802
        """Know by now how large it is."""
        self.place()

    def place(self) -> None:
        """Stay in the middle, in one row where there is room."""
        parent = self.parentWidget()
        if parent is not None:
            wide = parent.width() >= _WIDE * self.fontMetrics().height()
            direction = QBoxLayout.Direction
            self._layout.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
            self._layout.setSpacing(12 if wide else 4)
            self.adjustSize()
            line = self.fontMetrics().height()
            below = parent.height() - self.height() - _BOTTOM * line
            self.move((parent.width() - self.width()) // 2, round(min(_TOP * line, below)))

    def _tool(self, name: str, tip: str) -> QToolButton:
        tool = QToolButton(self)
        tool.setCheckable(True)
        tool.setAutoRaise(True)
        tool.setToolTip(tip)
        tool.setAccessibleName(tip)
        tool.setObjectName(f"brush_{name}")
        tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tool.clicked.connect(self._on_changed)
        self._kinds.addButton(tool)
        return tool

    def _slider(self, low: int, high: int, tip: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(low, high)
        slider.setToolTip(tip)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        slider.setMinimumWidth(72)
        slider.valueChanged.connect(self._on_changed)
        return slider

    def _on_changed(self) -> None:
        kind = next(kind for kind, tool in self.tools.items() if tool.isChecked())
        brush = replace(
            self._brush,
            kind=kind,
            size=self.size_.value(),
            density=self.density.value(),
            label=self.label.currentData(),
        )
        self.show_brush(brush)
        self.brush_requested.emit(brush)


def _disc(palette: Palette, j: int) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(component_colour(palette, j)))
    return QIcon(pixmap)
