"""From a file to a file, as a person would: load, place seeds, run, scrub, compare, undo, save."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from gmm_studio.document import Placed
from gmm_studio.export.parameters import read_start
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.dialogs.export_dialog import ExportDialog
from gmm_studio.gui.dialogs.export_picture import PicturePage
from gmm_studio.gui.window import Window
from tests.gui.acting import click, colour_at, distance, key, picture, rgb
from tests.gui.conftest import settle

OPTIMUM = -1130.2640


def at(window: Window, x: float, y: float) -> QPointF:
    viewport = window.cloud_view.viewport
    assert viewport is not None
    return QPointF(*viewport.to_pixel(x, y))


def step_of(window: Window) -> tuple[int, float]:
    step = window.session.step
    assert step is not None
    return step.index, step.log_likelihood


def load(qtbot: QtBot, window: Window, path: Path) -> None:
    window.open_file(path)
    qtbot.waitUntil(lambda: window.session.document.cloud.source is not None)
    settle(qtbot, window)
    assert window.windowTitle().startswith("faithful, 272 points")
    assert not window.view_panel.equal.isChecked()


def type_two_components(qtbot: QtBot, window: Window) -> None:
    click(window.model_panel.k.lineEdit())
    key(window, "A", Qt.KeyboardModifier.ControlModifier)
    key(window, "2")
    key(window, Qt.Key.Key_Return)
    assert window.session.document.k == 2
    settle(qtbot, window)


def place_seeds(qtbot: QtBot, window: Window) -> None:
    key(window, "S")
    settle(qtbot, window)
    click(window.cloud_view, at(window, 2.0, 55.0))
    assert window.session.document.missing_seed == 1
    settle(qtbot, window)
    assert window.pill.text == "Click to place seed 2 of 2"
    click(window.cloud_view, at(window, 4.3, 80.0))
    assert window.hands.tool == "pick"
    qtbot.waitUntil(lambda: window.session.playback.is_playing)
    window.session.playback.speed = 60
    settle(qtbot, window)


def scrub(qtbot: QtBot, window: Window, iteration: int) -> None:
    plot, area = window.curve_view.plot, window.curve_view.plot.frame.area
    click(plot, (plot.frame.place(iteration, 0).x(), area.center().y()))
    settle(qtbot, window)


def save(qtbot: QtBot, window: Window, path: Path) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    key(window, "E", Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    dialog.choose("picture" if path.suffix == ".png" else "parameters")
    if isinstance(dialog.page, PicturePage):
        dialog.page.choose("screen")
    button = next(b for b in dialog.findChildren(QPushButton) if b.text().startswith("Save"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    files = dialog.findChild(QFileDialog)
    assert files is not None
    files.selectFile(str(path))
    files.accept()
    qtbot.waitUntil(path.exists)
    settle(qtbot, window)
    assert window.activity.text == f"Saved {path.name}"


def test_a_whole_session(qtbot: QtBot, window: Window, faithful: Path, tmp_path: Path) -> None:
    load(qtbot, window, faithful)
    type_two_components(qtbot, window)
    place_seeds(qtbot, window)
    end, log_likelihood = step_of(window)
    assert log_likelihood == pytest.approx(OPTIMUM, abs=1e-3)
    assert window.session.playback.is_at_end
    assert window.pill.text.startswith(f"Converged after {end}.")
    assert "Iteration " + str(end) in window.parameters.text
    assert "\N{MINUS SIGN}1,130.26" in window.parameters.text

    run = window.session.shown
    assert run is not None
    mean = run.steps[-1].mixture.means[0]
    beside = at(window, *mean.tolist()) + QPointF(0, 7.5)
    assert distance(colour_at(picture(window.cloud_view), beside), rgb(LIGHT.components[0])) < 60

    scrub(qtbot, window, 3)
    assert step_of(window)[0] == 3
    assert window.pill.text == "Iteration 3"
    assert "Iteration 3\n" in window.parameters.text
    scrubbed = step_of(window)[1]
    assert scrubbed < log_likelihood

    key(window, "N")
    settle(qtbot, window)
    other = window.session.shown
    assert other is not None
    assert other is not run
    assert other.log_likelihood == pytest.approx(OPTIMUM, abs=1e-3)
    model = window.runs.model()
    stopped = [model.index(row, model.columnCount() - 1).data() for row in range(model.rowCount())]
    assert stopped == ["converged"] * len(stopped)
    assert len(stopped) == 3
    below = [model.index(row, 2).data() for row in range(model.rowCount())]
    assert "best" in below

    key(window, "Z", Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert isinstance(window.session.document.start, Placed)
    assert window.session.shown is run
    assert step_of(window) == (3, scrubbed)
    key(window, "Z", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    assert window.session.shown is other
    key(window, "Z", Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)

    save(qtbot, window, tmp_path / "mixture.json")
    content = json.loads((tmp_path / "mixture.json").read_text())
    assert content["iterations"] == end
    assert content["log_likelihood"] == log_likelihood
    assert content["columns"] == ["eruptions", "waiting"]
    assert (read_start(tmp_path / "mixture.json").means == run.steps[-1].mixture.means).all()

    save(qtbot, window, tmp_path / "picture.png")
    saved = QImage(str(tmp_path / "picture.png"))
    assert saved.size() == window.cloud_view.size()
    shown = picture(window.cloud_view)
    third = at(window, *run.steps[3].mixture.means[1].tolist()) + QPointF(0, 7.5)
    assert distance(colour_at(saved, third), colour_at(shown, third)) < 20
    assert QApplication.activeModalWidget() is None
