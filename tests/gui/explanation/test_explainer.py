"""The Explanation tab in the window: it follows the step, the pointer and what is pinned."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.document import new_cloud
from gmm_studio.gui.canvas.cloud_view import Pin
from gmm_studio.gui.explanation.explainer import explain
from gmm_studio.gui.explanation.explaining import Explanation
from gmm_studio.gui.window import Window
from tests.gui.acting import hover, key
from tests.gui.conftest import settle

Key = Qt.Key


@pytest.fixture
def explained(qtbot: QtBot, window: Window) -> Window:
    window.side_tabs.setCurrentWidget(window.explanation)
    settle(qtbot, window)
    return window


def explanation_of(window: Window) -> Explanation:
    found = explain(window.session, window.cloud_view, window.hands.marked_component)
    assert found is not None
    return found


def pixel(window: Window, place: tuple[float, ...]) -> tuple[float, float]:
    viewport = window.cloud_view.viewport
    assert viewport is not None
    return viewport.to_pixel(*place)


def test_it_follows_the_step(qtbot: QtBot, explained: Window) -> None:
    texts = [explained.explanation.text]
    for _ in range(2):
        key(explained, Key.Key_Right)
        settle(qtbot, explained)
        texts.append(explained.explanation.text)
    assert len(set(texts)) == 3
    sentences = explanation_of(explained).sentences
    assert 1 <= len(sentences) <= 2
    assert all(sentence in texts[-1] for sentence in sentences)


def test_it_explains_the_component_that_moved_most_or_is_pinned(
    qtbot: QtBot, explained: Window
) -> None:
    key(explained, Key.Key_Right)
    settle(qtbot, explained)
    run = explained.session.shown
    assert run is not None
    before, after = run.steps[0].mixture, run.steps[1].mixture
    moves = after.means - before.means
    sigmas = np.sqrt(
        [move @ np.linalg.solve(c, move) for move, c in zip(moves, before.covariances, strict=True)]
    )
    assert explanation_of(explained).component == int(sigmas.argmax())
    explained.explanation.component_clicked.emit(2)
    settle(qtbot, explained)
    assert explained.cloud_view.pin == Pin("mean", 2)
    assert explanation_of(explained).component == 2


def test_hovering_a_mean_explains_its_component(qtbot: QtBot, explained: Window) -> None:
    key(explained, Key.Key_End)
    settle(qtbot, explained)
    step = explained.session.step
    assert step is not None
    texts = set()
    for j in range(3):
        hover(explained.cloud_view, pixel(explained, tuple(step.mixture.means[j].tolist())))
        assert explained.cloud_view.hovered_pin == Pin("mean", j)
        assert explanation_of(explained).component == j
        texts.add(explained.explanation.text)
    assert len(texts) == 3


@pytest.mark.parametrize(("presses", "colours"), [(1, 0), (2, 0), (3, 1)])
def test_a_hovered_point_shows_its_responsibilities(
    qtbot: QtBot, explained: Window, presses: int, colours: int
) -> None:
    """In the halves they are those of the mixture that gave the points their colours."""
    key(explained, Key.Key_H)
    for _ in range(presses):
        key(explained, Key.Key_Right)
    settle(qtbot, explained)
    scene = explained.cloud_view.scene
    run = explained.session.shown
    assert scene is not None
    assert run is not None
    means = np.concatenate([run.steps[0].mixture.means, run.steps[1].mixture.means])
    points = scene.cloud.points
    i = int(np.linalg.norm(points[:, None] - means, axis=2).min(axis=1).argmax())
    hover(explained.cloud_view, pixel(explained, tuple(points[i].tolist())))
    assert explained.cloud_view.shown_point == i
    shares = run.steps[colours].mixture.responsibilities(points[i])[0]
    for share in shares.tolist():
        assert f"{share:.3f}" in explained.explanation.text


def test_at_the_grey_start_there_are_no_responsibilities(qtbot: QtBot, explained: Window) -> None:
    key(explained, Key.Key_H)
    settle(qtbot, explained)
    found = explanation_of(explained)
    assert found.colouring is None
    assert found.before is None


def test_without_a_run_it_says_when_it_will_speak(qtbot: QtBot, explained: Window) -> None:
    explained.session.begin_seeds()
    settle(qtbot, explained)
    assert explain(explained.session, explained.cloud_view, None) is None
    assert "start" in explained.explanation.text


def test_a_point_of_the_cloud_before_is_not_explained(
    qtbot: QtBot, explained: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run can come before the picture of its cloud does."""
    session, scene = explained.session, explained.cloud_view.scene
    assert scene is not None
    assert scene.mixture is not None
    points = scene.cloud.points
    away = np.linalg.norm(points[:, None] - scene.mixture.means, axis=2).min(axis=1)
    hover(explained.cloud_view, pixel(explained, tuple(points[away.argmax()].tolist())))
    assert explanation_of(explained).row is not None
    monkeypatch.setattr(explained.stage, "_ask", lambda *, fine: None)
    session.store.edit(new_cloud(session.document, PointCloud(np.arange(40.0)[:, None])), "A line")
    qtbot.waitUntil(lambda: session.shown is not None and explained.is_fresh)
    assert explained.cloud_view.scene is scene
    assert explanation_of(explained).row is None
    monkeypatch.undo()
    explained.stage.refresh()
    settle(qtbot, explained)
