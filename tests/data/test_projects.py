"""Projects, which are archives of arrays too, are never read as tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gmm_studio import InputError, preview, read_cloud
from gmm_studio.core.em import fit
from gmm_studio.data.big import read_any, read_gathered
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Given
from gmm_studio.project import Project, SavedRun, project_bytes


@pytest.fixture(scope="module")
def content() -> bytes:
    run = fit(generate("overlapping", 200), 2)
    document = Document(run.cloud, 2, Given(run.start), run.configuration)
    return project_bytes(Project(document, (SavedRun(1, document, run.steps, run.stop),), shown=0))


@pytest.mark.parametrize("name", ["a.gmmstudio", "a.npz", "a.csv"])
def test_a_project_is_no_table_whatever_its_name(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for read in (read_cloud, preview, read_any, read_gathered):
        with pytest.raises(InputError, match=f"{name} is a project, not a table. Open it with"):
            read(path)


def test_nor_is_one_that_was_cut_off_or_changed_at_its_beginning(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.npz"
    for place in range(30, 90):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(InputError, match="is a project"):
            read_cloud(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="is a project"):
        read_cloud(path)


def test_archives_of_numpy_are_still_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **{"runs/0/weights": np.array([[1.0, 2.0], [3.0, 4.0]])})
    assert read_cloud(path).points.tolist() == [[1, 2], [3, 4]]
    np.savez(path, np.array([[1, 2j], [3, 4]]))
    with pytest.raises(InputError, match="no table of numbers"):
        read_cloud(path)
    np.savez(path, x=np.array([1, 2j]), y=np.array([3, 4j]))
    with pytest.raises(InputError):
        read_cloud(path)
    fields = np.array([(1j, 2)], [("a", complex), ("b", float)])
    np.save(tmp_path / "b.npy", fields)
    assert read_cloud(tmp_path / "b.npy").columns == ("b",)
