"""Starts the window."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gmm_studio.document import Document
from gmm_studio.gui.errors import Catcher
from gmm_studio.gui.theme import Scheme, ThemeManager
from gmm_studio.gui.window import Window
from gmm_studio.resources import resource

__all__ = ["SWITCH_SECONDS", "make_window", "run_window"]

_SIGNALS_MS = 200
SWITCH_SECONDS = 0.001


def make_window(
    app: QApplication, settings: QSettings | None = None, first: Document | None = None
) -> Window:
    """The window with the person's settings and a document, not shown yet."""
    settings = settings or QSettings()
    schemes: dict[object, Scheme] = {"light": "light", "dark": "dark"}
    try:
        scale = float(str(settings.value("scale", 1.0)))
    except ValueError:
        scale = 1.0
    scheme = schemes.get(settings.value("scheme"), "system")
    theme = ThemeManager(app, scheme, scale)
    window = Window(theme, settings, first)
    theme.setParent(window)
    return window


def run_window(path: Path | None = None) -> int:
    """Open the window, with a file if one is given, and stay until it is closed.

    Returns
    -------
    int
        Exit status of the program.
    """
    # The thread that computes takes turns with the one that draws: short ones keep it smooth.
    sys.setswitchinterval(SWITCH_SECONDS)
    QApplication.setApplicationName("GMM Studio")
    QApplication.setOrganizationName("GMM Studio")
    QApplication.setDesktopFileName("gmm-studio")
    app = QApplication(sys.argv[:1])
    app.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    catcher = Catcher(app)
    catcher.install()
    window = make_window(app)
    window.session.unexpected.connect(catcher.report)
    window.stage.presented.connect(_collect_garbage)
    window.show()
    if path is not None:
        window.open_file(path)
    # Python sees Ctrl+C only while it runs: let it, now and then.
    signal.signal(signal.SIGINT, lambda *_: window.close_without_asking())
    awake = QTimer(app)
    awake.start(_SIGNALS_MS)
    awake.timeout.connect(_nothing)
    status = app.exec()
    catcher.uninstall()
    return status


def _collect_garbage() -> None:
    """From the first picture on; what is there by then stays as long as the window."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _nothing() -> None:
    """Gives Python a turn."""
