"""Pages of the laboratory by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.data.text import read_cloud
from gmm_studio.gui.laboratory.race_view import RaceView
from gmm_studio.gui.laboratory.sweep_view import SweepView


@pytest.fixture
def cloud(faithful: Path) -> PointCloud:
    return read_cloud(faithful)


@contextmanager
def on_screen(qtbot: QtBot, page: RaceView | SweepView) -> Iterator[None]:
    """Show a page, and see to it that nothing goes wrong in its threads."""
    qtbot.addWidget(page)
    page.resize(850, 230)
    problems = QSignalSpy(page.failed)
    with qtbot.waitExposed(page):
        page.show()
    yield
    page.close_threads()
    assert problems.count() == 0
