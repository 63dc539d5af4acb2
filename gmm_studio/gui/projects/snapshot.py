"""The session as it is at one moment, gathered on the GUI thread and written by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.steps import Stop
from gmm_studio.document import Document
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.session import Session

if TYPE_CHECKING:
    from gmm_studio.project import Project
    from gmm_studio.project.model import Json

__all__ = ["Snapshot", "records_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All that a project holds, which nobody changes any more.

    Attributes
    ----------
    document : Document
    records : tuple of RunRecord
    shown : int or None
        Which of them is on show, from 0.
    view : dict of str to JSON
        How it is looked at.
    """

    document: Document
    records: tuple[RunRecord, ...]
    shown: int | None
    view: dict[str, Json]

    @classmethod
    def of(cls, session: Session, view: dict[str, Json]) -> Snapshot:
        """The session as it is now, however its runs go on."""
        document, run = session.document, session.shown
        records, shown = [], None
        for number, record in enumerate(session.runs.all):
            frozen = replace(record, steps=list(record.steps))
            if record is run:
                frozen.cursor = session.playback.cursor
                shown = number if run.document == document else None
            records.append(frozen)
        return cls(document, tuple(records), shown, view)

    @property
    def picture(self) -> tuple[PointCloud, Mixture] | None:
        """What a small picture shows of it: the step on show."""
        if self.shown is None:
            return None
        run = self.records[self.shown]
        return run.cloud, run.steps[min(run.cursor, len(run.steps) - 1)].mixture

    def project(self) -> Project:
        """As it is written; the work of a worker, because every step is looked at."""
        from gmm_studio.project import Project, SavedRun

        runs = tuple(
            SavedRun(
                run.number,
                run.document,
                tuple(run.steps),
                run.stop,
                run.name,
                run.pinned,
                min(run.cursor, len(run.steps) - 1),
            )
            for run in self.records
        )
        return Project(self.document, runs, self.view, self.shown)


def records_of(project: Project) -> Sequence[RunRecord]:
    """The runs of a project; those that were not at their end stay where they were."""
    return [
        RunRecord(
            run.number,
            run.document,
            list(run.steps),
            run.stop or Stop("cancelled"),
            run.name,
            run.pinned,
            run.cursor,
        )
        for run in project.runs
    ]
