"""Projects written to files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

from gmm_studio import __version__
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.export.atomic import atomic_write
from gmm_studio.project.archive import BEGINNING, write_archive
from gmm_studio.project.clouds import encode_cloud
from gmm_studio.project.documents import encode_document
from gmm_studio.project.entries import exactly
from gmm_studio.project.model import Project
from gmm_studio.project.runs import encode_run
from gmm_studio.project.shared import Array, Saving

__all__ = ["VERSION", "project_bytes", "write_project"]

VERSION = 1
"""Of the format."""


def write_project(
    project: Project, path: str | Path, cancelled: Callable[[], bool] = never
) -> None:
    """Save a project; until all of it is written, an older file at the path stays as it was.

    Raises
    ------
    InputError
        When it cannot be written, with the reason.
    Cancelled
        When `cancelled` returned true; an older file is there still.
    """
    content, arrays = _encode(project, cancelled)
    with atomic_write(path) as handle:
        write_archive(handle, content, arrays, cancelled)


def project_bytes(project: Project, cancelled: Callable[[], bool] = never) -> bytes:
    """A project as the file that holds it. The same project gives the same bytes.

    Raises
    ------
    InputError
        When there is too much of it.
    Cancelled
        When `cancelled` returned true.
    """
    content, arrays = _encode(project, cancelled)
    stream = io.BytesIO()
    write_archive(stream, content, arrays, cancelled)
    return stream.getvalue()


def _encode(project: Project, cancelled: Callable[[], bool]) -> tuple[bytes, dict[str, Array]]:
    saving = Saving()
    document, runs = encode_document(project.document, saving), []
    for number, run in enumerate(project.runs):
        if cancelled():
            raise Cancelled
        runs.append(encode_run(run, number, saving))
    clouds = [encode_cloud(cloud, number, saving) for number, cloud in enumerate(saving.clouds)]
    entries = {
        "program": __version__,
        "mixtures": saving.mixture_entries(),
        "clouds": clouds,
        "document": document,
        "runs": runs,
        "shown": project.shown,
        "view": dict(project.view),
    }
    rest = json.dumps(entries, default=exactly, allow_nan=False)
    return BEGINNING + f"{VERSION}, {rest[1:]}".encode("ascii"), saving.arrays
