"""What is copied: in every form, of the step on show, as the status bar says."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gmm_studio.core.mixture import Mixture
from gmm_studio.export import assigned
from gmm_studio.export.parameters import parameters_csv
from gmm_studio.gui import copying
from gmm_studio.gui.runs import RunRecord
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


def choose(qtbot: QtBot, window: Window, name: str) -> None:
    """Click an entry of the menu."""
    QApplication.clipboard().clear()
    menu = window.actions_.copy_as
    menu.popup(window.mapToGlobal(QPoint(50, 50)))
    qtbot.waitUntil(menu.isVisible)
    at = menu.actionGeometry(window.actions_[name]).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(menu.isHidden)


def made(qtbot: QtBot, window: Window, name: str) -> str:
    """What is copied once it is made."""
    choose(qtbot, window, name)
    qtbot.waitUntil(lambda: bool(QApplication.clipboard().text()))
    settle(qtbot, window)
    return QApplication.clipboard().text()


def run_on_show(window: Window) -> RunRecord:
    assert window.session.shown is not None
    return window.session.shown


def hold(monkeypatch: pytest.MonkeyPatch, name: str) -> tuple[threading.Event, threading.Event]:
    """Let a function that joins rows wait: it has begun, it may go on."""
    begun, may_go_on = threading.Event(), threading.Event()
    function: Callable[..., Any] = getattr(assigned, name)

    def waiting(*arguments: Any, **options: Any) -> Any:
        begun.set()
        assert may_go_on.wait(60)
        return function(*arguments, **options)

    monkeypatch.setattr(assigned, name, waiting)
    return begun, may_go_on


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
    choose(qtbot, window, "copy_markdown")
    assert QApplication.clipboard().text().startswith("| component |")


@pytest.mark.parametrize("form", ["cells", "csv"])
def test_the_trace_as_a_table_has_all_steps_whatever_is_on_show(
    qtbot: QtBot, window: Window, form: str
) -> None:
    third_step(qtbot, window)
    text, run = made(qtbot, window, f"copy_trace_{form}"), run_on_show(window)
    header, *rows = csv.reader(io.StringIO(text), delimiter="\t" if form == "cells" else ",")
    assert header[:3] == ["iteration", "log_likelihood", "weight_1"]
    assert len(rows) == len(run.steps)
    for row, step in zip(rows, run.steps, strict=True):
        assert int(row[0]) == step.index
        assert float(row[1]) == step.log_likelihood
        found = [float(row[header.index(f"weight_{j + 1}")]) for j in range(step.mixture.k)]
        assert found == step.mixture.weights.tolist()
    name = {"cells": "cells for a spreadsheet", "csv": "CSV"}[form]
    last = run.steps[-1].index
    assert window.activity.text == f"Copied as {name}: the trace, iterations 0 to {last}"


def test_the_trace_as_json(qtbot: QtBot, window: Window) -> None:
    content, run = json.loads(made(qtbot, window, "copy_trace_json")), run_on_show(window)
    assert [step["iteration"] for step in content["steps"]] == [one.index for one in run.steps]
    for found, step in zip(content["steps"], run.steps, strict=True):
        assert found["means"] == step.mixture.means.tolist()
        assert found["covariances"] == step.mixture.covariances.tolist()
    assert content["stop_reason"] == "converged"


@pytest.mark.parametrize("form", ["cells", "csv", "json"])
def test_points_stand_beside_the_columns_of_their_file(
    qtbot: QtBot, window: Window, tmp_path: Path, form: str
) -> None:
    random = np.random.default_rng(0)
    table = random.normal(size=(60, 2)).round(3) + np.repeat([[0.0], [4.0]], 30, axis=0)
    names = [f"no. {i}, ü" for i in range(60)]
    with (tmp_path / "flowers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = ([name, *row] for name, row in zip(names, table.tolist(), strict=True))
        csv.writer(file).writerows([["id", "u", "v"], *rows])
    window.open_file(tmp_path / "flowers.csv")
    qtbot.waitUntil(lambda: window.session.document.cloud.n == 60)
    settle(qtbot, window)
    key(window, Key.Key_Home)
    key(window, Key.Key_Right)
    settle(qtbot, window)
    text = made(qtbot, window, f"copy_points_{form}")
    assert window.activity.text.endswith(": the points with the responsibilities of iteration 1")
    if form == "json":
        content = json.loads(text)
        assert content["iterations"] == 1
        records = content["points"]
    else:
        lines = text.splitlines()
        if form == "csv":
            assert lines[1].startswith("# iteration 1, log-likelihood ")
            lines = [line for line in lines if not line.startswith("#")]
        records = list(csv.DictReader(lines, delimiter="\t" if form == "cells" else ","))
    run = run_on_show(window)
    mixture = run.steps[1].mixture
    assert [record["id"] for record in records] == names
    assert np.array([[record["u"], record["v"]] for record in records], float) == pytest.approx(
        table
    )
    shares = [f"responsibility_{j}" for j in range(1, mixture.k + 1)]
    found = np.array([[record[share] for share in shares] for record in records], float)
    expected = mixture.responsibilities(run.cloud.points)
    assert found == pytest.approx(expected, abs=1e-9)
    labels = [int(record["component"]) for record in records]
    assert labels == (expected.argmax(axis=1) + 1).tolist()
    densities = np.array([record["log_density"] for record in records], float)
    assert densities == pytest.approx(mixture.log_density(run.cloud.points), abs=1e-9)


def test_what_is_copied_in_the_background_is_in_the_units_of_the_panel(
    qtbot: QtBot, window: Window
) -> None:
    window.session.scale("z-score")
    settle(qtbot, window)
    own = json.loads(made(qtbot, window, "copy_points_json"))
    assert own["units"] == "own"
    window.parameters.scaled_units.click()
    scaled = json.loads(made(qtbot, window, "copy_points_json"))
    assert scaled["units"] == "scaled"
    assert window.activity.text.endswith(", in scaled units")
    cloud = run_on_show(window).cloud
    places = [[point[name] for name in cloud.columns] for point in scaled["points"]]
    assert places == cloud.points.tolist()
    trace = json.loads(made(qtbot, window, "copy_trace_json"))
    assert trace["units"] == "scaled"
    last = run_on_show(window).steps[-1].mixture
    assert trace["steps"][-1]["means"] == last.means.tolist()


def test_what_runs_is_said_and_can_be_cancelled(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = hold(monkeypatch, "use_assigned")
    choose(qtbot, window, "copy_points_csv")
    QApplication.clipboard().setText("mine")
    qtbot.waitUntil(lambda: begun.is_set() and window.activity.is_working)
    assert window.activity.text == "Copying the points"
    qtbot.mouseClick(window.activity.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert not window.session.loading
    may_go_on.set()
    settle(qtbot, window)
    assert QApplication.clipboard().text() == "mine"
    assert made(qtbot, window, "copy_trace_csv").startswith("iteration,")


@pytest.mark.parametrize("newer", ["copy_trace_json", "copy_latex"])
def test_the_newest_wins(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch, newer: str
) -> None:
    begun, may_go_on = hold(monkeypatch, "use_assigned")
    choose(qtbot, window, "copy_points_csv")
    qtbot.waitUntil(begun.is_set)
    choose(qtbot, window, newer)
    may_go_on.set()
    start = "{" if newer == "copy_trace_json" else "\\begin{table}"
    qtbot.waitUntil(lambda: QApplication.clipboard().text().startswith(start))
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not window.session._errands._composer._running)
    assert QApplication.clipboard().text().startswith(start)
    assert not window.session.loading


def test_too_much_is_refused_and_what_was_copied_stays(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "LARGEST", 10_000)
    choose(qtbot, window, "copy_points_json")
    QApplication.clipboard().setText("mine")
    qtbot.waitUntil(lambda: "too much to copy" in window.activity.text)
    assert "(Ctrl+E)" in window.activity.text
    settle(qtbot, window)
    assert QApplication.clipboard().text() == "mine"


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
