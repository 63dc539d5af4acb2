"""Making data in its dialog, as a person does, and what comes of it in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from gmm_studio.core.mixture import Mixture
from gmm_studio.core.overlap import misclassification_rate
from gmm_studio.core.recipe import Recipe
from gmm_studio.data.generators import GENERATORS
from gmm_studio.data.making import make
from gmm_studio.gui.colours import LIGHT, component_colour
from gmm_studio.gui.dialogs.make_dialog import MakeDialog
from gmm_studio.gui.dialogs.make_preview import MOST_SHOWN, Shown
from gmm_studio.gui.style import Style
from gmm_studio.gui.window import Window
from tests.gui.acting import click, colour_at, count, key, picture, rgb
from tests.gui.conftest import close_window, open_window, settle

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
FIT = Mixture([0.6, 0.4], [[0.0, 0.0], [4.0, 1.0]], np.tile(np.eye(2), (2, 1, 1)))

Answers = list[Recipe]
Opened = tuple[MakeDialog, Answers]


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "dialog.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def opened(qtbot: QtBot, settings: QSettings) -> Callable[..., Opened]:
    holder = QMainWindow()
    qtbot.addWidget(holder)
    holder.show()

    def open_one(fit: Mixture | None = None, n: int | None = None) -> Opened:
        dialog = MakeDialog(settings, Style(LIGHT, QFont()), holder, fit, n)
        answers: Answers = []
        dialog.accepted_recipe.connect(answers.append)
        dialog.open()
        qtbot.waitExposed(dialog)
        shown(qtbot, dialog)
        return dialog, answers

    return open_one


def shown(qtbot: QtBot, dialog: MakeDialog) -> Shown:
    """What the preview shows once it is done."""
    qtbot.waitUntil(lambda: dialog.preview.is_idle and dialog.preview.picture is not None)
    picture = dialog.preview.picture
    assert picture is not None
    return picture


def truth_of(made: Shown) -> Mixture:
    assert made.cloud.truth is not None
    return made.cloud.truth


def press_button(dialog: MakeDialog, text: str) -> None:
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    click(buttons[text])


def slide(qtbot: QtBot, dialog: MakeDialog, name: str, pages: int) -> None:
    """Move a slider by its keys, five per cent at a time."""
    slider = {"overlap": dialog.overlap, "outliers": dialog.outliers, "noise": dialog.noise}[name]
    slider.slider.setFocus()
    for _ in range(pages):
        qtbot.keyClick(slider.slider, Key.Key_PageUp)


# The dialog


def test_all_generators_are_in_the_list_with_pictures(opened: Callable[..., Opened]) -> None:
    dialog, _ = opened()
    titles = [dialog.kinds.item(i).text() for i in range(dialog.kinds.count())]
    assert titles == [made.title for made in GENERATORS.values()]
    assert not any(dialog.kinds.item(i).icon().isNull() for i in range(dialog.kinds.count()))
    assert dialog.recipe == Recipe("separated", 1000, 3)
    dialog.reject()


def test_the_preview_shows_the_cloud_with_the_ellipses_of_its_truth(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    dialog, _ = opened()
    made = shown(qtbot, dialog)
    np.testing.assert_array_equal(made.cloud.points, make(Recipe("separated", 1000)).points)
    image = picture(dialog.preview)
    ratio = image.devicePixelRatio()
    for j, mean in enumerate(truth_of(made).means.tolist()):
        x, y = made.viewport.to_pixel(*mean)
        # Beside the number of the disc.
        colour = colour_at(image, ((x - 7) * ratio, y * ratio))
        assert colour == rgb(component_colour(LIGHT, j))
    assert "0.158" in dialog.note.text()
    assert dialog.caption.text() == "1,000 points"
    dialog.reject()


def test_the_preview_of_a_million_points_draws_a_few(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    dialog, answers = opened()
    dialog.points.setFocus()
    dialog.points.selectAll()
    qtbot.keyClicks(dialog.points, "1000000")
    qtbot.keyClick(dialog.points, Key.Key_Tab)
    made = shown(qtbot, dialog)
    assert made.cloud.n == MOST_SHOWN
    assert dialog.caption.text() == "3,000 of 1,000,000 points shown"
    press_button(dialog, "Make")
    assert answers == [Recipe("separated", 1_000_000, 3)]


def test_the_overlap_slider_is_the_misclassification_rate_of_the_truth(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    dialog, answers = opened()
    slide(qtbot, dialog, "overlap", 4)
    made = shown(qtbot, dialog)
    assert dialog.recipe.overlap == pytest.approx(0.2)
    assert misclassification_rate(truth_of(made)) == pytest.approx(0.2, abs=1e-4)
    assert dialog.overlap.text.text() == "20\N{NO-BREAK SPACE}%"
    assert "20\N{NO-BREAK SPACE}%" in dialog.note.text()
    press_button(dialog, "Make")
    assert answers[0].overlap == pytest.approx(0.2)


def test_outliers_noise_and_weights_are_in_the_preview_and_the_answer(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    dialog, answers = opened()
    slide(qtbot, dialog, "outliers", 2)
    slide(qtbot, dialog, "noise", 1)
    dialog.weights.setFocus()
    qtbot.keyClicks(dialog.weights, "5")
    made = shown(qtbot, dialog)
    assert made.cloud.labels is not None
    assert (made.cloud.labels == -1).sum() == 100
    weights = truth_of(made).weights
    assert weights[0] / weights[-1] == pytest.approx(5)
    press_button(dialog, "Make")
    assert answers == [Recipe("separated", 1000, 3, outliers=0.1, noise=0.05, unequal=5.0)]


def test_plain_takes_all_of_it_back(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    dialog, _ = opened()
    for name in ("overlap", "outliers", "noise"):
        slide(qtbot, dialog, name, 2)
    shown(qtbot, dialog)
    press_button(dialog, "Plain")
    assert dialog.recipe == Recipe("separated", 1000, 3)
    shown(qtbot, dialog)
    assert dialog.overlap.text.text() == "0.158\N{NO-BREAK SPACE}%"
    dialog.reject()


def test_a_cloud_brings_its_own_number_of_clusters(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    dialog, _ = opened()
    dialog.choose("grid")
    assert (dialog.clusters.value(), dialog.recipe.k) == (9, 9)
    dialog.choose("ring")
    made = shown(qtbot, dialog)
    assert dialog.recipe == Recipe("ring", 1000)
    assert made.cloud.truth is None
    for control in (dialog.clusters, dialog.weights, dialog.overlap):
        assert not control.isEnabled()
    assert "no mixture" in dialog.note.text()
    dialog.choose("claw")
    shown(qtbot, dialog)
    assert dialog.clusters.value() == 6
    assert not dialog.clusters.isEnabled()
    assert dialog.overlap.isEnabled()
    dialog.reject()


def test_an_overlap_out_of_reach_is_said_and_cannot_be_made(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    dialog, answers = opened()
    slide(qtbot, dialog, "overlap", 6)
    dialog.choose("nested")
    shown(qtbot, dialog)
    assert "cannot overlap by 30 %" in dialog.problem.text()
    assert not dialog.make.isEnabled()
    dialog.choose("grid")
    shown(qtbot, dialog)
    assert dialog.problem.text() == ""
    assert dialog.make.isEnabled()
    dialog.reject()
    assert answers == []


def test_the_last_values_are_there_again(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    dialog, (*_,) = opened()
    dialog.choose("grid")
    dialog.clusters.setValue(4)
    dialog.points.setValue(700)
    dialog.state.setValue(42)
    slide(qtbot, dialog, "overlap", 2)
    slide(qtbot, dialog, "outliers", 1)
    press_button(dialog, "Make")
    again, answers = opened()
    press_button(again, "Make")
    assert answers == [Recipe("grid", 700, 4, 42, outliers=0.05, overlap=0.1)]


def test_settings_that_make_no_sense_are_not_taken(
    settings: QSettings, opened: Callable[..., Opened]
) -> None:
    for name in ("source", "n", "k", "random_state", "unequal", "overlap", "outliers", "noise"):
        settings.setValue(f"make/{name}", "nan")
    dialog, _ = opened()
    assert dialog.recipe == Recipe("separated", 1000, 3)
    dialog.reject()


def test_the_fit_is_one_more_to_sample_from(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    dialog, answers = opened(FIT, 321)
    made = shown(qtbot, dialog)
    assert truth_of(made) is FIT
    assert dialog.kinds.item(0).text() == "The fit on show"
    assert dialog.clusters.value() == 2
    assert not dialog.clusters.isEnabled()
    press_button(dialog, "Make")
    assert answers == [Recipe(FIT, 321, title="Sample of the fit")]


def test_every_control_is_reached_and_enter_makes(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    dialog, answers = opened()
    for child in dialog.findChildren(QAbstractButton):
        if isinstance(child, QPushButton):
            assert child.toolTip()
    qtbot.keyClick(dialog.kinds, Key.Key_Down)
    qtbot.keyClick(dialog, Key.Key_Return)
    assert [recipe.source for recipe in answers] == ["overlapping"]


def test_without_a_truth_no_ellipse_is_painted(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    dialog, _ = opened()
    dialog.choose("uniform")
    shown(qtbot, dialog)
    assert count(picture(dialog.preview), rgb(component_colour(LIGHT, 0))) == 0
    dialog.reject()


# In the window


def dialog_of(qtbot: QtBot, window: Window) -> MakeDialog:
    dialog = window.findChild(MakeDialog)
    assert dialog is not None
    shown(qtbot, dialog)
    return dialog


def test_a_made_cloud_is_one_edit_with_the_k_of_its_truth(qtbot: QtBot, window: Window) -> None:
    was = window.session.document
    key(window, Key.Key_G, Control)
    dialog = dialog_of(qtbot, window)
    dialog.choose("grid")
    dialog.clusters.setValue(5)
    slide(qtbot, dialog, "outliers", 1)
    press_button(dialog, "Make")
    settle(qtbot, window)
    document = window.session.document
    assert (document.k, document.cloud.n) == (5, 1000)
    assert document.cloud.recipe == Recipe("grid", 1000, 5, outliers=0.05)
    assert window.session.store.undo_stack.count() == 1
    window.session.store.undo_stack.undo()
    settle(qtbot, window)
    assert window.session.document == was


def test_new_sample_draws_another_by_the_same_recipe(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_G, Control)
    dialog = dialog_of(qtbot, window)
    slide(qtbot, dialog, "overlap", 3)
    slide(qtbot, dialog, "outliers", 2)
    press_button(dialog, "Make")
    settle(qtbot, window)
    first = window.session.document.cloud
    click(window.data_panel.sample)
    settle(qtbot, window)
    second = window.session.document.cloud
    assert first.recipe is not None
    assert second.recipe is not None
    assert second.recipe.random_state == first.recipe.random_state + 1
    assert (second.recipe.overlap, second.recipe.outliers) == (first.recipe.overlap, 0.1)
    assert not np.array_equal(first.points, second.points)
    assert first.truth is not None
    assert second.truth is not None
    np.testing.assert_array_equal(first.truth.covariances, second.truth.covariances)


def test_another_size_keeps_what_was_done_to_the_cloud(qtbot: QtBot, window: Window) -> None:
    window.session.make(Recipe("grid", 500, 4, 8, outliers=0.2))
    settle(qtbot, window)
    window.files.generate("grid", 600)
    settle(qtbot, window)
    assert window.session.document.cloud.recipe == Recipe("grid", 600, 4, 8, outliers=0.2)
    window.files.generate("grid", 600)
    settle(qtbot, window)
    assert window.session.document.cloud.recipe == Recipe("grid", 600, 9, 8), "chosen anew: plain"


def test_a_sample_of_the_fit_has_the_mixture_on_show_as_its_truth(
    qtbot: QtBot, window: Window
) -> None:
    window.session.playback.follow()
    settle(qtbot, window)
    step = window.session.step
    assert step is not None
    window.actions_["sample_fit"].trigger()
    dialog = dialog_of(qtbot, window)
    assert dialog.points.value() == 1000
    press_button(dialog, "Make")
    settle(qtbot, window)
    cloud = window.session.document.cloud
    assert cloud.truth is step.mixture
    assert cloud.name == "Sample of the fit"
    np.testing.assert_array_equal(cloud.points, step.mixture.sample(1000, 0)[0])
    assert window.data_panel.sample.isEnabled()
    click(window.data_panel.sample)
    settle(qtbot, window)
    np.testing.assert_array_equal(
        window.session.document.cloud.points, step.mixture.sample(1000, 1)[0]
    )


def test_without_a_fit_there_is_nothing_to_sample_from(qtbot: QtBot, window: Window) -> None:
    window.hands.begin_seeds()
    settle(qtbot, window)
    window.actions_["sample_fit"].trigger()
    assert window.findChild(MakeDialog) is None
    assert "no fit to sample from" in window.pill.text


def test_closing_the_window_ends_the_preview(qtbot: QtBot, settings_path: Path) -> None:
    window = open_window(qtbot, settings_path)
    window.actions_["make"].trigger()
    assert window.findChild(MakeDialog) is not None
    close_window(window)
