"""The window beside a script or a prompt, and what these learn of it."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Run
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import scaled
from gmm_studio.document import LARGEST_K, USUAL_K, Document, Given
from gmm_studio.explore import Exploration
from gmm_studio.export.own_units import own_step
from gmm_studio.gui.app import SWITCH_SECONDS, make_window
from gmm_studio.gui.errors import Catcher
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.window import Window
from gmm_studio.resources import resource

__all__ = ["open_window"]

_NAME = "GMM Studio"
_SIGNALS_MS = 200


def open_window(
    cloud: PointCloud, start: Mixture | None, configuration: Configuration
) -> Exploration:
    """Open the window on points; unless an event loop is there, stay until it is closed.

    Parameters
    ----------
    cloud : PointCloud
    start : Mixture, optional
        In the units of the cloud; drawn if not given.
    configuration : Configuration

    Raises
    ------
    InputError
        When windows cannot be opened from where this is called.
    """
    if threading.current_thread() is not threading.main_thread():
        raise InputError("Call explore() in the main thread: windows cannot be opened in others.")
    document = Document(cloud, _usual_k(cloud), configuration=configuration)
    if start is not None:
        if start.k > LARGEST_K:
            raise InputError("At most {most} components can be shown.", most=LARGEST_K)
        document = replace(document, k=start.k, start=Given(start, "explore()"))
    has_loop = _prompt_has_loop() or _loop_runs()
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = _application()
    window = make_window(app, QSettings(_NAME, _NAME), document)
    catcher = Catcher(window)
    window.session.unexpected.connect(catcher.report)
    exploration = _Exploration(window)
    _keep(exploration)
    window.show()
    window.raise_()
    window.activateWindow()
    # The thread that computes takes turns with the one that draws: short ones keep it smooth.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(min(interval, SWITCH_SECONDS))
    if not has_loop:
        _stay(window, catcher)
        sys.setswitchinterval(interval)
    return exploration


def _usual_k(cloud: PointCloud) -> int:
    return cloud.truth.k if cloud.truth is not None else min(USUAL_K, cloud.n)


class _Exploration(Exploration):
    """Asks the window's session."""

    def __init__(self, window: Window) -> None:
        self._window, self._session = window, window.session

    def __repr__(self) -> str:
        cloud, state = self._session.document.cloud, "open" if self.is_open else "closed"
        return f"<Exploration of {cloud.n_points} points, {len(self.runs)} runs, {state}>"

    @property
    def cloud(self) -> PointCloud:
        return scaled(self._session.document.cloud, "none")

    @property
    def mixture(self) -> Mixture | None:
        run, step = self._session.shown, self._session.step
        return None if run is None or step is None else run.cloud.own_mixture(step.mixture)

    @property
    def runs(self) -> tuple[Run, ...]:
        records = self._session.runs.of(self._session.document.cloud)
        cloud = self.cloud
        return tuple(run for record in records if (run := _run(record, cloud)) is not None)

    @property
    def seeds(self) -> tuple[tuple[float, ...] | None, ...]:
        scaling = self._session.document.cloud.scaling
        if scaling is None:
            return self._session.seeds
        offset, factor = scaling.offset.tolist(), scaling.factor.tolist()
        return tuple(
            seed and tuple(o + f * place for o, f, place in zip(offset, factor, seed, strict=True))
            for seed in self._session.seeds
        )

    @property
    def is_open(self) -> bool:
        return self._window.isVisible()

    def close(self) -> None:
        self._window.close_without_asking()


def _run(record: RunRecord, cloud: PointCloud) -> Run | None:
    """A run that has ended, in the data's own units."""
    if record.stop is None:
        return None
    configuration = record.document.configuration
    steps = tuple(own_step(record.cloud, configuration, step) for step in record.steps)
    return Run(cloud, configuration, steps, record.stop)


def _prompt_has_loop() -> bool:
    """Whether IPython or Jupyter runs Qt's events between inputs; if need be, from now on.

    It takes the Qt that is imported already. `active_eventloop` says "qt", or of which version;
    it stays as it was where the prompt can run none.
    """
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if shell is None or not _has_prompt():
        return False
    active = getattr(shell, "active_eventloop", None)
    if not active:
        try:
            shell.enable_gui("qt")
        except (NotImplementedError, ImportError):
            return False
        active = getattr(shell, "active_eventloop", None)
    elif not str(active).startswith("qt"):
        raise InputError(
            "The prompt runs the events of {loop}, and not of Qt. Switch them off with %gui, then "
            "call explore() again.",
            loop=active,
        )
    return str(active or "").startswith("qt")


def _has_prompt() -> bool:
    """Whether IPython will ask for input: `ipython script.py` is a script as others are."""
    terminal = sys.modules.get("IPython.terminal.ipapp")
    application: Any = getattr(terminal, "TerminalIPythonApp", None)
    if application is None or not application.initialized():
        return True
    return bool(application.instance().interact)


def _loop_runs() -> bool:
    app = QApplication.instance()
    return app is not None and app.thread().loopLevel() > 0


def _application() -> QApplication:
    """One for all windows of this process; it has to outlive them."""
    global _own
    _own = QApplication(sys.argv[:1])
    _own.setApplicationName(_NAME)
    _own.setDesktopFileName("gmm-studio")
    _own.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    _own.setQuitOnLastWindowClosed(False)
    return _own


_own: QApplication | None = None
_open: list[_Exploration] = []


def _keep(exploration: _Exploration) -> None:
    """Nobody has to keep what is returned for the window to stay."""
    if not _registered:
        # Where the interpreter ends with a window open, its threads have to be told before they
        # are waited for: the functions of `atexit` would come too late.
        threading._register_atexit(_close_all)  # type: ignore[attr-defined]
        _registered.append(True)
    _open[:] = [one for one in _open if one.is_open]
    _open.append(exploration)


_registered: list[bool] = []


def _close_all() -> None:
    for one in _open:
        one.close()


class _Closing(QObject):
    """Ends an event loop once a window has been closed."""

    def __init__(self, window: Window, loop: QEventLoop) -> None:
        super().__init__(window)
        self._window, self._loop = window, loop
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The window may still refuse to close."""
        if event.type() == QEvent.Type.Close:
            QTimer.singleShot(0, self._look)
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        if not self._window.isVisible():
            self._loop.quit()


def _stay(window: Window, catcher: Catcher) -> None:
    """Run Qt's events until the window is closed; Ctrl+C closes it."""
    loop = QEventLoop()
    _Closing(window, loop)
    # Python sees Ctrl+C only while it runs: let it, now and then.
    awake = QTimer()
    awake.timeout.connect(_nothing)
    awake.start(_SIGNALS_MS)
    previous = signal.signal(signal.SIGINT, lambda *_: window.close_without_asking())
    catcher.install()
    try:
        loop.exec()
    finally:
        catcher.uninstall()
        signal.signal(signal.SIGINT, previous)
        awake.stop()
        window.close_without_asking()


def _nothing() -> None:
    """Gives Python a turn."""
