"""The document and its undo, which keeps within a bounded memory."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gmm_studio.core.cloud import PointCloud
from gmm_studio.data.changes import adding, removing
from gmm_studio.data.generators import generate
from gmm_studio.document import Document, choose_k, other_points
from gmm_studio.gui import store as store_module
from gmm_studio.gui.store import Store


@pytest.fixture
def store(qtbot: QtBot) -> Store:
    return Store(Document(generate("separated", 100), 3))


def paint(store: Store, count: int = 10) -> None:
    change = adding(np.full((count, 2), float(store.undo_stack.count())))(store.document.cloud)
    assert change is not None
    cloud = change.apply(store.document.cloud)
    store.edit(other_points(store.document, cloud), "Paint", change, is_stroke=True)


def test_strokes_are_undone_and_redone_without_their_clouds(store: Store) -> None:
    first = store.document.cloud
    clouds = []
    for _ in range(5):
        paint(store)
        clouds.append(weakref.ref(store.document.cloud))
    last = store.document.cloud.points.copy()
    gc.collect()
    assert [cloud() is None for cloud in clouds] == [True] * 4 + [False], "it keeps no cloud"
    original = first.points.copy()
    kept = weakref.ref(first)
    del first
    for n in (140, 130, 120, 110, 100):
        store.undo_stack.undo()
        assert store.document.cloud.n == n
        assert store.is_stroke
    assert np.array_equal(store.document.cloud.points, original)
    assert store.document.cloud.truth is not None, "what was known comes back"
    assert kept() is None
    for _ in range(5):
        store.undo_stack.redo()
    assert np.array_equal(store.document.cloud.points, last)


def test_a_cloud_that_is_there_still_comes_back_itself(store: Store) -> None:
    first = store.document.cloud
    paint(store)
    second = store.document.cloud
    store.undo_stack.undo()
    assert store.document.cloud is first
    store.undo_stack.redo()
    assert store.document.cloud is second


def test_strokes_and_other_edits_mix(store: Store) -> None:
    paint(store)
    store.edit(choose_k(store.document, 5), "Components")
    rows = np.arange(store.document.cloud.n) < 60
    change = removing(rows)(store.document.cloud)
    assert change is not None
    after = other_points(store.document, change.apply(store.document.cloud))
    store.edit(after, "Erase", change, is_stroke=True)
    assert (store.document.cloud.n, store.document.k) == (50, 5)
    seen = []
    while store.undo_stack.canUndo():
        store.undo_stack.undo()
        seen.append((store.document.cloud.n, store.document.k, store.is_stroke))
    assert seen == [(110, 5, True), (110, 3, False), (100, 3, True)]


def test_the_oldest_edits_are_forgotten_where_they_keep_too_much(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MOST_MEMORY", 60_000)
    for seed in range(1, 9):
        cloud = generate("ring", 1000, random_state=seed)
        store.edit(replace(store.document, cloud=cloud), f"Cloud {seed}")
    shown = QSignalSpy(store.changed)
    seen = []
    while store.undo_stack.canUndo():
        store.undo_stack.undo()
        seen.append(store.document.cloud)
    assert shown.count() == len(seen), "none of them did nothing"
    assert 1 < len(seen) < 8
    assert not store.undo_stack.canUndo()
    for _ in seen:
        store.undo_stack.redo()
    assert store.document.cloud is cloud


def test_the_last_edit_is_never_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MOST_MEMORY", 0)
    before = store.document
    store.edit(replace(before, cloud=PointCloud(np.ones((500, 2)))), "Large")
    store.undo_stack.undo()
    assert store.document == before
