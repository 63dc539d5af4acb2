"""Runs without a screen, with settings of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from gmm_studio.core import optima
from gmm_studio.core.limit import limit

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes stay out of the names of tests, which are to be the same in every process.

    An archive holds the time it was made at; with its bytes in a name, two workers of pytest-xdist
    collect different tests.
    """
    return argname if isinstance(val, bytes) else None


REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture
def faithful() -> Path:
    """Old Faithful: 272 pairs (Azzalini and Bowman 1990)."""
    return REFERENCE / "faithful.csv"


@pytest.fixture
def resting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What becomes of iterating ends on to rest: "began" and, unless it is cancelled, "ended"."""
    said: list[str] = []

    def watched(*arguments: Any, **options: Any) -> Any:
        said.append("began")
        place = limit(*arguments, **options)
        said.append("ended")
        return place

    monkeypatch.setattr(optima, "limit", watched)
    return said
