"""JSON in pieces: the same tables wherever it is cut, little memory, and a stop at any time."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data import json_stream, opening
from gmm_studio.data.preview import preview
from gmm_studio.data.text import read_cloud

XY = np.random.default_rng(3).normal(size=(400, 2))
ROWS = XY.tolist()
NAMES = ["a]b" if x > 0 else 'c","d}' for x in XY[:, 0]]
WHOLE = [[float(i), float(i % 7)] for i in range(400)]


def saved(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "a.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def refusal(path: Path, options: ReadOptions | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_cloud(path, options=options)
    return str(caught.value)


def named(cloud: PointCloud) -> list[str]:
    assert cloud.labels is not None
    return [cloud.class_name(label) for label in cloud.labels.tolist()]


@pytest.fixture(params=[1, 7, 100, 2**16])
def _cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_PIECE", request.param)
    monkeypatch.setattr(json_stream, "_LONGEST", max(300, 4 * request.param))


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        [{"x": x, "y": y} for x, y in ROWS],
        {"x": XY[:, 0].tolist(), "y": XY[:, 1].tolist()},
        {"x": dict(enumerate(XY[:, 0])), "y": dict(enumerate(XY[:, 1]))},
        {"data": ROWS, "name": "who", "index": list(range(400)), "columns": ["x", "y"]},
        [[str(x), str(y)] for x, y in ROWS],
        json.dumps(ROWS, indent=1),
        json.dumps({"x": XY[:, 0].tolist(), "y": XY[:, 1].tolist()}, indent=2),
    ],
)
def test_points_wherever_it_is_cut(tmp_path: Path, content: object) -> None:
    path = saved(tmp_path, content)
    np.testing.assert_array_equal(read_cloud(path).points, XY)
    assert len(preview(path, rows=1000).rows) == 400


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize(
    "content",
    [
        [{"x": x, "class": name, "y": y} for (x, y), name in zip(ROWS, NAMES, strict=True)],
        {"y": XY[:, 1].tolist(), "x": XY[:, 0].tolist(), "class": NAMES},
        {
            "columns": ["x", "class", "y"],
            "data": [[x, name, y] for (x, y), name in zip(ROWS, NAMES, strict=True)],
        },
    ],
)
def test_texts_among_numbers(tmp_path: Path, content: object) -> None:
    cloud = read_cloud(saved(tmp_path, content), ["x", "y"])
    np.testing.assert_array_equal(cloud.points, XY)
    assert named(cloud) == NAMES


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize("values", [WHOLE, [x for x, _ in WHOLE], {"x": [x for x, _ in WHOLE]}])
def test_short_numbers(tmp_path: Path, values: object) -> None:
    points = read_cloud(saved(tmp_path, values)).points
    np.testing.assert_array_equal(points, np.array(WHOLE)[:, : points.shape[1]])


@pytest.mark.usefixtures("_cut")
def test_a_member_that_comes_late(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"x": x, "y": y} for x, y in ROWS]
    rows[350]["note"] = 1
    path = saved(tmp_path, rows)
    assert [column.name for column in preview(path).columns] == ["x", "y", "note"]
    np.testing.assert_array_equal(read_cloud(path).points, XY)
    rows[350]["class"] = "a"
    assert "row 1, column 4 (class): the value is missing" in refusal(saved(tmp_path, rows))


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[1, 2],\n[3, 4],\n[5, 6]\n[7, 8]]", "line 4: this is not valid JSON: Expecting ','"),
        ("[[1, 2],\n[3, 4],\n]", "line 3: this is not valid JSON"),
        ("[[1, 2],\n[3, 4]", "line 2: this is not valid JSON"),
        ("[[1, 2],\n[3, 4]]\n[", "line 3: this is not valid JSON: Extra data"),
        ('{"x": [1, 2],\n"y" [1, 2]}', "line 2: this is not valid JSON: Expecting ':'"),
        ('{"x": [1, 2],\n}', "line 2: this is not valid JSON"),
        ('{"x": {"0": 1,\n1: 2}}', "line 2: this is not valid JSON"),
        ('[["a", "b]]', "line 1: this is not valid JSON: Unterminated"),
        ("[[], [1, 2]]", "holds no table"),
        ("[{}, {}]", "holds no table"),
        ("[[1, 2], 3]", "holds no table"),
        ('[[1, 2], {"x": 1}]', "holds no table"),
        ('{"x": [1], "y": 2}', "holds no table"),
        ('{"x": [[1]], "y": [2]}', "holds no table"),
        ('[{"x": [1]}]', "holds no table"),
        ("{}", "holds no table"),
    ],
)
def test_places_of_mistakes(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(saved(tmp_path, text))


def test_of_members_of_the_same_name_the_last_counts(tmp_path: Path) -> None:
    text = '{"x": {"0": 1, "0": 2}, "y": {"0": "a", "1": 3}}'
    assert "holds no table" in refusal(saved(tmp_path, text))
    assert read_cloud(saved(tmp_path, text.replace('"1"', '"0"'))).points.tolist() == [[2, 3]]


@pytest.mark.usefixtures("_cut")
def test_rows_that_cannot_be_used(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(row) for row in ROWS]
    rows[200], rows[300], rows[310] = [1.0, None], [1.0], ["x", 2.0]
    path = saved(tmp_path, rows)
    assert "row 201, column 2: the value is missing" in refusal(path)
    cloud = read_cloud(path, options=ReadOptions(drop_invalid=True))
    np.testing.assert_array_equal(cloud.points, np.delete(XY, [200, 300, 310], axis=0))
    assert cloud.source is not None
    assert [one.places[0].line for one in cloud.source.left_out] == [201, 301, 311]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" + "[]," * 2_000_000 + "[1,2]]", "holds no table"),
        ("[[1,2]," + "[]," * 2_000_000 + "[1,2]]", "row 2: the number of columns is 0"),
        ("[[" + "1," * 3_000_000 + "1]]", "line 1: a row or value is too long"),
        ("[" + "1," * 3_000_000, "not valid JSON"),
        ("[[1,2]," + "[3,4]," * 1_000_000 + "[1,2", "not valid JSON"),
        ('[{"x":1},' + "{}," * 2_000_000 + '{"y":2}]', "holds no table"),
        ('[["' + "a" * 6_000_000, "line 1: a row or value is too long"),
        ("[" * 6_000_000, "holds no table"),
        ("[" + ",".join(f'"x{i}"' for i in range(700_000)) + "]", "no column of numbers"),
    ],
)
def test_memory_stays_bounded(tmp_path: Path, text: str, message: str) -> None:
    path = saved(tmp_path, text)
    size = len(text)
    del text
    tracemalloc.start()
    try:
        found = refusal(path)
        assert tracemalloc.get_traced_memory()[1] < size + 48 * 2**20
    finally:
        tracemalloc.stop()
    assert message in found


def test_it_can_be_given_up_all_the_time(tmp_path: Path) -> None:
    path = saved(tmp_path, "[" + "[1.25,2.5]," * 400_000 + "[1,2]]")
    asked = 0

    def count() -> bool:
        nonlocal asked
        asked += 1
        return False

    assert read_cloud(path, cancelled=count).n == 400_001
    # No decoding takes more than a few milliseconds.
    assert asked > path.stat().st_size / 2**17

    for look in (read_cloud, preview):
        with pytest.raises(Cancelled):
            look(path, cancelled=lambda: True)


def test_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST_JSON", 1000)
    assert "too large to be read as JSON" in refusal(saved(tmp_path, ROWS))
