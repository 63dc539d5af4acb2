"""The runs that were made, by cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.em import Step, Stop
from gmm_studio.document import Document
from gmm_studio.export.parameters import Result

__all__ = ["MOST_MEMORY", "RunBook", "RunRecord"]

_MOST = 200

MOST_MEMORY = 512 * 2**20
"""In bytes, for clouds that are not on show any more; beyond it runs on the oldest go."""


@dataclass(slots=True, eq=False)
class RunRecord:
    """A run as it grows. Belongs to the GUI thread."""

    number: int
    document: Document
    steps: list[Step] = field(default_factory=list)
    stop: Stop | None = None
    name: str = ""
    pinned: bool = False
    cursor: int = 0

    @property
    def cloud(self) -> PointCloud:
        """The cloud it was made on."""
        return self.document.cloud

    @property
    def log_likelihood(self) -> float:
        """Of the last step there is, in the data's own units."""
        return self.cloud.own_log_likelihood(self.steps[-1].log_likelihood)

    def result(self, step: Step, *, in_scaled_units: bool = False) -> Result:
        """One of its steps, and what is to be known beside its parameters."""
        stop = self.stop if step is self.steps[-1] else None
        return Result.of(
            self.cloud,
            self.document.configuration,
            step,
            stop,
            in_scaled_units=in_scaled_units,
        )

    @property
    def model(self) -> tuple[object, ...]:
        """What runs must share for their log-likelihoods to be compared."""
        return (id(self.cloud), self.document.k, self.document.configuration.covariance)


class RunBook(QObject):
    """All runs of the session. `changed` follows every addition, removal and new name."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: list[RunRecord] = []
        self.edits = 0
        """How often a person has named, pinned or deleted one."""

    @property
    def all(self) -> list[RunRecord]:
        """The runs on all clouds, oldest first."""
        return list(self._records)

    def begin_with(self, records: Sequence[RunRecord]) -> None:
        """These runs and no others."""
        self._records = list(records)
        self.changed.emit()

    def of(self, cloud: PointCloud) -> list[RunRecord]:
        """The runs on a cloud, oldest first."""
        return [record for record in self._records if record.cloud is cloud]

    def ended(self, document: Document) -> RunRecord | None:
        """A run that came of this very document and ended by itself."""
        for record in reversed(self._records):
            if record.document == document and record.stop and record.stop.reason != "cancelled":
                return record
        return None

    def begin(self, document: Document) -> RunRecord:
        """A new record; it is listed once it has a step."""
        return RunRecord(0, document)

    def add(self, record: RunRecord) -> None:
        """List a record, dropping the oldest unpinned one of its cloud where there are too many."""
        number = 1 + max((other.number for other in self.of(record.cloud)), default=0)
        record.number = number
        self._records.append(record)
        loose = [other for other in self.of(record.cloud) if not other.pinned]
        if len(loose) > _MOST:
            self._records.remove(loose[0])
        self._bound_memory(record.cloud)
        self.changed.emit()

    def _bound_memory(self, shown: PointCloud) -> None:
        """Forget the runs of clouds that were on show longest ago, where they keep too much."""
        kept, clouds = 0, {id(shown)}
        for record in reversed(self._records):
            if id(record.cloud) not in clouds:
                kept += record.cloud.nbytes
                if kept > MOST_MEMORY:
                    break
                clouds.add(id(record.cloud))
        else:
            return
        self._records = [
            record for record in self._records if record.pinned or id(record.cloud) in clouds
        ]

    def remove(self, record: RunRecord) -> None:
        """Forget a run."""
        if record in self._records:
            self._records.remove(record)
            self.changed.emit()

    def delete(self, record: RunRecord) -> None:
        """Forget a run because a person wishes so."""
        self.edits += 1
        self.remove(record)

    def rename(self, record: RunRecord, name: str) -> None:
        """Give a run a name; an empty one brings back its number."""
        record.name = name.strip()
        self.edits += 1
        self.changed.emit()

    def pin(self, record: RunRecord, pinned: bool) -> None:
        """Keep a run on top, and when there are too many."""
        record.pinned = pinned
        self.edits += 1
        self.changed.emit()

    def below_best(self, record: RunRecord) -> float:
        """How far a run's log-likelihood is below the best found with the same model, from 0 up."""
        best = max(
            other.log_likelihood
            for other in [record, *self._records]
            if other.model == record.model and other.steps
        )
        return best - record.log_likelihood
