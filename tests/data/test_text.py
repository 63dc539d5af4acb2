from __future__ import annotations

import csv
import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gmm_studio.core.cloud import Source
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.data import text_table
from gmm_studio.data.text import LARGEST_FILE, read_cloud

FAITHFUL = Path(__file__).parents[1] / "reference" / "faithful.csv"

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "points.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refusal(path: Path, columns: tuple[str | int, ...] | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_cloud(path, columns)
    return str(caught.value)


def test_old_faithful() -> None:
    cloud = read_cloud(FAITHFUL)
    assert cloud.points.shape == (272, 2)
    assert cloud.columns == ("eruptions", "waiting")
    assert cloud.name == "faithful"
    assert cloud.source == Source(FAITHFUL, ("eruptions", "waiting"))
    assert cloud.points[0].tolist() == [3.6, 79]
    assert cloud.points[-1].tolist() == [4.467, 74]
    assert (cloud.weights, cloud.labels, cloud.truth) == (None, None, None)


XY = [[1.5, 2.0], [-3.0, 4e3]]


@pytest.mark.parametrize(
    "content",
    [
        "x,y\n1.5,2\n-3,4e3\n",
        "x,y\n1.5,2\n-3,4e3",
        "x,y\r\n1.5,2\r\n-3,4e3\r\n",
        "x,y\r1.5,2\r-3,4e3\r",
        "x, y\n1.5, 2\n-3, 4e3\n",
        "x;y\n1.5;2\n-3;4e3\n",
        "x\ty\n1.5\t2\n-3\t4e3\n",
        "x y\n1.5 2\n-3 4e3\n",
        "  x   y\n 1.5     2  \n\t-3 \t 4e3\n",
        '"x","y"\n"1.5","2"\n"-3","4e3"\n',
        '"x" "y"\n"1.5" 2\n-3 4e3\n',
        '# a comment, with commas\n\nx,y\n1.5,2\n  # another "one"\n\n-3,4e3\n\n\n',
        "x,y\n1.5,2\n,\n-3,4e3\n,\n",
        "x,y\n1.5,2\n   \n-3,4e3\n",
        "﻿x,y\n1.5,2\n-3,4e3\n",
        '﻿"x","y"\n1.5,2\n-3,4e3\n',
        "x,y,remark\n1.5,2,ok\n-3,4e3,\n",
        'place,x,y\n"Köln, Süd",1.5,2\n"a ""b""",-3,4e3\n',
        'x,y,remark\n1.5,2,"two\nlines, and\n# three"\n-3,4e3,no\n',
        "x,y,colour\n1.5,2,#ff0000\n-3,4e3,#00ff00\n",
        "place x y\n'a' 1.5 2\n'b' -3 4e3\n",
        ",x,y\n0,1.5,2\n1,-3,4e3\n",
        '"","x","y"\n"1",1.5,2\n"2",-3,4e3\n',
        "x,y,\n1.5,2,\n-3,4e3,\n",
        "City of birth,x,y\nNew York,1.5,2\nLos Angeles,-3,4e3\n",
        "x,y\n1.5,2 # note, with a comma\n-3,4e3\t# and 'another'\n",
        "x y\n1.5 2 # note\n-3 4e3\n",
        "1.5;2 # no header\n-3;4e3\n",
        "room,x,y\nhall #1,1.5,2\nno. # 2,-3,4e3\n",
        "x,y,remark\n1.5,2,a # b\n-3,4e3,c\n",
        'remark,x,y\n"1,2 # 3",1.5,2\n"4 # 5",-3,4e3\n',
        "x|y\n1.5|2\n-3|4e3\n",
        "x | y\n1.5 | 2\n-3 | 4e3\n",
        "x,y\n1.5,2\n\u22123,4e3\n",
        "x;y\n1,5;2\n\u22123;4e3\n",
    ],
)
def test_ways_to_write_the_same(write: Write, content: str) -> None:
    cloud = read_cloud(write(content))
    assert cloud.points.tolist() == XY
    assert cloud.columns in (("x", "y"), ("column 1", "column 2"))
    assert cloud.labels is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
