"""Runs a sweep over numbers of components and structures, for a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gmm_studio.core.mixture import Covariance
from gmm_studio.core.starts import Draw, Method, draws
from gmm_studio.core.sweep import Cell, sweep
from gmm_studio.core.threads import one_blas_thread
from gmm_studio.document import Document, Drawn
from gmm_studio.export.own_units import own_sweep
from gmm_studio.gui.worker import Post, Task

__all__ = ["Plan", "document_of", "sweep_task"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is swept over.

    Attributes
    ----------
    document : Document
        Gives the cloud and all of the configuration but the structure and what is locked.
    first, last : int
        The numbers of components.
    covariances : tuple of Covariance
    starts : int
        For each number and structure.
    """

    document: Document
    first: int
    last: int
    covariances: tuple[Covariance, ...]
    starts: int

    @property
    def ks(self) -> range:
        """All numbers of components."""
        return range(self.first, self.last + 1)

    @property
    def method(self) -> Method:
        """Draws the starts: the document's own method where it has one."""
        start = self.document.start
        return start.method if isinstance(start, Drawn) else Drawn().method

    @property
    def draws(self) -> tuple[Draw, ...]:
        """How the starts of each cell are drawn."""
        return draws([self.method], self.starts)

    @property
    def runs(self) -> int:
        """How many there are in all."""
        return len(self.ks) * len(self.covariances) * len(self.draws)

    @property
    def subject(self) -> tuple[object, ...]:
        """What cells have in common: another document with the same one changes nothing."""
        plain = replace(self.document.configuration, covariance="full", locked=())
        return (id(self.document.cloud), plain)


def sweep_task(plan: Plan) -> Task:
    """The work of a plan; posts each `Cell` as it is done."""

    def work(post: Post, cancelled: Callable[[], bool]) -> None:
        document = plan.document
        configuration = replace(document.configuration, locked=())
        with one_blas_thread:
            for cell in sweep(
                document.cloud,
                plan.ks,
                plan.covariances,
                plan.draws,
                configuration,
                cancelled=cancelled,
            ):
                post(own_sweep(document.cloud, [cell])[0])

    return work


def document_of(plan: Plan, cell: Cell, index: int) -> Document:
    """Opens one of the runs of a cell."""
    draw = cell.draws[index]
    start = Drawn(draw.method, draw.random_state)
    return Document(plan.document.cloud, cell.k, start, cell.configuration)
