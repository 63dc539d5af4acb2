"""The session: every edit has its run, the newest one wins, and undo brings back both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import Step, Stop, fit, iterate
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.starts import seeded_start
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.gui.runs import RunBook, RunRecord
from gmm_studio.gui.session import Session
from gmm_studio.gui.store import Store

SLOW = Configuration(tolerance=0, max_iterations=1_000_000)
"""A run that does not end by itself."""

EDITS: dict[str, Callable[[Session], None]] = {
    "Components": lambda session: session.choose_k(4),
    "Start": lambda session: session.choose_method("k-means"),
    "Another start": lambda session: session.another_start(),
    "Covariance": lambda session: session.configure(Configuration("tied"), "Covariance"),
    "New seeds": lambda session: session.begin_seeds(),
    "Place seed 1": lambda session: session.place_seed((0.5, 0.5)),
    "Move seed 2": lambda session: session.move_seed(1, (0.5, 0.5)),
    "Remove seed 3": lambda session: session.remove_seed(2),
    "Start from this step": lambda session: session.start_from_shown(),
}


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(generate("separated", 300))
    made.start()
    wait(qtbot, made)
    yield made
    made.close()


@pytest.fixture
def problems(session: Session) -> list[str]:
    """What the person was told."""
    told: list[str] = []
    session.problem.connect(told.append)
    return told


def wait(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.is_computing and not session.loading)


def shown(session: Session) -> RunRecord:
    assert session.shown is not None
    return session.shown


def runs(session: Session) -> list[RunRecord]:
    return session.runs.of(session.document.cloud)


def compute_slowly(qtbot: QtBot, session: Session) -> None:
    """Begin a run that does not end by itself, and wait for some of its steps."""
    session.configure(SLOW, "Iterations")
    qtbot.waitUntil(lambda: shown(session).document == session.document)
    qtbot.waitUntil(lambda: len(shown(session).steps) > 20)
    assert session.is_computing


def bring(qtbot: QtBot, session: Session, cloud: PointCloud) -> None:
    session._on_brought(cloud)
    wait(qtbot, session)


def test_the_run_on_show_is_what_the_core_computes(session: Session) -> None:
    run, expected = shown(session), fit(session.document.cloud, 3)
    assert [step.index for step in run.steps] == list(range(len(expected.steps)))
    np.testing.assert_array_equal(
        [step.log_likelihood for step in run.steps],
        [step.log_likelihood for step in expected.steps],
    )
    np.testing.assert_array_equal(run.steps[-1].mixture.means, expected.mixture.means)
    assert run.stop == expected.stop
    assert session.playback.last == expected.iterations
    assert session.playback.cursor == 0, "the start is shown until somebody plays"
    assert session.step is run.steps[0]
    assert runs(session) == [run]


# Edits, undo and redo


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_is_undone_and_redone_with_its_run(
    qtbot: QtBot, session: Session, name: str
) -> None:
    session.playback.move_to(3)
    before, old = session.document, shown(session)
    stack = session.store.undo_stack
    EDITS[name](session)
    assert stack.count() == 1
    assert stack.undoText() == name
    wait(qtbot, session)
    after, new = session.document, session.shown
    assert after != before
    assert new is not old
    assert (new is None) == (after.missing_seed is not None)
    count = len(runs(session))
    stack.undo()
    assert session.document == before
    assert session.shown is old, "at once, for it is there still"
    assert session.playback.cursor == 3, "where it was left"
    assert not session.is_computing
    assert stack.redoText() == name
    stack.redo()
    assert session.document == after
    assert session.shown is new
    assert not session.is_computing
    assert len(runs(session)) == count


def test_many_edits_are_undone_one_by_one(qtbot: QtBot, session: Session) -> None:
    documents, records = [session.document], [session.shown]
    for name in ("Components", "Covariance", "Another start", "Start", "Move seed 2"):
        EDITS[name](session)
        wait(qtbot, session)
        documents.append(session.document)
        records.append(session.shown)
    assert len(set(map(id, records))) == 6
    for document, record in zip(documents[-2::-1], records[-2::-1], strict=True):
        session.store.undo_stack.undo()
        assert session.document == document
        assert session.shown is record
    for document, record in zip(documents[1:], records[1:], strict=True):
        session.store.undo_stack.redo()
        assert session.document == document
        assert session.shown is record


def test_an_edit_that_changes_nothing_is_none(session: Session) -> None:
    session.choose_k(3)
    session.configure(Configuration(), "Covariance")
    session.choose_method("k-means++", 0)
    assert session.store.undo_stack.count() == 0
    assert not session.is_computing


def test_the_same_document_shows_the_run_it_has(qtbot: QtBot, session: Session) -> None:
    old = shown(session)
    session.choose_method("k-means")
    wait(qtbot, session)
    session.choose_method("k-means++")
    assert session.shown is old
    assert not session.is_computing
    assert len(runs(session)) == 2


@pytest.mark.parametrize("k", [0, 301, 1000])
def test_a_refused_number_of_components_changes_nothing(
    session: Session, problems: list[str], k: int
) -> None:
    before = session.document
    session.choose_k(k)
    assert session.document is before
    assert session.store.undo_stack.count() == 0
    assert len(problems) == 1
    assert "from 1 to 100" in problems[0]


def test_equal_seeds_are_refused(session: Session, problems: list[str]) -> None:
    before = session.document
    first = session.seeds[0]
    assert first is not None
    session.move_seed(2, first)
    assert session.document is before
    assert len(problems) == 1
    assert "Seed 1 is there already" in problems[0]
    assert not session.playback.is_playing


# Seeds


def test_the_last_seed_starts_the_run_and_plays_it(qtbot: QtBot, session: Session) -> None:
    session.playback.speed = 1000
    places = [(-2.0, 0.0), (0.0, 2.0), (2.0, 0.0)]
    for j, place in enumerate(places):
        assert not session.is_computing
        session.place_seed(place)
        assert session.document.missing_seed == (j + 1 if j < 2 else None)
    assert session.is_computing
    playing = QSignalSpy(session.playback.playing_changed)
    wait(qtbot, session)
    qtbot.waitUntil(lambda: playing.count() == 2)
    assert session.playback.is_at_end
    np.testing.assert_allclose(shown(session).steps[0].mixture.means, places)


def test_undoing_a_seed_does_not_play(qtbot: QtBot, session: Session) -> None:
    session.place_seed((-2.0, 0.0))
    session.store.undo_stack.undo()
    assert not session.playback.is_playing
    session.another_start()
    wait(qtbot, session)
    assert not session.playback.is_playing


def test_an_unfinished_set_is_given_up_as_a_whole(session: Session) -> None:
    before, run = session.document, session.shown
    assert not session.give_up_seeds()
    session.place_seed((-2.0, 0.0))
    session.place_seed((0.0, 2.0))
    assert session.give_up_seeds()
    assert session.document == before
    assert session.shown is run


def test_a_start_from_a_step_goes_on_from_there(qtbot: QtBot, session: Session) -> None:
    session.playback.move_to(4)
    old = shown(session)
    session.start_from_shown()
    wait(qtbot, session)
    assert session.document.start == Given(old.steps[4].mixture, "Run 1, iteration 4")
    new = shown(session)
    for ours, theirs in zip(new.steps, old.steps[4:], strict=False):
        assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, rel=1e-9)
    assert new.stop == Stop("converged")


def test_seeds_that_do_not_exist_are_neither_moved_nor_removed(session: Session) -> None:
    before = session.document
    session.move_seed(3, (0.0, 0.0))
    session.remove_seed(3)
    assert session.document is before


# Starts that cannot be made


def twins(pairs: int, copies: int) -> PointCloud:
    return PointCloud(np.repeat(np.arange(2.0 * pairs).reshape(pairs, 2), copies, axis=0))


def test_fewer_points_than_components_takes_the_edit_back(
    qtbot: QtBot, session: Session, problems: list[str]
) -> None:
    bring(qtbot, session, twins(3, 20))
    before, run, count = session.document, shown(session), session.store.undo_stack.count()
    session.choose_k(4)
    wait(qtbot, session)
    assert problems == ["4 components need 4 different points; there are 3."]
    assert session.document == before
    assert session.shown is run
    assert session.store.undo_stack.count() == count
    assert not session.store.undo_stack.canRedo()
    assert session.trouble == ""


@pytest.mark.parametrize("n", [2, 50])
def test_a_cloud_of_equal_points_says_why_there_is_no_run(
    qtbot: QtBot, session: Session, problems: list[str], n: int
) -> None:
    before, cloud = session.document, PointCloud(np.full((n, 2), 3.5))
    bring(qtbot, session, cloud)
    assert session.document.cloud is cloud
    assert session.shown is None
    assert len(problems) == 1
    assert session.trouble == problems[0]
    assert "different points" in session.trouble
    session.toggle_play()
    wait(qtbot, session)
    assert len(problems) == 2, "Space tries again, and says it again"
    session.store.undo_stack.undo()
    assert session.document == before
    assert session.shown is not None
    assert session.trouble == ""


def test_a_single_point_is_no_disaster(qtbot: QtBot, session: Session, problems: list[str]) -> None:
    bring(qtbot, session, PointCloud([[1.0, 2.0]]))
    assert session.document.k == 1
    assert len(problems) == 1
    assert session.shown is None
    bring(qtbot, session, generate("ring", 100))
    assert session.shown is not None
    assert session.document.k == 1


def test_an_error_of_the_program_itself_is_reported_elsewhere(
    qtbot: QtBot, session: Session, problems: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Mixture:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("gmm_studio.gui.session.make_start", fail)
    before, run = session.document, session.shown
    with qtbot.waitSignal(session.unexpected) as unexpected:
        session.another_start()
    assert isinstance(unexpected.args[0], ZeroDivisionError)
    assert problems == []
    assert session.document == before
    assert session.shown is run


# Computing


def test_the_newest_edit_wins(qtbot: QtBot, session: Session) -> None:
    for _ in range(30):
        session.another_start()
    wait(qtbot, session)
    assert session.document.start == Drawn("k-means++", 30)
    assert shown(session).document == session.document
    assert all(run.stop is not None for run in runs(session))


def test_a_drag_of_many_moves_keeps_the_last_run_only(qtbot: QtBot, session: Session) -> None:
    session.configure(replace(SLOW, max_iterations=20_000), "Iterations")
    for i in range(10):
        session.move_seed(0, (0.1 * i, 0.2))
        qtbot.wait(10)
    session.configure(Configuration(), "Iterations")
    wait(qtbot, session)
    assert len(runs(session)) == 2, "the first run and the last one"
    assert shown(session).document == session.document


def test_cancelling_keeps_the_steps_there_are(qtbot: QtBot, session: Session) -> None:
    compute_slowly(qtbot, session)
    assert session.cancel()
    assert not session.is_computing
    run = shown(session)
    count = len(run.steps)
    assert run.stop == Stop("cancelled")
    assert session.playback.last == count - 1
    assert run in runs(session)
    qtbot.wait(50)
    assert len(run.steps) == count, "nothing comes after"
    assert not session.cancel(), "there is nothing more to cancel"


def test_a_cancelled_run_is_made_again_when_its_document_comes_back(
    qtbot: QtBot, session: Session
) -> None:
    compute_slowly(qtbot, session)
    session.cancel()
    cancelled = shown(session)
    session.store.undo_stack.undo()
    session.store.undo_stack.redo()
    assert session.is_computing
    session.show_run(cancelled)
    assert session.shown is cancelled
    assert not session.is_computing
    assert cancelled.document == session.document


def test_cancelling_before_there_is_a_start_shows_no_run_of_another_document(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, never = threading.Event(), threading.Event()

    def wait_for_ever(_: Document, cancelled: Callable[[], bool]) -> Mixture:
        began.set()
        while not cancelled():
            never.wait(0.001)
        raise Cancelled

    with monkeypatch.context() as patch:
        patch.setattr("gmm_studio.gui.session.make_start", wait_for_ever)
        session.choose_k(5)
        qtbot.waitUntil(began.is_set)
        assert session.cancel()
    assert session.shown is None
    assert session.document.k == 5
    session.toggle_play()
    wait(qtbot, session)
    assert shown(session).document == session.document
    assert session.playback.is_playing


def test_steps_come_in_large_handfuls(qtbot: QtBot, session: Session) -> None:
    """A signal for each of the steps would keep the window busy long after they were made."""
    heard = QSignalSpy(session.shown_changed)
    session.configure(Configuration(tolerance=0, max_iterations=2_000), "Iterations")
    wait(qtbot, session)
    run = shown(session)
    assert [step.index for step in run.steps] == list(range(2_001))
    assert run.stop == Stop("iteration_limit")
    assert heard.count() < 600


def test_playing_waits_for_steps_that_are_computed(qtbot: QtBot, session: Session) -> None:
    session.playback.speed = 100_000
    compute_slowly(qtbot, session)
    session.toggle_play()
    qtbot.waitUntil(lambda: session.playback.cursor > 20)
    session.cancel()
    assert not session.playback.is_playing


def test_no_iteration_at_all_is_a_run_of_one_step(qtbot: QtBot, session: Session) -> None:
    session.configure(Configuration(max_iterations=0), "Iterations")
    wait(qtbot, session)
    assert len(shown(session).steps) == 1
    assert session.playback.is_at_end


def test_closing_while_it_computes_and_loads(qtbot: QtBot) -> None:
    session = Session(generate("separated", 20_000))
    session.store.edit(replace(session.document, configuration=SLOW), "Iterations")
    qtbot.waitUntil(lambda: session.shown is not None)
    session.generate("grid", 200_000, None, 1)
    session.close()
    at_work = {thread.name for thread in threading.enumerate()}
    assert not {name for name in at_work if name.startswith("gmm-") and "kernel" not in name}


# Clouds and files


def test_a_file_is_read_in_the_background(qtbot: QtBot, session: Session, faithful: Path) -> None:
    before = session.document
    with qtbot.waitSignal(session.loaded) as loaded:
        session.open_file(faithful)
        assert session.loading == "Reading faithful.csv"
        assert session.document is before
    wait(qtbot, session)
    assert session.loading == ""
    assert loaded.args == [session.document.cloud]
    assert session.document.cloud.n == 272
    assert shown(session).cloud is session.document.cloud
    session.store.undo_stack.undo()
    assert session.document == before


def test_a_bad_file_is_a_problem_and_changes_nothing(
    qtbot: QtBot, session: Session, problems: list[str], tmp_path: Path
) -> None:
    before = session.document
    path = tmp_path / "bad.csv"
    path.write_text("x,y\n1,2\n3,four\n")
    session.open_file(path)
    wait(qtbot, session)
    assert problems == ["bad.csv, line 3, column 2 (y): four is not a number."]
    assert session.document is before
    session.open_file(tmp_path / "absent.csv")
    wait(qtbot, session)
    assert "There is no file" in problems[1]


def test_loading_can_be_given_up(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("x,y\n" + "1.5,2.5\n" * 400_000)
    before = session.document
    session.open_file(path)
    assert session.cancel()
    assert session.loading == ""
    assert session.document is before
    session.generate("ring", 20, None, 0)
    wait(qtbot, session)
    assert session.document.cloud.name == "Ring"
    assert session.store.undo_stack.count() == 1, "what was given up never came"


def test_deleting_points_keeps_what_is_known_of_the_others(qtbot: QtBot, session: Session) -> None:
    cloud = PointCloud(
        [(0, 0), (1, 0), (0, 1), (5, 5), (6, 5), (5, 6)],
        weights=[1, 2, 3, 4, 5, 6],
        labels=[0, 0, 0, 1, 1, 1],
        name="Own",
        columns=("width", "height"),
    )
    bring(qtbot, session, cloud)
    session.select((4.5, 4.5), (5.5, 5.5))
    qtbot.waitUntil(lambda: session.selection is not None)
    assert session.selected_count == 1
    session.delete_selection()
    qtbot.waitUntil(lambda: session.document.cloud is not cloud)
    wait(qtbot, session)
    rest = session.document.cloud
    assert rest.points.tolist() == [[0, 0], [1, 0], [0, 1], [6, 5], [5, 6]]
    assert rest.weights is not None
    assert rest.weights.tolist() == [1, 2, 3, 5, 6]
    assert rest.labels is not None
    assert rest.labels.tolist() == [0, 0, 0, 1, 1]
    assert (rest.name, rest.columns) == ("Own", ("width", "height"))
    assert session.selection is None


def test_a_selection_belongs_to_its_cloud(qtbot: QtBot, session: Session) -> None:
    session.select((-9, -9), (0, 9))
    qtbot.waitUntil(lambda: session.selection is not None)
    bring(qtbot, session, generate("ring", 50))
    assert session.selection is None
    session.delete_selection()
    assert session.document.cloud.n == 50


def test_a_job_writes_a_file_and_its_failure_is_told(
    qtbot: QtBot, session: Session, problems: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "out.txt"

    def write(_: Callable[[], bool]) -> None:
        path.write_text("done")

    with qtbot.waitSignal(session.saved) as saved:
        session.export(write, path)
        assert session.loading == "Saving out.txt"
    assert saved.args == [path]
    assert path.read_text() == "done"

    def fail(_: Callable[[], bool]) -> None:
        raise InputError("The disk is full.")

    wait(qtbot, session)
    session.export(fail, path)
    wait(qtbot, session)
    assert problems == ["The disk is full."]


def test_a_file_is_saved_whatever_else_is_asked_for(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    go, path = threading.Event(), tmp_path / "out.txt"

    began = threading.Event()

    def write(cancelled: Callable[[], bool]) -> None:
        began.set()
        assert go.wait(20)
        if not cancelled():
            path.write_text("done")

    saved = QSignalSpy(session.saved)
    session.export(write, path)
    assert began.wait(20)
    session.export(lambda _: None, tmp_path / "other.txt")
    session.generate("ring", 20, None, 0)
    qtbot.waitUntil(lambda: session.document.cloud.name == "Ring")
    go.set()
    wait(qtbot, session)
    assert path.read_text() == "done"
    assert [saved.at(i) for i in range(saved.count())] == [[path], [tmp_path / "other.txt"]]


# Earlier runs


def test_showing_another_run_keeps_the_steps_of_the_one_that_grows(
    qtbot: QtBot, session: Session
) -> None:
    first = shown(session)
    compute_slowly(qtbot, session)
    growing = shown(session)
    session.show_run(first)
    assert session.shown is first
    assert not session.is_computing
    assert growing in runs(session)
    assert growing.stop == Stop("cancelled")


def test_an_earlier_run_is_shown_with_its_document_where_it_was_left(
    qtbot: QtBot, session: Session
) -> None:
    first, document = shown(session), session.document
    session.playback.move_to(2)
    session.choose_k(5)
    wait(qtbot, session)
    second = shown(session)
    session.playback.move_to(4)
    session.show_run(first)
    assert session.shown is first
    assert session.document == document
    assert session.playback.cursor == 2
    assert session.store.undo_stack.undoText() == "Show run 1"
    session.playback.move_to(1)
    session.show_run(second)
    assert session.playback.cursor == 4
    session.show_run(first)
    assert session.playback.cursor == 1


def test_runs_belong_to_a_cloud(qtbot: QtBot, session: Session) -> None:
    first, cloud = shown(session), session.document.cloud
    bring(qtbot, session, generate("ring", 60))
    assert [run.number for run in runs(session)] == [1]
    assert runs(session) != [first]
    assert session.runs.of(cloud) == [first]


def test_deleting_the_run_on_show_leaves_it_there(session: Session) -> None:
    run = shown(session)
    session.delete_run(run)
    assert runs(session) == []
    assert session.shown is run


# The list of runs by itself


def record(document: Document, log_likelihood: float, number: int = 0) -> RunRecord:
    mixture = seeded_start(document.cloud, document.cloud.points[: document.k])
    return RunRecord(number, document, [Step(0, mixture, log_likelihood)], Stop("converged"))


@pytest.fixture
def book(qtbot: QtBot) -> RunBook:
    return RunBook()


@pytest.fixture
def document() -> Document:
    return Document(generate("separated", 50), 3)


def test_below_best_compares_runs_of_one_model_alone(book: RunBook, document: Document) -> None:
    made = [record(document, value) for value in (-20.0, -10.0, -15.0)]
    other_k = record(replace(document, k=2), -5.0)
    tied = record(replace(document, configuration=Configuration("tied")), -4.0)
    other_cloud = record(Document(generate("separated", 50), 3), -3.0)
    for one in (*made, other_k, tied, other_cloud):
        book.add(one)
    assert [book.below_best(one) for one in made] == [10, 0, 5]
    assert [book.below_best(one) for one in (other_k, tied, other_cloud)] == [0, 0, 0]


def test_runs_are_numbered_for_each_cloud(book: RunBook, document: Document) -> None:
    other = Document(generate("ring", 50), 3)
    for which in (document, document, other, document):
        book.add(record(which, -1.0))
    assert [one.number for one in book.of(document.cloud)] == [1, 2, 3]
    assert [one.number for one in book.of(other.cloud)] == [1]


def test_names_pins_and_removal_are_told(book: RunBook, document: Document) -> None:
    changed = QSignalSpy(book.changed)
    one = record(document, -1.0)
    book.add(one)
    book.rename(one, "  good ")
    book.pin(one, True)
    assert (one.name, one.pinned, changed.count()) == ("good", True, 3)
    book.remove(one)
    book.remove(one)
    assert changed.count() == 4


def test_the_oldest_unpinned_run_makes_room(book: RunBook, document: Document) -> None:
    first, second = record(document, -1.0), record(document, -1.0)
    for one in (first, second):
        book.add(one)
    book.pin(first, True)
    for _ in range(200):
        book.add(record(document, -1.0))
    left = book.of(document.cloud)
    assert len(left) == 201
    assert left[0] is first
    assert second not in left


def test_a_cancelled_run_is_not_the_run_of_a_document(book: RunBook, document: Document) -> None:
    one = record(document, -1.0)
    one.stop = Stop("cancelled")
    book.add(one)
    assert book.ended(document) is None
    two = record(document, -1.0)
    book.add(two)
    assert book.ended(Document(document.cloud, 3)) is two


# The store by itself


def test_a_taken_back_edit_is_forgotten(qtbot: QtBot, document: Document) -> None:
    parent = QObject()
    store = Store(document, parent)
    changed = QSignalSpy(store.changed)
    store.edit(replace(document, k=4), "Components")
    store.edit(replace(document, k=5), "Components")
    store.take_back()
    assert store.document.k == 4
    assert store.undo_stack.count() == 1
    assert not store.undo_stack.canRedo()
    assert changed.count() == 3
    assert changed.at(2)[0].k == 5
    store.undo_stack.undo()
    store.take_back()
    assert store.document == document


def test_another_cloud_is_not_taken_back(qtbot: QtBot, document: Document) -> None:
    parent = QObject()
    store = Store(document, parent)
    cloud = generate("ring", 20)
    store.edit(replace(document, cloud=cloud), "New cloud")
    store.take_back()
    assert store.document.cloud is cloud


def test_a_placed_start_is_iterated_as_the_core_does(qtbot: QtBot, session: Session) -> None:
    seeds = ((-2.0, 0.5), (0.5, 2.0), (2.0, -1.0))
    session.store.edit(replace(session.document, start=Placed(seeds)), "Seeds")
    wait(qtbot, session)
    cloud = session.document.cloud
    steps = list(iterate(cloud, seeded_start(cloud, list(seeds))))
    assert shown(session).log_likelihood == steps[-1].log_likelihood
    assert len(shown(session).steps) == len(steps)