def test_encodings(write: Write, encoding: str) -> None:
    cloud = read_cloud(write("Höhe,Länge\n1.5,2\n-3,4e3\n".encode(encoding)))
    assert cloud.points.tolist() == XY
    assert cloud.columns == ("Höhe", "Länge")


def test_latin_1_far_down(write: Write) -> None:
    content = "x,y,class\n" + "1,2,plain\n" * 200_000 + "3,4,größer\n5,6,größte\n"
    cloud = read_cloud(write(content.encode("latin-1")))
    assert cloud.n == 200_002
    assert cloud.labels is not None
    assert cloud.labels[-2:].tolist() == [1, 2]


@pytest.mark.parametrize(
    "content", ["1.5,2\n-3,4e3\n", "1.5 2\n-3 4e3", "# x y\n1.5\t2\n-3\t4e3\n"]
)
def test_without_a_header(write: Write, content: str) -> None:
    path = write(content)
    cloud = read_cloud(path)
    assert cloud.points.tolist() == XY
    assert cloud.columns == ("column 1", "column 2")
    assert cloud.source == Source(path, ("column 1", "column 2"))
    assert read_cloud(path, ("column 2", 1)).points.tolist() == [[2, 1.5], [4e3, -3]]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("x\n1\n2\n", "x"),
        ("1\n2\n", "column 1"),
        ("waiting time (min)\n1\n2\n", "waiting time (min)"),
        ("sex,x\nm,1\nf,2\n", "x"),
        ("label,x\n3,1\n4,2\n", "x"),
        ("x,class,weight\n1,a,1\n2,b,1\n", "x"),
        (",sex\n1,m\n2,f\n", "column 1"),
    ],
)
def test_one_column_is_a_cloud_on_a_line(write: Write, content: str, name: str) -> None:
    cloud = read_cloud(write(content))
    assert cloud.points.tolist() == [[1], [2]]
    assert cloud.columns == (name,)


@pytest.mark.parametrize("content", ["1,2", "x,y\n1,2\n", "1 2\n", "1;2"])
def test_one_row(write: Write, content: str) -> None:
    assert read_cloud(write(content)).points.tolist() == [[1, 2]]


IRIS = "id,length,species,width,Class,weight\n1,5.1,a,3.5,u,2\n2,4.9,b,3.0,v,0.5\n3,4.7,a,3.2,u,0\n"


def test_columns_by_default(write: Write) -> None:
    path = write(IRIS)
    cloud = read_cloud(path)
    assert cloud.columns == ("length", "width")
    assert cloud.source == Source(path, ("id", "length", "width", "weight"))


@pytest.mark.parametrize(
    ("columns", "names", "first"),
    [
        (("length", "width"), ("length", "width"), [5.1, 3.5]),
        (("width", "length"), ("width", "length"), [3.5, 5.1]),
        ((4, 2), ("width", "length"), [3.5, 5.1]),
        (("4", "length"), ("width", "length"), [3.5, 5.1]),
        (("width",), ("width",), [3.5]),
        (("weight", "id"), ("weight", "id"), [2, 1]),
    ],
)
def test_columns_asked_for(
    write: Write, columns: tuple[str | int, ...], names: tuple[str, ...], first: list[float]
) -> None:
    cloud = read_cloud(write(IRIS), columns)
    assert cloud.columns == names
    assert cloud.points[0].tolist() == first
    assert (cloud.weights is None) == ("weight" in names)


def test_a_name_wins_over_a_number(write: Write) -> None:
    path = write('year,"2x",1x\n5,6,7\n')
    assert read_cloud(path, ("2",)).points.tolist() == [[6]]
    assert read_cloud(path, ("1x", 1)).points.tolist() == [[7, 5]]


@pytest.mark.parametrize(
    "columns", [("height",), (0,), (7,), (-1,), ("7",), ("9" * 5000,), ("",), ("length", "x")]
)
def test_unknown_column_lists_those_there_are(write: Write, columns: tuple[str | int, ...]) -> None:
    message = refusal(write(IRIS), columns)
    assert "points.csv has no column" in message
    assert "id, length, species, width, Class, weight" in message


