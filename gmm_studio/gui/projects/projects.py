"""What is open and whether it is saved: new, open, save, and that nothing made is ever lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QWidget

from gmm_studio.core.errors import InputError
from gmm_studio.data.generators import generate
from gmm_studio.document import USUAL_K, Document
from gmm_studio.gui.errands import Opened
from gmm_studio.gui.files import Files
from gmm_studio.gui.projects.autosave import Autosave
from gmm_studio.gui.projects.changes import Changes
from gmm_studio.gui.projects.fingerprint import UNKNOWN
from gmm_studio.gui.projects.names import ask_path, name_of, stem_of
from gmm_studio.gui.projects.offer import Offer
from gmm_studio.gui.projects.pictures import Pictures
from gmm_studio.gui.projects.place import Place
from gmm_studio.gui.projects.question import Conflict, Question
from gmm_studio.gui.projects.saving import Save, Saver, Then
from gmm_studio.gui.projects.shelf import Left, data_folder
from gmm_studio.gui.projects.snapshot import Snapshot, records_of
from gmm_studio.gui.projects.viewing import Viewing
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.session import Session
from gmm_studio.gui.style import Style
from gmm_studio.gui.translation import message_of

if TYPE_CHECKING:
    from gmm_studio.project.model import Json

__all__ = ["Projects", "first_document"]

_FIRST_CLOUD = "separated"

_LOOK_MS = 400
"""After the start, for what was left behind: the first picture comes first."""

_SESSION = "session"
"""What the views of our own files hold besides: where the work is saved, and whether all of it."""


def first_document() -> Document:
    """What the program begins with."""
    cloud = generate(_FIRST_CLOUD)
    return Document(cloud, cloud.truth.k if cloud.truth else USUAL_K)


class Projects(QObject):
    """Holds where the session is saved, if it is.

    Signals
    -------
    title_changed(title)
    modified_changed(modified)
    replacing()
        Another session is about to take the place of this one.
    problem(text)
    failed(error)
        Something went wrong that no input explains.
    """

    title_changed = Signal(str)
    modified_changed = Signal(bool)
    replacing = Signal()
    problem = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        viewing: Viewing,
        files: Files,
        settings: QSettings,
        style: Callable[[], Style],
        offer: Offer,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._viewing, self._files = session, viewing, files
        self._settings, self._style, self._window = settings, style, window
        self.path: Path | None = None
        self.question: Question | None = None
        self.conflict: Conflict | None = None
        self.offer = offer
        self.changes = Changes(session, self)
        self.changes.changed.connect(self._on_changed)
        data = data_folder(settings)
        self.pictures = Pictures(data)
        self.saver = Saver(self.pictures, self)
        self.saver.saved.connect(self._on_saved)
        self.saver.failed.connect(self._on_not_saved)
        self.saver.refused.connect(self._on_refused)
        self.saver.crashed.connect(self.failed)
        self.autosave = Autosave(data, self._snapshot, self)
        self.autosave.found.connect(offer.show_lefts)
        self.autosave.failed.connect(self._on_not_kept)
        self._description = ""
        self._has_agreed = self._is_closed = False
        self._left: Left | None = None
        offer.accepted.connect(self._bring_back)
        offer.declined.connect(Left.remove)
        session.opened.connect(self._on_opened)
        files.project_found.connect(session.open_project)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.timeout.connect(self.autosave.look)
        self._look.start(_LOOK_MS)

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be written, or to be looked for."""
        looks = self._look.isActive()
        return looks or self.saver.last is not None or not self.autosave.is_idle

    def show_description(self, text: str) -> None:
        """What the title says of work that has no file yet."""
        self._description = text
        self._show_title()

    def _show_title(self) -> None:
        name = self._description if self.path is None else name_of(self.path)
        # The mark of what is modified stands for itself if it is there twice.
        name = name.replace("[*]", "[*][*]")
        self.title_changed.emit(f"{name}[*] \N{EM DASH} GMM Studio")

    def _on_changed(self) -> None:
        self.modified_changed.emit(self.changes.is_modified)
        if self.changes.has_work:
            self.autosave.touch()

    # Save

    def save(self) -> None:
        """Save where it was saved before, or ask where."""
        self._save()

    def save_as(self) -> None:
        """Ask where to save, and go on there."""
        self._save_elsewhere()

    def save_copy(self) -> None:
        """Ask where to save it as it is now; what is open stays what it is."""
        use = partial(self._write, is_copy=True)
        self._ask_path(self.tr("Save a copy"), use, self.tr("{name} copy"))

    def _save(self, then: Then = None) -> None:
        if self.path is not None:
            self._write(self.path, then=then, is_agreed=False)
        else:
            self._save_elsewhere(then)

    def _save_elsewhere(self, then: Then = None, name: str = "{name}") -> None:
        self._ask_path(self.tr("Save project as"), partial(self._write, then=then), name)

    def _ask_path(self, title: str, use: Callable[[Path], object], name: str = "{name}") -> None:
        if self.path is not None:
            folder, stem = str(self.path.parent), self.path.stem
        else:
            folder = str(self._settings.value("folder", ""))
            stem = stem_of(self._session.document.cloud.name) or self.tr("Untitled")
        ask_path(self._window, title, folder, name.format(name=stem), use)

    def _write(
        self, path: Path, *, then: Then = None, is_copy: bool = False, is_agreed: bool = True
    ) -> None:
        snapshot = Snapshot.of(self._session, self._viewing.take())
        if not is_copy:
            self.changes.begin_saving()
        self.saver.submit(Save(path, snapshot, self._style(), is_copy, then, is_agreed))

    def _on_saved(self, save: Save) -> None:
        self._files.remember(save.path)
        if not save.is_copy:
            self.path = save.path.absolute()
            self._show_title()
            if self.saver.last is None or self.saver.last.is_copy:
                self.changes.end_saving()
        self._session.saved.emit(save.path)
        if save.then is not None:
            save.then()

    def _on_not_saved(self, _: Save, error: Exception) -> None:
        text = self.tr("{problem} Nothing is lost: save it elsewhere (Ctrl+Shift+S).")
        self._complain(text, error)

    def _on_refused(self, save: Save) -> None:
        """Ask once, for all that was to be saved there, what becomes of what others wrote."""
        if self.conflict is not None:
            self.conflict.join(save)
            return
        self.conflict = Conflict(
            save,
            lambda one: self._write(one.path, then=one.then),
            lambda one: self._save_elsewhere(one.then, self.tr("{name} copy")),
            self._window,
        )
        self.conflict.finished.connect(self._on_decided)
        self.conflict.open()

    def _on_decided(self) -> None:
        self.conflict = None

    # Open

    def new(self) -> None:
        """Begin again, with the first screen."""
        self._unless_unsaved(lambda: self._begin_with(first_document()))

    def open_last(self) -> None:
        """Go on where the last window was closed."""
        if self.autosave.last.is_file():
            self._session.open_project(self.autosave.last)
        else:
            self.problem.emit(self.tr("There is no last session yet. Nothing was made before."))

    def _bring_back(self, left: Left) -> None:
        self._left = left
        self._session.open_project(left.path)

    def _on_opened(self, opened: Opened) -> None:
        self._unless_unsaved(lambda: self._take(opened))

    def _take(self, opened: Opened) -> None:
        """Show what was opened; what there was is the last session."""
        project, view = opened.project, dict(opened.project.view)
        left, self._left = self._left, None
        session = view.pop(_SESSION, None)
        records = records_of(project)
        run = None if project.shown is None else records[project.shown]
        path, place = opened.path.absolute(), Place(is_modified=False)
        is_left = left is not None and opened.path == left.path
        # A project that came from others may not say where ours is to be saved.
        is_ours = is_left or opened.path == self.autosave.last
        if is_ours:
            place = Place.of(session)
            self._begin_with(project.document, records, run, view, place.path)
            if place.path is not None:
                self.saver.know(place.path, place.fingerprint)
        else:
            self._begin_with(project.document, records, run, view, path)
            self.saver.know(path, opened.fingerprint or UNKNOWN)
            self._files.remember(path)
            self.saver.paint(path, Snapshot.of(self._session, {}), self._style())
        self.changes.begin(is_unsaved=place.is_modified, has_work=True)
        if is_left and left is not None:
            self.offer.take(left)
            self.autosave.replace(left)

    def _begin_with(
        self,
        document: Document,
        records: Sequence[RunRecord] = (),
        run: RunRecord | None = None,
        view: dict[str, Json] | None = None,
        path: Path | None = None,
    ) -> None:
        if self.changes.has_work:
            self.autosave.retire(self._snapshot())
        self.replacing.emit()
        view = view or {}
        self._viewing.show(view)
        self._session.begin_with(document, records, run)
        self._viewing.show_place(view, document.cloud.d)
        self.path = path
        self._show_title()
        self.changes.begin(is_unsaved=False, has_work=False)

    # Close

    def may_close(self) -> bool:
        """Whether the window may; if not, it is closed once a person agrees."""
        if self._has_agreed:
            return True
        if self.conflict is not None:
            return False
        if self.saver.last is not None and not self.saver.last.is_copy:
            self.saver.last.then = self._window.close
            return False
        if not self.changes.is_modified:
            return True
        self._unless_unsaved(self._close_window)
        return False

    def agree(self) -> None:
        """Let the window close without a question: the last session has all there is."""
        self._has_agreed = True

    def close(self) -> None:
        """Write what is to be written, and wait for it."""
        if self._is_closed:
            return
        self._is_closed = True
        self._look.stop()
        self.changes.close()
        self.saver.close()
        self.offer.close_offers()
        self.autosave.close(self._snapshot() if self.changes.has_work else None)

    def _close_window(self) -> None:
        self._has_agreed = True
        self._window.close()

    def _unless_unsaved(self, go_on: Callable[[], object]) -> None:
        """Go on, once a person has said what becomes of changes that are not saved."""
        if not self.changes.is_modified:
            go_on()
        elif self.question is None and self.conflict is None:
            name = "" if self.path is None else name_of(self.path)
            question = Question(name, lambda: self._save(go_on), go_on, self._window)
            question.finished.connect(self._on_answered)
            self.question = question
            question.open()

    def _on_answered(self) -> None:
        self.question = None

    # Autosave

    def _snapshot(self) -> Snapshot:
        """What is to be kept, with where it is saved and whether all of it."""
        view, path = self._viewing.take(), self.path
        fingerprint = UNKNOWN if path is None else self.saver.fingerprint(path)
        view[_SESSION] = Place(path, fingerprint, self.changes.is_modified).entry
        return Snapshot.of(self._session, view)

    def _on_not_kept(self, error: Exception) -> None:
        text = self.tr("{problem} What you make is not kept safe: save it (Ctrl+S).")
        self._complain(text, error)

    def _complain(self, text: str, error: Exception) -> None:
        if isinstance(error, InputError):
            self.problem.emit(text.format(problem=message_of(error)))
        else:
            self.failed.emit(error)
