"""What is copied: in every form, of the step on show, as the status bar says."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmm_studio.core.mixture import Mixture
from gmm_studio.export.parameters import parameters_csv
from gmm_studio.gui.window import Window
from tests.gui.acting import Control, key
from tests.gui.conftest import settle

Key = Qt.Key


def copied(window: Window, form: str) -> str:
    QApplication.clipboard().clear()
    action = window.actions_[f"copy_{form}"]
    assert action.isEnabled()
    assert action in window.actions_.copy_as.actions()
    action.trigger()
    return QApplication.clipboard().text()


def mixture_on_show(window: Window) -> Mixture:
    step, run = window.session.step, window.session.shown
    assert step is not None
    assert run is not None
    return run.cloud.own_mixture(step.mixture)


def third_step(qtbot: QtBot, window: Window) -> None:
    key(window, Key.Key_Home)
    for _ in range(3):
        key(window, Key.Key_Right)
    settle(qtbot, window)


def test_every_form_holds_the_step_on_show(qtbot: QtBot, window: Window) -> None:
    third_step(qtbot, window)
    mixture = mixture_on_show(window)
    content = json.loads(copied(window, "json"))
    assert content["means"] == mixture.means.tolist()
    assert content["iterations"] == 3
    assert content["stop_reason"] is None
    assert copied(window, "csv") == parameters_csv(mixture)
    assert copied(window, "markdown").startswith("| component | weight | mean x |")
    assert "; iteration 3, log-likelihood" in copied(window, "markdown")
    assert r"\begin{tabular}" in copied(window, "latex")
    assert copied(window, "text") == window.parameters.text
    points = window.session.document.cloud.points[:20]
    for form, name in (("sklearn", "model"), ("numpy", "joint_log_densities")):
        code = copied(window, form)
        assert "# iteration 3, log-likelihood" in code
        names: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, "script", "exec"), names)
        found = names[name]
        density = (
            found.score_samples(points)
            if form == "sklearn"
            else np.logaddexp.reduce(found(points), axis=1)
        )
        assert density == pytest.approx(mixture.log_density(points), abs=1e-9)


@pytest.mark.parametrize(
    ("form", "said"),
    [("text", "plain text"), ("latex", "LaTeX"), ("sklearn", "Python for scikit-learn")],
)
def test_the_status_bar_says_what_and_of_which_step(
    qtbot: QtBot, window: Window, form: str, said: str
) -> None:
    third_step(qtbot, window)
    copied(window, form)
    assert window.activity.text == f"Copied as {said}: the parameters of iteration 3"
    settle(qtbot, window)
    assert window.activity.text.startswith("Copied")


def test_the_shortcut_copies_plain_text(qtbot: QtBot, window: Window) -> None:
    third_step(qtbot, window)
    key(window, "c", Control)
    assert QApplication.clipboard().text() == window.parameters.text
    assert "iteration 3" in window.activity.text


def test_a_person_finds_them_in_the_menu(qtbot: QtBot, window: Window) -> None:
    menu = window.actions_.copy_as
    menu.popup(window.mapToGlobal(QPoint(50, 50)))
    qtbot.waitUntil(menu.isVisible)
    at = menu.actionGeometry(window.actions_["copy_markdown"]).center()
    QApplication.clipboard().clear()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at)
    assert QApplication.clipboard().text().startswith("| component |")


def test_the_units_are_those_of_the_panel(qtbot: QtBot, window: Window) -> None:
    window.session.scale("z-score")
    settle(qtbot, window)
    own = json.loads(copied(window, "json"))
    assert own["units"] == "own"
    assert own["means"] == mixture_on_show(window).means.tolist()
    window.parameters.scaled_units.click()
    scaled = json.loads(copied(window, "json"))
    assert scaled["units"] == "scaled"
    step = window.session.step
    assert step is not None
    assert scaled["means"] == step.mixture.means.tolist()
    assert window.activity.text.endswith(", in scaled units")


def test_without_a_run_there_is_nothing_to_copy(qtbot: QtBot, window: Window) -> None:
    window.session.begin_seeds()
    settle(qtbot, window)
    assert not window.actions_.copy_as.isEnabled()
    QApplication.clipboard().setText("mine")
    window.actions_["copy_json"].trigger()
    assert QApplication.clipboard().text() == "mine"
    assert "Place the seeds first" in window.activity.text