@pytest.mark.parametrize("columns", [("id", "id"), (1, 1), ("id", 1), ("1", "id")])
def test_the_same_column_twice(write: Write, columns: tuple[str | int, ...]) -> None:
    assert "id is asked for twice" in refusal(write(IRIS), columns)


@pytest.mark.parametrize("columns", [(), ("id", "length", "width")])
def test_too_many_columns_or_none(write: Write, columns: tuple[str, ...]) -> None:
    assert "One or two columns" in refusal(write(IRIS), columns)


def test_a_column_of_texts_asked_for(write: Write) -> None:
    assert refusal(write(IRIS), ("species",)) == (
        "points.csv, line 2, column 3 (species): a is not a number."
    )


def test_labels_and_weights(write: Write) -> None:
    cloud = read_cloud(write(IRIS))
    assert cloud.labels is not None
    assert cloud.labels.tolist() == [0, 1, 0]
    assert cloud.weights is not None
    assert cloud.weights.tolist() == [2, 0.5, 0]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["3", "-1", "3"], [3, -1, 3]),
        (["1.0", "2.0", "1.000e+00"], [1, 2, 1]),
        (["9" * 19, "1", "9" * 19], None),
        (["9" * 5000, "1", "9" * 5000], None),
        (["b", "a", "b"], [0, 1, 0]),
        (["1", "two", "1"], [0, 1, 0]),
        (['"x, y"', "z", '"x, y"'], [0, 1, 0]),
        (["none", "some", "none"], [0, 1, 0]),
        (["0.5", "0.25", "0.5"], None),
    ],
)
@pytest.mark.parametrize("name", ["label", "Class", " LABEL "])
def test_kinds_of_labels(
    write: Write, name: str, values: list[str], labels: list[int] | None
) -> None:
    path = write(f"{name},x,y\n" + "".join(f"{value},1,2\n" for value in values))
    cloud = read_cloud(path)
    assert cloud.columns == ("x", "y")
    assert (None if cloud.labels is None else cloud.labels.tolist()) == labels


def test_a_label_asked_for_is_a_coordinate(write: Write) -> None:
    cloud = read_cloud(write("x,label\n1,5\n2,6\n"), ("label", "x"))
    assert cloud.points.tolist() == [[5, 1], [6, 2]]
    assert cloud.labels is None


def test_only_labels(write: Write) -> None:
    assert "weight, label would have to be asked for" in refusal(write("weight,label\n1,5\n"))


def test_weights_that_are_texts_are_none(write: Write) -> None:
    assert read_cloud(write("x,y,weight\n1,2,heavy\n")).weights is None


def test_duplicate_names(write: Write) -> None:
    path = write("x,x,y,x,label,label\n1,2,3,4,5,6\n")
    cloud = read_cloud(path)
    assert cloud.points.tolist() == [[1, 2]]
    assert cloud.columns == ("x", "x (column 2)")
    assert cloud.labels is not None
    assert cloud.labels.tolist() == [5]
    assert cloud.source is not None
    assert len(set(cloud.source.columns)) == 6
    for number, name in enumerate(cloud.source.columns, 1):
        assert read_cloud(path, (name,)).points.tolist() == [[number]]


FIRST = "x,waiting\n" + "1,2\n" * 10


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("3,abc", "column 2 (waiting): abc is not a number."),
        ("abc,3", "column 1 (x): abc is not a number."),
        ("3,", "column 2 (waiting): the value is missing."),
        ("3,NA", "column 2 (waiting): the value is missing."),
        ("3,NaN", "column 2 (waiting): the value is missing."),
        ("3,nan", "column 2 (waiting): the value is missing."),
        (",3", "column 1 (x): the value is missing."),
        ("3,inf", "column 2 (waiting): inf is not a finite number."),
        ("3,-Infinity", "column 2 (waiting): -Infinity is not a finite number."),
        ("3,1e400", "column 2 (waiting): 1e400 is not a finite number."),
        ("3,1e200", "column 2 (waiting): 1e200 is too large."),
        ("3,-1e200", "column 2 (waiting): -1e200 is too small."),
        ("3,1_000", "column 2 (waiting): 1_000 is not a number."),
        ("3,１２", "column 2 (waiting): １２ is not a number."),
        ("3,0x10", "column 2 (waiting): 0x10 is not a number."),
        ('3,"1,5"', "column 2 (waiting): 1,5 is not a number. Write a decimal point."),
        ("3,{}", "column 2 (waiting): {} is not a number."),
        ("3", "the number of columns is 1, in the first row it is 2."),
        ("3,4,5", "the number of columns is 3, in the first row it is 2."),
        ("3,4,", "the number of columns is 3, in the first row it is 2."),
    ],
)
def test_names_the_place_of_a_problem(write: Write, row: str, problem: str) -> None:
    separator = ", " if problem.startswith("column") else ": "
    expected = "points.csv, line 12" + separator + problem
    assert refusal(write(FIRST + row + "\n3,4\n")) == expected
    assert refusal(write(FIRST.replace("1,2", '"1",2') + row + "\n3,4\n")) == expected


