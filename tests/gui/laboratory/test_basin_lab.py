"""Maps while seeds are dragged: coarse at once, finer at rest, never a queue, the newest wins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gmm_studio.core.basins import BasinMap, map_basins
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import iterate
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.optima import Optimum
from gmm_studio.document import Document, make_start, moved_mean
from gmm_studio.gui.canvas.viewport import Viewport
from gmm_studio.gui.colours import DARK, LIGHT
from gmm_studio.gui.laboratory import basin_task
from gmm_studio.gui.laboratory.basin_lab import BasinLab
from gmm_studio.gui.laboratory.basin_task import cell_centres, map_configuration, write_map_csv

VIEW = Viewport(-6, 14, -6, 14, 400, 400)


def three_clusters(n: int = 60, seed: int = 0) -> PointCloud:
    rng = np.random.default_rng(seed)
    centres = np.array([[0, 0], [9, 0], [0, 9]])
    return PointCloud((centres[:, None] + rng.normal(size=(3, n, 2))).reshape(-1, 2))


CLOUD = three_clusters()
DOCUMENT = Document(CLOUD, 3)
START = Mixture([1 / 3] * 3, [[0.0, -0.5], [0.3, 0.6], [8.0, 8.0]], [np.eye(2)] * 3)


@pytest.fixture
def lab(qtbot: QtBot) -> Iterator[BasinLab]:
    made = BasinLab(LIGHT)
    yield made
    made.close()


def finish(qtbot: QtBot, lab: BasinLab) -> None:
    qtbot.waitUntil(lambda: not lab.is_busy)


class Maps:
    """Stands for the computation: says what it was asked for, and waits where it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Mixture] = []
        self.cells: list[int] = []
        self.is_open = {cell: threading.Event() for cell in (8, 4, 2, 1)}
        for event in self.is_open.values():
            event.set()
        monkeypatch.setattr(basin_task, "map_basins", self)

    def __call__(
        self,
        cloud: PointCloud,
        start: Mixture,
        j: int,
        x: Any,
        y: Any,
        configuration: Configuration,
        *,
        tolerance: Any,
        cancelled: Callable[[], bool],
    ) -> Iterator[BasinMap]:
        self.asked.append(start)
        shape = len(y), len(x)
        for cell in (8, 4, 2, 1):
            while not self.is_open[cell].wait(0.002):
                if cancelled():
                    raise Cancelled
            if cancelled():
                raise Cancelled
            self.cells.append(cell)
            optimum = Optimum(start, -10.0, (0,), 5.0, "")
            zeros = np.zeros(shape, dtype=np.int64)
            yield BasinMap(x, y, zeros, zeros - 10.0, zeros, (optimum,), cell, None, tolerance)


@pytest.fixture
def maps(monkeypatch: pytest.MonkeyPatch) -> Maps:
    return Maps(monkeypatch)


def shown_cells(lab: BasinLab) -> list[int]:
    """The cells of every map that is shown from now on."""
    seen: list[int] = []
    last: list[BasinMap | None] = [lab.map]

    def note() -> None:
        if lab.map is not None and lab.map is not last[0]:
            last[0] = lab.map
            seen.append(lab.map.cell)

    lab.changed.connect(note)
    return seen


# With the real computation


def test_a_coarse_map_comes_first_and_then_finer_ones(qtbot: QtBot, lab: BasinLab) -> None:
    seen = shown_cells(lab)
    lab.show(DOCUMENT, START, 2, VIEW)
    assert lab.is_busy
    qtbot.waitUntil(lambda: lab.map is not None)
    assert lab.map is not None
    assert lab.map.cell == 8
    finish(qtbot, lab)
    assert lab.is_complete
    assert seen[0] == 8
    assert seen[-1] == 1
    assert seen == sorted(seen, reverse=True)


def test_cells_are_what_a_single_fit_reaches(qtbot: QtBot, lab: BasinLab) -> None:
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    found, legend, field = lab.map, lab.legend, lab.field
    assert found is not None
    assert legend is not None
    assert field is not None
    assert field.image is not None
    assert (field.image.width(), field.image.height()) == found.optimum.shape[::-1]
    assert len(legend.entries) > 1
    configuration = map_configuration(DOCUMENT.configuration)
    rng = np.random.default_rng(5)
    for _ in range(12):
        row, column = (int(rng.integers(size)) for size in found.optimum.shape)
        start = moved_mean(START, 2, (float(found.x[column]), float(found.y[row])))
        *_, last = iterate(CLOUD, start, configuration)
        assert last.index == found.iterations[row, column]
        assert last.log_likelihood == pytest.approx(found.log_likelihood[row, column], rel=1e-9)
        assert last.log_likelihood == pytest.approx(
            found.optima[found.optimum[row, column]].log_likelihood, abs=3e-4 * CLOUD.n
        )


