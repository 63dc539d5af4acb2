"""Runs the entries of a race side by side, for a worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from gmm_studio.core.em import Step, Stop, iterate
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.threads import one_blas_thread
from gmm_studio.document import Document, make_start
from gmm_studio.gui.worker import Post, Task

__all__ = ["Progress", "race_task"]

_SECONDS = 0.03
"""Between two words of how far the race has come."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is new, by the number of the entry.

    Attributes
    ----------
    steps : dict of int to list of Step
    stops : dict of int to Stop
    problems : dict of int to InputError
        Why there is no run from a start.
    """

    steps: dict[int, list[Step]] = field(default_factory=dict)
    stops: dict[int, Stop] = field(default_factory=dict)
    problems: dict[int, InputError] = field(default_factory=dict)


def race_task(documents: Sequence[Document]) -> Task:
    """EM from the start of each document, a step of each in turn; posts `Progress`."""

    def work(post: Post, cancelled: Callable[[], bool]) -> None:
        with one_blas_thread:
            _race(documents, post, cancelled)

    return work


def _race(documents: Sequence[Document], post: Post, cancelled: Callable[[], bool]) -> None:
    running = {i: _steps(document, cancelled) for i, document in enumerate(documents)}
    news, told = Progress(), time.monotonic()
    while running:
        for i, steps in list(running.items()):
            if cancelled():
                raise Cancelled
            try:
                news.steps.setdefault(i, []).append(next(steps))
                continue
            except StopIteration as ended:
                news.stops[i] = ended.value
            except InputError as error:
                news.problems[i] = error
            del running[i]
        now = time.monotonic()
        if not running or now - told >= _SECONDS:
            post(news)
            news, told = Progress(), now


def _steps(document: Document, cancelled: Callable[[], bool]) -> Generator[Step, None, Stop]:
    start = make_start(document, cancelled)
    if start.k != document.k:
        raise InputError("The start has {k} components, not {asked}.", k=start.k, asked=document.k)
    stop = yield from iterate(document.cloud, start, document.configuration, cancelled=cancelled)
    if stop.reason == "cancelled":
        raise Cancelled
    return stop
