"""Locked components bear their mark wherever a scene is painted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.mixture import Mixture
from gmm_studio.gui.canvas.scene import Scene
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT, Palette
from gmm_studio.gui.style import Style
from gmm_studio.gui.worker import Finished, Worker
from tests.gui.acting import colour_at, distance, rgb
from tests.gui.figures.making import painted

VIEW = Viewport(-4.0, 4.0, -3.0, 3.0, 400.0, 300.0)
MEANS = np.array([[-2.0, 1.0], [2.0, -1.0]])
MIXTURE = Mixture([0.5, 0.5], MEANS, [0.01 * np.eye(2)] * 2)
SCENE = Scene(PointCloud([(-3.5, -2.5), (3.5, 2.5)]), MIXTURE, iteration=1)
LINE = Scene(
    PointCloud(np.array([[-3.0], [3.0]])),
    Mixture([0.5, 0.5], MEANS[:, :1], [[[0.5]]] * 2),
    iteration=1,
)


def inked(scene: Scene, palette: Palette, j: int, ratio: float = 1.0) -> int:
    """How many pixels at the upper right of a badge have the colour of text."""
    image = painted(scene, VIEW, Style(palette, QFont()), pixel_ratio=ratio)
    assert scene.mixture is not None
    place = scene.mixture.means[j].tolist()
    across, down = VIEW.to_pixel(place[0], place[1] if len(place) > 1 else 0.0)
    corner = [(across + x, down - y) for x in range(7, 19) for y in range(7, 19)]
    return sum(
        distance(colour_at(image, (x * ratio, y * ratio)), rgb(palette.text)) < 60
        for x, y in corner
    )


@pytest.mark.parametrize("ratio", [1.0, 4.0])
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scene", [SCENE, LINE], ids=["plane", "line"])
def test_a_picture_marks_the_locked_component(
    qapp: QApplication, scene: Scene, palette: Palette, ratio: float
) -> None:
    bare = [inked(scene, palette, j, ratio) for j in range(2)]
    marked = [inked(replace(scene, locked=(1,)), palette, j, ratio) for j in range(2)]
    assert marked[0] == bare[0]
    assert marked[1] > bare[1] + 5


def test_a_seed_that_is_missing_has_no_mark(qapp: QApplication) -> None:
    scene = Scene(SCENE.cloud, seeds=((-2.0, 1.0), None), locked=(0, 1, 7))
    assert not painted(scene, VIEW, Style(LIGHT, QFont())).isNull()


def test_it_is_painted_in_a_thread_as_here(qtbot: object) -> None:
    scene, style = replace(SCENE, locked=(0,)), Style(LIGHT, QFont())
    here = painted(scene, VIEW, style)
    worker = Worker("test")
    worker.submit(lambda post, _: post(painted(scene, VIEW, style)))
    found: list[object] = []

    def is_done() -> bool:
        found.extend(message for _, message in worker.take())
        return any(isinstance(message, Finished) for message in found)

    qtbot.waitUntil(is_done)  # type: ignore[attr-defined]
    worker.close()
    assert found[0] == here
