"""The sweep over the number of components as a person has it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import fit
from gmm_studio.document import Document, Drawn
from gmm_studio.gui.colours import DARK
from gmm_studio.gui.laboratory.sweep_plot import told
from gmm_studio.gui.laboratory.sweep_view import SweepView
from tests.gui.acting import click, count, hover, key, picture, rgb
from tests.gui.laboratory.conftest import on_screen
from tests.gui.styles import style

SLOW = Configuration(tolerance=0, max_iterations=20_000)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[SweepView]:
    made = SweepView(style())
    with on_screen(qtbot, made):
        yield made


def sweep(qtbot: QtBot, view: SweepView) -> None:
    view.start()
    qtbot.waitUntil(lambda: view.is_idle)


def test_it_says_where_bic_is_lowest(qtbot: QtBot, view: SweepView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3))
    view.choose(last=4, starts=3)
    sweep(qtbot, view)
    assert view.status == "BIC is lowest at k = 2, full. AIC is lowest at its edge, k = 4."
    bics = {
        k: min(fit(cloud, k, random_state=state).bic for state in range(3)) for k in range(1, 5)
    }
    assert min(bics, key=lambda k: bics[k]) == 2
    for cell in view.cells:
        assert cell.bic.min() == pytest.approx(bics[cell.k], abs=1e-6)
    assert {key: plot.chart.best.cell.k for key, plot in view.plots.items() if plot.chart.best} == {
        "bic": 2,
        "aic": 4,
        "icl": 2,
    }


def test_the_edge_of_the_sweep_is_said(qtbot: QtBot, view: SweepView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3))
    view.choose(last=2, starts=2)
    sweep(qtbot, view)
    assert view.status.endswith("at the edge of the sweep: try more components.")
    view.choose(first=3, last=5)
    sweep(qtbot, view)
    assert view.status.endswith("at the edge of the sweep: try fewer components.")


def test_a_click_on_a_run_opens_it(qtbot: QtBot, view: SweepView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3, Drawn("random-points", 7)))
    view.choose(last=3, starts=4, covariances=("full", "tied"))
    sweep(qtbot, view)
    plot, opened = view.plots["bic"], QSignalSpy(view.document_requested)
    best = plot.chart.best
    assert best is not None
    at = plot.frame.place(best.cell.k, best.value)
    hover(plot, (at.x(), at.y()))
    assert plot.spot is not None
    assert f"k = {best.cell.k}, {best.cell.covariance}: BIC" in told(plot.chart, plot.spot)
    click(plot, at)
    document = opened.at(0)[0]
    assert (document.cloud, document.k) == (cloud, best.cell.k)
    assert document.configuration.covariance == best.cell.covariance
    start = document.start
    run = fit(
        cloud,
        document.k,
        init=start.method,
        random_state=start.random_state,
        covariance=document.configuration.covariance,
    )
    assert start.method == "random-points"
    assert run.bic == pytest.approx(best.value, rel=1e-6)


def test_keys_walk_over_the_cells(qtbot: QtBot, view: SweepView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3))
    view.choose(last=3, starts=2)
    sweep(qtbot, view)
    plot, opened = view.plots["bic"], QSignalSpy(view.document_requested)
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert plot.accessibleDescription().startswith("k = 2, full: BIC")
    key(view, Qt.Key.Key_Right)
    assert plot.accessibleDescription().startswith("k = 3, full: BIC")
    key(view, Qt.Key.Key_Right)
    key(view, Qt.Key.Key_Left)
    key(view, Qt.Key.Key_Left)
    key(view, Qt.Key.Key_Return)
    assert opened.at(0)[0].k == 1


def test_cells_that_cannot_be_made_say_why(qtbot: QtBot, view: SweepView) -> None:
    few = PointCloud(np.repeat([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]], 4, axis=0))
    view.show_document(Document(few, 2))
    view.choose(last=5, starts=2)
    sweep(qtbot, view)
    assert view.status.endswith(
        "None for k = 4 – 5: 4 components need 4 different points; there are 3."
    )
    plot, opened = view.plots["bic"], QSignalSpy(view.document_requested)
    at = plot.frame.place(5, 0)
    click(plot, (at.x(), plot.frame.area.bottom() - 4))
    assert opened.count() == 0
    hover(plot, (at.x(), plot.frame.area.bottom() - 4))
    assert plot.spot is not None
    assert "5 components need 5 different points" in told(plot.chart, plot.spot)


def test_cancel_keeps_the_cells_that_are_done(
    qtbot: QtBot, view: SweepView, cloud: PointCloud
) -> None:
    view.show_document(Document(cloud, 3, configuration=SLOW))
    view.choose(last=8, starts=2)
    view.start()
    qtbot.waitUntil(lambda: len(view.cells) >= 1)
    assert view.is_busy
    click(view.run_button)
    assert not view.is_busy
    done = len(view.cells)
    qtbot.waitUntil(lambda: view.is_idle)
    assert view.status.startswith(f"Partial: {2 * done} of 16 runs.")
    assert len(view.cells) == done


def test_another_cloud_in_the_middle_cancels_and_says_what_is_shown(
    qtbot: QtBot, view: SweepView, cloud: PointCloud
) -> None:
    view.show_document(Document(cloud, 3, configuration=SLOW))
    view.start()
    qtbot.waitUntil(lambda: len(view.cells) >= 1)
    view.show_document(Document(cloud, 5, Drawn("k-means", 3), SLOW))
    assert view.is_busy
    view.show_document(Document(PointCloud(cloud.points[:90]), 3))
    assert not view.is_busy
    qtbot.waitUntil(lambda: view.is_idle)
    assert view.status.startswith("Made for faithful; sweep again")
    assert view.cells


def test_closing_in_the_middle(qtbot: QtBot, cloud: PointCloud) -> None:
    view = SweepView(style())
    qtbot.addWidget(view)
    view.show_document(Document(cloud, 3, configuration=SLOW))
    view.start()
    view.close_threads()


def test_no_structure_no_sweep(qtbot: QtBot, view: SweepView, cloud: PointCloud) -> None:
    view.show_document(Document(cloud, 3))
    view.choose(covariances=())
    qtbot.waitUntil(lambda: view.is_idle)
    assert not view.run_button.isEnabled()
    view.start()
    assert not view.is_busy


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.5])
@pytest.mark.parametrize("size", [(460, 200), (850, 230), (1200, 600)])
def test_everything_has_its_place(
    qtbot: QtBot, cloud: PointCloud, size: tuple[int, int], scale: float
) -> None:
    view = SweepView(style(dark=True, scale=scale))
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.show_document(Document(cloud, 3))
    view.choose(last=3, starts=1, covariances=("full", "spherical"))
    sweep(qtbot, view)
    assert (view.width(), view.height()) == size
    shown = [plot for plot in view.plots.values() if plot.isVisible()]
    assert len(shown) == (3 if size[0] >= 660 * scale else 1)
    assert count(picture(shown[0]), rgb(DARK.accent)) > 20
    view.close_threads()
