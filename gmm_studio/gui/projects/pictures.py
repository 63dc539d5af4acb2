"""The small pictures of projects that the menu of recent files shows."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from PySide6.QtGui import QIcon, QPixmap

from gmm_studio.gui.laboratory.optimum_picture import Artist, Frame
from gmm_studio.gui.projects.snapshot import Snapshot
from gmm_studio.gui.style import Style

__all__ = ["SIDE", "Pictures"]

SIDE = 64
"""In logical pixels at the usual size of the interface."""

_RATIO = 2.0
_MOST = 32


class Pictures:
    """A folder of pictures, each under a name that comes of the project's path."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "pictures"

    def paint(self, path: Path, snapshot: Snapshot, style: Style) -> None:
        """Paint what a project shows; for a worker. A project that shows no run has no picture."""
        picture = snapshot.picture
        if picture is None:
            return
        cloud, mixture = picture
        image = Artist().paint(cloud, mixture, Frame(SIDE, SIDE, _RATIO, style))
        # A picture that cannot be kept is none.
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            target = self._file(path)
            written = target.with_name(f"{secrets.token_hex(8)}.part.png")
            if image.save(str(written)):
                os.replace(written, target)
            self._forget_oldest()

    def icon(self, path: Path) -> QIcon:
        """The picture of a project; nothing if there is none."""
        return QIcon(QPixmap(str(self._file(path))))

    def _file(self, path: Path) -> Path:
        name = hashlib.sha256(str(path).encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / f"{name[:32]}.png"

    def _forget_oldest(self) -> None:
        files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)
        for file in files[:-_MOST]:
            file.unlink()
