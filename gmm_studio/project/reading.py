"""Projects read from files, which anyone may have made."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.json_text import refuse_constant
from gmm_studio.core.kernel import never
from gmm_studio.data.files import unreadable
from gmm_studio.data.selection import shown
from gmm_studio.project.archive import BEGINNING, CONTENT, Archive
from gmm_studio.project.clouds import decode_cloud
from gmm_studio.project.documents import decode_document
from gmm_studio.project.entries import Entry
from gmm_studio.project.model import Json, Project
from gmm_studio.project.runs import decode_run
from gmm_studio.project.shared import Loading, decode_mixture
from gmm_studio.project.writing import VERSION

__all__ = ["is_project", "read_project"]

_HEAD = 256


def is_project(path: str | Path) -> bool:
    """Whether the beginning of an ordinary file says that it is a project, of any version."""
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as handle:
            return _begins_as_project(handle)
    except (OSError, ValueError):
        return False


def read_project(source: str | Path | bytes, cancelled: Callable[[], bool] = never) -> Project:
    """Open a project, of which nothing is run and nothing unpacked to a disk.

    Clouds and mixtures that were the same object are so again: those of the document and of all
    runs on it.

    Parameters
    ----------
    source : str, Path or bytes
        Where it is, or the content of the file.
    cancelled : callable
        Asked often.

    Raises
    ------
    InputError
        When it is no project, was cut off or is damaged in any other way, or was made by a newer
        version.
    Cancelled
        When `cancelled` returned true.
    """
    with _opened(source) as (handle, file):
        if not _begins_as_project(handle):
            raise InputError(
                "{file} is not a project of GMM Studio, or its beginning is damaged.", file=file
            )
        archive = Archive(handle, file, cancelled)
        try:
            return _decode(_parse(archive.content()), archive, cancelled)
        except _Newer as error:
            raise InputError(
                "{file} was made by a newer version ({version}): update GMM Studio to open it.",
                file=file,
                version=error.version,
            ) from None
        except InputError as error:
            raise InputError(
                "{file} is damaged: {problem} Get it again, or open an earlier copy of it.",
                file=file,
                problem=error,
            ) from None


@contextmanager
def _opened(source: str | Path | bytes) -> Iterator[tuple[BinaryIO, str]]:
    if isinstance(source, bytes):
        yield io.BytesIO(source), "The project"
        return
    path = Path(source)
    try:
        if path.exists() and not path.is_file():
            raise InputError("{path} is a folder or a device.", path=shown(str(path), 200))
        handle = path.open("rb")
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    with handle:
        try:
            yield handle, shown(path.name)
        except OSError as error:
            raise unreadable(path, error) from None


def _begins_as_project(handle: BinaryIO) -> bool:
    """Whether the first member is the JSON of a project."""
    head = handle.read(_HEAD)
    handle.seek(0)
    is_archive = head.startswith(b"PK\x03\x04") and head[30:].startswith(CONTENT.encode())
    return is_archive and BEGINNING in head


class _Newer(Exception):  # noqa: N818 - said in words by its only caller
    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


def _parse(content: bytes) -> Entry:
    if not content.startswith(BEGINNING):
        raise InputError("{name} is not that of a project.", name=CONTENT)
    try:
        entry = Entry(json.loads(content, parse_constant=refuse_constant))
    except InputError:
        raise
    except (ValueError, RecursionError):
        raise InputError("{name} is not valid JSON.", name=CONTENT) from None
    version = entry["version"].whole(1)
    if version > VERSION:
        raise _Newer(version)
    return entry


def _decode(entry: Entry, archive: Archive, cancelled: Callable[[], bool]) -> Project:
    mixtures = [decode_mixture(one) for one in entry["mixtures"].items()]
    clouds: list[PointCloud] = []
    loading = Loading(archive.array, mixtures, clouds)
    for number, one in enumerate(entry["clouds"].items()):
        clouds.append(decode_cloud(one, number, loading))
    return Project(
        decode_document(entry["document"], loading),
        tuple(
            decode_run(one, number, loading, cancelled)
            for number, one in enumerate(entry["runs"].items())
        ),
        _view(entry["view"]),
        entry["shown"].optional(Entry.whole),
    )


def _view(entry: Entry) -> dict[str, Json]:
    if not isinstance(entry.value, dict):
        raise InputError("The view is not an object.")
    return cast("dict[str, Json]", entry.value)
