"""Point clouds from files of all kinds, and from text."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from sys import intern

import numpy as np
import numpy.typing as npt

from gmm_studio.core.arrays import FloatArray, IntArray
from gmm_studio.core.cloud import PointCloud, Source
from gmm_studio.core.errors import Cancelled
from gmm_studio.core.kernel import never
from gmm_studio.core.source import NO_COLUMN, ReadOptions
from gmm_studio.data.files import LARGEST_FILE, find_file
from gmm_studio.data.ledger import Ledger
from gmm_studio.data.numerals import parse_number
from gmm_studio.data.opening import use_table
from gmm_studio.data.pasted import PASTED, check_pasted, find_run
from gmm_studio.data.rows import LARGEST_LABEL, WholeLabels, check_weights
from gmm_studio.data.selection import Selection, select
from gmm_studio.data.table import Table
from gmm_studio.data.text_table import TextTable

__all__ = ["LARGEST_FILE", "read_cloud", "read_text", "selection_of", "understood"]


def read_cloud(
    path: str | Path,
    columns: Sequence[str | int] | None = None,
    cancelled: Callable[[], bool] | None = None,
    *,
    options: ReadOptions | None = None,
    progress: Callable[[float], None] | None = None,
) -> PointCloud:
    """Read a point cloud from a file.

    Text files (CSV and the like, also compressed by gzip), NumPy's .npy and .npz, JSON, Parquet
    and workbooks are told apart by what is in them. A column named label or class gives the true
    labels (whole numbers as they are, texts numbered in order of appearance), one named weight the
    sample weights; they are coordinates only if asked for. In text, blank lines and lines that
    begin with # are passed over, and so is # with what follows, after a number and a blank.

    Parameters
    ----------
    path : str or Path
        The file.
    columns : sequence of str or int, optional
        One or two columns by name or by number from 1; goes before that of the options. Otherwise
        the first two that hold numbers, or the only one.
    cancelled : callable, optional
        Asked now and then whether to give up.
    options : ReadOptions, optional
        How to read it; otherwise that is understood from the file.
    progress : callable, optional
        Told now and then which share of the file was read, from 0 to 1.

    Returns
    -------
    PointCloud
        Named like the file; its source tells how it was read and what was left out.

    Raises
    ------
    InputError
        When there is no cloud in it; the message says why, and in which line and column.
    Cancelled
        When `cancelled` said so.
    """
    path = Path(path)
    options = options or ReadOptions()
    if columns is not None:
        options = replace(options, columns=_several(columns))
    file = find_file(path)

    def use(table: Table) -> PointCloud:
        return _read(table, file.name, file.title, options, path, cancelled, progress)

    return use_table(file, options, use, cancelled or never)


def read_text(text: str, options: ReadOptions | None = None) -> PointCloud:
    """Read a point cloud from a text, such as one from the clipboard.

    A table is read as from a file. A single run of numbers, in brackets of any kind or in none, is
    data of one dimension; rows in brackets are points.

    Parameters
    ----------
    text : str
        The text.
    options : ReadOptions, optional
        How to read it; otherwise that is understood from the text.

    Raises
    ------
    InputError
        When there is no cloud in it.
    """
    options = options or ReadOptions()
    table: Table | None = find_run(text, options)
    if table is None:
        check_pasted(_text_table(text, options), options)
        table = _text_table(text, options)
    return _read(table, PASTED, "Pasted", options, None, None, None)


def _text_table(text: str, options: ReadOptions) -> TextTable:
    return TextTable(io.StringIO(text, newline=None), PASTED, options)


def selection_of(table: Table, file: str, options: ReadOptions) -> Selection:
    """Which columns of a table the options ask for.

    Raises
    ------
    InputError
        When it has none such.
    """
    return select(file, table.layout, options.columns, options.label, options.weight, table.unit)


def understood(table: Table, selection: Selection, options: ReadOptions) -> ReadOptions:
    """The options with all that was found out: read so again, the cloud is the same."""
    return replace(
        table.options,
        columns=tuple(column.name for column in selection.coordinates),
        label=selection.label.name if selection.label else NO_COLUMN,
        weight=selection.weight.name if selection.weight else NO_COLUMN,
        drop_invalid=options.drop_invalid,
    )


def _several(columns: Sequence[str | int]) -> tuple[str | int, ...]:
    return (columns,) if isinstance(columns, str | int) else tuple(columns)


def _read(
    table: Table,
    file: str,
    name: str,
    options: ReadOptions,
    path: Path | None,
    cancelled: Callable[[], bool] | None,
    progress: Callable[[float], None] | None,
) -> PointCloud:
    selection = selection_of(table, file, options)
    ledger = Ledger(selection, options.drop_invalid)
    numbers: list[FloatArray] = []
    kept: list[npt.NDArray[np.bool_]] = []
    named: list[Sequence[str]] = []
    for block in table.blocks(selection, ledger):
        if cancelled and cancelled():
            raise Cancelled
        numbers.append(block.numbers)
        labels = block.labels
        named.append(labels if isinstance(labels, WholeLabels) else [*map(intern, labels)])
        kept.append(np.ones(len(block.numbers), bool) if block.kept is None else block.kept)
        if progress:
            progress(table.share)
    source = None
    if path is not None:
        numeric = tuple(column.name for column in selection.layout.columns if column.numeric)
        source = Source(
            path,
            numeric,
            understood(table, selection, options),
            ledger.left_out,
            _joined(kept),
        )
    true, class_names = _labels(named) if selection.label is not None else (None, ())
    return _cloud(selection, _concatenated(numbers), true, name, source, class_names)


def _joined(kept: list[npt.NDArray[np.bool_]]) -> npt.NDArray[np.bool_] | None:
    if all(block.all() for block in kept):
        return None
    joined = np.concatenate(kept)
    joined.flags.writeable = False
    return joined


def _concatenated(blocks: list[FloatArray]) -> FloatArray:
    whole = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    whole.flags.writeable = False
    return whole


def _labels(blocks: Sequence[Sequence[str]]) -> tuple[IntArray | None, tuple[str, ...]]:
    """True labels and the names of the classes, if they have some.

    Labels that are all whole numbers are these; texts are numbered in order of appearance;
    measurements are no labels.
    """
    whole = [block.values for block in blocks if isinstance(block, WholeLabels)]
    if whole and len(whole) == len(blocks):
        return np.concatenate(whole), ()
    classes: dict[str, int] = {}
    numbered = (classes.setdefault(label, len(classes)) for block in blocks for label in block)
    codes = np.fromiter(numbered, np.int64, sum(map(len, blocks)))
    numbers = [parse_number(name) for name in classes]
    if None in numbers:
        return codes, tuple(classes)
    labels = np.array(numbers, np.float64)
    are_whole = (np.abs(labels) < LARGEST_LABEL) & (labels == np.rint(labels))
    return labels.astype(np.int64)[codes] if are_whole.all() else None, ()


def _cloud(
    selection: Selection,
    numbers: FloatArray,
    labels: IntArray | None,
    name: str,
    source: Source | None,
    class_names: tuple[str, ...],
) -> PointCloud:
    d = len(selection.coordinates)
    weights = None if selection.weight is None else numbers[:, d]
    check_weights(selection, len(numbers), weights is None or bool(weights.any()))
    return PointCloud(
        numbers if d == numbers.shape[1] else numbers[:, :d],
        weights=weights,
        labels=labels,
        name=name,
        columns=tuple(column.name for column in selection.coordinates),
        source=source,
        class_names=class_names,
    )
