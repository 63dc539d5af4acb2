"""The laboratory in the window: pages beside the curves, maps over the cloud, update rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gmm_studio.core.em import fit
from gmm_studio.data.generators import generate
from gmm_studio.document import Drawn, new_cloud
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.laboratory.map_overlay import MapPicture
from gmm_studio.gui.window import Window
from tests.gui.acting import click, key, picture
from tests.gui.conftest import settle

Key = Qt.Key


def show_small(qtbot: QtBot, window: Window, name: str = "separated") -> None:
    cloud = generate(name, 150)
    window.session.store.edit(new_cloud(window.session.document, cloud), "Small")
    settle(qtbot, window)


def test_two_actions_compare_random_points_with_k_means(qtbot: QtBot, window: Window) -> None:
    show_small(qtbot, window)
    key(window, Key.Key_End)
    settle(qtbot, window)
    click(window.pill.button)
    atlas = window.laboratory.atlas
    qtbot.waitUntil(lambda: atlas.is_settled)
    assert atlas.atlas is not None
    assert {rate.method for rate in atlas.atlas.rates} == {"random-points", "k-means++"}
    assert sum(rate.runs for rate in atlas.atlas.rates) == 200


def test_an_optimum_opens_in_the_main_view_from_its_start(qtbot: QtBot, window: Window) -> None:
    show_small(qtbot, window)
    window.laboratory.try_starts()
    atlas = window.laboratory.atlas
    qtbot.waitUntil(lambda: atlas.is_settled)
    assert atlas.atlas is not None
    found = atlas.atlas.found[0]
    document = atlas.atlas.document(found.draws[0])
    window.session.playback.speed = 1000
    atlas.document_requested.emit(document)
    qtbot.waitUntil(lambda: window.session.document == document)
    settle(qtbot, window)
    run = window.session.shown
    assert run is not None
    assert isinstance(run.document.start, Drawn)
    assert run.steps[-1].log_likelihood == pytest.approx(
        found.optimum.log_likelihood, abs=1e-4 * run.cloud.n
    )
    window.session.store.undo_stack.undo()
    settle(qtbot, window)
    assert window.session.document != document


def test_escape_cancels_and_keeps_what_is_known(qtbot: QtBot, window: Window) -> None:
    atlas = window.laboratory.atlas
    atlas.controls.runs.setValue(5000)
    window.laboratory.try_starts()
    qtbot.waitUntil(lambda: atlas.atlas is not None and atlas.atlas.ended > 20)
    key(window, Key.Key_Escape)
    assert not atlas.is_busy
    assert atlas.atlas is not None
    assert atlas.atlas.found


def test_the_pages_can_be_reached_by_keys(qtbot: QtBot, window: Window) -> None:
    for letter, page in (("R", window.laboratory.race), ("K", window.laboratory.sweep)):
        key(window, letter, Qt.KeyboardModifier.ControlModifier)
        assert window.compare.currentWidget() is page


# Maps


def test_the_map_of_basins_follows_the_picked_seed(qtbot: QtBot, window: Window) -> None:
    show_small(qtbot, window, "overlapping")
    key(window, "w")
    lab = window.map.lab
    qtbot.waitUntil(lambda: lab.is_complete)
    overlay = window.cloud_view.overlay
    assert isinstance(overlay, MapPicture)
    assert overlay.legend is not None
    assert overlay.legend.j == 0
    with_map = picture(window.cloud_view)
    basins = lab.map
    assert basins is not None
    run = window.session.shown
    assert run is not None
    rng = np.random.default_rng(0)
    start = run.steps[0].mixture
    for _ in range(3):
        row, column = rng.integers(len(basins.y)), rng.integers(len(basins.x))
        means = start.means.copy()
        means[0] = basins.x[column], basins.y[row]
        moved = type(start)(start.weights, means, start.covariances)
        single = fit(run.cloud, start=moved, tolerance=1e-7)
        expected = basins.log_likelihood[row, column]
        assert single.log_likelihood == pytest.approx(expected, abs=1e-3 * run.cloud.n)
    window.hands.pin(Pin("mean", 2))
    qtbot.waitUntil(lambda: lab.is_complete and lab.request is not None and lab.request.j == 2)
    assert picture(window.cloud_view) != with_map
    key(window, "w")
    settle(qtbot, window)
    assert window.cloud_view.overlay is None


def test_the_likelihood_of_a_seed_is_shown_with_the_way_of_its_mean(
    qtbot: QtBot, window: Window
) -> None:
    show_small(qtbot, window)
    key(window, Key.Key_End)
    key(window, "j")
    qtbot.waitUntil(lambda: window.map.lab.is_complete)
    settle(qtbot, window)
    overlay = window.cloud_view.overlay
    assert isinstance(overlay, MapPicture)
    assert overlay.surface is not None
    assert overlay.path is not None
    step = window.session.step
    assert step is not None
    assert overlay.surface.here == pytest.approx(step.log_likelihood)
    assert overlay.surface.values.max() <= step.log_likelihood + 1e-6


def test_the_map_is_saved_as_numbers(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    show_small(qtbot, window)
    window.actions_["export_map"].trigger()
    assert "W" in window.activity.text
    key(window, "w")
    qtbot.waitUntil(lambda: window.map.lab.is_complete)
    window.actions_["export_map"].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    path = tmp_path / "map.csv"
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(path.exists)
    settle(qtbot, window)
    basins = window.map.lab.map
    assert basins is not None
    rows = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert len(rows) == 1 + basins.optimum.size


@pytest.mark.parametrize("letter", ["w", "j"])
def test_maps_of_one_dimension_are_strips(qtbot: QtBot, window: Window, letter: str) -> None:
    show_small(qtbot, window, "hills")
    before = picture(window.cloud_view)
    key(window, letter)
    qtbot.waitUntil(lambda: window.map.lab.is_complete)
    settle(qtbot, window)
    after = picture(window.cloud_view)
    assert after != before
    viewport = window.cloud_view.viewport
    assert viewport is not None
    ground = round(viewport.to_pixel(viewport.left, 0)[1])
    canvas = window.cloud_view.style_of_scene.palette.canvas
    row = [after.pixelColor(x, ground + 4) for x in range(0, after.width(), 7)]
    assert sum(colour != QColor(canvas) for colour in row) > 0.9 * len(row), "along the axis"
    assert all(before.pixelColor(x, ground + 4) == QColor(canvas) for x in (3, 5)), "a strip"
    assert after.pixelColor(3, after.height() - 30) == QColor(canvas)


# Rules


def choose_rule(qtbot: QtBot, window: Window, rule: str) -> None:
    panel = window.model_panel
    panel.set_open(True)
    panel.rule.setCurrentIndex(panel.rule.findData(rule))
    panel.rule.activated.emit(panel.rule.currentIndex())
    settle(qtbot, window)


@pytest.mark.parametrize("rule", ["classification", "stochastic", "annealing", "split-and-merge"])
def test_a_rule_is_chosen_in_the_model_and_says_what_it_promises(
    qtbot: QtBot, window: Window, rule: str
) -> None:
    show_small(qtbot, window)
    window.model_panel.limit.setValue(60)
    settle(qtbot, window)
    said = window.model_panel.promise.text()
    choose_rule(qtbot, window, rule)
    run = window.session.shown
    assert run is not None
    assert run.document.configuration.rule == rule
    assert window.model_panel.promise.text() != said
    key(window, Key.Key_End)
    settle(qtbot, window)
    assert window.cloud_view.scene is not None
    window.session.store.undo_stack.undo()
    settle(qtbot, window)
    assert window.session.document.configuration.rule == "em"
    assert window.model_panel.promise.text() == said


def test_the_pill_tells_the_temperature(qtbot: QtBot, window: Window) -> None:
    choose_rule(qtbot, window, "annealing")
    key(window, Key.Key_Right)
    settle(qtbot, window)
    assert "temperature 1.6" in window.pill.text


def test_the_next_move_of_split_and_merge_is_drawn(qtbot: QtBot, window: Window) -> None:
    choose_rule(qtbot, window, "split-and-merge")
    run = window.session.shown
    assert run is not None
    chosen = next(
        step.index
        for step in run.steps
        if step.state is not None and getattr(step.state, "phase", "") == "chosen"
    )
    window.session.playback.move_to(chosen)
    settle(qtbot, window)
    scene = window.cloud_view.scene
    assert scene is not None
    assert scene.candidate is not None
    assert "merge" in window.pill.text
    window.session.playback.move_to(chosen + 1)
    settle(qtbot, window)
    assert scene is not window.cloud_view.scene
    assert window.cloud_view.scene is not None
    assert window.cloud_view.scene.candidate is None
