"""Which clouds a person brings in: files, recent files, generators, drops."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.data.generators import GENERATORS
from gmm_studio.gui.session import Session

__all__ = ["Files", "generator_of"]

_MOST_RECENT = 8


def generator_of(cloud: PointCloud) -> str | None:
    """The generator whose title the cloud bears."""
    if cloud.source is not None:
        return None
    return next((name for name, made in GENERATORS.items() if made.title == cloud.name), None)


class Files(QObject):
    """Opens what is asked for and remembers what was opened."""

    recent_changed = Signal(object)

    def __init__(self, session: Session, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window
        self._samples = 0
        session.loaded.connect(self._on_loaded)

    @property
    def recent(self) -> list[Path]:
        """The files that were opened last, the newest first."""
        value = self._settings.value("recent", [])
        names = value if isinstance(value, list) else [value]
        return [Path(str(name)) for name in names if name]

    def open(self, path: Path) -> None:
        """Read a file of points and show it."""
        self._session.open_file(path)

    def choose(self) -> None:
        """Let a person choose a file."""
        folder = str(self._settings.value("folder", ""))
        dialog = QFileDialog(self._window, self.tr("Open points"), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Tables (*.csv *.tsv *.txt *.dat *.data)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def use_columns(self, columns: tuple[str, ...]) -> None:
        """Read the file of the cloud again, for other columns."""
        source = self._session.document.cloud.source
        if source is not None:
            self._session.open_file(source.path, columns)

    def generate(self, name: str, n: int) -> None:
        """Draw a cloud."""
        self._session.generate(name, n, None, self._samples)

    def new_sample(self) -> None:
        """Draw other points from the same source."""
        cloud = self._session.document.cloud
        name = generator_of(cloud)
        if name is not None:
            self._samples += 1
            self.generate(name, cloud.n)

    def _on_chosen(self, name: str) -> None:
        self.open(Path(name))

    def _on_loaded(self, cloud: PointCloud) -> None:
        if cloud.source is None:
            return
        path = cloud.source.path.absolute()
        self._settings.setValue("folder", str(path.parent))
        recent = [path, *(other for other in self.recent if other != path)][:_MOST_RECENT]
        self._settings.setValue("recent", [str(other) for other in recent])
        self.recent_changed.emit(recent)
