"""Parameters, trace and points out of the export dialog, as a person saves them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from gmm_studio.gui.dialogs.export_dialog import ExportDialog
from gmm_studio.gui.dialogs.export_numbers import NumbersPage
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.window import Window
from tests.gui.acting import Control, key
from tests.gui.conftest import settle

Key = Qt.Key


def shown(window: Window) -> RunRecord:
    assert window.session.shown is not None
    return window.session.shown


def dialog_of(qtbot: QtBot, window: Window, kind: str) -> tuple[ExportDialog, NumbersPage]:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    key(window, "E", Control)
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    dialog.choose(kind)
    assert isinstance(dialog.page, NumbersPage)
    return dialog, dialog.page


def save(qtbot: QtBot, window: Window, path: Path, kind: str, step: str = "last") -> None:
    dialog, page = dialog_of(qtbot, window, kind)
    page.format.setCurrentIndex(page.format.findData(path.suffix))
    page.step.setCurrentIndex(page.step.findData(step))
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    files = dialog.findChild(QFileDialog)
    assert files is not None
    files.selectFile(str(path))
    files.accept()
    qtbot.waitUntil(lambda: window.activity.text == f"Saved {path.name}")
    settle(qtbot, window)


@pytest.mark.parametrize("suffix", ["json", "csv", "npz", "md", "tex"])
def test_parameters_of_the_last_step(
    qtbot: QtBot, window: Window, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"p.{suffix}"
    save(qtbot, window, path, "parameters")
    run = shown(window)
    last, means = run.steps[-1].index, run.steps[-1].mixture.means
    if suffix == "npz":
        with np.load(path) as arrays:
            assert np.array_equal(arrays["means"], means)
            assert json.loads(arrays["metadata"].item())["iterations"] == last
    elif suffix == "json":
        assert json.loads(path.read_text())["means"] == means.tolist()
    elif suffix == "csv":
        assert path.read_text().startswith("component,weight,")
    else:
        assert f"iteration {last}," in path.read_text()
        assert run.cloud.name in path.read_text()


def test_the_trace_has_all_steps_whatever_is_on_show(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    key(window, Key.Key_Home)
    settle(qtbot, window)
    save(qtbot, window, tmp_path / "t.json", "trace")
    content = json.loads((tmp_path / "t.json").read_text())
    assert len(content["steps"]) == len(shown(window).steps)
    assert content["stop_reason"] == "converged"


def test_points_of_a_file_of_the_step_on_show(
    qtbot: QtBot, window: Window, tmp_path: Path, faithful: Path
) -> None:
    window.open_file(faithful)
    qtbot.waitUntil(lambda: window.session.document.cloud.n == 272)
    settle(qtbot, window)
    key(window, Key.Key_Home)
    key(window, Key.Key_Right)
    settle(qtbot, window)
    _, page = dialog_of(qtbot, window, "points")
    assert page.note.text().startswith(f"Every row of {faithful.name} with its responsibilities")
    assert [page.step.itemText(i) for i in range(2)][1] == "Iteration 1, on show"
    page.window().reject()  # type: ignore[attr-defined]
    save(qtbot, window, tmp_path / "a.csv", "points", "shown")
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines[1].startswith("# iteration 1, log-likelihood ")
    header, *rows = csv.reader(lines[2:])
    assert header[:3] == ["eruptions", "waiting", "responsibility_1"]
    run = shown(window)
    k = run.document.k
    found = np.array([row[2 : 2 + k] for row in rows], float)
    expected = run.steps[1].mixture.responsibilities(run.cloud.points)
    assert found == pytest.approx(expected, abs=1e-9)


def test_points_as_json(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    save(qtbot, window, tmp_path / "a.json", "points")
    content, run = json.loads((tmp_path / "a.json").read_text()), shown(window)
    found = [point["responsibility_1"] for point in content["points"]]
    expected = run.steps[-1].mixture.responsibilities(run.cloud.points)
    assert found == pytest.approx(expected[:, 0], abs=1e-9)


def test_the_format_is_remembered_for_each_kind(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    save(qtbot, window, tmp_path / "a.npz", "points")
    save(qtbot, window, tmp_path / "p.tex", "parameters")
    dialog, page = dialog_of(qtbot, window, "points")
    assert page.format.currentData() == ".npz"
    dialog.choose("parameters")
    assert isinstance(dialog.page, NumbersPage)
    assert dialog.page.format.currentData() == ".tex"
    cancel = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Cancel")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)


def test_a_file_that_is_gone_is_said_and_nothing_is_written(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    source = tmp_path / "mine.csv"
    source.write_text("x,y\n" + "".join(f"{i % 7},{i * i % 11}\n" for i in range(40)))
    window.open_file(source)
    qtbot.waitUntil(lambda: window.session.document.cloud.n == 40)
    settle(qtbot, window)
    source.unlink()
    dialog, _ = dialog_of(qtbot, window, "points")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    files = dialog.findChild(QFileDialog)
    assert files is not None
    files.selectFile(str(tmp_path / "a.csv"))
    files.accept()
    qtbot.waitUntil(lambda: "mine.csv" in window.activity.text)
    settle(qtbot, window)
    assert list(tmp_path.glob("*.csv")) == []
