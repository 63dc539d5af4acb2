"""Frame times while playing, and how long the event loop is blocked while a fit runs."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from gmm_studio.gui.app import SWITCH_SECONDS
from gmm_studio.gui.theme import ThemeManager
from gmm_studio.gui.window import Window

BUDGETS = {10**4: 16.0, 10**5: 33.0, 10**6: 100.0}
BLOCK_BUDGET = 50.0
FRAMES = 25


def report(print_line: Callable[[str], None]) -> None:
    """Print a row for each size of cloud."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    print_line("Frame while playing: E-step for the colours, recolour, ellipses, curve, paint")
    print_line("(k = 5, cloud view of 900 x 700), and the longest block of the event loop")
    print_line(f"{'points':>10} {'frame ms':>10} {'budget':>8} {'block ms':>10} {'budget':>8}")
    with tempfile.TemporaryDirectory() as folder:
        window = _window(app, Path(folder))
        for n, budget in BUDGETS.items():
            block = _fit(app, window, n)
            frame = _play(app, window)
            print_line(
                f"{n:>10,} {frame:>10.1f} {budget:>8.0f} {block:>10.1f} {BLOCK_BUDGET:>8.0f}"
            )
        window.close()


def _window(app: QApplication, folder: Path) -> Window:
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = Window(ThemeManager(app, "light"), settings)
    window.resize(1440, 900)
    window.show()
    window.cloud_view.setFixedSize(900, 700)
    _wait(app, lambda: _is_settled(window))
    return window


def _fit(app: QApplication, window: Window, n: int) -> float:
    """Draw and fit a cloud while the window shows it; the longest gap between two timer ticks."""
    gaps: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(1e3 * (now - last))
        last = now

    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(tick)
    timer.start()
    window.session.generate("overlapping", n, 5, 0)
    _wait(app, lambda: window.session.document.cloud.n == n)
    window.session.toggle_play()
    _wait(app, lambda: not window.session.is_computing and window.stage.is_idle)
    window.session.playback.pause()
    _wait(app, lambda: _is_settled(window))
    timer.stop()
    return max(gaps)


def _play(app: QApplication, window: Window) -> float:
    """The median over steps of the time from the cursor's move to painted views."""
    times: list[float] = []
    paints = _Paints(window)
    window.session.playback.move_to(0)
    _wait(app, lambda: _is_settled(window))
    for _ in range(min(FRAMES, window.session.playback.last)):
        begin = time.perf_counter()
        paints.wait_for = set(paints.views)
        window.session.playback.move_to(window.session.playback.cursor + 1)
        _wait(app, lambda: not paints.wait_for)
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


class _Paints(QObject):
    """Knows which views have still to be painted, the cloud only with the picture of the step."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._cloud = window.cloud_view
        self._presented = False
        self.views = {self._cloud, window.curve_view.viewport(), window.parameters.widget()}
        self.wait_for: set[QObject] = set()
        for view in self.views:
            view.installEventFilter(self)
        window.stage.presented.connect(self._on_presented)

    def _on_presented(self) -> None:
        self._presented = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and (watched is not self._cloud or self._presented):
            self._presented = False
            self.wait_for.discard(watched)
        return False


def _is_settled(window: Window) -> bool:
    session = window.session
    return not session.is_computing and not session.loading and window.stage.is_idle


def _wait(app: QApplication, done: Callable[[], bool]) -> None:
    begin = time.perf_counter()
    while not done():
        app.processEvents()
        if time.perf_counter() - begin > 300:
            raise TimeoutError
        time.sleep(0.0002)
