"""A project is painted without a window as the window shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gmm_studio import cli
from gmm_studio.gui.figures.figure import Figure, Sheet
from gmm_studio.gui.figures.writers import save_figure
from gmm_studio.gui.window import Window
from tests.gui.acting import drag, key, wheel
from tests.gui.conftest import settle
from tests.gui.projects.conftest import save_as

Key = Qt.Key


def look_closer(qtbot: QtBot, window: Window) -> None:
    """Half-steps, a background, another part of the plane, in the middle of it."""
    key(window, "c")
    key(window, "h")
    view = window.cloud_view
    wheel(view, view.rect().center(), 2)
    drag(view, [(200.0, 100.0), (230.0, 120.0), (260.0, 130.0)])
    key(window, Key.Key_Home)
    for _ in range(3):
        key(window, Key.Key_Right)
    settle(qtbot, window)


@pytest.mark.parametrize("closer", [False, True])
def test_a_figure_is_what_the_window_exports(
    qtbot: QtBot, window: Window, tmp_path: Path, closer: bool
) -> None:
    if closer:
        look_closer(qtbot, window)
    else:
        key(window, Key.Key_End)
        settle(qtbot, window)
    save_as(qtbot, window, tmp_path / "a.gmmstudio")
    shot = window.exporter.shot()
    assert shot is not None
    width, height = window.cloud_view.width(), window.cloud_view.height()
    save_figure(tmp_path / "window.png", Figure(shot, Sheet(width, height, title=True)))
    size = ["--size", f"{width}x{height}", "--show", "title"]
    output = tmp_path / "command.png"
    assert cli.main(["render", str(tmp_path / "a.gmmstudio"), *size, "-o", str(output)]) == 0
    ours, theirs = QImage(str(tmp_path / "window.png")), QImage(str(output))
    assert ours.size() == theirs.size()
    assert ours == theirs
