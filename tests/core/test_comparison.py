"""Confusion, adjusted Rand index and matching against scikit-learn and brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from sklearn.metrics import adjusted_rand_score, confusion_matrix

from gmm_studio import Mixture
from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.comparison import (
    adjusted_rand_index,
    compact,
    compare,
    confusion,
    match,
    matched_share,
)

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), min_size=1, max_size=60)
TABLES = st.integers(1, 5).flatmap(
    lambda k: st.integers(1, 5).flatmap(
        lambda c: st.lists(
            st.lists(st.integers(0, 9), min_size=c, max_size=c), min_size=k, max_size=k
        )
    )
)


def table_of(assigned: list[int], labels: list[int], k: int | None = None) -> FloatArray:
    classes, codes = compact(labels)
    return confusion(np.array(assigned), codes, k or max(assigned) + 1, len(classes))


@given(pairs=PAIRS)
def test_counts_and_index_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    assigned, labels = (list(column) for column in zip(*pairs, strict=True))
    classes, codes = compact(labels)
    assert classes.tolist() == sorted(set(labels))
    assert classes[codes].tolist() == labels
    table = confusion(np.array(assigned), codes, 6, len(classes))
    square = confusion_matrix(assigned, codes, labels=range(max(6, len(classes))))
    assert (table == square[:6, : len(classes)]).all()
    assert adjusted_rand_index(table) == pytest.approx(
        adjusted_rand_score(labels, assigned), abs=1e-12
    )


@pytest.mark.parametrize(
    ("assigned", "labels"),
    [
        ([0], [7]),
        ([0, 0, 0, 0], [5, 5, 5, 5]),
        ([0, 1, 2, 3], [5, 5, 5, 5]),
        ([0, 0, 0, 0], [1, 2, 3, 4]),
        ([0, 1, 2, 3], [4, 3, 2, 1]),
        ([0, 0, 1, 1], [1, 1, 0, 0]),
        ([0, 0, 1, 1], [1, 0, 1, 0]),
        ([0, 0, 1, 2], [0, 0, 1, 1]),
    ],
)
def test_edges_of_the_index(assigned: list[int], labels: list[int]) -> None:
    expected = adjusted_rand_score(labels, assigned)
    assert adjusted_rand_index(table_of(assigned, labels, 6)) == pytest.approx(expected)


def test_published_index() -> None:
    # Yeung and Ruzzo 2001, "Details of the adjusted Rand index", table 2.
    table = np.array([[1, 1, 0], [1, 2, 1], [0, 0, 4]])
    assert adjusted_rand_index(table) == pytest.approx(0.313, abs=5e-4)


def test_an_empty_table_and_an_empty_component() -> None:
    assert adjusted_rand_index(np.zeros((2, 3))) == 1.0
    assert matched_share(np.zeros((2, 3)), match(np.zeros((2, 3)))) == 0.0
    assert match(np.array([[3.0, 0.0], [0.0, 0.0]])).tolist() == [0, -1]


def test_whole_weights_act_as_repeated_points() -> None:
    assigned, labels = np.array([0, 0, 1, 1, 2]), [1, 1, 1, 2, 2]
    weights = np.array([1.0, 3.0, 2.0, 5.0, 1.0])
    classes, codes = compact(labels)
    weighted = compare(assigned, codes, classes, 3, weights)
    times = weights.astype(int)
    repeated = compare(np.repeat(assigned, times), np.repeat(codes, times), classes, 3)
    assert (weighted.table == repeated.table).all()
    assert weighted.adjusted_rand_index == repeated.adjusted_rand_index
    assert weighted.accuracy == repeated.accuracy == 9 / 12


@pytest.mark.parametrize("unit", [1e-100, 0.1, 1.5, 1e150])
def test_other_weights_are_shares_of_a_large_cloud(unit: float) -> None:
    table = np.array([[50.5, 2.0, 0.0], [3.0, 40.0, 7.0]])
    many = np.rint(table * 1e9)
    assert adjusted_rand_index(unit * table) == pytest.approx(adjusted_rand_index(many), abs=1e-8)
    assert adjusted_rand_index(unit * np.diag([0.3, 0.4])) == 1.0
    assert adjusted_rand_index(unit * np.array([[0.3]])) == 1.0


@given(rows=TABLES)
def test_matching_is_the_best_there_is(rows: list[list[int]]) -> None:
    table = np.array(rows, dtype=float)
    k, c = table.shape
    matching = match(table)
    matched = matching[matching >= 0]
    assert len(set(matched.tolist())) == len(matched)
    assert all(table[j, column] > 0 for j, column in enumerate(matching) if column >= 0)
    padded = np.zeros((max(k, c), max(k, c)))
    padded[:k, :c] = table
    best = max(
        sum(padded[row, column] for row, column in enumerate(order))
        for order in permutations(range(len(padded)))
    )
    assert sum(table[j, column] for j, column in enumerate(matching) if column >= 0) == best
    share = best / table.sum() if table.sum() else 0.0
    assert matched_share(table, match(table)) == pytest.approx(share)


def test_a_comparison_holds_it_all() -> None:
    assigned = np.array([1, 1, 1, 0, 0, 2])
    classes, codes = compact([3, 3, -1, -1, -1, 3])
    comparison = compare(assigned, codes, classes, 4)
    assert comparison.classes.tolist() == [-1, 3]
    assert comparison.table.tolist() == [[2, 0], [1, 2], [0, 1], [0, 0]]
    assert comparison.matching.tolist() == [0, 1, -1, -1]
    assert comparison.accuracy == pytest.approx(4 / 6)
    assert comparison.adjusted_rand_index == pytest.approx(adjusted_rand_score(codes, assigned))
    assert not comparison.table.flags.writeable
    assert not comparison.matching.flags.writeable


def truth() -> Mixture:
    return Mixture(
        np.array([0.5, 0.3, 0.2]),
        np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]]),
        np.array([np.eye(2), [[2.0, 1.0], [1.0, 2.0]], 0.1 * np.eye(2)]),
    )


def random_mixture(rng: np.random.Generator) -> Mixture:
    roots = rng.normal(size=(4, 2, 2))
    covariances = roots @ roots.swapaxes(1, 2) + 0.01 * np.eye(2)
    return Mixture(np.full(4, 0.25), rng.normal(size=(4, 2)), covariances)


def distance(first: Mixture, i: int, second: Mixture, j: int) -> float:
    a, b = first.covariances[i], second.covariances[j]
    root = sqrtm(a)
    both = np.real(np.trace(sqrtm(root @ b @ root)))
    apart = first.means[i] - second.means[j]
    return float(apart @ apart + np.trace(a) + np.trace(b) - 2 * both)
