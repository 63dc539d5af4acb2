"""Runs without a screen, with settings of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture
def faithful() -> Path:
    """Old Faithful: 272 pairs (Azzalini and Bowman 1990)."""
    return REFERENCE / "faithful.csv"
