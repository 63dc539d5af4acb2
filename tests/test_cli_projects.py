"""The commands that paint take projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from gmm_studio import cli
from gmm_studio.core.em import fit
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn, Given
from gmm_studio.project import Project, SavedRun, write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Of two runs, the second of which is on show."""
    cloud = generate("overlapping", 200)
    runs = []
    for number in (1, 2):
        run = fit(cloud, 2, random_state=number, max_iterations=3 * number, tolerance=0)
        document = Document(cloud, 2, Given(run.start), run.configuration)
        runs.append(SavedRun(number, document, run.steps, run.stop))
    path = tmp_path / "a.gmmstudio"
    write_project(Project(runs[1].document, tuple(runs), shown=1), path)
    return path


def test_a_figure_is_of_the_run_on_show(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.svg"
    given = ["render", str(project), "--show", "title", "-o", str(output)]
    assert cli.main([*given, "--iteration", "6"]) == 0
    assert "Iteration 6" in output.read_text(encoding="utf-8")
    assert cli.main([*given, "--iteration", "7"]) == cli.BAD_INPUT
    assert "7" in capsys.readouterr().err


def test_an_animation_of_a_project(project: Path, tmp_path: Path) -> None:
    output = tmp_path / "a.gif"
    assert cli.main(["animate", str(project), "--size", "200x150", "-o", str(output)]) == 0
    assert output.read_bytes().startswith(b"GIF89a")


def test_without_a_run_on_show_that_of_the_document(project: Path, tmp_path: Path) -> None:
    cloud = generate("overlapping", 200)
    write_project(Project(Document(cloud, 3, Drawn(random_state=4))), project)
    output = tmp_path / "a.png"
    assert cli.main(["render", str(project), "--iteration", "1", "-o", str(output)]) == 0
    assert output.stat().st_size > 1000


def test_a_project_brings_its_own_fit(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.png"
    assert cli.main(["render", str(project), "-k", "3", "-o", str(output)]) == cli.BAD_INPUT
    assert "leave out -k" in capsys.readouterr().err
    project.write_bytes(project.read_bytes()[:-100])
    assert cli.main(["render", str(project), "-o", str(output)]) == cli.BAD_INPUT
    assert "was cut off" in capsys.readouterr().err
