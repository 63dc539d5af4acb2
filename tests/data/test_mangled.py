from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from gmm_studio.core.errors import InputError
from gmm_studio.core.source import ReadOptions
from gmm_studio.data.preview import preview
from gmm_studio.data.text import read_cloud
from tests.data.mangling import mangled, samples

FORMATS = [
    "csv",
    "tsv",
    "semicolon.csv",
    "data",
    "utf16.txt",
    "gb18030.csv",
    "csv.gz",
    "npy",
    "records.npy",
    "npz",
    "packed.npz",
    "points.json",
    "records.json",
    "columns.json",
    "parquet",
    "xlsx",
    "ods",
]

COUNT = 300
LARGEST = 64 * 2**20


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return samples(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_cloud_or_a_reason(tmp_path: Path, originals: dict[str, bytes], name: str) -> None:
    path = tmp_path / f"mangled.{name}"
    refused = 0
    messages: list[str] = []
    for number, content in enumerate(mangled(originals[name], COUNT, seed=1)):
        path.write_bytes(content)
        try:
            cloud = read_cloud(path, options=ReadOptions(drop_invalid=bool(number % 2)))
            assert np.isfinite(cloud.points).all()
            if number % 10 == 0:
                preview(path)
        except InputError as error:
            refused += 1
            messages.append(str(error))
    assert 0 < refused < COUNT
    assert not any("\n" in message for message in messages)


@pytest.mark.parametrize("name", FORMATS)
def test_memory(tmp_path: Path, originals: dict[str, bytes], name: str) -> None:
    path = tmp_path / f"mangled.{name}"
    tracemalloc.start()
    try:
        for content in mangled(originals[name], 20, seed=2):
            path.write_bytes(content)
            try:
                read_cloud(path)
            except InputError:
                continue
        assert tracemalloc.get_traced_memory()[1] < LARGEST
    finally:
        tracemalloc.stop()


def test_all_formats_are_mangled(originals: dict[str, bytes]) -> None:
    assert set(FORMATS) == set(originals)
