"""How long the event loop is blocked while the numbers of a large cloud are written or copied."""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gmm_studio.core.configuration import Configuration
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.generators import generate
from gmm_studio.gui.app import SWITCH_SECONDS
from gmm_studio.gui.dialogs.export_numbers import points_page
from gmm_studio.gui.importing.reading import ReadRequest
from gmm_studio.gui.theme import ThemeManager
from gmm_studio.gui.window import Window
from tests.benchmarks.blocks import blocks

POINTS = 10**6
COMPONENTS = 5
ITERATIONS = 5
FORMATS = ("csv", "json", "npz")
COPIED = 50_000
"""About as many points as may be copied."""

BUDGET = 50.0


def report(print_line: Callable[[str], None]) -> None:
    """Print a row for each source and format."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    print_line("Longest block of the event loop while points are saved or copied with their")
    print_line(f"responsibilities (k = {COMPONENTS})")
    print_line(f"{'points':>24} {'as':>14} {'s':>6} {'MB':>7} {'block ms':>9} {'budget':>7}")
    with tempfile.TemporaryDirectory() as folder:
        window = _window(app, Path(folder))
        # As the program does once it is on the screen.
        gc.freeze()
        for n, name, show in (
            (POINTS, "", _generate),
            (POINTS, " of a table", _open),
            (COPIED, "", _generate),
        ):
            show(app, window, n, Path(folder))
            for kind in FORMATS if n == POINTS else ("copied csv",):
                figures = (
                    _copy(app, window) if n == COPIED else _save(app, window, Path(folder), kind)
                )
                print_line(f"{f'{n:,}{name}':>24} {kind:>14} {figures} {BUDGET:>7.0f}")
        window.close_without_asking()
        gc.unfreeze()


def _window(app: QApplication, folder: Path) -> Window:
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = Window(ThemeManager(app, "light"), settings)
    window.resize(1440, 900)
    window.show()
    window.session.choose_k(COMPONENTS)
    few = Configuration(max_iterations=ITERATIONS)
    window.session.configure(few, "Few iterations")
    _settle(app, window)
    return window


def _generate(app: QApplication, window: Window, n: int, _: Path) -> None:
    window.session.generate("overlapping", n, COMPONENTS, 0)
    _settle(app, window)


def _open(app: QApplication, window: Window, n: int, folder: Path) -> None:
    """A table of five columns, of which two are coordinates."""
    path = folder / "table.csv"
    points = generate("overlapping", n, COMPONENTS).points
    with path.open("w") as file:
        file.write("id,x,y,site,measured\n")
        for i, (x, y) in enumerate(points.tolist()):
            file.write(f"{i},{x:.6f},{y:.6f},site {i % 7},{i % 1000 / 8}\n")
    options = ReadOptions(columns=("x", "y"))
    window.session.read(ReadRequest(path, options, ask="errors"))
    _settle(app, window)
    assert window.session.document.cloud.source is not None


def _save(app: QApplication, window: Window, folder: Path, kind: str) -> str:
    """Save as the dialog does."""
    run, step = window.session.shown, window.session.step
    assert run is not None
    assert step is not None
    path = folder / f"points.{kind}"
    job = points_page(run, step, QSettings()).job(path)
    began = time.perf_counter()
    with blocks() as gaps:
        window.session.export(job, path)
        _settle(app, window)
    return _figures(began, path.stat().st_size, gaps)


def _copy(app: QApplication, window: Window) -> str:
    QApplication.clipboard().clear()
    began = time.perf_counter()
    with blocks() as gaps:
        window.actions_["copy_points_csv"].trigger()
        _settle(app, window)
    return _figures(began, len(QApplication.clipboard().text()), gaps)


def _figures(began: float, size: int, gaps: list[float]) -> str:
    """How long it took, how much it is, the longest block."""
    return f"{time.perf_counter() - began:>6.1f} {size / 1e6:>7.1f} {max(gaps):>9.1f}"


def _settle(app: QApplication, window: Window) -> None:
    """Go on until nothing runs."""
    session = window.session
    while session.is_computing or session.loading or not window.stage.is_idle:
        app.processEvents()
        time.sleep(0.0002)
