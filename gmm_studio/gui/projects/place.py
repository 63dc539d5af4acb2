"""Where work is saved, as the files say that keep it safe while nobody saves it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gmm_studio.gui.projects.fingerprint import UNKNOWN

if TYPE_CHECKING:
    from gmm_studio.project.model import Json

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where work is saved, and whether all of it.

    Attributes
    ----------
    path : Path or None
        None if it has no file yet.
    fingerprint : str
        Of that file as it was opened or saved.
    is_modified : bool
        Whether something was changed since.
    """

    path: Path | None = None
    fingerprint: str = UNKNOWN
    is_modified: bool = True

    @classmethod
    def of(cls, entry: Json) -> Place:
        """What an entry says, whatever it is."""
        if not isinstance(entry, dict):
            return cls()
        file, fingerprint = entry.get("file"), entry.get("fingerprint")
        return cls(
            Path(file) if isinstance(file, str) else None,
            fingerprint if isinstance(fingerprint, str) else UNKNOWN,
            entry.get("modified") is not False,
        )

    @property
    def entry(self) -> dict[str, Json]:
        """As JSON."""
        file = None if self.path is None else str(self.path)
        return {"file": file, "fingerprint": self.fingerprint, "modified": self.is_modified}
