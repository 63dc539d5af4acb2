"""From the start of the process to the first painted frame, against a bare window."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

RUNS = 7
BUDGET = 2.0

BARE = """
import os, sys
import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QMainWindow
class Plot(pg.PlotWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        os._exit(0)
app = QApplication([])
window = QMainWindow()
plot = Plot()
points = np.random.default_rng(0).normal(size=(1000, 2))
plot.addItem(pg.ScatterPlotItem(points[:, 0], points[:, 1]))
window.setCentralWidget(plot)
window.resize(1440, 900)
window.show()
app.exec()
"""

OURS = """
import gc, os, sys
gc.disable()  # as the program does until its first frame
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from gmm_studio.gui.app import make_window
app = QApplication([])
window = make_window(app)
def first():
    window.cloud_view.repaint()
    os._exit(0)
window.stage.presented.connect(first)
window.show()
app.exec()
"""


def report(print_line: Callable[[str], None]) -> None:
    """Print both times and their ratio; ours ends with cloud, start and ellipses on the screen."""
    bare, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        # As on a person's machine all are compiled already, whatever this process may write.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(1 + RUNS):
            bare.append(_seconds(environment, BARE))
            ours.append(_seconds(environment, OURS, folder))
    del bare[0], ours[0]
    first, second = statistics.median(bare), statistics.median(ours)
    ratio = statistics.median(b / a for a, b in zip(bare, ours, strict=True))
    print_line("Start to the first painted frame (median of pairs)")
    print_line(f"{'bare s':>10} {'ours s':>10} {'ratio':>8} {'budget':>8}")
    print_line(f"{first:>10.2f} {second:>10.2f} {ratio:>8.2f} {BUDGET:>8.1f}")


def _seconds(environment: dict[str, str], script: str, *arguments: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, *arguments], check=True, env=environment)
    return time.perf_counter() - begin
