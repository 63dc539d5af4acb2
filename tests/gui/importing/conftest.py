"""Files that are not plain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

KINDS = ("setosa", "versicolor", "virginica")


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """Semicolons, decimal commas, letters of Latin-1; 60 rows of 3 columns."""
    values = np.random.default_rng(0).normal(5, 1, (60, 3))
    rows = [";".join(f"{value:.2f}".replace(".", ",") for value in row) for row in values]
    path = tmp_path / "messung.csv"
    path.write_text("\n".join(["Länge;Breite;Höhe", *rows]), encoding="cp1252")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """150 rows of 2 columns; on lines 5, 10, 42 and 92 are four that cannot be used."""
    values = np.random.default_rng(1).normal(5, 1, (150, 2))
    rows = [f"{x:.2f},{y:.2f}" for x, y in values.tolist()]
    rows[3], rows[8], rows[40], rows[90] = "4.1,", "five,2.2", "1.0,2.0,3.0", "inf,2"
    path = tmp_path / "bad.csv"
    path.write_text("\n".join(["length,width", *rows]))
    return path


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """Four measures and the species of 150 flowers."""
    values = np.random.default_rng(2).normal(5, 1, (150, 4))
    rows = [
        ",".join([*(f"{value:.1f}" for value in row), KINDS[i // 50]])
        for i, row in enumerate(values.tolist())
    ]
    path = tmp_path / "flowers.csv"
    header = "sepal length,sepal width,petal length,petal width,species"
    path.write_text("\n".join([header, *rows]))
    return path
