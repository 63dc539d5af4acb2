from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from gmm_studio import Configuration, InputError, PointCloud, seeded_start
from gmm_studio.core.basins import BasinMap, map_basins
from gmm_studio.gui.colours import LIGHT
from gmm_studio.gui.laboratory.basin_layer import follow_tints, tint
from gmm_studio.gui.laboratory.basin_picture import (
    HEIGHT,
    RATIO,
    WIDTH,
    paint_basin_picture,
    save_basin_picture,
)

SEEDS = [[0.0, 0.0], [4.0, 0.0], [0.0, 30.0]]


def cloud_of(d: int = 2) -> PointCloud:
    """Three clusters, the third far away; nothing is drawn where there are no points."""
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0.0], [30.0, 0.0], [0.0, 30.0]])
    return PointCloud((centres[np.arange(60) % 3] + 0.5 * rng.standard_normal((60, 2)))[:, :d])


def map_of(cloud: PointCloud, cells: int = 12) -> BasinMap:
    seeds = [seed[: cloud.d] for seed in SEEDS]
    if cloud.d == 1:
        seeds[2] = [30.0]
    x = np.linspace(-10, 40, cells)
    y = np.linspace(-10, 40, cells) if cloud.d == 2 else np.zeros(1)
    start = seeded_start(cloud, seeds)
    *_, finest = map_basins(cloud, start, 1, x, y, Configuration(tolerance=1e-9))
    return finest


def test_cells_have_the_colour_of_their_optimum(qapp: QApplication) -> None:
    cloud = cloud_of()
    basins = map_of(cloud)
    image = paint_basin_picture(cloud, basins, seeded_start(cloud, SEEDS), 1)
    assert (image.width(), image.height()) == (RATIO * WIDTH, RATIO * HEIGHT)
    slots = follow_tints(basins.optima, basins.tolerance, cloud.total_weight)
    best = max(range(len(slots)), key=lambda i: basins.optima[i].log_likelihood)
    side_x, side_y = image.width() / 12, image.height() / 12
    matched = 0
    for row, column in zip(*np.nonzero(basins.optimum == best), strict=True):
        if not (4 <= row <= 8 and 4 <= column <= 8):
            continue
        at = round((column + 0.5) * side_x), round((11.5 - row) * side_y)
        assert image.pixelColor(*at).name() == QColor(tint(LIGHT, slots[best])).name()
        matched += 1
    assert matched > 0
    assert len(set(basins.optimum.ravel().tolist())) > 1


def test_points_and_the_seeds_that_stay_are_over_it(qapp: QApplication) -> None:
    cloud = cloud_of()
    basins = map_of(cloud)
    image = paint_basin_picture(cloud, basins, seeded_start(cloud, SEEDS), 1)
    width = 50 + 50 / 11
    left = -10 - 25 / 11

    def pixel(x: float, y: float) -> tuple[int, int]:
        across = (x - left) / width * image.width()
        return round(across), round((1 - (y - left) / width) * image.height())

    free = cloud.points[1::3].tolist()
    assert all(image.pixelColor(*pixel(*point)).lightness() < 150 for point in free)
    first = QColor(LIGHT.components[0])
    around = [image.pixelColor(pixel(0, 0)[0] + i, pixel(0, 0)[1]) for i in range(-40, 41)]
    assert any(abs(c.hue() - first.hue()) < 8 and c.saturation() > 150 for c in around)


def test_a_strip_in_one_dimension(qapp: QApplication) -> None:
    cloud = cloud_of(1)
    basins = map_of(cloud, 40)
    seeds = [[0.0], [4.0], [30.0]]
    image = paint_basin_picture(cloud, basins, seeded_start(cloud, seeds), 1)
    assert image.width() == RATIO * WIDTH
    colours = {image.pixelColor(x, 60).name() for x in range(0, image.width() // 2, 7)}
    assert len(colours) > 1


@pytest.mark.parametrize("d", [1, 2])
def test_a_single_cell(qapp: QApplication, d: int) -> None:
    cloud = cloud_of(d)
    basins = map_of(cloud, 1)
    start = seeded_start(cloud, [seed[:d] for seed in SEEDS] if d == 2 else [[0.0], [4.0], [30.0]])
    assert not paint_basin_picture(cloud, basins, start, 1).isNull()


def test_it_is_written_whole_or_not_at_all(qapp: QApplication, tmp_path: Path) -> None:
    cloud = cloud_of()
    basins, start = map_of(cloud, 4), seeded_start(cloud, SEEDS)
    save_basin_picture(tmp_path / "map.png", cloud, basins, start, 1)
    assert QImage(str(tmp_path / "map.png")).width() == RATIO * WIDTH
    with pytest.raises(InputError, match="no such folder"):
        save_basin_picture(tmp_path / "none" / "map.png", cloud, basins, start, 1)
