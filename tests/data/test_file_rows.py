"""The rows of files of all kinds, as texts, in step with the points that they became."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gmm_studio import ReadOptions, read_cloud
from gmm_studio.data.file_rows import FileRows, use_rows

FRAME = pd.DataFrame(
    {
        "name": [f"n{i}" for i in range(3000)],
        "u": np.linspace(-1, 1, 3000),
        "v": np.arange(3000.0) ** 2,
    }
)


def parquet(frame: pd.DataFrame, path: Path) -> None:
    import duckdb

    columns = {name: frame[name].to_numpy() for name in frame.columns}
    connection = duckdb.connect()
    connection.register("frame", pd.DataFrame(columns))
    connection.execute(f"COPY (SELECT * FROM frame) TO '{path}' (FORMAT parquet)")


WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "p.csv": lambda frame, path: frame.to_csv(path, index=False),
    "p.tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "p.csv.gz": lambda frame, path: path.write_bytes(
        gzip.compress(frame.to_csv(index=False).encode("utf-16"))
    ),
    "p.json": lambda frame, path: path.write_text(json.dumps(frame.to_dict("list"))),
    "p.xlsx": lambda frame, path: frame.to_excel(path, index=False),
    "p.parquet": parquet,
    "p.npy": lambda frame, path: np.save(
        path, frame.to_records(index=False).astype([("name", "U8"), ("u", "f8"), ("v", "f8")])
    ),
}


@pytest.mark.parametrize("name", WRITERS)
def test_all_rows_and_columns_come_as_texts(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](FRAME, path)
    cloud = read_cloud(path, ["v", "u"])
    assert cloud.source is not None

    def look(rows: FileRows) -> None:
        assert rows.file == name
        assert rows.names == ("name", "u", "v")
        assert rows.numeric == (False, True, True)
        assert rows.coordinates == (2, 1)
        found = list(rows.rows)
        assert [row[0] for row in found] == FRAME["name"].tolist()
        numbers = [[rows.parse(row[j]) for j in rows.coordinates] for row in found]
        assert np.array(numbers) == pytest.approx(cloud.points, rel=1e-12)

    use_rows(cloud.source, look)


def test_rows_that_were_left_out_are_there(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_text("# made by hand\nu v\n1 2\n\n3 nan\n4 5 6\n7 8\n")
    cloud = read_cloud(path, options=ReadOptions(drop_invalid=True))
    assert cloud.source is not None
    assert cloud.source.kept is not None
    rows = use_rows(cloud.source, lambda rows: [list(row) for row in rows.rows])
    assert rows == [["1", "2"], ["3", "nan"], ["4", "5", "6"], ["7", "8"]]
    assert cloud.source.kept.tolist() == [True, False, False, True]
