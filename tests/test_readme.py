"""What the README shows in Python works."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from gmm_studio import Mixture, generate
from gmm_studio.core.arrays import FloatArray
from gmm_studio.export.points import write_cloud

README = Path(__file__).parents[1] / "README.md"


def test_the_examples_in_python_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_cloud(generate("overlapping", 300), Path("points.csv"))
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
    seen: list[tuple[int, FloatArray, Mixture, FloatArray, Mixture]] = []
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
        assert capsys.readouterr().out
    [handing] = [block for block in blocks if "diagnose(" in block]
    names["diagnose"] = lambda *everything: seen.append(everything)
    exec(handing[handing.index("rule = ") :], names)
    assert [t for t, *_ in seen] == list(range(1, 26))
    for _, points, _, responsibilities, new in seen:
        counts = responsibilities.sum(axis=0)
        assert responsibilities.T @ points / counts[:, None] == pytest.approx(new.means)
    for before, after in pairwise(seen):
        assert after[2] is before[4]
