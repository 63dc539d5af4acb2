"""Frame times while playing, and how long the event loop is blocked while a fit runs."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QApplication, QWidget

from gmm_studio.gui.app import SWITCH_SECONDS
from gmm_studio.gui.canvas.scene import Layers
from gmm_studio.gui.theme import ThemeManager
from gmm_studio.gui.window import Window
from tests.benchmarks.blocks import blocks

BUDGETS = {10**4: 16.0, 10**5: 33.0, 10**6: 100.0}
BLOCK_BUDGET = 50.0
FRAMES = 25

OVERLAYS = {
    "plain": Layers(),
    "density": Layers(background="density"),
    "regions": Layers(background="regions"),
    "uncertainty": Layers(background="uncertainty"),
    "coverage, earlier ellipses, truth": Layers(coverage=True, ghosts=True, truth=True),
    "hard colours": Layers(hard=True),
    "true labels as colours": Layers(labels="colour"),
    "uncertain points larger": Layers(sizes=True),
    "everything at once": Layers(
        background="density", coverage=True, ghosts=True, truth=True, labels="marker", sizes=True
    ),
}
OVERLAID = 10**5


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
        _overlays(app, window, print_line)
        window.close_without_asking()


def _overlays(app: QApplication, window: Window, print_line: Callable[[str], None]) -> None:
    """A row for each view of the largest cloud that must be played at 30 frames a second."""
    window.session.generate("overlapping", OVERLAID, 5, 1)
    _wait(app, lambda: window.session.document.cloud.n == OVERLAID)
    _wait(app, lambda: _is_settled(window))
    print_line("")
    print_line(f"The same with every overlay, {OVERLAID:,} points")
    print_line(f"{'overlay':>34} {'frame ms':>10} {'budget':>8}")
    for name, layers in OVERLAYS.items():
        window.stage.set_layers(layers)
        _wait(app, lambda: _is_settled(window))
        print_line(f"{name:>34} {_play(app, window):>10.1f} {BUDGETS[OVERLAID]:>8.0f}")
    window.stage.set_layers(Layers())
    window.stage.set_gliding(True)
    print_line(f"{'while the last step still glides':>34} {_play(app, window):>10.1f} {'':>8}")
    window.stage.set_gliding(False)
    for index, title in ((1, "explanation"), (0, "half-steps")):
        window.side_tabs.setCurrentIndex(index)
        window.session.playback.set_halves(title == "half-steps")
        _wait(app, lambda: _is_settled(window))
        print_line(f"{title:>34} {_play(app, window):>10.1f} {BUDGETS[OVERLAID]:>8.0f}")


def _window(app: QApplication, folder: Path) -> Window:
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = Window(ThemeManager(app, "light"), settings)
    window.resize(1440, 900)
    window.show()
    window.cloud_view.setFixedSize(900, 700)
    # Steps follow each other as fast as they can, where nothing glides in the program either.
    window.stage.set_gliding(False)
    _wait(app, lambda: _is_settled(window))
    return window


def _fit(app: QApplication, window: Window, n: int) -> float:
    """Draw and fit a cloud while the window shows it; the longest gap between two timer ticks."""
    with blocks() as gaps:
        window.session.generate("overlapping", n, 5, 0)
        _wait(app, lambda: window.session.document.cloud.n == n)
        window.session.toggle_play()
        _wait(app, lambda: not window.session.is_computing and window.stage.is_idle)
        window.session.playback.pause()
        _wait(app, lambda: _is_settled(window))
    return max(gaps)


def _play(app: QApplication, window: Window) -> float:
    """The median over steps of the time from the cursor's move to painted views."""
    times: list[float] = []
    paints = _Paints(window)
    window.session.playback.move_to(0)
    _wait(app, lambda: _is_settled(window))
    for _ in range(min(FRAMES, window.session.playback.last_place)):
        begin = time.perf_counter()
        paints.wait_for = set(paints.views)
        window.session.playback.move_to_place(window.session.playback.place + 1)
        _wait(app, lambda: not paints.wait_for)
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


class _Paints(QObject):
    """Knows which views have still to be painted, the cloud only with the picture of the step."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._cloud = window.cloud_view
        self._presented = False
        self._window = window
        self.wait_for: set[QObject] = set()
        for view in (*self._sheets, self._cloud, window.curve_view.viewport()):
            view.installEventFilter(self)
        window.stage.presented.connect(self._on_presented)

    @property
    def _sheets(self) -> tuple[QWidget, QWidget]:
        return self._window.parameters.widget(), self._window.explanation.widget()

    @property
    def views(self) -> set[QObject]:
        """Those that are seen."""
        sheets = {sheet for sheet in self._sheets if sheet.isVisible()}
        if self._window.session.playback.has_halves:
            # Nothing beside the cloud changes with every half.
            return {self._cloud}
        return {self._cloud, self._window.curve_view.viewport(), *sheets}

    def _on_presented(self) -> None:
        self._presented = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() != QEvent.Type.Paint:
            return False
        if watched is self._cloud:
            if not self._presented:
                return False
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
