"""The one place that catches what nobody else did, says it, and keeps the program running."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from types import TracebackType

import numpy as np
import PySide6
import scipy
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gmm_studio import __version__
from gmm_studio.core.errors import InputError
from gmm_studio.gui.panels.controls import button
from gmm_studio.gui.translation import message_of

__all__ = ["Catcher", "ErrorDialog", "details_of"]

_MOST_DETAILED = 10
_WIDTH = 560
_DETAILS_HEIGHT = 220


class Catcher(QObject):
    """Logs every error that nobody caught, in any thread, and shows it in a dialog.

    There is one dialog at a time: what comes while it is open is added to it.
    """

    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dialog: ErrorDialog | None = None
        self._installed = False
        self._hooks = (sys.excepthook, threading.excepthook)
        # Queued: an error comes from any thread, or out of the painting of a widget.
        self._reported.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def dialog(self) -> ErrorDialog | None:
        """The dialog that is open."""
        return self._dialog

    def install(self) -> None:
        """Catch what nobody else does, from now on."""
        if not self._installed:
            self._installed = True
            self._hooks = (sys.excepthook, threading.excepthook)
            sys.excepthook = self._on_exception
            threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Leave it to whoever did it before."""
        if self._installed:
            self._installed = False
            sys.excepthook, threading.excepthook = self._hooks

    def report(self, error: BaseException) -> None:
        """Log an error and show it; Ctrl+C asks the windows to close. From any thread."""
        if isinstance(error, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        _log(error)
        _release(error)
        self._reported.emit(error)

    def _on_exception(
        self, _: type[BaseException], error: BaseException, __: TracebackType | None
    ) -> None:
        self.report(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value)

    def _show(self, error: BaseException) -> None:
        try:
            if self._dialog is not None:
                self._dialog.add(error)
                return
            self._dialog = ErrorDialog(error, _window_on_top())
            self._dialog.destroyed.connect(self._forget)
            self._dialog.finished.connect(self._forget)
            self._dialog.show()
        except Exception as second:  # reported like others it would come back here for ever
            _log(second)

    def _forget(self) -> None:
        self._dialog = None


class ErrorDialog(QDialog):
    """Says that something went wrong, with details to copy. It does not block the window."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(self.tr("Something went wrong"))
        self._count = 1
        heading = QLabel(self.tr("Something went wrong"))
        heading.setProperty("heading", True)
        text = QLabel(self._sentence(error))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        self._more = QLabel()
        self._more.setProperty("muted", True)
        self._more.hide()
        self._details = QPlainTextEdit(details_of(error))
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setMinimumHeight(_DETAILS_HEIGHT)
        self._details.setToolTip(self.tr("What a developer needs to find the cause"))
        self._details.setAccessibleName(self.tr("Details"))
        self._details.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        for widget in (heading, text, self._more):
            layout.addWidget(widget)
        layout.addWidget(self._details, 1)
        layout.addLayout(self._buttons())
        self.setMinimumWidth(_WIDTH)

    @property
    def details(self) -> str:
        """What the button copies."""
        return self._details.toPlainText()

    @property
    def count(self) -> int:
        """How many errors it speaks of."""
        return self._count

    def add(self, error: BaseException) -> None:
        """Count another error; the first few with their details."""
        self._count += 1
        text = self.tr("Errors that have come since: {count}")
        self._more.setText(text.format(count=f"{self._count - 1:,}"))
        if self._more.isHidden():
            self._more.show()
            self.adjustSize()
        if self._count <= _MOST_DETAILED:
            self._details.appendPlainText(f"\n{_traceback(error)}")

    def _buttons(self) -> QHBoxLayout:
        show = button(self.tr("Details"), self.tr("Show what went wrong, for developers"))
        show.setCheckable(True)
        show.toggled.connect(self._show_details)
        copy = button(self.tr("Copy details"), self.tr("Copy the details to the clipboard"))
        copy.clicked.connect(self._copy)
        close = button(self.tr("Close"), self.tr("Go on working"))
        close.setProperty("primary", True)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(show)
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        return row

    def _sentence(self, error: BaseException) -> str:
        if isinstance(error, InputError):
            return message_of(error)
        if isinstance(error, MemoryError):
            return self.tr(
                "There is not enough memory for that. Your work is still there. Close other "
                "programs, or use fewer points."
            )
        return self.tr(
            "This should not have happened. Your work is still there, and you can go on. If it "
            "happens again, copy the details and send them to the developers."
        )

    def _show_details(self, shown: bool) -> None:
        self._details.setVisible(shown)
        self.adjustSize()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details)


def details_of(error: BaseException) -> str:
    """The versions of all that takes part, and the traceback."""
    lines = (
        f"GMM Studio {__version__}",
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}",
        f"Qt {qVersion()}, PySide6 {PySide6.__version__}, {QGuiApplication.platformName()}",
        platform.platform(),
        "",
        _traceback(error),
    )
    return "\n".join(lines)


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).rstrip()


def _log(error: BaseException) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{_traceback(error)}\n")
        sys.stderr.flush()


def _release(error: BaseException) -> None:
    """Let go of what its functions held: a painter that is still active would end the process."""
    link: BaseException | None = error
    while link is not None:
        traceback.clear_frames(link.__traceback__)
        link = link.__context__


def _window_on_top() -> QWidget | None:
    """Which the dialog may not hide behind, nor be blocked by."""
    on_top = QApplication.activeModalWidget() or QApplication.activeWindow()
    shown = (widget for widget in QApplication.topLevelWidgets() if widget.isVisible())
    return on_top or next(shown, None)
