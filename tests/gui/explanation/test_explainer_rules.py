"""In the window: the rule that is chosen is the one that is explained, and has its curve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.core.configuration import Rule
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.window import Window
from tests.gui.acting import key
from tests.gui.conftest import settle

Key = Qt.Key


def configure(qtbot: QtBot, window: Window, **changes: Any) -> None:
    configuration = replace(window.session.document.configuration, **changes)
    window.session.configure(configuration, "another")
    settle(qtbot, window)


def explained(qtbot: QtBot, window: Window, iteration: int) -> str:
    window.side_tabs.setCurrentWidget(window.explanation)
    key(window, Key.Key_Home)
    for _ in range(iteration):
        key(window, Key.Key_Right)
    settle(qtbot, window)
    return window.explanation.text


@pytest.mark.parametrize(
    ("rule", "text", "curve"),
    [
        ("classification", "goes to component", "Classification likelihood"),
        ("stochastic", "is drawn to component", ""),
        ("annealing", "temperature 1.67", "Free energy"),
    ],
)
def test_a_rule_is_explained_and_has_its_curve(
    qtbot: QtBot, window: Window, rule: Rule, text: str, curve: str
) -> None:
    configure(qtbot, window, rule=rule, max_iterations=20)
    window.cloud_view.set_pin(Pin("point", 30))
    assert text in explained(qtbot, window, 2)
    choice = window.curve_view._choice
    names = [choice.itemText(i) for i in range(choice.count())]
    assert not curve or curve in names
    configure(qtbot, window, rule="em")
    names = [choice.itemText(i) for i in range(choice.count())]
    assert "Classification likelihood" not in names
    assert "Free energy" not in names
    assert text not in explained(qtbot, window, 1)


def test_a_move_is_explained_for_what_it_makes(qtbot: QtBot, window: Window) -> None:
    configure(qtbot, window, rule="split-and-merge")
    run = window.session.shown
    assert run is not None
    t = next(s.index for s in run.steps if any(event.kind == "split" for event in s.events))
    assert "made in this step" in explained(qtbot, window, t)
    assert "become one" in window.explanation.text, "nobody has pinned another"
    key(window, Key.Key_Left)
    settle(qtbot, window)
    assert "comes next" in window.explanation.text
    assert "are merged and" in window.explanation.text


def test_a_locked_component_is_explained_as_such(qtbot: QtBot, window: Window) -> None:
    configure(qtbot, window, locked=(1,))
    window.cloud_view.set_pin(Pin("mean", 1))
    assert "Component 2 is locked" in explained(qtbot, window, 1)
