"""Changes of some points, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.data import changes
from gmm_studio.data.changes import Stroke, adding, erasing, moving, removing


def cloud(n: int = 50, d: int = 2, seed: int = 0, *, whole: bool = True) -> PointCloud:
    rng = np.random.default_rng(seed)
    return PointCloud(
        rng.normal(size=(n, d)),
        weights=rng.uniform(0, 2, n) if whole else None,
        labels=rng.integers(0, 3, n) if whole else None,
        truth=Mixture([1.0], np.zeros((1, d)), [np.eye(d)]),
        name="Own",
        class_names=("a", "b", "c"),
    )


def assert_same(one: PointCloud, other: PointCloud) -> None:
    assert np.array_equal(one.points, other.points)
    for name in ("weights", "labels"):
        first, second = getattr(one, name), getattr(other, name)
        assert (first is None) == (second is None)
        assert first is None or np.array_equal(first, second)
    assert (one.name, one.columns, one.source) == (other.name, other.columns, other.source)
    assert (one.truth, one.class_names) == (other.truth, other.class_names)
    assert one.total_weight == pytest.approx(other.total_weight)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("kind", ["add", "add to a class", "remove", "erase", "move"])
def test_every_change_can_go_back_and_on_again(d: int, whole: bool, kind: str) -> None:
    before = cloud(d=d, whole=whole)
    rows = np.arange(50) % 3 == 1
    stroke: Stroke = {
        "add": adding(np.ones((7, d))),
        "add to a class": adding(np.ones((7, d)), 2),
        "remove": removing(rows),
        "erase": erasing(np.zeros((1, d)), np.full(d, 0.5)),
        "move": moving(rows, np.full(d, 0.25)),
    }[kind]
    change = stroke(before)
    assert change is not None
    after = change.apply(before)
    back = change.revert(after)
    assert_same(back, before)
    assert_same(change.apply(back), after)


def test_added_points_weigh_one_and_belong_to_the_class() -> None:
    before = cloud()
    change = adding([(9.0, 8.0), (7.0, 6.0)], 2)(before)
    assert change is not None
    after = change.apply(before)
    assert after.points[50:].tolist() == [[9, 8], [7, 6]]
    assert after.weights is not None
    assert after.weights[50:].tolist() == [1, 1]
    assert after.labels is not None
    assert after.labels[50:].tolist() == [2, 2]
    assert after.truth is None, "nobody knows what painted points were drawn from"


def test_a_class_painted_into_a_cloud_without_classes_makes_the_rest_class_0() -> None:
    before = cloud(whole=False)
    change = adding([(9.0, 8.0)], 1)(before)
    assert change is not None
    labels = change.apply(before).labels
    assert labels is not None
    assert labels.tolist() == [0] * 50 + [1]
    assert change.revert(change.apply(before)).labels is None


def test_an_eraser_takes_what_lies_along_its_way() -> None:
    grid = np.stack(np.meshgrid(np.arange(21.0), np.arange(21.0)), -1).reshape(-1, 2)
    before = PointCloud(grid)
    change = erasing([(2, 2), (10, 2), (10, 8)], (1.5, 1.5))(before)
    assert change is not None
    after = {tuple(point) for point in change.apply(before).points.tolist()}
    gone = {tuple(point) for point in grid.tolist()} - after

    def away(point: tuple[float, ...]) -> float:
        x, y = point
        along = min(max(x, 2), 10)
        up = min(max(y, 2), 8)
        return float(min(np.hypot(x - along, y - 2), np.hypot(x - 10, y - up)))

    assert gone == {tuple(point) for point in grid.tolist() if away(tuple(point)) <= 1.5}


def test_an_eraser_is_an_ellipse_where_the_axes_have_other_scales() -> None:
    before = PointCloud([(0, 0), (9, 0), (0, 0.9), (11, 0), (0, 1.1), (7, 0.7), (8, 0.8)])
    change = erasing([(0, 0)], (10, 1))(before)
    assert change is not None
    assert change.apply(before).points.tolist() == [[11, 0], [0, 1.1], [8, 0.8]]


def test_an_eraser_works_through_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cloud(500)
    whole = erasing([(0, 0), (1, 1)], (0.5, 0.5))(before)
    monkeypatch.setattr(changes, "BLOCK", 7)
    blocks = erasing([(0, 0), (1, 1)], (0.5, 0.5))(before)
    assert whole is not None
    assert blocks is not None
    assert_same(whole.apply(before), blocks.apply(before))


@pytest.mark.parametrize(
    "stroke", [adding(np.empty((0, 2))), removing(np.zeros(50, bool)), erasing([(99, 99)], (1, 1))]
)
def test_nothing_is_no_change(stroke: Stroke) -> None:
    assert stroke(cloud()) is None


def test_the_last_point_stays() -> None:
    with pytest.raises(InputError, match="no point"):
        erasing([(0, 0)], (99, 99))(cloud())


@given(st.lists(st.sampled_from(["add", "remove", "move"]), max_size=12), st.integers(0, 99))
def test_any_sequence_can_be_undone_and_redone(kinds: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    now = cloud(30, seed=seed)
    states, done = [now], []
    for kind in kinds:
        rows = rng.uniform(size=now.n) < 0.3
        rows[0] = False
        stroke = {
            "add": adding(rng.normal(size=(4, 2)), 1),
            "remove": removing(rows),
            "move": moving(rows, rng.normal(size=2)),
        }[kind]
        change = stroke(now)
        if change is not None:
            now = change.apply(now)
            states.append(now)
            done.append(change)
    for change, state in zip(reversed(done), reversed(states[:-1]), strict=True):
        now = change.revert(now)
        assert_same(now, state)
    for change, state in zip(done, states[1:], strict=True):
        now = change.apply(now)
        assert_same(now, state)


def test_a_change_keeps_what_it_changed_and_not_the_cloud() -> None:
    large = cloud(100_000)
    rows = np.zeros(large.n, bool)
    rows[:100] = True
    for stroke in (adding(np.ones((100, 2))), removing(rows), moving(rows, (1, 1))):
        change = stroke(large)
        assert change is not None
        assert change.nbytes <= 100 * 40
        assert change.facts.points.base is None
        assert change.facts.n == 1
