from __future__ import annotations

import math

import numpy as np
import pytest

from gmm_studio import InputError, PointCloud, fit
from gmm_studio.core.cloud import as_cloud


def test_a_list_of_numbers_is_one_dimensional() -> None:
    cloud = PointCloud([1, 2, 4])
    assert (cloud.n, cloud.d, cloud.total_weight) == (3, 1, 3.0)
    assert cloud.columns == ("x",)
    assert not cloud.points.flags.writeable


def test_what_belongs_to_the_points() -> None:
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    cloud = PointCloud(points, weights=[0, 2.5], labels=[1.0, 0.0], columns=("a", "b"))
    points[:] = 0
    assert cloud.points.tolist() == [[1, 2], [3, 4]]
    assert cloud.total_weight == 2.5
    assert cloud.labels is not None
    assert cloud.labels.dtype == np.int64
    assert cloud.labels.tolist() == [1, 0]
    assert cloud.columns == ("a", "b")


def test_clouds_are_equal_only_to_themselves() -> None:
    cloud = PointCloud([1.0, 2.0])
    assert cloud != PointCloud([1.0, 2.0])
    assert as_cloud(cloud) is cloud
    assert len({cloud, as_cloud(cloud)}) == 1


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "no point"),
        (np.empty((0, 2)), "no point"),
        (5.0, "1 or 2 columns"),
        (np.zeros((2, 3)), "1 or 2 columns"),
        (np.zeros((2, 0)), "1 or 2 columns"),
        (np.zeros((2, 2, 2)), "1 or 2 columns"),
        ([[1.0, 2.0], [3.0]], "table of real numbers"),
        ([["a", "b"]], "table of real numbers"),
        ([[1, 2], [3, 4j]], "table of real numbers"),
        (np.array([1, 1j]), "table of real numbers"),
        (None, "1 or 2 columns"),
        ([1.0, math.nan], "Point 2 is not finite"),
        ([[1.0, 2.0], [3.0, math.inf], [math.nan, 1.0]], "Point 2 is not finite"),
        ([[1.0, 2.0], [-1e300, 0.0]], "Point 2 is too large"),
        ([1.0, 1.1e150], "Point 2 is too large"),
    ],
)
def test_what_is_not_a_cloud(points: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        PointCloud(points)
    with pytest.raises(InputError, match=message):
        fit(points, 1)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], "one sample weight for each of the 3"),
        (1.0, "one sample weight for each of the 3"),
        ([[1.0], [1.0], [1.0]], "one sample weight for each of the 3"),
        ([1, -1, 1], "sample weight of point 2"),
        ([1, 1, math.nan], "sample weight of point 3"),
        ([math.inf, 1, 1], "sample weight of point 1"),
        ([0, 0, 0], "All sample weights are 0"),
        (["a", "b", "c"], "must be real numbers"),
        (np.array([1, 1j, 1]), "must be real numbers"),
    ],
)
def test_weights_that_cannot_be(weights: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit([1.0, 2.0, 4.0], 1, weights=weights)


def test_a_cloud_brings_its_own_weights() -> None:
    with pytest.raises(InputError, match="brings its weights"):
        fit(PointCloud([1.0, 2.0]), 1, weights=[1, 1])


@pytest.mark.parametrize(
    "labels",
    [
        [1, 2],
        [1, 2, 2.5],
        [1, 2, math.nan],
        [1, 2, math.inf],
        ["a", "b", "c"],
        [[1], 2, 3],
        [1, 2, 1j],
    ],
)
def test_labels_that_cannot_be(labels: object) -> None:
    with pytest.raises(InputError, match="label"):
        PointCloud([1.0, 2.0, 4.0], labels=labels)


def test_column_names_are_one_for_each_axis() -> None:
    with pytest.raises(InputError, match="2 column names"):
        PointCloud(np.zeros((1, 2)), columns=("a",))


def test_a_message_keeps_its_values_apart() -> None:
    with pytest.raises(InputError) as caught:
        PointCloud([1.0, math.nan])
    assert caught.value.template == "Point {row} {problem}."
    assert caught.value.values == {"row": 2, "problem": "is not finite"}
    assert isinstance(caught.value, ValueError)


def test_a_subset_keeps_what_is_known_of_its_rows() -> None:
    cloud = PointCloud([1.0, 2.0, 4.0], [1, 0, 3], labels=[0, 1, 1], name="three")
    part = cloud.subset(np.array([True, False, True]))
    assert part.points[:, 0].tolist() == [1, 4]
    assert part.weights is not None
    assert part.labels is not None
    assert (part.weights.tolist(), part.labels.tolist(), part.name) == ([1, 3], [0, 1], "three")


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("\udcff", "\ufffd"),
        ("a\n\nb\x00\u2029", "a\ufffd\ufffdb\ufffd\ufffd"),
        ("Länge 1\xa0mm 👩\u200d🔬", "Länge 1\xa0mm 👩\u200d🔬"),
    ],
)
def test_a_name_is_text_on_one_line(name: str, readable: str) -> None:
    cloud = PointCloud([1.0, 2.0], name=name)
    assert cloud.name == readable
    assert cloud.subset(np.array([True, False])).name == readable
