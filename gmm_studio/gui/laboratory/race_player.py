"""Play, scrub, and where the cursor is: a small transport for the pages below the cloud."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from gmm_studio.gui.icons import icon
from gmm_studio.gui.playback import Playback
from gmm_studio.gui.style import Style

__all__ = ["Player"]


class Player(QWidget):
    """Says what a person wants of the cursor of all runs on a page."""

    play_requested = Signal()
    cursor_requested = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style, self._is_playing = style, False
        self._play = QToolButton(self)
        self._play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._play.setAutoRaise(True)
        self._play.clicked.connect(self.play_requested)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.setAccessibleName(self.tr("Iteration of all runs"))
        self._slider.setToolTip(self.tr("Drag through the iterations of all runs"))
        self._slider.valueChanged.connect(self.cursor_requested)
        self._count = QLabel(self)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._play)
        row.addWidget(self._slider, 1)
        row.addWidget(self._count)
        self.set_style(style)

    @property
    def play_button(self) -> QToolButton:
        """Plays and pauses."""
        return self._play

    @property
    def slider(self) -> QSlider:
        """Where the cursor is."""
        return self._slider

    @property
    def text(self) -> str:
        """Where it is in words."""
        return self._count.text()

    def set_style(self, style: Style) -> None:
        """Use other colours and sizes."""
        self._style = style
        side = round(18 * style.scale)
        self._play.setIconSize(QSize(side, side))
        self._slider.setMinimumWidth(round(56 * style.scale))
        self._slider.setMaximumWidth(round(180 * style.scale))
        self._show_playing()

    def show_playback(self, playback: Playback) -> None:
        """Show where the cursor is and whether it walks."""
        was = self._slider.blockSignals(True)
        self._slider.setMaximum(max(playback.last, 1))
        self._slider.setPageStep(max(1, playback.last // 10))
        self._slider.setValue(playback.cursor)
        self._slider.blockSignals(was)
        last = f"{playback.last:,}"
        self._count.setText(f"{playback.cursor:,} / {last}")
        widest = self._count.fontMetrics().horizontalAdvance(f"{last} / {last}")
        self._count.setMinimumWidth(widest)
        if playback.is_playing != self._is_playing:
            self._is_playing = playback.is_playing
            self._show_playing()

    def _show_playing(self) -> None:
        name = "pause" if self._is_playing else "play"
        self._play.setIcon(icon(name, self._style.palette.accent, self._style.palette.disabled))
        tip = self.tr("Pause all") if self._is_playing else self.tr("Play all")
        self._play.setToolTip(tip)
        self._play.setAccessibleName(tip)
