"""What is remembered of files, and that spoilt settings do no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from gmm_studio.core.source import ReadOptions
from gmm_studio.gui.importing.memory import MOST_FILES, Memory

OPTIONS = ReadOptions(
    encoding="cp1252",
    delimiter="\t",
    decimal=",",
    thousands="",
    header=False,
    columns=("längs", "quer"),
    label="",
    weight="w",
    table="Sheet 2",
    drop_invalid=True,
)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_options_come_back_from_the_file(settings: QSettings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert Memory(settings).get(path) is None
    Memory(settings).put(path, OPTIONS)
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    assert Memory(again).get(path) == OPTIONS
    assert Memory(again).get(tmp_path / "b.csv") is None


def test_the_last_files_are_remembered(settings: QSettings, tmp_path: Path) -> None:
    memory = Memory(settings)
    memory.put(tmp_path / "first", OPTIONS)
    for i in range(MOST_FILES - 1):
        memory.put(tmp_path / str(i), ReadOptions())
    memory.put(tmp_path / "first", OPTIONS)
    memory.put(tmp_path / "one more", ReadOptions())
    assert memory.get(tmp_path / "first") == OPTIONS
    assert memory.get(tmp_path / "0") is None
    assert memory.get(tmp_path / "1") == ReadOptions()


@pytest.mark.parametrize(
    "value", ["", "7", "null", "[[]]", "[[1]]", '[["a", 3]]', '{"a": 1}', "{", '["ab"]']
)
def test_spoilt_settings_are_nothing(settings: QSettings, tmp_path: Path, value: str) -> None:
    settings.setValue("import/files", value)
    assert Memory(settings).get(tmp_path / "a.csv") is None
    Memory(settings).put(tmp_path / "a.csv", OPTIONS)
    assert Memory(settings).get(tmp_path / "a.csv") == OPTIONS


def test_values_that_cannot_be_are_left_out(settings: QSettings, tmp_path: Path) -> None:
    said = {"encoding": "rot13", "columns": [1, 2, 3], "header": "no", "delimiter": "/", "x": 1}
    path = tmp_path / "a.csv"
    settings.setValue("import/files", json.dumps([[str(path), said | {"decimal": ","}]]))
    assert Memory(settings).get(path) == ReadOptions(decimal=",")
