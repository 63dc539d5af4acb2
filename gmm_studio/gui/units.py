"""How a cloud is scaled and gathered, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.arrays import FloatArray
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.grid import Grid
from gmm_studio.core.scaling import Kind
from gmm_studio.gui.numbers import number, numbers

__all__ = ["axis_names", "count_words", "grid_effect", "grid_words", "scaling_names"]


def scaling_names() -> dict[Kind, str]:
    """What people read for each scaling."""
    return {
        "none": _tr("none"),
        "min-max": _tr("axes to 0\N{EN DASH}1"),
        "z-score": _tr("z-scores"),
    }


def axis_names(cloud: PointCloud) -> tuple[str, ...]:
    """The names of the axes, with how they are scaled."""
    if cloud.scaling is None:
        return cloud.columns
    scaled = {
        "none": "{name}",
        "min-max": _tr("{name}, scaled to 0\N{EN DASH}1"),
        "z-score": _tr("{name}, z-scores"),
    }[cloud.scaling.kind]
    return tuple(scaled.format(name=name) for name in cloud.columns)


def count_words(cloud: PointCloud) -> str:
    """How many points there are."""
    if cloud.n_points == 1:
        return _tr("1 point")
    return _tr("{n} points").format(n=f"{cloud.n_points:,}")


def grid_words(cloud: PointCloud) -> str:
    """What grid the points were gathered in; nothing where there is none."""
    if cloud.grid is None:
        return ""
    times = " \N{MULTIPLICATION SIGN} "
    return _tr("Grid of {cells} cells, {n} of them with points").format(
        cells=times.join([f"{cloud.grid.cells:,}"] * cloud.d), n=f"{cloud.n:,}"
    )


def grid_effect(grid: Grid, covariances: FloatArray) -> str:
    """How large a cell is, and what it can hide of a component's variance."""
    times = " \N{MULTIPLICATION SIGN} "
    size = times.join(numbers(grid.size.tolist(), 2))
    hidden = grid.effect(covariances)
    text = _tr("A cell of {size} hides at most {share} % of a variance")
    return text.format(size=size, share=number(100 * hidden, 2))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Units", text)
