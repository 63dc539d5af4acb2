"""Grids of cells from tables that are gone through twice, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.source import LeftOut, ReadOptions
from gmm_studio.data.cells import BLOCK, Tally
from gmm_studio.data.cells_cloud import (
    MOST_CLASSES,
    Classes,
    grid_cloud,
    number_classes,
)
from gmm_studio.data.cells_csv import count_csv
from gmm_studio.data.files import File
from gmm_studio.data.ledger import Ledger
from gmm_studio.data.opening import use_table
from gmm_studio.data.rows import Block, check_weights
from gmm_studio.data.selection import Selection
from gmm_studio.data.table import Table
from gmm_studio.data.text import selection_of, understood

__all__ = ["cells_of_rows"]


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What is known of a table once it was gone through."""

    options: ReadOptions
    low: FloatArray
    high: FloatArray
    classes: Classes | None
    left_out: tuple[LeftOut, ...]


def cells_of_rows(
    file: File,
    options: ReadOptions,
    cells: int,
    cancelled: Callable[[], bool],
    progress: Callable[[float], None] | None,
) -> PointCloud:
    """Read a text or array into a grid of cells, in memory that does not grow with its rows.

    Raises
    ------
    InputError
        When there is no cloud in it.
    Cancelled
        When `cancelled` said so.
    """

    def look(table: Table) -> _Bounds | PointCloud:
        selection = selection_of(table, file.name, options)
        said = understood(table, selection, options)
        if file.kind == "text":
            counted = count_csv(file, said.encoding or "", selection, cells, cancelled)
            if counted is not None:
                return grid_cloud(file, selection, *counted, said, ())
        ledger = Ledger(selection, options.drop_invalid)
        return _bounds(
            _blocks(table, selection, ledger, cancelled, told(0)), ledger, said, selection
        )

    def count(found: _Bounds, table: Table) -> PointCloud:
        selection = selection_of(table, file.name, found.options)
        tally = Tally(found.low, found.high, cells)
        ledger = Ledger(selection, options.drop_invalid)
        _count(
            _blocks(table, selection, ledger, cancelled, told(0.5)), tally, selection, found.classes
        )
        names = () if found.classes is None else found.classes.names
        return grid_cloud(file, selection, tally, names, found.options, found.left_out)

    def told(first: float) -> Callable[[float], None]:
        return lambda share: progress(first + share / 2) if progress else None

    found = use_table(file, options, look)
    if isinstance(found, PointCloud):
        return found
    return use_table(file, found.options, partial(count, found))


def _blocks(
    table: Table,
    selection: Selection,
    ledger: Ledger,
    cancelled: Callable[[], bool],
    told: Callable[[float], None],
) -> Iterator[Block]:
    for block in table.blocks(selection, ledger):
        if cancelled():
            raise Cancelled
        told(table.share)
        if len(block.numbers):
            yield block


def _bounds(
    blocks: Iterator[Block], ledger: Ledger, said: ReadOptions, selection: Selection
) -> _Bounds:
    d = len(selection.coordinates)
    low, high = np.full(d, np.inf), np.full(d, -np.inf)
    labels: set[str] = set()
    rows, weighted = 0, selection.weight is None
    for block in blocks:
        rows += len(block.numbers)
        low = np.minimum(low, block.numbers[:, :d].min(axis=0))
        high = np.maximum(high, block.numbers[:, :d].max(axis=0))
        weighted = weighted or bool(block.numbers[:, -1].any())
        if len(labels) <= MOST_CLASSES:
            labels.update(block.labels)
    check_weights(selection, rows, weighted)
    classes = number_classes(labels) if selection.label is not None else None
    return _Bounds(said, low, high, classes, ledger.left_out)


def _count(
    blocks: Iterator[Block], tally: Tally, selection: Selection, classes: Classes | None
) -> None:
    waiting: list[Block] = []
    for block in blocks:
        waiting.append(block)
        if sum(len(one.numbers) for one in waiting) >= BLOCK:
            _add(waiting, tally, selection, classes)
            waiting = []
    if waiting:
        _add(waiting, tally, selection, classes)


def _add(blocks: list[Block], tally: Tally, selection: Selection, classes: Classes | None) -> None:
    d = len(selection.coordinates)
    numbers = np.concatenate([block.numbers for block in blocks])
    codes = None
    if classes is not None:
        labels = (classes.codes[label] for block in blocks for label in block.labels)
        codes = np.fromiter(labels, np.int64, len(numbers))
    for first in range(0, len(numbers), BLOCK):
        rows = slice(first, first + BLOCK)
        tally.add(
            numbers[rows, :d],
            None if selection.weight is None else numbers[rows, d],
            None if codes is None else codes[rows],
        )