def test_one_dimension_is_a_row_of_cells(qtbot: QtBot, lab: BasinLab) -> None:
    rng = np.random.default_rng(0)
    cloud = PointCloud(np.concatenate([rng.normal(-3, 0.5, 100), rng.normal(3, 0.5, 100)]))
    start = Mixture([0.5, 0.5], [[-3.0], [2.0]], [[[0.3]], [[0.3]]])
    view = Viewport(-5, 5, -0.1, 0.5, 400, 300)
    lab.show(Document(cloud, 2), start, 0, view)
    finish(qtbot, lab)
    assert lab.map is not None
    assert lab.map.optimum.shape == (1, 200)
    assert lab.field is not None
    assert lab.field.image is not None
    assert lab.field.image.height() == 1


def test_the_likelihood_is_coarse_and_then_fine(
    qtbot: QtBot, lab: BasinLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basin_task, "_COARSE_WORK", 100 * CLOUD.n)
    sizes: list[int] = []
    lab.changed.connect(lambda: lab.surface and sizes.append(lab.surface.values.size))
    mixture = make_start(DOCUMENT)
    lab.show_likelihood(DOCUMENT, mixture, 1, VIEW)
    finish(qtbot, lab)
    surface = lab.surface
    assert surface is not None
    assert lab.map is None
    assert lab.legend is None
    assert lab.field is not None
    assert sizes[0] < 200 < 4000 < sizes[-1]
    assert surface.here == pytest.approx(float(mixture.log_density(CLOUD.points).sum()), rel=1e-12)
    near = (
        abs(surface.x - mixture.means[1, 0]).argmin(),
        abs(surface.y - mixture.means[1, 1]).argmin(),
    )
    assert surface.values[near[1], near[0]] == pytest.approx(surface.here, rel=0.02)


# What is asked while something is under way


def test_dragging_leaves_no_queue_and_always_shows_something(
    qtbot: QtBot, lab: BasinLab, maps: Maps
) -> None:
    maps.is_open[8].clear()
    starts = [moved_mean(START, 0, (0.1 * i, 0.0)) for i in range(100)]
    lab.show(DOCUMENT, starts[0], 2, VIEW)
    qtbot.waitUntil(lambda: len(maps.asked) == 1)
    for start in starts[1:]:
        lab.show(DOCUMENT, start, 2, VIEW)
    seen = shown_cells(lab)
    maps.is_open[8].set()
    finish(qtbot, lab)
    assert len(maps.asked) == 3, "the first, and the newest twice: coarse and fine"
    assert maps.asked[0] is starts[0]
    assert all(start is starts[-1] for start in maps.asked[1:])
    assert seen[0] == 8
    assert seen[-1] == 1
    assert lab.request is not None
    assert lab.request.mixture is starts[-1]


def test_a_new_start_ends_the_refining_at_once(qtbot: QtBot, lab: BasinLab, maps: Maps) -> None:
    maps.is_open[2].clear()
    lab.show(DOCUMENT, START, 2, VIEW)
    qtbot.waitUntil(lambda: lab.map is not None and lab.map.cell == 4)
    moved = moved_mean(START, 0, (1.0, 1.0))
    seen = shown_cells(lab)
    lab.show(DOCUMENT, moved, 2, VIEW)
    assert lab.map is not None
    assert lab.map.cell == 4, "the old one stays until there is another"
    qtbot.waitUntil(lambda: lab.request is not None and lab.request.mixture is moved)
    assert seen[0] == 8
    maps.is_open[2].set()
    finish(qtbot, lab)
    assert 1 in seen


def test_it_is_not_refined_while_seeds_move(qtbot: QtBot, lab: BasinLab, maps: Maps) -> None:
    for i in range(12):
        lab.show(DOCUMENT, moved_mean(START, 0, (0.1 * i, 0.0)), 2, VIEW)
        qtbot.wait(20)
    assert set(maps.cells) == {8}
    finish(qtbot, lab)
    assert set(maps.cells) == {8, 4, 2, 1}


def test_the_place_of_the_seed_itself_changes_nothing(
    qtbot: QtBot, lab: BasinLab, maps: Maps
) -> None:
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    count, found = len(maps.asked), lab.map
    lab.show(DOCUMENT, moved_mean(START, 2, (1.0, 1.0)), 2, VIEW)
    assert not lab.is_busy
    assert lab.is_complete
    lab.show(DOCUMENT, moved_mean(START, 1, (1.0, 1.0)), 2, VIEW)
    assert lab.is_busy
    finish(qtbot, lab)
    assert len(maps.asked) > count
    assert lab.map is not found


def test_a_panned_view_keeps_its_map_until_there_is_a_fine_one(
    qtbot: QtBot, lab: BasinLab, maps: Maps
) -> None:
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    found, field = lab.map, lab.field
    seen = shown_cells(lab)
    for i in range(5):
        lab.show(DOCUMENT, START, 2, VIEW.panned(10.0 * i + 10, 0))
        assert lab.map is found
        assert lab.field is field
        qtbot.wait(10)
    finish(qtbot, lab)
    assert seen in ([2, 1], [1]), "both may have come at once"
    assert lab.field is not None
    assert lab.field.viewport == VIEW.panned(50, 0)


