"""Figures and animations from the command line, without a window and without a display."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gmm_studio import cli, fit, read_cloud
from gmm_studio.cli_pictures import BACKGROUNDS, SWITCHES

FAITHFUL = str(Path(__file__).parent / "reference" / "faithful.csv")
START = ["--seeds", "2,80 4,60"]

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(captured: Captured, *arguments: str) -> str:
    """The one line on standard error that the arguments are refused with."""
    assert cli.main(arguments) == 2
    out, err = captured.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    return err


def without_display(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, where there is no display to be had."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    known = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-m", "gmm_studio", *arguments],
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )


def pixels(name: str) -> np.ndarray:
    with Image.open(name) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_a_figure_without_a_display() -> None:
    done = without_display(
        "render", FAITHFUL, *START, "--iteration", "7", "--show", "title", "-o", "figure.svg"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = Path("figure.svg").read_text()
    assert "Iteration 7" in text
    assert "eruptions" in text


def test_an_animation_without_a_display() -> None:
    done = without_display(
        *("animate", FAITHFUL, *START, "--iterations", "2-5", "--keep-tail", "--size", "400x300"),
        *("--speed", "4", "--hold", "1", "-o", "em.gif"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "4 frames, 2.0 s\n"
    with Image.open("em.gif") as image:
        assert image.size == (400, 300)
        assert image.n_frames == 4
        durations = []
        for i in range(4):
            image.seek(i)
            durations.append(image.info["duration"])
    assert durations == [250, 250, 250, 1250]


@pytest.mark.parametrize(("ending", "kind"), [("gif", "GIF"), ("png", "PNG"), ("webp", "WEBP")])
def test_every_format_and_option_of_an_animation(
    qapp: object, capsys: Captured, ending: str, kind: str
) -> None:
    name = f"em.{ending}"
    given = ["--iterations", "0-2", "--half-steps", "--glide", "--fps", "10", "--speed", "5"]
    look = ["--theme", "dark", "--curve", "below", "--show", "density,ghosts", "--hide", "seeds"]
    others = ["--size", "480x400", "--once", "--hold", "0"]
    assert cli.main(["animate", FAITHFUL, *START, *given, *look, *others, "-o", name]) == 0
    out, _ = capsys.readouterr()
    assert out == "9 frames, 1.0 s\n"
    with Image.open(name) as image:
        assert image.format == kind
        assert image.n_frames == 9


def test_a_video(qapp: object, capsys: Captured) -> None:
    av = pytest.importorskip("av")
    assert cli.main(["animate", FAITHFUL, *START, "--size", "301x201", "-o", "em.mp4"]) == 0
    out, _ = capsys.readouterr()
    with av.open("em.mp4") as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (302, 202)
        seconds = float(stream.duration * stream.time_base)
    assert out.endswith(f"{seconds:.1f} s\n")


def test_the_last_iteration_is_the_usual(qapp: object) -> None:
    cloud = read_cloud(FAITHFUL)
    last = fit(cloud, 2, init="k-means++").iterations
    for name, given in (("a.png", []), ("b.png", ["--iteration", str(last)]), ("c.png", ["end"])):
        given = ["--iteration", *given] if given == ["end"] else given
        assert cli.main(["render", FAITHFUL, "-k", "2", *given, "-o", name]) == 0
    assert (pixels("a.png") == pixels("b.png")).all()
    assert (pixels("a.png") == pixels("c.png")).all()
    assert cli.main(["render", FAITHFUL, "-k", "2", "--iteration", "1", "-o", "d.png"]) == 0
    assert (pixels("a.png") != pixels("d.png")).any()


def test_a_strip(qapp: object) -> None:
    several = ["--iteration", "1,2,5,end", "--show", "title", "--theme", "paper"]
    assert cli.main(["render", FAITHFUL, *START, *several, "-o", "strip.svg"]) == 0
    text = Path("strip.svg").read_text()
    for t in (1, 2, 5):
        assert f"Iteration {t}<" in text


def test_a_strip_leaves_out_what_the_run_does_not_have(qapp: object, capsys: Captured) -> None:
    cloud = read_cloud(FAITHFUL)
    last = fit(cloud, 2, init="k-means++").iterations
    given = ["render", FAITHFUL, "-k", "2", "-o", "strip.svg", "--iteration"]
    assert cli.main([*given, f"0,1,{last},{last + 1},900,end"]) == 0
    text = Path("strip.svg").read_text()
    assert re.findall(r">((?:The start|Iteration)[^<]*)<", text) == [
        "The start",
        "Iteration 1",
        f"Iteration {last}",
    ]
    for beyond in ("900", "900,901"):
        assert f"ends with iteration {last}" in refused(capsys, *given, beyond)


def test_half_steps_begin_with_the_start(qapp: object) -> None:
    given = ["--iterations", "0-1", "--half-steps", "--keep-tail", "--curve", "beside"]
    assert cli.main(["animate", FAITHFUL, *START, *given, "-o", "halves.gif"]) == 0
    shown = ["--iteration", "0", "--show", "title", "-o", "start.svg"]
    assert cli.main(["render", FAITHFUL, *START, *shown]) == 0
    assert "The start<" in Path("start.svg").read_text()
    with Image.open("halves.gif") as image:
        assert image.n_frames == 3


def test_fineness_and_ground_of_a_png(qapp: object) -> None:
    given = ["render", FAITHFUL, *START, "--iteration", "1", "-o", "a.png"]
    for options, size, mode in (
        ([], (900, 600), "RGB"),
        (["--fineness", "2"], (1800, 1200), "RGB"),
        (["--size", "2.54x2.54cm", "--fineness", "2", "--hide", "legend"], (600, 600), "RGB"),
        (["--transparent"], (900, 600), "RGBA"),
    ):
        assert cli.main([*given, *options]) == 0
        with Image.open("a.png") as image:
            assert (image.size, image.mode) == (size, mode)
            if mode == "RGBA":
                assert image.getpixel((1, 1))[3] == 0


@pytest.mark.parametrize("command", ["render", "animate"])
def test_help_says_that_projects_are_taken(capsys: Captured, command: str) -> None:
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    out, _ = capsys.readouterr()
    assert "a project" in " ".join(out.partition("positional arguments")[2].split())


def test_sizes(qapp: object) -> None:
    for size, expected in (("640x480", (640, 480)), ("12.7x8cm", (1500, 945))):
        given = ["--size", size, "--iteration", "0", "-o", "a.png"]
        assert cli.main(["render", FAITHFUL, *START, *given]) == 0
        with Image.open("a.png") as image:
            assert image.size == expected


@pytest.mark.parametrize("name", [*BACKGROUNDS, "ghosts", "coverage", "hard", "sizes", "table"])
def test_what_is_shown_is_seen(qapp: object, name: str) -> None:
    given = ["render", FAITHFUL, *START, "--iteration", "3"]
    assert cli.main([*given, "-o", "plain.png"]) == 0
    assert cli.main([*given, "--show", name, "-o", "more.png"]) == 0
    assert (pixels("plain.png") != pixels("more.png")).any()


@pytest.mark.parametrize("name", [*SWITCHES, "legend"])
def test_what_is_hidden_is_not(qapp: object, name: str) -> None:
    given = ["render", FAITHFUL, *START, "--iteration", "3"]
    assert cli.main([*given, "-o", "plain.png"]) == 0
    assert cli.main([*given, "--hide", name, "-o", "less.png"]) == 0
    assert (pixels("plain.png") != pixels("less.png")).any()


def test_a_scaled_cloud_is_shown_in_its_own_units(qapp: object) -> None:
    given = ["render", FAITHFUL, *START, "--scale", "z-score", "--iteration", "0"]
    assert cli.main([*given, "-o", "own.svg"]) == 0
    assert cli.main([*given, "--scaled-units", "-o", "scaled.svg"]) == 0
    assert "z-scores" not in Path("own.svg").read_text()
    assert "z-scores" in Path("scaled.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render", FAITHFUL, "-k", "2", "-o", "a.gif"], ".svg or .pdf or .png"),
        (["render", FAITHFUL, "-k", "2"], "-o"),
        (["render", FAITHFUL, "-o", "a.svg"], "how many components"),
        (["render", FAITHFUL, "-k", "2", "-o", "none/a.svg"], "no such folder"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.svg", "--iteration", "5000"], "no iteration"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.svg", "--iteration", "x"], "iteration"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.svg", "--size", "0x3"], "size"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.svg", "--size", "1.2.3x3"], "size"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.png", "--size", "50000x40000"], "too large"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.svg", "--show", "fog"], "density"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.svg", "--hide", "points"], "ellipses"),
        (["animate", FAITHFUL, "-k", "2", "-o", "a.avi"], ".gif"),
        (["animate", FAITHFUL, "-k", "2", "-o", "a.gif", "--iterations", "7"], "range"),
        (["animate", FAITHFUL, "-k", "2", "-o", "a.gif", "--iterations", "7-3"], "upwards"),
        (["animate", FAITHFUL, "-k", "2", "-o", "a.gif", "--iterations", "0-3000"], "3000"),
        (["animate", FAITHFUL, "-k", "2", "-o", "a.gif", "--speed", "1000"], "speed"),
        (["animate", FAITHFUL, "-k", "2", "-o", "a.webp", "--size", "20000x90"], "16,383"),
        (["animate", FAITHFUL, "-k", "2", "-o", "a.gif", "--size", "20000x20000"], "7,070"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.png", "--fineness", "5"], "from 1 to 4"),
        (["render", FAITHFUL, "-k", "2", "-o", "a.png", "--fineness", "nan"], "from 1 to 4"),
    ],
)
def test_what_cannot_be_done_is_refused(
    qapp: object, capsys: Captured, arguments: list[str], said: str
) -> None:
    assert said in refused(capsys, *arguments)
    assert list(Path().iterdir()) == []
