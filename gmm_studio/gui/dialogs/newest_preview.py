"""A preview that a worker makes: the newest wins; what cannot be made leaves the last, paler."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmm_studio.core.errors import InputError
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Task, Worker

__all__ = ["NewestPreview"]

_PALER = 0.35


class NewestPreview(QWidget):
    """Shows the newest thing it was asked for; older ones are given up.

    Parameters
    ----------
    thread : str
        What to call the thread that makes it.
    parent : QWidget, optional

    Signals
    -------
    refused(text)
        It cannot be made, and what to do; what was shown before stays, paler.
    failed(error)
    """

    refused = Signal(str)
    failed = Signal(object)

    def __init__(self, thread: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Preview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._is_refused = False
        self._worker = Worker(thread, self)
        self._worker.arrived.connect(self._on_arrived)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.timeout.connect(self._ask)

    @property
    def is_idle(self) -> bool:
        """Whether it shows what it was asked for."""
        return not self._frame.isActive() and not self._worker.busy

    @property
    def opacity(self) -> float:
        """Of what it shows."""
        return _PALER if self._is_refused else 1.0

    def task(self) -> Task | None:
        """The work that makes what is to be shown in the size there is; None for nothing."""
        raise NotImplementedError

    def take(self, message: object) -> bool:
        """Show what the work has posted; whether it was that."""
        raise NotImplementedError

    def ask(self) -> None:
        """Something else is to be shown, as soon as it is made."""
        self._frame.start()

    def refuse(self) -> None:
        """What is asked for cannot be made."""
        self._is_refused = True
        self._frame.stop()
        self._worker.cancel()
        self.update()

    def finish(self) -> None:
        """Show nothing more, and wait for the thread."""
        self._frame.stop()
        self._worker.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show the same in another size."""
        super().resizeEvent(event)
        self.ask()

    def _ask(self) -> None:
        task = self.task()
        if task is not None:
            self._worker.submit(task)

    def _on_arrived(self) -> None:
        for _, message in self._worker.take():
            if self.take(message):
                self._is_refused = False
            elif isinstance(message, Failed) and isinstance(message.error, InputError):
                self._is_refused = True
                self.refused.emit(message_of(message.error))
            elif isinstance(message, Failed):
                self.failed.emit(message.error)
        self.update()
