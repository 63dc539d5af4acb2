"""Which clouds a person brings in: files, recent files, generators, drops, what was copied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.source import NO_COLUMN, ReadOptions
from gmm_studio.gui.importing.memory import Memory
from gmm_studio.gui.importing.reading import Question, ReadRequest
from gmm_studio.gui.paths import path_of_text, path_of_url, text_of_path
from gmm_studio.gui.session import Session
from gmm_studio.lessons.reading import is_lesson

if TYPE_CHECKING:
    from gmm_studio.gui.dialogs.import_dialog import ImportDialog

__all__ = ["PROJECT", "Files", "generator_of", "paths_of"]

_MOST_RECENT = 8
PROJECT = ".gmmstudio"
"""How the names of projects end."""

_TABLES = "*.csv *.tsv *.txt *.dat *.data *.gz *.npy *.npz *.json *.parquet *.xlsx *.xls *.ods"
_ENDINGS = f"*{PROJECT} {_TABLES}"


def generator_of(cloud: PointCloud) -> str | None:
    """The generator that the cloud was made by."""
    source = cloud.recipe.source if cloud.recipe is not None else None
    return source if isinstance(source, str) else None


class Files(QObject):
    """Opens what is asked for and remembers what was opened.

    Signals
    -------
    recent_changed(paths)
    lesson_found(path)
        A file that was to be opened is a lesson.
    project_found(path)
        It is a project.
    problem(text)
        Nothing could be opened, and why.
    """

    recent_changed = Signal(object)
    lesson_found = Signal(object)
    project_found = Signal(object)
    problem = Signal(str)

    def __init__(self, session: Session, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window
        self._memory = Memory(settings)
        self._dialog: ImportDialog | None = None
        session.loaded.connect(self._on_loaded)
        session.asked.connect(self._ask)

    @property
    def recent(self) -> list[Path]:
        """The files that were opened last, the newest first."""
        value = self._settings.value("recent", [])
        names = value if isinstance(value, list) else [value]
        return [path_of_text(str(name)) for name in names if name]

    def open(self, path: Path) -> None:
        """Read a file of points and show it; projects and lessons are for others to open."""
        from gmm_studio.project import is_project

        if is_project(path):
            self.project_found.emit(path)
        elif is_lesson(path):
            self.lesson_found.emit(path)
        else:
            self._session.read(ReadRequest(path, self._memory.get(path) or ReadOptions()))

    def open_with_options(self, path: Path) -> None:
        """Ask how to read a file."""
        options = self._memory.get(path) or ReadOptions()
        self._session.read(ReadRequest(path, options, ask="always"))

    def paste(self) -> None:
        """Take the points that were copied."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, content: QMimeData) -> None:
        """Take what was copied or dropped: the first file, or else the points in the text."""
        paths = paths_of(content)
        if paths:
            self.open(paths[0])
        elif content.hasText() and content.text().strip():
            self._session.read(ReadRequest(content.text()))
        else:
            self.problem.emit(
                self.tr("Nothing was copied that holds points. Copy numbers or rows of a table.")
            )

    def close(self) -> None:
        """Close what looks into a file."""
        if self._dialog is not None:
            self._dialog.reject()

    def choose(self, *, with_options: bool = False) -> None:
        """Let a person choose a file."""
        folder = str(self._settings.value("folder", ""))
        dialog = QFileDialog(self._window, self.tr("Open"), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                self.tr("Projects and tables ({endings})").format(endings=_ENDINGS),
                self.tr("All files (*)"),
            ]
        )
        opens = self.open_with_options if with_options else self.open
        dialog.fileSelected.connect(lambda name: opens(Path(name)))
        dialog.open()

    def use_columns(self, columns: tuple[str, ...]) -> None:
        """Read the file of the cloud again, as before, for other columns."""
        cloud = self._session.document.cloud
        if cloud.source is None:
            return
        options = cloud.source.options
        options = replace(
            options,
            columns=columns,
            label=NO_COLUMN if options.label in columns else options.label,
            weight=NO_COLUMN if options.weight in columns else options.weight,
        )
        self._session.read(ReadRequest(cloud.source.path, options, "rows", cloud.scaling_kind))

    def generate(self, name: str, n: int) -> None:
        """Draw a cloud: as the one on show was made, if only its size is to be another."""
        cloud = self._session.document.cloud
        was = cloud.recipe
        if was is not None and was.source == name and cloud.n != n:
            self._session.make(replace(was, n=n))
        else:
            random_state = 0 if was is None else was.random_state
            self._session.make(Recipe(name, n, random_state=random_state))

    def new_sample(self) -> None:
        """Draw other points from the same source."""
        cloud = self._session.document.cloud
        if cloud.recipe is not None:
            next_state = (cloud.recipe.random_state + 1) % 2**32
            self._session.make(replace(cloud.recipe, n=cloud.n_points, random_state=next_state))

    def _ask(self, question: Question) -> None:
        """Show how a table would be read, and read it as a person says."""
        self.close()
        from gmm_studio.gui.dialogs.import_dialog import ImportDialog

        dialog = ImportDialog(question, self._window)
        dialog.accepted_options.connect(lambda options: self._on_answered(question, options))
        dialog.failed.connect(self._session.unexpected)
        dialog.finished.connect(self._on_asked)
        self._dialog = dialog
        dialog.open()

    def _on_answered(self, question: Question, options: ReadOptions) -> None:
        source = question.request.source
        if isinstance(source, Path):
            self._memory.put(source, options)
        self._session.read(question.request.answered(options))

    def _on_asked(self) -> None:
        self._dialog = None

    def _on_loaded(self, cloud: PointCloud) -> None:
        if cloud.source is None:
            return
        self.remember(cloud.source.path)

    def remember(self, path: Path) -> None:
        """List a file as the one that was opened last."""
        path = path.absolute()
        self._settings.setValue("folder", str(path.parent))
        recent = [path, *(other for other in self.recent if other != path)][:_MOST_RECENT]
        self._settings.setValue("recent", [text_of_path(other) for other in recent])
        self.recent_changed.emit(recent)


def paths_of(content: QMimeData) -> list[Path]:
    """The files of this machine that were copied or dragged."""
    return [path_of_url(url) for url in content.urls() if url.isLocalFile()]
