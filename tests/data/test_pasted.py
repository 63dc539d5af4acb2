from __future__ import annotations

import numpy as np
import pytest

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.preview import preview
from gmm_studio.data.text import read_text

RUN = [[1.2], [3.4], [-5], [60]]


@pytest.mark.parametrize(
    "text",
    [
        "1.2, 3.4, -5, 60",
        "1.2 3.4 -5 6e1\n",
        "1.2, 3.4,\n-5, 60",
        "1.2 3.4 -5\n60",
        "[1.2, 3.4, -5, 60]",
        "(1.2, 3.4, -5., 60)",
        "{1.2, 3.4, -5, 60};".replace("{", "(").replace("}", ")"),
        "c(1.2, 3.4,\n  -5, 60)",
        "x <- c(1.2, 3.4, -5, 60)",
        "np.array([1.2, 3.4, -5, 60])",
        "data = numpy.array([ 1.2,  3.4, -5. , 60. ], dtype=np.float32)",
        "[1.2; 3.4; -5; 60]",
        "1,2 3,4 -5 60",
        "1,2; 3,4; -5; 60",
        "1.2\n3.4\n-5\n60\n",
        "[[1.2], [3.4], [-5], [60]]",
    ],
)
def test_runs_of_numbers(text: str) -> None:
    cloud = read_text(text)
    assert cloud.points.tolist() == RUN
    assert cloud.source is None


@pytest.mark.parametrize(
    "text",
    [
        "x\ty\n1,5\t2\n3\t4\n",
        "x\ty\r\n1.5\t2\r\n3\t4",
        "1.5 2\n3 4",
        "1.5, 2\n3, 4",
        "[[1.5, 2], [3, 4]]",
        "np.array([[1.5, 2.],\n       [3. , 4.]])",
        "((1.5, 2), (3, 4))",
        "(1.5, 2), (3, 4)",
        "[1.5 2; 3 4]",
        '[{"x": 1.5, "y": 2}, {"x": 3, "y": 4}]',
        '{"x": [1.5, 3], "y": [2, 4]}',
        "x y z\n1.5 2 9\n3 4 9",
        "1.5\t2\t9\n3\t4\t9",
    ],
)
def test_points(text: str) -> None:
    assert read_text(text).points.tolist() == [[1.5, 2], [3, 4]]


def test_columns_make_it_a_table() -> None:
    text = "1 2 3\n4 5 6\n"
    assert read_text(text).d == 1
    assert read_text(text, ReadOptions(columns=(1, 3))).points.tolist() == [[1, 3], [4, 6]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The text holds no rows."),
        ("[]", "The text holds no rows."),
        ("[1, two, 3]", "The text, row 2, column 1: two is not a number."),
        ("[[1, 2], [3]]", "The text, row 2: the number of columns is 1"),
        ("x\ty\n1\t2\n3\t\n", "The text, line 3, column 2 (y): the value is missing."),
        ("hello", "The text has a header but no rows."),
    ],
)
def test_texts_without_a_cloud(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text(text)
    assert message in str(caught.value)


def test_rows_left_out_of_a_text() -> None:
    assert read_text("[1, NA, 3]", ReadOptions(drop_invalid=True)).points.tolist() == [[1], [3]]


def test_what_numpy_prints() -> None:
    points = np.random.default_rng(0).normal(size=(40, 2)).round(3)
    np.testing.assert_array_equal(read_text(repr(points)).points, points)
    np.testing.assert_array_equal(read_text(str(points)).points, points)
    np.testing.assert_array_equal(read_text(str(points[:, 0])).points[:, 0], points[:, 0])


@pytest.mark.parametrize(
    "text",
    [
        " [1]  1.2  3.4\n [3] -5.0 60.0\n",
        "[1] 1.2 3.4 -5\n[4] 60",
        "> x\n [1]  1.2  3.4\n [3] -5.0 60.0\n> ",
        "Out[3]: array([ 1.2,  3.4, -5. , 60. ])",
        "In [1]: x\nOut[1]:\narray([ 1.2,  3.4,\n       -5. , 60. ])",
        ">>> [1.2, 3.4, -5, 60]",
        ">>> x\n[1.2, 3.4, -5, 60]",
        ">>> x = [1.2, 3.4,\n...      -5, 60]",
        "values: [1.2, 3.4, -5, 60]",
        "my values: 1.2, 3.4, -5, 60",
        "x = 1.2, 3.4, -5, 60",
        "1.2, 3.4, \u22125, 60",
        "[1.2, 3.4, \u22125, 60]",
        "1.2, 3.4, -5, 60 ...",
        "1.2, 3.4, -5, 60, \u2026",
        "[1.2, 3.4, -5, 60, ...]",
        "{1.2, 3.4, -5, 60}",
        "1.2 3.4 -5 60 # four of them",
        "tensor([ 1.2,  3.4, -5., 60.])",
        '["1.2", "3.4", "-5", "60"]',
    ],
)
def test_runs_as_programs_and_people_show_them(text: str) -> None:
    assert read_text(text).points.tolist() == RUN
    assert preview(text).error is None


@pytest.mark.parametrize(
    "text",
    [
        "data = {'x':[1.5, 3],'y':[2, 4]}",
        "pd.DataFrame({'x': [1.5, 3], 'y': [2, 4]})",
        "[{'x': 1.5, 'y': 2}, {'x': 3, 'y': 4}]",
        "In [1]: x\nOut[1]: array([[1.5, 2.],\n       [3., 4.]])",
        "{{1.5, 2}, {3, 4}}",
        "     [,1] [,2]\n[1,]  1.5 2\n[2,]  3 4",
        " [1,] 1.5 2\n [2,] 3 4",
        "    x   y\n1 1.5 2\n2 3   4",
        "1.5, 2\n3, 4 # the last",
        "x|y\n1.5|2\n3|4",
    ],
)
def test_points_as_programs_show_them(text: str) -> None:
    assert read_text(text).points.tolist() == [[1.5, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My data is 1, 2, 3", "My data is 1"),
        ("1 2 3 and 4", "and"),
        ("x = [1, 2, 3]\ny = [4, 5, 6]", "x = [1"),
        ("[[1,2],[3,4]] and 5, 6, 7", "[[1"),
        ("[1, 2, 3, ..., 9, 10]", "..."),
    ],
)
def test_nothing_is_left_out_in_silence(text: str, value: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text(text)
    assert f"{value} is not a number" in str(caught.value)
    assert read_text("A1\t1.5\t2\nB2\t3\t4").d == 2, "rows of a spreadsheet may have names"
