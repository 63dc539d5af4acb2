"""The worker: the newest task wins, and however much it says, the window is woken once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from gmm_studio.core.errors import Cancelled
from gmm_studio.gui.worker import Failed, Finished, Post, Task, Worker

PATIENCE = 120.0


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    made = Worker("test")
    yield made
    made.close()


class Gate:
    """A task that says when it has begun, and ends when it is let go."""

    def __init__(self, name: str, *, obeys: bool = False) -> None:
        self.name, self.obeys = name, obeys
        self.begun, self.go, self.ended = (threading.Event() for _ in range(3))

    def __call__(self, post: Post, cancelled: Callable[[], bool]) -> None:
        self.begun.set()
        while not self.go.wait(0.001):
            if self.obeys and cancelled():
                self.ended.set()
                raise Cancelled
        post(self.name)
        self.ended.set()


def saying(*messages: object) -> Task:
    def work(post: Post, _: Callable[[], bool]) -> None:
        for message in messages:
            post(message)

    return work


def collect(qtbot: QtBot, worker: Worker) -> list[tuple[int, object]]:
    """All messages until the worker has nothing more to do."""
    taken: list[tuple[int, object]] = []

    def is_done() -> bool:
        idle = not worker.busy
        taken.extend(worker.take())
        return idle

    qtbot.waitUntil(is_done, timeout=int(PATIENCE * 1000))
    return taken


def test_messages_come_in_order_with_their_number_and_end_with_finished(
    qtbot: QtBot, worker: Worker
) -> None:
    with qtbot.waitSignal(worker.arrived):
        number = worker.submit(saying("a", "b", "c"))
    assert collect(qtbot, worker) == [
        (number, "a"),
        (number, "b"),
        (number, "c"),
        (number, Finished()),
    ]
    assert not worker.busy


def test_arrived_is_heard_in_the_thread_of_the_window(qtbot: QtBot, worker: Worker) -> None:
    heard: list[threading.Thread] = []
    worked: list[threading.Thread] = []
    worker.arrived.connect(lambda: heard.append(threading.current_thread()))
    worker.submit(lambda post, _: worked.append(threading.current_thread()))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [threading.main_thread()]
    assert worked[0] is not threading.main_thread()


def test_the_newest_task_interrupts_what_runs(qtbot: QtBot, worker: Worker) -> None:
    first, second = Gate("first", obeys=True), Gate("second", obeys=True)
    worker.submit(first)
    assert first.begun.wait(PATIENCE)
    worker.submit(second)
    number = worker.submit(saying("third"))
    assert first.ended.wait(PATIENCE), "the running task was told to give up"
    assert collect(qtbot, worker) == [(number, "third"), (number, Finished())]
    assert not second.begun.is_set(), "what waited made room for the newest"


def test_a_stubborn_task_ends_but_its_messages_are_dropped(qtbot: QtBot, worker: Worker) -> None:
    stubborn = Gate("stubborn")
    worker.submit(stubborn)
    assert stubborn.begun.wait(PATIENCE)
    number = worker.submit(saying("newer"))
    stubborn.go.set()
    assert collect(qtbot, worker) == [(number, "newer"), (number, Finished())]
    assert stubborn.ended.is_set()


def test_messages_that_nobody_took_are_dropped_with_their_task(
    qtbot: QtBot, worker: Worker
) -> None:
    with qtbot.waitSignal(worker.arrived):
        worker.submit(saying("stale"))
    number = worker.submit(saying("fresh"))
    assert collect(qtbot, worker) == [(number, "fresh"), (number, Finished())]


def test_without_interrupt_what_runs_is_finished_and_the_waiting_one_replaced(
    qtbot: QtBot, worker: Worker
) -> None:
    running, waiting = Gate("running", obeys=True), Gate("waiting")
    first = worker.submit(running, interrupt=False)
    assert running.begun.wait(PATIENCE)
    worker.submit(waiting, interrupt=False)
    third = worker.submit(saying("newest"), interrupt=False)
    running.go.set()
    assert collect(qtbot, worker) == [
        (first, "running"),
        (first, Finished()),
        (third, "newest"),
        (third, Finished()),
    ]
    assert not waiting.begun.is_set()


def test_cancel_gives_up_what_runs_and_what_waits(qtbot: QtBot, worker: Worker) -> None:
    running, waiting = Gate("running", obeys=True), Gate("waiting")
    worker.submit(running)
    assert running.begun.wait(PATIENCE)
    worker.submit(waiting, interrupt=False)
    worker.cancel()
    assert not worker.busy, "nothing that is still wanted"
    assert running.ended.wait(PATIENCE)
    number = worker.submit(saying("after"))
    assert collect(qtbot, worker) == [(number, "after"), (number, Finished())]
    assert not waiting.begun.is_set()


def test_what_had_come_before_cancel_is_dropped_too(qtbot: QtBot, worker: Worker) -> None:
    with qtbot.waitSignal(worker.arrived):
        worker.submit(saying("late"))
    assert worker.busy, "somebody has to take it"
    worker.cancel()
    assert not worker.busy
    assert worker.take() == []


def test_a_flood_wakes_the_window_a_few_times_only(qtbot: QtBot, worker: Worker) -> None:
    count = 20_000
    wakings = 0
    taken: list[object] = []

    def on_arrived() -> None:
        nonlocal wakings
        wakings += 1
        taken.extend(message for _, message in worker.take())
        QThread.msleep(5)  # what is heard is slow, as painting is

    worker.arrived.connect(on_arrived)
    worker.submit(saying(*range(count)))
    qtbot.waitUntil(lambda: len(taken) == count + 1, timeout=int(PATIENCE * 1000))
    assert taken == [*range(count), Finished()]
    # A signal for each message would be heard 20,000 times.
    assert wakings < 200


def test_one_waking_is_outstanding_until_the_mail_is_taken(qtbot: QtBot, worker: Worker) -> None:
    wakings: list[int] = []
    worker.arrived.connect(lambda: wakings.append(1))
    gate = Gate("last")
    worker.submit(saying(*range(1000)))
    qtbot.waitUntil(lambda: bool(wakings))
    worker.submit(gate, interrupt=False)
    gate.go.set()
    assert gate.ended.wait(PATIENCE)
    qtbot.wait(20)
    assert len(wakings) == 1, "nobody has taken anything"
    assert len(collect(qtbot, worker)) == 1003
    worker.submit(saying("again"))
    qtbot.waitUntil(lambda: len(wakings) >= 2)


def test_a_failing_task_is_reported_and_the_next_one_runs(qtbot: QtBot, worker: Worker) -> None:
    def fail(post: Post, _: Callable[[], bool]) -> None:
        post("so far")
        raise ZeroDivisionError("no number")

    number = worker.submit(fail)
    so_far, failed = collect(qtbot, worker)
    assert so_far == (number, "so far")
    assert failed[0] == number
    assert isinstance(failed[1], Failed)
    assert isinstance(failed[1].error, ZeroDivisionError)
    after = worker.submit(saying("well"))
    assert collect(qtbot, worker) == [(after, "well"), (after, Finished())]


def test_a_failure_of_a_task_that_is_not_wanted_is_not_reported(
    qtbot: QtBot, worker: Worker
) -> None:
    begun, go = threading.Event(), threading.Event()

    def fail(post: Post, _: Callable[[], bool]) -> None:
        begun.set()
        go.wait(PATIENCE)
        raise ZeroDivisionError

    worker.submit(fail)
    assert begun.wait(PATIENCE)
    number = worker.submit(saying("newer"))
    go.set()
    assert collect(qtbot, worker) == [(number, "newer"), (number, Finished())]


def test_closing_cancels_and_waits_for_the_thread(qtbot: QtBot) -> None:
    worker = Worker("closed")
    running, waiting = Gate("running", obeys=True), Gate("waiting")
    worker.submit(running)
    assert running.begun.wait(PATIENCE)
    worker.submit(waiting, interrupt=False)
    worker.close()
    assert running.ended.is_set()
    assert not waiting.begun.is_set()
    assert "gmm-closed" not in {thread.name for thread in threading.enumerate()}
    assert worker.take() == []
    worker.close()


def test_closing_an_idle_worker_ends_its_thread() -> None:
    Worker("idle").close()
    assert "gmm-idle" not in {thread.name for thread in threading.enumerate()}
