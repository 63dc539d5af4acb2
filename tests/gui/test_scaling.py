"""Scaling the axes and reading large files, as a person does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gmm_studio.data import big
from gmm_studio.data.cells import to_cells
from gmm_studio.data.generators import generate
from gmm_studio.document import Drawn, Placed
from gmm_studio.export.parameters import write_parameters
from gmm_studio.export.points import write_cloud
from gmm_studio.gui.canvas.raster import rasterize
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.runs import RunRecord
from gmm_studio.gui.window import Window
from tests.gui.acting import Control, click, key, picture
from tests.gui.conftest import settle

Key = Qt.Key


@pytest.fixture
def geyser(qtbot: QtBot, window: Window, faithful: Path) -> Window:
    window.open_file(faithful)
    qtbot.waitUntil(lambda: window.session.document.cloud.name == "faithful")
    settle(qtbot, window)
    return window


def scale(qtbot: QtBot, window: Window, kind: str) -> None:
    """Choose a scaling in the Data section."""
    choice = window.data_panel.scaling
    if not window.data_panel.is_open:
        click(window.data_panel.header)
    choice.setFocus()
    while choice.currentIndex() > 0:
        key(window, Key.Key_Up)
    for _ in range(choice.findData(kind)):
        key(window, Key.Key_Down)
    qtbot.waitUntil(lambda: window.session.document.cloud.scaling_kind == kind)
    settle(qtbot, window)
    window.cloud_view.setFocus()


def shown(window: Window) -> RunRecord:
    assert window.session.shown is not None
    return window.session.shown


def box(window: Window) -> Viewport:
    assert window.cloud_view.viewport is not None
    return window.cloud_view.viewport


def test_the_axes_are_scaled_and_undo_brings_back_cloud_and_run(
    qtbot: QtBot, geyser: Window
) -> None:
    own, run = geyser.session.document.cloud, shown(geyser)
    scale(qtbot, geyser, "min-max")
    cloud = geyser.session.document.cloud
    assert cloud.points.min(axis=0).tolist() == [0, 0]
    assert cloud.points.max(axis=0).tolist() == [1, 1]
    assert box(geyser).right < 3
    assert shown(geyser) is not run
    assert geyser.data_panel.scaling.currentText() == "axes to 0–1"
    key(geyser, "z", Control)
    settle(qtbot, geyser)
    assert geyser.session.document.cloud is own
    assert shown(geyser) is run
    assert geyser.data_panel.scaling.currentText() == "none"


def test_none_comes_back_with_its_runs(qtbot: QtBot, geyser: Window) -> None:
    own, run = geyser.session.document.cloud, shown(geyser)
    scale(qtbot, geyser, "z-score")
    scale(qtbot, geyser, "none")
    assert geyser.session.document.cloud is own
    assert geyser.session.runs.of(own) == [run]


def test_the_last_of_hasty_choices_counts(qtbot: QtBot, geyser: Window) -> None:
    scale(qtbot, geyser, "min-max")
    choice = geyser.data_panel.scaling
    choice.setFocus()
    for way in (Key.Key_Down, Key.Key_Up, Key.Key_Up, Key.Key_Down):
        key(geyser, way)
    settle(qtbot, geyser)
    assert geyser.session.document.cloud.scaling_kind == "min-max"
    assert choice.currentData() == "min-max"


def test_k_and_method_are_kept_and_placed_seeds_are_drawn_anew(
    qtbot: QtBot, geyser: Window
) -> None:
    session = geyser.session
    session.choose_k(4)
    session.choose_method("random-points", 7)
    settle(qtbot, geyser)
    scale(qtbot, geyser, "z-score")
    assert (session.document.k, session.document.start) == (4, Drawn("random-points", 7))
    session.store.edit(
        replace(session.document, start=Placed(((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)))),
        "seeds",
    )
    settle(qtbot, geyser)
    scale(qtbot, geyser, "min-max")
    assert (session.document.k, session.document.start) == (4, Drawn())


def test_the_axes_say_how_they_are_scaled(qtbot: QtBot, geyser: Window) -> None:
    before = picture(geyser.cloud_view)
    scale(qtbot, geyser, "min-max")
    geyser.desk.open_numbers(0)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    names = {widget.accessibleName() for widget in dialog.findChildren(QWidget)}
    key(dialog, Key.Key_Escape)
    assert any("eruptions, scaled to 0–1" in name for name in names)
    assert picture(geyser.cloud_view) != before


def test_parameters_are_in_own_units_and_in_scaled_ones_on_request(
    qtbot: QtBot, geyser: Window
) -> None:
    panel = geyser.parameters
    assert panel.scaled_units.isHidden()
    geyser.session.playback.follow()
    settle(qtbot, geyser)
    scale(qtbot, geyser, "min-max")
    key(geyser, Key.Key_End)
    settle(qtbot, geyser)
    assert panel.scaled_units.isVisible()
    run = shown(geyser)
    step = run.steps[-1]
    own, inside = run.result(step), run.result(step, in_scaled_units=True)
    lines = panel.text.splitlines()
    assert lines[1] == "In the data's own units"
    assert f"BIC {own.bic:,.2f}" in lines
    assert 1 < own.step.mixture.means[0, 0] < 6
    key(geyser, "c", Control)
    assert QApplication.clipboard().text() == panel.text
    click(panel.scaled_units, (10, panel.scaled_units.height() / 2))
    lines = panel.text.splitlines()
    assert lines[1] == "In scaled units"
    assert f"BIC {inside.bic:,.2f}".replace("-", "−") in lines
    scale(qtbot, geyser, "none")
    assert panel.scaled_units.isHidden()
    assert "units" not in panel.text


def test_curve_and_runs_tell_the_log_likelihood_of_own_units(qtbot: QtBot, geyser: Window) -> None:
    scale(qtbot, geyser, "z-score")
    run = shown(geyser)
    step = run.steps[-1]
    level = run.result(step).step.log_likelihood
    assert level != step.log_likelihood
    assert run.log_likelihood == pytest.approx(level)
    assert geyser.curve_view._history(run).log_likelihoods[-1] == pytest.approx(level)


def test_what_is_saved_is_in_own_units(qtbot: QtBot, geyser: Window, tmp_path: Path) -> None:
    scale(qtbot, geyser, "min-max")
    run = shown(geyser)
    write_parameters(tmp_path / "p.json", run.result(run.steps[-1]))
    saved = json.loads((tmp_path / "p.json").read_text())
    assert saved["units"] == "own"
    assert 40 < saved["means"][0][1] < 100


def test_a_sample_keeps_the_scaling_and_another_cloud_does_not(
    qtbot: QtBot, window: Window, faithful: Path
) -> None:
    scale(qtbot, window, "z-score")
    was = window.session.document.cloud
    click(window.data_panel.sample)
    qtbot.waitUntil(lambda: window.session.document.cloud is not was)
    settle(qtbot, window)
    again = window.session.document.cloud
    assert again.scaling_kind == "z-score"
    assert again.truth is not None
    assert abs(again.truth.means).max() < 3
    window.files.generate("ring", 300)
    qtbot.waitUntil(lambda: window.session.document.cloud is not again)
    settle(qtbot, window)
    assert window.session.document.cloud.scaling_kind == "none"
    scale(qtbot, window, "min-max")
    window.open_file(faithful)
    qtbot.waitUntil(lambda: window.session.document.cloud.name == "faithful")
    settle(qtbot, window)
    assert window.session.document.cloud.scaling_kind == "none"


def test_other_columns_of_the_file_keep_the_scaling(qtbot: QtBot, geyser: Window) -> None:
    scale(qtbot, geyser, "min-max")
    geyser.files.use_columns(("waiting", "eruptions"))
    qtbot.waitUntil(lambda: geyser.session.document.cloud.columns == ("waiting", "eruptions"))
    settle(qtbot, geyser)
    assert geyser.session.document.cloud.scaling_kind == "min-max"


def test_too_many_points_are_read_into_a_grid_and_it_says_so(
    qtbot: QtBot, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(big, "MOST_POINTS", 5000)
    cloud = generate("separated", 6000)
    write_cloud(cloud, tmp_path / "many.csv")
    window.open_file(tmp_path / "many.csv")
    qtbot.waitUntil(lambda: window.session.document.cloud.name == "many")
    settle(qtbot, window)
    grid = window.session.document.cloud
    assert grid.grid is not None
    assert grid.total_weight == grid.n_points == 6000
    assert window.windowTitle().startswith("many, 6,000 points")
    words = f"Grid of 1,024 × 1,024 cells, {grid.n:,} of them with points"
    assert words in window.data_panel._used.text()
    assert window.activity.note.startswith(f"{words} · A cell of ")
    assert window.activity.note.endswith(" % of a variance")
    result = shown(window).result(shown(window).steps[-1])
    assert result.n_points == 6000
    assert result.bic == pytest.approx(
        -2 * result.step.log_likelihood + result.free_parameters * np.log(6000)
    )
    window.files.generate("ring", 300)
    qtbot.waitUntil(lambda: window.session.document.cloud.grid is None)
    settle(qtbot, window)
    assert not window.activity.note


def test_the_cells_are_painted_as_dense_as_the_points(qtbot: QtBot, window: Window) -> None:
    """The darkest places are the same, and no cell hides how many points it holds."""
    cloud = generate("separated", 60_000)
    view = box(window)
    one, other = (rasterize(each, view, 1.0) for each in (cloud, to_cells(cloud, 2048)))
    sums = [sum(float(block.shares.sum()) for block in each.blocks) for each in (one, other)]
    assert sums[1] == pytest.approx(sums[0], rel=0.05)
