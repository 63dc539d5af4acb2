from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import LeftOut, Place, ReadOptions
from gmm_studio.data.text import read_cloud

DROP = ReadOptions(drop_invalid=True)

TABLE = """x,y,label,weight
1,2,a,1
# a comment
3,NA,b,1
4,foo,a,1
5,6,b,2
7,8
inf,1,a,1
9,1e200,a,1
1,1,,1
1,1,a,-1

8,9,b,3
"""


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    with pytest.raises(InputError, match="line 4, column 2"):
        read_cloud(path)
    cloud = read_cloud(path, options=DROP)
    assert cloud.points.tolist() == [[1, 2], [5, 6], [8, 9]]
    assert cloud.labels is not None
    assert cloud.labels.tolist() == [0, 1, 1]
    assert cloud.weights is not None
    assert cloud.weights.tolist() == [1, 2, 3]
    assert cloud.source is not None
    assert cloud.source.left_out == (
        LeftOut("missing", 2, (Place(4, 2), Place(10, 3))),
        LeftOut("not a number", 1, (Place(5, 2),)),
        LeftOut("wrong number of columns", 1, (Place(7),)),
        LeftOut("not finite", 1, (Place(8, 1),)),
        LeftOut("out of range", 1, (Place(9, 2),)),
        LeftOut("negative weight", 1, (Place(11, 4),)),
    )
    assert cloud.source.rows_left_out == 7
    assert cloud.source.kept is not None
    assert np.flatnonzero(cloud.source.kept).tolist() == [0, 3, 9]
    assert len(cloud.source.kept) == 10


def test_nothing_left_out_is_nothing_kept_in_mind(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n")
    source = read_cloud(path, options=DROP).source
    assert source is not None
    assert (source.left_out, source.kept) == ((), None)


def test_far_down_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "1.25,2.5\n" * 300_000 + "oops,1\n" * 7 + "1,2\n")
    cloud = read_cloud(path, options=DROP)
    assert cloud.n == 300_001
    assert cloud.source is not None
    [left_out] = cloud.source.left_out
    assert (left_out.reason, left_out.count) == ("not a number", 7)
    assert left_out.places == tuple(Place(300_002 + i, 1) for i in range(5))


def test_rows_of_arrays(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.array([[1, 2], [np.nan, 3], [4, np.inf], [1e300, 1], [5, 6]]))
    cloud = read_cloud(path, options=DROP)
    assert cloud.points.tolist() == [[1, 2], [5, 6]]
    assert cloud.source is not None
    assert cloud.source.left_out == (
        LeftOut("missing", 1, (Place(2, 1),), "row"),
        LeftOut("not finite", 1, (Place(3, 2),), "row"),
        LeftOut("out of range", 1, (Place(4, 1),), "row"),
    )
    assert cloud.source.kept is not None
    assert cloud.source.kept.tolist() == [True, False, False, False, True]


def test_all_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,NA\n,5\n")
    with pytest.raises(InputError, match="no row that can be used"):
        read_cloud(path, options=ReadOptions(columns=("x", "y"), drop_invalid=True))