def test_names_the_place_far_down_a_large_file(write: Write) -> None:
    content = "x,y\n" + "1.25,2.5\n" * 300_000 + "# comment\n\n1.25,oops\n"
    assert refusal(write(content)) == (
        "points.csv, line 300004, column 2 (y): oops is not a number."
    )


def test_place_without_a_header(write: Write) -> None:
    assert refusal(write("1,2\n3,4\n5,x\n")) == ("points.csv, line 3, column 2: x is not a number.")


def test_ragged_rows_among_columns_not_used(write: Write) -> None:
    assert "line 3: the number of columns is 2" in refusal(write("x,y,z\n1,2,3\n4,5\n6,7,8\n"))
    assert "line 2: the number of columns is 4" in refusal(write("1 2 3\n4 5 6 7\n6 7 8\n"))


def test_gaps_in_columns_not_used_do_not_matter(write: Write) -> None:
    assert read_cloud(write("x,y,z\n1,2,\n3,4,5\n6,7,NA\n")).n == 3


def test_missing_labels_and_wrong_weights(write: Write) -> None:
    assert refusal(write("x,y,label\n1,2,a\n1,2,\n")) == (
        "points.csv, line 3, column 3 (label): the value is missing."
    )
    assert refusal(write("x,y,weight\n1,2,1\n1,2,-1\n")) == (
        "points.csv, line 3, column 3 (weight): -1 is negative, which a weight cannot be."
    )
    assert "all weights in the column weight are 0" in refusal(write("x,weight\n1,0\n2,0\n"))


def test_a_column_mostly_of_numbers_is_not_passed_over(write: Write) -> None:
    assert "column 1 (x): the value is missing" in refusal(write("x,y\nNA,1\n2,3\n"))
    assert "column 1 (x): ? is not a number" in refusal(write("x,y\n?,1\n2,3\n4,5\n"))


@pytest.mark.parametrize(
    ("content", "points"),
    [
        ("x;y\n1,5;2,5\n3,5;4\n", [[1.5, 2.5], [3.5, 4]]),
        ("1,5 2,5\n3,5 4,5\n", [[1.5, 2.5], [3.5, 4.5]]),
        ("n;x\n1;2,5\n2;3\n", [[1, 2.5], [2, 3]]),
        ("x;y;note\n1,5;2,5;3.5\n3,5;4;no\n", [[1.5, 2.5], [3.5, 4]]),
    ],
)
def test_decimal_commas(write: Write, content: str, points: list[list[float]]) -> None:
    assert read_cloud(write(content)).points.tolist() == points


def test_points_and_commas_are_not_mixed(write: Write) -> None:
    assert "1.5 is not a number. Write a decimal comma." in refusal(
        write("x;y\n1,5;2,5\n3,5;4,5\n1.5;2\n")
    )
    assert "1,5 is not a number. Write a decimal point." in refusal(
        write("x;y\n1.5;2.5\n3.5;4.5\n1,5;2\n")
    )


