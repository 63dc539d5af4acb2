"""Files as readers meet them, and the same damaged in all sorts of ways."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).parents[1] / "reference"

_SPICE = (*b"\",;\t\n\r#.-e [](){}'\\\0\xff\xfe\x80", *range(0, 256, 17))


def table(n: int = 60) -> pd.DataFrame:
    """Points with a label and a weight."""
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "x": rng.normal(size=n).round(4),
            "y": (1000 * rng.normal(size=n)).round(2),
            "class": np.where(rng.random(n) < 0.5, "Grün", "Blau"),
            "weight": rng.integers(1, 5, n),
        }
    )


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


def samples(folder: Path) -> dict[str, bytes]:
    """A file of each format, by its suffix."""
    import duckdb

    frame = table()
    numbers = frame[["x", "y"]].to_numpy()
    parquet = folder / "sample.parquet"
    duckdb.connect().sql("SELECT * FROM frame").write_parquet(str(parquet))
    return {
        "csv": frame.to_csv(index=False).encode(),
        "tsv": frame.to_csv(sep="\t").encode(),
        "semicolon.csv": frame.to_csv(sep=";", decimal=",", index=False).encode("cp1252"),
        "data": _saved(lambda stream: np.savetxt(stream, numbers)),
        "utf16.txt": frame.to_csv(sep="\t", index=False).encode("utf-16"),
        "gb18030.csv": frame.replace("Grün", "绿色").to_csv(index=False).encode("gb18030"),
        "csv.gz": gzip.compress(frame.to_csv(index=False).encode(), mtime=0),
        "npy": _saved(lambda stream: np.save(stream, numbers)),
        "records.npy": _saved(
            lambda stream: np.save(stream, frame[["x", "weight"]].to_records(index=False))
        ),
        "npz": _saved(lambda stream: np.savez(stream, a=numbers[:, 0], b=numbers)),
        "packed.npz": _saved(lambda stream: np.savez_compressed(stream, x=numbers[:, 0])),
        "points.json": json.dumps(numbers.tolist()).encode(),
        "records.json": frame.to_json(orient="records").encode(),
        "columns.json": frame.to_json().encode(),
        "parquet": parquet.read_bytes(),
        "xlsx": _saved(lambda stream: frame.to_excel(stream, index=False)),
        "ods": (REFERENCE / "points.ods").read_bytes(),
    }


def mangled(content: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """The content with bytes flipped, cut, doubled, inserted and swapped."""
    rng = random.Random(seed)
    for _ in range(count):
        damaged = bytearray(content)
        for _ in range(rng.choice((1, 1, 2, 5, 40))):
            _damage(damaged, rng)
        yield bytes(damaged)


def _damage(content: bytearray, rng: random.Random) -> None:
    place = rng.randrange(len(content) + 1)
    if rng.random() < 0.3:
        # What a file declares stands at its beginning and end.
        place = rng.choice((rng.randrange(128), -rng.randrange(1, 128))) % (len(content) + 1)
    length = rng.choice((1, 2, 4, 8, 100))
    damage = rng.choice((_spice, _spice, _flip, _cut, _double, _insert, _swap, _end))
    damage(content, place, length, rng)


def _spice(content: bytearray, place: int, _: int, rng: random.Random) -> None:
    content[place : place + 1] = bytes([rng.choice(_SPICE)])


def _flip(content: bytearray, place: int, _: int, rng: random.Random) -> None:
    content[place : place + 1] = bytes(b ^ 1 << rng.randrange(8) for b in content[place:][:1])


def _cut(content: bytearray, place: int, length: int, _: random.Random) -> None:
    del content[place : place + length]


def _double(content: bytearray, place: int, length: int, _: random.Random) -> None:
    content[place:place] = content[place : place + length]


def _insert(content: bytearray, place: int, _: int, rng: random.Random) -> None:
    content[place:place] = rng.randbytes(rng.randrange(5))


def _swap(content: bytearray, place: int, length: int, rng: random.Random) -> None:
    first, second = sorted((place, rng.randrange(len(content) + 1)))
    one, two = content[first : first + length], content[second : second + length]
    if first + length <= second and len(one) == len(two):
        content[first : first + length], content[second : second + length] = two, one


def _end(content: bytearray, place: int, _: int, rng: random.Random) -> None:
    if rng.random() < 0.2:
        del content[place:]
