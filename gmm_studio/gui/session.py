"""What the window works on: document, runs, the step on show, and the thread that computes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Step, Stop, iterate
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.recipe import Recipe
from gmm_studio.core.scaling import Kind
from gmm_studio.core.starts import Method
from gmm_studio.core.threads import one_blas_thread
from gmm_studio.data.changes import Moved, Stroke, moving, removing
from gmm_studio.document import (
    Document,
    Placed,
    Seed,
    another_start,
    choose_k,
    choose_method,
    edit_start,
    lock_component,
    make_start,
    move_seed,
    new_cloud,
    new_seeds,
    other_points,
    place_seed,
    remove_seed,
    reshape_seed,
    scaled_cloud,
    seeds_of,
    start_from,
    weigh_seed,
)
from gmm_studio.gui.canvas.rendering import Selection
from gmm_studio.gui.drawing.strokes import Stroked, Strokes
from gmm_studio.gui.errands import Errands
from gmm_studio.gui.exporting import Job
from gmm_studio.gui.importing.reading import ReadRequest
from gmm_studio.gui.playback import Playback
from gmm_studio.gui.runs import RunBook, RunRecord
from gmm_studio.gui.store import Store
from gmm_studio.gui.translation import message_of
from gmm_studio.gui.worker import Failed, Finished, Post, Task, Worker

__all__ = ["Session"]

_FRAME_MS = 16


class Session(QObject):
    """Takes what a person asks for, and says when what is on show has changed.

    Signals
    -------
    document_changed(old, new)
    shown_changed()
        Another run, another step of it, more steps, or none.
    problem(text)
        Something could not be done; nothing was changed.
    asked(question)
        Somebody should look at a table before it is read.
    loaded(cloud)
        A cloud came from a file or a generator.
    opened(opened)
        A project was read.
    saved(path)
        A file was written.
    composed(what)
        What `compose` was asked for was made.
    busy_changed()
        Work began or ended.
    selection_changed()
    """

    document_changed = Signal(object, object)
    shown_changed = Signal()
    problem = Signal(str)
    asked = Signal(object)
    loaded = Signal(object)
    opened = Signal(object)
    saved = Signal(object)
    composed = Signal(object)
    busy_changed = Signal()
    selection_changed = Signal()
    unexpected = Signal(object)

    def __init__(self, first: PointCloud | Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if isinstance(first, PointCloud):
            first = Document(first, first.truth.k if first.truth else min(3, first.n))
        self.store = Store(first, self)
        self.store.changed.connect(self._on_document_changed)
        self.runs = RunBook(self)
        self.playback = Playback(self)
        self.playback.moved.connect(self._on_moved)
        self.selection: Selection | None = None
        self._trouble = ""
        self._shown: RunRecord | None = None
        self._fit = Worker("fit", self)
        self._fit.arrived.connect(self._schedule)
        self._errands = Errands(self)
        self._errands.brought.connect(self._on_brought)
        self._errands.asked.connect(self.asked)
        self._errands.scaled.connect(self._on_scaled)
        self._errands.selected.connect(self._on_selected)
        self._errands.opened.connect(self.opened)
        self._errands.saved.connect(self.saved)
        self._errands.composed.connect(self.composed)
        self._errands.failed.connect(self._report)
        self._errands.changed.connect(self.busy_changed)
        self._strokes = Strokes(lambda: self.document.cloud, self)
        self._strokes.done.connect(self._on_stroked)
        self._strokes.failed.connect(self._report)
        self._strokes.changed.connect(self.busy_changed)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self._drain)
        self._play_next = False
        self._growing: RunRecord | None = None
        self._wanted: RunRecord | None = None

    # What is on show

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.store.document

    @property
    def shown(self) -> RunRecord | None:
        """The run on show."""
        return self._shown

    @property
    def step(self) -> Step | None:
        """The step whose mixture is on show."""
        return self._step(self.playback.moment.shape)

    @property
    def colouring(self) -> Step | None:
        """The step whose responsibilities colour the points."""
        colours = self.playback.moment.colours
        return None if colours is None else self._step(colours)

    def _step(self, index: int) -> Step | None:
        if self._shown is None or not self._shown.steps:
            return None
        return self._shown.steps[min(index, len(self._shown.steps) - 1)]

    @property
    def seeds(self) -> tuple[Seed | None, ...]:
        """The means of the start of the run on show, or the seeds placed so far."""
        start = self.document.start
        if isinstance(start, Placed):
            return start.seeds
        if self._shown is not None and self._shown.steps:
            return seeds_of(self._shown.steps[0].mixture)
        return ()

    @property
    def start_mixture(self) -> Mixture | None:
        """The whole start of the document, once it is there."""
        run = self._shown
        if run is not None and run.steps and run.document == self.document:
            return run.steps[0].mixture
        return None

    @property
    def is_computing(self) -> bool:
        """Whether a start or a run is being computed."""
        return self._growing is not None

    @property
    def trouble(self) -> str:
        """Why there is no run of this document and none is computed."""
        return self._trouble

    @property
    def loading(self) -> str:
        """What is being loaded or painted, or nothing."""
        return self._errands.text or self._strokes.text

    @property
    def percent_loaded(self) -> int:
        """How much of it is done; 0 where nobody knows."""
        return self._errands.percent if self._errands.text else 0

    # Edits

    def choose_k(self, k: int) -> None:
        """Another number of components."""
        self._edit(lambda document: choose_k(document, k), self.tr("Components"))

    def choose_method(self, method: Method, random_state: int = 0) -> None:
        """Draw the start by a method."""
        self._edit(lambda document: choose_method(document, method, random_state), self.tr("Start"))

    def another_start(self) -> None:
        """The next draw."""
        self._edit(another_start, self.tr("Another start"))

    def configure(self, configuration: Configuration, text: str) -> None:
        """Another configuration."""
        self._edit(lambda document: replace(document, configuration=configuration), text)

    def place_seed(self, place: Seed) -> None:
        """The next seed; the last one that was missing starts the run."""
        number = (self.document.missing_seed or 0) + 1
        self._edit(
            lambda document: place_seed(document, place),
            self.tr("Place seed {number}").format(number=number),
            play=True,
        )

    def begin_seeds(self) -> None:
        """A new set of seeds, all missing."""
        self._edit(new_seeds, self.tr("New seeds"))

    def move_seed(self, j: int, place: Seed) -> None:
        """Seed j (from 0) elsewhere, and play from there; nothing if the document has none such."""
        seeds, drawn = self.seeds, self.start_mixture
        if j < len(seeds) == self.document.k:
            self._edit(
                lambda document: move_seed(document, seeds, j, place, drawn),
                self.tr("Move seed {number}").format(number=j + 1),
                play=True,
            )

    def set_numbers(self, j: int, place: Seed, weight: float | None) -> None:
        """Seed j (from 0) elsewhere and, unless it is None, with another weight: one edit."""
        seeds, start = self.seeds, self.start_mixture
        if weight is None:
            self.move_seed(j, place)
        elif start is not None and j < start.k:

            def change(document: Document) -> Document:
                weighed = weigh_seed(document, start, j, weight, self.tr("Edited by hand"))
                return weighed if place == seeds[j] else move_seed(weighed, seeds, j, place)

            self._edit(change, self.tr("Numbers of seed {n}").format(n=j + 1), play=True)

    def reshape_seed(self, j: int, covariance: FloatArray) -> None:
        """Another covariance of seed j (from 0), and play from there."""
        start, origin = self.start_mixture, self.tr("Edited by hand")
        if start is not None and j < start.k:
            self._edit(
                lambda document: reshape_seed(document, start, j, covariance, origin),
                self.tr("Shape seed {number}").format(number=j + 1),
                play=True,
            )

    def edit_start(self, mixture: Mixture | None, locked: tuple[int, ...]) -> None:
        """The whole start as it was edited; None if only what is locked was."""
        origin = self.tr("Edited by hand")
        self._edit(
            lambda document: edit_start(document, mixture, locked, origin),
            self.tr("Edit the start"),
            play=mixture is not None,
        )

    def lock_component(self, j: int, locked: bool) -> None:
        """Component j (from 0) keeps its numbers during the run, or does no longer."""
        text = self.tr("Lock component {j}") if locked else self.tr("Unlock component {j}")
        self._edit(lambda document: lock_component(document, j, locked), text.format(j=j + 1))

    def remove_seed(self, j: int) -> None:
        """Seed j (from 0) is missing again; nothing if the document has none such."""
        seeds = self.seeds
        if j < len(seeds) == self.document.k:
            self._edit(
                lambda document: remove_seed(document, seeds, j),
                self.tr("Remove seed {number}").format(number=j + 1),
            )

    def give_up_seeds(self) -> bool:
        """Back to the last complete start; whether there was something to give up."""
        stack = self.store.undo_stack
        if self.document.missing_seed is None or not stack.canUndo():
            return False
        while self.document.missing_seed is not None and stack.canUndo():
            stack.undo()
        return True

    def open_document(self, document: Document) -> None:
        """Another document as a whole, such as one of a run of the atlas; played from its start."""
        if document == self.document:
            self.playback.move_to(0)
            self.playback.play()
        else:
            self._edit(lambda _: document, self.tr("Open a run"), play=True)

    def start_from_shown(self) -> None:
        """The mixture on show becomes the start."""
        step = self.step
        if step is not None and self._shown is not None:
            origin = self.tr("Run {run}, iteration {index}").format(
                run=self._shown.number, index=step.index
            )
            self._edit(
                lambda document: start_from(document, step.mixture, origin),
                self.tr("Start from this step"),
            )

    def _edit(
        self, change: Callable[[Document], Document], text: str, *, play: bool = False
    ) -> None:
        try:
            after = change(self.document)
        except InputError as error:
            self.problem.emit(message_of(error))
            return
        if after == self.document:
            return
        self.store.edit(after, text)
        if play and self._growing is not None:
            self._play_next = True
        elif play and self._shown is not None:
            self.playback.move_to(0)
            self.playback.play()

    # Clouds and files

    def open_file(self, path: Path) -> None:
        """Read a file in the background, without asking anybody."""
        self.read(ReadRequest(path, ask="never"))

    def read(self, request: ReadRequest) -> None:
        """Read a table in the background."""
        self._errands.read(request)

    def generate(self, name: str, n: int, k: int | None, random_state: int) -> None:
        """Draw a cloud in the background."""
        self.make(Recipe(name, n, k, random_state))

    def make(self, recipe: Recipe) -> None:
        """Make a cloud by its recipe, in the background."""
        was = self.document.cloud.recipe
        is_sample = was is not None and not (
            isinstance(recipe.source, str) and recipe.source != was.source
        )
        self._errands.draw(recipe, self.document.cloud.scaling_kind if is_sample else "none")

    def scale(self, kind: Kind) -> None:
        """Scale the axes, in the background."""
        # Where another scaling is under way, even that there is has to be asked for.
        if kind != self.document.cloud.scaling_kind or self._errands.text:
            self._errands.scale(self.document.cloud, kind)

    def redraw(self, cloud: PointCloud) -> None:
        """The points of an edited truth take the place of the old ones; the start stays."""
        document = other_points(self.document, cloud)
        self.store.edit(document, self.tr("Edit the truth"), is_stroke=True)

    def open_project(self, path: Path) -> None:
        """Read a project in the background; `opened` brings it."""
        self._errands.open(path)

    def begin_with(
        self, document: Document, records: Sequence[RunRecord], shown: RunRecord | None
    ) -> None:
        """Another document and other runs in the place of all there was; nothing can be undone."""
        self.cancel()
        self._shown = None
        self.runs.begin_with(records)
        self._wanted = shown
        self.store.begin(document)

    def export(self, job: Job, path: Path) -> None:
        """Write a file in the background."""
        self._errands.save(job, path)

    def compose(self, job: Callable[[Callable[[], bool]], object], text: str) -> None:
        """Make something to be copied in the background; the newest wins."""
        self._errands.compose(job, text)

    def stop_composing(self) -> None:
        """Give up what is made to be copied: something newer is."""
        self._errands.stop_composing()

    def _on_brought(self, cloud: PointCloud) -> None:
        self.store.edit(new_cloud(self.document, cloud), self.tr("New cloud"))
        self.loaded.emit(cloud)

    def _on_scaled(self, before: PointCloud, after: PointCloud) -> None:
        if before is self.document.cloud and after is not before:
            self.store.edit(scaled_cloud(self.document, after), self.tr("Scale the axes"))

    # Painted points

    def paint(self, stroke: Stroke, text: str) -> None:
        """Change some points, in the background; `text` says in the menu what would be undone."""
        self._strokes.submit(stroke, text)

    def begin_drawing(self, points: FloatArray, label: int | None) -> None:
        """A cloud of these points (n, d) alone; they are few, because a person painted them."""
        if len(points):
            labels = None if label is None else np.full(len(points), label)
            old = self.document.cloud
            cloud = PointCloud(points, labels=labels, name=self.tr("Drawing"), columns=old.columns)
            document = new_cloud(self.document, cloud)
            self.store.edit(document, self.tr("Begin a drawing"), is_stroke=True)

    def _on_stroked(self, stroked: Stroked) -> None:
        if stroked.before is not self.document.cloud:
            # Another cloud came in between.
            self._strokes.forget()
            return
        moved = self.selection if isinstance(stroked.change, Moved) else None
        document = other_points(self.document, stroked.after)
        self.store.edit(document, stroked.text, stroked.change, is_stroke=True)
        if moved is not None:
            self.selection = moved
            self.selection_changed.emit()

    # Selected points

    @property
    def selected_count(self) -> int:
        """How many points are selected."""
        return 0 if self.selection is None else int(np.count_nonzero(self.selection))

    def select(self, low: Seed, high: Seed) -> None:
        """Select the points in a box, in the background."""
        self._errands.select(self.document.cloud, low, high)

    def clear_selection(self) -> bool:
        """Select nothing; whether something was selected."""
        had, self.selection = self.selection is not None, None
        if had:
            self.selection_changed.emit()
        return had

    def delete_selection(self) -> None:
        """A cloud without the selected points, in the background."""
        if self.selection is not None:
            self.paint(removing(self.selection), self.tr("Delete points"))

    def move_selection(self, shift: Seed) -> None:
        """The selected points elsewhere, in the background."""
        if self.selection is not None:
            self.paint(moving(self.selection, shift), self.tr("Move points"))

    def _on_selected(self, cloud: PointCloud, selection: Selection | None) -> None:
        if cloud is self.document.cloud:
            self.selection = selection
            self.selection_changed.emit()

    # Runs

    def show_run(self, record: RunRecord) -> None:
        """Show a run again, with the document that it came of, where it was left."""
        if record is not self._shown:
            if self._growing is not None and self._growing.steps:
                self.cancel()
            self._keep_cursor()
            if record.document != self.document:
                self.store.edit(record.document, self.tr("Show run {n}").format(n=record.number))
            if record is not self._shown:
                self._abandon()
                self._show(record)

    def delete_run(self, record: RunRecord) -> None:
        """Forget a run; the one on show stays until another is shown."""
        self.runs.delete(record)

    def start(self) -> None:
        """Compute the first run."""
        self._begin(self.document)

    def cancel(self) -> bool:
        """Give up what is computed or loaded; the steps there are stay. Whether there was any."""
        was = self._errands.cancel() or self._strokes.forget() or self.is_computing
        self._drain()
        record = self._growing
        self._fit.cancel()
        self._growing = None
        self._play_next = False
        if record is not None and record.steps:
            record.stop = Stop("cancelled")
            self._extend(record)
            self.runs.changed.emit()
        elif record is not None:
            self._show(None)
        self.playback.pause()
        self.busy_changed.emit()
        return was

    def close(self) -> None:
        """Cancel everything and wait for the threads."""
        self.playback.pause()
        self._frame.stop()
        self._fit.close()
        self._errands.close()
        self._strokes.close()

    def toggle_play(self) -> None:
        """Play or pause; without a run, compute one first."""
        if self._shown is not None:
            self.playback.toggle()
        elif self.document.missing_seed is None and not self.is_computing:
            self._begin(self.document)
            self._play_next = True

    def _on_document_changed(self, old: Document, new: Document) -> None:
        self._keep_cursor()
        self._trouble = ""
        if new.cloud is not old.cloud:
            self.clear_selection()
        self.document_changed.emit(old, new)
        known, self._wanted = self._wanted or self.runs.ended(new), None
        if known is not None:
            self._abandon()
            self._show(known)
        elif new.missing_seed is None:
            self._begin(new)
        else:
            self._abandon()
            self._show(None)
        self.busy_changed.emit()

    def _keep_cursor(self) -> None:
        if self._shown is not None:
            self._shown.cursor = self.playback.cursor

    def _abandon(self) -> None:
        """The run that is being computed is not wanted any more."""
        self._play_next = False
        self._fit.cancel()
        if self._growing is not None:
            self.runs.remove(self._growing)
            self._growing = None

    def _begin(self, document: Document) -> None:
        self._abandon()
        self._growing = self.runs.begin(document)
        self._fit.submit(_fit_task(document))
        if self._shown is not None and self._shown.cloud is not document.cloud:
            self._show(None)
        self.busy_changed.emit()

    def _show(self, record: RunRecord | None) -> None:
        self._shown = record
        if record is None:
            self.playback.pause()
            self.playback.load(0, 0, ended=True)
        else:
            last = len(record.steps) - 1
            ended = record.stop is not None
            self.playback.load(last, 0 if self._play_next else record.cursor, ended=ended)
            if self._play_next:
                self._play_next = False
                self.playback.play()
        self.shown_changed.emit()

    def _schedule(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _drain(self) -> None:
        """Take the steps that have come, and show them."""
        messages = self._fit.take()
        record = self._growing
        if record is None:
            return
        first = not record.steps
        for _, message in messages:
            if isinstance(message, Step):
                record.steps.append(message)
            elif isinstance(message, Stop):
                record.stop = message
            elif isinstance(message, Failed):
                self._growing = None
                self._refuse(record, message.error)
                return
            elif isinstance(message, Finished):
                self._growing = None
        if first and record.steps:
            self.runs.add(record)
            self._show(record)
        elif record.steps:
            self._extend(record)
        if self._growing is None:
            self.runs.changed.emit()
            self.busy_changed.emit()

    def _extend(self, record: RunRecord) -> None:
        if record is self._shown:
            self.playback.extend(len(record.steps) - 1, ended=record.stop is not None)
            self.shown_changed.emit()

    def _refuse(self, record: RunRecord, error: Exception) -> None:
        """A start that can't be made: undo the edit that asked for it, unless it made the cloud."""
        self._play_next = False
        self.runs.remove(record)
        if record.document == self.document:
            self.store.take_back()
        if record.document == self.document and isinstance(error, InputError):
            self._trouble = message_of(error)
        self._report(error)
        self.shown_changed.emit()
        self.busy_changed.emit()

    def _report(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self.problem.emit(message_of(error))
        else:
            self.unexpected.emit(error)

    def _on_moved(self, _: int) -> None:
        self.shown_changed.emit()


def _fit_task(document: Document) -> Task:
    def work(post: Post, cancelled: Callable[[], bool]) -> None:
        def steps() -> Generator[Step, None, None]:
            start = make_start(document, cancelled)
            iteration = iterate(document.cloud, start, document.configuration, cancelled=cancelled)
            stop = yield from iteration
            post(stop)

        with one_blas_thread:
            for step in steps():
                post(step)

    return work
