"""Lessons as files: what is written is read again, and what a stranger made up is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.scaling import scaled
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.lessons.collection import collection
from gmm_studio.lessons.data import FromExample, FromGenerator, FromMixture, FromPoints, make_cloud
from gmm_studio.lessons.examples import EXAMPLES, read_example
from gmm_studio.lessons.lesson import Lesson, Page, Setting, lesson_of
from gmm_studio.lessons.reading import LARGEST_FILE, is_lesson, parse_lesson, read_lesson
from gmm_studio.lessons.views import Trial, Views
from gmm_studio.lessons.writing import lesson_json, write_lesson

PAIR = Mixture([0.3, 0.7], [[0.0, 1.0], [2.0, 1.0]], [np.diag([0.3, 0.1]), np.diag([0.2, 0.3])])


def whole(**changes: Any) -> dict[str, Any]:
    """A lesson of one page, as a file holds it; what is changed is of the page."""
    page = {"text": "Look.", "data": {"generator": "ring"}} | changes
    return {
        "format": "gmm-studio-lesson",
        "version": 1,
        "title": "Mine",
        "pages": [{name: value for name, value in page.items() if value is not ...}],
    }


def parse(raw: object) -> Lesson:
    return parse_lesson(json.dumps(raw).encode())


def page(**changes: Any) -> Page:
    return parse(whole(**changes)).pages[0]


def test_what_is_left_out_is_as_usual() -> None:
    found = page()
    assert found.data == FromGenerator("ring", 1000, None, 0)
    assert found.setting == Setting(3, Drawn(), Configuration())
    assert (found.show, found.half, found.views, found.trial) == ("play", "whole", Views(), None)


def test_a_page_goes_on_from_the_one_before() -> None:
    raw = whole(
        k=2,
        configuration={"tolerance": 0},
        show="end",
        views={"layers": {"truth": True}, "curve": "means"},
        trial={"methods": ["ward"], "runs": 5},
    )
    raw["pages"].append({"text": "Next.", "configuration": {"max_iterations": 7}})
    raw["pages"].append({"text": "Last.", "views": {"layers": {"truth": False}}, "k": 4})
    first, second, third = parse(raw).pages
    assert second.setting == Setting(2, Drawn(), Configuration(tolerance=0, max_iterations=7))
    assert second.data is first.data
    assert second.views == first.views == Views((("truth", True),), curve="means")
    assert (second.show, second.trial) == ("play", None), "these hold for their page alone"
    assert third.views == Views((), curve="means")
    assert third.setting.k == 4


@pytest.mark.parametrize(
    "lesson", [pytest.param(lesson, id=name) for name, lesson in collection().items()]
)
def test_every_lesson_is_written_as_it_was_read(lesson: Lesson, tmp_path: Path) -> None:
    path = tmp_path / "lesson.json"
    write_lesson(lesson, path)
    again = read_lesson(path)
    assert lesson_json(again) == lesson_json(lesson)
    assert is_lesson(path)
    assert [one.views for one in again.pages] == [one.views for one in lesson.pages]
    assert [one.setting.configuration for one in again.pages] == [
        one.setting.configuration for one in lesson.pages
    ]


def document() -> Document:
    cloud = PointCloud(
        [[0.1, 0.2], [1 / 3, -5e-300], [7, 8], [1e100, 2]],
        weights=[1, 0.5, 0, 2],
        labels=[0, 1, 1, 0],
        truth=PAIR,
        name="Mine \N{SNOWMAN}",
        columns=("a", "b"),
        class_names=("left", "right"),
    )
    return Document(cloud, 2, Given(PAIR, "by hand"), Configuration(locked=(1,), rule="annealing"))


def test_a_document_goes_through_a_file_to_the_last_bit(tmp_path: Path) -> None:
    made = lesson_of(document(), "Mine", "Look at it.", show=3, views=Views(half_steps=True))
    path = tmp_path / "lesson.json"
    write_lesson(made, path)
    found = read_lesson(path).pages[0]
    assert isinstance(found.data, FromPoints)
    was, cloud = document().cloud, make_cloud(found.data)
    assert np.array_equal(cloud.points, was.points)
    assert np.array_equal(cloud.weights, was.weights)  # type: ignore[arg-type]
    assert np.array_equal(cloud.labels, was.labels)  # type: ignore[arg-type]
    assert (cloud.name, cloud.columns, cloud.class_names) == (
        was.name,
        ("a", "b"),
        ("left", "right"),
    )
    assert cloud.truth is not None
    assert np.array_equal(cloud.truth.covariances, PAIR.covariances)
    again = found.setting.document(cloud)
    assert again.configuration == document().configuration
    assert isinstance(again.start, Given)
    assert np.array_equal(again.start.mixture.means, PAIR.means)
    assert (found.show, found.views.half_steps) == (3, True)


def test_missing_seeds_stay_missing(tmp_path: Path) -> None:
    start = Placed(((1.0, 2.0), None))
    made = lesson_of(replace(document(), start=start), "Mine", "Place seed 2.")
    write_lesson(made, tmp_path / "lesson.json")
    assert read_lesson(tmp_path / "lesson.json").pages[0].setting.start == start


def test_scaled_points_are_saved_in_their_own_units() -> None:
    own = read_example("faithful")
    made = lesson_of(Document(scaled(own, "z-score"), 2), "Mine", "Look.")
    data = parse_lesson(lesson_json(made).encode()).pages[0].data
    assert isinstance(data, FromPoints)
    assert data.scaling == "z-score"
    assert np.array_equal(data.cloud.points, own.points)
    assert np.allclose(make_cloud(data).points.std(axis=0), 1)


def test_too_many_points_are_refused_and_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "lesson.json"
    path.write_text("old")
    cloud = PointCloud(np.random.default_rng(0).normal(size=(60_000, 2)))
    with pytest.raises(InputError, match="too many for a lesson"):
        write_lesson(lesson_of(Document(cloud, 2), "Mine", "Look."), path)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["lesson.json"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_there(name: str) -> None:
    cloud = read_example(name)
    assert cloud.name == EXAMPLES[name].title
    assert cloud.source is None


def test_examples_are_the_published_data(faithful: Path) -> None:
    table = np.loadtxt(faithful, delimiter=",", skiprows=1)
    assert np.array_equal(read_example("faithful").points, table)
    rng = np.random.RandomState(0)
    pair = np.concatenate([rng.normal(0, 1, 50), rng.normal(2, 1, 50)])
    assert np.array_equal(read_example("normal_pair").points[:, 0], pair)
    values, counts = np.unique(read_example("series_50").points, return_counts=True)
    assert (values[counts.argmax()], counts.max()) == (44.44571429, 13)


def test_iris_is_fishers() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    iris, cloud = datasets.load_iris(), read_example("iris_petals")
    assert np.array_equal(cloud.points, iris.data[:, 2:])
    assert np.array_equal(cloud.labels, iris.target)  # type: ignore[arg-type]
    assert cloud.class_names == ("setosa", "versicolor", "virginica")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ([], "format"),
        (
            {"format": "gmm-studio-lesson", "version": 2, "title": "", "pages": []},
            "version is not 1",
        ),
        ({"format": "gmm-studio-lesson", "version": True}, "version is not 1"),
        ({"format": "other", "version": 1}, "format"),
        ({"format": "gmm-studio-lesson", "version": 1, "title": "a"}, 'no entry "pages"'),
        (whole() | {"code": "import os"}, 'entry "code"'),
        (whole() | {"title": "a" * 81}, "longer than 80"),
        (whole() | {"title": 3}, "must be a text"),
        (whole() | {"title": "a\x1b[31m"}, "cannot be shown"),
        (whole() | {"group": "mine"}, "must be one of lessons, published"),
        (whole() | {"pages": []}, "list of 1 to 20"),
        (whole(text=...), 'no entry "text"'),
        (whole(data=...), 'no entry "data"'),
        (whole(data={}), "points"),
        (whole(data={"example": "../../etc/passwd"}), "must be one of faithful"),
        (whole(data={"generator": "ring", "n": 10**9}), "from 1 to 1,000,000"),
        (whole(data={"generator": "ring", "k": 3}), "no k to choose"),
        (whole(data={"generator": "ring", "url": "http://x"}), 'entry "url"'),
        (whole(data={"points": []}), "list of 1 to"),
        (whole(data={"points": [[1, 2, 3]]}), "list of 1 to 2"),
        (whole(data={"points": [[1, 2], [3]]}), "list of 2 to 2"),
        (whole(data={"points": [["1"]]}), "must be a number"),
        (whole(data={"points": [[1e200]]}), "too large"),
        (whole(data={"points": [[1]], "weights": [1, 2]}), "list of 1 to 1"),
        (whole(data={"points": [[1]], "labels": [0.5]}), "whole number"),
        (whole(data={"points": [[1]], "scaling": "log"}), "must be one of none"),
        (whole(k=0), "from 1 to 100"),
        (whole(k=3, start={"seeds": [[0, 0]]}), "has 1 means where k is 3"),
        (whole(start={"method": "magic"}), "must be one of"),
        (whole(start={"mixture": {"weights": [1], "means": [[0]]}}), 'no entry "covariances"'),
        (
            whole(start={"mixture": {"weights": [1], "means": [[0]], "covariances": [[[-1]]]}}),
            "not positive definite",
        ),
        (whole(configuration={"tolerance": "0"}), "must be a number"),
        (whole(configuration={"max_iterations": 10**9}), "from 0 to 1,000,000"),
        (whole(configuration={"rule": "magic"}), "update rule must be one of"),
        (whole(configuration={"magic": 1}), 'entry "magic"'),
        (whole(configuration={"hard_priors": 1}), "true or false"),
        (whole(views={"layers": {"truth": "yes"}}), "true or false"),
        (whole(views={"layers": {"background": "red"}}), "must be one of none, density"),
        (whole(views={"layers": {"bins": 10**6}}), "from 0 to 1,000"),
        (whole(show="middle"), "must be one of end, play"),
        (whole(show=-1), "from 0 to"),
        (whole(trial={"methods": ["ward"], "runs": 10**6}), "from 1 to 1,000"),
    ],
)
def test_what_is_no_lesson_is_refused(raw: object, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        parse(raw)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not valid JSON"),
        (b"\xff\xfe", "not a text file"),
        (b'{"format": NaN}', "NaN is not a number"),
        (b"[" * 100_000, "nested too deep"),
        (b"9" * 5000, "too many digits"),
        (b" " * (LARGEST_FILE + 1), "larger than 2 MiB"),
    ],
)
def test_what_is_not_even_json_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        parse_lesson(content)


def test_a_start_that_does_not_fit_the_points_is_refused() -> None:
    found = page(data={"generator": "hills"}, start={"seeds": [[0, 0], [1, 1]]})
    with pytest.raises(InputError, match="must have 1 numbers"):
        found.setting.document(make_cloud(found.data))
    few = page(data={"points": [[1], [2]]}, k=3)
    with pytest.raises(InputError, match="at least 3 points"):
        few.setting.document(make_cloud(few.data))


def test_the_place_of_what_is_wrong_is_said(tmp_path: Path) -> None:
    raw = whole()
    raw["pages"].append({"text": "Next.", "start": {"seeds": [[1, 2], [3, "x"]]}})
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(raw))
    with pytest.raises(InputError, match=r"mine\.json .*pages, 2, start, seeds, 2, 2 must be"):
        read_lesson(path)


def test_only_lessons_are_taken_for_some(tmp_path: Path, faithful: Path) -> None:
    path = tmp_path / "points.json"
    path.write_text("[[1, 2], [3, 4]]")
    assert not is_lesson(path)
    assert not is_lesson(faithful)
    assert not is_lesson(tmp_path)
    assert not is_lesson(tmp_path / "missing")
    path.write_text('\ufeff \n{"format": "gmm-studio-lesson"', encoding="utf-8")
    assert is_lesson(path)


SMALL = lesson_json(
    Lesson(
        "Small",
        "",
        (
            Page("One.", FromMixture(PAIR, 20), Setting(2, Placed(((0.0, 1.0), (2.0, 1.0))))),
            Page("Two.", FromExample("faithful"), Setting(2), "end", trial=Trial(("ward",), 3)),
        ),
    )
).encode()


@given(
    st.lists(
        st.tuples(st.integers(0, len(SMALL) - 1), st.binary(max_size=4), st.integers(0, 40)),
        min_size=1,
        max_size=4,
    )
)
def test_mangled_files_give_a_lesson_or_the_one_error(
    changes: list[tuple[int, bytes, int]],
) -> None:
    content = bytearray(SMALL)
    for at, new, length in changes:
        content[at : at + length] = new
    try:
        lesson = parse_lesson(bytes(content))
    except InputError:
        return
    assert lesson.pages
