"""Room for the cloud while a lesson stands below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QSplitter, QWidget

from gmm_studio.gui.lessons.bar import LessonBar
from gmm_studio.gui.tabs import Tabs

__all__ = ["LessonRoom"]

_CLOUD = 300
"""The height of the cloud that is wanted, at scale 1."""

_LOW = 720
"""Up to this height of cloud and what is below it, at scale 1, the curves give way."""

_CURVES = 5
"""Lines of text that are as high as the curves at least, where they give way."""


class LessonRoom(QObject):
    """Gives the cloud room while a lesson is told, and puts things back when it is over.

    Once somebody moves the handle it stays where it is put.

    Parameters
    ----------
    bar : LessonBar
    splitter : QSplitter
        The cloud, and below it what holds the bar and the tabs.
    below : QWidget
    tabs : Tabs
    curves : QWidget
        One of the pages.
    """

    def __init__(
        self, bar: LessonBar, splitter: QSplitter, below: QWidget, tabs: Tabs, curves: QWidget
    ) -> None:
        super().__init__(splitter)
        self._bar, self._splitter, self._below = bar, splitter, below
        self._tabs, self._curves = tabs, curves
        self._before: list[int] | None = None
        self._usual: int | None = None
        self._is_moved = False
        bar.fitted.connect(self.fit)
        splitter.splitterMoved.connect(self._on_moved)
        tabs.currentChanged.connect(self.fit)
        splitter.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Another window, another share."""
        if watched is self._splitter and event.type() == QEvent.Type.Resize:
            self.fit()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Share the room out."""
        is_told = not self._bar.isHidden()
        is_low = is_told and self._splitter.height() < _LOW * self._bar.scale
        self._press(is_low)
        for widget in (self._bar, self._below):
            # Else the least heights are those of before.
            if (layout := widget.layout()) is not None:
                layout.activate()
        if is_told and self._before is None:
            self._before = self._splitter.sizes()
        elif not is_told and self._before is not None:
            if not self._is_moved:
                self._splitter.setSizes(self._before)
            self._before, self._is_moved = None, False
        if is_told and not self._is_moved:
            self._share(is_low)

    def _share(self, is_low: bool) -> None:
        """At least so much for the cloud; where there is enough, as much on every page."""
        cloud, below = self._splitter.sizes()
        if is_low:
            pressed = (self._usual or 0) - self._curves.minimumHeight()
            rest = cloud + below - self._below.minimumSizeHint().height() - max(pressed, 0)
            wanted = max(rest, round(_CLOUD * self._bar.scale))
        else:
            longest = self._below.minimumSizeHint().height() + self._bar.slack
            longest += self._tabs.room_for_all
            wanted = cloud - max(longest - below, 0)
        if wanted != cloud:
            self._splitter.setSizes([wanted, cloud + below - wanted])

    def _press(self, is_low: bool) -> None:
        """Let the curves be lower than they usually are, or no more."""
        curves = self._curves
        least = _CURVES * curves.fontMetrics().height()
        if is_low and curves.minimumHeight() > least:
            self._usual = curves.minimumHeight()
            curves.setMinimumHeight(least)
        elif not is_low and self._usual is not None:
            curves.setMinimumHeight(self._usual)
            self._usual = None

    def _on_moved(self) -> None:
        self._is_moved = not self._bar.isHidden()
