"""The commands that paint take projects."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gmm_studio import cli
from gmm_studio.core.cloud import PointCloud, as_cloud
from gmm_studio.core.em import fit
from gmm_studio.core.scaling import scaled
from gmm_studio.data.cells import to_cells
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn, Given
from gmm_studio.export.points import write_cloud
from gmm_studio.project import Project, SavedRun, read_project, write_project
from gmm_studio.project.model import Json


@pytest.fixture
def project(qapp: object, tmp_path: Path) -> Path:
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


# The view of the project


def as_saved(path: Path, view: dict[str, Json], cursor: int = 2) -> Path:
    """The same project with its run at an iteration and looked at in a certain way."""
    before = read_project(path)
    runs = tuple(replace(run, cursor=min(cursor, len(run.steps) - 1)) for run in before.runs)
    write_project(replace(before, runs=runs, view=view), path)
    return path


def painted(project: Path, *options: str) -> np.ndarray:
    """The pixels of `render`."""
    output = project.with_name("figure.png")
    assert cli.main(["render", str(project), *options, "-o", str(output)]) == 0
    with Image.open(output) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def same(one: np.ndarray, two: np.ndarray) -> bool:
    return one.shape == two.shape and bool((one == two).all())


def test_a_figure_shows_the_iteration_on_show(project: Path) -> None:
    as_saved(project, {})
    usual = painted(project)
    assert same(usual, painted(project, "--iteration", "2"))
    assert not same(usual, painted(project, "--iteration", "end"))


def test_a_figure_shows_the_half_step_on_show(project: Path) -> None:
    texts = {}
    for half in ("E", "M", "whole", "neither"):
        as_saved(project, {"half_steps": True, "half": half})
        output = project.with_name("a.svg")
        shown = ["--show", "title", "-o", str(output)]
        assert cli.main(["render", str(project), *shown]) == 0
        texts[half] = output.read_text(encoding="utf-8")
    assert "Iteration 2, E-step" in texts["E"]
    assert "Iteration 2, M-step" in texts["M"]
    assert "Iteration 2<" in texts["whole"]
    assert "Iteration 2<" in texts["neither"]
    assert cli.main(["render", str(project), "--iteration", "3", *shown]) == 0
    assert "Iteration 3<" in output.read_text(encoding="utf-8"), "what is asked for wins"
    as_saved(project, {"half_steps": True, "half": "E"}, cursor=0)
    assert cli.main(["render", str(project), *shown]) == 0
    assert "The start<" in output.read_text(encoding="utf-8"), "there is nothing before"


@pytest.mark.parametrize(
    ("layers", "asked"),
    [
        ({"background": "density"}, ["--show", "density"]),
        ({"background": "regions", "trails": False}, ["--show", "regions", "--hide", "trails"]),
        ({"coverage": True, "seeds": False}, ["--show", "coverage", "--hide", "seeds"]),
        ({"truth": True}, ["--show", "truth"]),
        ({"labels": "colour"}, ["--show", "labels"]),
        ({"hard": True, "sizes": True, "grid": False}, ["--show", "hard,sizes", "--hide", "grid"]),
    ],
)
def test_what_was_on_show_is_painted_and_options_win(
    project: Path, layers: dict[str, Json], asked: list[str]
) -> None:
    plain = painted(as_saved(project, {}))
    wanted = painted(project, *asked)
    as_saved(project, {"layers": layers})
    assert same(painted(project), wanted)
    assert not same(wanted, plain)
    swapped = {"--show": "--hide", "--hide": "--show"}
    assert same(painted(project, *(swapped.get(one, one) for one in asked)), plain)


def test_hiding_what_is_not_on_show_leaves_what_is(project: Path) -> None:
    as_saved(project, {"layers": {"background": "regions", "labels": "marker"}})
    assert same(painted(project), painted(project, "--hide", "density"))
    assert same(painted(project), painted(project, "--show", "labels"))
    assert not same(painted(project), painted(project, "--show", "density"))


def test_the_part_of_the_plane_is_the_one_on_show(project: Path) -> None:
    cloud = read_project(project).document.cloud
    (x, y), size = cloud.points.mean(axis=0).tolist(), float(np.ptp(cloud.points[:, 0]))
    whole = painted(as_saved(project, {}))
    near = [x - 0.1 * size, x + 0.1 * size, y - 0.1 * size, y + 0.1 * size, 600.0, 600.0]
    closer = painted(as_saved(project, {"viewport": near}))
    assert not same(whole, closer)
    output = project.with_name("a.svg")
    given = ["--size", "600x600", "--hide", "legend", "-o", str(output)]
    assert cli.main(["render", str(project), *given]) == 0
    labels = re.findall(r">([−\d.,]+)</", output.read_text(encoding="utf-8"))
    ticks = [float(label.replace("−", "-")) for label in labels if "." in label]
    assert len(ticks) > 4
    assert max(map(abs, ticks)) <= max(map(abs, near[:4]))


def test_equal_axes_are_those_on_show(project: Path) -> None:
    usual = painted(as_saved(project, {"equal": True}))
    assert not same(usual, painted(as_saved(project, {"equal": False})))


def test_the_kind_of_curve_is_the_one_on_show(project: Path) -> None:
    output = project.with_name("a.svg")
    for kind, name in (
        ("weights", "Weights"),
        ("temperature", "Log-likelihood"),
        ("code", "Log-likelihood"),
    ):
        as_saved(project, {"curve": kind})
        given = ["--curve", "below", "-o", str(output)]
        assert cli.main(["render", str(project), *given]) == 0
        assert f">{name}<" in output.read_text(encoding="utf-8")


def test_an_animation_is_looked_at_as_the_project_was(project: Path) -> None:
    frames = []
    for view, asked in (({}, ["--show", "density"]), ({"layers": {"background": "density"}}, [])):
        as_saved(project, view)
        output = project.with_name("a.png")
        given = ["--size", "300x200", *asked, "-o", str(output)]
        assert cli.main(["animate", str(project), *given]) == 0
        frames.append(output.read_bytes())
    assert frames[0] == frames[1]


def test_scaled_axes_are_shown_as_they_were(qapp: object, tmp_path: Path) -> None:
    cloud = scaled(replace(generate("overlapping", 200), columns=("a", "b")), "z-score")
    run = fit(cloud, 2, max_iterations=3, tolerance=0)
    document = Document(cloud, 2, Given(run.start), run.configuration)
    saved = SavedRun(1, document, run.steps, run.stop, cursor=1)
    project, output = tmp_path / "a.gmmstudio", tmp_path / "a.svg"
    view: dict[str, Json] = {"viewport": [-1.0, 1.0, -1.0, 1.0, 500.0, 500.0]}
    write_project(Project(document, (saved,), view, 0), project)
    texts = []
    for given in ([], ["--scaled-units"], ["--no-scaled-units"]):
        assert cli.main(["render", str(project), *given, "-o", str(output)]) == 0
        texts.append(output.read_text(encoding="utf-8"))
    assert "z-score" in texts[0]
    assert texts[0] == texts[1]
    assert "z-score" not in texts[2]


STRANGE: list[dict[str, Json]] = [
    {"layers": {"ellipses": 3, "nothing": True, "bins": 10**30, "background": "__class__"}},
    {"layers": [["ellipses", False]], "curve": {"a": [1]}, "half_steps": "yes", "half": ["E"]},
    {"viewport": [0, 1, 2]},
    {"viewport": [1.0, 0.0, 1.0, 0.0, 5.0, 5.0]},
    {"viewport": ["a", None, True, 0, 0, 0]},
    {"viewport": [0, 10**400, 0, 1, 10, 10]},
    {"viewport": [0.0, 1e-320, 0.0, 1.0, 1e308, 1e308]},
    {"equal": "x", "glide": 3, "speed": 1e9, "tab": [], "side": {}, "theme": "/etc/passwd"},
]


@pytest.mark.parametrize("view", STRANGE)
def test_what_a_stranger_wrote_there_is_as_usual(project: Path, view: dict[str, Json]) -> None:
    usual = painted(as_saved(project, {}))
    assert same(painted(as_saved(project, view)), usual)


@pytest.mark.parametrize("d", [1, 2])
def test_no_part_of_the_plane_is_too_much(qapp: object, tmp_path: Path, d: int) -> None:
    rng = np.random.default_rng(3)
    cloud = as_cloud(generate("overlapping", 60).points[:, :d])
    run = fit(cloud, 2, max_iterations=2, tolerance=0)
    document = Document(cloud, 2, Given(run.start), run.configuration)
    saved = SavedRun(1, document, run.steps, run.stop)
    layers: dict[str, Json] = {"background": "density", "labels": "colour", "sizes": True}
    for _ in range(40):
        size = 10.0 ** rng.uniform(-12, rng.choice([3, 160, 298]), 2)
        low = rng.choice([-1.0, 0.0, 1.0], 2) * 10.0 ** rng.uniform(-5, rng.choice([3, 150]), 2)
        ends = np.array([low[0], low[0] + size[0], low[1], low[1] + size[1]])
        view: dict[str, Json] = {
            "viewport": [*map(float, ends), *(10.0 ** rng.uniform(0, 300, 2)).tolist()],
            "layers": layers,
        }
        path, output = tmp_path / "a.gmmstudio", tmp_path / "a.png"
        write_project(Project(document, (saved,), view, 0), path)
        given = ["render", str(path), "--size", "300x200", "-o", str(output)]
        assert cli.main(given) in (0, cli.BAD_INPUT)


LABORATORY = {
    "fit": ["-k", "2", "--random-state", "3"],
    "starts": ["-k", "2", "--runs", "5"],
    "sweep": ["--components", "1-2"],
    "basins": ["--seeds", "0,0 3,3", "--move", "2", "--grid", "3x3"],
}


@pytest.fixture
def points(tmp_path: Path) -> PointCloud:
    """With weights and labels, two of them at one place for --cells."""
    cloud = generate("overlapping", 200)
    weights = np.linspace(0.5, 2, cloud.n)
    return PointCloud(cloud.points, weights, cloud.labels, name="mine")


@pytest.mark.parametrize("command", LABORATORY)
@pytest.mark.parametrize("more", [[], ["--scale", "z-score"], ["--cells", "20"]])
def test_the_points_of_a_project_are_those_of_a_table(
    points: PointCloud,
    tmp_path: Path,
    command: str,
    more: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    table, path = tmp_path / "mine.csv", tmp_path / "whatever.npz"
    write_cloud(points, table)
    run = fit(points, 3)
    document = Document(scaled(points, "min-max"), 3, Given(run.start), run.configuration)
    write_project(Project(document), path)
    said = []
    for file in (table, path):
        assert cli.main([command, str(file), *LABORATORY[command], *more]) == 0
        said.append(capsys.readouterr())
    assert said[0].out == said[1].out
    assert said[0].out


@pytest.mark.parametrize("more", [["--columns", "x"], ["--drop-invalid"]])
def test_how_a_table_is_read_says_nothing_of_a_project(
    project: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["fit", str(project), "-k", "2", *more]) == cli.BAD_INPUT
    assert "leave out --columns and --drop-invalid" in capsys.readouterr().err


def test_cells_cannot_be_gathered_again(
    points: PointCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.gmmstudio"
    write_project(Project(Document(to_cells(points, 8), 2, Drawn())), path)
    assert cli.main(["fit", str(path), "-k", "2"]) == 0
    assert "200 points of mine" in capsys.readouterr().out
    assert cli.main(["fit", str(path), "-k", "2", "--cells", "4"]) == cli.BAD_INPUT
    assert "leave out --cells" in capsys.readouterr().err


@pytest.mark.parametrize("command", [*LABORATORY, "render", "animate"])
def test_help_says_that_a_project_will_do(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    assert "or a project" in " ".join(capsys.readouterr().out.split())
