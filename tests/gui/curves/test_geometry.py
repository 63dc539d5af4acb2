"""Where curves are: polylines with gaps, things that keep apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from gmm_studio.gui.curves.geometry import Frame, polylines, spread


def test_a_frame_maps_there_and_back() -> None:
    frame = Frame(QRectF(100, 10, 400, 200), 0.0, 40.0, -5.0, 5.0)
    assert (frame.place(10, 0).x(), frame.place(10, 0).y()) == (200, 110)
    assert frame.iteration(200) == 10
    assert frame.across(np.array([0, 40])).tolist() == [100, 500]
    assert frame.down(np.array([5.0, -5.0])).tolist() == [10, 210]
    assert abs(frame.down(np.array([1e300, -1e300]))).max() <= 1e5, "Qt paints no further"


def test_gaps_part_a_curve() -> None:
    across = np.arange(7.0)
    down = np.array([np.nan, 1.0, 2.0, np.nan, 4.0, np.nan, np.nan])
    found = [
        [(line.at(i).x(), line.at(i).y()) for i in range(line.size())]
        for line in polylines(across, down)
    ]
    assert found == [[(1, 1), (2, 2)], [(4, 4)]]
    assert list(polylines(across, np.full(7, np.nan))) == []


def test_vertices_that_nobody_sees_are_left_out_and_the_others_stay() -> None:
    across = np.linspace(0, 800, 1601)
    down = 100 + 80 * np.sin(across / 90)
    down[700] -= 30
    (line,) = polylines(across, down)
    assert line.size() < 500
    x = np.array([line.at(i).x() for i in range(line.size())])
    y = np.array([line.at(i).y() for i in range(line.size())])
    assert (x[0], x[-1]) == (0, 800)
    assert abs(np.interp(across, x, y) - down).max() < 0.5
    assert y.min() == pytest.approx(down.min())


@given(st.lists(st.floats(-50, 250), min_size=1, max_size=12))
def test_things_are_moved_apart_in_their_order(centres: list[float]) -> None:
    places = spread(centres, 15.0, 0.0, 200.0)
    assert places is not None
    order = np.argsort(centres, kind="stable")
    moved = np.array(places)[order]
    assert (np.diff(moved) >= 15 - 1e-9).all()
    assert moved[0] >= 7.5 - 1e-9
    assert moved[-1] <= 192.5 + 1e-9


def test_things_that_are_apart_stay_and_too_many_have_no_room() -> None:
    assert spread([20.0, 100.0, 60.0], 15.0, 0.0, 200.0) == [20.0, 100.0, 60.0]
    assert spread([50.0, 50.0, 120.0], 10.0, 0.0, 200.0) == [45.0, 55.0, 120.0], "about the middle"
    assert spread([1.0] * 14, 15.0, 0.0, 200.0) is None
    assert spread([], 15.0, 0.0, 200.0) == [], "no curve has a value at the end"