def test_another_cloud_takes_the_map_away_at_once(qtbot: QtBot, lab: BasinLab, maps: Maps) -> None:
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    maps.is_open[8].clear()
    lab.show(replace(DOCUMENT, cloud=three_clusters(seed=1)), START, 2, VIEW)
    assert lab.map is lab.field is lab.legend is None
    maps.is_open[8].set()
    finish(qtbot, lab)
    assert lab.map is not None


def test_cancelling_keeps_what_is_known_and_says_that_it_is_partial(
    qtbot: QtBot, lab: BasinLab, maps: Maps
) -> None:
    maps.is_open[2].clear()
    lab.show(DOCUMENT, START, 2, VIEW)
    qtbot.waitUntil(lambda: lab.map is not None and lab.map.cell == 4)
    assert lab.legend is not None
    assert not any("stopped" in note for note in lab.legend.notes)
    lab.cancel()
    assert not lab.is_busy
    assert not lab.is_complete
    assert lab.map is not None
    assert lab.map.cell == 4
    assert any("stopped early" in note for note in lab.legend.notes)
    maps.is_open[2].set()
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    assert lab.map.cell == 1
    assert not any("stopped" in note for note in lab.legend.notes)


def test_clearing_leaves_nothing(qtbot: QtBot, lab: BasinLab, maps: Maps) -> None:
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    lab.clear()
    assert lab.map is lab.field is lab.legend is lab.request is None
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    assert lab.map is not None


def test_what_cannot_be_done_is_said_once(
    qtbot: QtBot, lab: BasinLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Iterator[BasinMap]:
        raise InputError("No.")

    monkeypatch.setattr(basin_task, "map_basins", refuse)
    heard: list[Exception] = []
    lab.failed.connect(heard.append)
    with qtbot.waitSignal(lab.failed):
        lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    qtbot.wait(200)
    assert [str(error) for error in heard] == ["No."]
    assert lab.map is None
    assert not lab.is_complete


def test_closing_in_the_middle_ends_it(qtbot: QtBot) -> None:
    lab = BasinLab(LIGHT)
    lab.show(replace(DOCUMENT, cloud=three_clusters(600)), START, 2, VIEW)
    qtbot.wait(20)
    lab.close()
    assert not lab.is_complete


def test_a_theme_and_a_brightness_repaint_without_computing(
    qtbot: QtBot, lab: BasinLab, maps: Maps
) -> None:
    lab.show(DOCUMENT, START, 2, VIEW)
    finish(qtbot, lab)
    count, light = len(maps.asked), lab.field
    assert light is not None
    assert light.image is not None
    with qtbot.waitSignal(lab.changed):
        lab.set_palette(DARK)
    dark = lab.field
    assert dark is not None
    assert dark.image is not None
    assert dark.image.pixelColor(0, 0).lightness() < light.image.pixelColor(0, 0).lightness()
    assert lab.legend is not None
    assert any("more iterations" in note for note in lab.legend.notes)
    lab.set_brightness("log_likelihood")
    assert any("lower log-likelihood" in note for note in lab.legend.notes)
    lab.set_lines(False)
    lab.set_density("lines")
    assert len(maps.asked) == count


# What is asked for


def test_cells_fill_the_view_in_whole_blocks() -> None:
    view = Viewport(-1, 3, 10, 12, 900, 640)
    x, y = cell_centres(view, 2)
    assert len(x) % 8 == len(y) % 8 == 0
    assert len(x) == pytest.approx(900 / 8, abs=4)
    step = x[1] - x[0]
    assert x[0] - step / 2 == pytest.approx(-1)
    assert x[-1] + step / 2 == pytest.approx(3)
    assert y[0] - (y[1] - y[0]) / 2 == pytest.approx(10)
    assert len(cell_centres(view, 1)[1]) == 1


def test_maps_are_computed_with_a_tight_tolerance() -> None:
    assert map_configuration(Configuration()).tolerance == 1e-7
    assert map_configuration(Configuration(tolerance=1e-9)).tolerance == 1e-9
    assert map_configuration(Configuration(tolerance=0)).tolerance == 1e-7


def test_a_map_is_written_as_numbers(tmp_path: Path) -> None:
    *_, found = map_basins(CLOUD, START, 2, [0.0, 9.0, 4.5], [0.0, 9.0], Configuration())
    path = tmp_path / "map.csv"
    write_map_csv(path, found, 2, 1e-7)
    lines = path.read_text().splitlines()
    assert any(line.startswith("# optimum 1: log-likelihood ") for line in lines)
    assert "1e-07" in lines[1]
    header, *rows = [line for line in lines if not line.startswith("#")]
    assert header == "x,y,optimum,log_likelihood,iterations"
    assert len(rows) == 6
    x, y, _, level, iterations = map(float, rows[4].split(","))
    assert (x, y) == (9.0, 9.0)
    assert level == pytest.approx(found.log_likelihood[1, 1], rel=1e-12)
    assert iterations == found.iterations[1, 1]
