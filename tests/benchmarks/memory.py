"""Bytes a point that a large cloud takes beyond the program with a small one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable

POINTS = 10**6
BUDGET = 200.0

SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from gmm_studio.gui.app import make_window
app = QApplication([])
window = make_window(app)
window.show()
n = int(sys.argv[2])
window.session.generate("overlapping", n, 5, 0)
def look():
    session = window.session
    if session.document.cloud.n == n and not session.is_computing and window.stage.is_idle:
        fields = Path("/proc/self/status").read_text().split()
        print(*(fields[fields.index(name) + 1] for name in ("VmRSS:", "VmHWM:")))
        timer.stop()
        window.close_without_asking()
timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
app.exec()
"""


def report(print_line: Callable[[str], None]) -> None:
    """Print what a fitted cloud on the screen takes, and what it took at the peak."""
    if not sys.platform.startswith("linux"):
        print_line("Memory is measured on Linux alone.")
        return
    small, large = _kibibytes(1000), _kibibytes(POINTS)
    now, peak = (1024 * (b - a) / POINTS for a, b in zip(small, large, strict=True))
    print_line(f"Bytes a point beyond the program with 1,000 points, at {POINTS:,}")
    print_line(f"{'shown':>10} {'budget':>8} {'peak':>10}")
    print_line(f"{now:>10.0f} {BUDGET:>8.0f} {peak:>10.0f}")


def _kibibytes(n: int) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, folder, str(n)],
            check=True,
            capture_output=True,
            text=True,
        )
    now, peak = done.stdout.split()
    return int(now), int(peak)
