"""Update rules as a person chooses them, previous means and hard priors above all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import RULES, Configuration
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, Drawn, new_cloud
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.laboratory.race_lanes import Lane, model_of, rebased
from gmm_studio.gui.laboratory.race_words import lane_name
from gmm_studio.gui.laboratory.race_words import rule_names as race_names
from gmm_studio.gui.panels.model_panel import ModelPanel
from gmm_studio.gui.panels.update_rules import changes_for, choice_of, rule_names, rule_promises
from gmm_studio.gui.window import Window
from tests.core import reference
from tests.gui.acting import key, picture, rgb
from tests.gui.conftest import settle
from tests.gui.curves.test_curve_view import nearest, pixel

Key = Qt.Key
BOTH = "previous-means+hard-priors"


def test_every_choice_makes_a_configuration_that_is_this_choice(qtbot: QtBot) -> None:
    assert set(rule_names()) == set(rule_promises()) == set(race_names())
    assert {*rule_names()} == {*RULES, "previous-means", "hard-priors", BOTH}
    assert len(set(rule_promises().values())) == len(rule_names())
    for was in rule_names():
        before = replace(Configuration(), **changes_for(was))
        for choice in rule_names():
            assert choice_of(replace(before, **changes_for(choice))) == choice


@pytest.fixture
def panel(qtbot: QtBot) -> ModelPanel:
    made = ModelPanel(LIGHT)
    qtbot.addWidget(made)
    made.resize(300, 500)
    made.set_open(True)
    made.show_document(Document(generate("ring", 50), 3))
    with qtbot.waitActive(made):
        made.show()
    return made


def test_keys_walk_through_the_choices_and_each_says_what_it_does(panel: ModelPanel) -> None:
    asked = QSignalSpy(panel.configuration_requested)
    panel.rule.setFocus()
    found = []
    for _ in range(3):
        key(panel.rule, Key.Key_Down)
        configuration, text = asked.at(asked.count() - 1)
        assert isinstance(configuration, Configuration)
        assert text == "Update rule"
        found.append((configuration.previous_means, configuration.hard_priors))
        panel.show_document(Document(generate("ring", 50), 3, configuration=configuration))
        assert panel.promise.text() == rule_promises()[choice_of(configuration)]
        assert ("log-likelihood may fall" in panel.promise.text().lower()) == (
            configuration.hard_priors
        )
    assert found == [(True, False), (False, True), (True, True)]
    key(panel.rule, Key.Key_Down)
    configuration, _ = asked.at(asked.count() - 1)
    assert configuration == Configuration(rule="classification")


def test_an_entry_of_a_race_keeps_and_says_its_rule(qtbot: QtBot, panel: ModelPanel) -> None:
    document = Document(generate("ring", 50), 3, Drawn("k-means", 2), Configuration("tied"))
    hard = replace(document, configuration=replace(document.configuration, hard_priors=True))
    assert model_of(hard) == model_of(document)
    assert lane_name(panel, hard) == "k-means 2, hard priors"
    noisy = replace(document, configuration=replace(document.configuration, rule="stochastic"))
    for lane, other in ((hard, noisy), (noisy, hard)):
        moved = rebased(Lane(lane), other)
        assert moved is not None
        assert moved.configuration == lane.configuration


def choose(qtbot: QtBot, window: Window, choice: str) -> None:
    panel = window.model_panel
    panel.set_open(True)
    panel.rule.setFocus()
    while panel.rule.currentData() != choice:
        forward = list(rule_names()).index(choice) > panel.rule.currentIndex()
        key(panel.rule, Key.Key_Down if forward else Key.Key_Up)
    settle(qtbot, window)


def test_the_curve_marks_where_hard_priors_make_the_likelihood_fall(
    qtbot: QtBot, window: Window
) -> None:
    cloud = PointCloud(reference.read("faithful.csv"))
    document = replace(
        new_cloud(window.session.document, cloud),
        k=3,
        start=Drawn("random-points", 0),
        configuration=Configuration(tolerance=0, max_iterations=40),
    )
    window.session.store.edit(document, "Old Faithful")
    settle(qtbot, window)
    choose(qtbot, window, "hard-priors")
    run = window.session.shown
    assert run is not None
    assert run.document.configuration.hard_priors
    falls = [step.index for step in run.steps if "fell" in {one.kind for one in step.events}]
    first = falls[0]
    assert run.steps[first].log_likelihood < run.steps[first - 1].log_likelihood
    image = picture(window.curve_view.plot)
    at = pixel(window.curve_view, first, run.steps[first].log_likelihood)
    assert nearest(image, at, rgb(LIGHT.warning), reach=3) < 40
    window.session.store.undo_stack.undo()
    settle(qtbot, window)
    assert window.model_panel.rule.currentText() == "Previous means"
    assert window.session.shown is not None
    assert not any(step.events for step in window.session.shown.steps)


@pytest.mark.parametrize("choice", ["em", BOTH])
def test_so_many_iterations_and_no_tolerance(qtbot: QtBot, window: Window, choice: str) -> None:
    configuration = Configuration(tolerance=0, max_iterations=25)
    window.session.configure(configuration, "Iterations")
    settle(qtbot, window)
    choose(qtbot, window, choice)
    key(window, Key.Key_End)
    settle(qtbot, window)
    assert window.session.shown is not None
    assert window.session.shown.steps[-1].index == 25
    assert window.pill.text == "All 25 iterations done. Space replays"
