"""A slider for a share, and the share in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

__all__ = ["Percentage", "percent"]

_HALVES = 200
"""Steps of the slider in a whole: it goes by half a per cent."""


def percent(share: float) -> str:
    """A share to three digits."""
    return f"{100 * share:.3g}\N{NO-BREAK SPACE}%"


class Percentage(QWidget):
    """A slider for a share, and the share in words; `moved` comes only of a person."""

    moved = Signal(float)

    def __init__(self, most: float, name: str, tip: str) -> None:
        super().__init__()
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round(most * _HALVES))
        self.slider.setPageStep(_HALVES // 20)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(tip)
        self.slider.valueChanged.connect(self._on_moved)
        self.text = QLabel()
        self.text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.text.setMinimumWidth(7 * self.text.fontMetrics().averageCharWidth())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.text)
        self.show_share(0.0)

    @property
    def share(self) -> float:
        """Where the slider is."""
        return self.slider.value() / _HALVES

    def show_share(self, share: float | None) -> None:
        """Show a share without saying that it was chosen; None is unknown."""
        was = self.slider.blockSignals(True)
        self.slider.setValue(round((share or 0.0) * _HALVES))
        self.slider.blockSignals(was)
        self.text.setText("" if share is None else percent(share))

    def _on_moved(self) -> None:
        self.text.setText(percent(self.share))
        self.moved.emit(self.share)


class _Slider(QSlider):
    """Does not move by the wheel, which scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()
