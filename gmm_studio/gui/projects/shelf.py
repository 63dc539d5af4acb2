"""Where work is kept that nobody has saved: a folder for each window, and the last session."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QSettings, QStandardPaths

from gmm_studio.core.errors import InputError
from gmm_studio.core.kernel import never
from gmm_studio.gui.projects.snapshot import Snapshot

__all__ = ["Left", "Shelf", "abandoned", "data_folder"]

_PROGRAM = "GMM Studio"
_SESSIONS = "sessions"
_FILE = "session.gmmstudio"
_LAST = "last.gmmstudio"


def data_folder(settings: QSettings) -> Path:
    """Where the program keeps its data: that of the person, or beside settings in another place."""
    if settings.format() == QSettings.Format.NativeFormat:
        # Not that of the application, which is another one where `explore` is called.
        place = QStandardPaths.StandardLocation.GenericDataLocation
        return Path(QStandardPaths.writableLocation(place)) / _PROGRAM
    path = Path(settings.fileName())
    return path.with_name(f"{path.stem}-data")


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """What a window left behind that ended without being closed; locked for who holds this.

    Attributes
    ----------
    path : Path
        The project.
    time : float
        When it was written, in seconds since 1970.
    lock : QLockFile
    """

    path: Path
    time: float
    lock: QLockFile

    def remove(self) -> None:
        """Nobody wants it any more."""
        shutil.rmtree(self.path.parent, ignore_errors=True)
        self.lock.unlock()

    def release(self) -> None:
        """Leave it for another time."""
        self.lock.unlock()


class Shelf:
    """The folder of one window, made once it is needed. For one thread at a time.

    It is locked as long as the window lives; the lock of a process that is gone counts for nothing.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._folder: Path | None = None
        self._lock: QLockFile | None = None

    @property
    def last(self) -> Path:
        """Where the last session of any window is."""
        return self._data / _LAST

    def keep(self, snapshot: Snapshot, cancelled: Callable[[], bool] = never) -> None:
        """Write what there is now, in the place of what was kept before.

        Raises
        ------
        InputError
            When it cannot be written, with the reason.
        Cancelled
            When `cancelled` returned true.
        """
        from gmm_studio.project import write_project

        write_project(snapshot.project(), self._own() / _FILE, cancelled)

    def retire(self, snapshot: Snapshot) -> None:
        """Write what there is now as the last session, and give up the folder.

        Raises
        ------
        InputError
            When it cannot be written; what was kept before is there still.
        """
        self.keep(snapshot)
        try:
            os.replace(self._own() / _FILE, self.last)
        except OSError as error:
            raise _unwritable(self.last, error) from error
        self.clear()

    def clear(self) -> None:
        """Keep nothing."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.unlock()
        self._folder = self._lock = None

    def _own(self) -> Path:
        """The folder; the lock is there before it, so that nobody takes it for left behind."""
        folder = self._folder or self._data / _SESSIONS / secrets.token_hex(8)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            if self._lock is None:
                lock = _lock_of(folder)
                if not lock.tryLock(0):
                    raise InputError(
                        "{path} cannot be written: there is no permission to.", path=folder.parent
                    )
                self._lock = lock
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _unwritable(folder.parent, error) from error
        self._folder = folder
        return folder


def abandoned(data: Path) -> list[Left]:
    """What windows left behind whose program is gone, the newest first.

    Folders with nothing in them are removed, as are files that were being written.
    """
    try:
        folders = [path for path in (data / _SESSIONS).iterdir() if path.is_dir()]
    except OSError:
        return []
    found = [left for folder in folders if (left := _left_in(folder)) is not None]
    return sorted(found, key=lambda left: left.time, reverse=True)


def _left_in(folder: Path) -> Left | None:
    lock = _lock_of(folder)
    if not lock.tryLock(0):
        return None
    with suppress(OSError):
        for path in folder.glob(".*.tmp"):
            path.unlink()
    path = folder / _FILE
    try:
        return Left(path, path.stat().st_mtime, lock)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlock()
        return None


def _lock_of(folder: Path) -> QLockFile:
    lock = QLockFile(f"{folder}.lock")
    # However long a window lives: only a process that is gone lets go.
    lock.setStaleLockTime(0)
    return lock


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        "{path} cannot be written: {reason}.", path=path, reason=error.strerror or error
    )
