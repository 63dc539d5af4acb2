"""The transport: first, back, play, on, last, scrubber, position, speed; as on a video player."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIntValidator, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from gmm_studio.gui.colours import Palette
from gmm_studio.gui.icons import icon
from gmm_studio.gui.playback import SPEEDS, Playback

__all__ = ["Transport"]

_NARROWEST = 23
_WITH_SPEED = 28
_WITH_ENDS = 35
"""Widths in lines of text from which there is room for so much."""


class _Scrubber(QSlider):
    """A slider whose handle comes to where it is clicked."""

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Put the handle under the pointer, then drag as usual."""
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            handle = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
            room = max(self.width() - handle, 1)
            along = round(event.position().x() - handle / 2)
            self.setValue(
                QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), along, room)
            )
        super().mousePressEvent(event)


class Transport(QWidget):
    """Shows where the cursor is and says where a person wants it."""

    step_requested = Signal(int)
    first_requested = Signal()
    last_requested = Signal()
    play_requested = Signal()
    cursor_requested = Signal(int)
    place_requested = Signal(int)
    halves_requested = Signal(bool)
    speed_requested = Signal(int)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._playing = False
        self._palette = palette
        tr = self.tr
        self._first = self._button(tr("First step (Home)"), self.first_requested.emit)
        self._back = self._button(tr("Step back (Left)"), lambda: self.step_requested.emit(-1))
        self._play = self._button(tr("Play (Space)"), self.play_requested.emit)
        self._on = self._button(tr("Step on (Right)"), lambda: self.step_requested.emit(1))
        self._last = self._button(tr("Last step (End)"), self.last_requested.emit)
        self._play.setObjectName("play")
        self._scrubber = _Scrubber(Qt.Orientation.Horizontal)
        self._scrubber.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scrubber.setToolTip(tr("Drag through the iterations"))
        self._scrubber.setAccessibleName(tr("Iteration"))
        self._scrubber.setMinimumWidth(40)
        self._scrubber.valueChanged.connect(self._on_scrubbed)
        self._position = QLineEdit("0")
        self._position.setObjectName("position")
        self._position.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._position.setValidator(QIntValidator(0, 9_999_999, self))
        self._position.setToolTip(tr("Type an iteration and press Enter"))
        self._position.setAccessibleName(tr("Iteration number"))
        self._position.returnPressed.connect(self._on_typed)
        self._position.editingFinished.connect(self._show_position)
        self._total = QLabel("/ 0")
        self._total.setObjectName("total")
        self._speed = QComboBox()
        self._speed.setObjectName("speed")
        self._speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for speed in SPEEDS:
            text = tr("{n}/s").format(n=speed)
            self._speed.addItem(text, speed)
        self._speed.setToolTip(tr("Steps per second"))
        self._speed.setAccessibleName(tr("Speed"))
        self._speed.activated.connect(self._on_speed)
        self._halves = self._button(
            tr("Half-steps: E-step and M-step one after the other (H)"), None
        )
        self._halves.setObjectName("halves")
        self._halves.setText("E\N{MIDDLE DOT}M")
        self._halves.setCheckable(True)
        self._halves.clicked.connect(self.halves_requested)
        self._cursor = 0
        self._lay_out()
        self.set_palette(palette)

    def set_palette(self, palette: Palette) -> None:
        """Colour the icons."""
        self._palette = palette
        self._position.setFixedWidth(self.fontMetrics().horizontalAdvance("0000000"))
        self._speed.setFixedWidth(
            round(self.fontMetrics().horizontalAdvance("60/s") + 4.4 * self.fontMetrics().height())
        )
        for button, name in (
            (self._first, "first"),
            (self._back, "back"),
            (self._on, "next"),
            (self._last, "last"),
        ):
            button.setIcon(icon(name, palette.text, palette.disabled))
        self._show_playing()

    def show_playback(self, playback: Playback) -> None:
        """Show where the cursor is and how far it can go."""
        place, last_place = playback.place, playback.last_place
        self._cursor = playback.cursor
        was = self._scrubber.blockSignals(True)
        self._scrubber.setMaximum(max(last_place, 1))
        self._scrubber.setEnabled(last_place > 0)
        self._scrubber.setPageStep(max(1, last_place // 10))
        self._scrubber.setValue(place)
        self._scrubber.blockSignals(was)
        self._halves.setChecked(playback.has_halves)
        self._total.setText(f"/ {playback.last:,}")
        if not self._position.hasFocus():
            self._show_position()
        for button in (self._first, self._back):
            button.setEnabled(place > 0)
        for button in (self._on, self._last):
            button.setEnabled(place < last_place)

    def show_playing(self, playing: bool) -> None:
        """Show whether the cursor walks."""
        self._playing = playing
        self._show_playing()

    def show_speed(self, speed: int) -> None:
        """Show the speed."""
        self._speed.setCurrentIndex(max(0, self._speed.findData(speed)))

    def set_large(self, large: bool) -> None:
        """Make the buttons that step large enough for a finger."""
        for button in (self._back, self._on):
            button.setProperty("large", large)
            button.style().unpolish(button)
            button.style().polish(button)
        self.set_palette(self._palette)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """What is left when `resizeEvent` has hidden what can be done without."""
        hint = super().minimumSizeHint()
        return QSize(round(_NARROWEST * self.fontMetrics().height()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Hide the speed, then first and last, where there is no room for all."""
        line = self.fontMetrics().height()
        self._speed.setVisible(self.width() >= _WITH_SPEED * line)
        for button in (self._first, self._last):
            button.setVisible(self.width() >= _WITH_ENDS * line)
        super().resizeEvent(event)

    def _button(self, tip: str, slot: Callable[[], object] | None) -> QToolButton:
        button = QToolButton(self)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        if slot is not None:
            button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        self._position.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(4)
        for button in (self._first, self._back, self._play, self._on, self._last):
            layout.addWidget(button)
        layout.addSpacing(8)
        layout.addWidget(self._scrubber, 1)
        layout.addSpacing(8)
        layout.addWidget(self._position)
        layout.addWidget(self._total)
        layout.addSpacing(8)
        layout.addWidget(self._halves)
        layout.addWidget(self._speed)
        self.setTabOrder(self._position, self._halves)
        self.setTabOrder(self._halves, self._speed)

    def _show_playing(self) -> None:
        name = "pause" if self._playing else "play"
        self._play.setIcon(icon(name, self._palette.on_accent, self._palette.disabled))
        tip = self.tr("Pause (Space)") if self._playing else self.tr("Play (Space)")
        self._play.setToolTip(tip)
        self._play.setAccessibleName(tip)

    def _show_position(self) -> None:
        self._position.setText(str(self._cursor))

    def _on_scrubbed(self, value: int) -> None:
        self.place_requested.emit(value)

    def _on_typed(self) -> None:
        if self._position.text():
            self.cursor_requested.emit(int(self._position.text()))
        self._position.clearFocus()
        self._show_position()

    def _on_speed(self) -> None:
        self.speed_requested.emit(self._speed.currentData())