def test_quotation_marks_that_do_not_match(write: Write) -> None:
    assert "line 3: a quotation mark" in refusal(write('x,y,z\n1,2,a\n3,4,"b\n5,6,c\n'))
    assert "line 2: a quotation mark" in refusal(write('x,y,z\n1,2,"a"b\n3,4,c\n'))
    assert "line 1: a quotation mark" in refusal(write('x,"y\n1,2\n3,4\n'))
    endless = 'x,y,z\n1,2,a\n3,4,"b\n' + "5,6,c\n" * 100_000
    assert "line 3: a quotation mark" in refusal(write(endless))
    assert read_cloud(write('x,y,z\n1,2,5" pipe\n3,4,c\n')).n == 2
    assert "line 2: a quotation mark" in refusal(write('x,y\n"1,2\n3,4\n5,6\n'))
    long = "a" * 200_000
    assert "line 2: a quotation mark" in refusal(write(f'x,y\n1,"{long}"\n2,3\n'))


@pytest.mark.parametrize(
    ("content", "place", "value"),
    [
        ("x,y\n10%,1\n20.5 %,2\n", "line 2, column 1 (x)", "10%"),
        ("x,y\n1,$10.5\n2,$11\n", "line 2, column 2 (y)", "$10.5"),
        ("# a note\nx,y\n1,\n2,12 cm\n3,13 cm\n", "line 4, column 2 (y)", "12 cm"),
        ("a,x,y\n1,2 kg,3\n4,5 kg,6\n", "line 2, column 2 (x)", "2 kg"),
        ("1;5 €\n2;6 €\n", "line 1, column 2", "5 €"),
    ],
)
def test_numbers_with_units_do_not_vanish(
    write: Write, content: str, place: str, value: str
) -> None:
    message = refusal(write(content))
    assert f"{place}: {value} is more than a number" in message
    assert read_cloud(write("x,y,z\n1,2,3%\n4,5,6%\n")).d == 2, "no coordinate anyway"
    assert read_cloud(write("x,block\n1,2a\n3,17b\n")).d == 1, "these are names"
    assert read_cloud(write("x,y\n10%,1\n20%,2\n"), ("y",)).columns == ("y",)


def test_what_windows_writes(write: Write) -> None:
    path = write("Preis €,“y”\n1,2\n3,4\n".encode("cp1252"))
    assert read_cloud(path).columns == ("Preis €", "“y”")
    # It has no sign for some bytes.
    assert read_cloud(write(b"x\xe4,\x81y\n1,2\n3,4\n")).columns == ("x\xe4", "\x81y")


def test_rows_that_cross_a_chunk(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "x,y,z\n" + "".join(f'{i},2,"a\nb\n\n{i}"\n' for i in range(40)) + "1,oops,c\n"
    good = content.replace("oops", "2")
    for chunk in (1, 7, 16, 64):
        monkeypatch.setattr(text_table, "CHUNK", chunk + len("x,y,z\n0"))
        assert read_cloud(write(good)).points[:, 0].tolist() == [*range(40), 1]
        assert "line 162, column 2 (y): oops" in refusal(write(content))


def test_the_plain_way_agrees_with_the_careful_one(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.random.default_rng(1).normal(size=(500, 4)) * 10.0 ** np.arange(-200, 120, 80)
    stream = io.StringIO()
    csv.writer(stream).writerows([["a", "b", "label", "weight"], *np.abs(numbers).tolist()])
    path = write(stream.getvalue())
    plain = read_cloud(path)
    monkeypatch.setattr(text_table, "read_plain", lambda *_: None)
    careful = read_cloud(path)
    assert plain.points.tobytes() == careful.points.tobytes() == np.abs(numbers[:, :2]).tobytes()
    assert plain.weights is not None
    np.testing.assert_array_equal(plain.weights, careful.weights)
    np.testing.assert_array_equal(plain.labels, careful.labels)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "points.csv is empty."),
        ("\n \n\n", "points.csv holds no rows."),
        ("# nothing\n", "points.csv holds no rows."),
        ("x,y\n", "points.csv has a header but no rows."),
        ("x,y", "points.csv has a header but no rows."),
        ("name,colour\na,red\nb,blue\n", "points.csv has no column of numbers."),
        ("x,y\n,\n", "points.csv has a header but no rows."),
    ],
)
def test_nothing_to_read(write: Write, content: str, message: str) -> None:
    assert refusal(write(content)).startswith(message)


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("points.csv", "x,y\n1,2\n")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text file"),
        (zipped(), "is an archive. Unpack it first."),
        (gzip.compress(gzip.compress(b"x,y\n1,2\n", mtime=0), mtime=0), "is not a text file"),
        (b"x,y\n1,2\n\0\0\n", "is not a text file"),
        (b"x,y\n" + b"1,2\n" * 400_000 + b"1,\0\n", "is not a text file"),
        ("x,y\n1,2\n".encode("utf-16")[:-1], "is damaged"),
        (b"\xff\xfex", "is damaged"),
        (b"1" * (3 * 2**20), "too long"),
        (b"1,2\n" + b"x" * 200_000 + b",2\n", "a quotation mark"),
    ],
)
def test_files_that_are_no_tables(write: Write, content: bytes, message: str) -> None:
    assert message in refusal(write(content))


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "nowhere.csv")
    assert "There is no file" in refusal(Path("https://example.org/points.csv"))
    assert "is a folder" in refusal(tmp_path)
    assert "cannot be read" in refusal(tmp_path / "a\0b")
    (tmp_path / "file").write_text("1,2")
    assert "cannot be read" in refusal(tmp_path / "file" / "points.csv")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a device" in refusal(tmp_path / "pipe")


