"""Files whose names are no UTF-8, from the moment they are dropped to what is written of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QSettings, QUrl

from gmm_studio import cli, generate, read_cloud
from gmm_studio.export.points import write_cloud
from gmm_studio.gui.files import paths_of
from gmm_studio.gui.window import Window
from tests.gui.conftest import PatientBot, settle

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="such are not allowed")

SHOWN = "a\ufffdb"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    path = folder / os.fsdecode(b"a\xffb.csv")
    write_cloud(generate("overlapping", 60), path)
    return path


def test_the_cloud_has_a_name_that_can_be_written(path: Path) -> None:
    cloud = read_cloud(path)
    assert cloud.name == SHOWN
    assert cloud.source is not None
    assert cloud.source.path == path


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_figures(qapp: object, path: Path, ending: str) -> None:
    output = path.with_suffix(f".{ending}")
    given = ["render", str(path), "-k", "2", "--show", "title", "-o", str(output)]
    assert cli.main([*given, "--size", "300x200"]) == 0
    if ending == "svg":
        assert f"<title>{SHOWN}</title>" in output.read_text(encoding="utf-8")
    if ending == "png":
        with Image.open(output) as image:
            assert image.info["Title"] == SHOWN


@pytest.mark.parametrize("ending", ["gif", "apng", "webp"])
def test_animations(qapp: object, path: Path, ending: str) -> None:
    output = path.with_suffix(f".{ending}")
    given = ["animate", str(path), "-k", "2", "--max-iter", "2", "--size", "200x150"]
    assert cli.main([*given, "-o", str(output)]) == 0
    assert output.stat().st_size > 500


@pytest.mark.parametrize("ending", ["json", "csv", "npz", "md", "tex"])
def test_parameters_traces_points_and_code(path: Path, ending: str) -> None:
    output = path.with_suffix(f".2.{ending}")
    given = ["fit", str(path), "-k", "2", "--output", str(output)]
    if ending in ("json", "csv", "npz"):
        for option in ("trace", "assignments"):
            given += [f"--{option}", str(path.with_name(f"{option}.{ending}"))]
    assert cli.main([*given, "--code", str(path.with_name("code.py"))]) == 0
    if ending == "md":
        assert f"of {SHOWN}, full" in output.read_text(encoding="utf-8")
    code = path.with_name("code.py").read_text(encoding="utf-8")
    assert f'"{SHOWN}"' in code


def test_the_window_knows_it_again(
    window: Window, qtbot: PatientBot, path: Path, settings_path: Path
) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromEncoded(path.as_uri().encode())])
    assert paths_of(content) == [path]
    window.files.take(content)
    qtbot.waitUntil(lambda: window.session.document.cloud.name == SHOWN)
    settle(qtbot, window)
    assert SHOWN in window.windowTitle()
    assert window.actions_.recent.actions()[0].text() == f"{SHOWN}.csv"
    window.files.generate("separated", 100)
    settle(qtbot, window)
    QSettings(str(settings_path), QSettings.Format.IniFormat).sync()
    assert window.files.recent[0] == path
    window.actions_.recent.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.session.document.cloud.name == SHOWN)
    settle(qtbot, window)