def test_no_permission(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write("1,2")
    monkeypatch.setattr(Path, "open", refuse)
    assert "no permission to read" in refusal(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as handle:
        handle.truncate(LARGEST_FILE + 1)
    assert "large.csv is too large: it has 2.0 GiB" in refusal(path)


def test_messages_stay_on_one_short_line(write: Write) -> None:
    message = refusal(write('x,y\n1,"' + "long\n" * 100 + '"\n1,2\n1,2\n'))
    assert "\n" not in message
    assert len(message) < 150


def test_a_path_may_be_a_text(write: Write) -> None:
    assert read_cloud(str(write("1,2\n"))).name == "points"


def test_cancelling(write: Write) -> None:
    path = write("x,y\n" + "1,2\n" * 1_000_000)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    with pytest.raises(Cancelled):
        read_cloud(path, cancelled=cancelled)
    assert asked == 3


NUMBERS = st.floats(-1e150, 1e150).map(repr) | st.integers(-(10**9), 10**9).map(str)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(table=[("0.0", "0.0", ""), ("0.0", "0.0", "#")], delimiter="\t", quoting=csv.QUOTE_MINIMAL)
@given(
    table=st.lists(st.tuples(NUMBERS, NUMBERS, TEXTS), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_the_csv_module_writes(
    write: Write, table: list[tuple[str, str, str]], delimiter: str, quoting: int
) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("x", "y", "remark"), *table])
    cloud = read_cloud(write(stream.getvalue()), ("x", "y"))
    assert cloud.points.tolist() == [[float(x), float(y)] for x, y, _ in table]


def test_classes_keep_their_names(tmp_path: Path) -> None:
    path = tmp_path / "penguins.csv"
    path.write_text("x,y,class\n1,2,Adelie\n3,4,Gentoo\n5,6,Adelie\n")
    cloud = read_cloud(path)
    assert cloud.labels is not None
    assert [cloud.class_name(label) for label in cloud.labels.tolist()] == [
        "Adelie",
        "Gentoo",
        "Adelie",
    ]
    path.write_text("x,y,class\n1,2,7\n3,4,-1\n")
    cloud = read_cloud(path)
    assert cloud.class_names == ()
    assert cloud.class_name(7) == "7"
    assert cloud.class_name(-1) == "-1"
    kept = read_cloud(path).subset(np.array([True, False]))
    assert kept.class_name(7) == "7"


@pytest.mark.parametrize("name", ["id", "Index"])
def test_a_number_of_the_row_is_no_coordinate(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{name},x,y\n1,2.5,3\n2,4,5.5\n")
    assert read_cloud(path).columns == ("x", "y")
    path.write_text(f"{name}\n1\n2\n")
    assert read_cloud(path).points.tolist() == [[1], [2]]
